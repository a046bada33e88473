"""What the looks at an account add up to stands until an instant that is known beforehand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, timedelta

from hypothesis import given, settings, strategies as st

from auditor.core.model import Observation
from auditor.core.policy import HAND_EVERY, Policy, Relief
from auditor.core.standing import Standing, stand
from tests.build import DAY, SECOND, STANDARD, T0, post, saw
from tests.core.test_mixed_laws import histories, machines

EVER = 900 * DAY  # longer than any limit of a policy
days = st.integers(-200, 60).map(lambda n: T0 + n * DAY)
reliefs = st.builds(lambda start, length, extra: Relief(start, start + length, extra), days, *[st.just(20 * DAY)] * 2)
policies = st.builds(
    lambda policy, opened, connected, relief: replace(policy, opened=opened, connected=connected, relief=relief),
    st.just(STANDARD),
    st.none() | days,
    st.booleans(),
    st.lists(reliefs, max_size=2).map(tuple),
)
lives = histories | machines.map(lambda looks: sorted(looks, key=lambda o: o.observed_at))


def at(history: list[Observation], policy: Policy, after: timedelta) -> Standing:
    return stand(sorted(history, key=lambda o: o.observed_at), policy, UTC, T0 + after)


@settings(max_examples=1500, deadline=None)
@given(lives, policies, st.floats(0, 1, exclude_max=True), st.integers(0, 400))
def test_nothing_changes_by_time_alone_before_the_instant_it_names(
    history: list[Observation], policy: Policy, part: float, day: int
) -> None:
    """To the last field, from any instant on, until a second before the end."""
    now = at(history, policy, day * DAY)
    span = (now.stands_until or T0 + day * DAY + EVER) - (T0 + day * DAY)
    assert span > timedelta()
    for after in (span * part, max(span - SECOND, timedelta())):
        assert at(history, policy, day * DAY + after) == now


@settings(max_examples=300, deadline=None)
@given(lives, policies)
def test_the_ends_come_to_an_end(history: list[Observation], policy: Policy) -> None:
    """A few judgements later nothing changes any more: nobody is judged again and again for nothing."""
    when = timedelta()
    for _ in range(12):
        ends = at(history, policy, when).stands_until
        if ends is None:
            return
        when = ends - T0
    raise AssertionError(when)


def test_what_time_alone_does_is_known_beforehand() -> None:
    """Of an account that posted once: its evidence goes stale, its post proves nothing any more."""
    lively = [saw(post(timedelta()), created=900 * DAY)]
    ends, when = [], T0
    while (end := stand(lively, STANDARD, UTC, when).stands_until) is not None:
        ends.append(end - T0)
        when = end
    assert ends == [STANDARD.stale_after, STANDARD.slow_max, STANDARD.stale_after + HAND_EVERY]
