"""What the store knows about the work itself: the daemon, the platforms, the quotas."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta

from auditor.core.audit import Audit
from auditor.core.hand import hand_plan
from auditor.core.model import Miss, Reason
from auditor.judge import audit
from auditor.poll.office import asked_from, in_use, reach_of, waits, ways_of
from auditor.reports.facts import unread, week_start
from auditor.reports.status import CredentialStatus, PlatformStatus, StatusView, Unconnected
from auditor.rounds import InForce
from auditor.routes import remedies, routes
from auditor.rules import Bench
from auditor.store.verbs import LaneState, Store

from .lagging import behind
from .spending import quotas

ALIVE_FOR = 3  # ticks without a sign of life
RUNS = frozenset({"report"})


def gather(store: Store, force: InForce, secrets: Mapping[str, str], now: datetime) -> StatusView:
    """What the store knows about the work itself."""
    settings = force.settings
    pulse = store.heartbeat("daemon")
    limit = timedelta(seconds=settings.tick_seconds) * ALIVE_FOR
    used = in_use(force.register, ways := routes(settings, secrets))
    reads, doing = reach_of(ways), remedies(settings)
    bench = Bench(force.register, force.book, reads, remedies=doing, lanes=used, ways=ways_of(ways))
    found = audit(store, bench, now, force.warnings)
    return StatusView(
        daemon_alive=None if pulse is None else "stopped" not in pulse[1] and now - pulse[0] <= limit,
        heartbeat_at=pulse[0] if pulse else None,
        next_runs=tuple((k, datetime.fromisoformat(v)) for k, v in sorted(pulse[1].items()) if k in RUNS)
        if pulse
        else (),
        platforms=_platforms(store, force, used, now),
        blind_spots=found.blind_spots,
        quota=quotas(store, settings, secrets, now),
        register_sha=force.register.sha256,
        problems=found.problems,
        as_of=now,
        zone=settings.zone,
        timezone=settings.timezone,
        demonstration=force.register.demonstration,
        by_hand=hand_plan(found.rows, found.book, now, week_start(found)),
        credentials=tuple(_credentials(store, force, secrets, found)),
        unconnected=tuple(_unconnected(force, found)),
        remedies=found.remedies,
        register=force.register,
        behind=tuple(behind(store, force, ways, now)),
        unread=tuple(unread(found.rows, now)),
        holds=found.holds,
        offline_since=store.offline_since(),
    )


def _credentials(store: Store, force: InForce, secrets: Mapping[str, str], found: Audit) -> Iterator[CredentialStatus]:
    """One row for each that was rejected and is still used here, with all its platforms."""
    lanes = {lane.name: lane for lane in store.lanes() if lane.reason == Miss.CREDENTIAL_REJECTED}
    doing = remedies(force.settings)
    used: dict[str, dict[str, LaneState]] = {}
    for name, ways in routes(force.settings, secrets).items():
        for way in ways:
            if way.credential is not None and (lane := lanes.get(way.lane(""))) is not None:
                used.setdefault(way.credential.name, {})[name] = lane
    for credential, own in used.items():
        names = {lane.name for lane in own.values()}
        dark = {key for s in found.blind_spots if s.subject in names for key in s.accounts}
        since = min((lane.since for lane in own.values() if lane.since), default=None)
        command = next((doing[name] for name in own if name in doing), "auditor connect")
        yield CredentialStatus(credential, tuple(own), since, len(dark), command)


def _unconnected(force: InForce, found: Audit) -> Iterator[Unconnected]:
    """One row a platform, in the order of the list."""
    doing = remedies(force.settings)
    never = Counter(row.account.ref.platform for row in found.rows if row.verdict.reason is Reason.NOT_CONNECTED)
    yield from (Unconnected(name, accounts, doing.get(name, "")) for name, accounts in never.items())


def _platforms(store: Store, force: InForce, used: Collection[str], now: datetime) -> tuple[PlatformStatus, ...]:
    """One row a platform: its newest look, and the lane that has failed for longest."""
    states, rows = store.states(), []
    lanes = [lane for lane in store.lanes() if lane.name in used]
    for name in dict.fromkeys(a.ref.platform for a in force.register.accounts):
        accounts = [a for a in force.register.accounts if a.ref.platform == name]
        looks = [s.last_look_at for a in accounts if (s := states.get(a.key)) and s.last_look_at]
        own = [lane for lane in lanes if lane.name.partition(":")[0] == name]
        failing = min((lane for lane in own if lane.failing_since), key=lambda x: str(x.failing_since), default=None)
        blocked = max((asked_from(lane) or now for lane in own if waits(lane, now)), default=None)
        rows.append(
            PlatformStatus(
                name,
                len(accounts),
                max(looks, default=None),
                max((lane.last_ok_at for lane in own if lane.last_ok_at), default=None),
                failing.failing_since if failing else None,
                blocked,
                next((lane.reason for lane in own if lane.reason), None),
            )
        )
    return tuple(rows)
