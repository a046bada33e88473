"""Reads facts, decides, records what changed. A verdict is never stored as truth: it can be had again."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from auditor.blindness import Senses, spots
from auditor.core.advice import advise
from auditor.core.audit import Audit, Audited
from auditor.core.brake import HELD_KINDS, HeldAccount, Hold, Settled, Turn, brake, limits_of, newest_holds
from auditor.core.holding import withheld
from auditor.core.model import Change, Observation, Status
from auditor.core.policy import PolicyBook
from auditor.core.register import Account
from auditor.core.standing import Standing, stand
from auditor.log import say
from auditor.rules import Bench, Rule, Rules, mark_of
from auditor.store.verbs import AccountState, Store, StoredVerdict
from auditor.store.verbs_brake import Judgement
from auditor.store.verbs_standings import Judged, Known
from auditor.watched import watched_rows

COMPARED_WITH = timedelta(days=7)


def judge(store: Store, bench: Bench, as_of: datetime, only: Collection[str] | None = None) -> tuple[Audited, ...]:
    """Judge the accounts of the list (all, or those named) as of an instant, in the order of the list.

    Of whom a standing is kept that was judged by the same rules, and still stands, no history is read.
    """
    return tuple(row for row, _ in _judged(store, bench, as_of, only))


def _judged(
    store: Store, bench: Bench, as_of: datetime, only: Collection[str] | None = None
) -> Iterator[tuple[Audited, bool]]:
    """Each with whether a standing told it."""
    rules, listed = Rules(bench, as_of), bench.register.account
    rows: dict[str, Audited | Known] = {}
    for known in store.standings(as_of, only):
        account = listed.get(known.key)
        if account is not None:
            rows[known.key] = _kept(rules, account, known) or known
    for key, account in listed.items():
        if only is None or key in only:
            row = rows.get(key)
            yield (row, True) if isinstance(row, Audited) else (_audited(store, rules, account, row, as_of), False)


def audit(store: Store, bench: Bench, as_of: datetime, problems: tuple[str, ...] = ()) -> Audit:
    """Everything a report says as of an instant, from the store alone."""
    judged, holds = tuple(_judged(store, bench, as_of)), tuple(store.holds(as_of))
    rows, since = tuple(row for row, _ in judged), as_of - COMPARED_WITH
    unheard = any(row.verdict.status in HELD_KINDS for row, stood in judged if not stood)
    shown = _withheld(store, rows, holds)
    return Audit(
        as_of=as_of,
        register=bench.register,
        book=bench.book,
        rows=_unheard(store, shown, as_of, bench.book) if unheard else shown,
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
    row, history = _from_history(store, Rules(bench, as_of), account, store.find(account.key), as_of)
    return _withheld(store, (row,), store.holds(as_of))[0], history


def misjudged(store: Store, bench: Bench, as_of: datetime) -> Iterator[str]:
    """Keys of accounts whose standing is not what their history says: somebody wrote into the database."""
    rules, listed = Rules(bench, as_of), bench.register.account
    kept = {known.key: known for known in store.standings(as_of) if known.standing and known.key in listed}
    for key, known in kept.items():
        row = _kept(rules, listed[key], known)
        if row is not None and row != _audited(store, rules, listed[key], known, as_of):
            yield key


def record(store: Store, rows: Iterable[Audited], judged_at: datetime, book: PolicyBook) -> list[Change]:
    """Remember the verdicts and append what changed, but for what the brake holds. A first verdict is no change."""
    states = store.states()
    judged = [(states[row.account.key].id, row) for row in rows if row.account.key in states]
    found = store.record_judgement((_told(number, row) for number, row in judged), judged_at, limits_of(book))
    store.keep_standings((_standing(number, row) for number, row in judged), judged_at)
    for hold in found.began:
        say("brake_held", scope=hold.scope, changed=hold.changed, judged=hold.judged, held=len(hold.accounts))
    for hold in found.ended:
        say("brake_ended", scope=hold.scope, since=hold.began_at.isoformat(), accounts=len(hold.accounts))
    return list(found.changes)


def refresh(store: Store, bench: Bench, now: datetime, limit: int) -> None:
    """Judge again whom nobody looked at and time changed. What changed is recorded by the round that looks at them."""
    names = store.fallen(now, limit)
    ids = {known.key: known.id for known in store.standings(now, names)} if names else {}
    rows = [row for row in judge(store, bench, now, names) if row.account.key in ids] if names else []
    store.keep_standings((_standing(ids[row.account.key], row) for row in rows), now)


def _standing(number: int, row: Audited) -> Judged:
    standing = Standing(
        verdict=row.verdict,
        rhythm=row.rhythm,
        route=row.route,
        observations=row.observations,
        last_tried_at=row.last_tried_at,
        failing_since=row.failing_since,
        dark_since=row.dark_since,
        failures=row.failures,
        last_miss=row.last_miss,
        last_post_deleted=row.last_post_deleted,
        told_at=row.told_at,
        read_since=row.read_since,
        stands_until=row.stands_until,
    )
    return Judged(number, row.falls, mark_of(row.policy, row.agency.timezone), standing)


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

    Nothing has held it back so far: what the next round would hold is shown as held. Standings were recorded.
    """
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


def _kept(rules: Rules, account: Account, known: Known) -> Audited | None:
    """By what is kept. None: nothing is, or it was judged by other rules."""
    if known.standing is None:
        return None
    rule = rules.of(account, known)
    return _row(rule, account, known, known.standing) if rule.mark == known.mark else None


def _audited(store: Store, rules: Rules, account: Account, known: Known | None, as_of: datetime) -> Audited:
    """From the history, also of who is not listed any more, under any name it had."""
    return _from_history(store, rules, account, known or store.find(account.key), as_of)[0]


def _from_history(
    store: Store, rules: Rules, account: Account, known: Known | AccountState | None, as_of: datetime
) -> tuple[Audited, Sequence[Observation]]:
    history, rule = store.history(known.id, as_of) if known else (), rules.of(account, known)
    return _row(rule, account, known, stand(history, rule.policy, rule.agency.zone, as_of)), history


def _row(rule: Rule, account: Account, known: Known | AccountState | None, standing: Standing) -> Audited:
    return Audited(
        account=account,
        agency=rule.agency,
        policy=rule.policy,
        verdict=standing.verdict,
        rhythm=standing.rhythm,
        advice=advise(standing.verdict, rule.policy),
        native_id=known.native_id if known else account.ref.native_id,
        route=standing.route,
        observations=standing.observations,
        last_tried_at=standing.last_tried_at,
        failing_since=standing.failing_since,
        dark_since=standing.dark_since,
        failures=standing.failures,
        last_miss=standing.last_miss,
        last_post_deleted=standing.last_post_deleted,
        told_at=standing.told_at,
        listed_at=known.first_listed_at if known else None,
        read_since=standing.read_since,
        stands_until=standing.stands_until,
        falls=known.falls if isinstance(known, Known) else 0,
    )
