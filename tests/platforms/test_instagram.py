"""Instagram by Business Discovery: what may be concluded from each documented answer."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from auditor.core.model import AccountRef, Barrier, Miss, Missed, Outcome, Post, PostKind, Seen, Stops, Unreadable
from auditor.core.quota import Rest
from auditor.fetch.answer import Refused
from auditor.platforms import _instagram_api as api
from auditor.platforms.base import Auth, Platform, Window
from auditor.platforms.instagram import PLATFORM

from .script import NOW, Reply, Script, Scripted, of_html, of_json

assert PLATFORM.keyed is not None
KEYED: Platform = PLATFORM.keyed
OWN, THEIRS = "17841406338772941", "17841407673135339"
DAY = timedelta(days=1)
SINCE = NOW - 365 * DAY
NODE = f"/{OWN}"
BODIES = {
    f"{name}: {one['case']}": one
    for name in ("instagram", "meta")
    for one in json.loads((Path(__file__).parent / f"bodies/{name}.json").read_text("utf-8"))
    if one["call"] == "timeline"
}


def iso(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S+0000")


def item(n: int, at: datetime | None, **more: Any) -> dict[str, Any]:
    """One of the media. Counts and addresses of files are often left out."""
    stated = {"timestamp": iso(at)} if at else {}
    kind = {"media_type": "IMAGE", "media_product_type": "FEED"}
    return {
        "id": f"{17885103395504675 + n}",
        **kind,
        "permalink": f"https://www.instagram.com/p/C{n:04}/",
        **stated,
    } | more


def found(*items: dict[str, Any], count: int = 436, after: str | None = None, **more: Any) -> Reply:
    """An account that was discovered."""
    paging = {"paging": {"cursors": {"after": after}}} if after else {}
    media = {"media": {"data": list(items), **paging}} if items else {}
    body = {"id": THEIRS, "username": "pemkot_contoh", "followers_count": 64976, "media_count": count, **media, **more}
    return of_json({"business_discovery": body, "id": OWN})


def error(code: int, subcode: int | None = None, message: str = "Invalid user id", status: int = 400) -> Reply:
    below = {} if subcode is None else {"error_subcode": subcode}
    return of_json({"error": {"message": message, "type": "OAuthException", "code": code, **below}}, status)


def script(*replies: Scripted, user_id: str = OWN) -> Script:
    ours = Script({f"/{user_id}": list(replies)} if replies else {})
    ours.about["user_id"] = user_id
    return ours


def look(
    *replies: Scripted | Script, since: datetime = SINCE, native_id: str | None = None, handle: str = "pemkot_contoh"
) -> Outcome:
    """One look; what is raised is its outcome."""
    given = next((r for r in replies if isinstance(r, Script)), None)
    ask = given or script(*[r for r in replies if not isinstance(r, Script)])
    assert KEYED.timeline is not None
    try:
        outcome = KEYED.timeline(AccountRef("instagram", handle, native_id), None, ask, Window(since, NOW))
    except Refused as refused:
        return refused.outcome
    assert isinstance(outcome, Seen | Unreadable | Missed)
    return outcome


def seen(*replies: Scripted | Script, since: datetime = SINCE, native_id: str | None = None) -> Seen:
    outcome = look(*replies, since=since, native_id=native_id)
    assert isinstance(outcome, Seen), outcome
    return outcome


def fields(ask: Script) -> list[str]:
    return [r.get("fields") or "" for r in ask.asked(NODE)]


SAMPLE = {
    "business_discovery": {
        "id": THEIRS,
        "username": "pemkot_contoh",
        "followers_count": 64976,
        "media_count": 436,
        "media": {
            "data": [
                {
                    "id": "17885103395504675",
                    "timestamp": "2026-11-20T19:00:42+0000",
                    "media_type": "IMAGE",
                    "media_product_type": "FEED",
                    "permalink": "https://www.instagram.com/p/CSr71Gzlqo4/",
                },
                {
                    "id": "17886271043461692",
                    "timestamp": "2026-11-18T17:35:10+0000",
                    "media_type": "VIDEO",
                    "media_product_type": "REELS",
                    "permalink": "https://www.instagram.com/reel/CSm0nn1lwXY/",
                },
            ],
            "paging": {"cursors": {"after": "QVFIUm"}},
        },
    },
    "id": OWN,
}


class TestReading:
    """A good answer."""

    def test_the_documented_answer_is_read_and_the_outer_id_is_ours(self) -> None:
        sight = seen(of_json(SAMPLE), since=datetime(2026, 11, 19, tzinfo=UTC))
        assert sight.native_id == THEIRS
        assert sight.handle == "pemkot_contoh"
        assert sight.posts[0] == Post(
            "17885103395504675",
            datetime(2026, 11, 20, 19, 0, 42, tzinfo=UTC),
            PostKind.ORIGINAL,
            "https://www.instagram.com/p/CSr71Gzlqo4/",
        )
        assert sight.counters == {"posts": 436, "followers": 64976}
        assert sight.horizon == datetime(2026, 11, 18, 17, 35, 10, tzinfo=UTC)

    def test_one_request_asks_for_no_more_than_is_kept(self) -> None:
        ask = script(of_json(SAMPLE))
        seen(ask, since=NOW - 4 * DAY)
        assert [(r.method, r.path, r.cost, r.body) for r in ask.requests] == [("GET", NODE, None, b"")]
        assert fields(ask) == [
            (
                "business_discovery.username(pemkot_contoh){id,username,followers_count,media_count,"
                "media.limit(10){id,timestamp,media_type,media_product_type,permalink}}"
            )
        ]

    def test_old_pins_on_top_hide_nothing(self) -> None:
        pins = [item(n, NOW - (900 - n) * DAY) for n in range(3)]
        newer = [item(10 + n, NOW - (1 + n) * DAY) for n in range(7)]
        sight = seen(found(*pins, *newer), since=NOW - 5 * DAY)
        assert sight.posts[0].posted_at == NOW - DAY
        assert sight.horizon == NOW - 7 * DAY

    def test_a_list_that_stands_oldest_first_reaches_nowhere(self) -> None:
        sight = seen(
            found(*[item(n, NOW - (30 - n) * DAY) for n in range(10)], after="QVFI"), found(after=None), since=SINCE
        )
        assert sight.horizon == NOW

    def test_an_account_that_says_it_has_none_was_read_to_the_beginning(self) -> None:
        sight = seen(found(count=0))
        assert (sight.posts, sight.horizon) == ((), None)

    @pytest.mark.parametrize("more", [{"media_count": 436}, {"media_count": None}, {"media_count": "0"}], ids=str)
    def test_media_that_are_left_out_are_no_empty_account(self, more: dict[str, Any]) -> None:
        assert look(found(**more)) == Missed(Miss.UNRECOGNISED, "media is missing")

    def test_a_list_that_is_empty_without_saying_so_covers_nothing(self) -> None:
        assert seen(found(count=3, media={"data": []})).horizon == NOW

    def test_all_that_there_is_was_read_when_as_many_are_listed_as_are_counted(self) -> None:
        assert seen(found(item(1, NOW - DAY), count=1)).horizon is None
        assert seen(found(item(1, NOW - DAY), count=2)).horizon == NOW - DAY

    def test_an_item_of_a_new_kind_is_a_post(self) -> None:
        kinds = [item(n, NOW - n * DAY, media_product_type=kind) for n, kind in enumerate(("AD", "LIVE", None, 7), 1)]
        assert [p.kind for p in seen(found(*kinds), since=NOW - 2 * DAY).posts] == [PostKind.ORIGINAL] * 4

    def test_an_item_needs_no_more_than_its_id_and_its_time(self) -> None:
        assert seen(found({"id": "1", "timestamp": iso(NOW - DAY)}, count=1)).posts == (Post("1", NOW - DAY),)

    def test_an_item_without_a_time_is_undated(self) -> None:
        sight = seen(found(item(1, NOW - DAY), item(2, None), count=2))
        assert sight.undated == {"17885103395504677"}
        assert [p.native_id for p in sight.posts] == ["17885103395504676"]

    def test_an_item_without_an_id_makes_the_look_cover_nothing(self) -> None:
        assert seen(found(item(1, NOW - DAY), {"timestamp": iso(NOW)}, count=2)).horizon == NOW

    def test_a_time_to_come_is_passed_on(self) -> None:
        later = NOW + timedelta(hours=1)
        assert seen(found(item(1, later), item(2, NOW - DAY), count=2)).posts[0].posted_at == later

    @pytest.mark.parametrize(
        "link", ["javascript:alert(1)", "https://instagram.com.evil.example/p/x/", "", None, 7], ids=str
    )
    def test_only_addresses_of_instagram_are_kept(self, link: Any) -> None:
        assert seen(found(item(1, NOW - DAY, permalink=link), count=1)).posts[0].url is None

    def test_a_new_user_name_is_learnt(self) -> None:
        assert seen(found(item(1, NOW - DAY), username="Pemkot.Baru")).handle == "pemkot.baru"
        assert seen(found(item(1, NOW - DAY), username="\x1b[31m")).handle == "pemkot_contoh"

    def test_ids_may_be_written_as_numbers(self) -> None:
        assert (
            seen(found(item(1, NOW - DAY, id=5), id=int(THEIRS), count=1), native_id=THEIRS).posts[0].native_id == "5"
        )


class TestPages:
    """Further back."""

    def full(self, first: int = 0, *, size: int = 10, after: str | None = "QVFIa") -> Reply:
        return found(*[item(n, NOW - (n + 1) * DAY) for n in range(first, first + size)], after=after)

    def test_a_full_page_that_is_older_than_the_window_is_enough(self) -> None:
        ask = script(self.full())
        seen(ask, since=NOW - 9 * DAY)
        assert len(ask.requests) == 1

    def test_the_next_page_is_a_cursor_inside_the_expression(self) -> None:
        ask = script(self.full(), self.full(10, size=25, after="QVFIb"))
        sight = seen(ask, since=NOW - 30 * DAY)
        assert "media.after(QVFIa).limit(25){" in fields(ask)[1]
        assert len(ask.requests) == 2
        assert len(sight.posts) == 35
        assert sight.horizon == NOW - 35 * DAY

    def test_behind_the_last_cursor_is_the_end(self) -> None:
        for end in (found(count=10), found(count=10, media={"data": []})):
            last = found(*[item(n, NOW - (n + 1) * DAY) for n in range(10)], count=10, after="QVFIa")
            assert seen(last, end).horizon is None

    def test_a_cursor_that_leads_back_to_itself_is_followed_once(self) -> None:
        ask = script(self.full())
        assert seen(ask).horizon == NOW - 10 * DAY
        assert len(ask.requests) == 2

    def test_no_list_is_followed_for_ever(self) -> None:
        numbers = iter(range(1000))

        def another(_: dict[str, str]) -> Reply:
            n = next(numbers)
            return self.full(n * 10, after=f"QVFI{n}")

        ask = script(another)
        seen(ask, since=NOW - 9999 * DAY)
        assert len(ask.requests) == api.MAX_PAGES

    def test_a_page_that_fails_takes_nothing_from_those_before(self) -> None:
        assert seen(self.full(), error(2, status=500)).horizon == NOW - 10 * DAY

    def test_a_cursor_that_cannot_be_asked_for_is_not_sent(self) -> None:
        ask = script(self.full(after="x){id}"))
        assert look(ask) == Missed(Miss.UNRECOGNISED, "cursor")
        assert len(ask.requests) == 1

    def test_a_page_of_another_account_is_not_mixed_in(self) -> None:
        other = found(item(99, NOW - 20 * DAY), id="17841400000000009")
        assert [p.native_id for p in seen(self.full(), other).posts if p.native_id == item(99, NOW)["id"]] == []

    def test_what_is_too_much_at_once_is_asked_again_by_half(self) -> None:
        much = error(1, message="Please reduce the amount of data you're asking for, then retry", status=500)
        ask = script(much, self.full(size=5))
        seen(ask, since=NOW - 3 * DAY)
        assert [f.partition("limit(")[2].partition(")")[0] for f in fields(ask)] == ["10", "5"]
        assert look(much, much) == Missed(Miss.UNREACHABLE, "too_much_data")

    def test_no_address_of_a_page_is_followed(self) -> None:
        media = {
            "data": [item(1, NOW - DAY)],
            "paging": {"next": f"https://graph.facebook.com{NODE}?access_token=RAHASIA"},
        }
        assert "RAHASIA" not in repr(look(found(media=media)))


class TestIdentity:
    """Who was asked for, and who answered."""

    def test_another_id_behind_the_name_is_another_account(self) -> None:
        assert look(of_json(SAMPLE), native_id="17841400000000001") == Unreadable(Barrier.TAKEN, "handle_taken")

    def test_the_same_id_is_the_same_account(self) -> None:
        assert seen(of_json(SAMPLE), since=NOW - 4 * DAY, native_id=THEIRS).native_id == THEIRS

    def test_a_name_is_sent_in_small_letters_and_without_its_sign(self) -> None:
        ask = script(of_json(SAMPLE))
        look(ask, handle="@Pemkot_Contoh", since=NOW - 4 * DAY)
        assert "username(pemkot_contoh){" in fields(ask)[0]

    @pytest.mark.parametrize("handle", ["pem kot", "", "a" * 31, "a){id}", "pemkot,contoh", "pémkot", "a\n", "@@a"])
    def test_what_is_no_name_is_not_asked_for(self, handle: str) -> None:
        ask = script()
        assert look(ask, handle=handle) == Missed(Miss.OUR_REQUEST_INVALID, "handle")
        assert ask.requests == []


class TestErrors:
    """Bad answers."""

    @pytest.mark.parametrize("one", BODIES.values(), ids=BODIES.keys())
    def test_every_documented_answer_has_its_outcome(self, one: dict[str, Any]) -> None:
        body = one["body"]
        reply = of_html(body, one["status"]) if isinstance(body, str) else of_json(body, one["status"])
        outcome = look(Reply(reply.status, reply.body, {**reply.headers, **one["headers"]}))
        assert isinstance(outcome, Missed)
        assert outcome.reason == one["outcome"]
        assert outcome.detail == one.get("detail", outcome.detail)

    @pytest.mark.parametrize("code", [110, 100])
    @pytest.mark.parametrize("status", [200, 400, 404])
    def test_who_cannot_be_found_was_read_before_or_never(self, code: int, status: int) -> None:
        reply = error(code, 2207013, status=status)
        assert look(reply) == Missed(Miss.AMBIGUOUS_ABSENCE, "never_readable")
        assert look(reply, native_id=THEIRS) == Missed(Miss.AMBIGUOUS_ABSENCE, "no_longer_readable")

    def test_an_answer_without_the_key_is_its_own_riddle(self) -> None:
        assert look(of_json({"id": OWN})) == Missed(Miss.AMBIGUOUS_ABSENCE, "no_key")
        assert look(of_json({"id": OWN}), native_id=THEIRS) == Missed(Miss.AMBIGUOUS_ABSENCE, "no_key")

    def test_the_limit_of_the_app_stops_every_lane_of_the_credential(self) -> None:
        outcome = look(error(4))
        assert isinstance(outcome, Missed)
        assert (outcome.reason, outcome.stops) == (Miss.RATE_LIMITED, Stops.CREDENTIAL)

    def test_the_limit_of_our_own_account_is_not_that_of_the_account_asked_for(self) -> None:
        outcome = look(error(80002))
        assert isinstance(outcome, Missed)
        assert outcome.stops is Stops.LANE

    def test_blocked_access_is_an_outage_three_times(self) -> None:
        ask = script(error(200, message="(#200) API access blocked", status=403))
        assert [look(ask) for _ in range(4)] == [Missed(Miss.UNREACHABLE, "api_access_blocked")] * 3 + [
            Missed(Miss.PERMISSION_MISSING, "api_access_blocked")
        ]


class TestOurOwnAccount:
    """Who asks."""

    def pages(self, *linked: str | None, **more: Any) -> Reply:
        rows = [{"id": f"10{n}", **({api.LINKED: {"id": id_}} if id_ else {})} for n, id_ in enumerate(linked)]
        return of_json({"data": rows, **more})

    def asked(self, *replies: Scripted, me: Scripted | None = None) -> Script:
        answers: dict[str, Scripted | list[Scripted]] = {api.OWN_PAGES: list(replies), NODE: of_json(SAMPLE)}
        return Script(answers | ({api.ME: me} if me else {}))

    def test_it_is_found_once_by_the_pages_of_the_token(self) -> None:
        ask = self.asked(self.pages(None, OWN))
        assert isinstance(look(ask, since=NOW - 4 * DAY), Seen)
        assert isinstance(look(ask, since=NOW - 4 * DAY), Seen)
        assert [r.path for r in ask.requests] == [api.OWN_PAGES, NODE, NODE]
        assert ask.requests[0].params == (("fields", "instagram_business_account{id}"), ("limit", "100"))

    def test_where_it_is_given_nobody_looks_for_it(self) -> None:
        ask = script(of_json(SAMPLE))
        look(ask, since=NOW - 4 * DAY)
        assert [r.path for r in ask.requests] == [NODE]

    def test_further_pages_are_asked_for_by_their_cursor(self) -> None:
        next_ = f"https://graph.facebook.com{api.OWN_PAGES}?access_token=RAHASIA&after=QVb"
        ask = self.asked(self.pages(None, paging={"cursors": {"after": "QVb"}, "next": next_}), self.pages(OWN))
        assert isinstance(look(ask, since=NOW - 4 * DAY), Seen)
        assert ask.requests[1].get("after") == "QVb"
        assert all("RAHASIA" not in str(r) for r in ask.requests)

    def test_the_token_of_a_page_is_the_page(self) -> None:
        no_field = error(100, message="(#100) Tried accessing nonexisting field (accounts) on node type (Page)")
        ask = self.asked(no_field, me=of_json({"id": "1", api.LINKED: {"id": OWN}}))
        assert isinstance(look(ask, since=NOW - 4 * DAY), Seen)

    @pytest.mark.parametrize("paging", [{}, {"paging": {"cursors": {"after": "QVb"}}}], ids=["no cursor", "a last one"])
    def test_where_there_is_none_it_says_so_and_asks_no_more(self, paging: dict[str, Any]) -> None:
        ask = self.asked(self.pages(None, None, **paging))
        for _ in range(3):
            assert look(ask) == Missed(Miss.PERMISSION_MISSING, "no_professional_account")
        assert len(ask.requests) == 1

    def test_an_outage_is_no_lack_of_an_account(self) -> None:
        ask = self.asked(error(2, status=500), self.pages(OWN))
        assert look(ask) == Missed(Miss.UNREACHABLE, "2")
        assert isinstance(look(ask, since=NOW - 4 * DAY), Seen)

    def test_a_further_token_of_a_pool_asks_as_its_own_account_and_else_as_the_first_does(self) -> None:
        for told in (self.pages(None), error(100, 33), Reply(404, b"<html>")):
            ask = self.asked(told)
            ask.about["first_user_id"] = OWN
            assert isinstance(look(ask, since=NOW - 4 * DAY), Seen)
        ask = self.asked(self.pages(OWN))
        ask.about["first_user_id"] = "999"
        assert isinstance(look(ask, since=NOW - 4 * DAY), Seen)

    @pytest.mark.parametrize("user_id", ["me", "1/2", "17841406338772941?x", "٣"])
    def test_an_id_that_is_no_id_is_not_asked_with(self, user_id: str) -> None:
        assert look(script(user_id=user_id)) == Missed(Miss.OUR_REQUEST_INVALID, "user_id")

    def test_a_list_of_pages_in_no_known_shape_is_no_lack_of_an_account(self) -> None:
        assert look(self.asked(of_json({"pages": []}))) == Missed(Miss.UNRECOGNISED, "data is no list")


class TestConnecting:
    """What a token is worth."""

    OWN_NAME = of_json({"username": "Periksa_Contoh", "id": OWN})

    def tried(self, *replies: Scripted) -> Outcome | None:
        assert PLATFORM.connect is not None
        try:
            PLATFORM.connect.test(script(*replies))
        except Refused as refused:
            return refused.outcome
        return None

    def test_it_works_when_it_discovers_our_own_account(self) -> None:
        ask = script(self.OWN_NAME, found())
        assert PLATFORM.connect is not None
        PLATFORM.connect.test(ask)
        assert fields(ask) == ["username", "business_discovery.username(periksa_contoh){id}"]

    def test_a_token_that_may_not_discover_does_not_work(self) -> None:
        assert self.tried(self.OWN_NAME, error(10)) == Missed(Miss.PERMISSION_MISSING, "10")
        assert self.tried(self.OWN_NAME, of_json({"id": OWN})) == Missed(Miss.AMBIGUOUS_ABSENCE, "no_key")

    def test_a_token_that_is_rejected_says_why(self) -> None:
        assert self.tried(error(190, 463)) == Missed(Miss.CREDENTIAL_REJECTED, "expired")

    def test_an_account_of_ours_that_the_token_cannot_see_is_named(self) -> None:
        assert self.tried(error(100, 33)) == Missed(Miss.PERMISSION_MISSING, "querying_account")


class TestDeclaration:
    """What it says of itself."""

    def test_it_tells_nothing_apart_and_sees_no_stories(self) -> None:
        capability = KEYED.capability
        assert capability.tells_apart == frozenset()
        assert capability.blind_to == {"stories"}
        assert capability.auth is Auth.BEARER
        assert capability.timeline is not None
        assert capability.timeline.batch == 1

    def test_its_credential_signs_and_knows_who_asks(self) -> None:
        assert KEYED.secret is not None
        assert KEYED.secret.variable == "AUDITOR_META_ACCESS_TOKEN"
        assert KEYED.secret.proof == ("app_secret_env", "AUDITOR_META_APP_SECRET")
        assert KEYED.secret.about == {"user_id": ("user_id_env", "AUDITOR_INSTAGRAM_USER_ID")}

    def test_it_obeys_the_usage_that_is_stated(self) -> None:
        full = of_json(SAMPLE, x_app_usage='{"call_count":96,"total_time":25,"total_cputime":25}')
        ask = script(full)
        assert isinstance(look(ask, since=NOW - 4 * DAY), Seen)
        assert KEYED.capability.rest is not None
        answered = ask("GET", NODE)
        assert KEYED.capability.rest(answered) == Rest(NOW + timedelta(hours=1), Stops.CREDENTIAL)

    def test_without_a_credential_people_look(self) -> None:
        assert PLATFORM.timeline is None
        assert PLATFORM.way is not None
        assert PLATFORM.way.minutes == 120
