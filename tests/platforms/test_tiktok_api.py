"""TikTok with the owner's consent: what the Display API lists, and what the token URL grants."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest

from auditor.core.model import AccountRef, Barrier, Miss, Missed, Outcome, Seen, Unreadable
from auditor.fetch.answer import Refused
from auditor.fetch.grant import App, Grant, by_code, renewed
from auditor.platforms._tiktok_answers import token_ended
from auditor.platforms._tiktok_api import try_consent, whose
from auditor.platforms.base import Window
from auditor.platforms.tiktok import KEYED, permalink

from .script import NOW, Reply, Script, Scripted, of_html, of_json

LIST, USER, TOKEN = "/v2/video/list/", "/v2/user/info/", "/v2/oauth/token/"
OPEN_ID = "-000contoh-humas"
DAY = timedelta(days=1)
ID = "7710098464271783544"
APP = App("aw0000contoh0000", "rahasia-contoh", "https://kotacontoh.example/tiktok/")
GRANT = Grant(OPEN_ID, "act.lama", NOW + DAY, "rft.lama", NOW + 365 * DAY, frozenset({"video.list"}))


def video(id_: str = ID, at: Any = 1795147200, name: str = "humas_contoh") -> dict[str, Any]:
    return {"id": id_, "create_time": at, "share_url": f"https://www.tiktok.com/@{name}/video/{id_}?utm_source=x"}


def videos(*listed: Any, cursor: Any = None, more: Any = False, error: Any = None) -> Reply:
    ok = {"code": "ok", "message": "", "log_id": "20261123000000"}
    data: dict[str, Any] = {"videos": list(listed), "has_more": more}
    data |= {} if cursor is None else {"cursor": cursor}
    return of_json({"data": data, "error": error or ok})


def numbered(count: int, start: datetime, name: str = "humas_contoh") -> list[dict[str, Any]]:
    """One a day, back from an instant."""
    return [video(str(7_000_000_000_000_000_000 + n), int((start - n * DAY).timestamp()), name) for n in range(count)]


def asking(script: Script, native_id: str | None = None, handle: str = "humas_contoh", since: int = 60) -> Outcome:
    assert KEYED.timeline is not None
    try:
        outcome = KEYED.timeline(
            AccountRef("tiktok", handle, native_id), None, script, Window(NOW - timedelta(days=since), NOW)
        )
    except Refused as refused:
        return refused.outcome
    assert isinstance(outcome, Seen | Unreadable | Missed)
    return outcome


def owned(*replies: Scripted) -> Script:
    script = Script({LIST: list(replies)})
    script.about |= {"open_id": OPEN_ID, "owner": "humas_contoh"}
    return script


def seen(script: Script, **more: Any) -> Seen:
    outcome = asking(script, **more)
    assert isinstance(outcome, Seen), outcome
    return outcome


class TestVideos:
    """The list."""

    def test_the_sample_is_read_and_dated_to_the_second(self) -> None:
        found = seen(owned(videos(video(), cursor=1795147200000)))
        (post,) = found.posts
        assert (post.native_id, post.posted_at) == (ID, datetime(2026, 11, 20, 4, tzinfo=UTC))
        assert post.url == f"https://www.tiktok.com/@humas_contoh/video/{ID}"
        assert (found.native_id, found.handle, found.horizon) == (OPEN_ID, "humas_contoh", None)

    def test_a_page_is_asked_for_with_its_fields_and_its_greatest_size(self) -> None:
        script = owned(videos(video()))
        seen(script)
        (request,) = script.requests
        assert (request.method, request.get("fields")) == ("POST", "id,create_time,share_url")
        assert json.loads(request.body) == {"max_count": 20}
        assert request.headers["Content-Type"] == "application/json"

    def test_seven_videos_with_more_to_come_are_not_all_and_the_cursor_goes_back_in_milliseconds(self) -> None:
        week = numbered(10, NOW)
        script = owned(videos(*week[:7], cursor=1795147200000, more=True), videos(*week[7:]))
        found = seen(script)
        assert len(found.posts) == 10
        assert [json.loads(r.body) for r in script.requests] == [
            {"max_count": 20},
            {"max_count": 20, "cursor": 1795147200000},
        ]
        assert found.horizon is None

    def test_paging_ends_where_the_window_begins_and_claims_no_more(self) -> None:
        script = owned(videos(*numbered(7, NOW), cursor=1, more=True))
        found = seen(script, since=5)
        assert len(script.requests) == 1
        assert found.horizon == NOW - 6 * DAY

    def test_a_page_without_videos_that_has_more_is_paged_on(self) -> None:
        script = owned(videos(cursor=5, more=True), videos(video()))
        assert len(seen(script).posts) == 1
        assert len(script.requests) == 2

    @pytest.mark.parametrize("cursor", [None, "x", True, 7], ids=["none", "text", "a truth", "the same again"])
    def test_a_cursor_that_leads_nowhere_ends_the_list_without_its_end(self, cursor: Any) -> None:
        script = owned(videos(*numbered(3, NOW), cursor=cursor, more=True))
        assert seen(script).horizon == NOW - 2 * DAY
        assert len(script.requests) <= 2

    def test_no_list_is_paged_for_ever(self) -> None:
        pages: list[Scripted] = [videos(video(str(10**18 + n)), cursor=n, more=True) for n in range(40)]
        script = owned(*pages)
        seen(script)
        assert len(script.requests) == KEYED.capability.max_pages

    def test_an_empty_list_covers_nothing(self) -> None:
        """No answer says how many videos there are."""
        assert seen(owned(videos())).horizon == NOW

    def test_an_older_page_that_is_missed_takes_nothing_from_the_first(self) -> None:
        script = owned(videos(*numbered(3, NOW), cursor=5, more=True), of_html("", 504))
        found = seen(script)
        assert (len(found.posts), found.horizon) == (3, NOW - 2 * DAY)

    @pytest.mark.parametrize("at", [1795147200, "1795147200"], ids=["a number", "a text"])
    def test_seconds_are_read_as_number_and_as_text(self, at: Any) -> None:
        assert seen(owned(videos(video(at=at)))).posts[0].posted_at == datetime(2026, 11, 20, 4, tzinfo=UTC)

    @pytest.mark.parametrize("at", [None, 0, -1, True, 1e9, "x", 10**15], ids=str)
    def test_a_video_without_a_date_is_undated_and_nothing_else(self, at: Any) -> None:
        found = seen(owned(videos(video(), video("2", at))))
        assert (len(found.posts), found.undated) == (1, frozenset({"2"}))

    def test_a_list_without_any_date_is_a_changed_format(self) -> None:
        outcome = asking(owned(videos(video(at=None))))
        assert outcome == Missed(Miss.UNRECOGNISED, "no dates")

    def test_an_entry_that_cannot_be_read_makes_the_list_cover_nothing(self) -> None:
        assert seen(owned(videos(video(), {"id": "../etc"}))).horizon == NOW

    def test_an_id_survives_unrounded_as_text_and_as_a_number(self) -> None:
        assert seen(owned(videos(video(int(ID))))).posts[0].native_id == ID  # type: ignore[arg-type]

    def test_an_error_object_whose_code_is_ok_is_no_error(self) -> None:
        assert seen(owned(videos(video(), error={"code": "ok", "message": "", "log_id": ""}))).posts

    def test_a_video_of_tomorrow_is_passed_on_as_claimed(self) -> None:
        later = NOW + timedelta(hours=1)
        assert seen(owned(videos(video(at=int(later.timestamp()))))).posts[0].posted_at == later


class TestIdentity:
    """A token reads its owner, whoever is asked for."""

    def test_a_control_of_another_name_is_not_answered_with_the_owners_videos(self) -> None:
        script = owned(videos(video()))
        assert asking(script, handle="lain_contoh") == Missed(Miss.OUR_REQUEST_INVALID, "other_owner")
        assert script.requests == []

    def test_another_id_than_the_known_one_is_taken(self) -> None:
        assert asking(owned(videos(video())), native_id="-000lain") == Unreadable(Barrier.TAKEN, "handle_taken")

    def test_the_number_that_the_page_told_stays_the_id(self) -> None:
        """The two routes name one account differently; neither makes the other a stranger."""
        assert seen(owned(videos(video())), native_id="7223931798543156230").native_id == "7223931798543156230"

    def test_a_new_handle_is_learnt_from_the_newest_link_and_the_id_stays(self) -> None:
        listed = [video("9", int(NOW.timestamp()), "Baru_Contoh"), *numbered(2, NOW - DAY)]
        found = seen(owned(videos(*listed)), native_id=OPEN_ID)
        assert (found.handle, found.native_id) == ("baru_contoh", OPEN_ID)

    def test_after_a_rename_the_account_is_still_asked_for(self) -> None:
        assert seen(owned(videos(video(name="baru_contoh"))), native_id=OPEN_ID, handle="baru_contoh").posts

    def test_where_nobody_told_the_id_it_is_asked_for(self) -> None:
        script = Script(
            {LIST: videos(video()), USER: of_json({"data": {"user": {"open_id": OPEN_ID}}, "error": {"code": "ok"}})}
        )
        assert seen(script).native_id == OPEN_ID

    @pytest.mark.parametrize(
        "url", ["https://jahat.example/@lain/video/1", "javascript:x", None, "https://www.tiktok.com/@a b/"]
    )
    def test_a_link_to_somewhere_else_names_nobody(self, url: Any) -> None:
        found = seen(owned(videos(video() | {"share_url": url})))
        assert (found.handle, found.posts[0].url) == ("humas_contoh", None)

    def test_a_permalink_is_made_of_handle_and_number_only(self) -> None:
        assert permalink("humas_contoh", ID) == f"https://www.tiktok.com/@humas_contoh/video/{ID}"
        assert permalink("humas_contoh", f"published:{ID}") is None


class TestConsent:
    """The token URL, and what a token is worth."""

    def granted(self, **more: Any) -> Reply:
        return of_json(
            {
                "access_token": "act.baru",
                "expires_in": 86400,
                "open_id": OPEN_ID,
                "refresh_expires_in": 31536000,
                "refresh_token": "rft.baru",
                "scope": "user.info.basic,video.list",
                "token_type": "Bearer",
            }
            | more
        )

    def test_a_code_is_exchanged_by_a_form(self) -> None:
        script = Script({TOKEN: self.granted()})
        grant = by_code(APP, "kode*1", "", script, TOKEN)
        (request,) = script.requests
        assert request.headers["Content-Type"] == "application/x-www-form-urlencoded"
        assert {name: values[0] for name, values in parse_qs(request.body.decode()).items()} == {
            "client_key": APP.key,
            "client_secret": APP.secret,
            "code": "kode*1",
            "grant_type": "authorization_code",
            "redirect_uri": APP.redirect,
        }
        assert (grant.open_id, grant.access_token, grant.expires_at) == (OPEN_ID, "act.baru", NOW + DAY)
        assert (grant.refresh_token, grant.refresh_expires_at) == ("rft.baru", NOW + 365 * DAY)
        assert grant.scopes == {"user.info.basic", "video.list"}

    def test_a_renewal_sends_the_refresh_token_and_takes_the_new_one(self) -> None:
        script = Script({TOKEN: self.granted()})
        assert renewed(APP, GRANT, script, TOKEN).refresh_token == "rft.baru"
        assert parse_qs(script.requests[0].body.decode())["refresh_token"] == ["rft.lama"]

    def test_what_a_renewal_does_not_name_stays(self) -> None:
        found = renewed(
            APP, GRANT, Script({TOKEN: of_json({"access_token": "act.baru", "expires_in": "86400"})}), TOKEN
        )
        assert (found.open_id, found.refresh_token, found.refresh_expires_at) == (OPEN_ID, "rft.lama", NOW + 365 * DAY)

    @pytest.mark.parametrize(
        "more",
        [{"access_token": 1}, {"access_token": "a b"}, {"access_token": "a\nb"}, {"expires_in": None}, {"open_id": ""}],
        ids=str,
    )
    def test_tokens_that_could_not_be_sent_are_none(self, more: dict[str, Any]) -> None:
        with pytest.raises(Refused) as refused:
            by_code(APP, "kode", "", Script({TOKEN: self.granted(**more)}), TOKEN)
        assert refused.value.outcome == Missed(Miss.UNRECOGNISED, "no tokens")

    def test_a_grant_never_shows_its_tokens(self) -> None:
        assert "act." not in repr(GRANT)
        assert "rft." not in repr(GRANT)
        assert APP.secret not in repr(APP)

    def test_only_a_refused_token_is_renewed(self) -> None:
        script = Script({"/x": [of_json({"error": {"code": code}}, status) for status, code in ENDED]})
        assert [token_ended(script("GET", "/x")) for _ in ENDED] == [True, True, False, False, False]

    def test_a_consent_is_tried_with_one_call_of_one_video(self) -> None:
        script = owned(videos(video()))
        try_consent(script)
        assert [json.loads(r.body) for r in script.requests] == [{"max_count": 1}]

    def test_whose_it_is_is_named_by_a_video_and_otherwise_shown(self) -> None:
        user = of_json(
            {"data": {"user": {"open_id": OPEN_ID, "display_name": "Humas Contoh"}}, "error": {"code": "ok"}}
        )
        assert whose(Script({LIST: videos(video(name="Humas_Contoh")), USER: user})) == ("humas_contoh", "Humas Contoh")
        assert whose(Script({LIST: videos(), USER: user})) == (None, "Humas Contoh")


ENDED = (
    (401, "access_token_invalid"),
    (200, "access_token_invalid"),
    (401, "scope_not_authorized"),
    (200, "ok"),
    (500, "x"),
)
