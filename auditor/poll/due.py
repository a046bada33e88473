"""Who is looked at in this sweep."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from fnmatch import fnmatchcase

from auditor.core.polling import Due, Why
from auditor.core.register import Account
from auditor.store.verbs import AccountState

from .office import Office, lane_of


def due(
    office: Office,
    states: Mapping[str, AccountState],
    now: datetime,
    *,
    everything: bool = False,
    only: Sequence[str] = (),
) -> list[Due]:
    """The accounts that are owed a look (or all), among those that can be read here and match a glob of `only`."""
    found = []
    for account in office.register.accounts:
        state = states.get(account.key)
        if state is None or not office.readable(account, state.native_id) or not wanted(account, only):
            continue
        if everything or only or _is_due(state, now, timedelta(days=office.book.max_age_days)):
            found.append(_owed(office, account, state))
    return found


def _is_due(state: AccountState, now: datetime, max_age: timedelta) -> bool:
    """Planned for now or before. Nothing is planned further than the maximum age, unless a clock ran ahead."""
    return state.next_look_at is None or not now < state.next_look_at <= now + max_age


def wanted(account: Account, only: Sequence[str]) -> bool:
    """One of the globs fits its key or its address, or none was given."""
    return not only or any(fnmatchcase(account.key, glob) or fnmatchcase(account.url, glob) for glob in only)


def _owed(office: Office, account: Account, state: AccountState) -> Due:
    platform = office.platforms[account.ref.platform]
    calls = [c for c in (platform.capability.lookup, platform.capability.timeline) if c is not None]
    return Due(
        account=account.key,
        lane=lane_of(platform, account.ref.handle),
        why=Why(state.why) if state.why else Why.MAX_AGE,
        at=state.next_look_at or state.first_listed_at,
        cost=sum(c.cost for c in calls),
    )
