"""Accounts that machines read here, as far as a blind spot needs to know them: judged just now, or summed up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from auditor.core.audit import Audited
from auditor.core.model import HAND, Miss, Reason, Status
from auditor.core.policy import HAND_EVERY
from auditor.core.register import Account
from auditor.core.verdict import LASTING, OURS_TO_MEND
from auditor.store.verbs import AccountState, StoredVerdict

_OURS = frozenset(str(miss) for miss in Miss if miss not in OURS_TO_MEND)


@dataclass(frozen=True, slots=True)
class Way:
    """A lane on which an account may be asked about; `keyed`: with a credential."""

    lane: str
    keyed: bool = False


Ways: TypeAlias = "Callable[[Account, str | None], Sequence[Way]]"


def no_ways(*_: object) -> Sequence[Way]:
    """Where nothing is known of lanes, the looks alone tell."""
    return ()


@dataclass(frozen=True, slots=True)
class Watched:
    """An account that machines read here, as far as a blind spot needs to know it."""

    account: Account
    native_id: str | None
    status: Status
    blind: bool  # unknown, because we cannot see
    miss: str | None = None  # why the newest look brought nothing, where that is no answer about the account
    failing_since: datetime | None = None
    failures: int = 0
    dark_since: datetime | None = None
    stands_until: datetime | None = None  # when the verdict is withheld unless somebody looks


def watched_rows(rows: Iterable[Audited]) -> list[Watched]:
    """From accounts that were just judged. Those nothing here reads are no blind spot."""
    return [_watched(row) for row in rows if row.policy.connected]


def _watched(row: Audited) -> Watched:
    verdict = row.verdict
    blind = verdict.status is Status.UNKNOWN and verdict.reason is Reason.BLIND
    dark = [t for t in (row.dark_since, verdict.since if blind else None) if t is not None]
    return Watched(
        account=row.account,
        native_id=row.native_id,
        status=verdict.status,
        blind=blind,
        miss=row.last_miss if row.failures else None,
        failing_since=row.dark_since,
        failures=row.failures,
        dark_since=min(dark, default=row.last_tried_at),
        stands_until=_stands_until(row),
    )


def _stands_until(row: Audited) -> datetime | None:
    """The evidence goes stale, and no known post carries the verdict any longer."""
    verdict = row.verdict
    if verdict.observed_at is None or verdict.status is Status.UNKNOWN:
        return None
    by_hand = HAND_EVERY if row.route == HAND and verdict.status in LASTING else timedelta()
    stale = verdict.observed_at + row.policy.stale_after + by_hand
    carried = verdict.proven_until if verdict.status is not Status.LOST else None
    return max(stale, carried) if carried else stale


def watched_states(
    accounts: Iterable[Account],
    states: Mapping[str, AccountState],
    verdicts: Mapping[int, StoredVerdict],
    reads: Callable[[Account, str | None], bool],
) -> list[Watched]:
    """From what the store sums up, without judging anybody."""
    found = []
    for account in accounts:
        state = states.get(account.key)
        if state is None or not reads(account, state.native_id):
            continue
        last = verdicts.get(state.id)
        status = last.status if last else Status.UNKNOWN
        blind = last is not None and last.status is Status.UNKNOWN and last.reason is Reason.BLIND
        miss = state.last_outcome if state.failures and state.last_outcome in _OURS else None
        since = state.failing_since or (last.since if last and blind else None)
        found.append(Watched(account, state.native_id, status, blind, miss, state.failing_since, state.failures, since))
    return found
