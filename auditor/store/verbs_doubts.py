"""What the program asks of a store about lanes that may answer with old rows."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from auditor.core.frozen import Doubt, Freeze, Pulse


class DoubtEnd(StrEnum):
    """How a doubt ended."""

    MOVED = "moved"  # the lane moves again; what was doubted stays doubted
    VOUCHED = "vouched"  # people looked at two of its accounts and found nothing newer: the rows were right
    RELEASED = "released"  # a person took it back, with a reason


@dataclass(frozen=True, slots=True)
class Stand:
    """When an account was first and last seen by a machine, and its newest post."""

    first_sight: datetime
    last_sight: datetime
    newest_post: datetime | None


@dataclass(frozen=True, slots=True)
class PastDoubts:
    """What the doubts of a lane that have ended say of it. None: there was none of that kind."""

    vouched_until: datetime | None  # people's word that its rows were right reaches up to here
    moves_since: datetime | None  # it was seen to move again


class DoubtVerbs(Protocol):
    """Lanes under suspicion."""

    def stands(self, accounts: Collection[int]) -> Mapping[int, Stand]:
        """Of those accounts that a machine ever saw: one cheap question about a whole lane."""
        ...

    def pulses(self, accounts: Collection[int], since: datetime) -> Sequence[Pulse]:
        """What they were seen to do: posts, and the sights at or after an instant and the newest before it."""
        ...

    def doubt(self, lane: str, freeze: Freeze, found_at: datetime) -> Sequence[int]:
        """Doubt the sights of a lane's still accounts and count their summaries again; those not doubted before.

        While a lane is doubted each account is doubted once; those that are added may have a start of their own.
        """
        ...

    def doubts(self, until: datetime) -> Sequence[Doubt]:
        """The doubts that were found and had not ended at an instant, by lane; one a lane."""
        ...

    def doubted_accounts(self, lane: str) -> tuple[datetime, Freeze] | None:
        """When the doubt a lane is under now was found, since when all of it stands still, its accounts by number."""
        ...

    def past_doubts(self, lane: str) -> PastDoubts:
        """What the doubts of a lane that have ended say of it."""
        ...

    def look_soon(self, accounts: Collection[int], at: datetime) -> None:
        """Have these looked at by then, at the latest."""
        ...

    def looked_by_hand(self, accounts: Collection[int], start: datetime, since: datetime) -> tuple[int, int]:
        """Of how many accounts people said since an instant that nothing came after `start`; of how many, something."""
        ...

    def end_doubt(self, lane: str, how: DoubtEnd, at: datetime, counts_from: datetime | None = None) -> Sequence[int]:
        """End the doubt a lane is under; its accounts. None where it is under none: nothing.

        Sights before `counts_from` stay doubted; None: none does. Accounts not seen since then are due now.
        """
        ...

    def release_doubt(self, lane: str, by: str, office: str, reason: str, at: datetime) -> Sequence[int]:
        """The same by a person: all sights count again. ValueError without a name or a reason."""
        ...
