"""Laws of the feed adapter: an independent parser agrees on well-formed feeds, and no bytes whatsoever surprise it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from xml.sax.saxutils import escape

import feedparser
import pytest
from hypothesis import find, given, settings, strategies as st

from auditor.core.model import AccountRef, Barrier, Miss, Missed, Post, Seen, Unreadable
from auditor.fetch.answer import Answer, Refused
from auditor.platforms._articles import Item, horizon, merged
from auditor.platforms._syndication import read
from auditor.platforms.base import Unchanged, Window
from auditor.platforms.feed import PLATFORM

from .feeds import SAMPLES, SINCE, SITE, URL, XML, look, seen
from .script import NOW, Reply

FORMATS = ("rss", "rdf", "atom")
SAMPLE_BYTES = [path.read_bytes() for path in sorted(SAMPLES.glob("*.[jx]*"))]
KINDS = st.sampled_from(
    ["application/rss+xml", "text/html; charset=utf-8", "application/json", "text/xml; charset=x", ""]
)
INSTANTS = st.datetimes(datetime.fromisoformat("2001-01-01"), datetime.fromisoformat("2026-11-22")).map(
    lambda d: d.replace(microsecond=0, tzinfo=UTC)
)
TITLES = st.text(st.characters(min_codepoint=32, max_codepoint=0x2FF), max_size=20)
ENTRIES = st.lists(st.tuples(INSTANTS, TITLES), max_size=12)


def _document(kind: str, entries: list[tuple[datetime, str]]) -> bytes:
    """A well-formed feed of these entries; ids and links follow from the place in the list."""
    items = []
    for n, (at, title) in enumerate(entries):
        link, title = f"{SITE}/berita/{n}/?a=1&amp;b={n}", escape(title)
        if kind == "rss":
            items.append(
                f"<item><title>{title}</title><link>{link}</link><guid isPermaLink='false'>id-{n}</guid>"
                f"<pubDate>{format_datetime(at)}</pubDate></item>"
            )
        elif kind == "rdf":
            items.append(
                f"<item rdf:about='id-{n}'><title>{title}</title><link>{link}</link>"
                f"<dc:date>{at.isoformat()}</dc:date></item>"
            )
        else:
            items.append(
                f"<entry><id>id-{n}</id><title>{title}</title><link href='{link}'/>"
                f"<published>{at.isoformat()}</published><updated>{NOW.isoformat()}</updated></entry>"
            )
    body = "".join(items)
    frame = {
        "rss": f'<rss version="2.0"><channel><title>t</title>{body}</channel></rss>',
        "rdf": '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
        f'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>t</title></channel>{body}</rdf:RDF>',
        "atom": f'<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title>{body}</feed>',
    }
    return f'<?xml version="1.0" encoding="utf-8"?>{frame[kind]}'.encode()


@pytest.mark.parametrize("kind", FORMATS)
@settings(max_examples=40, deadline=None)
@given(entries=ENTRIES)
def test_an_independent_parser_finds_the_same_ids_links_and_dates(
    kind: str, entries: list[tuple[datetime, str]]
) -> None:
    body = _document(kind, entries)
    theirs = {
        (e["id"], e["link"], datetime(*e["published_parsed"][:6], tzinfo=UTC) if "published_parsed" in e else
         datetime(*e["updated_parsed"][:6], tzinfo=UTC))
        for e in feedparser.parse(body).entries
    }  # fmt: skip
    ours = {(p.native_id, p.url, p.posted_at) for p in seen(Reply(200, body, XML)).posts}
    assert ours == theirs
    assert len(ours) == len(entries)


@pytest.mark.parametrize("name", ["rss.xml", "atom.xml", "rdf.xml"])
def test_an_independent_parser_finds_the_same_ids_in_the_samples(name: str) -> None:
    body = (SAMPLES / name).read_bytes()
    ours = seen(Reply(200, body, XML))
    theirs = {str(e["id"]) for e in feedparser.parse(body, response_headers={"content-location": SITE}).entries}
    assert {*(p.native_id for p in ours.posts), *ours.undated} == theirs


# --- no bytes whatsoever ---


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A sample with stretches cut out, doubled or overwritten."""
    body = draw(st.sampled_from(SAMPLE_BYTES))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(body)))
        end = min(len(body), start + draw(st.integers(0, 40)))
        body = body[:start] + draw(st.just(b"") | st.just(body[start:end] * 2) | st.binary(max_size=8)) + body[end:]
    return body


def _honest(outcome: object, body: bytes, kind: str) -> None:
    """What every look at a feed promises, whatever came."""
    assert isinstance(outcome, Seen | Missed | Unchanged)
    if not isinstance(outcome, Seen):
        return
    assert outcome.horizon is not None
    assert outcome.horizon <= NOW
    assert all(p.posted_at.tzinfo is not None for p in outcome.posts)
    assert len({p.native_id for p in outcome.posts}) == len(outcome.posts)
    believed = [p.posted_at for p in outcome.posts if p.posted_at <= NOW + timedelta(minutes=2)]
    if believed:
        assert outcome.horizon > min(believed) or outcome.horizon == NOW, (body, kind)
    else:
        assert outcome.horizon == NOW


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300) | mutated(), KINDS)
def test_no_body_raises_and_no_body_claims_more_than_its_oldest_item(body: bytes, kind: str) -> None:
    outcome = look(lambda _, url, *__, **___: Answer(200, {"content-type": kind}, body, url, NOW))
    _honest(outcome, body, kind)


@settings(max_examples=100, deadline=None)
@given(
    st.integers(200, 599),
    st.dictionaries(
        st.sampled_from(["location", "content-type", "retry-after", "x-ratelimit-reset", "x-wp-total", "cf-mitigated"]),
        st.text(max_size=30) | st.sampled_from(["/a", "http://[", "Fri, 31 Dec 9999 23:59:59 GMT", "\ud800", "٣"]),
        max_size=3,
    ),
    st.binary(max_size=60) | mutated(),
    st.sampled_from([URL, f"{SITE}/wp-json/wp/v2/posts", f"{SITE}/sitemap.xml.gz"]),
)
def test_no_answer_raises_and_only_410_is_gone(status: int, headers: dict[str, str], body: bytes, url: str) -> None:
    outcome = look(lambda _, at, *__, **___: Answer(status, headers, body, at, NOW), url)
    assert isinstance(outcome, Seen | Missed | Unchanged | Unreadable)
    if isinstance(outcome, Unreadable):
        assert (status, outcome.barrier) == (410, Barrier.GONE)
    if isinstance(outcome, Seen):
        assert status == 200


JSONS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12) | st.just("2026-11-22T00:00:00Z"),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["version", "items", "id", "url", "date_published", "date_gmt", "link", "next_url"]),
            inner,
            max_size=5,
        )
    ),
    max_leaves=15,
)


@settings(max_examples=200, deadline=None)
@given(JSONS, st.booleans())
def test_no_json_raises(document: object, framed: bool) -> None:
    if framed:
        document = {"version": "https://jsonfeed.org/version/1.1", "items": document}
    body = json.dumps(document).encode()
    _honest(look(lambda _, url, *__, **___: Answer(200, {}, body, url, NOW)), body, "")


def test_the_search_reaches_sights_and_misses() -> None:
    """The laws above would be empty if mutated samples were never read, or always."""

    def outcome(body: bytes) -> object:
        return look(lambda _, url, *__, **___: Answer(200, {}, body, url, NOW))

    for kind in (Seen, Missed):
        assert find(mutated(), lambda body, kind=kind: isinstance(outcome(body), kind)) is not None


# --- how far back ---

LISTS = st.lists(
    st.builds(Item, st.integers(0, 99).map(str), st.none(), st.none() | INSTANTS, st.none() | INSTANTS), max_size=10
)


@settings(max_examples=200, deadline=None)
@given(LISTS)
def test_a_horizon_lies_after_some_listed_instant_or_covers_nothing(items: list[Item]) -> None:
    """Never before the oldest item, never after now."""
    edge = horizon(items, NOW)
    instants = [at for i in items if i.at is not None for at in (i.at, i.changed) if at is not None]
    assert edge == NOW or (edge <= NOW and edge - timedelta(seconds=1) in instants)


@settings(max_examples=100, deadline=None)
@given(st.lists(INSTANTS, min_size=3, max_size=10, unique=True))
def test_turning_a_sorted_list_round_changes_nothing(instants: list[datetime]) -> None:
    items = [Item(str(n), None, at) for n, at in enumerate(sorted(instants))]
    assert horizon(items, NOW) == horizon(items[::-1], NOW) == min(instants) + timedelta(seconds=1)


@settings(max_examples=100, deadline=None)
@given(LISTS)
def test_merging_is_final_and_loses_no_id(items: list[Item]) -> None:
    once = merged(items)
    assert merged(once) == once
    assert {i.id for i in once} <= {i.id for i in items}
    assert min((i.at for i in items if i.at), default=None) == min((i.at for i in once if i.at), default=None)


@settings(max_examples=60, deadline=None)
@given(ENTRIES, st.integers(0, 11))
def test_a_list_cut_short_never_claims_more_than_the_whole_one(entries: list[tuple[datetime, str]], keep: int) -> None:
    """What the cut list leaves out lies before its horizon: no post is claimed not to exist."""
    ordered = sorted(entries, reverse=True)
    whole: tuple[Post, ...] = seen(Reply(200, _document("rss", ordered), XML)).posts
    cut = seen(Reply(200, _document("rss", ordered[:keep]), XML))
    assert cut.horizon is not None
    listed = {p.native_id for p in cut.posts}
    assert all(p.posted_at < cut.horizon for p in whole if p.native_id not in listed)


def test_a_look_needs_no_more_than_one_answer_to_be_refused() -> None:
    """`Refused` is all that leaves a reader of documents."""
    with pytest.raises(Refused) as refused:
        read(Answer(200, {}, b"?", URL, NOW))
    assert refused.value.outcome == Missed(Miss.UNRECOGNISED, "no_feed")
    assert PLATFORM.timeline is not None
    ref = AccountRef("feed", "tidak ada")
    with pytest.raises(Refused):
        PLATFORM.timeline(ref, None, lambda *_, **__: Answer(200, {}, b"", "", NOW), Window(SINCE, NOW))
