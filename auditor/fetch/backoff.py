"""When asking again makes sense, as the server put it. Pure: headers and an instant in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

RESETS = ("x-ratelimit-reset", "ratelimit-reset", "x-rate-limit-reset")
EPOCH_FROM = 1_000_000_000  # smaller numbers are seconds to go
LONGEST = 10_000_000  # seconds: nobody asks for a longer wait in earnest


def reset_at(headers: Mapping[str, str], now: datetime) -> datetime | None:
    """`Retry-After` wins over the rate-limit headers; of two values the later one counts. None: nothing was said."""
    waits = [_retry_after(part, now) for part in _parts(headers.get("retry-after", ""))]
    found = [at for at in waits if at is not None]
    if found:
        return max(found)
    for name in RESETS:
        at = _reset(headers.get(name, "").strip(), now)
        if at is not None:
            return at
    return None


def _parts(value: str) -> list[str]:
    """Two joined headers, without cutting the comma of an HTTP date."""
    return [p.strip() for p in re.split(r",\s*(?=\d+\s*(?:,|$)|[A-Z][a-z]{2},)", value) if p.strip()]


def _retry_after(value: str, now: datetime) -> datetime | None:
    if value.isdecimal():
        return now + timedelta(seconds=LONGEST if len(value) > 8 else min(int(value), LONGEST))
    try:
        return _utc(parsedate_to_datetime(value))
    except (ValueError, OverflowError):
        return None


def _reset(value: str, now: datetime) -> datetime | None:
    """ISO 8601 (Mastodon), epoch seconds (GoToSocial, AT Protocol) or seconds to go."""
    try:
        number = float(value)
    except ValueError:
        pass
    else:
        if not 0 <= number < 1e11:
            return None
        return datetime.fromtimestamp(number, UTC) if number >= EPOCH_FROM else now + timedelta(seconds=number)
    try:
        return _utc(datetime.fromisoformat(value))
    except (ValueError, OverflowError):
        return None


def _utc(at: datetime) -> datetime:
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
