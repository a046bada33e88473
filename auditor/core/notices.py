"""When a blind spot is told: once when it begins, again while it lasts, and when it is over. A pure decision.

What was told is kept; every step names the number its notice would have, so that of two programs which decide the same
at once one alone says it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeAlias

from .audit import BlindKind, BlindSpot
from .model import Status

REMIND_AFTER = timedelta(days=3)  # of the beginning, or of an end that did not last
REMIND_EVERY = timedelta(days=7)
STABLE = timedelta(days=1)  # what works for less is the same spot again
REMEMBERED = timedelta(days=14)  # an ended spot: a sweep may find it broken again so much later

Key: TypeAlias = tuple[BlindKind, str]


class Event(StrEnum):
    """What a notice tells of a spot."""

    BEGAN = "began"
    LASTS = "lasts"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Extent:
    """What is told of a spot: names of accounts stay in the report."""

    kind: BlindKind
    subject: str
    platform: str
    reason: str
    since: datetime
    accounts: int
    statuses: Mapping[Status, int] = field(default_factory=dict)  # last known, of these accounts

    @property
    def key(self) -> Key:
        """What names the spot for as long as it lasts, whatever its reason becomes."""
        return self.kind, self.subject


@dataclass(frozen=True, slots=True)
class KeptSpot:
    """A spot as it is kept, with what was last said of it."""

    id: int
    extent: Extent
    said: int  # notices so far
    said_at: datetime  # the newest; never ahead of the clock for longer than a round
    last: Event
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """What becomes of one spot. `event` None: nothing is said."""

    extent: Extent
    event: Event | None
    number: int  # of the notice
    id: int | None = None  # None: a new spot
    ended: bool = False
    back: bool = False  # it had ended, for less than `STABLE`
    said_at: datetime | None = None  # where the clock was set back: what was said counts as said now


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing that was said of a spot, and when."""

    at: datetime
    event: Event
    extent: Extent


def extent_of(spot: BlindSpot) -> Extent:
    """The spot in numbers."""
    known = Counter([*spot.withheld.values(), *spot.standing.values()])
    subject = spot.subject or spot.platform
    return Extent(spot.kind, subject, spot.platform, spot.reason, spot.since, len(spot.accounts), dict(known))


def steps(
    kept: Sequence[KeptSpot],
    found: Sequence[BlindSpot],
    troubled: Collection[Key],
    seen_again: Callable[[Key], bool],
    now: datetime,
) -> tuple[Step, ...]:
    """What is to be said and remembered.

    `kept`: those that last, and those that ended lately: what breaks again within `STABLE` is the same spot.
    `found`: what cannot be seen now. `troubled`: what does not answer as it should, however briefly; a kept spot is
    over only once it is not troubled. `seen_again` says of one that is over whether it can be seen: a credential that
    was taken out does not work again.
    """
    by_key = {spot.extent.key: spot for spot in sorted(kept, key=lambda spot: (spot.ended_at is None, spot.id))}
    new = {extent.key: extent for extent in map(extent_of, found)}
    out = [_goes_on(by_key.get(key), extent, now) for key, extent in new.items()]
    for key, spot in by_key.items():
        if key in new or spot.ended_at is not None:
            continue
        if key in troubled:
            out.append(_lasts(spot, spot.extent, now))
        else:
            out.append(_ends(spot, told=seen_again(key)))
    return tuple(out)


def reminders(kept: Sequence[KeptSpot], now: datetime) -> bool:
    """Whether any spot that lasts is due to be told again."""
    return any(spot.ended_at is None and _is_due(spot, now) for spot in kept)


def _goes_on(spot: KeptSpot | None, extent: Extent, now: datetime) -> Step:
    if spot is None or (spot.ended_at is not None and extent.since - spot.ended_at >= STABLE):
        return Step(extent, Event.BEGAN, 1)
    return _lasts(spot, extent, now)


def _lasts(spot: KeptSpot, extent: Extent, now: datetime) -> Step:
    """It goes on, or is back after less than a day: one spot, with the reminders it had."""
    event = Event.LASTS if _is_due(spot, now) else None
    set_back = now if spot.said_at > now else None
    return Step(extent, event, spot.said + 1, spot.id, back=spot.ended_at is not None, said_at=set_back)


def _ends(spot: KeptSpot, *, told: bool) -> Step:
    """An end answers a beginning that was told; a second one without a word in between is none."""
    event = Event.ENDED if told and spot.last is not Event.ENDED else None
    return Step(spot.extent, event, spot.said + 1, spot.id, ended=True)


def _is_due(spot: KeptSpot, now: datetime) -> bool:
    wait = REMIND_EVERY if spot.last is Event.LASTS else REMIND_AFTER
    return now - spot.said_at >= wait
