"""A list that people hand in is read as rows of text, or refused in one sentence; never half, never evaluated."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings, strategies as st

from auditor.config.sheets import CELL, Sheet, SheetError, headings, read_sheet
from auditor.errors import Exit
from auditor.words import LANGUAGES, words

OFFICES = "Perangkat;Tautan\nDinas Kesehatan “Contoh”;https://x.com/dinkes_contoh\n"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504


def of(tmp_path: Path, name: str, data: bytes) -> Sheet:
    path = tmp_path / name
    path.write_bytes(data)
    return read_sheet(path)


def rows_or_sentence(path: Path) -> bool:
    """Anything else that is raised is a defect."""
    try:
        return bool(read_sheet(path).rows)
    except SheetError as told:
        return bool(str(told))


def cells(sheet: Sheet) -> list[tuple[str, ...]]:
    return [row.cells for row in sheet.rows]


def book(*rows: list[object], **sheets: list[list[object]]) -> bytes:
    """A workbook as another program writes it."""
    made = openpyxl.Workbook()
    first = made.active
    assert first is not None
    first.title = "Daftar"
    for row in rows:
        first.append(row)
    for title, more in sheets.items():
        sheet = made.create_sheet(title)
        for row in more:
            sheet.append(row)
    data = io.BytesIO()
    made.save(data)
    return data.getvalue()


def with_part(data: bytes, name: str, part: Callable[[bytes], bytes]) -> bytes:
    """The same workbook with one part of it written anew."""
    made = io.BytesIO()
    assert name in zipfile.ZipFile(io.BytesIO(data)).namelist()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.namelist():
            new.writestr(entry, part(old.read(entry)) if entry == name else old.read(entry))
    return made.getvalue()


def archive(*names: str, data: bytes = b"") -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in names:
            new.writestr(name, data)
    return made.getvalue()


# --- text ---


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(OFFICES.encode(), id="UTF-8"),
        pytest.param(OFFICES.encode("utf-8-sig"), id="UTF-8 with its mark"),
        pytest.param(OFFICES.encode("utf-16"), id="UTF-16 with its mark"),
        pytest.param(b"\xfe\xff" + OFFICES.encode("utf-16-be"), id="UTF-16, the other end first"),
        pytest.param(OFFICES.encode("cp1252"), id="the encoding of western Windows"),
        pytest.param(OFFICES.replace("\n", "\r\n").encode(), id="line ends of Windows"),
        pytest.param(OFFICES.replace("\n", "\r").encode(), id="line ends of an old Macintosh"),
        pytest.param(OFFICES.replace(";", "\t").encode(), id="tabs"),
        pytest.param(OFFICES.replace(";", ",").encode(), id="commas"),
        pytest.param(b"sep=;\r\n" + OFFICES.encode(), id="the separator named in the first line, as Excel does"),
        pytest.param(OFFICES.replace("“Contoh”", '"Contoh"').encode(), id="quotes inside a cell"),
    ],
)
def test_a_text_file_is_read_whatever_its_encoding_line_ends_and_separator(tmp_path: Path, data: bytes) -> None:
    found = cells(of(tmp_path, "daftar.csv", data))
    assert found[0] == ("Perangkat", "Tautan")
    assert found[1][0].replace('"', "“", 1).replace('"', "”") == "Dinas Kesehatan “Contoh”"
    assert found[1][1] == "https://x.com/dinkes_contoh"


def test_western_text_in_utf_16_without_its_mark_is_read(tmp_path: Path) -> None:
    for encoding in ("utf-16-le", "utf-16-be"):
        assert cells(of(tmp_path, "daftar.csv", "a;b\nc;d\n".encode(encoding))) == [("a", "b"), ("c", "d")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "https://x.com/a?b=1,2\nhttps://x.com/c\nhttps://x.com/d\n", 1, id="one column of links is not torn"
        ),
        pytest.param(
            "Daftar akun\nno;opd;akun\n1;Dinas A, B;x\n2;Dinas C, D;y\n", 3, id="a title above, commas in cells"
        ),
        pytest.param('"a;b",c\n"d;e",f\n', 2, id="separators in quotes do not count"),
    ],
)
def test_the_separator_is_the_one_that_splits_most_rows_alike(tmp_path: Path, text: str, expected: int) -> None:
    assert max(len(row) for row in cells(of(tmp_path, "daftar.txt", text.encode()))) == expected


def test_a_row_knows_its_file_and_line_and_empty_rows_and_cells_are_left_out(tmp_path: Path) -> None:
    sheet = of(tmp_path, "daftar.csv", b'a,b,,\n\n , ,\n"c\nd",e,\nf,g\n')
    assert [(row.place, row.number, row.cells) for row in sheet.rows] == [
        ("daftar.csv:1", 1, ("a", "b")),
        ("daftar.csv:4", 4, ("c\nd", "e")),
        ("daftar.csv:6", 6, ("f", "g")),
    ]


def test_a_quote_that_swallows_the_rest_of_a_list_is_refused_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(SheetError, match="baris 2") as told:
        of(tmp_path, "daftar.csv", b'a,b\n"c,d\ne,f\ng,h\n')
    assert told.value.code == "open_quote"


TABLE = st.lists(
    st.lists(
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8), min_size=2, max_size=4
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=100)
@given(st.sampled_from(",;\t"), TABLE)
def test_what_a_spreadsheet_saves_as_text_comes_back_cell_by_cell(
    tmp_path_factory: pytest.TempPathFactory, separator: str, table: list[list[str]]
) -> None:
    width = len(table[0])
    table = [["kunci", *["x"] * (width - 1)], *([*row, "", ""][:width] for row in table)]
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=separator, quoting=csv.QUOTE_ALL).writerows(table)
    folder = tmp_path_factory.mktemp("csv")
    kept = [row for row in table if any(cell.strip() for cell in row)]
    found = [
        [*row, *[""] * (width - len(row))] for row in cells(of(folder, "a.csv", text.getvalue().encode("utf-8-sig")))
    ]
    assert [[c.strip() for c in row] for row in found] == [[c.strip() for c in row] for row in kept]


# --- workbooks ---


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param("teks", "teks", id="text as it stands"),
        pytest.param(12, "12", id="a whole number without a point"),
        pytest.param(12.0, "12", id="a whole number kept as a fraction too"),
        pytest.param(2.5, "2.5", id="a fraction"),
        pytest.param(True, "TRUE", id="a truth value"),
        pytest.param(False, "FALSE", id="its contrary"),
        pytest.param(date(2026, 11, 20), "2026-11-20", id="a day"),
        pytest.param(datetime.fromisoformat("2026-11-20T09:30"), "2026-11-20T09:30:00", id="an instant with its time"),
        pytest.param(time(9, 30), "09:30:00", id="a time of day"),
        pytest.param(timedelta(hours=30), "30:00:00", id="a length of time"),
        pytest.param("=1+1", "=1+1", id="a formula is its text, never its value"),
        pytest.param(
            '=HYPERLINK("https://a.example")', '=HYPERLINK("https://a.example")', id="a link made by a formula"
        ),
        pytest.param("-2+3", "-2+3", id="text that begins like a formula"),
        pytest.param("a\nb", "a\nb", id="two lines in one cell"),
    ],
)
def test_every_cell_of_a_workbook_is_read_as_it_would_be_typed(tmp_path: Path, value: object, expected: str) -> None:
    assert cells(of(tmp_path, "a.xlsx", book(["x", value]))) == [("x", expected)]


@pytest.mark.parametrize("text", ["=1+1", "\x01\x1b[31mred", "a_x0041_b", "a\rb", "\U0001f600", "  a", "a\ufffeb"])
def test_text_another_program_wrote_as_text_comes_back_character_by_character(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as made:
        made.add_worksheet().write_string(0, 0, text)
    assert cells(read_sheet(path)) == [(text,)]


def test_a_row_of_a_workbook_knows_its_sheet_and_all_sheets_are_read_in_order(tmp_path: Path) -> None:
    data = book(["a"], [], [None, "b"], Kedua=[["c"]])
    assert [(r.place, r.sheet, r.cells) for r in of(tmp_path, "a.xlsx", data).rows] == [
        ("a.xlsx:Daftar!1", "Daftar", ("a",)),
        ("a.xlsx:Daftar!3", "Daftar", ("", "b")),
        ("a.xlsx:Kedua!1", "Kedua", ("c",)),
    ]


def test_one_sheet_of_a_workbook_can_be_named_and_a_name_it_lacks_is_refused_with_those_it_has(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(book(["a"], Kedua=[["c"]]))
    assert cells(read_sheet(path, sheet="Kedua")) == [("c",)]
    with pytest.raises(SheetError, match="Daftar, Kedua"):
        read_sheet(path, sheet="Ketiga")


def test_a_workbook_is_known_by_its_bytes_not_by_its_name(tmp_path: Path) -> None:
    assert cells(of(tmp_path, "a.csv", book(["a", "b"]))) == [("a", "b")]
    assert cells(of(tmp_path, "a.xlsx", b"a,b\n")) == [("a", "b")]


def test_the_documents_own_properties_come_along(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as made:
        made.set_custom_property("auditor-register", "ab" * 32, "text")
        made.add_worksheet().write_string(0, 0, "a")
    assert read_sheet(path).properties == {"auditor-register": "ab" * 32}


def test_a_cell_beyond_the_formats_limit_is_cut_and_says_so(tmp_path: Path) -> None:
    (row,) = of(tmp_path, "a.csv", b"x," + b"y" * 200_000 + b"\n").rows
    assert len(row.cells[1]) == CELL
    assert row.cells[1].endswith("y…")


def test_rows_a_workbook_claims_without_filling_them_cost_nothing_and_keep_their_numbers(tmp_path: Path) -> None:
    data = with_part(
        book(["a"], ["b"]),
        "xl/worksheets/sheet1.xml",
        lambda xml: (
            xml.replace(b"A1:A2", b"A1:XFD1048576").replace(b'<row r="2"', b'<row r="90000"').replace(b'r="A2"', b"")
        ),
    )
    assert [(r.number, r.cells) for r in of(tmp_path, "a.xlsx", data).rows] == [(1, ("a",)), (90000, ("b",))]


# --- what is refused ---

XLSX = "xl/workbook.xml"
REFUSED = [
    pytest.param(b"", "empty", id="an empty file"),
    pytest.param(b" \n\n", "empty", id="a file of blanks"),
    pytest.param(b";;\n;;\n", "empty", id="a table without a word"),
    pytest.param(OLE + b"Workbook", "other_kind", id="an old .xls"),
    pytest.param(OLE + "EncryptedPackage".encode("utf-16-le"), "locked", id="a workbook with a password"),
    pytest.param(archive("mimetype", "content.xml"), "other_kind", id="an .ods"),
    pytest.param(archive("xl/workbook.bin"), "other_kind", id="an .xlsb"),
    pytest.param(archive("word/document.xml"), "not_a_table", id="a letter"),
    pytest.param(b"%PDF-1.7\n", "not_a_table", id="a PDF"),
    pytest.param(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\1", "not_a_table", id="a picture"),
    pytest.param(b"<html><table><tr><td>a", "web_page", id="a web page that calls itself a workbook"),
    pytest.param(archive(XLSX), "damaged", id="a workbook without its parts"),
    pytest.param(book(["a"])[:-200], "damaged", id="a workbook cut off"),
    pytest.param(archive(XLSX, *[f"xl/{n}" for n in range(10_001)]), "unpacks", id="a workbook of ten thousand parts"),
    pytest.param(",".join("x" * 201).encode(), "too_many_columns", id="201 columns"),
    pytest.param(b"a\n" * 200_001, "too_many_rows", id="200,001 rows"),
    pytest.param(
        with_part(
            book(["a"]), "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b'<row r="1"', b'<row r="99999999999"')
        ),
        "too_many_rows",
        id="a row number no spreadsheet has",
    ),
]


@pytest.mark.parametrize(("data", "code"), REFUSED)
def test_what_is_no_table_is_refused_in_a_sentence_that_names_the_file(tmp_path: Path, data: bytes, code: str) -> None:
    (tmp_path / "periksa.xlsx").write_bytes(data)
    for language in LANGUAGES:
        with pytest.raises(SheetError, match=r"periksa\.xlsx") as told:
            read_sheet(tmp_path / "periksa.xlsx", words(language))
        assert told.value.code == code
        assert told.value.exit_code is Exit.USAGE


def test_a_workbook_that_unpacks_to_more_than_a_table_needs_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    part = b"\0" * 70_000_000
    with pytest.raises(SheetError) as told:
        of(tmp_path, "a.xlsx", archive(XLSX, "xl/a", "xl/b", data=part))
    assert told.value.code == "unpacks"


def test_words_that_stand_for_a_billion_words_are_not_written_out(tmp_path: Path) -> None:
    entities = b"".join(b'<!ENTITY e%d "%s">' % (n, b"&e%d;" % (n - 1) * 10) for n in range(1, 12))
    bomb = b'<!DOCTYPE worksheet [<!ENTITY e0 "haha">' + entities + b"]>"
    data = with_part(
        book(["a"]),
        "xl/worksheets/sheet1.xml",
        lambda xml: bomb + xml[xml.index(b"<worksheet") :].replace(b">a<", b">&e11;<"),
    )
    with pytest.raises(SheetError) as told:
        of(tmp_path, "a.xlsx", data)
    assert told.value.code == "damaged"


def test_a_file_that_is_not_there_a_folder_and_one_too_large_are_refused(tmp_path: Path) -> None:
    (tmp_path / "besar.csv").write_bytes(b"a,b\n" * 300)
    for path, code in (
        (tmp_path / "tiada.csv", "missing"),
        (tmp_path, "folder"),
        (tmp_path / "besar.csv", "too_large"),
    ):
        with pytest.raises(SheetError) as told:
            read_sheet(path, limit_bytes=1000)
        assert told.value.code == code


@settings(max_examples=100)
@given(st.binary(max_size=200), st.sampled_from([b"", b"PK\x03\x04", OLE, b"\xff\xfe", b"\xef\xbb\xbf", b'"']))
def test_no_bytes_do_anything_but_give_rows_or_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, head: bytes
) -> None:
    path = tmp_path_factory.mktemp("any") / "a"
    path.write_bytes(head + data)
    assert rows_or_sentence(path)


GOOD = book(["kunci", 1, 2.5, date(2026, 1, 1), "=A1", True], Kedua=[["c"]])
PARTS = zipfile.ZipFile(io.BytesIO(GOOD)).namelist()


@settings(max_examples=200)
@given(st.sampled_from(PARTS), st.integers(0, 10_000), st.binary(min_size=0, max_size=6), st.integers(0, 30))
def test_no_damage_inside_a_workbook_does_anything_but_give_rows_or_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, part: str, at: int, new: bytes, length: int
) -> None:
    path = tmp_path_factory.mktemp("any") / "a.xlsx"
    path.write_bytes(with_part(GOOD, part, lambda xml: xml[: at % len(xml)] + new + xml[at % len(xml) + length :]))
    assert rows_or_sentence(path)


# --- headings ---

VOCABULARY = {
    "key": ["kunci (jangan diubah)", "key"],
    "date": ["tanggal (bila tautan tidak memuatnya)", "date"],
    "count_30d": ["jumlah 30 hari"],
    "platform": ["media sosial", "akun"],
    "account": ["akun"],
}


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        pytest.param(
            ["KUNCI", "Tanggal"], {"key": 0, "date": 1}, id="case does not matter, nor a remark that is missing"
        ),
        pytest.param(["Jumlah  30-hari:", "x"], {"count_30d": 0}, id="blanks and punctuation do not matter"),
        pytest.param(["jumlah 30 hari (opsional)"], {"count_30d": 0}, id="a remark in brackets does not matter"),
        pytest.param(["jumlah_30_hari", "JUMLAH 30 HARI"], {"count_30d": 0}, id="the leftmost of two wins"),
        pytest.param(["akun"], {"platform": 0}, id="a name of two codes is the first of them"),
        pytest.param(
            ["", "(kunci)", "bukan kunci"], {"key": 1}, id="a name in brackets is a name; part of one is none"
        ),
        pytest.param([], {}, id="an empty row names nothing"),
    ],
)
def test_columns_are_known_by_their_names_however_they_are_written(row: list[str], expected: dict[str, int]) -> None:
    assert headings(row, VOCABULARY) == expected


def test_a_cell_is_asked_for_by_column_and_is_empty_where_there_is_none(tmp_path: Path) -> None:
    (row,) = of(tmp_path, "a.csv", b" a ,b\n").rows
    assert [row.cell(column) for column in (0, 1, 2, -1, None)] == ["a", "b", "", "", ""]
