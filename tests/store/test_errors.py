"""What a person can mend about a database is said in a sentence that names the file; a defect stays what it is."""

from __future__ import annotations

import json
import sqlite3
import string
from contextlib import closing
from importlib import resources
from pathlib import Path

import pytest

from auditor.errors import UserError
from auditor.store.connection import spoken
from auditor.store.sqlite import open_store
from auditor.words import words

from .build import NOW, one


def failure(code: int) -> sqlite3.Error:
    error = sqlite3.OperationalError("as SQLite puts it")
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        pytest.param(sqlite3.SQLITE_BUSY_SNAPSHOT, "locked for 30 seconds", id="somebody else is writing"),
        pytest.param(sqlite3.SQLITE_READONLY_DBMOVED, "cannot be written", id="no right to write"),
        pytest.param(sqlite3.SQLITE_FULL, "disk is full", id="no room"),
        pytest.param(sqlite3.SQLITE_IOERR_READ, "reports an error .as SQLite puts it", id="a bad disk"),
        pytest.param(sqlite3.SQLITE_CORRUPT, "is damaged", id="a damaged page"),
        pytest.param(sqlite3.SQLITE_NOTADB, "not an SQLite database", id="another kind of file"),
        pytest.param(sqlite3.SQLITE_CANTOPEN_ISDIR, "cannot be opened", id="no file that can be opened"),
    ],
)
def test_each_mendable_error_has_its_sentence(code: int, sentence: str) -> None:
    with pytest.raises(UserError, match=f"^auditor.db: .*{sentence}"), spoken("auditor.db", words("en"), 30.0):
        raise failure(code)


@pytest.mark.parametrize(
    "error", [failure(sqlite3.SQLITE_ERROR), sqlite3.ProgrammingError("closed")], ids=["bad SQL", "a closed store"]
)
def test_a_defect_is_not_dressed_up(error: sqlite3.Error) -> None:
    with pytest.raises(type(error)) as raised, spoken("auditor.db", words("en")):
        raise error
    assert raised.value is error


def test_a_full_disk_undoes_the_call_and_no_more(tmp_path: Path) -> None:
    with closing(open_store(tmp_path / "auditor.db", NOW, language="en")) as store:
        number = one(store)
        with store._db.read() as con:
            con.execute("PRAGMA max_page_count = 1")  # SQLite takes it as "no larger than now"
        with pytest.raises(UserError, match="disk is full"):
            store.keep_policy("v1", "x" * 100_000, NOW)
        assert store.policy_at(NOW) is None
        assert store.state(number).looks == 0
        assert store.verify() == ()


def test_both_languages_say_the_same_things() -> None:
    def catalogue(language: str) -> dict[str, set[str]]:
        text = resources.files("auditor.words").joinpath(f"catalogue/store.{language}.json").read_text("utf-8")
        return {key: {f for _, f, *_ in string.Formatter().parse(said) if f} for key, said in json.loads(text).items()}

    assert catalogue("id") == catalogue("en")
