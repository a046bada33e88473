"""Bluesky: every known answer, the recordings of a real network, and documents nobody promised."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from auditor.core.model import AccountRef, Barrier, Miss, Missed, Post, PostKind, Seen, Unreadable
from auditor.fetch.answer import Refused, missed
from auditor.platforms.base import Answered, Profile, Unchanged, Window
from auditor.platforms.bluesky import FEED, PLATFORM, PROFILE, PROFILES, RESOLVE, lookup, permalink, timeline

from .mutate import ANY_JSON, mutations
from .script import NOW, Reply, Script, Scripted, of_html, of_json, recorded

TAPES = Path(__file__).parent / "tapes" / "bluesky"
DID = "did:plc:abc"
REF = AccountRef("bluesky", "pemkot.kota.contoh", DID)
BY_HANDLE = AccountRef("bluesky", "pemkot.kota.contoh")
WINDOW = Window(NOW - timedelta(days=90), NOW)
KNOWN = Profile(DID, "pemkot.kota.contoh", {"posts": 12})


def tape(name: str) -> Reply:
    return recorded(TAPES / f"{name}.json")


def profile(did: str = DID, handle: str = "pemkot.kota.contoh", **more: Any) -> dict[str, Any]:
    return {
        "did": did,
        "handle": handle,
        "followersCount": 310,
        "followsCount": 4,
        "postsCount": 12,
        "labels": [],
        **more,
    }


def item(key: str, at: str, indexed: str | None = None, **record: Any) -> dict[str, Any]:
    post = {"uri": f"at://{DID}/app.bsky.feed.post/{key}", "author": {"did": DID, "handle": "pemkot.kota.contoh"}}
    written = {"$type": "app.bsky.feed.post", "createdAt": at, "text": "…", **record}
    return {"post": {**post, "record": written, "indexedAt": indexed or at, "labels": []}}


def repost(key: str, at: str, **reason: Any) -> dict[str, Any]:
    other = item(key, "2024-01-01T00:00:00.000Z")
    other["post"]["uri"] = f"at://did:plc:lain/app.bsky.feed.post/{key}"
    how = {"$type": "app.bsky.feed.defs#reasonRepost", "by": {"did": DID}, "indexedAt": at, **reason}
    return {**other, "reason": how}


def error(name: str, message: str, status: int = 400, **headers: str) -> Reply:
    return of_json({"error": name, "message": message}, status, **headers)


def look(
    *pages: Scripted, ref: AccountRef = REF, known: Profile | None = KNOWN, more: dict[str, Any] | None = None
) -> Answered:
    try:
        return timeline(ref, known, Script({FEED: list(pages), **(more or {})}), WINDOW)
    except Refused as refused:
        return refused.outcome


def seen(*pages: Scripted, **how: Any) -> Seen:
    outcome = look(*pages, **how)
    assert isinstance(outcome, Seen), outcome
    return outcome


def found(*refs: AccountRef, answers: dict[str, Any]) -> list[Profile | Unreadable | Missed]:
    by_ref = dict(lookup(refs, Script(answers)))
    assert set(by_ref) == set(refs)
    return [by_ref[r] for r in refs]


# --- what is seen ----------------------------------------------------------------------------------------------------


def test_the_sample_feed_is_seen_and_a_repost_is_dated_by_the_reposting() -> None:
    feed = [item("3lbq1", "2026-11-22T03:04:05.678Z"), repost("3lxx1", "2026-11-21T10:00:00.000Z")]
    outcome = seen(of_json({"feed": feed}))
    original, shared = outcome.posts
    assert original == Post(
        f"at://{DID}/app.bsky.feed.post/3lbq1",
        datetime(2026, 11, 22, 3, 4, 5, 678000, UTC),
        PostKind.ORIGINAL,
        f"https://bsky.app/profile/{DID}/post/3lbq1",
    )
    assert (shared.kind, shared.posted_at) == (PostKind.REPOST, datetime(2026, 11, 21, 10, tzinfo=UTC))
    assert (outcome.native_id, outcome.handle, outcome.horizon) == (DID, "pemkot.kota.contoh", None)
    assert outcome.counters == {"posts": 12}


def test_the_cheap_question_answers_id_counters_age_and_labels() -> None:
    answer = profile(createdAt="2023-04-12T04:53:57.057Z", labels=[{"val": "!no-unauthenticated"}, {"val": "spam"}])
    (known,) = found(REF, answers={PROFILES: of_json({"profiles": [answer]})})
    assert known == Profile(
        DID,
        "pemkot.kota.contoh",
        {"posts": 12, "followers": 310, "following": 4},
        datetime(2023, 4, 12, 4, 53, 57, 57000, UTC),
        frozenset({"no_unauthenticated"}),
    )


def test_the_request_asks_for_one_hundred_without_pins_and_replies_by_did() -> None:
    script = Script({FEED: of_json({"feed": []})})
    timeline(REF, KNOWN, script, WINDOW)
    assert dict(script.requests[0].params) == {
        "actor": DID,
        "filter": "posts_no_replies",
        "includePins": "false",
        "limit": "100",
    }


# --- times -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("created", "indexed", "at"),
    [
        pytest.param("2026-11-25T16:00:00Z", "2026-11-23T15:00:00Z", NOW + timedelta(days=2), id="two days ahead"),
        pytest.param("2026-11-23T16:01:30Z", "2026-11-23T15:59:00Z", NOW + timedelta(seconds=90), id="90 s ahead"),
        pytest.param("2015-05-05T00:00:00Z", "2026-11-23T15:00:00Z", datetime(2015, 5, 5, tzinfo=UTC), id="an import"),
        pytest.param(
            "2025-06-01T10:00:00+02:00", "2025-06-01T08:00:00Z", datetime(2025, 6, 1, 8, tzinfo=UTC), id="zone"
        ),
    ],
)
def test_the_claimed_instant_is_passed_on_unchanged(created: str, indexed: str, at: datetime) -> None:
    (post,) = seen(of_json({"feed": [item("1", created, indexed)]})).posts
    assert post.posted_at == at


def test_a_future_claim_at_the_end_of_a_page_does_not_reach_into_the_future() -> None:
    pages = of_json({"feed": [item("1", "2031-01-01T00:00:00Z", "2026-11-20T00:00:00Z")], "cursor": "a"})
    assert seen(pages).horizon == datetime(2026, 11, 20, tzinfo=UTC)


def test_a_post_whose_date_cannot_be_read_is_undated_and_no_post() -> None:
    outcome = seen(of_json({"feed": [item("1", "2026-11-01T00:00:00Z"), item("2", "kemarin", "2026-10-30T00:00:00Z")]}))
    assert [p.native_id for p in outcome.posts] == [f"at://{DID}/app.bsky.feed.post/1"]
    assert outcome.undated == {f"at://{DID}/app.bsky.feed.post/2"}


def test_posts_of_which_not_one_has_a_date_are_a_changed_format() -> None:
    drifted = item("1", "2026-11-01T00:00:00Z")
    drifted["post"]["record"]["created_at"] = drifted["post"]["record"].pop("createdAt")
    assert look(of_json({"feed": [drifted]})) == Missed(Miss.UNRECOGNISED, "no dates")


# --- kinds -----------------------------------------------------------------------------------------------------------


def test_a_reply_is_a_reply_and_a_pin_is_dated_by_its_post() -> None:
    reply = item("2", "2026-11-02T00:00:00Z", reply={"root": {}, "parent": {}})
    pin = {**item("1", "2019-01-01T00:00:00Z"), "reason": {"$type": "app.bsky.feed.defs#reasonPin"}}
    outcome = seen(of_json({"feed": [pin, reply], "cursor": "x"}), of_json({"feed": [], "cursor": "x"}))
    assert {p.native_id[-1]: p.kind for p in outcome.posts} == {"1": PostKind.ORIGINAL, "2": PostKind.REPLY}
    assert outcome.horizon == datetime(2026, 11, 2, tzinfo=UTC), "an old pin on top reaches no further than the list"


def test_a_page_that_lists_only_a_pin_covers_nothing() -> None:
    pin = {**item("1", "2019-01-01T00:00:00Z"), "reason": {"$type": "app.bsky.feed.defs#reasonPin"}}
    page = of_json({"feed": [pin], "cursor": "x"})
    assert seen(page).horizon == NOW


def test_a_repost_of_an_own_post_does_not_hide_the_post() -> None:
    again = {**item("1", "2026-10-01T00:00:00Z"), "reason": {"by": {"did": DID}, "indexedAt": "2026-11-20T00:00:00Z"}}
    outcome = seen(of_json({"feed": [again, item("1", "2026-10-01T00:00:00Z")]}))
    assert [p.kind for p in outcome.posts] == [PostKind.REPOST, PostKind.ORIGINAL]
    assert outcome.posts[0].url is None, "the same link would make them one post"


def test_a_post_of_another_account_without_a_repost_is_no_shape_we_know() -> None:
    stray = repost("9", "2026-11-21T10:00:00Z")
    del stray["reason"]
    assert look(of_json({"feed": [stray]})) == Missed(Miss.UNRECOGNISED, "a post of another account")


def test_only_a_repost_is_a_repost_and_any_other_reason_leaves_an_own_post_what_it_is() -> None:
    why = {"$type": "app.bsky.feed.defs#reasonFeatured", "indexedAt": "2026-11-22T00:00:00Z"}
    featured = {**item("1", "2026-10-01T00:00:00Z"), "reason": why}
    page = of_json({"feed": [featured, item("2", "2026-11-20T00:00:00Z")], "cursor": "x"})
    outcome = seen(page)
    assert [(p.native_id[-1], p.kind) for p in outcome.posts] == [("2", PostKind.ORIGINAL), ("1", PostKind.ORIGINAL)]
    assert outcome.posts[1].posted_at == datetime(2026, 10, 1, tzinfo=UTC), "dated by the post"
    assert outcome.horizon == datetime(2026, 11, 20, tzinfo=UTC), "it may stand anywhere"


def test_a_post_of_another_account_for_a_reason_not_known_is_neither_post_nor_repost() -> None:
    shown = repost("9", "2026-11-21T10:00:00Z", **{"$type": "app.bsky.feed.defs#reasonFeatured"})
    outcome = seen(of_json({"feed": [shown, item("1", "2026-10-01T00:00:00Z")]}))
    assert [p.kind for p in outcome.posts] == [PostKind.OTHER, PostKind.ORIGINAL]
    assert (outcome.posts[0].url, outcome.horizon) == (None, None)


# --- entries that are no posts ---------------------------------------------------------------------------------------

NO_POST = {"$type": "app.bsky.feed.defs#notFoundPost", "uri": f"at://{DID}/app.bsky.feed.post/7", "notFound": True}
ODD = [
    pytest.param({"post": {**item("7", "2026-11-10T00:00:00Z")["post"], "record": None}}, id="no record"),
    pytest.param({"post": NO_POST}, id="not found"),
    pytest.param({"post": {**NO_POST, "$type": "app.bsky.feed.defs#blockedPost", "blocked": True}}, id="blocked"),
    pytest.param({}, id="no post"),
    pytest.param(None, id="no entry"),
]


@pytest.mark.parametrize("odd", ODD)
def test_an_entry_that_cannot_be_read_hides_no_other_but_might_be_a_post(odd: Any) -> None:
    good = [item("1", "2026-11-20T00:00:00Z"), item("2", "2026-11-01T00:00:00Z")]
    outcome = seen(of_json({"feed": [good[0], odd, good[1]]}))
    assert ([p.native_id[-1] for p in outcome.posts], outcome.horizon) == (["1", "2"], NOW)


@pytest.mark.parametrize("odd", ODD)
def test_a_feed_without_a_single_entry_that_can_be_read_is_unrecognised(odd: Any) -> None:
    for known in (KNOWN, Profile(DID, "pemkot.kota.contoh", {"posts": 0})):
        outcome = look(of_json({"feed": [odd, odd]}), known=known)
        assert isinstance(outcome, Missed)
        assert outcome.reason is Miss.UNRECOGNISED


# --- paging and horizon ----------------------------------------------------------------------------------------------


def test_a_short_page_with_a_cursor_is_followed_and_an_absent_cursor_is_the_beginning() -> None:
    first = [item(f"a{n}", f"2026-11-{22 - n % 20:02d}T00:00:00Z") for n in range(40)]
    script = Script(
        {FEED: [of_json({"feed": first, "cursor": "c1"}), of_json({"feed": [item("z", "2026-10-01T00:00:00Z")]})]}
    )
    outcome = timeline(REF, KNOWN, script, WINDOW)
    assert [r.get("cursor") for r in script.requests] == [None, "c1"]
    assert isinstance(outcome, Seen)
    assert (len(outcome.posts), outcome.horizon) == (41, None)


def test_paging_ends_at_the_start_of_the_window_and_the_horizon_says_so() -> None:
    page = of_json({"feed": [item("1", "2026-11-01T00:00:00Z"), item("2", "2026-08-01T00:00:00Z")], "cursor": "c"})
    script = Script({FEED: page})
    outcome = timeline(REF, KNOWN, script, WINDOW)
    assert len(script.requests) == 1
    assert isinstance(outcome, Seen)
    assert outcome.horizon == datetime(2026, 8, 1, tzinfo=UTC)


def test_reposts_alone_are_paged_further_until_an_original_is_listed() -> None:
    pages = [
        of_json({"feed": [repost("1", "2026-01-01T00:00:00Z")], "cursor": "c1"}),
        of_json({"feed": [item("2", "2025-12-01T00:00:00Z")], "cursor": "c2"}),
    ]
    outcome = seen(*pages)
    assert (len(outcome.posts), outcome.horizon) == (2, datetime(2025, 12, 1, tzinfo=UTC))


def test_a_repeated_cursor_ends_the_reading_and_is_not_the_beginning() -> None:
    page = of_json({"feed": [item("1", "2026-11-20T00:00:00Z")], "cursor": "same"})
    script = Script({FEED: page})
    outcome = timeline(REF, KNOWN, script, WINDOW)
    assert len(script.requests) == 2
    assert isinstance(outcome, Seen)
    assert outcome.horizon == datetime(2026, 11, 20, tzinfo=UTC)


def test_paging_has_a_limit() -> None:
    turns = iter(range(1000))

    def endless(_: dict[str, str]) -> Reply:
        n = next(turns)
        return of_json({"feed": [item(str(n), f"2026-11-20T00:{59 - n:02d}:00Z")], "cursor": str(n)})

    script = Script({FEED: endless})
    outcome = timeline(REF, KNOWN, script, WINDOW)
    assert len(script.requests) == PLATFORM.capability.max_pages
    assert isinstance(outcome, Seen)
    assert outcome.horizon == datetime(2026, 11, 20, 0, 50, tzinfo=UTC)


@pytest.mark.parametrize(
    ("posts", "horizon"),
    [
        pytest.param({"posts": 0}, None, id="the profile says zero: read to the beginning"),
        pytest.param({"posts": 12}, NOW, id="the profile says twelve: covers nothing"),
        pytest.param({}, NOW, id="the profile says nothing: covers nothing"),
    ],
)
def test_an_empty_feed_covers_only_what_the_profile_positively_says(posts: dict[str, int], horizon: object) -> None:
    outcome = seen(of_json({"feed": []}), known=Profile(DID, "pemkot.kota.contoh", posts))
    assert (outcome.posts, outcome.horizon) == ((), horizon)


def test_an_empty_feed_with_a_cursor_that_never_ends_covers_nothing_even_if_the_profile_says_zero() -> None:
    outcome = seen(of_json({"feed": [], "cursor": "x"}), known=Profile(DID, "pemkot.kota.contoh", {"posts": 0}))
    assert outcome.horizon == NOW


def oldest_first(count: int, per: int) -> Scripted:
    days = [item(str(n), (NOW - timedelta(days=count - 1 - n)).isoformat()) for n in range(count)]

    def answer(asked: dict[str, str]) -> Reply:
        start = int(asked.get("cursor", 0))
        following = {"cursor": str(start + per)} if start + per < count else {}
        return of_json({"feed": days[start : start + per], **following})

    return answer


def test_a_feed_that_stands_oldest_first_is_paged_to_its_end() -> None:
    outcome = seen(oldest_first(250, 100))
    assert (len(outcome.posts), outcome.posts[0].posted_at, outcome.horizon) == (250, NOW, None)


def test_an_oldest_first_feed_with_more_pages_than_are_read_covers_nothing() -> None:
    assert seen(oldest_first(250, 20)).horizon == NOW


@pytest.mark.parametrize(
    "failure",
    [
        pytest.param(error("RateLimitExceeded", "…", 429), id="429"),
        pytest.param(error("UpstreamFailure", "…", 502), id="502"),
        pytest.param(Reply(200, b'{"feed": ['), id="cut short"),
        pytest.param(missed(Miss.UNREACHABLE, "reset"), id="the line is cut"),
        pytest.param(of_json({"feed": [], "cursor": 7}), id="a cursor of another type"),
    ],
)
def test_a_failing_older_page_leaves_the_posts_read_and_how_far_they_reach(failure: Scripted) -> None:
    outcome = seen(of_json({"feed": [item("1", "2026-11-20T00:00:00Z")], "cursor": "c"}), failure)
    assert ([p.native_id[-1] for p in outcome.posts], outcome.horizon) == (["1"], datetime(2026, 11, 20, tzinfo=UTC))
    assert isinstance(look(failure), Missed), "the first page is the outcome"


def test_a_failing_page_after_pages_without_a_post_is_the_outcome() -> None:
    empty = of_json({"feed": [], "cursor": "c"})
    assert look(empty, of_html("", 503)) == Missed(Miss.UNREACHABLE, "503")


def test_a_barrier_on_an_older_page_is_the_outcome_of_the_look() -> None:
    first = of_json({"feed": [item("1", "2026-11-20T00:00:00Z")], "cursor": "c"})
    assert look(first, error("BlockedActor", "Blocked")) == Unreadable(Barrier.PROTECTED)


def test_a_first_page_with_a_cursor_of_another_type_is_not_read() -> None:
    page = of_json({"feed": [item("1", "2026-11-20T00:00:00Z")], "cursor": 7})
    assert look(page) == Missed(Miss.UNRECOGNISED, "cursor")


def test_304_is_unchanged_and_on_a_later_page_ends_the_reading() -> None:
    assert look(Reply(304)) == Unchanged()
    page = of_json({"feed": [item("1", "2026-11-20T00:00:00Z")], "cursor": "c"})
    assert seen(page, Reply(304)).horizon == datetime(2026, 11, 20, tzinfo=UTC)


# --- errors ----------------------------------------------------------------------------------------------------------

NOT_FOUND = error("InvalidRequest", "Profile not found")

PROFILE_ROWS = [
    pytest.param(error("AccountTakedown", "Account has been suspended"), Unreadable(Barrier.SUSPENDED), id="takedown"),
    pytest.param(
        error("AccountDeactivated", "Account is deactivated"), Unreadable(Barrier.GONE, "deactivated"), id="deactivated"
    ),
    pytest.param(NOT_FOUND, Unreadable(Barrier.GONE), id="not found by DID"),
    pytest.param(
        error("InvalidRequest", "Error: actor must be a valid did or a handle"),
        Missed(Miss.OUR_REQUEST_INVALID, "InvalidRequest"),
        id="no valid actor",
    ),
    pytest.param(
        error("InvalidRequest", "Invalid params: limit"),
        Missed(Miss.OUR_REQUEST_INVALID, "InvalidRequest"),
        id="limits",
    ),
    pytest.param(
        error("UpstreamFailure", "Upstream", 502), Missed(Miss.UNREACHABLE, "UpstreamFailure"), id="502 UpstreamFailure"
    ),
    pytest.param(
        error("InternalServerError", "Internal Server Error", 500),
        Missed(Miss.UNREACHABLE, "InternalServerError"),
        id="500",
    ),
    pytest.param(of_html("<h1>Bad gateway</h1>", 503), Missed(Miss.UNREACHABLE, "503"), id="503 HTML"),
    pytest.param(of_html("", 504), Missed(Miss.UNREACHABLE, "504"), id="504"),
    pytest.param(of_html("<h1>Blocked</h1>", 403), Missed(Miss.UNREACHABLE, "blocked"), id="403 HTML of the CDN"),
    pytest.param(of_html("<html>login</html>"), Missed(Miss.UNREACHABLE, "not JSON"), id="HTML where JSON is due"),
    pytest.param(of_json({"hello": 1}), Missed(Miss.UNRECOGNISED, "did is missing"), id="no key we know"),
    pytest.param(of_json([]), Missed(Miss.UNRECOGNISED, "profile is no object"), id="a list"),
    pytest.param(Reply(200, b"[" * 100_000), Missed(Miss.UNRECOGNISED, "nested too deeply"), id="nested too deeply"),
    pytest.param(Reply(400, b"[" * 100_000), Missed(Miss.UNRECOGNISED, "nested too deeply"), id="an error nested so"),
    pytest.param(
        of_json(profile(did="did:plc:xyz")), Unreadable(Barrier.TAKEN, "handle_taken"), id="another DID answers"
    ),
]


@pytest.mark.parametrize(("reply", "outcome"), PROFILE_ROWS)
def test_what_get_profile_answers_is_the_outcome_of_an_account_the_batch_left_out(
    reply: Reply, outcome: object
) -> None:
    answers = {PROFILES: of_json({"profiles": []}), PROFILE: reply, RESOLVE: of_json({"did": DID})}
    assert found(REF, answers=answers) == [outcome]


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        pytest.param(error("RateLimitExceeded", "Rate Limit Exceeded", 429), Miss.RATE_LIMITED, id="429"),
        pytest.param(of_html("slow down", 429), Miss.RATE_LIMITED, id="429 HTML"),
        pytest.param(error("ExpiredToken", "Token expired"), Miss.CREDENTIAL_REJECTED, id="ExpiredToken 400"),
        pytest.param(error("InvalidToken", "Token", 401), Miss.CREDENTIAL_REJECTED, id="InvalidToken 401"),
        pytest.param(error("AuthMissing", "Auth", 401), Miss.CREDENTIAL_REJECTED, id="AuthMissing 401"),
    ],
)
def test_what_stops_the_lane_ends_the_whole_call(reply: Reply, reason: Miss) -> None:
    script = Script({PROFILES: of_json({"profiles": [profile()]}), PROFILE: reply})
    answered = lookup([REF, AccountRef("bluesky", "lain.example"), AccountRef("bluesky", "b.example")], script)
    assert next(answered)[0] == REF, "what the batch showed is answered first"
    with pytest.raises(Refused) as caught:
        list(answered)
    assert isinstance(caught.value.outcome, Missed)
    assert caught.value.outcome.reason is reason
    assert len(script.asked(PROFILE)) == 1


def test_of_two_resets_retry_after_wins() -> None:
    reply = error(
        "RateLimitExceeded",
        "Rate Limit Exceeded",
        429,
        ratelimit_reset="1795451700",
        retry_after="30",
        ratelimit_policy="3000;w=300",
    )
    assert look(reply) == Missed(Miss.RATE_LIMITED, "RateLimitExceeded", NOW + timedelta(seconds=30))


def test_the_epoch_of_the_rate_limit_header_is_read_as_utc() -> None:
    outcome = look(error("RateLimitExceeded", "…", 429, ratelimit_reset="1795451700"))
    assert outcome == Missed(Miss.RATE_LIMITED, "RateLimitExceeded", datetime(2026, 11, 23, 16, 35, tzinfo=UTC))


FEED_ROWS = [
    pytest.param(error("BlockedActor", "Blocked"), Unreadable(Barrier.PROTECTED), id="BlockedActor"),
    pytest.param(error("BlockedByActor", "Blocked"), Unreadable(Barrier.PROTECTED), id="BlockedByActor"),
    pytest.param(error("UpstreamFailure", "…", 502), Missed(Miss.UNREACHABLE, "UpstreamFailure"), id="502"),
    pytest.param(of_html("<h1>403</h1>", 403), Missed(Miss.UNREACHABLE, "blocked"), id="403 HTML"),
    pytest.param(
        error("MethodNotImplemented", "…", 501),
        Missed(Miss.UNRECOGNISED, "MethodNotImplemented"),
        id="501 unknown method",
    ),
    pytest.param(of_json({"posts": []}), Missed(Miss.UNRECOGNISED, "feed is no list"), id="a renamed key"),
    pytest.param(
        of_json({"feed": [], "cursor": 7}), Missed(Miss.UNRECOGNISED, "cursor"), id="a cursor of another type"
    ),
    pytest.param(Reply(200, b""), Missed(Miss.UNREACHABLE, "not JSON"), id="empty body"),
    pytest.param(Reply(200, b'{"feed": ['), Missed(Miss.UNREACHABLE, "not JSON"), id="cut body"),
    pytest.param(Reply(404, b"x"), Missed(Miss.UNRECOGNISED, "404"), id="a 404 is never absence"),
    pytest.param(missed(Miss.UNREACHABLE, "refused"), Missed(Miss.UNREACHABLE, "refused"), id="connection refused"),
]


@pytest.mark.parametrize(("reply", "outcome"), FEED_ROWS)
def test_what_the_feed_answers_instead_of_posts(reply: Scripted, outcome: object) -> None:
    assert look(reply) == outcome


@pytest.mark.parametrize(("reason", "outcome"), [*PROFILE_ROWS[:3]])
def test_profile_not_found_on_the_feed_is_replaced_by_what_get_profile_answers(reason: Reply, outcome: object) -> None:
    assert look(NOT_FOUND, more={PROFILE: reason, RESOLVE: of_json({"did": DID})}) == outcome


def test_profile_not_found_on_the_feed_of_a_living_profile_stays_a_riddle() -> None:
    outcome = look(NOT_FOUND, more={PROFILE: of_json(profile())})
    assert isinstance(outcome, Missed)
    assert outcome.reason is Miss.AMBIGUOUS_ABSENCE


def test_an_account_comes_back_when_its_profile_answers_again() -> None:
    gone = {PROFILES: of_json({"profiles": []}), PROFILE: error("AccountDeactivated", "Account is deactivated")}
    assert found(REF, answers={**gone, RESOLVE: of_json({"did": DID})}) == [Unreadable(Barrier.GONE, "deactivated")]
    (back,) = found(REF, answers={PROFILES: of_json({"profiles": [profile()]})})
    assert isinstance(back, Profile)


# --- batches ---------------------------------------------------------------------------------------------------------


def refs(count: int) -> list[AccountRef]:
    return [AccountRef("bluesky", f"kantor{n}.example", f"did:plc:k{n}") for n in range(count)]


def shown(*numbers: int) -> Reply:
    return of_json({"profiles": [profile(f"did:plc:k{n}", f"kantor{n}.example") for n in numbers]})


def test_three_missing_of_twenty_five_are_asked_alone_and_the_others_are_not_touched() -> None:
    missing = {3, 11, 24}
    script = Script({PROFILES: shown(*set(range(25)) - missing), PROFILE: error("AccountTakedown", "…")})
    answered = dict(lookup(refs(25), script))
    assert {r.get("actor") for r in script.asked(PROFILE)} == {f"did:plc:k{n}" for n in missing}
    assert [isinstance(answered[r], Profile) for r in refs(25)].count(False) == 3


def test_twenty_six_actors_are_never_sent() -> None:
    script = Script({PROFILES: [shown(*range(25)), shown(25)]})
    assert len(dict(lookup(refs(26), script))) == 26
    assert [len(r.params) for r in script.requests] == [25, 1]


def test_no_accounts_ask_nothing() -> None:
    assert list(lookup([], Script({}))) == []


def test_one_bad_actor_that_spoils_a_batch_costs_only_itself() -> None:
    def single(asked: dict[str, str]) -> Reply:
        number = asked["actor"].removeprefix("did:plc:k")
        bad = error("InvalidRequest", "Invalid AT identifier")
        return bad if number == "1" else of_json(profile(asked["actor"], f"kantor{number}.example"))

    script = Script({PROFILES: error("InvalidRequest", "Invalid params"), PROFILE: single})
    answered = dict(lookup(refs(3), script))
    assert answered[refs(3)[1]] == Missed(Miss.OUR_REQUEST_INVALID, "InvalidRequest")
    assert isinstance(answered[refs(3)[0]], Profile)
    assert isinstance(answered[refs(3)[2]], Profile)


def test_a_server_without_the_batch_call_is_asked_for_each_account_alone() -> None:
    script = Script(
        {PROFILES: error("MethodNotImplemented", "Method Not Implemented", 501), PROFILE: of_json(profile())}
    )
    ((_, known),) = lookup([REF], script)
    assert isinstance(known, Profile)


def test_a_batch_answer_in_no_known_shape_is_refused_as_a_whole() -> None:
    with pytest.raises(Refused) as caught:
        list(lookup([REF], Script({PROFILES: of_json({"accounts": []})})))
    assert caught.value.outcome == Missed(Miss.UNRECOGNISED, "profiles is no list")


def test_a_broken_entry_of_a_batch_is_asked_alone() -> None:
    broken = {PROFILES: of_json({"profiles": [{"did": DID}]}), PROFILE: of_json(profile())}
    (known,) = found(REF, answers=broken)
    assert isinstance(known, Profile)


# --- identity --------------------------------------------------------------------------------------------------------


def test_the_same_did_with_a_new_handle_is_seen_under_the_new_handle() -> None:
    (known,) = found(REF, answers={PROFILES: of_json({"profiles": [profile(handle="baru.kota.contoh")]})})
    assert isinstance(known, Profile)
    outcome = seen(of_json({"feed": [item("1", "2026-11-20T00:00:00Z")]}), known=known)
    assert (outcome.native_id, outcome.handle) == (DID, "baru.kota.contoh")


def test_a_did_that_is_gone_while_its_handle_names_another_is_taken() -> None:
    answers = {PROFILES: of_json({"profiles": []}), PROFILE: NOT_FOUND, RESOLVE: of_json({"did": "did:plc:baru"})}
    assert found(REF, answers=answers) == [Unreadable(Barrier.TAKEN, "handle_taken")]


@pytest.mark.parametrize(
    "resolved",
    [
        pytest.param(of_json({"did": DID}), id="the handle still names the DID"),
        pytest.param(error("InvalidRequest", "Unable to resolve handle"), id="the handle names nobody (400)"),
        pytest.param(
            error("HandleNotFound", "Unable to resolve handle"), id="the handle names nobody (HandleNotFound)"
        ),
        pytest.param(of_json({"did": "nobody"}), id="no DID"),
        pytest.param(of_html("", 502), id="the resolver is down"),
    ],
)
def test_a_did_that_is_gone_stays_gone_unless_another_did_has_the_handle(resolved: Reply) -> None:
    answers = {PROFILES: of_json({"profiles": []}), PROFILE: NOT_FOUND, RESOLVE: resolved}
    assert found(REF, answers=answers) == [Unreadable(Barrier.GONE)]


def test_a_handle_never_seen_that_nobody_answers_to_was_never_resolved() -> None:
    answers = {PROFILES: of_json({"profiles": []}), PROFILE: NOT_FOUND}
    assert found(BY_HANDLE, answers=answers) == [Unreadable(Barrier.GONE, "never_resolved")]


def test_posts_of_another_did_are_never_returned() -> None:
    stranger = Profile("did:plc:lain", "pemkot.kota.contoh", {})
    assert look(known=stranger) == Unreadable(Barrier.TAKEN, "handle_taken")


def test_a_handle_that_no_longer_proves_itself_is_flagged_and_the_listed_one_kept() -> None:
    (known,) = found(REF, answers={PROFILES: of_json({"profiles": [profile(handle="handle.invalid")]})})
    assert isinstance(known, Profile)
    assert (known.handle, known.flags) == ("pemkot.kota.contoh", {"handle_invalid"})
    assert seen(of_json({"feed": []}), known=known).flags == {"handle_invalid"}


def test_a_label_taken_back_is_no_label() -> None:
    answer = profile(labels=[{"val": "!hide", "neg": True}, {"val": "!takedown"}, "junk"])
    (known,) = found(REF, answers={PROFILES: of_json({"profiles": [answer]})})
    assert isinstance(known, Profile)
    assert known.flags == {"takedown"}


def test_without_a_profile_the_timeline_asks_for_it_itself() -> None:
    outcome = seen(of_json({"feed": []}), ref=BY_HANDLE, known=None, more={PROFILE: of_json(profile(postsCount=0))})
    assert (outcome.native_id, outcome.horizon) == (DID, None)
    gone = look(known=None, more={PROFILE: error("AccountTakedown", "…")})
    assert gone == Unreadable(Barrier.SUSPENDED)


def test_a_handle_in_capitals_is_found_in_the_batch() -> None:
    (known,) = found(
        AccountRef("bluesky", "Pemkot.Kota.Contoh"), answers={PROFILES: of_json({"profiles": [profile()]})}
    )
    assert isinstance(known, Profile)


@pytest.mark.parametrize(
    ("native_id", "url"),
    [
        (f"at://{DID}/app.bsky.feed.post/3l", f"https://bsky.app/profile/{DID}/post/3l"),
        (f"at://{DID}/app.bsky.feed.repost/3l", None),
        ("3l", None),
    ],
)
def test_a_permalink_names_the_did_and_only_posts_have_one(native_id: str, url: str | None) -> None:
    assert permalink("pemkot.kota.contoh", native_id) == url


# --- a real network, recorded ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "outcome"),
    [
        ("getProfile-deactivated", Unreadable(Barrier.GONE, "deactivated")),
        ("getProfile-deleted", Unreadable(Barrier.GONE, "never_resolved")),
        ("getProfile-unknown-handle", Unreadable(Barrier.GONE, "never_resolved")),
        ("getProfile-old-handle-after-rename", Unreadable(Barrier.GONE, "never_resolved")),
        ("getProfile-takendown-at-appview", Unreadable(Barrier.SUSPENDED)),
        ("getProfile-takendown-at-pds", Unreadable(Barrier.SUSPENDED)),
        ("getProfile-invalid-actor", Missed(Miss.OUR_REQUEST_INVALID, "InvalidRequest")),
        ("unknown-method", Missed(Miss.UNRECOGNISED, "MethodNotImplemented")),
        ("appview-404", Missed(Miss.UNRECOGNISED, "404")),
    ],
)
def test_recorded_refusals_are_named(name: str, outcome: object) -> None:
    answers = {PROFILES: of_json({"profiles": []}), PROFILE: tape(name)}
    assert found(AccountRef("bluesky", "min.test"), answers=answers) == [outcome]


@pytest.mark.parametrize("resolved", ["resolveHandle-appview-deleted", "resolveHandle-unknown-pds"])
@pytest.mark.parametrize("name", ["getProfile-bydid-deleted", "getProfile-unknown-did"])
def test_a_recorded_deleted_did_is_gone(name: str, resolved: str) -> None:
    ref = AccountRef("bluesky", "min-deleted.test", "did:plc:4l6wpv7lj3bkkdicru7v25uj")
    answers = {PROFILES: of_json({"profiles": []}), PROFILE: tape(name), RESOLVE: tape(resolved)}
    assert found(ref, answers=answers) == [Unreadable(Barrier.GONE)]


def test_a_recorded_batch_leaves_out_who_is_not_shown_and_each_is_asked_for_its_reason() -> None:
    names = ("active", "deact", "tdown")
    answers = {
        PROFILES: tape("getProfiles-all-after"),
        PROFILE: [tape("getProfile-deactivated"), tape("getProfile-takendown-at-pds")],
    }
    active, deactivated, taken_down = found(*(AccountRef("bluesky", f"min-{n}.test") for n in names), answers=answers)
    assert isinstance(active, Profile)
    assert (active.counters["posts"], active.handle) == (6, "min-active.test")
    assert (deactivated, taken_down) == (Unreadable(Barrier.GONE, "deactivated"), Unreadable(Barrier.SUSPENDED))


def test_a_recorded_refusal_of_twenty_six_actors_falls_back_to_single_questions() -> None:
    answers = {PROFILES: tape("getProfiles-26-actors"), PROFILE: tape("getProfile-active")}
    (known,) = found(AccountRef("bluesky", "min-active.test"), answers=answers)
    assert isinstance(known, Profile)


def recorded_look(feed: str, did: str, posts: int = 3, **more: Any) -> Answered:
    ref = AccountRef("bluesky", "min.test", did)
    return look(tape(feed), ref=ref, known=Profile(did, "min.test", {"posts": posts}), **more)


def test_the_recorded_active_feed_is_read_to_its_beginning_with_its_future_claim() -> None:
    outcome = recorded_look("getAuthorFeed-active-posts_no_replies", "did:plc:lotapkrh4po3ycmexuonofph")
    assert isinstance(outcome, Seen)
    assert outcome.posts[0].posted_at == datetime(2031, 1, 1, tzinfo=UTC)
    assert outcome.horizon is None
    assert {p.kind for p in outcome.posts} == {PostKind.ORIGINAL}


def test_the_recorded_pages_of_one_are_followed() -> None:
    did = "did:plc:lotapkrh4po3ycmexuonofph"
    script = Script(
        {FEED: [tape("getAuthorFeed-active-limit1"), tape("getAuthorFeed-active-page2"), of_json({"feed": []})]}
    )
    outcome = timeline(AccountRef("bluesky", "x", did), Profile(did, "x", {}), script, WINDOW)
    assert isinstance(outcome, Seen)
    assert (len(outcome.posts), outcome.horizon) == (2, None)
    assert (
        script.requests[2].get(
            "cursor",
        )
        == "1792499696789__bafyreiajhrdenc32q2hbswmk4rex2knew3nwpvglpobqdoazdur7kws7ya"
    )


def test_recorded_reposts_are_marked_and_dated_by_the_reposting() -> None:
    outcome = recorded_look("getAuthorFeed-replies-posts_no_replies", "did:plc:jjnbk3rgwxtefxqnu3hmsvyc")
    assert isinstance(outcome, Seen)
    assert [(p.kind, p.posted_at.date().isoformat()) for p in outcome.posts] == [
        (PostKind.REPOST, "2026-09-15"),
        (PostKind.ORIGINAL, "2022-01-01"),
    ]


def test_recorded_replies_are_replies() -> None:
    outcome = recorded_look("getAuthorFeed-replies-repost", "did:plc:jjnbk3rgwxtefxqnu3hmsvyc")
    assert isinstance(outcome, Seen)
    assert {p.kind for p in outcome.posts} == set(PostKind) - {PostKind.OTHER}


def test_the_recorded_empty_feed_covers_only_what_the_profile_says() -> None:
    empty = recorded_look("getAuthorFeed-empty", "did:plc:ghqwaohmtdb23dd", posts=0)
    full = recorded_look("getAuthorFeed-empty", "did:plc:ghqwaohmtdb23dd", posts=3)
    assert isinstance(empty, Seen)
    assert isinstance(full, Seen)
    assert (empty.horizon, full.horizon) == (None, NOW)


@pytest.mark.parametrize(
    ("feed", "reason", "outcome"),
    [
        ("getAuthorFeed-deleted", "getProfile-deleted", Unreadable(Barrier.GONE)),
        ("getAuthorFeed-deactivated", "getProfile-deactivated", Unreadable(Barrier.GONE, "deactivated")),
        ("getAuthorFeed-takendown-at-appview", "getProfile-takendown-at-appview", Unreadable(Barrier.SUSPENDED)),
    ],
)
def test_recorded_feeds_that_say_the_same_are_told_apart(feed: str, reason: str, outcome: object) -> None:
    more = {PROFILE: tape(reason), RESOLVE: tape("resolveHandle-appview-deleted")}
    assert recorded_look(feed, "did:plc:4l6wpv7lj3bkkdicru7v25uj", more=more) == outcome


def test_the_recorded_rename_is_the_same_account_under_a_new_handle() -> None:
    did = "did:plc:yszuabgjf3r2wu7doiepaynb"
    ref = AccountRef("bluesky", "min-dormant.test", did)
    answers = {PROFILES: of_json({"profiles": []}), PROFILE: tape("getProfile-did-after-rename")}
    (known,) = found(ref, answers=answers)
    assert isinstance(known, Profile)
    outcome = look(tape("getAuthorFeed-dormant"), ref=ref, known=known)
    assert isinstance(outcome, Seen)
    assert (outcome.handle, outcome.posts[0].posted_at.year) == ("renamed.test", 2023)


def test_the_recorded_wish_not_to_be_shown_is_flagged_and_read_all_the_same() -> None:
    ref = AccountRef("bluesky", "min-pwi.test", "did:plc:huiwxugbqp3ywamy3dhglnp3")
    answers = {PROFILES: of_json({"profiles": []}), PROFILE: tape("getProfile-no-unauthenticated")}
    (known,) = found(ref, answers=answers)
    assert isinstance(known, Profile)
    outcome = look(tape("getAuthorFeed-no-unauthenticated"), ref=ref, known=known)
    assert isinstance(outcome, Seen)
    assert (outcome.flags, len(outcome.posts)) == ({"no_unauthenticated"}, 1)


def test_recorded_errors_of_the_feed() -> None:
    assert look(tape("getAuthorFeed-bad-cursor")) == Missed(Miss.UNREACHABLE, "InternalServerError")
    assert look(tape("getAuthorFeed-limit-101")) == Missed(Miss.OUR_REQUEST_INVALID, "InvalidRequest")
    limited = look(tape("pds-ratelimit-429"))
    assert limited == Missed(Miss.RATE_LIMITED, "RateLimitExceeded", NOW + timedelta(seconds=290))


# --- documents nobody promised ---------------------------------------------------------------------------------------

SAMPLE = {
    "feed": [
        item("1", "2026-11-22T03:04:05.678Z"),
        repost("2", "2026-11-21T10:00:00.000Z", uri=f"at://{DID}/app.bsky.feed.repost/3lyy1"),
        item("3", "2026-08-01T00:00:00Z", reply={"root": {}}),
    ],
    "cursor": "2026-07-20T01:02:03.456Z",
}


def harmless(outcome: Answered) -> None:
    assert not (isinstance(outcome, Seen) and not outcome.posts and outcome.horizon is None)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ANY_JSON | mutations(SAMPLE))
def test_no_feed_document_is_an_empty_account_or_breaks_the_look(document: Any) -> None:
    harmless(look(of_json(document)))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ANY_JSON | mutations(profile(labels=[{"val": "!hide"}], createdAt="2023-01-01T00:00:00Z")))
def test_no_profile_document_breaks_the_look(document: Any) -> None:
    for batch in (of_json(document), of_json({"profiles": [document]})):
        script = Script({PROFILES: batch, PROFILE: of_json(document), RESOLVE: of_json(document)})
        try:
            answered = list(lookup([REF, BY_HANDLE], script))
        except Refused:
            continue
        assert {ref for ref, _ in answered} == {REF, BY_HANDLE}
        for _, known in answered:
            assert not isinstance(known, Profile) or json.dumps([known.native_id, known.handle]).isascii()


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300), st.sampled_from([200, 206, 301, 400, 404, 500]))
def test_no_bytes_break_the_look(body: bytes, status: int) -> None:
    harmless(look(Reply(status, body), more={PROFILE: Reply(status, body), RESOLVE: Reply(status, body)}))
