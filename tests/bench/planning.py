"""How many calls a month the product's own planner makes on a country of accounts, beside other ways to decide when."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from auditor.core.model import Reason, Status, Verdict
from auditor.core.polling import Due, Lane, Why, after_answer, plan

from .nation import DAYS, WHOLE, Citizen, citizens
from .row import Measure, Row, Size

START = datetime(2026, 1, 5, tzinfo=UTC)  # a Monday
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
SILENT, CAP, PAGE, PAGES = 30.0, 7.0, 25, 10
TICKS = 96  # a day
LANES = 5  # platforms
CONTROL = 48  # a healthy control is good for half an hour
WARM = -42.0  # every scheduler begins so early, and is counted from day 0 on
NEVER = timedelta(days=3650)
WORDS = {True: Status.INACTIVE, False: Status.ACTIVE}


@dataclass
class Tally:
    """What a way of looking took and brought."""

    calls: int = 0
    missed: int = 0  # posts that no page ever listed
    delays: list[float] = field(default_factory=list)  # days from a silence to the look that found it

    @property
    def month(self) -> float:
        """Calls in thirty days."""
        return self.calls * 30 / DAYS

    @property
    def mean_hours(self) -> float:
        """Of the delays."""
        return 24 * sum(self.delays) / max(1, len(self.delays))

    @property
    def longest_hours(self) -> float:
        """Of the delays."""
        return 24 * max(self.delays, default=0.0)


@dataclass
class Known:
    """What the office knows of one account."""

    looked: float
    why: Why = Why.MAX_AGE
    silent_since: float | None = None  # the first look that found it silent


def product(nation: list[Citizen], cap: float | None) -> Tally:
    """The product's `plan` and `after_answer` in ticks of a quarter of an hour; None: no maximum age while active."""
    tally, known, buckets = Tally(), dict[int, Known](), dict[int, list[int]]()
    controls: set[tuple[int, int]] = set()
    for n in range(len(nation)):
        first = WARM + n * CAP / len(nation)
        known[n] = Known(first)
        buckets.setdefault(math.ceil(first * TICKS), []).append(n)
    for tick in range(math.floor(WARM * TICKS), math.ceil(DAYS * TICKS)):
        due = [Due(str(n), f"p{n % LANES}", known[n].why, START, 1) for n in buckets.pop(tick, ())]
        for lane, looks in plan(due, {f"p{n}": Lane() for n in range(LANES)}).lanes.items():
            for look in looks:
                n = int(look.account)
                nxt = _look(nation[n], known[n], tick / TICKS, cap, tally)
                if known[n].silent_since == tick / TICKS >= 0:
                    controls.add((int(lane[1:]), tick * CONTROL // TICKS))
                buckets.setdefault(max(tick + 1, math.ceil(nxt * TICKS - 1e-6)), []).append(n)
    tally.calls += len(controls)
    return tally


def _look(citizen: Citizen, known: Known, day: float, cap: float | None, tally: Tally) -> float:
    """One look, paged back to what is known: the next one is when the product says."""
    if day >= 0:
        fresh = citizen.made(known.looked, day)
        tally.calls += min(PAGES, max(1, math.ceil((fresh + 1) / PAGE)))
        tally.missed += max(0, fresh - PAGE * PAGES)
    newest = citizen.newest(day)
    silent = day - newest >= SILENT
    if silent and known.silent_since is None:
        known.silent_since = day
        if day >= 0 and newest + SILENT > known.looked:
            tally.delays.append(day - newest - SILENT)
    elif not silent:
        known.silent_since = None
    known.looked = day
    verdict = _verdict(newest, day, known.silent_since)
    age = CAP if cap is None and silent else cap
    then = after_answer(verdict, START + day * DAY, NEVER if age is None else age * DAY)
    known.why = then.why
    return (then.at - START) / DAY


def _verdict(newest: float, day: float, since: float | None) -> Verdict:
    """As `decide` has it for the single rule: no post in thirty days."""
    if since is None:
        return Verdict(Status.ACTIVE, START, Reason.RECENT, next_change_at=START + (newest + SILENT) * DAY)
    again = START + (since + 7) * DAY if day < since + 7 else None
    return Verdict(Status.INACTIVE, START, Reason.SILENT, confirmable_at=again)


def daily(nation: list[Citizen], every: float = 1.0, page: int = PAGE) -> Tally:
    """Each account once in so many days, one page."""
    tally = Tally()
    for n, citizen in enumerate(nation):
        day = before = (n / len(nation)) * every - 2 * every
        while (day := day + every) < DAYS:
            _poll(citizen, before, day, page, tally)
            before = day
    return tally


def by_entry_frequency(nation: list[Citizen]) -> Tally:
    """Seven days by the posts of the last week, from five minutes to a day: as feed readers do."""
    tally = Tally()
    for n, citizen in enumerate(nation):
        before, day = n / len(nation) - 2, n / len(nation) - 1
        while day < DAYS:
            _poll(citizen, before, day, PAGE, tally)
            week = citizen.made(day - 7, day)
            before, day = day, day + min(1.0, max(5 / 1440, 7 / week if week else 1.0))
    return tally


def _poll(citizen: Citizen, before: float, day: float, page: int, tally: Tally) -> None:
    if day < 0:
        return
    tally.calls += 1
    tally.missed += max(0, citizen.made(before, day) - page)
    due = citizen.newest(day) + SILENT
    if before < due <= day:
        tally.delays.append(day - due)


def bound(nation: list[Citizen], late: float = 1.0, again: float = CAP) -> Tally:
    """The fewest calls of anybody who misses no post and finds each silence within `late` days (greedy is optimal)."""
    tally = Tally()
    for n, citizen in enumerate(nation):
        day = before = WARM + n * CAP / len(nation)
        while day < DAYS:
            if day >= 0:
                tally.calls += max(1, math.ceil((citizen.made(before, day) + 1) / PAGE))
            newest = citizen.newest(day)
            before, day = day, day + again if day - newest >= SILENT else newest + SILENT + late
    return tally


def calls(size: Size) -> Iterable[Row]:
    """The rows of the planner on the single rule of thirty days, control calls included."""
    nation = citizens(size.of(WHOLE))
    ours, free = product(nation, CAP), product(nation, None)
    every_day, six_hours, frequent, least = (
        daily(nation),
        len(nation) * 4 * 30,
        by_entry_frequency(nation),
        bound(nation),
    )
    note = (
        f"{len(nation)} accounts, {DAYS:.0f} days; ours: {ours.month:.0f} a month, {ours.mean_hours:.2f} h mean delay"
    )
    small = size.scaled
    yield Row(
        "calls a month, 7-day maximum age", ours.month / every_day.month, "x daily", 1 / 6, scaled=small, note=note
    )
    yield Row("calls a month", ours.month / frequent.month, "x entry frequency", 1 / 7, scaled=small, note=note)
    ratio = ours.mean_hours / frequent.mean_hours
    note = f"entry frequency finds a silence after {frequent.mean_hours:.2f} h on average"
    yield Row("mean delay of a silence", ratio, "x entry frequency", 0.1, scaled=small, note=note)
    yield Row("longest delay of a silence", ours.longest_hours, "h", 1.0, scaled=small)
    yield Row("posts missed", ours.missed, "posts", 0, scaled=small, note=f"daily, one page: {every_day.missed}")
    yield Row("G12 calls, 7-day maximum age", ours.month / six_hours, "x every six hours", 1 / 20, scaled=small)
    yield Row("G12 calls, no maximum age while active", free.month / least.month, "x the bound", 1.1, scaled=small)
    yield Row("bound: calls a month within a day", least.month / every_day.month, "x daily", scaled=small)


def batches(size: Size) -> Iterable[Row]:
    """Requests of a sweep in which nobody posted, fifty accounts each."""
    count = size.of(25_700)
    due = [Due(str(n), "p", Why.MAX_AGE, START, 1) for n in range(count)]
    riders = [Due(f"r{n}", "p", Why.MAX_AGE, START + DAY, 1) for n in range(500)]
    asked = plan(due, {"p": Lane(batch=50)}, riders).lanes["p"]
    requests, least = math.ceil(len(asked) / 50), math.ceil(count / 50)
    yield Row("G13 requests of a batched sweep", requests / least, "x ceil(n/B)", 1.1, scaled=size.scaled)


MEASURES: Mapping[str, Measure] = {"calls": calls, "batches": batches}
