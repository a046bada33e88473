"""Plays a situation day by day and counts: who was flagged against the truth, who was missed, and how late."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from math import inf

from auditor.core.model import SILENT, Status

from . import baseline
from .cast import Cast
from .guards import GUARDS, WHOLE, Without
from .office import OfficeInProcess
from .situation import DAY, START, Situation

FOUND_WITHIN = timedelta(hours=24)  # of the first healthy look after the deadline
LOOKED_WITHIN = 8  # days after which somebody must have looked again: the maximum age, and a round


@dataclass(frozen=True, slots=True)
class Score:
    """What came of one replay. Days on which a flag stood against the truth; None: the silent one was found."""

    flagged: tuple[str, ...]  # "day 41: living inactive"
    missed: str | None
    delay: timedelta | None  # of a silence that was found, past its deadline and the first healthy look
    expected: bool  # the silent one could be found at all

    @property
    def fooled(self) -> str:
        """In the words of `fools`."""
        found = bool(self.flagged), self.missed is not None
        return {(True, True): "both", (True, False): "living flagged", (False, True): "silent missed"}.get(
            found, "neither"
        )


def replay(situation: Situation, without: Without | None = None) -> Score:
    """The program's own score."""
    cast = Cast(situation)
    with closing(OfficeInProcess(cast, without or WHOLE)) as office:
        return score(cast, dict(_days(office)))


def naive(situation: Situation) -> Score:
    """The baseline's score, over the same answers."""
    cast = Cast(situation)
    return score(cast, dict(baseline.days(cast)))


def saved(situation: Situation) -> bool:
    """Without its guard, the living account is flagged or the silent one missed."""
    without = GUARDS[situation.guard].without
    return without is not None and replay(situation, without).fooled != "neither"


@dataclass(frozen=True, slots=True)
class Day:
    """What was said after the round of one day."""

    said: Mapping[str, tuple[Status, ...]]  # by role; a held status stands beside the released one
    looked: float  # the day itself if the silent one was looked at on it


def _days(office: OfficeInProcess) -> Iterator[tuple[int, Day]]:
    roles = {account.key: role for role, account in office.cast.accounts.items()}
    for day in range(office.cast.office.days + 1):
        audit = office.day(day)
        said = {}
        for row in audit.rows:
            role = roles.get(row.account.key) or _renamed(office, row.account.key)
            held = getattr(row, "held", None)
            if role is not None:
                said[role] = (row.verdict.status, *((Status(held.status),) if held else ()))
        yield day, Day(said, _looked(office, day))


def _renamed(office: OfficeInProcess, key: str) -> str | None:
    """An entry that the list writes otherwise for a while."""
    return next((r for r, a in office.cast.accounts.items() if r in ("living", "silent") and a.handle in key), None)


def _looked(office: OfficeInProcess, day: int) -> float:
    """The day itself if the silent one was looked at on it. Counted, because our clock may be wrong."""
    state = office.store.find(office.cast.accounts["silent"].key)
    office.looks[day] = state.looks if state else 0
    return float(day) if office.looks[day] > office.looks.get(day - 1, 0) else -inf


def score(cast: Cast, days: Mapping[int, Day]) -> Score:
    """Held against the truth."""
    situation = cast.situation
    due = (cast.deadline - START) / DAY
    flagged = []
    found: float | None = None
    for day, told in days.items():
        for role in ("living", "silent"):
            released, *held = told.said.get(role, (Status.UNKNOWN,))
            true = {Status.LOST} if day >= situation.lost_from else set()
            if role == "silent" and day >= due:
                true |= SILENT
            if released in SILENT | {Status.LOST} and released not in true:
                flagged.append(f"day {day}: {role} {released}")
            if role == "silent" and found is None and day >= due and {released, *held} & true:
                found = float(day)
    able = [d for d in days if d >= due and situation.healthy(d)]
    looks = [d for d in able if days[d].looked == d]
    ready = looks[0] if looks else None
    overdue = len(able) > LOOKED_WITHIN
    expected = ready is not None or overdue
    if found is None:
        why = "never looked at again" if ready is None else f"looked at on day {ready}, never found"
        return Score(tuple(flagged), why if expected else None, None, expected)
    late = (found - max(due, ready if ready is not None else found)) * DAY
    delay = max(late, timedelta())
    wrong = f"found on day {found:g}, looked at on day {ready}" if delay > FOUND_WITHIN else None
    return Score(tuple(flagged), wrong, delay, True)
