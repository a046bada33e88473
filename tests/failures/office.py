"""An office in this process: the real rounds, sweeps, adapters, doors and store, over a world without sockets."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache, cached_property, partial
from pathlib import Path
from typing import Any

from auditor.core.audit import Audit
from auditor.core.model import Observation
from auditor.core.polling import Due
from auditor.poll.office import Office as PollOffice, Route
from auditor.rounds import InForce, Rounds, load_in_force
from auditor.routes import HttpDoors
from auditor.store.sqlite import open_store
from auditor.store.verbs import Look, Store

from .carrier import Carrier
from .cast import Cast
from .guards import WHOLE, Believer, Without
from .ours import Killed, Ours
from .situation import Malformed, at


@dataclass
class Shared:
    """One store in memory for writer and readers, without what a missing guard would do. Nobody but us closes it."""

    store: Store
    without: Without
    looked: int = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self.store, name)

    def close(self) -> None:
        """Stays open for the next reader."""

    def history(self, account_id: int, until: datetime) -> Sequence[Observation]:
        return self.without.history(self.store.history(account_id, until))

    def record(self, run: int, looks: Sequence[Look]) -> Any:
        self.looked += len(looks)
        return self.store.record(run, [self.without.planned(look) for look in looks])

    def block_lane(self, name: str, until: datetime | None, reason: str, at: datetime) -> None:
        self.store.block_lane(name, self.without.blocked(until), reason, at)


@dataclass
class Bare(Rounds):
    """Rounds without a guard; with all of them they are the program's own."""

    without: Without = WHOLE

    @cached_property
    def office(self) -> PollOffice:
        whole = Rounds.office.func(self)  # type: ignore[attr-defined]
        if self.without is WHOLE:
            return whole
        return replace(whole, routes={name: tuple(map(self._route, ways)) for name, ways in whole.routes.items()})

    def _route(self, route: Route) -> Route:
        return replace(route, platform=Believer(route.platform, self.without).wrapped())

    def owed(self, *, everything: bool = False, only: Sequence[str] = ()) -> list[Due]:
        return list(self.without.owed(super().owed(everything=everything, only=only), self.clock()))


@dataclass(frozen=True)
class Wired(HttpDoors):
    """Doors into the world. Where the sentinels are not believed to fail, theirs leads round every fault."""

    clean: Callable[[], Any] = lambda: None
    sentinels: bool = False

    def __call__(self, route: Route | None, on_exchange: Any) -> Any:
        if route is None and self.sentinels:
            return HttpDoors(self.settings, self.secrets, self.clock, self.clean)(route, on_exchange)
        return super().__call__(route, on_exchange)


@dataclass
class OfficeInProcess:
    """One replay: a world, a store, and a round a day. `without`: the guard that is missing."""

    cast: Cast
    without: Without = WHOLE

    def __post_init__(self) -> None:
        self.ours = Ours(self.cast.situation.wire)
        self.world = self.cast.world()
        self.carrier = Carrier(self.world, self.cast.situation.wire, self.cast.keys(), self.without.answers)
        self.store = open_store(":memory:", at(-1))
        self.shared = Shared(self.store, self.without)
        self.written = self.cast.settings(self.world)
        self._audit: Audit | None = None
        self._force: InForce | None = None
        self.looks: dict[int, int] = {}  # day -> looks at the silent one up to it

    def close(self) -> None:
        """The store goes."""
        self.store.close()

    def day(self, day: int) -> Audit:
        """The daily round, and what a report says right after it."""
        self.world.clock.set(at(day))
        now = self.ours.now(at(day), day)
        before = (self.shared.looked, self.force(day))
        rounds = self.rounds(day, now)
        if self.ours.runs(day):
            for _ in range(self.ours.rounds(day)):
                rounds = self.rounds(day, now)
                rounds.enter()
                try:
                    rounds.poll("poll", rounds.owed())
                except Killed:
                    continue
        same = self.shared.looked == before[0] and before[1] is self._force
        self._force = before[1]
        if self._audit is None or not (same and _holds(self._audit, now)):
            self._audit = rounds.audit()
        return self._audit

    def rounds(self, day: float, now: datetime) -> Bare:
        """What cron starts on a day: a new process reads the files as they are."""
        stopped, progress = self.ours.interruption(day)
        doors = partial(Wired, transport=lambda: self.carrier, clean=self._clean, sentinels=self.without.sentinels)
        rounds = Bare(
            self.force(day),
            self.shared,
            lambda: self.shared,
            lambda: now,
            self.ours.secrets(self.cast.secrets(), day),
            rehearsal=not any(e.what == "clock" for e in self.cast.situation.wire),  # ours is compared with theirs
            stopped=stopped,
            progress=progress,
            doors=doors,
            without=self.without,
        )
        rounds.ids = {key: state.id for key, state in self.store.states().items()}
        return rounds

    def force(self, day: float) -> InForce:
        """The configuration of the day."""
        entries = self.ours.listed(self.cast.entries(), day)
        policy, settings = dict(self.cast.office.policy), json.loads(json.dumps(self.written))
        for document in self.ours.documents("policy", day):
            policy |= document
        for document in self.ours.documents("settings", day):
            settings |= document
        own = {"profile": self.cast.office.profile}
        accounts = [{self.cast.platform: name, "note": role, **own} for role, name in entries.items()]
        agency = {"id": "dinas-contoh", "name": "Dinas Contoh", "accounts": accounts}
        register = {"defaults": {"timezone": "Asia/Jakarta"}, "agencies": [agency]}
        return in_force(self.without, *(json.dumps(d, sort_keys=True) for d in (register, policy, settings)))

    def _clean(self) -> Carrier:
        return Carrier(self.world, (), self.cast.keys())


@cache
def in_force(without: Without, register: str, policy: str, settings: str) -> InForce:
    """The configuration that these three files say, read and checked by the program; the policy without a guard."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in (("accounts", register), ("policy", policy), ("auditor", settings)):
            if text != "{}":
                (Path(folder) / f"{name}.yaml").write_text(text, "utf-8")
        force = load_in_force(Path(folder), "en")
    if not isinstance(force, InForce):
        raise Malformed([str(p) for p in force.problems])
    return replace(force, book=without.book(force.book))


def _holds(audit: Audit, now: datetime) -> bool:
    """Nobody was looked at since, and no verdict could have changed by time alone; what is held may be released."""
    changes = [row.verdict.next_change_at for row in audit.rows]
    held = any(getattr(row, "held", None) for row in audit.rows)
    return not held and audit.as_of <= now and all(at is None or now < at for at in changes)
