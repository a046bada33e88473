"""Sitemaps (sitemaps.org, with the news extension): which pages there are and when they were last changed."""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from ._articles import Articles, Index, Item, item
from ._dates import instant
from ._links import absolute, comparable, is_home
from ._xml import name, space, words

if TYPE_CHECKING:
    from ._xml import Element

NEWS_KEEPS = timedelta(days=2)  # Google's news sitemaps hold two days; older pages leave them
NOT_ARTICLES = re.compile(  # children that common generators fill with pages which are nobody's posts
    r"/(?:wp-sitemap-(?:taxonomies|users|posts-page)|(?:page|category|post_tag|author|tag)-sitemap)[^/]*$", re.ASCII
)


def urlset(root: Element, base: str) -> Articles:
    """A news sitemap dates its pages by publication and forgets them; a plain one by `lastmod`.

    A `lastmod` that more than half of the pages share is the hour the map was built: those pages are undated. The
    front page is no article.
    """
    pages = [_page(url) for url in root if name(url) == "url"]
    stamps = Counter(changed for _, changed, _, _ in pages if changed is not None)
    stamp, times = stamps.most_common(1)[0] if stamps else (None, 0)
    built = stamp if times > 1 and times * 2 > len(pages) else None
    items: list[Item] = []
    for loc, changed, published, is_news in pages:
        url = comparable(loc, base)
        if url is None or is_home(url):
            continue
        at = published if is_news else None if changed == built else changed
        items.append(item(loc, loc, base, at))
    return Articles(tuple(items), keeps=NEWS_KEEPS if any(p[3] for p in pages) else None, in_order=False)


def _page(url: Element) -> tuple[str, datetime | None, datetime | None, bool]:
    """(loc, lastmod, publication date, whether it is news)."""
    loc = changed = ""
    published: datetime | None = None
    is_news = False
    for child in url:
        what = name(child)
        if what == "loc" and "sitemap" in (space(child) or "sitemap") and not loc:
            loc = words(child)
        elif what == "lastmod" and not changed:
            changed = words(child)
        elif what == "news" and "sitemap-news" in space(child):
            is_news = True
            dates = (instant(words(e)) for e in child if name(e) == "publication_date")
            published = next((at for at in dates if at is not None), None)
    return loc, instant(changed), published, is_news


def index(root: Element, base: str) -> Index:
    """The children, newest first, those without a date last; lists of pages and labels only when there is no other."""
    found: dict[str, datetime | None] = {}
    for child in root:
        if name(child) == "sitemap":
            texts = {name(e): words(e) for e in child}
            url = absolute(texts.get("loc", ""), base)
            if url is not None:
                found[url] = instant(texts.get("lastmod", ""))
    articles = {u: at for u, at in found.items() if not NOT_ARTICLES.search(u)} or found
    dated = sorted(((u, at) for u, at in articles.items() if at), key=lambda c: c[1], reverse=True)
    return Index((*dated, *((u, None) for u, at in articles.items() if at is None)))
