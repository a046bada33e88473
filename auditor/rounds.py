"""One round of work, the same for cron, daemon and rehearsal: what is in force, who is looked at, what changed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path

from auditor.clock import Clock
from auditor.config.load import Rejected, fingerprint, load, policy_document, register_document
from auditor.config.secrets import DEFAULT_ENVS
from auditor.config.settings import Settings
from auditor.core.audit import Audit
from auditor.core.hand import hand_due
from auditor.core.model import HAND, Change
from auditor.core.policy import PolicyBook
from auditor.core.polling import Due, plan
from auditor.core.reach import Reach
from auditor.core.register import Register
from auditor.core.roadmap import Offer, WayRow, ways
from auditor.errors import Exit, UserError
from auditor.fetch.answer import Ask, Exchange
from auditor.judge import Bench, audit, judge, record
from auditor.kept import KEPT_FROM, KEPT_UP_TO, keep_today, kept_today
from auditor.platforms import platforms
from auditor.platforms.base import Auth, Platform
from auditor.poll.due import due, wanted
from auditor.poll.office import Office, host_of
from auditor.poll.sweep import Sweep, Swept
from auditor.store.verbs import Store


def reach(settings: Settings, secrets: Mapping[str, str]) -> Reach:
    """What can be read here: platforms that are enabled, with an adapter and, where one is needed, a credential."""
    found = {}
    for name in platforms():
        platform = as_read(settings, name, secrets)
        chosen = settings.platforms.get(name)
        enabled = chosen.enabled if chosen else platform.capability.default_on
        keyless = platform.capability.auth is Auth.NONE
        if platform.timeline is not None and enabled and (keyless or credential(settings, platform, secrets)):
            found[name] = platform
    only = {name: p.capability.asks_for for name, p in found.items() if p.capability.asks_for is not None}
    return Reach(frozenset(found), only)


def as_read(settings: Settings, name: str, secrets: Mapping[str, str]) -> Platform:
    """A platform by the route that is used here: the one with a credential where there is one."""
    platform = platforms()[name]
    keyed = platform.keyed
    return keyed if keyed is not None and credential(settings, keyed, secrets) else platform


def credential(settings: Settings, platform: Platform, secrets: Mapping[str, str]) -> Mapping[str, str]:
    """The header that carries a platform's credential; empty where there is none."""
    if platform.credential is None:
        return {}
    header, key = platform.credential
    value = secrets.get(variable_of(settings, platform.name, key) or "")
    return {header: value} if value else {}


def variable_of(settings: Settings, name: str, key: str) -> str | None:
    """The environment variable of a secret: as auditor.yaml names it, else the one that needs no naming."""
    chosen = settings.platforms.get(name)
    return (chosen.secret_envs.get(key) if chosen else None) or DEFAULT_ENVS.get((name, key))


@dataclass(frozen=True)
class HttpDoors:
    """Doors of real HTTP. Credentials go to the host they belong to and nowhere else, whatever redirects there are."""

    settings: Settings
    secrets: Mapping[str, str]
    clock: Clock

    @contextmanager
    def __call__(self, platform: Platform | None, on_exchange: Callable[[Exchange], None]) -> Iterator[Ask]:
        """One door; closed at the end."""
        from auditor.fetch.client import Door

        base = base_url(self.settings, platform) if platform else None
        tokens = host_tokens(self.settings, platform, self.secrets) if platform else {}
        headers: dict[str, Mapping[str, str]] = {h: {"Authorization": f"Bearer {t}"} for h, t in tokens.items()}
        if platform and base:
            headers |= {host_of(base).partition(":")[0].lower(): credential(self.settings, platform, self.secrets)}
        with Door(
            self.settings.network,
            self.clock,
            base_url=base,
            auth=lambda host: headers.get(host, {}),
            secrets=(*self.secrets.values(), *tokens.values()),
            on_exchange=on_exchange,
        ) as door:
            yield door


def base_url(settings: Settings, platform: Platform) -> str | None:
    """Where a platform is asked: as configured, else where its owner runs it. None: each account has its own server."""
    chosen = settings.platforms.get(platform.name)
    configured = {"base_url": chosen.base_url, "feed_url": chosen.feed_url} if chosen else {}
    return configured.get(platform.url_setting) or platform.base_url


def host_tokens(settings: Settings, platform: Platform, secrets: Mapping[str, str]) -> Mapping[str, str]:
    """host -> token, for closed servers: a JSON object in the file that an environment variable names."""
    chosen = settings.platforms.get(platform.name)
    variable = chosen.secret_envs.get(platform.host_tokens) if chosen and platform.host_tokens else None
    path = secrets.get(variable) if variable else None
    if not path:
        return {}
    wanted = f"{variable}: {path}: a JSON object of host and token is wanted"
    try:
        tokens = json.loads((settings.directory / path).read_text("utf-8"))
    except (OSError, ValueError):
        raise UserError(wanted, Exit.CONFIG) from None
    if not isinstance(tokens, dict) or not all(isinstance(t, str) for t in tokens.values()):
        raise UserError(wanted, Exit.CONFIG)
    return {host.lower(): token for host, token in tokens.items()}


@dataclass(frozen=True)
class InForce:
    """The configuration of one moment."""

    register: Register
    book: PolicyBook
    settings: Settings
    register_document: str
    policy_document: str
    warnings: tuple[str, ...] = ()
    files: str = ""  # fingerprint of the files it came from


def load_in_force(directory: Path, language: str | None) -> InForce | Rejected:
    """The configuration as it lies in the files now, or every problem of it."""
    files = fingerprint(directory)
    loaded = load(directory, platforms(), language)
    if isinstance(loaded, Rejected):
        return loaded
    return InForce(
        loaded.register,
        loaded.book,
        loaded.settings,
        register_document(loaded.register),
        policy_document(loaded.book),
        tuple(str(p) for p in loaded.problems if p.severity == "warning"),
        files,
    )


@dataclass
class Rounds:
    """Rounds over one store. `facts` opens a reading connection."""

    force: InForce
    store: Store
    facts: Callable[[], Store]
    clock: Clock
    secrets: Mapping[str, str]
    rehearsal: bool = False
    pause: Callable[[datetime], bool] = lambda _: False
    stopped: Callable[[], bool] = lambda: False
    progress: Callable[[int], None] = lambda _: None
    ids: Mapping[str, int] = field(default_factory=dict)

    def enter(self) -> None:
        """Make list and policy the ones in force from now on."""
        now = self.clock()
        self.store.keep_policy(self.force.book.version, self.force.policy_document, now)
        self.ids = self.store.keep_register(self.force.register, self.force.register_document, now)

    @cached_property
    def office(self) -> Office:
        """What a sweep needs."""
        settings = self.force.settings
        return Office(
            register=self.force.register,
            book=self.force.book,
            ids=self.ids,
            platforms={name: as_read(settings, name, self.secrets) for name in platforms()},
            reach=reach(settings, self.secrets),
            controls={name: chosen.controls for name, chosen in settings.platforms.items()},
            sentinels=settings.network.sentinels,
            rehearsal=self.rehearsal,
        )

    @property
    def bench(self) -> Bench:
        """What a judgement needs."""
        return Bench(self.force.register, self.force.book, self.office.reach, self.rehearsal)

    def owed(self, *, everything: bool = False, only: Sequence[str] = ()) -> list[Due]:
        """Who is due now, or all, or those named."""
        return due(self.office, self.store.states(), self.clock(), everything=everything, only=only)

    def owed_by_hand(self, only: Sequence[str] = ()) -> Sequence[Due]:
        """The looks people owe, most urgent first. Judges everybody: for those who ask for the plan."""
        rows = [row for row in self.audit().rows if wanted(row.account, only)]
        return plan(hand for row in rows if (hand := hand_due(row, self.force.book, self.clock()))).get(HAND, ())

    def ready(self, owed: Sequence[Due]) -> list[Due]:
        """Those whose lane may be asked now: a daemon makes no round of lanes that wait."""
        now = self.clock()
        until = {lane: self.store.lane(lane).blocked_until for lane in {d.lane for d in owed}}
        return [d for d in owed if (at := until[d.lane]) is None or at <= now]

    def poll(self, kind: str, owed: Sequence[Due]) -> tuple[Swept, list[Change]]:
        """Look at them, judge everybody, record what changed."""
        run = self.store.begin_run(
            kind, self.clock(), self.force.register.sha256, self.force.book.version, rehearsal=self.rehearsal
        )
        doors = HttpDoors(self.force.settings, self.secrets, self.clock)
        sweep = Sweep(self.office, self.store, self.facts, doors, self.clock, self.pause, self.stopped, self.progress)
        try:
            swept = sweep.run(owed, self.store.states(), run)
        finally:  # what was seen is judged, whatever else went wrong
            now = self.clock()
            self.store.end_run(run, now, sweep.swept.totals())
            self.store.prune(now)
            changes = record(self.store, judge(self.store, self.bench, now, {d.account for d in owed}), now)
            self.keep_today(now)
        return swept, changes

    def keep_today(self, now: datetime) -> None:
        """Work out the page that `auditor` alone prints, unless the kept one still holds."""
        force = self.force
        if not KEPT_FROM <= len(force.register.accounts) <= KEPT_UP_TO:
            return
        reads = str(self.office.reach)
        kept = kept_today(self.store, now, force.files, rehearsal=self.rehearsal)
        if kept is None or kept.get("reads") != reads:
            keep_today(self.store, lambda: self.audit(now), force.files, force.settings.tick_seconds, reads)

    def audit(self, as_of: datetime | None = None) -> Audit:
        """The audit as of an instant, by the configuration in force here."""
        return audit(self.store, self.bench, as_of or self.clock(), self.force.warnings)


def road_map(
    register: Register, book: PolicyBook, settings: Settings, secrets: Mapping[str, str]
) -> tuple[WayRow, ...]:
    """The ways to see more of this list than is read here now."""
    offers = {}
    for name, platform in platforms().items():
        way, half = platform.way, as_read(settings, name, secrets).capability.positive_only
        if way is None:
            offers[name] = Offer(platform.title, has_way=False)
        else:
            offers[name] = Offer(platform.title, way.minutes, way.cost, way.command, way.forbidden, half=half)
    return ways(register, reach(settings, secrets), offers, book)


def strangers(force: InForce, secrets: Mapping[str, str]) -> list[str]:
    """What a rehearsal would ask off this machine: platforms, the accounts' own servers, sentinels."""
    from auditor.fetch.route import stays_on_loopback

    settings, asked = force.settings, list(force.settings.network.sentinels)
    for name in sorted(reach(settings, secrets).platforms):
        platform = as_read(settings, name, secrets)
        url = base_url(settings, platform)
        handles = [a.ref.handle for a in force.register.accounts if a.ref.platform == name]
        if not handles and url == platform.base_url:
            continue  # on by default, and there is nobody to ask about
        servers = {h if "://" in h else f"https://{host_of(h)}" for h in (*handles, *settings.platforms[name].controls)}
        asked += sorted(servers) if url is None else [url]
    return [url for url in asked if not stays_on_loopback(url, settings.network)]
