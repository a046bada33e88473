"""When an account is looked at next."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from auditor.core.model import Reason, Status, Verdict
from auditor.core.polling import SHORTEST, Due, Why, after_answer, after_miss, plan
from tests.build import DAY, HOUR, T0

WEEK = 7 * DAY
ACTIVE = Verdict(Status.ACTIVE, T0, Reason.RECENT)


@pytest.mark.parametrize(
    ("verdict", "at", "why"),
    [
        pytest.param(ACTIVE, T0 + WEEK, Why.MAX_AGE, id="nothing due before: the maximum age"),
        pytest.param(
            replace(ACTIVE, next_change_at=T0 + 2 * DAY), T0 + 2 * DAY, Why.BOUNDARY, id="it may change before"
        ),
        pytest.param(replace(ACTIVE, next_change_at=T0 + 9 * DAY), T0 + WEEK, Why.MAX_AGE, id="it may change later"),
        pytest.param(replace(ACTIVE, next_change_at=T0 - DAY), T0 + WEEK, Why.MAX_AGE, id="the change lies behind"),
        pytest.param(replace(ACTIVE, confirmable_at=T0 + DAY), T0 + DAY, Why.CONFIRMATION, id="it owes a confirmation"),
        pytest.param(replace(ACTIVE, confirmable_at=T0 - DAY), T0 + HOUR, Why.CONFIRMATION, id="overdue: not at once"),
    ],
)
def test_the_earliest_reason_wins(verdict: Verdict, at: datetime, why: Why) -> None:
    following = after_answer(verdict, T0, WEEK)
    assert (following.at, following.why) == (at, why)


@given(st.integers(0, 1000), st.integers(-5, 30).map(lambda d: T0 + d * DAY) | st.none())
def test_a_failure_backs_off_to_the_maximum_age_and_never_gives_up(failures: int, reset_at: datetime | None) -> None:
    at = after_miss(failures, T0, WEEK, reset_at).at
    assert at - T0 >= SHORTEST
    assert at <= T0 + WEEK
    assert reset_at is None or at >= min(reset_at, T0 + WEEK)
    assert at <= max(after_miss(failures + 1, T0, WEEK, reset_at).at, at)


def test_each_failure_waits_twice_as_long() -> None:
    waits = [after_miss(n, T0, WEEK, None).at - T0 for n in range(1, 10)]
    assert waits[:4] == [HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR]
    assert waits[-1] == WEEK


def test_lanes_run_side_by_side_and_the_longest_owed_goes_first() -> None:
    looks = [
        Due(a, lane, Why.MAX_AGE, T0 - timedelta(hours=h), 1)
        for a, lane, h in [("a", "x", 1), ("b", "y", 2), ("c", "x", 3)]
    ]
    assert {lane: [d.account for d in owed] for lane, owed in plan(looks).items()} == {"x": ["c", "a"], "y": ["b"]}
