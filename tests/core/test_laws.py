"""The laws every verdict obeys, whatever was seen, missed or claimed."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

import pytest
from hypothesis import find, given, settings, strategies as st

from auditor.core.model import (
    SILENT,
    Barrier,
    Miss,
    Missed,
    Observation,
    Post,
    PostKind,
    Seen,
    Status,
    Unreadable,
    Verdict,
)
from auditor.core.verdict import decide
from tests.build import DAY, HOUR, SECOND, STANDARD, T0, shifted

law = settings(max_examples=5000, deadline=None)

instants = st.integers(-45 * 24, 0).map(lambda h: T0 + timedelta(hours=h))
recent = st.integers(-24, 0).map(lambda h: T0 + timedelta(hours=12 * h))
kinds = st.sampled_from([PostKind.ORIGINAL, PostKind.ORIGINAL, PostKind.REPOST])
posts = st.builds(Post, st.sampled_from("abcdefgh"), instants, kinds)
horizons = st.none() | st.integers(-45, 0).map(lambda d: T0 + d * DAY)
controls = st.sampled_from([True, True, True, None, False])
absent = st.builds(Unreadable, st.sampled_from(Barrier), st.sampled_from(["", "", "preview_disabled"]))
missed = st.builds(Missed, st.sampled_from(Miss))


def looks(horizon: st.SearchStrategy[datetime | None]) -> st.SearchStrategy[list[Observation]]:
    seen = st.builds(
        Seen,
        st.just("did:x"),
        st.just("x"),
        st.lists(posts, max_size=6).map(tuple),
        horizon,
        st.none() | instants,
        flags=st.sampled_from([frozenset(), frozenset(), frozenset({"positive_only"})]),
    )
    return st.lists(st.builds(Observation, recent, st.one_of(seen, absent, missed), controls), max_size=5)


histories = looks(horizons)


def honest(history: list[Observation]) -> list[Observation]:
    """The same looks, healthy, without dates after them, and none of them forgetting what an earlier one listed."""
    listed: dict[str, Post] = {}
    looks = []
    for o in sorted(history, key=lambda o: o.observed_at):
        if isinstance(o.outcome, Seen):
            listed |= {p.native_id: p for p in o.outcome.posts if p.posted_at <= o.observed_at}
            o = replace(o, outcome=replace(o.outcome, posts=tuple(listed.values())))
        looks.append(replace(o, control_ok=True))
    return looks


def told(verdict: Verdict) -> Verdict:
    """Without the words for not knowing, which a miss may change."""
    if verdict.status is not Status.UNKNOWN:
        return verdict
    return replace(verdict, reason=verdict.reason.NOT_YET, reason_detail=None)


def moved(v: Verdict, by: timedelta) -> Verdict:
    names = (
        "since",
        "next_change_at",
        "confirmable_at",
        "proven_until",
        "observed_at",
        "silent_since",
        "age_from",
        "first_look_at",
    )
    later = {name: getattr(v, name) and getattr(v, name) + by for name in names}
    last = v.last_post and replace(v.last_post, posted_at=v.last_post.posted_at + by)
    return replace(v, last_post=last, **later)


@pytest.mark.parametrize("status", Status)
def test_the_strategies_reach_every_status(status: Status) -> None:
    find(histories, lambda h: decide(h, STANDARD, T0).status is status)


@law
@given(histories, st.integers(-3000, 3000))
def test_there_is_no_hidden_clock(history: list[Observation], days: int) -> None:
    by = days * DAY
    assert decide([shifted(o, by) for o in history], STANDARD, T0 + by) == moved(decide(history, STANDARD, T0), by)


@law
@given(histories, st.randoms(use_true_random=False))
def test_order_and_repetition_carry_no_information(history: list[Observation], chance: Random) -> None:
    again = history * 2
    chance.shuffle(again)
    assert decide(again, STANDARD, T0) == decide(history, STANDARD, T0)


@law
@given(histories, st.sampled_from(Miss), recent)
def test_a_miss_changes_nothing(history: list[Observation], miss: Miss, at: datetime) -> None:
    after = decide([*history, Observation(at, Missed(miss))], STANDARD, T0)
    assert told(after) == told(decide(history, STANDARD, T0))


@law
@given(histories)
def test_silence_is_only_what_was_looked_at(history: list[Observation]) -> None:
    verdict = decide(history, STANDARD, T0)
    if verdict.status in SILENT:
        sights = [o.observed_at for o in history if isinstance(o.outcome, Seen) and o.control_ok is True]
        assert verdict.observed_at in sights
        assert verdict.status is Status.NEVER_POSTED or (verdict.since and max(sights) >= verdict.since)


@law
@given(histories)
def test_no_absence_counts_without_a_healthy_control(history: list[Observation]) -> None:
    verdict = decide(history, STANDARD, T0)
    if verdict.status is Status.LOST and verdict.reason_detail != Barrier.TAKEN:
        counted = [o for o in history if isinstance(o.outcome, Unreadable) and o.control_ok is True]
        assert len({o.observed_at for o in counted}) >= STANDARD.absences


@law
@given(histories)
def test_a_verdict_holds_until_its_next_change_unlooked_at(history: list[Observation]) -> None:
    verdict = decide(history, STANDARD, T0)
    if verdict.next_change_at and verdict.next_change_at > T0:
        assert decide(history, STANDARD, verdict.next_change_at - SECOND).status is verdict.status


@law
@given(looks(st.none()))
def test_a_verdict_holds_until_its_next_change_looked_at(anything: list[Observation]) -> None:
    history = honest(anything)
    verdict = decide(history, STANDARD, T0)
    if verdict.status in (Status.ACTIVE, Status.SLOW) and verdict.next_change_at and verdict.next_change_at > T0:
        latest = max((o for o in history if isinstance(o.outcome, Seen)), key=lambda o: o.observed_at)
        look = replace(latest, observed_at=verdict.next_change_at - SECOND)
        assert decide([*history, look], STANDARD, look.observed_at).status is verdict.status


@law
@given(histories, histories, st.integers(1, 400))
def test_the_future_carries_no_information(past: list[Observation], future: list[Observation], hours: int) -> None:
    later = [replace(shifted(o, 21 * DAY), observed_at=T0 + hours * HOUR) for o in future]
    claim = Post("claim", T0 + DAY)
    early = [
        replace(o, outcome=replace(o.outcome, posts=(*o.outcome.posts, claim))) if isinstance(o.outcome, Seen) else o
        for o in past
    ]
    assert decide([*past, *later], STANDARD, T0) == decide(past, STANDARD, T0) == decide(early, STANDARD, T0)


@law
@given(histories)
def test_no_silence_over_a_stretch_nobody_read(history: list[Observation]) -> None:
    """Between the last counted post and the judging look, every instant lies inside some look."""
    verdict = decide(history, STANDARD, T0)
    if verdict.status is Status.INACTIVE and verdict.silent_since and verdict.observed_at:
        spans = [(o.observed_at, o.outcome.horizon) for o in history if isinstance(o.outcome, Seen)]
        t = verdict.silent_since + SECOND  # the instant of the last post itself need not be read again
        while t < verdict.observed_at:
            assert any(at > t and (h is None or h <= t) for at, h in spans), t
            t += HOUR


@law
@given(histories)
def test_nothing_is_unknown_while_the_known_posts_alone_prove_it(history: list[Observation]) -> None:
    verdict = decide(history, STANDARD, T0)
    if verdict.status is Status.UNKNOWN and verdict.proven_until:
        absences = any(isinstance(o.outcome, Unreadable) for o in history)
        assert verdict.proven_until <= T0 or absences
