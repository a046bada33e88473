"""The double of X behaves as the vendor documents it, and a client that others wrote takes it for the real thing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.lab import x
from tests.lab.model import Account, Post, Scenario, State, utc
from tests.lab.server import Lab

from .asking import Got, ask, tape

NOW = utc("2026-11-20T03:00:00")
BORN = utc("2012-01-01")
DAY = timedelta(days=1)


def account(handle: str, *posts: Post, kind: str = "", **more: Any) -> Account:
    states = (State(kind, NOW - 9 * DAY),) if kind else ()
    return Account(f"x:{handle}", "x", handle, BORN, posts, states, title="Dinas Contoh", **more)


BUSY = account("ramai", *(Post(NOW - n * DAY) for n in range(1, 13)))
MIXED = account(
    "aneka",
    Post(NOW - DAY, "repost"),
    Post(NOW - 2 * DAY, "reply"),
    Post(NOW - 3 * DAY, "thread"),
    Post(NOW - 4 * DAY, edited=True),
)
ACCOUNTS = (
    BUSY,
    MIXED,
    account("kosong"),
    account("ditangguhkan", Post(NOW - DAY), kind="suspended"),
    account("terhapus", Post(NOW - DAY), kind="deleted"),
    account("terkunci", Post(NOW - DAY), kind="protected"),
    account("diambil", Post(NOW - DAY), kind="taken"),
    account("disembunyikan", Post(NOW - DAY), kind="withheld"),
    account("lama", Post(NOW - DAY), renames=((NOW - DAY, "baru"),)),
)


def running(variant: str = "a") -> Lab:
    return Lab(Scenario("x", NOW, ACCOUNTS, variants={"x": variant}))


@pytest.fixture(params=["a", "b"])
def lab(request: pytest.FixtureRequest) -> Iterator[Lab]:
    with running(request.param) as found:
        yield found


@pytest.fixture
def older() -> Iterator[Lab]:
    with running() as found:
        yield found


def get(lab: Lab, path: str, token: str = x.TOKEN) -> Got:
    return ask(lab, x.PREFIX + path, Authorization=f"Bearer {token}")


def timeline(account: Account, query: str = "") -> str:
    return f"/2/users/{x.user_id(account)}/tweets?{query}"


REFUSED = {
    "101 names": "/2/users/by?usernames=" + ",".join(f"n{n}" for n in range(101)),
    "no name": "/2/users/by",
    "one malformed name fails the batch": "/2/users/by?usernames=ramai,nama-kantor",
    "a name of sixteen letters": "/2/users/by?usernames=" + "a" * 16,
    "101 ids": "/2/users?ids=" + ",".join(str(n) for n in range(1, 102)),
    "an id that is none": "/2/users?ids=1,x",
    "three posts": timeline(BUSY, "max_results=3"),
    "101 posts": timeline(BUSY, "max_results=101"),
    "a since_id that is none": timeline(BUSY, "since_id=kemarin"),
    "another word to exclude": timeline(BUSY, "exclude=quotes"),
    "a garbled token": timeline(BUSY, "pagination_token=x"),
    "a name in place of an id": "/2/users/ramai/tweets",
}


@pytest.mark.parametrize("path", REFUSED.values(), ids=REFUSED.keys())
def test_what_the_vendor_refuses_is_refused_and_not_billed(lab: Lab, path: str) -> None:
    said = get(lab, path)
    assert (said.status, said.json["title"]) == (400, "Invalid Request")
    bill = lab.faces["x"].bill()
    assert (bill.users, bill.posts) == (0, 0)


TOKENS = {
    x.WRONG: (401, None),
    x.OWNER_SUSPENDED: (403, "user-suspended"),
    x.NOT_ENROLLED: (403, "client-forbidden"),
    x.UNSUPPORTED: (403, "unsupported-authentication"),
    x.BROKE: (402, "credits"),
    x.CAPPED: (429, "usage-capped"),
}


@pytest.mark.parametrize(("token", "said"), TOKENS.items())
def test_a_token_that_does_not_work_says_why(lab: Lab, token: str, said: tuple[int, str | None]) -> None:
    answer = get(lab, "/2/users/by?usernames=ramai", token)
    kind = answer.json.get("type", "about:blank").rpartition("/")[2]
    assert (answer.status, kind.removesuffix("-depleted") if "/" in answer.json.get("type", "") else None) == said


def test_an_unknown_field_is_ignored(lab: Lab) -> None:
    said = get(lab, "/2/users/by?usernames=ramai&user.fields=nothing_of_the_kind,created_at")
    assert (said.status, "errors" in said.json) == (200, False)
    assert set(said.json["data"][0]) == {"id", "name", "username", "created_at"}


def test_each_dialect_ignores_the_names_of_the_other() -> None:
    for variant, ours, theirs in (("a", "tweet", "post"), ("b", "post", "tweet")):
        with running(variant) as lab:
            for noun in (ours, theirs):
                (user,) = get(lab, f"/2/users/by?usernames=ramai&user.fields=most_recent_{noun}_id").json["data"]
                assert (f"most_recent_{noun}_id" in user) == (noun == ours == "tweet")
                row = get(lab, timeline(BUSY, f"max_results=5&{noun}.fields=created_at")).json["data"][0]
                assert ("created_at" in row) == (noun == ours)
                assert f"edit_history_{ours}_ids" in row


def test_states_are_told_as_the_sheet_tells_them(lab: Lab) -> None:
    by = get(lab, "/2/users/by?user.fields=protected,withheld&usernames=" + ",".join(a.handle for a in ACCOUNTS)).json
    problems = {e["value"]: (e["title"], e["type"].rpartition("/")[2]) for e in by["errors"]}
    gone = ("Not Found Error", "resource-not-found")
    assert problems == {
        "terhapus": gone,
        "lama": gone,
        "ditangguhkan": ("Forbidden", "resource-not-found"),
    }
    rows = {row["username"]: row for row in by["data"]}
    assert rows["terkunci"]["protected"] is True
    assert rows["disembunyikan"]["withheld"]["country_codes"] == ["ID"]
    taken = next(a for a in ACCOUNTS if a.handle == "diambil")
    assert rows["diambil"]["id"] != x.user_id(taken)
    ids = ",".join(x.user_id(a) for a in ACCOUNTS)
    by_id = get(lab, f"/2/users?ids={ids}").json
    assert "baru" in {row["username"] for row in by_id["data"]}
    assert x.user_id(taken) in {e["value"] for e in by_id["errors"]}


def test_timelines_answer_200_also_where_there_is_none(lab: Lab) -> None:
    def title(handle: str) -> str:
        said = get(lab, timeline(next(a for a in ACCOUNTS if a.handle == handle)))
        assert (said.status, "data" in said.json) == (200, False)
        return str(said.json["errors"][0]["title"])

    assert title("terkunci") == "Authorization Error"
    assert title("ditangguhkan") == "Forbidden"
    assert title("terhapus") == "Not Found Error"
    kosong = next(a for a in ACCOUNTS if a.handle == "kosong")
    assert get(lab, timeline(kosong)).json == {"meta": {"result_count": 0}}


def test_pages_follow_each_other_and_since_id_leaves_out_what_is_known(lab: Lab) -> None:
    found: list[str] = []
    token = ""
    while True:
        body = get(lab, timeline(BUSY, "max_results=5" + (f"&pagination_token={token}" if token else ""))).json
        found += [row["id"] for row in body["data"]]
        assert body["meta"]["result_count"] == len(body["data"])
        token = body["meta"].get("next_token", "")
        if not token:
            break
    assert found == sorted(found, key=int, reverse=True)
    assert len(set(found)) == 12
    news = get(lab, timeline(BUSY, f"max_results=5&since_id={found[2]}")).json
    assert [row["id"] for row in news["data"]] == found[:2]
    assert get(lab, timeline(BUSY, f"since_id={found[0]}")).json == {"meta": {"result_count": 0}}
    assert lab.faces["x"].bill().posts == 14


def test_replies_and_reposts_are_left_out_and_an_edited_post_keeps_its_first_id(lab: Lab) -> None:
    everything = get(lab, timeline(MIXED)).json["data"]
    assert len(everything) == 4
    (edited,) = get(lab, timeline(MIXED, "exclude=replies,retweets")).json["data"]
    name = next(key for key in edited if key.startswith("edit_history"))
    first, last = edited[name]
    assert (edited["id"], int(first) < int(last)) == (last, True)
    assert first == x.post_id(NOW - 4 * DAY, 0)


def test_ids_of_posts_are_the_vendors_clock() -> None:
    """A documented pair."""
    assert int(x.post_id(datetime(2021, 1, 6, 18, 40, 40, 344_000, UTC), 0)) >> 22 == 1346889436626259968 >> 22


def test_a_window_ends_and_says_when(lab: Lab) -> None:
    lab.faces["x"].limits["users"] = 2
    said = [get(lab, "/2/users/by?usernames=ramai") for _ in range(3)]
    assert [s.status for s in said] == [200, 200, 429]
    assert [s.headers["x-rate-limit-remaining"] for s in said] == ["1", "0", "0"]
    reset = datetime.fromtimestamp(int(said[2].headers["x-rate-limit-reset"]), UTC)
    assert NOW < reset <= NOW + timedelta(minutes=15)
    assert get(lab, timeline(BUSY)).status == 200, "another endpoint has its own"
    lab.clock.set(reset)
    assert get(lab, "/2/users/by?usernames=ramai").status == 200


def test_a_used_up_credit_is_402_with_the_headers_of_every_answer(lab: Lab) -> None:
    lab.faces["x"].credits = 20
    said = [get(lab, "/2/users/by?usernames=ramai,terhapus") for _ in range(3)]
    assert [s.status for s in said] == [200, 200, 402]
    assert "x-rate-limit-remaining" in said[2].headers
    assert lab.faces["x"].bill().usd == 20


def test_a_recorded_timeline_has_the_same_shape(older: Lab) -> None:
    """Asked for without any fields, as it was recorded."""
    recorded = tape("x/users-id-tweets")["json"]
    ours = get(older, timeline(BUSY, "max_results=5")).json
    assert set(ours) == set(recorded)
    assert set(ours["meta"]) == set(recorded["meta"])
    assert {key: type(value) for key, value in ours["data"][0].items()} == {
        key: type(value) for key, value in recorded["data"][0].items()
    }
    users = get(older, "/2/users/by?usernames=ramai").json
    assert {key: type(value) for key, value in users["data"][0].items()} == {
        key: type(value) for key, value in tape("x/users-by")["json"]["data"][0].items()
    }


@contextmanager
def tweepy_client(lab: Lab, token: str = x.TOKEN) -> Iterator[Any]:
    """A tweepy client that believes to talk to api.twitter.com."""
    import requests
    import tweepy

    class Detour(requests.adapters.HTTPAdapter):
        def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:  # type: ignore[override]
            assert request.url is not None
            request.headers["Host"] = "api.twitter.com"
            request.url = request.url.replace("https://api.twitter.com", lab.url)
            return super().send(request, **options)

    client = tweepy.Client(token)
    client.session.trust_env = False
    client.session.mount("https://api.twitter.com", Detour())
    with client.session:
        yield client


class TestTweepy:
    """tweepy."""

    def test_it_reads_accounts_by_handle_and_by_id(self, older: Lab) -> None:
        with tweepy_client(older) as client:
            found = client.get_users(
                usernames=["ramai", "terhapus", "ditangguhkan"],
                user_fields=["created_at", "protected", "public_metrics", "most_recent_tweet_id"],
            )
            by_id = client.get_users(ids=[x.user_id(BUSY)])
        (user,) = found.data
        assert (user.username, str(user.id), user.created_at) == ("ramai", x.user_id(BUSY), BORN)
        assert user.public_metrics["tweet_count"] == 12
        assert [error["title"] for error in found.errors] == ["Not Found Error", "Forbidden"]
        assert by_id.data[0].username == "ramai"

    def test_it_pages_through_a_timeline(self, older: Lab) -> None:
        import tweepy

        with tweepy_client(older) as client:
            pages = tweepy.Paginator(
                client.get_users_tweets, x.user_id(BUSY), max_results=5, tweet_fields=["created_at"]
            )
            posts = list(pages.flatten())
            news = client.get_users_tweets(x.user_id(BUSY), since_id=posts[1].id, exclude=["replies", "retweets"])
        assert [post.created_at for post in posts] == [NOW - n * DAY for n in range(1, 13)]
        assert [post.id for post in news.data] == [posts[0].id]
        assert news.meta["result_count"] == 1

    def test_it_understands_the_errors(self, older: Lab) -> None:
        import tweepy

        with tweepy_client(older, x.WRONG) as client, pytest.raises(tweepy.Unauthorized):
            client.get_users(usernames=["ramai"])
        with tweepy_client(older, x.NOT_ENROLLED) as client, pytest.raises(tweepy.Forbidden):
            client.get_users(usernames=["ramai"])
        with tweepy_client(older) as client:
            with pytest.raises(tweepy.BadRequest, match="max_results"):
                client.get_users_tweets(x.user_id(BUSY), max_results=3)
            older.faces["x"].limits["users"] = 1
            client.get_users(usernames=["ramai"])
            with pytest.raises(tweepy.TooManyRequests):
                client.get_users(usernames=["ramai"])


def test_our_requests_use_parameters_that_the_client_knows() -> None:
    """Names of parameters and words of ours, against those a client of others was written for."""
    import inspect

    import tweepy

    from auditor.platforms import _x_api, _x_posts

    known = inspect.getdoc(tweepy.Client.get_users_tweets) or ""
    for name in ("max_results", "exclude", "since_id", "pagination_token"):
        assert name in known
    assert _x_posts.POST_FIELDS["tweet"][0] == "tweet.fields"
    assert set(_x_posts.POST_FIELDS["tweet"][1].split(",")) <= set(tweepy.Tweet.__slots__)
    assert set(_x_api.FIELDS.split(",")) <= set(tweepy.User.__slots__)


def test_every_answer_says_json(lab: Lab) -> None:
    for path in ("/2/users/by?usernames=ramai", "/2/users/by?usernames=-", "/2/nothing"):
        said = get(lab, path)
        assert said.headers["content-type"].startswith("application/json")
        assert isinstance(json.loads(said.text), dict)
