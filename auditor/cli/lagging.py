"""How far behind each lane is, and what would bring it up to date."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from auditor.core.polling import LeftOut
from auditor.poll.due import budgeted, due
from auditor.poll.forecast import forecast
from auditor.poll.office import Office, Route, shut
from auditor.reports.status import Behind
from auditor.rounds import InForce
from auditor.store.verbs import Store

LATE = timedelta(days=1)  # less is a round that has not come yet


def behind(store: Store, force: InForce, ways: Mapping[str, Sequence[Route]], now: datetime) -> Iterator[Behind]:
    """The lanes whose longest owed look is more than a day late, the latest first."""
    office = Office(force.register, force.book, {}, ways)
    away = shut(store.lanes(), now, timedelta(days=force.book.max_age_days))
    owed = [d for d in due(office, store.states(), now, shut=away) if d.at <= now]
    planned = budgeted(office, store, owed, now)
    stuck = {one.look.lane: one for one in planned.left_out}
    capabilities = {name: each[0].platform.capability for name, each in ways.items() if each}
    slow = {d.lane for f in forecast(office, capabilities) for d in f.demands if d.days > f.max_age_days}
    found = []
    for lane in {d.lane for d in owed}:
        own = [d for d in owed if d.lane == lane]
        since = min(d.at for d in own)
        if now - since <= LATE:
            continue
        one, fix, until = stuck.get(lane), "run", None
        if one is not None and one.why is LeftOut.WAITS:
            fix, until = "wait", one.until
        elif one is not None or lane in slow:
            fix, until = "quota", one.until if one is not None else None
        found.append(Behind(lane, len(own), since, fix, until))
    yield from sorted(found, key=lambda b: (b.since, b.lane))
