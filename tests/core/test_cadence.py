"""Counts are null, never zero, where nobody read."""

from __future__ import annotations

from datetime import UTC, timedelta

import pytest
from hypothesis import given, settings

from auditor.core.audit import Rhythm
from auditor.core.cadence import rhythm
from auditor.core.model import Observation
from auditor.core.reading import read
from tests.build import DAY, SECOND, STANDARD, T0, post, saw
from tests.core.test_laws import histories


def counted(*history: Observation) -> Rhythm:
    return rhythm(read(history, STANDARD.counts, T0), T0, UTC)


def test_a_window_excludes_its_first_instant_and_includes_its_last() -> None:
    r = counted(saw(post(timedelta()), post(7 * DAY), post(7 * DAY - SECOND)))
    assert r.posts_7d == 2


@pytest.mark.parametrize(
    ("horizon", "expected"),
    [
        pytest.param(7 * DAY, (1, None, None, None), id="read back exactly one week"),
        pytest.param(7 * DAY - SECOND, (None, None, None, None), id="a second less is no week"),
        pytest.param(30 * DAY, (1, 2, None, None), id="thirty days"),
        pytest.param(90 * DAY, (1, 2, 3, None), id="ninety days"),
        pytest.param(None, (1, 2, 3, 4), id="to the beginning"),
    ],
)
def test_a_window_that_was_not_wholly_read_has_no_count(
    horizon: timedelta | None, expected: tuple[int | None, ...]
) -> None:
    r = counted(saw(post(DAY), post(20 * DAY), post(80 * DAY), post(300 * DAY), horizon=horizon))
    assert (r.posts_7d, r.posts_30d, r.posts_90d, r.posts_365d) == expected
    assert r.at_least_30d == 2


def test_gaps_are_closed_and_the_open_one_counts_in_the_longest_silence_only() -> None:
    r = counted(saw(post(20 * DAY), post(21 * DAY), post(23 * DAY), post(33 * DAY)))
    assert (r.gap_median_days, r.gap_p90_days, r.longest_silence_days) == (2.0, 10.0, 20)


def test_under_two_posts_there_is_no_gap_but_a_silence() -> None:
    r = counted(saw(post(409 * DAY + timedelta(hours=23))))
    assert (r.gap_median_days, r.gap_p90_days, r.longest_silence_days) == (None, None, 409)


def test_a_week_nobody_read_is_unknown_and_one_partly_read_counts_what_was_seen() -> None:
    weeks = counted(saw(post(DAY), post(9 * DAY), horizon=8 * DAY)).weeks
    assert weeks[-1] == 1
    assert weeks[-2] == 1
    assert set(weeks[:-2]) == {None}


def test_days_are_those_of_the_office() -> None:
    look = saw(post(timedelta(hours=1)), post(timedelta(hours=23)))
    assert counted(look).active_days_90d == 1


def test_without_a_judging_look_nothing_is_known() -> None:
    assert rhythm(read([], STANDARD.counts, T0), None, UTC) == Rhythm()


@settings(max_examples=2000, deadline=None)
@given(histories)
def test_a_shorter_window_never_counts_more_and_a_count_never_exceeds_what_is_known(history: list[Observation]) -> None:
    reading = read(history, STANDARD.counts, T0)
    at = reading.sights[-1].at if reading.sights else None
    r = rhythm(reading, at, UTC)
    counts = [n for n in (r.posts_7d, r.posts_30d, r.posts_90d, r.posts_365d) if n is not None]
    assert counts == sorted(counts)
    assert all(n <= len(reading.posts) for n in counts)
    assert r.active_days_90d is None or r.posts_90d is None or r.active_days_90d <= r.posts_90d
