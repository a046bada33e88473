"""Reads facts, decides, records what changed. A verdict is never stored as truth: it can be had again."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from auditor.blindness import Senses, spots
from auditor.core.advice import advise
from auditor.core.audit import Audit, Audited
from auditor.core.brake import HELD_KINDS, HeldAccount, Hold, Settled, Turn, brake, limits_of, newest_holds
from auditor.core.cadence import rhythm
from auditor.core.holding import withheld
from auditor.core.model import HAND, Change, Missed, Observation, Seen, Status, Unreadable
from auditor.core.policy import PolicyBook, resolve
from auditor.core.reach import Reach
from auditor.core.reading import read
from auditor.core.register import Account, Register
from auditor.core.verdict import OURS_TO_MEND, decide_reading
from auditor.log import say
from auditor.store.verbs import AccountState, Store, StoredVerdict
from auditor.store.verbs_brake import Judgement
from auditor.watched import Ways, no_ways, watched_rows

COMPARED_WITH = timedelta(days=7)


@dataclass(frozen=True)
class Bench:
    """What a judgement rests on besides the facts: the list, the policy, and what can be read here."""

    register: Register
    book: PolicyBook
    reach: Reach
    rehearsal: bool = False
    remedies: Mapping[str, str] = field(default_factory=dict)  # platform -> the command that connects it
    lanes: Collection[str] | None = None  # those that are in use here; None: all
    ways: Ways = no_ways  # the lanes on which an account may be asked about


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
        rows=_unheard(store, _withheld(store, rows, holds), as_of, bench.book),
        changes=tuple(store.changes(since, as_of)),
        compared_with=since,
        removed=tuple(store.removed_since(since, as_of)),
        blind_spots=spots(
            watched_rows(rows), senses(store, bench, as_of), as_of, lambda keys: store.last_known(keys, as_of)
        ),
        controls=tuple(store.controls(as_of)),
        rehearsal=bench.rehearsal,
        problems=problems,
        remedies=bench.remedies,
        holds=holds,
    )


def senses(store: Store, bench: Bench, as_of: datetime) -> Senses:
    """By what this office sees: of the lanes those that accounts of the list may be asked about on."""
    listed = {account.ref.platform for account in bench.register.accounts}
    lanes = {lane.name: lane for lane in store.lanes() if lane.name.partition(":")[0] in listed}
    used = {n: lane for n, lane in lanes.items() if bench.lanes is None or n in bench.lanes}
    return Senses(used, bench.ways, store.doubts(as_of), store.offline_since())


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


def _unheard(store: Store, rows: Sequence[Audited], as_of: datetime, book: PolicyBook) -> tuple[Audited, ...]:
    """A report may say what no round has recorded yet, after an edit of the policy or a round that was cut off.

    Nothing has held it back so far: what the next round would hold is shown as held.
    """
    if not any(row.verdict.status in HELD_KINDS for row in rows):
        return tuple(rows)
    ids, last = {key: state.id for key, state in store.states().items()}, store.last_verdicts()
    known = {row.account.key: last[ids[row.account.key]] for row in rows if ids.get(row.account.key) in last}
    recorded = {key: told for key, told in known.items() if told.judged_at <= as_of}
    turns = [_turn(row, recorded.get(row.account.key)) for row in rows]
    caught = {key for found in brake(turns, (), (), limits_of(book)) for key in found.accounts}
    return tuple(_as_recorded(row, recorded[row.account.key]) if row.account.key in caught else row for row in rows)


def _turn(row: Audited, told: StoredVerdict | None) -> Turn:
    """Who was not seen before, or whom no machine read, has no status to lose."""
    old = None if told is None or told.status is Status.UNKNOWN or row.held is not None else told.status
    read = row.read_since is not None and told is not None and row.read_since <= told.judged_at
    return Turn(row.account.key, row.account.ref.platform, row.agency.id, old if read else None, row.verdict.status)


def _as_recorded(row: Audited, told: StoredVerdict) -> Audited:
    verdict = row.verdict
    old = Settled(told.status, told.since, told.reason, None, told.confirmed)
    new = Settled(verdict.status, verdict.since, verdict.reason, verdict.reason_detail, verdict.confirmed)
    return withheld(row, HeldAccount(0, row.account.key, old, new))


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
    dark = _dark(misses)
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
        dark_since=dark[0].observed_at if dark else None,
        failures=len(dark),
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


def _dark(misses: Sequence[Observation]) -> Sequence[Observation]:
    """Those at its end that say nothing of the account. An absence that nobody explains says something."""
    start = len(misses)
    while start and getattr(misses[start - 1].outcome, "reason", None) not in OURS_TO_MEND:
        start -= 1
    return misses[start:]
