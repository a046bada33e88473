"""The provider-wide breaker: where too many accounts of a platform seem to vanish at once, the platform is doubted.

A platform in trouble answers of the living that they are gone, and its own showcase account may be spared. A real mass
removal goes on answering so: an absence that began under the breaker counts from `LASTS` after it began on.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from .model import HAND, Barrier, Miss, Missed, Observation, Outcome, Seen, Unreadable

LASTS = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Break:
    """A sweep, from its start to its end, in which the breaker tripped for a platform."""

    platform: str
    start: datetime
    end: datetime


def tripped(vanished: int, looked: int, *, at_least: int, percent: int) -> bool:
    """At least so many accounts, and more than that share of those looked at."""
    return vanished >= at_least and vanished * 100 > percent * looked


def absent_since(history: Iterable[Observation]) -> datetime | None:
    """When the present run of absences as machines read it began; None: the newest answer about the account is a sight.

    An absence counts here whatever its control said. A handle that another id holds is no absence.
    """
    start: datetime | None = None
    for o in sorted(history, key=lambda o: o.observed_at, reverse=True):
        if isinstance(o.outcome, Seen):
            break
        if is_absence(o.outcome) and o.route != HAND:
            start = o.observed_at
    return start


def is_absence(outcome: Outcome) -> bool:
    """The platform says that the account is not there to be read; that somebody else is there is another matter."""
    return isinstance(outcome, Unreadable) and outcome.barrier is not Barrier.TAKEN


def vanished(outcome: Outcome, history: Sequence[Observation]) -> bool:
    """Read before, and now for the first time absent, or answered in a shape that nobody knows."""
    suspect = is_absence(outcome) or _unrecognised(outcome)
    if not suspect or not any(isinstance(o.outcome, Seen) for o in history):
        return False
    if is_absence(outcome):
        return absent_since(history) is None
    return not _unrecognised(max(history, key=lambda o: o.observed_at).outcome)


def caught(since: datetime, platform: str, breaks: Iterable[Break]) -> bool:
    """An absence that began at this instant began under the breaker."""
    return any(b.platform == platform and b.start <= since <= b.end for b in breaks)


def _unrecognised(outcome: Outcome) -> bool:
    return isinstance(outcome, Missed) and outcome.reason is Miss.UNRECOGNISED
