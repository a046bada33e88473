"""Instants as platforms write them: RFC 3339, read generously. Standard library only."""

from __future__ import annotations

import re
from datetime import UTC, datetime

# 0 or more fraction digits; "Z", "+00:00" or "+0000"; a blank for the "T"; seconds may be missing.
RFC3339 = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)[Tt ](?P<minute>\d\d:\d\d)(?::(?P<second>\d\d)(?:[.,](?P<fraction>\d{1,30}))?)?"
    r"\s?(?P<zone>[Zz]|[+-]\d\d:?\d\d)?",
    re.ASCII,
)

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)  # the first web page is younger


def instant(text: object) -> datetime | None:
    """The instant in UTC, to the microsecond (further digits are cut). None: not one we can read.

    Without a zone it is UTC, which is how Pleroma and Akkoma mean it. A leap second is the second before. What is older
    than the web is no date of a post: programs write 0001 and 1970 where they have none.
    """
    found = RFC3339.fullmatch(text.strip()) if isinstance(text, str) and len(text) <= 80 else None
    if found is None:
        return None
    second = min(int(found["second"] or 0), 59)
    fraction = (found["fraction"] or "")[:6].ljust(6, "0")
    zone = "+00:00" if (found["zone"] or "Z") in "Zz" else found["zone"]
    try:
        at = datetime.fromisoformat(f"{found['day']}T{found['minute']}:{second:02d}.{fraction}{zone}")
        found_at = at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return found_at if found_at >= EARLIEST else None
