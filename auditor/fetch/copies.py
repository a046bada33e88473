"""How old an answer is, as the caches on its way say it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

OLD = timedelta(days=1)  # a copy of more than this is no answer of today
LONGEST = 10_000_000_000  # seconds: what is longer is no age


def age(headers: Mapping[str, str]) -> timedelta:
    """`Age` (RFC 9111, 5.1): seconds since the server made or confirmed it. Of several the largest; without, zero."""
    stated = [int(part) for part in map(str.strip, headers.get("age", "").split(",")) if _number(part)]
    return timedelta(seconds=max(stated, default=0))


def _number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 11 and int(text) <= LONGEST
