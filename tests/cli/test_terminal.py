"""What people see: one language, no escape sequence in a pipe, and nobody else's text at the controls."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import unicodedata
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from auditor.words import words
from tests.lab.scenarios.zoo import HOSTILE as TITLE

from .conftest import City
from .office import ROOT, Office, Said, auditor, edit

ZooOf = Callable[..., Office]
ACCOUNTS = (
    "mastodon:@dukcapil_contoh@sosial.kotacontoh.example",
    "bluesky:dinkes.kota.contoh",
    "instagram:spmb.kota.contoh",
    "telegram:bapenda_kota_contoh",
)
PAGES = [
    ["check"],
    ["poll"],
    ["poll", "--dry-run", "--all"],
    ["report"],
    ["report", "--all"],
    *(["show", account] for account in ACCOUNTS),
    ["status"],
    ["verify"],
    ["--help"],
    *([name, "--help"] for name in ("check", "init", "poll", "report", "run", "show", "status", "verify")),
]
STATUS_WORDS = {
    "id": "aktif|kurang aktif|tidak aktif|belum pernah|hilang|tidak dapat diperiksa|dikecualikan|akun|laporan|terakhir",
    "en": "active|slow|inactive|never posted|lost|could not be checked|unknown|accounts|report on|last post",
}
OTHER = {"id": "en", "en": "id"}
COMMAND = re.compile(
    r"auditor [a-z]+(?: --?[a-z-]+| [A-Z]+| \[[^\]]*\]| [a-z_]+:\S+| [a-z_]+)*|--[a-z-]+ \S+|\[[A-Za-z_|]+\]"
)


def invisible(text: str) -> set[str]:
    """Characters that steer a terminal or hide. Tabs stand between the columns of a dry run."""
    return {c for c in text if c not in "\n\t" and unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")}


@pytest.mark.parametrize("lang", ["id", "en"])
@pytest.mark.parametrize("page", PAGES, ids=" ".join)
def test_a_page_in_a_pipe_is_plain_text(city: City, page: list[str], lang: str) -> None:
    said = city.office(*page, lang=lang)
    assert (said.code, said.err) in {(0, ""), (0, words(lang)("report.demonstration") + "\n")}
    assert invisible(said.out) == set()
    assert max(map(len, said.out.splitlines()), default=0) <= 120


@pytest.mark.parametrize("lang", ["id", "en"])
@pytest.mark.parametrize("page", [p for p in PAGES if p[-1] != "--help"], ids=" ".join)
def test_a_page_speaks_one_language(city: City, page: list[str], lang: str) -> None:
    text = COMMAND.sub("", city.office(*page, lang=lang).out.replace("Bahan klarifikasi", ""))
    found = re.findall(rf"(?<![\w:/.@-])(?:{STATUS_WORDS[OTHER[lang]]})(?![\w@/.-])", text, re.IGNORECASE)
    if lang == "en":  # the legal sentence of every page is quoted, not translated
        found = [word for word in found if word.lower() != "akun"]
    assert found == []
    if page[0] == "report":
        assert re.search(STATUS_WORDS[lang], text, re.IGNORECASE)


def test_the_office_chooses_the_language_and_the_option_wins(zoo: ZooOf) -> None:
    office = zoo([{"bluesky": "ramai.contoh"}])
    assert "LAPORAN" in office("report").out
    edit(office.config, {"language": "en"})
    assert "REPORT" in office("report").out
    assert "LAPORAN" in office("report", lang="id").out
    assert "REPORT" in office("report", lang="en").out


@pytest.mark.parametrize("page", PAGES[:9], ids=" ".join)
def test_a_message_about_what_is_wrong_is_in_the_chosen_language(zoo: ZooOf, page: list[str]) -> None:
    office = zoo([{"bluesk": "ramai.contoh"}])
    said = {lang: office(*page, lang=lang) for lang in ("id", "en")}
    texts = {lang: each.out + each.err for lang, each in said.items()}
    assert {each.code for each in said.values()} == {4}
    assert texts["id"] != texts["en"]
    for lang, text in texts.items():
        assert len(set(text.splitlines()) & set(texts[OTHER[lang]].splitlines())) == 0


@pytest.mark.parametrize("page", [p for p in PAGES if p[0] in ("report", "show", "status")][:7], ids=" ".join)
def test_ascii_is_ascii(city: City, page: list[str]) -> None:
    if page[-1] != "--help":
        assert city.office(*page, "--ascii").out.isascii()


@pytest.mark.parametrize("wish", ["FORCE_COLOR", "CLICOLOR_FORCE", "TTY_COMPATIBLE"])
def test_no_wish_of_the_environment_puts_colour_into_a_pipe(city: City, wish: str) -> None:
    """Other programs read pipes; only a terminal is a terminal."""
    environment = {"PATH": os.environ["PATH"], wish: "1", "TERM": "xterm-256color", "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        [sys.executable, "-m", "auditor", "--config", str(city.office.config), "report"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        check=True,
    )
    text = done.stdout.decode()
    assert done.stderr == b""
    assert text.startswith("LAPORAN")
    assert "\x1b" not in text
    assert not text.isascii(), "a pipe that takes UTF-8 gets it"


HOSTILE = {
    "a colour": "Dinas \x1b[31mMerah\x1b[0m",
    "a window title": "Dinas \x1b]0;diretas\x07 Tenang",
    "a hyperlink": "Dinas \x1b]8;;https://jahat.example\x1b\\klik\x1b]8;;\x1b\\",
    "a one-byte escape": "Dinas \x9b31mMerah",
    "a direction": "Dinas \u202egnasa\u202c \u2066x\u2069",
    "markup": "Dinas [bold red]Tebal[/bold red] [link=https://jahat.example]klik[/link] [/]",
    "line breaks": "Dinas\r\nAKTIF palsu\u2028baris\u0085lain",
    "invisible letters": "Dinas\u200b\u2060\ufeff\u00adKosong",
    "a placeholder": "Dinas {account} {0} %s {}",
}


def hostile_office(zoo: ZooOf, text: str) -> Office:
    """One agency with the text wherever a list may hold text, over accounts whose own titles are hostile too."""
    office = zoo([])
    pardon = {
        "kind": "seasonal",
        "reason": text,
        "document": text,
        "approved_by": text,
        "from": "2026-10-01",
        "until": "2027-01-31",
    }
    accounts: list[dict[str, object]] = [
        {"bluesky": "seram.contoh", "note": text, "exempt": pardon},
        {"mastodon": "@seram@sosial.contoh.example", "note": text},
        {"telegram": "seram_contoh", "note": text},
        {"feed": "https://seram.contoh.example/feed/", "note": text},
        {"instagram": "seram.contoh", "note": text},
    ]
    agency = {"id": "dinas-contoh", "name": text, "timezone": "Asia/Jakarta", "accounts": accounts}
    contact = {"name": text, "email": "umum@contoh.example"}
    (office.config / "accounts.yaml").write_text(json.dumps({"agencies": [agency | {"contact": contact}]}), "utf-8")
    (office.config / "policy.yaml").write_text(json.dumps({"policy": {"name": "default", "set_by": text}}), "utf-8")
    return office


def screens(office: Office) -> Iterator[Said]:
    """Every page over the office, before and after a look and a silence."""
    pages = (["check"], ["poll"], ["poll", "--dry-run", "--all"], ["report"], ["report", "--all"], ["status"])
    for at in (office.now, office.now + timedelta(days=60)):
        office.lab.clock.set(at)
        for page in pages:
            yield office(*page, now=at)
        for key in ("bluesky:seram.contoh", "feed:https://seram.contoh.example/feed/", "instagram:seram.contoh"):
            yield office("show", key, now=at)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_of_a_list_never_reaches_the_terminal(zoo: ZooOf, text: str) -> None:
    office = hostile_office(zoo, text)
    printed = list(screens(office))
    assert {said.code for said in printed} in ({0}, {0, 4}, {4})
    for said in printed:
        assert invisible(said.out + said.err) == set()
        assert not any(line.startswith("AKTIF palsu") for line in said.out.splitlines())
    whole = "".join(said.out for said in printed)
    if text == HOSTILE["markup"]:
        assert "[bold red]" in whole, "markup is text, not a wish"


def test_titles_that_a_platform_shows_are_neither_kept_nor_printed(zoo: ZooOf) -> None:
    office = hostile_office(zoo, "Dinas Contoh")
    for said in screens(office):
        assert said.code == 0
        assert "HYPERLINK" in TITLE
        assert "HYPERLINK" not in said.out + said.err
        assert "<script>" not in said.out + said.err
    assert b"HYPERLINK" not in (office.config / "auditor.db").read_bytes()


ADDRESSES = {
    "a feed with a direction in its path": {"feed": "https://seram.contoh.example/\u202egnasa/feed"},
    "a feed with an escape in its path": {"feed": "https://seram.contoh.example/\x1b[31mmerah"},
    "a feed with an invisible letter": {"feed": "https://seram.contoh.example/a\u200bb?x=\u2066"},
    "a handle with an escape": {"bluesky": "seram\x1b[31m.contoh"},
    "a platform with an escape": {"blue\x1b[31msky": "seram.contoh"},
    "an address with a one-byte escape": {"mastodon": "@seram\x9b31m@sosial.contoh.example"},
}


@pytest.mark.parametrize("entry", ADDRESSES.values(), ids=ADDRESSES)
def test_a_hostile_address_is_refused_or_shown_without_its_teeth(zoo: ZooOf, entry: dict[str, str]) -> None:
    office = zoo([entry])
    for page in (["check"], ["poll"], ["poll", "--dry-run", "--all"], ["report"], ["report", "--all"], ["status"]):
        said = office(*page)
        assert said.code in (0, 4)
        assert invisible(said.out + said.err) == set()


@pytest.mark.parametrize("text", [HOSTILE["a colour"], HOSTILE["a direction"], HOSTILE["a one-byte escape"]])
def test_a_pasted_account_that_is_not_listed_is_named_without_its_teeth(city: City, text: str) -> None:
    said = city.office("show", f"bluesky:{text}")
    assert said.code == 1
    assert invisible(said.out + said.err) == set()


def test_columns_of_the_plan_do_not_run_into_each_other(city: City) -> None:
    for lang, label in (("id", "belum tersambung"), ("en", "not connected")):
        rows = [row for row in city.office("check", lang=lang).out.splitlines() if label in row]
        assert len(rows) == 5
        assert all(re.search(rf"\d {{1,}}{label}", row) for row in rows)


def test_a_page_ends_with_one_line_end(city: City) -> None:
    for page in (["report"], ["show", ACCOUNTS[0]], ["status"]):
        out = city.office(*page).out
        assert out.endswith("\n")
        assert not out.endswith("\n\n"), page


def test_without_a_database_nobody_is_called_inactive(zoo: ZooOf) -> None:
    office = zoo([{"bluesky": "kosong.contoh"}])
    text = office("report", "--all", lang="en").out
    assert re.search(r"could not be checked", text, re.IGNORECASE)
    assert auditor("--config", str(office.config), "report").code == 0
