"""When an absence is a loss (docs/how-it-judges.md, the row of `lost`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from .model import HAND, Barrier, Observation, Reason, Seen, Status, Unreadable, Verdict
from .policy import HAND_EVERY, Policy
from .reading import Reading

HARMLESS = frozenset({"preview_disabled", "age_gate"})  # an owner's setting, not an absence
HAND_ABSENCES = 2  # people's answers that an account is gone; a machine's are counted by the policy


@dataclass(frozen=True, slots=True)
class Absence:
    at: datetime
    barrier: Barrier
    by_hand: bool


def absences_of(told: Sequence[Observation], policy: Policy) -> list[Absence]:
    """The present run of absences, newest first: no sight between, none too far apart, a healthy control each time.

    Absences without a healthy control prove nothing: they neither count nor reset. `taken` needs no control.
    """
    run: list[Absence] = []
    for o in told:
        if isinstance(o.outcome, Seen):
            break
        if not isinstance(o.outcome, Unreadable) or o.outcome.detail in HARMLESS:
            continue
        if o.control_ok is not True and o.outcome.barrier is not Barrier.TAKEN:
            continue
        by_hand = o.route == HAND  # and so a round of looks by hand apart, with the days of grace of any evidence
        apart = max(policy.absences_apart, HAND_EVERY + policy.stale_after) if by_hand else policy.absences_apart
        if run and run[-1].at - o.observed_at > apart:
            break
        run.append(Absence(o.observed_at, o.outcome.barrier, by_hand))
    return run


def absent(run: Sequence[Absence], reading: Reading, policy: Policy) -> Verdict | None:
    """Lost, or never resolved; None while neither is proven: until then the last sight stands."""
    taken = [a for a in run if a.barrier is Barrier.TAKEN]
    if taken:
        return Verdict(Status.LOST, taken[-1].at, Reason.TAKEN, Barrier.TAKEN, observed_at=run[0].at)
    instants = sorted({a.at for a in run})
    told = sorted({a.at for a in run if a.by_hand})
    few = min(HAND_ABSENCES, policy.absences)
    if not _enough(instants, policy.absences, policy) and not _enough(told, few, policy):
        return None
    last = run[0].barrier
    if reading.sights or last is Barrier.SUSPENDED:
        return Verdict(Status.LOST, instants[0], Reason.ABSENT, last, observed_at=instants[-1])
    return Verdict(
        Status.UNKNOWN, instants[0], Reason.UNDECIDABLE, "never_resolved", confirmed=False, observed_at=instants[-1]
    )


def _enough(instants: Sequence[datetime], needed: int, policy: Policy) -> bool:
    """So many answers, over so long a time."""
    return len(instants) >= needed and instants[-1] - instants[0] >= policy.absences_over


def ask_again(run: Sequence[Absence], policy: Policy) -> datetime:
    """Spread the answers that are still owed over the span they must cover."""
    if all(a.by_hand for a in run):
        return run[0].at + policy.absences_over
    return run[0].at + policy.absences_over / max(policy.absences - 1, 1)
