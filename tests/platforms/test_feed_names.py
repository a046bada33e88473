"""What tells the items of one feed apart, and what an item without a date hides."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from hypothesis import given, settings, strategies as st

from auditor.core.model import ON_TOP
from auditor.platforms._articles import Item, merged, told_apart, topped
from auditor.platforms._links import comparable, is_home

from .feeds import DAY, JSON, SITE, URL, XML, at, entry, names, rss, seen
from .script import NOW, Reply

DAYS = [f"2026-11-{n:02}T00:00:00Z" for n in range(20, 10, -1)]
DATES = [at(d.removesuffix("Z")) for d in DAYS]
ITUNES = 'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"'


def _rss(body: str) -> Callable[[str], str]:
    """`@` stands for the day."""
    return lambda day: f"<item>{body.replace('@', day)}<pubDate>{day}</pubDate></item>"


NAMELESS = {
    "no guid, one link for all": _rss(f"<title>x</title><link>{SITE}/berita</link>"),
    "one guid and one link for all": _rss(f"<guid>0</guid><link>{SITE}/berita</link>"),
    "one guid for all and no link": _rss('<guid isPermaLink="false">0</guid>'),
    "no guid, links that differ in a fragment": _rss(f"<link>{SITE}/berita#b@</link>"),
    "one guid, links that differ in a fragment": _rss(f"<guid>0</guid><link>{SITE}/b#b@</link>"),
    "no guid, links that differ in a campaign": _rss(f"<link>{SITE}/b?utm_campaign=@</link>"),
    "no guid, no link, one title": _rss("<title>Siaran pers</title>"),
    "no guid, the front page, one title": _rss(f"<title>Siaran pers</title><link>{SITE}/</link>"),
    "a podcast with a foreign title and an enclosure": _rss(
        f'<itunes:title {ITUNES}>Siniar</itunes:title><enclosure url="{SITE}/@.mp3" type="audio/mpeg"/>'
    ),
    "nothing but a date": _rss(""),
}


@pytest.mark.parametrize("item", NAMELESS.values(), ids=NAMELESS.keys())
def test_rss_items_that_share_all_but_their_dates_are_several_posts(item: Callable[[str], str]) -> None:
    sight = seen(rss(*(item(day) for day in DAYS)))
    assert [p.posted_at for p in sight.posts] == DATES
    assert len(set(names(sight))) == len(DAYS)
    assert {p.url for p in sight.posts} == {None}


def test_a_name_of_our_own_making_stays_the_same_at_the_next_look() -> None:
    for item in NAMELESS.values():
        today = seen(rss(*(item(day) for day in DAYS[:-1])))
        yesterday = seen(rss(*(item(day) for day in DAYS[1:])))
        assert set(names(today)) & set(names(yesterday)) == set(names(today)[1:])


@pytest.mark.parametrize("name", ["", "<title>Siaran pers</title>"], ids=["bare", "one title"])
def test_atom_entries_without_id_and_link_are_told_apart_by_their_dates(name: str) -> None:
    entries = "".join(f"<entry>{name}<published>{day}</published></entry>" for day in DAYS)
    sight = seen(Reply(200, f'<feed xmlns="http://www.w3.org/2005/Atom">{entries}</feed>'.encode(), XML))
    assert [p.posted_at for p in sight.posts] == DATES


def test_json_items_without_id_and_url_are_told_apart_by_their_dates() -> None:
    items = [{"content_text": "x", "date_published": day} for day in DAYS]
    body = json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items}).encode()
    assert [p.posted_at for p in seen(Reply(200, body, JSON)).posts] == DATES


def test_two_dates_among_many_items_of_one_name_are_two_posts() -> None:
    """Five were put up today and five last year: today's must not vanish in last year's."""
    item = NAMELESS["no guid, one link for all"]
    sight = seen(rss(*(item(day) for day in [DAYS[0]] * 5 + [DAYS[-1]] * 5)))
    assert [p.posted_at for p in sight.posts] == [DATES[0], DATES[-1]]


def test_two_items_of_one_name_are_one_post_edited() -> None:
    item = NAMELESS["no guid, one link for all"]
    assert [p.posted_at for p in seen(rss(item(DAYS[0]), item(DAYS[1]))).posts] == [DATES[1]]


def test_even_two_items_without_id_and_link_are_two_posts() -> None:
    """A name that we made up proves nothing; one that the office wrote twice may be an edit."""
    for name in ("no guid, no link, one title", "no guid, the front page, one title", "nothing but a date"):
        assert [p.posted_at for p in seen(rss(*(NAMELESS[name](day) for day in DAYS[:2]))).posts] == DATES[:2]


def test_undated_items_of_a_shared_name_do_not_vanish_in_a_dated_one() -> None:
    link = f"<item><link>{SITE}/berita</link></item>"
    sight = seen(rss(link, link, NAMELESS["no guid, one link for all"](DAYS[0])))
    assert (len(sight.posts), len(sight.undated), sight.flags) == (1, 1, {ON_TOP})


def test_undated_episodes_are_named_by_their_enclosures() -> None:
    items = (f'<item><enclosure url="{SITE}/{n}.mp3"/></item>' for n in range(4))
    assert len(seen(rss(*items)).undated) == 4


# --- routes ---

ADDRESSES = {
    "a place on a page is left out": ("/berita#b7", "/berita"),
    "a route is kept": ("/#/berita/7", "/#/berita/7"),
    "a route after a bang is kept": ("/app#!/berita/7", "/app#!/berita/7"),
    "a route without a slash is kept": ("/app#!berita", "/app#!berita"),
    "a route that leads to the start is left out": ("/app#/", "/app"),
    "a bang that leads nowhere is left out": ("/app#!/", "/app"),
    "the campaign of a route is left out": ("/#/b?utm_source=rss&id=7", "/#/b?id=7"),
    "odd characters of a route are encoded": ("/#/é#x", "/#/%C3%A9%23x"),
}


@pytest.mark.parametrize(("link", "kept"), ADDRESSES.values(), ids=ADDRESSES.keys())
def test_a_fragment_is_part_of_an_address_when_it_is_a_route(link: str, kept: str) -> None:
    url = comparable(link, URL)
    assert url == SITE + kept
    assert comparable(url, URL) == url


def test_a_route_below_the_front_page_is_not_the_front_page() -> None:
    assert not is_home(f"{SITE}/#/berita/7")
    assert is_home(f"{SITE}/")


def test_a_route_beyond_reason_is_no_address() -> None:
    assert comparable(f"/#/{'é' * 600}", URL) is None


def test_items_whose_links_differ_in_a_route_are_known_by_it() -> None:
    sight = seen(rss(*(f"<item><link>{SITE}/#/b/{n}</link><pubDate>{DAYS[n]}</pubDate></item>" for n in range(2))))
    assert [(p.native_id, p.url) for p in sight.posts] == [(f"{SITE}/#/b/{n}", f"{SITE}/#/b/{n}") for n in range(2)]


def test_a_sitemap_of_routes_lists_them_all() -> None:
    urls = "".join(f"<url><loc>{SITE}/#/b/{n}</loc><lastmod>{DAYS[n]}</lastmod></url>" for n in range(4))
    assert len(seen(Reply(200, f"<urlset>{urls}</urlset>".encode(), XML)).posts) == 4


# --- an undated item on top ---

TOPS = {
    "above a newest-first list": ("-321", True),
    "between a pinned item and the newest": ("1-432", True),
    "above an item to come that says nothing": ("-9321", True),
    "behind an oldest-first list": ("123-", True),
    "above a single item": ("-3", True),
    "above two that fall": ("-32", True),
    "behind two that rise: the list may be oldest-first": ("12-", True),
    "above the newer of two that rise: the older may be pinned": ("1-2", True),
    "at the end of a newest-first list": ("321-", False),
    "within a newest-first list": ("3-21", False),
    "in front of an oldest-first list": ("-123", False),
    "within an oldest-first list": ("1-23", False),
    "below a single item": ("3-", False),
    "below two that fall": ("32-", False),
    "below those of one instant": ("33-", False),
    "a list without it": ("321", False),
}


@pytest.mark.parametrize(("order", "hides"), TOPS.values(), ids=TOPS.keys())
def test_an_undated_item_above_the_newest_dated_one_may_be_a_post_of_just_now(order: str, hides: bool) -> None:
    """Digits are days, of which the ninth lies ahead; `-` is undated."""
    start = NOW.replace(hour=0, minute=0, second=0, microsecond=0) - 5 * DAY
    sight = seen(
        rss(*(entry(str(n), None if d == "-" else (start + int(d) * DAY).isoformat()) for n, d in enumerate(order)))
    )
    assert (ON_TOP in sight.flags) is hides
    assert len(sight.undated) == order.count("-")


def test_an_undated_atom_or_json_item_on_top_hides_as_well() -> None:
    dates = [None, *DAYS]
    atom = "".join(f"<entry><id>{n}</id>{f'<updated>{d}</updated>' if d else ''}</entry>" for n, d in enumerate(dates))
    assert ON_TOP in seen(Reply(200, f'<feed xmlns="http://www.w3.org/2005/Atom">{atom}</feed>'.encode(), XML)).flags
    items = [{"id": str(n), "date_published": d} for n, d in enumerate(dates)]
    body = json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items}).encode()
    assert ON_TOP in seen(Reply(200, body, JSON)).flags


def test_a_page_of_undated_items_above_a_dated_page_hides_as_well() -> None:
    def page(item: dict[str, str], more: str) -> Reply:
        document = {"version": "https://jsonfeed.org/version/1.1", "items": [item], "next_url": more}
        return Reply(200, json.dumps(document).encode(), JSON)

    pages = {URL: page({"id": "a"}, "/2"), f"{SITE}/2": page({"id": "b", "date_published": DAYS[0]}, "/2")}
    sight = seen(pages)
    assert (names(sight), sight.undated, sight.flags) == (["b"], {"a"}, {ON_TOP})


def test_a_sitemap_is_in_no_order_and_its_undated_pages_hide_nothing() -> None:
    dated = "".join(f"<url><loc>{SITE}/{n}</loc><lastmod>{d}</lastmod></url>" for n, d in enumerate(DAYS))
    sight = seen(Reply(200, f"<urlset><url><loc>{SITE}/profil</loc></url>{dated}</urlset>".encode(), XML))
    assert (sight.horizon, len(sight.undated), sight.flags) == (at("2026-11-11T00:00:01"), 1, frozenset())


# --- several elements of one name ---

FIRSTS = {
    "an empty pubDate": f"<pubDate></pubDate><pubDate>{DAYS[0]}</pubDate>",
    "a pubDate that means nothing": f"<pubDate>0000-00-00</pubDate><pubDate>{DAYS[0]}</pubDate>",
    "an empty date of Dublin Core": '<dc:date xmlns:dc="http://purl.org/dc/elements/1.1/"/>'
    f'<dc:date xmlns:dc="http://purl.org/dc/elements/1.1/">{DAYS[0]}</dc:date>',
    "a good pubDate before an empty one": f"<pubDate>{DAYS[0]}</pubDate><pubDate/>",
    "a good pubDate before a later one": f"<pubDate>{DAYS[0]}</pubDate><pubDate>2026-11-22</pubDate>",
}


@pytest.mark.parametrize("stamps", FIRSTS.values(), ids=FIRSTS.keys())
def test_of_several_dates_the_first_that_can_be_read_counts(stamps: str) -> None:
    assert [p.posted_at for p in seen(rss(f"<item><guid>a</guid>{stamps}</item>")).posts] == DATES[:1]


def test_an_empty_element_of_an_entry_does_not_speak_for_it() -> None:
    entry_ = f"<entry><id/><id>a</id><published/><published>{DAYS[0]}</published><updated>{DAYS[1]}</updated></entry>"
    sight = seen(Reply(200, f'<feed xmlns="http://www.w3.org/2005/Atom">{entry_}</feed>'.encode(), XML))
    assert [(p.native_id, p.posted_at) for p in sight.posts] == [("a", DATES[0])]


def test_an_empty_guid_or_link_does_not_speak_for_its_item() -> None:
    item = f"<item><guid/><guid>a</guid><link/><link>{SITE}/b/1</link><pubDate>{DAYS[0]}</pubDate></item>"
    assert [(p.native_id, p.url) for p in seen(rss(item)).posts] == [("a", f"{SITE}/b/1")]


def test_an_empty_publication_date_of_a_sitemap_of_news_does_not_win() -> None:
    name = "http://www.google.com/schemas/sitemap-news/0.9"
    dates = f"<n:publication_date/><n:publication_date>{DAYS[0]}</n:publication_date>"
    url = f'<url><loc>{SITE}/b/1</loc><n:news xmlns:n="{name}">{dates}</n:news></url>'
    assert [p.posted_at for p in seen(Reply(200, f"<urlset>{url}</urlset>".encode(), XML)).posts] == DATES[:1]


# --- laws ---

CROWDED = st.lists(
    st.builds(
        Item,
        st.sampled_from("ab"),
        st.none() | st.sampled_from([f"{SITE}/1", f"{SITE}/2"]),
        st.none() | st.sampled_from(DATES[:3]),
    ),
    max_size=8,
)


@settings(max_examples=200, deadline=None)
@given(CROWDED)
def test_what_more_than_two_items_share_hides_no_date(items: list[Item]) -> None:
    """However ids and links are dealt out, dates are only lost to a name of at most two items, or of one date."""
    kept = {i.at for i in merged(told_apart(items))}
    for one in items:
        bearers = [i for i in items if i.id == one.id or (one.link and i.link == one.link)]
        if all(i.id == one.id and i.link == one.link for i in bearers) and len(bearers) > 2:
            assert one.at in kept


@settings(max_examples=200, deadline=None)
@given(CROWDED)
def test_telling_apart_keeps_every_item_its_place_and_its_date(items: list[Item]) -> None:
    assert [i.at for i in told_apart(items)] == [i.at for i in items]


@settings(max_examples=100, deadline=None)
@given(CROWDED)
def test_no_item_is_above_a_list_whose_every_item_is_dated(items: list[Item]) -> None:
    assert not topped([i for i in items if i.at is not None], NOW)
