"""Client libraries written by others take the lab for the real thing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.lab import Lab
from tests.lab.model import Account, iso_ms, utc
from tests.lab.scenarios import scenario
from tests.lab.web import WINDOW

from .asking import ask

LIVE = "sosial.contoh.example"
# These libraries use what newer versions of Python or of their own dependencies call outdated.
pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning"),
]


@pytest.fixture(scope="module")
def archive() -> Iterator[Lab]:
    with Lab(scenario("fixture")) as lab:
        yield lab


@contextmanager
def mastodon(lab: Lab, host: str, token: str | None = None) -> Iterator[Any]:
    """A Mastodon.py client that believes to talk to `host`."""
    import requests
    from mastodon import Mastodon

    with requests.Session() as session:
        session.trust_env = False
        session.headers["Host"] = host
        yield Mastodon(api_base_url=lab.url, session=session, access_token=token, ratelimit_method="throw")


def claimed(account: Account, *kinds: str, now: datetime) -> list[datetime]:
    """The dates an account has claimed until `now`, newest first, to the millisecond."""
    dates = [i.post.at for i in account.visible(now) if not kinds or i.post.kind in kinds]
    return sorted((at.replace(microsecond=at.microsecond // 1000 * 1000) for at in dates), reverse=True)


def all_statuses(client: Any, id_: str, **options: Any) -> list[Any]:
    page = client.account_statuses(id_, **options)
    found = []
    while page:
        found += page
        page = client.fetch_next(page)
    return found


class TestMastodonPy:
    def test_it_reads_an_account_and_every_status_to_the_end(self, zoo: Lab) -> None:
        with mastodon(zoo, LIVE) as client:
            account = client.account_lookup("ramai")
            assert (account.username, account.uri) == ("ramai", f"https://{LIVE}/users/ramai")
            assert account.id == client.account(account.id).id
            statuses = all_statuses(client, account.id, limit=40)
            ours = zoo.scenario.account(f"mastodon:@ramai@{LIVE}")
            assert [s.created_at for s in statuses] == claimed(ours, now=zoo.scenario.now)
            assert len(statuses) == account.statuses_count > 300
            assert len({s.id for s in statuses}) == len(statuses)
            assert sum(s.reblog is not None for s in statuses) == 1
            assert sum(s.in_reply_to_account_id == account.id for s in statuses) == 1

    def test_its_filters_mean_the_same_here(self, zoo: Lab) -> None:
        with mastodon(zoo, LIVE) as client:
            id_ = client.account_lookup("aneka").id
            plain = all_statuses(client, id_, limit=3)
            assert len(plain) == 7
            for name, missing in {"exclude_reblogs": 1, "exclude_replies": 1, "only_media": 5}.items():
                assert len(all_statuses(client, id_, limit=3, **{name: True})) == 7 - missing
            assert [s.id for s in client.account_statuses(id_, since_id=plain[4].id)] == [s.id for s in plain[:4]]
            upwards = client.account_statuses(id_, min_id=plain[-1].id, limit=3)
            assert [s.id for s in upwards] == [s.id for s in plain[-4:-1]]
            assert len(client.account_statuses(client.account_lookup("ramai").id, limit=80)) == 40

    def test_it_pages_through_real_histories(self, archive: Lab) -> None:
        now = archive.clock.now()
        for ours in archive.scenario.on("mastodon")[:3]:
            with mastodon(archive, ours.host) as client:
                account = client.account_lookup(ours.handle)
                statuses = all_statuses(client, account.id, limit=40)
            assert [s.created_at for s in statuses] == claimed(ours, now=now)

    def test_it_raises_what_the_real_server_makes_it_raise(self, zoo: Lab) -> None:
        from mastodon.errors import (
            MastodonNotFoundError,
            MastodonRatelimitError,
            MastodonServiceUnavailableError,
            MastodonUnauthorizedError,
        )

        shut = "tertutup.contoh.example"
        with mastodon(zoo, LIVE) as client, mastodon(zoo, shut) as closed, mastodon(zoo, LIVE, "x") as wrong:
            for name in ("nosuch", "deleted"):
                with pytest.raises(MastodonNotFoundError):
                    client.account_lookup(name)
            with pytest.raises(MastodonUnauthorizedError):
                closed.account_lookup("kunci")
            with pytest.raises(MastodonUnauthorizedError):
                wrong.account_lookup("ramai")
            zoo.break_with({"kind": "too_many", "host": LIVE, "times": 1}, {"kind": "down", "host": LIVE})
            with pytest.raises(MastodonRatelimitError):
                client.account_lookup("ramai")
            with pytest.raises(MastodonServiceUnavailableError):
                client.account_lookup("ramai")

    def test_it_sees_states_where_they_apply(self, zoo: Lab) -> None:
        with mastodon(zoo, LIVE) as client:
            for name in ("suspended", "limited", "memorial"):
                assert client.account_lookup(name)[name] is True
            gone = client.account_lookup("suspended")
            assert (gone.statuses_count, gone.last_status_at, client.account_statuses(gone.id)) == (0, None, [])
            moved = client.account_lookup("pindah").moved
            assert moved.uri == "https://lain.contoh.example/users/baru"
            assert client.account_lookup("kosong").last_status_at is None
            assert client.instance().version == "4.7.3"

    def test_it_reads_a_server_of_another_make(self, zoo: Lab) -> None:
        host = "pleroma.contoh.example"
        with mastodon(zoo, host) as client:
            account = client.account_lookup("lele")
            statuses = all_statuses(client, account.id, limit=40)
        assert (len(account.id), account.last_status_at, len(statuses)) == (18, None, account.statuses_count)
        raw = ask(zoo, f"/api/v1/accounts/{account.id}/statuses?limit=1", host).json[0]["created_at"]
        assert datetime.fromisoformat(raw).tzinfo is None
        assert ask(zoo, "/api/v1/accounts/lookup?acct=siput", "gts.contoh.example").json == {
            "error": "Unauthorized: token not supplied"
        }
        reset = ask(zoo, "/api/v1/accounts/lookup?acct=siput", "gts.contoh.example").headers["x-ratelimit-reset"]
        assert datetime.fromtimestamp(int(reset), UTC) == utc("2026-11-23T00:05:00")


@pytest.fixture
def atproto() -> Iterator[Callable[[Lab], Any]]:
    """Makes atproto clients and closes them."""
    from atproto import Client

    made: list[Any] = []

    def client(lab: Lab) -> Any:
        made.append(Client(base_url=f"{lab.url}/bluesky/xrpc"))
        return made[-1]

    yield client
    for used in made:
        used.request.close()


def all_items(client: Any, actor: str, **options: Any) -> list[Any]:
    found, cursor = [], None
    while True:
        page = client.app.bsky.feed.get_author_feed({"actor": actor, "cursor": cursor, "limit": 100} | options)
        found += page.feed
        cursor = page.cursor
        if cursor is None:
            return found


class TestAtproto:
    def test_it_reads_profiles_and_every_post_to_the_end(self, zoo: Lab, atproto: Callable[[Lab], Any]) -> None:
        client = atproto(zoo)
        profile = client.app.bsky.actor.get_profile({"actor": "ramai.contoh"})
        assert client.com.atproto.identity.resolve_handle({"handle": "ramai.contoh"}).did == profile.did
        both = client.app.bsky.actor.get_profiles({"actors": [profile.did, "deleted.contoh", "kosong.contoh"]}).profiles
        assert [p.handle for p in both] == ["ramai.contoh", "kosong.contoh"]
        items = all_items(client, profile.did)
        ours = zoo.scenario.account("bluesky:ramai.contoh")
        originals = [i.post.record.created_at for i in items if i.reason is None]
        wanted = claimed(ours, "original", "reply", "thread", now=zoo.scenario.now)
        assert originals == [iso_ms(at) for at in wanted]
        assert profile.posts_count == len(originals)
        assert len({i.post.uri for i in items}) == len(items)

    def test_its_filters_mean_the_same_here(self, zoo: Lab, atproto: Callable[[Lab], Any]) -> None:
        client = atproto(zoo)
        everything = len(all_items(client, "ramai.contoh"))
        lengths = {
            name: len(all_items(client, "ramai.contoh", filter=name))
            for name in (
                "posts_with_replies",
                "posts_no_replies",
                "posts_and_author_threads",
                "posts_with_media",
                "posts_with_video",
            )
        }
        assert lengths == {
            "posts_with_replies": everything,
            "posts_no_replies": everything - 2,
            "posts_and_author_threads": everything - 1,
            "posts_with_media": 2,
            "posts_with_video": 1,
        }

    @pytest.mark.parametrize("variant", ["a", "b"])
    def test_it_pages_through_real_histories(self, variant: str, atproto: Callable[[Lab], Any]) -> None:
        """Pages filtered after they were cut (b) are short and go on; nothing is lost or twice."""
        with Lab(replace(scenario("fixture"), variants={"bluesky": variant})) as lab:
            client = atproto(lab)
            for ours in lab.scenario.on("bluesky")[:3]:
                items = all_items(client, ours.handle, filter="posts_no_replies")
                assert [i.post.record.created_at for i in items] == [
                    iso_ms(a) for a in claimed(ours, now=lab.clock.now())
                ]

    def test_it_raises_what_the_real_server_makes_it_raise(self, zoo: Lab, atproto: Callable[[Lab], Any]) -> None:
        from atproto_client.exceptions import BadRequestError, RateLimitExceededError, RequestException

        client = atproto(zoo)
        feed, profile = client.app.bsky.feed.get_author_feed, client.app.bsky.actor.get_profile
        for actor, error in (
            ("suspended.contoh", "AccountTakedown"),
            ("deactivated.contoh", "AccountDeactivated"),
            ("deleted.contoh", "InvalidRequest"),
            ("nosuch.contoh", "InvalidRequest"),
        ):
            with pytest.raises(BadRequestError) as refused:
                profile({"actor": actor})
            assert refused.value.response.content.error == error
            with pytest.raises(BadRequestError) as refused:
                feed({"actor": actor})
            assert refused.value.response.content.message == "Profile not found"
        with pytest.raises(BadRequestError):
            client.com.atproto.identity.resolve_handle({"handle": "nosuch.contoh"})
        with pytest.raises(RequestException):
            feed({"actor": "ramai.contoh", "cursor": "zzz"})
        zoo.break_with({"kind": "too_many", "platform": "bluesky"})
        with pytest.raises(RateLimitExceededError):
            profile({"actor": "ramai.contoh"})

    def test_it_follows_a_did_through_a_change_of_handle(self, city: Lab, atproto: Callable[[Lab], Any]) -> None:
        from atproto_client.exceptions import BadRequestError

        client = atproto(city)
        get = client.app.bsky.actor.get_profile
        city.clock.set(utc("2026-11-17"))
        before = get({"actor": "bpbd.kota.contoh"})
        city.clock.set(utc("2026-11-19"))
        with pytest.raises(BadRequestError):
            get({"actor": "bpbd.kota.contoh"})
        assert get({"actor": before.did}).handle == "bpbd-siaga.kota.contoh"

    def test_it_sees_the_pinned_post_only_when_it_asks(self, city: Lab, atproto: Callable[[Lab], Any]) -> None:
        client = atproto(city)
        pinned = client.app.bsky.actor.get_profile({"actor": "pemkot.kota.contoh"}).pinned_post
        for include, first in ((False, False), (True, True)):
            page = client.app.bsky.feed.get_author_feed(
                {"actor": "pemkot.kota.contoh", "limit": 10, "include_pins": include}
            )
            assert (page.feed[0].post.uri == pinned.uri) is first


class TestFeedparser:
    @pytest.mark.parametrize("form", ["rss", "atom", "rdf"])
    def test_it_finds_the_same_items_and_dates_in_every_form(self, zoo: Lab, form: str) -> None:
        import feedparser

        body = ask(zoo, f"/berita?format={form}", f"{form}.contoh.example").body
        parsed = feedparser.parse(body)
        ours = zoo.scenario.account(f"feed:https://{form}.contoh.example/berita?format={form}")
        dates = [
            datetime(*entry.get("published_parsed", entry.get("updated_parsed"))[:6], tzinfo=UTC)
            for entry in parsed.entries
        ]
        assert parsed.bozo is False
        assert dates == [at.replace(microsecond=0) for at in claimed(ours, now=zoo.scenario.now)[:WINDOW]]
        assert len({entry.id if form != "rdf" else entry.link for entry in parsed.entries}) == WINDOW

    def test_it_reads_the_feeds_of_the_archive(self, archive: Lab) -> None:
        import feedparser

        for ours in archive.scenario.on("feed"):
            parsed = feedparser.parse(fetched(archive, ours))
            dates = [datetime(*entry.published_parsed[:6], tzinfo=UTC) for entry in parsed.entries]
            assert dates == claimed(ours, now=archive.clock.now())[:WINDOW]

    def test_it_reads_the_feed_of_a_channel(self, zoo: Lab) -> None:
        import feedparser

        channel = "UCramai0-kota-contoh-10A"
        parsed = feedparser.parse(ask(zoo, f"/youtube/feeds/videos.xml?channel_id={channel}").body)
        ours = zoo.scenario.account(f"youtube:{channel}")
        dates = [datetime(*entry.published_parsed[:6], tzinfo=UTC) for entry in parsed.entries]
        assert dates == claimed(ours, now=zoo.scenario.now)[:15]
        assert parsed.feed.yt_channelid == channel.removeprefix("UC")
        assert parsed.entries[0].updated_parsed > parsed.entries[0].published_parsed
        assert timedelta(0) < zoo.scenario.now - dates[0]


def fetched(lab: Lab, account: Account) -> bytes:
    return ask(lab, "/feed/", account.handle.split("/")[2]).body
