"""What a sweep needs to know of the office it works for."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol
from urllib.parse import urlsplit

from auditor.core.model import AccountRef, Miss
from auditor.core.policy import PolicyBook
from auditor.core.quota import Quota, Scope
from auditor.core.reach import Reach
from auditor.core.register import Account, Register
from auditor.fetch.answer import Ask, Exchange
from auditor.fetch.credential import Credential
from auditor.platforms.base import Platform
from auditor.store.verbs import LaneState
from auditor.watched import Way, Ways

TRIED_AGAIN = timedelta(days=1)  # a rejected credential of a pool, or one that something else stands in for
A_WEEK = timedelta(days=7)  # the usual maximum age
TRIED_ALONE = timedelta(hours=1)  # by a daemon, where nothing stands in for it


@dataclass(frozen=True, slots=True)
class Route:
    """One way to read a platform's accounts here: an adapter, and the credential it asks with."""

    platform: Platform
    credential: Credential | None = None

    def reads(self, ref: AccountRef) -> bool:
        """It can ask for this account."""
        names = [name for name in (ref.handle, ref.native_id) if name is not None]
        form = self.platform.capability.asks_for
        serves = self.credential.serves if self.credential else None
        return (form is None or any(map(form.fullmatch, names))) and (serves is None or not serves.isdisjoint(names))

    def lane(self, handle: str) -> str:
        """Accounts that share one quota share one lane."""
        if self.credential is not None:
            return f"{self.platform.name}:{self.credential.name}"
        quota = self.platform.capability.quota
        by_host = quota is not None and quota.scope is Scope.HOST
        return f"{self.platform.name}:{host_of(handle)}" if by_host else self.platform.name


class Doors(Protocol):
    """Opens the one door of a lane; what happens at it is told to `on_exchange`."""

    def __call__(self, route: Route | None, on_exchange: Callable[[Exchange], None]) -> AbstractContextManager[Ask]:
        """Every lane has its own connections, credentials and limits. None: the sentinels."""
        ...


@dataclass(frozen=True)
class Office:
    """The list, the policy and the connected platforms of one moment."""

    register: Register
    book: PolicyBook
    ids: Mapping[str, int]  # account ids by key
    routes: Mapping[str, Sequence[Route]]  # by platform, those with a credential first
    controls: Mapping[str, tuple[str, ...] | None] = field(default_factory=dict)  # by platform; None: the shipped ones
    sentinels: tuple[str, ...] = ()
    rehearsal: bool = False  # the clock stands still, so windows of quotas never turn
    elsewhere: Collection[str] = frozenset()  # base URLs that are asked elsewhere than at their owner's address

    @property
    def reach(self) -> Reach:
        """What machines can read here."""
        return reach_of(self.routes)

    def controls_of(self, route: Route) -> tuple[tuple[str, ...], bool]:
        """Handles of the platform's controls, and whether it is open if they are known where they are asked."""
        written = self.controls.get(route.platform.name)
        if written is not None:
            return written, False
        return route.platform.controls, route.platform.base_url in self.elsewhere

    def route(self, account: Account, native_id: str | None = None, shut: Collection[str] = ()) -> Route | None:
        """Which way an account is read: None where there is none.

        The accounts of a pool are spread over its credentials, each always to the same one. While its lane is shut
        another takes over, and where all are, the route without a credential, if the platform has one.
        """
        ref = replace(account.ref, native_id=native_id or account.ref.native_id)
        able = [route for route in self.routes.get(ref.platform, ()) if route.reads(ref)]
        pool = sorted((r for r in able if r.credential), key=lambda r: _place(account.key, r.lane(ref.handle)))
        ways = [*pool, *(r for r in able if not r.credential)]
        return next((r for r in ways if r.lane(ref.handle) not in shut), ways[0] if ways else None)

    def route_of(self, lane: str, account: Account) -> Route:
        """The route of a lane that an account was planned on."""
        return next(r for r in self.routes[account.ref.platform] if r.lane(account.ref.handle) == lane)


def reach_of(routes: Mapping[str, Sequence[Route]]) -> Reach:
    """The accounts that any of the routes can ask for."""
    found = {name: ways for name, ways in routes.items() if ways}
    forms = {name: [way.platform.capability.asks_for for way in ways] for name, ways in found.items()}
    only = {name: every[0] for name, every in forms.items() if every[0] is not None and None not in every}
    served = {name: [way.credential.serves if way.credential else None for way in ways] for name, ways in found.items()}
    named = {n: frozenset().union(*filter(None, each)) for n, each in served.items() if None not in each}
    return Reach(frozenset(found), only, named)


def in_use(register: Register, routes: Mapping[str, Sequence[Route]]) -> frozenset[str]:
    """The lanes that accounts of the list may be asked about on. What once went wrong on others concerns nobody."""
    return frozenset(
        way.lane(account.ref.handle) for account in register.accounts for way in routes.get(account.ref.platform, ())
    )


def ways_of(routes: Mapping[str, Sequence[Route]]) -> Ways:
    """The lanes on which an account may be asked about, those with a credential first."""

    def ways(account: Account, native_id: str | None) -> Sequence[Way]:
        ref = replace(account.ref, native_id=native_id or account.ref.native_id)
        able = [route for route in routes.get(ref.platform, ()) if route.reads(ref)]
        return [Way(route.lane(ref.handle), route.credential is not None) for route in able]

    return ways


def shut(lanes: Iterable[LaneState], now: datetime, max_age: timedelta = A_WEEK) -> frozenset[str]:
    """Lanes that something else stands in for, if there is anything: they wait, or their credential was rejected."""
    return frozenset(lane.name for lane in lanes if blocked(lane, now, max_age))


def blocked(lane: LaneState, now: datetime, max_age: timedelta = A_WEEK) -> bool:
    """Nobody waits longer than the maximum age: a block that reaches further is of a clock that ran ahead."""
    until, ahead = lane.blocked_until, lane.since is not None and lane.since > now + TRIED_AGAIN
    return until is not None and now < until <= now + max_age + TRIED_AGAIN and not ahead


def asked_from(lane: LaneState) -> datetime | None:
    """Until then nothing is asked on it. A rejected credential that nothing stands in for is asked with whenever a look
    is due, unless the platform named an instant; what stands in for it does so for `TRIED_AGAIN` longer.
    """
    until = lane.blocked_until
    return until - TRIED_AGAIN if until is not None and lane.reason == Miss.CREDENTIAL_REJECTED else until


def waits(lane: LaneState, now: datetime, max_age: timedelta = A_WEEK) -> bool:
    """Nothing is asked on it."""
    start = asked_from(lane)
    return start is not None and start > now and blocked(lane, now, max_age)


def rests(lane: LaneState, now: datetime, max_age: timedelta = A_WEEK) -> bool:
    """A daemon makes no round of it: it waits, or its credential was rejected less than an hour ago."""
    start = asked_from(lane)
    alone = TRIED_ALONE if lane.reason == Miss.CREDENTIAL_REJECTED else timedelta()
    return start is not None and now < start + alone and blocked(lane, now, max_age)


def ledger(lane: str, quota: Quota) -> str:
    """The account of the ledger that a lane's units of one kind are written to."""
    return f"{lane} {quota.name}"


def host_of(handle: str) -> str:
    """The server an account lives on: of a URL its host, of name@host what follows the sign."""
    return urlsplit(handle).netloc if "://" in handle else handle.rpartition("@")[2]


def _place(account: str, lane: str) -> bytes:
    """Rendezvous: who leaves the pool moves nobody but his own accounts."""
    return hashlib.sha256(f"{account}\x1f{lane}".encode()).digest()
