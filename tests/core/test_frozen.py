"""A lane that stands still as one is suspected; accounts that fall silent one by one never are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings, strategies as st

from auditor.core.frozen import (
    FROM,
    HOLIDAYS,
    SHORTEST,
    Listed,
    Pulse,
    at_rest,
    chance_of_rest,
    frozen,
    sample,
    still_since,
    thawed,
)
from tests.build import DAY, HOUR, T0
from tests.lab.rhythm import instants

PERCENT = 60
FIRST = T0 - 200 * DAY


def pulse(
    account: int,
    posts: Sequence[datetime],
    sights: Sequence[datetime],
    counters: Sequence[Mapping[str, int]] = (),
    paused: tuple[tuple[datetime, datetime], ...] = (),
) -> Pulse:
    """Posts are listed by the first sight after them; sights state no counters unless they are given."""
    stated = counters or [{}] * len(sights)
    listed = [Listed(p, next(s for s in sights if s >= p)) for p in sorted(posts) if p <= sights[-1]]
    return Pulse(account, sights[0], tuple(listed), tuple(zip(sights, stated, strict=True)), paused)


def looks(until: float, step: float = 7) -> list[datetime]:
    """From FIRST up to so many days after T0."""
    found, at = [], FIRST
    while at < T0 + until * DAY:
        found.append(at)
        at += step * DAY
    return [*found, T0 + until * DAY]


def lane(count: int, until: float, *, days: float = 3, ends: Mapping[int, float] | None = None) -> list[Pulse]:
    """Accounts that post about every so many days, some only up to an end in days after T0."""
    found = []
    for n in range(count):
        end = T0 + (ends or {}).get(n, until) * DAY
        found.append(pulse(n, list(instants(f"a{n}", FIRST + n * 11 * HOUR, end, days + n % 3)), looks(until)))
    return found


ALL = dict.fromkeys(range(100), 0.0)

SUSPECTED = [
    pytest.param(8, 20, ALL, True, id="eight accounts stop on one day"),
    pytest.param(5, 20, ALL, True, id="five do"),
    pytest.param(4, 90, ALL, False, id="four are too few"),
    pytest.param(8, 2, ALL, False, id="two days are too short"),
    pytest.param(8, 40, {}, False, id="nobody stops"),
    pytest.param(8, 40, {0: 0}, False, id="one stops"),
    pytest.param(10, 40, dict.fromkeys(range(6), 0), False, id="six of ten are not more than 60 %"),
    pytest.param(10, 40, dict.fromkeys(range(8), 0), True, id="eight of ten are"),
    pytest.param(8, 60, {0: -24, 1: -18, 2: -12, 3: -6, 4: 0}, False, id="five of eight stop in one month, one by one"),
    pytest.param(12, 60, {n: -150 + 14 * n for n in range(10)}, False, id="ten of twelve stop in half a year"),
]


@pytest.mark.parametrize(("count", "until", "ends", "suspected"), SUSPECTED)
def test_a_lane_is_suspected_when_most_of_those_at_work_stop_together(
    count: int, until: float, ends: Mapping[int, float], suspected: bool
) -> None:
    found = frozen(lane(count, until, ends=ends), PERCENT)
    assert (found is not None) is suspected
    if found:
        assert {n for n in range(count) if n in ends} == found.expected
        assert T0 - 5 * DAY <= found.start <= T0


def test_the_long_dead_do_not_count_as_at_work_and_are_still() -> None:
    ends = {**dict.fromkeys(range(6), 0.0), **dict.fromkeys(range(6, 10), -120.0)}
    found = frozen(lane(10, 20, ends=ends), PERCENT)
    assert found is not None
    assert (found.still, found.expected) == (frozenset(range(10)), frozenset(range(6)))
    assert frozen(lane(10, 20, ends=dict.fromkeys(range(6), -120.0)), PERCENT) is None, "most of a lane may be dead"


def test_counters_that_change_are_movement_and_those_that_stand_still_are_not() -> None:
    sights = looks(30)
    made = [list(instants(f"a{n}", FIRST, T0, 3)) for n in range(8)]
    moving = [{"followers": n} for n in range(len(sights))]
    assert frozen([pulse(n, m, sights, moving) for n, m in enumerate(made)], PERCENT) is None
    standing = [{"followers": min(n, 29)} for n in range(len(sights))]
    assert frozen([pulse(n, m, sights, standing) for n, m in enumerate(made)], PERCENT) is not None


def test_a_counter_of_another_route_is_no_movement() -> None:
    """What one answer states and the next does not is not compared."""
    sights = looks(30)
    both = {"posts": 1, "followers": 1}
    mixed = [{"followers": 1} if n % 2 else both for n in range(len(sights))]
    mixed[-2:] = [{}, {"likes": 5}]
    made = [list(instants(f"a{n}", FIRST, T0, 3)) for n in range(8)]
    assert frozen([pulse(n, m, sights, mixed) for n, m in enumerate(made)], PERCENT) is not None


def test_nobody_expects_a_post_on_relief_days() -> None:
    holiday = ((T0, T0 + 30 * DAY), (T0 + 10 * DAY, T0 + 20 * DAY))
    made = [list(instants(f"a{n}", FIRST, T0, 3)) for n in range(8)]
    assert frozen([pulse(n, m, looks(28), paused=holiday) for n, m in enumerate(made)], PERCENT) is None
    assert frozen([pulse(n, m, looks(60), paused=holiday) for n, m in enumerate(made)], PERCENT) is not None


def test_what_somebody_vouched_for_is_not_suspected_again() -> None:
    stopped = lane(8, 40, ends=ALL)
    assert frozen(stopped, PERCENT, T0 + DAY) is None
    assert frozen(stopped, PERCENT, T0 - 30 * DAY) is not None


def test_no_holiday_is_suspected_before_anybody_would_be_called_silent() -> None:
    assert frozen(lane(20, 10, ends=ALL), PERCENT, shortest=HOLIDAYS) is None
    assert frozen(lane(20, 22, ends=ALL), PERCENT, shortest=HOLIDAYS) is not None


def test_a_policy_of_100_percent_suspects_nobody() -> None:
    assert frozen(lane(8, 90, ends=ALL), 100) is None
    assert still_since([(T0, T0 + 90 * DAY)] * 8, 100, SHORTEST) is None


def test_who_was_first_seen_after_the_start_is_at_rest_and_nobody_expects_him_to_move() -> None:
    late = pulse(1, [T0 - 30 * DAY], [T0 + DAY, T0 + 8 * DAY])
    empty = pulse(2, [], [T0 + DAY, T0 + 8 * DAY])
    alive = pulse(3, [T0 - DAY, T0 + 2 * DAY], [T0 + DAY, T0 + 8 * DAY])
    found = at_rest([late, empty, alive], T0)
    assert (found.still, found.expected) == (frozenset({1, 2}), frozenset())


def test_a_young_account_has_no_rhythm() -> None:
    assert chance_of_rest(pulse(1, [T0 - n * DAY for n in range(3)], looks(9)), T0) is None


def test_a_thread_of_posts_is_one_movement() -> None:
    thread = [T0 - n * HOUR for n in range(9)]
    assert chance_of_rest(pulse(1, thread, looks(9)), T0) is None


# --- the thaw ---


def after_thaw(alive: int, dead: int, *, seen_again: int | None = None) -> list[Pulse]:
    """All rested from T0 on; on day 50 some of the living were looked at again."""
    found = []
    for n in range(alive + dead):
        until = 50 if seen_again is None or n < seen_again or n >= alive else 45
        sights = [FIRST, T0 + 45 * DAY, *([T0 + 50 * DAY] if until == 50 else [])]
        posts = [T0 - DAY * k for k in range(20)]
        shown = [Listed(p, FIRST) for p in sorted(posts)]
        if until == 50 and n < alive:
            shown.append(Listed(T0 + 30 * DAY, T0 + 50 * DAY))
        found.append(Pulse(n, FIRST, tuple(shown), tuple((at, {}) for at in sights)))
    return found


@pytest.mark.parametrize(
    ("alive", "dead", "seen_again", "believed"),
    [
        pytest.param(8, 1, None, True, id="all but one move"),
        pytest.param(8, 0, 2, True, id="two were looked at so far, and both move"),
        pytest.param(8, 0, 1, False, id="one alone proves nothing of the others"),
        pytest.param(3, 6, None, False, id="two of three are still"),
        pytest.param(0, 8, None, False, id="nobody moves"),
    ],
)
def test_a_lane_is_believed_again_from_the_first_look_that_shows_a_movement(
    alive: int, dead: int, seen_again: int | None, believed: bool
) -> None:
    at = T0 + 50 * DAY
    found = thawed(after_thaw(alive, dead, seen_again=seen_again), T0, PERCENT, at + HOUR)
    assert found == (at if believed else None)


# --- laws ---

gaps = st.lists(st.integers(6, 24 * 20), min_size=6, max_size=40)


@st.composite
def rosters(draw: st.DrawFn) -> list[list[datetime]]:
    """Of each account its posts up to T0, by gaps in hours."""
    found = []
    for _ in range(draw(st.integers(1, 12))):
        at, made = T0, []
        for gap in draw(gaps):
            at -= gap * HOUR
            made.append(at)
        found.append(made)
    return found


@given(rosters(), st.integers(1, 90), st.integers(1, 99))
@settings(deadline=None)
def test_a_suspicion_keeps_what_it_says(roster: list[list[datetime]], until: int, percent: int) -> None:
    pulses = [pulse(n, made, [FIRST - 800 * DAY, *looks(until)]) for n, made in enumerate(roster)]
    found = frozen(pulses, percent)
    if found is None:
        return
    assert found.expected <= found.still
    assert len(found.expected) >= FROM
    assert len(found.still) * 100 > len(pulses) * percent
    assert all((p.moved_last <= found.start) is (p.account in found.still) for p in pulses)
    assert found.start <= T0 + until * DAY - SHORTEST


@given(rosters(), st.integers(1, 90), st.integers(0, 10**6))
@settings(deadline=None)
def test_the_order_of_the_accounts_carries_no_information(roster: list[list[datetime]], until: int, seed: int) -> None:
    pulses = [pulse(n, made, [FIRST - 800 * DAY, *looks(until)]) for n, made in enumerate(roster)]
    turned = sorted(pulses, key=lambda p: (p.account * 7919 + seed) % 101)
    assert frozen(pulses, PERCENT) == frozen(turned, PERCENT)


@given(rosters(), st.integers(4, 90))
@settings(deadline=None)
def test_the_cheap_question_never_hides_a_suspicion(roster: list[list[datetime]], until: int) -> None:
    pulses = [pulse(n, made, [FIRST - 800 * DAY, *looks(until)]) for n, made in enumerate(roster)]
    since = still_since([(p.posts[-1].at, p.last_sight) for p in pulses], PERCENT, SHORTEST)
    found = frozen(pulses, PERCENT)
    if found is not None:
        assert since is not None
        assert since <= found.start


@given(st.integers(0, 3000), st.integers(1, 400))
def test_a_sample_is_spread_evenly_and_never_larger_than_asked(many: int, size: int) -> None:
    some = sample(range(many), size)
    assert len(some) == min(many, size)
    assert some == sorted(set(some))


@given(st.integers(0, 60), st.integers(0, 60))
def test_the_longer_an_account_rests_the_less_likely_it_is(shorter: int, longer: int) -> None:
    shorter, longer = sorted((shorter, longer))
    made = list(instants("a", FIRST, T0, 4))
    chances = [chance_of_rest(pulse(1, made, [FIRST, T0 + timedelta(days=n)]), T0) for n in (shorter, longer)]
    assert chances[0] is not None
    assert chances[1] is not None
    assert chances[0] >= chances[1]
