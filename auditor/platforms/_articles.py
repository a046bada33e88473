"""What a source without a last page lists, and how far back that list can be trusted."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise

from auditor.core.model import Post

from ._links import comparable, is_home

LONGEST_ID = 500  # characters kept as they are
MOST = 1000  # posts or undated items handed on from one look
CROWD = 2  # more articles than this do not share an id or a link
CLOCKS_DIFFER = timedelta(minutes=2)  # later dates are passed on but say nothing about the order of the list
EXCLUSIVE = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Item:
    """One listed article. `changed` is when it was last edited, where the source says so beside the publication."""

    id: str
    link: str | None
    at: datetime | None
    changed: datetime | None = None


@dataclass(frozen=True, slots=True)
class Articles:
    """The articles of one document in its order. `keeps`: it lists no article older than this, cut or not."""

    items: tuple[Item, ...]
    more: str | None = None  # the next page
    expired: bool = False  # says of itself that it will never change again
    keeps: timedelta | None = None
    in_order: bool = True  # of dates, as feeds are; a sitemap need not be


@dataclass(frozen=True, slots=True)
class Index:
    """Other documents that hold the articles, with the date of the newest change in each."""

    children: tuple[tuple[str, datetime | None], ...]


def item(name: str, link: str, base: str, at: datetime | None, changed: datetime | None = None, text: str = "") -> Item:
    """An article under its own name, else its link, else a mark made of its words, which are not kept, and its date.

    The date belongs to the mark because words repeat: a series bears one title, an episode of a podcast often none.
    """
    url = comparable(link, base)
    if url is not None and is_home(url):
        url = None  # every article of such a feed points at the front page
    return Item(_id(name.strip() or url or f"mark:{_digest(f'{link} {text} {at}')}"), url, at, changed)


def _id(name: str) -> str:
    """Ids are compared, stored and printed: long or unprintable ones are replaced by their digest."""
    return name if len(name) <= LONGEST_ID and name.isprintable() else f"sha256:{_digest(name)}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def merged(items: Iterable[Item]) -> tuple[Item, ...]:
    """Each article once: the same id or the same link is the same article, and its earliest date counts."""
    found: list[Item] = []
    place: dict[tuple[str, str], int] = {}
    for one in items:
        keys = [("id", one.id)] + ([("link", one.link)] if one.link else [])
        at = next((place[k] for k in keys if k in place), None)
        if at is None:
            at = len(found)
            found.append(one)
        else:
            found[at] = _joined(found[at], one)
        for key in keys:
            place.setdefault(key, at)
    return tuple(found)


def _joined(first: Item, again: Item) -> Item:
    dates = [d for d in (first.at, again.at) if d is not None]
    return replace(first, at=min(dates, default=None), link=first.link or again.link)


def told_apart(items: Sequence[Item]) -> tuple[Item, ...]:
    """The items without the ids and links that name none of them: merging by those would hide posts.

    Such a name is borne by more than two items that differ in what else could name them, or in their dates (a
    generator's mistake; links that differ only in what is no part of an address). An id gives way to the link, and
    where that names nothing either, to itself with the date: what shares everything but its date is several posts.
    """
    of_id: dict[str, list[Item]] = defaultdict(list)
    of_link: dict[str, list[Item]] = defaultdict(list)
    for one in items:
        of_id[one.id].append(one)
        if one.link is not None:
            of_link[one.link].append(one)
    ids = {n for n, found in of_id.items() if _names_nothing(found, len({i.link for i in found}))}
    links = {n for n, found in of_link.items() if _names_nothing(found, len({i.id for i in found}))}
    out = []
    for one in items:
        link = None if one.link in links else one.link
        out.append(replace(one, id=_id(link or f"{one.id} {one.at}") if one.id in ids else one.id, link=link))
    return tuple(out)


def _names_nothing(bearers: Sequence[Item], others: int) -> bool:
    return len(bearers) > CROWD and (others > CROWD or len({i.at for i in bearers}) > 1)


def horizon(items: Sequence[Item], now: datetime) -> datetime:
    """From when on everything was listed; `now` when nothing can be said. Never None: a list may be cut anywhere.

    The list is put newest first (an oldest-first one is turned round; it takes three items to tell). An item above a
    younger one is pinned and says nothing. What is left ends with the oldest item of the run; articles of that very
    instant may have been cut, and a horizon is inclusive, so it lies one whole second later. A list in the order of
    edits reaches back to its oldest edit only.
    """
    dated = [i for i in items if i.at is not None and i.at <= now + CLOCKS_DIFFER]
    if not dated:
        return now
    order = _order(dated)
    rising, falling = _steps(order)
    oldest = order[0] if len(order) > CROWD and rising > falling else order[-1]
    return min(after(oldest), now)


def topped(items: Sequence[Item], now: datetime) -> bool:
    """Whether an undated item stands above the newest dated one of a sorted list: somebody may just have posted.

    Above is in front, and behind in a list that is oldest first. Two items that rise may be either: an oldest-first
    list, or a pinned item and a new one.
    """
    dated = [i for i in items if i.at is not None and i.at <= now + CLOCKS_DIFFER]
    newest = max((i.at for i in dated if i.at is not None), default=None)
    if newest is None:
        return False
    places = [n for n, i in enumerate(items) if i.at == newest]
    in_front = any(i.at is None for i in items[: places[0]])
    behind = any(i.at is None for i in items[places[-1] :])
    rising, falling = _steps(_order(dated))
    if rising <= falling:
        return in_front
    return behind or (in_front and len(dated) <= CROWD)


def after(at: datetime) -> datetime:
    """The first whole second of which nothing at or before `at` is part."""
    return at.replace(microsecond=0) + EXCLUSIVE


def _order(dated: Sequence[Item]) -> list[datetime]:
    """The instants the list is sorted by: publication, unless only the edits fall steadily."""
    published = [i.at for i in dated if i.at is not None]
    changed = [i.changed for i in dated if i.changed is not None]
    if len(changed) == len(dated) and _steps(changed)[0] == 0 and _steps(published)[0] > 0:
        return changed
    return published


def _steps(order: Sequence[datetime]) -> tuple[int, int]:
    """(how often a younger one follows, how often an older one follows)."""
    pairs = list(pairwise(order))
    return sum(a < b for a, b in pairs), sum(a > b for a, b in pairs)


def posts(items: Iterable[Item]) -> tuple[Post, ...]:
    """The dated articles, newest first."""
    found = [Post(i.id, i.at, url=i.link) for i in items if i.at is not None]
    return tuple(sorted(found, key=lambda p: (p.posted_at, p.native_id), reverse=True))


def cut(
    found: Sequence[Post], undated: Iterable[str], edge: datetime, now: datetime
) -> tuple[tuple[Post, ...], frozenset[str], datetime]:
    """At most the newest thousand of each; a shorter list reaches less far back."""
    names = sorted(set(undated))
    if len(found) > MOST:
        edge = min(max(edge, after(found[MOST - 1].posted_at)), now)
    if len(names) > MOST:
        edge = now  # a new one might be among those left out
    return tuple(found[:MOST]), frozenset(names[:MOST]), edge
