"""The first ten minutes: four questions or the same as options, and nobody has to write YAML."""

from __future__ import annotations

import csv
import os
import pty
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from auditor.cli.answers import language_for, zone_for
from auditor.cli.discovering import visit
from auditor.cli.session import Session
from auditor.cli.starting import start
from auditor.config.init import Beginning, machine_zone, website_of, zone_named
from auditor.config.load import Loaded, load
from auditor.discover import Site
from auditor.errors import UserError
from auditor.platforms import platforms
from auditor.rounds import InForce
from auditor.words import Words, words
from tests.discover.office_site import FEED, HOME, served, wire

from .office import Said, auditor

FIVE = (
    "https://kotacontoh.example/",
    "https://www.facebook.com/pemkot.kota.contoh",
    "https://www.instagram.com/pemkot.kota.contoh/",
    "https://www.tiktok.com/@pemkot.kota.contoh",
    "https://www.youtube.com/@pemkotcontoh",
)
NOW = "2026-11-23T09:00:00+07:00"


def listed(folder: Path, lines: Sequence[str] = FIVE) -> Path:
    path = folder / "daftar.csv"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def configuration(folder: Path) -> Loaded:
    found = load(folder, platforms())
    assert isinstance(found, Loaded), found
    return found


def begin(folder: Path, *options: str, language: str | None = None) -> Said:
    lang = ["--lang", language] if language else []
    return auditor(*lang, "init", str(folder), "--name", "Pemerintah Kota Contoh", *options)


def test_the_five_kinds_of_a_circular_need_no_yaml_and_nobody_is_called_inactive(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config, w = tmp_path / "config", words("id")
    with served({"/": HOME, "/feed/": FEED}) as origin:

        def wired(session: Session, force: InForce, urls: Sequence[str], w: Words) -> list[Site]:
            wire(config, "kotacontoh.example", origin)
            return visit(session, session.in_force(), urls, w)

        begun = Beginning("Pemerintah Kota Contoh", "https://kotacontoh.example/", "Asia/Jakarta")
        assert start(Session(config, "id", NOW), begun, listed(tmp_path), w, offline=False, visit=wired) == 0
        said = capsys.readouterr().out
        keys = [account.key for account in configuration(config).register.accounts]
        assert keys == [
            "facebook:pemkot.kota.contoh",
            "instagram:pemkot.kota.contoh",
            "tiktok:pemkot.kota.contoh",
            "youtube:@pemkotcontoh",
            "feed:https://kotacontoh.example/feed/",
            "x:pemkot_contoh",
        ]
        polled = auditor("--config", str(config), "--now", NOW, "poll", "--format", "json")
        assert polled.code == 0
        report = auditor("--config", str(config), "--now", NOW, "report", "--format", "json").json
    statuses = {row["account"]: row["status"] for row in report["accounts"]}
    assert statuses["feed:https://kotacontoh.example/feed/"] == "active"
    assert "inactive" not in statuses.values()
    assert "DAFTAR ANDA   6 akun dalam daftar" in said
    assert "2 akun ditautkan situs perangkat daerah tetapi tidak ada dalam daftar" in said
    assert "2 tautan di situs menuju akun yang salah atau hanya ke beranda platform" in said
    assert "Salin ID kanal UC…" in said
    assert f"auditor --config {config} poll, lalu auditor --config {config} worksheet" in said


def test_what_was_found_on_a_site_is_marked_for_a_person_and_what_was_listed_is_not(tmp_path: Path) -> None:
    config = tmp_path / "config"
    with served({"/": HOME}) as origin:

        def wired(session: Session, force: InForce, urls: Sequence[str], w: Words) -> list[Site]:
            wire(config, "kotacontoh.example", origin)
            return visit(session, session.in_force(), urls, w)

        begun = Beginning("Pemerintah Kota Contoh", "https://kotacontoh.example/", "Asia/Jakarta")
        start(Session(config, "id", NOW), begun, listed(tmp_path), words("id"), offline=False, visit=wired)
    notes = {account.key: account.note for account in configuration(config).register.accounts}
    assert (notes["x:pemkot_contoh"], notes["instagram:pemkot.kota.contoh"]) == ("periksa", None)


def test_a_site_that_cannot_be_reached_is_said_and_all_else_is_done(tmp_path: Path) -> None:
    config = tmp_path / "config"
    said = begin(config, "--website", "http://127.0.0.1:9/", "--list", str(listed(tmp_path, FIVE[1:])))
    assert said.code == 0
    assert "http://127.0.0.1:9/: tidak dapat dibaca" in said.out
    assert len(configuration(config).register.accounts) == 4


def test_rejected_rows_are_counted_and_kept_beside_the_list_with_their_reason(tmp_path: Path) -> None:
    config = tmp_path / "config"
    rows = (*FIVE, "https://www.youtube.com/", "http://instagram.com/Pemkot.Kota.Contoh")
    said = begin(config, "--list", str(listed(tmp_path, rows)), "--offline")
    path = config / "impor-ditolak.csv"
    assert f"1 baris ditolak ({path})" in said.out
    assert "1 akun ganda" in said.out
    kept = list(csv.reader(path.read_text("utf-8-sig").splitlines()))
    assert [row[1] for row in kept[1:]] == ["https://www.youtube.com/"]


def test_a_list_that_cannot_be_read_ends_it_before_anything_is_written(tmp_path: Path) -> None:
    said = begin(tmp_path / "config", "--list", str(tmp_path / "tidak-ada.xlsx"))
    assert (said.code, said.out) == (2, "")
    assert "tidak-ada.xlsx" in said.err
    assert not (tmp_path / "config").exists()


@pytest.mark.parametrize("name", ["accounts.yaml", "policy.yaml", "auditor.yaml"])
def test_a_configuration_that_is_there_is_left_alone_and_named(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("# milik kami\n")
    said = begin(tmp_path, "--offline")
    assert (said.code, said.out) == (1, "")
    assert str(tmp_path / name) in said.err
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {name: "# milik kami\n"}


def test_in_a_pipe_without_options_the_plain_starter_is_written_and_nothing_is_asked(tmp_path: Path) -> None:
    said = auditor("init", str(tmp_path / "config"))
    assert said.code == 0
    assert "?" not in said.out
    assert configuration(tmp_path / "config").register.agencies == ()


NAMES = [
    "Dinas A: Kesehatan",
    'Kantor "Satu"',
    "Kantor #1",
    "@kantor",
    "no",
    "Badan – Daerah",
    "  Dua   Blanks ",
    "日本",
]


@pytest.mark.parametrize("name", NAMES)
def test_any_name_of_an_office_survives_the_file(tmp_path: Path, name: str) -> None:
    assert auditor("init", str(tmp_path / "c"), "--name", name, "--offline").code == 0
    (office,) = configuration(tmp_path / "c").register.agencies
    assert office.name == " ".join(name.split())
    assert office.parent is None


@pytest.mark.parametrize("options", [["--website", "bukan alamat"], ["--timezone", "Mars/Base"], ["--name", "a" * 300]])
def test_an_answer_that_cannot_be_used_is_refused_and_nothing_is_written(tmp_path: Path, options: list[str]) -> None:
    said = auditor("init", str(tmp_path / "c"), *options)
    assert (said.code, said.out) == (2, "")
    assert not (tmp_path / "c").exists()


def test_time_zone_and_language_stand_in_the_files(tmp_path: Path) -> None:
    said = begin(tmp_path / "c", "--timezone", "wita", "--language", "en", "--offline")
    assert "YOUR LIST" in said.out
    found = configuration(tmp_path / "c")
    assert (found.settings.language, found.settings.timezone) == ("en", "Asia/Makassar")
    assert found.register.agencies[0].timezone == "Asia/Makassar"


def test_both_languages_say_the_same_in_their_own_words(tmp_path: Path) -> None:
    table = str(listed(tmp_path))
    said = [begin(tmp_path / lang, "--list", table, "--offline", language=lang).out for lang in ("id", "en")]
    assert "DAFTAR ANDA" in said[0]
    assert "YOUR LIST" in said[1]
    assert not {line for line in said[0].splitlines() if " akun " in line} & set(said[1].splitlines())


ZONES = [
    ("an Indonesian zone", {"TZ": "Asia/Jayapura"}, "Asia/Jayapura"),
    ("a zone written with a colon", {"TZ": ":Asia/Makassar"}, "Asia/Makassar"),
    ("no place", {"TZ": "UTC"}, None),
    ("no such zone", {"TZ": "Kota/Contoh"}, None),
]


@pytest.mark.parametrize(("environ", "zone"), [row[1:] for row in ZONES], ids=[row[0] for row in ZONES])
def test_the_zone_of_the_machine(tmp_path: Path, environ: dict[str, str], zone: str | None) -> None:
    assert machine_zone(environ, tmp_path) == zone


def test_the_zone_of_the_machine_is_read_from_its_files(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/localtime").symlink_to("/usr/share/zoneinfo/Asia/Pontianak")
    assert machine_zone({}, tmp_path) == "Asia/Pontianak"
    (tmp_path / "etc/timezone").write_text("Asia/Makassar\n")
    assert machine_zone({}, tmp_path) == "Asia/Makassar"


def test_indonesian_is_the_language_where_the_zone_is_indonesian(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AUDITOR_LANG", raising=False)
    w = words("id")
    assert [language_for(None, zone, w) for zone in ("Asia/Jayapura", "Europe/Berlin")] == ["id", "en"]
    assert language_for("id", "Europe/Berlin", w) == "id"
    assert zone_for("WIT", w) == "Asia/Jayapura"
    with pytest.raises(UserError, match="Mars"):
        zone_for("Mars", w)
    assert zone_named("wib") == "Asia/Jakarta"


WEBSITES = [
    ("kotacontoh.example", "https://kotacontoh.example/"),
    ("http://kotacontoh.example/id", "http://kotacontoh.example/id"),
    ("", ""),
    ("kota contoh", None),
    ("ftp://kotacontoh.example", None),
    ("kotacontoh", None),
]


@pytest.mark.parametrize(("written", "url"), WEBSITES)
def test_a_bare_host_gets_https(written: str, url: str | None) -> None:
    assert website_of(written) == url


def talk(folder: Path, answers: Sequence[str], **environ: str) -> str:
    """The conversation at a real terminal; everything it showed."""
    master, slave = pty.openpty()
    command = [sys.executable, "-m", "auditor", "init", str(folder), "--offline"]
    process = subprocess.Popen(
        command, stdin=slave, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=dict(os.environ) | environ
    )
    os.close(slave)
    os.write(master, "".join(f"{answer}\n" for answer in answers).encode())
    shown, _ = process.communicate(timeout=60)
    os.close(master)
    assert process.returncode == 0, shown
    return shown.decode()


def test_at_a_terminal_four_things_are_asked_and_a_bad_answer_is_asked_again(tmp_path: Path) -> None:
    table = listed(tmp_path)
    answers = ["Pemerintah Kota Contoh", "bukan alamat", "kotacontoh.example", "tidak-ada.csv", f"'{table}'", "en"]
    shown = talk(tmp_path / "c", answers, TZ="Asia/Jakarta", LC_ALL="C", AUDITOR_LANG="id")
    assert [shown.count(question) for question in ("1 Nama kantor", "2 Alamat web", "3 Daftar akun", "4 Bahasa")] == [
        1,
        2,
        2,
        1,
    ]
    found = configuration(tmp_path / "c")
    assert found.settings.language == "en"
    assert "YOUR LIST" in shown
    assert [agency.website for agency in found.register.agencies] == ["https://kotacontoh.example/"]
    assert len(found.register.accounts) == 4


def test_every_question_may_be_skipped(tmp_path: Path) -> None:
    shown = talk(tmp_path / "c", ["", "", "", ""], TZ="Asia/Jakarta", LANG="C")
    assert "auditor check" in shown
    assert configuration(tmp_path / "c").register.agencies == ()
