"""Servers of other make, closed servers, allowances and the forms that a sheet leaves open."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.lab import Lab
from tests.lab.scenarios import scenario

from .asking import ask

LIVE = "sosial.contoh.example"
CLOSED = "tertutup.contoh.example"
PLEROMA = "pleroma.contoh.example"
LOOKUP = "/api/v1/accounts/lookup?acct="
PROFILE = "/bluesky/xrpc/app.bsky.actor.getProfile?actor="


def world(**changes: Any) -> Lab:
    return Lab(replace(scenario("zoo"), **changes))


def test_beyond_its_allowance_a_server_refuses_and_the_next_window_heals() -> None:
    with world(enforce_limits=True) as lab:
        statuses = [ask(lab, LOOKUP + "kosong", LIVE).status for _ in range(301)]
        assert statuses == [200] * 300 + [429]
        refused = ask(lab, LOOKUP + "kosong", LIVE)
        assert (refused.json, refused.headers["x-ratelimit-remaining"]) == ({"error": "Too many requests"}, "0")
        assert ask(lab, LOOKUP + "lele", PLEROMA).status == 200, "every server counts for itself"
        lab.clock.set(lab.scenario.now.replace(minute=5))
        assert ask(lab, LOOKUP + "kosong", LIVE).status == 200


@pytest.mark.parametrize(
    ("variant", "said"),
    [("a", "This method requires an authenticated user"), ("b", "This API requires an authenticated user")],
)
def test_a_closed_server_refuses_the_anonymous_and_admits_its_token(variant: str, said: str) -> None:
    with world(variants={"mastodon": variant}) as lab:
        got = ask(lab, LOOKUP + "kunci", CLOSED)
        assert (got.status, got.json) == (401, {"error": said})
        assert ask(lab, LOOKUP + "kunci", CLOSED, Authorization="Bearer rahasia").status == 200
        assert ask(lab, "/api/v2/instance", CLOSED).status == 200


def test_many_accounts_by_id_leave_the_missing_out(zoo: Lab) -> None:
    known = [ask(zoo, LOOKUP + name, LIVE).json["id"] for name in ("ramai", "kosong")]
    got = ask(zoo, f"/api/v1/accounts?id[]={known[0]}&id[]=1&id[]={known[1]}", LIVE)
    assert {a["id"] for a in got.json} == set(known)


@pytest.mark.parametrize(("variant", "has_uri"), [("a", True), ("b", False)])
def test_pleroma_names_the_uri_at_the_top_or_only_in_its_own_object(variant: str, has_uri: bool) -> None:
    with world(variants={"mastodon": variant}) as lab:
        account = ask(lab, LOOKUP + "lele", PLEROMA).json
        assert ("uri" in account) is has_uri
        assert account["pleroma"]["ap_id"] == f"https://{PLEROMA}/users/lele"


@pytest.mark.parametrize(
    ("host", "software"), [(LIVE, "mastodon"), (PLEROMA, "pleroma"), ("gts.contoh.example", "gotosocial")]
)
def test_a_server_names_its_software(zoo: Lab, host: str, software: str) -> None:
    link = ask(zoo, "/.well-known/nodeinfo", host).json["links"][0]["href"]
    assert ask(zoo, link.removeprefix(f"https://{host}"), host).json["software"]["name"] == software


def test_webfinger_leads_to_the_account_uri(zoo: Lab) -> None:
    got = ask(zoo, f"/.well-known/webfinger?resource=acct:ramai@{LIVE}", LIVE).json
    assert got["links"][0]["href"] == ask(zoo, LOOKUP + "ramai", LIVE).json["uri"]


def test_keys_of_a_state_are_absent_without_it(zoo: Lab) -> None:
    plain = ask(zoo, LOOKUP + "ramai", LIVE).json
    assert not {"suspended", "limited", "memorial", "moved"} & set(plain)
    assert ask(zoo, LOOKUP + "gone", LIVE).status == 410
    zoo.clock.set(zoo.scenario.now.replace(day=15))
    assert not {"suspended"} & set(ask(zoo, LOOKUP + "suspended", LIVE).json)


def test_a_path_that_no_server_has_is_an_html_page(zoo: Lab) -> None:
    got = ask(zoo, "/api/v1/nothing", LIVE)
    assert (got.status, got.headers["content-type"]) == (404, "text/html; charset=utf-8")


def test_bluesky_words_for_what_is_no_handle_come_in_two_forms() -> None:
    with world(variants={"bluesky": "b"}) as lab:
        got = ask(lab, f"{PROFILE}not%20a%20handle")
        assert (got.status, got.json["message"]) == (400, "Error: actor must be a valid did or a handle")
        unknown = ask(lab, "/bluesky/xrpc/com.atproto.identity.resolveHandle?handle=nosuch.test")
        assert unknown.json == {"error": "HandleNotFound", "message": "Unable to resolve handle"}


def test_a_broken_handle_is_shown_as_such_and_the_did_still_answers(zoo: Lab) -> None:
    got = ask(zoo, f"{PROFILE}unverified.contoh").json
    assert got["handle"] == "handle.invalid"
    assert ask(zoo, PROFILE + got["did"]).json["did"] == got["did"]


def test_a_pinned_post_is_named_in_the_profile(city: Lab) -> None:
    assert "pinnedPost" in ask(city, f"{PROFILE}pemkot.kota.contoh").json
    assert "pinnedPost" not in ask(city, f"{PROFILE}bpbd.kota.contoh").json


REFUSALS = [
    ("bluesky in full", "bluesky", "a", PROFILE + "ramai.contoh", None, 429, "retry-after"),
    ("bluesky without Retry-After", "bluesky", "b", PROFILE + "ramai.contoh", None, 429, "ratelimit-reset"),
    ("mastodon by ISO time", "mastodon", "a", LOOKUP + "ramai", LIVE, 429, "x-ratelimit-reset"),
    ("mastodon by epoch", "mastodon", "b", LOOKUP + "ramai", LIVE, 429, "x-ratelimit-reset"),
    ("telegram by status", "telegram", "a", "/telegram/s/ramai_contoh", None, 429, None),
    ("telegram by text alone", "telegram", "b", "/telegram/s/ramai_contoh", None, 200, None),
    ("feed by seconds", "feed", "a", "/feed/", "lekat.contoh.example", 429, "retry-after"),
    ("feed by date", "feed", "b", "/feed/", "lekat.contoh.example", 429, "retry-after"),
    ("youtube", "youtube", "a", "/youtube/feeds/videos.xml?channel_id=UCx", None, 429, None),
]


@pytest.mark.parametrize(
    ("platform", "variant", "path", "host", "status", "header"), [r[1:] for r in REFUSALS], ids=[r[0] for r in REFUSALS]
)
def test_too_many_requests_are_refused_as_the_platform_does_it(
    zoo: Lab, platform: str, variant: str, path: str, host: str | None, status: int, header: str | None
) -> None:
    zoo.break_with({"kind": "too_many", "platform": platform, "variant": variant, "retry_after": 60})
    got = ask(zoo, path, host)
    assert got.status == status
    assert header is None or header in got.headers
    assert ("retry-after" in got.headers) is (header == "retry-after")
    assert "too many" in got.text.lower() or "rate limit" in got.text.lower() or "unusual traffic" in got.text


def test_a_configuration_for_the_lab_names_every_address(city: Lab) -> None:
    told = ask(city, "/_lab/configuration").json
    assert told == city.configuration()
    assert told["platforms"]["bluesky"]["base_url"] == f"{city.url}/bluesky"
    assert told["platforms"]["telegram"] == {
        "enabled": True,
        "controls": ["telegram"],
        "base_url": f"{city.url}/telegram",
    }
    for sentinel in told["network"]["sentinels"]:
        host, _, path = sentinel.removeprefix("https://").partition("/")
        assert told["network"]["hosts"][host] == city.url
        assert ask(city, f"/{path}", host).status == 204
