"""Verdicts, one sentence per row, both sides of every limit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from auditor.core.model import (
    UNDATED,
    Barrier,
    Miss,
    Missed,
    Observation,
    Overlay,
    Post,
    PostKind,
    Reason,
    Seen,
    Status,
    Unreadable,
)
from auditor.core.policy import Policy, Relief
from auditor.core.verdict import decide
from tests.build import (
    DAY,
    DOWN,
    GONE,
    HOUR,
    PRIVATE,
    SECOND,
    STANDARD,
    SUSPENDED,
    T0,
    TAKEN,
    THROTTLED,
    WRONG_KIND,
    got,
    post,
    saw,
)

AWAY = [got(GONE, i * DAY) for i in (0, 1, 3)]
BUSY = tuple(post(d * DAY) for d in (3, 8, 15, 22))
OLDER = tuple(post(d * DAY) for d in (11, 12, 13, 14))
EDGE = (post(14 * DAY - SECOND), post(15 * DAY), post(16 * DAY), post(17 * DAY))
SIGHT = saw(*(post(d * DAY) for d in (5, 8, 15, 22)), ago=4 * DAY)


def row(sentence: str, status: Status, *history: Observation) -> object:
    return pytest.param(list(history), status, id=sentence)


KNOWN = tuple(post(d * DAY) for d in (41, 42, 43, 50, 60))


def counted(posts: int, followers: int, look: Observation) -> Observation:
    """The look with these counters."""
    assert isinstance(look.outcome, Seen)
    return replace(look, outcome=replace(look.outcome, counters={"posts": posts, "followers": followers}))


@pytest.mark.parametrize(
    ("history", "status"),
    [
        row(
            "a list that lacks the three newest posts is an old one, for as long as it stands",
            Status.UNKNOWN,
            saw(*KNOWN, ago=40 * DAY),
            saw(*KNOWN[3:], ago=33 * DAY),
            saw(*KNOWN[3:]),
        ),
        row(
            "the newer of two was deleted, and the other is the edge of the list",
            Status.INACTIVE,
            saw(post(41 * DAY), post(50 * DAY), ago=40 * DAY, horizon=50 * DAY - SECOND),
            saw(post(50 * DAY), horizon=50 * DAY - SECOND),
        ),
        row(
            "nothing newer is listed, and no post is counted where some are known",
            Status.UNKNOWN,
            saw(*KNOWN, ago=40 * DAY),
            counted(0, 70, saw(horizon=41 * DAY)),
        ),
        row(
            "nothing newer is listed, and as many are counted",
            Status.INACTIVE,
            counted(5, 70, saw(*KNOWN, ago=40 * DAY)),
            counted(5, 70, saw(horizon=41 * DAY)),
        ),
        row("two of them were deleted", Status.INACTIVE, saw(*KNOWN, ago=40 * DAY), saw(*KNOWN[2:])),
        row(
            "three were deleted one after the other",
            Status.INACTIVE,
            saw(*KNOWN, ago=40 * DAY),
            saw(*KNOWN[1:], ago=30 * DAY),
            saw(*KNOWN[2:], ago=20 * DAY),
            saw(*KNOWN[3:]),
        ),
        row(
            "three reposts were taken back",
            Status.INACTIVE,
            saw(*(post(d * DAY, PostKind.REPOST) for d in (33, 34, 35)), *KNOWN, ago=32 * DAY),
            saw(*KNOWN),
        ),
        row(
            "three are gone and a new one stands there",
            Status.SLOW,
            saw(*KNOWN, ago=40 * DAY),
            saw(post(DAY), *KNOWN[3:]),
        ),
        row(
            "three are gone, the number of posts says so, and that of followers moves: a page of now",
            Status.INACTIVE,
            counted(5, 70, saw(*KNOWN, ago=40 * DAY)),
            counted(2, 70, saw(*KNOWN[3:], ago=7 * DAY)),
            counted(2, 71, saw(*KNOWN[3:])),
        ),
        row(
            "three are gone, and no number moves: a copy of then",
            Status.UNKNOWN,
            counted(5, 70, saw(*KNOWN, ago=40 * DAY)),
            counted(2, 60, saw(*KNOWN[3:], ago=7 * DAY)),
            counted(2, 60, saw(*KNOWN[3:])),
        ),
        row(
            "three are gone from a list beside which the number of posts is of now",
            Status.UNKNOWN,
            counted(5, 70, saw(*KNOWN, ago=40 * DAY)),
            counted(8, 71, saw(*KNOWN[3:], ago=7 * DAY)),
            counted(9, 72, saw(*KNOWN[3:])),
        ),
        row(
            "the page is of now again",
            Status.INACTIVE,
            saw(*KNOWN, ago=40 * DAY),
            saw(*KNOWN[3:], ago=33 * DAY),
            saw(*KNOWN),
        ),
        row("an account never read is unknown", Status.UNKNOWN),
        row("an account only ever missed is unknown", Status.UNKNOWN, got(Missed(Miss.CREDENTIAL_REJECTED))),
        row("read to the beginning and empty: never posted", Status.NEVER_POSTED, saw()),
        row("nothing but uncounted kinds: never posted", Status.NEVER_POSTED, saw(post(DAY, PostKind.REPOST))),
        row(
            "what stands there in place of all that vanished vouches for nothing",
            Status.SLOW,
            saw(post(25 * DAY), post(40 * DAY), ago=24 * DAY),
            saw(post(400 * DAY), ago=20 * DAY),
            saw(post(400 * DAY), ago=1 * DAY),
        ),
        row(
            "nor does it when the limit has passed",
            Status.UNKNOWN,
            saw(post(35 * DAY), post(40 * DAY), ago=34 * DAY),
            saw(post(400 * DAY), ago=20 * DAY),
            saw(post(400 * DAY)),
        ),
        row(
            "what was posted after they vanished does, and its silence is one",
            Status.INACTIVE,
            saw(post(70 * DAY), post(80 * DAY), ago=69 * DAY),
            saw(post(400 * DAY), ago=60 * DAY),
            saw(post(50 * DAY), post(400 * DAY), ago=49 * DAY),
            saw(post(50 * DAY), post(400 * DAY)),
        ),
        row("empty as far as we could read: unknown", Status.UNKNOWN, saw(horizon=90 * DAY)),
        row("empty without a healthy control: unknown", Status.UNKNOWN, saw(control=False)),
        row("empty and nobody asked a control: unknown", Status.UNKNOWN, saw(control=None)),
        row("recent and often enough: active", Status.ACTIVE, saw(*BUSY)),
        row("seeing proves activity without any control", Status.ACTIVE, saw(*BUSY, control=False)),
        row("one second before the active limit: active", Status.ACTIVE, saw(*EDGE)),
        row("at the active limit: slow", Status.SLOW, saw(post(14 * DAY), *EDGE[1:])),
        row("recent but too seldom: slow", Status.SLOW, saw(*BUSY[:3])),
        row("the fourth post is just inside the window", Status.ACTIVE, saw(*BUSY[:3], post(30 * DAY - SECOND))),
        row("the fourth post just left the window", Status.SLOW, saw(*BUSY[:3], post(30 * DAY))),
        row("a short page cannot prove that posts are few", Status.ACTIVE, saw(*BUSY[:3], horizon=29 * DAY)),
        row("a page that covers the window can", Status.SLOW, saw(*BUSY[:3], horizon=30 * DAY)),
        row("a short page can prove a long silence", Status.SLOW, saw(post(14 * DAY), horizon=29 * DAY)),
        row("two posts seen twice are two posts", Status.SLOW, saw(*BUSY[:2]), saw(*BUSY[:2], ago=HOUR)),
        row("one second before the silence limit: slow", Status.SLOW, saw(post(30 * DAY - SECOND))),
        row("at the silence limit: inactive", Status.INACTIVE, saw(post(30 * DAY))),
        row("silence without a healthy control: unknown", Status.UNKNOWN, saw(post(30 * DAY), control=None)),
        row("silence with a failed control: unknown", Status.UNKNOWN, saw(post(30 * DAY), control=False)),
        row(
            "a failed control leaves the last good look standing",
            Status.SLOW,
            saw(post(30 * DAY), ago=DAY),
            saw(post(30 * DAY), control=False),
        ),
        row("an uncounted kind ends no silence", Status.INACTIVE, saw(post(DAY, PostKind.REPOST), post(40 * DAY))),
        row("silence not looked at is not silence", Status.SLOW, saw(post(33 * DAY), ago=4 * DAY)),
        row("nobody read the stretch after the last post", Status.UNKNOWN, saw(post(40 * DAY), horizon=39 * DAY)),
        row(
            "read from a second after the last post on", Status.INACTIVE, saw(post(40 * DAY), horizon=40 * DAY - SECOND)
        ),
        row(
            "an item without a date ends the silence before it, and one begins when it was first listed",
            Status.INACTIVE,
            saw(post(40 * DAY), horizon=30 * DAY, flags=frozenset({UNDATED})),
        ),
        row(
            "an item without a date that was first listed a second too late",
            Status.UNKNOWN,
            saw(post(40 * DAY), horizon=30 * DAY - SECOND, flags=frozenset({UNDATED})),
        ),
        row("from two seconds after it: a gap", Status.UNKNOWN, saw(post(40 * DAY), horizon=40 * DAY - 2 * SECOND)),
        row("the horizon itself was read", Status.INACTIVE, saw(post(40 * DAY), horizon=40 * DAY)),
        row(
            "looks that touch carry each other on",
            Status.INACTIVE,
            saw(post(40 * DAY), ago=20 * DAY),
            saw(horizon=20 * DAY),
        ),
        row(
            "a look whose control failed carries nobody on",
            Status.UNKNOWN,
            saw(post(45 * DAY), ago=40 * DAY),
            saw(post(45 * DAY), ago=20 * DAY, control=False),
            saw(horizon=20 * DAY),
        ),
        row(
            "posts seen since make an old count worthless",
            Status.ACTIVE,
            saw(post(25 * DAY), ago=20 * DAY),
            saw(post(DAY), post(2 * DAY), horizon=timedelta()),
        ),
        row(
            "looks that do not touch leave a gap",
            Status.UNKNOWN,
            saw(post(40 * DAY), ago=20 * DAY),
            saw(horizon=20 * DAY - SECOND),
        ),
        row(
            "a look that lists none of the known posts covers nothing",
            Status.UNKNOWN,
            saw(post(45 * DAY), post(46 * DAY), ago=40 * DAY),
            saw(),
        ),
        row(
            "nor does the next look that lists the same old copy",
            Status.UNKNOWN,
            saw(post(45 * DAY), post(46 * DAY), ago=40 * DAY, horizon=90 * DAY),
            saw(post(400 * DAY), ago=8 * DAY, horizon=401 * DAY),
            saw(post(400 * DAY), horizon=401 * DAY),
        ),
        row(
            "a site that names its posts anew is read again from its second look on",
            Status.INACTIVE,
            saw(post(45 * DAY), post(46 * DAY), ago=40 * DAY, horizon=90 * DAY),
            saw(post(45 * DAY, native_id="new"), ago=8 * DAY, horizon=90 * DAY),
            saw(post(45 * DAY, native_id="new"), horizon=90 * DAY),
        ),
        row(
            "so is one that names them anew and posts on, and then falls silent",
            Status.INACTIVE,
            saw(post(85 * DAY), post(86 * DAY), ago=80 * DAY, horizon=90 * DAY),
            saw(post(50 * DAY, native_id="new"), ago=48 * DAY, horizon=90 * DAY),
            saw(post(50 * DAY, native_id="new"), horizon=90 * DAY),
        ),
        row(
            "one deleted post is no vanishing",
            Status.INACTIVE,
            saw(post(45 * DAY), post(46 * DAY), ago=40 * DAY),
            saw(post(46 * DAY)),
        ),
        row(
            "what was forgotten but for its instant is there when it is listed with it again",
            Status.INACTIVE,
            saw(post(45 * DAY, native_id="forgotten:1"), ago=40 * DAY),
            saw(post(45 * DAY, native_id="x")),
        ),
        row(
            "and is not when nothing is",
            Status.UNKNOWN,
            saw(post(45 * DAY, native_id="forgotten:1"), ago=40 * DAY),
            saw(),
        ),
        row("evidence just short of stale still counts", Status.ACTIVE, saw(*OLDER, ago=10 * DAY - SECOND)),
        row("a known post does not go stale", Status.ACTIVE, saw(*OLDER, ago=10 * DAY)),
        row("it carries until the silence limit", Status.SLOW, saw(post(30 * DAY - SECOND), ago=12 * DAY)),
        row("and not a second longer", Status.UNKNOWN, saw(post(30 * DAY), ago=12 * DAY)),
        row("a miss does not freshen", Status.UNKNOWN, saw(post(40 * DAY), ago=10 * DAY), got(THROTTLED)),
        row("one second before stale a silence stands", Status.INACTIVE, saw(post(50 * DAY), ago=10 * DAY - SECOND)),
        row("one absence convicts nobody", Status.UNKNOWN, got(GONE)),
        row("an unconfirmed absence leaves the last sight standing", Status.ACTIVE, saw(*BUSY, ago=DAY), got(GONE)),
        row("three absences over three days after a sight: lost", Status.LOST, SIGHT, *AWAY),
        row("reasons may mix: lost", Status.LOST, SIGHT, got(GONE), got(PRIVATE, DAY), got(SUSPENDED, 3 * DAY)),
        row("too close together: not lost", Status.ACTIVE, SIGHT, *AWAY[:2], got(GONE, 3 * DAY - SECOND)),
        row("two answers are not three", Status.ACTIVE, SIGHT, *[got(GONE), got(GONE, 3 * DAY)] * 2),
        row("never read before and gone: the entry is checked", Status.UNKNOWN, *AWAY),
        row("never read before and suspended: lost", Status.LOST, *[got(SUSPENDED, i * DAY) for i in (0, 1, 3)]),
        row(
            "never read before and of the wrong kind: unknown",
            Status.UNKNOWN,
            *[got(WRONG_KIND, i * DAY) for i in (0, 1, 3)],
        ),
        row("wrong kind after a sight: lost", Status.LOST, SIGHT, *[got(WRONG_KIND, i * DAY) for i in (0, 1, 3)]),
        row("the handle has another id: lost at the first answer", Status.LOST, SIGHT, got(TAKEN, control=None)),
        row(
            "absence without a healthy control does not count",
            Status.ACTIVE,
            SIGHT,
            *AWAY[1:],
            got(GONE, control=False),
        ),
        row(
            "nor does it reset",
            Status.LOST,
            SIGHT,
            got(GONE),
            got(GONE, DAY, control=False),
            got(GONE, 2 * DAY),
            got(GONE, 3 * DAY),
        ),
        row("a sight between resets", Status.ACTIVE, *AWAY, saw(*BUSY, ago=2 * DAY)),
        row(
            "the newest absence keeps the others fresh",
            Status.LOST,
            saw(ago=12 * DAY),
            *[got(GONE, i * DAY) for i in (0, 5, 11)],
        ),
        row(
            "answers 14 days apart belong together",
            Status.LOST,
            saw(ago=40 * DAY),
            *[got(GONE, i * DAY) for i in (0, 14, 28)],
        ),
        row(
            "answers further apart do not",
            Status.UNKNOWN,
            saw(ago=40 * DAY),
            *[got(GONE, i * DAY) for i in (0, 14)],
            got(GONE, 28 * DAY + SECOND),
        ),
        row(
            "a lost account nobody looks at any more is unknown",
            Status.UNKNOWN,
            saw(ago=30 * DAY),
            *[got(GONE, i * DAY) for i in (10, 11, 13)],
        ),
        row(
            "an owner's harmless setting is no absence",
            Status.ACTIVE,
            SIGHT,
            *[got(Unreadable(Barrier.PROTECTED, "preview_disabled"), i * DAY) for i in (0, 1, 3)],
        ),
        row("at one instant, sight wins over absence", Status.ACTIVE, saw(*BUSY, ago=3 * DAY), *AWAY),
        row("whichever was recorded first", Status.ACTIVE, *AWAY, saw(*BUSY, ago=3 * DAY)),
        row(
            "a miss between does not reset",
            Status.LOST,
            SIGHT,
            got(GONE),
            got(GONE, DAY),
            got(THROTTLED, 2 * DAY),
            got(GONE, 3 * DAY),
        ),
        row("a date two minutes ahead is believed", Status.ACTIVE, saw(post(-120 * SECOND), *BUSY[:2], post(9 * DAY))),
        row("a later one is a claim and not counted", Status.INACTIVE, saw(post(-15 * HOUR), post(31 * DAY))),
        row(
            "a claim that may be of now in another zone: this look covers nothing",
            Status.UNKNOWN,
            saw(post(-14 * HOUR), post(31 * DAY)),
        ),
        row(
            "it holds back the look that first lists it, not the next one",
            Status.INACTIVE,
            saw(post(-14 * HOUR), post(31 * DAY), ago=HOUR),
            saw(post(-14 * HOUR), post(31 * DAY)),
        ),
        row(
            "a claim that came due and is listed again counts at its first listing",
            Status.SLOW,
            saw(post(10 * DAY), ago=20 * DAY),
            saw(post(10 * DAY)),
        ),
    ],
)
def test_status(history: Sequence[Observation], status: Status) -> None:
    assert decide(history, STANDARD, T0).status is status


def test_a_claim_counts_at_its_first_listing_not_at_its_date() -> None:
    verdict = decide([saw(post(10 * DAY), ago=20 * DAY), saw(post(10 * DAY))], STANDARD, T0)
    assert verdict.last_post is not None
    assert verdict.last_post.posted_at == T0 - 20 * DAY


def test_an_edit_that_moves_a_date_is_not_a_new_post() -> None:
    edited = Post("a", T0 - DAY)
    verdict = decide([saw(Post("a", T0 - 50 * DAY), ago=45 * DAY), saw(edited)], STANDARD, T0)
    assert verdict.last_post is not None
    assert verdict.last_post.posted_at == T0 - 50 * DAY


def test_another_id_with_the_same_link_is_the_same_post() -> None:
    old, new = Post("http://a", T0 - 50 * DAY, url="//k/1"), Post("https://a", T0 - DAY, url="//k/1")
    verdict = decide([saw(old, ago=45 * DAY), saw(new)], STANDARD, T0)
    assert verdict.status is Status.INACTIVE


def test_two_ids_listed_together_are_two_posts_whatever_their_link() -> None:
    old, new = Post("1", T0 - 50 * DAY, url="//k/berita"), Post("2", T0 - DAY, url="//k/berita")
    assert decide([saw(old, new)], STANDARD, T0).last_post == new


def test_a_link_that_goes_on_changing_its_id_names_a_page_and_no_post() -> None:
    looks = [saw(Post(str(a), T0 - a * DAY, url="//k/berita"), ago=a * DAY) for a in (40, 20, 1)]
    verdict = decide(looks, STANDARD, T0)
    assert verdict.last_post is not None
    assert verdict.last_post.posted_at == T0 - DAY


def test_a_feed_that_makes_new_ids_each_time_still_lists_the_same_posts() -> None:
    looks = [
        saw(*(Post(f"{a} {d}", T0 - d * DAY, url=f"//k/{d}") for d in (50, 51, 52)), ago=a * DAY, horizon=52 * DAY)
        for a in (0, 7, 14, 21)
    ]
    assert decide(looks, STANDARD, T0).status is Status.INACTIVE


@pytest.mark.parametrize(
    ("history", "policy", "reason", "detail"),
    [
        pytest.param([], STANDARD, Reason.NOT_YET, None, id="nobody has looked yet"),
        pytest.param([], replace(STANDARD, connected=False), Reason.NOT_CONNECTED, None, id="nothing here can read it"),
        pytest.param([got(DOWN)], STANDARD, Reason.BLIND, "unreachable", id="could not be read"),
        pytest.param([saw(ago=11 * DAY)], STANDARD, Reason.BLIND, "stale", id="nobody looked for too long"),
        pytest.param(
            [saw(ago=11 * DAY), got(DOWN)], STANDARD, Reason.BLIND, "unreachable", id="tried and failed since"
        ),
        pytest.param(
            [got(Missed(Miss.AMBIGUOUS_ABSENCE))],
            STANDARD,
            Reason.UNDECIDABLE,
            "ambiguous_absence",
            id="it will not say",
        ),
        pytest.param([got(GONE)], STANDARD, Reason.UNDECIDABLE, "gone", id="pending from the first answer"),
        pytest.param(
            AWAY, STANDARD, Reason.UNDECIDABLE, "never_resolved", id="never resolved: probably a typing error"
        ),
        pytest.param([saw(post(40 * DAY), horizon=39 * DAY)], STANDARD, Reason.UNDECIDABLE, "unread_gap", id="a gap"),
        pytest.param(
            [saw(post(40 * DAY), horizon=timedelta(), flags=frozenset({"positive_only"}))],
            STANDARD,
            Reason.UNDECIDABLE,
            "positive_only",
            id="a route that proves activity only",
        ),
        pytest.param(
            [saw(post(45 * DAY), ago=40 * DAY), saw()],
            STANDARD,
            Reason.UNDECIDABLE,
            "posts_vanished",
            id="all vanished",
        ),
        pytest.param(
            [got(Unreadable(Barrier.PROTECTED, "preview_disabled"))],
            STANDARD,
            Reason.UNDECIDABLE,
            "preview_disabled",
            id="preview switched off",
        ),
    ],
)
def test_not_knowing_has_a_reason(
    history: Sequence[Observation], policy: Policy, reason: Reason, detail: str | None
) -> None:
    verdict = decide(history, policy, T0)
    assert (verdict.status, verdict.reason, verdict.reason_detail) == (Status.UNKNOWN, reason, detail)
    assert not verdict.confirmed


def test_since_is_the_deadline_not_the_discovery() -> None:
    assert decide([saw(post(100 * DAY))], STANDARD, T0).since == T0 - 70 * DAY
    assert decide([saw(*(post(d * DAY) for d in (20, 21, 22, 23)))], STANDARD, T0).since == T0 - 6 * DAY


def test_an_account_is_lost_since_its_first_absence() -> None:
    assert decide([SIGHT, *AWAY], STANDARD, T0).since == T0 - 3 * DAY


@pytest.mark.parametrize(
    ("history", "days"),
    [
        pytest.param([saw(*BUSY)], 8, id="active: when the fourth post leaves the window"),
        pytest.param([saw(*(post(d * DAY) for d in (10, 11, 12, 13)))], 4, id="active: when the silence gets long"),
        pytest.param([saw(post(10 * DAY), horizon=29 * DAY)], 1, id="active on a short page: when the window is read"),
        pytest.param([saw(*(post(d * DAY) for d in (25, 26, 27, 28)))], 5, id="slow: at the silence limit"),
        pytest.param([saw(post(25 * DAY))], 5, id="never often enough: at the silence limit"),
        pytest.param([saw(post(40 * DAY))], 10, id="inactive: when the evidence goes stale"),
        pytest.param([SIGHT, *AWAY], 10, id="lost: when the evidence goes stale"),
    ],
)
def test_the_next_change(history: Sequence[Observation], days: int) -> None:
    assert decide(history, STANDARD, T0).next_change_at == T0 + days * DAY


@pytest.mark.parametrize("posts", [(), (post(60 * DAY),)], ids=["never posted", "inactive"])
def test_a_silence_is_confirmed_by_two_looks_a_week_apart(posts: tuple[Post, ...]) -> None:
    once = decide([saw(*posts)], STANDARD, T0)
    assert (once.confirmed, once.confirmable_at) == (False, T0 + 7 * DAY)
    assert not decide([saw(*posts), saw(*posts, ago=7 * DAY - SECOND)], STANDARD, T0).confirmed
    assert decide([saw(*posts), saw(*posts, ago=7 * DAY)], STANDARD, T0).confirmed


def test_both_looks_of_a_confirmation_need_a_healthy_control() -> None:
    posts = (post(60 * DAY),)
    assert not decide([saw(*posts), saw(*posts, ago=7 * DAY, control=None)], STANDARD, T0).confirmed


def test_a_look_before_the_deadline_confirms_nothing() -> None:
    assert not decide([saw(post(36 * DAY)), saw(post(36 * DAY), ago=7 * DAY)], STANDARD, T0).confirmed


def test_a_route_that_cannot_show_everything_confirms_no_silence() -> None:
    flags = frozenset({"partial_view"})
    looks = [saw(post(60 * DAY), ago=a * DAY, flags=flags) for a in (0, 7, 14)]
    verdict = decide(looks, STANDARD, T0)
    assert (verdict.confirmed, verdict.reason_detail) == (False, "silent_as_far_as_visible")


def test_a_pending_absence_says_when_to_ask_again() -> None:
    verdict = decide([SIGHT, got(GONE)], STANDARD, T0)
    assert verdict.confirmable_at == T0 + 36 * HOUR


@pytest.mark.parametrize(
    ("policy", "age_days", "overlays"),
    [
        pytest.param(STANDARD, 90, set(), id="exactly ninety days old: not new"),
        pytest.param(STANDARD, 89, {Overlay.NEW}, id="younger: new"),
        pytest.param(replace(STANDARD, opened=T0 - 200 * DAY), 20, set(), id="the list knows an older date"),
        pytest.param(replace(STANDARD, exempt=True), 200, {Overlay.EXEMPT}, id="exempt sits on top"),
    ],
)
def test_overlays(policy: Policy, age_days: int, overlays: set[Overlay]) -> None:
    assert decide([saw(*BUSY, created=age_days * DAY)], policy, T0).overlays == overlays


def test_an_account_of_which_only_the_first_look_is_known_is_not_new() -> None:
    verdict = decide([saw()], STANDARD, T0)
    assert (verdict.overlays, verdict.age_from, verdict.since) == (frozenset(), None, None)


def test_a_short_page_makes_no_account_young() -> None:
    """Its oldest item is younger than ninety days, and says nothing about the first one."""
    assert decide([saw(*BUSY, horizon=22 * DAY)], STANDARD, T0).overlays == frozenset()


def test_never_posted_is_dated_by_the_accounts_age() -> None:
    assert decide([saw(created=120 * DAY)], STANDARD, T0).since == T0 - 120 * DAY


def relief(start: int, end: int, extra: int) -> Policy:
    return replace(STANDARD, relief=(Relief(T0 - start * DAY, T0 - end * DAY, extra * DAY),))


@pytest.mark.parametrize(
    ("policy", "status"),
    [
        pytest.param(relief(5, 0, 10), Status.SLOW, id="a deadline inside the holiday moves"),
        pytest.param(relief(5, 0, 2), Status.INACTIVE, id="by the extra days and no more"),
        pytest.param(relief(2, 0, 10), Status.INACTIVE, id="a deadline before it does not"),
        pytest.param(relief(9, 5, 10), Status.INACTIVE, id="nor one after it"),
    ],
)
def test_holidays_move_the_deadline_of_a_silence_that_ends_in_them(policy: Policy, status: Status) -> None:
    assert decide([saw(post(33 * DAY))], policy, T0).status is status


def test_a_move_is_believed_when_as_many_sights_agree_as_an_absence_needs() -> None:
    flags = frozenset({"moved_to=https://b"})
    looks = [saw(*BUSY, ago=a * DAY, flags=flags) for a in (0, 1, 3)]
    assert decide(looks, STANDARD, T0).flags == flags
    assert decide(looks[:2], STANDARD, T0).flags == frozenset()
