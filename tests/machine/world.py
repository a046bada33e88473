"""What is true: who posts when, who is gone, what an honest reader would find. Knows no program of ours."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from auditor.core.model import Barrier, PostKind

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
START = datetime(2026, 1, 31, tzinfo=UTC)
KINDS = (PostKind.ORIGINAL,) * 5 + (PostKind.REPOST, PostKind.REPLY)


@dataclass(slots=True)
class Item:
    """One post. `claim` is the date the platform states: None where it states none."""

    id: str
    at: datetime
    kind: PostKind
    claim: datetime | None
    deleted_at: datetime | None = None

    @property
    def counts(self) -> bool:
        """A post as a policy means it, with a date that is true."""
        return self.kind is PostKind.ORIGINAL and self.claim == self.at

    def stood(self, at: datetime) -> bool:
        """It could be seen at an instant."""
        return self.at <= at and (self.deleted_at is None or self.deleted_at > at)


@dataclass(slots=True)
class Real:
    """An account as it really is. `every`: it posts in this rhythm; None: it does not post by itself."""

    name: str
    lane: str
    handle: str
    native_id: str
    every: timedelta | None
    items: list[Item] = field(default_factory=list)
    barrier: Barrier | None = None
    next_at: datetime = START
    made: int = 0

    def post(
        self, at: datetime, kind: PostKind = PostKind.ORIGINAL, *, dated: bool = True, ahead: timedelta | None = None
    ) -> Item:
        """One more."""
        self.made += 1
        claim = (at + ahead if ahead else at) if dated else None
        item = Item(f"{self.name}-{self.made}", at, kind, claim)
        self.items.append(item)
        return item

    def live(self, until: datetime) -> None:
        """Go on in the rhythm; who is barred posts nothing."""
        while self.every is not None and self.next_at <= until:
            draw = zlib.crc32(f"{self.name} {self.made}".encode())
            if self.barrier is None:
                self.post(self.next_at, KINDS[draw // 100 % len(KINDS)])
            else:
                self.made += 1
            step = int(self.every.total_seconds() * (50 + draw % 100) / 100)
            self.next_at += timedelta(seconds=step)

    def rows(self, at: datetime) -> list[Item]:
        """What stands at an instant, newest first."""
        return sorted((i for i in self.items if i.stood(at)), key=lambda i: i.at, reverse=True)

    def visible(self, at: datetime) -> datetime | None:
        """The newest counted post an honest reader finds at an instant."""
        return max((i.at for i in self.items if i.counts and i.stood(at)), default=None)


@dataclass(slots=True)
class World:
    """All accounts, true time, and how wrong our clock is."""

    reals: list[Real]
    now: datetime = START
    skew: timedelta = timedelta()
    skew_until: datetime = START
    strangers: int = 0
    called: dict[str, str] = field(default_factory=dict)  # handle -> the account that had it first

    @property
    def ours(self) -> datetime:
        """What our clock says."""
        return self.now + self.skew

    def advance(self, by: timedelta) -> None:
        """Time goes by."""
        self.now += by
        if self.now >= self.skew_until:
            self.skew = timedelta()
        for real in self.reals:
            real.live(self.now)
            self.called.setdefault(real.handle, real.name)

    def named(self, handle: str) -> Real | None:
        """Whom a handle leads to today."""
        return next((r for r in self.reals if r.handle == handle), None)

    def numbered(self, native_id: str) -> Real | None:
        """Whom an id leads to."""
        return next((r for r in self.reals if r.native_id == native_id), None)

    def rename(self, real: Real) -> None:
        """A new handle; the old one leads nowhere."""
        self.called.setdefault(real.handle, real.name)
        self.strangers += 1
        name, _, lane = real.handle.partition("@")
        real.handle = f"{name.partition('.')[0]}.{self.strangers}@{lane}"
        self.called[real.handle] = real.name

    def meant(self, handle: str, native_id: str | None) -> str | None:
        """The name of the account that somebody means who asks so."""
        real = self.numbered(native_id) if native_id else None
        return real.name if real else self.called.get(handle)

    def take(self, real: Real) -> None:
        """Somebody else has the handle now, and posts."""
        old = real.handle
        self.rename(real)
        stranger = Real(f"stranger{self.strangers}", real.lane, old, f"id-stranger{self.strangers}", 2 * DAY)
        stranger.next_at = self.now
        self.reals.append(stranger)
