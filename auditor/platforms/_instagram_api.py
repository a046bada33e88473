"""Instagram by Business Discovery: professional accounts by user name, asked through one of ours.

One account per request. Personal accounts, unknown names, deactivated and suspended accounts get the same answer, so
none of them is told from the others. Stories and live broadcasts are in no answer about somebody else.

Facts: developers.facebook.com/documentation/instagram-platform (business_discovery, error-codes), recorded answers
(sns-sdks/python-facebook), facebook-business-sdk-codegen (IGUser, IGMedia, Page).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from auditor.core.model import AccountRef, Barrier, Miss, Missed, Post, Seen, Stops, Unreadable
from auditor.fetch.answer import Ask, Refused, missed

from . import _meta as meta
from ._listing import Listing
from ._shapes import counters, link, listing, mapping, named, unrecognised, word
from .base import OTHERS, Answered, Json, Profile, Rule, Window

NAME = re.compile(r"[a-z0-9._]{1,30}")
ID = re.compile(r"[0-9]{1,30}")
FIRST, PAGE = 10, 25  # items: more than the three that may be pinned on top; older pages as the vendor's default
MAX_PAGES = 10
MEDIA = "id,timestamp,media_type,media_product_type,permalink"
COUNTERS = {"posts": "media_count", "followers": "followers_count"}
SITES = frozenset({"instagram.com", "www.instagram.com"})

ME, OWN_PAGES, LINKED = "/me", "/me/accounts", "instagram_business_account"
OWN_PAGES_AT_ONCE, OWN_PAGES_READ = 100, 5
NO_ACCOUNT = "no_professional_account"
UNTOLD = frozenset({Miss.PERMISSION_MISSING, Miss.OUR_REQUEST_INVALID, Miss.UNREACHABLE, Miss.UNRECOGNISED})
_ASKS_AS = "instagram: asks as"  # key of `ask.memory`

RULES = (
    Rule(Miss.AMBIGUOUS_ABSENCE, error="*/2207013"),
    Rule(Miss.PERMISSION_MISSING, error="100/33", detail="querying_account"),  # the object asked is our own account
    Rule(Miss.RATE_LIMITED, error="80002", stops=Stops.LANE),  # so is the account whose allowance this is
    Rule(Miss.OUR_REQUEST_INVALID, error="36104"),  # live media of others
    # Other subcodes of this family belong to publishing and hashtags; 2207001 is an outage whatever its code.
    *(Rule(Miss.UNRECOGNISED, error=f"100/{n}", detail=f"100/{n}") for n in range(2207000, 2207100) if n != 2207001),
    *meta.RULES,
)


# --- media of others ---


def timeline(ref: AccountRef, profile: Profile | None, ask: Ask, window: Window) -> Answered:  # noqa: ARG001 — the shape of all
    """The media of a professional account, paged back to the window's start.

    Errors: Refused.
    """
    name = ref.handle.removeprefix("@").lower()
    if not NAME.fullmatch(name):
        raise missed(Miss.OUR_REQUEST_INVALID, "handle")
    if ref.native_id is not None and not word(ref.native_id):
        raise missed(Miss.OUR_REQUEST_INVALID, "id")
    asks_as = querying(ask)
    try:
        return _read(Listing(window), name, ref, _Way(asks_as, ask))
    except Refused as refused:
        said = refused.outcome
        if isinstance(said, Missed) and said.reason is Miss.AMBIGUOUS_ABSENCE and said.detail != "no_key":
            raise missed(said.reason, "no_longer_readable" if ref.native_id else "never_readable") from None
        raise


@dataclass(frozen=True, slots=True)
class _Way:
    asks_as: str  # id of our own professional account
    ask: Ask

    def page(self, name: str, cursor: str | None, size: int) -> Json:
        """One page; once more with half of it where Meta finds it too much at once."""
        try:
            return self._page(name, cursor, size)
        except Refused as refused:
            if not isinstance(refused.outcome, Missed) or refused.outcome.detail != meta.TOO_MUCH:
                raise
        return self._page(name, cursor, size // 2)

    def _page(self, name: str, cursor: str | None, size: int) -> Json:
        fields = f"business_discovery.username({name}){{{discovered(cursor, size)}}}"
        answer = self.ask("GET", f"/{self.asks_as}", [("fields", fields)])
        return meta.document(answer, RULES, self.ask.memory)


def discovered(cursor: str | None, size: int) -> str:
    """What is asked of an account; a further page is a cursor inside of it, for there are no addresses of pages."""
    after = f".after({cursor})" if cursor else ""
    return f"id,username,followers_count,media_count,media{after}.limit({size}){{{MEDIA}}}"


def _read(read: Listing, name: str, ref: AccountRef, way: _Way) -> Answered:
    first = _discovery(way.page(name, None, FIRST))
    native_id = _identity(first)
    if ref.native_id not in (None, native_id):
        return Unreadable(Barrier.TAKEN, "handle_taken")
    stated = counters(first, COUNTERS)
    complete = _pages(read, first, name, way)
    listed = len(read.posts) + len(read.undated)
    complete = complete and listed >= stated.get("posts", 0)
    handle = word(first.get("username")) or ""
    return Seen(
        native_id=native_id,
        handle=handle.lower() if NAME.fullmatch(handle.lower()) else name,
        posts=read.newest_first(),
        horizon=read.horizon(complete=complete, says_empty=stated.get("posts") == 0),
        counters=stated,
        undated=frozenset(read.undated),
    )


def _pages(read: Listing, first: Mapping[str, Json], name: str, way: _Way) -> bool:
    """Whether the list was read to its end. The end has a cursor too: behind it there are no media."""
    if first.get("media") is None:
        if counters(first, COUNTERS).get("posts") != 0:
            raise unrecognised("media is missing")
        return True
    cursor = _list(read, first["media"])
    asked = set[str]()
    while cursor and cursor not in asked and not read.enough and len(asked) < MAX_PAGES - 1:
        asked.add(cursor)
        try:
            page = _discovery(way.page(name, cursor, PAGE))
            if _identity(page) != _identity(first):
                raise unrecognised("another account")
            cursor = None if page.get("media") is None else _list(read, page["media"])
        except Refused as refused:
            if read.outlives(refused):
                return False
            raise
    return not cursor


def _discovery(document: Json) -> Mapping[str, Json]:
    """What was found. The other `id` of the answer is our own account's, and says no more than that it was asked."""
    answer = mapping(document, "answer")
    found = answer.get("business_discovery")
    if found is None:
        _identity(answer)
        raise missed(Miss.AMBIGUOUS_ABSENCE, "no_key")
    return mapping(found, "business_discovery")


def _identity(of: Mapping[str, Json]) -> str:
    value = of.get("id")
    return named(str(value) if isinstance(value, int) and not isinstance(value, bool) else value, "id")


def _list(read: Listing, media: Json) -> str | None:
    """List a page; the cursor of the next."""
    page = mapping(media, "media")
    items = listing(page.get("data"), "data")
    for item in items:
        try:
            _add(read, mapping(item, "item"))
        except Refused as refused:
            read.pass_over(refused)
    cursor = meta.after(page.get("paging"))
    read.end_of_page()
    return cursor if items else None


def _add(read: Listing, item: Mapping[str, Json]) -> None:
    """Images, videos, albums and reels, and what kinds may come: whoever opens the profile sees it."""
    native_id, at = _identity(item), meta.time_of(item.get("timestamp"))
    if at is None:
        read.add_undated(native_id)
    else:
        read.add(_post(native_id, at, link(item.get("permalink"))))


def _post(native_id: str, at: datetime, url: str | None) -> Post:
    return Post(native_id, at, url=url if url and urlsplit(url).hostname in SITES else None)


# --- our own account ---


def querying(ask: Ask) -> str:
    """Id of the professional account that asks: as configured, else found once, by the Pages the token has a role on.

    Errors: Refused; permission_missing where no professional account hangs on the token.
    """
    given = ask.about.get("user_id") or ask.memory.get(_ASKS_AS)
    if isinstance(given, Missed):
        raise Refused(given)
    if given is None:
        given = _found(ask)
        if given is None:
            lacking = Missed(Miss.PERMISSION_MISSING, NO_ACCOUNT)
            ask.memory[_ASKS_AS] = lacking
            raise Refused(lacking)
        ask.memory[_ASKS_AS] = given
    if not isinstance(given, str) or not ID.fullmatch(given):
        raise missed(Miss.OUR_REQUEST_INVALID, "user_id")
    return given


def _found(ask: Ask) -> str | None:
    """The token's own, else the one that the first of the pool asks as: colleagues have roles on the same Page."""
    shared = ask.about.get(f"{OTHERS}user_id")
    try:
        return _linked(ask) or shared
    except Refused as refused:
        if shared is None or not isinstance(refused.outcome, Missed) or refused.outcome.reason not in UNTOLD:
            raise
        return shared


def _linked(ask: Ask) -> str | None:
    """A token of a person or of a system names its Pages; the token of a Page is the Page."""
    cursor: str | None = None
    for _ in range(OWN_PAGES_READ):
        asked = [("fields", f"{LINKED}{{id}}"), ("limit", str(OWN_PAGES_AT_ONCE))]
        answer = ask("GET", OWN_PAGES, [*asked, ("after", cursor)] if cursor else asked)
        try:
            document = mapping(meta.document(answer, RULES, ask.memory), "answer")
        except Refused as refused:
            if not isinstance(refused.outcome, Missed) or refused.outcome.reason is not Miss.OUR_REQUEST_INVALID:
                raise
            return _of_page(ask)
        for page in listing(document.get("data"), "data"):
            found = _account_of(page)
            if found is not None:
                return found
        paging = mapping(document.get("paging") or {}, "paging")
        cursor = meta.after(paging) if paging.get("next") else None
        if cursor is None:
            return None
    return None


def _of_page(ask: Ask) -> str | None:
    answer = ask("GET", ME, [("fields", f"{LINKED}{{id}}")])
    page = mapping(meta.document(answer, RULES, ask.memory), "answer")
    named(page.get("id"), "id")
    return _account_of(page)


def _account_of(page: Json) -> str | None:
    linked = page.get(LINKED) if isinstance(page, dict) else None
    return _identity(mapping(linked, LINKED)) if linked is not None else None


def try_discovery(ask: Ask) -> None:
    """Can the token discover? It finds our own professional account, by its own name.

    Errors: Refused.
    """
    asks_as = querying(ask)
    answer = ask("GET", f"/{asks_as}", [("fields", "username")])
    own = mapping(meta.document(answer, RULES, ask.memory), "answer")
    name = named(own.get("username"), "username").lower()
    if not NAME.fullmatch(name):
        raise unrecognised("username")
    answer = ask("GET", f"/{asks_as}", [("fields", f"business_discovery.username({name}){{id}}")])
    _identity(_discovery(meta.document(answer, RULES, ask.memory)))
