"""The demonstration city, judged by the whole program, against the truth its scenario tells."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from auditor.core.model import Status

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def played() -> tuple[dict[str, Any], dict[str, Any]]:
    """The report and the truth of one run of scripts/demo --json."""
    command = [sys.executable, str(ROOT / "scripts/play_demo.py"), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    return json.loads(done.stdout), json.loads((ROOT / ".demo/truth.json").read_text())


def test_the_report_is_what_its_schema_says(played: tuple[dict[str, Any], dict[str, Any]]) -> None:
    schema = json.loads((ROOT / "docs/schema/report-1.json").read_text())
    jsonschema.Draft202012Validator(schema).validate(played[0])


def test_every_status_is_as_the_scenario_tells_it(played: tuple[dict[str, Any], dict[str, Any]]) -> None:
    report, truth = played
    said = {row["account"]: row["status"] for row in report["accounts"]}
    assert said == {account: row["status"] for account, row in truth.items()}
    assert set(said.values()) == set(Status)


def test_each_silence_is_dated_to_the_second(played: tuple[dict[str, Any], dict[str, Any]]) -> None:
    report, truth = played
    silent = [row for row in report["accounts"] if row["status"] == "inactive"]
    assert len(silent) == 4
    for row in silent:
        expected = truth[row["account"]]
        assert (row["last_post_at"], row["since"]) == (expected["last_post_at"], expected["since"])
        assert row["confirmed"]


def test_exactly_one_account_is_flagged_for_closure(played: tuple[dict[str, Any], dict[str, Any]]) -> None:
    report, _ = played
    flagged = [row for row in report["accounts"] if row["advice"]["code"] == "propose_closure"]
    assert [row["account"] for row in flagged] == ["mastodon:@dukcapil_contoh@sosial.kotacontoh.example"]
    assert flagged[0]["advice"] == {
        "code": "propose_closure",
        "from": "2026-04-07T02:11:00Z",
        "missing": ["notice", "reminder", "cause"],
    }
    assert report["flagged_for_closure"] == 1


def test_what_is_not_connected_is_unknown_and_says_so(played: tuple[dict[str, Any], dict[str, Any]]) -> None:
    report, _ = played
    assert report["coverage"] == {"automatic": 18, "by_hand": 0, "not_connected": 24, "failing": 0}
    keyless = {"mastodon", "bluesky", "telegram", "feed", "youtube"}
    others = [row for row in report["accounts"] if row["platform"] not in keyless]
    assert {(row["status"], row["reason_code"]) for row in others} == {("unknown", "not_connected")}
    assert report["demonstration"] is True


def test_the_readme_shows_what_the_demonstration_prints(played: tuple[dict[str, Any], dict[str, Any]]) -> None:
    """`played` has left the city as it ended; the README shows the top of its report."""
    command = [sys.executable, "-m", "auditor", "--config", ".demo/config", "--now", "2026-11-23T00:00:00Z", "report"]
    environment = {**os.environ, "COLUMNS": "100", "PYTHONUTF8": "1"}
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, env=environment)
    page = done.stdout.splitlines()
    shown = (ROOT / "README.md").read_text("utf-8").split("```text\n")[1].split("\n```")[0].splitlines()
    assert len(shown) > 20
    assert shown == page[: len(shown)]
