"""After a syntax error the rest of the file is still checked: known defects are named and set right in memory.

What cannot be set right is taken out entry by entry, so that a list of 500 offices with three typing errors gives
three messages about them, and every other problem of the other entries besides. Nothing mended is ever loaded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from .nodes import Parsed, Trouble, parse
from .slips import anchors, slips

BLOCK = re.compile(r"(?:^|[:\-]\s+)[|>][+-]?\d*\s*(?:#.*)?$")
TRIES = 5
ASKEW = 20  # lines of one item that are put straight
NEAR = 3  # columns that a line may stand askew
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
    slipped = len(troubles)
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
    return _with_broken(parsed, troubles, slipped)


def _with_broken(parsed: Parsed, troubles: list[Trouble], slipped: int = 0) -> Parsed:
    """Every slip; of the rest one trouble per line, and none where a slip was: a mended line may still stand askew."""
    last = [] if parsed.broken is None else [parsed.broken]
    said, lines = list(troubles[:slipped]), {trouble.line for trouble in troubles[:slipped]}
    for trouble in (*troubles[slipped:], *last):
        if trouble.line not in lines:
            said.append(trouble)
            lines.add(trouble.line)
    return Parsed(parsed.node, [*said, *parsed.troubles], parsed.broken)


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
    known = anchors("\n".join(lines))
    read_as: dict[str, str] = {}  # indentation with tabs -> the blanks it stands for, the same all through the file
    for index, line in enumerate(lines):
        indent = len(line) - len(line.lstrip())
        if block is not None and (indent > block or not line.strip()):
            continue
        block = indent if BLOCK.search(line) else None
        if line.lstrip().startswith("#"):
            continue
        tabbed = line[:indent] if "\t" in line[:indent] else ""
        for slip in slips(line, lines[index - 1] if index else "", index + 1, known, read_as.get(tabbed)):
            yield slip.trouble
            lines[index] = slip.line
        if tabbed:
            read_as.setdefault(tabbed, lines[index][: len(lines[index]) - len(lines[index].lstrip())])


def _align(lines: list[str], span: _Span) -> Iterator[Trouble]:
    """Lines of an item that stand askew are put under their neighbours, as long as that lets reading go on further."""
    broken = parse("\n".join(lines[span.start : span.end]), span.start).broken
    for _ in range(ASKEW):
        index = -1 if broken is None else broken.line - 1
        if broken is None or not span.start < index < span.end:
            return
        written, trouble = lines[index], _realigned(lines, index, span.start, broken)
        if trouble is None:
            return
        after = parse("\n".join(lines[span.start : span.end]), span.start).broken
        if after is not None and (after.line, after.code) <= (broken.line, broken.code):
            lines[index] = written
            return
        yield trouble
        broken = after


def _realigned(lines: list[str], index: int, start: int, broken: Trouble) -> Trouble | None:
    """One line set under the nearest line of its kind above; the trouble says under which. None: there is none near."""
    text = lines[index].strip()
    depth = len(lines[index]) - len(lines[index].lstrip())
    item = " " * depth + "- "
    if not text.startswith("-") and any(line.startswith(item) for line in lines[start:index]):
        lines[index] = item + text
        return Trouble("no_dash", index + 1, depth + 1, f"- {text}")
    for above in range(index - 1, start - 1, -1):
        other = lines[above]
        if not other.strip() or other.lstrip().startswith("#"):
            continue
        inner = len(other) - len(other.lstrip())
        if not text.startswith("- ") and (dashes := re.match(r"\s*(?:- +)+", other)):
            inner = dashes.end()
        elif text.startswith("- ") != other.lstrip().startswith("- "):
            continue
        if 0 < abs(inner - depth) <= NEAR:
            lines[index] = " " * inner + text
            return replace(broken, code="indent", line=index + 1, column=depth + 1, like=(above + 1, inner + 1))
    return None


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
        yield from _align(lines, span)
        chunk = parse("\n".join(lines[span.start : span.end]), span.start)
        if chunk.broken is not None and lists[1:]:
            yield from _mend_items(lines, span.start, span.end, lists[1:])
            chunk = parse("\n".join(lines[span.start : span.end]), span.start)
        if chunk.broken is None:
            continue
        yield chunk.broken
        lines[span.start : span.end] = [" " * span.indent + "- null"] + [""] * (span.end - span.start - 1)
