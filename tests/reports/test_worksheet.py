"""The worksheet says which account, takes an answer only where one belongs, and is text through and through."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings, strategies as st
from openpyxl.worksheet.worksheet import Worksheet

from auditor.config.sheets import Row, Sheet, headings, read_sheet
from auditor.core.audit import Audit, Audited
from auditor.core.hand import HandPlan, hand_plan
from auditor.core.model import HAND, Reason, Status, Verdict
from auditor.core.polling import Due, Why
from auditor.reports.worksheet import (
    ANSWERS,
    COLUMNS,
    FOR_MANAGERS,
    LINKS,
    PROPERTY_FOR,
    PROPERTY_ID,
    PROPERTY_ISSUED,
    SAID,
    WorksheetView,
    _Pen,
    worksheet,
    write_worksheet,
)
from auditor.reports.worksheet_notes import left_out, nothing
from auditor.words import LANGUAGES, words

from .city import AS_OF, DAY, kota_contoh

MONDAY = AS_OF - timedelta(hours=7)
W = words("id")
HOSTILE = (
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\x1b[31mred\x00",
    "a_x0041_b",
    "'=1",
    "<b>&amp;",
    "x" * 10_000,
    "\u202egnp.exe",
    "\ud800",
)


def plan_of(audit: Audit, **book: Any) -> HandPlan:
    return hand_plan(audit.rows, replace(audit.book, **book), AS_OF, MONDAY)


def view_of(audit: Audit | None = None, lang: str = "id", *, agency: str | None = None, **book: Any) -> WorksheetView:
    audit = audit or kota_contoh()
    return worksheet(audit, plan_of(audit, **book), words(lang), agency=agency, for_managers=False)


def written(view: WorksheetView, lang: str = "id") -> bytes:
    made = BytesIO()
    write_worksheet(made, view, words(lang))
    return made.getvalue()


def opened(view: WorksheetView, lang: str = "id") -> Any:
    return openpyxl.load_workbook(BytesIO(written(view, lang)))


def read(folder: Path, view: WorksheetView, lang: str = "id") -> Sheet:
    path = folder / "periksa.xlsx"
    path.write_bytes(written(view, lang))
    return read_sheet(path)


def head_of(sheet: Sheet, lang: str = "id") -> tuple[Row, dict[str, int]]:
    row = next(r for r in sheet.rows if r.number == 3)
    return row, headings(row, {code: [words(lang)(key)] for code, key in COLUMNS.items()})


def unread(n: int = 5) -> Audit:
    """The city, and in it accounts that nobody can read."""
    city = kota_contoh()
    row = next(r for r in city.rows if r.verdict.reason is Reason.NOT_CONNECTED)
    made = (replace(row, account=replace(row.account, key=f"instagram:akun.{i}")) for i in reversed(range(n)))
    return replace(city, rows=(*made, *city.rows))


def with_account(key: str, url: str = "https://a.example/") -> Audit:
    """The city with one account, whose key somebody else has written."""
    city = kota_contoh()
    row = next(r for r in city.rows if r.verdict.reason is Reason.NOT_CONNECTED)
    row = replace(row, account=replace(row.account, key=key, url=url), agency=replace(row.agency, name=key))
    return replace(city, rows=(row,))


def test_every_owed_look_is_a_row_in_the_order_of_the_plan_and_the_hidden_key_is_whole(tmp_path: Path) -> None:
    audit = unread()
    plan = plan_of(audit)
    sheet = read(tmp_path, view_of(audit))
    row, columns = head_of(sheet)
    assert len(plan.week) > 2
    lines = [r for r in sheet.rows if r.sheet == row.sheet and r.number > 3]
    assert [r.cell(columns["key"]) for r in lines] == [due.account for due in plan.week]
    assert opened(view_of(audit)).worksheets[0].column_dimensions["A"].hidden


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_column_is_known_again_by_its_heading(tmp_path: Path, lang: str) -> None:
    audit = kota_contoh()
    view = worksheet(audit, plan_of(audit), words(lang), agency=None, for_managers=True)
    assert list(head_of(read(tmp_path, view, lang), lang)[1]) == list(COLUMNS)


def test_no_heading_and_no_remark_means_two_things_in_the_two_languages_together() -> None:
    for table in (COLUMNS, SAID):
        every = {code: [words(lang)(key) for lang in LANGUAGES] for code, key in table.items()}
        for code, names in every.items():
            assert [headings([name], every) for name in names] == [{code: 0}, {code: 0}]


def cells_of(sheet: Worksheet) -> list[Any]:
    return list(chain.from_iterable(sheet.iter_rows()))


@pytest.mark.parametrize("for_managers", [False, True], ids=["the team", "managers"])
def test_only_the_answers_can_be_written_into_and_they_are_empty(for_managers: bool) -> None:
    audit = kota_contoh()
    plan = plan_of(audit)
    view = worksheet(audit, plan, W, agency=None, for_managers=for_managers)
    book = opened(view)
    assert all(sheet.protection.sheet and not sheet.protection.password for sheet in book.worksheets)
    unlocked = [cell for sheet in book.worksheets for cell in cells_of(sheet) if not cell.protection.locked]
    columns = (*ANSWERS, *(FOR_MANAGERS if for_managers else ()))
    assert len(unlocked) == len(plan.week) * len(columns)
    assert {cell.value for cell in unlocked} == {None}
    assert {book.worksheets[0].cell(3, cell.column).value for cell in unlocked} == {W(COLUMNS[c]) for c in columns}


def test_a_remark_is_chosen_from_the_list_and_numbers_and_dates_are_checked_as_they_are_typed() -> None:
    sheet = opened(view_of()).worksheets[0]
    rules = {
        sheet.cell(3, range_.min_col).value: rule
        for rule in sheet.data_validations.dataValidation
        for range_ in rule.sqref.ranges
    }
    assert set(rules) == {W(COLUMNS[code]) for code in ("date", "at", "said", "count_30d")}
    assert rules[W(COLUMNS["said"])].formula1 == '"' + ",".join(W(key) for key in SAID.values()) + '"'
    assert (rules[W(COLUMNS["count_30d"])].type, rules[W(COLUMNS["count_30d"])].formula1) == ("whole", "0")
    day = rules[W(COLUMNS["date"])]
    assert (day.type, day.formula1, day.formula2) == ("date", "37987", "TODAY()")  # 1 January 2004


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_list_of_remarks_fits_what_a_workbook_takes(lang: str) -> None:
    assert len(",".join(words(lang)(key) for key in SAID.values())) <= 255


def test_the_first_line_of_every_sheet_says_that_a_demonstration_is_one_and_the_second_what_it_may_be_used_for() -> (
    None
):
    view = view_of(hand_minutes_per_week=1)
    for sheet in opened(view).worksheets:
        first, second = (" ".join(str(c.value) for c in row if c.value) for row in sheet.iter_rows(max_row=2))
        assert "DATA CONTOH, BUKAN INSTANSI NYATA" in first
        assert second == view.sentence
    assert not any(
        "DATA CONTOH" in str(c.value) for c in cells_of(opened(replace(view, demonstration=False)).worksheets[0])
    )


def test_whoever_is_left_out_is_named_on_a_sheet_of_their_own_with_the_reason() -> None:
    audit = unread()
    plan = plan_of(audit, hand_minutes_per_week=1)
    book = opened(view_of(audit, hand_minutes_per_week=1))
    assert len(plan.week) == 1
    rows = list(book["Belum kebagian"].iter_rows(min_row=4, values_only=True))
    assert [row[1] for row in rows] == [due.account for due in plan.left_out]
    assert {row[4] for row in rows} == {W("worksheet.reason_minutes")}
    assert "Belum kebagian" not in opened(view_of(audit, hand_minutes_per_week=300)).sheetnames


def test_the_sheet_of_one_office_holds_its_own_accounts_only() -> None:
    view = view_of(agency="dukcapil-contoh")
    assert [line.key for line in view.lines] == ["threads:dukcapil.kota.contoh"]
    assert "Dinas Kependudukan" in view.title


def test_the_workbook_carries_its_identity_and_its_instant_and_whether_it_is_the_managers(tmp_path: Path) -> None:
    audit, plan = kota_contoh(), plan_of(kota_contoh())
    ours = worksheet(audit, plan, W, agency=None, for_managers=False)
    theirs = worksheet(audit, plan, W, agency=None, for_managers=True)
    issued = {PROPERTY_ID: ours.id, PROPERTY_ISSUED: "2026-11-23T00:00:00+00:00"}
    assert read(tmp_path, ours).properties == issued
    assert read(tmp_path, theirs).properties == issued | {PROPERTY_FOR: "manager"}


def test_the_identity_changes_with_the_instant_and_the_accounts_and_with_nothing_else() -> None:
    audit, plan = kota_contoh(), plan_of(kota_contoh())
    first = view_of(audit)
    assert len(first.id) == 16
    assert view_of(audit, "en").id == first.id
    assert view_of(replace(audit, as_of=AS_OF + timedelta(microseconds=5))).id == first.id
    assert view_of(replace(audit, as_of=AS_OF + timedelta(seconds=1))).id != first.id
    assert worksheet(audit, HandPlan(plan.week[1:]), W, agency=None, for_managers=False).id != first.id
    assert written(first) == written(view_of(audit))


@pytest.mark.parametrize(
    ("url", "opens"),
    [
        pytest.param("https://www.instagram.com/dinkes.kota.contoh/", True, id="an https address opens"),
        pytest.param("http://dinkes.kotacontoh.example:8080/feed?a=1&b=%20#top", True, id="an http address too"),
        pytest.param("javascript:alert(1)", False, id="a script does not"),
        pytest.param("file:///etc/passwd", False, id="nor a file"),
        pytest.param("internal:Sheet2!A1", False, id="nor a place in the workbook"),
        pytest.param("external:other.xlsx", False, id="nor another workbook"),
        pytest.param("https://a.example/ b", False, id="a blank within makes it text"),
        pytest.param('https://a.example/"onclick', False, id="a quote makes it text"),
        pytest.param("https://paypal.example@evil.example/", False, id="a name before the host makes it text"),
        pytest.param("https://a.example/" + "x" * 2062, False, id="one character too long makes it text"),
        pytest.param("https://a.example/" + "x" * 2061, True, id="as long as the format allows opens"),
    ],
)
def test_only_a_plain_web_address_opens(url: str, opens: bool) -> None:
    cell = opened(view_of(with_account("threads:a", url))).worksheets[0]["D4"]
    assert (cell.hyperlink is not None) is opens
    assert cell.data_type == "s"
    assert cell.value.startswith(url[:40])


def test_beyond_the_links_that_a_sheet_may_have_an_address_is_text() -> None:
    made = BytesIO()
    with xlsxwriter.Workbook(made) as book:
        pen = _Pen(book, "a", view_of(), W)
        pen.links = LINKS - 1
        pen.link(0, 0, "https://a.example/1")
        pen.link(1, 0, "https://a.example/2")
    sheet = openpyxl.load_workbook(made)["a"]
    assert [cell.hyperlink is not None for cell in cells_of(sheet)] == [True, False]


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_hostile_text_stays_text_and_the_key_stays_whole(tmp_path: Path, text: str) -> None:
    view = view_of(with_account(text, text))
    sheet = opened(view).worksheets[0]
    assert {cell.data_type for cell in cells_of(sheet) if cell.value is not None} <= {"s", "d"}
    row = next(r for r in read(tmp_path, view).rows if r.number == 4)
    assert row.cells[0] == text.replace("\ud800", "?")
    assert all(cell.isprintable() and len(cell) <= 2100 for cell in row.cells[1:])


@settings(max_examples=60)
@given(st.text(max_size=30), st.text(max_size=30))
def test_any_key_and_address_can_be_written_and_nothing_of_it_becomes_a_formula(key: str, url: str) -> None:
    for cell in cells_of(opened(view_of(with_account(f"threads:{key}", url))).worksheets[0]):
        assert cell.data_type != "f"


def silent_since(days: float) -> Audited:
    city = kota_contoh()
    row = next(r for r in city.rows if r.account.key == "tiktok:dukcapil.kota.contoh")
    start = AS_OF - days * DAY
    return replace(row, verdict=replace(row.verdict, silent_since=start))


@pytest.mark.parametrize(
    ("now", "days", "expected"),
    [
        pytest.param(AS_OF, 20, date(2026, 11, 29), id="a look is due by the Sunday of its week"),
        pytest.param(AS_OF, 88, date(2026, 11, 25), id="or by the day of the letter that waits for it"),
        pytest.param(AS_OF, 95, date(2026, 11, 29), id="a letter that is overdue sets no day in the past"),
        pytest.param(
            AS_OF + timedelta(days=6, hours=16), 20, date(2026, 11, 29), id="on Sunday evening it is still Sunday"
        ),
        pytest.param(
            AS_OF + timedelta(days=6, hours=17), 20, date(2026, 12, 6), id="midnight of the office begins the week"
        ),
    ],
)
def test_a_look_is_owed_by_the_end_of_its_week_or_by_the_letter(now: datetime, days: float, expected: date) -> None:
    row = silent_since(days)
    audit = replace(kota_contoh(), as_of=now, rows=(row,))
    plan = HandPlan((Due(row.account.key, HAND, Why.HAND, now, 40),))
    assert [line.owed_by for line in worksheet(audit, plan, W, agency=None, for_managers=False).lines] == [expected]


def test_the_last_known_post_is_a_date_where_the_office_is() -> None:
    row = silent_since(45)
    last = row.verdict.last_post
    assert last is not None
    late = replace(last, posted_at=datetime.fromisoformat("2026-10-08T18:00:00+00:00"))
    audit = replace(kota_contoh(), rows=(replace(row, verdict=replace(row.verdict, last_post=late)),))
    plan = HandPlan((Due(row.account.key, HAND, Why.HAND, AS_OF, 40),))
    cell = opened(worksheet(audit, plan, W, agency=None, for_managers=False)).worksheets[0]["E4"]
    assert (cell.is_date, cell.value.date()) == (True, date(2026, 10, 9))


def test_the_sheet_is_printed_on_a4_across_with_its_head_on_every_page() -> None:
    sheet = opened(view_of()).worksheets[0]
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert (sheet.sheet_properties.pageSetUpPr.fitToPage, sheet.page_setup.fitToHeight) == (True, 0)
    assert sheet.print_title_rows == "$1:$3"
    assert sheet.freeze_panes == "D4"


# --- what is said beside it ---


def test_twenty_left_out_accounts_are_named_and_the_others_counted_with_the_command_that_lists_them() -> None:
    looks = tuple(Due(f"x:akun_{n}", HAND, Why.HAND, AS_OF, 40) for n in range(51))
    (said,) = left_out(kota_contoh(), HandPlan((), looks), W)
    assert "x:akun_19" in said
    assert "x:akun_20" not in said
    assert said.endswith("dan 31 lagi: auditor worksheet --all")


def test_where_nothing_is_owed_the_next_day_and_its_accounts_are_named() -> None:
    city = kota_contoh()
    row = next(r for r in city.rows if r.verdict.reason is Reason.NOT_CONNECTED)
    proven = Verdict(Status.ACTIVE, AS_OF, Reason.RECENT, observed_at=AS_OF, proven_until=AS_OF + 9 * DAY)
    later = replace(row, verdict=proven)
    said = nothing(replace(city, rows=(later,)), None, W)
    assert said[-1] == "Berikutnya 02 Des 2026: threads:dukcapil.kota.contoh"
    assert nothing(replace(city, rows=()), None, W)[-1] == W("worksheet.nobody")
