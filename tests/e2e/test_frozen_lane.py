"""A whole lane that answers with an old copy: doubted, shown, and believed again by a person with a reason."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.e2e.city import Office, entries, open_office
from tests.lab.model import Account, Scenario
from tests.lab.rhythm import steady
from tests.lab.server import Lab

DAY = timedelta(days=1)
FIRST = datetime(2025, 1, 6, tzinfo=UTC)
CALM = datetime(2026, 9, 1, 3, tzinfo=UTC)
END = CALM + 90 * DAY
CHANNELS = [f"telegram:dinas_{n:02}" for n in range(8)]
BY = ("--by", "Kepala Seksi Contoh", "--reason", "dilihat langsung, memang senyap")


def channel(key: str, *, listed: bool = True) -> Account:
    return Account(key, "telegram", key.partition(":")[2], FIRST, steady(key, FIRST, END, 2), listed=listed)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """Eight living channels, looked at weekly; for five weeks all of them are an old copy of themselves."""
    channels = (*map(channel, CHANNELS), channel("telegram:telegram", listed=False))
    with Lab(Scenario("beku", CALM, channels)) as lab:
        office = open_office(lab, tmp_path, entries(lab), controls={"telegram": ["telegram"]})
        for week in range(3):
            assert office.poll(CALM + week * 7 * DAY, "--all") == 0
        lab.break_with(*({"kind": "stale", "account": key, "as_of": frozen().isoformat()} for key in CHANNELS))
        for week in range(3, 8):
            office.poll(CALM + week * 7 * DAY, "--all")
        yield office


def frozen() -> datetime:
    return CALM + 14 * DAY


NOW = CALM + 49 * DAY


def test_nobody_is_flagged_and_the_lane_is_a_blind_spot(office: Office) -> None:
    report = office.report(NOW)
    assert {row["status"] for row in report["accounts"]}.isdisjoint({"inactive", "never_posted", "lost"})
    assert report["brake"]["held"] is False, "the doubt comes before the brake"
    (spot,) = [spot for spot in report["blind_spots"] if spot["reason"] == "frozen"]
    assert sorted(spot["accounts"]) == CHANNELS
    assert spot["command"] == "auditor brake show"


def test_the_brake_shows_the_lane_and_the_command_that_ends_the_doubt(office: Office) -> None:
    (lane,) = json.loads(office("brake", "show", "--format", "json", now=NOW)[1])["lanes"]
    assert (lane["lane"], sorted(lane["accounts"])) == ("telegram", CHANNELS)
    assert lane["command"] == "auditor brake release lane:telegram --by NAME --reason TEXT"
    assert lane["command"] in office("brake", "show", now=NOW)[1]


def test_a_person_may_believe_the_lane_again(office: Office) -> None:
    assert office("brake", "release", "lane:telegram", *BY, now=NOW)[0] == 0
    assert json.loads(office("brake", "show", "--format", "json", now=NOW)[1])["lanes"] == []
    assert office("brake", "release", "lane:telegram", *BY, now=NOW)[0] == 3
    assert office("verify", now=NOW)[0] == 0


def test_a_lane_that_is_under_no_doubt_is_refused(office: Office) -> None:
    assert office("brake", "release", "lane:bluesky", *BY, now=NOW)[0] == 3
