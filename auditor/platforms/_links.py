"""Addresses found in hostile documents: made absolute and comparable, the feeds a page names, where its links lead."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from itertools import islice
from urllib.parse import quote, unquote, urljoin, urlsplit

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
LINKS = 5000  # distinct ones of a page
LINK = re.compile(r"<(/?)(a|area|base|div|footer|header|iframe|link|nav)(?=[\s/>])([^<>]{0,3000}+)>", re.IGNORECASE)
SCRIPT = re.compile(r"<(?:script|style)(?=[\s/>])", re.IGNORECASE)
SAME_AS = re.compile(r"\"sameAs\"\s*+:\s*+(\[[^\]]{0,5000}+\]|\"[^\"]{0,2000}+\")")
ICONS = {  # a word in the text, the class or the picture of a link -> the platform it promises
    "instagram": "instagram",
    "facebook": "facebook",
    "twitter": "x",
    "youtube": "youtube",
    "tiktok": "tiktok",
    "telegram": "telegram",
    "threads": "threads",
    "linkedin": "linkedin",
    "whatsapp": "whatsapp_channel",
    "mastodon": "mastodon",
    "bluesky": "bluesky",
}
ICON = re.compile(rf"(?<![a-z])(?:{'|'.join(ICONS)})(?![a-z])", re.IGNORECASE)
HREF = re.compile(r"(?i)\b(?:href|src|data-href)\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s\"'>]+)")
MENU = re.compile(r"(?i)\b(?:kontak|hubungi|contact|media sosial|sosial media|medsos|social media|tautan)\b")
INSIDE = 1500  # characters between <a> and </a> that are looked at
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


@dataclass(frozen=True, slots=True)
class PageLink:
    """One distinct address a page links to, as written where that is absolute. No text of the page is kept."""

    url: str
    icons: frozenset[str] = frozenset()  # platforms that its text, class or picture names
    menu: bool = False  # its text promises contacts or social media
    framed: bool = False  # it stands in <header>, <footer> or <nav>
    own: bool = False  # rel="me": the page says that it is its own account


def page_links(html: bytes, base: str) -> list[PageLink]:
    """Where a page leads, in its order: anchors, rel="me", embedded Facebook pages, `sameAs`. At most LINKS.

    A scan for tags, as `discover`: linear in the page, whatever is written there.
    """
    shown, scripts = _shown(html.decode("utf-8", "replace"))
    found: dict[str, PageLink] = {}
    hrefs: set[str] = set()
    depth = 0
    for tag in LINK.finditer(shown):
        closing, what = tag[1], tag[2].lower()
        if what in ("header", "footer", "nav"):
            depth = max(depth + (-1 if closing else 1), 0)
        if closing or len(found) >= LINKS:
            continue
        attributes = {k.lower(): unescape(v.strip("\"'")) for k, v in reversed(ATTRIBUTE.findall(tag[3]))}
        if what == "base":
            base = absolute(attributes.get("href", ""), base) or base
        elif (href := _target(what, attributes)) in hrefs:
            continue
        elif (url := _written(href, base)) and url not in found:
            hrefs.add(href)
            inside = shown[tag.end() : tag.end() + INSIDE].partition("</a")[0] if what == "a" else ""
            found[url] = _link(url, tag[3] + " " + inside, inside, attributes, framed=depth > 0)
    for script in scripts:
        for same in SAME_AS.finditer(script):
            for url in re.findall(r"\"(https?:[^\"\s]{1,2000})\"", same[1].replace("\\/", "/")):
                if len(found) < LINKS:
                    found.setdefault(url, PageLink(url))
    return list(found.values())


def _shown(text: str) -> tuple[str, list[str]]:
    """The page without comments, scripts and styles; and the scripts."""
    first, *commented = text.split("<!--")
    first, *parts = SCRIPT.split(first + "".join(part.partition("-->")[2] for part in commented))
    ends = [re.split(r"(?i)</(?:script|style)", part, maxsplit=1) for part in parts]
    return first + "".join(end[1] for end in ends if len(end) > 1), [end[0] for end in ends]


def _target(what: str, attributes: dict[str, str]) -> str:
    """What an element links to; of a frame the Facebook page it shows."""
    if what in ("a", "area"):
        return attributes.get("href", "")
    if what == "link":
        return attributes.get("href", "") if "me" in attributes.get("rel", "").lower().split() else ""
    if what == "div":
        return attributes.get("data-href", "") if "fb-page" in attributes.get("class", "").split() else ""
    page = re.search(r"facebook\.com/plugins/page\.php\?(?:[^#]*&)?href=([^&#]+)", attributes.get("src", ""))
    return unquote(page[1]) if page else ""


def _written(href: str, base: str) -> str | None:
    """An absolute address as it was written, tricks and all, so that look-alikes are seen; else made absolute."""
    href = href.strip()
    if not href or len(href) > LONGEST:
        return None
    if re.match(r"(?i)https?://", href):
        return href
    return "https:" + href if href.startswith("//") else absolute(href, base)


def _link(url: str, markup: str, inside: str, attributes: dict[str, str], *, framed: bool) -> PageLink:
    label = " ".join(re.sub(r"<[^<>]{0,500}+>", " ", inside).split())
    return PageLink(
        url=url,
        icons=frozenset(ICONS[word.lower()] for word in ICON.findall(HREF.sub(" ", markup))),
        menu=len(label) <= 40 and bool(MENU.search(label)),
        framed=framed,
        own="me" in attributes.get("rel", "").lower().split(),
    )


def _quoted(text: str) -> str:
    return quote(text, safe="/%:@!$&'()*+,;=~?[]|-._", errors="replace")
