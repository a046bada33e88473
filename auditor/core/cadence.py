"""Rhythm: how often an account posts, as far as it was read. None is not zero."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo
from itertools import pairwise
from math import ceil
from statistics import median

from .audit import WEEKS, Rhythm
from .reading import BEGINNING, Reading

DAY, WEEK, YEAR = timedelta(days=1), timedelta(days=7), timedelta(days=365)


def rhythm(reading: Reading, observed_at: datetime | None, zone: tzinfo) -> Rhythm:
    """All windows end at `observed_at`, the look that judged; each counts (end - window, end]. Days are `zone`'s."""
    if observed_at is None:
        return Rhythm()
    times = sorted(p.posted_at for p in reading.posts)
    edge = min((s.edge for s in reading.sights if s.at == observed_at), default=observed_at)
    gaps = _gaps(times, edge, observed_at)
    return Rhythm(
        posts_7d=_count(times, edge, observed_at, 7 * DAY),
        posts_30d=_count(times, edge, observed_at, 30 * DAY),
        posts_90d=_count(times, edge, observed_at, 90 * DAY),
        posts_365d=_count(times, edge, observed_at, YEAR),
        active_days_90d=_active_days(times, edge, observed_at, zone),
        gap_median_days=_days(median(g / DAY for g in gaps)) if gaps else None,
        gap_p90_days=_days(gaps[ceil(0.9 * len(gaps)) - 1] / DAY) if gaps else None,
        longest_silence_days=_longest(times, edge, observed_at),
        weeks=tuple(_week(times, edge, observed_at - n * WEEK) for n in range(WEEKS - 1, -1, -1)),
        at_least_30d=_between(times, observed_at - 30 * DAY, observed_at),
    )


def _between(times: Sequence[datetime], after: datetime, until: datetime) -> int:
    return bisect_right(times, until) - bisect_right(times, after)


def _count(times: Sequence[datetime], edge: datetime, end: datetime, window: timedelta) -> int | None:
    return None if edge > end - window else _between(times, end - window, end)


def _week(times: Sequence[datetime], edge: datetime, end: datetime) -> int | None:
    """A week that was read only in part says how many at least, if any: never a zero that nobody read."""
    count = _between(times, end - WEEK, end)
    return count if count or edge <= end - WEEK else None


def _active_days(times: Sequence[datetime], edge: datetime, end: datetime, zone: tzinfo) -> int | None:
    """Calendar days with a post, of the last 90 times 24 hours."""
    if edge > end - 90 * DAY:
        return None
    return len({t.astimezone(zone).date() for t in times if end - 90 * DAY < t <= end})


def _gaps(times: Sequence[datetime], edge: datetime, end: datetime) -> list[timedelta]:
    """Closed gaps between consecutive posts of the last 365 read days, shortest first."""
    start = max(edge, end - YEAR) if edge > BEGINNING else end - YEAR
    inside = times[bisect_left(times, start) : bisect_right(times, end)]
    return sorted(b - a for a, b in pairwise(inside))


def _longest(times: Sequence[datetime], edge: datetime, end: datetime) -> int | None:
    """The longest stretch without a post that was wholly read, the open one included, in whole days."""
    read = times[bisect_left(times, edge) : bisect_right(times, end)]
    if not read:
        return None
    return max(b - a for a, b in pairwise([*read, end])) // DAY


def _days(gap: float) -> float:
    return round(gap, 1)
