"""Addresses found in hostile documents: made absolute and comparable, and the feeds a page names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from itertools import islice
from urllib.parse import quote, urljoin, urlsplit

LONGEST = 2000  # characters of an address that is kept
MOST = 20  # feeds named by one page
SCANNED = 524_288  # bytes of a page
TAGS = 500  # of them looked at
TAG = re.compile(r"<(link|base)(?=[\s/])([^<>]{0,3000}+)>", re.IGNORECASE)
ATTRIBUTE = re.compile(r"([\w:-]{1,40}+)\s*+=\s*+(\"[^\"]*+\"|'[^']*+'|[^\s\"'>]++)", re.ASCII)
FEED_TYPES = frozenset({"application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json"})
SESSION = re.compile(
    r"(utm_\w*|fbclid|gclid|mc_cid|mc_eid|phpsessid|jsessionid|aspsessionid\w*|cftoken|session_?id)(=.*)?",
    re.ASCII | re.IGNORECASE,
)
COMMENTS = re.compile(r"/comments/(feed|default)\b|[?&]feed=comments", re.ASCII | re.IGNORECASE)


def absolute(link: str, base: str) -> str | None:
    """An http(s) address without fragment and user info, or None. Odd characters are percent-encoded."""
    link = link.strip()
    if not link or len(link) > LONGEST or len(base) > LONGEST:
        return None
    try:
        parts = urlsplit(urljoin(base, link))
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not host or re.search(r"[^\w.:-]", host):
        return None
    host = f"[{host}]" if ":" in host else host
    if port is not None and port != {"http": 80, "https": 443}[parts.scheme]:
        host = f"{host}:{port}"
    query = "?" + _quoted(parts.query) if parts.query else ""
    url = f"{parts.scheme}://{host}{_quoted(parts.path) or '/'}{query}"
    return url if len(url) <= LONGEST and url.isprintable() else None


def comparable(link: str, base: str) -> str | None:
    """The address under which two listings of one article are the same: https, no session, no campaign, no fragment.

    A fragment that is a route (`#/…`, `#!…`) is part of it: pages of one script differ in nothing else.
    """
    url = absolute(link, base)
    if url is None:
        return None
    _, _, rest = url.partition("://")
    path, _, query = rest.partition("?")
    path = re.sub(r";jsessionid=[^/;]*", "", path, flags=re.IGNORECASE)
    found = "https://" + _with_query(path, query)
    route = link.strip().partition("#")[2]
    if route.startswith(("/", "!")) and route.strip("/!"):
        path, _, query = _quoted(route).partition("?")
        found += "#" + _with_query(path, query)
    return found if len(found) <= LONGEST else None


def _with_query(path: str, query: str) -> str:
    kept = "&".join(p for p in query.split("&") if p and not SESSION.fullmatch(p))
    return f"{path}?{kept}" if kept else path


def is_home(link: str) -> bool:
    """The front page of a site, which is nobody's article."""
    parts = urlsplit(link)
    return parts.path in ("", "/") and not parts.query and not parts.fragment


def discover(html: bytes, base: str) -> list[str]:
    """The feeds a page names in `<link rel="alternate">`, absolute, in its order; feeds of comments are left out.

    A scan for tags and not a parse: parsers of HTML take seconds for a page of a hundred thousand attributes.
    """
    found: dict[str, None] = {}
    for what, attributes in _tags(html[:SCANNED].decode("utf-8", "replace")):
        href = attributes.get("href", "")
        if what == "base":
            base = absolute(href, base) or base
        elif "alternate" in attributes.get("rel", "").lower().split():
            kind = attributes.get("type", "").lower().partition(";")[0].strip()
            url = absolute(href, base) if kind in FEED_TYPES else None
            if url is not None and not COMMENTS.search(url):
                found[url] = None
    return list(found)[:MOST]


def _tags(text: str) -> Iterator[tuple[str, dict[str, str]]]:
    """The first `<link>` and `<base>` tags outside of comments."""
    first, *commented = text.split("<!--")
    shown = first + "".join(part.partition("-->")[2] for part in commented)
    for tag in islice(TAG.finditer(shown), TAGS):
        pairs = [(k.lower(), unescape(v.strip("\"'"))) for k, v in ATTRIBUTE.findall(tag[2])]
        yield tag[1].lower(), dict(reversed(pairs))  # of a repeated attribute the first counts


def _quoted(text: str) -> str:
    return quote(text, safe="/%:@!$&'()*+,;=~?[]|-._", errors="replace")
