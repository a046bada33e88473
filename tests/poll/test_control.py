"""Absence and silence count only when the lane was just seen to work."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.core.model import Barrier, Miss, Missed, Unreadable
from auditor.core.quota import Quota, Scope
from tests.build import DAY, HOUR, T0
from tests.poll.stage import Says, Stage, always, listed

BUSY, SILENT = listed(1, 3, 5, 8), listed(100, 101)
DOWN = always(Missed(Miss.UNREACHABLE))
GONE = always(Unreadable(Barrier.GONE))
ONE_LANE = Quota(1000, DAY, Scope.PLATFORM)


def test_no_control_is_asked_where_nothing_depends_on_it(tmp_path: Path) -> None:
    stage = Stage(tmp_path, {"a": BUSY, "k": BUSY}, controls=("k",), quota=ONE_LANE)
    stage.sweep()
    assert stage.last("a").control_ok is None
    assert [url for url, _ in stage.asked] == ["/a"]


@pytest.mark.parametrize("says", [SILENT, GONE], ids=["a silence", "an absence"])
@pytest.mark.parametrize(
    ("control", "ok"), [(BUSY, True), (DOWN, False), (listed(), False)], ids=["healthy", "down", "empty"]
)
def test_a_silence_or_an_absence_carries_what_the_control_said(
    tmp_path: Path, says: object, control: object, ok: bool
) -> None:
    stage = Stage(tmp_path, {"s": says, "k": control}, controls=("k",), quota=ONE_LANE)  # type: ignore[dict-item]
    stage.sweep()
    assert stage.last("s").control_ok is ok


def test_a_healthy_control_is_good_for_the_whole_lane(tmp_path: Path) -> None:
    stage = Stage(tmp_path, {"s": SILENT, "t": GONE, "k": BUSY}, controls=("k",), quota=ONE_LANE)
    stage.sweep()
    assert [url for url, _ in stage.asked].count("/k") == 1


def test_a_control_that_fails_is_asked_three_times_and_not_for_everybody(tmp_path: Path) -> None:
    """Asking may cost money: a control that went private would be paid for at every silent account."""
    silent = {f"s{n}": GONE for n in range(9)}
    stage = Stage(tmp_path, {**silent, "k": listed()}, controls=("k",), quota=ONE_LANE)
    stage.sweep()
    assert [url for url, _ in stage.asked].count("/k") == 3
    assert {stage.last(name).control_ok for name in silent} == {False}


def test_another_account_seen_with_a_post_serves_as_well(tmp_path: Path) -> None:
    stage = Stage(tmp_path, {"a": BUSY, "s": SILENT, "k": DOWN}, controls=("k",), quota=ONE_LANE)
    stage.sweep()
    assert stage.last("s").control_ok is True
    assert "/k" not in [url for url, _ in stage.asked]


def test_nobody_vouches_for_itself(tmp_path: Path) -> None:
    stage = Stage(tmp_path, {"s": SILENT, "k": DOWN}, controls=("k",), quota=ONE_LANE)
    stage.sweep()
    assert stage.last("s").control_ok is False


def test_a_control_on_another_server_says_nothing_about_this_one(tmp_path: Path) -> None:
    stage = Stage(tmp_path, {"s@one": SILENT, "k@two": BUSY}, controls=("k@two",), health=lambda ask, origin: False)
    stage.sweep()
    assert stage.last("s@one").control_ok is False


@pytest.mark.parametrize("healthy", [True, False])
def test_without_a_control_the_status_endpoint_is_asked(tmp_path: Path, healthy: bool) -> None:
    stage = Stage(tmp_path, {"s": SILENT}, health=lambda ask, origin: healthy)
    stage.sweep()
    assert stage.last("s").control_ok is healthy


@pytest.mark.parametrize(("status", "ok"), [(204, True), (404, True)])
def test_without_either_the_sentinels_say_whether_we_are_online(tmp_path: Path, status: int, ok: bool) -> None:
    sentinels = ("https://a.example", "https://b.example")
    stage = Stage(tmp_path, {"s": SILENT}, sentinels=sentinels, answer=lambda url, headers: (status, {}))
    stage.sweep()
    assert stage.last("s").control_ok is ok


def test_with_nothing_at_all_a_silence_counts_once_it_lists_known_posts_and_an_absence_never(tmp_path: Path) -> None:
    stage = Stage(tmp_path, {"s": SILENT, "g@x": GONE})
    stage.sweep()
    assert (stage.last("s").control_ok, stage.last("g@x").control_ok) == (False, False)
    stage.now += DAY
    stage.sweep()
    assert (stage.last("s").control_ok, stage.last("g@x").control_ok) == (True, False)


def test_whoever_was_seen_with_a_post_in_the_round_just_before_serves_too(tmp_path: Path) -> None:
    stage = Stage(tmp_path, {"a": listed(1, 3, 5, 8, horizon=T0 - 8 * DAY)}, quota=ONE_LANE)
    stage.sweep()
    stage.says = {"a": DOWN, "s": SILENT}
    stage.now += HOUR / 2
    stage.sweep()
    assert stage.last("s").control_ok is True


def test_but_no_longer_than_half_an_hour(tmp_path: Path) -> None:
    stage = Stage(tmp_path, {"a": listed(1, 3, 5, 8, horizon=T0 - 8 * DAY)}, quota=ONE_LANE)
    stage.sweep()
    stage.says = {"a": DOWN, "s": SILENT}
    stage.now += HOUR
    stage.sweep()
    assert stage.last("s").control_ok is False


def one_down(url: str, headers: object) -> tuple[int, dict[str, str]]:
    return (503 if url == "https://a.example" else 204), {}


def test_for_a_lane_that_has_nothing_else_both_sentinels_must_be_there(tmp_path: Path) -> None:
    stage = Stage(tmp_path, {"s": SILENT}, sentinels=("https://a.example", "https://b.example"), answer=one_down)
    stage.sweep()
    assert stage.last("s").control_ok is False


# --- the controls that the adapter names ---


@pytest.mark.parametrize(("control", "ok"), [(BUSY, True), (DOWN, False)], ids=["healthy", "down"])
def test_where_the_office_names_no_control_the_platforms_own_is_asked(tmp_path: Path, control: Says, ok: bool) -> None:
    stage = Stage(tmp_path, {"s": SILENT, "own": control}, controls=None, shipped=("own",), quota=ONE_LANE)
    stage.sweep()
    assert stage.last("s").control_ok is ok


@pytest.mark.parametrize("controls", [(), ("k",)], ids=["none", "another"])
def test_what_the_office_names_replaces_it(tmp_path: Path, controls: tuple[str, ...]) -> None:
    says = {"s": SILENT, "own": BUSY} | dict.fromkeys(controls, BUSY)
    stage = Stage(tmp_path, says, controls=controls, shipped=("own",), quota=ONE_LANE)
    stage.sweep()
    asked = {url for url, _ in stage.asked}
    assert ("/own" in asked, "/k" in asked) == (False, bool(controls))


def test_behind_another_address_a_shipped_control_that_nobody_ever_saw_there_says_nothing(tmp_path: Path) -> None:
    """A mirror or a double may not know it: then what else there is vouches, and it is asked once a sweep."""
    says = {"s": SILENT, "t": SILENT, "own": GONE}
    stage = Stage(tmp_path, says, controls=None, shipped=("own",), elsewhere=True, quota=ONE_LANE)
    stage.health = lambda ask, origin: True
    stage.sweep()
    assert (stage.last("s").control_ok, stage.last("t").control_ok) == (True, True)


def test_but_once_it_was_healthy_there_it_is_the_control(tmp_path: Path) -> None:
    says = {"s": SILENT, "own": BUSY}
    stage = Stage(tmp_path, says, controls=None, shipped=("own",), elsewhere=True, quota=ONE_LANE)
    stage.health = lambda ask, origin: True
    stage.sweep()
    assert stage.last("s").control_ok is True
    stage.says["own"] = GONE
    stage.now += DAY
    stage.sweep()
    assert stage.last("s").control_ok is False


def test_after_the_clock_was_set_back_nobody_vouches_from_the_future(tmp_path: Path) -> None:
    stage = Stage(tmp_path, {"a": listed(1, 3, 5, 8, horizon=T0 - 8 * DAY)}, quota=ONE_LANE)
    stage.sweep()
    stage.says = {"a": DOWN, "s": SILENT}
    stage.now -= DAY
    stage.sweep()
    assert stage.last("s").control_ok is False


def test_a_platform_that_answers_of_its_control_too_that_it_is_not_to_be_read_is_unreachable(tmp_path: Path) -> None:
    """One page for all that is missing, personal or hidden: shown for the living too, it is no word about anybody."""
    hidden = always(Missed(Miss.AMBIGUOUS_ABSENCE))
    stage = Stage(tmp_path, {"a": hidden, "own": hidden}, controls=None, shipped=("own",), quota=ONE_LANE)
    stage.sweep()
    assert stage.last("a").outcome == Missed(Miss.UNREACHABLE)
