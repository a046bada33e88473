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

from .build import (
    DAY,
    NOW,
    account,
    attest,
    barred,
    change,
    keep,
    look,
    missed,
    post,
    run,
    seen,
    statement as said,
    told,
)

FORGED = """INSERT INTO looks (account_id, observed_at, run, outcome, route)
SELECT account_id, observed_at {}, run, 'gone', route FROM looks WHERE outcome = '{}'"""

FORGED_STATEMENT = """INSERT INTO attestations (account_id, observed_at, run, said, by_key, office, manager, drawn)
SELECT account_id, observed_at, run, 'gone', (SELECT key FROM people), 'dinas-contoh', 0, 0 FROM looks
WHERE outcome = 'seen' AND route = 'api'"""


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


def test_a_day_without_statements_is_sealed_as_it_always_was(path: Path) -> None:
    """Digests of the first version that sealed days: later versions must find the same."""
    with closing(sqlite3.connect(path)) as con:
        digests = con.execute("SELECT subject, digest FROM ledger WHERE kind = 'day' ORDER BY seq").fetchall()
    assert digests == [
        ("2026-11-01", "c9daa8b1b5d2735b54c275c0f4b05491469ba5389f06c56a4082bf3027fab8de"),
        ("2026-11-02", "3b15bd62f4a06c399edeb9c398c5e03248701c0fd32c9e141f228d77d15c96f6"),
    ]


@pytest.fixture
def spoken(path: Path) -> Path:
    """The same, and on the first day, recorded late, a statement of two people."""
    with closing(open_store(path, NOW)) as store:
        attest(store, 1, told(post("b", NOW), at=NOW + DAY / 4), said(second="Pemeriksa Dua"))
    return path


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE attestations SET said = 'nothing_new'",
        "UPDATE attestations SET second_key = NULL",
        "UPDATE attestations SET by_key = second_key",
        "UPDATE attestations SET office = 'kecamatan-contoh'",
        "UPDATE attestations SET screenshot = 'ab'",
        "UPDATE attestations SET drawn = 1",
        "DELETE FROM attestations",
        FORGED_STATEMENT,
        "UPDATE told SET posted_at = posted_at + 1",
        "UPDATE told SET url = 'https://x.example/'",
        "DELETE FROM told",
    ],
)
def test_what_people_said_is_sealed_with_their_looks(spoken: Path, statement: str) -> None:
    assert tamper(spoken, statement) == ["looks: the looks of 2026-11-01 were altered (2 rows, sealed: 2)"]


def test_a_statement_without_its_look_is_found(spoken: Path) -> None:
    found = tamper(spoken, "DELETE FROM looks WHERE route = 'hand'")
    assert len(found) == 3
    assert "refers to a row of looks that does not exist" in found[0]


def test_a_statement_without_its_person_is_found(spoken: Path) -> None:
    (found,) = tamper(spoken, "DELETE FROM people WHERE name = 'Pemeriksa Dua'")
    assert "refers to a row of people that does not exist" in found


def test_erasing_a_person_leaves_the_chain_whole_and_no_trace_in_the_file(spoken: Path) -> None:
    name = "Pemeriksa " * 20

    def traces() -> int:
        files = [spoken, *spoken.parent.glob("*-wal")]
        return sum(file.read_bytes().lower().count(b"pemeriksa pemeriksa") for file in files)

    with closing(open_store(spoken, NOW)) as store:
        store._db._raw.execute("PRAGMA secure_delete = OFF")  # as SQLite is built in most places
        for n in range(40):
            attest(store, 1, told(at=NOW + n * DAY), said(f"more-{n}", by=f"Nama {n}", second=name))
        assert traces() > 0
        assert store.erase_person(name) == 1
        assert traces() == 0
        assert store.verify() == ()
        assert {by.second for _, by in store.attestations(1, NOW + 9 * DAY)} == {"Pemeriksa Dua", ""}


def test_no_name_of_a_person_stands_outside_the_table_of_people(spoken: Path) -> None:
    with closing(sqlite3.connect(spoken)) as con:
        tables = [name for (name,) in con.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        holding = [t for t in tables if "Pemeriksa" in str(con.execute(f"SELECT * FROM {t}").fetchall())]
    assert holding == ["people"]


def test_the_key_of_a_person_is_drawn_at_random(tmp_path: Path) -> None:
    """Otherwise anybody could find the name again by trying names."""
    keys = set()
    for n in range(2):
        with closing(open_store(tmp_path / f"{n}.db", NOW)) as store:
            number = keep(store, account("a.example"))["bluesky:a.example"]
            attest(store, number, told(), said())
            with store._db.read() as con:
                ((key,),) = con.execute("SELECT key FROM people").fetchall()
        assert len(key) == 16
        keys.add(key)
    assert len(keys) == 2
