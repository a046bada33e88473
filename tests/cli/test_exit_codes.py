"""Exit codes are API: cron, monitoring and other programs read them."""

from __future__ import annotations

import fcntl
import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from tests.lab.model import utc

from .conftest import City
from .office import END, Office, auditor, edit, write_register

ZooOf = Callable[..., Office]
LIVE = "sosial.contoh.example"
BUSY = [{"bluesky": "ramai.contoh"}, {"mastodon": f"@ramai@{LIVE}"}, {"telegram": "ramai_contoh"}]
CLOSED = [{"mastodon": "@kunci@tertutup.contoh.example"}]


EXAMPLE = "DATA CONTOH, BUKAN INSTANSI NYATA\n"


def test_every_command_over_a_played_city_ends_0(city: City) -> None:
    assert city.codes == [0] * len(city.codes)
    account = "mastodon:@dukcapil_contoh@sosial.kotacontoh.example"
    for arguments in (["check"], ["poll", "--dry-run"], ["report"], ["show", account], ["status"], ["verify"]):
        said = city.office(*arguments)
        assert (arguments, said.code, said.err.replace(EXAMPLE, "")) == (arguments, 0, "")


def test_help_and_version_end_0() -> None:
    for arguments in (["--help"], ["--version"], *([name, "--help"] for name in ("check", "poll", "report", "run"))):
        said = auditor(*arguments)
        assert said.code == 0
        assert said.out


USAGE = {
    "no such command": ["laporan"],
    "no such option": ["report", "--semua"],
    "no such format": ["report", "--format", "pdf"],
    "no such status": ["report", "--status", "mati"],
    "no such status to fail on": ["report", "--fail-on", "mati"],
    "no such language": ["--lang", "de", "report"],
    "an instant that is none": ["--now", "besok", "report"],
    "a past instant that is none": ["report", "--as-of", "kemarin"],
    "a day that does not exist": ["report", "--as-of", "2026-02-30"],
    "an office that is not listed": ["report", "--agency", "dinas-lain"],
    "show without an account": ["show"],
}


@pytest.mark.parametrize("arguments", USAGE.values(), ids=USAGE)
def test_what_was_asked_wrongly_ends_2_with_a_sentence_and_no_output(city: City, arguments: list[str]) -> None:
    said = auditor("--config", str(city.office.config), *arguments)
    assert (said.code, said.out) == (2, "")
    assert said.err.strip()
    assert "Traceback" not in said.err


COMMANDS = [["check"], ["poll"], ["poll", "--dry-run"], ["report"], ["show", "x:a"], ["status"], ["run"], ["verify"]]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_command_outside_the_directory_says_where_it_looked_and_ends_4(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for folder, options in ((tmp_path / "config", []), (tmp_path / "lain", ["--config", "lain"])):
        said = auditor(*options, *command)
        assert (said.code, said.out) == (4, "")
        assert str(folder) in said.err
    monkeypatch.setenv("AUDITOR_CONFIG", "dari-lingkungan")
    assert str(tmp_path / "dari-lingkungan") in auditor(*command).err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", [c for c in COMMANDS if c != ["verify"]], ids=" ".join)
def test_a_list_with_an_error_ends_4_names_the_place_and_loads_nothing(
    city: City, tmp_path: Path, command: list[str]
) -> None:
    config = tmp_path / "config"
    shutil.copytree(city.office.config, config)
    text = (config / "accounts.yaml").read_text("utf-8")
    (config / "accounts.yaml").write_text(text.replace("bluesky: pemkot", "bluesk: pemkot"), "utf-8")
    said = auditor("--config", str(config), *command)
    assert said.code == 4
    assert "accounts.yaml:" in (said.out if command == ["check"] else said.err)
    assert command == ["check"] or said.out == ""


def test_an_account_that_is_not_listed_ends_1_and_near_ones_are_named(city: City) -> None:
    said = city.office("show", "bluesky:pemkot.kota.conto")
    assert (said.code, said.out) == (1, "")
    assert "bluesky:pemkot.kota.contoh" in said.err


WAYS = [
    "mastodon:@dukcapil_contoh@sosial.kotacontoh.example",
    "mastodon:dukcapil_contoh@sosial.kotacontoh.example",
    "https://sosial.kotacontoh.example/@dukcapil_contoh",
]


@pytest.mark.parametrize("written", WAYS)
def test_an_account_is_found_by_any_way_of_writing_it(city: City, written: str) -> None:
    said = city.office("show", written, "--format", "json")
    assert said.code == 0
    assert said.json["account"]["account"] == WAYS[0]


def test_fail_on_ends_64_only_for_a_status_that_somebody_has(city: City) -> None:
    totals = city.office("report", "--format", "json").json["totals"]
    assert totals["inactive"] > 0
    assert totals["lost"] > 0
    codes = {
        status: city.office("report", "--fail-on", status, "--format", "json").code
        for status in ("active", "slow", "inactive", "never_posted", "lost", "unknown")
    }
    assert codes == {status: 64 if totals[status] else 0 for status in codes}
    assert city.office("report", "--fail-on", "inactive", "--fail-on", "lost").code == 64
    assert city.office("report").code == 0


def test_fail_on_judges_what_the_report_is_about(city: City) -> None:
    """One office of which no account is lost does not fail for another office's loss."""
    assert city.office("report", "--agency", "dinkes-contoh", "--fail-on", "lost").code == 64
    assert city.office("report", "--agency", "bapenda-contoh", "--fail-on", "lost").code == 0
    assert city.office("report", "--platform", "telegram", "--fail-on", "lost").code == 0


def test_a_lane_that_worked_before_and_is_blind_now_ends_8(zoo: ZooOf) -> None:
    office = zoo(BUSY)
    assert office.look(office.now).code == 0
    office.lab.break_with({"kind": "down", "platform": "bluesky"})
    said = office.look(office.now + timedelta(hours=1), "--all", "--format", "json")
    assert said.code == 8
    assert said.json["seen"] == 2
    assert sum(said.json["missed"].values()) == 1
    office.lab.break_with()
    assert office.look(office.now + timedelta(hours=1), "--all").code == 0


def test_a_lane_that_never_worked_is_not_blind(zoo: ZooOf) -> None:
    office = zoo(BUSY)
    office.lab.break_with({"kind": "down", "platform": "bluesky"})
    assert office.look(office.now).code == 0
    assert office.look(office.now + timedelta(hours=1), "--all").code == 0


def test_accounts_that_nobody_connected_are_no_blindness(zoo: ZooOf) -> None:
    office = zoo([{"instagram": "kota.contoh"}, {"x": "kota_contoh"}])
    said = office.look(office.now, "--all", "--format", "json")
    assert (said.code, said.json["looked"]) == (0, 0)


def test_a_rejected_credential_ends_16_and_with_a_blind_lane_24(zoo: ZooOf, monkeypatch: pytest.MonkeyPatch) -> None:
    office = zoo([*BUSY[:1], *CLOSED])
    tokens = office.config / "tokens.json"
    edit(office.config, {"platforms": wired(office) | {"mastodon": {"enabled": True, "tokens_env": "AUDITOR_TOKENS"}}})
    monkeypatch.setenv("AUDITOR_TOKENS", str(tokens))
    tokens.write_text(json.dumps({"tertutup.contoh.example": "rahasia"}))
    good = office.look(office.now)
    assert good.code == 0
    tokens.write_text(json.dumps({"tertutup.contoh.example": "kunci-yang-salah"}))
    said = office.look(office.now + timedelta(hours=1), "--all", "--format", "json")
    assert said.json["missed"] == {"credential_rejected": 1}
    assert said.code & 16
    assert not said.code & ~(16 | 8)
    assert "kunci-yang-salah" not in said.out + said.err
    office.lab.break_with({"kind": "down", "platform": "bluesky"})
    assert office.look(office.now + timedelta(days=1), "--all").code == 24


def wired(office: Office) -> dict[str, object]:
    """The platforms of the office's settings."""
    found: dict[str, object] = json.loads((office.config / "auditor.yaml").read_text("utf-8"))["platforms"]
    return found


def test_init_writes_a_configuration_that_check_accepts_and_never_overwrites(tmp_path: Path) -> None:
    folder = tmp_path / "kantor"
    assert auditor("init", str(folder)).code == 0
    assert auditor("--config", str(folder), "check").code == 0
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    again = auditor("init", str(folder))
    assert (again.code, again.out) == (1, "")
    assert "accounts.yaml" in again.err
    (folder / "policy.yaml").unlink()
    assert auditor("init", str(folder)).code == 1
    del before[folder / "policy.yaml"]
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_a_daemon_beside_another_one_is_refused_with_3(zoo: ZooOf) -> None:
    office = zoo(BUSY)
    database = office.config / "auditor.db"
    with (office.config / "auditor.db.lock").open("w") as lock:
        lock.write("4711")
        lock.flush()
        fcntl.flock(lock, fcntl.LOCK_EX)
        for lang, words in (("id", "Penjaga"), ("en", "daemon")):
            said = office("run", lang=lang)
            assert (said.code, said.out) == (3, "")
            assert str(database) in said.err
            assert "4711" in said.err
            assert words in said.err.splitlines()[-1]
        assert office.look(office.now).code == 0, "a round by hand needs no lock"


def test_a_database_newer_than_the_program_is_refused_with_3(city: City, tmp_path: Path) -> None:
    config = tmp_path / "config"
    shutil.copytree(city.office.config, config)
    with closing(sqlite3.connect(config / "auditor.db")) as con:
        con.execute("PRAGMA user_version = 9999")
        con.commit()
    before = (config / "auditor.db").read_bytes()
    office = Office(city.office.lab, config, END)
    for command in (["poll"], ["poll", "--dry-run"], ["report"], ["show", WAYS[0]], ["status"], ["verify"]):
        said = office(*command)
        assert (command, said.code, said.out) == (command, 3, "")
        assert "auditor.db" in said.err
        assert "9999" in said.err
    assert (config / "auditor.db").read_bytes() == before


def test_evidence_that_was_altered_ends_verify_with_5(city: City, tmp_path: Path) -> None:
    config = tmp_path / "config"
    shutil.copytree(city.office.config, config)
    with closing(sqlite3.connect(config / "auditor.db")) as con:
        for (name,) in con.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
            con.execute(f'DROP TRIGGER "{name}"')
        con.execute("DELETE FROM looks WHERE observed_at = (SELECT min(observed_at) FROM looks)")
        con.commit()
    said = auditor("--config", str(config), "verify")
    assert said.code == 5
    assert said.out.strip()


def test_a_judgement_altered_in_the_database_is_named(city: City, tmp_path: Path) -> None:
    config = tmp_path / "config"
    shutil.copytree(city.office.config, config)
    office = Office(city.office.lab, config, END)
    with closing(sqlite3.connect(config / "auditor.db")) as con:
        changed = con.execute("UPDATE standings SET status = 'slow' WHERE status = 'inactive' AND until > 0").rowcount
        con.commit()
    assert changed
    said = office("--lang", "en", "verify")
    assert said.code == 5
    assert said.out.count("is not what the recorded looks say") == changed


def test_reading_commands_work_before_the_first_look_and_write_nothing(zoo: ZooOf) -> None:
    office = zoo(BUSY)
    for command in (["report"], ["status"], ["show", "bluesky:ramai.contoh"], ["verify"]):
        assert office(*command).code == 0
    assert not (office.config / "auditor.db").exists()
    assert office("report", "--format", "json").json["totals"]["unknown"] == 3


def test_a_list_without_accounts_is_no_error(zoo: ZooOf) -> None:
    office = zoo([])
    write_register(office.config, "Dinas Contoh", [])
    for command in (["check"], ["poll"], ["report"], ["status"]):
        assert office(*command).code == 0


def test_only_looks_at_those_named_due_or_not(zoo: ZooOf) -> None:
    office = zoo(BUSY)
    assert office.look(office.now).code == 0
    again = office.look(office.now + timedelta(minutes=1), "--only", "tele*", "--only", "https://bsky.app/*")
    assert again.code == 0
    assert office("poll", "--only", "tidak-ada*", "--format", "json").json["looked"] == 0
    shown = office("show", "telegram:ramai_contoh", "--format", "json").json
    assert [look["observed_at"] for look in shown["history"]][-1] == (
        utc("2026-11-23") + timedelta(minutes=1)
    ).strftime("%Y-%m-%dT%H:%M:%SZ")
