"""How the schema came to be: an append-only list of steps, each recorded in the transaction that runs it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeAlias

from . import schema, schema_blindness, schema_brake, schema_doubts, schema_people, schema_standings

if TYPE_CHECKING:
    from sqlite_utils import Database

APPLICATION = 0x61756474  # "audt": PRAGMA application_id of our files
Step: TypeAlias = "Callable[[Database], None]"


def statements(script: str) -> Iterator[str]:
    """The complete statements of a script, without their semicolons; a trigger is one statement."""
    pending = ""
    for line in script.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            yield pending.strip().removesuffix(";")
            pending = ""


def run(db: Database, script: str) -> None:
    """Run a script inside the open transaction (`executescript` would commit it)."""
    for statement in statements(script):
        db.execute(statement)


def guard(db: Database, tables: Sequence[str]) -> None:
    """Let the database itself refuse to alter or delete rows."""
    for table in tables:
        for verb in ("UPDATE", "DELETE"):
            run(db, schema.GUARD.format(table=table, verb=verb, name=verb.lower()))


def listed(db: Database) -> None:
    """What is listed: registers, policies, accounts and their names."""
    run(db, schema.LISTED)


def looked(db: Database) -> None:
    """What was seen: runs, looks, posts, and what follows from them."""
    run(db, schema.LOOKED)


def judged(db: Database) -> None:
    """What was judged, what was spent, and the chain."""
    run(db, schema.JUDGED)


def guarded(db: Database) -> None:
    """Facts are append-only by the database itself."""
    guard(db, schema.APPEND_ONLY)


def viewed(db: Database) -> None:
    """What people open in Datasette."""
    run(db, schema.VIEWED)


def attested(db: Database) -> None:
    """What was said: people, and their looks by hand."""
    run(db, schema_people.SAID)
    guard(db, schema_people.APPEND_ONLY)
    run(db, schema_people.VIEWED)


def braked(db: Database) -> None:
    """What is held back when too many accounts would change at once."""
    run(db, schema_brake.HELD)
    guard(db, schema_brake.APPEND_ONLY)
    run(db, schema_brake.VIEWED)


def doubted(db: Database) -> None:
    """What is doubted: lanes that may have answered with old rows."""
    run(db, schema_doubts.DOUBTED)
    guard(db, schema_doubts.APPEND_ONLY)


def blinded(db: Database) -> None:
    """What could not be seen, and what was said of it."""
    run(db, schema_blindness.BLIND)
    guard(db, schema_blindness.APPEND_ONLY)


def standing(db: Database) -> None:
    """What is kept of judgements, so that no report reads a history twice."""
    run(db, schema_standings.STANDING)


STEPS: tuple[Step, ...] = (listed, looked, judged, guarded, viewed, attested, braked, doubted, blinded, standing)
VERSION = len(STEPS)


def version(con: sqlite3.Connection) -> int:
    """How many steps made this database."""
    (found,) = con.execute("PRAGMA user_version").fetchone()
    return int(found)


def migrate(con: sqlite3.Connection, now: int, upto: int = VERSION) -> None:
    """Run the steps that are missing, in one transaction. Somebody else may have run them while we waited."""
    if version(con) >= upto:
        return
    from sqlite_utils import Database  # 140 ms: only who migrates pays for it

    con.execute("BEGIN IMMEDIATE")
    try:
        db = Database(con, recursive_triggers=False, execute_plugins=False)
        for number, step in enumerate(STEPS[:upto], start=1):
            if number > version(con):
                step(db)
                db.table("migrations").insert({"version": number, "name": step.__name__, "applied_at": now})
                con.execute(f"PRAGMA user_version = {number}")
        con.execute(f"PRAGMA application_id = {APPLICATION}")
        con.execute("COMMIT")
    except BaseException:
        if con.in_transaction:
            con.execute("ROLLBACK")
        raise
