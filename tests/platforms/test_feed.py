"""A web feed over HTTP: what each answer means, where redirects lead, and how far back a look reads."""

from __future__ import annotations

from datetime import timedelta

import pytest

from auditor.core.model import Barrier, Miss, Missed, Seen, Unreadable
from auditor.fetch.answer import Refused
from auditor.platforms import platforms
from auditor.platforms.base import Unchanged
from auditor.platforms.feed import PLATFORM, discover

from .feeds import HTML, JSON, SITE, URL, XML, at, dated, entry, look, names, rss, sample, seen
from .script import NOW, Reply, Script, of_html

SECOND = timedelta(seconds=1)
HOME = of_html(
    '<html><head><base href="/"><!-- <link rel="alternate" type="application/rss+xml" href="/lama.xml"> -->'
    '<link rel="alternate" type="application/rss+xml" title="Komentar" href="/comments/feed/">'
    "<LINK TYPE='application/rss+xml' REL='alternate home' HREF='berita/rss.xml?a=1&amp;b=2'>"
    "<link rel=alternate type=application/feed+json href=//kotacontoh.example/feed.json>"
    '<link rel="alternate" hreflang="en" href="/en/"><link rel="stylesheet" href="/x.css">'
    '<link rel="alternate" type="application/json" href="/wp-json/wp/v2/pages/2">'
    '<link rel="alternate" type="application/rss+xml" href="javascript:alert(1)"></head></html>'
)
FOUND = f"{SITE}/berita/rss.xml?a=1&b=2"
CHALLENGE = {"cf-mitigated": "challenge", **HTML}

MISSED = {
    "401: access is missing": (Reply(401), Miss.PERMISSION_MISSING, "401"),
    "407: access is missing": (Reply(407), Miss.PERMISSION_MISSING, "407"),
    "403: access is missing": (Reply(403, b"Forbidden", HTML), Miss.PERMISSION_MISSING, "403"),
    "403 of a challenge: not let through": (Reply(403, b"<html>", CHALLENGE), Miss.UNREACHABLE, "challenge"),
    "404 of a challenge: not let through": (Reply(404, b"<html>", CHALLENGE), Miss.UNREACHABLE, "challenge"),
    "410 of a challenge: not let through": (Reply(410, b"<html>", CHALLENGE), Miss.UNREACHABLE, "challenge"),
    "429 of a challenge: too fast": (Reply(429, b"<html>", CHALLENGE), Miss.RATE_LIMITED, "429"),
    "500: an outage": (Reply(500), Miss.UNREACHABLE, "500"),
    "502: an outage": (Reply(502), Miss.UNREACHABLE, "502"),
    "503: an outage": (Reply(503), Miss.UNREACHABLE, "503"),
    "521, which only Cloudflare knows: an outage": (Reply(521), Miss.UNREACHABLE, "521"),
    "204: nothing came": (Reply(204), Miss.UNREACHABLE, "empty"),
    "200 with no body: nothing came": (Reply(200, b"", XML), Miss.UNREACHABLE, "empty"),
    "200 with blanks: nothing came": (Reply(200, b" \n ", XML), Miss.UNREACHABLE, "empty"),
    "400: no shape we know": (Reply(400), Miss.UNRECOGNISED, "400"),
    "451: no shape we know": (Reply(451), Miss.UNRECOGNISED, "451"),
    "300: no shape we know": (Reply(300), Miss.UNRECOGNISED, "300"),
    "a suspended hosting account": (of_html("<html><h1>Account Suspended</h1></html>"), Miss.UNRECOGNISED, "html"),
    "a page without any tag of a page": (of_html("Situs ini dijual"), Miss.UNRECOGNISED, "html"),
    "a page that calls itself a feed": (Reply(200, b"<!DOCTYPE html><p>", XML), Miss.UNRECOGNISED, "html"),
    "a page that is well-formed XML": (
        Reply(200, b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"/>', XML),
        Miss.UNRECOGNISED,
        "html",
    ),
    "a page that names its feed": (HOME, Miss.UNRECOGNISED, f"html; found={FOUND}"),
    "a text": (Reply(200, b"halo", XML), Miss.UNRECOGNISED, "no_feed"),
    "XML that is no feed": (Reply(200, b"<svg/>", XML), Miss.UNRECOGNISED, "root svg"),
    "XML that does not parse": (Reply(200, b"<rss><channel>", XML), Miss.UNRECOGNISED, "xml"),
    "RSS without a channel": (Reply(200, b"<rss/>", XML), Miss.UNRECOGNISED, "root rss"),
    "Atom in no namespace": (Reply(200, b"<feed><entry/></feed>", XML), Miss.UNRECOGNISED, "root feed"),
    "JSON that is no feed": (Reply(200, b'{"items": []}', JSON), Miss.UNRECOGNISED, "no_feed"),
    "a JSON list of nothing": (Reply(200, b"[]", JSON), Miss.UNRECOGNISED, "no_feed"),
    "a JSON list of numbers": (Reply(200, b"[1]", JSON), Miss.UNRECOGNISED, "no_feed"),
    "JSON that does not parse": (Reply(200, b'{"version":', JSON), Miss.UNRECOGNISED, "json"),
    "JSON without a floor": (Reply(200, b"[" * 200_000, JSON), Miss.UNRECOGNISED, "json"),
    "a redirect to nowhere": (Reply(302), Miss.UNRECOGNISED, "redirect"),
    "a redirect to itself": (Reply(302, b"", {"location": URL}), Miss.OUR_REQUEST_INVALID, "redirect_loop"),
    "a redirect to mail": (Reply(301, b"", {"location": "mailto:x@y"}), Miss.OUR_REQUEST_INVALID, "redirect_scheme"),
    "a redirect to a file": (Reply(301, b"", {"location": "file:///e"}), Miss.OUR_REQUEST_INVALID, "redirect_scheme"),
    "a redirect to a broken address": (
        Reply(301, b"", {"location": "http://[::1"}),
        Miss.OUR_REQUEST_INVALID,
        "redirect_scheme",
    ),
}


@pytest.mark.parametrize(("reply", "reason", "detail"), MISSED.values(), ids=MISSED.keys())
def test_an_answer_that_proves_nothing_is_missed(reply: Reply, reason: Miss, detail: str) -> None:
    assert look({URL: reply}) == Missed(reason, detail)


def test_only_410_says_that_a_feed_is_gone() -> None:
    assert look({URL: Reply(410, b"<html>", HTML)}) == Unreadable(Barrier.GONE)


def test_an_error_body_of_json_does_not_speak_for_the_feed() -> None:
    """The machine codes of other platforms mean nothing on a web site."""
    assert look({URL: Reply(500, b'{"error": "AccountTakedown"}', JSON)}) == Missed(Miss.UNREACHABLE, "500")


def test_a_throttled_site_says_until_when() -> None:
    reply = Reply(429, b"", {"retry-after": "Mon, 23 Nov 2026 17:00:00 GMT"})
    assert look({URL: reply}) == Missed(Miss.RATE_LIMITED, "429", at("2026-11-23T17:00"))
    assert look({URL: Reply(503, b"", {"retry-after": "60"})}) == Missed(Miss.UNREACHABLE, "503", NOW + 60 * SECOND)


def test_what_the_door_refuses_is_the_outcome() -> None:
    """An expired certificate, a body beyond the limit, a refused connection."""
    assert look({URL: Refused(Missed(Miss.UNREACHABLE, "tls"))}) == Missed(Miss.UNREACHABLE, "tls")


def test_304_is_the_last_sight_again() -> None:
    assert look({URL: Reply(304, b"", {"etag": '"2"'})}) == Unchanged()


# --- 404 and autodiscovery ---


def test_404_is_no_absence_and_the_front_page_proposes_the_new_address() -> None:
    assert look({URL: Reply(404), f"{SITE}/": HOME}) == Missed(Miss.AMBIGUOUS_ABSENCE, f"not_found; found={FOUND}")


def test_the_front_page_may_lie_behind_a_redirect() -> None:
    moved = Reply(301, b"", {"location": f"{SITE}/beranda"})
    outcome = look({URL: Reply(404), f"{SITE}/": moved, f"{SITE}/beranda": HOME})
    assert outcome == Missed(Miss.AMBIGUOUS_ABSENCE, f"not_found; found={FOUND}")


@pytest.mark.parametrize(
    "home",
    [Reply(500), Reply(404), Reply(410), Reply(429), of_html("<p>"), Refused(Missed(Miss.UNREACHABLE)), Reply(200)],
    ids=["broken", "missing", "gone", "throttled", "no links", "unreachable", "empty"],
)
def test_404_stays_404_whatever_the_front_page_answers(home: Reply | Refused) -> None:
    assert look({URL: Reply(404), f"{SITE}/": home}) == Missed(Miss.AMBIGUOUS_ABSENCE, "not_found")


def test_the_address_that_failed_is_not_proposed() -> None:
    home = of_html(f'<link rel="alternate" type="application/rss+xml" href="{URL}">')
    assert look({URL: Reply(404), f"{SITE}/": home}) == Missed(Miss.AMBIGUOUS_ABSENCE, "not_found")


def test_a_page_names_its_feeds_in_order_and_none_of_comments() -> None:
    assert discover(HOME.body, f"{SITE}/x/") == [FOUND, "https://kotacontoh.example/feed.json"]


# --- redirects ---


def _hop(status: int, to: str) -> Reply:
    return Reply(status, b"", {"location": to})


@pytest.mark.parametrize("status", [301, 308])
def test_a_permanent_move_is_followed_and_named(status: int) -> None:
    sight = seen({URL: _hop(status, "/rss"), f"{SITE}/rss": dated("2026-11-22")})
    assert sight.flags == {f"moved_to={SITE}/rss"}
    assert sight.native_id == URL


@pytest.mark.parametrize("status", [302, 303, 307])
def test_a_temporary_move_is_followed_and_not_named(status: int) -> None:
    assert seen({URL: _hop(status, "/rss"), f"{SITE}/rss": dated("2026-11-22")}).flags == frozenset()


def test_one_temporary_hop_makes_the_whole_way_temporary() -> None:
    answers = {URL: _hop(301, "/a"), f"{SITE}/a": _hop(302, "/b"), f"{SITE}/b": dated("2026-11-22")}
    assert seen(answers).flags == frozenset()


def test_five_hops_are_followed_and_a_sixth_is_our_mistake() -> None:
    hops = {URL: _hop(301, "/1"), **{f"{SITE}/{n}": _hop(301, f"/{n + 1}") for n in range(1, 6)}}
    five = {**hops, f"{SITE}/5": dated("2026-11-22")}
    assert seen(five).flags == {f"moved_to={SITE}/5"}
    six = {**hops, f"{SITE}/6": dated("2026-11-22")}
    assert look(six) == Missed(Miss.OUR_REQUEST_INVALID, "redirects")


def test_a_loop_over_two_addresses_is_our_mistake() -> None:
    answers = {URL: _hop(302, "/a"), f"{SITE}/a": _hop(302, "/feed/")}
    assert look(answers) == Missed(Miss.OUR_REQUEST_INVALID, "redirect_loop")


def test_a_redirect_to_a_login_page_reads_nothing() -> None:
    answers = {URL: _hop(302, "/login"), f"{SITE}/login": of_html("<html>masuk")}
    assert look(answers) == Missed(Miss.UNRECOGNISED, "html")


def test_304_behind_a_redirect_is_unchanged() -> None:
    assert look({URL: _hop(301, "/rss"), f"{SITE}/rss": Reply(304)}) == Unchanged()


# --- WordPress ---

POSTS = f"{SITE}/wp-json/wp/v2/posts?per_page=20&_fields=id,date_gmt,link"


def test_dates_of_wordpress_are_utc_without_saying_so() -> None:
    sight = seen({POSTS: sample("wordpress.json", {**JSON, "x-wp-total": "812"})}, POSTS)
    assert [(p.native_id, p.posted_at, p.url) for p in sight.posts] == [
        ("103", at("2026-11-22T02:30"), f"{SITE}/berita/3/"),
        ("102", at("2026-11-20T01:00"), f"{SITE}/berita/2/"),
    ]
    assert sight.counters == {"posts": 812}


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_closed_interface_of_wordpress_leaves_it_to_the_feed(status: int) -> None:
    sight = seen({POSTS: Reply(status, b'{"code": "rest_forbidden"}', JSON), URL: dated("2026-11-22")}, POSTS)
    assert names(sight) == ["0"]
    assert sight.flags == frozenset()


def test_the_feed_beside_a_closed_interface_decides() -> None:
    assert look({POSTS: Reply(401), URL: Reply(410)}, POSTS) == Unreadable(Barrier.GONE)
    assert look({POSTS: Reply(401), URL: Reply(403)}, POSTS) == Missed(Miss.PERMISSION_MISSING, "403")


def test_a_challenge_at_the_interface_is_not_gone_round() -> None:
    assert look({POSTS: Reply(403, b"<html>", CHALLENGE)}, POSTS) == Missed(Miss.UNREACHABLE, "challenge")


def test_the_feed_is_looked_for_beside_a_wordpress_in_a_folder() -> None:
    folder = f"{SITE}/berita/?rest_route=/wp/v2/posts"
    assert names(seen({folder: Reply(404), f"{SITE}/berita/feed/": dated("2026-11-22")}, folder)) == ["0"]


def test_an_empty_answer_of_wordpress_covers_nothing() -> None:
    assert seen({POSTS: Reply(200, b"[]", JSON)}, POSTS).horizon == NOW


# --- how far back ---

HORIZONS = {
    "newest first: the oldest": (["2026-11-22", "2026-11-20", "2026-11-18"], "2026-11-18"),
    "oldest first: the oldest": (["2026-11-18", "2026-11-20", "2026-11-22"], "2026-11-18"),
    "an old item pinned on top is passed over": (["2023-01-01", "2026-11-22", "2026-11-20"], "2026-11-20"),
    "two pinned items are passed over": (["2023-01-01", "2022-01-01", "2026-11-22", "2026-11-20"], "2026-11-20"),
    "an old item in the middle is passed over": (["2026-11-22", "2023-01-01", "2026-11-20"], "2026-11-20"),
    "one item: its instant": (["2026-11-22"], "2026-11-22"),
    "two items, the older above: it may be pinned": (["2023-01-01", "2026-11-22"], "2026-11-22"),
    "all at one instant": (["2026-11-22", "2026-11-22", "2026-11-22"], "2026-11-22"),
    "an item of next week says nothing": (["2026-11-30", "2026-11-22", "2026-11-20"], "2026-11-20"),
    "not even at the end": (["2026-11-22", "2026-11-20", "2026-11-30"], "2026-11-20"),
}


@pytest.mark.parametrize(("days", "oldest"), HORIZONS.values(), ids=HORIZONS.keys())
def test_a_look_reads_back_to_the_oldest_item_of_the_newest_first_run_and_not_to_its_instant(
    days: list[str], oldest: str
) -> None:
    sight = seen(dated(*days))
    assert sight.horizon == at(oldest) + SECOND
    assert [p.posted_at for p in sight.posts] == sorted((at(d) for d in days), reverse=True)


def test_a_fraction_of_a_second_is_rounded_so_that_nothing_cut_is_claimed() -> None:
    assert seen(rss(entry("a", "2026-11-22T10:00:00.9Z"))).horizon == at("2026-11-22T10:00:01")


def test_an_empty_feed_covers_nothing() -> None:
    sight = seen(rss())
    assert (sight.posts, sight.horizon) == ((), NOW)


def test_a_feed_of_future_items_covers_nothing_and_passes_the_claims_on() -> None:
    sight = seen(dated("2026-11-30"))
    assert sight.horizon == NOW
    assert [p.posted_at for p in sight.posts] == [at("2026-11-30")]


def test_a_feed_in_the_order_of_edits_reads_back_to_its_oldest_edit() -> None:
    """An item cut off the end was edited before the last one, and so published before."""
    stamps = [("2020-01-01", "2026-11-22"), ("2026-11-20", "2026-11-20"), ("2019-01-01", "2026-11-15")]
    body = "".join(
        f"<entry><id>{n}</id><published>{p}</published><updated>{u}</updated></entry>"
        for n, (p, u) in enumerate(stamps)
    )
    atom = Reply(200, f'<feed xmlns="http://www.w3.org/2005/Atom">{body}</feed>'.encode(), XML)
    assert seen(atom).horizon == at("2026-11-15T00:00:01")


def test_undated_items_are_named_and_are_no_posts() -> None:
    sight = seen(rss(entry("a", "2026-11-22T00:00:00Z"), entry("b", None), entry("c", "0000-00-00")))
    assert names(sight) == ["a"]
    assert sight.undated == {"b", "c"}
    assert sight.horizon == at("2026-11-22T00:00:01")


# --- the same article ---


def test_the_same_id_twice_is_one_post_at_its_earliest_date() -> None:
    sight = seen(rss(entry("a", "2026-11-22T00:00:00Z"), entry("a", "2026-11-20T00:00:00Z")))
    assert [p.posted_at for p in sight.posts] == [at("2026-11-20")]


def test_a_new_id_with_the_same_link_is_one_post() -> None:
    link = "https://www.kotacontoh.example/berita/7/"
    twin = "http://www.kotacontoh.example/berita/7/?utm_source=rss&amp;PHPSESSID=abc#isi"
    sight = seen(rss(entry("a", "2026-11-22T00:00:00Z", link), entry("b", "2026-11-20T00:00:00Z", twin)))
    assert [(p.native_id, p.posted_at, p.url) for p in sight.posts] == [("a", at("2026-11-20"), link)]


def test_a_link_that_every_item_bears_does_not_make_them_one_post() -> None:
    """Three posts must not become one old one because the generator writes a single link."""
    for link in (f"{SITE}/", f"{SITE}/berita.php"):
        days = ["2026-11-22", "2026-11-20", "2026-11-18"]
        sight = seen(rss(*(entry(str(n), f"{d}T00:00:00Z", link) for n, d in enumerate(days))))
        assert [p.posted_at for p in sight.posts] == [at(d) for d in days]
        assert {p.url for p in sight.posts} == {None}


def test_the_front_page_is_no_address_of_an_article() -> None:
    """Two articles that point there stay two."""
    sight = seen(rss(*(entry(d, f"2026-11-{d}T00:00:00Z", f"{SITE}/") for d in ("22", "20"))))
    assert [(p.native_id, p.url) for p in sight.posts] == [("22", None), ("20", None)]


def test_an_address_too_long_to_keep_is_not_kept() -> None:
    """Also when it only becomes so by encoding."""
    sight = seen(rss(*(entry(d, f"2026-11-{d}", f"{SITE}/{'é' * n}") for d, n in (("22", 300), ("20", 600)))))
    assert [p.url for p in sight.posts] == [f"{SITE}/{'%C3%A9' * 300}", None]


def test_an_id_that_every_item_bears_gives_way_to_the_link() -> None:
    items = [entry("0", f"2026-11-{d}T00:00:00Z", f"{SITE}/{d}") for d in (22, 20, 18)]
    assert names(seen(rss(*items))) == [f"{SITE}/22", f"{SITE}/20", f"{SITE}/18"]


# --- as data ---


def test_a_feed_is_known_by_its_whole_address() -> None:
    form = PLATFORM.address
    assert form.whole
    assert not form.fold
    assert form.handle.fullmatch("https://www.kotacontoh.example:8443/wp-json/wp/v2/posts?per_page=20")
    assert not form.handle.fullmatch("kotacontoh.example")
    assert not form.handle.fullmatch("ftp://kotacontoh.example/feed")
    assert platforms()["feed"] is PLATFORM


def test_a_sitemap_may_be_larger_than_other_documents() -> None:
    asked: list[bool] = []

    def ask(method: str, url: str, /, *args: object, large: bool = False, **kwargs: object) -> object:
        asked.append(large)
        return Script({URL: sample("rss.xml"), f"{SITE}/sitemap.xml": sample("sitemap.xml")})(method, url)

    for url in (URL, f"{SITE}/sitemap.xml"):
        assert isinstance(look(ask, url), Seen)  # type: ignore[arg-type]
    assert asked == [False, True]
