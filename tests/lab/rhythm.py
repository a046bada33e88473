"""Posting histories from a rule and an account's name: the same on every machine and in every run."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from .model import Post, number

DAY = timedelta(days=1)


def steady(name: str, first: datetime, last: datetime, days: float, kind: str = "original") -> tuple[Post, ...]:
    """One post about every `days` days in office hours (08:00 to 16:00 in UTC+7), from `first` up to `last`."""
    return tuple(Post(at, kind) for at in instants(name, first, last, days))


def instants(name: str, first: datetime, last: datetime, days: float) -> Iterator[datetime]:
    """The instants of `steady`: each at most half a day off its place, a daily one not at all."""
    start = first.replace(hour=1, minute=0, second=0, microsecond=0)
    slack = int(min((days - 1) / 4, 0.5) * 24)
    place = 0
    while (at := start + place * days * DAY) <= last:
        off = number(name, place, "h", below=2 * slack + 1) - slack if slack else 0
        minute = number(name, place, "m", below=8 * 60)
        day = (at + timedelta(hours=off)).replace(hour=1, minute=0, second=0, microsecond=0)
        instant = day + timedelta(minutes=minute, seconds=number(name, place, "s", below=60))
        if first <= instant <= last:
            yield instant
        place += 1


def ending(name: str, last: datetime, days: float, count: int, kind: str = "original") -> tuple[Post, ...]:
    """`count` posts about `days` apart, the last one exactly at `last`."""
    back = [last - i * days * DAY - timedelta(minutes=number(name, i, below=90)) for i in range(1, count)]
    return tuple(Post(at, kind) for at in [*sorted(back), last])
