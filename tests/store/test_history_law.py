"""The store tells of a history what a naive memory of it tells, whatever was looked at and in whatever order."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import takewhile
from random import Random

from hypothesis import given, settings, strategies as st

from auditor.core.model import HAND, ON_TOP, UNDATED, Missed, Observation, Post, PostKind, Seen
from auditor.store.rows import seconds, word
from auditor.store.sqlite import open_store
from auditor.store.summary import Summary
from auditor.store.verbs import Look

from .build import NOW, barred, missed, one, run

MINUTE = timedelta(minutes=1)
HALF = timedelta(milliseconds=500)

minutes = st.integers(0, 30)
fractions = st.sampled_from([timedelta(), HALF])
posts = st.builds(
    lambda name, m, cut: Post(name, NOW + m * MINUTE + cut), st.sampled_from("abcdef"), st.integers(0, 33), fractions
)


@st.composite
def observations(draw: st.DrawFn) -> Observation:
    at = NOW + draw(minutes) * MINUTE + draw(fractions)
    which = draw(st.integers(0, 6))
    route = draw(st.sampled_from(["api", "api", HAND]))
    if which == 0:
        return replace(missed(at), route=route)
    if which == 1:
        return replace(barred(at), route=route)
    horizon = draw(st.none() | st.builds(lambda m: NOW + m * MINUTE, minutes))
    undated = draw(st.frozensets(st.sampled_from("xy"), max_size=1)) if which == 2 else frozenset()
    flags = frozenset({ON_TOP}) if undated and route != HAND and draw(st.booleans()) else frozenset()
    listed = tuple(draw(st.lists(posts, max_size=5)))
    return Observation(at, Seen("did:1", "dinas.example", listed, horizon, flags=flags, undated=undated), True, route)


def is_read(o: Observation) -> bool:
    """By a machine."""
    return isinstance(o.outcome, Seen) and o.route != HAND


def cut(at: datetime) -> datetime:
    return at.replace(microsecond=0)


class Memory:
    """The rule of `history`, written down without a thought for its price."""

    def __init__(self) -> None:
        self.looks: list[tuple[datetime, int, Observation]] = []
        self.listings: dict[tuple[datetime, str], list[datetime]] = {}
        self.undated: dict[str, datetime] = {}
        self.told: dict[tuple[datetime, int], set[tuple[datetime, str]]] = {}

    def record(self, number: int, told: Observation) -> None:
        at = cut(told.observed_at)
        outcome = told.outcome
        if isinstance(outcome, Seen):
            new = {u for u in outcome.undated if u not in self.undated or self.undated[u] > at}
            for item in new:
                self.undated[item] = at
            for p in outcome.posts:
                if told.route == HAND:
                    self.told.setdefault((at, number), set()).add((cut(p.posted_at), p.native_id))
                else:
                    self.listings.setdefault((cut(p.posted_at), p.native_id), []).append(at)
            sights = [(seen_at, o.outcome) for seen_at, _, o in self.looks if is_read(o)]
            arrivals = [t for t in self.undated.values() if sights and sights[0][0] <= t <= at]
            if sights and ON_TOP not in sights[0][1].flags:
                arrivals = [t for t in arrivals if t > sights[0][0]]
            bound = max(arrivals, default=None)
            horizon = at if new else outcome.horizon
            if bound is not None:
                horizon = max(bound, horizon or bound)
            flags = outcome.flags | ({UNDATED} if horizon != outcome.horizon else set())
            outcome = replace(outcome, posts=(), horizon=horizon, flags=flags, undated=frozenset())
            if told.route == HAND:
                outcome = replace(outcome, native_id="", handle="")
        self.looks.append((at, number, replace(told, observed_at=at, outcome=outcome)))
        self.looks.sort(key=lambda look: look[:2])

    def history(self, until: datetime) -> list[Observation]:
        told = [[at, o, set(self.told.get((at, number), ()))] for at, number, o in self.looks if at <= cut(until)]
        sights = [entry for entry in told if isinstance(entry[1].outcome, Seen) and entry[1].route != HAND]
        for (posted_at, native_id), listings in self.listings.items():
            first = min(listings)
            if first > cut(until):
                continue
            before = next(e for e in sights if e[0] == first)
            before[2].add((posted_at, native_id))
            if max(listings) <= cut(until):
                newest = [e for e in sights if e[0] == max(listings)][-1:]
            else:
                edge = posted_at + timedelta(seconds=1)
                newest = [e for e in sights if e[1].outcome.horizon is None or e[1].outcome.horizon <= edge][-1:]
            for entry in newest:
                if entry[0] >= first:
                    entry[2].add((posted_at, native_id))
        return [with_posts(o, handed) for _, o, handed in told]

    def summary(self) -> Summary:
        """What the state says, read off the whole list of looks."""
        told = [(seconds(at), o.outcome) for at, _, o in self.looks if o.route != HAND]
        misses = list(takewhile(lambda look: isinstance(look[1], Missed), reversed(told)))
        sights = [(at, o.horizon) for at, o in told if isinstance(o, Seen)]
        covering = [at for at, horizon in sights if horizon is None or seconds(horizon) < at]
        newest = told[-1][1] if told else None
        return Summary(
            first_look_at=seconds(self.looks[0][0]),
            last_look_at=seconds(self.looks[-1][0]),
            last_run=self.looks[-1][1],
            looks=len(self.looks),
            failures=len(misses),
            failing_since=misses[-1][0] if misses else None,
            last_outcome=None if newest is None else word(newest),
            seen_at=sights[-1][0] if sights else None,
            last_horizon=None if not sights or sights[-1][1] is None else seconds(sights[-1][1]),
            covered_until=covering[-1] if covering else None,
        )


def with_posts(told: Observation, handed: set[tuple[datetime, str]]) -> Observation:
    if not isinstance(told.outcome, Seen):
        return told
    handed_posts = tuple(Post(i, at, PostKind.ORIGINAL) for at, i in sorted(handed, reverse=True))
    return replace(told, outcome=replace(told.outcome, posts=handed_posts))


@settings(deadline=None, max_examples=150)
@given(st.lists(observations(), min_size=1, max_size=12))
def test_history_is_what_a_naive_memory_of_it_tells(told: Sequence[Observation]) -> None:
    """As of every instant, recorded in any order, with several looks in one second."""
    memory = Memory()
    with closing(open_store(":memory:", NOW)) as store:
        number = one(store)
        for observation in told:
            current = run(store)
            store.record(current, [Look(number, observation)])
            memory.record(current, observation)
        for until in {o.observed_at for o in told} | {NOW + 99 * MINUTE}:
            assert list(store.history(number, until)) == memory.history(until)
        with store._db.read() as con:
            row = con.execute("SELECT * FROM states").fetchone()
        assert Summary(*row[3:]) == memory.summary()
        assert store.verify() == ()


def dated(told: Observation) -> Observation:
    """Whether an undated item is new does depend on what was recorded before."""
    if not isinstance(told.outcome, Seen):
        return told
    return replace(told, outcome=replace(told.outcome, undated=frozenset()))


@settings(deadline=None, max_examples=50)
@given(st.lists(observations(), min_size=1, max_size=12), st.randoms(use_true_random=False))
def test_the_order_of_recording_carries_no_information(told: Sequence[Observation], order: Random) -> None:
    """Looks made by hand are written down late: with their runs kept, the account is in the same state."""
    plain = [dated(o) for o in told]
    shuffled = list(enumerate(plain))
    order.shuffle(shuffled)
    answers = []
    for sequence in (list(enumerate(plain)), shuffled):
        with closing(open_store(":memory:", NOW)) as store:
            number = one(store)
            runs = [run(store) for _ in plain]
            for i, observation in sequence:
                store.record(runs[i], [Look(number, observation)])
            answers.append((store.history(number, NOW + 99 * MINUTE), store.state(number)))
    assert answers[0] == answers[1]
