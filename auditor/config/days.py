"""Days as people write them. Real ones only: a date that does not exist is named, never moved."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date

FIRST, LAST = 2004, 2100  # before Facebook there was no account; later than 2100 is a slip of the finger


@dataclass(frozen=True, slots=True)
class NoDay:
    """Why a text is no day: a sentence of the catalogue, and what to write instead."""

    code: str
    values: dict[str, object] = field(default_factory=dict)
    suggestion: str = ""


def read_day(text: str) -> date | NoDay:
    """YYYY-MM-DD between 2004 and 2100."""
    match = re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", text)
    if match is not None:
        return _real(int(match[1]), int(match[2]), int(match[3]))
    turned = re.fullmatch(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})", text)
    if turned is not None:
        return NoDay("day_form", {"text": text}, f"{turned[3]}-{int(turned[2]):02}-{int(turned[1]):02}")
    loose = re.fullmatch(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", text)
    suggestion = f"{loose[1]}-{int(loose[2]):02}-{int(loose[3]):02}" if loose else ""
    return NoDay("day_form", {"text": text}, suggestion)


def read_opened(text: str) -> date | NoDay:
    """YYYY, YYYY-MM or YYYY-MM-DD. A year or month stands for its last day: an age is never overstated."""
    match = re.fullmatch(r"(\d{4})(?:-(\d{2}))?", text)
    if match is None:
        found = read_day(text)
        if isinstance(found, NoDay) and found.code == "day_form":
            return NoDay("opened_form", found.values, found.suggestion)
        return found
    year, month = int(match[1]), int(match[2] or 12)
    day = monthrange(year, month)[1] if 1 <= month <= 12 and year else 1
    return _real(year, month, day)


def _real(year: int, month: int, day: int) -> date | NoDay:
    if not FIRST <= year <= LAST:
        return NoDay("day_year", {"year": year, "first": FIRST, "last": LAST})
    if not 1 <= month <= 12:
        return NoDay("day_month", {"month": month})
    last = monthrange(year, month)[1]
    if not 1 <= day <= last:
        return NoDay("day_missing", {"month": month, "year": year, "last": last})
    return date(year, month, day)


def months_later(day: date, months: int) -> date:
    """The same day some months later, or the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
