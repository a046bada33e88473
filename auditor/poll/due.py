"""Who is looked at in this sweep."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from fnmatch import fnmatchcase

from auditor.core.model import Barrier
from auditor.core.polling import Due, Lane, Plan, Why, plan
from auditor.core.register import Account
from auditor.platforms.base import Capability
from auditor.store.verbs import AccountState, Store

from .office import Office, Route, asked_from, ledger, waits

SPREAD = 2  # the accounts of a pool are not spread evenly over its credentials
RIDES = 2  # who would be looked at within half the maximum age may ride along


def due(
    office: Office,
    states: Mapping[str, AccountState],
    now: datetime,
    *,
    everything: bool = False,
    only: Sequence[str] = (),
    shut: Collection[str] = (),
) -> list[Due]:
    """The accounts that are owed a look (or all), among those that can be read here and match a glob of `only`.

    Behind them those that ride along in a request that is made anyway. Lanes that are `shut` are planned only where
    nothing else reads the account.
    """
    found, riders = list[Due](), list[Due]()
    max_age = timedelta(days=office.book.max_age_days)
    chosen = everything or bool(only)
    for key, state in states.items():
        account = office.register.account.get(key)
        if account is None or not wanted(account, only):
            continue
        owed = chosen or _is_due(state, now, max_age)
        if not owed and not _rides(state, now, max_age):
            continue
        route = office.route(account, state.native_id, shut)
        if route is not None and (owed or shares(route.platform.capability) > 1):
            (found if owed else riders).append(_owed(route, account, state))
    lanes = {d.lane: Lane(batch=_shared(office, d)) for d in found} if riders else {}
    planned = plan(found, lanes, riders)
    return [look for looks in planned.lanes.values() for look in looks]


def candidates(office: Office, store: Store, now: datetime) -> Mapping[str, AccountState]:
    """Who may be due now, and who could ride along with them: what `due` chooses from, by the index of the plan."""
    max_age = timedelta(days=office.book.max_age_days)
    found = dict(store.due(now, now + max_age))
    for platform in {key.partition(":")[0] for key in found}:
        places = sum(n for route in office.routes.get(platform, ()) if (n := shares(route.platform.capability)) > 1)
        if places:
            found |= store.soon(platform, now, now + max_age / RIDES, SPREAD * places)
    return found


def shares(capability: Capability) -> int:
    """How many accounts one request looks at, where the dear question waits until something moved; else 1."""
    return capability.lookup.batch if capability.lookup is not None and capability.moves is not None else 1


def budgeted(office: Office, store: Store, owed: Sequence[Due], now: datetime) -> Plan:
    """The plan within what every lane has left of its first quota. Who rides along is a look like any other."""
    return plan(owed, dict(_lanes(office, store, owed, now)))


def _lanes(office: Office, store: Store, owed: Sequence[Due], now: datetime) -> Iterator[tuple[str, Lane]]:
    max_age = timedelta(days=office.book.max_age_days)
    for name, look in {d.lane: d for d in owed}.items():
        route = office.route_of(name, office.register.account[look.account])
        capability, state = route.platform.capability, store.lane(name)
        quota = capability.quota
        spent = store.spent(ledger(name, quota), quota.since(now)) if quota else 0
        each = capability.timeline.cost if capability.timeline is not None else 0
        yield (
            name,
            Lane(
                units=max(0, quota.units - spent) if quota else None,
                resets_at=quota.window(now)[1] if quota else None,
                waits_until=asked_from(state) if waits(state, now, max_age) else None,
                batch=capability.lookup.batch if capability.lookup is not None else 1,
                each=each,
            ),
        )


def _is_due(state: AccountState, now: datetime, max_age: timedelta) -> bool:
    """Planned for now or before. Nothing is planned further than the maximum age, unless a clock ran ahead."""
    return state.next_look_at is None or not now < state.next_look_at <= now + max_age


def _rides(state: AccountState, now: datetime, max_age: timedelta) -> bool:
    """Would soon be looked at only because of its age."""
    soon = state.next_look_at is not None and state.next_look_at <= now + max_age / RIDES
    return soon and state.why == Why.MAX_AGE and not _fails(state)


def _fails(state: AccountState) -> bool:
    return state.failures > 0 or state.last_outcome in set(Barrier)


def wanted(account: Account, only: Sequence[str]) -> bool:
    """One of the globs fits its key or its address, or none was given."""
    return not only or any(fnmatchcase(account.key, glob) or fnmatchcase(account.url, glob) for glob in only)


def _shared(office: Office, look: Due) -> int:
    return shares(office.route_of(look.lane, office.register.account[look.account]).platform.capability)


def _owed(route: Route, account: Account, state: AccountState) -> Due:
    capability = route.platform.capability
    calls = [c for c in (capability.lookup, capability.timeline) if c is not None]
    return Due(
        account=account.key,
        lane=route.lane(account.ref.handle),
        why=Why(state.why) if state.why else Why.MAX_AGE,
        at=state.next_look_at or state.first_listed_at,
        cost=sum(max(1, c.cost // c.batch) for c in calls),
        failing=_fails(state),
    )
