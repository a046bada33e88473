"""Looks by hand: what they prove, when one is owed, and how many a week's minutes hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from auditor.core.advice import advise
from auditor.core.audit import Advice, AdviceCode, Audited, Rhythm
from auditor.core.hand import hand_due, hand_plan, is_for_people, owed_at
from auditor.core.model import (
    ATTESTED,
    HAND,
    SCREENSHOT,
    SECOND_PERSON,
    AccountRef,
    Miss,
    Missed,
    Observation,
    Post,
    Reason,
    Seen,
    Status,
    Unreadable,
)
from auditor.core.policy import Policy, PolicyBook
from auditor.core.register import Account, Agency
from auditor.core.verdict import decide
from tests.build import DAY, GONE, NOW, PRIVATE, STANDARD, SUSPENDED, T0, WRONG_KIND, got, post, saw

MANUAL = replace(STANDARD, connected=False)
BOTH = (SCREENSHOT, SECOND_PERSON)
BOOK = PolicyBook("b", "v", None, {}, "standard", {}, frozenset(), frozenset(), "", "")
OFFICE = Agency("contoh", "Dinas Contoh", "UTC", UTC)


def told(last: timedelta | None, ago: timedelta = NOW, *evidence: str) -> Observation:
    """A person looked `ago` and named the newest post, `last` before T0; None: there is no post at all."""
    posts = () if last is None else (post(last),)
    seen = Seen("", "dinas", posts, None if last is None else T0 - last, flags=frozenset({ATTESTED, *evidence}))
    return Observation(T0 - ago, seen, control_ok=True, route=HAND)


def found(outcome: Unreadable, ago: timedelta = NOW) -> Observation:
    """A person looked and did not find what the list names."""
    return Observation(T0 - ago, outcome, control_ok=True, route=HAND)


@pytest.mark.parametrize(
    ("history", "status", "reason", "detail"),
    [
        pytest.param([], "unknown", "not_connected", None, id="nobody looked: not connected"),
        pytest.param([told(10 * DAY)], "active", "recent", "few_read", id="a post ten days old: active"),
        pytest.param([told(20 * DAY)], "slow", "quiet", None, id="a post twenty days old: slow"),
        pytest.param([told(45 * DAY)], "inactive", "silent", ATTESTED, id="45 days old: inactive as attested"),
        pytest.param([told(25 * DAY, 20 * DAY)], "active", "recent", "few_read", id="a known post does not go stale"),
        pytest.param([told(30 * DAY, 20 * DAY)], "unknown", "not_connected", "stale", id="until it proves nothing"),
        pytest.param([told(99 * DAY, 37 * DAY)], "inactive", "silent", ATTESTED, id="a silence lasts a round of looks"),
        pytest.param([told(99 * DAY, 38 * DAY)], "unknown", "not_connected", "stale", id="and no longer"),
        pytest.param([told(None)], "never_posted", "empty", ATTESTED, id="no post at all: never posted"),
        pytest.param([found(GONE)], "unknown", "undecidable", "gone", id="not found once proves nothing"),
        pytest.param([found(WRONG_KIND)], "unknown", "undecidable", "wrong_kind", id="not our account: the entry"),
        pytest.param(
            [found(GONE), found(GONE, 3 * DAY)], "unknown", "undecidable", "never_resolved", id="never seen: the entry"
        ),
        pytest.param(
            [told(99 * DAY, 9 * DAY), found(GONE), found(GONE, 3 * DAY)], "lost", "absent", "gone", id="seen, then gone"
        ),
        pytest.param(
            [told(99 * DAY, 9 * DAY), found(PRIVATE), found(PRIVATE, 2 * DAY)],
            "inactive",
            "silent",
            ATTESTED,
            id="two answers closer than 72 hours prove no loss",
        ),
        pytest.param([found(SUSPENDED), found(SUSPENDED, 7 * DAY)], "lost", "absent", "suspended", id="suspended"),
    ],
)
def test_what_people_saw(history: Sequence[Observation], status: str, reason: str, detail: str | None) -> None:
    verdict = decide(history, MANUAL, T0)
    assert (verdict.status, verdict.reason, verdict.reason_detail) == (status, reason, detail)


def test_a_machine_still_needs_three_answers_where_people_need_two() -> None:
    seen = saw(post(40 * DAY), ago=9 * DAY)
    assert decide([seen, got(GONE), got(GONE, 3 * DAY)], STANDARD, T0).status is not Status.LOST
    assert decide([seen, got(GONE), found(GONE, 3 * DAY)], STANDARD, T0).status is not Status.LOST
    assert decide([seen, found(GONE), found(GONE, 3 * DAY)], STANDARD, T0).status is Status.LOST


@pytest.mark.parametrize(
    ("history", "code", "missing"),
    [
        pytest.param([told(45 * DAY)], AdviceCode.REMIND, (), id="before the letter: a reminder needs no more"),
        pytest.param([told(99 * DAY)], AdviceCode.LOOK, BOTH, id="no letter on one name and a link"),
        pytest.param([told(99 * DAY, NOW, SCREENSHOT)], AdviceCode.LOOK, (SECOND_PERSON,), id="nor on a screenshot"),
        pytest.param([told(99 * DAY, NOW, SECOND_PERSON)], AdviceCode.LOOK, (SCREENSHOT,), id="nor on two persons"),
        pytest.param([told(99 * DAY, NOW, *BOTH)], AdviceCode.NOTICE, ("confirmation",), id="both carry a letter"),
        pytest.param(
            [told(99 * DAY, 7 * DAY), told(99 * DAY, NOW, *BOTH)], AdviceCode.NOTICE, (), id="confirmed a week later"
        ),
        pytest.param(
            [saw(post(99 * DAY), ago=7 * DAY), told(99 * DAY)], AdviceCode.NOTICE, (), id="a machine saw it too"
        ),
        pytest.param([told(30 * DAY, 20 * DAY)], AdviceCode.LOOK, (), id="a person looked before: look again"),
    ],
)
def test_a_letter_needs_a_screenshot_and_a_second_person(
    history: Sequence[Observation], code: AdviceCode, missing: tuple[str, ...]
) -> None:
    advice = advise(decide(history, MANUAL, T0), MANUAL)
    assert (advice.code, advice.missing) == (code, missing)


def test_a_silence_seen_through_a_partial_view_is_confirmed_by_a_person() -> None:
    partial = [saw(post(45 * DAY), ago=a * DAY, flags=frozenset({"partial_view"})) for a in (0, 8)]
    assert not decide(partial, STANDARD, T0).confirmed
    assert decide([*partial, told(45 * DAY, DAY)], STANDARD, T0).confirmed


def test_the_date_a_machine_read_stands_against_what_people_say() -> None:
    link = "https://www.instagram.com/p/x/"
    said = Observation(
        T0, Seen("", "d", (Post("x", T0 - 40 * DAY, url=link),), T0 - 40 * DAY, flags=frozenset({ATTESTED})), True, HAND
    )
    read = Observation(T0 - DAY, Seen("7", "d", (Post("99", T0 - 20 * DAY, url=link),), T0 - 60 * DAY), True)
    for history in ([said, read], [read, said]):
        last = decide(history, STANDARD, T0).last_post
        assert last is not None
        assert last.posted_at == T0 - 20 * DAY


def test_of_two_dates_people_gave_one_post_the_later_counts() -> None:
    floor = replace(told(40 * DAY, 2 * DAY), outcome=replace(told(40 * DAY).outcome, posts=(Post("a", T0 - 40 * DAY),)))  # type: ignore[type-var]
    typed = replace(told(39 * DAY), outcome=replace(told(39 * DAY).outcome, posts=(Post("a", T0 - 39 * DAY),)))  # type: ignore[type-var]
    last = decide([floor, typed], MANUAL, T0).last_post
    assert last is not None
    assert last.posted_at == T0 - 39 * DAY


def row(history: Sequence[Observation], policy: Policy = MANUAL, key: str = "instagram:dinas") -> Audited:
    """The account as an audit has it."""
    account = Account(key, AccountRef("instagram", "dinas"), "", OFFICE.id, "dinas", "")
    verdict = decide(history, policy, T0)
    told_at = max((o.observed_at for o in history if o.route == HAND), default=None)
    return Audited(
        account, OFFICE, policy, verdict, Rhythm(), Advice(AdviceCode.NONE), listed_at=T0 - 50 * DAY, told_at=told_at
    )


@pytest.mark.parametrize(
    ("history", "at"),
    [
        pytest.param([], -50, id="never looked at: since it was listed"),
        pytest.param([told(10 * DAY)], 20, id="not silent: when the known last post stops proving it"),
        pytest.param([told(29 * DAY, 20 * DAY)], 1, id="however long ago somebody looked"),
        pytest.param([told(40 * DAY)], 7, id="silent: seven days later, to confirm"),
        pytest.param([told(40 * DAY, 7 * DAY), told(40 * DAY)], 28, id="confirmed: every 28 days"),
        pytest.param([told(70 * DAY, 7 * DAY), told(70 * DAY)], 17, id="three days before the letter"),
        pytest.param([told(160 * DAY, 7 * DAY), told(160 * DAY)], 17, id="three days before the recommendation"),
        pytest.param([found(GONE)], 3, id="not found: 72 hours later"),
        pytest.param([told(99 * DAY, 9 * DAY), found(GONE, 3 * DAY), found(GONE)], 28, id="lost: every 28 days"),
    ],
)
def test_when_a_look_by_hand_is_owed(history: Sequence[Observation], at: int) -> None:
    assert owed_at(row(history), T0 - 50 * DAY) == T0 + at * DAY


def test_a_machine_that_fails_is_given_the_days_for_which_evidence_is_fresh() -> None:
    blind = replace(row([got(Missed(Miss.UNREACHABLE))], STANDARD), failing_since=T0 - 9 * DAY)
    assert hand_due(blind, BOOK, T0) is None
    assert owed_at(blind, T0 - 50 * DAY) == T0 + DAY


def test_no_look_before_a_letter_nobody_writes() -> None:
    silent = [told(70 * DAY, 7 * DAY), told(70 * DAY)]
    assert owed_at(row(silent, replace(MANUAL, letters=False)), T0) == T0 + 28 * DAY


@pytest.mark.parametrize(
    ("history", "policy", "people"),
    [
        pytest.param([], MANUAL, True, id="not connected"),
        pytest.param([], STANDARD, False, id="connected and not read yet: the round comes"),
        pytest.param([saw(*(post(d * DAY) for d in (1, 2, 3, 4)))], STANDARD, False, id="read by machine"),
        pytest.param([got(Missed(Miss.UNREACHABLE))], STANDARD, True, id="blind: when it lasts"),
        pytest.param([got(Missed(Miss.AMBIGUOUS_ABSENCE))], STANDARD, True, id="the platform will not say why"),
        pytest.param([got(Missed(Miss.OUR_REQUEST_INVALID))], STANDARD, False, id="a wrong entry is mended, not seen"),
        pytest.param(
            [saw(post(40 * DAY), flags=frozenset({"partial_view"}))], STANDARD, True, id="silent as far as visible"
        ),
        pytest.param([told(45 * DAY)], STANDARD, True, id="a silence that rests on a person's look"),
    ],
)
def test_who_is_for_people(history: Sequence[Observation], policy: Policy, people: bool) -> None:
    assert is_for_people(row(history, policy)) is people


@given(st.lists(st.integers(0, 80), max_size=60), st.integers(0, 60), st.integers(1, 120))
def test_nobody_owed_is_dropped_and_the_week_keeps_to_its_minutes(ages: list[int], minutes: int, seconds: int) -> None:
    book = replace(BOOK, hand_minutes_per_week=minutes, hand_seconds_each=seconds)
    rows = [replace(row([], key=f"x:{n:03}"), listed_at=T0 - age * DAY) for n, age in enumerate(ages)]
    plan = hand_plan(rows, book, T0, T0)
    assert {d.account for d in (*plan.week, *plan.left_out)} == {r.account.key for r in rows}
    assert sum(d.cost for d in plan.week) <= minutes * 60
    order = [d.at for d in (*plan.week, *plan.left_out)]
    assert order == sorted(order)
    if plan.left_out:
        assert (len(plan.week) + 1) * seconds > minutes * 60


def test_looks_made_this_week_are_taken_from_its_minutes() -> None:
    book = replace(BOOK, hand_minutes_per_week=2, hand_seconds_each=60)
    monday = T0 - 2 * DAY
    waiting = [replace(row([]), listed_at=T0) for _ in range(3)]
    made, last_week = row([told(3 * DAY, DAY)]), row([told(4 * DAY, 3 * DAY)])
    assert len(hand_plan(waiting, book, T0, monday).week) == 2
    assert len(hand_plan([*waiting, made], book, T0, monday).week) == 1
    assert len(hand_plan([*waiting, last_week], book, T0, monday).week) == 2


def test_a_look_is_owed_from_its_instant_on() -> None:
    quiet = row([told(10 * DAY)])
    due: datetime = T0 + 20 * DAY
    assert hand_due(quiet, BOOK, due - timedelta(seconds=1)) is None
    owed = hand_due(quiet, BOOK, due)
    assert owed is not None
    assert (owed.lane, owed.why, owed.at, owed.cost) == ("hand", "hand", due, 40)


def test_unknown_is_never_inactive_whoever_looked() -> None:
    """One look at an account nobody can read never calls it silent while its newest post is younger than the limit."""
    for days in range(1, 30):
        assert decide([told(days * DAY)], MANUAL, T0).status in (Status.ACTIVE, Status.SLOW)
    assert decide([told(30 * DAY)], MANUAL, T0).reason is Reason.SILENT
