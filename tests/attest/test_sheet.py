"""Rows of our worksheet, or of any table with its columns, in either language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from auditor.attest.answers import Answers
from auditor.attest.sheet import COLUMNS, column_names, rows, unread
from auditor.config.sheets import Row, Sheet, read_sheet
from auditor.words import LANGUAGES, words

from .build import OFFICES_LINK, X

LINK = OFFICES_LINK
NOWHERE = Path("lembar")


def sheet(*found: tuple[str, ...], name: str = "", properties: Mapping[str, str] | None = None) -> Sheet:
    return Sheet(
        "p.xlsx", tuple(Row(f"p.xlsx:{n}", n, cells, name) for n, cells in enumerate(found, 1)), properties or {}
    )


def answered(found: Sheet) -> list[Answers]:
    under = rows(found, column_names(), NOWHERE)
    assert under is not None
    return list(under)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_column_of_the_worksheet_is_known_in_both_languages(language: str) -> None:
    head = tuple(words(language)(f"worksheet.column.{code}") for code in COLUMNS)
    (row,) = answered(sheet(("LEMBAR PERIKSA",), head, tuple(f"sel {code}" for code in COLUMNS)))
    for code in COLUMNS:
        if hasattr(row, code):
            assert getattr(row, code) == f"sel {code}"
    assert row.manager, "it asks for complaints"


HEADS = {
    "short names": ("akun", "tautan", "tanggal", "pemeriksa"),
    "English ones": ("Account", "Link", "DATE", "checked by"),
    "codes": ("account", "post_link", "date", "by"),
    "with remarks": ("akun (wajib)", "tautan unggahan terbaru", "tanggal [hari/bulan/tahun]", "pemeriksa*"),
}


@pytest.mark.parametrize("head", HEADS.values(), ids=HEADS)
def test_a_table_that_is_not_ours_needs_the_same_columns_only(tmp_path: Path, head: tuple[str, ...]) -> None:
    path = tmp_path / "daftar.csv"
    path.write_text(";".join(head) + f"\n{X};{LINK};9/10/2026;Sari\n", "utf-8")
    (row,) = answered(read_sheet(path))
    assert (row.account, row.post_link, row.date, row.by) == (X, LINK, "9/10/2026", "Sari")
    assert (row.place, row.worksheet, row.manager) == ("daftar.csv:2", "", False)


def test_beside_the_link_of_a_post_a_link_is_the_accounts() -> None:
    (row,) = answered(sheet(("link", "post_link", "by"), ("https://x.com/dinas_contoh", LINK, "Sari")))
    assert (row.link, row.post_link) == ("https://x.com/dinas_contoh", LINK)


def test_sheets_without_a_place_to_answer_are_passed_over() -> None:
    ours = (Row("p:1", 1, ("akun", "keterangan"), "Periksa"), Row("p:2", 2, (X, "privat"), "Periksa"))
    others = (Row("q:1", 1, ("akun", "sebab"), "Belum kebagian"), Row("q:2", 2, (X, "menit habis"), "Belum kebagian"))
    assert [row.place for row in answered(Sheet("p", others + ours + others))] == ["p:2"]


@pytest.mark.parametrize("head", [("nama", "alamat"), ("akun", "perangkat daerah"), ("keterangan",)])
def test_a_table_without_accounts_or_without_answers_is_none(head: tuple[str, ...]) -> None:
    assert rows(sheet(head, ("a", "b")), column_names(), NOWHERE) is None


def test_the_sheets_id_and_for_whom_it_was_made_come_from_its_properties() -> None:
    issued = {"auditor-worksheet": "abc", "auditor-for": "manager"}
    (row,) = answered(sheet(("akun", "keterangan"), (X, "privat"), properties=issued))
    assert (row.worksheet, row.manager, row.folder) == ("abc", True, NOWHERE)


def test_without_a_column_of_links_the_headings_that_are_not_read_are_named() -> None:
    renamed = sheet(("key", "tautan akhir pekan", "said", "by"), (X, LINK, "", "Sari"))
    assert unread(renamed, column_names()) == ("tautan akhir pekan",)
    assert unread(sheet(("akun", "tautan", "said", "nomor"), (X, LINK, "", "1")), column_names()) == ()


ISSUED = {
    "the instant it was made": ("2026-11-23T03:00:00+00:00", datetime(2026, 11, 23, 3, tzinfo=UTC)),
    "no zone": ("2026-11-23T03:00:00", None),
    "no time": ("kemarin", None),
    "before there were accounts": ("0001-01-01T00:00:00+00:00", None),
    "nothing": ("", None),
}


@pytest.mark.parametrize("case", ISSUED.values(), ids=ISSUED)
def test_when_the_sheet_was_made_comes_from_its_properties(case: tuple[str, datetime | None]) -> None:
    written, at = case
    (row,) = answered(sheet(("akun", "keterangan"), (X, "privat"), properties={"auditor-issued": written}))
    assert row.issued == at


def test_a_dash_is_an_empty_answer_and_keys_and_file_names_are_taken_to_the_letter() -> None:
    head = ("key", "post_link", "said", "screenshot", "second")
    (row,) = answered(sheet(head, ("feed:https://a.example/?a=1  2", "-", "–", "layar  1.png", "\x1b[31mSari")))
    assert (row.key, row.screenshot) == ("feed:https://a.example/?a=1  2", "layar  1.png")
    assert (row.post_link, row.said, row.second) == ("", "", "Sari")
