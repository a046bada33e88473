"""No block of a lane outlasts the maximum age, whatever our clock said when it was set."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from auditor.core.model import Miss, Missed
from auditor.poll.office import rests, shut, waits
from auditor.store.sqlite import open_store
from auditor.store.verbs import LaneState
from tests.build import DAY, HOUR, SECOND, T0
from tests.poll.stage import Stage, always, listed


def lane(until: timedelta, since: timedelta = -HOUR, reason: Miss = Miss.RATE_LIMITED) -> LaneState:
    return LaneState("toy:x", T0 + until, reason, T0 + since, None, None)


@pytest.mark.parametrize(
    ("state", "blocks"),
    [
        pytest.param(lane(HOUR), True, id="it waits for an hour"),
        pytest.param(lane(8 * DAY), True, id="the maximum age, and the day that another stands in for"),
        pytest.param(lane(8 * DAY + SECOND), False, id="nobody waits longer"),
        pytest.param(lane(365 * DAY, 365 * DAY), False, id="our clock was a year ahead"),
        pytest.param(lane(3 * DAY, 2 * DAY), False, id="our clock was two days ahead"),
        pytest.param(lane(HOUR, HOUR), True, id="another process is a little ahead"),
    ],
)
def test_a_block_by_a_clock_that_ran_ahead_is_none(state: LaneState, blocks: bool) -> None:
    assert (waits(state, T0), rests(state, T0), bool(shut([state], T0))) == (blocks, blocks, blocks)


def test_an_office_that_looks_once_a_month_waits_as_long(tmp_path: Path) -> None:
    state = lane(30 * DAY)
    assert not waits(state, T0)
    assert waits(state, T0, 30 * DAY)


def test_once_the_clock_is_put_back_the_lane_is_asked_and_its_block_is_lifted(tmp_path: Path) -> None:
    stage = Stage(tmp_path, {"a@x": always(Missed(Miss.RATE_LIMITED))}, now=T0 + 365 * DAY)
    stage.sweep()
    stage.now, stage.says["a@x"] = T0, listed(1)
    assert stage.sweep().looked == 1
    with closing(open_store(tmp_path / "facts.db", stage.now, read_only=True)) as store:
        assert store.lane("toy:x").blocked_until is None
