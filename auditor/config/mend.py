"""After a syntax error the rest of the file is still checked: known defects are named and set right in memory.

What cannot be set right is taken out entry by entry, so that a list of 500 offices with three typing errors gives
three messages about them, and every other problem of the other entries besides. Nothing mended is ever loaded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .nodes import Parsed, Trouble, parse

BLOCK = re.compile(r"(?:^|[:\-]\s+)[|>][+-]?\d*\s*(?:#.*)?$")
VALUE = re.compile(r"^(\s*(?:- +)*(?:[^\s#\"'\[{:]+: +)?)([@`%].*?)(\s+#.*)?$")
IN_FLOW = re.compile(r"(?<=[\[{,:])(\s*)([@`%][^\s,}\]]+)")
COLON = re.compile(r"^(\s*(?:- +)*[\w-]+: +)([^\s\"'\[{|>#&*!].*?:(?:\s.*?)?)(\s+#.*)?$")
TAB = re.compile(r"^[ \t-]*\t")
TRIES = 5
FINAL = ("bad_character", "too_deep", "too_many_aliases", "second_document")  # nothing to mend


def read_document(text: str, lists: tuple[str, ...] = ()) -> Parsed:
    """The document, or after a syntax error what can be read of it, with every trouble found.

    `lists` names the nested keys whose items stand alone: ("agencies", "accounts"). A taken-out item leaves a null.
    """
    parsed = parse(text)
    if parsed.broken is None or parsed.broken.code in FINAL:
        return _with_broken(parsed, [])
    lines = text.split("\n")
    troubles = list(_mend_lines(lines))
    if troubles:
        parsed = parse("\n".join(lines))
    if parsed.broken is not None and lists:
        troubles.extend(_mend_items(lines, 0, len(lines), lists))
        parsed = parse("\n".join(lines))
    tries = 0
    while parsed.broken is not None and tries < TRIES and _blank(lines, parsed.broken.line - 1):
        troubles.append(parsed.broken)
        parsed = parse("\n".join(lines))
        tries += 1
    return _with_broken(parsed, troubles)


def _with_broken(parsed: Parsed, troubles: list[Trouble]) -> Parsed:
    """One trouble per line while mending: a mended line may still stand askew."""
    last = [] if parsed.broken is None else [parsed.broken]
    first = {trouble.line: trouble for trouble in reversed([*troubles, *last])}
    return Parsed(parsed.node, [*first.values(), *parsed.troubles], parsed.broken)


def _blank(lines: list[str], index: int) -> bool:
    """Take one line out; False where nothing is left to take."""
    while index > 0 and (index >= len(lines) or not lines[index].strip()):
        index -= 1
    if not lines[index].strip():
        return False
    lines[index] = ""
    return True


def _mend_lines(lines: list[str]) -> Iterator[Trouble]:
    """Defects that one line shows by itself, outside block scalars."""
    block: int | None = None  # the indentation of the key that a block scalar belongs to
    for index, line in enumerate(lines):
        indent = len(line) - len(line.lstrip())
        if block is not None and (indent > block or not line.strip()):
            continue
        block = indent if BLOCK.search(line) else None
        if "\t" in line and (tab := TAB.match(line)):
            yield Trouble("tab", index + 1, line.index("\t") + 1)
            lines[index] = line = _without_tabs(line, tab.end(), lines[index - 1] if index else "")
        if any(sign in line for sign in "@`%"):
            found = list(_mend_sign(lines, index))
            yield from found
            if found:
                continue
        if colon := COLON.match(line):
            text = colon[2].strip()
            yield Trouble("colon_in_text", index + 1, len(colon[1]) + 1, colon[1].strip(" -") + f' "{text}"')
            lines[index] = colon[1] + _quoted(text)


def _without_tabs(line: str, end: int, above: str) -> str:
    """The line indented like its neighbour above where both are items or both are not, else by two blanks a tab."""
    spread = line[:end].replace("-\t", "- ").replace("\t", "  ") + line[end:]
    depth = len(above) - len(above.lstrip())
    alike = spread.lstrip().startswith("- ") == above.lstrip().startswith("- ")
    return above[:depth] + spread.lstrip() if above.strip() and alike else spread


def _mend_sign(lines: list[str], index: int) -> Iterator[Trouble]:
    """A value that starts with a character YAML keeps for itself."""
    line = lines[index]
    if start := VALUE.match(line):
        yield Trouble("sign", index + 1, len(start[1]) + 1, start[2])
        lines[index] = start[1] + _quoted(start[2]) + (start[3] or "")
    elif "{" in line or "[" in line:
        for flow in IN_FLOW.finditer(line):
            yield Trouble("sign", index + 1, flow.start(2) + 1, flow[2])
        lines[index] = IN_FLOW.sub(lambda m: m[1] + _quoted(m[2]), line)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


@dataclass(frozen=True, slots=True)
class _Span:
    """The lines of one list item: start <= i < end."""

    start: int
    end: int
    indent: int


def _spans(lines: list[str], start: int, end: int, key: str) -> Iterator[_Span]:
    """The items of the first list `key:` between two lines, told apart by indentation alone."""
    head = re.compile(rf"^\s*(?:- +)?{key}:\s*(?:#.*)?$")
    at = next((i for i in range(start, end) if head.match(lines[i])), None)
    if at is None:
        return
    indent, begun = -1, -1
    for i in range(at + 1, end):
        line = lines[i]
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        depth = len(line) - len(line.lstrip())
        dash = line.lstrip().startswith("- ") or line.strip() == "-"
        if indent < 0:
            if not dash:
                return
            indent = depth
        if depth < indent or (depth == indent and not dash):
            end = i
            break
        if depth == indent:
            if begun >= 0:
                yield _Span(begun, i, indent)
            begun = i
    if begun >= 0:
        yield _Span(begun, end, indent)


def _mend_items(lines: list[str], start: int, end: int, lists: tuple[str, ...]) -> Iterator[Trouble]:
    """Take out the items that cannot be read; the inner lists first, so that little is lost."""
    for span in list(_spans(lines, start, end, lists[0])):
        chunk = parse("\n".join(lines[span.start : span.end]), span.start)
        if chunk.broken is not None and lists[1:]:
            yield from _mend_items(lines, span.start, span.end, lists[1:])
            chunk = parse("\n".join(lines[span.start : span.end]), span.start)
        if chunk.broken is None:
            continue
        yield chunk.broken
        lines[span.start : span.end] = [" " * span.indent + "- null"] + [""] * (span.end - span.start - 1)
