"""Lanes under suspicion: what their accounts were seen to do, whose sights are doubted, and until when."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from auditor.core.frozen import Doubt, Freeze, Listed, Pulse

from . import ledger
from .attestations import person_key
from .connection import Connection
from .looks import recount
from .rows import LAST, canonical, instant, maybe_instant, seconds, short
from .verbs_doubts import DoubtEnd, PastDoubts, Stand

KEPT = 120  # newest posts of an account that its rhythm is taken from
STANDS = """
SELECT s.account_id, (SELECT l.observed_at FROM looks l WHERE l.account_id = s.account_id AND l.outcome = 'seen'
    AND l.route <> 'hand' ORDER BY l.observed_at LIMIT 1), s.seen_at,
  (SELECT min(p.posted_at, p.first_seen) FROM posts p WHERE p.account_id = s.account_id
    ORDER BY p.posted_at DESC, p.post_id DESC LIMIT 1)
FROM states s WHERE s.seen_at IS NOT NULL AND s.account_id IN (SELECT value FROM json_each(?))
"""
POSTS = """
SELECT posted_at, first_seen FROM posts WHERE account_id = ? ORDER BY posted_at DESC, post_id DESC LIMIT ?
"""
SIGHTS = """
SELECT observed_at, counters FROM looks WHERE account_id = ?1 AND outcome = 'seen' AND route <> 'hand'
  AND observed_at >= coalesce((SELECT observed_at FROM looks WHERE account_id = ?1 AND outcome = 'seen'
    AND route <> 'hand' AND observed_at < ?2 ORDER BY observed_at DESC LIMIT 1), ?2) ORDER BY observed_at, run
"""
OPEN = """
SELECT o.id, o.lane, o.start, o.found_at FROM doubts o LEFT JOIN doubt_ends e ON e.doubt_id = o.id
WHERE o.found_at <= ?1 AND (e.ended_at IS NULL OR e.ended_at > ?1)
"""
SOON = """
UPDATE plan SET next_look_at = ?1, why = 'retry' WHERE (next_look_at IS NULL OR next_look_at > ?1)
  AND account_id IN (SELECT value FROM json_each(?2))
"""
NOTHING_SAID = """
SELECT count(DISTINCT account_id) FROM looks WHERE account_id IN (SELECT value FROM json_each(:accounts))
  AND route = 'hand' AND outcome = 'seen' AND observed_at >= :since
  AND (horizon IS NULL OR (horizon < observed_at AND horizon <= :start + 86400))
"""
NEWER_SAID = """
SELECT count(DISTINCT account_id) FROM told WHERE account_id IN (SELECT value FROM json_each(:accounts))
  AND observed_at > :start AND posted_at > :start
"""


class DoubtVerbs:
    """Doubts in and out."""

    _db: Connection

    def stands(self, accounts: Collection[int]) -> Mapping[int, Stand]:
        """See `Store.stands`: one query. A date ahead of the look that listed it counts at that look."""
        with self._db.read() as con:
            rows = con.execute(STANDS, (canonical(sorted(accounts)),))
            return {
                number: Stand(instant(first), instant(last), maybe_instant(post)) for number, first, last, post in rows
            }

    def pulses(self, accounts: Collection[int], since: datetime) -> Sequence[Pulse]:
        """See `Store.pulses`. Two short queries each; accounts never seen are left out."""
        stands = self.stands(accounts)
        with self._db.read() as con:
            return tuple(_pulse(con, number, seconds(since), stand) for number, stand in stands.items())

    def doubt(self, lane: str, freeze: Freeze, found_at: datetime) -> Sequence[int]:
        """See `Store.doubt`."""
        at = seconds(found_at)
        with self._db.write() as con:
            known = con.execute(f"{OPEN} AND o.lane = ? ORDER BY o.id", (LAST, lane)).fetchall()
            held = {number for row in known for number, _ in _accounts(con, row[0])}
            new = sorted(freeze.still - held)
            if not new:
                return ()
            row = con.execute(
                "INSERT INTO doubts (lane, start, found_at) VALUES (?, ?, ?)", (lane, seconds(freeze.start), at)
            )
            con.executemany(
                "INSERT INTO doubted (account_id, doubt_id, expected) VALUES (?, ?, ?)",
                [(number, row.lastrowid, int(number in freeze.expected)) for number in new],
            )
            ledger.chain_row(con, "doubt", row.lastrowid, at)
            for number in new:
                recount(con, number)
            return tuple(new)

    def doubts(self, until: datetime) -> Sequence[Doubt]:
        """See `Store.doubts`."""
        with self._db.read() as con:
            lanes: dict[str, list[tuple[int, int, int]]] = {}
            for number, lane, start, found_at in con.execute(f"{OPEN} ORDER BY o.lane, o.id", (seconds(until),)):
                lanes.setdefault(lane, []).append((number, start, found_at))
            return tuple(_doubt(con, lane, rows) for lane, rows in lanes.items())

    def doubted_accounts(self, lane: str) -> tuple[datetime, Freeze] | None:
        """See `Store.doubted_accounts`."""
        with self._db.read() as con:
            rows = con.execute(f"{OPEN} AND o.lane = ? ORDER BY o.id", (LAST, lane)).fetchall()
            if not rows:
                return None
            held = dict(pair for row in rows for pair in _accounts(con, row[0]))
        expected = frozenset(number for number, due in held.items() if due)
        return instant(rows[0][3]), Freeze(instant(max(start for _, _, start, _ in rows)), frozenset(held), expected)

    def past_doubts(self, lane: str) -> PastDoubts:
        """See `Store.past_doubts`."""
        with self._db.read() as con:
            row = con.execute(
                "SELECT max(iif(e.how = ?1, NULL, e.ended_at)), max(iif(e.how = ?1, e.counts_from, NULL))"
                " FROM doubt_ends e JOIN doubts o ON o.id = e.doubt_id WHERE o.lane = ?2",
                (DoubtEnd.MOVED, lane),
            ).fetchone()
        return PastDoubts(*map(maybe_instant, row))

    def look_soon(self, accounts: Collection[int], at: datetime) -> None:
        """See `Store.look_soon`."""
        with self._db.write() as con:
            con.execute(SOON, (seconds(at), canonical(sorted(accounts))))

    def looked_by_hand(self, accounts: Collection[int], start: datetime, since: datetime) -> tuple[int, int]:
        """See `Store.looked_by_hand`. A day's slack where people know the day of the last post only."""
        asked = {"accounts": canonical(sorted(accounts)), "start": seconds(start), "since": seconds(since)}
        with self._db.read() as con:
            (nothing,), (newer,) = (con.execute(query, asked).fetchone() for query in (NOTHING_SAID, NEWER_SAID))
        return int(nothing), int(newer)

    def end_doubt(self, lane: str, how: DoubtEnd, at: datetime, counts_from: datetime | None = None) -> Sequence[int]:
        """See `Store.end_doubt`."""
        with self._db.write() as con:
            return _end(con, lane, how, at, counts_from, (None, None, None))

    def release_doubt(self, lane: str, by: str, office: str, reason: str, at: datetime) -> Sequence[int]:
        """See `Store.release_doubt`."""
        said = short(reason).strip()
        if not said:
            raise ValueError("a release without a reason")
        with self._db.write() as con:
            who = (person_key(con, by, short(office)), short(office), said)
            return _end(con, lane, DoubtEnd.RELEASED, at, None, who)


def _pulse(con: sqlite3.Connection, number: int, since: int, stand: Stand) -> Pulse:
    posts = sorted((min(posted, first), first) for posted, first in con.execute(POSTS, (number, KEPT)))
    sights = con.execute(SIGHTS, (number, since))
    return Pulse(
        account=number,
        first_sight=stand.first_sight,
        posts=tuple(Listed(instant(at), instant(first)) for at, first in posts),
        sights=tuple((instant(at), json.loads(counters) if counters else {}) for at, counters in sights),
    )


def _accounts(con: sqlite3.Connection, doubt: int) -> list[tuple[int, int]]:
    rows = con.execute("SELECT account_id, expected FROM doubted WHERE doubt_id = ? ORDER BY account_id", (doubt,))
    return rows.fetchall()


def _doubt(con: sqlite3.Connection, lane: str, rows: Sequence[tuple[int, int, int]]) -> Doubt:
    """All rows of one lane are one doubt."""
    keys = con.execute(
        "SELECT a.key, max(d.expected) FROM doubted d JOIN accounts a ON a.id = d.account_id"
        " WHERE d.doubt_id IN (SELECT value FROM json_each(?)) GROUP BY a.id ORDER BY max(d.expected) DESC, a.key",
        (canonical([number for number, _, _ in rows]),),
    ).fetchall()
    expected = tuple(key for key, due in keys if due)
    start = min(start for _, start, _ in rows)
    return Doubt(lane, instant(start), instant(rows[0][2]), tuple(key for key, _ in keys), expected)


def _end(
    con: sqlite3.Connection,
    lane: str,
    how: DoubtEnd,
    at: datetime,
    counts_from: datetime | None,
    who: tuple[str | None, str | None, str | None],
) -> Sequence[int]:
    """Ended and chained row by row; then the summaries are counted again and the looks that are owed planned."""
    now, ended = seconds(at), set()
    for doubt, _, start, _ in con.execute(f"{OPEN} AND o.lane = ? ORDER BY o.id", (LAST, lane)).fetchall():
        thaw = start if counts_from is None else max(start, seconds(counts_from))
        con.execute(
            "INSERT INTO doubt_ends (doubt_id, ended_at, how, counts_from, by_key, office, reason)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (doubt, now, how, thaw, *who),
        )
        ledger.chain_row(con, "doubt_end", doubt, now)
        accounts = [number for number, _ in _accounts(con, doubt)]
        ended |= set(accounts)
        for number in accounts:
            recount(con, number)
        con.execute(
            "UPDATE plan SET next_look_at = ?1, why = 'retry' WHERE (next_look_at IS NULL OR next_look_at > ?1)"
            " AND account_id IN (SELECT d.account_id FROM doubted d JOIN states s ON s.account_id = d.account_id"
            " WHERE d.doubt_id = ?2 AND coalesce(s.covered_until, 0) < ?3)",
            (now, doubt, thaw),
        )
    return tuple(sorted(ended))
