"""What the lab answers has the keys, the status and the headers that real servers were recorded with."""

from __future__ import annotations

from typing import Any

import pytest

from tests.lab import Lab

from .asking import ask, tape

LIVE = "sosial.contoh.example"
ACTOR = "/xrpc/app.bsky.actor."
FEED = "/xrpc/app.bsky.feed.getAuthorFeed?actor="
DEEP = ("configuration",)


def shape(value: Any) -> Any:
    """Keys and kinds, without values: a list has the shapes of its items, null fits anything by being left out."""
    if isinstance(value, dict):
        return {key: shape(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return sorted({repr(shape(inner)) for inner in value})
    return "number" if isinstance(value, int | float) and not isinstance(value, bool) else type(value).__name__


def order(value: Any) -> Any:
    """The order of keys at the top, which servers keep though nobody may rely on it."""
    return list(value) if isinstance(value, dict) else None


BLUESKY = [
    ("a profile", f"{ACTOR}getProfile?actor=ramai.contoh", "getProfile-active"),
    ("a profile that its owner never filled in", f"{ACTOR}getProfile?actor=polos.contoh", "getProfile-reactivated"),
    ("a suspended account", f"{ACTOR}getProfile?actor=suspended.contoh", "getProfile-takendown-at-appview"),
    ("a deactivated account", f"{ACTOR}getProfile?actor=deactivated.contoh", "getProfile-deactivated"),
    ("an unknown handle", f"{ACTOR}getProfile?actor=nosuch.test", "getProfile-unknown-handle"),
    ("what is no handle", f"{ACTOR}getProfile?actor=not%20a%20handle", "getProfile-invalid-actor"),
    (
        "26 actors",
        f"{ACTOR}getProfiles?" + "&".join(f"actors=a{n}.test" for n in range(26)),
        "getProfiles-26-actors",
    ),
    ("no actors", f"{ACTOR}getProfiles", "getProfiles-no-actors"),
    ("a page of one post", f"{FEED}polos.contoh&limit=1", None),
    ("an empty feed", f"{FEED}kosong.contoh", "getAuthorFeed-empty"),
    ("a bad cursor", f"{FEED}ramai.contoh&cursor=zzz", "getAuthorFeed-bad-cursor"),
    ("limit 0", f"{FEED}ramai.contoh&limit=0", "getAuthorFeed-limit-0"),
    ("limit 101", f"{FEED}ramai.contoh&limit=101", "getAuthorFeed-limit-101"),
    ("the feed of a deactivated account", f"{FEED}deactivated.contoh", "getAuthorFeed-deactivated"),
    ("the feed of a suspended account", f"{FEED}suspended.contoh", "getAuthorFeed-deactivated"),
    ("the feed of a deleted account", f"{FEED}deleted.contoh", "getAuthorFeed-deactivated"),
    ("a handle", "/xrpc/com.atproto.identity.resolveHandle?handle=ramai.contoh", "resolveHandle-appview"),
    (
        "the handle of a deleted account",
        "/xrpc/com.atproto.identity.resolveHandle?handle=deleted.contoh",
        "resolveHandle-appview-deleted",
    ),
    ("a method that does not exist", f"{ACTOR}getNope", "unknown-method"),
    ("health", "/xrpc/_health", "appview-health"),
    ("a path outside", "/nothing", "appview-404"),
]
KNOWN = [row for row in BLUESKY if row[2]]


@pytest.mark.parametrize(("path", "name"), [row[1:] for row in KNOWN], ids=[row[0] for row in KNOWN])
def test_bluesky_answers_as_recorded(zoo: Lab, path: str, name: str) -> None:
    """Status, keys, their order, content type and the names of the headers; of an error the very bytes."""
    got, recorded = ask(zoo, f"/bluesky{path}"), tape(f"bluesky/{name}")
    assert got.status == recorded["status"]
    assert got.headers["content-type"] == recorded["headers"]["content-type"]
    if "json" in recorded:
        assert shape(got.json) == shape(recorded["json"])
        assert order(got.json) == order(recorded["json"])
        assert set(got.headers) == set(recorded["headers"]) - {"keep-alive"}
    if got.status >= 400 and "json" in recorded:
        assert got.json == recorded["json"]
        assert got.headers["content-length"] == recorded["headers"]["content-length"]
        assert got.headers["etag"] == recorded["headers"]["etag"]


def test_a_bluesky_page_has_the_recorded_keys_at_every_depth(zoo: Lab) -> None:
    recorded = tape("bluesky/getAuthorFeed-active-limit1")["json"]
    got = ask(zoo, f"/bluesky{FEED}ramai.contoh&limit=1&filter=posts_no_replies").json
    assert shape(got) == shape(recorded)
    assert [order(p["post"]) for p in got["feed"]] == [order(p["post"]) for p in recorded["feed"]]


def test_bluesky_reposts_and_replies_have_the_recorded_keys(zoo: Lab) -> None:
    """The first recorded item is a repost, the second a reply, the third a post of its own."""
    repost, reply, plain = tape("bluesky/getAuthorFeed-replies-repost")["json"]["feed"]
    feed = ask(zoo, f"/bluesky{FEED}ramai.contoh&limit=100").json["feed"]
    named = {"displayName", "createdAt"}  # the recorded account has no profile record, its neighbour has

    def bare(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: bare(inner) for key, inner in value.items() if key not in named or "$type" in value}
        return [bare(inner) for inner in value] if isinstance(value, list) else value

    reposts = [item for item in feed if "reason" in item]
    replies = [item for item in feed if "reply" in item]
    plains = [item for item in feed if "reply" not in item and "reason" not in item]
    assert (len(reposts), len(replies)) == (1, 2)
    for ours, theirs in ((reposts, repost), (replies, reply), (plains, plain)):
        assert {repr(shape(bare(item))) for item in ours} == {repr(shape(bare(theirs)))}


def test_bluesky_labels_have_the_recorded_keys(zoo: Lab) -> None:
    got = ask(zoo, f"/bluesky{ACTOR}getProfile?actor=hidden.contoh").json["labels"]
    recorded = tape("bluesky/getProfile-no-unauthenticated")["json"]["labels"]
    assert shape(got) == shape(recorded)
    assert got[0]["val"] == recorded[0]["val"]


def test_bluesky_profiles_leave_unreadable_accounts_out_in_silence(zoo: Lab) -> None:
    names = ("ramai", "suspended", "deactivated", "deleted", "kosong")
    query = "&".join(f"actors={name}.contoh" for name in names)
    got = ask(zoo, f"/bluesky{ACTOR}getProfiles?{query}&actors=nosuch.test")
    assert [p["handle"] for p in got.json["profiles"]] == ["ramai.contoh", "kosong.contoh"]
    assert order(got.json) == order(tape("bluesky/getProfiles-all-after")["json"])


def test_bluesky_304_has_the_recorded_headers(zoo: Lab) -> None:
    path = f"/bluesky{ACTOR}getProfile?actor=ramai.contoh"
    tag = ask(zoo, path).headers["etag"]
    got, recorded = ask(zoo, path, If_None_Match=tag), tape("bluesky/getProfile-if-none-match")
    assert (got.status, got.body) == (recorded["status"], b"")
    assert set(got.headers) == set(recorded["headers"]) - {"keep-alive"}
    assert ask(zoo, path, If_None_Match='W/"other"').status == 200


def test_bluesky_gzip_is_chunked_as_recorded(zoo: Lab) -> None:
    got = ask(zoo, f"/bluesky{FEED}ramai.contoh&limit=30", Accept_Encoding="gzip")
    recorded = tape("bluesky/getAuthorFeed-accept-gzip")
    assert set(got.headers) == set(recorded["headers"]) - {"keep-alive"}
    assert got.body[:2] == b"\x1f\x8b"


def test_bluesky_refuses_another_method_as_recorded(zoo: Lab) -> None:
    got = ask(zoo, f"/bluesky{ACTOR}getProfile", method="POST", body=b"{}")
    assert (got.status, got.json) == (400, tape("bluesky/wrong-http-method")["json"])


def test_bluesky_breaks_on_any_token_as_recorded(zoo: Lab) -> None:
    got = ask(zoo, f"/bluesky{ACTOR}getProfile?actor=ramai.contoh", Authorization="Bearer x")
    assert (got.status, got.json) == (500, tape("bluesky/auth-bad-token")["json"])


def test_bluesky_throttles_with_the_recorded_headers(zoo: Lab) -> None:
    zoo.break_with({"kind": "too_many", "retry_after": 290})
    got, recorded = ask(zoo, f"/bluesky{FEED}ramai.contoh"), tape("bluesky/pds-ratelimit-429")
    assert (got.status, got.json) == (429, recorded["json"])
    wanted = {name for name in recorded["headers"] if name.startswith("ratelimit")} | {"retry-after"}
    assert wanted <= set(got.headers)
    assert int(got.headers["ratelimit-reset"]) == int(zoo.scenario.now.timestamp()) + 290


def local_id(lab: Lab, name: str, host: str = LIVE) -> str:
    return str(ask(lab, f"/api/v1/accounts/lookup?acct={name}", host).json["id"])


def test_a_mastodon_account_has_the_recorded_keys_in_order(zoo: Lab) -> None:
    for name in ("accounts-lookup-200-08-accounts", "account-200-01-account"):
        recorded = tape(f"mastodon/{name}")["json"]
        got = ask(zoo, "/api/v1/accounts/lookup?acct=kosong", LIVE).json
        assert order(got) == order(recorded)
        assert shape(got) == shape(recorded)


def test_a_mastodon_status_has_the_recorded_keys_in_order_for_those_who_log_in(zoo: Lab) -> None:
    recorded = tape("mastodon/account-statuses-200-05-account_statuses_exclude_direct")["json"][0]
    path = f"/api/v1/accounts/{local_id(zoo, 'ramai')}/statuses?limit=2&exclude_reblogs=1"
    got = ask(zoo, path, LIVE, Authorization="Bearer rahasia").json[0]
    assert order(got) == order(recorded)
    assert order(got["account"]) == order(recorded["account"])
    assert shape(got | {"account": 0}) == shape(recorded | {"account": 0})
    personal = {"favourited", "reblogged", "muted", "bookmarked", "pinned", "filtered"}
    assert set(ask(zoo, path, LIVE).json[0]) == set(recorded) - personal


def test_mastodon_links_are_written_as_recorded(zoo: Lab) -> None:
    """`next` after a full page and `prev` on any; limit comes back before max_id, nothing else is added."""
    recorded = tape("mastodon/account-statuses-200-16-fetch_next_previous")["headers"]["link"]
    id_ = local_id(zoo, "ramai")
    got = ask(zoo, f"/api/v1/accounts/{id_}/statuses?limit=5", LIVE)
    ids = [status["id"] for status in got.json]
    ours = got.headers["link"].replace(f"https://{LIVE}", "http://localhost:3000").replace(id_, "117440810532227399")
    for mine, theirs in ((ids[-1], "117440824995689268"), (ids[0], "117440825015062295")):
        ours = ours.replace(mine, theirs)
    assert ours == recorded
    short = ask(zoo, f"/api/v1/accounts/{local_id(zoo, 'aneka')}/statuses?limit=8", LIVE)
    assert 'rel="prev"' in short.headers["link"]
    assert 'rel="next"' not in short.headers["link"]
    assert "link" not in ask(zoo, f"/api/v1/accounts/{local_id(zoo, 'kosong')}/statuses", LIVE).headers


def test_mastodon_says_what_is_missing_as_recorded(zoo: Lab) -> None:
    recorded = tape("mastodon/accounts-lookup-404-02-account_lookup")
    for path in ("lookup?acct=nosuch", "lookup?acct=ramai@lain.example", "123", "123/statuses"):
        got = ask(zoo, f"/api/v1/accounts/{path}", LIVE)
        assert (got.status, got.json) == (404, recorded["json"])
        assert got.headers["content-length"] == recorded["headers"]["content-length"]


def test_a_mastodon_server_rejects_a_wrong_token_as_recorded(zoo: Lab) -> None:
    got = ask(zoo, "/api/v1/accounts/lookup?acct=ramai", LIVE, Authorization="Bearer x")
    assert (got.status, got.json) == (401, tape("mastodon/error-401-18-home_tl_anonymous_throws")["json"])


@pytest.mark.parametrize(
    ("path", "name"),
    [("/api/v2/instance/", "instance-200-17-fetch_remaining"), ("/api/v1/instance", "instance-200-20-instance_v1")],
    ids=["the second version", "the first version"],
)
def test_a_mastodon_server_describes_itself_with_the_recorded_keys(zoo: Lab, path: str, name: str) -> None:
    got, recorded = ask(zoo, path, LIVE).json, tape(f"mastodon/{name}")["json"]
    assert order(got) == order(recorded)
    assert keys(got) == keys(recorded)


def keys(value: Any, at: str = "") -> set[str]:
    """Every path of keys; items of a list share one."""
    if isinstance(value, dict):
        return {f"{at}.{key}" for key in value}.union(*(keys(inner, f"{at}.{key}") for key, inner in value.items()))
    return set().union(*(keys(inner, at + "[]") for inner in value)) if isinstance(value, list) else set()


def test_mastodon_tells_its_allowance_as_recorded(zoo: Lab) -> None:
    recorded = tape("mastodon/account-200-01-account")["headers"]
    headers = ask(zoo, "/api/v1/accounts/lookup?acct=ramai", LIVE).headers
    for name in ("x-ratelimit-limit", "x-ratelimit-remaining"):
        assert headers[name] == recorded[name]
    assert len(headers["x-ratelimit-reset"]) == len(recorded["x-ratelimit-reset"])
    assert headers["x-ratelimit-reset"].startswith("2026-11-23T00:05:00.")
