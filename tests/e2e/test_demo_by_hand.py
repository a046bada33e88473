"""The demonstration city without any token: what people look at and paste leads to the same findings."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
BLANK = {"threads:pemkot.kota.contoh", "facebook:kec.barat.kota.contoh", "telegram:bapenda_kota_contoh"}


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], dict[str, Any]]:
    """The report and the truth of a city where every platform is connected or looked at."""
    folder = tmp_path_factory.mktemp("city") / "demo"
    command = [sys.executable, "scripts/play_demo.py", "--tanpa-token", "--json", "--folder", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=200)
    return json.loads(done.stdout), json.loads((folder / "truth.json").read_text())


def test_people_and_machines_together_find_what_is_true(played: tuple[dict[str, Any], dict[str, Any]]) -> None:
    report, truth = played
    said = {row["account"]: row["status"] for row in report["accounts"]}
    assert said == {account: row["status"] for account, row in truth.items()}


def test_a_third_is_read_by_machine_and_people_told_the_rest(played: tuple[dict[str, Any], dict[str, Any]]) -> None:
    report, _ = played
    assert report["coverage"] == {"automatic": 18, "by_hand": 22, "not_connected": 2, "failing": 0}
    assert {row["account"] for row in report["accounts"] if row["status"] == "unknown"} == BLANK
    assert report["demonstration"] is True


def test_what_people_told_is_confirmed_by_a_second_look_and_dated_from_links(
    played: tuple[dict[str, Any], dict[str, Any]],
) -> None:
    report, truth = played
    told = [row for row in report["accounts"] if row["route"] == "hand" and row["status"] == "inactive"]
    assert len(told) == 5
    for row in told:
        assert (row["confirmed"], row["reason_detail"]) == (True, "attested")
        exact = row["platform"] in {"instagram", "x", "tiktok"}
        expected = truth[row["account"]]["last_post_at"]
        assert row["last_post_at"] == expected if exact else row["last_post_at"][:10] == expected[:10]


def test_nobody_is_flagged_for_closure_on_people_s_word(played: tuple[dict[str, Any], dict[str, Any]]) -> None:
    report, _ = played
    flagged = [row["account"] for row in report["accounts"] if row["advice"]["code"] == "propose_closure"]
    assert flagged == ["mastodon:@dukcapil_contoh@sosial.kotacontoh.example"]
