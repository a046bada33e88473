"""Days and times as people type them into a sheet: day first, month by number or by name in both languages."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from functools import cache

from auditor.config.days import FIRST, LAST, NoDay, read_day
from auditor.core.policy import midnight
from auditor.words import LANGUAGES, words

from .outcome import Rejection

END = time(23, 59, 59)
_ISO = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?", re.ASCII)
_NUMBERS = re.compile(r"(\d{1,2})([-/. ])(\d{1,2})\2(\d{4}|\d{2})", re.ASCII)
_NAMED = re.compile(r"(\d{1,2})[ -]?([^\W\d_]{3,12})\.?[ ,-]{0,2}(\d{4}|\d{2})", re.ASCII)
_NAME_FIRST = re.compile(r"([^\W\d_]{3,12})\.? (\d{1,2}),? (\d{4}|\d{2})", re.ASCII)
_WEEKDAY = re.compile(r"[^\W\d_]{3,9}, ?(?=\d)", re.ASCII)
_TIME = re.compile(
    r"(?P<day>.*?\S)[ T,]+(?:(?:pukul|jam|at) )?(?P<hour>\d{1,2})[.:](?P<minute>\d{2})"
    r"(?:[.:](?P<second>\d{2})(?:\.\d+)?)?(?: ?(?P<zone>WITA|WIB|WIT))?",
    re.ASCII | re.IGNORECASE,
)
_OFFSET = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}.*(?:Z|[+-]\d{2}:?\d{2})", re.ASCII)
_MIDNIGHT = re.compile(r"(.*\d)[T ]0?0:00(?::00(?:\.0+)?)?", re.ASCII)
_ZONES = {"WIB": 7, "WITA": 8, "WIT": 9}  # hours ahead of UTC
_ALSO = {"sept": 9, "agt": 8, "ags": 8, "agust": 8, "nop": 11, "nopember": 11, "pebruari": 2, "peb": 2}


@dataclass(frozen=True, slots=True)
class Moment:
    """When somebody looked. Of a bare day only that it was between its first and its last second is known."""

    first: datetime
    last: datetime


@cache
def _months() -> dict[str, int]:
    spoken = [(words(language), n) for language in LANGUAGES for n in range(1, 13)]
    named = {w(f"date.{form}.{n}").lower(): n for w, n in spoken for form in ("month", "short_month")}
    return _ALSO | named


def read_date(text: str) -> date | Rejection:
    """A day: ISO, 12/11/2026 (day first), 12 Nov 2026, 12 November 2026. A year of two digits is refused."""
    text = _WEEKDAY.sub("", " ".join(text.split()), count=1)
    if found := _ISO.fullmatch(text):
        return _real(text, found[1], found[2], found[3])
    if found := _NUMBERS.fullmatch(text):
        return _real(text, found[4], found[3], found[1])
    day_first, name_first = _NAMED.fullmatch(text), _NAME_FIRST.fullmatch(text)
    if day_first and (month := _months().get(day_first[2].lower())):
        return _real(text, day_first[3], str(month), day_first[1])
    if name_first and (month := _months().get(name_first[1].lower())):
        return _real(text, name_first[3], str(month), name_first[2])
    return Rejection("bad_date", {"text": text})


def _real(text: str, year: str, month: str, day: str) -> date | Rejection:
    if len(year) == 2:
        return Rejection("short_year", {"text": text, "full": f"{int(day)}/{int(month)}/20{year}"})
    found = read_day(f"{year}-{int(month):02}-{int(day):02}")
    if not isinstance(found, NoDay):
        return found
    if found.code == "day_year":
        return Rejection("far_year", {"text": text, "first": FIRST, "last": LAST})
    return Rejection("no_such_day", {"text": text})


def read_moment(text: str, zone: tzinfo, now: datetime) -> Moment | Rejection:
    """When somebody looked: an ISO instant, a day with a time (local unless it says otherwise), or a bare day.

    Refused in the future; the last second of today's bare day is now.
    """
    text = " ".join(text.split())
    at = _with_offset(text) or _with_time(text, zone)
    if isinstance(at, Rejection):
        return at
    if at is None:
        day = read_date(found[1] if (found := _MIDNIGHT.fullmatch(text)) else text)
        if isinstance(day, Rejection):
            return Rejection("bad_time", {"text": text}) if day.code == "bad_date" else day
        moment = Moment(midnight(day, zone), end_of(day, zone))
    else:
        moment = Moment(at, at)
    if moment.first > now:
        return Rejection("at_ahead", {"text": text})
    return Moment(moment.first, min(moment.last, now))


def end_of(day: date, zone: tzinfo) -> datetime:
    """The last second of a day in a zone."""
    return datetime.combine(day, END, zone)


def _with_offset(text: str) -> datetime | Rejection | None:
    if not _OFFSET.fullmatch(text):
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return Rejection("bad_time", {"text": text})
    if not FIRST <= at.year <= LAST:
        return Rejection("far_year", {"text": text, "first": FIRST, "last": LAST})
    return at.replace(microsecond=0)


def _with_time(text: str, zone: tzinfo) -> datetime | Rejection | None:
    """None: no time of day is given."""
    found = None if _MIDNIGHT.fullmatch(text) else _TIME.fullmatch(text)
    if found is None:
        return None
    day = read_date(found["day"])
    if isinstance(day, Rejection):
        return Rejection("bad_time", {"text": text}) if day.code == "bad_date" else day
    hour, minute, second = int(found["hour"]), int(found["minute"]), int(found["second"] or 0)
    if hour > 23 or minute > 59 or second > 59:
        return Rejection("bad_time", {"text": text})
    named = found["zone"]
    there = timezone(timedelta(hours=_ZONES[named.upper()])) if named else zone
    return datetime.combine(day, time(hour, minute, second), there)
