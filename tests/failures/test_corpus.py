"""No living account is flagged and no silent one missed, whatever is different on the wire. One test a situation."""

from __future__ import annotations

import os

import pytest

from .guards import GUARDS
from .replay import FOUND_WITHIN, naive, replay, saved
from .situation import Situation, situations

NIGHTLY = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"
NAMES = [s.name for s in situations()]


@pytest.mark.parametrize("situation", situations(), ids=NAMES)
def test_nobody_is_blamed_and_nobody_missed(situation: Situation) -> None:
    score = replay(situation)
    if situation.open:
        assert score.fooled != "neither", "it holds now: take the word `open` away"
        return
    assert not score.flagged
    assert score.missed is None
    assert score.delay is None or score.delay <= FOUND_WITHIN
    assert score.expected or situation.about == "living", "the silent one can never be found: nothing heals in time"


@pytest.mark.parametrize("situation", situations(), ids=NAMES)
def test_what_fools_a_naive_script_is_known(situation: Situation) -> None:
    assert naive(situation).fooled == situation.fools


if NIGHTLY:

    @pytest.mark.parametrize("situation", situations(), ids=NAMES)
    def test_without_its_guard_the_situation_ends_badly(situation: Situation) -> None:
        """The living account is flagged, or the silent one missed."""
        assert situation.open or GUARDS[situation.guard].without is not None, "the guard has no switch yet"
        assert situation.open or saved(situation)


@pytest.mark.parametrize(
    ("least", "found"),
    [
        (200, len(NAMES)),
        (60, sum(s.fools != "neither" for s in situations())),
        (40, sum(s.about != "living" for s in situations())),
    ],
    ids=["situations", "that fool a naive script", "about the truly silent"],
)
def test_the_corpus_is_large_enough(least: int, found: int) -> None:
    assert found >= least
