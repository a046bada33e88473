"""One open database file: how it is opened, its transactions, and its errors as sentences."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import RLock

from auditor.errors import RefusedError, UserError
from auditor.words import Words

from .migrations import APPLICATION, VERSION, migrate, version

MEMORY = ":memory:"
SCHEMA_CHANGES = frozenset(
    {
        sqlite3.SQLITE_ALTER_TABLE,
        sqlite3.SQLITE_ATTACH,
        sqlite3.SQLITE_CREATE_INDEX,
        sqlite3.SQLITE_CREATE_TABLE,
        sqlite3.SQLITE_CREATE_TEMP_INDEX,
        sqlite3.SQLITE_CREATE_TEMP_TABLE,
        sqlite3.SQLITE_CREATE_TEMP_TRIGGER,
        sqlite3.SQLITE_CREATE_TEMP_VIEW,
        sqlite3.SQLITE_CREATE_TRIGGER,
        sqlite3.SQLITE_CREATE_VIEW,
        sqlite3.SQLITE_CREATE_VTABLE,
        sqlite3.SQLITE_DROP_INDEX,
        sqlite3.SQLITE_DROP_TABLE,
        sqlite3.SQLITE_DROP_TEMP_INDEX,
        sqlite3.SQLITE_DROP_TEMP_TABLE,
        sqlite3.SQLITE_DROP_TEMP_TRIGGER,
        sqlite3.SQLITE_DROP_TEMP_VIEW,
        sqlite3.SQLITE_DROP_TRIGGER,
        sqlite3.SQLITE_DROP_VIEW,
        sqlite3.SQLITE_DROP_VTABLE,
    }
)


class Connection:
    """A database whose schema is settled. Threads of one process take turns; processes wait for each other."""

    def __init__(self, raw: sqlite3.Connection, file: str, say: Words, patience: float) -> None:
        self.say = say
        self._raw = raw
        self._file = file
        self._patience = patience
        self._turn = RLock()

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """One transaction that all processes wait for. Whatever is raised inside undoes it."""
        with self._transaction("BEGIN IMMEDIATE", "COMMIT") as con:
            yield con

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """One consistent sight of the facts; nobody waits for it and it waits for nobody."""
        with self._transaction("BEGIN", "ROLLBACK") as con:  # nothing to commit, and of a damaged file nothing can be
            yield con

    @contextmanager
    def scrub(self) -> Iterator[sqlite3.Connection]:
        """A `write` that leaves nothing of what it deletes in the file, nor in its log once nobody reads from that."""
        with self._turn:
            self._raw.execute("PRAGMA secure_delete = ON")
            with self.write() as con:
                yield con
            with spoken(self._file, self.say, self._patience):
                self._raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()

    @contextmanager
    def _transaction(self, begin: str, end: str) -> Iterator[sqlite3.Connection]:
        with self._turn, spoken(self._file, self.say, self._patience):
            self._raw.execute(begin)
            try:
                yield self._raw
                self._raw.execute(end)
            except BaseException:
                if self._raw.in_transaction:
                    self._raw.execute("ROLLBACK")
                raise

    def close(self) -> None:
        """Release the file. Closing twice is no error."""
        with self._turn:
            self._raw.close()


@contextmanager
def spoken(file: str, say: Words, patience: float = 0) -> Iterator[None]:
    """What a person can mend is raised as a UserError that names the file; defects stay as they are."""
    try:
        yield
    except sqlite3.Error as error:
        primary = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if primary in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise UserError(say("store.locked", file=file, seconds=f"{patience:g}")) from error
        if primary == sqlite3.SQLITE_READONLY:
            raise UserError(say("store.read_only", file=file)) from error
        if primary == sqlite3.SQLITE_FULL:
            raise UserError(say("store.full", file=file)) from error
        if primary == sqlite3.SQLITE_IOERR:
            raise UserError(say("store.unreadable", file=file, detail=error)) from error
        if primary == sqlite3.SQLITE_CORRUPT:
            raise UserError(say("store.damaged", file=file, detail=error)) from error
        if primary == sqlite3.SQLITE_NOTADB:
            raise UserError(say("store.not_a_database", file=file)) from error
        if primary in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
            raise UserError(say("store.cannot_open", file=file)) from error
        raise


def open_connection(
    path: Path | str, now: int, say: Words, *, create: bool, read_only: bool, patience: float
) -> Connection:
    """Open a file, bring its schema up to date, and lock the schema. See `open_store` for the errors."""
    file = str(path)
    with spoken(file, say, patience):
        raw = _connect(file, say, create=create, read_only=read_only, patience=patience)
        try:
            _settle(raw, file, now, say, read_only=read_only and file != MEMORY)
            if read_only:
                raw.execute("PRAGMA query_only = ON")
        except BaseException:
            raw.close()
            raise
    raw.set_authorizer(_settled)
    return Connection(raw, file, say, patience)


def _connect(file: str, say: Words, *, create: bool, read_only: bool, patience: float) -> sqlite3.Connection:
    if file == MEMORY:
        return _raw("file::memory:", patience)
    path = Path(file).absolute()
    if not path.parent.is_dir():
        raise UserError(say("store.no_directory", file=file, directory=path.parent))
    if path.is_dir():
        raise UserError(say("store.is_directory", file=file))
    if (read_only or not create) and not path.exists():
        raise UserError(say("store.missing", file=file))
    if read_only:
        return _reader(path, patience)
    return _raw(f"{path.as_uri()}?mode={'rwc' if create else 'rw'}", patience)


def _reader(path: Path, patience: float) -> sqlite3.Connection:
    """A reader. Where nobody may write beside the file, as on a mounted backup, one with no open log is read alone."""
    raw = _raw(f"{path.as_uri()}?mode=ro", patience)
    try:
        raw.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    except sqlite3.OperationalError:
        raw.close()
        log = path.with_name(path.name + "-wal")
        if log.exists() and log.stat().st_size:
            raise
        return _raw(f"{path.as_uri()}?mode=ro&immutable=1", patience)
    except BaseException:
        raw.close()
        raise
    return raw


def _raw(uri: str, patience: float) -> sqlite3.Connection:
    # Threads take turns (`Connection._turn`), so SQLite's own check of the thread would only be in the way.
    return sqlite3.connect(uri, uri=True, timeout=patience, isolation_level=None, check_same_thread=False)


def _settle(raw: sqlite3.Connection, file: str, now: int, say: Words, *, read_only: bool) -> None:
    """Refuse what is not ours or newer than we are; otherwise bring it up to date."""
    raw.execute("BEGIN")  # one sight of all three: somebody else may be making the schema just now
    (ours,) = raw.execute("PRAGMA application_id").fetchone()
    (tables,) = raw.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    found = version(raw)
    raw.execute("ROLLBACK")
    if ours != APPLICATION and (tables or found or ours):
        raise UserError(say("store.foreign", file=file))
    if found > VERSION:
        raise RefusedError(say("store.newer", file=file, found=found, known=VERSION))
    if not found and read_only:
        raise UserError(say("store.missing", file=file))
    if found < VERSION and read_only:
        raise UserError(say("store.older", file=file, found=found, known=VERSION))
    raw.execute("PRAGMA foreign_keys = ON")
    raw.execute("PRAGMA trusted_schema = OFF")
    raw.execute("PRAGMA cache_size = -32768")  # KiB, used only as far as pages are read
    if not read_only:
        migrate(raw, now)
        raw.execute("PRAGMA synchronous = NORMAL")
        if raw.execute("PRAGMA journal_mode").fetchone() != ("wal",):
            _write_ahead(raw)


def _write_ahead(raw: sqlite3.Connection) -> None:
    """Keep a log, for good. Who opens the same new file in the same instant may be at it, and SQLite does not wait."""
    try:
        raw.execute("PRAGMA journal_mode = WAL")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
            raise


def _settled(action: int, _a: str | None, _b: str | None, _database: str | None, _trigger: str | None) -> int:
    """A mistyped table must be an error, never a new table."""
    return sqlite3.SQLITE_DENY if action in SCHEMA_CHANGES else sqlite3.SQLITE_OK
