"""What is linked beside what is listed, and `auditor accounts discover` on a site of loopback."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from auditor.config.load import Loaded, load
from auditor.core.register import Register
from auditor.discover import compare, owner_of, proposals, read_site
from auditor.platforms import platforms
from tests.cli.office import Said, auditor

from .office_site import HOME, served, wire
from .pages import FORMS, HOME as HOME_PAGE, Web, site

NOW = "2026-11-23T09:00:00+07:00"
LIST = """agencies:
  - name: Pemerintah Kota Contoh
    id: pemkot
    website: https://www.kotacontoh.example/
    accounts:
      - https://www.instagram.com/pemkot.kota.contoh/
      - telegram: pemkot_contoh
  - name: Dinas Kesehatan Kota Contoh
    id: dinkes
    website: https://dinkes.kotacontoh.example/
    accounts:
      - feed: https://dinkes.kotacontoh.example/rss.xml
"""


def register(folder: Path, text: str = LIST) -> Register:
    (folder / "accounts.yaml").write_text(text, "utf-8")
    found = load(folder, platforms())
    assert isinstance(found, Loaded)
    return found.register


def test_a_site_belongs_to_the_office_whose_web_site_or_feed_has_its_host(tmp_path: Path) -> None:
    listed = register(tmp_path)
    assert owner_of(site("<p>"), listed) == "dinkes"
    alone = register(tmp_path, LIST.replace("    website: https://dinkes.kotacontoh.example/\n", ""))
    assert owner_of(site("<p>"), alone) == "dinkes"


def test_listed_in_any_spelling_is_listed_and_the_office_is_named(tmp_path: Path) -> None:
    found = site('<a href="http://instagram.com/Pemkot.Kota.Contoh?hl=id"></a><a href="https://x.com/dinkes_contoh">')
    assert [row.listed for row in compare(found, register(tmp_path))] == ["pemkot", None]
    assert [(owner, link.url) for owner, link in proposals([("dinkes", found)], register(tmp_path))] == [
        ("dinkes", "https://x.com/dinkes_contoh")
    ]


def test_a_link_by_the_stable_id_is_the_account_that_is_listed_by_its_name(tmp_path: Path) -> None:
    channel = "UCYsIZFg-1YwSinDvWHVcb6A"
    listed = register(tmp_path, LIST + f'      - {{youtube: "@dinkescontoh", id: {channel}}}\n')
    (row,) = compare(site(f'<a href="https://www.youtube.com/channel/{channel}"></a>'), listed)
    assert row.listed == "dinkes"


def test_a_site_with_a_listed_feed_needs_no_second_one(tmp_path: Path) -> None:
    found = site('<link rel="alternate" type="application/rss+xml" href="/feed/">')
    (row,) = compare(found, register(tmp_path))
    assert (row.covered, row.addable) == (True, False)


def test_what_two_sites_link_to_is_proposed_once_for_the_first(tmp_path: Path) -> None:
    found = site('<a href="https://x.com/kota_contoh"></a>')
    rows = list(proposals([("pemkot", found), ("dinkes", found)], register(tmp_path)))
    assert [owner for owner, _ in rows] == ["pemkot"]


def test_examples_and_front_pages_are_never_proposed(tmp_path: Path) -> None:
    found = site('<a href="https://x.com/username2"></a><a href="https://www.youtube.com/"></a>')
    assert list(proposals([("dinkes", found)], register(tmp_path))) == []


# --- the command ---


@pytest.fixture
def config(tmp_path: Path) -> Iterator[Path]:
    """An office whose site is served on loopback."""
    with served({"/": HOME}) as origin:
        register(tmp_path)
        wire(tmp_path, "www.kotacontoh.example", origin)
        yield tmp_path


def discover(config: Path, *arguments: str, lang: str = "id") -> Said:
    return auditor("--config", str(config), "--now", NOW, "--lang", lang, "accounts", "discover", *arguments)


SITE = "https://www.kotacontoh.example/"


def test_every_link_of_a_site_gets_its_line(config: Path) -> None:
    said = discover(config, SITE)
    assert said.code == 0
    head, *lines = said.out.splitlines()
    assert head == f"{SITE} · Pemerintah Kota Contoh · 1 halaman dibaca"
    expected = [
        ("+", "feed:https://www.kotacontoh.example/feed/", "belum terdaftar"),
        ("!", "instagram:pemkot.kota.contoh", "terdaftar; ikon atau teksnya menyebut whatsapp_channel"),
        ("+", "x:pemkot_contoh", "belum terdaftar"),
        ("!", "https://www.youtube.com/", "hanya beranda youtube"),
        ("·", "1 tautan ke unggahan", "diabaikan"),
    ]
    assert len(lines) == len(expected)
    for line, (mark, name, words) in zip(lines, expected, strict=True):
        assert line.startswith(f"  {mark} {name}")
        assert words in line


def test_the_document_names_every_link_with_one_word(config: Path) -> None:
    (found,) = discover(config, SITE, "--format", "json").json["sites"]
    assert found["agency"] == "pemkot"
    assert found["counts"] == {"feed": 1, "listed": 1, "unlisted": 1, "home": 1, "ignored": 1}
    by_account: dict[Any, Any] = {link["account"]: link for link in found["links"]}
    assert by_account["instagram:pemkot.kota.contoh"]["promised"] == "whatsapp_channel"
    assert by_account["instagram:pemkot.kota.contoh"]["listed_under"] == "pemkot"


def test_links_on_another_offices_site_prove_nothing_and_it_is_said(config: Path) -> None:
    assert "tidak membuktikan" in discover(config, SITE, "--agency", "dinkes").out
    assert "terdaftar pada Pemerintah Kota Contoh" in discover(config, SITE, "--agency", "dinkes").out
    assert "tidak membuktikan" not in discover(config, SITE).out


def test_in_a_pipe_nothing_is_added_unasked(config: Path) -> None:
    before = (config / "accounts.yaml").read_bytes()
    said = discover(config, SITE, "--add")
    assert (said.code, (config / "accounts.yaml").read_bytes()) == (3, before)
    assert "--yes" in said.err


def test_what_is_added_carries_the_note_and_a_second_time_there_is_nothing_to_add(config: Path) -> None:
    assert discover(config, SITE, "--add", "--yes").code == 0
    found = load(config, platforms())
    assert isinstance(found, Loaded)
    added = {a.key: (a.agency, a.note) for a in found.register.accounts if a.note}
    assert added == {
        "feed:https://www.kotacontoh.example/feed/": ("pemkot", "periksa"),
        "x:pemkot_contoh": ("pemkot", "periksa"),
    }
    before = (config / "accounts.yaml").read_bytes()
    again = discover(config, SITE, "--add", "--yes", lang="en")
    assert (again.code, (config / "accounts.yaml").read_bytes()) == (0, before)
    assert "Nothing needs to be added." in again.out


def test_an_office_nobody_listed_is_refused(config: Path) -> None:
    assert discover(config, SITE, "--agency", "tidak-ada").code == 2


def test_a_site_of_nobody_needs_the_office_named_before_anything_is_added(config: Path) -> None:
    (config / "accounts.yaml").write_text(LIST.replace("www.kotacontoh.example", "lain.example"), "utf-8")
    assert "bukan situs kantor dalam daftar" in discover(config, SITE).out
    said = discover(config, SITE, "--add", "--yes")
    assert (said.code, "--agency" in said.err) == (2, True)


def test_a_rehearsal_never_leaves_this_machine(config: Path) -> None:
    said = discover(config, "https://lain.example/")
    assert (said.code, said.out) == (2, "")


def test_a_rehearsal_follows_no_redirect_off_this_machine() -> None:
    web = Web({HOME_PAGE: "-> https://lain.example/", "https://lain.example/": "<p>"})
    found = read_site(HOME_PAGE, web, FORMS, allowed=lambda url: url == HOME_PAGE)
    assert (found.url, web.asked) == (None, [HOME_PAGE])


def test_sites_that_cannot_be_read_end_with_1_and_say_why(config: Path) -> None:
    said = discover(config, "http://127.0.0.1:9/")
    assert (said.code, "http://127.0.0.1:9/: tidak dapat dibaca" in said.out) == (1, True)
