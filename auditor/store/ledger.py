"""The hash chain: what is in it, how it grows, and what walking it finds.

An entry seals rows by their SHA-256 and carries the hash of the entry before it. Changes, registers, policies, holds of
the brake and releases are sealed one by one as they are written; looks by the UTC day, when the first look of a later
day is recorded. A look that is recorded late (made by hand, days ago) seals its day again: of several entries for a day
the newest counts.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Collection, Iterator, Sequence
from hashlib import sha256

from auditor.words import Words

from .connection import Connection
from .rows import DAY, canonical, day_of

CHAINED = {
    "change": "changes",
    "register": "registers",
    "policy": "policies",
    "hold": "holds",
    "brake_release": "brake_releases",
    "doubt": "doubts",
    "doubt_end": "doubt_ends",
}
KEY = {"doubt_ends": "doubt_id"}  # of a chained table, where it is not `id`
ROW = {
    "change": "SELECT id, account_id, old, new, since, reason, judged_at FROM changes WHERE id = ?",
    "register": "SELECT id, sha256, at, document FROM registers WHERE id = ?",
    "policy": "SELECT id, version, at, document FROM policies WHERE id = ?",
    "hold": "SELECT id, kind, name, began_at, changed, judged, (SELECT json_group_array(json_array(account_id, old,"
    " old_since, old_reason, old_detail, old_confirmed, new, new_since, new_reason, new_detail, new_confirmed)) FROM"
    " (SELECT * FROM held WHERE hold_id = h.id ORDER BY account_id)) FROM holds h WHERE id = ?",
    "brake_release": "SELECT id, at, by_key, office, reason, holds FROM brake_releases WHERE id = ?",
    "doubt": """SELECT id, lane, start, found_at, (SELECT json_group_array(json_array(account_id, expected))
      FROM (SELECT account_id, expected FROM doubted WHERE doubt_id = doubts.id ORDER BY account_id))
      FROM doubts WHERE id = ?""",
    "doubt_end": """SELECT doubt_id, ended_at, how, counts_from, by_key, office, reason FROM doubt_ends
      WHERE doubt_id = ?""",
}
LOOKS = """
SELECT l.observed_at, l.account_id, l.run, l.outcome, l.detail, l.horizon, l.control_ok, l.route, n.handle, n.native_id,
  l.created_at, l.reset_at, l.counters, l.flags
FROM looks l LEFT JOIN names n ON n.id = l.name_id
WHERE l.observed_at >= ? AND l.observed_at < ? ORDER BY l.observed_at, l.account_id, l.run
"""
EXCHANGES = """
SELECT l.observed_at, l.account_id, l.run, e.n, e.method, e.url, e.status, hex(e.sha256), e.length, e.at, e.headers
FROM looks l JOIN exchanges e ON e.account_id = l.account_id AND e.observed_at = l.observed_at AND e.run = l.run
WHERE l.observed_at >= ? AND l.observed_at < ? ORDER BY l.observed_at, l.account_id, l.run, e.n
"""
ATTESTATIONS = """
SELECT 'attestation', observed_at, account_id, run, said, by_key, office, second_key, link, minted_at, typed_on,
  posts_30d, screenshot, screenshot_name, manager, drawn, complaints, answered, source
FROM attestations WHERE observed_at >= ? AND observed_at < ? ORDER BY observed_at, account_id, run
"""
TOLD = """
SELECT 'told', observed_at, account_id, run, posted_at, post_id, kind, url
FROM told WHERE observed_at >= ? AND observed_at < ? ORDER BY observed_at, account_id, run, posted_at, post_id
"""


class LedgerVerbs:
    """Proof that nothing was altered."""

    _db: Connection

    def verify(self) -> Sequence[str]:
        """See `Store.verify`. An empty answer means that nothing was found; looks of the newest day are not sealed yet.

        What a chain cannot show: a copy of the database whose newest entries were cut off together with their rows.
        """
        with self._db.read() as con:
            return tuple(_damage(con, self._db.say))


def chain_row(con: sqlite3.Connection, kind: str, row_id: int | None, at: int) -> None:
    """Seal one row that has just been written."""
    row = con.execute(ROW[kind], (row_id,)).fetchone()
    _append(con, at, kind, str(row_id), 1, _row_digest(row))


def chain_act(con: sqlite3.Connection, kind: str, subject: str, rows: int, digest: str, at: int) -> None:
    """Chain what was done to rows that are sealed nowhere; `digest` is of what they were."""
    _append(con, at, kind, subject, rows, digest)


def seal_days(con: sqlite3.Connection, touched: Collection[int], newest_before: int | None, at: int) -> None:
    """Seal every past day that has looks nobody sealed yet. Days are counted from 1970; `touched` got new looks."""
    open_day = max(touched) if newest_before is None else max(*touched, newest_before)
    before = () if newest_before is None else (newest_before,)
    for day in sorted({*touched, *before} - {open_day}):
        rows, digest = _day_digest(con, day)
        _append(con, at, "day", day_of(day * DAY), rows, digest)


def _append(con: sqlite3.Connection, at: int, kind: str, subject: str, rows: int, digest: str) -> None:
    seq, previous = con.execute("SELECT seq, hash FROM ledger ORDER BY seq DESC LIMIT 1").fetchone() or (0, "")
    entry = (seq + 1, at, kind, subject, rows, digest, previous)
    con.execute(
        'INSERT INTO ledger (seq, at, kind, subject, "rows", digest, previous, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
        (*entry, _hash(entry)),
    )


def _hash(entry: Sequence[object]) -> str:
    return sha256(canonical(list(entry)).encode()).hexdigest()


def _row_digest(row: Sequence[object]) -> str:
    # A compressed document is sealed by its text, so that another zlib could write it.
    return _hash([_text(value) if isinstance(value, bytes) else value for value in row])


def _text(document: bytes) -> str:
    try:
        return sha256(zlib.decompress(document)).hexdigest()
    except zlib.error:
        return "damaged"


def _day_digest(con: sqlite3.Connection, day: int) -> tuple[int, str]:
    """(number of looks, SHA-256 over the looks of a day and all that belongs to them, by instant and account).

    Of people the keys and offices count, never the names: erasing one leaves the chain whole.
    """
    total, rows = sha256(), 0
    span = (day * DAY, (day + 1) * DAY)
    for row in con.execute(LOOKS, span):
        rows += 1
        total.update(canonical(row).encode() + b"\n")
    for belonging in (EXCHANGES, ATTESTATIONS, TOLD):  # a day without any of one kind is sealed as if there were none
        for row in con.execute(belonging, span):
            total.update(canonical(row).encode() + b"\n")
    return rows, total.hexdigest()


def _damage(con: sqlite3.Connection, say: Words) -> Iterator[str]:
    try:
        for (line,) in con.execute("PRAGMA integrity_check(20)"):
            if line != "ok":
                yield say("store.integrity", detail=line)
        for table, row, parent, _ in con.execute("PRAGMA foreign_key_check"):
            yield say("store.foreign_key", table=table, row=row, parent=parent)
        sealed: dict[str, tuple[int, str]] = {}
        yield from _chain(con, say, sealed)
        for kind, table in CHAINED.items():
            yield from _unchained(con, say, kind, table)
        yield from _days(con, say, sealed)
    except sqlite3.DatabaseError as error:  # pages that cannot be read end the walk, and are its finding
        yield say("store.integrity", detail=error)


def _chain(con: sqlite3.Connection, say: Words, sealed: dict[str, tuple[int, str]]) -> Iterator[str]:
    """Every entry follows the one before it, and each sealed row is as it was. Collects the newest seal of each day."""
    last, before = 0, ""
    for *entry, found in con.execute(
        'SELECT seq, at, kind, subject, "rows", digest, previous, hash FROM ledger ORDER BY seq'
    ):
        seq, _, kind, subject, rows, digest, previous = entry
        if seq != last + 1:
            yield say("store.chain_gap", expected=last + 1, found=seq)
        elif previous != before:
            yield say("store.chain_link", seq=seq)
        if _hash(entry) != found:
            yield say("store.chain_hash", seq=seq)
        last, before = seq, found
        if kind == "day":
            sealed[subject] = (rows, digest)
        elif kind in ROW:
            row = con.execute(ROW[kind], (subject,)).fetchone()
            if row is None:
                yield say("store.row_missing", table=CHAINED[kind], id=subject)
            elif _row_digest(row) != digest:
                yield say("store.row_altered", table=CHAINED[kind], id=subject)


def _unchained(con: sqlite3.Connection, say: Words, kind: str, table: str) -> Iterator[str]:
    key = KEY.get(table, "id")
    for (row_id,) in con.execute(
        f"SELECT {key} FROM {table} t WHERE NOT EXISTS"  # noqa: S608 — names of CHAINED and KEY
        f" (SELECT 1 FROM ledger WHERE kind = ? AND subject = CAST(t.{key} AS TEXT)) ORDER BY {key}",
        (kind,),
    ):
        yield say("store.row_unchained", table=table, id=row_id)


def _days(con: sqlite3.Connection, say: Words, sealed: dict[str, tuple[int, str]]) -> Iterator[str]:
    """Each past day's looks are those that were sealed; the newest day is still open."""
    with_looks = [
        day
        for (day,) in con.execute(
            "WITH RECURSIVE d (at) AS (SELECT min(observed_at) FROM looks UNION ALL SELECT (SELECT min(observed_at)"
            " FROM looks WHERE observed_at >= (d.at - d.at % 86400) + 86400) FROM d WHERE d.at IS NOT NULL)"
            " SELECT at / 86400 FROM d WHERE at IS NOT NULL"
        )
    ]
    names = {day_of(day * DAY): day for day in with_looks}
    for name in sorted({*names, *sealed}):
        if name not in sealed:
            if names[name] != with_looks[-1]:
                yield say("store.day_unsealed", day=name)
            continue
        found, digest = _day_digest(con, names[name]) if name in names else (0, "")
        if (found, digest) != sealed[name]:
            yield say("store.day_altered", day=name, found=found, sealed=sealed[name][0])
