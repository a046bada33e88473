"""The calendar of one account: posts per local day, and the days nobody read left blank."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta, tzinfo

from auditor.core.model import Observation, PostKind
from auditor.core.policy import DAY, midnight
from auditor.core.reading import Reading, read
from auditor.words import Words, dates

from .layout import Glyphs, Line, Span, Style, plain

_WEEK = timedelta(days=7)
_STEPS = (1, 2, 4, 7)  # posts a day from which the next level begins
_LABEL = 5  # cells before the first week


def levels(reading: Reading, zone: tzinfo, days: Sequence[date]) -> list[int | None]:
    """0 to 4 for each day; None where it was not wholly read and no post is known."""
    counts = Counter(post.posted_at.astimezone(zone).date() for post in reading.posts)
    return [_level(counts[day]) if counts[day] or _is_read(day, reading, zone) else None for day in days]


def _level(n: int) -> int:
    return sum(n >= step for step in _STEPS)


def _is_read(day: date, reading: Reading, zone: tzinfo) -> bool:
    """Wholly read by looks that touch; of the day of the newest look, the part before it."""
    start, end = midnight(day, zone), midnight(day + DAY, zone)
    newest = reading.sights[-1].at if reading.sights else start
    return any(sight.edge <= start < sight.at and min(end, newest) <= sight.at for sight in reading.sights)


def heat_lines(
    history: Sequence[Observation],
    kinds: frozenset[PostKind],
    zone: tzinfo,
    as_of: datetime,
    w: Words,
    width: int,
    glyphs: Glyphs,
) -> Iterator[Line]:
    """Weeks from left to right, Monday to Sunday from top to bottom: 52 weeks from 100 columns on, else 26."""
    reading = read(history, kinds, as_of)
    weeks = 52 if width >= 100 else 26
    cell = 1 if weeks == 52 or width < 60 else 2
    today = as_of.astimezone(zone).date()
    monday = today - timedelta(days=today.weekday()) - (weeks - 1) * _WEEK
    starts = [monday + n * _WEEK for n in range(weeks)]
    yield plain(" " * _LABEL + _months(starts, cell, w), Style.FAINT)
    for weekday in range(7):
        days = [start + timedelta(days=weekday) for start in starts]
        signs = "".join(
            (" " if day > today or level is None else glyphs.heat[level]).ljust(cell)
            for day, level in zip(days, levels(reading, zone, days), strict=True)
        )
        yield (Span(f" {dates.weekday_name(weekday, w):<{_LABEL - 1}}", Style.FAINT), Span(signs))


def _months(starts: Sequence[date], cell: int, w: Words) -> str:
    """The name of a month above the week it begins in, where the name before leaves room."""
    line = ""
    for at, start in enumerate(starts):
        if start.day <= 7 and len(line) <= at * cell:
            line = line.ljust(at * cell) + dates.month(start, w) + " "
    return line.rstrip()[: len(starts) * cell]
