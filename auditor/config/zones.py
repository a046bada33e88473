"""Time zones by their IANA names, and the names people write instead."""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from .problems import nearest

LOCAL = {"wib": "Asia/Jakarta", "wita": "Asia/Makassar", "wit": "Asia/Jayapura"}
HOURS = {7: "Asia/Jakarta", 8: "Asia/Makassar", 9: "Asia/Jayapura"}


def zone_of(name: str) -> ZoneInfo | None:
    """The zone, or None where there is none of that name. The name never leads outside the zone database."""
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+)*", name):
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def zone_instead(name: str) -> str:
    """The IANA name that was probably meant, or nothing."""
    word = name.strip().lower()
    if word in LOCAL:
        return LOCAL[word]
    offset = re.fullmatch(r"(?:utc|gmt)?\s*\+?0?([789])(?::?00)?", word)
    if offset is not None:
        return HOURS[int(offset[1])]
    by_lower = {zone.lower(): zone for zone in available_timezones()}
    close = word if word in by_lower else nearest(word, by_lower)
    return by_lower.get(close, "")
