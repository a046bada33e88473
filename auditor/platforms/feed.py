"""News feeds of an office's own web site: RSS, Atom, JSON Feed, sitemaps and WordPress JSON, at one listed address.

A feed shows a window and never its end, so a look never reads back to the beginning, and an empty feed says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from urllib.parse import urlsplit

from auditor.core.address import AddressForm
from auditor.core.model import ON_TOP, AccountRef, Barrier, Miss, Missed, Seen
from auditor.core.quota import Quota, Scope
from auditor.fetch.answer import Answer, Ask, Refused, missed

from ._articles import EXCLUSIVE, Articles, Index, Item, after, cut, horizon, merged, posts, told_apart, topped
from ._elsewhere import elsewhere
from ._links import absolute, discover
from ._syndication import is_wordpress, proposed, read
from .base import Answered, Auth, Call, Capability, Platform, Profile, Rule, Unchanged, Window, refusal

__all__ = ["PLATFORM", "discover"]

HOPS = 5
PAGES = 10  # of one look: next pages of a JSON Feed, children of a sitemap index
PERMANENT = frozenset({301, 308})
REDIRECTS = PERMANENT | {302, 303, 307}
ACCEPT = MappingProxyType(
    {"Accept": "application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5"}
)
RULES = (
    Rule(Miss.RATE_LIMITED, status=429),
    Rule(Miss.UNREACHABLE, header=("cf-mitigated", "challenge"), detail="challenge"),
    Rule(Barrier.GONE, status=410),
    Rule(Miss.AMBIGUOUS_ABSENCE, status=404, detail="not_found"),
    Rule(Miss.PERMISSION_MISSING, status=401),  # no credential of ours was refused: none was sent
    Rule(Miss.UNREACHABLE, status=204, detail="empty"),
    Rule(Miss.UNREACHABLE, status=205, detail="empty"),
    Rule(Miss.UNREACHABLE, status=408),
)


@dataclass(frozen=True, slots=True)
class _Arrived:
    """The last answer of a chain of redirects. `moved`: every hop was permanent, and there was one."""

    answer: Answer
    moved: bool


@dataclass(frozen=True, slots=True)
class _Part:
    """What was read, and from when on nothing is missing from it."""

    items: tuple[Item, ...]
    edge: datetime
    expired: bool = False
    undated_on_top: bool = False


def timeline(ref: AccountRef, profile: Profile | None, ask: Ask, window: Window) -> Answered:  # noqa: ARG001 — the shape of all
    """One look at the configured address. WordPress' interface may be closed: then the site's feed decides."""
    arrived = _follow(ask, ref.handle)
    if (
        arrived.answer.status in (401, 403, 404)
        and is_wordpress(ref.handle)
        and "cf-mitigated" not in arrived.answer.headers
    ):
        arrived = replace(_follow(ask, _feed_beside(ref.handle)), moved=False)
    answer = arrived.answer
    if answer.status == 304:
        return Unchanged()
    if answer.status == 404:
        raise _absent(answer, ask)
    document = _document(answer)
    if isinstance(document, Index):
        part = _children(document, ask, window)
    else:
        part = _pages(document, answer.url, ask, window)
    if part is None:
        return Unchanged()
    flags = {f"moved_to={answer.url}"} if arrived.moved else set()
    flags |= {"feed_expired"} if part.expired else set()
    flags |= {ON_TOP} if part.undated_on_top else set()
    seen = _seen(ref, part, frozenset(flags), _counters(answer), window.now)
    if elsewhere(seen.posts, window.known.values()):
        raise missed(Miss.UNRECOGNISED, "another_site")
    return seen


def _seen(ref: AccountRef, part: _Part, flags: frozenset[str], counters: Mapping[str, int], now: datetime) -> Seen:
    items = merged(told_apart(part.items))
    listed, undated, edge = cut(posts(items), (i.id for i in items if i.at is None), part.edge, now)
    return Seen(
        native_id=ref.native_id or ref.handle,
        handle=ref.handle,
        posts=listed,
        horizon=min(edge, now),
        counters=counters,
        flags=flags,
        undated=undated,
    )


def _counters(answer: Answer) -> Mapping[str, int]:
    """WordPress says in a header how many posts there are."""
    total = answer.headers.get("x-wp-total", "")
    return {"posts": int(total)} if re.fullmatch(r"\d{1,9}", total, re.ASCII) else {}


# --- one document ---


def _follow(ask: Ask, url: str) -> _Arrived:
    """Redirects are followed hop by hop; each hop is asked afresh, so each is checked afresh."""
    at = absolute(url, url)
    if at is None:
        raise missed(Miss.OUR_REQUEST_INVALID, "address")
    seen: set[str] = set()
    moved = True
    while True:
        seen.add(at)
        answer = ask("GET", at, headers=ACCEPT, large="sitemap" in at.lower() or at.endswith(".gz"))
        if answer.status not in REDIRECTS:
            return _Arrived(answer, moved and len(seen) > 1)
        moved = moved and answer.status in PERMANENT
        if not answer.headers.get("location", "").strip():
            raise missed(Miss.UNRECOGNISED, "redirect")
        target = absolute(answer.headers["location"], at)
        if target is None:
            raise missed(Miss.OUR_REQUEST_INVALID, "redirect_scheme")
        if target in seen:
            raise missed(Miss.OUR_REQUEST_INVALID, "redirect_loop")
        if len(seen) > HOPS:
            raise missed(Miss.OUR_REQUEST_INVALID, "redirects")
        at = target


def _document(answer: Answer) -> Articles | Index:
    if answer.status != 200:
        raise refusal(replace(answer, body=b""), RULES)  # what an error page says is nobody's machine code
    return read(answer)


def _absent(answer: Answer, ask: Ask) -> Refused:
    """404 never proves an absence: sites are rebuilt. The front page may name the feed's new address."""
    if "cf-mitigated" in answer.headers:
        return refusal(replace(answer, body=b""), RULES)
    parts = urlsplit(answer.url)
    try:
        home = _follow(ask, f"{parts.scheme}://{parts.netloc}/").answer
    except Refused:
        return missed(Miss.AMBIGUOUS_ABSENCE, "not_found")
    links = [u for u in discover(home.body, home.url) if u != answer.url] if home.status == 200 else []
    return missed(Miss.AMBIGUOUS_ABSENCE, proposed("not_found", links))


def _feed_beside(url: str) -> str:
    """The feed of the WordPress whose interface this is, which may live in a folder of the site."""
    root = url.partition("/wp-json/")[0] if "/wp-json/" in url else url.partition("?")[0].removesuffix("index.php")
    return f"{root.rstrip('/')}/feed/"


# --- several documents ---


def _edge(articles: Articles, now: datetime) -> datetime:
    items = merged(told_apart(articles.items))
    edge = horizon(items, now)
    return edge if articles.keeps is None else min(max(edge, now - articles.keeps + EXCLUSIVE), now)


def _on_top(articles: Articles, now: datetime) -> bool:
    return articles.in_order and topped(merged(told_apart(articles.items)), now)


def _pages(first: Articles, url: str, ask: Ask, window: Window) -> _Part:
    """Page 1, and further ones while they may hold something younger than what is asked for."""
    items, more, asked = first.items, first.more, {url}
    edge = _edge(first, window.now)
    expired = first.expired
    while more is not None and more not in asked and len(asked) < PAGES and edge > window.since:
        asked.add(more)
        try:
            page = _another(ask, more)
        except Refused:
            break  # page 1 still says what it says
        if not isinstance(page, Articles) or not page.items:
            break
        items, more, expired = (*items, *page.items), page.more, expired or page.expired
        edge = _edge(replace(first, items=items), window.now)
    return _Part(items, edge, expired, _on_top(replace(first, items=items), window.now))


def _children(index: Index, ask: Ask, window: Window) -> _Part | None:
    """The children of a sitemap index, newest first. None: every one that was asked is unchanged.

    A child that was not read may hold anything up to its date, and anything at all when it has none.
    """
    read_: list[Articles] = []
    unread: list[datetime] = []
    first_refusal: Refused | None = None
    asked = unchanged = 0
    for url, changed in index.children:
        if asked == PAGES or (changed is not None and changed < window.since and read_):
            unread.append(changed or window.now)
            continue
        asked += 1
        try:
            child = _another(ask, url)
        except Refused as refused:
            first_refusal = first_refusal or refused
            child = None
        if isinstance(child, Articles):
            read_.append(child)
        else:
            unchanged += isinstance(child, Unchanged)
            unread.append(changed or window.now)
    if asked and unchanged == asked:
        return None
    if not read_ and first_refusal is not None:
        raise first_refusal
    items = tuple(i for child in read_ for i in child.items)
    on_top = any(_on_top(child, window.now) for child in read_)
    return _Part(items, _edge_of_all(read_, unread, window.now), undated_on_top=on_top)


def _edge_of_all(children: Sequence[Articles], unread: Sequence[datetime], now: datetime) -> datetime:
    """A child of a sitemap is a whole list, so together they reach as far back as one does; one of news is a window."""
    whole = min((_edge(child, now) for child in children if child.keeps is None), default=None)
    windows = [_edge(child, now) for child in children if child.keeps is not None]
    edges = [*windows, *(after(at) for at in unread), *([whole] if whole else [])]
    return min(max(edges, default=now), now)


def _another(ask: Ask, url: str) -> Articles | Index | Unchanged:
    """A further document. Its absence says nothing about the account."""
    try:
        answer = _follow(ask, url).answer
        return Unchanged() if answer.status == 304 else _document(answer)
    except Refused as refused:
        if isinstance(refused.outcome, Missed):
            raise
        raise missed(Miss.UNREACHABLE, "part_gone") from None


PLATFORM = Platform(
    name="feed",
    title="RSS/Atom",
    base_url=None,
    address=AddressForm(
        hosts=frozenset(),
        paths=(re.compile(r"(?P<handle>.*)", re.DOTALL),),
        handle=re.compile(r"https?://[^\s/?#@]+(/[^\s#]*)?(\?[^\s#]*)?"),
        url="{handle}",
        fold=False,
        whole=True,
        native=re.compile(r"https?://.+"),
    ),
    capability=Capability(
        auth=Auth.NONE,
        lookup=None,
        timeline=Call(batch=1, cost=1),
        quotas=(Quota(units=3600, per=timedelta(hours=1), scope=Scope.HOST),),  # ours: sites state none, we stay polite
        tells_apart=frozenset({Barrier.GONE}),
        page=None,
        default_on=True,
        max_pages=PAGES,
        route="feed",
        conditional=True,
    ),
    rules=RULES,
    timeline=timeline,
)
