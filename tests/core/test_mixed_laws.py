"""The laws of accounts at which machines and people both look: neither takes from what the other proved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, timedelta
from random import Random

import pytest
from hypothesis import given, settings, strategies as st

from auditor.core.audit import Advice, AdviceCode, Audited, Rhythm
from auditor.core.hand import owed_at
from auditor.core.model import (
    ATTESTED,
    HAND,
    SCREENSHOT,
    SECOND_PERSON,
    SILENT,
    AccountRef,
    Barrier,
    Observation,
    Post,
    PostKind,
    Seen,
    Status,
    Unreadable,
)
from auditor.core.policy import Policy
from auditor.core.reading import BEGINNING, read
from auditor.core.register import Account, Agency
from auditor.core.verdict import decide
from tests.build import DAY, GONE, HOUR, NOW, SECOND, STANDARD, T0, got, post, saw, shifted
from tests.core.test_laws import absent, controls, horizons, instants, missed, posts, recent

law = settings(max_examples=1000, deadline=None)
OFFICE = Agency("contoh", "Dinas Contoh", "UTC", UTC)
BARRIERS = (Barrier.GONE, Barrier.SUSPENDED, Barrier.PROTECTED, Barrier.WRONG_KIND)

policies = st.sampled_from([STANDARD, replace(STANDARD, connected=False)])
evidence = st.frozensets(st.sampled_from([SCREENSHOT, SECOND_PERSON])).map(lambda shown: shown | {ATTESTED})
sights = st.builds(
    Seen,
    st.just("did:x"),
    st.just("x"),
    st.lists(posts, max_size=6).map(tuple),
    horizons,
    st.none() | instants,
    flags=st.sampled_from([frozenset(), frozenset({"positive_only"}), frozenset({"partial_view"})]),
)
machines = st.lists(st.builds(Observation, recent, st.one_of(sights, absent, missed), controls), max_size=5)


@st.composite
def by_hand(draw: st.DrawFn) -> Observation:
    """What people say: the newest post, right or wrong; nothing new; no post at all; not there."""
    at, flags = draw(recent), draw(evidence)
    then = min(draw(instants), at)
    told = Post(draw(st.sampled_from("abcdefgh")), then)
    said = st.sampled_from(
        [
            Seen("", "x", (told,), then, flags=flags),
            Seen("", "x", (), then, flags=flags),
            Seen("", "x", (), None, flags=flags),
            Unreadable(draw(st.sampled_from(BARRIERS))),
        ]
    )
    return Observation(at, draw(said), control_ok=True, route=HAND)


people = st.lists(by_hand(), min_size=1, max_size=3)
histories = st.builds(lambda read, told: [*read, *told], machines, people)


@law
@given(histories, st.randoms(use_true_random=False), policies)
def test_order_and_repetition_carry_no_information(history: list[Observation], chance: Random, policy: Policy) -> None:
    again = history * 2
    chance.shuffle(again)
    assert decide(again, policy, T0) == decide(history, policy, T0)


@law
@given(histories, histories, st.integers(1, 400), policies)
def test_the_future_carries_none(
    past: list[Observation], future: list[Observation], hours: int, policy: Policy
) -> None:
    later = [replace(shifted(o, 21 * DAY), observed_at=T0 + hours * HOUR) for o in future]
    assert decide([*past, *later], policy, T0) == decide(past, policy, T0)


@law
@given(histories, policies)
def test_nobody_is_silent_before_the_limit_after_the_newest_known_post(
    history: list[Observation], policy: Policy
) -> None:
    verdict = decide(history, policy, T0)
    if verdict.status is Status.INACTIVE:
        assert verdict.last_post
        assert verdict.observed_at
        assert verdict.observed_at >= verdict.last_post.posted_at + policy.slow_max
    if verdict.status is Status.NEVER_POSTED:
        assert verdict.last_post is None


@law
@given(histories, policies)
def test_nothing_is_unknown_while_the_known_posts_alone_prove_it(history: list[Observation], policy: Policy) -> None:
    """Whoever saw them. Only what was lost goes by a clock of its own."""
    present = [o for o in history if not isinstance(o.outcome, Unreadable)]
    verdict = decide(present, policy, T0)
    if verdict.status is Status.UNKNOWN and verdict.proven_until:
        assert verdict.proven_until <= T0


@law
@given(histories, policies)
def test_a_verdict_holds_until_its_next_change(history: list[Observation], policy: Policy) -> None:
    verdict = decide(history, policy, T0)
    if verdict.next_change_at and verdict.next_change_at > T0:
        assert decide(history, policy, verdict.next_change_at - SECOND).status is verdict.status


@law
@given(histories, policies)
def test_every_account_is_owed_a_look_before_its_last_post_stops_proving_it(
    history: list[Observation], policy: Policy
) -> None:
    """At a finite instant; where somebody found it gone, first the answer that confirms that is."""
    verdict = decide(history, policy, T0)
    account = Account("x:dinas", AccountRef("x", "dinas"), "", OFFICE.id, "dinas", "")
    row = Audited(account, OFFICE, policy, verdict, Rhythm(), Advice(AdviceCode.NONE), listed_at=T0)
    at = owed_at(row, T0)
    assert T0 - 400 * DAY < at <= T0 + policy.slow_max
    if verdict.status in (Status.ACTIVE, Status.SLOW) and verdict.confirmable_at is None:
        assert verdict.proven_until
        assert at <= verdict.proven_until


@law
@given(machines, people)
def test_no_persons_look_makes_an_account_silent_that_machines_prove_active(
    read_: list[Observation], told: list[Observation]
) -> None:
    alone = decide(read_, STANDARD, T0)
    if alone.status is Status.ACTIVE and alone.proven_until is not None and alone.proven_until > T0:
        assert decide([*read_, *told], STANDARD, T0).status not in SILENT


@law
@given(machines, people)
def test_no_persons_look_makes_what_machines_read_older(read_: list[Observation], told: list[Observation]) -> None:
    alone, both = (read(history, STANDARD.counts, T0).posts for history in (read_, [*read_, *told]))
    dates = {p.native_id: p.posted_at for p in both}
    assert all(dates[p.native_id] == p.posted_at for p in alone)


@law
@given(machines, people)
def test_a_silence_that_rests_on_a_persons_word_says_so(read_: list[Observation], told: list[Observation]) -> None:
    verdict = decide([*read_, *told], STANDARD, T0)
    if verdict.status in SILENT and verdict.reason_detail is None:
        start = verdict.silent_since or BEGINNING
        unaided = read(read_, STANDARD.counts, T0).sights
        assert any(s.covers and s.control_ok is True and s.edge <= start + SECOND for s in unaided)


# --- the same, by example ---


def told(last: timedelta | None, ago: timedelta = NOW, *shown: str, native_id: str | None = None) -> Observation:
    """A person looked `ago` and named the newest post, `last` before T0; None: there is no post at all."""
    named = () if last is None else (post(last, native_id=native_id),)
    seen = Seen("", "dinas", named, None if last is None else T0 - last, flags=frozenset({ATTESTED, *shown}))
    return Observation(T0 - ago, seen, control_ok=True, route=HAND)


def nothing_new(last: timedelta, ago: timedelta = NOW, *shown: str) -> Observation:
    """A person looked `ago` and saw nothing newer than the post known from `last` before T0."""
    seen = Seen("", "dinas", (), T0 - last, flags=frozenset({ATTESTED, *shown}))
    return Observation(T0 - ago, seen, control_ok=True, route=HAND)


def test_a_look_that_overlooked_posts_proves_no_scarcity() -> None:
    """A person named an old post; a machine's page then shows newer ones from before that look."""
    wrong = told(50 * DAY, 5 * DAY)
    page = saw(*(post(d * DAY) for d in (1, 6, 9)), ago=HOUR, horizon=10 * DAY)
    alone, both = decide([page], STANDARD, T0), decide([wrong, page], STANDARD, T0)
    assert (both.status, both.reason_detail) == (alone.status, alone.reason_detail) == (Status.ACTIVE, "few_read")


def test_a_look_that_overlooked_a_post_is_no_evidence_of_the_silence_after_it() -> None:
    wrong, right = told(60 * DAY, 8 * DAY), told(40 * DAY)
    verdict = decide([wrong, right], STANDARD, T0)
    assert (verdict.status, verdict.confirmed, verdict.confirmable_at) == (Status.INACTIVE, False, T0 + 7 * DAY)
    assert decide([told(40 * DAY, 8 * DAY), right], STANDARD, T0).confirmed


def test_a_wrong_time_of_a_look_makes_no_post_older() -> None:
    early = told(200 * DAY, 200 * DAY, native_id="a")  # the year was mistyped: the link is of yesterday
    verdict = decide([early, saw(post(DAY, native_id="a"), horizon=10 * DAY)], STANDARD, T0)
    assert verdict.status is Status.ACTIVE
    assert verdict.last_post
    assert verdict.last_post.posted_at == T0 - DAY


@pytest.mark.parametrize(
    ("person", "page", "status"),
    [
        pytest.param(
            told(None, 12 * DAY), saw(post(2 * DAY, PostKind.REPOST), horizon=13 * DAY), "never_posted", id="no post"
        ),
        pytest.param(
            nothing_new(60 * DAY, 12 * DAY),
            saw(post(2 * DAY, PostKind.REPOST), horizon=13 * DAY),
            "inactive",
            id="none",
        ),
    ],
)
def test_a_page_that_reaches_a_persons_look_still_rests_on_it(
    person: Observation, page: Observation, status: str
) -> None:
    last = saw(post(60 * DAY), ago=59 * DAY, horizon=61 * DAY)
    history = [person, page] if status == "never_posted" else [last, person, page]
    verdict = decide(history, STANDARD, T0)
    assert (verdict.status, verdict.reason_detail) == (status, ATTESTED)
    assert verdict.owed == (SCREENSHOT, SECOND_PERSON)


def test_a_person_does_not_mend_a_page_that_lists_nothing() -> None:
    """The page lacks a post that was read from it before; that somebody still sees it makes the page no better."""
    page, empty = saw(post(40 * DAY), ago=20 * DAY, horizon=41 * DAY), saw(ago=DAY)
    seen_again = told(40 * DAY)
    assert decide([page, empty], STANDARD, T0).reason_detail == "posts_vanished"
    verdict = decide([page, empty, seen_again], STANDARD, T0)
    assert (verdict.status, verdict.reason_detail, verdict.confirmed) == (Status.INACTIVE, ATTESTED, False)


def test_nothing_new_does_not_say_that_the_last_post_is_deleted() -> None:
    page = saw(post(20 * DAY), post(40 * DAY), ago=18 * DAY, horizon=41 * DAY)
    assert not read([page, nothing_new(20 * DAY)], STANDARD.counts, T0).newest_deleted
    assert read([page, saw(post(40 * DAY), horizon=41 * DAY)], STANDARD.counts, T0).newest_deleted


def test_more_absences_never_mend_a_loss() -> None:
    """Two answers of people are enough, however many a policy asks of machines; a machine's on top takes none away."""
    careful = replace(STANDARD, absences=5)
    gone = [Observation(T0 - ago, GONE, control_ok=True, route=HAND) for ago in (9 * DAY, 4 * DAY)]
    seen = saw(post(12 * DAY), ago=11 * DAY, horizon=13 * DAY)
    assert decide([seen, *gone], careful, T0).status is Status.LOST
    assert decide([seen, *gone, got(GONE)], careful, T0).status is Status.LOST


def test_a_persons_look_does_not_hide_that_the_account_moved() -> None:
    moved = frozenset({"moved_to=https://sosial.kotacontoh.example/@baru"})
    machine_looks: Sequence[Observation] = [saw(post(20 * DAY), ago=ago * DAY, flags=moved) for ago in (6, 4, 2)]
    assert decide(machine_looks, STANDARD, T0).flags == moved
    assert moved <= decide([*machine_looks, nothing_new(20 * DAY, DAY)], STANDARD, T0).flags
    assert moved <= decide([*machine_looks, nothing_new(20 * DAY, 3 * DAY)], STANDARD, T0).flags
