"""Slips of the hand that one line shows by itself: each named with the text to write, and set right in memory."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .names import PLATFORMS
from .nodes import Trouble

BLANKS = "\u00a0\u2007\u202f\u2009\u200a\u3000"  # look like a blank and are none
BULLETS = "•◦▪‣·–—−*"
SIGNS = "@`%&*!|>"

KEY = rf"(?:url|handle|id|opened|note|profile|platform|exempt|predecessor|{'|'.join(PLATFORMS)})"
HEAD = r"\s*(?:- +)*(?:[^\s#\"'\[{:]+: +)?"  # indentation, hyphens, a key
BULLET = re.compile(rf"^(\s*)[{BULLETS}] +(?=\S)")
GLUED = re.compile(r"^(\s*)-(?=[A-Za-z@\"'{\[])(?!--)")
MARKDOWN = re.compile(r"^(\s*(?:- +)*(?:[\w-]+: +)?)\[[^\]]*\]\((\S+)\)\s*$")
SIGN = re.compile(rf"^({HEAD})([@`%].*?|[|>](?![+-]?\d*\s*(?:#|$)).*?|[&*!].*?)(\s+#.*)?$")
DASH = re.compile(r"^(\s*(?:- +)*[\w-]+: +)(- .*?)(\s+#.*)?$")
IN_FLOW = re.compile(r"(?<=[\[{,:])(\s*)([@`%][^\s,}\]]+)")
COLON = re.compile(r"^(\s*(?:- +)*[\w-]+: +)([^\s\"'\[{|>#&*!].*?:(?:\s.*?)?)(\s+#.*)?$")
AFTER = re.compile(rf"^({HEAD})(\"[^\"\\]*\"|'[^']*')(?!['\"])\s*([^\s#:,}}\]][^#]*?|,)(\s+#.*)?$")
INNER = re.compile(r"'((?:[^',{}\[\]]*\w'\w)+[^',{}\[\]]*)'(?=\s*(?:[,}\]]|#|$))")
ANCHOR = re.compile(r"(?:^|[\s\[{,:])&([\w-]+)(?=\s+\S)")
TAB = re.compile(r"^[ \t-]*\t")
MERGE = re.compile(r"(?:<{7}|\|{7}|={7}|>{7})(?: .*)?")
COLON_GLUED = re.compile(rf"^(\s*(?:(?:- +)(?=(?:{KEY[3:-1]}):))?)([a-z][a-z_]*):(?!//)([^\s:].*)$")


@dataclass(frozen=True, slots=True)
class Slip:
    """The trouble, and the line as it is read on."""

    trouble: Trouble
    line: str


def anchors(text: str) -> frozenset[str]:
    """Names that a file defines with `&name value`: `*name` is no slip then."""
    return frozenset(ANCHOR.findall(text))


def slips(line: str, above: str, number: int, known: frozenset[str], indent: str | None = None) -> Iterator[Slip]:
    """Every slip of a line, each on the line as the one before left it. `above` is the line before.

    `indent`: what its indentation with tabs was read as further up.
    """
    for find in (_merge, _tab, _blank, _bullet, _glued, _colon_glued):
        slip = find(line, above, number)
        if find is _tab and slip is not None and indent is not None:
            slip = Slip(slip.trouble, indent + line.lstrip())
        if slip is not None:
            yield slip
            line = slip.line
    for find in (_markdown, _inner, _after):
        slip = find(line, above, number)
        if slip is not None:
            yield slip
            return
    signs = list(_signs(line, number, known))
    yield from signs
    if not signs and (colon := COLON.match(line)):
        yield _colon(colon, number)


def quoted(text: str) -> str:
    """In double quotes."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _merge(line: str, above: str, number: int) -> Slip | None:  # noqa: ARG001
    """What git leaves where two versions disagree: both are read, a person picks."""
    return Slip(Trouble("merge_mark", number, 1), "") if MERGE.fullmatch(line.rstrip()) else None


def _tab(line: str, above: str, number: int) -> Slip | None:
    found = TAB.match(line) if "\t" in line else None
    if found is None:
        return None
    return Slip(Trouble("tab", number, line.index("\t") + 1), _without_tabs(line, found.end(), above))


def _without_tabs(line: str, end: int, above: str) -> str:
    """The line indented like its neighbour above where both are items or both are not, else by two blanks a tab."""
    spread = line[:end].replace("-\t", "- ").replace("\t", "  ") + line[end:]
    depth = len(above) - len(above.lstrip())
    opens = above.partition(" #")[0].rstrip().endswith(":")  # what follows stands deeper
    alike = not opens and spread.lstrip().startswith("- ") == above.lstrip().startswith("- ")
    return above[:depth] + spread.lstrip() if above.strip() and alike else spread


def _blank(line: str, above: str, number: int) -> Slip | None:  # noqa: ARG001 — the shape of all
    at = next((i for i, c in enumerate(line) if c in BLANKS), None)
    if at is None:
        return None
    clean = "".join(" " if c in BLANKS else c for c in line)
    return Slip(Trouble("odd_blank", number, at + 1, f"U+{ord(line[at]):04X}:{clean.strip()}"), clean)


def _bullet(line: str, above: str, number: int) -> Slip | None:  # noqa: ARG001
    found = BULLET.match(line)
    if found is None:
        return None
    sign, rest = line[len(found[1])], line[found.end() :]
    return Slip(Trouble("bullet", number, len(found[1]) + 1, f"{sign}- {rest.strip()}"), f"{found[1]}- {rest}")


def _glued(line: str, above: str, number: int) -> Slip | None:  # noqa: ARG001
    found = GLUED.match(line)
    if found is None:
        return None
    rest = line[found.end() :]
    return Slip(Trouble("dash_glued", number, len(found[1]) + 1, f"- {rest.strip()}"), f"{found[1]}- {rest}")


def _colon_glued(line: str, above: str, number: int) -> Slip | None:  # noqa: ARG001
    """A key whose value begins right after the colon."""
    found = COLON_GLUED.match(line)
    if found is None:
        return None
    value = quoted(found[3].rstrip()) if found[3][0] in SIGNS else found[3]
    pair = f"{found[2]}: {value}"
    return Slip(Trouble("colon_blank", number, len(found[1]) + 1, pair.rstrip()), found[1] + pair)


def _markdown(line: str, above: str, number: int) -> Slip | None:  # noqa: ARG001
    found = MARKDOWN.match(line)
    if found is None:
        return None
    return Slip(Trouble("markdown", number, len(found[1]) + 1, found[2]), found[1] + quoted(found[2]))


def _inner(line: str, above: str, number: int) -> Slip | None:  # noqa: ARG001
    """A single quote inside single quotes: 'Jum'at'."""
    found = INNER.search(line)
    if found is None:
        return None
    whole = quoted(found[1])
    changed = line[: found.start()] + whole + line[found.end() :]
    return Slip(Trouble("inner_quote", number, found.start() + 1, whole), changed)


def _after(line: str, above: str, number: int) -> Slip | None:  # noqa: ARG001
    """Text behind the closing quote: "dinkes" kota, or a comma as in JSON."""
    found = AFTER.match(line)
    if found is None:
        return None
    rest = found[3].strip()
    value = found[2] if rest == "," else _whole(found[2], rest, glued=found.end(2) == found.start(3))
    code = "comma" if rest == "," else "after_quote"
    return Slip(Trouble(code, number, found.start(3) + 1, value), found[1] + value)


def _whole(first: str, rest: str, *, glued: bool) -> str:
    """Both parts as one text: quotes inside were meant where it has words, and slipped in where it has none."""
    sign, text = first[0], first[1:-1]
    if not rest.endswith(sign):
        return quoted(text + ("" if glued else " ") + rest)
    whole = f"{text}{sign if glued else sign + ' '}{rest[:-1]}"
    if not any(char.isspace() for char in whole):
        return quoted(whole.replace(sign, ""))
    return f"'{whole}'" if sign == '"' and "'" not in whole else quoted(whole)


def _signs(line: str, number: int, known: frozenset[str]) -> Iterator[Slip]:
    """Values that start with a character YAML keeps for itself."""
    start = SIGN.match(line) or DASH.match(line)
    if start is not None and not _meant(start[2], known):
        bare = start[1].strip(" -") == "" and start[2].startswith("@")
        code = "sign_bare" if bare else "sign"
        mended = start[1] + quoted(start[2]) + (start[3] or "")
        yield Slip(Trouble(code, number, len(start[1]) + 1, start[2]), mended)
    elif "{" in line or "[" in line:
        changed = IN_FLOW.sub(lambda m: m[1] + quoted(m[2]), line)
        for flow in IN_FLOW.finditer(line):
            yield Slip(Trouble("sign", number, flow.start(2) + 1, flow[2]), changed)


def _colon(found: re.Match[str], number: int) -> Slip:
    """A second colon in one line: a mapping without braces, two keys, a colon too many, or a text that needs quotes."""
    head, text = found[1], found[2].strip()
    key, column = head.strip(" -"), len(head) + 1
    if pairs := re.fullmatch(rf"[^\s,]+(?:, *{KEY}: +[^,]+)+", text):
        whole = f"{{{key} {pairs[0]}}}"
        bare = head[: len(head) - len(head.lstrip(" -"))]
        return Slip(
            Trouble("braces", number, column, f"- {whole}"), bare + whole if "-" in bare else head + quoted(text)
        )
    if two := re.fullmatch(rf"(\S+),? +(?:- +)?({KEY}): +\S+", text):
        return Slip(Trouble("two_on_line", number, column + two.start(2), f"{key} {two[1]}"), head + two[1])
    if re.fullmatch(r"[^\s:]*:|https?://[^\s:]+:", text):
        return Slip(Trouble("colon_end", number, column + len(text) - 1, f"{key} {text[:-1]}"), head + text[:-1])
    return Slip(Trouble("colon_in_text", number, column, f"{key} {quoted(text)}"), head + quoted(text))


def _meant(text: str, known: frozenset[str]) -> bool:
    """An anchor with its value, an alias of one, a tag: YAML, written on purpose."""
    if text.startswith("*"):
        return text[1:].strip() in known
    return bool(re.match(r"&[\w-]+\s+\S|!!", text))
