"""Pasted lines: `LINK`, `ACCOUNT LINK`, `ACCOUNT LINK DATE`, `LINK DATE`; several blanks or a tab between them."""

from __future__ import annotations

from auditor.core.post_link import PostLink

from .answers import Answers, ReadLink, tidy
from .person import is_address


def line(text: str, number: int, place: str, read_link: ReadLink) -> Answers | None:
    """One pasted line. None: an empty one, or a remark that begins with #."""
    words = tidy(text.removeprefix("\ufeff")).strip("<>").split()
    if not words or words[0].startswith("#"):
        return None
    at = next((n for n, word in enumerate(words[:2]) if _is_post(word, read_link)), None)
    if at is None:
        at = 1 if len(words) > 1 and is_address(words[1]) else 0
    account = words[0] if at else ""
    return Answers(place=f"{place}:{number}", account=account, post_link=words[at], date=" ".join(words[at + 1 :]))


def _is_post(word: str, read_link: ReadLink) -> bool:
    return isinstance(read_link(word), PostLink)
