"""One list of news items written as RSS 2.0, RSS 1.0, Atom, JSON Feed, sitemaps or WordPress JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from html import escape
from typing import Any

from .wire import compact

WIB = timezone(timedelta(hours=7))
DAYS = ("Sen", "Sel", "Rab", "Kam", "Jum", "Sab", "Min")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des")
ENGLISH_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
ENGLISH = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
TYPES = {
    "rss": "application/rss+xml; charset=UTF-8",
    "rdf": "application/rdf+xml; charset=UTF-8",
    "atom": "application/atom+xml; charset=UTF-8",
    "json": "application/feed+json; charset=utf-8",
    "sitemap": "application/xml; charset=UTF-8",
    "news": "application/xml; charset=UTF-8",
    "index": "application/xml; charset=UTF-8",
    "wordpress": "application/json; charset=UTF-8",
}


@dataclass(frozen=True, slots=True)
class Item:
    """One news item. No date: it is listed without one."""

    number: int
    link: str
    at: datetime | None

    @property
    def title(self) -> str:
        return f"Berita {self.number}"


@dataclass(frozen=True, slots=True)
class Channel:
    """What stands above the items. `built` is when the document was made, which says nothing about news."""

    title: str
    home: str
    self_link: str
    built: datetime
    dates: str = "english"  # english, indonesian


def rfc822(at: datetime, dates: str = "english") -> str:
    """`Sun, 22 Nov 2026 09:30:00 +0700`, or as some Indonesian systems write it: `Min, 22 Nov 2026 09:30:00 WIB`."""
    local = at.astimezone(WIB)
    indonesian = dates == "indonesian"
    day = (DAYS if indonesian else ENGLISH_DAYS)[local.weekday()]
    month = (MONTHS if indonesian else ENGLISH)[local.month - 1]
    return f"{day}, {local:%d} {month} {local:%Y %H:%M:%S} {'WIB' if indonesian else '+0700'}"


def w3c(at: datetime) -> str:
    return at.astimezone(WIB).isoformat(timespec="seconds")


def dated(tag: str, at: datetime | None, write: Any = w3c) -> str:
    return "" if at is None else f"<{tag}>{write(at)}</{tag}>"


def rss(channel: Channel, items: Sequence[Item]) -> bytes:
    rows = "".join(
        f"<item><title>{i.title}</title><link>{escape(i.link)}</link>"
        f'<guid isPermaLink="false">berita-{i.number}</guid>'
        f"{dated('pubDate', i.at, lambda at: rfc822(at, channel.dates))}</item>\n"
        for i in items
    )
    link = f'<atom:link href="{escape(channel.self_link)}" rel="self" type="application/rss+xml"/>'
    head = f"<title>{escape(channel.title)}</title>{link}<link>{channel.home}</link><description>Berita</description>"
    built = f"<lastBuildDate>{rfc822(channel.built)}</lastBuildDate>"
    spaces = 'version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"'
    return f"{XML}<rss {spaces}><channel>{head}{built}\n{rows}</channel></rss>\n".encode()


def rdf(channel: Channel, items: Sequence[Item]) -> bytes:
    spaces = (
        'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"'
    )
    order = "".join(f'<rdf:li rdf:resource="{escape(i.link)}"/>' for i in items)
    head = (
        f'<channel rdf:about="{escape(channel.self_link)}"><title>{escape(channel.title)}</title>'
        f"<link>{channel.home}</link><description>Berita</description>"
        f"<items><rdf:Seq>{order}</rdf:Seq></items></channel>\n"
    )
    rows = "".join(
        f'<item rdf:about="{escape(i.link)}"><title>{i.title}</title><link>{escape(i.link)}</link>'
        f"{dated('dc:date', i.at)}</item>\n"
        for i in items
    )
    return f"{XML}<rdf:RDF {spaces}>{head}{rows}</rdf:RDF>\n".encode()


def atom(channel: Channel, items: Sequence[Item]) -> bytes:
    rows = "".join(
        f'<entry><title>{i.title}</title><id>{escape(i.link)}</id><link rel="alternate" href="{escape(i.link)}"/>'
        f"{dated('published', i.at)}{dated('updated', i.at)}</entry>\n"
        for i in items
    )
    head = (
        f'<title>{escape(channel.title)}</title><id>{escape(channel.self_link)}</id><link href="{channel.home}"/>'
        f'<link rel="self" href="{escape(channel.self_link)}"/><updated>{w3c(channel.built)}</updated>\n'
    )
    return f'{XML}<feed xmlns="http://www.w3.org/2005/Atom">{head}{rows}</feed>\n'.encode()


def json_feed(channel: Channel, items: Sequence[Item]) -> bytes:
    version = "https://jsonfeed.org/version/1.1"
    rows = [
        {"id": f"berita-{i.number}", "url": i.link, "content_text": i.title}
        | ({} if i.at is None else {"date_published": w3c(i.at)})
        for i in items
    ]
    head = {"version": version, "title": channel.title, "home_page_url": channel.home, "feed_url": channel.self_link}
    return compact(head | {"items": rows})


def sitemap(channel: Channel, items: Sequence[Item]) -> bytes:
    rows = "".join(f"<url><loc>{escape(i.link)}</loc>{dated('lastmod', i.at)}</url>\n" for i in items)
    home = f"<url><loc>{channel.home}</loc></url>\n"
    return f'{XML}<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{home}{rows}</urlset>\n'.encode()


def news_sitemap(channel: Channel, items: Sequence[Item]) -> bytes:
    """Only the last two days, as the extension demands."""
    fresh = [i for i in items if i.at is not None and i.at > channel.built - timedelta(days=2)]
    name = f"<news:name>{escape(channel.title)}</news:name><news:language>id</news:language>"
    paper = f"<news:publication>{name}</news:publication>"
    rows = "".join(
        f"<url><loc>{escape(i.link)}</loc><news:news>{paper}{dated('news:publication_date', i.at)}"
        f"<news:title>{i.title}</news:title></news:news></url>\n"
        for i in fresh
    )
    spaces = (
        'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
    )
    return f"{XML}<urlset {spaces}>{rows}</urlset>\n".encode()


def sitemap_index(channel: Channel, items: Sequence[Item]) -> bytes:
    newest = max((i.at for i in items if i.at is not None), default=None)
    base = channel.home.rstrip("/")
    rows = "".join(
        f"<sitemap><loc>{base}/{name}</loc>{dated('lastmod', newest)}</sitemap>"
        for name in ("sitemap.xml", "sitemap-news.xml")
    )
    return f'{XML}<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</sitemapindex>\n'.encode()


def wordpress(channel: Channel, items: Sequence[Item]) -> bytes:
    """The posts route of WordPress: `date_gmt` is naive UTC, `date` naive in the site's zone."""
    rows = [
        {
            "id": 100 + i.number,
            "date": i.at.astimezone(WIB).strftime("%Y-%m-%dT%H:%M:%S"),
            "date_gmt": i.at.strftime("%Y-%m-%dT%H:%M:%S"),
            "link": i.link,
        }
        for i in items
        if i.at is not None
    ]
    return compact(rows)


WRITERS = {
    "rss": rss,
    "rdf": rdf,
    "atom": atom,
    "json": json_feed,
    "sitemap": sitemap,
    "news": news_sitemap,
    "index": sitemap_index,
    "wordpress": wordpress,
}
