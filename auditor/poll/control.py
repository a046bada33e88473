"""Does the lane work at all? Absence and silence count only when somebody known good was seen on it just now."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from auditor.core.audit import Control
from auditor.core.model import AccountRef, Outcome, Seen
from auditor.fetch.answer import Ask, Refused
from auditor.platforms.base import Platform, Profile, Unchanged, Window

from .network import TRIES, Offline, Sentinels, good_now, troubled
from .office import Route


@dataclass
class LaneControl:
    """The control of one lane in one sweep. One thread.

    In this order: another account of the lane seen with a post within 30 minutes; the control account of the lane;
    where there is neither, the platform's own status endpoint; for platforms without one, the sentinels, which vouch
    for no credential. A shipped control asked elsewhere than at its owner's address may be unknown there: until it
    was once healthy here its failing says nothing.
    """

    route: Route
    lane: str
    handles: Sequence[str]  # controls of the platform, on whatever server
    sentinels: Sentinels
    unproven: bool = False  # the handles are shipped ones, and asked elsewhere than at their owner's
    healthy: Collection[str] = frozenset()  # controls that were ever healthy here
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

    def offline(self, outcome: Outcome) -> None:
        """Before an answer is believed that our own network may have given: raises Offline where that fails."""
        if troubled(outcome) and self.sentinels.offline():
            raise Offline

    def ok(self, account: str, ask: Ask, now: datetime, *, left_out: bool = False, vouched: bool = True) -> bool | None:
        """Whether an absence or a silence of `account` may count. None: there is no way to tell here.

        `left_out`: it is the absence of one whom an answer about many does not name; whom it names vouches for that.
        Not `vouched`: that others are seen will not do, the control is asked. Raises Offline, too.
        """
        if self.sentinels.offline():
            raise Offline
        if vouched and self._vouched(account, now, left_out=left_out):
            return True
        told = self._told(ask, now)
        if told is None and not vouched:  # there is nobody to ask
            return self._vouched(account, now, left_out=left_out) or None
        return told

    def take(self) -> tuple[Control, ...]:
        """What was asked since the last time."""
        taken, self.asked = tuple(self.asked), []
        return taken

    def _vouched(self, account: str, now: datetime, *, left_out: bool) -> bool:
        vouch = self.witnesses.items() | (self.there.items() if left_out else set())
        return any(other != account and good_now(at, now) for other, at in vouch)

    def _told(self, ask: Ask, now: datetime) -> bool | None:
        """What is known good here, once it is asked."""
        serves = self.route.credential.serves if self.route.credential else None
        handles = [h for h in self.handles if self.route.lane(h) == self.lane and (serves is None or h in serves)]
        known = [h for h in handles if not self.unproven or self._key(h) in self.healthy]
        if known:
            return any(self._fresh(h, now, partial(self._look, h, ask, now)) for h in known)
        if any(self._fresh(h, now, partial(self._look, h, ask, now), unproven=True) for h in handles):
            return True
        health = self.platform.health
        if health is not None:
            return self._fresh("status", now, partial(_quietly, health, ask, self._origin()))
        alive = self.sentinels()
        if alive is None or (alive and self.route.credential is not None):
            return None  # that the network works says nothing of a credential
        return self._fresh("sentinels", now, lambda: alive)

    def _fresh(self, name: str, now: datetime, ask: Callable[[], bool], *, unproven: bool = False) -> bool:
        """An answer is good for 30 minutes, but a failed one is asked again for the next two accounts.

        An unproven control is asked once, and that it fails is no news.
        """
        recent = [ok for at, ok in self.answered.get(name, ()) if good_now(at, now)]
        if any(recent) or len(recent) >= (1 if unproven else TRIES):
            return any(recent)
        healthy = ask()
        self.answered.setdefault(name, []).append((now, healthy))
        if healthy or not unproven:
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
        native = self.platform.address.native
        named = native is not None and native.fullmatch(handle) is not None  # the handle itself is the stable id
        ref = AccountRef(self.platform.name, handle, handle if named else None)
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
