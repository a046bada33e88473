"""The hand lane of the plan over forty real histories: few looks, no silence missed."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

ROOT = Path(__file__).parents[2]
START = datetime(2024, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def figures(*arguments: str) -> dict[str, float]:
    """What scripts/handlooks --json prints."""
    command = [sys.executable, str(ROOT / "scripts/play_handlooks.py"), "--json", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def of(tmp_path: Path, *ages: float, days: int = 400) -> dict[str, float]:
    """One account that posted so many days after the start of its window."""
    posts = pa.table(
        {"account": ["a"] * len(ages), "posted_at": [START + age * DAY for age in ages], "n": [1] * len(ages)}
    )
    pq.write_table(posts, tmp_path / "posts.parquet")
    window = f"account,obs_start,obs_end\na,{START.isoformat()},{(START + days * DAY).isoformat()}\n"
    (tmp_path / "windows.csv").write_text(window)
    return figures("--posts", str(tmp_path / "posts.parquet"), "--windows", str(tmp_path / "windows.csv"))


def test_about_one_look_in_four_weeks_sees_every_silence() -> None:
    found = figures()
    assert found.keys() == {"accounts", "looks_per_account_week", "silences", "missed", "delay_days_max"}
    assert (found["accounts"], found["silences"], found["missed"]) == (40, 103, 0)
    assert found["looks_per_account_week"] <= 0.27
    assert found["delay_days_max"] <= 7


def test_a_silence_counts_over_37_days_and_the_open_one_too(tmp_path: Path) -> None:
    weekly = [10 + 7 * n for n in range(50)]
    assert of(tmp_path, *weekly)["silences"] == 1
    assert of(tmp_path, *weekly, 390)["silences"] == 0
    assert of(tmp_path, *weekly, 391)["silences"] == 1


def test_a_window_that_is_too_short_or_empty_is_no_run(tmp_path: Path) -> None:
    assert of(tmp_path, 10, days=364)["accounts"] == 0
    assert of(tmp_path, 500)["accounts"] == 0
