"""How a platform shows the world: five dialects, honest by themselves, and what faults make of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from enum import StrEnum

from auditor.core.address import AddressForm
from auditor.core.model import AccountRef, Barrier, Miss, Missed, Post, PostKind, Seen, Unreadable
from auditor.core.quota import Quota, Scope
from auditor.fetch.answer import Answer, Ask, Cost, Exchange, Params, Refused
from auditor.platforms._listing import Listing
from auditor.platforms.base import Answered, Auth, Call, Capability, Platform, Profile, Unchanged, Window
from auditor.poll.office import Route

from .faults import REFUSALS, Active, Fault
from .world import DAY, START, Item, Real, World

PAGE, PAGES, ITEMS = 5, 3, 6
HOUR = timedelta(hours=1)


class Dialect(StrEnum):
    """How much an answer shows."""

    WHOLE = "whole"  # every post there is
    PAGED = "paged"  # pages, read back to where reading may stop
    NEWS = "news"  # only what is newer than the newest known post
    FEED = "feed"  # the newest items, never the beginning; answers 304
    COUNTED = "counted"  # a cheap question with counters before the pages


@dataclass(frozen=True, slots=True)
class Glimpse:
    """One answer about one account, as the truth was then. Kept for the oracle."""

    ours: datetime  # our clock
    true: datetime
    lies: frozenset[Fault]
    visible: datetime | None  # newest counted post an honest reader finds
    listed: datetime | None  # newest counted post the answer lists, as far as its date can be believed
    counters: bool  # the cheap question only


@dataclass
class Face:
    """A platform in one dialect over the world. `hook` is told of every question asked."""

    world: World
    dialect: Dialect
    by_id: bool
    healthy: bool  # has a status endpoint
    active: list[Active] = field(default_factory=list)
    glimpses: dict[str, list[Glimpse]] = field(default_factory=dict)
    absences: dict[str, list[datetime]] = field(default_factory=dict)  # name -> our instants of true answers: not there
    false_absences: set[datetime] = field(default_factory=set)  # our instants of "not there" for everybody
    met: set[Fault] = field(default_factory=set)  # faults that changed an answer since somebody last looked
    hook: Callable[[], None] = lambda: None
    pinned: dict[str, str] = field(default_factory=dict)

    @property
    def platform(self) -> Platform:
        """The adapter."""
        counted = self.dialect is Dialect.COUNTED
        return Platform(
            "toy",
            "Toy",
            "https://t.example",
            AddressForm(frozenset({"t.example"}), (), re.compile(".+"), "https://t.example/{handle}"),
            Capability(
                Auth.NONE,
                Call(25, 1) if counted else None,
                Call(1, 1),
                (Quota(100_000, timedelta(minutes=5), Scope.HOST),),
                page=PAGE,
                default_on=True,
                conditional=self.dialect is Dialect.FEED,
                moves="posts" if counted else None,
                lookup_every=DAY if self.dialect is Dialect.NEWS else None,
                route="feed" if self.dialect is Dialect.FEED else "api",
            ),
            lookup=self.lookup if counted else None,
            timeline=self.timeline,
            health=self.health if self.healthy else None,
        )

    # --- the questions an adapter asks ---

    def health(self, ask: Ask, origin: str) -> bool:
        """The status endpoint of a server."""
        ask("GET", f"{origin}/status")
        return not any(a.fault in REFUSALS for a in self.active)

    def lookup(
        self, refs: Sequence[AccountRef], ask: Ask
    ) -> Iterator[tuple[AccountRef, Profile | Unreadable | Missed]]:
        """Who is there, and the counters."""
        ask("GET", "/lookup")
        for ref in refs:
            refusal = self._refusal(ref, self.world.ours)
            real = self._resolve(ref)
            if refusal is not None and isinstance(refusal.outcome, Missed):
                raise refusal
            self._mind(ref, real, refusal)
            if refusal is not None or real is None:
                yield ref, Unreadable(Barrier.GONE)
            elif real.barrier is not None:
                yield ref, Unreadable(real.barrier)
            else:
                self._note(real, (), counters_only=True)
                yield ref, Profile(real.native_id, real.handle, {"posts": self._count(real), "followers": 7})

    def timeline(self, ref: AccountRef, profile: Profile | None, ask: Ask, window: Window) -> Answered:
        """What it posted."""
        answer = ask("GET", f"/{ref.handle}")
        refusal = self._refusal(ref, window.now)
        real = self._resolve(ref)
        self._mind(ref, real, refusal)
        if refusal is not None:
            return refusal.outcome
        if real is None or real.barrier is not None:
            return Unreadable(real.barrier if real and real.barrier else Barrier.GONE)
        if answer.status == 304:
            self._note(real, ())
            return Unchanged()
        return self._listing(real, window)

    # --- how it lists ---

    def _listing(self, real: Real, window: Window) -> Answered:
        rows, zero = self._rows(real)
        if self.dialect is Dialect.NEWS and window.newest is not None and window.newest in window.known:
            since = next((i.at for i in real.items if i.id == window.newest), window.known[window.newest].posted_at)
            rows = [i for i in rows if i.at > since]  # ids are made in the order of posting, whatever a date claims
            most = PAGE * PAGES
            return self._seen(real, rows[:most], since if len(rows) <= most else rows[most - 1].at)
        listing, shown, complete = Listing(window), list[Item](), False
        size, pages = {Dialect.WHOLE: (10_000, 1), Dialect.FEED: (ITEMS, 1)}.get(self.dialect, (PAGE, PAGES))
        for n in range(pages):
            page = rows[n * size : (n + 1) * size]
            shown += page
            for item in page:
                if item.claim is None:
                    listing.add_undated(item.id)
                else:
                    listing.add(Post(item.id, item.claim, item.kind))
            if listing.undated and not listing.posts:
                return Missed(Miss.UNRECOGNISED, "no dates")
            complete = (n + 1) * size >= len(rows)
            if complete or listing.enough:
                break
        horizon = listing.horizon(complete=complete and self.dialect is not Dialect.FEED, says_empty=zero)
        if self.dialect is Dialect.FEED and horizon is not None:
            horizon = min(horizon + timedelta(seconds=1), window.now)
        return self._seen(real, shown, horizon)

    def _seen(self, real: Real, shown: Sequence[Item], horizon: datetime | None) -> Seen:
        self._note(real, shown)
        return Seen(
            real.native_id,
            real.handle,
            tuple(Post(i.id, i.claim, i.kind) for i in shown if i.claim is not None),
            horizon,
            counters={"posts": self._count(real), "followers": 7},
            undated=frozenset(i.id for i in shown if i.claim is None),
        )

    def _rows(self, real: Real) -> tuple[list[Item], bool]:
        """As the platform lists them now, pinned first; and whether it says that there are none."""
        lies = {a.fault: a for a in self._of(real)}
        old = [lies[f].since for f in (Fault.STALE, Fault.FROZEN) if f in lies]
        rows = real.rows(min([self.world.now, *old]))
        if Fault.ZERO in lies or Fault.EMPTY in lies:
            return [], Fault.ZERO in lies
        if Fault.VANISHED in lies and rows:
            return [Item(f"{real.name}-welcome", START - 400 * DAY, PostKind.ORIGINAL, START - 400 * DAY)], False
        if Fault.CUT in lies:
            return rows[1 + lies[Fault.CUT].salt % 3 :], False
        top = [i for i in rows if i.id == self.pinned.get(real.name)]
        rows = [*top, *(i for i in rows if i not in top)]
        return [*rows, *rows] if Fault.TWICE in lies else rows, not rows

    def _count(self, real: Real) -> int:
        lies = {a.fault: a for a in self._of(real)}
        old = [lies[f].since for f in (Fault.STALE, Fault.FROZEN, Fault.COUNTERS_FROZEN) if f in lies]
        count = 0 if Fault.ZERO in lies else len(real.rows(min([self.world.now, *old])))
        return max(0, count - lies[Fault.COUNTERS_DOWN].salt % 5) if Fault.COUNTERS_DOWN in lies else count

    # --- whom it is about, and what is wrong ---

    def _resolve(self, ref: AccountRef) -> Real | None:
        if self.by_id and ref.native_id is not None:
            return self.world.numbered(ref.native_id)
        return self.world.named(ref.handle)

    def _mind(self, ref: AccountRef, real: Real | None, refusal: Refused | None) -> None:
        """A true answer that who is meant is not there, or that somebody else is."""
        meant = self.world.meant(ref.handle, ref.native_id)
        absent = real is None or real.barrier is not None or real.name != meant
        if meant is not None and absent and refusal is None:
            self.absences.setdefault(meant, []).append(self.world.ours.replace(microsecond=0))

    def _of(self, real: Real) -> list[Active]:
        """Lies about one account, or about all of its lane."""
        return [a for a in self.active if a.target in (real.name, real.lane) and a.fault not in REFUSALS]

    def _refusal(self, ref: AccountRef, now: datetime) -> Refused | None:
        lane = ref.handle.rpartition("@")[2]
        for a in self.active:
            if a.fault in REFUSALS and a.target == lane:
                self.met.add(a.fault)
                if a.fault is Fault.GONE_FOR_ALL:
                    self.false_absences.add(self.world.ours.replace(microsecond=0))
                outcome = REFUSALS[a.fault]
                if isinstance(outcome, Missed) and a.fault in (Fault.THROTTLED, Fault.QUOTA_GONE) and a.salt % 2:
                    outcome = Missed(outcome.reason, outcome.detail, now + a.salt * HOUR)
                return Refused(outcome)
        return None

    def _note(self, real: Real, shown: Sequence[Item], *, counters_only: bool = False) -> None:
        lies = frozenset(a.fault for a in self._of(real))
        if counters_only:
            lies &= {Fault.STALE, Fault.FROZEN, Fault.COUNTERS_FROZEN, Fault.COUNTERS_DOWN, Fault.ZERO}
        self.met |= lies
        ours = self.world.ours.replace(microsecond=0)
        listed = max((i.at for i in shown if i.counts and i.at <= ours), default=None)
        true = self.world.now
        glimpse = Glimpse(ours, true, lies, real.visible(true), listed, counters_only)
        self.glimpses.setdefault(real.name, []).append(glimpse)

    def etag(self, url: str) -> str:
        """Of the document as it is now."""
        real = self.world.named(url.strip("/"))
        rows = self._rows(real)[0] if real else []
        return f'"{hash(tuple((i.id, i.claim) for i in rows[:ITEMS]))}"'

    def keeps(self, url: str) -> bool:
        """It says 304 whatever happened."""
        real = self.world.named(url.strip("/"))
        return real is not None and any(a.fault is Fault.UNCHANGED for a in self._of(real))


@dataclass
class Door:
    """One lane's door to the face, or the sentinels'."""

    face: Face
    sentinel: bool
    on_exchange: Callable[[Exchange], None]
    about: dict[str, str] = field(default_factory=dict)
    memory: dict[str, object] = field(default_factory=dict)

    def proof(self, token: str) -> str | None:
        """Nothing here signs."""
        return None

    def __call__(
        self,
        method: str,
        url: str,
        /,
        params: Params = (),
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        *,
        large: bool = False,
        cost: Cost | None = None,
    ) -> Answer:
        face, now = self.face, self.face.world.ours
        if not self.sentinel:
            face.hook()
        if any(a.fault is Fault.OFFLINE for a in face.active):
            face.met.add(Fault.OFFLINE)
            self.on_exchange(Exchange(method, url, None, None, 0, now))
            raise Refused(Missed(Miss.UNREACHABLE, "no network"))
        said = {"date": format_datetime(face.world.now, usegmt=True)}
        status = 204 if self.sentinel else 200
        if face.dialect is Dialect.FEED and not self.sentinel:
            said["etag"] = face.etag(url)
            known = (headers or {}).get("If-None-Match")
            if known is not None and (known == said["etag"] or face.keeps(url)):
                status, said["etag"] = 304, known
        self.on_exchange(Exchange(method, url, status, "0" * 64, 0, now, said))
        return Answer(status, said, b"", url, now)


@contextmanager
def open_door(face: Face, route: Route | None, on_exchange: Callable[[Exchange], None]) -> Iterator[Ask]:
    """As `Doors` wants it."""
    yield Door(face, route is None, on_exchange)
