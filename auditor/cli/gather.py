"""What the store knows about the work itself: the daemon, the platforms, the quotas."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from auditor.core.hand import hand_plan
from auditor.judge import Bench, audit
from auditor.poll.office import ledger
from auditor.reports.facts import week_start
from auditor.reports.status import PlatformStatus, QuotaStatus, StatusView
from auditor.rounds import InForce
from auditor.routes import reach, routes
from auditor.store.verbs import Store

ALIVE_FOR = 3  # ticks without a sign of life
RUNS = frozenset({"report"})


def gather(store: Store, force: InForce, secrets: Mapping[str, str], now: datetime) -> StatusView:
    """What the store knows about the work itself."""
    settings = force.settings
    pulse = store.heartbeat("daemon")
    limit = timedelta(seconds=settings.tick_seconds) * ALIVE_FOR
    bench = Bench(force.register, force.book, reach(settings, secrets))
    found = audit(store, bench, now, force.warnings)
    return StatusView(
        daemon_alive=None if pulse is None else "stopped" not in pulse[1] and now - pulse[0] <= limit,
        heartbeat_at=pulse[0] if pulse else None,
        next_runs=tuple((k, datetime.fromisoformat(v)) for k, v in sorted(pulse[1].items()) if k in RUNS)
        if pulse
        else (),
        platforms=_platforms(store, force),
        blind_spots=found.blind_spots,
        quota=_quotas(store, force, secrets, now),
        register_sha=force.register.sha256,
        problems=found.problems,
        as_of=now,
        zone=settings.zone,
        timezone=settings.timezone,
        demonstration=force.register.demonstration,
        by_hand=hand_plan(found.rows, found.book, now, week_start(found)),
    )


def _platforms(store: Store, force: InForce) -> tuple[PlatformStatus, ...]:
    """One row a platform: its newest look, and the lane that has failed for longest."""
    states, rows = store.states(), []
    lanes = store.lanes()
    for name in dict.fromkeys(a.ref.platform for a in force.register.accounts):
        accounts = [a for a in force.register.accounts if a.ref.platform == name]
        looks = [s.last_look_at for a in accounts if (s := states.get(a.key)) and s.last_look_at]
        own = [lane for lane in lanes if lane.name.partition(":")[0] == name]
        failing = min((lane for lane in own if lane.failing_since), key=lambda x: str(x.failing_since), default=None)
        blocked = max((lane.blocked_until for lane in own if lane.blocked_until), default=None)
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


def _quotas(store: Store, force: InForce, secrets: Mapping[str, str], now: datetime) -> tuple[QuotaStatus, ...]:
    """Units spent in the present window of each lane that has one."""
    rows, ways = [], routes(force.settings, secrets)
    for lane in store.lanes():
        name = lane.name.partition(":")[0]
        own = [r for r in ways.get(name, ()) if r.credential is None or r.lane("") == lane.name]
        for quota in own[0].platform.capability.quotas if own else ():
            spent = store.spent(ledger(lane.name, quota), quota.since(now))
            rows.append(QuotaStatus(ledger(lane.name, quota), spent, quota.units, quota.window(now)[1]))
    return tuple(rows)
