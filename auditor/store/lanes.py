"""Why lanes wait, what they have spent, and what the controls answered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from auditor.core.audit import Control

from .connection import Connection
from .rows import DAY, instant, maybe_instant, maybe_seconds, seconds
from .verbs import Charge, LaneState

LANES = "SELECT name, blocked_until, reason, since, last_ok_at, failing_since FROM lanes"
TAKEN = "SELECT coalesce(sum(units), 0) FROM spending WHERE lane = ? AND window_start >= ?"
WINDOWS_KEPT = 62 * DAY  # two of the longest windows a platform counts in


class LaneVerbs:
    """Lanes, quotas, controls."""

    _db: Connection

    def lane(self, name: str) -> LaneState:
        """See `Store.lane`."""
        with self._db.read() as con:
            row = con.execute(f"{LANES} WHERE name = ?", (name,)).fetchone()
        return LaneState(name, None, None, None, None, None) if row is None else _lane(*row)

    def lanes(self) -> Sequence[LaneState]:
        """See `Store.lanes`."""
        with self._db.read() as con:
            return tuple(_lane(*row) for row in con.execute(f"{LANES} ORDER BY name"))

    def block_lane(self, name: str, until: datetime | None, reason: str, at: datetime) -> None:
        """See `Store.block_lane`. `since` stays while the reason stays the same and nothing has answered."""
        with self._db.write() as con:
            con.execute(
                "INSERT INTO lanes (name, blocked_until, reason, since) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
                " since = CASE WHEN reason = excluded.reason THEN since ELSE excluded.since END,"
                " blocked_until = excluded.blocked_until, reason = excluded.reason",
                (name, maybe_seconds(until), reason, seconds(at)),
            )

    def lane_answered(self, name: str, at: datetime) -> None:
        """See `Store.lane_answered`. An answer that is older than the block does not lift it.

        By a day or more it is not: then the block is of a clock that ran ahead.
        """
        with self._db.write() as con:
            con.execute(
                "INSERT INTO lanes (name, last_ok_at) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET"
                " last_ok_at = max(coalesce(last_ok_at, ?2), ?2),"
                " failing_since = CASE WHEN failing_since > ?2 AND failing_since <= ?3 THEN failing_since END,"
                " blocked_until = CASE WHEN since > ?2 AND since <= ?3 THEN blocked_until END,"
                " reason = CASE WHEN since > ?2 AND since <= ?3 THEN reason END,"
                " since = CASE WHEN since > ?2 AND since <= ?3 THEN since END",
                (name, seconds(at), seconds(at) + DAY),
            )

    def lane_failed(self, name: str, at: datetime) -> None:
        """See `Store.lane_failed`."""
        with self._db.write() as con:
            con.execute(
                "INSERT INTO lanes (name, failing_since) VALUES (?, ?)"
                " ON CONFLICT DO UPDATE SET failing_since = coalesce(failing_since, excluded.failing_since)",
                (name, seconds(at)),
            )

    def spend(self, charges: Sequence[Charge]) -> Charge | None:
        """See `Store.spend`."""
        with self._db.write() as con:
            for charge in charges:
                since = seconds(charge.since or charge.start)
                taken = con.execute(TAKEN, (charge.account, since)).fetchone()[0]
                if charge.limit is not None and charge.units > 0 and taken + charge.units > charge.limit:
                    return charge
            for charge in charges:
                start = seconds(charge.start)
                con.execute(
                    "INSERT INTO spending (lane, window_start, units) VALUES (?, ?, ?)"
                    " ON CONFLICT DO UPDATE SET units = units + excluded.units",
                    (charge.account, start, charge.units),
                )
                forgotten = (charge.account, start - WINDOWS_KEPT)
                con.execute("DELETE FROM spending WHERE lane = ? AND window_start < ?", forgotten)
        return None

    def oldest(self, account: str, since: datetime) -> datetime | None:
        """See `Store.oldest`."""
        query = "SELECT min(window_start) FROM spending WHERE lane = ? AND window_start >= ? AND units > 0"
        with self._db.read() as con:
            return maybe_instant(con.execute(query, (account, seconds(since))).fetchone()[0])

    def spent(self, account: str, since: datetime) -> int:
        """See `Store.spent`."""
        with self._db.read() as con:
            return int(con.execute(TAKEN, (account, seconds(since))).fetchone()[0])

    def inherit(self, lane: str, heir: str, account: str) -> None:
        """See `Store.inherit`."""
        with self._db.read() as con:
            if con.execute("SELECT 1 FROM spending WHERE lane = ? LIMIT 1", (lane,)).fetchone() is None:
                return
        with self._db.write() as con:
            con.execute(
                "INSERT INTO spending (lane, window_start, units) SELECT ?, window_start, units FROM spending"
                " WHERE lane = ? ON CONFLICT DO UPDATE SET units = units + excluded.units",
                (account, lane),
            )
            con.execute("DELETE FROM spending WHERE lane = ?", (lane,))
            con.execute("UPDATE OR IGNORE lanes SET name = ? WHERE name = ?", (heir, lane))

    def record_control(self, control: Control, lane: str) -> None:
        """See `Store.record_control`."""
        with self._db.write() as con:
            place = (control.platform, control.account)
            con.execute("INSERT INTO controls (platform, account) VALUES (?, ?) ON CONFLICT DO NOTHING", place)
            con.execute(
                "INSERT INTO control_answers (control_id, at, healthy, lane)"
                " SELECT id, ?, ?, ? FROM controls WHERE platform = ? AND account = ?",
                (seconds(control.at), int(control.healthy), lane, *place),
            )

    def controls(self, until: datetime) -> Sequence[Control]:
        """See `Store.controls`. Of two answers at one instant the one recorded later counts."""
        with self._db.read() as con:
            rows = con.execute(
                "SELECT c.platform, c.account, a.healthy, a.at FROM controls c JOIN control_answers a ON a.id ="
                " (SELECT id FROM control_answers WHERE control_id = c.id AND at <= ?"
                " ORDER BY at DESC, id DESC LIMIT 1)"
                " ORDER BY c.platform, c.account",
                (seconds(until),),
            )
            return tuple(
                Control(platform, account, bool(healthy), instant(at)) for platform, account, healthy, at in rows
            )


def _lane(
    name: str,
    blocked_until: int | None,
    reason: str | None,
    since: int | None,
    last_ok_at: int | None,
    failing_since: int | None,
) -> LaneState:
    return LaneState(
        name=name,
        blocked_until=maybe_instant(blocked_until),
        reason=reason,
        since=maybe_instant(since),
        last_ok_at=maybe_instant(last_ok_at),
        failing_since=maybe_instant(failing_since),
    )
