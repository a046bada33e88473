"""Lists and policies that were in force, and the accounts they name."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Mapping, Sequence
from datetime import datetime

from auditor.core.register import Account, Register

from . import ledger
from .connection import Connection
from .identity import Called, Known, recognise
from .rows import seconds

NEWEST = "SELECT sha256 FROM registers ORDER BY id DESC LIMIT 1"


class RegisterVerbs:
    """What was in force."""

    _db: Connection

    def keep_register(self, register: Register, document: str, at: datetime) -> Mapping[str, int]:
        """See `Store.keep_register`; the rules of identity are those of `recognise`."""
        if (known := self.listed(register.sha256)) is not None:
            return known
        with self._db.write() as con:
            if con.execute(NEWEST).fetchone() != (register.sha256,):
                _keep(con, register, document, seconds(at))
            return _ids(con)

    def listed(self, sha256: str) -> Mapping[str, int] | None:
        """See `Store.listed`."""
        with self._db.read() as con:
            return _ids(con) if con.execute(NEWEST).fetchone() == (sha256,) else None

    def register_at(self, at: datetime) -> tuple[str, str] | None:
        """See `Store.register_at`."""
        with self._db.read() as con:
            row = con.execute(
                "SELECT sha256, document FROM registers WHERE at <= ? ORDER BY id DESC LIMIT 1", (seconds(at),)
            ).fetchone()
        return None if row is None else (row[0], zlib.decompress(row[1]).decode())

    def keep_policy(self, version: str, document: str, at: datetime) -> None:
        """See `Store.keep_policy`. The version of the newest policy writes nothing."""
        with self._db.write() as con:
            if con.execute("SELECT version FROM policies ORDER BY id DESC LIMIT 1").fetchone() == (version,):
                return
            row = con.execute(
                "INSERT INTO policies (version, at, document) VALUES (?, ?, ?)", (version, seconds(at), document)
            )
            ledger.chain_row(con, "policy", row.lastrowid, seconds(at))

    def policy_at(self, at: datetime) -> tuple[str, str] | None:
        """See `Store.policy_at`."""
        with self._db.read() as con:
            row = con.execute(
                "SELECT version, document FROM policies WHERE at <= ? ORDER BY id DESC LIMIT 1", (seconds(at),)
            ).fetchone()
        return None if row is None else (row[0], row[1])

    def removed_since(self, since: datetime, until: datetime) -> Sequence[str]:
        """See `Store.removed_since`; an account that was back by `until` is not named."""
        after, upto = seconds(since), seconds(until)
        with self._db.read() as con:
            rows = con.execute(
                "SELECT DISTINCT a.key FROM listings l JOIN accounts a ON a.id = l.account_id"
                " WHERE l.removed_at > ? AND l.removed_at <= ? AND NOT EXISTS (SELECT 1 FROM listings b"
                " WHERE b.account_id = l.account_id AND b.listed_at >= l.removed_at AND b.listed_at <= ?"
                " AND (b.removed_at IS NULL OR b.removed_at > ?))"
                " ORDER BY l.removed_at, a.id",
                (after, upto, upto, upto),
            )
            return tuple(key for (key,) in rows)


def _ids(con: sqlite3.Connection) -> dict[str, int]:
    return dict(con.execute("SELECT key, id FROM accounts WHERE removed_at IS NULL"))


def _keep(con: sqlite3.Connection, register: Register, document: str, at: int) -> None:
    row = con.execute(
        "INSERT INTO registers (sha256, at, document) VALUES (?, ?, ?)",
        (register.sha256, at, zlib.compress(document.encode())),
    )
    ledger.chain_row(con, "register", row.lastrowid, at)
    known = [
        Known(account_id, platform, handle, key, agency, native_id, removed_at is not None)
        for account_id, platform, handle, key, agency, native_id, removed_at in con.execute(
            "SELECT id, platform, handle, key, agency, native_id, removed_at FROM accounts"
        )
    ]
    called = [Called(*row) for row in con.execute("SELECT account_id, handle, min(first_at) FROM names GROUP BY 1, 2")]
    found = recognise(register.accounts, known, called)
    for entry in register.accounts:
        if entry.key in found:
            _relist(con, found[entry.key], entry, at)
        else:
            _list(con, entry, at)
    listed = {account.id for account in found.values()}
    gone = [(at, account.id) for account in known if not account.removed and account.id not in listed]
    con.executemany("UPDATE accounts SET removed_at = ? WHERE id = ?", gone)
    con.executemany("UPDATE listings SET removed_at = ? WHERE account_id = ? AND removed_at IS NULL", gone)


def _list(con: sqlite3.Connection, entry: Account, at: int) -> None:
    new = con.execute(
        "INSERT INTO accounts (key, platform, handle, native_id, agency, first_listed_at) VALUES (?, ?, ?, ?, ?, ?)",
        (entry.key, entry.ref.platform, entry.ref.handle, entry.ref.native_id, entry.agency, at),
    ).lastrowid
    con.execute("INSERT INTO listings (account_id, listed_at) VALUES (?, ?)", (new, at))
    con.execute("INSERT INTO states (account_id, handle) VALUES (?, ?)", (new, entry.ref.handle))
    con.execute("INSERT INTO plan (account_id) VALUES (?)", (new,))
    _call(con, new, entry, at)


def _relist(con: sqlite3.Connection, account: Known, entry: Account, at: int) -> None:
    """An account we know: correct what the list says of it, write nothing where it says the same.

    A corrected handle that this id never had is learnt anew: what the wrong handle taught convicts nobody.
    """
    corrected = entry.ref.handle != account.handle
    called = "SELECT 1 FROM names WHERE account_id = ? AND handle = ?"
    known = not corrected or con.execute(called, (account.id, entry.ref.handle)).fetchone()
    learnt = account.native_id if known else None
    native_id = entry.ref.native_id or learnt
    now = (entry.key, entry.ref.handle, native_id, entry.agency)
    if account.removed or now != (account.key, account.handle, account.native_id, account.agency):
        con.execute(
            "UPDATE accounts SET key = ?, handle = ?, native_id = ?, agency = ?, removed_at = NULL WHERE id = ?",
            (*now, account.id),
        )
    if account.removed:
        con.execute(
            "INSERT INTO listings (account_id, listed_at) VALUES (?, ?)"
            " ON CONFLICT DO UPDATE SET removed_at = NULL",  # taken off and put back within a second
            (account.id, at),
        )
    if corrected:  # newer than what the platform said before it
        con.execute("UPDATE states SET handle = ? WHERE account_id = ?", (entry.ref.handle, account.id))
    if corrected or account.removed or native_id != account.native_id:
        con.execute("UPDATE plan SET next_look_at = NULL WHERE account_id = ?", (account.id,))
    if (entry.ref.handle, entry.key) != (account.handle, account.key):
        _call(con, account.id, entry, at)


def _call(con: sqlite3.Connection, account_id: int | None, entry: Account, at: int) -> None:
    con.execute(
        "INSERT INTO names (account_id, named_by, key, handle, first_at) SELECT ?1, 'list', ?2, ?3, ?4 WHERE NOT EXISTS"
        " (SELECT 1 FROM names WHERE account_id = ?1 AND handle = ?3 AND named_by = 'list' AND key IS ?2)",
        (account_id, entry.key, entry.ref.handle, at),
    )
