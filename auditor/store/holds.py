"""Rows of the brake: who is held, what waits, how a hold ends. Inside the transactions of `brakes`."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby

from auditor.core.brake import Caught, HeldAccount, Hold, Kind, Scope, Settled
from auditor.core.model import Change, Reason, Status

from . import ledger
from .rows import LAST, MISSES, canonical, instant, maybe_instant, maybe_seconds, maybe_short, seconds
from .verdicts import REMEMBER, append_change

RELEASED, BY_LOOKS, LEFT, REMOVED = "released", "looks", "left", "removed"
SETTLED = (
    "{0}.old, {0}.old_since, {0}.old_reason, {0}.old_detail, {0}.old_confirmed,"
    " {0}.new, {0}.new_since, {0}.new_reason, {0}.new_detail, {0}.new_confirmed"
)
OPEN = f"""
SELECT h.id, h.kind, h.name, h.began_at, h.changed, h.judged, m.account_id, a.key, {SETTLED.format("m")}
FROM holds h JOIN held m ON m.hold_id = h.id JOIN accounts a ON a.id = m.account_id
WHERE h.began_at <= ?1 AND (a.removed_at IS NULL OR a.removed_at > ?1) AND NOT EXISTS
  (SELECT 1 FROM hold_ends e WHERE e.hold_id = m.hold_id AND e.account_id = m.account_id AND e.at <= ?1)
ORDER BY h.id, m.account_id
"""  # noqa: S608 — columns
LOOKED = """
SELECT count(DISTINCT observed_at / 86400) FROM looks WHERE account_id = ? AND observed_at > ? AND observed_at <= ?
AND control_ok IS NOT 0 AND outcome NOT IN (SELECT value FROM json_each(?))
"""
FORGOTTEN = """
SELECT m.hold_id, m.account_id FROM held m JOIN accounts a ON a.id = m.account_id
WHERE a.removed_at IS NOT NULL AND NOT EXISTS
  (SELECT 1 FROM hold_ends e WHERE e.hold_id = m.hold_id AND e.account_id = m.account_id)
"""
LET_GO = """
UPDATE verdicts SET status = ?, since = ?, reason = ?, reason_detail = ?, confirmed = ?, judged_at = max(judged_at, ?)
WHERE account_id = ?
"""
EVER = instant(LAST)


def open_holds(con: sqlite3.Connection, until: datetime = EVER) -> Iterator[Hold]:
    """Holds in force at an instant (by default: those that nothing has ended yet), without the days of looks."""
    rows = con.execute(OPEN, (seconds(until),)).fetchall()
    for (number, kind, name, began, changed, judged), members in groupby(rows, lambda row: row[:6]):
        accounts = tuple(HeldAccount(m[6], m[7], _settled(*m[8:13]), _settled(*m[13:18])) for m in members)
        yield Hold(number, Scope(Kind(kind), name), instant(began), changed, judged, accounts)


def with_looks(con: sqlite3.Connection, hold: Hold, until: datetime) -> Hold:
    """The hold, each account with the days (UTC) since it began on which a look answered, its control not failed."""
    began, upto, missed = seconds(hold.began_at), seconds(until), canonical(sorted(MISSES))
    looked = [con.execute(LOOKED, (held.id, began, upto, missed)).fetchone()[0] for held in hold.accounts]
    members = zip(hold.accounts, looked, strict=True)
    return replace(hold, accounts=tuple(replace(held, healthy_days=days) for held, days in members))


def begin(con: sqlite3.Connection, caught: Caught, accounts: Sequence[HeldAccount], at: datetime) -> Hold:
    """Write and chain a hold with its accounts."""
    number = con.execute(
        "INSERT INTO holds (kind, name, began_at, changed, judged) VALUES (?, ?, ?, ?, ?)",
        (caught.scope.kind, caught.scope.name, seconds(at), caught.changed, caught.judged),
    ).lastrowid
    con.executemany(
        "INSERT INTO held VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [(number, held.id, *_columns(held.old), *_columns(held.new)) for held in accounts],
    )
    ledger.chain_row(con, "hold", number, seconds(at))
    return Hold(number or 0, caught.scope, at, caught.changed, caught.judged, tuple(accounts))


def end(
    con: sqlite3.Connection, members: Iterable[tuple[int, int]], at: datetime, how: str, release: int | None = None
) -> None:
    """(number of the hold, number of the account) leave."""
    con.executemany(
        "INSERT INTO hold_ends (hold_id, account_id, at, how, release_id) VALUES (?, ?, ?, ?, ?)",
        [(hold, account, seconds(at), how, release) for hold, account in members],
    )


def end_removed(con: sqlite3.Connection, at: datetime) -> None:
    """Who is no longer listed is no longer held."""
    end(con, con.execute(FORGOTTEN).fetchall(), at, REMOVED)


def let_go(con: sqlite3.Connection, held: HeldAccount, at: datetime) -> Change | None:
    """What waited is recorded: the verdict, and the change dated at its cause. None: that change was told before."""
    status, since, reason, detail, confirmed = _columns(held.new)
    con.execute(LET_GO, (status, since, reason, detail, confirmed, seconds(at), held.id))
    change = Change(held.account, held.old.status, held.new.status, held.new.since, held.new.reason, at)
    return change if append_change(con, held.id, change) else None


def remember(con: sqlite3.Connection, account_id: int, verdict: Settled, at: datetime) -> None:
    """The recorded verdict of an account."""
    status, since, reason, detail, confirmed = _columns(verdict)
    con.execute(REMEMBER, (account_id, status, since, reason, confirmed, seconds(at), detail))


def _settled(status: str, since: int | None, reason: str, detail: str | None, confirmed: int) -> Settled:
    return Settled(Status(status), maybe_instant(since), Reason(reason), detail, bool(confirmed))


def _columns(verdict: Settled) -> tuple[str, int | None, str, str | None, int]:
    detail = maybe_short(verdict.reason_detail)
    return verdict.status, maybe_seconds(verdict.since), verdict.reason, detail, int(verdict.confirmed)
