"""Web sites and the key-less YouTube feed of the lab."""

from __future__ import annotations

import gzip
import json
from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest

from tests.lab import Lab
from tests.lab.web import STANDARD

from .asking import ask

RSS = "/berita?format=rss"
HOST = "rss.contoh.example"
CHANNEL = "/youtube/feeds/videos.xml?channel_id="
ATOM = "{http://www.w3.org/2005/Atom}"


def test_a_feed_has_fifteen_items_newest_first(zoo: Lab) -> None:
    root = ET.fromstring(ask(zoo, RSS, HOST).body)
    guids = [str(item.findtext("guid")) for item in root.iter("item")]
    assert len(guids) == 15
    assert guids == sorted(guids, key=lambda g: -int(g.partition("-")[2]))


def test_validators_hold_while_the_list_does_and_change_with_it(zoo: Lab) -> None:
    zoo.clock.set(zoo.scenario.now - timedelta(days=4))
    first = ask(zoo, RSS, HOST)
    zoo.clock.set(zoo.clock.now() + timedelta(minutes=1))
    again = ask(zoo, RSS, HOST, If_None_Match=first.headers["etag"])
    assert (again.status, again.body, again.headers["etag"]) == (304, b"", first.headers["etag"])
    assert ask(zoo, RSS, HOST, If_Modified_Since=first.headers["last-modified"]).status == 304
    zoo.clock.set(zoo.scenario.now)
    changed = ask(
        zoo, RSS, HOST, If_None_Match=first.headers["etag"], If_Modified_Since="Fri, 01 Jan 2100 00:00:00 GMT"
    )
    assert changed.status == 200, "If-None-Match decides where both are sent"
    assert changed.headers["etag"] != first.headers["etag"]


def test_a_site_without_validators_always_answers_in_full(zoo: Lab) -> None:
    got = ask(
        zoo, "/feed/", "polos.contoh.example", If_None_Match="*", If_Modified_Since="Fri, 01 Jan 2100 00:00:00 GMT"
    )
    assert got.status == 200
    assert not {"etag", "last-modified"} & set(got.headers)


def test_gzip_is_for_those_who_take_it(zoo: Lab) -> None:
    plain, packed = ask(zoo, RSS, HOST), ask(zoo, RSS, HOST, Accept_Encoding="gzip, br")
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body


STATES = [
    ("gone", 410, "410"),
    ("missing", 404, "404"),
    ("closed", 403, "403"),
    ("login", 401, "401"),
    ("parked", 200, "Account Suspended"),
]


@pytest.mark.parametrize(("state", "status", "text"), STATES, ids=[row[0] for row in STATES])
def test_a_feed_may_be(zoo: Lab, state: str, status: int, text: str) -> None:
    host = f"{state}.contoh.example"
    got = ask(zoo, "/feed/", host)
    assert (got.status, got.headers["content-type"]) == (status, "text/html; charset=utf-8")
    assert text in got.text
    zoo.clock.set(zoo.scenario.now.replace(day=15))
    assert ask(zoo, "/feed/", host).status == 200


@pytest.mark.parametrize(("host", "status"), [("pindah", 301), ("sementara", 302)])
def test_a_feed_may_have_moved(zoo: Lab, host: str, status: int) -> None:
    got = ask(zoo, "/feed/", f"{host}.contoh.example")
    assert (got.status, got.headers["location"]) == (status, f"https://{HOST}{RSS}")


def test_the_home_page_names_the_feed(zoo: Lab) -> None:
    home = ask(zoo, "/", HOST).text
    assert f'<link rel="alternate" type="application/rss+xml" title="Dinas https://{HOST}{RSS} Kota Contoh"' in home
    assert f'href="https://{HOST}{RSS}"' in home
    assert 'rel="alternate"' not in ask(zoo, "/", "gone.contoh.example").text


@pytest.mark.parametrize("path", STANDARD)
def test_every_site_offers_its_news_in_every_form(zoo: Lab, path: str) -> None:
    """Only the account's own address is refused where it is gone; what else the site has stays."""
    got = ask(zoo, path, HOST)
    assert got.status == 200
    if "json" in got.headers["content-type"]:
        assert json.loads(got.body)
    else:
        assert ET.fromstring(got.body) is not None


def test_wordpress_gives_naive_dates_in_two_zones(zoo: Lab) -> None:
    got = ask(zoo, "/wp-json/wp/v2/posts?per_page=20&_fields=id,date_gmt,link", HOST)
    newest = got.json[0]
    assert len(got.json) == 20
    assert newest["date_gmt"] < newest["date"]
    assert int(got.headers["x-wp-total"]) > 20


def test_a_sticky_item_stands_above_younger_ones(zoo: Lab) -> None:
    root = ET.fromstring(ask(zoo, "/feed/", "lekat.contoh.example").body)
    first = next(root.iter("item"))
    assert str(first.findtext("pubDate")).startswith("Mon, 03 Feb 2025")


def test_a_list_may_run_oldest_first(zoo: Lab) -> None:
    root = ET.fromstring(ask(zoo, "/feed/", "terbalik.contoh.example").body)
    numbers = [int(str(item.findtext("guid")).partition("-")[2]) for item in root.iter("item")]
    assert numbers == sorted(numbers)


def test_a_list_may_hold_an_undated_item_and_one_dated_ahead(zoo: Lab) -> None:
    root = ET.fromstring(ask(zoo, "/feed/", "aneh.contoh.example").body)
    items = list(root.iter("item"))
    assert str(items[0].findtext("pubDate")).startswith("Tue, 01 Dec 2026")
    assert sum(item.find("pubDate") is None for item in items) == 1


def test_dates_may_be_written_in_indonesian(zoo: Lab) -> None:
    assert " WIB</pubDate>" in ask(zoo, "/feed/", "wib.contoh.example").text


def test_a_news_sitemap_holds_two_days_only(zoo: Lab) -> None:
    everything = ask(zoo, "/sitemap.xml", HOST).text.count("<lastmod>")
    fresh = ask(zoo, "/sitemap-news.xml", HOST).text.count("<news:publication_date>")
    assert fresh <= 1 < 15 < everything


def test_a_channel_feed_has_fifteen_videos_and_no_more(zoo: Lab) -> None:
    got = ask(zoo, CHANNEL + "UCramai0-kota-contoh-10A")
    root = ET.fromstring(got.body)
    assert root.tag == f"{ATOM}feed"
    assert len(root.findall(f"{ATOM}entry")) == 15
    assert got.headers["cache-control"] == "public, max-age=900"
    assert int(got.headers["age"]) < 900
    assert got.headers["server"] == "YouTube RSS Feeds server"
    assert got.text.count('views="0"') == 1, "the scheduled stream"


def test_a_playlist_of_uploads_is_the_same_feed(zoo: Lab) -> None:
    by_playlist = ask(zoo, "/youtube/feeds/videos.xml?playlist_id=UUramai0-kota-contoh-10A")
    assert by_playlist.body == ask(zoo, CHANNEL + "UCramai0-kota-contoh-10A").body


@pytest.mark.parametrize("channel", ["UChilang-kota-contoh-11A", "UCtidak00-kota-contoh-9A"])
def test_a_missing_channel_is_the_robot_page(zoo: Lab, channel: str) -> None:
    got = ask(zoo, CHANNEL + channel)
    assert got.status == 404
    assert "Error 404 (Not Found)!!1" in got.text


def test_a_question_without_channel_is_refused(zoo: Lab) -> None:
    assert ask(zoo, "/youtube/feeds/videos.xml?c=ramai").status == 400


@pytest.mark.parametrize(("variant", "status"), [("a", 404), ("b", 500)])
def test_in_an_outage_every_channel_fails_alike(zoo: Lab, variant: str, status: int) -> None:
    zoo.break_with({"kind": "down", "platform": "youtube", "variant": variant})
    assert ask(zoo, CHANNEL + "UCramai0-kota-contoh-10A").status == status


def test_a_channel_without_videos_has_a_feed_without_entries(zoo: Lab) -> None:
    assert b"<entry>" not in ask(zoo, CHANNEL + "UCkosong-kota-contoh-12A").body
