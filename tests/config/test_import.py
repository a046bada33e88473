"""A list into the register: every line accepted, repaired, rejected or a duplicate, and nothing dropped silently."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import example, given, settings, strategies as st

from auditor.config.checks import private_allowed
from auditor.config.importing import Effect, ImportPlan, Item, Outcome, apply_import, plan_import
from auditor.config.importing.export import REGISTER, as_csv, export_rows, guarded, head
from auditor.config.importing.lines import lines_of
from auditor.config.importing.words import as_json, instead, lines, rejected_csv, sentence
from auditor.config.sheets import Row, Sheet, read_sheet
from auditor.core.register import Register
from auditor.platforms import platforms
from auditor.words import words

from . import dirty as dirty_list
from .dirty import dirty
from .folder import agency, loaded, write

ROOT = Path(__file__).parents[2]
FORMS = {name: platform.address for name, platform in platforms().items()}
SOME_ID = "UCkanal-kota-contoh-001A"
UNSAFE = "=+-@\t\r"


def sheet(*rows: Sequence[str], name: str = "daftar.csv", tab: str = "", **properties: str) -> Sheet:
    """Rows of a text file, or with `tab` of a workbook."""
    place = f"{name}:{tab}!" if tab else f"{name}:"
    found = tuple(Row(f"{place}{n}", n, tuple(row), tab) for n, row in enumerate(rows, 1) if any(row))
    return Sheet(name, found, properties)


def imported(*rows: Sequence[str], register: Register | None = None, **options: object) -> ImportPlan:
    return plan_import(sheet(*rows), register, FORMS, **options)  # type: ignore[arg-type]  # a table of options


def codes(item: Item) -> set[str]:
    return {remark.code for remark in item.remarks}


HEAD = ("Perangkat Daerah", "Platform", "Tautan")
OFFICE = "Dinas Kesehatan Kota Contoh"


def one(platform: str, link: str, office: str = OFFICE) -> Item:
    (item,) = imported(HEAD, (office, platform, link)).items
    return item


REPAIRS = {
    "a missing scheme is added": ("Facebook", "facebook.com/dinkes.contoh", "scheme_added", "dinkes.contoh"),
    "http becomes https": ("Facebook", "http://facebook.com/dinkes.contoh", "https", "dinkes.contoh"),
    "a query is dropped": ("Instagram", "https://instagram.com/dinkes.contoh?hl=id", "query_dropped", "dinkes.contoh"),
    "a fragment is dropped": ("X", "https://x.com/dinkes_contoh#isi", "query_dropped", "dinkes_contoh"),
    "a sub-page is dropped": ("YouTube", "https://youtube.com/@dinkes/featured", "tail_dropped", "@dinkes"),
    "a trailing slash is dropped": ("X", "https://x.com/dinkes_contoh/", "slash_dropped", "dinkes_contoh"),
    "capitals are lower-cased": ("Instagram", "https://instagram.com/Dinkes.Contoh", "lower_cased", "dinkes.contoh"),
    "an @ in the path is removed": ("X", "https://x.com/@dinkes_contoh", "at_removed", "dinkes_contoh"),
    "an @ before a handle is removed": ("X", "@dinkes_contoh", "at_removed", "dinkes_contoh"),
    "a handle becomes a link": ("TikTok", "@dinkes.contoh", "link_made", "dinkes.contoh"),
    "an old host is replaced": ("X", "https://twitter.com/dinkes_contoh", "host_renamed", "dinkes_contoh"),
    "a page by number takes its short form": (
        "Facebook",
        "https://facebook.com/pages/Dinkes-Contoh/100000000001",
        "rewritten",
        "100000000001",
    ),
    "an invisible character is taken out": (
        "Instagram",
        "https://instagram.com/dinkes\u200b.contoh",
        "signs_dropped",
        "dinkes.contoh",
    ),
    "words around a link are dropped": (
        "Facebook",
        "utama: https://facebook.com/dinkes.contoh",
        "text_dropped",
        "dinkes.contoh",
    ),
    "the link inside a HYPERLINK formula counts": (
        "X",
        '=HYPERLINK("https://x.com/dinkes_contoh","Dinkes")',
        "from_formula",
        "dinkes_contoh",
    ),
}


@pytest.mark.parametrize(("platform", "link", "repair", "handle"), REPAIRS.values(), ids=REPAIRS)
def test_what_is_set_right_is_said(platform: str, link: str, repair: str, handle: str) -> None:
    item = one(platform, link)
    assert (item.outcome, item.effect, item.address and item.address.handle) == ("repaired", "new", handle)
    assert repair in item.repairs


PROPER = {
    "Instagram": "https://www.instagram.com/dinkes.contoh/",
    "Facebook": "https://www.facebook.com/dinkes.contoh",
    "X": "https://x.com/dinkes_contoh",
    "TikTok": "https://www.tiktok.com/@dinkes.contoh",
    "Telegram": "https://t.me/dinkes_contoh",
    "Mastodon": "https://sosial.kotacontoh.example/@dinkes",
    "Bluesky": "https://bsky.app/profile/dinkes.kotacontoh.example",
    "LinkedIn": "https://www.linkedin.com/company/dinkes-contoh/",
    "YouTube": f"https://www.youtube.com/channel/{SOME_ID}",
    "RSS": "https://dinkes.kotacontoh.example/feed/",
    "Website": "https://dinkes.kotacontoh.example/rss.xml",
}


@pytest.mark.parametrize(("platform", "link"), PROPER.items())
def test_what_is_written_properly_is_accepted_and_written_as_it_is(platform: str, link: str) -> None:
    plan = imported(HEAD, (OFFICE, platform, link))
    assert plan.items[0].outcome is Outcome.ACCEPTED
    assert [(entry.url, entry.platform, entry.note) for entry in plan.additions] == [(link, "", "")]


REJECTED = {
    "a bare platform is a placeholder (row 11)": ("YouTube", "https://www.youtube.com/", "home_page"),
    "a display name is not a handle (row 13)": ("YouTube", "Diskominfo Kota Contoh", "blank"),
    "a post is not an account": ("Instagram", "https://www.instagram.com/p/CONTOH/", "not_account"),
    "a look-alike host is refused": ("Instagram", "https://instagram.com.contoh.example/dinkes", "look_alike"),
    "a private address is refused": ("RSS", "https://192.168.1.2/feed/", "private"),
    "a platform nobody reads": ("Flickr", "https://www.flickr.com/photos/contoh", "platform_unread"),
    "a page of an unknown host is neither feed nor home": ("", "https://portal.example/dinkes/profil", "host_unknown"),
    "a handle without a platform": ("", "@dinkes_contoh", "no_platform"),
    "a formula is not followed": ("X", "=A1&B1", "formula"),
    "an empty row": ("X", "", "empty"),
    "a phone number": ("WhatsApp", "https://wa.me/62000", "not_account"),
}


@pytest.mark.parametrize(("platform", "link", "code"), REJECTED.values(), ids=REJECTED)
def test_what_names_no_account_is_rejected_with_a_reason_and_a_way_out(platform: str, link: str, code: str) -> None:
    plan = imported(HEAD, (OFFICE, platform, link))
    (item,) = plan.items
    assert (item.outcome, item.effect, item.reason and item.reason.code) == ("rejected", "none", code)
    assert plan.changes_nothing
    assert item.reason is not None
    for language in ("id", "en"):
        assert sentence(item.reason, words(language))
        assert len(instead(item.reason, words(language))) > 10


LABELS = {
    "Youtube": ("https://www.youtube.com/@dinkes", "YouTube"),
    "Intagram": ("https://www.instagram.com/dinkes.contoh/", "Instagram"),
    "Linkedin": ("https://www.linkedin.com/company/dinkes-contoh/", "LinkedIn"),
    "twitter": ("https://x.com/dinkes_contoh", "X"),
    "x": ("https://x.com/dinkes_contoh", "X"),
    "FB": ("https://www.facebook.com/dinkes.contoh", "Facebook"),
    "Tik Tok": ("https://www.tiktok.com/@dinkes.contoh", "TikTok"),
}


@pytest.mark.parametrize(("label", "link", "name"), [(key, *value) for key, value in LABELS.items()])
def test_a_misspelt_platform_is_named_with_its_proper_name(label: str, link: str, name: str) -> None:
    item = one(label, link)
    assert [(r.code, r.suggestion) for r in item.remarks if r.code == "platform_spelling"] == [
        ("platform_spelling", name)
    ]
    assert (item.outcome, item.effect) == (Outcome.REPAIRED, Effect.NEW)


def test_the_host_decides_the_platform_and_a_column_that_disagrees_is_told_row_10() -> None:
    plan = imported(HEAD, (OFFICE, "WhatsApp Channel", "https://www.instagram.com/dinkes.contoh/"))
    (item,) = plan.items
    assert (item.key, item.outcome) == ("instagram:dinkes.contoh", Outcome.REPAIRED)
    assert "platform_disagrees" in codes(item)
    assert plan.additions[0].note == "periksa"


def test_a_label_serves_where_there_is_no_host() -> None:
    assert one("IG", "dinkes.contoh").key == "instagram:dinkes.contoh"
    assert one("", "https://x.com/dinkes_contoh").key == "x:dinkes_contoh"


CONFLICTS = {
    "row 1, two pages of one office": (("facebook.com/infocontoh", "facebook.com/badancontoh"), "candidates"),
    "row 2, two YouTube users of one office": (
        ("youtube.com/user/infocontoh", "youtube.com/user/badancontoh"),
        "candidates",
    ),
    "row 3, three pages": (
        ("facebook.com/infocontoh", "facebook.com/bencanacontoh", "fb.com/badan.contoh"),
        "candidates",
    ),
    "row 4, two forms and two names": (("youtube.com/user/badancontoh", "youtube.com/@badan_contoh"), "candidates"),
    "row 5, two pages": (("facebook.com/diskominfocontoh", "facebook.com/kominfo.contoh"), "candidates"),
    "row 6, duplicate or rename": (("instagram.com/kominfokabcontoh", "instagram.com/kabcontohkominfo"), "candidates"),
    "row 7, one name with and without a dot": (("instagram.com/uptcontoh", "instagram.com/upt.contoh"), "rename"),
    "one YouTube name in two forms": (("youtube.com/user/badancontoh", "youtube.com/@badancontoh"), "same_name"),
    "row 12, a filler beside an account": (("instagram.com/username2", "x.com/dinkes_contoh"), "filler_beside"),
    "row 14, an address nothing resolves": (("youtube.com/c/InfoPemkoContoh",), "no_lookup"),
    "a bare name nothing resolves": (("youtube.com/InfoPemkoContoh",), "no_lookup"),
    "row 15, a regency's account at a city's office": (("instagram.com/pemkabcontoh",), "other_region"),
    "a channel id that may be mistyped": ((f"youtube.com/channel/{SOME_ID[:-1]}B",), "id_ending"),
}


@pytest.mark.parametrize(("links", "code"), CONFLICTS.values(), ids=CONFLICTS)
def test_nobody_picks_silently_what_a_person_must_decide(links: tuple[str, ...], code: str) -> None:
    plan = imported(HEAD, *((OFFICE, "", link) for link in links))
    assert len(plan.additions) == len(links)
    assert code in codes(plan.items[-1])
    assert plan.additions[-1].note == "periksa"


QUIET = {
    "row 17, one office on three platforms under slightly different names": (
        "instagram.com/pemkotcontoh_",
        "x.com/pemkotcontoh_",
        "facebook.com/pemkotcontoh",
    ),
    "row 20, LinkedIn is listed and looked at by hand": ("linkedin.com/company/dinkes-contoh",),
}


@pytest.mark.parametrize("links", QUIET.values(), ids=QUIET)
def test_what_is_in_order_is_not_warned_about(links: tuple[str, ...]) -> None:
    plan = imported(HEAD, *((OFFICE, "", link) for link in links))
    assert [entry.note for entry in plan.additions] == [""] * len(links)


def test_row_18_the_written_form_stays_in_the_report() -> None:
    item = one("Instagram", "https://www.instagram.com/Kominfo.Contoh/")
    assert (item.written, item.key) == ("https://www.instagram.com/Kominfo.Contoh/", "instagram:kominfo.contoh")


def test_row_9_a_remark_of_the_list_goes_into_the_register() -> None:
    plan = imported((*HEAD, "Keterangan"), (OFFICE, "X", "https://x.com/dinkes_contoh", "pemilik belum pasti (cek)"))
    assert plan.additions[0].note == "pemilik belum pasti (cek)"


def test_row_19_how_many_channel_ids_are_known_is_said() -> None:
    plan = imported(HEAD, (OFFICE, "", f"youtube.com/channel/{SOME_ID}"), (OFFICE, "", "youtube.com/@dinkescontoh"))
    assert any("1 of 2 channel ids known" in line for line in lines(plan, words("en")))


def test_row_23_a_second_account_is_allowed_where_the_list_says_what_it_is_for(tmp_path: Path) -> None:
    found = register(tmp_path, "https://www.instagram.com/utama.contoh/")
    plan = imported((*HEAD, "Keterangan"), ("dinkes", "", "instagram.com/media.contoh", "pusat media"), register=found)
    assert [(entry.key, entry.note) for entry in plan.additions] == [("instagram:media.contoh", "pusat media")]


def test_row_24_offices_the_list_adds_and_accounts_it_lacks_are_both_told(tmp_path: Path) -> None:
    found = register(tmp_path, "https://www.instagram.com/lama.contoh/")
    plan = imported(HEAD, ("Kecamatan Baru Contoh", "X", "https://x.com/kec_baru_contoh"), register=found)
    assert [office.name for office in plan.agencies] == ["Kecamatan Baru Contoh"]
    assert plan.kept == ("instagram:lama.contoh",)


REGISTERS = {
    "row 8, a predecessor that is listed too is one account": (
        agency("{x: kemkontoh, predecessor: kominkontoh}", "x: kominkontoh"),
        ["x:kemkontoh", "x:kominkontoh"],
    ),
    "row 22, an office without accounts loads": ("agencies:\n  - {name: Dinas Sosial, id: dinsos, accounts: []}\n", []),
}


@pytest.mark.parametrize(("text", "keys"), REGISTERS.values(), ids=REGISTERS)
def test_what_the_register_itself_allows(text: str, keys: list[str], tmp_path: Path) -> None:
    found = loaded(tmp_path, accounts=text)
    assert list(found.register.account) == keys
    again = imported(HEAD, *((a.agency, "", a.url) for a in found.register.accounts), register=found.register)
    assert again.changes_nothing


def test_row_21_a_vertical_office_keeps_its_ministry_whatever_the_list_says(tmp_path: Path) -> None:
    text = "agencies:\n  - {name: Pusat, id: pusat}\n  - {name: Pusat di Kota, id: cabang, parent: pusat}\n"
    found = loaded(tmp_path, accounts=text)
    plan = imported(HEAD, ("Pusat di Kota", "X", "https://x.com/pusat_contoh"), register=found.register)
    apply_import(plan, tmp_path, platforms())
    assert loaded(tmp_path).register.agency["cabang"].parent == "pusat"


def register(folder: Path, *accounts: str, head: str = "") -> Register:
    """Of the one office `dinkes`, Dinas Kesehatan."""
    return loaded(folder, accounts=agency(*accounts, head=head)).register


def test_the_same_account_twice_is_reported_with_both_places() -> None:
    plan = imported(
        HEAD, (OFFICE, "X", "https://x.com/dinkes_contoh"), (OFFICE, "X", "http://twitter.com/Dinkes_Contoh/")
    )
    assert [item.outcome for item in plan.items] == ["accepted", "duplicate"]
    assert (plan.items[1].place, plan.items[1].twin) == ("daftar.csv:3", "daftar.csv:2")


def test_a_listed_account_is_named_with_its_place_in_the_register(tmp_path: Path) -> None:
    found = register(tmp_path, "https://x.com/dinkes_contoh")
    plan = imported(HEAD, ("Dinas Kesehatan", "X", "https://twitter.com/dinkes_contoh"), register=found)
    assert (plan.items[0].effect, plan.items[0].twin) == (Effect.LISTED, "accounts.yaml:5")
    assert plan.changes_nothing


def test_pages_that_differ_in_their_number_only_are_different() -> None:
    url = "https://www.facebook.com/profile.php?id=10000000000"
    plan = imported(HEAD, *((OFFICE, "Facebook", url + str(n)) for n in range(3)))
    assert (len(plan.additions), plan.counts["duplicate"]) == (3, 0)


def test_a_column_of_row_numbers_is_not_taken_for_ids() -> None:
    plan = imported(("ID", *HEAD), ("1", OFFICE, "X", "https://x.com/dinkes_contoh"))
    assert plan.additions[0].id == ""
    assert "id_unlike" in codes(plan.items[0])


def test_one_stable_id_is_one_account_under_two_names() -> None:
    plan = imported(
        (*HEAD, "Channel ID"), (OFFICE, "", "youtube.com/@satu", SOME_ID), (OFFICE, "", "youtube.com/@dua", SOME_ID)
    )
    assert [item.outcome for item in plan.items] == ["repaired", "duplicate"]
    assert (plan.items[1].twin, "same_id" in codes(plan.items[1])) == ("daftar.csv:2", True)


NAMES = {
    "case and blanks do not matter": ("DINAS  kesehatan", "dinkes", ""),
    "punctuation does not matter": ("Dinas Kesehatan.", "dinkes", ""),
    "an id is a name too": ("dinkes", "dinkes", ""),
    "a slip of the pen is a new office that is told": ("Dinas Kesehtan", "dinas-kesehtan", "office_near"),
    "a name with its city is told": ("Dinas Kesehatan Kota Contoh", "dinas-kesehatan-kota-contoh", "office_near"),
    "an abbreviation is not guessed": ("Dinkes Kota", "dinkes-kota", ""),
    "another office is another office": ("Dinas Pendidikan", "dinas-pendidikan", ""),
    "numbers are not slips": ("Puskesmas 12", "puskesmas-12", ""),
}


@pytest.mark.parametrize(("name", "office", "code"), NAMES.values(), ids=NAMES)
def test_an_office_is_matched_by_id_or_name_and_never_dropped(
    name: str, office: str, code: str, tmp_path: Path
) -> None:
    plan = imported(HEAD, (name, "X", "https://x.com/dinkes_contoh"), register=register(tmp_path))
    assert plan.additions[0].agency == office
    assert (code in codes(plan.items[0])) if code else not codes(plan.items[0])
    assert [new.id for new in plan.agencies] == ([] if office == "dinkes" else [office])


def test_an_office_is_never_made_of_a_rejected_row() -> None:
    plan = imported(HEAD, ("Jumlah", "", "45"), ("Dinas Lain", "X", "tidak tahu"))
    assert (plan.agencies, plan.counts["rejected"]) == ((), 2)


def test_a_row_without_an_office_takes_the_one_asked_for_or_the_only_one(tmp_path: Path) -> None:
    link = ("https://x.com/dinkes_contoh",)
    assert imported(("Link",), link).items[0].reason is not None
    assert imported(("Link",), link, register=register(tmp_path)).additions[0].agency == "dinkes"
    two = loaded(tmp_path, accounts=agency() + "  - name: Lain\n    id: lain\n").register
    assert imported(("Link",), link, register=two).counts["rejected"] == 1
    assert imported(("Link",), link, register=two, agency="lain").additions[0].agency == "lain"


def test_merged_cells_carry_the_office_down() -> None:
    plan = imported(HEAD, (OFFICE, "X", "https://x.com/satu_contoh"), ("", "", "https://www.facebook.com/dua.contoh"))
    assert [entry.agency for entry in plan.additions] == ["dinas-kesehatan-kota-contoh"] * 2
    assert "office_above" in plan.items[1].repairs


def test_the_wide_sheet_has_a_row_for_each_office_and_a_column_for_each_platform() -> None:
    plan = imported(
        ("DAFTAR AKUN RESMI TAHUN 2026",),
        ("No", "OPD", "Instagram", "Facebook", "X/Twitter", "TikTok", "YouTube", "Website"),
        (
            "1",
            OFFICE,
            "@dinkes.contoh\n@uks.contoh",
            "dinkes.contoh",
            "dinkes_contoh",
            "-",
            "@dinkescontoh",
            "dinkes.kotacontoh.example",
        ),
        ("2", "Kecamatan Utara", "-", "-", "-", "-", "-", "-"),
        ("", "Jumlah", "2", "1", "1", "", "1", "1"),
    )
    assert [entry.key for entry in plan.additions] == [
        "instagram:dinkes.contoh",
        "instagram:uks.contoh",
        "facebook:dinkes.contoh",
        "x:dinkes_contoh",
        "youtube:@dinkescontoh",
    ]
    assert [(new.name, new.website) for new in plan.agencies] == [
        (OFFICE, "https://dinkes.kotacontoh.example"),
        ("Kecamatan Utara", ""),
    ]
    assert (plan.ignored, plan.titles) == (("No",), ("daftar.csv:1",))
    assert sum(plan.counts.values()) == len(plan.items)
    assert {item.reason.code for item in plan.rejected if item.reason} == {"total"}


def test_headings_may_stand_in_two_rows() -> None:
    plan = imported(
        ("No", "Nama OPD", "Media Sosial", ""),
        ("", "", "Instagram", "Facebook"),
        ("1", OFFICE, "dinkes.contoh", "dinkes.contoh"),
    )
    assert [entry.key for entry in plan.additions] == ["instagram:dinkes.contoh", "facebook:dinkes.contoh"]


SPLIT = {
    "a line each": "https://x.com/satu_contoh\nhttps://x.com/dua_contoh",
    "a comma": "https://x.com/satu_contoh, https://x.com/dua_contoh",
    "a semicolon": "https://x.com/satu_contoh;https://x.com/dua_contoh",
    "a slash between blanks": "@satu_contoh / @dua_contoh",
    "a blank before each link": "https://x.com/satu_contoh https://x.com/dua_contoh",
    "numbers": "1. @satu_contoh\n2. @dua_contoh",
}


@pytest.mark.parametrize("cell", SPLIT.values(), ids=SPLIT)
def test_several_accounts_in_a_cell_are_several(cell: str) -> None:
    plan = imported(HEAD, (OFFICE, "X", cell))
    assert [entry.key for entry in plan.additions] == ["x:satu_contoh", "x:dua_contoh"]


def test_a_list_without_headings_works_where_its_cells_are_links() -> None:
    plan = imported(
        ("1", OFFICE, "https://x.com/dinkes_contoh", "https://www.facebook.com/dinkes.contoh"),
        ("2", "Dinas Sosial Kota Contoh", "https://x.com/dinsos_contoh"),
    )
    assert [(entry.agency, entry.key) for entry in plan.additions] == [
        ("dinas-kesehatan-kota-contoh", "x:dinkes_contoh"),
        ("dinas-kesehatan-kota-contoh", "facebook:dinkes.contoh"),
        ("dinas-sosial-kota-contoh", "x:dinsos_contoh"),
    ]


def test_headings_hold_for_their_own_sheet_of_a_workbook() -> None:
    first = sheet(HEAD, (OFFICE, "X", "https://x.com/satu_contoh"), tab="Dinas")
    second = sheet(("Tautan", "Kecamatan"), ("https://x.com/dua_contoh", "Kecamatan Utara"), tab="Kecamatan")
    plan = plan_import(Sheet("daftar.xlsx", first.rows + second.rows), None, FORMS)
    assert [entry.agency for entry in plan.additions] == ["dinas-kesehatan-kota-contoh", "kecamatan-utara"]


def test_a_home_page_is_the_office_s_web_site_and_a_feed_is_an_account(tmp_path: Path) -> None:
    found = register(tmp_path)
    plan = imported(
        HEAD,
        ("dinkes", "Website", "https://dinkes.kotacontoh.example/"),
        ("dinkes", "Website", "https://dinkes.kotacontoh.example/feed/"),
        register=found,
    )
    assert plan.websites == {"dinkes": "https://dinkes.kotacontoh.example/"}
    assert [entry.key for entry in plan.additions] == ["feed:https://dinkes.kotacontoh.example/feed/"]


def test_another_web_site_than_the_listed_one_is_told_and_not_taken(tmp_path: Path) -> None:
    text = agency().replace("    accounts:", "    website: https://lama.kotacontoh.example\n    accounts:")
    found = loaded(tmp_path, accounts=text).register
    plan = imported(HEAD, ("dinkes", "Website", "https://baru.kotacontoh.example"), register=found)
    assert plan.changes_nothing
    assert "website_differs" in codes(plan.items[0])


def test_new_particulars_of_a_listed_account_are_changes(tmp_path: Path) -> None:
    found = register(tmp_path, "https://x.com/dinkes_contoh")
    plan = imported(
        (*HEAD, "Dibuka", "Profil", "Keterangan"),
        ("Dinas Kesehatan", "X", "https://x.com/dinkes_contoh", "2019", "lenient", "akun utama"),
        register=found,
        profiles=("lenient",),
    )
    (change,) = plan.changes
    assert change.fields == {"opened": ("", "2019"), "profile": ("", "lenient"), "note": ("", "akun utama")}


def test_what_cannot_be_used_of_a_row_is_told_and_the_account_is_taken(tmp_path: Path) -> None:
    plan = imported((*HEAD, "Dibuka", "Profil"), (OFFICE, "X", "https://x.com/dinkes_contoh", "dulu", "santai"))
    assert {"opened_unread", "profile_unknown"} <= codes(plan.items[0])
    assert (plan.additions[0].opened, plan.additions[0].profile) == ("", "")


def test_an_empty_cell_takes_nothing_away(tmp_path: Path) -> None:
    found = register(tmp_path, "{url: https://x.com/dinkes_contoh, note: akun utama, opened: 2019}")
    plan = imported(
        (*HEAD, "Dibuka", "Keterangan"), ("dinkes", "X", "https://x.com/dinkes_contoh", "", ""), register=found
    )
    assert plan.changes_nothing


def test_an_account_named_under_another_office_moves(tmp_path: Path) -> None:
    text = agency("https://x.com/dinkes_contoh") + "  - name: Dinas Sosial\n    id: dinsos\n"
    found = loaded(tmp_path, accounts=text).register
    plan = imported(HEAD, ("Dinas Sosial", "X", "https://x.com/dinkes_contoh"), register=found)
    assert [(c.before, c.agency) for c in plan.changes] == [("dinkes", "dinsos")]


def test_an_account_does_not_move_to_a_misspelt_office(tmp_path: Path) -> None:
    found = register(tmp_path, "https://x.com/dinkes_contoh")
    plan = imported(HEAD, ("Dinas Kesehtan", "X", "https://x.com/dinkes_contoh"), register=found)
    assert plan.changes_nothing
    assert "office_near" in codes(plan.items[0])


class TestTheDirtyList:
    """1,865 rows with counted defects, and what the importer must make of each."""

    found = dirty()
    plan = plan_import(found.sheet, None, FORMS)

    def test_it_has_the_counts_that_were_measured(self) -> None:
        urls = [row.cells[2] for row in self.found.sheet.rows[1:]]
        assert len(urls) == dirty_list.ROWS
        assert sum("twitter.com" in url for url in urls) == dirty_list.TWITTER
        assert sum(url.startswith("http:") for url in urls) == dirty_list.PLAIN_HTTP
        assert sum("://" not in url for url in urls) == dirty_list.NO_SCHEME
        assert sum(url.endswith("/") for url in urls) == dirty_list.SLASHES
        assert len(urls) - len(set(urls)) == dirty_list.IDENTICAL
        queries = [url for url in urls if ("?" in url or "#" in url) and "profile.php" not in url]
        assert len(queries) == dirty_list.QUERIES
        assert sum(not row.cells[4] for row in self.found.sheet.rows[1:]) == dirty_list.NO_ID

    def test_no_row_is_dropped(self) -> None:
        assert len(self.plan.items) == dirty_list.ROWS
        assert sum(self.plan.counts.values()) == dirty_list.ROWS

    def test_fourteen_misspelt_platforms_are_named_with_a_suggestion(self) -> None:
        told = {i.place for i in self.plan.items for r in i.remarks if r.code == "platform_spelling" and r.suggestion}
        assert told == self.found.misspelt
        assert len(told) == 14

    def test_four_labels_that_disagree_with_their_host_are_told(self) -> None:
        told = {i.place for i in self.plan.items for r in i.remarks if r.code == "platform_disagrees"}
        assert told == self.found.mismatched
        assert len(told) == 4

    def test_two_missing_schemes_are_added(self) -> None:
        assert sum("scheme_added" in item.repairs for item in self.plan.items) == 2

    def test_seventeen_duplicates_are_reported_with_both_places(self) -> None:
        twins = [(item.place, item.twin) for item in self.plan.items if item.outcome is Outcome.DUPLICATE]
        assert len(twins) == dirty_list.DUPLICATES
        assert all(place and twin and place != twin for place, twin in twins)

    def test_no_page_by_number_is_merged(self) -> None:
        pages = [item for item in self.plan.items if "profile.php" in item.written]
        assert [item.effect for item in pages] == [Effect.NEW] * 3

    def test_three_youtube_names_in_two_forms_are_told(self) -> None:
        assert sum("same_name" in codes(item) for item in self.plan.items) == dirty_list.SAME_NAME

    def test_only_the_platform_nobody_reads_is_rejected(self) -> None:
        assert {item.place for item in self.plan.rejected} == self.found.flickr

    def test_it_takes_less_than_five_seconds_and_twice_changes_nothing(self, tmp_path: Path) -> None:
        start = time.perf_counter()
        before = loaded(write(tmp_path, accounts="agencies:\n"))
        plan = plan_import(self.found.sheet, before.register, FORMS)
        assert time.perf_counter() - start < 5
        apply_import(plan, tmp_path, platforms())
        after = loaded(tmp_path)
        assert len(after.register.accounts) == len(plan.additions) == dirty_list.ROWS - 17 - 16
        again = plan_import(self.found.sheet, after.register, FORMS)
        assert again.changes_nothing
        assert again.counts == plan.counts


@pytest.mark.parametrize("name", ["config/demo/accounts.yaml", "config/accounts.example.yaml"])
@pytest.mark.parametrize("language", ["id", "en"])
def test_export_followed_by_import_is_the_identity(name: str, language: str, tmp_path: Path) -> None:
    found = loaded(tmp_path, accounts=(ROOT / name).read_text("utf-8"))
    path = tmp_path / "ekspor.csv"
    path.write_bytes(as_csv((head(words(language)), *export_rows(found.register))).encode("utf-8-sig"))
    private = private_allowed(found.settings.network)
    plan = plan_import(read_sheet(path), found.register, FORMS, profiles=found.book.profiles.keys(), private=private)
    assert plan.changes_nothing
    assert {item.effect for item in plan.items} == {Effect.LISTED}
    assert {item.outcome for item in plan.items} == {Outcome.ACCEPTED}
    assert plan.kept == ()


@given(st.text(max_size=12).map(lambda text: text) | st.text(UNSAFE + "'a", max_size=6))
@example("ACCOUNT")
@settings(max_examples=100)
def test_no_exported_cell_is_a_formula_and_the_guard_comes_off_again(text: str) -> None:
    assert guarded(text)[:1] not in UNSAFE or not text
    found = lines_of(
        Sheet("daftar.csv", (Row("daftar.csv:1", 1, ("Link", "Note")), Row("daftar.csv:2", 2, ("x", guarded(text)))))
    )
    assert found.lines[0].note == text.strip()


def test_a_sheet_of_another_state_of_the_register_says_so(tmp_path: Path) -> None:
    found = register(tmp_path, "https://x.com/dinkes_contoh")
    rows = (("Link",), ("https://x.com/dinkes_contoh",))
    for sha, stale in ((found.sha256, False), ("0" * 64, True)):
        plan = plan_import(sheet(*rows, **{REGISTER: sha}), found, FORMS)
        assert plan.stale is stale
        assert any("since this sheet was exported" in line for line in lines(plan, words("en"))) is stale


def test_hostile_cells_neither_command_the_terminal_nor_the_spreadsheet() -> None:
    plan = imported(
        HEAD, (OFFICE, "X", "\x1b[2Jsatu dua"), ("=cmd|' /C calc'!A0", "X", "@dinkes"), ("-1+1", "X", "@a b")
    )
    screen = "\n".join([*lines(plan, words("id")), *lines(plan, words("en"))])
    assert "\x1b" not in screen
    text = rejected_csv(plan, words("id"))
    assert plan.counts["rejected"] == 3
    assert not [
        cell for line in text.splitlines() for cell in line.split(",") if cell.strip('"')[:1] in ("=", "+", "-")
    ]


def test_every_rejected_line_is_in_the_file_of_the_rejected_and_every_line_in_the_document() -> None:
    plan = imported(HEAD, *((OFFICE, *row[:2]) for row in REJECTED.values()))
    text = rejected_csv(plan, words("id"))
    assert all(item.place in text for item in plan.rejected)
    document = as_json(plan, words("en"), written=False)
    assert [item["outcome"] for item in document["items"]].count("rejected") == len(REJECTED)


@given(st.lists(st.lists(st.text(max_size=20), max_size=5).map(tuple), max_size=6))
@settings(max_examples=100)
def test_whatever_a_file_holds_every_line_has_one_outcome_and_words(rows: list[tuple[str, ...]]) -> None:
    plan = imported(HEAD, *rows)
    assert sum(plan.counts.values()) == len(plan.items)
    assert list(lines(plan, words("id")))
    assert as_json(plan, words("en"), written=False)
