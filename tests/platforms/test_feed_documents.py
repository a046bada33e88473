"""The documents a feed may be: what each format lists, and which documents are refused unread."""

from __future__ import annotations

import gzip
from datetime import timedelta
from hashlib import sha256

import pytest

from auditor.core.model import Barrier, Miss, Missed, Seen, Unreadable
from auditor.platforms.base import Unchanged

from .feeds import JSON, SITE, URL, XML, at, entry, look, names, rss, sample, seen
from .script import NOW, Reply, Script

SECOND = timedelta(seconds=1)
THIRD, SECOND_POST = at("2026-11-22T02:30"), at("2026-11-20T01:00")
MAP, INDEX = f"{SITE}/sitemap.xml", f"{SITE}/sitemap_index.xml"


def test_rss_lists_items_by_guid_and_ignores_the_dates_of_the_channel() -> None:
    sight = seen(sample("rss.xml"))
    assert [(p.native_id, p.posted_at, p.url) for p in sight.posts] == [
        ("berita-3", THIRD, f"{SITE}/berita/3/"),
        ("berita-2", SECOND_POST, f"{SITE}/berita/2/"),
        (f"{SITE}/berita/1/", at("2026-11-18T01:00"), f"{SITE}/berita/1/"),
    ]
    assert sight.horizon == at("2026-11-18T01:00:01")


def test_atom_dates_an_entry_by_publication_else_by_update() -> None:
    sight = seen(sample("atom.xml"))
    assert [(p.native_id, p.posted_at, p.url) for p in sight.posts] == [
        ("urn:contoh:3", THIRD, f"{SITE}/berita/3/"),
        ("urn:contoh:2", at("2026-11-20T01:00:00.5"), f"{SITE}/berita/2/"),
    ]


def test_atom_of_the_draft_says_issued_and_modified() -> None:
    body = (
        b'<feed version="0.3" xmlns="http://purl.org/atom/ns#"><modified>2026-11-23T00:00:00Z</modified>'
        b"<entry><id>b</id><issued>2026-11-22T09:30:00+07:00</issued><modified>2026-11-23T00:00:00Z</modified></entry>"
        b"<entry><id>a</id><modified>2026-11-20T01:00:00Z</modified></entry></feed>"
    )
    assert [p.posted_at for p in seen(Reply(200, body, XML)).posts] == [THIRD, SECOND_POST]


def test_rdf_lists_items_beside_the_channel() -> None:
    sight = seen(sample("rdf.xml"))
    assert [(p.native_id, p.posted_at) for p in sight.posts] == [
        (f"{SITE}/berita/3/", THIRD),
        (f"{SITE}/berita/2/", at("2026-11-20")),
    ]


def test_json_feed_dates_by_publication_else_by_change_else_not_at_all() -> None:
    sight = seen(sample("feed.json", JSON))
    assert [(p.native_id, p.posted_at) for p in sight.posts] == [("berita-3", THIRD), ("2", SECOND_POST)]
    assert sight.undated == {"pengumuman"}


def test_json_feed_may_say_that_it_is_over() -> None:
    body = b'{"version": "https://jsonfeed.org/version/1", "items": [], "expired": true}'
    assert seen(Reply(200, body, JSON)).flags == {"feed_expired"}


@pytest.mark.parametrize("kind", ["text/plain", "application/octet-stream", "text/html", "application/json", ""])
def test_a_document_says_itself_what_it_is(kind: str) -> None:
    assert names(seen(sample("rss.xml", {"content-type": kind} if kind else {})))[0] == "berita-3"


def test_rss_091_with_its_outside_document_type_is_read_without_it() -> None:
    head = (
        '<?xml version="1.0"?>\n<!-- ok -->\n<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" '
        '"http://my.netscape.com/publish/formats/rss-0.91.dtd">\n'
    )
    assert names(seen(rss(entry("a", "2026-11-22"), before=head))) == ["a"]


def test_items_outside_the_channel_and_dates_in_atom_words_are_read() -> None:
    body = (
        b'<rss version="0.90"><channel/><item xmlns:a10="http://www.w3.org/2005/Atom"><link>/berita/9</link>'
        b"<a10:updated>2026-11-22T02:30:00Z</a10:updated></item></rss>"
    )
    sight = seen(Reply(200, body, XML))
    assert [(p.native_id, p.posted_at, p.url) for p in sight.posts] == [(f"{SITE}/berita/9", THIRD, f"{SITE}/berita/9")]


def test_the_link_of_an_item_is_its_address_before_its_guid_is() -> None:
    item = f"<item><link>{SITE}/a</link><guid>{SITE}/b</guid><pubDate>2026-11-22</pubDate></item>"
    assert [(p.native_id, p.url) for p in seen(rss(item)).posts] == [(f"{SITE}/b", f"{SITE}/a")]


def test_a_date_that_cannot_be_read_leaves_the_word_to_the_next_one() -> None:
    item = (
        '<item xmlns:dc="http://purl.org/dc/elements/1.1/"><guid>a</guid><pubDate>0000-00-00</pubDate>'
        "<dc:date>2026-11-22T02:30:00Z</dc:date></item>"
    )
    assert [p.posted_at for p in seen(rss(item)).posts] == [THIRD]


def test_the_text_of_an_item_is_never_kept() -> None:
    sight = seen(rss("<item><title>Rahasia</title><pubDate>2026-11-22</pubDate></item>", entry("a", None)))
    assert "Rahasia" not in repr(sight)
    assert sight.posts[0].native_id.startswith("mark:")


def test_an_id_that_is_long_or_unprintable_is_kept_as_its_digest() -> None:
    items = f'[{{"id": "{"a" * 600}"}}, {{"id": "\\u001b[31m"}}, {{"id": "\\ud800"}}]'
    body = f'{{"version": "https://jsonfeed.org/version/1.1", "items": {items}}}'.encode()
    undated = seen(Reply(200, body, JSON)).undated
    assert len(undated) == 3
    assert all(name.startswith("sha256:") and len(name) == 71 for name in undated)


def test_a_feed_of_comments_is_none_of_the_office() -> None:
    head = '<a:link xmlns:a="http://www.w3.org/2005/Atom" rel="self" href="https://x.example/berita/comments/feed/"/>'
    assert look({URL: rss(entry("a", "2026-11-22"), head=head)}) == Missed(Miss.UNRECOGNISED, "comments_feed")
    thread = '<item><r:in-reply-to xmlns:r="http://purl.org/syndication/thread/1.0" ref="x"/></item>'
    assert look({URL: rss(thread)}) == Missed(Miss.UNRECOGNISED, "comments_feed")


# --- bytes into characters ---

LATIN = '<rss version="2.0"><channel><item><guid>é</guid><pubDate>2026-11-22</pubDate></item></channel></rss>'
CHARSETS = {
    "UTF-8 with a mark": (b"\xef\xbb\xbf" + LATIN.encode(), ""),
    "a mark and a declaration behind it": (b'\xef\xbb\xbf<?xml version="1.0" encoding="utf-8"?>' + LATIN.encode(), ""),
    "blanks before the declaration": (b'\n \t<?xml version="1.0"?>\n' + LATIN.encode(), ""),
    "UTF-16 with a mark": (LATIN.encode("utf-16"), "utf-16"),
    "UTF-16 without a mark": (LATIN.encode("utf-16-be"), ""),
    "the charset of the header": (LATIN.encode("latin-1"), "ISO-8859-1"),
    "the charset of the declaration": (b'<?xml version="1.0" encoding="latin1"?>' + LATIN.encode("latin-1"), ""),
    "UTF-8 that calls itself Latin": (b'<?xml version="1.0" encoding="ISO-8859-1"?>' + LATIN.encode(), "iso-8859-1"),
    "Latin that calls itself UTF-8": (b'<?xml version="1.0" encoding="UTF-8"?>' + LATIN.encode("latin-1"), "utf-8"),
    "a charset nobody knows": (b'<?xml version="1.0" encoding="klingon"?>' + LATIN.encode("latin-1"), "x-y-z"),
    "a codec that is no charset": (LATIN.encode("latin-1"), "unicode_escape"),
}


@pytest.mark.parametrize(("body", "charset"), CHARSETS.values(), ids=CHARSETS.keys())
def test_characters_are_read_in_spite_of_what_is_declared(body: bytes, charset: str) -> None:
    assert names(seen(Reply(200, body, {"content-type": f'application/xml; charset="{charset}"'}))) == ["é"]


def test_named_entities_of_html_are_characters_and_control_characters_are_dropped() -> None:
    assert names(seen(rss(entry("a&nbsp;&eacute;&amp;&lt;&#233;\x00\x0b", "2026-11-22")))) == [
        "sha256:" + sha256("a\u00a0é&<é".encode()).hexdigest()
    ]


def test_an_entity_that_is_a_bracket_stays_text() -> None:
    assert names(seen(rss(entry("a&LT;b&GT;&AMP;", "2026-11-22")))) == ["a<b>&"]


# --- what is refused ---

BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 10))
    + b"]><rss><channel><item><guid>&a9;</guid></item></channel></rss>"
)
REFUSED = {
    "billion laughs": BOMB,
    "quadratic blow-up": b'<!DOCTYPE r [<!ENTITY a "' + b"a" * 50_000 + b'">]><rss><channel>' + b"&a;" * 20_000,
    "an outside entity": b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss><channel>&x;</channel></rss>',
    "a parameter entity": b'<!DOCTYPE r [<!ENTITY % x SYSTEM "http://127.0.0.1/">%x;]><rss><channel/></rss>',
    "an undefined entity": b"<rss><channel><item><guid>&rahasia;</guid></item></channel></rss>",
    "an entity of an outside document type": b'<!DOCTYPE rss SYSTEM "x.dtd"><rss><channel>&x;</channel></rss>',
    "200,000 nested tags": b"<rss><channel>" + b"<a>" * 200_000 + b"</a>" * 200_000 + b"</channel></rss>",
    "a text node beyond reason": b"<rss><channel><title>" + b"a" * 10_500_000 + b"</title></channel></rss>",
    "a document type without an end": b"<!DOCTYPE " + b"'a' " * 250_000,
    "comments without an end": b"<!--" * 250_000,
}


@pytest.mark.parametrize("body", REFUSED.values(), ids=REFUSED.keys())
def test_a_hostile_document_is_unrecognised_and_never_expanded(body: bytes) -> None:
    outcome = look({URL: Reply(200, body, XML)})
    assert isinstance(outcome, Missed)
    assert outcome.reason is Miss.UNRECOGNISED


def test_a_hundred_thousand_attributes_are_only_attributes() -> None:
    attributes = " ".join(f'a{n}=""' for n in range(100_000))
    assert seen(Reply(200, f"<rss><channel {attributes}></channel></rss>".encode(), XML)).posts == ()
    page = Reply(200, f"<html {attributes}><link {attributes}>".encode(), XML)
    assert look({URL: page}) == Missed(Miss.UNRECOGNISED, "html")


# --- packed documents ---


def test_a_packed_sitemap_is_unpacked() -> None:
    body = sample("sitemap.xml").body
    packed = gzip.compress(body[:200]) + gzip.compress(body[200:])
    assert names(seen(Reply(200, packed, {"content-type": "application/gzip"}), f"{MAP}.gz"))[0] == f"{SITE}/berita/3/"


PACKED = {
    "cut short": (gzip.compress(b"a" * 9999)[:-9], "truncated"),
    "no more than a mark": (b"\x1f\x8b", "truncated"),
    "broken": (b"\x1f\x8b" + b"\xff" * 99, "truncated"),
    "swelling beyond the limit": (gzip.compress(b"\0" * 60_000_000), "too_large"),
    "empty": (gzip.compress(b""), "empty"),
}


@pytest.mark.parametrize(("body", "detail"), PACKED.values(), ids=PACKED.keys())
def test_a_packed_document_that_cannot_be_unpacked_is_unreachable(body: bytes, detail: str) -> None:
    assert look({URL: Reply(200, body, XML)}) == Missed(Miss.UNREACHABLE, detail)


# --- pages of a JSON feed ---


def _page(day: int, more: str | None = None) -> Reply:
    after = f', "next_url": "{more}"' if more else ""
    item = f'{{"id": "{day}", "date_published": "2026-11-{day:02}T00:00:00Z"}}'
    return Reply(200, f'{{"version": "https://jsonfeed.org/version/1.1", "items": [{item}]{after}}}'.encode(), JSON)


def test_next_pages_are_read_while_something_younger_is_asked_for() -> None:
    script = Script({URL: _page(22, "/2"), f"{SITE}/2": _page(18, "/3"), f"{SITE}/3": _page(10)})
    sight = look(script, since=at("2026-11-17"))
    assert sight == seen({URL: _page(22, "/2"), f"{SITE}/2": _page(18, "/3"), f"{SITE}/3": _page(10)})
    script = Script({URL: _page(22, "/2"), f"{SITE}/2": _page(18, "/3"), f"{SITE}/3": _page(10)})
    look(script, since=at("2026-11-20"))
    assert len(script.requests) == 2


def test_next_pages_end_at_a_repeated_address_and_at_a_limit() -> None:
    script = Script({URL: _page(22, "/2"), f"{SITE}/2": _page(18, "/feed/")})
    look(script)
    assert len(script.requests) == 2
    script = Script({URL: _page(22, "/1"), **{f"{SITE}/{n}": _page(18, f"/{n + 1}") for n in range(1, 40)}})
    look(script)
    assert len(script.requests) == 10


@pytest.mark.parametrize("second", [Reply(404), Reply(410), Reply(500), Reply(304), Reply(200, b"<html>", XML)])
def test_a_further_page_that_fails_leaves_what_the_first_one_said(second: Reply) -> None:
    sight = seen({URL: _page(22, "/2"), f"{SITE}/2": second})
    assert (names(sight), sight.horizon) == (["22"], at("2026-11-22T00:00:01"))


# --- sitemaps ---


def test_a_sitemap_dates_pages_by_change_and_leaves_out_the_front_page() -> None:
    sight = seen(sample("sitemap.xml"), MAP)
    assert [(p.native_id, p.posted_at) for p in sight.posts] == [
        (f"{SITE}/berita/3/", THIRD),
        (f"{SITE}/berita/2/", at("2026-11-20")),
    ]
    assert sight.undated == {f"{SITE}/profil/"}


def _sitemap(*stamps: str, folder: str = "") -> Reply:
    urls = "".join(f"<url><loc>{SITE}{folder}/{n}</loc><lastmod>{s}</lastmod></url>" for n, s in enumerate(stamps))
    return Reply(200, f"<urlset>{urls}</urlset>".encode(), XML)


def test_a_stamp_that_more_than_half_of_the_pages_share_is_the_hour_of_building() -> None:
    sight = seen(_sitemap(*["2026-11-23T00:00:00Z"] * 4, "2026-11-20T00:00:00Z"), MAP)
    assert [p.posted_at for p in sight.posts] == [at("2026-11-20")]
    assert len(sight.undated) == 4
    assert len(seen(_sitemap(*["2026-11-23"] * 2, "2026-11-20", "2026-11-19"), MAP).posts) == 4
    assert len(seen(_sitemap("2026-11-23"), MAP).posts) == 1


def test_a_sitemap_without_dates_covers_nothing() -> None:
    sight = seen(_sitemap("", "", ""), MAP)
    assert (sight.posts, sight.horizon, len(sight.undated)) == ((), NOW, 3)


def test_a_news_sitemap_dates_by_publication_and_forgets_after_two_days() -> None:
    sight = seen(sample("news.xml"), MAP)
    assert [p.posted_at for p in sight.posts] == [THIRD, SECOND_POST]
    assert sight.horizon == NOW - timedelta(days=2) + SECOND


def test_an_empty_sitemap_covers_nothing() -> None:
    sight = seen(Reply(200, b"<urlset/>", XML), MAP)
    assert (sight.posts, sight.horizon) == ((), NOW)


def _index(**children: str) -> Reply:
    maps = "".join(
        f"<sitemap><loc>{SITE}/{n.replace('_', '-')}.xml</loc>{f'<lastmod>{s}</lastmod>' if s else ''}</sitemap>"
        for n, s in children.items()
    )
    return Reply(200, f"<sitemapindex>{maps}</sitemapindex>".encode(), XML)


def test_the_children_of_an_index_are_read_newest_first_until_they_are_older_than_asked_for() -> None:
    script = Script(
        {
            INDEX: _index(old="2026-01-01", new="2026-11-23", middle="2026-11-01"),
            f"{SITE}/new.xml": _sitemap("2026-11-22"),
            f"{SITE}/middle.xml": _sitemap("2026-10-30", folder="/lama"),
        }
    )
    sight = look(script, INDEX, since=at("2026-10-01"))
    assert [r.url for r in script.requests] == [INDEX, f"{SITE}/new.xml", f"{SITE}/middle.xml"]
    assert isinstance(sight, Seen)
    assert names(sight) == [f"{SITE}/0", f"{SITE}/lama/0"]
    assert sight.horizon == at("2026-10-30T00:00:01")


def test_children_are_whole_lists_except_those_of_news() -> None:
    """A child of this month with one article does not hide what the others list; a news child forgets."""
    news = sample("news.xml")
    answers = {
        INDEX: _index(a="2026-11-22", b="2026-11-01"),
        f"{SITE}/a.xml": news,
        f"{SITE}/b.xml": _sitemap("2026-10-30", folder="/lama"),
    }
    assert seen(answers, INDEX).horizon == NOW - timedelta(days=2) + SECOND


def test_at_most_ten_children_are_read_and_the_rest_bounds_what_is_known() -> None:
    children = {f"c{n}": "2026-11-10" for n in range(10)} | {"rest": "2026-11-09"}
    script = Script({INDEX: _index(**children), **{f"{SITE}/c{n}.xml": _sitemap("2026-11-01") for n in range(10)}})
    sight = look(script, INDEX)
    assert len(script.requests) == 11
    assert getattr(sight, "horizon", None) == at("2026-11-09T00:00:01")


def test_an_unread_child_without_a_date_may_hold_anything() -> None:
    answers = {
        INDEX: _index(a="2026-11-10", b=""),
        f"{SITE}/a.xml": _sitemap("2026-11-01"),
        f"{SITE}/b.xml": Reply(500),
    }
    sight = seen(answers, INDEX)
    assert (len(sight.posts), sight.horizon) == (1, NOW)


def test_an_unread_child_with_a_date_may_hold_anything_up_to_it() -> None:
    for failed in (Reply(404), Reply(410), Reply(304), Reply(200, b"<html>", XML), _index(x="")):
        answers = {INDEX: _index(a="2026-11-20", b="2026-11-10"), f"{SITE}/a.xml": failed}
        answers[f"{SITE}/b.xml"] = _sitemap("2026-11-01")
        assert seen(answers, INDEX).horizon == at("2026-11-20T00:00:01")


def test_when_no_child_can_be_read_the_first_failure_is_the_outcome_but_never_gone() -> None:
    index = _index(a="2026-11-10")
    assert look({INDEX: index, f"{SITE}/a.xml": Reply(500)}, INDEX) == Missed(Miss.UNREACHABLE, "500")
    assert look({INDEX: index, f"{SITE}/a.xml": Reply(410)}, INDEX) == Missed(Miss.UNREACHABLE, "part_gone")
    assert look({INDEX: Reply(410)}, INDEX) == Unreadable(Barrier.GONE)


def test_an_index_whose_children_are_unchanged_is_unchanged() -> None:
    assert look({INDEX: _index(a="2026-11-10"), f"{SITE}/a.xml": Reply(304)}, INDEX) == Unchanged()


def test_an_index_without_children_covers_nothing() -> None:
    sight = seen(_index(), INDEX)
    assert (sight.posts, sight.horizon) == ((), NOW)


def test_lists_of_labels_and_of_fixed_pages_are_read_only_when_there_is_no_other() -> None:
    both = {
        INDEX: _index(post_sitemap="2026-11-10", category_sitemap="2026-11-23", page_sitemap="2026-11-23"),
        f"{SITE}/post-sitemap.xml": _sitemap("2026-11-01"),
    }
    assert len(seen(both, INDEX).posts) == 1
    alone = {INDEX: _index(page_sitemap="2026-11-23"), f"{SITE}/page-sitemap.xml": _sitemap("2026-11-01")}
    assert len(seen(alone, INDEX).posts) == 1


def test_a_huge_sitemap_hands_on_its_newest_thousand_and_claims_no_more() -> None:
    stamps = [f"20{y:02}-{m:02}-{d:02}" for y in range(26, 20, -1) for m in range(10, 0, -1) for d in range(28, 0, -1)]
    sight = seen(_sitemap(*stamps), MAP)
    assert len(sight.posts) == 1000
    assert sight.horizon == sight.posts[-1].posted_at + SECOND
    many = seen(_sitemap("2026-11-22", *[""] * 1500), MAP)
    assert (len(many.undated), many.horizon) == (1000, NOW)
