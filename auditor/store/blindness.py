"""Blind spots as they are kept, and what was said of them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from auditor.core.audit import BlindKind
from auditor.core.model import Status
from auditor.core.notices import Event, Extent, KeptSpot, Notice, Step

from .connection import Connection
from .rows import canonical, instant, maybe_instant, seconds

# Of the newest change up to an instant what it led to, or came from where that was `unknown`; before the first change
# what that one came from; without any what was recorded.
LAST_KNOWN = """
SELECT a.key, coalesce(
  (SELECT CASE WHEN c.new = 'unknown' THEN c.old ELSE c.new END FROM changes c
    WHERE c.account_id = a.id AND c.judged_at <= ?1 ORDER BY c.id DESC LIMIT 1),
  (SELECT c.old FROM changes c WHERE c.account_id = a.id AND c.judged_at > ?1 ORDER BY c.id LIMIT 1),
  (SELECT v.status FROM verdicts v WHERE v.account_id = a.id AND v.judged_at <= ?1))
FROM json_each(?2) j JOIN accounts a ON a.key = j.value
"""
KEPT = """
SELECT id, kind, subject, platform, reason, began_at, accounts, statuses, said, said_at, last_event, ended_at
FROM blind_spots WHERE ended_at IS NULL OR ended_at >= ? ORDER BY id
"""
NEW = """
INSERT INTO blind_spots (kind, subject, platform, reason, began_at, accounts, statuses, said, said_at, last_event)
VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?, ?) ON CONFLICT DO NOTHING RETURNING id
"""
GOES_ON = """
UPDATE OR IGNORE blind_spots SET platform = ?3, reason = ?4, began_at = min(began_at, ?5), accounts = ?6, statuses = ?7,
  said_at = min(said_at, coalesce(?8, said_at)), ended_at = NULL WHERE id = ?1 AND (ended_at IS NOT NULL) = ?2
"""
SAY = """
INSERT INTO notices (spot_id, number, event, at, reason, since, accounts, statuses) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT DO NOTHING
"""
SAID = """
UPDATE blind_spots SET said = ?2, said_at = ?4, last_event = ?3,
  told_at = CASE WHEN ?3 = 'began' THEN ?4 ELSE told_at END,
  reminded_at = CASE WHEN ?3 = 'lasts' THEN ?4 ELSE reminded_at END WHERE id = ?1
"""


class BlindnessRows:
    """Blind spots and notices."""

    _db: Connection

    def last_known(self, keys: Collection[str], until: datetime) -> Mapping[str, Status]:
        """See `Store.last_known`."""
        if not keys:
            return {}
        with self._db.read() as con:
            rows = con.execute(LAST_KNOWN, (seconds(until), json.dumps(sorted(keys)))).fetchall()
        return {key: Status(found) for key, found in rows if found not in (None, Status.UNKNOWN)}

    def kept_spots(self, since: datetime) -> Sequence[KeptSpot]:
        """See `Store.kept_spots`."""
        with self._db.read() as con:
            return tuple(_kept(*row) for row in con.execute(KEPT, (seconds(since),)))

    def settle_spots(self, steps: Sequence[Step], at: datetime) -> Sequence[Notice]:
        """See `Store.settle_spots`. One transaction; nothing is written where there is nothing to do."""
        if not steps:
            return ()
        with self._db.write() as con:
            return tuple(notice for step in steps if (notice := _settled(con, step, at)))

    def notices(self, since: datetime, until: datetime) -> Sequence[Notice]:
        """See `Store.notices`."""
        with self._db.read() as con:
            rows = con.execute(
                "SELECT n.at, n.event, s.kind, s.subject, s.platform, n.reason, n.since, n.accounts, n.statuses"
                " FROM notices n JOIN blind_spots s ON s.id = n.spot_id WHERE n.at > ? AND n.at <= ?"
                " ORDER BY n.at, n.id",
                (seconds(since), seconds(until)),
            )
            return tuple(Notice(instant(row[0]), Event(row[1]), _extent(*row[2:])) for row in rows)


def _settled(con: sqlite3.Connection, step: Step, at: datetime) -> Notice | None:
    extent, now = step.extent, seconds(at)
    facts = (extent.reason, seconds(extent.since), extent.accounts, canonical(dict(extent.statuses)))
    number = step.id
    if number is None:
        made = con.execute(NEW, (extent.kind, extent.subject, extent.platform, *facts, now, Event.BEGAN)).fetchone()
        if made is None:
            return None  # somebody else found it first
        number = int(made[0])
    elif step.ended:
        over = con.execute("UPDATE blind_spots SET ended_at = ? WHERE id = ? AND ended_at IS NULL", (now, number))
        if not over.rowcount:
            return None
    else:
        said_at = None if step.said_at is None else seconds(step.said_at)
        if not con.execute(GOES_ON, (number, int(step.back), extent.platform, *facts, said_at)).rowcount:
            return None  # somebody else has seen it end, or come back
    if step.event is None or not con.execute(SAY, (number, step.number, step.event, now, *facts)).rowcount:
        return None
    con.execute(SAID, (number, step.number, step.event, now))
    return Notice(instant(now), step.event, extent)


def _extent(kind: str, subject: str, platform: str, reason: str, since: int, accounts: int, statuses: str) -> Extent:
    known = {Status(name): n for name, n in json.loads(statuses).items()}
    return Extent(BlindKind(kind), subject, platform, reason, instant(since), accounts, known)


def _kept(
    number: int,
    kind: str,
    subject: str,
    platform: str,
    reason: str,
    began_at: int,
    accounts: int,
    statuses: str,
    said: int,
    said_at: int,
    last_event: str,
    ended_at: int | None,
) -> KeptSpot:
    extent = _extent(kind, subject, platform, reason, began_at, accounts, statuses)
    return KeptSpot(number, extent, said, instant(said_at), Event(last_event), maybe_instant(ended_at))
