"""When an account is looked at next, and what one sweep asks of whom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from .model import Verdict

SHORTEST = timedelta(hours=1)  # between two looks at one account that nobody asked for
DOUBT = timedelta(hours=12)
DOUBLINGS = 12  # 1 h, 2 h, 4 h …: more doublings than any maximum age needs


class Why(StrEnum):
    """Why a look is made when it is made."""

    MAX_AGE = "max_age"
    BOUNDARY = "boundary"
    CONFIRMATION = "confirmation"
    RETRY = "retry"
    OVERFLOW = "overflow"
    HAND = "hand"


@dataclass(frozen=True, slots=True)
class Due:
    """One look to be made."""

    account: str
    lane: str
    why: Why
    at: datetime  # since when it is owed
    cost: int  # calls


@dataclass(frozen=True, slots=True)
class Next:
    at: datetime
    why: Why


def after_answer(verdict: Verdict, now: datetime, max_age: timedelta) -> Next:
    """The earliest of: the policy's maximum age, the instant the verdict could change, the confirmation it owes."""
    found = [Next(now + max_age, Why.MAX_AGE)]
    if verdict.next_change_at is not None and verdict.next_change_at > now:
        found.append(Next(max(verdict.next_change_at, now + SHORTEST), Why.BOUNDARY))
    if verdict.confirmable_at is not None:
        found.append(Next(max(verdict.confirmable_at, now + SHORTEST), Why.CONFIRMATION))
    return min(found, key=lambda n: n.at)


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


def plan(due: Iterable[Due]) -> dict[str, Sequence[Due]]:
    """Lanes side by side, each the longest owed first; equal ones in the order of their names."""
    lanes: dict[str, list[Due]] = {}
    for look in sorted(due, key=lambda d: (d.lane, d.at, d.account)):
        lanes.setdefault(look.lane, []).append(look)
    return dict(lanes)
