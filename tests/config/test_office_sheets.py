"""Sheets as offices hand them in: titles, headings in two rows, totals, ticks, links behind a word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import openpyxl
import pytest

from auditor.config.importing import ImportPlan, Outcome, plan_import
from auditor.config.importing.words import lines
from auditor.config.sheets import read_sheet
from auditor.platforms import platforms
from auditor.words import words

from .dirty import dirty

FORMS = {name: platform.address for name, platform in platforms().items()}
INSTAGRAM, FACEBOOK = "https://www.instagram.com/", "https://www.facebook.com/"
HEALTH, SOCIAL = "Dinas Kesehatan Kota Contoh", "Dinas Sosial Kota Contoh"
Rows = Sequence[Sequence[object]]


def imported(folder: Path, rows: Rows, links: Mapping[str, str] | None = None) -> ImportPlan:
    """A workbook of these rows; `links`: cell -> where it leads when clicked."""
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    for row in rows:
        page.append(list(row))
    for cell, target in (links or {}).items():
        page[cell].hyperlink = target
    book.save(folder / "daftar.xlsx")
    return plan_import(read_sheet(folder / "daftar.xlsx"), None, FORMS)


def keys(plan: ImportPlan) -> list[str]:
    return [addition.key for addition in plan.additions]


def codes(plan: ImportPlan) -> set[str]:
    return {remark.code for item in plan.items for remark in item.remarks}


WIDE = ("No", "Nama OPD", "Instagram", "Facebook")
BOTH = ["instagram:dinkes.contoh", "facebook:dinkes.contoh"]
TWO_ROWS = (("No", "Nama OPD", "Instagram", None, "Facebook", None),)

SHEETS: Mapping[str, tuple[Rows, list[str]]] = {
    "a name where the link is missing is the account": (
        [("Nama OPD", "Link Instagram", "Username IG"), (HEALTH, "", "@dinkes.contoh")],
        ["instagram:dinkes.contoh"],
    ),
    "a link counts although a display name stands before it": (
        [("Nama OPD", "Username IG", "Link Instagram"), (HEALTH, "Dinkes Contoh", INSTAGRAM + "dinkes.contoh")],
        ["instagram:dinkes.contoh"],
    ),
    "a dash for a link leaves the name beside it": (
        [("Nama OPD", "Platform", "Akun", "Link"), (HEALTH, "Instagram", "@dinkes.contoh", "-")],
        ["instagram:dinkes.contoh"],
    ),
    "two columns of one platform are two accounts": (
        [("Nama OPD", "Instagram 1", "Instagram 2"), (HEALTH, "@dinkes.contoh", "@uks.contoh")],
        ["instagram:dinkes.contoh", "instagram:uks.contoh"],
    ),
    "name and link below the name of each platform": (
        [
            *TWO_ROWS,
            (None, None, "Username", "Link", "Username", "Link"),
            (1, HEALTH, "@dinkes.contoh", INSTAGRAM + "dinkes.contoh", "Dinkes Contoh", FACEBOOK + "dinkes.contoh"),
        ],
        BOTH,
    ),
    "name and followers below the name of each platform": (
        [*TWO_ROWS, (None, None, "Akun", "Pengikut", "Akun", "Pengikut"), (1, HEALTH, "@dinkes.contoh", 9)],
        ["instagram:dinkes.contoh"],
    ),
    "three rows of headings": (
        [
            ("No", "Nama OPD", "Media Sosial"),
            (None, None, "Instagram", None, "Facebook", None),
            (None, None, "Akun", "Pengikut", "Akun", "Pengikut"),
            (1, HEALTH, "@dinkes.contoh", 900, "dinkes.contoh", 12),
        ],
        BOTH,
    ),
    "a row that numbers the columns is no account": (
        [WIDE, (1, 2, 3, 4), (1, HEALTH, "@dinkes.contoh", "dinkes.contoh")],
        BOTH,
    ),
    "a number of followers is no account": (
        [("Nama OPD", "Instagram", "Pengikut Instagram", "X"), (HEALTH, "@dinkes.contoh", 1200, 300)],
        ["instagram:dinkes.contoh"],
    ),
    "a page of Facebook may have a number for a name": (
        [("Nama OPD", "Facebook"), (HEALTH, "100000000001234")],
        ["facebook:100000000001234"],
    ),
    "a tick, an answer or a pointer is no account": (
        [WIDE, (1, HEALTH, "Ada", "√"), (2, SOCIAL, "Aktif", "klik di sini"), (3, "Bappeda", "v", "Facebook")],
        [],
    ),
    "what looks like an answer is an account where it is written with @": (
        [WIDE, (1, HEALTH, "@ada")],
        ["instagram:ada"],
    ),
    "a total in the column of numbers is no account": (
        [WIDE, (1, HEALTH, "@dinkes.contoh"), ("JUMLAH", None, 1, 0), (None, None, "Mengetahui,")],
        ["instagram:dinkes.contoh"],
    ),
}


@pytest.mark.parametrize(("rows", "wanted"), SHEETS.values(), ids=SHEETS)
def test_a_sheet_of_an_office_gives_exactly_its_accounts(rows: Rows, wanted: list[str], tmp_path: Path) -> None:
    assert keys(imported(tmp_path, rows)) == wanted


def test_a_name_that_is_the_id_of_an_office_is_said_to_resemble_it(tmp_path: Path) -> None:
    rows = [("ID OPD", "Nama OPD", "Instagram"), ("dinkes", HEALTH, "@dinkes.contoh"), ("", "DINKES", "@uks.contoh")]
    plan = imported(tmp_path, rows)
    remarks = [remark for remark in plan.items[1].remarks if remark.code == "office_near"]
    assert [remark.suggestion for remark in remarks] == [HEALTH]
    assert plan.additions[1].note == "periksa"


@pytest.mark.parametrize("number", ["081234567890", "0812-3456-7890", "https://whatsapp.com/channel/081234567890"])
def test_a_telephone_number_is_no_channel(number: str, tmp_path: Path) -> None:
    plan = imported(tmp_path, [("Nama OPD", "Platform", "Akun"), (HEALTH, "WhatsApp", number)])
    assert (keys(plan), [item.outcome for item in plan.items]) == ([], [Outcome.REJECTED])


def test_a_tick_is_rejected_aloud_with_what_to_write(tmp_path: Path) -> None:
    plan = imported(tmp_path, [WIDE, (1, HEALTH, "Ada", 1)])
    assert [item.outcome for item in plan.items] == [Outcome.REJECTED] * 2
    assert {item.reason.code for item in plan.items if item.reason} == {"no_name"}
    assert "Ada tidak menyebut akun yang mana (tempel tautan profilnya" in "\n".join(lines(plan, words("id")))


def test_the_row_that_numbers_the_columns_is_named_as_not_read(tmp_path: Path) -> None:
    plan = imported(tmp_path, [WIDE, ("(1)", "(2)", "(3)", "(4)"), (1, HEALTH, "@dinkes.contoh")])
    assert plan.titles == ("daftar.xlsx:Sheet!2",)


@pytest.mark.parametrize("text", ["Instagram", "klik di sini", "Dinkes Kota Contoh", "dinkes.contoh"])
def test_a_cell_leads_where_its_link_leads_whatever_it_says(text: str, tmp_path: Path) -> None:
    plan = imported(tmp_path, [WIDE, (1, HEALTH, text)], {"C2": INSTAGRAM + "dinkes.contoh?igsh=x"})
    assert keys(plan) == ["instagram:dinkes.contoh"]
    assert "from_hyperlink" in plan.items[0].repairs
    assert not codes(plan)


DIFFERING = {
    "a name over another account": ("@dinkes.contoh", INSTAGRAM + "lain.contoh", "instagram:lain.contoh"),
    "a link over another link": (INSTAGRAM + "dinkes.contoh", INSTAGRAM + "lain.contoh", "instagram:dinkes.contoh"),
}


@pytest.mark.parametrize(("text", "target", "wanted"), DIFFERING.values(), ids=DIFFERING)
def test_a_cell_that_says_one_account_and_leads_to_another_is_told(
    text: str, target: str, wanted: str, tmp_path: Path
) -> None:
    plan = imported(tmp_path, [WIDE, (1, HEALTH, text)], {"C2": target})
    assert (keys(plan), codes(plan)) == ([wanted], {"handle_differs"})
    assert plan.additions[0].note == "periksa"


@pytest.mark.parametrize("target", ["mailto:dinkes@contoh.example", "file:///C:/daftar.xlsx", "#Sheet!A1"])
def test_only_web_addresses_are_links_of_a_cell(target: str, tmp_path: Path) -> None:
    assert keys(imported(tmp_path, [WIDE, (1, HEALTH, "@dinkes.contoh")], {"C2": target})) == BOTH[:1]


@pytest.mark.parametrize("lang", ["id", "en"])
def test_of_a_thousand_remarks_the_rare_ones_are_on_the_screen(lang: str) -> None:
    """Four labels that disagree with their link must not drown among 1,500 offices with two accounts."""
    listed = dirty()
    plan = plan_import(listed.sheet, None, FORMS)
    text = "\n".join(lines(plan, words(lang)))
    for place in listed.mismatched:
        assert f"\n {place}: " in text
    pairs = [item for item in plan.items if any(remark.code == "same_name" for remark in item.remarks)]
    assert len(pairs) == 3
    assert all(f"\n {item.place}: " in text for item in pairs)
    spelt = "\n".join(line for line in text.splitlines() if " → " in line and "×" in line)
    assert all(place.rpartition(":")[2] in spelt for place in listed.misspelt)
