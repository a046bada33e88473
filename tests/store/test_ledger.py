"""The chain: whoever alters a fact behind the program's back is found, and the fact is named."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from auditor.core.model import Status
from auditor.fetch.answer import Exchange
from auditor.store.sqlite import open_store
from auditor.store.verbs import Look

from .build import DAY, NOW, account, barred, change, keep, look, missed, post, run, seen

FORGED = """INSERT INTO looks (account_id, observed_at, run, outcome, route)
SELECT account_id, observed_at {}, run, 'gone', route FROM looks WHERE outcome = '{}'"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Two registers, one policy, two changes, looks on three days: two of them sealed."""
    path = tmp_path / "auditor.db"
    with closing(open_store(path, NOW)) as store:
        number = keep(store, account("dinas.example"))["bluesky:dinas.example"]
        keep(store, account("dinas.example", agency="x"), at=NOW + DAY)
        store.keep_policy("v", "text", NOW)
        exchange = Exchange("GET", "https://api.example/", 200, "ab" * 32, 1, NOW)
        store.record(run(store), [Look(number, seen(post("a", NOW)), (exchange,))])
        look(store, number, missed(NOW + DAY), barred(NOW + 2 * DAY))
        store.record_verdicts([], [(number, change(Status.SLOW)), (number, change(Status.INACTIVE))])
    return path


def tamper(path: Path, *statements: str) -> list[str]:
    """Drop the guards, alter the file behind the program's back, and verify it."""
    with closing(sqlite3.connect(path, isolation_level=None)) as con:
        for (name,) in con.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
            con.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            con.execute(statement)
    with closing(open_store(path, NOW, read_only=True, language="en")) as store:
        return list(store.verify())


def test_nothing_altered_nothing_found(path: Path) -> None:
    assert tamper(path) == []


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("UPDATE changes SET new = 'active' WHERE id = 1", "changes: row 1 was altered"),
        ("UPDATE changes SET since = since + 1 WHERE id = 2", "changes: row 2 was altered"),
        ("DELETE FROM changes WHERE id = 2", "changes: row 2 is in the ledger but not in the table"),
        (
            "INSERT INTO changes SELECT 9, account_id, old, new, since, reason, judged_at FROM changes WHERE id = 1",
            "changes: row 9 is not in the ledger",
        ),
        ("UPDATE registers SET document = x'00' WHERE id = 1", "registers: row 1 was altered"),
        ("UPDATE registers SET at = at + 1 WHERE id = 2", "registers: row 2 was altered"),
        ("DELETE FROM registers WHERE id = 2", "registers: row 2 is in the ledger but not in the table"),
        ("UPDATE policies SET document = 'milder' WHERE id = 1", "policies: row 1 was altered"),
        ("DELETE FROM policies", "policies: row 1 is in the ledger but not in the table"),
        (
            "UPDATE looks SET outcome = 'gone' WHERE outcome = 'seen'",
            "looks: the looks of 2026-11-01 were altered (1 rows, sealed: 1)",
        ),
        (
            "UPDATE looks SET horizon = 0 WHERE outcome = 'seen'",
            "looks: the looks of 2026-11-01 were altered (1 rows, sealed: 1)",
        ),
        (
            "UPDATE exchanges SET sha256 = x'00'",
            "looks: the looks of 2026-11-01 were altered (1 rows, sealed: 1)",
        ),
        ("DELETE FROM exchanges", "looks: the looks of 2026-11-01 were altered (1 rows, sealed: 1)"),
        (
            "UPDATE names SET native_id = 'did:other' WHERE named_by = 'platform'",
            "looks: the looks of 2026-11-01 were altered (1 rows, sealed: 1)",
        ),
        (
            "DELETE FROM looks WHERE outcome = 'unreachable'",
            "looks: the looks of 2026-11-02 were altered (0 rows, sealed: 1)",
        ),
        (
            FORGED.format("+ 60", "unreachable"),
            "looks: the looks of 2026-11-02 were altered (2 rows, sealed: 1)",
        ),
        (
            FORGED.format("- 86400 * 9", "gone"),
            "looks: the looks of 2026-10-25 were never sealed",
        ),
        ("UPDATE ledger SET digest = 'x' WHERE seq = 2", "ledger: entry 2 was altered"),
        ("UPDATE ledger SET at = at + 1 WHERE seq = 3", "ledger: entry 3 was altered"),
        ("DELETE FROM ledger WHERE seq = 3", "ledger: entry 3 is missing (found 4 in its place)"),
        ("UPDATE ledger SET hash = 'x' WHERE seq = 4", "ledger: entry 5 does not follow the entry before it"),
        ("DELETE FROM ledger WHERE seq = (SELECT max(seq) FROM ledger)", "changes: row 2 is not in the ledger"),
        ("UPDATE states SET account_id = 99", "states: row 99 refers to a row of accounts that does not exist"),
    ],
)
def test_what_was_altered_is_named(path: Path, statement: str, found: str) -> None:
    assert found in tamper(path, statement)


def test_damage_is_said_in_the_readers_language(path: Path) -> None:
    tamper(path, "DELETE FROM policies")
    with closing(open_store(path, NOW, read_only=True)) as store:
        assert store.verify() == ("policies: baris 1 tercatat di ledger tetapi tidak ada di tabel",)


def test_broken_pages_are_a_finding_not_a_crash(path: Path) -> None:
    with closing(sqlite3.connect(path)) as con:
        (root,) = con.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'looks'").fetchone()
        (size,) = con.execute("PRAGMA page_size").fetchone()
    with path.open("r+b") as file:
        file.seek((root - 1) * size)
        file.write(b"\xff" * size)
    assert tamper(path)


def seals(path: Path) -> list[tuple[str, int]]:
    with closing(sqlite3.connect(path)) as con:
        return con.execute("SELECT subject, \"rows\" FROM ledger WHERE kind = 'day' ORDER BY seq").fetchall()


def test_a_day_is_sealed_when_the_first_look_of_a_later_day_is_recorded(path: Path) -> None:
    assert seals(path) == [("2026-11-01", 1), ("2026-11-02", 1)]
    with closing(open_store(path, NOW)) as store:
        look(store, 1, missed(NOW + 2 * DAY + 60 * DAY / 86400), missed(NOW + 9 * DAY))
    assert seals(path)[2:] == [("2026-11-03", 2)]


def test_a_look_recorded_late_seals_its_day_again(path: Path) -> None:
    with closing(open_store(path, NOW)) as store:
        look(store, 1, barred(NOW + DAY / 4))
        assert store.verify() == ()
    assert seals(path)[2:] == [("2026-11-01", 2)]


def test_many_days_in_one_call_are_each_sealed(tmp_path: Path) -> None:
    path = tmp_path / "new.db"
    with closing(open_store(path, NOW)) as store:
        number = keep(store, account("a.example"))["bluesky:a.example"]
        store.record(run(store), [Look(number, missed(NOW + d * DAY)) for d in (3, 0, 1)])
        assert store.verify() == ()
    assert seals(path) == [("2026-11-01", 1), ("2026-11-02", 1)]
