"""Servers say what time it is. Where that is not our time, what was read is not of now."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import Enum

from auditor.fetch.answer import Exchange

DIFFERS = timedelta(days=1)  # less is a badly kept clock or a cache, and decides nothing


class Clocks(Enum):
    """How our clock stands to the one of the server that answered."""

    AGREE = "agree"  # or the server did not say
    OURS_AHEAD = "ours_ahead"  # or the answer is an old copy: it tells nothing of the time since
    OURS_BEHIND = "ours_behind"


def compared(exchanges: Iterable[Exchange], now: datetime) -> Clocks:
    """By the `Date` of the answers to one look (RFC 9110, 6.6.1), the one that is furthest off."""
    off = [date - now for exchange in exchanges if (date := _date(exchange.headers.get("date"))) is not None]
    worst = max(off, key=abs, default=timedelta())
    if abs(worst) < DIFFERS:
        return Clocks.AGREE
    return Clocks.OURS_BEHIND if worst > timedelta() else Clocks.OURS_AHEAD


def _date(text: str | None) -> datetime | None:
    """None where it is missing, or in no form that was ever allowed."""
    try:
        found = parsedate_to_datetime(text) if text else None
    except (ValueError, OverflowError):
        return None
    return None if found is None else found.replace(tzinfo=found.tzinfo or UTC)
