"""Verdicts that were recorded, and how they changed."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from auditor.core.model import Change, Reason, Status

from . import ledger
from .connection import Connection
from .rows import instant, maybe_instant, maybe_seconds, seconds, short
from .verbs import StoredVerdict

CHANGES = """
SELECT a.key, c.old, c.new, c.since, c.reason, c.judged_at FROM changes c JOIN accounts a ON a.id = c.account_id
"""

REMEMBER = """
INSERT INTO verdicts (account_id, status, since, reason, confirmed, judged_at, reason_detail)
VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET status = excluded.status, since = excluded.since,
  reason = excluded.reason, confirmed = excluded.confirmed, judged_at = excluded.judged_at,
  reason_detail = excluded.reason_detail
WHERE excluded.judged_at >= verdicts.judged_at
"""


class VerdictVerbs:
    """Verdicts and changes."""

    _db: Connection

    def last_verdicts(self) -> Mapping[int, StoredVerdict]:
        """See `Store.last_verdicts`."""
        with self._db.read() as con:
            rows = con.execute("SELECT account_id, status, since, reason, confirmed, judged_at FROM verdicts")
            return {
                account_id: StoredVerdict(
                    Status(status), maybe_instant(since), Reason(reason), bool(confirmed), instant(judged_at)
                )
                for account_id, status, since, reason, confirmed, judged_at in rows
            }

    def record_verdicts(
        self, verdicts: Iterable[tuple[int, StoredVerdict, str | None]], changes: Sequence[tuple[int, Change]]
    ) -> None:
        """See `Store.record_verdicts`. A verdict judged before the recorded one does not replace it.

        A change to the status the account's newest change already led to is not written: two programs that judge at
        the same time tell it once.
        """
        rows = [_row(account_id, verdict, detail) for account_id, verdict, detail in verdicts]  # may read the store
        with self._db.write() as con:
            con.executemany(REMEMBER, rows)
            for account_id, change in changes:
                append_change(con, account_id, change)

    def changes(self, since: datetime, until: datetime) -> Sequence[Change]:
        """See `Store.changes`."""
        with self._db.read() as con:
            rows = con.execute(
                f"{CHANGES} WHERE c.judged_at > ? AND c.judged_at <= ? ORDER BY c.judged_at, c.id",
                (seconds(since), seconds(until)),
            )
            return tuple(_change(*row) for row in rows)

    def changes_of(self, account_id: int, until: datetime) -> Sequence[Change]:
        """See `Store.changes_of`."""
        with self._db.read() as con:
            rows = con.execute(
                f"{CHANGES} WHERE c.account_id = ? AND c.judged_at <= ? ORDER BY c.judged_at, c.id",
                (account_id, seconds(until)),
            )
            return tuple(_change(*row) for row in rows)


def append_change(con: sqlite3.Connection, account_id: int, change: Change) -> bool:
    """Write and chain a change, unless the account's newest one already led there; whether it was written."""
    newest = con.execute(
        "SELECT new FROM changes WHERE account_id = ? ORDER BY id DESC LIMIT 1", (account_id,)
    ).fetchone()
    if newest == (change.new,):
        return False
    at = seconds(change.judged_at)
    row = con.execute(
        "INSERT INTO changes (account_id, old, new, since, reason, judged_at) VALUES (?, ?, ?, ?, ?, ?)",
        (account_id, change.old, change.new, maybe_seconds(change.since), change.reason, at),
    )
    ledger.chain_row(con, "change", row.lastrowid, at)
    return True


def _row(account_id: int, verdict: StoredVerdict, detail: str | None) -> tuple[object, ...]:
    return (
        account_id,
        verdict.status,
        maybe_seconds(verdict.since),
        verdict.reason,
        int(verdict.confirmed),
        seconds(verdict.judged_at),
        None if detail is None else short(detail),
    )


def _change(key: str, old: str | None, new: str, since: int | None, reason: str, judged_at: int) -> Change:
    return Change(
        account=key,
        old=None if old is None else Status(old),
        new=Status(new),
        since=maybe_instant(since),
        reason=Reason(reason),
        judged_at=instant(judged_at),
    )
