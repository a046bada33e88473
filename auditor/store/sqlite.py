"""The store in one SQLite file. Each group of verbs stands in the module of its name."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from auditor.words import words

from .accounts import AccountVerbs
from .attestations import AttestationVerbs
from .blindness import BlindnessRows
from .brakes import BrakeVerbs
from .connection import Connection, open_connection
from .doubts import DoubtVerbs
from .history import HistoryVerbs
from .lanes import LaneVerbs
from .ledger import LedgerVerbs
from .looks import LookVerbs
from .network import OnlineVerbs
from .registers import RegisterVerbs
from .retention import RetentionVerbs
from .rows import seconds
from .runs import RunVerbs
from .standings import StandingVerbs
from .verbs import Store
from .verdicts import VerdictVerbs

PATIENCE = 30.0  # seconds a locked database is waited for


class SqliteStore(
    RegisterVerbs,
    RunVerbs,
    LookVerbs,
    HistoryVerbs,
    AttestationVerbs,
    AccountVerbs,
    LaneVerbs,
    VerdictVerbs,
    BrakeVerbs,
    LedgerVerbs,
    RetentionVerbs,
    DoubtVerbs,
    OnlineVerbs,
    BlindnessRows,
    StandingVerbs,
):
    """Every verb of `Store`. Threads of one process may share it; each process opens its own."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def close(self) -> None:
        """See `Store.close`."""
        self._db.close()


def open_store(
    path: Path | str,
    now: datetime,
    *,
    create: bool = True,
    read_only: bool = False,
    language: str = "id",
    patience: float = PATIENCE,
) -> SqliteStore:
    """Open a database, make it where `create` allows, and bring its schema up to date at `now`. ":memory:" works.

    `read_only` writes nothing, not even an upgrade. `patience` is the number of seconds a locked database is waited
    for. UserError, in `language`, for what a person can mend: no such directory or file, no right to write, not a
    database, not ours, older than a reader can read. RefusedError for a database newer than the program.
    """
    connection = open_connection(
        path, seconds(now), words(language), create=create, read_only=read_only, patience=patience
    )
    return SqliteStore(connection)


if TYPE_CHECKING:

    def _keeps_the_contract(store: SqliteStore) -> Store:
        return store
