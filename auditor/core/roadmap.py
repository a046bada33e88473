"""The ways to see more: how many accounts each would open, what it costs a person, and what is left for the eye.

Counted over accounts, never judged: an account that nothing reads is not inactive, it is not seen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from .policy import PolicyBook
from .reach import Reach
from .register import Account, Register

LOOKS_A_WEEK = 0.24  # by hand, per account, where the last post no longer proves the status (`scripts/handlooks`)
PERSONS = 4  # of an office, who share the first round


@dataclass(frozen=True, slots=True)
class Offer:
    """What a platform offers an installation that cannot read all of it."""

    title: str  # of the platform
    minutes: int | None = None  # of a person's time, once; None: not to be told, an agreement of others is needed
    cost: str = "free"
    command: str = ""
    forbidden: bool = False
    has_way: bool = True  # False: people look, there is no other way
    half: bool = False  # what is read here proves activity only


@dataclass(frozen=True, slots=True)
class OpenWay:
    """A way that may be gone, and the accounts it opens."""

    platform: str
    accounts: int
    minutes: int | None
    cost: str
    command: str  # "" where this release has none


@dataclass(frozen=True, slots=True)
class ByHand:
    """All accounts that nothing reads, looked at by people; and what stays so after every open way."""

    accounts: int
    minutes_a_week: int
    first_round: int  # minutes
    each: int  # minutes of the first round, shared by `PERSONS`
    left: int
    left_minutes_a_week: int
    left_platforms: tuple[str, ...]  # titles, in the order of the list
    command: str = "auditor worksheet"


@dataclass(frozen=True, slots=True)
class ForbiddenWay:
    """A way that the platform's terms close to an office."""

    platform: str
    accounts: int


WayRow: TypeAlias = OpenWay | ByHand | ForbiddenWay


def ways(register: Register, reach: Reach, offers: Mapping[str, Offer], book: PolicyBook) -> tuple[WayRow, ...]:
    """Open ways by accounts an hour, those without minutes behind them; then by hand; then what terms forbid.

    A way gains the accounts that nothing reads and those of which only activity can be proved. Nothing to gain and
    nobody unread: no rows.
    """
    rows = [row for name, offer in offers.items() if (row := _way(name, offer, register, reach)) is not None]
    opened = sorted((row for row in rows if isinstance(row, OpenWay)), key=_by_gain)
    unread = [account for account in register.accounts if not reach.reads(account.ref)]
    hand = [_by_hand(unread, {row.platform for row in opened}, offers, book)] if unread else []
    return (*opened, *hand, *(row for row in rows if isinstance(row, ForbiddenWay)))


def _way(name: str, offer: Offer, register: Register, reach: Reach) -> OpenWay | ForbiddenWay | None:
    own = (account for account in register.accounts if account.ref.platform == name)
    gained = sum(offer.half or not reach.reads(account.ref) for account in own)
    if not gained or not offer.has_way:
        return None
    if offer.forbidden:
        return ForbiddenWay(name, gained)
    return OpenWay(name, gained, offer.minutes, offer.cost, offer.command)


def _by_gain(row: OpenWay) -> tuple[bool, float, str]:
    """Most accounts an hour first; a way whose time nobody can tell comes after those with, most accounts first."""
    minutes = row.minutes
    return minutes is None, -row.accounts / (minutes or 1), row.platform


def _by_hand(unread: list[Account], opened: set[str], offers: Mapping[str, Offer], book: PolicyBook) -> ByHand:
    left = [account.ref.platform for account in unread if account.ref.platform not in opened]
    first_round = _minutes(len(unread) * book.hand_seconds_each)
    return ByHand(
        accounts=len(unread),
        minutes_a_week=_a_week(len(unread), book),
        first_round=first_round,
        each=_minutes(len(unread) * book.hand_seconds_each / PERSONS),
        left=len(left),
        left_minutes_a_week=_a_week(len(left), book),
        left_platforms=tuple(offers[name].title if name in offers else name for name in dict.fromkeys(left)),
    )


def _a_week(accounts: int, book: PolicyBook) -> int:
    return _minutes(accounts * LOOKS_A_WEEK * book.hand_seconds_each)


def _minutes(seconds: float) -> int:
    """The nearest minute, and at least one where there is anything."""
    return max(1, round(seconds / 60)) if seconds else 0
