"""Lines of styled text that are never wider than the page: measuring, cutting, padding, wrapping, ASCII.

Plain text costs nothing, a table library half a millisecond a row, so pages are laid out here; colour is added where
they are printed.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import TypeAlias


class Style(StrEnum):
    """What a colour stands for; the words beside it say the same."""

    PLAIN = ""
    STRONG = "bold"
    ALARM = "red"  # lost, overdue
    SOON = "yellow"  # due within a week
    GOOD = "green"  # reactivated
    FAINT = "dim"


@dataclass(frozen=True, slots=True)
class Span:
    text: str
    style: Style = Style.PLAIN


Line: TypeAlias = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Glyphs:
    """Signs whose meaning depends on telling them apart, in one alphabet."""

    spark: str  # one more post is one step up
    heat: str  # none, then four levels
    bar: dict[str, str]
    none: str
    unknown: str
    rule: str


BLOCKS = Glyphs(
    "▁▂▃▄▅▆▇█", "·░▒▓█", {"active": "█", "slow": "▓", "silent": "▒", "lost": "!", "unknown": "?"}, "·", "–", "─"
)
ASCII = Glyphs(
    ":-=+*#", ".:+#@", {"active": "#", "slow": "=", "silent": "-", "lost": "!", "unknown": "?"}, ".", "?", "-"
)

_ASCII = str.maketrans(
    {"·": "-", "–": "-", "—": "-", "─": "-", "…": "~", "±": "~", "→": ">", "←": "<", "≥": ">", "≤": "<", "×": "x"}
    | dict.fromkeys("“”„«»", '"')
    | dict.fromkeys("‘’‚", "'")
)


# Wide since Unicode 16, which the tables of older Pythons do not know: divination symbols.
_WIDE_SINCE_16 = ((0x2630, 0x2637), (0x268A, 0x268F), (0x4DC0, 0x4DFF), (0x1D300, 0x1D356), (0x1D360, 0x1D376))


@lru_cache(maxsize=4096)
def _char_width(char: str) -> int:
    kind = unicodedata.category(char)
    if kind in ("Mn", "Me"):
        return 0
    wide = unicodedata.east_asian_width(char) in "WF" or any(a <= ord(char) <= b for a, b in _WIDE_SINCE_16)
    return 2 if wide else 1


def text_width(text: str) -> int:
    """Terminal cells of cleaned text."""
    return len(text) if text.isascii() else sum(map(_char_width, text))


def line_width(line: Line) -> int:
    """Terminal cells of a line."""
    return sum(text_width(span.text) for span in line)


def clip(text: str, width: int) -> str:
    """The text itself if it fits, else its beginning and "…"."""
    if text_width(text) <= width:
        return text
    return _head(text, width - 1) + "…" if width > 0 else ""


def clip_middle(text: str, width: int) -> str:
    """Like `clip`, for names that differ at their end: beginning, "…", end."""
    if text_width(text) <= width or width < 5:
        return clip(text, width)
    head = _head(text, width // 3)
    tail = _head(text[::-1], width - 1 - text_width(head))[::-1]
    return f"{head}…{tail}"


def _head(text: str, width: int) -> str:
    room = width
    for at, char in enumerate(text):
        room -= _char_width(char)
        if room < 0:
            return text[:at]
    return text


def pad(text: str, width: int, *, right: bool = False) -> str:
    """Exactly `width` cells: cut or filled up."""
    text = clip(text, width)
    fill = " " * (width - text_width(text))
    return fill + text if right else text + fill


def wrap(text: str, width: int) -> list[str]:
    """Lines of whole words; a word longer than the line is broken."""
    width = max(width, 2)  # a wide character needs two cells
    lines: list[str] = []
    line = ""
    for word in text.split():
        while text_width(word) > width:
            if line:
                lines.append(line)
                line = ""
            head = _head(word, width)
            lines.append(head)
            word = word[len(head) :]
        if not word:
            continue
        if line and text_width(line) + 1 + text_width(word) > width:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}" if line else word
    return [*lines, line] if line else lines


def plain(text: str, style: Style = Style.PLAIN) -> Line:
    """A line of one style."""
    return (Span(text, style),)


def paragraph(text: str, width: int, *, indent: int = 1, style: Style = Style.PLAIN) -> list[Line]:
    """Wrapped text, indented."""
    return [plain(" " * indent + part, style) for part in wrap(text, width - indent)]


def ends(left: str, right: str, width: int, style: Style = Style.PLAIN) -> list[Line]:
    """Left and right text on one line, or on two where they do not fit; the right one may be cut, the left wraps."""
    right = clip(right, width)
    gap = width - text_width(left) - text_width(right)
    if not right:
        return [plain(part, style) for part in _folded(left, width)]
    if gap >= 2 or (gap >= 0 and not left):
        return [plain(left + " " * gap + right, style)]
    return [*(plain(part, style) for part in _folded(left, width)), plain(pad(right, width, right=True), style)]


def _folded(text: str, width: int) -> list[str]:
    """Wrapped with the indent of the first line kept."""
    indent = min(len(text) - len(text.lstrip(" ")), width // 2)
    return [" " * indent + part for part in wrap(text, width - indent)]


def bounded(line: Line, width: int) -> Line:
    """The last word on width: whatever a layout got wrong is cut here, and trailing blanks go."""
    out: list[Span] = []
    room = width
    for span in line:
        text = clip(span.text, room)
        out.append(Span(text, span.style))
        room -= text_width(text)
        if room <= 0:
            break
    while len(out) > 1 and not out[-1].text.strip():
        out.pop()
    if out:
        out[-1] = Span(out[-1].text.rstrip(), out[-1].style)
    return tuple(out)


def to_ascii(text: str) -> str:
    """The same number of cells in ASCII: a sign for a sign, a letter without its accent, else "?"."""
    if text.isascii():
        return text
    return "".join(char if char.isascii() else _ascii_char(char) for char in text.translate(_ASCII))


def _ascii_char(char: str) -> str:
    width = _char_width(char)
    base = "".join(part for part in unicodedata.normalize("NFKD", char) if part.isascii() and part.isprintable())
    return base if width and len(base) == width else "?" * width


def spark(weeks: Sequence[int | None], glyphs: Glyphs) -> str:
    """One sign a week: none, not known, or its share of the fullest week."""
    most = max((n for n in weeks if n), default=0)
    steps = len(glyphs.spark)
    return "".join(
        glyphs.unknown if n is None else glyphs.none if n <= 0 else glyphs.spark[-(-n * steps // most) - 1]
        for n in weeks
    )


def scaled(counts: Sequence[int], width: int) -> list[int]:
    """Cells per count: in proportion, at least one for any that is not zero, never more than `width` together."""
    total = sum(counts)
    if not total:
        return [0] * len(counts)
    cells = [max(1, n * width // total) if n else 0 for n in counts]
    while sum(cells) > width and max(cells) > 1:
        cells[cells.index(max(cells))] -= 1
    cells[cells.index(max(cells))] += max(0, width - sum(cells))
    return cells


def page_text(lines: Iterable[Line], width: int, *, ascii_only: bool) -> str:
    """The page without colour."""
    rows = ("".join(span.text for span in bounded(line, width)).rstrip() for line in lines)
    return "".join((to_ascii(row) if ascii_only else row) + "\n" for row in rows)
