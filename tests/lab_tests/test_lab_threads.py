"""The double's Threads behaves as the vendor documents it, and clients of others take it for the real thing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.lab import threads
from tests.lab.model import Account, Post, Scenario, State, utc
from tests.lab.rhythm import steady
from tests.lab.server import Lab

from .asking import ask

NOW = utc("2026-11-23")
FIRST = utc("2026-01-05")
FIELDS = "id,username,timestamp,media_type,permalink"
BUSY, SMALL = "humas.kota.contoh", "kecil.kota.contoh"
POSTS = (*steady("ramai", FIRST, NOW, 2), Post(utc("2026-11-22T03:00:00"), "repost"))


def world(variant: str = "a") -> Scenario:
    accounts = (
        Account(f"threads:{BUSY}", "threads", BUSY, FIRST, POSTS),
        Account(f"threads:{SMALL}", "threads", SMALL, FIRST, POSTS, (State("ineligible", FIRST),)),
        Account("threads:lain", "threads", "lain", FIRST, (), (State("private", FIRST),), options={"refusal": 100}),
        Account("threads:kosong", "threads", "kosong", FIRST),
    )
    return Scenario("threads", NOW, accounts, variants={"threads": variant})


@pytest.fixture
def lab() -> Iterator[Lab]:
    with Lab(world()) as running:
        yield running


def get(lab: Lab, path: str, token: str | None = threads.TOKEN, **params: object) -> tuple[int, Any]:
    sent = {"Authorization": f"Bearer {token}"} if token else {}
    said = ask(lab, f"{threads.PREFIX}{threads.VERSION}/{path}?{urlencode(params)}", **sent)
    return said.status, said.json if said.body else None


def code(lab: Lab, path: str, token: str | None = threads.TOKEN, **params: object) -> tuple[int, int | None]:
    _, body = get(lab, path, token, **params)
    return body["error"]["code"], body["error"].get("error_subcode")


def test_a_post_has_the_documented_shape(lab: Lab) -> None:
    fields = "id,media_product_type,media_type,permalink,username,timestamp,shortcode,is_quote_post"
    _, body = get(lab, "profile_posts", username=BUSY, fields=fields, limit=1)
    documented = {
        "id": "1234567",
        "media_product_type": "THREADS",
        "media_type": "TEXT_POST",
        "permalink": "https://www.threads.net/@meta/post/abcdefg",
        "username": "meta",
        "timestamp": "2026-11-17T05:42:03+0000",
        "shortcode": "abcdefg",
        "is_quote_post": False,
    }
    (post,) = body["data"]
    assert {name: type(value) for name, value in post.items()} == {k: type(v) for k, v in documented.items()}
    assert set(body["paging"]["cursors"]) == {"before", "after"}
    assert len(post["timestamp"]) == len(documented["timestamp"])


def test_pages_follow_each_other_to_the_end_newest_first(lab: Lab) -> None:
    found: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        _, body = get(lab, "profile_posts", username=BUSY, fields=FIELDS, limit=100, **cursor)
        if not body["data"]:
            break
        found += [post["timestamp"] for post in body["data"]]
        cursor = {"after": body["paging"]["cursors"]["after"]}
    assert found == sorted(found, reverse=True)
    assert len(found) == len(lab.scenario.account(f"threads:{BUSY}").visible(NOW)) > 100


def test_the_address_of_the_next_page_holds_the_token_as_the_vendors_does(lab: Lab) -> None:
    _, body = get(lab, "profile_posts", username=BUSY, limit=1)
    assert threads.TOKEN in body["paging"]["next"]


def test_a_shared_post_is_a_facade(lab: Lab) -> None:
    _, body = get(lab, "profile_posts", username=BUSY, fields=FIELDS, limit=5)
    assert "REPOST_FACADE" in {post["media_type"] for post in body["data"]}


REFUSED = {
    "more than a hundred": ({"username": BUSY, "limit": 101}, (100, None)),
    "none at all": ({"username": BUSY, "limit": 0}, (100, None)),
    "from before it opened": ({"username": BUSY, "since": 1600000000}, (100, None)),
    "both ways at once": ({"username": BUSY, "before": "a", "after": "b"}, (100, None)),
    "a field there is none of": ({"username": BUSY, "fields": "id,owner"}, (100, None)),
    "a garbled cursor": ({"username": BUSY, "after": "x"}, (100, None)),
    "nobody": ({}, (100, None)),
    "a profile of few followers": ({"username": SMALL}, (10, None)),
    "a profile with a refusal of its own": ({"username": "lain"}, (100, None)),
    "a profile that is not there": ({"username": "tiada"}, (10, None)),
}


@pytest.mark.parametrize(("params", "said"), REFUSED.values(), ids=REFUSED)
def test_what_the_vendor_refuses_is_refused(lab: Lab, params: dict[str, object], said: tuple[int, None]) -> None:
    assert code(lab, "profile_posts", **params) == said


def test_another_path_is_the_recorded_error(lab: Lab) -> None:
    assert code(lab, "zuck/threads") == (100, 33)


TOKENS = {
    "none": (None, BUSY, (2500, None)),
    "an unknown one": ("THAAsalah", BUSY, (190, None)),
    "an expired one": (threads.EXPIRED, BUSY, (190, 463)),
    "one without the permission": (threads.UNSCOPED, "threads", (10, None)),
    "one before the review, of others": (threads.STANDARD, BUSY, (10, None)),
}


@pytest.mark.parametrize(("token", "name", "said"), TOKENS.values(), ids=TOKENS)
def test_a_token_that_does_not_work_says_why(
    lab: Lab, token: str | None, name: str, said: tuple[int, int | None]
) -> None:
    assert code(lab, "profile_posts", token, username=name) == said


def test_before_the_review_only_metas_own_profiles_answer(lab: Lab) -> None:
    for name in threads.META:
        status, body = get(lab, "profile_posts", threads.STANDARD, username=name, limit=1)
        assert (status, len(body["data"])) == (200, 1)


def test_requests_about_profiles_are_counted_for_each_token_over_the_last_24_hours(lab: Lab) -> None:
    lab.faces["threads"].limit = 2
    said = [get(lab, "profile_posts", username=BUSY)[0] for _ in range(3)]
    assert said == [200, 200, 429]
    assert get(lab, "profile_posts", threads.STANDARD, username="meta")[0] == 200
    lab.clock.set(NOW + timedelta(hours=24))
    assert get(lab, "profile_lookup", username=BUSY, fields="username")[0] == 200
    assert lab.faces["threads"].total[threads.TOKEN] == 4


def test_the_other_variant_refuses_with_other_codes() -> None:
    with Lab(world("b")) as other:
        assert code(other, "profile_posts", username=SMALL) == (24, None)
        other.faces["threads"].limit = 0
        assert code(other, "profile_posts", username=BUSY) == (4, None)


def test_an_empty_profile_is_an_empty_list(lab: Lab) -> None:
    assert get(lab, "profile_posts", username="kosong") == (200, {"data": []})


# --- clients that nobody here wrote ---


@pytest.fixture
def client(lab: Lab) -> Any:
    """python-facebook-api, which knows Threads."""
    return api(lab, threads.TOKEN)


def api(lab: Lab, token: str) -> Any:
    from pyfacebook import ThreadsGraphAPI

    return ThreadsGraphAPI(
        access_token=token, version="v1.0", base_url=f"{lab.url}{threads.PREFIX}/", sleep_on_rate_limit=False
    )


class TestPythonFacebook:
    """python-facebook-api."""

    def test_it_pages_through_the_posts_of_a_profile(self, lab: Lab, client: Any) -> None:
        found: list[str] = []
        cursor: dict[str, str] = {}
        while page := client.get("profile_posts", {"username": BUSY, "fields": FIELDS, "limit": 50, **cursor})["data"]:
            found += [post["id"] for post in page]
            cursor = {"after": threads.cursor(len(found))}
        assert len(set(found)) == len(lab.scenario.account(f"threads:{BUSY}").visible(NOW))

    def test_it_looks_a_profile_up(self, client: Any) -> None:
        said = client.get("profile_lookup", {"username": BUSY, "fields": "username,follower_count"})
        assert said == {"username": BUSY, "follower_count": 1200}

    def test_it_renews_its_token_and_the_new_one_works(self, lab: Lab, client: Any) -> None:
        fresh = client.refresh_access_token(threads.TOKEN)
        assert fresh["token_type"] == "bearer"
        assert fresh["expires_in"] > 59 * 86400
        assert fresh["access_token"] != threads.TOKEN
        assert api(lab, fresh["access_token"]).get("me", {"fields": "id"})["id"]

    def test_it_understands_the_errors(self, lab: Lab, client: Any) -> None:
        from pyfacebook.exceptions import FacebookError

        with pytest.raises(FacebookError) as caught:
            client.get("profile_posts", {"username": SMALL})
        assert caught.value.code == 10
        with pytest.raises(FacebookError) as caught:
            api(lab, threads.EXPIRED).refresh_access_token(threads.EXPIRED)
        assert caught.value.code == 190


def test_the_control_is_there_in_every_world(lab: Lab) -> None:
    bare = replace(lab.scenario, accounts=())
    with Lab(bare) as empty:
        assert get(empty, "profile_posts", username="threads")[0] == 200
