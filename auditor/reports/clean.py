"""Text that came from outside, made safe to print: no control, escape, direction or invisible character survives."""

from __future__ import annotations

import re
import unicodedata

LIMIT = 200  # characters of any one text from outside
_SCAN = 20  # characters looked at per character kept: the rest of a huge text is never read
_MARKS = 2  # combining marks in a row; more is no language, only a tower
# CSI … final byte · OSC, DCS, SOS, PM, APC … terminator · any other two-character escape
_ESCAPE = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"
    r"|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"
    r"|\x1b[ -/]*[0-~]?"
)
_DROPPED = frozenset({"Cc", "Cf"})
_REPLACED = frozenset({"Cs", "Co", "Cn"})
_BLANK = frozenset({"Zs", "Zl", "Zp"})
_INVISIBLE = frozenset("\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0\u034f")


def clean(text: str, limit: int = LIMIT) -> str:
    """One line of printable text of at most `limit` characters; a cut one ends in "…".

    Terminal escapes go with their parameters, line breaks and exotic spaces become one space, format, bidirectional
    and zero-width characters vanish, unassigned and private ones become "\ufffd".
    """
    head = text[: limit * _SCAN]
    kept = "".join(_safe(_ESCAPE.sub(" ", head) if _has_control(head) else head))
    line = " ".join(kept.split())
    if len(line) > limit or len(text) > len(head):
        line = line[: limit - 1].rstrip() + "…"
    return line


def _has_control(text: str) -> bool:
    return not text.isprintable()


def _safe(text: str) -> list[str]:
    if text.isascii() and text.isprintable():
        return [text]
    out: list[str] = []
    marks = 0
    for char in text:
        kind = unicodedata.category(char)
        if kind in ("Mn", "Me"):
            marks += 1
            if marks <= _MARKS and not _selector(char) and char not in _INVISIBLE:
                out.append(char)
            continue
        marks = 0
        if char in "\t\n\v\f\r\x85" or kind in _BLANK or char in _INVISIBLE:
            out.append(" ")
        elif kind in _REPLACED:
            out.append("\ufffd")
        elif kind not in _DROPPED:
            out.append(char)
    return out


def _selector(char: str) -> bool:
    """Variation selectors change how wide the character before them is drawn."""
    return "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef"
