"""Our own network, the shipped controls and the breaker, through the command line against the double."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from auditor.cli import run
from auditor.daemon import Daemon
from auditor.rounds import InForce, load_in_force
from auditor.store.sqlite import open_store
from tests.e2e.city import Office, entries, open_office
from tests.lab.scenarios import scenario
from tests.lab.server import Lab

DAY = timedelta(days=1)
START = datetime(2026, 11, 12, tzinfo=UTC)
KEYLESS = ("bluesky", "mastodon", "telegram", "feed", "youtube")
EVERYWHERE: dict[str, dict[str, Any]] = {
    "nothing answers": {"kind": "drop"},
    "a gateway error": {"kind": "status", "status": 502},
    "a portal wants a login": {"kind": "login"},
    "a proxy wants a password": {"kind": "status", "status": 407},
    "sent to a portal": {"kind": "redirect", "location": "http://127.0.0.1:9/portal"},
    "a robot check": {"kind": "challenge"},
}


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with Lab(scenario("kota_contoh"), now=START) as lab:
        yield open_office(lab, tmp_path, [e for e in entries(lab) if next(iter(e)) in KEYLESS])


def statuses(office: Office, at: datetime) -> dict[str, str]:
    return {key: row["status"] for key, row in office.rows(at).items()}


def records(office: Office, at: datetime) -> dict[str, tuple[int, int]]:
    """Looks and failures by account."""
    with closing(open_store(office.config / "auditor.db", at, read_only=True)) as store:
        return {key: (state.looks, state.failures) for key, state in store.states().items()}


@pytest.mark.parametrize("fault", EVERYWHERE.values(), ids=EVERYWHERE)
def test_where_everything_fails_with_the_network_nothing_is_recorded_of_anybody(
    office: Office, fault: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    assert office.poll(START, "--all") == 0
    before, seen = statuses(office, START), records(office, START)
    office.lab.break_with(fault)
    for day in (1, 2, 3):
        assert office.poll(START + day * DAY, "--all") == 8
        assert "Jaringan kantor ini sendiri" in capsys.readouterr().err
        assert records(office, START) == seen
    assert statuses(office, START + 3 * DAY) == before
    assert "terganggu sejak" in " ".join(office("status", now=START + 3 * DAY)[1].split())
    office.lab.break_with()
    assert office.poll(START + 4 * DAY, "--all") == 0
    assert {looks for looks, _ in records(office, START + 4 * DAY).values()} == {2}
    assert "terganggu sejak" not in " ".join(office("status", now=START + 4 * DAY)[1].split())


def test_an_inconclusive_round_says_so_to_programs(office: Office) -> None:
    office.lab.break_with({"kind": "drop"})
    office.lab.clock.set(START)
    code, text = office("poll", "--all", "--format", "json", now=START)
    assert (code, json.loads(text)["inconclusive"], json.loads(text)["looked"]) == (0, True, 0)


def test_while_the_network_fails_only_the_reference_hosts_are_asked(office: Office) -> None:
    office.lab.break_with({"kind": "drop"})
    office.poll(START, "--all")
    office.lab.forget()
    office.poll(START + DAY, "--all")
    assert {request.face for request in office.lab.requests} == {"sentinel"}


def test_check_names_the_controls_in_use(office: Office) -> None:
    text = office("check")[1]
    assert "Alamat acuan jaringan sendiri: sentinel-a.example, sentinel-b.example" in text
    path = office.config / "auditor.yaml"
    path.write_text(path.read_text("utf-8").replace(", controls: []", ""), "utf-8")
    text = office("check")[1]
    assert "Kontrol Bluesky: bsky.app (bawaan)" in text
    assert "Kontrol Telegram: telegram (bawaan)" in text


def test_a_double_that_does_not_know_the_shipped_controls_is_read_as_if_there_were_none(office: Office) -> None:
    path = office.config / "auditor.yaml"
    for day in range(9):
        office.poll(START + day * DAY, "--all")
    named = statuses(office, START + 8 * DAY)
    path.write_text(path.read_text("utf-8").replace(", controls: []", ""), "utf-8")
    (office.config / "auditor.db").unlink()
    for day in range(9):
        office.poll(START + day * DAY, "--all")
    assert statuses(office, START + 8 * DAY) == named
    assert "inactive" in named.values()


def test_the_shipped_hosts_are_left_out_of_a_rehearsal(office: Office) -> None:
    path = office.config / "auditor.yaml"
    text = path.read_text("utf-8")
    path.write_text("".join(x for x in text.splitlines(keepends=True) if "sentinels" not in x), "utf-8")
    assert office.poll(START, "--all") == 0
    office.lab.break_with({"kind": "drop"})
    code, said = office("poll", "--all", "--format", "json", now=START + DAY)
    assert (code, "inconclusive" in json.loads(said)) == (8, False)
    assert run(["--config", str(office.config), "--now", START.isoformat(), "status"]) == 0


def test_a_daemon_asks_the_hosts_again_every_five_minutes_and_goes_on_when_they_are_back(office: Office) -> None:
    force = load_in_force(office.config, None)
    assert isinstance(force, InForce)
    now = START
    work = Daemon(office.config, None, force, lambda: now, {}, rehearsal=True, out=io.StringIO())
    office.lab.break_with({"kind": "drop"})
    work.tick()
    work.tick()  # the first one took the files up as an edit
    asked = []
    for minute in range(1, 12):
        now = START + timedelta(minutes=minute)
        office.lab.forget()
        work.tick()
        asked += [minute] if office.lab.requests else []
    assert asked == [5, 10]
    now = START - timedelta(days=300)  # set back: the last question lies ahead of us and holds nobody up
    office.lab.forget()
    work.tick()
    assert office.lab.requests
    office.lab.break_with()
    now = START + timedelta(minutes=15)
    office.lab.clock.set(now)
    work.tick()
    assert {looks for looks, _ in records(office, now).values()} == {1}
