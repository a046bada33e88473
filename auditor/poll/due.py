"""Who is looked at in this sweep."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from fnmatch import fnmatchcase

from auditor.core.polling import Due, Why
from auditor.core.register import Account
from auditor.store.verbs import AccountState

from .office import Office, Route


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

    Lanes that are `shut` are planned only where nothing else reads the account.
    """
    found = []
    for account in office.register.accounts:
        state = states.get(account.key)
        if state is None or not wanted(account, only):
            continue
        if everything or only or _is_due(state, now, timedelta(days=office.book.max_age_days)):
            route = office.route(account, state.native_id, shut)
            found += [_owed(route, account, state)] if route else []
    return found


def _is_due(state: AccountState, now: datetime, max_age: timedelta) -> bool:
    """Planned for now or before. Nothing is planned further than the maximum age, unless a clock ran ahead."""
    return state.next_look_at is None or not now < state.next_look_at <= now + max_age


def wanted(account: Account, only: Sequence[str]) -> bool:
    """One of the globs fits its key or its address, or none was given."""
    return not only or any(fnmatchcase(account.key, glob) or fnmatchcase(account.url, glob) for glob in only)


def _owed(route: Route, account: Account, state: AccountState) -> Due:
    capability = route.platform.capability
    calls = [c for c in (capability.lookup, capability.timeline) if c is not None]
    return Due(
        account=account.key,
        lane=route.lane(account.ref.handle),
        why=Why(state.why) if state.why else Why.MAX_AGE,
        at=state.next_look_at or state.first_listed_at,
        cost=sum(max(1, c.cost // c.batch) for c in calls),
    )
