"""X: what was posted since the newest known post, how far back that was read, and what it may cost."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from auditor.core.model import AccountRef, Barrier, Miss, Missed, Outcome, Post, PostKind, Seen, Unreadable
from auditor.fetch.answer import Refused
from auditor.platforms._minted import X_MS, x_id
from auditor.platforms.base import Profile, Window

from .mutate import mutations
from .script import NOW, Reply, Script, Scripted, of_json, recorded
from .test_x import ID, KEYED, OTHER, TWITTER, X, lost, user, users

TAPES = Path(__file__).parent.parent / "tapes" / "x"
PATH = f"/2/users/{ID}/tweets"
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
SINCE = NOW - 60 * DAY


def minted(at: datetime, n: int = 0) -> str:
    """The id of a post made at an instant."""
    return str(((int(at.timestamp() * 1000) - X_MS) << 22) + n)


NEWEST = minted(NOW - 90 * DAY)


def iso(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def post(age: float, *, dated: bool = True, **more: Any) -> dict[str, Any]:
    at = NOW - age * DAY
    id_ = minted(at)
    base = {"id": id_, "text": "Kabar \x1b[31m =HYPERLINK()", "edit_history_tweet_ids": [id_]}
    return base | ({"created_at": iso(at)} if dated else {}) | more


def page(*rows: Any, token: str = "", **more: Any) -> Reply:
    """As the vendor answers: without posts there is no data at all."""
    meta = {"result_count": len(rows)} | ({"next_token": token} if token else {})
    return of_json(({"data": list(rows)} if rows else {}) | {"meta": meta} | more)


def profile(posts: int | None = 56, id_: str = ID) -> Profile:
    return Profile(id_, "humas_contoh", {} if posts is None else {"posts": posts})


def look(
    script: Script | Scripted | list[Scripted],
    newest: str | None = NEWEST,
    known: Profile | None = None,
    since: datetime = SINCE,
) -> Outcome:
    """The dear question; what is raised is its outcome."""
    if not isinstance(script, Script):
        script = Script({PATH: script, "/2/users": users(user())})
    assert KEYED.timeline is not None
    try:
        account = AccountRef("x", "humas_contoh", ID)
        outcome = KEYED.timeline(account, known, script, Window(since, NOW, newest))
    except Refused as refused:
        return refused.outcome
    assert isinstance(outcome, Seen | Unreadable | Missed)
    return outcome


def seen(
    script: Script | Scripted | list[Scripted],
    newest: str | None = NEWEST,
    known: Profile | None = None,
    since: datetime = SINCE,
) -> Seen:
    outcome = look(script, newest, known, since)
    assert isinstance(outcome, Seen), outcome
    return outcome


def first(script: Script | Scripted | list[Scripted], known: Profile | None = None) -> Seen:
    """The first look ever: a profile, and no post that is known."""
    return seen(script, None, known or profile())


VECTORS = {
    "1346889436626259968": "2021-01-06T18:40:40.344Z",
    "1577730467436138524": "2022-10-05T18:40:30.908Z",
    "2080761269309813134": "2026-07-24T21:05:19.935Z",
    "2080761390344937796": "2026-07-24T21:05:48.792Z",
}


class TestClock:
    """The date is stated, or stands in the id."""

    @pytest.mark.parametrize(("id_", "at"), VECTORS.items())
    def test_an_id_tells_when_its_post_was_made(self, id_: str, at: str) -> None:
        assert x_id(id_) == datetime.fromisoformat(at)
        bare = {"id": id_, "text": "…"}
        assert seen(page(bare)).posts == (
            Post(id_, datetime.fromisoformat(at), PostKind.ORIGINAL, f"https://x.com/i/status/{id_}"),
        )

    def test_the_stated_date_counts_where_there_is_one(self) -> None:
        stated = {"id": "1346889436626259968", "text": "…", "created_at": "2021-01-06T18:40:40.000Z"}
        assert seen(page(stated)).posts[0].posted_at == datetime(2021, 1, 6, 18, 40, 40, tzinfo=UTC)

    def test_ids_from_before_november_2010_carry_no_date_and_are_not_dated(self) -> None:
        """A made-up small id of a test server would make an office look silent for sixteen years."""
        old = "29700000000"
        assert x_id(old) is None
        sight = seen(page(post(1), {"id": old, "text": "…"}))
        assert sight.undated == {old}
        stated = {"id": old, "text": "…", "created_at": "2010-11-03T10:00:00.000Z"}
        assert seen(page(stated)).posts[0].posted_at == datetime(2010, 11, 3, 10, tzinfo=UTC)

    def test_an_edited_post_is_the_first_of_its_versions(self) -> None:
        made, edited = minted(NOW - 5 * DAY), minted(NOW - DAY)
        for name in ("edit_history_tweet_ids", "edit_history_post_ids"):
            row = {"id": edited, "text": "…", "created_at": iso(NOW - DAY), name: [made, edited]}
            (found,) = seen(page(row)).posts
            assert (found.native_id, found.posted_at) == (made, NOW - 5 * DAY)

    def test_posts_that_are_older_than_the_newest_known_one_take_nothing_from_it(self) -> None:
        """Pointers and lists can go back; what was seen before stays seen."""
        newest = minted(NOW - 2 * DAY)
        script = Script({PATH: page(post(9)), "/2/users": users(user(most_recent_tweet_id=minted(NOW - 9 * DAY)))})
        seen(script, newest)
        assert [r.get("since_id") for r in script.requests] == [newest]


class TestAsking:
    """Money first: five posts, and only those after the newest known one."""

    def test_a_known_account_is_asked_for_what_is_newer_than_its_newest_post(self) -> None:
        script = Script({PATH: page()})
        seen(script)
        (request,) = script.requests
        assert request.params == (
            ("max_results", "5"),
            ("exclude", "replies,retweets"),
            ("tweet.fields", "created_at,edit_history_tweet_ids,referenced_tweets"),
            ("since_id", NEWEST),
        )
        assert request.cost == {"timelines": 1, "usd": 25, "posts": 5}

    def test_the_post_dialect_is_sent_where_it_is_configured_or_was_learnt(self) -> None:
        for place in ("about", "memory"):
            script = Script({PATH: page()})
            getattr(script, place)["dialect"] = "post"
            seen(script)
            assert script.requests[0].get("post.fields") == "created_at,edit_history_post_ids"
            assert script.requests[0].get("tweet.fields") is None

    def test_a_timeline_that_refuses_the_names_of_one_dialect_is_asked_in_the_other(self) -> None:
        def answer(query: dict[str, str]) -> Reply:
            return of_json({"title": "Invalid Request"}, 400) if "tweet.fields" in query else page()

        script = Script({PATH: answer})
        assert [seen(script).posts for _ in range(2)] == [(), ()]
        assert ["tweet.fields" in dict(r.params) for r in script.requests] == [True, False, False]

    def test_a_post_whose_id_lies_ahead_hides_nothing_that_is_made_until_then(self) -> None:
        """Reading goes on from the newest known post of the past."""
        ahead = minted(NOW + 400 * DAY)
        known = {name: Post(name, at, PostKind.ORIGINAL) for name, at in ((ahead, NOW), (NEWEST, NOW - 90 * DAY))}
        script = Script({PATH: page()})
        assert KEYED.timeline is not None
        KEYED.timeline(AccountRef("x", "humas_contoh", ID), profile(), script, Window(SINCE, NOW, ahead, known=known))
        assert script.requests[0].get("since_id") == NEWEST

    def test_what_is_no_post_id_is_never_sent(self) -> None:
        script = Script({PATH: page(post(1)), "/2/users": users(user())})
        assert seen(script, "../x").horizon is None
        assert script.asked(PATH)[0].get("since_id") is None

    def test_max_results_is_never_below_what_the_vendor_allows(self) -> None:
        script = Script({PATH: [page(post(1), token="t"), page(post(2))], "/2/users": users(user())})
        first(script)
        assert {r.get("max_results") for r in script.asked(PATH)} == {"5"}

    def test_what_is_no_id_is_not_asked_for(self) -> None:
        assert KEYED.timeline is not None
        script = Script({})
        with pytest.raises(Refused) as caught:
            KEYED.timeline(AccountRef("x", "a", "../../2/x"), None, script, Window(SINCE, NOW, NEWEST))
        assert caught.value.outcome == Missed(Miss.OUR_REQUEST_INVALID, "no_id")
        assert script.requests == []

    def test_an_account_without_a_known_id_or_post_is_looked_up_first(self) -> None:
        assert KEYED.timeline is not None
        script = Script({"/2/users/by": users(user()), "/2/users": users(user()), PATH: page(post(1))})
        for native_id in (None, ID):
            outcome = KEYED.timeline(AccountRef("x", "humas_contoh", native_id), None, script, Window(SINCE, NOW))
            assert isinstance(outcome, Seen)
            assert outcome.counters == {"posts": 56, "followers": 1200}
        assert [r.path for r in script.requests] == ["/2/users/by", PATH, "/2/users", PATH]

    def test_counters_are_stated_only_by_looks_that_asked_for_them(self) -> None:
        """They are how the lane knows when it looked somebody up last."""
        assert seen(page(post(1))).counters == {}
        assert seen(page(post(1)), known=profile()).counters == {"posts": 56}

    def test_another_id_than_the_known_one_is_never_read(self) -> None:
        assert look(Script({}), known=profile(id_=OTHER)) == Unreadable(Barrier.TAKEN, "handle_taken")

    def test_who_is_not_there_has_no_timeline(self) -> None:
        assert KEYED.timeline is not None
        script = Script({"/2/users/by": users(errors=[lost("humas_contoh")])})
        outcome = KEYED.timeline(AccountRef("x", "humas_contoh"), None, script, Window(SINCE, NOW))
        assert outcome == Unreadable(Barrier.GONE, "never_resolved")


class TestHorizon:
    """How far back a look may claim to have read."""

    def test_no_news_covers_everything_since_the_last_look(self) -> None:
        sight = seen(page())
        assert (sight.posts, sight.horizon, sight.native_id, sight.handle) == ((), SINCE, ID, "humas_contoh")

    def test_news_without_a_further_page_covers_the_same(self) -> None:
        sight = seen(page(post(1), post(3)))
        assert [p.posted_at for p in sight.posts] == [NOW - DAY, NOW - 3 * DAY]
        assert sight.horizon == SINCE

    def test_it_covers_no_more_than_was_asked_for(self) -> None:
        """A newest post that is younger than what was covered leaves the stretch before it unread."""
        sight = seen(page(), newest=minted(NOW - 2 * DAY))
        assert sight.horizon == NOW - 2 * DAY

    def test_a_page_that_overflows_covers_back_to_its_oldest_post(self) -> None:
        script = Script({PATH: page(*(post(n) for n in range(1, 6)), token="t")})
        assert seen(script).horizon == NOW - 5 * DAY
        assert len(script.requests) == 1

    def test_the_first_look_is_one_page_and_covers_back_to_its_oldest_post(self) -> None:
        script = Script({PATH: page(*(post(n) for n in range(1, 6)), token="t")})
        assert first(script).horizon == NOW - 5 * DAY
        assert len(script.requests) == 1

    def test_a_first_page_without_a_further_one_is_the_beginning(self) -> None:
        assert first(page(post(1), post(9))).horizon is None
        assert first(page()).horizon is None

    def test_it_is_not_the_beginning_of_an_account_with_more_posts_than_a_timeline_shows(self) -> None:
        assert first(page(post(1), post(9)), profile(801)).horizon == NOW - 9 * DAY
        assert first(page(), profile(801)).horizon == NOW
        assert first(page(), profile(800)).horizon is None

    def test_a_page_without_a_counted_post_is_followed_by_another(self) -> None:
        reply = post(1, referenced_tweets=[{"type": "replied_to", "id": "1"}])
        script = Script({PATH: [page(reply, token="a"), page(post(9), token="b")]})
        assert first(script).horizon == NOW - 9 * DAY
        assert [r.get("pagination_token") for r in script.requests] == [None, "a"]

    def test_no_more_than_two_pages_are_paid_for_and_ten_are_asked_for(self) -> None:
        replies = [
            page(post(n, referenced_posts=[{"type": "replied_to", "id": "1"}]), token=f"t{n}") for n in range(1, 30)
        ]
        script = Script({PATH: list(replies)})
        assert first(script).horizon == NOW - 2 * DAY
        assert len(script.requests) == 2
        empty = Script({PATH: [page(token=f"t{n}") for n in range(30)]})
        assert seen(empty).horizon == NOW
        assert len(empty.requests) == 10
        again = Script({PATH: page(token="t")})
        assert seen(again).horizon == NOW
        assert len(again.requests) == 2

    def test_an_older_page_that_is_missed_takes_nothing_from_the_newer(self) -> None:
        reply = post(2, referenced_tweets=[{"type": "replied_to", "id": "1"}])
        sight = first(Script({PATH: [page(reply, token="a"), Reply(503)]}))
        assert (len(sight.posts), sight.horizon) == (1, NOW - 2 * DAY)

    def test_a_list_that_stands_oldest_first_covers_nothing_before_its_end(self) -> None:
        assert first(page(post(9), post(5), post(3), post(1), token="t")).horizon == NOW

    def test_a_post_that_cannot_be_read_makes_the_look_cover_nothing(self) -> None:
        for odd in ({"text": "…"}, {"id": "x"}, post(2, author_id=OTHER), "?", {"id": 5}):
            assert seen(page(post(1), odd)).horizon == NOW
            assert look(page(odd)) == Missed(Miss.UNRECOGNISED, "post is no object" if odd == "?" else "post id")

    def test_an_unread_stretch_is_never_the_horizon_of_an_empty_answer(self) -> None:
        bodies: list[dict[str, Any]] = [
            {"meta": {"result_count": 3}},
            {"data": []},
            {"data": [], "meta": {}},
            {"meta": {}},
            {},
        ]
        for body in bodies:
            outcome = look(of_json(body))
            assert isinstance(outcome, Missed), body
            assert outcome.reason is Miss.UNRECOGNISED
        assert seen(of_json({"data": [], "meta": {"result_count": 0}})).horizon == SINCE


class TestKinds:
    """Replies and reposts are left out by X; a server that does not know how still shows them."""

    @pytest.mark.parametrize("name", ["referenced_tweets", "referenced_posts"])
    @pytest.mark.parametrize(
        ("types", "kind"),
        [
            (["retweeted"], PostKind.REPOST),
            (["reposted"], PostKind.REPOST),
            (["replied_to"], PostKind.REPLY),
            (["quoted", "replied_to"], PostKind.REPLY),
            (["quoted"], PostKind.ORIGINAL),
            ([], PostKind.ORIGINAL),
        ],
    )
    def test_what_a_post_refers_to_tells_its_kind(self, name: str, types: list[str], kind: PostKind) -> None:
        row = post(1) | {name: [{"type": t, "id": "1"} for t in types]}
        assert seen(page(row)).posts[0].kind is kind

    def test_no_text_is_kept(self) -> None:
        assert "Kabar" not in repr(seen(page(post(1), post(2))))


class TestBarriers:
    """A timeline answers 200 also where there is none."""

    def denied(self, host: str = TWITTER) -> dict[str, str]:
        said = {"title": "Authorization Error", "detail": "Sorry, you are not authorized to see the user."}
        return lost(section="data", **said, type=f"{host}not-authorized-for-resource")

    @pytest.mark.parametrize("host", [TWITTER, X])
    def test_a_timeline_we_may_not_see_is_protected_and_not_empty(self, host: str) -> None:
        for more in ({}, {"meta": {"result_count": 0}}):
            assert look(of_json({"errors": [self.denied(host)]} | more)) == Unreadable(Barrier.PROTECTED)

    def test_the_same_as_403_is_the_same(self) -> None:
        assert look(of_json({"errors": [self.denied()]}, 403)) == Unreadable(Barrier.PROTECTED)
        flat = {k: v for k, v in self.denied().items() if k in {"title", "detail", "type"}}
        assert look(of_json(flat, 403)) == Unreadable(Barrier.PROTECTED)

    def test_a_suspended_account_is_suspended_by_its_timeline_too(self) -> None:
        said = lost(title="Forbidden", detail=f"User has been suspended: [{ID}].")
        assert look(of_json({"errors": [said]})) == Unreadable(Barrier.SUSPENDED)

    def test_posts_beside_an_error_are_posts(self) -> None:
        beside = lost("1", section="includes") | {"resource_type": "tweet"}
        assert len(seen(page(post(1), errors=[beside])).posts) == 1
        assert len(seen(page(post(1), errors=[self.denied()])).posts) == 1
        assert look(of_json({"errors": [beside]})) == Missed(Miss.UNRECOGNISED, "no known key")


NOT_FOUND = {
    "404, plain": Reply(404, b"404 page not found", {"content-type": "text/plain"}),
    "404, a problem": of_json({"title": "Not Found", "type": "about:blank", "status": 404}, 404),
    "404, an error": of_json({"errors": [lost()]}, 404),
    "200, an error": of_json({"errors": [lost()]}),
}


@pytest.mark.parametrize("reply", NOT_FOUND.values(), ids=NOT_FOUND.keys())
class TestConfirmation:
    """For eight hours in 2025 every timeline answered 404: only a look-up makes an account absent."""

    def asked(self, reply: Reply, found: Reply, known: Profile | None = None) -> tuple[Outcome, Script]:
        script = Script({PATH: reply, "/2/users": found, "/2/users/by": users(errors=[lost("humas_contoh")])})
        return look(script, known=known), script

    def test_where_the_account_is_there_the_timeline_is_unreachable(self, reply: Reply) -> None:
        outcome, script = self.asked(reply, users(user()))
        assert outcome == Missed(Miss.UNREACHABLE, "timeline_404")
        assert [r.cost for r in script.asked("/2/users")] == [{"users": 1, "usd": 10}]

    def test_where_the_lookup_does_not_find_it_either_it_is_gone(self, reply: Reply) -> None:
        assert self.asked(reply, users(errors=[lost()]))[0] == Unreadable(Barrier.GONE)

    def test_where_nothing_can_be_looked_up_nothing_is_known(self, reply: Reply) -> None:
        outcome, _ = self.asked(reply, Reply(404))
        assert outcome == Missed(Miss.UNREACHABLE, "404")
        outcome, _ = self.asked(reply, of_json({"title": "x", "status": 401}, 401))
        assert isinstance(outcome, Missed)
        assert outcome.reason is Miss.CREDENTIAL_REJECTED

    def test_what_was_looked_up_just_now_is_not_paid_for_again(self, reply: Reply) -> None:
        outcome, script = self.asked(reply, users(user()), profile())
        assert outcome == Missed(Miss.UNREACHABLE, "timeline_404")
        assert script.asked("/2/users") == []


@pytest.mark.parametrize("name", ["users-id-tweets", "users-id-tweets-async"])
def test_a_recorded_timeline_is_read(name: str) -> None:
    """Recorded in 2022 without any fields, and with a further page."""
    sight = first(recorded(TAPES / f"{name}.json"))
    assert [(p.native_id, p.posted_at.replace(microsecond=0)) for p in sight.posts] == [
        ("1577730467436138524", datetime(2022, 10, 5, 18, 40, 30, tzinfo=UTC)),
        ("1565318587736285184", datetime(2022, 9, 1, 12, 40, 8, tzinfo=UTC)),
    ]
    assert sight.horizon == sight.posts[-1].posted_at


PAGE: Mapping[str, Any] = json.loads(page(post(1), post(3), token="t").body)


@settings(max_examples=100, deadline=None)
@given(mutations(PAGE), st.sampled_from([None, NEWEST]))
def test_no_changed_page_is_a_defect_or_a_silence(document: Any, newest: str | None) -> None:
    """What is listed for certain is the newest post; a page that lost it claims nothing before what it lists."""
    outcome = look(of_json(document), newest, profile())
    if isinstance(outcome, Seen) and not outcome.posts and not outcome.undated:
        assert document.get("meta", {}).get("result_count") == 0
    assert not isinstance(outcome, Unreadable)
