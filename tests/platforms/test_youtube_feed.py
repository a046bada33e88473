"""YouTube without a key: the Atom feed of a channel proves activity and nothing else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from auditor.core.address import Address, AddressProblem, read_address
from auditor.core.model import AccountRef, Miss, Missed, Post, PostKind, Seen, Unreadable
from auditor.fetch.answer import Refused
from auditor.platforms import platforms
from auditor.platforms.base import Unchanged, Window
from auditor.platforms.youtube import PLATFORM

from .feeds import SINCE, XML, at, sample
from .script import NOW, Reply, Script, Scripted, of_html

CHANNEL = "UCpemkot-kota-contoh-01A"
OTHER = "UCkominf-kota-contoh-02A"
FEED = "https://www.youtube.com/feeds/videos.xml"
ROBOT = of_html("<title>Error 404 (Not Found)!!1</title>", 404, server="YouTube RSS Feeds server")


def look(reply: Scripted, ref: AccountRef | None = None, script: Script | None = None) -> object:
    """One look; what is raised is its outcome."""
    ask = script or Script({FEED: reply}, FEED)
    assert PLATFORM.timeline is not None
    try:
        return PLATFORM.timeline(ref or AccountRef("youtube", CHANNEL), None, ask, Window(SINCE, NOW))
    except Refused as refused:
        return refused.outcome


def seen(reply: Reply, ref: AccountRef | None = None) -> Seen:
    """One look that reads the channel."""
    outcome = look(reply, ref)
    assert isinstance(outcome, Seen), outcome
    return outcome


def changed(old: str, new: str) -> Reply:
    """The sample, with one text replaced."""
    body = sample("youtube.xml").body.decode()
    assert old in body
    return Reply(200, body.replace(old, new).encode(), XML)


def test_a_feed_proves_activity_and_never_silence() -> None:
    sight = seen(sample("youtube.xml"))
    assert sight.native_id == CHANNEL
    assert sight.horizon == NOW
    assert sight.flags == {"positive_only"}
    assert sight.created_at == at("2018-06-02T16:10:37")
    assert PLATFORM.capability.positive_only


def test_an_upcoming_broadcast_is_listed_and_not_counted() -> None:
    """The newest counted post is the real video, 40 days old. Once on air, the broadcast is a new post."""
    posts = seen(sample("youtube.xml")).posts
    assert [(p.native_id, p.posted_at, p.kind) for p in posts] == [
        ("upcoming:contoh00003", at("2026-11-23T08:00"), PostKind.OTHER),
        ("contoh00002", at("2026-10-14T08:00"), PostKind.ORIGINAL),
    ]
    assert posts[1].url == "https://www.youtube.com/watch?v=contoh00002"


@pytest.mark.parametrize("name", ["contoh00003", "live:contoh00003"])
@pytest.mark.parametrize("views", ["0", "7"])
def test_a_broadcast_that_is_known_to_have_begun_keeps_the_date_of_its_beginning(name: str, views: str) -> None:
    """The feed dates it when it was announced: of one name the earliest date counts, and the last post would recede."""
    began = Post(name, at("2026-11-23T09:00"), PostKind.ORIGINAL)
    announced = Post("upcoming:contoh00003", at("2026-11-23T08:00"), PostKind.OTHER)
    known = {post.native_id: post for post in (began, announced)}
    script = Script({FEED: changed('views="0"', f'views="{views}"')}, FEED)
    assert PLATFORM.timeline is not None
    sight = PLATFORM.timeline(AccountRef("youtube", CHANNEL), None, script, Window(SINCE, NOW, known=known))
    assert isinstance(sight, Seen)
    listed = {post.native_id: post for post in sight.posts}
    assert (listed[name].posted_at, listed[name].kind) == (began.posted_at, PostKind.ORIGINAL)
    assert len(listed) == 2


def test_a_feed_that_counts_no_views_at_all_says_nothing_about_broadcasts() -> None:
    posts = seen(changed('views="41"', 'views="0"')).posts
    assert {p.kind for p in posts} == {PostKind.ORIGINAL}


def test_the_channel_is_asked_by_its_id() -> None:
    script = Script({FEED: sample("youtube.xml")}, FEED)
    look(Reply(500), AccountRef("youtube", "@pemkotcontoh", CHANNEL), script)
    assert [(r.url, r.params) for r in script.requests] == [(FEED, (("channel_id", CHANNEL),))]


@pytest.mark.parametrize("handle", ["@pemkotcontoh", "user/pemkotcontoh", "c/pemkotcontoh", "pemkotcontoh", "UCkurang"])
def test_what_is_no_channel_id_cannot_be_asked_for_without_a_key(handle: str) -> None:
    script = Script({}, FEED)
    outcome = look(Reply(500), AccountRef("youtube", handle), script)
    assert outcome == Missed(Miss.OUR_REQUEST_INVALID, "needs_channel_id")
    assert script.requests == []


IDENTITIES = {
    "yt:channelId without UC": changed("<yt:channelId>pemkot", "<yt:channelId>pemkot"),
    "yt:channelId with UC": changed("<yt:channelId>pemkot", "<yt:channelId>UCpemkot"),
    "only the Atom id": changed("<yt:channelId>pemkot-kota-contoh-01A</yt:channelId>\n <title>", "<title>"),
}


@pytest.mark.parametrize("reply", IDENTITIES.values(), ids=IDENTITIES.keys())
def test_the_channel_in_the_answer_is_told_with_and_without_uc(reply: Reply) -> None:
    assert seen(reply).native_id == CHANNEL


def test_the_feed_of_another_channel_is_no_sight_of_this_one() -> None:
    outcome = look(sample("youtube.xml"), AccountRef("youtube", OTHER))
    assert outcome == Missed(Miss.UNRECOGNISED, "other_channel")


def test_a_feed_that_names_no_channel_is_unrecognised() -> None:
    bare = Reply(200, b'<feed xmlns="http://www.w3.org/2005/Atom"/>', XML)
    assert look(bare) == Missed(Miss.UNRECOGNISED, "no_channel_id")


def test_a_feed_that_names_its_channel_in_the_link_only_is_read_and_covers_nothing() -> None:
    body = f'<feed xmlns="http://www.w3.org/2005/Atom"><link rel="self" href="{FEED}?channel_id={CHANNEL}"/></feed>'
    sight = seen(Reply(200, body.encode(), XML))
    assert (sight.posts, sight.horizon) == ((), NOW)


def test_a_video_of_another_channel_is_not_the_office() -> None:
    reply = changed(
        f"contoh00003</yt:videoId><yt:channelId>{CHANNEL}", f"contoh00003</yt:videoId><yt:channelId>{OTHER}"
    )
    assert [p.native_id for p in seen(reply).posts] == ["contoh00002"]


def test_an_entry_without_a_date_is_undated_and_one_without_an_id_unrecognised() -> None:
    sight = seen(changed("<published>2026-11-23T08:00:00+00:00</published>", ""))
    assert sight.undated == {"contoh00003"}
    outcome = look(changed("<id>yt:video:contoh00003</id><yt:videoId>contoh00003</yt:videoId>", "<id>?</id>"))
    assert outcome == Missed(Miss.UNRECOGNISED, "no_video_id")


MISSED = {
    "404 for a healthy channel": (ROBOT, Miss.UNREACHABLE),
    "410": (Reply(410), Miss.UNREACHABLE),
    "500": (Reply(500), Miss.UNREACHABLE),
    "503": (Reply(503), Miss.UNREACHABLE),
    "429": (Reply(429), Miss.RATE_LIMITED),
    "400": (Reply(400), Miss.OUR_REQUEST_INVALID),
    "401": (Reply(401), Miss.PERMISSION_MISSING),
    "403": (Reply(403), Miss.PERMISSION_MISSING),
    "a redirect to the consent page": (Reply(302, b"", {"location": "https://consent.youtube.com/"}), Miss.UNREACHABLE),
    "the consent page": (of_html("<!DOCTYPE html><html>Sebelum melanjutkan"), Miss.UNREACHABLE),
    "a page that is well-formed XML": (of_html('<html xmlns="http://www.w3.org/1999/xhtml"/>'), Miss.UNREACHABLE),
    "another root": (Reply(200, b"<rss><channel/></rss>", XML), Miss.UNREACHABLE),
    "JSON": (Reply(200, b"{}", XML), Miss.UNREACHABLE),
    "no body": (Reply(200, b"", XML), Miss.UNREACHABLE),
    "a cut body": (Reply(200, sample("youtube.xml").body[:900], XML), Miss.UNRECOGNISED),
    "an XML bomb": (Reply(200, b'<!DOCTYPE f [<!ENTITY a "a">]><feed>&a;</feed>', XML), Miss.UNRECOGNISED),
}


@pytest.mark.parametrize(("reply", "reason"), MISSED.values(), ids=MISSED.keys())
def test_a_failing_feed_says_nothing_about_the_channel(reply: Reply, reason: Miss) -> None:
    outcome = look(reply)
    assert not isinstance(outcome, Unreadable)
    assert isinstance(outcome, Missed)
    assert outcome.reason is reason


FEEDS = [
    row
    for row in json.loads((Path(__file__).parent / "bodies" / "youtube.json").read_text("utf-8"))
    if row["call"] == "feed"
]


@pytest.mark.parametrize("row", FEEDS, ids=[row["case"] for row in FEEDS])
def test_a_documented_answer_of_the_feed_means_what_the_table_says(row: dict[str, Any]) -> None:
    outcome = look(Reply(row["status"], row["body"].encode(), {"content-type": "text/html"}))
    assert isinstance(outcome, Missed)
    assert outcome.reason == row["outcome"]
    assert row.get("detail") in (None, outcome.detail)


def test_304_is_the_last_sight_again() -> None:
    assert look(Reply(304)) == Unchanged()


# --- addresses ---

CHANNEL_URL = f"https://www.youtube.com/channel/{CHANNEL}"
ACCEPTED = {
    f"https://www.youtube.com/channel/{CHANNEL}": (CHANNEL, CHANNEL, CHANNEL_URL),
    f"m.youtube.com/channel/{CHANNEL}/featured": (CHANNEL, CHANNEL, CHANNEL_URL),
    CHANNEL: (CHANNEL, CHANNEL, CHANNEL_URL),
    "https://youtube.com/@PemkotContoh/videos": ("@pemkotcontoh", None, "https://www.youtube.com/@pemkotcontoh"),
    "https://youtube.com/@PemkotContoh?si=abc": ("@pemkotcontoh", None, "https://www.youtube.com/@pemkotcontoh"),
    "@PemkotContoh": ("@pemkotcontoh", None, "https://www.youtube.com/@pemkotcontoh"),
    "https://www.youtube.com/user/PemkotContoh": (
        "user/pemkotcontoh",
        None,
        "https://www.youtube.com/user/pemkotcontoh",
    ),
    "https://www.youtube.com/c/PemkotContoh": ("c/pemkotcontoh", None, "https://www.youtube.com/c/pemkotcontoh"),
    "https://www.youtube.com/PemkotContoh": ("pemkotcontoh", None, "https://www.youtube.com/pemkotcontoh"),
    "kominfocontoh": ("kominfocontoh", None, "https://www.youtube.com/kominfocontoh"),
}


@pytest.mark.parametrize(("written", "expected"), ACCEPTED.items(), ids=ACCEPTED.keys())
def test_every_way_to_write_a_channel_has_one_form(written: str, expected: tuple[str, str | None, str]) -> None:
    """Names are folded, channel ids keep their case."""
    found = read_address(written, {name: p.address for name, p in platforms().items()}, "youtube")
    assert isinstance(found, Address), found
    assert (found.handle, found.native_id, found.url) == expected


REFUSED = (
    "https://www.youtube.com/watch?v=contoh00002",
    "https://www.youtube.com/playlist?list=PLx",
    "https://www.youtube.com/shorts/contoh00002",
    "https://www.youtube.com/live/contoh00002",
    "https://www.youtube.com/embed/contoh00002",
    "https://www.youtube.com/results?search_query=kota",
    "https://youtu.be/contoh00002",
    "https://www.youtube.com/",
    "https://www.youtube.com/channel/kurang",
)


@pytest.mark.parametrize("written", REFUSED)
def test_a_video_a_list_and_a_home_page_are_no_account(written: str) -> None:
    forms = {name: p.address for name, p in platforms().items()}
    assert isinstance(read_address(written, forms), AddressProblem)
    assert isinstance(read_address(written, forms, "youtube"), AddressProblem)
