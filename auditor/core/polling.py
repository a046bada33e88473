"""When an account is looked at next, and what one sweep asks of whom.

A look is made when the verdict could change, when a page could overflow, when the evidence grows too old, or when a
confirmation is owed, and at no other time. Nothing here knows a clock, a die or a platform.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import islice
from types import MappingProxyType

from .model import Verdict

SHORTEST = timedelta(hours=1)  # between two looks at one account that nobody asked for
DOUBT = timedelta(hours=12)
MONTH, LATELY = timedelta(days=28), timedelta(days=3)  # the stretches that a rate is taken from
BURST = 0.7  # what the rate of the last days weighs: a campaign is half over when it is noticed
FULL = 0.5  # a page is looked at again when it is expected to be half new
FAILING_EVERY = 5  # one in so many looks of a lane is at an account that failed: a dead end holds up nobody
DOUBLINGS = 12  # 1 h, 2 h, 4 h …: more doublings than any maximum age needs


class Why(StrEnum):
    """Why a look is made when it is made."""

    MAX_AGE = "max_age"
    BOUNDARY = "boundary"
    CONFIRMATION = "confirmation"
    RETRY = "retry"
    OVERFLOW = "overflow"
    HAND = "hand"


GAIN = {Why.CONFIRMATION: 0, Why.BOUNDARY: 0, Why.OVERFLOW: 1, Why.RETRY: 1, Why.MAX_AGE: 2, Why.HAND: 2}


@dataclass(frozen=True, slots=True)
class Due:
    """One look to be made, or one that may ride along in the request of another."""

    account: str
    lane: str
    why: Why
    at: datetime  # since when it is owed, or from when on
    cost: int  # units of the lane's first quota
    failing: bool = False  # the last look failed


@dataclass(frozen=True, slots=True)
class Lane:
    """What the planner knows of a lane. A request for several accounts costs as much as one for a single one."""

    units: int | None = None  # of its first quota that are left; None: nobody counts
    resets_at: datetime | None = None  # when there are units again
    waits_until: datetime | None = None  # nothing is asked before
    batch: int = 1  # accounts that one request can name
    each: int = 0  # units that an account of a batch takes besides


class LeftOut(StrEnum):
    """Why a look that is owed is not made now."""

    QUOTA = "quota"
    WAITS = "waits"


@dataclass(frozen=True, slots=True)
class Postponed:
    """A look that is owed and not made, and when its lane may be asked again (None: nobody knows)."""

    look: Due
    why: LeftOut
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Plan:
    """What one sweep asks, lane by lane, in the order it is asked; and who is left out, in the same order."""

    lanes: Mapping[str, Sequence[Due]]
    left_out: Sequence[Postponed] = ()


@dataclass(frozen=True, slots=True)
class Next:
    at: datetime
    why: Why


def after_answer(verdict: Verdict, now: datetime, max_age: timedelta, full_in: timedelta | None = None) -> Next:
    """The earliest of: the policy's maximum age, the instant the verdict could change, the confirmation it owes, and
    the instant at which a page that cannot be turned may lose posts (`full_in` from now on).
    """
    found = [Next(now + max_age, Why.MAX_AGE)]
    if verdict.next_change_at is not None and verdict.next_change_at > now:
        found.append(Next(max(verdict.next_change_at, now + SHORTEST), Why.BOUNDARY))
    if verdict.confirmable_at is not None:
        found.append(Next(max(verdict.confirmable_at, now + SHORTEST), Why.CONFIRMATION))
    if full_in is not None:
        found.append(Next(now + max(full_in, SHORTEST), Why.OVERFLOW))
    return min(found, key=lambda n: n.at)


def full_in(times: Sequence[datetime], now: datetime, page: int) -> timedelta | None:
    """How long until a page of so many posts is half new, at the rate of the last weeks or days. None: nothing new.

    The rate is that of 28 days, or seven tenths of that of three, whichever is higher.
    """
    weeks, days = (sum(now - stretch < t <= now for t in times) * (MONTH / stretch) for stretch in (MONTH, LATELY))
    rate = max(weeks, BURST * days)  # in 28 days
    return MONTH * (FULL * page / rate) if rate else None


def after_miss(failures: int, now: datetime, max_age: timedelta, reset_at: datetime | None) -> Next:
    """Exponential from one hour to the maximum age, not before the platform's own word; never gives up.

    No word of a platform silences us for longer than the maximum age.
    """
    wait = min(SHORTEST * 2 ** min(max(failures, 1) - 1, DOUBLINGS), max_age)
    at = now + wait
    return Next(max(at, min(reset_at, now + max_age)) if reset_at else at, Why.RETRY)


def after_doubt(planned: Next, now: datetime) -> Next:
    """A look that would have decided something, but for its control: again within the day."""
    return min(planned, Next(now + DOUBT, Why.RETRY), key=lambda n: n.at)


def plan(
    due: Iterable[Due],
    lanes: Mapping[str, Lane] = MappingProxyType({}),
    riders: Iterable[Due] = (),
    jitter: Mapping[str, float] = MappingProxyType({}),
) -> Plan:
    """Lanes side by side, each in the order of what a decision gains, as far as its units last.

    First what could change a verdict now or is owed to confirm one, then what failed or could overflow, then the
    stalest; who failed before comes after every four others. What is left of the last request's places is filled with
    `riders` that would be due soonest. `jitter`, from 0 to 1 by account, orders those owed since the same instant.
    """
    owed, others, left_out = _by_lane(due, jitter), _by_lane(riders, jitter), list[Postponed]()
    made: dict[str, Sequence[Due]] = {}
    for name in sorted(owed):
        known = lanes.get(name, Lane())
        looks = list(_woven(owed[name]))
        if known.waits_until is not None:
            left_out += [Postponed(look, LeftOut.WAITS, known.waits_until) for look in looks]
            continue
        looks += islice(others.get(name, ()), -len(looks) % known.batch)
        fits = _within(looks, known)
        left_out += [Postponed(look, LeftOut.QUOTA, known.resets_at) for look in looks[fits:] if look in owed[name]]
        if fits:
            made[name] = looks[:fits]
    return Plan(made, tuple(left_out))


def _by_lane(looks: Iterable[Due], jitter: Mapping[str, float]) -> dict[str, list[Due]]:
    lanes: dict[str, list[Due]] = {}
    for look in sorted(looks, key=lambda d: (GAIN[d.why], d.at, jitter.get(d.account, 0.0), d.account)):
        lanes.setdefault(look.lane, []).append(look)
    return lanes


def _woven(looks: Sequence[Due]) -> Iterator[Due]:
    """Both in their order: who answers shows that the lane works, and nobody who fails is forgotten."""
    well, failing = (iter([d for d in looks if d.failing is kind]) for kind in (False, True))
    while some := list(islice(well, FAILING_EVERY - 1)):
        yield from (*some, *islice(failing, 1))
    yield from failing


def _within(looks: Sequence[Due], lane: Lane) -> int:
    """How many of them the lane's units hold."""
    spent = 0
    for n, look in enumerate(looks):
        spent += look.cost if lane.batch == 1 or n % lane.batch == 0 else lane.each
        if lane.units is not None and spent > lane.units:
            return n
    return len(looks)
