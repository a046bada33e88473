"""Reads facts, decides, records what changed. A verdict is never stored as truth: it can be had again."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from auditor.core.advice import advise
from auditor.core.audit import Audit, Audited, BlindSpot
from auditor.core.brake import Hold, Settled, limits_of, newest_holds
from auditor.core.cadence import rhythm
from auditor.core.holding import withheld
from auditor.core.model import HAND, Change, Miss, Missed, Observation, Reason, Seen, Status, Unreadable
from auditor.core.policy import PolicyBook, resolve
from auditor.core.reach import Reach
from auditor.core.reading import read
from auditor.core.register import Account, Register
from auditor.core.verdict import decide_reading
from auditor.log import say
from auditor.store.verbs import AccountState, Store
from auditor.store.verbs_brake import Judgement

COMPARED_WITH = timedelta(days=7)
REFUSED = frozenset({Miss.CREDENTIAL_REJECTED, Miss.PERMISSION_MISSING})  # a credential's


@dataclass(frozen=True)
class Bench:
    """What a judgement rests on besides the facts: the list, the policy, and what can be read here."""

    register: Register
    book: PolicyBook
    reach: Reach
    rehearsal: bool = False
    remedies: Mapping[str, str] = field(default_factory=dict)  # platform -> the command that connects it
    lanes: Collection[str] | None = None  # those that are in use here; None: all


def judge(store: Store, bench: Bench, as_of: datetime, only: Collection[str] | None = None) -> tuple[Audited, ...]:
    """Judge the accounts of the list (all, or those named) as of an instant, in the order of the list."""
    states = store.states(only)
    accounts = [a for a in bench.register.accounts if only is None or a.key in only]
    return tuple(_audited(store, bench, a, states.get(a.key) or store.find(a.key), as_of) for a in accounts)


def audit(store: Store, bench: Bench, as_of: datetime, problems: tuple[str, ...] = ()) -> Audit:
    """Everything a report says as of an instant, from the store alone."""
    rows, holds = judge(store, bench, as_of), tuple(store.holds(as_of))
    since = as_of - COMPARED_WITH
    return Audit(
        as_of=as_of,
        register=bench.register,
        book=bench.book,
        rows=_withheld(store, rows, holds),
        changes=tuple(store.changes(since, as_of)),
        compared_with=since,
        removed=tuple(store.removed_since(since, as_of)),
        blind_spots=(*(spots := tuple(_blind_spots(rows))), *_rejected(store, bench, spots, as_of)),
        controls=tuple(store.controls(as_of)),
        rehearsal=bench.rehearsal,
        problems=problems,
        remedies=bench.remedies,
        holds=holds,
    )


def examine(store: Store, bench: Bench, account: Account, as_of: datetime) -> tuple[Audited, Sequence[Observation]]:
    """One account and the looks it was judged by."""
    state = store.find(account.key)
    history = store.history(state.id, as_of) if state else ()
    row = _judged(bench, account, state, history, as_of)
    return _withheld(store, (row,), store.holds(as_of))[0], history


def record(store: Store, rows: Iterable[Audited], judged_at: datetime, book: PolicyBook) -> list[Change]:
    """Remember the verdicts and append what changed, but for what the brake holds. A first verdict is no change."""
    states = store.states()
    told = (_told(states[row.account.key].id, row) for row in rows if row.account.key in states)
    found = store.record_judgement(told, judged_at, limits_of(book))
    for hold in found.began:
        say("brake_held", scope=hold.scope, changed=hold.changed, judged=hold.judged, held=len(hold.accounts))
    for hold in found.ended:
        say("brake_ended", scope=hold.scope, since=hold.began_at.isoformat(), accounts=len(hold.accounts))
    return list(found.changes)


def _told(number: int, row: Audited) -> Judgement:
    verdict = row.verdict
    settled = Settled(verdict.status, verdict.since, verdict.reason, verdict.reason_detail, verdict.confirmed)
    return Judgement(number, row.account.key, row.account.ref.platform, row.agency.id, settled, row.read_since)


def _withheld(store: Store, rows: Sequence[Audited], holds: Sequence[Hold]) -> tuple[Audited, ...]:
    """Those the brake holds with the verdict that was released last. An older list may call an account otherwise."""
    held = newest_holds(holds)
    if not held:
        return tuple(rows)
    states = store.states()
    found = ((row, states.get(row.account.key) or store.find(row.account.key)) for row in rows)
    return tuple(withheld(row, held[state.id]) if state and state.id in held else row for row, state in found)


def _audited(store: Store, bench: Bench, account: Account, state: AccountState | None, as_of: datetime) -> Audited:
    history = store.history(state.id, as_of) if state else ()
    return _judged(bench, account, state, history, as_of)


def _judged(
    bench: Bench, account: Account, state: AccountState | None, history: Sequence[Observation], as_of: datetime
) -> Audited:
    agency = bench.register.agency[account.agency]
    native_id = state.native_id if state else account.ref.native_id
    ref = replace(account.ref, native_id=native_id)
    policy = resolve(bench.book, account, agency, as_of, connected=bench.reach.reads(ref))
    reading = read(history, policy.counts, as_of)
    verdict = decide_reading(history, reading, policy, as_of)
    judging = next((o for o in reversed(history) if o.observed_at == verdict.observed_at), None)
    by_machine = [o for o in history if o.route != HAND]  # that a person looked does not mend a lane
    misses = _present_misses(by_machine)
    newest = by_machine[-1].outcome if by_machine else None
    return Audited(
        account=account,
        agency=agency,
        policy=policy,
        verdict=verdict,
        rhythm=rhythm(reading, verdict.observed_at, agency.zone),
        advice=advise(verdict, policy),
        native_id=native_id,
        route=judging.route if judging else None,
        observations=len(history),
        last_tried_at=history[-1].observed_at if history else None,
        failing_since=misses[0].observed_at if misses else None,
        last_miss=str(newest.reason) if isinstance(newest, Missed) else None,
        last_post_deleted=reading.newest_deleted,
        told_at=next((o.observed_at for o in reversed(history) if o.route == HAND), None),
        listed_at=state.first_listed_at if state else None,
        read_since=next((o.observed_at for o in by_machine if not isinstance(o.outcome, Missed)), None),
    )


def _present_misses(history: Sequence[Observation]) -> list[Observation]:
    """The unbroken row of misses at the end, oldest first."""
    run: list[Observation] = []
    for o in reversed(history):
        if isinstance(o.outcome, Seen | Unreadable):
            break
        run.append(o)
    return run[::-1]


def _blind_spots(rows: Sequence[Audited]) -> list[BlindSpot]:
    """Platforms on which accounts are unknown because we cannot see, with the first day of it."""
    spots: dict[tuple[str, str], list[Audited]] = {}
    for row in rows:
        if row.verdict.status is Status.UNKNOWN and row.verdict.reason is Reason.BLIND:
            word = row.last_miss or row.verdict.reason_detail or Reason.BLIND
            spots.setdefault((row.account.ref.platform, word), []).append(row)
    return [
        BlindSpot(platform, word, min(_dark_since(r) for r in dark), tuple(r.account.key for r in dark))
        for (platform, word), dark in sorted(spots.items())
    ]


def _rejected(store: Store, bench: Bench, known: Sequence[BlindSpot], as_of: datetime) -> Iterator[BlindSpot]:
    """Platforms with a credential that is refused and withholds nobody: others of the pool read its accounts."""
    listed = {account.ref.platform for account in bench.register.accounts}
    told = {(spot.platform, spot.reason) for spot in known}
    found: dict[tuple[str, str], datetime] = {}
    for lane in store.lanes():
        spot = (lane.name.partition(":")[0], lane.reason or "")
        used = spot[0] in listed and spot not in told and (bench.lanes is None or lane.name in bench.lanes)
        if used and lane.reason in REFUSED and lane.since is not None and lane.since <= as_of:
            found[spot] = min(lane.since, found.get(spot, lane.since))
    return (BlindSpot(*spot, since, ()) for spot, since in sorted(found.items()))


def _dark_since(row: Audited) -> datetime:
    known = [t for t in (row.failing_since, row.verdict.since, row.last_tried_at) if t is not None]
    return min(known)
