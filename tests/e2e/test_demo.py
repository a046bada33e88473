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
PLATFORMS = ["bluesky", "facebook", "feed", "instagram", "mastodon", "telegram", "threads", "tiktok", "x", "youtube"]


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
    """Two routes leave things out, reels and stories: what is silent there is silent as far as can be seen."""
    report, truth = played
    silent = [row for row in report["accounts"] if row["status"] == "inactive"]
    assert len(silent) == 9
    for row in silent:
        expected = truth[row["account"]]
        assert (row["last_post_at"], row["since"]) == (expected["last_post_at"], expected["since"])
        assert row["confirmed"] is (row["platform"] not in {"facebook", "instagram"})


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


def test_every_platform_is_observed_through_its_own_wire_format(played: tuple[dict[str, Any], dict[str, Any]]) -> None:
    report, _ = played
    assert report["coverage"] == {"automatic": 42, "by_hand": 0, "not_connected": 0, "failing": 0}
    judged = {row["platform"]: row["route"] for row in report["accounts"] if row["route"]}
    ways = {"telegram": "page", "feed": "feed"}
    assert judged == {name: ways.get(name, "api") for name in PLATFORMS}
    assert report["demonstration"] is True


def test_of_two_threads_tokens_one_is_rejected_which_withholds_nobody(
    played: tuple[dict[str, Any], dict[str, Any]],
) -> None:
    report, _ = played
    (spot,) = report["blind_spots"]
    assert (spot["platform"], spot["reason"], spot["accounts"]) == ("threads", "credential_rejected", [])


def test_the_readme_shows_what_the_demonstration_prints(played: tuple[dict[str, Any], dict[str, Any]]) -> None:
    """`played` has left the city as it ended; the README shows the top of its report."""
    command = [sys.executable, "-m", "auditor", "--config", ".demo/config", "--now", "2026-11-23T00:00:00Z", "report"]
    environment = {**os.environ, "COLUMNS": "100", "PYTHONUTF8": "1"}
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, env=environment)
    page = done.stdout.splitlines()
    shown = (ROOT / "README.md").read_text("utf-8").split("```text\n")[1].split("\n```")[0].splitlines()
    assert len(shown) > 20
    assert shown == page[: len(shown)]
