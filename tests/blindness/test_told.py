"""An outage of days through the command line: reports, status and today's page show it, and it is told once."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from auditor.core.notices import Event
from auditor.daemon import Daemon
from auditor.rounds import InForce, load_in_force
from auditor.store.sqlite import open_store
from tests.cli.office import Office, configure
from tests.lab.scenarios import scenario
from tests.lab.server import Lab

DAY = timedelta(days=1)
START = datetime(2026, 11, 12, tzinfo=UTC)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with Lab(scenario("kota_contoh"), now=START) as lab:
        keys = [a.key for a in lab.scenario.accounts if a.listed and a.platform in ("telegram", "bluesky")]
        entries = [{key.partition(":")[0]: key.partition(":")[2]} for key in keys]
        yield Office(lab, configure(lab, tmp_path / "config", entries), START)


def told(said: str) -> list[str]:
    heads = ("TERPUTUS", "MASIH TERPUTUS", "TERSAMBUNG LAGI")
    return [line for line in said.splitlines() if line.startswith(heads)]


def day(office: Office, number: float, *arguments: str) -> list[str]:
    """A round on a day; what it told."""
    return told(office.look(START + number * DAY, "--all", *arguments).err)


def dark(office: Office) -> None:
    office.lab.break_with({"kind": "status", "status": 503, "platform": "telegram"})


def spots(office: Office, *arguments: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = office("report", "--format", "json", *arguments).json["blind_spots"]
    return found


def test_a_platform_that_goes_dark_is_told_once_reminded_and_told_when_it_is_back(office: Office) -> None:
    assert [day(office, n) for n in (0, 1)] == [[], []]
    dark(office)
    assert day(office, 2) == [], "a first failing sweep may be a hiccup"
    assert [spot for spot in spots(office) if spot["kind"] == "platform"] == []
    (line,) = day(office, 3)
    assert "TERPUTUS: Telegram tidak terlihat sejak Sab 14 Nov 2026, 07.00 WIB" in line
    assert "→ auditor status" in line
    assert [len(day(office, n)) for n in (3.2, 4, 5)] == [0, 0, 0]
    (line,) = day(office, 6)
    assert line.startswith("MASIH TERPUTUS: Telegram")
    office.lab.break_with()
    (line,) = day(office, 7)
    assert line.startswith("TERSAMBUNG LAGI: Telegram")
    assert day(office, 8) == []
    assert spots(office) == []
    with closing(open_store(office.config / "auditor.db", office.now, read_only=True)) as store:
        assert [n.event for n in store.notices(START, office.now)] == [Event.BEGAN, Event.LASTS, Event.ENDED]


def test_every_screen_says_since_when_why_whose_verdicts_and_what_to_do(office: Office) -> None:
    day(office, 0)
    before = {a["account"]: a["status"] for a in office("report", "--format", "json").json["accounts"]}
    dark(office)
    for n in (2, 3):
        day(office, n)
    (spot,) = spots(office)
    accounts = sorted(key for key in before if key.startswith("telegram:"))
    assert (spot["kind"], spot["subject"], spot["platform"]) == ("platform", "telegram", "telegram")
    assert (spot["reason"], spot["since"], spot["command"]) == ("unreachable", "2026-11-14T00:00:00Z", "auditor status")
    assert sorted(spot["accounts"]) == accounts
    assert spot["withheld"] == {}
    assert sum(spot["standing"].values()) == len([key for key in accounts if before[key] != "unknown"])
    assert spot["stands_until"] > "2026-11-15"
    assert office("status", "--format", "json").json["blind_spots"] == [spot]
    for command in (("report",), ("status",), ()):
        for language, words in (("id", "Telegram tidak terlihat sejak"), ("en", "Telegram")):
            page = " ".join(office(*command, lang=language).out.split())
            assert words in page
            assert "auditor status" in page
    assert "masih berlaku" in office("report").out
    assert spots(office, "--as-of", (START + DAY).isoformat()) == []


def test_withheld_verdicts_are_those_from_before(office: Office) -> None:
    """As soon as a verdict rests on nothing any more it is withheld, and what it was is told beside it."""
    day(office, 0)
    before = {a["account"]: a["status"] for a in office("report", "--format", "json").json["accounts"]}
    dark(office)
    for n in (1, 3, 6, 12):
        day(office, n)
    document = office("report", "--format", "json").json
    (spot,) = document["blind_spots"]
    now = {a["account"]: a["status"] for a in document["accounts"]}
    gone = [before[key] for key in spot["accounts"] if now[key] == "unknown" and before[key] != "unknown"]
    assert gone
    assert spot["withheld"] == {status: gone.count(status) for status in spot["withheld"]}
    assert sum(spot["withheld"].values()) == len(gone)
    assert "putusan tertahan" in office("report").out
    (then,) = spots(office, "--as-of", (START + 4 * DAY).isoformat())
    assert then["withheld"] == {}
    assert sum(then["standing"].values()) == len([k for k in spot["accounts"] if before[k] != "unknown"])


def test_single_accounts_are_not_their_platform(office: Office) -> None:
    day(office, 0)
    office.lab.break_with({"kind": "status", "status": 503, "account": "telegram:kec_selatan_contoh"})
    lines = [day(office, n) for n in (1, 2, 3)]
    assert [len(each) for each in lines] == [0, 1, 0]
    assert "Telegram (1 akun) tidak terlihat" in lines[1][0]
    (spot,) = spots(office)
    assert (spot["kind"], spot["accounts"]) == ("account", ["telegram:kec_selatan_contoh"])
    assert "Telegram (1 dari" in " ".join(office("report").out.split())
    dark(office)
    day(office, 4)
    (line,) = day(office, 5)
    assert line.startswith("TERPUTUS: Telegram tidak terlihat"), "that all of it is dark now is news"
    assert "TERSAMBUNG" not in line


def test_a_platform_that_flaps_is_told_once_and_shown_all_along(office: Office) -> None:
    day(office, 0)
    dark(office)
    assert [len(day(office, n)) for n in (1, 2)] == [0, 1]
    office.lab.break_with()
    assert len(day(office, 2.5)) == 1
    dark(office)
    assert [day(office, n) for n in (2.75, 3.8, 4.5)] == [[], [], []]
    assert [spot["subject"] for spot in spots(office)] == ["telegram"]
    (line,) = day(office, 5.5)
    assert line.startswith("MASIH TERPUTUS: Telegram")


def test_json_of_a_round_stays_one_document_and_notices_go_to_standard_error(office: Office) -> None:
    day(office, 0)
    dark(office)
    day(office, 1)
    said = office.look(START + 2 * DAY, "--all", "--format", "json")
    json.loads(said.out)
    assert len(told(said.err)) == 1
    assert said.code == 8


def test_a_daemon_tells_its_journal_the_same_and_a_restart_says_nothing_twice(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    now = START

    def tick(number: float) -> list[str]:
        nonlocal now
        now = START + number * DAY
        office.lab.clock.set(now)
        caplog.clear()
        force = load_in_force(office.config, None)
        assert isinstance(force, InForce)
        with caplog.at_level(logging.INFO, "auditor"):
            Daemon(office.config, None, force, lambda: now, {}, rehearsal=True, out=io.StringIO()).tick()
        return [text.split()[0] for text in caplog.messages if "kind=platform" in text]

    assert tick(0) == []
    dark(office)  # from now on each is found dark when it is due
    said = [(number, event) for number in range(1, 20) for event in tick(number)]
    assert [event for _, event in said] == ["blind_spot_began", "blind_spot_lasts", "blind_spot_lasts"]
    assert [later - earlier for (earlier, _), (later, _) in pairwise(said)] == [3, 7]
    assert "Telegram tidak terlihat" in " ".join(office("report", now=now).out.split())
