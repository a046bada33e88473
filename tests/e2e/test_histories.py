"""Real histories, played through the double and judged by the whole program, equal thirty lines of arithmetic.

Eight of the forty, of every kind and on all four faces; all of them in the nightly profile. Weekly looks plus one at
each month end. The truth does not import the program. Differences are allowed where a feed's fifteen items cannot show
a month, each with that reason; nobody is ever called inactive who is not.
"""

from __future__ import annotations

import os
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.e2e.city import entries, open_office
from tests.lab.scenarios.fixture import build, histories, watched
from tests.lab.server import Lab

DAY = timedelta(days=1)
GOAL = 0.99


def truth(posts: tuple[datetime, ...], at: datetime) -> str:
    """Last post and number in the thirty days before, under the thresholds of `standard`."""
    until = bisect_right(posts, at)
    if not until:
        return "never_posted"
    silent, recent = at - posts[until - 1], until - bisect_right(posts, at - 30 * DAY)
    if silent >= 30 * DAY:
        return "inactive"
    return "slow" if silent >= 14 * DAY or recent < 4 else "active"


def month_ends(start: datetime, end: datetime) -> Iterator[datetime]:
    """The last second of each month inside a stretch."""
    year, month = start.year, start.month
    while True:
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
        at = datetime(year, month, 1, tzinfo=UTC) - timedelta(seconds=1)
        if at > end:
            return
        if at >= start:
            yield at


def looks(start: datetime, end: datetime) -> Iterator[datetime]:
    """Once a week, and at each month end."""
    weekly = [start + n * 7 * DAY for n in range((end - start) // (7 * DAY) + 1)]
    yield from sorted({at.replace(microsecond=0) for at in weekly} | set(month_ends(start, end)))


def why(key: str, posts: tuple[datetime, ...], at: datetime, expected: str) -> str:
    """What a feed of fifteen items cannot show."""
    if not key.startswith("feed:"):
        return "no reason"
    if expected == "never_posted":
        return "a feed never says never"
    until = bisect_right(posts, at)
    if until - bisect_left(posts, at - 7 * DAY) >= 15:
        return "window overflow"
    return "its oldest item is younger than thirty days" if posts[max(until - 15, 0)] > at - 30 * DAY else "no reason"


FOURS = range(10) if os.environ.get("HYPOTHESIS_PROFILE") == "nightly" else (2, 7)  # each face once in four accounts


@pytest.mark.parametrize("four", FOURS)
def test_the_program_says_what_the_histories_say(tmp_path: Path, four: int) -> None:
    with Lab(build()) as lab:
        accounts = lab.scenario.accounts[4 * four : 4 * four + 4]
        office = open_office(
            lab, tmp_path, [e for e, a in zip(entries(lab), lab.scenario.accounts, strict=True) if a in accounts]
        )
        names = {account.key: str(account.option("source", "")) for account in accounts}
        schedule: dict[datetime, list[str]] = {}
        for key, name in names.items():
            for at in looks(*watched()[name]):
                schedule.setdefault(at, []).append(key)
        judged, wrong = 0, []
        for at in sorted(schedule):
            only = [word for key in schedule[at] for word in ("--only", key)]
            assert office.poll(at, *only) == 0
            if (at + timedelta(seconds=1)).day != 1:
                continue
            rows = office.rows(at)
            for key in schedule[at]:
                start = watched()[names[key]][0]
                if at < start + 30 * DAY or at not in set(month_ends(*watched()[names[key]])):
                    continue
                judged += 1
                expected, said = truth(histories()[names[key]], at), rows[key]["status"]
                assert said != "inactive" or expected == "inactive", (key, at)
                if said != expected:
                    reason = why(key, histories()[names[key]], at, expected)
                    wrong.append((key, at.date().isoformat(), expected, said, reason))
    print(f"{len(wrong)} of {judged} differ", *wrong, sep="\n")
    assert not [line for line in wrong if line[-1] == "no reason"]
    assert judged > 25 * len(accounts)
    assert 1 - len(wrong) / judged >= GOAL, f"{len(wrong)} of {judged}"
