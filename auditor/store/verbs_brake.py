"""What the brake asks of a store: judgements recorded with what they hold back, holds shown, and released."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from auditor.core.brake import Hold, Limits, Scope, Settled
from auditor.core.model import Change


@dataclass(frozen=True, slots=True)
class Judgement:
    """One account as it was judged now."""

    account_id: int
    account: str  # key
    platform: str
    agency: str
    verdict: Settled
    read_since: datetime | None  # the first look of a machine that answered about it; None: none ever did


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of a judgement: what changed, which holds began, which ended without a person: with the
    accounts that were let go, or empty where all of them had left."""

    changes: tuple[Change, ...] = ()
    began: tuple[Hold, ...] = ()
    ended: tuple[Hold, ...] = ()


@dataclass(frozen=True, slots=True)
class Release:
    """A person lets go. The name goes to the table of people; ledger and append-only table hold its key."""

    by: str
    office: str
    reason: str


class BrakeVerbs(Protocol):
    """Each of these is one transaction: two programs that judge at once hold and release once."""

    def record_judgement(self, judged: Iterable[Judgement], at: datetime, limits: Limits) -> Recorded:
        """Remember verdicts and append what changed, but for what the brake holds (`core.brake`).

        Compared is with the recorded verdict; one that was `unknown` with the one before it. A first verdict is no
        change, nor is the first one that a machine had part in. An account judged later than `at` is left alone. A
        hold that is over ends, its verdicts and changes are recorded, dated at their cause. Held accounts are planned
        to be looked at again within a day.
        """
        ...

    def holds(self, until: datetime) -> Sequence[Hold]:
        """Holds in force at an instant, oldest first, each with the accounts still listed and held by it then."""
        ...

    def release(self, scopes: Collection[Scope], release: Release, at: datetime) -> Sequence[Hold]:
        """Let go every account in a hold of these scopes (of all, if none is named); the holds that were let go.

        An account that another hold holds too is let go by that as well: a person answers for it. The act is an entry
        of the chain. Nothing is written where nothing is held. ValueError for a release without a name or a reason.
        """
        ...
