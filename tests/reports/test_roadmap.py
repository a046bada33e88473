"""The road map: what each way gains and costs, in which order, and no command that does not work."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from auditor.cli import commands, make
from auditor.config.policy import default_book
from auditor.core.model import AccountRef
from auditor.core.reach import Reach
from auditor.core.register import Account, Agency, Register
from auditor.core.roadmap import ByHand, ForbiddenWay, Offer, OpenWay, WayRow, ways
from auditor.platforms import platforms
from auditor.platforms.base import Platform
from auditor.reports.layout import line_width, page_text
from auditor.reports.roadmap import road_map
from auditor.words import LANGUAGES, words
from tests.cli.office import Said, auditor
from tests.config.folder import agency, write

BOOK = default_book()
OFFICE = Agency("kota-contoh", "Pemerintah Kota Contoh", "UTC", UTC)
CITY = {"instagram": 78, "facebook": 46, "tiktok": 24, "youtube": 22, "x": 12, "feed": 18}
READ = Reach(frozenset({"feed", "youtube"}), {"youtube": re.compile("UC.+")})
OFFERS = {
    "facebook": Offer("Facebook"),
    "feed": Offer("RSS/Atom", has_way=False),
    "instagram": Offer("Instagram", 120, command="auditor connect instagram"),
    "tiktok": Offer("TikTok", has_way=False),
    "x": Offer("X", cost="paid", forbidden=True),
    "youtube": Offer("YouTube", 15, command="auditor connect youtube", half=True),
}
EVERY = frozenset({"connect", "worksheet", "letter"})


def listing(counts: Mapping[str, int]) -> Register:
    """So many accounts of each platform; of YouTube's, eight are known by their name only."""
    names = ((p, f"UC{n}" if p == "youtube" and n >= 8 else f"akun{n}") for p in counts for n in range(counts[p]))
    accounts = (Account(f"{p}:{h}", AccountRef(p, h), "", OFFICE.id, h, "") for p, h in names)
    return Register((OFFICE,), tuple(accounts), "")


def shown(rows: tuple[WayRow, ...], language: str = "id", width: int = 100, known: frozenset[str] = EVERY) -> str:
    return page_text(road_map(rows, words(language), width, known), width, ascii_only=False)


CITY_ROWS = ways(listing(CITY), READ, OFFERS, BOOK)
IN_INDONESIAN = """\
JALAN MENAMBAH YANG TERLIHAT              AKUN   WAKTU ANDA        BIAYA   MULAI DENGAN
 1 Kunci YouTube                            22   ± 15 menit        gratis  auditor connect youtube
 2 Token Instagram kantor sendiri           78   ± 2 jam, dicoba   gratis  auditor connect instagram
 3 Peran halaman Facebook dari tiap OPD     46   1 surat ke OPD    gratis  menyusul
 4 Dengan tangan                           168   ± 27 menit/pekan  gratis  auditor worksheet
   putaran pertama 168 akun ± 1 jam 50 menit, dibagi 4 orang ± 28 menit
   sesudah langkah 1-3 tinggal 36 akun TikTok dan X, ± 6 menit/pekan
 X tidak ditawarkan: ketentuan X mewajibkan paket Enterprise bagi pembaca pemerintah
 (docs/platforms.md)
"""
IN_ENGLISH = """\
WAYS TO SEE MORE                         ACCTS   YOUR TIME         COST    START WITH
 1 A YouTube key                            22   ± 15 min          free    auditor connect youtube
 2 Your own office's Instagram token        78   ± 2 h, may fail   free    auditor connect instagram
 3 A role on each office's Facebook Page    46   1 letter to all   free    to come
 4 By hand                                 168   ± 27 min a week   free    auditor worksheet
   first round (168) ± 1 h 50 min, shared by 4 people ± 28 min each
   left after steps 1-3: 36 (TikTok and X), ± 6 min a week
 X is not offered: its terms demand the Enterprise plan of readers who act for a government
 (docs/platforms.md)
"""


@pytest.mark.parametrize(("language", "page"), [("id", IN_INDONESIAN), ("en", IN_ENGLISH)])
def test_a_city_without_tokens_sees_what_each_way_gains_and_costs(language: str, page: str) -> None:
    assert shown(CITY_ROWS, language) == page


def test_on_a_narrow_page_the_command_stands_below() -> None:
    page = shown(CITY_ROWS, width=80).splitlines()
    assert page[1:3] == [
        " 1 Kunci YouTube                            22   ± 15 menit        gratis",
        "   → auditor connect youtube",
    ]


def test_ways_are_ordered_by_accounts_an_hour_then_those_without_minutes_then_by_hand_then_the_forbidden() -> None:
    assert [getattr(row, "platform", "by hand") for row in CITY_ROWS] == [
        "youtube",  # 88 an hour
        "instagram",  # 39 an hour
        "facebook",
        "by hand",
        "x",
    ]
    swapped = OFFERS | {"instagram": Offer("Instagram", 10)}
    assert [r.platform for r in ways(listing(CITY), READ, swapped, BOOK) if isinstance(r, OpenWay)] == [
        "instagram",
        "youtube",
        "facebook",
    ]


def test_where_everything_can_be_read_there_is_no_road_map() -> None:
    rows = ways(listing({"feed": 3, "instagram": 2}), Reach(frozenset({"feed", "instagram"})), OFFERS, BOOK)
    assert rows == ()
    assert shown(rows) == ""


def test_an_empty_list_has_no_road_map() -> None:
    assert ways(listing({}), READ, OFFERS, BOOK) == ()


def test_a_route_that_proves_activity_only_leaves_its_accounts_to_gain_but_not_to_look_at() -> None:
    rows = ways(listing({"youtube": 10}), Reach(frozenset({"youtube"})), OFFERS, BOOK)
    assert rows == (OpenWay("youtube", 10, 15, "free", "auditor connect youtube"),)


def test_a_key_that_is_there_gains_nothing_more() -> None:
    keyed = OFFERS | {"youtube": replace(OFFERS["youtube"], half=False)}
    assert ways(listing({"youtube": 10}), Reach(frozenset({"youtube"})), keyed, BOOK) == ()


def test_where_only_people_can_look_by_hand_is_the_only_way() -> None:
    rows = ways(listing({"tiktok": 3}), READ, OFFERS, BOOK)
    assert rows == (ByHand(3, 1, 2, 1, 3, 1, ("TikTok",)),)
    assert shown(rows).splitlines()[1:] == [
        " 1 Dengan tangan                             3   ± 1 menit/pekan   gratis  auditor worksheet",
        "   putaran pertama 3 akun ± 2 menit",
    ]


def test_where_every_way_is_open_nothing_is_left_for_the_hand() -> None:
    rows = ways(listing({"instagram": 5}), READ, OFFERS, BOOK)
    assert rows[1] == ByHand(5, 1, 3, 1, 0, 0, ())
    page = shown(rows)
    assert "sesudah langkah 1 tidak ada lagi yang dilihat dengan tangan" in page


def test_a_forbidden_way_is_counted_among_what_is_left() -> None:
    hand, forbidden = ways(listing({"x": 4}), READ, OFFERS, BOOK)
    assert isinstance(hand, ByHand)
    assert (hand.accounts, hand.left, hand.left_platforms) == (4, 4, ("X",))
    assert forbidden == ForbiddenWay("x", 4)


def test_the_minutes_of_a_look_are_those_of_the_policy() -> None:
    slow = ways(listing({"tiktok": 100}), READ, OFFERS, replace(BOOK, hand_seconds_each=120))[0]
    assert isinstance(slow, ByHand)
    assert (slow.minutes_a_week, slow.first_round, slow.each) == (48, 200, 50)


@given(counts=st.dictionaries(st.sampled_from(sorted(CITY)), st.integers(0, 40)))
@settings(max_examples=60)
def test_nobody_unread_is_missing_from_the_map_and_the_page_is_never_too_wide(counts: dict[str, int]) -> None:
    register = listing(counts)
    rows = ways(register, READ, OFFERS, BOOK)
    unread = sum(not READ.reads(account.ref) for account in register.accounts)
    assert sum(row.accounts for row in rows if isinstance(row, ByHand)) == unread
    opened = {row.platform for row in rows if isinstance(row, OpenWay)}
    left = sum(not READ.reads(a.ref) and a.ref.platform not in opened for a in register.accounts)
    assert sum(row.left for row in rows if isinstance(row, ByHand)) == left
    for language in LANGUAGES:
        for width in (80, 100, 120):
            assert all(line_width(line) <= width for line in road_map(rows, words(language), width, EVERY))


WITH_WAYS = [platform for platform in platforms().values() if platform.way is not None]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("platform", WITH_WAYS, ids=lambda p: p.name)
def test_every_declared_way_has_its_words_and_is_shown_uncut(platform: Platform, language: str) -> None:
    name, way, w = platform.name, platform.way, words(language)
    assert way is not None
    assert w.has(f"ways.{name}.forbidden" if way.forbidden else f"ways.{name}.title")
    assert way.forbidden or way.minutes is not None or w.has(f"ways.{name}.effort")
    row = ForbiddenWay(name, 1) if way.forbidden else OpenWay(name, 9999, way.minutes, way.cost, way.command)
    for width in (80, 100):
        page = shown((row,), language, width)
        assert "…" not in page


@pytest.mark.parametrize("platform", WITH_WAYS, ids=lambda p: p.name)
def test_a_declared_command_is_one_of_this_release(platform: Platform) -> None:
    name, command = platform.name, platform.way.command.split() if platform.way else []
    if command[:2] == ["auditor", "connect"]:
        assert command == ["auditor", "connect", name]
        assert platforms()[name].connect is not None
    else:
        assert command == []


def test_a_command_that_this_release_has_not_is_said_to_come() -> None:
    page = shown(CITY_ROWS, known=frozenset())
    assert "auditor" not in page
    assert page.count("menyusul") == 4


REGISTER = agency("https://www.instagram.com/kota.contoh/", "https://x.com/kota_contoh", '{youtube: "@kotacontoh"}')


def check(folder: Path, *options: str, language: str = "id", accounts: str = REGISTER) -> Said:
    write(folder, accounts=accounts)
    return auditor("--config", str(folder), "--lang", language, "check", *options)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_command_that_check_prints_is_one_it_has(tmp_path: Path, language: str) -> None:
    page = check(tmp_path, language=language).out
    assert words(language)("ways.head") in page
    named = re.findall(r"auditor ([a-z]+)", page)
    assert set(named) <= set(commands())
    assert set(commands()) == set(make(words(language)).list_commands(None))  # type: ignore[arg-type]


def test_check_as_data_has_no_road_map(tmp_path: Path) -> None:
    assert json.loads(check(tmp_path, "--format", "json").out).keys() == {"problems", "plan"}


def test_check_of_a_list_that_is_read_whole_prints_no_road_map(tmp_path: Path) -> None:
    said = check(tmp_path, accounts=agency("https://t.me/kota_contoh", "https://bsky.app/profile/kota.contoh.example"))
    assert said.code == 0
    assert words("id")("ways.head") not in said.out


def test_check_offers_the_key_where_only_activity_can_be_proved(tmp_path: Path) -> None:
    said = check(tmp_path, accounts=agency("https://www.youtube.com/channel/UCpemkot-kota-contoh-01A"))
    assert words("id")("ways.youtube.title") in said.out
    assert words("id")("ways.hand.title") not in said.out


def test_check_says_of_how_many_accounts_the_stable_id_is_known(tmp_path: Path) -> None:
    channel = "UCpemkot-kota-contoh-01A"
    said = check(
        tmp_path,
        language="en",
        accounts=agency(
            f"https://www.youtube.com/channel/{channel}",
            '{youtube: "@kotacontoh"}',
            '{youtube: "@dinascontoh"}',
            "https://www.instagram.com/kota.contoh/",
            "{url: 'https://x.com/kota_contoh', id: '2244994945'}",
            "{feed: 'https://www.kotacontoh.example/feed/'}",
        ),
    )
    assert re.findall(r"(\w+): ids known: (\d+) of (\d+)", said.out) == [("x", "1", "1"), ("youtube", "1", "3")]


def test_check_names_errors_before_warnings_and_warnings_before_notes(tmp_path: Path) -> None:
    accounts = REGISTER.replace("    id: dinkes\n", "") + "      - {tiktok: username2}\n      - {bluesk: kota.contoh}\n"
    said = check(tmp_path, accounts=accounts)
    assert said.code == 4
    found = json.loads(check(tmp_path, "--format", "json", accounts=accounts).out)["problems"]
    severity = {(f"{p['file']}:{p['line']}:{p['column']}: ", p["message"]): p["severity"] for p in found}
    lines = said.out.splitlines()
    printed = [word for line in lines for (place, text), word in severity.items() if place in line and text in line]
    assert len(printed) == len(found)
    assert set(printed) == {"error", "warning", "info"}
    assert printed == sorted(printed, key=["error", "warning", "info"].index)
