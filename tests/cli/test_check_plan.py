"""`auditor check`: the plan against the allowance, the ledger, and gates that are shut."""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from auditor.errors import Exit
from auditor.platforms import platforms
from auditor.poll.forecast import price
from tests.lab import youtube_api as api
from tests.lab.model import Account, Scenario, utc
from tests.lab.rhythm import steady
from tests.lab.server import Lab

from .office import Office, Said, configure, edit

NOW = utc("2026-11-23")
CHANNELS = [f"UCkanal-kota-contoh-{n:03d}A" for n in range(10)]
KEYED = platforms()["youtube"].keyed
assert KEYED is not None
ONE_SWEEP = len(CHANNELS) * price(KEYED.capability, 7)[""]  # units
WORLD = Scenario(
    name="kanal",
    now=NOW,
    accounts=tuple(
        Account(
            f"youtube:{c}", "youtube", c, NOW - timedelta(days=300), steady(c[-4:], NOW - timedelta(days=300), NOW, 2)
        )
        for c in CHANNELS
    ),
)
FIRST, SECOND = "AUDITOR_YOUTUBE_API_KEY", "AUDITOR_YOUTUBE_API_KEY_2"


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    """Four channels, and no credential anywhere but where a test puts one."""
    for name in (FIRST, SECOND):
        monkeypatch.delenv(name, raising=False)
    with Lab(WORLD) as lab:
        yield Office(lab, configure(lab, tmp_path / "config", [{"youtube": c} for c in CHANNELS]), NOW)


def keys(office: Office, **values: str) -> None:
    """What `.env` holds."""
    (office.config / ".env").write_text("".join(f"{name}={value}\n" for name, value in values.items()))
    (office.config / ".env").chmod(0o600)


def platform(office: Office, name: str, **settings: object) -> None:
    """Keys of one platform in auditor.yaml."""
    old = json.loads((office.config / "auditor.yaml").read_text())["platforms"]
    edit(office.config, {"platforms": old | {name: old.get(name, {}) | settings}})


def row(said: Said, name: str = "youtube") -> Any:
    return next(one for one in said.json["plan"] if one["platform"] == name)


def test_the_plan_says_how_long_one_sweep_takes(office: Office) -> None:
    keys(office, **{FIRST: api.KEY})
    found = row(office("check", "--format", "json"))
    assert found["days_per_sweep"] == pytest.approx(ONE_SWEEP / 10_000, abs=1e-4)
    assert (found["met"], found["allowance"], found["cost_per_month"]) == (True, 10_000, 0)


def test_every_credential_of_a_pool_adds_its_allowance(office: Office) -> None:
    platform(office, "youtube", token_envs=[FIRST, SECOND])
    keys(office, **{FIRST: api.KEY, SECOND: api.KEY})
    assert row(office("check", "--format", "json"))["allowance"] == 20_000


def test_a_plan_that_cannot_be_met_is_reported_and_only_strict_refuses(office: Office) -> None:
    keys(office, **{FIRST: api.KEY})
    platform(office, "youtube", quota={"call": 1})
    plain, strict = office("check", lang="en"), office("check", "--strict", lang="en")
    assert (plain.code, strict.code) == (0, Exit.USAGE)
    assert f"The plan cannot be met: youtube would take {ONE_SWEEP:.1f} days" in plain.out
    assert strict.out == plain.out
    found = row(office("check", "--format", "json"))
    assert (found["met"], found["days_per_sweep"]) == (False, pytest.approx(ONE_SWEEP))


def test_a_plan_that_can_be_met_passes_strict(office: Office) -> None:
    keys(office, **{FIRST: api.KEY})
    assert office("check", "--strict").code == 0


def test_a_plan_that_cannot_be_met_is_run_as_far_as_it_goes(office: Office) -> None:
    keys(office, **{FIRST: api.KEY})
    platform(office, "youtube", quota={"call": 1})
    assert office.look(NOW, "--all", "--format", "json").json["looked"] == 10


@pytest.mark.parametrize("command", ["check", "status"])
def test_what_is_spent_and_left_is_told_of_every_credential(office: Office, command: str) -> None:
    platform(office, "youtube", token_envs=[FIRST, SECOND])
    keys(office, **{FIRST: api.KEY, SECOND: api.KEY})
    said = office(command, lang="en").out
    assert all(
        f"YouTube {name}: 0 of 10000 calls used, 10000 calls left" in " ".join(said.split()) for name in (FIRST, SECOND)
    )
    office.look(NOW, "--all")
    spent = sum(office.lab.faces["youtube_api"].spent.values())
    listed = json.loads(office("status", "--format", "json").out)["quota"]
    assert sum(q["spent"] for q in listed) == spent > 0


def test_the_ledger_begins_anew_at_midnight_pacific_time(office: Office) -> None:
    keys(office, **{FIRST: api.KEY})
    office.look(NOW, "--all")

    def spent(hours: float) -> int:
        found = office("status", "--format", "json", now=NOW + timedelta(hours=hours)).json["quota"]
        return sum(q["spent"] for q in found)

    assert spent(7.99) > 0
    assert spent(8) == 0


class TestRejected:
    """Said once, with what to do; shown as one row for as long as it lasts."""

    def test_the_first_round_says_it_and_later_ones_do_not(self, office: Office) -> None:
        keys(office, **{FIRST: api.WRONG})
        first, second = office.look(NOW, "--all"), office.look(NOW + timedelta(hours=2), "--all")
        assert FIRST in first.err
        assert "auditor connect youtube" in first.err
        assert first.err.count("\n") == 1
        third = office.look(NOW + timedelta(days=1), "--all")
        assert [said.code & Exit.CREDENTIAL for said in (first, second, third)] == [16, 0, 16]  # the feed stands in
        assert (second.err, third.err) == ("", "")

    def test_in_a_pool_the_others_take_over_and_the_next_round_is_clean(self, office: Office) -> None:
        platform(office, "youtube", token_envs=[FIRST, SECOND])
        keys(office, **{FIRST: api.WRONG, SECOND: api.KEY})
        first = office.look(NOW, "--all", "--format", "json")
        assert first.code & Exit.CREDENTIAL
        assert first.json["seen"] == 10
        second = office.look(NOW + timedelta(hours=2), "--all", "--format", "json")
        assert (second.code, second.err, second.json["seen"]) == (0, "", 10)

    def test_status_shows_one_row_with_since_when_and_what_to_do(self, office: Office) -> None:
        keys(office, **{FIRST: api.WRONG})
        office.look(NOW, "--all")
        office.look(NOW + timedelta(days=2), "--all")
        said = " ".join(office("status", lang="en").out.split())
        assert said.count(FIRST) == 2  # its row, and its line of the ledger
        assert f"the credential {FIRST} is rejected since Mon 23 Nov 2026, 07:00 WIB" in said
        assert "auditor connect youtube" in said

    def test_a_new_key_ends_it(self, office: Office, tmp_path: Path) -> None:
        keys(office, **{FIRST: api.WRONG})
        office.look(NOW, "--all")
        (tmp_path / "kunci").write_text(api.KEY)
        assert office("connect", "youtube", "--key-file", str(tmp_path / "kunci")).code == 0
        assert office.look(NOW + timedelta(minutes=1), "--all").code == 0
        assert "is rejected since" not in office("status", lang="en").out


def test_accounts_without_a_credential_are_one_row_a_platform(tmp_path: Path) -> None:
    accounts = [f"https://www.instagram.com/dinas{n}.contoh/" for n in range(5)]
    accounts += ["https://www.facebook.com/dinas.contoh", "https://www.linkedin.com/company/dinas-contoh"]
    with Lab(WORLD) as lab:
        office = Office(lab, configure(lab, tmp_path / "config", accounts), NOW)
        assert office.look(NOW).code == 0
        for command in (["status"], ["report"]):
            said = " ".join(office(*command, lang="en").out.split())
            assert "5 accounts on Instagram are not connected" in said
            assert "auditor connect instagram" in said
            assert "1 account on Facebook is not connected" in said


class TestGates:
    """A platform whose terms ask for a word of the office is not asked without it, and that is said."""

    def shut(self, office: Office) -> None:
        keys(office, AUDITOR_X_BEARER_TOKEN="AAAA" + "x" * 60)
        platform(office, "x", government_use_acknowledged=False)

    def test_check_and_poll_name_it(self, office: Office) -> None:
        self.shut(office)
        for said in (office("check").out, office.look(NOW, "--all").err):
            (line,) = [text for text in said.splitlines() if "government_use_acknowledged: true" in text]
            assert "Enterprise" in line

    def test_it_is_not_connected_before_the_word_is_written(self, office: Office) -> None:
        self.shut(office)
        said = office("connect", "x")
        assert said.code == Exit.REFUSED
        assert "Enterprise" in said.err
        assert "x: {government_use_acknowledged: true}" in said.err

    def test_the_list_of_platforms_says_why(self, office: Office) -> None:
        self.shut(office)
        said = office("connect", lang="en").out
        assert "not offered" in next(line for line in said.splitlines() if line.startswith("X "))

    def test_an_open_gate_is_silent(self, office: Office) -> None:
        self.shut(office)
        platform(office, "x", government_use_acknowledged=True)
        assert "government_use" not in office("check").out


CANARY = api.KEY


def test_a_key_is_found_in_no_output_file_log_or_database(
    office: Office, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Byte by byte, a key that works and one that does not."""
    caplog.set_level(logging.DEBUG)
    outside = tmp_path / "kunci"
    said: list[Said] = []
    for key in (CANARY, api.WRONG):
        outside.write_text(key)
        said.append(office("connect", "youtube", "--key-file", str(outside), "--save-anyway"))
        said.append(office("check"))
        said.append(office("check", "--live", "--format", "json"))
        said.append(office("check", "--live"))
        said.append(office.look(office.now + timedelta(hours=1), "--all"))
        said.append(office("poll", "--dry-run"))
        for name in ("status", "report", "worksheet", "verify", "connect"):
            said.append(office(name, *(["-o", str(tmp_path / "p.xlsx")] if name == "worksheet" else [])))
        said += [office("report", "--format", form) for form in ("json", "csv")]
        said.append(office("show", f"youtube:{CHANNELS[0]}", "--format", "json"))
        said.append(office("show", f"youtube:{CHANNELS[0]}"))
    said.append(office())
    files = [p for p in tmp_path.rglob("*") if p.is_file() and p.name != ".env" and p != outside]
    assert any(p.name == "auditor.db" for p in files)
    written = [p.read_bytes() for p in files] + [(s.out + s.err).encode() for s in said]
    with sqlite3.connect(office.config / "auditor.db") as database:
        dump = "\n".join(database.iterdump())
    database.close()
    written += [caplog.text.encode(), dump.encode()]
    for key in (CANARY, api.WRONG):
        assert [text[:80] for text in written if key.encode() in text] == []


@pytest.mark.parametrize(
    ("acknowledged", "told"),
    [(False, "X is not offered"), (True, "auditor connect x")],
    ids=["without the office's word the reason", "with it the command"],
)
def test_the_road_map_shows_what_can_be_done_about_x(tmp_path: Path, acknowledged: bool, told: str) -> None:
    with Lab(WORLD) as lab:
        office = Office(lab, configure(lab, tmp_path / "config", ["https://x.com/dinas_contoh"]), NOW)
        platform(office, "x", government_use_acknowledged=acknowledged)
        said = office("check", lang="en").out
    assert told in said
    assert ("X is not offered" in said) is not acknowledged


def test_a_platform_that_costs_money_says_how_much_at_most(tmp_path: Path) -> None:
    with Lab(WORLD) as lab:
        office = Office(lab, configure(lab, tmp_path / "config", ["https://x.com/dinas_contoh"]), NOW)
        platform(office, "x", government_use_acknowledged=True)
        keys(office, AUDITOR_X_BEARER_TOKEN="AAAA" + "x" * 60)
        cost = row(office("check", "--format", "json"), "x")["cost_per_month"]
        said = " ".join(office("check", lang="en").out.split())
    assert cost > 0
    assert f"X: at most about US${cost:,.2f} a month" in said
    assert "X AUDITOR_X_BEARER_TOKEN: US$0.00 of US$100.00 used, US$100.00 left" in said
