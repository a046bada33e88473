"""Holds changes back when too many accounts would change at once: then we suspect ourselves first.

One judgement is a day: a daemon judges a few accounts a minute, and a platform that fools it must not pass in portions.
What is held keeps the status it had; what it would change to stands beside it until a person, two days of looks or the
account itself settles it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from .model import Reason, Status
from .policy import DAY, PolicyBook

HELD_KINDS = frozenset({Status.INACTIVE, Status.LOST})
ONE_JUDGEMENT = DAY  # what was judged less than this ago counts together with what is judged now
LOOK_DAYS = 2  # days (UTC) with a healthy look at an account before its hold ends by itself
LOOK_AGAIN = timedelta(hours=20)  # a held account is looked at daily, also by a cron job that runs at the same hour
PERCENT = 100


class Kind(StrEnum):
    """What a share is counted over."""

    PLATFORM = "platform"
    AGENCY = "agency"
    REGISTER = "register"


@dataclass(frozen=True, slots=True, order=True)
class Scope:
    """Whose accounts are held: of a platform, of an agency, or of the whole register (which has no name)."""

    kind: Kind
    name: str = ""

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}" if self.name else str(self.kind)


@dataclass(frozen=True, slots=True)
class Limits:
    """`guards` of the policy. Held are `least` changes or more that are more than `percent` of the judged."""

    percent: int
    least: int
    release_after: timedelta


@dataclass(frozen=True, slots=True)
class Turn:
    """One account as it was judged: the status before (None: a first verdict is no change) and the one now."""

    account: str
    platform: str
    agency: str
    old: Status | None
    new: Status

    @property
    def is_judged(self) -> bool:
        """Who could not be seen is not judged."""
        return self.new is not Status.UNKNOWN

    @property
    def falls(self) -> bool:
        """A change to one of the two kinds that blame somebody."""
        return self.new in HELD_KINDS and self.old not in (None, self.new)

    @property
    def scopes(self) -> tuple[Scope, Scope, Scope]:
        """Every scope the account stands in."""
        return Scope(Kind.PLATFORM, self.platform), Scope(Kind.AGENCY, self.agency), Scope(Kind.REGISTER)


@dataclass(frozen=True, slots=True)
class Caught:
    """A hold that begins: `changed` of `judged` accounts of the scope, and whose change is held now."""

    scope: Scope
    changed: int
    judged: int
    accounts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Settled:
    """A verdict as far as it is held or kept."""

    status: Status
    since: datetime | None
    reason: Reason
    reason_detail: str | None
    confirmed: bool


@dataclass(frozen=True, slots=True)
class HeldAccount:
    """An account in a hold: what was released before, what waits, and on how many days since it was looked at well."""

    id: int
    account: str  # today's key
    old: Settled
    new: Settled
    healthy_days: int = 0


@dataclass(frozen=True, slots=True)
class Hold:
    """Changes held back together: `changed` of `judged` accounts of the scope when it began."""

    id: int
    scope: Scope
    began_at: datetime
    changed: int
    judged: int
    accounts: tuple[HeldAccount, ...]  # those still held

    def releases_at(self, limits: Limits) -> datetime:
        """Not before this instant does it end by itself."""
        return self.began_at + limits.release_after

    def is_over(self, limits: Limits, now: datetime) -> bool:
        """It has lasted long enough, and every account still held was looked at well on two days since it began."""
        looked = all(held.healthy_days >= LOOK_DAYS for held in self.accounts)
        return looked and now >= self.releases_at(limits)


def limits_of(book: PolicyBook) -> Limits:
    """The guards of a written policy."""
    return Limits(book.max_changes_percent, book.max_changes_from, book.release_after_days * DAY)


def brake(
    now: Sequence[Turn], earlier: Iterable[Turn], standing: Collection[Scope], limits: Limits
) -> tuple[Caught, ...]:
    """What of a judgement is held back, by scope.

    `now` are the turns of this judgement, `earlier` those of the day before it; an account that stands in both counts
    once, as it is judged now. In a `standing` scope, one that is held already, every further change is held.
    """
    past = {turn.account: turn for turn in earlier}
    judged: dict[Scope, set[str]] = {}
    changed: dict[Scope, set[str]] = {}
    for turn in (past | {turn.account: turn for turn in now}).values():
        fell = turn.falls or (turn.new in HELD_KINDS and turn.account in past and past[turn.account].falls)
        for scope in turn.scopes if turn.is_judged else ():
            judged.setdefault(scope, set()).add(turn.account)
            if fell:
                changed.setdefault(scope, set()).add(turn.account)
    falling: dict[Scope, list[str]] = {}
    for turn in now:
        for scope in turn.scopes if turn.falls else ():
            falling.setdefault(scope, []).append(turn.account)
    return tuple(
        Caught(scope, len(changed[scope]), len(judged[scope]), tuple(sorted(accounts)))
        for scope, accounts in sorted(falling.items())
        if scope in standing or too_many(len(changed[scope]), len(judged[scope]), limits)
    )


def too_many(changed: int, of: int, limits: Limits) -> bool:
    """Enough of them to say anything, and more than the share that is believed."""
    return changed >= limits.least and changed * PERCENT > limits.percent * of


def shrunk(before: Collection[str], after: Collection[str], open_cases: int, limits: Limits) -> bool:
    """Whether an edit takes too many accounts off the register to come into force unasked.

    Nothing is asked before a first case is open: until then a list is being made, and nobody is written to.
    """
    return open_cases > 0 and too_many(len(set(before) - set(after)), len(set(before)), limits)


def newest_holds(holds: Iterable[Hold]) -> Mapping[int, HeldAccount]:
    """The held accounts by their number; of one in several holds as the newest has it."""
    return {held.id: held for hold in sorted(holds, key=lambda h: h.id) for held in hold.accounts}
