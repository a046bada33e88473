"""When a platform or the network fails, nobody's status changes to anything but what it was, or unknown."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.city import Office, entries, open_office
from tests.lab.scenarios import scenario
from tests.lab.server import Lab

DAY = timedelta(days=1)
START = datetime(2026, 11, 12, tzinfo=UTC)
MIDDLE, END = START + 4 * DAY, START + 11 * DAY
KEYLESS = ("bluesky", "mastodon", "telegram", "feed", "youtube")
CONTROLS = {
    "bluesky": ["kontrol.kota.contoh"],
    "mastodon": ["@kontrol@sosial.kotacontoh.example"],
    "telegram": ["telegram"],
}
FAULTS: dict[str, dict[str, Any]] = {
    "every answer is a 503": {"kind": "status", "status": 503},
    "every account is said to be missing": {"kind": "status", "status": 404},
    "a login page with 200": {"kind": "login"},
    "a consent page with 200": {"kind": "consent"},
    "a robot check": {"kind": "challenge"},
    "empty bodies": {"kind": "empty"},
    "connections dropped": {"kind": "drop"},
    "bodies cut": {"kind": "cut"},
    "throttled": {"kind": "too_many", "retry_after": 3600},
    "permission withdrawn": {"kind": "status", "status": 403},
}


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with Lab(scenario("kota_contoh"), now=START) as lab:
        accounts = [e for e in entries(lab) if next(iter(e)) in KEYLESS]
        yield open_office(lab, tmp_path, accounts, controls=CONTROLS)


def statuses(office: Office, at: datetime) -> dict[str, str]:
    return {key: row["status"] for key, row in office.rows(at).items()}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_an_outage_of_everything_changes_no_status_to_anything_but_unknown(
    office: Office, fault: dict[str, Any]
) -> None:
    for day in range(5):
        office.poll(START + day * DAY, "--all")
    before = statuses(office, MIDDLE)
    office.lab.break_with(*({**fault, "platform": name} for name in KEYLESS))
    for day in range(5, 12):
        office.poll(START + day * DAY, "--all")
    after = statuses(office, END)
    assert {k: (before[k], after[k]) for k in after if after[k] not in (before[k], "unknown")} == {}
    office.lab.break_with()
    for day in (12, 13):
        assert office.poll(START + day * DAY, "--all") == 0
    healed = statuses(office, START + 13 * DAY)
    assert healed["telegram:kec_selatan_contoh"] == "inactive"
    assert healed["bluesky:pemkot.kota.contoh"] == "active"


def test_a_blind_lane_that_worked_before_ends_with_8_and_only_then(office: Office) -> None:
    office.lab.break_with(*({"kind": "drop", "platform": name} for name in KEYLESS))
    assert office.poll(START, "--all") == 0
    office.lab.break_with()
    assert office.poll(START + DAY, "--all") == 0
    office.lab.break_with({"kind": "drop", "platform": "mastodon"})
    assert office.poll(START + 2 * DAY, "--all") == 8
    report = office.report(START + 2 * DAY)
    assert all(row["status"] != "lost" for row in report["accounts"])


DRIFT: dict[str, dict[str, Any]] = {
    "bluesky": {"rename": ["createdAt", "created"]},
    "mastodon": {"rename": ["created_at", "made_at"]},
    "telegram": {"drop_class": "tgme_channel_info"},
    "feed": {"rename": ["channel", "kanal"]},
}


@pytest.mark.parametrize(("platform", "change"), DRIFT.items(), ids=DRIFT)
def test_one_renamed_field_is_unrecognised_and_never_an_empty_account(
    office: Office, platform: str, change: dict[str, Any]
) -> None:
    office.lab.break_with({"kind": "drift", "platform": platform, **change})
    office.lab.clock.set(START)
    code, text = office("poll", "--all", "--only", f"{platform}:*", "--format", "json", now=START)
    assert code == 0
    assert '"unrecognised"' in text
    rows = [row for row in office.rows(START).values() if row["platform"] == platform]
    assert {row["status"] for row in rows} <= {"unknown"}
    assert "never_posted" not in {row["status"] for row in rows}
