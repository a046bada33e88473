"""When an account is looked at next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from auditor.core.model import Reason, Status, Verdict
from auditor.core.polling import (
    SHORTEST,
    Due,
    Lane,
    LeftOut,
    Next,
    Plan,
    Postponed,
    Why,
    after_answer,
    after_miss,
    full_in,
    plan,
)
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


def owed(account: str, why: Why = Why.MAX_AGE, hours: float = 1, lane: str = "x", *, failing: bool = False) -> Due:
    return Due(account, lane, why, T0 - timedelta(hours=hours), 1, failing)


def names(planned: Plan, lane: str = "x") -> str:
    return "".join(look.account for look in planned.lanes.get(lane, ()))


def test_lanes_run_side_by_side_and_the_longest_owed_goes_first() -> None:
    planned = plan([owed("a"), owed("b", hours=2, lane="y"), owed("c", hours=3)])
    assert (names(planned), names(planned, "y"), planned.left_out) == ("ca", "b", ())


def test_what_may_decide_something_goes_before_what_is_only_old() -> None:
    looks = [
        owed("a", Why.MAX_AGE, 90),
        owed("b", Why.OVERFLOW, 3),
        owed("c", Why.RETRY, 4),
        owed("d", Why.BOUNDARY, 1),
        owed("e", Why.CONFIRMATION, 2),
    ]
    assert names(plan(looks)) == "edcba"


def test_who_failed_holds_up_nobody_and_is_not_forgotten() -> None:
    looks = [owed(name, hours=9 - n) for n, name in enumerate("abcdef")]
    failing = [owed(name, Why.RETRY, 99, failing=True) for name in "XYZ"]
    assert names(plan([*looks, *failing])) == "abcdXefYZ"


def test_when_the_units_do_not_last_the_stalest_wait_and_are_named() -> None:
    looks = [owed("a", hours=90), owed("b", Why.BOUNDARY), owed("c", hours=40)]
    planned = plan(looks, {"x": Lane(units=2, resets_at=T0 + DAY)})
    assert names(planned) == "ba"
    assert planned.left_out == (Postponed(looks[2], LeftOut.QUOTA, T0 + DAY),)


def test_a_lane_that_waits_leaves_everybody_out() -> None:
    planned = plan([owed("a"), owed("b", lane="y")], {"x": Lane(waits_until=T0 + HOUR)})
    assert (names(planned), names(planned, "y")) == ("", "b")
    assert planned.left_out == (Postponed(owed("a"), LeftOut.WAITS, T0 + HOUR),)


def test_the_places_that_are_left_in_a_request_are_taken_by_who_would_be_due_soonest() -> None:
    others = [owed("p", hours=-30), owed("q", hours=-10), owed("r", hours=-20)]
    assert names(plan([owed("a"), owed("b", hours=2)], {"x": Lane(batch=4)}, others)) == "baqr"
    assert names(plan([owed("a", lane="y")], {"x": Lane(batch=4)}, others)) == "", "a request for riders alone is none"
    assert names(plan([owed(n) for n in "abcd"], {"x": Lane(batch=4)}, others)) == "abcd"


@given(st.integers(1, 60), st.integers(1, 12), st.integers(0, 9))
def test_a_sweep_takes_as_many_requests_as_its_accounts_need(accounts: int, batch: int, spare: int) -> None:
    """ceil(n / B): who rides along costs no request."""
    looks = [owed(f"{n}", hours=n + 1) for n in range(accounts)]
    requests = -(-accounts // batch)
    planned = plan(looks, {"x": Lane(units=requests + spare, batch=batch)}, [owed("r", hours=-n) for n in range(9)])
    assert planned.left_out == ()
    assert -(-len(planned.lanes["x"]) // batch) == requests


def test_among_equals_the_lot_decides() -> None:
    looks = [owed(name) for name in "abc"]
    assert names(plan(looks)) == "abc"
    assert names(plan(looks, jitter={"a": 0.9, "b": 0.2, "c": 0.5})) == "bca"
    assert names(plan([*looks, owed("z", hours=2)], jitter={"z": 1.0})) == "zabc", "never against what is owed longer"


looks_of = st.lists(
    st.builds(
        owed,
        st.text("abcdef", min_size=1, max_size=3),
        st.sampled_from([w for w in Why if w is not Why.HAND]),
        st.integers(0, 50),
        st.sampled_from("xyz"),
        failing=st.booleans(),
    ),
    max_size=30,
    unique_by=lambda d: d.account,
)
lanes_of = st.dictionaries(
    st.sampled_from("xyz"),
    st.builds(Lane, st.none() | st.integers(0, 9), st.just(T0), st.none() | st.just(T0), st.integers(1, 5)),
)


@given(looks_of, lanes_of)
def test_everybody_who_is_owed_a_look_is_either_asked_or_named(looks: list[Due], lanes: dict[str, Lane]) -> None:
    planned = plan(looks, lanes)
    asked = [look for each in planned.lanes.values() for look in each]
    assert sorted(d.account for d in (*asked, *(p.look for p in planned.left_out))) == sorted(d.account for d in looks)
    for name, each in planned.lanes.items():
        assert {d.lane for d in each} == {name}
        units = lanes.get(name, Lane()).units
        assert units is None or -(-len(each) // lanes[name].batch) <= units


@pytest.mark.parametrize(
    ("days", "page", "left"),
    [
        pytest.param([], 15, None, id="nothing new: it fills with nothing"),
        pytest.param([40, 50], 15, None, id="nothing for weeks"),
        pytest.param(range(28), 14, 7 * DAY, id="one a day: half of fourteen in a week"),
        pytest.param([0.1 * n for n in range(30)], 14, DAY, id="a campaign: ten a day count as seven"),
    ],
)
def test_a_page_is_half_full_at_the_rate_of_late(days: Sequence[float], page: int, left: timedelta | None) -> None:
    assert full_in([T0 - d * DAY for d in days], T0, page) == left


def test_a_page_that_may_overflow_is_looked_at_before_it_does() -> None:
    assert after_answer(ACTIVE, T0, WEEK, 2 * DAY) == Next(T0 + 2 * DAY, Why.OVERFLOW)
    assert after_answer(ACTIVE, T0, WEEK, 9 * DAY).why is Why.MAX_AGE
    assert after_answer(ACTIVE, T0, WEEK, timedelta()) == Next(T0 + SHORTEST, Why.OVERFLOW)
