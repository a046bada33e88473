"""Six living channels whose posts vanish behind an old copy: held, not flagged, until something settles it."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.e2e.city import Office, entries, open_office
from tests.lab.model import Account, Scenario
from tests.lab.rhythm import steady
from tests.lab.server import Lab

SCHEMA = json.loads((Path(__file__).parents[2] / "docs/schema/report-1.json").read_text("utf-8"))
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
FIRST = datetime(2025, 1, 6, tzinfo=UTC)
CALM = datetime(2026, 9, 1, 3, tzinfo=UTC)
STORM = CALM + 31 * DAY
END = CALM + 90 * DAY
FOOLED = [f"telegram:dinas_{n:02}" for n in range(6)]
STEADY = [f"telegram:dinas_{n:02}" for n in range(6, 16)]


def channel(key: str) -> Account:
    return Account(key, "telegram", key.partition(":")[2], FIRST, steady(key, FIRST, END, 1), title="Dinas Contoh")


def control() -> Account:
    posts = steady("telegram:telegram", FIRST, END, 1)
    return Account("telegram:telegram", "telegram", "telegram", FIRST, posts, listed=False)


def old_copy(keys: list[str]) -> list[dict[str, Any]]:
    return [{"kind": "stale", "account": key, "as_of": CALM.isoformat()} for key in keys]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """An office whose sixteen channels were seen alive once."""
    channels = tuple(channel(key) for key in (*FOOLED, *STEADY))
    with Lab(Scenario("rem", CALM, (*channels, control()))) as lab:
        office = open_office(lab, tmp_path, entries(lab), controls={"telegram": ["telegram"]})
        assert office.poll(CALM, "--all") == 0
        yield office


@pytest.fixture
def held(office: Office) -> Office:
    """The same, a month later: six of the channels are an old copy of themselves."""
    office.lab.break_with(*old_copy(FOOLED))
    assert office.poll(STORM, "--all") == 32
    return office


def changed(office: Office, now: datetime) -> list[tuple[str, str]]:
    """(old, new) of every change told of the fooled channels."""
    told = []
    for key in FOOLED:
        told += json.loads(office("show", key, "--format", "json", now=now)[1])["changes"]
    return [(each["old"], each["new"]) for each in told]


def released(office: Office, now: datetime, *more: str) -> int:
    chosen = ["--by", "Kepala Seksi Contoh", "--reason", "dilihat langsung, memang senyap"]
    return office("brake", "release", *more, *chosen, now=now)[0]


def test_while_the_brake_holds_the_released_status_stays(held: Office) -> None:
    report = held.report(STORM)
    rows = {row["account"]: row for row in report["accounts"]}
    assert report["totals"]["inactive"] == 0
    assert report["totals"]["active"] == 16
    assert report["brake"]["held"] is True
    Draft202012Validator(SCHEMA).validate(report)
    assert "6" in report["brake"]["reason"]
    for key in FOOLED:
        row = rows[key]
        assert (row["status"], row["reason_code"], row["advice"]["code"]) == ("active", "recent", "look")
        assert row["held"]["status"] == "inactive"
        assert row["held"]["since"] > row["last_post_at"]
        assert row["days_silent"] >= 30, "what was seen stays what was seen"
    assert all(rows[key]["held"] is None for key in STEADY)
    assert changed(held, STORM) == []


def test_what_is_held_is_said_on_every_page(held: Office) -> None:
    for command in (["report"], ["status"], ["show", FOOLED[0]], []):
        code, text = held("--lang", "en", *command, now=STORM)
        assert code == 0
        assert "brake" in text.casefold(), command
        assert "auditor brake show" in text, command
    assert "BRAKE" in held("--lang", "en", now=STORM)[1]
    assert "REM" in held("--lang", "id", now=STORM)[1]


def test_show_names_scope_accounts_and_the_command_that_releases(held: Office) -> None:
    code, text = held("brake", "show", "--format", "json", now=STORM)
    found = json.loads(text)
    assert code == 0
    assert {hold["scope"] for hold in found["holds"]} == {"platform:telegram", "agency:dinas-contoh", "register"}
    for hold in found["holds"]:
        assert (hold["changed"], hold["judged"]) == (6, 16)
        assert [account["account"] for account in hold["accounts"]] == FOOLED
        assert {(a["old"], a["new"], a["healthy_days"]) for a in hold["accounts"]} == {("active", "inactive", 0)}
        assert hold["since"] == "2026-10-02T03:00:00Z"
        assert hold["releases_at"] == "2026-10-05T03:00:00Z"
        assert hold["command"] == f"auditor brake release {hold['scope']} --by NAME --reason TEXT"
    shown = held("brake", "show", now=STORM)[1]
    assert all(key in shown for key in FOOLED)


@pytest.mark.parametrize("scopes", [(), ("platform:telegram",)], ids=["all", "one scope"])
def test_a_person_releases_with_a_name_and_a_reason(held: Office, scopes: tuple[str, ...]) -> None:
    later = STORM + HOUR
    assert released(held, later, *scopes) == 0
    rows = held.rows(later)
    assert {rows[key]["status"] for key in FOOLED} == {"inactive"}
    assert all(rows[key]["held"] is None for key in FOOLED)
    assert changed(held, later) == [("active", "inactive")] * 6
    assert held.report(later)["brake"] == {"held": False, "reason": None}
    assert held("verify", now=later)[0] == 0
    assert held.poll(later + HOUR, "--all") == 0, "a released change is not taken back"
    assert released(held, later + 2 * HOUR) == 3, "there is nothing left to release"


@pytest.mark.parametrize(
    "given",
    [
        pytest.param(["--reason", "dilihat"], id="no name"),
        pytest.param(["--by", "Kepala Seksi Contoh"], id="no reason"),
        pytest.param(["--by", "  ", "--reason", "dilihat"], id="an empty name"),
        pytest.param(["--by", "Kepala Seksi Contoh", "--reason", " "], id="an empty reason"),
        pytest.param(["platfrom:telegram", "--by", "Kepala Seksi Contoh", "--reason", "dilihat"], id="no such scope"),
    ],
)
def test_a_release_needs_all_of_it(held: Office, given: list[str]) -> None:
    assert held("brake", "release", *given, now=STORM)[0] == 2
    assert held.report(STORM)["brake"]["held"]


def test_a_scope_that_holds_nothing_is_refused(held: Office) -> None:
    assert released(held, STORM, "platform:mastodon") == 3


def test_a_hold_ends_by_itself_after_three_days_with_looks_on_two(held: Office) -> None:
    """The held are due every day without anybody asking for them."""
    ends = []
    for day in range(1, 4):
        ends.append(held.poll(STORM + day * DAY))
    assert ends == [32, 32, 0]
    assert {held.rows(STORM + 3 * DAY)[key]["status"] for key in FOOLED} == {"inactive"}
    assert changed(held, STORM + 3 * DAY) == [("active", "inactive")] * 6
    assert held.rows(STORM + 2 * DAY)[FOOLED[0]]["status"] == "active"


def test_the_log_says_when_the_brake_begins_and_ends(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    office.lab.break_with(*old_copy(FOOLED))
    with caplog.at_level(logging.INFO, "auditor"):
        for day in range(4):
            office.poll(STORM + day * DAY)
    told = [line for line in caplog.messages if line.startswith("brake")]
    assert "brake_held scope=platform:telegram changed=6 judged=16 held=6" in told[:3]
    assert "brake_ended scope=platform:telegram since=2026-10-02T03:00:00+00:00 accounts=6" in told[3:]
    assert len(told) == 6


def test_without_looks_a_hold_does_not_end(held: Office) -> None:
    held.lab.break_with({"kind": "drop", "platform": "telegram"})
    for day in range(1, 6):
        assert held.poll(STORM + day * DAY, "--all") & 32
    assert {held.rows(STORM + 5 * DAY)[key]["held"]["status"] for key in FOOLED} == {"inactive"}


def test_who_posts_again_leaves_the_hold(held: Office) -> None:
    held.lab.break_with(*old_copy(FOOLED[1:]))
    assert held.poll(STORM + DAY, "--all") == 32
    rows = held.rows(STORM + DAY)
    assert [key for key in FOOLED if rows[key]["held"]] == FOOLED[1:]
    held.lab.break_with()
    assert held.poll(STORM + DAY + HOUR, "--all") == 0
    assert {row["status"] for row in held.rows(STORM + DAY + HOUR).values()} == {"active"}
    assert changed(held, STORM + 2 * DAY) == [], "nobody was ever said to be silent"


def test_a_past_day_is_judged_with_the_holds_of_that_day(held: Office) -> None:
    later = STORM + 2 * DAY
    assert released(held, later) == 0
    statuses = {}
    for day in (STORM - HOUR, STORM, later - HOUR, later):
        report = held.report(later + DAY, "--as-of", day.isoformat())
        row = next(row for row in report["accounts"] if row["account"] == FOOLED[0])
        statuses[day] = (row["status"], row["held"] and row["held"]["status"], report["brake"]["held"])
    assert statuses[STORM] == statuses[later - HOUR] == ("active", "inactive", True)
    assert statuses[later] == ("inactive", None, False)
    assert statuses[STORM - HOUR][2] is False


def test_portions_within_a_day_are_one_judgement(office: Office) -> None:
    """As a daemon looks: one account an hour. The fifth is held; the four before it are not taken back."""
    office.lab.break_with(*old_copy(FOOLED))
    ends = [office.poll(STORM + n * HOUR, "--only", key) for n, key in enumerate(FOOLED)]
    assert ends == [0, 0, 0, 0, 32, 32]
    rows = office.rows(STORM + 6 * HOUR)
    assert [rows[key]["status"] for key in FOOLED] == ["inactive"] * 4 + ["active"] * 2
    assert [bool(rows[key]["held"]) for key in FOOLED] == [False] * 4 + [True] * 2


def test_the_names_of_people_stay_out_of_everything_but_their_table(held: Office) -> None:
    assert released(held, STORM) == 0
    folder = held.config
    assert b"Kepala Seksi Contoh" in b"".join(p.read_bytes() for p in folder.glob("auditor.db*"))
    for command in (["report", "--format", "json"], ["brake", "show", "--format", "json"]):
        assert "Kepala Seksi" not in held(*command, now=STORM)[1]
