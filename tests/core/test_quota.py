"""Windows of quotas: the same for every process, in the vendor's own time zone, also when its clocks change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings, strategies as st

from auditor.core.quota import STEPS, Quota, Scope

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
PACIFIC = Quota(10_000, DAY, Scope.CREDENTIAL, zone="America/Los_Angeles", name="unit")
FIXED = Quota(75, timedelta(minutes=15), Scope.CREDENTIAL)
ROLLING = Quota(250, DAY, Scope.CREDENTIAL, rolling=True)
MONTHLY = Quota(5_000, timedelta(days=30), Scope.CREDENTIAL, name="usd", monthly=True)
MONTH_THERE = Quota(5_000, timedelta(days=30), Scope.CREDENTIAL, zone="America/Los_Angeles", monthly=True)
ALL = {"fixed": FIXED, "a day there": PACIFIC, "rolling": ROLLING, "a month": MONTHLY, "a month there": MONTH_THERE}
FIRST = datetime(2024, 1, 1, tzinfo=UTC)
instants = st.integers(0, 6 * 366 * 86_400).map(lambda seconds: FIRST + timedelta(seconds=seconds))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("quota", "now", "start", "end"),
    [
        (FIXED, "2026-11-23T10:14:59", "2026-11-23T10:00:00", "2026-11-23T10:15:00"),
        (FIXED, "2026-11-23T10:15:00", "2026-11-23T10:15:00", "2026-11-23T10:30:00"),
        (PACIFIC, "2026-11-23T07:59:59", "2026-11-22T08:00:00", "2026-11-23T08:00:00"),
        (PACIFIC, "2026-11-23T08:00:00", "2026-11-23T08:00:00", "2026-11-24T08:00:00"),
        (PACIFIC, "2026-07-01T12:00:00", "2026-07-01T07:00:00", "2026-07-02T07:00:00"),
        (PACIFIC, "2026-03-08T12:00:00", "2026-03-08T08:00:00", "2026-03-09T07:00:00"),
        (PACIFIC, "2026-11-01T12:00:00", "2026-11-01T07:00:00", "2026-11-02T08:00:00"),
        (MONTHLY, "2026-02-28T23:59:59", "2026-02-01T00:00:00", "2026-03-01T00:00:00"),
        (MONTHLY, "2026-12-31T12:00:00", "2026-12-01T00:00:00", "2027-01-01T00:00:00"),
        (MONTH_THERE, "2026-11-01T06:59:59", "2026-10-01T07:00:00", "2026-11-01T07:00:00"),
        (MONTH_THERE, "2026-11-15T00:00:00", "2026-11-01T07:00:00", "2026-12-01T08:00:00"),
    ],
    ids=[
        "a window of 15 minutes ends before it turns",
        "and turns at its multiple",
        "the last second of a winter day",
        "midnight in winter is 08:00 UTC",
        "midnight in summer is 07:00 UTC",
        "the day the clocks go forward has 23 hours",
        "the day they go back has 25",
        "a month ends with its last day",
        "a year ends with December",
        "a month begins at the zone's midnight",
        "a month in which the clocks go back",
    ],
)
def test_a_window_begins_and_ends_where_the_vendor_says(quota: Quota, now: str, start: str, end: str) -> None:
    assert quota.window(utc(now)) == (utc(start), utc(end))
    assert quota.since(utc(now)) == utc(start)


@pytest.mark.parametrize("quota", ALL.values(), ids=ALL.keys())
@given(now=instants)
@settings(max_examples=50, deadline=None)
def test_every_instant_lies_in_its_window_and_the_next_begins_where_it_ends(quota: Quota, now: datetime) -> None:
    start, end = quota.window(now)
    assert start <= now < end
    assert quota.window(start) == (start, end)
    assert quota.window(end)[0] == end


@given(now=instants)
@settings(max_examples=100, deadline=None)
def test_a_rolling_window_never_forgets_what_is_younger_than_its_length(now: datetime) -> None:
    since = ROLLING.since(now)
    assert now - DAY - DAY / STEPS < since <= now - DAY
    assert ROLLING.window(now)[1] - ROLLING.window(now)[0] == DAY / STEPS


@given(now=instants, ago=st.timedeltas(timedelta(0), DAY))
@settings(max_examples=100, deadline=None)
def test_units_taken_within_the_last_day_always_count_against_a_rolling_limit(now: datetime, ago: timedelta) -> None:
    assert ROLLING.window(now - ago)[0] >= ROLLING.since(now)
