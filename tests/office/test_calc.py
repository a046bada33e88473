"""A worksheet survives LibreOffice: whatever was written into it, and whatever hostile text stood in it before."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from auditor.config.sheets import Row, Sheet, SheetError, headings, read_sheet
from auditor.core.audit import Audit
from auditor.core.hand import HandPlan
from auditor.core.model import HAND
from auditor.core.polling import Due, Why
from auditor.reports.worksheet import COLUMNS, SAID, worksheet, write_worksheet
from auditor.words import words
from tests.reports.city import AS_OF, kota_contoh

from .calc import saved

HEAD = 3  # row of the headings
HOSTILE = (
    "=cmd|' /C calc'!A0",
    "=1+1",
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "'=1",
    "\t=1",
    "\x1b[31mred",
    "a_x0041_b",
    "<b>&amp;",
    "00123",
    "1e5",
    "2026-11-20",
    "TRUE",
    "x" * 10_000,
)
LINK = "https://www.tiktok.com/@dukcapil.kota.contoh/video/7694484849219587349"
ANSWERS: tuple[dict[str, Any], ...] = (
    {"post_link": LINK, "by": "Pemeriksa Satu", "count_30d": 12, "complaints": 4, "answered": 0},
    {
        "post_link": "https://www.facebook.com/kec.barat.kota.contoh/posts/123456789012345678",
        "date": date(2026, 11, 20),
        "at": datetime.fromisoformat("2026-11-23T09:30"),
        "by": "Pemeriksa Satu",
        "second": "=1+1",
    },
    *({"said": code, "by": "Ñandú “Dua”", "screenshot": f"layar {code}.png", "date": "20 Nov 2026"} for code in SAID),
)


@dataclass(frozen=True)
class Bench:
    """Each file as written by us and as LibreOffice saved it."""

    folder: Path
    files: dict[str, tuple[Path, Path]]

    def sheets(self, name: str) -> tuple[Sheet, Sheet]:
        ours, theirs = self.files[name]
        return read_sheet(ours), read_sheet(theirs)


def city(keys: tuple[str, ...]) -> tuple[Audit, HandPlan]:
    """The city's accounts under these keys, every one of them owed a look."""
    audit = kota_contoh()
    rows = tuple(
        replace(row, account=replace(row.account, key=key)) for row, key in zip(audit.rows, keys, strict=False)
    )
    return replace(audit, rows=rows), HandPlan(tuple(Due(key, HAND, Why.HAND, AS_OF, 40) for key in keys))


def make(path: Path, lang: str, keys: tuple[str, ...], *, answered: bool = False) -> Path:
    """A managers' worksheet, filled in as people do where that is asked for."""
    audit, plan = city(keys)
    data = BytesIO()
    write_worksheet(data, worksheet(audit, plan, words(lang), agency=None, for_managers=True), words(lang))
    path.write_bytes(data.getvalue())
    if answered:
        book = openpyxl.load_workbook(path)
        sheet = book.worksheets[0]
        columns = {code: list(COLUMNS).index(code) + 1 for code in COLUMNS}
        for number, answer in enumerate(ANSWERS, start=HEAD + 1):
            for code, value in answer.items():
                cell = sheet.cell(number, columns[code])
                cell.value = words(lang)(SAID[value]) if code == "said" else value
                if value == "=1+1":
                    cell.data_type = "s"
        book.save(path)
    return path


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    folder = tmp_path_factory.mktemp("calc")
    keys = tuple(f"instagram:akun.contoh.{n}" for n in range(len(ANSWERS)))
    ours = [make(folder / f"kosong-{lang}.xlsx", lang, keys) for lang in ("id", "en")]
    ours += [make(folder / f"terisi-{lang}.xlsx", lang, keys, answered=True) for lang in ("id", "en")]
    ours += [make(folder / "jahat.xlsx", "id", HOSTILE)]
    there = folder / "saved"
    there.mkdir()
    return Bench(folder, {path.stem: (path, made) for path, made in zip(ours, saved(ours, there), strict=True)})


NAMES = ("kosong-id", "kosong-en", "terisi-id", "terisi-en", "jahat")


def trimmed(sheet: Sheet) -> list[tuple[str, int, tuple[str, ...]]]:
    return [(row.sheet, row.number, row.cells) for row in sheet.rows]


@pytest.mark.parametrize("name", NAMES)
def test_every_cell_and_every_property_comes_back_without_loss(bench: Bench, name: str) -> None:
    ours, theirs = bench.sheets(name)
    assert trimmed(theirs) == trimmed(ours)
    assert theirs.properties == ours.properties
    assert len(ours.properties) == 3


def answers(sheet: Sheet, lang: str) -> tuple[list[Row], dict[str, int]]:
    head = next(row for row in sheet.rows if row.number == HEAD)
    columns = headings(head, {code: [words(lang)(key)] for code, key in COLUMNS.items()})
    return [row for row in sheet.rows if row.sheet == head.sheet and row.number > HEAD], columns


@pytest.mark.parametrize("lang", ["id", "en"])
def test_every_kind_of_answer_is_read_as_it_was_given(bench: Bench, lang: str) -> None:
    rows, columns = answers(bench.sheets(f"terisi-{lang}")[1], lang)
    assert len(rows) == len(ANSWERS)
    for row, answer in zip(rows, ANSWERS, strict=True):
        for code, value in answer.items():
            told = words(lang)(SAID[value]) if code == "said" else value
            expected = told.isoformat() if isinstance(told, date) else str(told)
            assert row.cell(columns[code]) == expected


def test_the_whole_key_of_hostile_accounts_comes_back_and_nothing_has_become_a_formula(bench: Bench) -> None:
    rows, columns = answers(bench.sheets("jahat")[1], "id")
    assert [row.cells[columns["key"]] for row in rows] == list(HOSTILE)
    book = openpyxl.load_workbook(bench.files["jahat"][1])
    assert {cell.data_type for sheet in book.worksheets for row in sheet.iter_rows() for cell in row} <= {"s", "d", "n"}


@pytest.mark.parametrize("name", NAMES)
def test_locks_lists_links_and_the_hidden_key_are_kept(bench: Bench, name: str) -> None:
    before, after = (openpyxl.load_workbook(path).worksheets[0] for path in bench.files[name])
    assert after.protection.sheet
    assert after.column_dimensions["A"].hidden
    assert {c.coordinate for row in after.iter_rows(HEAD + 1) for c in row if c.value and not c.protection.locked} == {
        c.coordinate for row in before.iter_rows(HEAD + 1) for c in row if c.value and not c.protection.locked
    }
    assert {rule.type for rule in after.data_validations.dataValidation} == {"date", "list", "whole"}
    links = [
        cell.hyperlink.target
        for row in after.iter_rows(HEAD + 1, min_col=4, max_col=4)
        for cell in row
        if cell.hyperlink
    ]
    assert len(links) == sum(cell.hyperlink is not None for row in before.iter_rows(HEAD + 1) for cell in row) > 5


def test_the_sheet_saved_as_text_still_names_every_account_and_answer(bench: Bench) -> None:
    (path,) = saved([bench.files["terisi-id"][0]], bench.folder, "csv")
    rows = read_sheet(path).rows
    columns = headings(rows[2], {code: [words("id")(key)] for code, key in COLUMNS.items()})
    assert list(columns) == list(COLUMNS)
    assert [row.cell(columns["key"]) for row in rows[3:]] == [f"instagram:akun.contoh.{n}" for n in range(len(ANSWERS))]
    assert [row.cell(columns["said"]) for row in rows[5:]] == [words("id")(key) for key in SAID.values()]
    assert rows[4].cell(columns["at"]).startswith("2026-11-23 09:30")
    assert rows[4].cell(columns["date"]) == "2026-11-20"


@pytest.mark.parametrize("kind", ["ods", "xls"])
def test_what_else_a_spreadsheet_program_saves_is_refused_with_what_to_do(bench: Bench, kind: str) -> None:
    (path,) = saved([bench.files["terisi-id"][0]], bench.folder, kind)
    with pytest.raises(SheetError, match=r"Simpan sebagai \.xlsx") as told:
        read_sheet(path)
    assert told.value.code == "other_kind"
