"""What is to be done next, from when, and what the ladder still owes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings

from auditor.core.advice import advise
from auditor.core.audit import AdviceCode
from auditor.core.closure import Step
from auditor.core.model import SILENT, Barrier, Miss, Missed, Observation, Post, Status, Unreadable
from auditor.core.policy import Policy
from auditor.core.verdict import decide
from tests.build import DAY, DOWN, GONE, SECOND, STANDARD, T0, got, post, saw
from tests.core.test_laws import histories

CLOSED_TO_CLOSING = replace(STANDARD, closure_allowed=False)


def silent(days: float, *, looks: tuple[int, ...] = (0, 7), post_days: int = 5) -> list[Observation]:
    """Confirmed, silent for `days`, with posts on as many days."""
    posts = tuple(post((days + i) * DAY) for i in range(post_days))
    return [saw(*posts, ago=a * DAY) for a in looks]


@pytest.mark.parametrize(
    ("history", "policy", "code"),
    [
        pytest.param([saw(*(post(d * DAY) for d in (1, 2, 3, 4)))], STANDARD, "none", id="active: nothing"),
        pytest.param([saw(post(20 * DAY))], STANDARD, "remind", id="slow: a reminder"),
        pytest.param(silent(89), STANDARD, "remind", id="silent, a day before the first letter: a reminder"),
        pytest.param(silent(90), STANDARD, "notice", id="at the letter's limit: the letter"),
        pytest.param(silent(179), STANDARD, "notice", id="a day before the last limit: still the letter"),
        pytest.param(silent(180), STANDARD, "propose_closure", id="past the last limit: flagged for closure"),
        pytest.param(silent(180), CLOSED_TO_CLOSING, "reactivate", id="where closing is not allowed: reactivate"),
        pytest.param(silent(180, looks=(0,)), STANDARD, "notice", id="unconfirmed: no further than the letter"),
        pytest.param(silent(180, post_days=4), STANDARD, "notice", id="under five days with a post: never by rule"),
        pytest.param(
            silent(180), replace(STANDARD, letters=False), "remind", id="an office that is not ours: no letter"
        ),
        pytest.param(silent(180), replace(STANDARD, exempt=True), "none", id="exempt: nothing"),
        pytest.param([saw(created=89 * DAY)], STANDARD, "remind", id="never posted but new: a reminder"),
        pytest.param([saw(created=120 * DAY)], STANDARD, "notice", id="never posted past its own limit: the letter"),
        pytest.param(
            [saw(created=180 * DAY), saw(created=180 * DAY, ago=7 * DAY)],
            STANDARD,
            "propose_closure",
            id="never posted past its last limit: flagged",
        ),
        pytest.param(
            [saw(ago=89 * DAY), saw()], STANDARD, "remind", id="age unknown: the letter waits from the first look"
        ),
        pytest.param([saw(ago=90 * DAY), saw()], STANDARD, "notice", id="ninety days after the first look it may go"),
        pytest.param(
            [saw(ago=4 * DAY), *(got(GONE, d * DAY) for d in (0, 1, 3))], STANDARD, "secure", id="lost: secure"
        ),
        pytest.param([], STANDARD, "none", id="not looked at yet: the round comes"),
        pytest.param([], replace(STANDARD, connected=False), "connect", id="not connected: connect"),
        pytest.param([got(DOWN)], STANDARD, "connect", id="blind: connect"),
        pytest.param([got(Missed(Miss.AMBIGUOUS_ABSENCE))], STANDARD, "look", id="it will not say: look by hand"),
        pytest.param(
            [got(GONE, d * DAY) for d in (0, 1, 3)], STANDARD, "fix_entry", id="never resolved: mend the entry"
        ),
        pytest.param(
            [got(Unreadable(Barrier.WRONG_KIND))], STANDARD, "fix_entry", id="wrong kind: from the first answer"
        ),
        pytest.param(
            [
                saw(*(post(d * DAY) for d in (4, 5, 6, 7)), ago=a * DAY, flags=frozenset({"moved_to=b"}))
                for a in (0, 1, 3)
            ],
            STANDARD,
            "fix_entry",
            id="moved: mend the entry",
        ),
    ],
)
def test_advice(history: Sequence[Observation], policy: Policy, code: str) -> None:
    assert advise(decide(history, policy, T0), policy).code == code


def test_the_flag_applies_from_the_limit_on_and_names_what_the_ladder_owes() -> None:
    advice = advise(decide(silent(410), STANDARD, T0), STANDARD)
    assert (advice.start, advice.missing) == (T0 - 230 * DAY, ("notice", "reminder", "cause"))


@pytest.mark.parametrize(
    ("step", "code", "missing"),
    [
        (Step.NONE, "propose_closure", ("notice", "reminder", "cause")),
        (Step.PROPOSED, "propose_closure", ("notice", "reminder", "cause")),
        (Step.NOTIFIED, "propose_closure", ("reminder", "cause")),
        (Step.REMINDED, "propose_closure", ("cause",)),
        (Step.RECOMMENDED, "none", ()),
        (Step.CLOSED, "none", ()),
    ],
)
def test_a_case_owes_what_its_step_has_not_done(step: Step, code: str, missing: tuple[str, ...]) -> None:
    advice = advise(decide(silent(410), STANDARD, T0), STANDARD, step)
    assert (advice.code, advice.missing) == (code, missing)


def test_a_silence_is_only_as_long_as_it_was_when_last_looked_at() -> None:
    history = silent(190, looks=(5, 12))
    assert advise(decide(history, STANDARD, T0), STANDARD).code is AdviceCode.PROPOSE_CLOSURE
    earlier = [replace(o, observed_at=o.observed_at - 6 * DAY) for o in history]
    assert advise(decide(earlier, STANDARD, T0 - 6 * DAY), STANDARD).code is AdviceCode.NOTICE


@settings(max_examples=2000, deadline=None)
@given(histories)
def test_nothing_but_a_confirmed_silence_past_the_last_limit_is_ever_flagged(history: list[Observation]) -> None:
    eager = replace(STANDARD, notice_after=31 * DAY, candidate_after=32 * DAY, new_account=DAY, min_post_days=1)
    verdict = decide(history, eager, T0)
    if advise(verdict, eager).code is AdviceCode.PROPOSE_CLOSURE:
        assert verdict.status in SILENT
        assert verdict.confirmed
        assert verdict.observed_at
        assert verdict.status is Status.NEVER_POSTED or (
            verdict.last_post and verdict.observed_at - verdict.last_post.posted_at >= 32 * DAY
        )


def test_one_second_decides_and_only_from_the_look_on() -> None:
    almost = [saw(*(Post(str(i), T0 - 180 * DAY - i * DAY + SECOND) for i in range(5)), ago=a * DAY) for a in (0, 7)]
    assert advise(decide(almost, STANDARD, T0), STANDARD).code is AdviceCode.NOTICE
