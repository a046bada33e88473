"""`auditor worksheet`: the looks of this week as a file that is never written over."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from auditor.config.sheets import Row, read_sheet

from .office import Office, auditor

ZooOf = Callable[..., Office]
BYHAND = [f"https://www.instagram.com/akun.contoh.{n:02d}/" for n in range(50)]
HELD = 45  # looks of 40 seconds in 30 minutes


@pytest.fixture(autouse=True)
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which the commands are given."""
    folder = tmp_path / "desk"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def looks(path: Path) -> list[Row]:
    first = read_sheet(path).rows[0].sheet
    return [row for row in read_sheet(path).rows if row.sheet == first and row.number > 3]


def test_before_the_first_poll_the_rows_come_from_the_list_and_whoever_is_left_out_is_named(
    zoo: ZooOf, desk: Path
) -> None:
    office = zoo(BYHAND)
    said = office("worksheet")
    (path,) = desk.iterdir()
    assert path.name == f"periksa-{office.now.date()}.xlsx"
    assert (said.code, said.err, len(looks(path))) == (0, "", HELD)
    first, missing, everything, then = said.out.splitlines()
    assert first == f"{path.name}: 45 akun untuk dilihat, ± 30 menit."
    assert missing.startswith("Belum kebagian pekan ini, 5 akun di luar 30 menit: ")
    assert missing.count("instagram:") == 5
    assert everything.endswith("auditor worksheet --all")
    assert then == f"Sesudah diisi: auditor attest --from {path.name}"


def test_the_first_round_takes_everybody(zoo: ZooOf, desk: Path) -> None:
    said = zoo(BYHAND)("worksheet", "--all", "-o", "semua.xlsx")
    assert len(looks(desk / "semua.xlsx")) == len(BYHAND)
    assert "Belum kebagian" not in said.out


def test_a_file_that_exists_is_never_written_over(zoo: ZooOf, desk: Path) -> None:
    (desk / "isi.xlsx").write_text("jawaban")
    said = zoo(BYHAND)("worksheet", "-o", "isi.xlsx")
    assert said.code == 3
    assert "auditor worksheet -o isi-2.xlsx" in said.err
    assert (desk / "isi.xlsx").read_text() == "jawaban"


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        pytest.param(["-o", "periksa.csv"], 2, "periksa.xlsx", id="the file is a workbook"),
        pytest.param(["-o", "tiada/periksa.xlsx"], 2, "tiada", id="the folder must exist"),
        pytest.param(["--agency", "bukan"], 2, "bukan", id="the office must be listed"),
        pytest.param(["--for", "siapa"], 2, "siapa", id="the audience is one of two words"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence_and_nothing_is_written(
    zoo: ZooOf, desk: Path, arguments: list[str], code: int, said: str
) -> None:
    told = zoo(BYHAND)("worksheet", *arguments)
    assert (told.code, told.out, list(desk.iterdir())) == (code, "", [])
    assert said in told.err


@pytest.mark.parametrize("word", ["pengelola", "manager"])
def test_managers_get_two_columns_more(zoo: ZooOf, desk: Path, word: str) -> None:
    zoo(BYHAND)("worksheet", "--agency", "dinas-contoh", "--for", word, "-o", "a.xlsx")
    head = next(row for row in read_sheet(desk / "a.xlsx").rows if row.number == 3)
    assert head.cells[-2:] == ("aduan masuk (30 hari)", "aduan dijawab")


def test_the_file_speaks_the_language_asked_for(zoo: ZooOf, desk: Path) -> None:
    office = zoo(BYHAND)
    said = office("worksheet", lang="en")
    (path,) = desk.iterdir()
    assert path.name == f"worksheet-{office.now.date()}.xlsx"
    assert read_sheet(path).rows[0].sheet == "Worksheet"
    assert "45 accounts to look at" in said.out


def test_where_machines_read_every_account_no_file_is_written(zoo: ZooOf, desk: Path) -> None:
    office = zoo([{"platform": "bluesky", "handle": "polos.contoh"}])
    office.look(office.now)
    said = office("worksheet")
    assert (said.code, list(desk.iterdir())) == (0, [])
    assert said.out.splitlines() == [
        "Tidak ada akun yang perlu dilihat orang sekarang; tidak ada lembar yang ditulis.",
        "Semua akun di sini dilihat otomatis.",
    ]


def test_where_no_minutes_are_left_the_accounts_are_named_and_no_file_is_written(zoo: ZooOf, desk: Path) -> None:
    office = zoo(BYHAND)
    (office.config / "policy.yaml").write_text("hand_looks: {minutes_per_week: 1, seconds_each: 90}\n", "utf-8")
    said = office("worksheet")
    assert (said.code, list(desk.iterdir())) == (0, [])
    assert said.out.splitlines()[0].startswith("Menit pekan ini (1) sudah terpakai")
    assert "dan 30 lagi: auditor worksheet --all" in said.out


def test_the_help_is_in_both_languages() -> None:
    assert "Tidak pernah menimpa" in auditor("worksheet", "--help").out
    assert "Never overwrites" in auditor("--lang", "en", "worksheet", "--help").out
