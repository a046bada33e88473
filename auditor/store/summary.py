"""What follows from the looks at one account. Pure; one fold serves each new look and every recount.

A look by hand is counted as a look and no more: where a machine may stop reading, how often it missed and what it saw
last are the machine's own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from .rows import MISSES, SEEN


@dataclass(frozen=True, slots=True)
class Summary:
    """The columns of `states` that follow from looks, in the order of the table. Instants in seconds."""

    first_look_at: int | None = None
    last_look_at: int | None = None
    last_run: int | None = None
    looks: int = 0
    failures: int = 0
    failing_since: int | None = None
    last_outcome: str | None = None
    seen_at: int | None = None
    last_horizon: int | None = None
    covered_until: int | None = None


def precedes(summary: Summary, at: int, run: int) -> bool:
    """The look is newer than all that are counted: the fold may go on from here."""
    return summary.last_look_at is None or (summary.last_look_at, summary.last_run or 0) < (at, run)


def advance(
    summary: Summary, at: int, run: int, outcome: str, horizon: int | None, *, by_hand: bool = False
) -> Summary:
    """The summary after one more look, which must be the newest."""
    after = replace(
        summary,
        first_look_at=at if summary.first_look_at is None else summary.first_look_at,
        last_look_at=at,
        last_run=run,
        looks=summary.looks + 1,
    )
    if by_hand:
        return after
    missed = outcome in MISSES
    after = replace(
        after,
        failures=summary.failures + 1 if missed else 0,
        failing_since=(at if summary.failing_since is None else summary.failing_since) if missed else None,
        last_outcome=outcome,
    )
    if outcome != SEEN:
        return after
    covers = horizon is None or horizon < at
    return replace(after, seen_at=at, last_horizon=horizon, covered_until=at if covers else summary.covered_until)
