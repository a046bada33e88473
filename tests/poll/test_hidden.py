"""What a server echoes of a secret is not kept."""

from __future__ import annotations

from dataclasses import replace

import pytest

from auditor.core.model import Barrier, Miss, Missed, Observation, Outcome, Post, Seen, Unreadable
from auditor.fetch.answer import Exchange
from auditor.poll.hidden import ECHOED, without
from auditor.store.verbs import Look, Validator
from tests.build import T0

KEY = "AIza-secret-of-the-office"
ECHOES: dict[str, tuple[Outcome, Outcome]] = {
    "the reason of a refusal": (Missed(Miss.RATE_LIMITED, f"bad {KEY}"), Missed(Miss.RATE_LIMITED, "bad ***")),
    "the reason of an absence": (Unreadable(Barrier.GONE, KEY), Unreadable(Barrier.GONE, "***")),
    "an id": (Seen(KEY, "akun", (), None), Missed(Miss.UNRECOGNISED, ECHOED)),
    "a post": (Seen("1", "akun", (Post(KEY, T0),), None), Missed(Miss.UNRECOGNISED, ECHOED)),
}


@pytest.mark.parametrize(("told", "kept"), ECHOES.values(), ids=ECHOES.keys())
def test_a_secret_in_an_answer_is_never_recorded(told: Outcome, kept: Outcome) -> None:
    shape = Exchange("GET", "https://t.example/", 200, "0" * 64, 9, T0, shape=f"data {KEY}")
    look = Look(1, Observation(T0, told), (shape,), (Validator("https://t.example/", 1, KEY, None),))
    found = without(look, [KEY])
    assert found.observation.outcome == kept
    assert found.exchanges == (replace(shape, shape="data ***"),)
    assert found.validators == ()
    assert KEY not in repr(found)


def test_a_look_that_names_no_secret_stays_as_it_is() -> None:
    look = Look(1, Observation(T0, Seen("1", "akun", (), None)))
    assert without(look, [KEY]) is look
