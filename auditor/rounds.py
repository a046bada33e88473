"""One round of work, the same for cron, daemon and rehearsal: what is in force, who is looked at, what changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path

from auditor.clock import Clock
from auditor.config.load import Rejected, fingerprint, load, policy_document, register_document
from auditor.config.settings import Settings
from auditor.core.audit import Audit, Audited
from auditor.core.hand import hand_due
from auditor.core.model import HAND, SILENT, Change, Status
from auditor.core.notices import Notice
from auditor.core.policy import PolicyBook
from auditor.core.polling import Due, Plan, plan
from auditor.core.register import Register
from auditor.core.roadmap import Offer, WayRow, ways
from auditor.fetch.network import SENTINELS
from auditor.fetch.redact import spellings
from auditor.judge import audit, judge, record, refresh
from auditor.kept import KEPT_FROM, KEPT_UP_TO, keep_today, kept_today
from auditor.platforms import platforms
from auditor.poll.due import budgeted, candidates, due, wanted
from auditor.poll.frozen import FrozenGuard
from auditor.poll.office import Doors, Office, Route, host_of, in_use, ledger, rests, shut, waits, ways_of
from auditor.poll.reading import UNMOVED
from auditor.poll.sweep import Sweep
from auditor.poll.swept import Swept
from auditor.routes import HttpDoors, as_read, base_url, hidden, reach, remedies, routes
from auditor.rules import Bench
from auditor.store.verbs import Store
from auditor.telling import is_due, tell

QUIET = SILENT | {Status.SLOW}
OFFLINE_FOR = timedelta(minutes=5)
REFRESHED = 2000  # standings in one round that time alone ended: a second's work or two
COUNTED = timedelta(days=30)  # `min_posts_30d`: how far back a judgement counts posts


@dataclass(frozen=True)
class InForce:
    """The configuration of one moment."""

    register: Register
    book: PolicyBook
    settings: Settings
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
    doors: Callable[[Settings, Mapping[str, str], Clock], Doors] = HttpDoors
    ids: Mapping[str, int] = field(default_factory=dict)
    notices: Sequence[Notice] = ()  # of blind spots, to be said now

    def enter(self) -> None:
        """Make list and policy the ones in force from now on."""
        now = self.clock()
        self.store.keep_policy(self.force.book.version, self.force.policy_document, now)
        register = self.force.register
        listed = self.store.listed(register.sha256)
        self.ids = listed or self.store.keep_register(register, register_document(register), now)
        for name, known in self.office.routes.items():
            for way in [way for way in known if way.credential is not None][:1]:
                lane, quota = way.lane(""), way.platform.capability.quota
                self.store.inherit(name, lane, ledger(lane, quota) if quota else lane)

    @cached_property
    def office(self) -> Office:
        """What a sweep needs."""
        settings = self.force.settings
        return Office(
            register=self.force.register,
            book=self.force.book,
            ids=self.ids,
            routes=(rehearsed if self.rehearsal else routes)(settings, self.secrets),
            controls={name: chosen.controls for name, chosen in settings.platforms.items()},
            sentinels=sentinels(self.force, self.secrets, rehearsal=self.rehearsal),
            rehearsal=self.rehearsal,
            elsewhere=elsewhere(settings),
        )

    @property
    def bench(self) -> Bench:
        """What a judgement needs."""
        register, office, doing = self.force.register, self.office, remedies(self.force.settings)
        return Bench(
            register, self.force.book, office.reach, self.rehearsal, doing, self._lanes, ways_of(office.routes)
        )

    @cached_property
    def _lanes(self) -> frozenset[str]:
        """Those that are in use here."""
        return in_use(self.force.register, self.office.routes)

    def owed(self, *, everything: bool = False, only: Sequence[str] = ()) -> list[Due]:
        """Who is due now, or all, or those named."""
        now = self.clock()
        away = shut(self.store.lanes(), now, timedelta(days=self.force.book.max_age_days))
        states = self.store.states() if everything or only else candidates(self.office, self.store, now)
        return due(self.office, states, now, everything=everything, only=only, shut=away)

    def plan(self, owed: Sequence[Due]) -> Plan:
        """What a sweep would ask now within what every lane has left, and who would be left out."""
        return budgeted(self.office, self.store, owed, self.clock())

    def owed_by_hand(self, only: Sequence[str] = ()) -> Sequence[Due]:
        """The looks people owe, most urgent first. Judges everybody: for those who ask for the plan."""
        rows = [row for row in self.audit().rows if wanted(row.account, only)]
        return plan(hand for row in rows if (hand := hand_due(row, self.force.book, self.clock()))).lanes.get(HAND, ())

    def ready(self, owed: Sequence[Due], *, edited: bool = False) -> list[Due]:
        """Those whose lane may be asked now: a daemon makes no round of lanes that wait.

        `edited`: a person acted, perhaps mended a rejected credential.
        """
        now, still = self.clock(), waits if edited else rests
        if not edited and self._offline_lately(now):
            return []
        longest = timedelta(days=self.force.book.max_age_days)
        quiet = {lane: still(self.store.lane(lane), now, longest) for lane in {d.lane for d in owed}}
        return [d for d in owed if not quiet[d.lane]]

    def _offline_lately(self, now: datetime) -> bool:
        """Our own network failed a moment ago: a daemon need not ask again every minute."""
        failed = self.store.offline_since() is not None
        return failed and timedelta() <= now - self.store.runs(1)[0].started_at < OFFLINE_FOR

    def poll(self, kind: str, owed: Sequence[Due]) -> tuple[Swept, list[Change]]:
        """Look at them, judge everybody, record what changed."""
        run = self.store.begin_run(
            kind, self.clock(), self.force.register.sha256, self.force.book.version, rehearsal=self.rehearsal
        )
        doors = self.doors(self.force.settings, self.secrets, self.clock)
        forms = spellings(hidden(self.secrets))
        asks = (self.clock, self.pause, self.stopped, self.progress)
        sweep = Sweep(self.office, self.store, self.facts, doors, *asks, hidden=forms)
        try:
            swept = sweep.run(owed, self.store.states(), run)
        finally:  # what was seen is judged, whatever else went wrong
            now = self.clock()
            self.store.end_run(run, now, sweep.swept.totals())
            self.store.prune(now)
            self.forget_unread(now)
            looked = judged(self.store, self.office, self.bench, owed, now, everybody=self._edited())
            changes = record(self.store, looked, now, self.force.book)
            refresh(self.store, self.bench, now, REFRESHED)
            self.notices = tell(self.store, self.bench, now)
            self.keep_today(now)
        return swept, changes

    def remind(self) -> None:
        """What is to be told again while no lane may be asked. For a daemon that makes no round."""
        if is_due(self.store, now := self.clock()):
            self.notices = tell(self.store, self.bench, now)

    def _edited(self) -> bool:
        """The round before this one judged by another policy."""
        return any(run.policy_version != self.force.book.version for run in self.store.runs(2)[1:])

    def forget_unread(self, now: datetime) -> None:
        """What the terms of a platform let nobody keep without reading it again goes, connected or not."""
        for name, keep in kept_for(self.force.settings).items():
            self.store.forget_unread(name, now - keep, now, COUNTED, UNMOVED)

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


def judged(
    store: Store, office: Office, bench: Bench, owed: Sequence[Due], now: datetime, *, everybody: bool = False
) -> Sequence[Audited]:
    """The accounts of a round, and those whose lane is doubted since it, or believed again.

    Also those that a round which was cut off looked at and did not judge; `everybody` after an edit of the policy.
    """
    names = {d.account for d in owed} | set(bench.register.account if everybody else store.unjudged())
    rows, last = judge(store, bench, now, names), store.last_verdicts()
    before = {key: last[number].status for key, number in office.ids.items() if number in last}
    told = {row.account.key: row.verdict.status for row in rows if row.verdict.status in QUIET}
    quiet = {key: status for key, status in told.items() if before.get(key) is not status}
    touched = FrozenGuard(office, store, now).watch({d.lane for d in owed}, quiet)
    return judge(store, bench, now, names | touched) if touched else rows


def kept_for(settings: Settings) -> Mapping[str, timedelta]:
    """How long what was read may be kept without reading it again: `keep_days` of auditor.yaml, else the terms."""
    found = {}
    for name, platform in platforms().items():
        chosen = settings.platforms.get(name)
        terms = [way.capability.keep for way in (platform, platform.keyed) if way and way.capability.keep]
        if chosen is not None and chosen.keep_days:
            terms = [timedelta(days=chosen.keep_days)]
        if terms:
            found[name] = min(terms)
    return found


def road_map(
    register: Register, book: PolicyBook, settings: Settings, secrets: Mapping[str, str]
) -> tuple[WayRow, ...]:
    """The ways to see more of this list than is read here now."""
    offers, can = {}, remedies(settings)
    for name, platform in platforms().items():
        way, half = platform.way, as_read(settings, name, secrets).capability.positive_only
        if way is None:
            offers[name] = Offer(platform.title, has_way=False)
        else:
            command = way.command or can.get(name, "")
            forbidden = way.forbidden and name not in can
            offers[name] = Offer(platform.title, way.minutes, way.cost, command, forbidden, half=half)
    return ways(register, reach(settings, secrets), offers, book)


def rehearsed(settings: Settings, secrets: Mapping[str, str]) -> Mapping[str, tuple[Route, ...]]:
    """The ways of a rehearsal: where a platform is asked on this machine, another way of it that nobody pointed here,
    such as the feed that stands in for the key, is left alone."""
    from auditor.fetch.route import stays_on_loopback

    found = {}
    for name, read in routes(settings, secrets).items():
        chosen = settings.platforms.get(name)
        here = chosen is not None and chosen.base_url and stays_on_loopback(chosen.base_url, settings.network)
        found[name] = tuple(
            way for way in read if not here or base_url(settings, way.platform) != way.platform.base_url
        )
    return found


def strangers(force: InForce, secrets: Mapping[str, str]) -> list[str]:
    """What a rehearsal would ask off this machine: platforms, the accounts' own servers, sentinels but the shipped."""
    from auditor.fetch.route import stays_on_loopback

    network = force.settings.network
    written = [] if network.sentinels == SENTINELS else network.sentinels
    asked = dict.fromkeys([*written, *asked_of(force, rehearsed(force.settings, secrets))])
    return [url for url in asked if not stays_on_loopback(url, network)]


def sentinels(force: InForce, secrets: Mapping[str, str], *, rehearsal: bool) -> tuple[str, ...]:
    """The reference hosts of this office. The shipped ones speak of the internet: where nothing is asked there, in a
    rehearsal or against a double on this machine, they are left out.
    """
    from auditor.fetch.guard import is_loopback
    from auditor.fetch.route import stays_on_loopback

    def literal(host: str, _: int) -> list[str]:
        return [host] if is_loopback(host) else []  # no name is looked up before it has to be

    network = force.settings.network
    if network.sentinels != SENTINELS:
        return network.sentinels
    asked = asked_of(force, routes(force.settings, secrets))
    away = not rehearsal and any(not stays_on_loopback(url, network, literal) for url in asked)
    return network.sentinels if away else ()


def asked_of(force: InForce, ways: Mapping[str, Sequence[Route]]) -> Iterator[str]:
    """Where platforms are asked, and the accounts' own servers."""
    settings = force.settings
    for name, read in ways.items():
        handles = [a.ref.handle for a in force.register.accounts if a.ref.platform == name]
        controls = settings.platforms[name].controls or ()
        servers = {h if "://" in h else f"https://{host_of(h)}" for h in (*handles, *controls)}
        for way in read:
            url = base_url(settings, way.platform)
            if handles or url != way.platform.base_url:  # on by default, and there may be nobody to ask about
                yield from sorted(servers) if url is None else [url]


def elsewhere(settings: Settings) -> frozenset[str]:
    """Addresses of platforms that are asked somewhere else here: a mirror, a double."""
    from auditor.fetch.route import Routes, origin_of, url_of

    detours = Routes.of(settings.network).detours
    adapters = [way for p in platforms().values() for way in (p, p.keyed) if way is not None]
    own = {way.base_url: base_url(settings, way) for way in adapters if way.base_url is not None}
    return frozenset(url for url, asked in own.items() if asked != url or origin_of(url_of(url)).endpoint in detours)
