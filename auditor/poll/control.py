"""Does the lane work at all? Absence and silence count only when somebody known good was seen on it just now."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from auditor.clock import Clock
from auditor.core.audit import Control
from auditor.core.model import AccountRef, Outcome, Seen
from auditor.fetch.answer import Ask, Refused
from auditor.platforms.base import Platform, Profile, Unchanged, Window

from .office import Doors, Route

GOOD_FOR = timedelta(minutes=30)
TRIES = 3  # of a control that fails, in the same time: asking may cost money
SERVER_ERROR = 500


@dataclass
class LaneControl:
    """The control of one lane in one sweep. One thread.

    In this order: another account of the lane seen with a post within 30 minutes; the control account of the lane;
    where there is neither, the platform's own status endpoint; for platforms without one, the sentinels, which vouch
    for no credential.
    """

    route: Route
    lane: str
    handles: Sequence[str]  # controls of the platform, on whatever server
    sentinels: Callable[[], bool | None]  # None: none is configured
    witnesses: dict[str, datetime] = field(default_factory=dict)  # account -> when it was seen with a post
    there: dict[str, datetime] = field(default_factory=dict)  # account -> when an answer about many last named it
    asked: list[Control] = field(default_factory=list)  # since somebody last took them
    answered: dict[str, list[tuple[datetime, bool]]] = field(default_factory=dict)

    @property
    def platform(self) -> Platform:
        """The route's."""
        return self.route.platform

    def saw(self, account: str, outcome: Outcome, now: datetime) -> None:
        """An account with at least one post vouches for the lane, though not for itself."""
        if isinstance(outcome, Seen) and outcome.posts:
            self.witnesses[account] = now

    def ok(self, account: str, ask: Ask, now: datetime, *, left_out: bool = False) -> bool | None:
        """Whether an absence or a silence of `account` may count. None: there is no way to tell here.

        `left_out`: it is the absence of one whom an answer about many does not name; whom it names vouches for that.
        """
        vouch = self.witnesses.items() | (self.there.items() if left_out else set())
        if any(other != account and now - at <= GOOD_FOR for other, at in vouch):
            return True
        serves = self.route.credential.serves if self.route.credential else None
        handles = [h for h in self.handles if self.route.lane(h) == self.lane and (serves is None or h in serves)]
        if handles:
            return any(self._fresh(h, now, partial(self._look, h, ask, now)) for h in handles)
        health = self.platform.health
        if health is not None:
            return self._fresh("status", now, partial(_quietly, health, ask, self._origin()))
        alive = self.sentinels()
        if alive is None or (alive and self.route.credential is not None):
            return None  # that the network works says nothing of a credential
        return self._fresh("sentinels", now, lambda: alive)

    def take(self) -> tuple[Control, ...]:
        """What was asked since the last time."""
        taken, self.asked = tuple(self.asked), []
        return taken

    def _fresh(self, name: str, now: datetime, ask: Callable[[], bool]) -> bool:
        """An answer is good for 30 minutes, but a failed one is asked again for the next two accounts."""
        recent = [ok for at, ok in self.answered.get(name, ()) if now - at <= GOOD_FOR]
        if any(recent) or len(recent) >= TRIES:
            return any(recent)
        healthy = ask()
        self.answered.setdefault(name, []).append((now, healthy))
        self.asked.append(Control(self.platform.name, self._key(name), healthy, now))
        return healthy

    def _origin(self) -> str:
        """Where the status endpoint is: on the lane's own server, or below the platform's base URL."""
        return "" if self.platform.base_url else "https://" + self.lane.partition(":")[2]

    def _key(self, name: str) -> str:
        if name in ("status", "sentinels"):
            return f"{self.lane}#{name}"
        return f"{self.platform.name}:{self.platform.address.key.format(handle=name)}"

    def _look(self, handle: str, ask: Ask, now: datetime) -> bool:
        """A control is healthy when it is seen with a post, or unchanged."""
        if self.platform.timeline is None:
            return False
        ref = AccountRef(self.platform.name, handle)
        try:
            profile = None
            if self.platform.lookup is not None:
                _, found = next(iter(self.platform.lookup([ref], ask)))
                if not isinstance(found, Profile):
                    return False
                profile = found
            outcome = self.platform.timeline(ref, profile, ask, Window(now, now))
        except (Refused, StopIteration):
            return False
        return isinstance(outcome, Unchanged) or (isinstance(outcome, Seen) and bool(outcome.posts))


def _quietly(health: Callable[[Ask, str], bool], ask: Ask, origin: str) -> bool:
    try:
        return health(ask, origin)
    except Refused:
        return False


@dataclass
class Sentinels:
    """Are we online at all? Two unrelated hosts, asked once for all lanes; any answer of both will do."""

    urls: Sequence[str]
    doors: Doors
    clock: Clock
    lock: threading.Lock = field(default_factory=threading.Lock)
    answered: tuple[datetime, bool] | None = None

    def __call__(self) -> bool | None:
        """None: none is configured. A healthy answer is good for 30 minutes."""
        if not self.urls:
            return None
        with self.lock:
            now = self.clock()
            if self.answered is None or not self.answered[1] or now - self.answered[0] > GOOD_FOR:
                self.answered = (now, self._ask())
            return self.answered[1]

    def _ask(self) -> bool:
        with self.doors(None, lambda _: None) as ask:
            try:
                return all(ask("GET", url).status < SERVER_ERROR for url in self.urls)
            except Refused:
                return False
