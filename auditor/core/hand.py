"""Looks that only people can make: who is owed one, since when, and how many a week's minutes hold.

A lane like any other: its looks are planned by `polling.plan`, its budget is minutes. Looking only where the known last
post no longer proves the status misses no silence, for about a quarter of the work of looking at everybody every week
(`scripts/handlooks` measures it).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from .advice import WRONG_ENTRY
from .audit import Audited
from .model import ATTESTED, HAND, SILENT, Reason, Status
from .policy import HAND_EVERY, PolicyBook
from .polling import Due, Why, plan
from .verdict import letters_at

WEEK = timedelta(days=7)


def is_for_people(row: Audited) -> bool:
    """No machine reads it here, or it fails, or what it read proves nothing, or a person's look carries the verdict."""
    verdict = row.verdict
    if not row.policy.connected or verdict.reason is Reason.BLIND or ATTESTED in (verdict.reason_detail or ""):
        return True
    if verdict.reason_detail == "silent_as_far_as_visible":
        return True
    return verdict.reason is Reason.UNDECIDABLE and verdict.reason_detail not in WRONG_ENTRY


def owed_at(row: Audited, listed_at: datetime) -> datetime:
    """Since when (or from when on) a person must look at this account.

    Never seen: since it was listed. Not silent: when the known last post stops proving it. Silent: seven days later to
    confirm, within the days of fresh evidence before a letter, and every 28 days. A machine that fails is given the
    days after which evidence is stale.
    """
    verdict = row.verdict
    if verdict.reason is Reason.BLIND and row.failing_since is not None:
        return row.failing_since + row.policy.stale_after
    looked = verdict.observed_at
    if verdict.status in SILENT and looked is not None:
        return _while_silent(row, looked)
    if verdict.confirmable_at is not None:
        return verdict.confirmable_at
    if verdict.status is Status.LOST and looked is not None:
        return looked + HAND_EVERY
    if verdict.proven_until is not None:
        return verdict.proven_until
    return listed_at if looked is None else looked + WEEK


def _while_silent(row: Audited, looked: datetime) -> datetime:
    verdict, policy = row.verdict, row.policy
    eves = [at - policy.fresh_evidence for at in letters_at(verdict, policy) if policy.letters]
    found = [looked + HAND_EVERY, *(eve for eve in eves if eve > looked)]
    if verdict.confirmable_at is not None:
        found.append(verdict.confirmable_at)
    return min(found)


def hand_due(row: Audited, book: PolicyBook, now: datetime) -> Due | None:
    """The look by hand an account is owed now; its cost is in seconds. None: none is, or a machine can look."""
    if not is_for_people(row):
        return None
    at = owed_at(row, row.listed_at or now)
    return None if at > now else Due(row.account.key, HAND, Why.HAND, at, book.hand_seconds_each)


@dataclass(frozen=True, slots=True)
class HandPlan:
    """The looks of this week, most urgent first, and those its minutes do not hold: named, never dropped."""

    week: tuple[Due, ...] = ()
    left_out: tuple[Due, ...] = ()

    @property
    def minutes(self) -> int:
        """For the looks of this week, begun minutes."""
        return -(-sum(look.cost for look in self.week) // 60)


def hand_plan(rows: Iterable[Audited], book: PolicyBook, now: datetime, week_start: datetime) -> HandPlan:
    """The hand lane of `polling.plan` within the week's minutes, less the looks people made since `week_start`."""
    rows = tuple(rows)
    looks = plan(due for row in rows if (due := hand_due(row, book, now)) is not None).lanes.get(HAND, ())
    made = sum(row.told_at is not None and row.told_at >= week_start for row in rows)
    budget = book.hand_minutes_per_week * 60 - made * book.hand_seconds_each
    week, left_out = within(looks, budget)
    return HandPlan(tuple(week), tuple(left_out))


def within(looks: Sequence[Due], budget: int) -> tuple[Sequence[Due], Sequence[Due]]:
    """Those a budget holds, in their order, and those left out."""
    spent = 0
    for place, look in enumerate(looks):
        spent += look.cost
        if spent > budget:
            return looks[:place], looks[place:]
    return looks, ()
