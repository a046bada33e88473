"""What a feed on a real nginx is read as: every answer one of the documented outcomes, none of them an empty one."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

from auditor.fetch.client import Door
from auditor.fetch.network import Network

from .nginx import CERTIFICATES, NAME, Reader, daily, nginx, reader, rss

NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
GZIP = "gzip on; gzip_types application/rss+xml; gzip_min_length 1;"
FEED = "/feed.xml"


def look(folder: Path, locations: str, path: str = FEED, *, secure: bool = False) -> tuple[Reader, dict[str, Any]]:
    """One look at a path of a site that also has a healthy feed at /feed.xml."""
    with nginx(folder / "site", locations) as site:
        site.publish("feed.xml", rss(*daily(NOW)), NOW)
        office = reader(folder, site, path, secure=secure)
        return office, office.look(NOW)


def iso(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.mark.parametrize("settings", ["", GZIP], ids=["plain", "compressed, which makes the tag weak"])
def test_an_unchanged_feed_is_asked_for_with_both_validators_and_its_304_is_a_successful_look(
    tmp_path: Path, settings: str
) -> None:
    with nginx(tmp_path / "site", settings) as site:
        site.publish("feed.xml", rss(*daily(NOW)), NOW)
        office = reader(tmp_path, site, FEED)
        looks = [office.look(NOW + timedelta(days=n)) for n in range(3)]
        asked = site.asked(3)
    assert [each["statuses"] for each in looks] == [[200], [304], [304]]
    assert [each["outcome"] for each in looks] == ["seen", "seen", "seen"]
    assert [each["observed_at"] for each in looks] == [iso(NOW + timedelta(days=n)) for n in range(3)]
    assert [each["posts"] for each in looks] == [iso(NOW - timedelta(hours=1))] * 3
    assert [each["row"]["observed_at"] for each in looks] == [each["observed_at"] for each in looks]
    assert [each["status"] for each in asked] == ["200", "304", "304"]
    first, *others = asked
    assert (first["http_if_none_match"], first["http_if_modified_since"]) == ("", "")
    assert first["sent_http_content_encoding"] == ("gzip" if settings else "")
    assert first["sent_http_etag"].startswith('W/"' if settings else '"')
    assert others[0]["http_if_none_match"] == first["sent_http_etag"]
    assert {each["http_if_none_match"].removeprefix("W/") for each in others} == {
        first["sent_http_etag"].removeprefix("W/")
    }
    assert {each["http_if_modified_since"] for each in others} == {"Mon, 23 Nov 2026 03:00:00 GMT"}


def test_unmoved_feeds_prove_silence_until_the_look_that_would_tell_of_it_reads_in_full(tmp_path: Path) -> None:
    with nginx(tmp_path / "site") as site:
        site.publish("feed.xml", rss(*daily(NOW)), NOW)
        office = reader(tmp_path, site, FEED)
        rows = [office.look(NOW + timedelta(days=n))["row"] for n in (0, 7, 14, 21, 28, 30)]
        asked = site.asked(7)
    assert [each["status"] for each in asked] == ["200", *["304"] * 5, "200"]
    assert asked[-1]["http_if_none_match"] == ""
    assert [row["status"] for row in rows] == ["active", "active", "slow", "slow", "slow", "inactive"]
    assert rows[-1]["since"] == iso(NOW - timedelta(hours=1) + timedelta(days=30))


def test_a_changed_feed_is_read_again_and_shows_the_new_post(tmp_path: Path) -> None:
    with nginx(tmp_path / "site") as site:
        site.publish("feed.xml", rss(*daily(NOW)), NOW)
        office = reader(tmp_path, site, FEED)
        office.look(NOW)
        site.publish("feed.xml", rss(*daily(NOW), LATER - timedelta(minutes=5)), LATER)
        second = office.look(LATER)
        asked = site.asked(2)
    assert (asked[1]["http_if_none_match"], asked[1]["status"]) == (asked[0]["sent_http_etag"], "200")
    assert (second["outcome"], second["statuses"], second["new_posts"]) == ("seen", [200], 1)
    assert second["posts"] == iso(LATER - timedelta(minutes=5))


def test_a_change_that_keeps_the_modification_time_is_seen_by_its_length_in_the_tag(tmp_path: Path) -> None:
    with nginx(tmp_path / "site") as site:
        site.publish("feed.xml", rss(*daily(NOW)), NOW)
        office = reader(tmp_path, site, FEED)
        office.look(NOW)
        site.publish("feed.xml", rss(*daily(NOW), LATER - timedelta(minutes=5)), NOW)
        assert office.look(LATER)["statuses"] == [200]


@pytest.mark.parametrize("compressed", [False, True], ids=["as it lies", "compressed on the way"])
def test_the_door_hands_over_the_bytes_of_the_file(tmp_path: Path, compressed: bool) -> None:
    with nginx(tmp_path / "site", GZIP if compressed else "") as site:
        site.publish("feed.xml", rss(*daily(NOW, 300)), NOW)
        loopback = Network(allow_private=(ip_network("127.0.0.0/8"),), timeout_seconds=5)
        with Door(loopback, lambda: NOW, base_url=site.url) as door:
            answer = door("GET", FEED)
            again = door("GET", FEED, headers={"If-None-Match": answer.headers["etag"]})
        assert answer.status == 200
        assert answer.body == (tmp_path / "site/www/feed.xml").read_bytes()
        assert (answer.headers.get("content-encoding") == "gzip") is compressed
        assert (again.status, again.body) == (304, b"")


MOVES = {
    "permanently, to a path": ("location = /lama { return 301 /feed.xml; }", "/lama", [301, 200]),
    "for a while, to a whole address": (
        "location = /lama { return 302 http://$host/feed.xml; }",
        "/lama",
        [302, 200],
    ),
    "twice": (
        "location = /lama { return 308 /tua; } location = /tua { return 307 /feed.xml; }",
        "/lama",
        [308, 307, 200],
    ),
}


@pytest.mark.parametrize(("locations", "path", "statuses"), MOVES.values(), ids=MOVES)
def test_a_feed_that_moved_is_read_where_it_is_now(
    tmp_path: Path, locations: str, path: str, statuses: list[int]
) -> None:
    _, seen = look(tmp_path, locations, path)
    assert (seen["outcome"], seen["statuses"]) == ("seen", statuses)
    assert seen["posts"] == iso(NOW - timedelta(hours=1))
    assert seen["row"]["status"] == "active"


def test_a_moved_feed_still_answers_304_at_its_new_place(tmp_path: Path) -> None:
    with nginx(tmp_path / "site", "location = /lama { return 301 /feed.xml; }") as site:
        site.publish("feed.xml", rss(*daily(NOW)), NOW)
        office = reader(tmp_path, site, "/lama")
        office.look(NOW)
        second = office.look(LATER)
    assert (second["outcome"], second["statuses"]) == ("seen", [301, 304])


REFUSED = {
    "a circle of redirects is our entry's fault": (
        "location = /a { return 302 /b; } location = /b { return 302 /a; }",
        "/a",
        "our_request_invalid",
        "redirect_loop",
    ),
    "404 proves no absence: sites are rebuilt": ("", "/hilang.xml", "ambiguous_absence", "not_found"),
    "410 says that the feed is gone": ("location = /a { return 410; }", "/a", "gone", None),
    "a password is a missing permission": (
        'location = /feed.xml { auth_basic "Kota Contoh"; auth_basic_user_file FOLDER/users; }',
        FEED,
        "permission_missing",
        "401",
    ),
    "403 is a missing permission": ("location = /a { return 403; }", "/a", "permission_missing", "403"),
    "500 is the server's trouble": ("location = /a { return 500; }", "/a", "unreachable", "500"),
    "a web page is no feed": (
        "location = /a { default_type text/html; return 200 '<p>Berita</p>'; }",
        "/a",
        "unrecognised",
        "root p",
    ),
    "a hang-up without an answer": ("location = /a { return 444; }", "/a", "unreachable", "reset"),
}


@pytest.mark.parametrize(("locations", "path", "outcome", "detail"), REFUSED.values(), ids=REFUSED)
def test_a_refusal_is_a_named_outcome_and_the_account_stays_unknown(
    tmp_path: Path, locations: str, path: str, outcome: str, detail: str | None
) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site/users").write_text("humas:{PLAIN}contoh\n")
    _, seen = look(tmp_path, locations, path)
    assert (seen["outcome"], seen["detail"]) == (outcome, detail)
    assert seen["row"]["status"] == "unknown"
    assert seen["row"]["posts_30d"] is None


def test_a_404_names_the_feed_that_the_front_page_offers(tmp_path: Path) -> None:
    with nginx(tmp_path / "site") as site:
        link = '<link rel="alternate" type="application/rss+xml" href="/feed.xml">'
        site.publish("index.html", f"<!doctype html><html><head>{link}</head><body>Kota Contoh</body></html>", NOW)
        seen = reader(tmp_path, site, "/hilang.xml").look(NOW)
    assert (seen["outcome"], seen["statuses"]) == ("ambiguous_absence", [404, 200])
    assert f"http://{NAME}/feed.xml" in seen["detail"]


def test_429_closes_the_lane_until_the_instant_the_server_named(tmp_path: Path) -> None:
    busy = "location = /a { add_header Retry-After 5400 always; return 429; }"
    with nginx(tmp_path / "site", busy) as site:
        office = reader(tmp_path, site, "/a")
        seen = office.look(NOW)
        status = office(NOW, "status")
        early = office(NOW + timedelta(seconds=5399), "poll", "--all")
        site.asked(1)
        late = office(NOW + timedelta(seconds=5400), "poll")
        site.asked(2)
    assert (seen["outcome"], seen["row"]["status"]) == ("rate_limited", "unknown")
    assert status["platforms"][0]["blocked_until"] == iso(NOW + timedelta(seconds=5400))
    assert (early["looked"], late["looked"]) == (0, 1)


def test_503_is_asked_again_when_the_server_said_and_not_before(tmp_path: Path) -> None:
    back = NOW + timedelta(hours=3)
    weak = f'location = /a {{ add_header Retry-After "{back:%a, %d %b %Y %H:%M:%S} GMT" always; return 503; }}'
    with nginx(tmp_path / "site", weak) as site:
        office = reader(tmp_path, site, "/a")
        seen = office.look(NOW)
        assert office(back - timedelta(seconds=1), "poll", "--dry-run") == []
        (due,) = office(back, "poll", "--dry-run")
        site.asked(1)
    assert (seen["outcome"], seen["detail"], seen["row"]["status"]) == ("unreachable", "503", "unknown")
    assert (due["account"], due["why"]) == (f"feed:http://{NAME}/a", "retry")


def test_a_self_signed_certificate_is_unreachable_and_nothing_is_asked_through_it(tmp_path: Path) -> None:
    with nginx(tmp_path / "site") as site:
        site.publish("feed.xml", rss(*daily(NOW)), NOW)
        seen = reader(tmp_path, site, FEED, secure=True).look(NOW)
        site.asked(0)
    assert (seen["outcome"], seen["detail"]) == ("unreachable", "tls")
    assert seen["row"]["status"] == "unknown"


def test_a_certificate_that_is_trusted_is_read_through(tmp_path: Path) -> None:
    with nginx(tmp_path / "site") as site:
        site.publish("feed.xml", rss(*daily(NOW)), NOW)
        trust = ssl.create_default_context(cafile=str(CERTIFICATES / "named.pem"))
        office = Network(hosts={NAME: site.secure_url}, timeout_seconds=5)
        with Door(office, lambda: NOW, tls=trust) as door:
            assert door("GET", f"https://{NAME}{FEED}").status == 200


def test_a_server_that_is_stopped_is_unreachable_and_what_was_seen_still_holds(tmp_path: Path) -> None:
    with nginx(tmp_path / "site") as site:
        site.publish("feed.xml", rss(*daily(NOW)), NOW)
        office = reader(tmp_path, site, FEED)
        assert office.look(NOW)["outcome"] == "seen"
    shown = Reader(office.config, office.account)(LATER, "report")
    assert shown["accounts"][0]["status"] == "active"
