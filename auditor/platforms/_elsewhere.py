"""Whether a list is another site's: what a web server shows under a name that it does not know."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from urllib.parse import urlsplit

from auditor.core.model import Post


def elsewhere(listed: Collection[Post], known: Collection[Post]) -> bool:
    """Every link leads to hosts that no known article had, and no known article is listed, though some should be.

    A site that moved to another domain still has its articles: under the old ids, or at least with the old dates. A
    site begun anew lists nothing as old as what was known before.
    """
    before, now = _hosts(known), _hosts(listed)
    if not before or not now or before & now:
        return False
    if _marks(listed) & _marks(known):
        return False
    return min(p.posted_at for p in listed) < max(p.posted_at for p in known)


def _hosts(posts: Iterable[Post]) -> set[str]:
    return {urlsplit(p.url).netloc.removeprefix("www.") for p in posts if p.url}


def _marks(posts: Iterable[Post]) -> set[object]:
    return {mark for p in posts for mark in (p.native_id, p.posted_at)}
