"""Every way a web site writes an instant, and nothing else: text or number in, aware UTC out.

None means *undated*, and an undated item is never "now". Read are RFC 3339 and W3C-DTF of any precision, RFC 822 and
1123 with the zones and names that Indonesian sites use, `asctime`, day/month/year where it can mean one thing only,
and Unix times. An offset outside -12…+14 h is a mistake and reads as UTC; so does a missing zone. Days before 1990
(1970-01-01, 0001-01-01, 0000-00-00) are what software writes when it has no date.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from ._times import EARLIEST

LONGEST = 100  # characters; no date is longer
LAST_UNIX = 4_102_444_800  # 2100-01-01; a larger number counts a finer unit
WEST, EAST = -12 * 60, 14 * 60  # minutes; real offsets lie between

_ENGLISH = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_INDONESIAN = ["jan", "feb", "mar", "apr", "mei", "jun", "jul", "agu", "sep", "okt", "nov", "des"]
_OTHER_NAMES = {  # beyond three letters, or spelt otherwise, as found on Indonesian sites
    "peb": 2, "mrt": 3, "agt": 8, "ags": 8, "nop": 11,
}  # fmt: skip
MONTHS = {name: n for names in (_ENGLISH, _INDONESIAN) for n, name in enumerate(names, 1)} | _OTHER_NAMES

ZONES = {  # name -> minutes east of Greenwich
    "wib": 420, "wita": 480, "wit": 540,
    "z": 0, "ut": 0, "utc": 0, "gmt": 0,
    "est": -300, "edt": -240, "cst": -360, "cdt": -300, "mst": -420, "mdt": -360, "pst": -480, "pdt": -420,
    "sgt": 480, "myt": 480, "ict": 420, "jst": 540, "cet": 60, "cest": 120,
}  # fmt: skip

_TIME = r"(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:[:.](?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9})\d*)?)?"
_HALF = r"(?:\s*(?P<half>am|pm))?"
_ZONE = r"(?:\s*(?P<zone>(?:(?:utc|gmt)\s*)?[+-]\d{1,2}(?::?\d{2})?|[a-z]{1,5})(?:\s*\([^()]*\))?)?"
_CLOCK = rf"(?:[\s,|–-]+(?:(?:pukul|jam|at)\s+)?{_TIME}{_HALF}{_ZONE})?"
_DAY_NAME = r"(?:[^\W\d_]{2,}['’]?[^\W\d_]*\.?,?\s+)?"
_MONTH_NAME = r"(?P<month>[a-z]{3,})\.?,?"

_FLAGS = re.ASCII | re.IGNORECASE
_FORMS = tuple(
    re.compile(form, _FLAGS)
    for form in (
        # 2026-11-22T09:30:00.5+07:00, 2026-11-22 09:30
        rf"(?P<year>\d{{4}})-(?P<month>\d{{1,2}})-(?P<day>\d{{1,2}})(?:t|\s+){_TIME}{_HALF}{_ZONE}",
        # 2026-11-22, 2026-11-22+07:00, 2026-11, 2026
        rf"(?P<year>\d{{4}})(?:-(?P<month>\d{{1,2}})(?:-(?P<day>\d{{1,2}}){_ZONE})?)?",
        # 20261122, 20261122T093000Z
        r"(?P<year>(?:19|20)\d\d)(?P<month>\d\d)(?P<day>\d\d)(?:t(?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d)?"
        + _ZONE
        + ")?",
        # Sun, 22 Nov 2026 09:30:00 +0700; Sen, 03 Agu 2026 08:00 WIB; 22-Nov-26
        rf"{_DAY_NAME}(?P<day>\d{{1,2}})[\s-]+{_MONTH_NAME}[\s-]+(?P<year>\d{{2,4}}){_CLOCK}",
        # November 22, 2026 9:30 PM
        rf"{_DAY_NAME}{_MONTH_NAME}\s+(?P<day>\d{{1,2}}),?\s+(?P<year>\d{{4}}){_CLOCK}",
        # Sun Nov 22 09:30:00 WIB 2026
        rf"{_DAY_NAME}{_MONTH_NAME}\s+(?P<day>\d{{1,2}})\s+{_TIME}{_ZONE}\s+(?P<year>\d{{4}})",
        # 22/11/2026 09:30, 22.11.2026
        rf"(?P<first>\d{{1,2}})(?P<mark>[/.-])(?P<other>\d{{1,2}})(?P=mark)(?P<year>\d{{4}}){_CLOCK}",
    )
)


def instant(value: object) -> datetime | None:
    """The instant that a feed means by this text or number, in UTC; None when it means none."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return _unix(float(value)) if abs(value) < LAST_UNIX * 1e6 else None
    if not isinstance(value, str) or len(value) > LONGEST * 10:
        return None
    text = " ".join(value.split())
    return _read(text) if text and len(text) <= LONGEST else None


@lru_cache(maxsize=8)  # an item's dates are asked for two or three times
def _read(text: str) -> datetime | None:
    for form in _FORMS:
        found = form.fullmatch(text)
        if found is not None:
            return _assembled({k: v for k, v in found.groupdict().items() if v is not None})
    if re.fullmatch(r"\d{9,16}(\.\d{1,9})?", text, re.ASCII):
        return _unix(float(text))
    return None


def _unix(number: float) -> datetime | None:
    """Seconds since 1970; milli- and microseconds by their size."""
    for unit in (1, 1e3, 1e6):
        if EARLIEST.timestamp() <= number / unit < LAST_UNIX:
            return datetime.fromtimestamp(number / unit, UTC)
    return None


def _assembled(parts: dict[str, str]) -> datetime | None:
    day_month = _day_and_month(parts)
    if day_month is None:
        return None
    day, month = day_month
    try:
        at = datetime(_year(parts["year"]), month, day, tzinfo=UTC) + _time_of_day(parts)
        at -= timedelta(minutes=offset(parts.get("zone", "")))
    except (ValueError, OverflowError):
        return None
    return at if at >= EARLIEST else None


def _day_and_month(parts: dict[str, str]) -> tuple[int, int] | None:
    if "first" in parts:
        first, other = int(parts["first"]), int(parts["other"])
        if first == other or first > 12:
            return first, other
        return (other, first) if other > 12 else None  # 05/06 is two days in two countries: better undated than wrong
    month = parts.get("month", "1")
    number = int(month) if month.isdecimal() else _month(month.lower())
    return (int(parts.get("day", "1")), number) if number else None


def _month(name: str) -> int:
    """0: no month. Longer names are told by their first letters: Agustus, September, Nopember."""
    return MONTHS.get(name[:3], 0)


def _year(digits: str) -> int:
    """RFC 2822 §4.3: two digits below 50 lie in this century, other short years count from 1900."""
    year = int(digits)
    if len(digits) == 2 and year < 50:
        return 2000 + year
    return 1900 + year if len(digits) < 4 else year


def _time_of_day(parts: dict[str, str]) -> timedelta:
    """24:00 is the next midnight, a leap second the second before it."""
    hour, minute, second = (int(parts.get(name, "0")) for name in ("hour", "minute", "second"))
    half = parts.get("half", "").lower()
    if half and 1 <= hour <= 12:
        hour = hour % 12 + (12 if half == "pm" else 0)
    if hour > 24 or minute > 59 or second > 60 or (hour == 24 and (minute or second)):
        raise ValueError("no time of day")
    micros = int(parts.get("fraction", "0").ljust(6, "0")[:6])
    return timedelta(hours=hour, minutes=minute, seconds=min(second, 59), microseconds=micros)


def offset(zone: str) -> int:
    """Minutes east of Greenwich. Unknown names and impossible offsets are UTC; one letter is too (RFC 2822 §4.3)."""
    zone = zone.strip().lower()
    found = re.fullmatch(r"(?:utc|gmt)?\s*([+-])(\d{1,2}):?(\d{2})?", zone, re.ASCII)
    if found is None:
        return ZONES.get(zone, 0)
    minutes = int(found[2]) * 60 + int(found[3] or 0)
    minutes = -minutes if found[1] == "-" else minutes
    return minutes if WEST <= minutes <= EAST else 0
