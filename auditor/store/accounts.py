"""What is known of accounts without reading their history."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from auditor.core.polling import Why

from .connection import Connection
from .rows import canonical, instant, maybe_instant, seconds
from .verbs import AccountState

STATE = """
SELECT a.id, a.key, a.native_id, s.handle, a.first_listed_at, s.first_look_at, s.last_look_at, s.looks, s.failures,
  s.failing_since, s.last_outcome, p.next_look_at, p.why, s.last_horizon, s.covered_until, a.removed_at
FROM accounts a JOIN states s ON s.account_id = a.id JOIN plan p ON p.account_id = a.id
"""
LISTED = "a.removed_at IS NULL"
DUE = (  # each part by the index
    "SELECT account_id FROM plan WHERE next_look_at IS NULL UNION ALL"
    " SELECT account_id FROM plan WHERE next_look_at <= ? UNION ALL"
    " SELECT account_id FROM plan WHERE next_look_at > ?"
)
UNJUDGED = f"""
SELECT a.key FROM standings t JOIN states s ON s.account_id = t.account_id JOIN accounts a ON a.id = t.account_id
LEFT JOIN verdicts v ON v.account_id = t.account_id
WHERE t.until = 0 AND s.last_look_at IS NOT NULL AND coalesce(v.judged_at < s.last_look_at, 1) AND {LISTED}
"""  # noqa: S608 — a condition of our own
FIND = (  # the first that finds anything
    "SELECT id FROM accounts WHERE key = ? ORDER BY removed_at IS NOT NULL, removed_at DESC, id LIMIT 1",
    """SELECT n.account_id FROM names n JOIN accounts a ON a.id = n.account_id WHERE n.key = ?
    ORDER BY n.named_by = 'platform', a.removed_at IS NOT NULL, n.first_at DESC, a.id LIMIT 1""",
)


class AccountVerbs:
    """States of accounts."""

    _db: Connection

    def state(self, account_id: int) -> AccountState:
        """See `Store.state`."""
        with self._db.read() as con:
            row = con.execute(f"{STATE} WHERE a.id = ?", (account_id,)).fetchone()
        if row is None:
            raise KeyError(account_id)
        return _state(*row)

    def states(self, keys: Collection[str] | None = None) -> Mapping[str, AccountState]:
        """See `Store.states`: one query, whatever the number of accounts."""
        values = () if keys is None else (canonical(sorted(keys)),)
        named = "" if keys is None else " AND a.key IN (SELECT value FROM json_each(?))"
        with self._db.read() as con:
            rows = con.execute(f"{STATE} WHERE a.removed_at IS NULL{named} ORDER BY a.id", values)
            return {row[1]: _state(*row) for row in rows}

    def due(self, now: datetime, beyond: datetime) -> Mapping[str, AccountState]:
        """See `Store.due`: by the index of the plan."""
        with self._db.read() as con:
            rows = con.execute(f"{STATE} WHERE p.account_id IN ({DUE}) AND {LISTED}", (seconds(now), seconds(beyond)))
            return {row[1]: _state(*row) for row in rows}

    def soon(self, platform: str, now: datetime, until: datetime, limit: int) -> Mapping[str, AccountState]:
        """See `Store.soon`."""
        with self._db.read() as con:
            rows = con.execute(
                f"{STATE} WHERE p.next_look_at > ? AND p.next_look_at <= ? AND p.why = ? AND a.platform = ?"
                f" AND s.failures = 0 AND {LISTED} ORDER BY p.next_look_at, a.id LIMIT ?",
                (seconds(now), seconds(until), Why.MAX_AGE, platform, limit),
            )
            return {row[1]: _state(*row) for row in rows}

    def unjudged(self) -> Sequence[str]:
        """See `Store.unjudged`: among those whose standing fell, which are few."""
        with self._db.read() as con:
            return tuple(key for (key,) in con.execute(UNJUDGED))

    def find(self, key: str) -> AccountState | None:
        """See `Store.find`: today's keys first, then those a list ever gave, then those the platform answered."""
        with self._db.read() as con:
            for query in FIND:
                row = con.execute(query, (key,)).fetchone()
                if row is not None:
                    return _state(*con.execute(f"{STATE} WHERE a.id = ?", row).fetchone())
        return None


def _state(
    account_id: int,
    key: str,
    native_id: str | None,
    handle: str,
    first_listed_at: int,
    first_look_at: int | None,
    last_look_at: int | None,
    looks: int,
    failures: int,
    failing_since: int | None,
    last_outcome: str | None,
    next_look_at: int | None,
    why: str,
    last_horizon: int | None,
    covered_until: int | None,
    removed_at: int | None,
) -> AccountState:
    """The columns of STATE, in its order."""
    return AccountState(
        id=account_id,
        key=key,
        native_id=native_id,
        handle=handle,
        first_listed_at=instant(first_listed_at),
        first_look_at=maybe_instant(first_look_at),
        last_look_at=maybe_instant(last_look_at),
        looks=looks,
        failures=failures,
        failing_since=maybe_instant(failing_since),
        last_outcome=last_outcome,
        next_look_at=maybe_instant(next_look_at),
        why=why,
        last_horizon=maybe_instant(last_horizon),
        covered_until=maybe_instant(covered_until),
        removed_at=maybe_instant(removed_at),
    )
