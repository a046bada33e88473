"""Mastodon and its kin: every known answer, recordings of Mastodon 4.7.3, and odd but legal servers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from auditor.core.model import AccountRef, Barrier, Miss, Missed, PostKind, Seen, Unreadable
from auditor.fetch.answer import Refused, missed
from auditor.platforms.base import Answered, Profile, Unchanged, Window
from auditor.platforms.mastodon import INSTANCES, LOOKUP, PLATFORM, WEBFINGER, health, lookup, permalink, timeline

from .mutate import ANY_JSON, mutations
from .script import NOW, Reply, Script, Scripted, of_html, of_json, recorded

TAPES = Path(__file__).parent / "tapes" / "mastodon"
HOST = "sosial.kotacontoh.example"
URI = "https://sosial.kotacontoh.example/users/dinas_contoh"
REF = AccountRef("mastodon", "dinas_contoh@sosial.kotacontoh.example", URI)
NEW = AccountRef("mastodon", "dinas_contoh@sosial.kotacontoh.example")
WINDOW = Window(NOW - timedelta(days=90), NOW)
STATUSES = "/api/v1/accounts/23634/statuses"
KNOWN = Profile(URI, REF.handle, {"posts": 120}, local_id=f"https://{HOST}{STATUSES}")
NO_FINGER = {WEBFINGER: of_html("", 404)}


def tape(name: str) -> Reply:
    return recorded(TAPES / f"{name}.json")


def account(**more: Any) -> dict[str, Any]:
    """An account as Mastodon documents it."""
    return {
        "id": "23634", "username": "dinas_contoh", "acct": "dinas_contoh", "uri": URI, "url": "https://sosial.kotacontoh.example/@dinas_contoh",
        "display_name": "…", "locked": False, "bot": False, "created_at": "2017-02-08T00:00:00.000Z", "note": "…",
        "followers_count": 547, "statuses_count": 34065, "last_status_at": "2026-11-22", "emojis": [], **more,
    }  # fmt: skip


def status(native_id: str, at: str, **more: Any) -> dict[str, Any]:
    return {
        "id": native_id, "created_at": at, "in_reply_to_id": None, "in_reply_to_account_id": None, "edited_at": None,
        "visibility": "public", "reblog": None, "uri": f"{URI}/statuses/{native_id}",
        "url": f"https://sosial.kotacontoh.example/@dinas_contoh/{native_id}",
        "account": {"id": "23634", "acct": "dinas_contoh"}, **more,
    }  # fmt: skip


def linked(document: Any, following: str | None, **headers: str) -> Reply:
    prev = f'<https://sosial.kotacontoh.example{STATUSES}?limit=40&min_id=999>; rel="prev"'
    link = (
        f'<https://sosial.kotacontoh.example{STATUSES}?limit=40&{following}>; rel="next", {prev}' if following else prev
    )
    return of_json(document, link=link, **headers)


def look(*pages: Scripted, ref: AccountRef = REF, known: Profile | None = KNOWN, **answers: Any) -> Answered:
    try:
        return timeline(ref, known, Script({STATUSES: list(pages), **answers}), WINDOW)
    except Refused as refused:
        return refused.outcome


def seen(*pages: Scripted, **how: Any) -> Seen:
    outcome = look(*pages, **how)
    assert isinstance(outcome, Seen), outcome
    return outcome


def found(reply: Scripted, ref: AccountRef = NEW, **answers: Any) -> Profile | Unreadable | Missed:
    ((answered, outcome),) = lookup([ref], Script({LOOKUP: reply, **NO_FINGER, **answers}))
    assert answered == ref
    return outcome


def profile(reply: Scripted, **how: Any) -> Profile:
    outcome = found(reply, **how)
    assert isinstance(outcome, Profile), outcome
    return outcome


# --- the account -----------------------------------------------------------------------------------------------------


def test_the_sample_account_is_known_by_its_uri() -> None:
    script = Script({LOOKUP: of_json(account())})
    ((_, known),) = lookup([NEW], script)
    assert known == Profile(
        URI,
        "dinas_contoh@sosial.kotacontoh.example",
        {"posts": 34065, "followers": 547},
        datetime(2017, 2, 8, tzinfo=UTC),
        frozenset(),
        f"https://sosial.kotacontoh.example{STATUSES}",
    )
    (asked,) = script.requests
    assert (asked.url, asked.params) == (f"https://sosial.kotacontoh.example{LOOKUP}", (("acct", "dinas_contoh"),))


def test_a_handle_may_carry_a_port() -> None:
    script = Script({LOOKUP: of_json(account())})
    list(lookup([AccountRef("mastodon", "dinas_contoh@sosial.kotacontoh.example:8443")], script))
    assert script.requests[0].url == f"https://sosial.kotacontoh.example:8443{LOOKUP}"


def test_suspended_is_suspended_and_without_the_key_it_is_not() -> None:
    blank = account(suspended=True, display_name="", statuses_count=0, followers_count=0, last_status_at=None)
    assert found(of_json(blank)) == Unreadable(Barrier.SUSPENDED)
    assert isinstance(found(of_json(account(suspended=False))), Profile)


@pytest.mark.parametrize(
    ("keys", "flags"),
    [
        pytest.param({"limited": True}, {"limited"}, id="limited"),
        pytest.param({"memorial": True}, {"memorial"}, id="memorial"),
        pytest.param(
            {"moved": account(uri="https://baru.example/users/dinas_contoh")},
            {"moved_to=https://baru.example/users/dinas_contoh"},
            id="moved",
        ),
        pytest.param({"moved": {"uri": "javascript:alert(1)"}}, {"moved_to=unknown"}, id="moved to nowhere"),
        pytest.param({"limited": None, "memorial": "yes", "moved": None}, set(), id="keys that do not apply"),
        pytest.param({"locked": True}, set(), id="locked is follow approval only"),
    ],
)
def test_flags_are_set_and_the_account_is_still_read_itself(keys: dict[str, Any], flags: set[str]) -> None:
    known = profile(of_json(account(**keys)))
    outcome = seen(of_json([status("1", "2026-11-20T00:00:00.000Z")]), of_json([]), known=known)
    assert (outcome.flags, outcome.native_id, len(outcome.posts)) == (flags, URI, 1)


@pytest.mark.parametrize("missing", ["uri", "id"])
def test_an_account_without_uri_or_id_is_unrecognised(missing: str) -> None:
    document = {k: v for k, v in account().items() if k != missing}
    assert found(of_json(document)) == Missed(Miss.UNRECOGNISED, f"{missing} is missing")


def test_another_uri_under_the_same_name_is_taken_and_no_posts_are_returned() -> None:
    reply = of_json(account(uri="https://sosial.kotacontoh.example/users/orang-lain"))
    assert found(reply, ref=REF) == Unreadable(Barrier.TAKEN, "handle_taken")
    assert look(known=None, **{LOOKUP: reply}) == Unreadable(Barrier.TAKEN, "handle_taken")
    stranger = Profile("https://sosial.kotacontoh.example/users/orang-lain", REF.handle, local_id=KNOWN.local_id)
    assert look(known=stranger) == Unreadable(Barrier.TAKEN, "handle_taken")


def test_a_flake_id_is_kept_as_text_and_quoted_where_it_is_asked_for() -> None:
    assert profile(of_json(account(id="AaBbCc123FlakeId"))).local_id.endswith("/accounts/AaBbCc123FlakeId/statuses")
    assert profile(of_json(account(id=23634))).local_id.endswith(STATUSES)
    assert profile(of_json(account(id="../../evil?x"))).local_id.endswith("/accounts/..%2F..%2Fevil%3Fx/statuses")


@pytest.mark.parametrize(
    "handle",
    [
        "dinas_contoh",
        "dinas_contoh@",
        "@sosial.kotacontoh.example",
        "dinas_contoh@awoo space",
        "a@b@c",
        "dinas_contoh@sosial.kotacontoh.example/x",
    ],
)
def test_a_handle_that_names_no_server_is_our_fault_and_asks_nobody(handle: str) -> None:
    script = Script({})
    assert dict(lookup([AccountRef("mastodon", handle)], script)).popitem()[1] == Missed(
        Miss.OUR_REQUEST_INVALID, "handle"
    )
    assert script.requests == []


# --- answers that are no account -------------------------------------------------------------------------------------

ROWS = [
    pytest.param(of_json({"error": "Record not found"}, 404), Unreadable(Barrier.GONE), id="404 Record not found"),
    pytest.param(of_html("<h1>404</h1>", 404), Missed(Miss.UNRECOGNISED, "404"), id="404 HTML"),
    pytest.param(
        Reply(404, b"404 page not found", {"content-type": "text/plain"}),
        Missed(Miss.UNRECOGNISED, "404"),
        id="404 text",
    ),
    pytest.param(tape("404-html"), Missed(Miss.UNRECOGNISED, "404"), id="404 HTML, recorded"),
    pytest.param(
        of_json({"error": "Not implemented"}, 404),
        Missed(Miss.UNRECOGNISED, "Not implemented"),
        id="404 of an unknown route",
    ),
    pytest.param(Reply(400, b"Bad Request"), Missed(Miss.UNRECOGNISED, "400"), id="400 text"),
    pytest.param(of_html("<p>", 400), Missed(Miss.UNRECOGNISED, "400"), id="400 HTML"),
    pytest.param(of_html("<p>", 401), Missed(Miss.UNRECOGNISED, "401"), id="401 HTML"),
    pytest.param(Reply(401, b"Unauthorized"), Missed(Miss.UNRECOGNISED, "401"), id="401 text"),
    pytest.param(of_json({"error": "Gone"}, 410), Unreadable(Barrier.GONE, "gone_or_suspended"), id="410 JSON"),
    pytest.param(of_html("", 410), Unreadable(Barrier.GONE, "gone_or_suspended"), id="410 HTML"),
    pytest.param(
        of_json({"error": "This API requires an authenticated user"}, 401),
        Missed(Miss.PERMISSION_MISSING, "This API requires an authenticated user"),
        id="401 closed server",
    ),
    pytest.param(
        of_json({"error": "This method requires an authenticated user"}, 401),
        Missed(Miss.PERMISSION_MISSING, "This method requires an authenticated user"),
        id="401 closed method",
    ),
    pytest.param(
        of_json({"error": "Unauthorized: token not supplied"}, 401),
        Missed(Miss.PERMISSION_MISSING, "Unauthorized: token not supplied"),
        id="401 GoToSocial",
    ),
    pytest.param(
        of_html("", 302, location="https://sosial.kotacontoh.example/login"),
        Missed(Miss.PERMISSION_MISSING, "login page"),
        id="302 to a login page",
    ),
    pytest.param(
        of_html("", 302, location="/auth/sign_in"),
        Missed(Miss.PERMISSION_MISSING, "login page"),
        id="302 to a sign-in path",
    ),
    pytest.param(
        of_html("", 302, location="https://sosial.kotacontoh.example/about"),
        Missed(Miss.UNRECOGNISED, "redirected"),
        id="302 to elsewhere",
    ),
    pytest.param(of_html("", 302), Missed(Miss.UNRECOGNISED, "redirected"), id="302 to nowhere"),
    pytest.param(
        of_html("", 301, location="https://[::1"), Missed(Miss.UNRECOGNISED, "redirected"), id="301 to nonsense"
    ),
    pytest.param(
        of_json({"error": "The access token is invalid"}, 401),
        Missed(Miss.CREDENTIAL_REJECTED, "The access token is invalid"),
        id="401 token invalid",
    ),
    pytest.param(
        of_json({"error": "The access token was revoked"}, 401),
        Missed(Miss.CREDENTIAL_REJECTED, "The access token was revoked"),
        id="401 token revoked",
    ),
    pytest.param(
        of_json({"error": "The access token expired"}, 401),
        Missed(Miss.CREDENTIAL_REJECTED, "The access token expired"),
        id="401 token expired",
    ),
    pytest.param(
        tape("401-invalid"), Missed(Miss.CREDENTIAL_REJECTED, "The access token is invalid"), id="401 invalid, recorded"
    ),
    pytest.param(
        tape("401-revoked"),
        Missed(Miss.CREDENTIAL_REJECTED, "アクセストークンは取り消されています"),
        id="401 revoked, recorded, in another language",
    ),
    pytest.param(
        tape("403"), Missed(Miss.PERMISSION_MISSING, "This action is not allowed"), id="403 not allowed, recorded"
    ),
    pytest.param(
        of_json({"error": "This action is outside the authorized scopes"}, 403),
        Missed(Miss.PERMISSION_MISSING, "This action is outside the authorized scopes"),
        id="403 scopes",
    ),
    pytest.param(Reply(403, b"Forbidden"), Missed(Miss.UNREACHABLE, "blocked"), id="403 IP block"),
    pytest.param(of_html("<h1>403</h1>", 403), Missed(Miss.UNREACHABLE, "blocked"), id="403 HTML"),
    pytest.param(of_html("", 403, cf_mitigated="challenge"), Missed(Miss.UNREACHABLE, "challenge"), id="403 challenge"),
    pytest.param(
        of_json({}, 403, cf_mitigated="challenge"), Missed(Miss.UNREACHABLE, "challenge"), id="403 challenge in JSON"
    ),
    pytest.param(tape("422"), Missed(Miss.OUR_REQUEST_INVALID, "422"), id="422"),
    pytest.param(
        of_json({"error": "Remote data could not be fetched"}, 503),
        Missed(Miss.UNREACHABLE, "Remote data could not be fetched"),
        id="503 remote data",
    ),
    pytest.param(of_html("<h1>x</h1>", 503), Missed(Miss.UNREACHABLE, "503"), id="503 HTML"),
    pytest.param(of_html("", 500), Missed(Miss.UNREACHABLE, "500"), id="500"),
    pytest.param(of_html("", 502), Missed(Miss.UNREACHABLE, "502"), id="502"),
    pytest.param(of_html("", 522), Missed(Miss.UNREACHABLE, "522"), id="522"),
    pytest.param(of_html("<h1>For sale</h1>"), Missed(Miss.UNRECOGNISED, "not JSON"), id="200 parked domain"),
    pytest.param(of_json([]), Missed(Miss.UNRECOGNISED, "account is no object"), id="200 with a list"),
    pytest.param(of_json({"hello": 1}), Missed(Miss.UNRECOGNISED, "id is missing"), id="200 without a known key"),
    pytest.param(
        Reply(200, b'{"id": "1', {"content-type": "application/json"}),
        Missed(Miss.UNREACHABLE, "not JSON"),
        id="200 cut short",
    ),
    pytest.param(missed(Miss.UNREACHABLE, "dns"), Missed(Miss.UNREACHABLE, "dns"), id="no such host"),
]


@pytest.mark.parametrize(("reply", "outcome"), ROWS)
def test_what_a_lookup_answers_instead_of_an_account(reply: Scripted, outcome: object) -> None:
    answered = found(reply)
    if isinstance(answered, Missed) and isinstance(outcome, Missed) and answered.reset_at:
        answered = Missed(answered.reason, answered.detail)  # the recordings carry rate-limit headers
    if isinstance(outcome, Missed) and outcome.detail == "422":
        assert isinstance(answered, Missed)
        outcome = Missed(outcome.reason, answered.detail)
    assert answered == outcome


@pytest.mark.parametrize("reset", ["2026-11-23T16:35:00.000000Z", "1795451700", "2100"])
def test_429_waits_until_the_server_says_in_any_of_three_ways(reset: str) -> None:
    until = datetime(2026, 11, 23, 16, 35, tzinfo=UTC)
    outcome = found(of_json({"error": "Terlalu banyak permintaan"}, 429, x_ratelimit_reset=reset))
    assert outcome == Missed(Miss.RATE_LIMITED, "Terlalu banyak permintaan", until)


def test_two_retry_after_headers_wait_for_the_later() -> None:
    outcome = found(of_html("", 429, retry_after="30, 60"))
    assert outcome == Missed(Miss.RATE_LIMITED, "429", NOW + timedelta(seconds=60))


def test_a_server_that_throttles_stops_nobody_elses_accounts() -> None:
    refs = [AccountRef("mastodon", f"{name}@{host}") for host in ("a.example", "b.example") for name in ("satu", "dua")]
    script = Script({f"https://a.example{LOOKUP}": of_json({}, 429), f"https://b.example{LOOKUP}": of_json(account())})
    outcomes = [outcome for _, outcome in lookup(refs, script)]
    assert [isinstance(o, Profile) for o in outcomes] == [False, False, True, True]
    assert len(script.asked(f"https://a.example{LOOKUP}")) == 1, "who wants to be left alone is left alone"


# --- other hosts -----------------------------------------------------------------------------------------------------


def test_the_same_call_at_another_host_is_followed_and_the_statuses_are_asked_there() -> None:
    moved = of_html("", 301, location=f"https://web.kotacontoh.example{LOOKUP}?acct=dinas_contoh")
    answers = {
        f"https://sosial.kotacontoh.example{LOOKUP}": moved,
        f"https://web.kotacontoh.example{LOOKUP}": of_json(account()),
    }
    ((_, known),) = lookup([REF], Script(answers))
    assert isinstance(known, Profile)
    assert (known.handle, known.local_id) == (REF.handle, f"https://web.kotacontoh.example{STATUSES}")


def test_redirects_in_a_circle_end() -> None:
    answers: dict[str, Any] = {
        f"https://sosial.kotacontoh.example{LOOKUP}": of_html("", 302, location=f"https://b.example{LOOKUP}"),
        f"https://b.example{LOOKUP}": of_html("", 302, location=f"https://sosial.kotacontoh.example{LOOKUP}"),
    }
    script = Script({**answers, **NO_FINGER})
    ((_, outcome),) = lookup([REF], script)
    assert outcome == Missed(Miss.UNRECOGNISED, "too many redirects")
    assert len(script.asked(LOOKUP)) == 4


@pytest.mark.parametrize(
    "location",
    ["ftp://b.example" + LOOKUP, "https://user@b.example" + LOOKUP, f"https://sosial.kotacontoh.example{LOOKUP}?x=1"],
)
def test_a_redirect_to_a_dubious_place_is_not_followed(location: str) -> None:
    assert found(of_html("", 302, location=location)) == Missed(Miss.UNRECOGNISED, "redirected")


def test_a_web_site_at_the_domain_of_the_handle_is_asked_where_its_server_is() -> None:
    finger = {
        "subject": "acct:dinas_contoh@sosial.kotacontoh.example",
        "links": [{"rel": "self", "href": "https://server.kotacontoh.example/users/dinas_contoh"}],
    }
    answers = {
        f"https://sosial.kotacontoh.example{LOOKUP}": of_html("<h1>404</h1>", 404),
        WEBFINGER: of_json(finger),
        f"https://server.kotacontoh.example{LOOKUP}": of_json(
            account(uri="https://server.kotacontoh.example/users/dinas_contoh")
        ),
    }
    script = Script(answers)
    ((_, known),) = lookup([NEW], script)
    assert isinstance(known, Profile)
    assert (known.native_id, known.handle) == (
        "https://server.kotacontoh.example/users/dinas_contoh",
        "dinas_contoh@sosial.kotacontoh.example",
    )
    assert script.asked(WEBFINGER)[0].params == (("resource", "acct:dinas_contoh@sosial.kotacontoh.example"),)


@pytest.mark.parametrize(
    "finger",
    [
        pytest.param(
            of_json({"links": [{"rel": "self", "href": "https://sosial.kotacontoh.example/users/dinas_contoh"}]}),
            id="the same host",
        ),
        pytest.param(of_json({"links": [{"rel": "self", "href": "file:///etc/passwd"}]}), id="no web address"),
        pytest.param(of_json({"links": "x"}), id="no links"),
        pytest.param(of_json(["x"]), id="no document"),
        pytest.param(missed(Miss.UNREACHABLE, "reset"), id="no answer"),
    ],
)
def test_a_web_site_that_names_no_server_stays_unrecognised(finger: Scripted) -> None:
    assert found(of_html("", 404), **{WEBFINGER: finger}) == Missed(Miss.UNRECOGNISED, "404")


# --- statuses --------------------------------------------------------------------------------------------------------


def test_statuses_are_asked_forty_at_a_time_and_ids_are_text() -> None:
    script = Script({STATUSES: linked([status("103270115826048975", "2026-11-20T03:48:33.901Z")], None)})
    outcome = timeline(REF, KNOWN, script, WINDOW)
    assert script.requests[0].params == (("limit", "40"),)
    assert isinstance(outcome, Seen)
    (post,) = outcome.posts
    assert (post.native_id, post.posted_at.microsecond) == ("103270115826048975", 901000)
    assert post.url == "https://sosial.kotacontoh.example/@dinas_contoh/103270115826048975"
    assert outcome.horizon is None


@pytest.mark.parametrize("last", ["2026-01-02", "2026-11-23", None])
def test_the_statuses_decide_whatever_last_status_at_says(last: str | None) -> None:
    boost = status("2", "2026-11-23T08:00:00Z", reblog=status("9", "2019-05-05T00:00:00Z"))
    page = linked([boost, status("1", "2026-09-30T00:00:00Z")], None)
    outcome = seen(page, known=profile(of_json(account(last_status_at=last))))
    assert [p.posted_at.date().isoformat() for p in outcome.posts if p.kind is PostKind.ORIGINAL] == ["2026-09-30"]


def test_a_boost_counts_when_it_was_boosted() -> None:
    boost = status("2", "2026-11-23T08:00:00Z", reblog=status("9", "2019-05-05T00:00:00Z"))
    (post,) = seen(linked([boost], None)).posts
    assert (post.kind, post.posted_at, post.url) == (PostKind.REPOST, datetime(2026, 11, 23, 8, tzinfo=UTC), None)


@pytest.mark.parametrize(
    ("keys", "kind"),
    [
        pytest.param({}, PostKind.ORIGINAL, id="an ordinary status"),
        pytest.param({"in_reply_to_id": "8", "in_reply_to_account_id": "77"}, PostKind.REPLY, id="a reply to another"),
        pytest.param({"in_reply_to_id": "8", "in_reply_to_account_id": "23634"}, PostKind.ORIGINAL, id="an own thread"),
        pytest.param({"in_reply_to_account_id": "77"}, PostKind.REPLY, id="a reply whose parent is deleted"),
        pytest.param({"in_reply_to_id": "8"}, PostKind.REPLY, id="a reply to nobody known"),
        pytest.param({"visibility": "unlisted"}, PostKind.ORIGINAL, id="unlisted"),
        pytest.param({"visibility": "private"}, PostKind.OTHER, id="followers only"),
        pytest.param({"visibility": "direct"}, PostKind.OTHER, id="direct"),
    ],
)
def test_what_a_status_is(keys: dict[str, Any], kind: PostKind) -> None:
    (post,) = seen(linked([status("9", "2026-11-20T00:00:00Z", **keys)], None)).posts
    assert post.kind is kind


def test_an_instant_without_a_zone_is_utc_as_akkoma_means_it() -> None:
    (post,) = seen(linked([status("1", "2026-11-22T03:04:05")], None)).posts
    assert post.posted_at == datetime(2026, 11, 22, 3, 4, 5, tzinfo=UTC)


def test_a_status_without_a_readable_date_is_undated_and_all_without_are_a_changed_format() -> None:
    good = status("1", "2026-11-22T03:04:05Z")
    assert seen(linked([good, status("2", "")], None)).undated == {"2"}
    drifted = {k: v for k, v in good.items() if k != "created_at"}
    assert look(linked([drifted], None)) == Missed(Miss.UNRECOGNISED, "no dates")


@pytest.mark.parametrize(
    ("count", "horizon"),
    [
        pytest.param(0, None, id="the account says zero: read to the beginning"),
        pytest.param(120, NOW, id="the account says 120: covers nothing"),
        pytest.param(None, NOW, id="the account says nothing: covers nothing"),
    ],
)
def test_no_statuses_cover_only_what_the_account_positively_says(count: int | None, horizon: object) -> None:
    for page in (of_json([]), linked([], None)):
        outcome = seen(page, known=profile(of_json(account(statuses_count=count))))
        assert (outcome.posts, outcome.horizon) == ((), horizon)


# --- paging ----------------------------------------------------------------------------------------------------------


def test_the_link_to_the_next_page_is_followed_on_our_own_address() -> None:
    elsewhere = (
        '<http://localhost:3000/x?max_id=77&limit=5>; rel="next", <http://localhost:3000/x?min_id=9>; rel="prev"'
    )
    script = Script(
        {
            STATUSES: [
                of_json([status("88", "2026-11-20T00:00:00Z")], link=elsewhere),
                linked([status("66", "2026-11-10T00:00:00Z")], None),
            ]
        }
    )
    outcome = timeline(REF, KNOWN, script, WINDOW)
    assert [r.url for r in script.requests] == [KNOWN.local_id] * 2
    assert dict(script.requests[1].params) == {"limit": "40", "max_id": "77"}
    assert isinstance(outcome, Seen)
    assert (len(outcome.posts), outcome.horizon) == (2, None)


def test_paging_ends_at_the_start_of_the_window_and_the_horizon_says_so() -> None:
    page = linked([status("2", "2026-11-20T00:00:00Z"), status("1", "2026-08-01T00:00:00Z")], "max_id=1")
    assert seen(page, missed(Miss.UNREACHABLE)).horizon == datetime(2026, 8, 1, tzinfo=UTC)


def test_boosts_alone_are_paged_further_until_an_original_is_listed() -> None:
    boost = status("2", "2026-01-20T00:00:00Z", reblog=status("9", "2019-05-05T00:00:00Z"))
    pages = [linked([boost], "max_id=2"), linked([status("1", "2025-08-01T00:00:00Z")], "max_id=1")]
    assert seen(*pages).horizon == datetime(2025, 8, 1, tzinfo=UTC)


def test_a_repeated_next_page_ends_the_reading_and_is_not_the_beginning() -> None:
    page = linked([status("2", "2026-11-20T00:00:00Z")], "max_id=2")
    script = Script({STATUSES: page})
    outcome = timeline(REF, KNOWN, script, WINDOW)
    assert len(script.requests) == 2
    assert isinstance(outcome, Seen)
    assert outcome.horizon == datetime(2026, 11, 20, tzinfo=UTC)


def test_paging_has_a_limit() -> None:
    turns = iter(range(1000))

    def endless(_: dict[str, str]) -> Reply:
        n = next(turns)
        return linked([status(str(500 - n), f"2026-11-20T00:{59 - n:02d}:00Z")], f"max_id={500 - n}")

    script = Script({STATUSES: endless})
    outcome = timeline(REF, KNOWN, script, WINDOW)
    assert len(script.requests) == PLATFORM.capability.max_pages
    assert isinstance(outcome, Seen)
    assert outcome.horizon == datetime(2026, 11, 20, 0, 50, tzinfo=UTC)


def test_without_link_headers_older_pages_are_asked_for_by_the_last_id() -> None:
    full = [status(str(100 - n), f"2026-11-20T00:{59 - n:02d}:00Z") for n in range(40)]
    script = Script({STATUSES: [of_json(full), of_json([status("9", "2026-11-01T00:00:00Z")]), of_json([])]})
    outcome = timeline(REF, KNOWN, script, WINDOW)
    assert [r.get("max_id") for r in script.requests] == [None, "61", "9"]
    assert isinstance(outcome, Seen)
    assert (len(outcome.posts), outcome.horizon) == (41, None)


def test_a_server_without_paging_is_read_to_the_beginning_only_if_its_page_was_short() -> None:
    short = of_json([status("2", "2026-11-20T00:00:00Z"), status("1", "2026-11-01T00:00:00Z")])
    assert seen(short, short).horizon is None
    full = of_json([status(str(100 - n), f"2026-11-20T00:{59 - n:02d}:00Z") for n in range(40)])
    assert seen(full, full).horizon == datetime(2026, 11, 20, 0, 20, tzinfo=UTC)


def test_an_old_status_on_top_reaches_no_further_than_the_list() -> None:
    page = linked([status("1", "2019-01-01T00:00:00Z"), status("9", "2026-11-20T00:00:00Z")], "max_id=9")
    assert seen(page).horizon == datetime(2026, 11, 20, tzinfo=UTC)


def test_a_date_in_the_future_at_the_end_of_a_page_covers_nothing() -> None:
    assert seen(linked([status("1", "2030-01-01T00:00:00Z")], "max_id=1"), linked([], "max_id=0")).horizon is None
    repeated = linked([status("1", "2030-01-01T00:00:00Z")], "max_id=1")
    assert seen(repeated).horizon == NOW


def of_server(kind: str, count: int, *, limit: int = 40) -> Scripted:
    """Daily statuses up to today, oldest first, `limit` a page, with links or (by id) without."""
    days = [status(str(1000 + n), (NOW - timedelta(days=count - 1 - n)).isoformat()) for n in range(count)]

    def answer(asked: dict[str, str]) -> Reply:
        start = int(asked.get("offset", 0))
        if kind == "linked":
            more = start + limit < count
            return linked(days[start : start + limit], f"offset={start + limit}" if more else None)
        return of_json([d for d in days if int(d["id"]) < int(asked.get("max_id", 10**9))][:limit])

    return answer


def test_a_list_that_stands_oldest_first_is_paged_to_its_end() -> None:
    outcome = seen(of_server("linked", 400))
    assert (len(outcome.posts), outcome.posts[0].posted_at, outcome.horizon) == (400, NOW, None)


@pytest.mark.parametrize(
    "server",
    [
        pytest.param(of_server("linked", 401), id="more pages than are read"),
        pytest.param(of_server("without links", 400), id="no links: nothing is older than the oldest"),
        pytest.param(of_server("without links", 400, limit=20), id="no links and short pages"),
    ],
)
def test_an_oldest_first_list_whose_end_was_not_seen_covers_nothing(server: Scripted) -> None:
    assert seen(server).horizon == NOW


@pytest.mark.parametrize(
    "failure",
    [
        pytest.param(of_json({"error": "…"}, 429), id="429"),
        pytest.param(of_html("", 503), id="503"),
        pytest.param(Reply(200, b'[{"id": "1', {"content-type": "application/json"}), id="cut short"),
        pytest.param(missed(Miss.UNREACHABLE, "reset"), id="the line is cut"),
        pytest.param(of_json([{"created_at": "2026-11-10T00:00:00Z"}]), id="a status without an id"),
    ],
)
def test_a_failing_older_page_leaves_the_statuses_read_and_how_far_they_reach(failure: Scripted) -> None:
    outcome = seen(linked([status("2", "2026-11-20T00:00:00Z")], "max_id=2"), failure)
    assert ([p.native_id for p in outcome.posts], outcome.horizon) == (["2"], datetime(2026, 11, 20, tzinfo=UTC))
    assert isinstance(look(failure), Missed), "the first page is the outcome"


def test_a_barrier_on_an_older_page_is_the_outcome_of_the_look() -> None:
    first = linked([status("2", "2026-11-20T00:00:00Z")], "max_id=2")
    assert look(first, of_json({"error": "Gone"}, 410)) == Unreadable(Barrier.GONE, "gone_or_suspended")


def test_a_first_page_that_breaks_off_is_not_read() -> None:
    page = linked([status("2", "2026-11-20T00:00:00Z"), {"created_at": "2026-11-10T00:00:00Z"}], "max_id=2")
    assert look(page) == Missed(Miss.UNRECOGNISED, "id is missing")


def test_304_is_unchanged_and_on_a_later_page_ends_the_reading() -> None:
    assert look(Reply(304)) == Unchanged()
    page = linked([status("2", "2026-11-20T00:00:00Z")], "max_id=2")
    assert seen(page, Reply(304)).horizon == datetime(2026, 11, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        pytest.param(
            of_json({"error": "Record not found"}, 404), Miss.AMBIGUOUS_ABSENCE, id="no list for a known account"
        ),
        pytest.param(of_html("", 404), Miss.UNRECOGNISED, id="404 HTML"),
        pytest.param(of_json({"error": "…"}, 429), Miss.RATE_LIMITED, id="429"),
        pytest.param(of_json({"statuses": []}), Miss.UNRECOGNISED, id="an object where a list is due"),
        pytest.param(of_json([{"created_at": "2026-11-20T00:00:00Z"}]), Miss.UNRECOGNISED, id="a status without an id"),
        pytest.param(of_json(["x"]), Miss.UNRECOGNISED, id="a status that is none"),
        pytest.param(of_html("<p>", 200), Miss.UNRECOGNISED, id="a page"),
        pytest.param(of_html("", 302, location="/login"), Miss.PERMISSION_MISSING, id="a login page"),
        pytest.param(Reply(200, b"[" * 100_000, {"content-type": "application/json"}), Miss.UNRECOGNISED, id="nested"),
    ],
)
def test_what_the_list_answers_instead_of_statuses(reply: Reply, reason: Miss) -> None:
    outcome = look(reply)
    assert isinstance(outcome, Missed)
    assert outcome.reason is reason


def test_without_a_profile_the_timeline_asks_for_it_itself() -> None:
    outcome = seen(of_json([]), ref=NEW, known=None, **{LOOKUP: of_json(account(statuses_count=0))})
    assert (outcome.native_id, outcome.horizon) == (URI, None)


# --- recorded, and the server itself ---------------------------------------------------------------------------------


def test_the_recorded_account_and_its_pages_are_read_to_the_beginning() -> None:
    ref = AccountRef("mastodon", "mastodonpy_test@localhost:3000")
    path = "/api/v1/accounts/117440810532227399/statuses"
    script = Script({LOOKUP: tape("lookup"), path: [tape("statuses-page"), tape("statuses-last")]})
    ((_, known),) = lookup([ref], script)
    assert isinstance(known, Profile)
    assert known.native_id == "http://localhost:3000/ap/users/117440810532227399"
    outcome = timeline(ref, known, script, Window(NOW - timedelta(days=90), NOW))
    assert isinstance(outcome, Seen)
    assert (len(outcome.posts), outcome.horizon) == (6, None)
    assert script.asked(path)[1].get("max_id") == "117440824995689268"


def test_the_recorded_absence_is_gone() -> None:
    assert found(tape("lookup-404")) == Unreadable(Barrier.GONE)


@pytest.mark.parametrize(
    ("answers", "healthy"),
    [
        pytest.param({INSTANCES[0]: tape("instance-v2")}, True, id="version 2"),
        pytest.param({INSTANCES[0]: of_html("", 404), INSTANCES[1]: tape("instance-v1")}, True, id="version 1 only"),
        pytest.param({INSTANCES[0]: of_html("parked"), INSTANCES[1]: of_html("parked")}, False, id="a parked domain"),
        pytest.param({INSTANCES[0]: of_json({}, 429), INSTANCES[1]: of_json([])}, False, id="no answer we know"),
        pytest.param({i: missed(Miss.UNREACHABLE, "dns") for i in INSTANCES}, False, id="nobody there"),
    ],
)
def test_a_server_is_healthy_when_it_describes_itself(answers: dict[str, Any], healthy: bool) -> None:
    assert health(Script(answers), "") is healthy


def moved(path: str, host: str) -> Reply:
    return of_html("", 301, location=f"https://{host}{path}")


def test_a_server_that_moves_every_call_to_another_host_is_healthy_if_that_one_is() -> None:
    away = {f"https://{HOST}{path}": moved(path, "www.kotacontoh.example") for path in (*INSTANCES, WEBFINGER)}
    there = f"https://www.kotacontoh.example{INSTANCES[0]}"
    assert health(Script({**away, there: tape("instance-v2")}), f"https://{HOST}")
    assert not health(Script({**away, **{p: of_html("parked") for p in (*INSTANCES, WEBFINGER)}}), f"https://{HOST}")


def test_a_web_site_at_the_domain_is_healthy_if_the_server_that_webfinger_names_is() -> None:
    finger = {"links": [{"rel": "self", "href": "https://server.kotacontoh.example/actor"}]}
    site = {f"https://{HOST}{path}": of_html("<h1>404</h1>", 404) for path in INSTANCES}
    script = Script({**site, WEBFINGER: of_json(finger), INSTANCES[0]: tape("instance-v2")})
    assert health(script, f"https://{HOST}")
    assert script.asked(WEBFINGER)[0].params == (("resource", f"acct:{HOST}@{HOST}"),)
    down = Script({**site, WEBFINGER: of_json(finger), **{p: of_html("", 502) for p in INSTANCES}})
    assert not health(down, f"https://{HOST}")


def test_a_permalink_is_on_the_account_s_own_server() -> None:
    assert (
        permalink("dinas_contoh@sosial.kotacontoh.example", "12")
        == "https://sosial.kotacontoh.example/@dinas_contoh/12"
    )
    assert permalink("dinas_contoh", "12") is None


# --- documents nobody promised ---------------------------------------------------------------------------------------

PAGE = [
    status("3", "2026-11-22T03:04:05.678Z"),
    status("2", "2026-11-21T10:00:00Z", reblog=status("9", "2019-05-05T00:00:00Z")),
    status("1", "2026-08-01T00:00:00Z", in_reply_to_id="8", in_reply_to_account_id="77"),
]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ANY_JSON | mutations(PAGE), st.sampled_from([None, "max_id=1", "max_id=%ff&max_id", "=&&"]))
def test_no_list_is_an_empty_account_or_breaks_the_look(document: Any, following: str | None) -> None:
    for reply in (of_json(document), linked(document, following)):
        outcome = look(reply)
        assert not (isinstance(outcome, Seen) and not outcome.posts and outcome.horizon is None)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ANY_JSON | mutations(account(moved={"uri": "https://x.example"}, suspended=False)))
def test_no_account_document_breaks_the_look(document: Any) -> None:
    for outcome in (found(of_json(document)), found(of_json(document), ref=REF)):
        assert not isinstance(outcome, Profile) or outcome.native_id.isprintable()


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200), st.sampled_from([200, 206, 302, 401, 404, 500]), st.text(max_size=40))
def test_no_bytes_and_no_headers_break_the_look(body: bytes, code: int, header: str) -> None:
    reply = Reply(code, body, {"location": header, "link": header, "content-type": header})
    found(reply, **{WEBFINGER: reply})
    look(reply)
