"""What a scenario is made of: accounts, what they posted, and what became of them. Plain data, no server.

Every instant is an aware datetime in UTC. Nothing here reads a clock or rolls a die: the same scenario asked at the
same instant is the same world.
"""

from __future__ import annotations

import base64
import hashlib
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def utc(text: str) -> datetime:
    """An ISO 8601 instant or day; without an offset it is UTC."""
    at = datetime.fromisoformat(text)
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def iso(at: datetime) -> str:
    """2026-11-23T00:00:00Z"""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def iso_ms(at: datetime) -> str:
    """2026-11-23T00:00:00.000Z"""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def millis(at: datetime) -> int:
    """Whole milliseconds since 1970."""
    since = at - EPOCH
    return since.days * 86_400_000 + since.seconds * 1000 + since.microseconds // 1000


def digest(*parts: object) -> bytes:
    """32 bytes that depend on the parts and on nothing else."""
    return hashlib.sha256("\x1f".join(map(str, parts)).encode()).digest()


def number(*parts: object, below: int) -> int:
    """A whole number from 0 to below - 1 that depends on the parts only."""
    return int.from_bytes(digest(*parts)[:8], "big") % below


def letters(length: int, *parts: object) -> str:
    """Lower-case base32 text that depends on the parts only."""
    text = base64.b32encode(digest(*parts) + digest("more", *parts)).decode().lower()
    return text[:length]


@dataclass(frozen=True, slots=True)
class Post:
    """One thing an account put out. `at` is the date it claims, `shown` (default: `at`) when it can first be seen.

    kind: original, repost, reply (to somebody else), thread (reply to itself), service, upcoming.
    """

    at: datetime
    kind: str = "original"
    shown: datetime | None = None
    removed: datetime | None = None
    pinned: bool = False
    video: bool = False
    album: int = 1  # pictures in one post
    edited: bool = False
    undated: bool = False

    @property
    def seen(self) -> datetime:
        """When it can first be seen."""
        return self.shown or self.at


@dataclass(frozen=True, slots=True)
class State:
    """What the platform says of an account from `start` on: a later state replaces an earlier one.

    kind: ok, suspended, deactivated, deleted, limited, memorial, moved, hidden, contact, group, landing, taken, gone,
    missing, closed, parked. Which of them a platform knows stands in its module.
    """

    kind: str
    start: datetime
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Numbered:
    """A visible post with its place in the account's history: ids are made of the place, so they never move."""

    n: int
    post: Post


@dataclass(frozen=True)
class Account:
    """An account as its platform holds it. `key` is how a register names it; `handle` is the first handle it had."""

    key: str
    platform: str
    handle: str
    created: datetime
    posts: tuple[Post, ...] = ()
    states: tuple[State, ...] = ()
    renames: tuple[tuple[datetime, str], ...] = ()
    host: str = ""
    title: str = ""
    profile: str = "standard"  # name of the threshold profile that judges it
    options: Mapping[str, object] = field(default_factory=dict)
    listed: bool = True  # in the register; controls and extras are not

    @cached_property
    def history(self) -> tuple[Numbered, ...]:
        """Every post ever, in the order in which they appeared."""
        return tuple(Numbered(n, p) for n, p in enumerate(sorted(self.posts, key=lambda p: (p.seen, p.at))))

    @cached_property
    def _seen(self) -> list[datetime]:
        return [item.post.seen for item in self.history]

    @cached_property
    def _lasting(self) -> bool:
        return all(p.removed is None for p in self.posts)

    def visible(self, now: datetime) -> list[Numbered]:
        """What can be seen at `now`, oldest first."""
        shown = self.history[: bisect_right(self._seen, now)]
        if self._lasting:
            return list(shown)
        return [item for item in shown if item.post.removed is None or now < item.post.removed]

    def state(self, now: datetime) -> State:
        """The newest state that has begun; before any, ok."""
        begun = [s for s in self.states if s.start <= now]
        return max(begun, key=lambda s: s.start) if begun else State("ok", self.created)

    def name(self, now: datetime) -> str:
        """The handle at `now`."""
        worn = [handle for start, handle in sorted(self.renames) if start <= now]
        return worn[-1] if worn else self.handle

    def option(self, name: str, default: object = None) -> object:
        return self.options.get(name, default)


@dataclass(frozen=True)
class Scenario:
    """A small world.

    `servers`: Mastodon-compatible host -> what it runs and how (software, closed, token, variant).
    `variants`: platform -> a or b, where a sheet leaves the true form open.
    `controls`: keys of known-good accounts.
    `faults`: as `PUT /_lab/faults` takes them.
    """

    name: str
    now: datetime
    accounts: tuple[Account, ...]
    servers: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    variants: Mapping[str, str] = field(default_factory=dict)
    faults: tuple[Mapping[str, object], ...] = ()
    controls: tuple[str, ...] = ()
    enforce_limits: bool = False  # answer 429 beyond the vendor's published allowance, per five minutes of lab time

    def on(self, *platforms: str) -> list[Account]:
        """The accounts of these platforms, in order."""
        return [a for a in self.accounts if a.platform in platforms]

    def account(self, key: str) -> Account:
        """The account with this key. Raises KeyError."""
        return self._by_key[key]

    @cached_property
    def _by_key(self) -> dict[str, Account]:
        return keyed(self.accounts)

    def variant(self, platform: str) -> str:
        return self.variants.get(platform, "a")


def keyed(accounts: Iterable[Account]) -> dict[str, Account]:
    """By key; two accounts with one key are a mistake in the scenario."""
    found: dict[str, Account] = {}
    for account in accounts:
        if account.key in found:
            raise ValueError(f"two accounts are called {account.key}")
        found[account.key] = account
    return found
