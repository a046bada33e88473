"""Reading feeds, beside the parsers that people use, on the same bytes."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from xml.etree import ElementTree as ET

from auditor.fetch.answer import Answer, Refused
from auditor.platforms._articles import Articles
from auditor.platforms._syndication import read

from .row import Measure, Row, Size
from .side import ratio

NOW = datetime(2026, 11, 23, tzinfo=UTC)
ATOM = "{http://www.w3.org/2005/Atom}"
TEXT = "Pelayanan administrasi kependudukan dibuka kembali pada hari Senin. " * 14
ATTRIBUTES = 100_000


def atom(entries: int) -> bytes:
    """As a video platform writes it: some 1.4 KB an entry."""
    each = "".join(
        f"<entry><id>yt:video:{n:011d}</id><title>Video {n}</title><link rel='alternate' href='https://v.example/{n}'/>"
        f"<published>{(NOW - timedelta(days=n)).isoformat()}</published><content>{TEXT}</content></entry>"
        for n in range(entries)
    )
    return f"<?xml version='1.0' encoding='UTF-8'?><feed xmlns='http://www.w3.org/2005/Atom'>{each}</feed>".encode()


def rss(items: int) -> bytes:
    """As a content system writes it: some 1.3 KB an item."""
    each = "".join(
        f"<item><guid>https://d.example/?p={n}</guid><title>Berita {n}</title><link>https://d.example/{n}</link>"
        f"<pubDate>{format_datetime(NOW - timedelta(days=n))}</pubDate><description>{TEXT}</description></item>"
        for n in range(items)
    )
    return f"<?xml version='1.0' encoding='UTF-8'?><rss version='2.0'><channel>{each}</channel></rss>".encode()


def ours(body: bytes) -> list[tuple[str, datetime | None]]:
    """Ids and instants as the product reads them."""
    found = read(Answer(200, {"content-type": "application/xml"}, body, "https://d.example/feed", NOW))
    assert isinstance(found, Articles)
    return [(item.id, item.at) for item in found.items]


def theirs(body: bytes) -> list[tuple[str, datetime]]:
    """The same with ElementTree and nothing else."""
    root = ET.fromstring(body)
    if root.tag == f"{ATOM}feed":
        entries = [(e.findtext(f"{ATOM}id"), e.findtext(f"{ATOM}published")) for e in root.iter(f"{ATOM}entry")]
        return [(i or "", datetime.fromisoformat(at or "")) for i, at in entries]
    return [(i.findtext("guid") or "", parsedate_to_datetime(i.findtext("pubDate") or "")) for i in root.iter("item")]


def known_parser(body: bytes) -> list[str]:
    """As feed readers do it."""
    import feedparser

    return [entry["id"] for entry in feedparser.parse(body)["entries"]]


def feeds(size: Size) -> Iterable[Row]:
    """G6: the same ids and instants."""
    times = size.of(200)
    for name, body in (("Atom, 15 entries", atom(15)), ("RSS, 50 items", rss(50))):
        assert ours(body) == theirs(body)
        assert [i for i, _ in ours(body)] == known_parser(body)

        def product(body: bytes = body) -> None:
            for _ in range(times):
                ours(body)

        def plain(body: bytes = body) -> None:
            for _ in range(times):
                theirs(body)

        def known(body: bytes = body) -> None:
            for _ in range(max(1, times // 20)):
                known_parser(body)

        share = times / max(1, times // 20)
        note = f"{len(body) // 1024} KB"
        slow = ratio(product, known) / share
        yield Row(f"G6 {name}", slow, "x feedparser", 1 / 15, scaled=size.scaled, note=note)
        yield Row(f"G6 {name}", ratio(product, plain), "x ElementTree", 2, scaled=size.scaled, note=note)


def hostile(size: Size) -> Iterable[Row]:
    """G7: one element with a hundred thousand attributes, a megabyte; whatever it is said to be, it is said quickly."""
    many = " ".join(f"a{n}='1'" for n in range(size.of(ATTRIBUTES)))
    body = f"<rss version='2.0'><channel><item {many}><guid>a</guid></item></channel></rss>".encode()
    start = time.process_time()
    try:
        read(Answer(200, {"content-type": "application/xml"}, body, "https://d.example/feed", NOW))
        said = "read"
    except Refused:
        said = "refused"
    taken = time.process_time() - start
    yield Row("G7 many attributes", taken, "s", 0.5, scaled=size.scaled, note=f"{len(body) // 1024} KB, {said}")


MEASURES: Mapping[str, Measure] = {"feeds": feeds, "hostile": hostile}
