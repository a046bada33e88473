"""The schema: one way to it from every version, guarded by the database itself, documented."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from auditor.core.audit import Control
from auditor.core.frozen import Freeze
from auditor.core.model import Status
from auditor.errors import UserError
from auditor.fetch.answer import Exchange
from auditor.store import (
    attestations,
    history,
    ledger,
    schema_blindness,
    schema_brake,
    schema_doubts,
    schema_people,
)
from auditor.store.document import blank, page, schema
from auditor.store.migrations import APPLICATION, VERSION, migrate, statements
from auditor.store.schema import APPEND_ONLY
from auditor.store.sqlite import SqliteStore, open_store
from auditor.store.verbs import Look

from .brake_rules import LIMITS, RELEASE, judgement
from .build import DAY, NOW, SECOND, account, attest, change, keep, look, one, post, run, seen, statement, told
from .spot_rules import began

ROOT = Path(__file__).parents[2]
BEFORE_PEOPLE = 5  # the version whose looks were all made by machines
GOLDEN = Path(__file__).with_name("schema.sql")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    store = open_store(tmp_path / "auditor.db", NOW)
    yield store
    store.close()


def raw(path: Path) -> sqlite3.Connection:
    con = sqlite3.connect(path, isolation_level=None)
    con.execute("PRAGMA foreign_keys = ON")
    return con


@pytest.mark.parametrize("version", range(VERSION))
def test_every_old_version_becomes_what_a_blank_one_is(tmp_path: Path, version: int) -> None:
    path = tmp_path / "auditor.db"
    con = raw(path)
    migrate(con, 0, upto=version)
    con.execute(f"PRAGMA application_id = {APPLICATION if version else 0}")
    con.close()
    open_store(path, NOW).close()
    con, new = raw(path), blank()
    assert schema(con) == schema(new)
    assert con.execute("SELECT count(*) FROM migrations").fetchone() == (VERSION,)
    con.close()
    new.close()


def as_made_by(version: int, path: Path, store: SqliteStore) -> None:
    """A database of an older version with the facts of a store, as far as it had tables for them."""
    con = raw(path)
    migrate(con, 0, upto=version)
    con.execute("PRAGMA foreign_keys = OFF")
    (file,) = (row[2] for row in store._db._raw.execute("PRAGMA database_list"))
    con.execute("ATTACH ? AS newer", (file,))
    for kind, name, _ in schema(con):
        if kind == "table" and name != "migrations":
            con.execute(f"INSERT INTO {name} SELECT * FROM newer.{name}")
    con.close()


def test_a_database_made_before_people_looked_opens_with_all_its_facts(tmp_path: Path, store: SqliteStore) -> None:
    """Its sealed days stay sealed, and people's looks are added to it."""
    number = keep(store, account("dinas.example"))["bluesky:dinas.example"]
    look(store, number, seen(post("a", NOW)), seen(post("a", NOW), at=NOW + DAY), seen(at=NOW + 2 * DAY))
    store.record_verdicts([], [(number, change(Status.SLOW))])
    path = tmp_path / "old.db"
    as_made_by(BEFORE_PEOPLE, path, store)
    with pytest.raises(UserError, match="older version"):
        open_store(path, NOW, read_only=True, language="en")
    with closing(open_store(path, NOW)) as old:
        assert old.verify() == ()
        assert old.history(number, NOW + 9 * DAY) == store.history(number, NOW + 9 * DAY)
        assert old.states() == store.states()
        assert old.attestations(number, NOW + 9 * DAY) == ()
        attest(old, number, told(post("b", NOW), at=NOW + DAY / 2), statement())
        assert len(old.history(number, NOW + 9 * DAY)) == 4
        assert old.verify() == ()


def test_the_schema_is_the_one_written_down() -> None:
    """A released step is never edited: whoever changes this file by hand has changed databases in use."""
    con = blank()
    assert "".join(f"{sql};\n" for _, _, sql in schema(con)) == GOLDEN.read_text("utf-8")
    con.close()


def test_the_page_is_the_schema() -> None:
    con = blank()
    assert page(con) == (ROOT / "docs" / "database.md").read_text("utf-8")
    con.close()


def test_the_page_is_printed() -> None:
    printed = subprocess.run(
        [sys.executable, "-m", "auditor.store.document"], capture_output=True, check=True, cwd=ROOT
    )
    assert printed.stdout.decode() == (ROOT / "docs" / "database.md").read_text("utf-8")


def test_every_table_and_column_is_described() -> None:
    con = blank()
    text = page(con)
    for kind, name, _ in schema(con):
        assert kind == "index" or name in text
    for kind, name, _ in schema(con):
        for _, column, *_ in con.execute(f"PRAGMA table_info({name})") if kind == "table" else ():
            section = text.split(f"## {name}\n")[1].split("\n## ")[0]
            assert f"| `{column}` |" in section, f"{name}.{column}"
    con.close()


def test_every_table_is_strict() -> None:
    con = blank()
    tables = con.execute("SELECT name, strict FROM pragma_table_list WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    assert [name for name, strict in tables if not strict] == []
    con.close()


def test_a_step_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "auditor.db"
    con = raw(path)
    con.execute("CREATE TABLE looks (x)")  # in the way of the second step
    with pytest.raises(sqlite3.OperationalError, match="already exists"):
        migrate(con, 0)
    assert [name for _, name, _ in schema(con)] == ["looks"]
    assert con.execute("PRAGMA user_version").fetchone() == (0,)
    con.close()


def test_two_programs_that_make_the_same_database_both_succeed(tmp_path: Path) -> None:
    program = (
        "from datetime import datetime, UTC; from auditor.store.sqlite import open_store\n"
        "from auditor.store.verbs import Charge\n"
        f"s = open_store({str(tmp_path / 'auditor.db')!r}, datetime(2026, 11, 1, tzinfo=UTC))\n"
        "s.spend([Charge('x', datetime(2026, 11, 1, tzinfo=UTC), 1)]); s.close()"
    )
    started = [subprocess.Popen([sys.executable, "-c", program], stderr=subprocess.PIPE) for _ in range(4)]
    assert [(p.communicate()[1].decode(), p.returncode) for p in started] == [("", 0)] * 4
    store = open_store(tmp_path / "auditor.db", NOW)
    assert store.spent("x", NOW.replace(hour=0)) == 4
    store.close()


def test_a_trigger_is_one_statement() -> None:
    script = "CREATE TABLE a (x);\nCREATE TRIGGER t BEFORE DELETE ON a\nBEGIN SELECT RAISE(ABORT, 'no'); END;\n"
    assert len(list(statements(script))) == 2


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE lookz (x)",
        "CREATE TEMP TABLE lookz (x)",
        "ALTER TABLE looks ADD COLUMN x",
        "DROP TABLE posts",
        "DROP TRIGGER looks_forbid_delete",
        "CREATE INDEX i ON posts (url)",
        "CREATE VIEW v AS SELECT 1",
        "ATTACH ':memory:' AS other",
    ],
)
def test_an_open_store_refuses_to_change_the_schema(store: SqliteStore, statement: str) -> None:
    with pytest.raises(sqlite3.DatabaseError, match=r"not authorized|prohibited"), store._db.write() as con:
        con.execute(statement)


def fill(store: SqliteStore) -> None:
    """At least one row in every table that is append-only."""
    number = keep(store, account("dinas.example"))["bluesky:dinas.example"]
    store.keep_policy("v", "text", NOW)
    exchange = Exchange("GET", "https://api.example/", 200, "ab" * 32, 1, NOW)
    store.record(run(store), [Look(number, seen(post("a", NOW)), (exchange,))])
    attest(store, number, told(post("b", NOW)), statement(second="Pemeriksa Dua"))
    store.record_verdicts([], [(number, change(Status.SLOW))])
    store.record_control(Control("bluesky", "bsky.app", healthy=True, at=NOW), "lane")
    store.record_judgement([judgement(number, Status.ACTIVE, NOW - DAY)], NOW - DAY, LIMITS)
    store.record_judgement([judgement(number)], NOW, replace(LIMITS, least=1))
    store.release([], RELEASE, NOW)
    store.doubt("lane", Freeze(NOW, frozenset({number}), frozenset()), NOW)
    store.release_doubt("lane", "Pemeriksa Satu", "dinas-contoh", "sudah diperiksa", NOW)
    store.settle_spots([began()], NOW)


LATER = (schema_people, schema_brake, schema_doubts, schema_blindness)
GUARDED = (*APPEND_ONLY, *(table for step in LATER for table in step.APPEND_ONLY))


@pytest.mark.parametrize("table", GUARDED)
@pytest.mark.parametrize("verb", ["UPDATE {0} SET {1} = {1}", "DELETE FROM {0}"], ids=["UPDATE", "DELETE"])
def test_facts_are_append_only_by_the_database_itself(
    tmp_path: Path, store: SqliteStore, table: str, verb: str
) -> None:
    fill(store)
    con = raw(tmp_path / "auditor.db")
    column = con.execute(f"PRAGMA table_info({table})").fetchone()[1]
    with pytest.raises(sqlite3.IntegrityError, match=f"{table} is append-only"):
        con.execute(verb.format(table, column))
    con.close()


def test_a_learnt_native_id_cannot_be_changed_by_the_database_itself(tmp_path: Path, store: SqliteStore) -> None:
    one(store, native_id="did:1")
    con = raw(tmp_path / "auditor.db")
    with pytest.raises(sqlite3.IntegrityError, match="never changes"):
        con.execute("UPDATE accounts SET native_id = 'did:2'")
    con.close()


@pytest.mark.parametrize("view", ["v_accounts", "v_attestations", "v_changes", "v_holds", "v_looks", "v_posts"])
def test_the_views_show_times_people_can_read(store: SqliteStore, view: str) -> None:
    fill(store)
    with store._db.read() as con:
        rows = con.execute(f"SELECT * FROM {view}").fetchall()
    assert any("2026-11-01T06:00:00Z" in map(str, row) for row in rows)
    assert all("bluesky:dinas.example" in row for row in rows)


def test_plans_read_by_index(store: SqliteStore) -> None:
    """What is asked often never walks the history."""
    one(store)
    look(store, 1, seen(post("a", NOW)))
    for query, index in (
        ("SELECT * FROM looks WHERE account_id = 1 AND observed_at <= 5 ORDER BY observed_at, run", "PRIMARY KEY"),
        ("SELECT * FROM posts WHERE account_id = 1 ORDER BY posted_at DESC, post_id DESC", "PRIMARY KEY"),
        ("SELECT max(observed_at) FROM looks", "looks_by_instant"),
        (attestations.SELECT.replace("?", "5"), "PRIMARY KEY"),
        ("SELECT 1 FROM attestations WHERE source = '5'", "attestations_by_source"),
        (history.TOLD.replace("?", "5"), "PRIMARY KEY"),
        (ledger.ATTESTATIONS.replace("?", "5"), "attestations_by_instant"),
        (ledger.TOLD.replace("?", "5"), "told_by_instant"),
        ("SELECT * FROM plan WHERE next_look_at IS NULL OR next_look_at <= 5", "plan_by_next_look"),
    ):
        with store._db.read() as con:
            plan = " ".join(row[3] for row in con.execute(f"EXPLAIN QUERY PLAN {query}"))
        assert index in plan
        assert "TEMP B-TREE" not in plan


@pytest.mark.parametrize(
    ("ask", "queries"),
    [
        (lambda s: s.states(), 1),
        (lambda s: s.history(1, NOW + 60 * SECOND), 2),
        (lambda s: s.last_verdicts(), 1),
    ],
    ids=["the states of all accounts", "the history of one", "the verdicts of all"],
)
def test_the_number_of_queries_does_not_grow_with_the_facts(
    store: SqliteStore, ask: Callable[[SqliteStore], object], queries: int
) -> None:
    for accounts in (1, 30):
        ids = keep(store, *(account(f"{n}.example") for n in range(accounts)), at=NOW)
        for number in ids.values():
            look(store, number, seen(*(post(f"{accounts}-{n}", NOW) for n in range(20)), at=NOW + accounts * SECOND))
        said: list[str] = []
        store._db._raw.set_trace_callback(said.append)
        ask(store)
        store._db._raw.set_trace_callback(None)
        assert len([text for text in said if text.lstrip().startswith("SELECT")]) == queries
