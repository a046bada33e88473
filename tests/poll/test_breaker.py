"""A platform that says of too many at once that they are gone is doubted; a real removal is found all the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.core.model import Barrier, Miss, Missed, Status, Unreadable
from auditor.core.policy import resolve
from auditor.core.verdict import decide
from tests.build import DAY, HOUR, T0
from tests.core.test_policy import BOOK
from tests.poll.stage import Says, Stage, always, listed
from tests.poll.test_control import ONE_LANE

GONE, ODD = always(Unreadable(Barrier.GONE)), always(Missed(Miss.UNRECOGNISED))
BUSY = listed(1, 3, 5, 8)


def names(count: int) -> list[str]:
    return [f"a{n:02}" for n in range(count)]


def lively(folder: Path, count: int) -> Stage:
    """So many accounts of one lane, read once; the control is well and stays so."""
    stage = Stage(folder, {**dict.fromkeys(names(count), BUSY), "k": BUSY}, controls=("k",), quota=ONE_LANE)
    stage.sweep()
    stage.now += DAY
    return stage


def status(stage: Stage, name: str) -> Status:
    account = stage.register.account[f"toy:{name}"]
    policy = resolve(BOOK, account, stage.register.agency["a"], stage.now)
    return decide(stage.history(name), policy, stage.now).status


@pytest.mark.parametrize(
    ("gone", "of", "says", "counts"),
    [
        pytest.param(5, 25, GONE, True, id="five of twenty-five: as many as there may be"),
        pytest.param(6, 25, GONE, False, id="six of twenty-five: too many"),
        pytest.param(4, 4, GONE, True, id="four of four: too few to tell"),
        pytest.param(5, 5, GONE, False, id="five of five"),
    ],
)
def test_too_many_new_absences_of_one_sweep_prove_nothing(
    tmp_path: Path, gone: int, of: int, says: Says, counts: bool
) -> None:
    stage = lively(tmp_path, of)
    stage.says |= dict.fromkeys(names(gone), says)
    swept = stage.sweep()
    assert {stage.last(name).control_ok for name in names(gone)} == {counts}
    assert swept.doubted == ({} if counts else {"toy": gone})
    assert swept.totals().get("breaker_toy") == (None if counts else gone)
    assert (swept.unreadable, swept.looked) == (gone, of)


def test_answers_in_an_unknown_shape_count_with_them(tmp_path: Path) -> None:
    """A platform that changes its pages shows some of its accounts as odd and some as gone."""
    stage = lively(tmp_path, 20)
    stage.says |= dict.fromkeys(names(5), ODD) | {"a05": GONE}
    stage.sweep()
    assert stage.last("a05").control_ok is False


def test_every_absence_of_the_sweep_is_doubted_and_only_of_that_platform(tmp_path: Path) -> None:
    stage = lively(tmp_path, 20)
    stage.says["a19"] = GONE
    stage.sweep()
    assert stage.last("a19").control_ok is True
    stage.now += DAY
    stage.says |= dict.fromkeys(names(6), GONE)
    stage.sweep()
    assert stage.last("a19").control_ok is False
    stage.now += DAY
    stage.sweep()
    assert (stage.last("a19").control_ok, stage.last("a00").control_ok) == (True, False), "its own run began before"


def test_who_is_doubted_is_looked_at_again_within_the_day(tmp_path: Path) -> None:
    stage = lively(tmp_path, 6)
    stage.says |= dict.fromkeys(names(6), GONE)
    stage.sweep()
    stage.now += 12 * HOUR
    assert sorted(stage.owed()) == [f"toy:{name}" for name in names(6)]


def test_a_platform_that_lies_for_five_days_beside_a_healthy_control_loses_nobody(tmp_path: Path) -> None:
    stage = lively(tmp_path, 20)
    stage.says |= dict.fromkeys(names(10), GONE)
    for _ in range(5):
        stage.sweep()
        assert {status(stage, name) for name in names(20)} == {Status.ACTIVE}
        stage.now += DAY
    stage.says |= dict.fromkeys(names(10), listed(1, 3, 5, 8, -5))
    stage.sweep()
    assert {status(stage, name) for name in names(20)} == {Status.ACTIVE}


def test_asked_in_small_rounds_it_loses_nobody_either(tmp_path: Path) -> None:
    """A daemon looks at a few a minute: who vanished under the breaker stays doubted in a round of his own."""
    stage = lively(tmp_path, 12)
    stage.says |= dict.fromkeys(names(6), GONE)
    stage.sweep()
    everybody = stage.says
    for day in range(5):
        stage.now = T0 + (day + 2) * DAY
        for name in names(6):
            stage.now += HOUR / 60
            stage.says = {name: GONE, "k": BUSY}
            stage.sweep()
    stage.says = everybody
    assert {stage.last(name).control_ok for name in names(6)} == {False}


def test_a_real_removal_of_many_is_found(tmp_path: Path) -> None:
    stage = lively(tmp_path, 12)
    stage.says |= dict.fromkeys(names(6), GONE)
    began, found = stage.now, None
    for _ in range(20):
        stage.sweep()
        if {status(stage, name) for name in names(6)} == {Status.LOST}:
            found = stage.now
            break
        stage.now += DAY
    assert found == began + 10 * DAY, "seven days of doubt, then three answers over three days"


def test_but_only_with_a_control_that_is_asked_for_it_each_time(tmp_path: Path) -> None:
    """That others of the lane are seen is not enough: they may be the ones the platform spared."""
    stage = lively(tmp_path, 12)
    stage.says |= dict.fromkeys(names(6), GONE) | {"k": always(Missed(Miss.UNREACHABLE))}
    for _ in range(20):
        stage.sweep()
        stage.now += DAY
    assert {stage.last(name).control_ok for name in names(6)} == {False}


def test_where_there_is_no_control_to_ask_the_others_vouch(tmp_path: Path) -> None:
    stage = Stage(tmp_path, dict.fromkeys(names(12), BUSY), quota=ONE_LANE)
    stage.sweep()
    stage.says |= dict.fromkeys(names(6), GONE)
    for _ in range(14):
        stage.now += DAY
        stage.sweep()
    assert {status(stage, name) for name in names(6)} == {Status.LOST}
