"""Opening a database: what is made, what is refused, and with which sentence."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from auditor.errors import Exit, RefusedError, UserError
from auditor.store.migrations import APPLICATION, STEPS, VERSION
from auditor.store.sqlite import open_store

from .build import NOW, account, keep, look, one, post, seen

NOBODY = 65534


@contextmanager
def unprivileged() -> Iterator[None]:
    """As a user whom file rights bind, which they do not for root."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def public() -> Iterator[Path]:
    """A directory that every user may enter."""
    place = Path(tempfile.mkdtemp(prefix="auditor-"))
    place.chmod(0o755)
    yield place
    place.chmod(0o755)
    shutil.rmtree(place)


def nothing(path: Path) -> Path:
    return path


def text(path: Path) -> Path:
    path.write_text("Nama akun;Tautan\n" * 100)
    return path


def directory(path: Path) -> Path:
    path.mkdir()
    return path


def below_nothing(path: Path) -> Path:
    return path.parent / "missing" / path.name


def below_a_file(path: Path) -> Path:
    return text(path) / "auditor.db"


def where_nobody_writes(_: Path) -> Path:
    return Path("/proc/auditor.db")


def of_another_program(path: Path) -> Path:
    con = sqlite3.connect(path)
    con.execute("CREATE TABLE notes (text)")
    con.close()
    return path


def damaged(path: Path) -> Path:
    store = open_store(path, NOW)
    one(store)
    store.close()
    with path.open("r+b") as file:
        file.seek(100)  # behind the header: the root page of the schema
        file.write(b"\xff" * 3000)
    return path


@pytest.mark.parametrize(
    ("prepare", "create", "sentence"),
    [
        pytest.param(nothing, False, "there is no database yet", id="no file, and none is to be made"),
        pytest.param(text, True, "not an SQLite database", id="a text file"),
        pytest.param(directory, True, "this is a directory", id="a directory"),
        pytest.param(below_nothing, True, r"directory .*missing does not exist", id="a directory that does not exist"),
        pytest.param(below_a_file, True, "does not exist", id="a file where a directory is needed"),
        pytest.param(where_nobody_writes, True, "cannot be opened", id="a directory nobody can write to"),
        pytest.param(of_another_program, True, "belongs to another program", id="a database of another program"),
        pytest.param(damaged, True, "is damaged", id="a damaged database"),
    ],
)
def test_what_cannot_be_opened_is_named_with_the_way_out(
    tmp_path: Path, prepare: Callable[[Path], Path], create: bool, sentence: str
) -> None:
    path = prepare(tmp_path / "auditor.db")
    with pytest.raises(UserError, match=sentence) as raised:
        open_store(path, NOW, create=create, language="en")
    assert str(raised.value).startswith(f"{path}: ")
    assert not isinstance(raised.value, RefusedError)


def test_sentences_come_in_indonesian_first(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="basis data belum ada"):
        open_store(tmp_path / "auditor.db", NOW, create=False)


def test_a_reader_makes_no_file(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="there is no database yet"):
        open_store(tmp_path / "auditor.db", NOW, read_only=True, language="en")
    assert list(tmp_path.iterdir()) == []


def test_an_empty_file_becomes_a_database(tmp_path: Path) -> None:
    path = tmp_path / "auditor.db"
    path.touch()
    open_store(path, NOW).close()
    open_store(path, NOW, create=False).close()


def test_a_name_with_characters_of_an_address_is_a_name(tmp_path: Path) -> None:
    path = tmp_path / "kota contoh?mode=ro#100%.db"
    open_store(path, NOW).close()
    assert path.exists()


def test_a_database_newer_than_the_program_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "auditor.db"
    open_store(path, NOW).close()
    con = sqlite3.connect(path)
    con.execute(f"PRAGMA user_version = {VERSION + 1}")
    con.close()
    for read_only in (False, True):
        with pytest.raises(RefusedError, match="newer version") as raised:
            open_store(path, NOW, read_only=read_only, language="en")
        assert raised.value.exit_code is Exit.REFUSED


def test_a_reader_asks_for_an_upgrade_instead_of_making_it(tmp_path: Path) -> None:
    path = tmp_path / "auditor.db"
    open_store(path, NOW).close()
    con = sqlite3.connect(path)
    con.execute(f"PRAGMA user_version = {VERSION - 1}")
    con.close()
    with pytest.raises(UserError, match=r"older version .* `auditor poll` upgrades it"):
        open_store(path, NOW, read_only=True, language="en")


def test_a_reader_sees_what_a_writer_commits(tmp_path: Path) -> None:
    path = tmp_path / "auditor.db"
    writer = open_store(path, NOW)
    reader = open_store(path, NOW, read_only=True)
    number = one(writer)
    look(writer, number, seen(post("a", NOW)))
    assert reader.history(number, NOW) == writer.history(number, NOW) != ()
    writer.close()
    reader.close()


def test_a_file_the_user_may_only_read_is_no_place_to_write(public: Path) -> None:
    path = public / "auditor.db"
    open_store(path, NOW).close()
    path.chmod(0o444)
    public.chmod(0o555)
    with unprivileged(), pytest.raises(UserError, match="cannot be written"):
        open_store(path, NOW, language="en").beat("daemon", NOW, {})


def test_a_copy_on_a_read_only_disk_can_be_read(public: Path) -> None:
    path = public / "auditor.db"
    store = open_store(path, NOW)
    ids = keep(store, account("a.example"))
    store.close()
    public.chmod(0o555)
    with unprivileged():
        reader = open_store(path, NOW, read_only=True)
        assert {key: state.id for key, state in reader.states().items()} == ids
        reader.close()


def test_a_reader_never_imports_sqlite_utils(tmp_path: Path) -> None:
    """The import costs more than the whole report."""
    path = tmp_path / "auditor.db"
    open_store(path, NOW).close()
    program = (
        "import sys; from datetime import datetime, UTC; from auditor.store.sqlite import open_store\n"
        f"s = open_store({str(path)!r}, datetime(2026, 11, 1, tzinfo=UTC), read_only={{}}); s.states(); s.close()\n"
        "sys.exit('sqlite_utils' in sys.modules)"
    )
    for read_only in (True, False):  # nor does a writer that has nothing to migrate
        assert subprocess.run([sys.executable, "-c", program.format(read_only)], check=False).returncode == 0


def test_the_file_says_whose_it_is(tmp_path: Path) -> None:
    path = tmp_path / "auditor.db"
    open_store(path, NOW).close()
    con = sqlite3.connect(path)
    assert con.execute("PRAGMA application_id").fetchone() == (APPLICATION,)
    assert con.execute("PRAGMA user_version").fetchone() == (len(STEPS),)
    assert con.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert con.execute("SELECT name, applied_at FROM migrations ORDER BY version").fetchall() == [
        (step.__name__, int(NOW.timestamp())) for step in STEPS
    ]
    con.close()
