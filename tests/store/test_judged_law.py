"""Judging reads the store only and loses nothing by it, whoever looked and in whatever order it was written."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from datetime import datetime, timedelta

from hypothesis import given, settings, strategies as st

from auditor.core.model import ATTESTED, HAND, Observation, Outcome, Post, Seen
from auditor.core.verdict import decide
from auditor.store.sqlite import open_store
from auditor.store.verbs import Look
from tests.build import DAY, HOUR, STANDARD, T0

from .build import barred, missed, one, run

instants = st.integers(0, 60 * 24).map(lambda hours: T0 - hours * HOUR)
worlds = st.lists(st.integers(0, 90 * 24).map(lambda hours: T0 - hours * HOUR), max_size=6).map(sorted)


def read(draw: st.DrawFn, world: Sequence[Post], at: datetime) -> Seen:
    """A page of the newest posts, read back to its end, to the beginning, or to nowhere."""
    page = tuple(world[len(world) - draw(st.integers(0, len(world))) :])
    edges = [at, page[0].posted_at if page else at if world else at - 5 * DAY]
    whole = draw(st.booleans())
    return Seen("did:x", "x", tuple(world) if whole else page, None if whole else draw(st.sampled_from(edges)))


def said(draw: st.DrawFn, world: Sequence[Post], at: datetime) -> Seen:
    """The newest post, as its link or a person dates it; or nothing new; or no post at all."""
    flags = frozenset({ATTESTED})
    if not world:
        return Seen("", "", (), None, flags=flags)
    newest = world[-1]
    if draw(st.booleans()):
        return Seen("", "", (), newest.posted_at, flags=flags)
    dated = min(at, newest.posted_at + timedelta(hours=draw(st.sampled_from([0, 0, 5, -3]))))
    return Seen("", "", (Post(newest.native_id, dated),), dated, flags=flags)


@st.composite
def histories(draw: st.DrawFn) -> list[Observation]:
    posts = [Post(f"p{n}", at) for n, at in enumerate(draw(worlds))]
    looks = []
    for at in draw(st.lists(instants, min_size=1, max_size=7)):
        world = [post for post in posts if post.posted_at <= at]
        route = draw(st.sampled_from(["api", HAND]))
        outcomes: list[Outcome] = [missed(at).outcome, barred(at).outcome]
        sight = said(draw, world, at) if route == HAND else read(draw, world, at)
        looks.append(Observation(at, draw(st.sampled_from([sight, sight, sight, *outcomes])), True, route))
    return looks


@settings(deadline=None, max_examples=100)
@given(histories())
def test_the_store_is_judged_as_everything_that_was_seen_would_be(looks: list[Observation]) -> None:
    with closing(open_store(":memory:", T0)) as store:
        number = one(store)
        for look in looks:
            store.record(run(store), [Look(number, look)])
        for as_of in (T0, T0 - 10 * DAY, T0 - 30 * DAY):
            assert decide(store.history(number, as_of), STANDARD, as_of) == decide(looks, STANDARD, as_of)
