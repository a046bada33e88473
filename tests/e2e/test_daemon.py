"""The daemon: one per database, on schedule, stopped by SIGTERM in the middle of its work."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from auditor.daemon import Daemon, next_after, only_one
from auditor.errors import RefusedError
from auditor.rounds import InForce, load_in_force
from auditor.store.sqlite import open_store
from auditor.words import words
from tests.e2e.city import Office, open_office
from tests.lab.scenarios import scenario
from tests.lab.server import Lab

WIB = timezone(timedelta(hours=7))
NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
ROOT = Path(__file__).parents[2]
ACCOUNTS = [
    {"bluesky": "pemkot.kota.contoh"},
    {"telegram": "pemkot_kota_contoh"},
    {"mastodon": "@pemkot_contoh@sosial.kotacontoh.example"},
]


@pytest.mark.parametrize(
    ("cron", "expected"),
    [
        pytest.param("0 7 * * 1", "2026-11-23T00:00", id="1 is Monday, in the office's zone"),
        pytest.param("0 7 * * 0", "2026-11-22T00:00", id="0 is Sunday"),
        pytest.param("0 7 * * 7", "2026-11-22T00:00", id="7 is Sunday too"),
        pytest.param("0 7 * * 6-7", "2026-11-21T00:00", id="a range over the end of the week"),
        pytest.param("0 7 * * mon-fri", "2026-11-23T00:00", id="names"),
        pytest.param("0 7 * * */2", "2026-11-21T00:00", id="steps count from Sunday"),
        pytest.param("30 9 20 * *", "2026-12-20T02:30", id="a day of the month"),
        pytest.param("*/30 * * * *", "2026-11-20T03:30", id="every half hour"),
    ],
)
def test_schedules_are_those_of_cron(cron: str, expected: str) -> None:
    at = next_after(cron, NOW, WIB)
    assert at is not None
    assert at.astimezone(UTC).isoformat().startswith(expected)


def test_there_is_one_daemon_per_database(tmp_path: Path) -> None:
    database = tmp_path / "a.db"
    w = words("id")
    with only_one(database, w), pytest.raises(RefusedError, match=str(os.getpid())), only_one(database, w):
        pass
    with only_one(database, w):
        """The lock went with the first one."""


def daemon(office: Office, clock: Callable[[], datetime]) -> Daemon:
    force = load_in_force(office.config, None)
    assert isinstance(force, InForce)
    return Daemon(office.config, None, force, clock, {}, rehearsal=True, out=io.StringIO())


def reports(office: Office) -> list[str]:
    return sorted(p.name for p in (office.config / "reports").glob("*"))


def test_a_missed_report_is_made_up_for_once(tmp_path: Path) -> None:
    with Lab(scenario("kota_contoh"), now=NOW) as lab:
        office = open_office(lab, tmp_path, ACCOUNTS, report="0 7 * * *")
        now = NOW
        work = daemon(office, lambda: now)
        work.tick()
        assert reports(office) == []
        now = NOW + timedelta(days=5)
        work.tick()
        work.tick()
        assert reports(office) == ["2026-11-25.json", "2026-11-25.txt", "terakhir.json", "terakhir.txt"]
        document: dict[str, Any] = json.loads((office.config / "reports/terakhir.json").read_text())
        assert document["totals"]["accounts"] == 3
        now += timedelta(days=1)
        work.tick()
        assert "2026-11-26.txt" in reports(office)


def test_an_edited_list_is_taken_up_and_a_bad_edit_keeps_the_last_good_one(tmp_path: Path) -> None:
    with Lab(scenario("kota_contoh"), now=NOW) as lab:
        office = open_office(lab, tmp_path, ACCOUNTS)
        work = daemon(office, lambda: NOW)
        work.tick()
        path = office.config / "accounts.yaml"
        good = json.loads(path.read_text())
        path.write_text("agencies: [{nam: salah}]")
        work.tick()
        assert len(work.force.register.accounts) == 3
        good["agencies"][0]["accounts"].append({"bluesky": "bpbd.kota.contoh"})
        path.write_text(json.dumps(good))
        work.tick()
        assert len(work.force.register.accounts) == 4
        with closing(open_store(office.config / "auditor.db", NOW, read_only=True)) as store:
            assert store.states()["bluesky:bpbd.kota.contoh"].looks == 1


def test_a_key_that_comes_is_taken_up_and_one_that_others_may_read_is_not(tmp_path: Path) -> None:
    with Lab(scenario("kota_contoh"), now=NOW) as lab:
        office = open_office(lab, tmp_path, ACCOUNTS)
        work = daemon(office, lambda: NOW)
        work.tick()
        assert "AUDITOR_YOUTUBE_API_KEY" not in work.secrets
        env = office.config / ".env"
        env.write_text("AUDITOR_YOUTUBE_API_KEY=satu\n")
        env.chmod(0o600)
        work.tick()
        assert work.secrets["AUDITOR_YOUTUBE_API_KEY"] == "satu"
        env.write_text("AUDITOR_YOUTUBE_API_KEY=kedua\n")
        env.chmod(0o644)
        work.tick()
        assert work.secrets["AUDITOR_YOUTUBE_API_KEY"] == "satu"


def test_a_sweep_that_takes_too_long_leaves_the_rest_due_and_reports_all_the_same(tmp_path: Path) -> None:
    with Lab(scenario("kota_contoh"), now=NOW) as lab:
        office = open_office(lab, tmp_path, [{"telegram": n} for n in ("pemkot_kota_contoh", "disdik_kota_contoh")])
        work = daemon(office, lambda: NOW)
        seconds = iter([0.0, 0.0, 0.0, *[100.0] * 1000])
        work.monotonic = lambda: next(seconds)
        work.tick()
        with closing(open_store(office.config / "auditor.db", NOW, read_only=True)) as store:
            assert sorted(s.looks for s in store.states().values()) == [0, 1]
            assert store.heartbeat("daemon") is not None
        seconds = iter([200.0] * 1000)
        work.tick()
        with closing(open_store(office.config / "auditor.db", NOW, read_only=True)) as store:
            assert [s.looks for s in store.states().values()] == [1, 1]


def test_a_lane_that_waits_makes_no_round(tmp_path: Path) -> None:
    with Lab(scenario("kota_contoh"), now=NOW) as lab:
        office = open_office(lab, tmp_path, [{"telegram": "pemkot_kota_contoh"}])
        lab.break_with({"kind": "too_many", "platform": "telegram"})
        work = daemon(office, lambda: NOW)
        for _ in range(3):
            work.tick()
        with closing(open_store(office.config / "auditor.db", NOW, read_only=True)) as store:
            assert len(store.runs()) == 1


def wait_for(condition: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    """Until it holds; the process ending, or half a minute, is a failure."""
    end = time.monotonic() + 30
    while not condition():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end
        os.sched_yield()


def test_sigterm_finishes_the_look_in_hand_and_a_restart_carries_on(tmp_path: Path) -> None:
    with Lab(scenario("kota_contoh"), now=NOW) as lab:
        office = open_office(lab, tmp_path, ACCOUNTS)
        arguments = [sys.executable, "-m", "auditor", "--config", str(office.config), "--now", NOW.isoformat()]
        database = office.config / "auditor.db"

        def start() -> subprocess.Popen[str]:
            return subprocess.Popen(
                [*arguments, "run"], cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
            )

        def alive_and_done() -> bool:
            if not database.exists():
                return False
            code, text = office("status", "--format", "json", now=NOW)
            assert code == 0
            status = json.loads(text)
            return bool(status["daemon"]["alive"]) and all(p["last_look_at"] for p in status["platforms"])

        process = start()
        wait_for(lambda: len(lab.requests) > 0, process)
        second = subprocess.run([*arguments, "run"], cwd=ROOT, capture_output=True, text=True, check=False)
        assert second.returncode == 3
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=30)
        assert process.returncode == 0, errors
        assert "Traceback" not in errors
        process = start()
        wait_for(alive_and_done, process)
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 0
        process.communicate()
