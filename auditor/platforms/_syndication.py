"""Documents into lists of articles: RSS 0.9x, 1.0 and 2.0, Atom 0.3 and 1.0, JSON Feed, sitemaps, WordPress JSON.

What a document is, it says itself; neither its address nor its content type does. A page for people is never a feed.
A shape that none of these has is unrecognised, because an empty parse would read as an empty account. The dates of a
channel (`lastBuildDate`, `updated` of the feed) are when it was generated and are not read.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from auditor.core.model import Miss
from auditor.fetch.answer import Answer, missed

from . import _sitemap
from ._articles import Articles, Index, Item, item
from ._dates import instant
from ._links import COMMENTS, absolute, discover
from ._xml import content, is_html, name, space, text_of, tree, words
from .base import Json

if TYPE_CHECKING:
    from ._xml import Element

ATOM = frozenset({"http://www.w3.org/2005/Atom", "http://purl.org/atom/ns#"})
DUBLIN_CORE = ("http://purl.org/dc/elements/", "http://purl.org/dc/terms/")
ENTRY_DATES = frozenset({"published", "issued", "created", "updated", "modified"})
THREADING = "http://purl.org/syndication/thread/1.0"
XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"
RDF_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
JSON_FEED = "jsonfeed.org/version/1"


def read(answer: Answer) -> Articles | Index:
    """The articles a 200 answer lists, or the documents that hold them. Raises `Refused`."""
    body = content(answer)
    kind = answer.headers.get("content-type", "")
    text = text_of(body, kind).strip()
    if text.startswith(("{", "[")):
        return _json(text, answer.url)
    if text.startswith("<") and not is_html(text):
        root = tree(text)
        if name(root) != "html":
            return _document(root, answer.url)
    elif not text.startswith("<") and "html" not in kind.lower():
        raise missed(Miss.UNRECOGNISED, "no_feed")
    links = discover(body, answer.url)
    raise missed(Miss.UNRECOGNISED, proposed("html", links))


def proposed(word: str, links: list[str]) -> str:
    """A detail that names the feed a person may put into the list instead."""
    return f"{word}; found={links[0]}" if links and len(links[0]) <= 300 else word


def _document(root: Element, url: str) -> Articles | Index:
    what = name(root)
    base = urljoin_safely(url, root.get(XML_BASE))
    if what == "urlset":
        return _sitemap.urlset(root, base)
    if what == "sitemapindex":
        return _sitemap.index(root, base)
    if what == "feed" and space(root) in ATOM:
        return _of_articles(root, [_entry(e, base) for e in root if name(e) == "entry"])
    if what in ("rss", "rdf"):
        channels = [e for e in root if name(e) == "channel"]
        if channels:
            found = [_rss(e, base) for parent in (*channels, root) for e in parent if name(e) == "item"]
            return _of_articles(channels[0], found)
    raise missed(Miss.UNRECOGNISED, f"root {what}"[:80] if what.isascii() else "root")


def _of_articles(channel: Element, items: list[Item]) -> Articles:
    """A feed of what readers said is not a feed of the office."""
    for link in channel:
        if name(link) == "link" and link.get("rel") == "self" and COMMENTS.search(str(link.get("href", ""))):
            raise missed(Miss.UNRECOGNISED, "comments_feed")
    entries = [e for e in channel if name(e) in ("entry", "item")]
    if entries and all(any(c.tag == f"{{{THREADING}}}in-reply-to" for c in e) for e in entries):
        raise missed(Miss.UNRECOGNISED, "comments_feed")
    return Articles(tuple(items))


# --- RSS and RDF ---


def _rss(element: Element, base: str) -> Item:
    """The item's own elements have no namespace, or the one the item has; of several the first that says anything."""
    own: dict[str, Element] = {}
    dates: dict[str, str] = {}
    link = enclosed = ""
    for child in element:
        what, where = name(child), space(child)
        if where in ("", space(element)):
            if words(child):
                own.setdefault(what, child)
            if what in ("pubdate", "date") and instant(words(child)):
                dates.setdefault("pubdate", words(child))
            elif what == "enclosure":
                enclosed = enclosed or str(child.get("url", ""))
        elif _is_date(what, where) and instant(words(child)):
            dates.setdefault(what, words(child))
        elif where in ATOM and what == "link" and child.get("rel", "alternate") == "alternate":
            link = link or str(child.get("href", ""))
    guid = own.get("guid")
    link = words(own.get("link")) or link
    if not link and guid is not None and guid.get("isPermaLink", "true").strip().lower() != "false":
        link = words(guid) if absolute(words(guid), base) and "://" in words(guid) else ""
    at = _first(dates.get(key) for key in ("pubdate", "date", "issued", "created", "published", "updated"))
    changed = instant(dates.get("updated", ""))
    id_ = words(guid) or str(element.get(RDF_ABOUT, ""))
    return item(id_, link, base, at, changed, words(own.get("title")) + words(own.get("description")) + enclosed)


def _is_date(what: str, where: str) -> bool:
    if where in ATOM:
        return what in ("published", "updated")
    return where.startswith(DUBLIN_CORE) and what in ("date", "issued", "created")


# --- Atom ---


def _entry(element: Element, base: str) -> Item:
    """`published` where present, else `updated`; Atom 0.3 calls them `issued` (or `created`) and `modified`."""
    base = urljoin_safely(base, element.get(XML_BASE))
    texts: dict[str, str] = {}
    link = ""
    for child in element:
        if space(child) != space(element):
            continue
        if name(child) == "link":
            if child.get("rel", "alternate") == "alternate":
                link = link or str(child.get("href", ""))
        elif words(child) and (name(child) not in ENTRY_DATES or instant(words(child))):
            texts.setdefault(name(child), words(child))
    changed = _first(texts.get(key) for key in ("updated", "modified"))
    at = _first(texts.get(key) for key in ("published", "issued", "created")) or changed
    return item(texts.get("id", ""), link, base, at, changed, texts.get("title", ""))


# --- JSON ---


def _json(text: str, url: str) -> Articles:
    try:
        document: Json = json.loads(text)
    except (ValueError, RecursionError):
        raise missed(Miss.UNRECOGNISED, "json") from None
    if isinstance(document, dict):
        version, items = document.get("version"), document.get("items")
        if isinstance(version, str) and JSON_FEED in version and isinstance(items, list):
            found = tuple(_json_item(i, url) for i in items)
            more = document.get("next_url")
            next_page = absolute(more, url) if isinstance(more, str) else None
            return Articles(found, next_page, expired=document.get("expired") is True)
    if isinstance(document, list) and (document or is_wordpress(url)):
        return Articles(tuple(_wordpress(i, url) for i in document))
    raise missed(Miss.UNRECOGNISED, "no_feed")


def _json_item(item_: Json, url: str) -> Item:
    if not isinstance(item_, dict):
        raise missed(Miss.UNRECOGNISED, "items")
    changed = instant(item_.get("date_modified"))
    at = instant(item_.get("date_published")) or changed
    link = _text(item_.get("url")) or _text(item_.get("external_url"))
    return item(_text(item_.get("id")), link, url, at, changed, _text(item_.get("title")))


def is_wordpress(url: str) -> bool:
    """The address of WordPress' own interface: the one JSON list that says nothing of itself when it is empty."""
    return "/wp-json/" in url or "rest_route=" in url


def _wordpress(item_: Json, url: str) -> Item:
    """`date_gmt` is UTC without saying so; `date` is the site's local time, read as UTC when it stands alone."""
    if not isinstance(item_, dict) or "id" not in item_ or not {"date_gmt", "date", "link"} & item_.keys():
        raise missed(Miss.UNRECOGNISED, "no_feed")
    at = _first((_text(item_.get("date_gmt")), _text(item_.get("date"))))
    return item(_text(item_["id"]), _text(item_.get("link")), url, at, instant(item_.get("modified_gmt")))


def _text(value: object) -> str:
    """Strings and numbers; anything else is no name and no address."""
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def _first(texts: Iterator[str | None] | tuple[str, ...]) -> datetime | None:
    """The first that can be read as an instant."""
    return next((at for text in texts if text and (at := instant(text)) is not None), None)


def urljoin_safely(base: str, link: str | None) -> str:
    """`link` as seen from `base`; a broken one is left aside."""
    try:
        return urljoin(base, link) if link else base
    except ValueError:
        return base
