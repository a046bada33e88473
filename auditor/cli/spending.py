"""What the ledger says of every credential and lane."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from auditor.config.settings import Settings
from auditor.core.quota import Quota
from auditor.poll.office import Route, ledger
from auditor.poll.sweep import frees
from auditor.reports.status import QuotaStatus
from auditor.routes import routes
from auditor.store.verbs import Charge, Store


def quotas(store: Store, settings: Settings, secrets: Mapping[str, str], now: datetime) -> tuple[QuotaStatus, ...]:
    """What is spent in the present window of every credential, used or not, and of every other lane ever used."""
    lanes: dict[str, Route] = {}
    ways = routes(settings, secrets)
    for way in (way for each in ways.values() for way in each if way.credential is not None):
        lanes[way.lane("")] = way
    for name in (lane.name for lane in store.lanes()):
        bare = [way for way in ways.get(name.partition(":")[0], ()) if way.credential is None]
        if name not in lanes and bare and _own(bare[0], name):
            lanes[name] = bare[0]
    return tuple(
        QuotaStatus(ledger(lane, q), store.spent(ledger(lane, q), q.since(now)), q.units, _resets(store, lane, q, now))
        for lane, way in sorted(lanes.items())
        for q in way.platform.capability.quotas
    )


def _resets(store: Store, lane: str, quota: Quota, now: datetime) -> datetime | None:
    """When units come back; of a rolling window none have to while none were taken."""
    if quota.rolling and store.oldest(ledger(lane, quota), quota.since(now)) is None:
        return None
    return frees(store, quota, Charge(ledger(lane, quota), now, 0), now)


def _own(way: Route, lane: str) -> bool:
    """A lane without a credential: the platform's only one, or that of a server."""
    return way.lane(lane.partition(":")[2]) == lane
