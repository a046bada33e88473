"""A platform that says what a test tells it to, and an office that looks at it through the real sweep and store."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from auditor.core.address import AddressForm
from auditor.core.model import AccountRef, Observation, Outcome, Post, Seen
from auditor.core.quota import Quota, Rest, Scope
from auditor.core.register import Account, Agency, Register
from auditor.fetch.answer import Answer, Ask, Cost, Exchange, Params
from auditor.fetch.credential import Credential
from auditor.platforms.base import Answered, Auth, Bulk, Call, Capability, Lookup, Platform, Profile, Window
from auditor.poll.due import due
from auditor.poll.office import Office, Route, shut
from auditor.poll.sweep import Sweep
from auditor.poll.swept import Swept
from auditor.store.sqlite import open_store
from auditor.store.verbs import LaneState, Look
from tests.build import DAY, T0
from tests.core.test_policy import BOOK, WIB

PER_HOST = Quota(1000, timedelta(minutes=5), Scope.HOST)
Says = Callable[[AccountRef, Ask, Window], Answered]


def listed(*ago: float, native_id: str = "", horizon: datetime | None = None) -> Says:
    """The account is read back to `horizon`; its posts were made so many days before T0."""

    def say(ref: AccountRef, ask: Ask, window: Window) -> Outcome:
        ask("GET", f"/{ref.handle}")
        posts = tuple(Post(f"{ref.handle}{a}", T0 - a * DAY) for a in ago)
        return Seen(native_id or f"id-{ref.handle}", ref.handle, posts, horizon)

    return say


def always(outcome: Answered) -> Says:
    return lambda ref, ask, window: outcome


@dataclass
class Heard:
    """The stage's one door."""

    stage: Stage
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
        self.stage.asked.append((url, dict(headers or {})))
        status, said = self.stage.answer(url, dict(headers or {}))
        self.on_exchange(Exchange(method, url, status, "0" * 64, 0, self.stage.now, self.stage.stated))
        return Answer(status, said, self.stage.bodies.get(url, self.stage.body), url, self.stage.now)


@dataclass
class Stage:
    """`says` maps handles to what a look brings; accounts may live on servers: `name@host`."""

    folder: Path
    says: dict[str, Says]
    controls: tuple[str, ...] | None = ()
    sentinels: tuple[str, ...] = ()
    health: Callable[[Ask, str], bool] | None = None
    quota: Quota | None = PER_HOST
    conditional: bool = False
    now: datetime = T0
    answer: Callable[[str, Mapping[str, str]], tuple[int, dict[str, str]]] = lambda url, headers: (200, {})
    stated: Mapping[str, str] = field(default_factory=dict)  # headers that are kept with every answer
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    paused: list[datetime] = field(default_factory=list)
    lookup: Lookup | None = None
    body: bytes = b""
    bodies: dict[str, bytes] = field(default_factory=dict)  # by URL, instead of `body`
    shipped: tuple[str, ...] = ()  # controls of the platform itself, used where `controls` is None
    elsewhere: bool = False  # the platform is not asked at its owner's address
    patient: bool = True
    shut: bool = False  # the first door that is opened does not open
    pool: tuple[str, ...] = ()  # names of credentials; the door tells which one it asks with
    keyless: bool = False  # there is a route without a credential beside the pool
    bulk: Bulk | None = None
    quotas: tuple[Quota, ...] = ()  # instead of `quota`
    bill: Callable[[Answer], Cost] | None = None
    rest: Callable[[Answer], Rest | None] | None = None
    pages: int = 10  # how many the platform can be turned back

    @property
    def platform(self) -> Platform:
        def timeline(ref: AccountRef, profile: Profile | None, ask: Ask, window: Window) -> Answered:
            return self.says[ref.handle](ref, ask, window)

        form = AddressForm(frozenset({"t.example"}), (), re.compile(".+"), "https://t.example/{handle}")
        capability = Capability(
            Auth.NONE,
            Call(25, 1) if self.lookup else None,
            Call(25 if self.bulk else 1, 1),
            self.quotas or ((self.quota,) if self.quota else ()),
            self.bill,
            self.rest,
            page=20,
            max_pages=self.pages,
            default_on=True,
            conditional=self.conditional,
        )
        return Platform(
            "toy",
            "Toy",
            "https://t.example",
            form,
            capability,
            lookup=self.lookup,
            timeline=timeline,
            bulk=self.bulk,
            health=self.health,
            controls=self.shipped,
        )

    @property
    def routes(self) -> dict[str, list[Route]]:
        """Of handles that begin with "twin" on a second platform that asks with the same credentials."""
        keyed = [Credential(name) for name in self.pool]
        bare = [Route(self.platform)] if self.keyless or not self.pool else []
        twin = replace(self.platform, name="twin")
        return {"toy": [*(Route(self.platform, c) for c in keyed), *bare], "twin": [Route(twin, c) for c in keyed]}

    @property
    def register(self) -> Register:
        handles = [h for h in self.says if h not in (*(self.controls or ()), *self.shipped)]
        accounts = tuple(
            Account(f"{p}:{h}", AccountRef(p, h), f"https://t.example/{h}", "a", h, "f:1")
            for h in handles
            for p in ("twin" if h.startswith("twin") else "toy",)
        )
        return Register(
            (Agency("a", "Dinas Contoh", "Asia/Jakarta", WIB),),
            accounts,
            hashlib.sha256(repr(handles).encode()).hexdigest(),
        )

    @contextmanager
    def doors(self, route: Route | None, on_exchange: Callable[[Exchange], None]) -> Iterator[Ask]:
        if self.shut:
            self.shut = False
            raise PermissionError

        credential = route.credential.name if route and route.credential else ""
        yield Heard(self, on_exchange, {"credential": credential})

    def sweep(
        self,
        *,
        rehearsal: bool = False,
        stopped: Callable[[], bool] = lambda: False,
        progress: Callable[[int], None] = lambda n: None,
        everything: bool = True,
    ) -> Swept:
        """Look at everybody now, or at those who are due."""

        def pause(until: datetime) -> bool:
            self.paused.append(until)
            self.now = until
            return self.patient

        path = self.folder / "facts.db"
        with closing(open_store(path, self.now)) as store:
            ids = store.keep_register(self.register, "{}", self.now)
            office = Office(
                self.register,
                BOOK,
                ids,
                self.routes,
                {"toy": self.controls},
                self.sentinels,
                rehearsal,
                frozenset({"https://t.example"} if self.elsewhere else ()),
            )
            run = store.begin_run("poll", self.now, "0" * 64, "v", rehearsal=rehearsal)
            states = store.states()
            found = Sweep(
                office,
                store,
                lambda: open_store(path, self.now, read_only=True),
                self.doors,
                lambda: self.now,
                pause,
                stopped,
                progress,
            ).run(due(office, states, self.now, everything=everything, shut=shut(store.lanes(), self.now)), states, run)
            store.end_run(run, self.now, found.totals())
            return found

    def told(self, handle: str, look: Observation) -> None:
        """A person looked."""
        with closing(open_store(self.folder / "facts.db", self.now)) as store:
            run = store.begin_run("attest", self.now, "0" * 64, "v", rehearsal=False)
            store.record(run, [Look(store.states()[f"toy:{handle}"].id, look)])

    def owed(self) -> list[str]:
        """Who is due now."""
        with closing(open_store(self.folder / "facts.db", self.now, read_only=True)) as store:
            office = Office(self.register, BOOK, {}, {"toy": [Route(self.platform)]})
            return [d.account for d in due(office, store.states(), self.now)]

    def history(self, handle: str) -> Sequence[Observation]:
        with closing(open_store(self.folder / "facts.db", self.now, read_only=True)) as store:
            state = store.find(f"{'twin' if handle.startswith('twin') else 'toy'}:{handle}")
            assert state is not None
            return store.history(state.id, self.now)

    def evidence(self, handle: str) -> set[str]:
        """What was asked for the looks at an account."""
        with closing(open_store(self.folder / "facts.db", self.now, read_only=True)) as store:
            state = store.find(f"toy:{handle}")
            assert state is not None
            return {exchange.url for _, exchange in store.exchanges(state.id, self.now)}

    def lane(self, name: str) -> LaneState:
        with closing(open_store(self.folder / "facts.db", self.now, read_only=True)) as store:
            return store.lane(name)

    def spent(self, account: str, since: datetime) -> int:
        """As the ledger has it."""
        with closing(open_store(self.folder / "facts.db", self.now, read_only=True)) as store:
            return store.spent(account, since)

    def last(self, handle: str) -> Observation:
        return self.history(handle)[-1]
