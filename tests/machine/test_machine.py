"""A life in random steps: the promises of `oracle` hold at every one of them.

A step is one thing that happens: a day with its round, hours with theirs, a post, a deletion, a fault that begins or
ends, a restart, a death in mid-round, two rounds at once, an edit of the list or the policy, a jump of our clock. Every
round is judged for the whole list, and every judgement is checked. The default suite drives a few thousand steps from
a fixed seed, and lets Hypothesis look for short ways to break a promise; the nightly profile drives a million
(MACHINE_STEPS) in two processes and asserts that every status and every fault was reached a thousand times.
"""

from __future__ import annotations

import os
import shutil
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from .drive import APART, CHARACTERS, drive, life, replay, shelf
from .life import NUMBERS, STEPS, Step
from .oracle import Broken
from .tally import DECIDED, Tally, printed, rare, share

NIGHTLY = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"
SOME, MANY, TWO = 1_500, int(os.environ.get("MACHINE_STEPS", "1000000")), 2
numbers = st.integers(0, NUMBERS - 1)
steps = st.lists(st.tuples(st.sampled_from(list(STEPS)), numbers, numbers), max_size=25)


def tally() -> Tally:
    """Of all processes."""
    if not NIGHTLY:
        return drive(1, SOME)
    found = Tally()
    with ProcessPoolExecutor(TWO) as pool:
        for part in pool.map(drive, [1 + n * APART for n in range(TWO)], [-(-MANY // TWO)] * TWO):
            found.add(part)
    return found


def test_no_promise_is_broken_in_any_life_and_nothing_is_reached_too_seldom() -> None:
    found = tally()
    print(printed(found))
    assert share(found) >= DECIDED, f"undecided without a fault: {found.calm}"
    if NIGHTLY:
        assert not rare(found)


@settings(
    derandomize=True, deadline=None, max_examples=10_000 if NIGHTLY else 25, suppress_health_check=list(HealthCheck)
)
@given(character=st.integers(0, CHARACTERS - 1), steps=steps)
def test_there_is_no_short_way_to_break_a_promise(character: int, steps: list[Step]) -> None:
    folder = shelf()
    try:
        replay(character, steps, folder, Tally())
    finally:
        shutil.rmtree(folder)


def test_the_same_seed_is_the_same_life(tmp_path: Path) -> None:
    found = []
    for _ in range(2):
        one = Tally()
        character, lived = life(7)
        replay(character, lived[:40], tmp_path, one)
        found.append((one.statuses, one.faults, one.cross))
    assert found[0] == found[1]


def test_a_broken_promise_names_the_step_and_the_life(tmp_path: Path) -> None:
    with pytest.raises(Broken, match=r"step 0 \('nothing', 1, 2\) of character 45"):
        replay(45, [("nothing", 1, 2)], tmp_path, Tally())
