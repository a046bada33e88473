"""Where too many accounts of a platform seem to vanish at once, the platform is doubted."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, strategies as st

from auditor.core.breaker import Break, absent_since, caught, tripped, vanished
from auditor.core.model import HAND, Barrier, Miss, Missed, Observation, Outcome, Unreadable
from tests.build import DAY, HOUR, T0, got, saw

GONE, SUSPENDED, TAKEN = (Unreadable(b) for b in (Barrier.GONE, Barrier.SUSPENDED, Barrier.TAKEN))
ODD, DOWN = Missed(Miss.UNRECOGNISED), Missed(Miss.UNREACHABLE)


@pytest.mark.parametrize(
    ("gone", "looked", "trips"),
    [
        pytest.param(4, 4, False, id="four are too few, even if they are all"),
        pytest.param(5, 25, False, id="a fifth is not more than a fifth"),
        pytest.param(5, 24, True, id="five, and more than a fifth"),
        pytest.param(5, 5, True, id="all five"),
        pytest.param(0, 0, False, id="nobody was looked at"),
    ],
)
def test_it_trips_at_five_accounts_and_more_than_a_fifth(gone: int, looked: int, trips: bool) -> None:
    assert tripped(gone, looked, at_least=5, percent=20) is trips


@given(gone=st.integers(0, 50), looked=st.integers(0, 200), more=st.integers(1, 50))
def test_more_that_vanish_never_untrip_it(gone: int, looked: int, more: int) -> None:
    before = tripped(gone, looked + more, at_least=5, percent=20)
    assert tripped(gone + more, looked + more, at_least=5, percent=20) >= before


@pytest.mark.parametrize(
    ("history", "outcome", "counts"),
    [
        pytest.param([saw(ago=DAY)], GONE, True, id="read before, now gone"),
        pytest.param([saw(ago=DAY)], ODD, True, id="read before, now in a shape nobody knows"),
        pytest.param([saw(ago=DAY)], DOWN, False, id="unreachable"),
        pytest.param([saw(ago=DAY)], TAKEN, False, id="somebody else has the handle"),
        pytest.param([], GONE, False, id="never read"),
        pytest.param([got(GONE, DAY)], GONE, False, id="never read, and gone before"),
        pytest.param([saw(ago=2 * DAY), got(SUSPENDED, DAY)], GONE, False, id="absent before"),
        pytest.param([saw(ago=3 * DAY), got(GONE, 2 * DAY), got(DOWN, DAY)], GONE, False, id="absent before a miss"),
        pytest.param([got(GONE, 3 * DAY), saw(ago=2 * DAY)], GONE, True, id="absent in an earlier run"),
        pytest.param([saw(ago=3 * DAY), got(TAKEN, DAY)], GONE, True, id="taken before is not absent before"),
        pytest.param([saw(ago=3 * DAY), got(ODD, DAY)], ODD, False, id="odd before"),
        pytest.param([saw(ago=3 * DAY), got(ODD, DAY)], GONE, True, id="odd before, now gone"),
    ],
)
def test_who_vanishes(history: list[Observation], outcome: Outcome, counts: bool) -> None:
    assert vanished(outcome, history) is counts


def test_a_run_of_absences_begins_with_the_first_since_a_sight_whatever_the_controls_said() -> None:
    runs = [got(GONE, 9 * DAY), saw(ago=8 * DAY), got(DOWN, 7 * DAY), got(GONE, 5 * DAY, control=False), got(SUSPENDED)]
    assert absent_since(runs) == T0 - 5 * DAY
    assert absent_since(runs[:3]) is None


def test_what_a_person_says_begins_no_run() -> None:
    told = Observation(T0 - 2 * DAY, GONE, True, HAND)
    assert absent_since([saw(ago=3 * DAY), told, got(GONE, DAY)]) == T0 - DAY


@pytest.mark.parametrize(
    ("since", "platform", "found"),
    [
        pytest.param(timedelta(), "x", True, id="at the start of the sweep"),
        pytest.param(HOUR, "x", True, id="at its end"),
        pytest.param(HOUR + timedelta(seconds=1), "x", False, id="after it"),
        pytest.param(-timedelta(seconds=1), "x", False, id="before it"),
        pytest.param(HOUR, "y", False, id="on another platform"),
    ],
)
def test_an_absence_is_caught_if_it_began_in_the_sweep(since: timedelta, platform: str, found: bool) -> None:
    assert caught(T0 + since, platform, [Break("x", T0, T0 + HOUR)]) is found
