"""Threads with a token: Profile Discovery, the posts of one public profile a request.

A thousand requests in any 24 hours for each person who authorised the app. Only profiles of 100 followers and more are
served; what is said of a private, small, suspended or missing one is written down nowhere. So nothing that is refused
here is ever evidence about an account. Replies and ghost posts are not listed; reposts are, as facades.

Facts: developers.facebook.com/docs/threads (retrieve-posts, threads-profiles), fbsamples/threads_api.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from auditor.core.model import AccountRef, Miss, Missed, Post, PostKind, Seen
from auditor.core.quota import Quota, Scope
from auditor.fetch.answer import Answer, Ask, Refused, missed

from . import _meta
from ._listing import Listing
from ._meta import after, document, time_of
from ._shapes import link, listing, mapping, named, unrecognised, word
from .base import Answered, Json, Profile, Rule, Window

BASE_URL = "https://graph.threads.net/v1.0"
POSTS = "/profile_posts"
QUOTA = Quota(1000, timedelta(hours=24), Scope.CREDENTIAL, rolling=True)
PAGE = 10
MAX_PAGES = 10
FIELDS = "id,username,timestamp,media_type,permalink"
OPENED = datetime.fromtimestamp(1688540400, UTC)  # nothing is older, and nothing older may be asked for
HANDLE = re.compile(r"[a-z0-9._]{1,30}")
FACADE = "REPOST_FACADE"
CONTROL = "threads"
META = frozenset({"meta", "threads", "instagram", "facebook"})  # whom an app without Advanced Access may read, too

NOT_PERMITTED, NEVER_READ, NOT_ELIGIBLE, NOT_READABLE = "not_permitted", "never_read", "not_eligible", "not_readable"
_READ, _OPEN = "threads: somebody was read", "threads: the control is read"  # keys of `ask.memory`
RULES = (
    Rule(Miss.OUR_REQUEST_INVALID, error="100/33"),
    Rule(Miss.AMBIGUOUS_ABSENCE, error="100", detail=NOT_READABLE),
    Rule(Miss.AMBIGUOUS_ABSENCE, error="24", detail=NOT_READABLE),
    Rule(Miss.PERMISSION_MISSING, error="10", detail=NOT_PERMITTED),
    *_meta.RULES,
)


def timeline(account: AccountRef, profile: Profile | None, ask: Ask, window: Window) -> Answered:  # noqa: ARG001 — the shape of all
    """The posts of a profile, paged back to the window's start.

    There is no id but the handle: the first one an account was read by stands for it. An answer that bears one other
    name throughout is the account under its new name.
    Errors: Refused.
    """
    if not HANDLE.fullmatch(account.handle):
        raise missed(Miss.OUR_REQUEST_INVALID, "handle")
    if ask.memory.get(_OPEN) is False:
        raise missed(Miss.PERMISSION_MISSING, NOT_PERMITTED)
    read = _Read(account.handle, Listing(replace(window, since=max(window.since, OPENED))))
    try:
        complete = _pages(read, ask)
    except Refused as refused:
        raise _told_apart(refused, account.handle, window, ask) from None
    if account.handle not in META:
        ask.memory[_READ] = True
    return Seen(
        native_id=account.native_id or account.handle,
        handle=read.name or account.handle,
        posts=read.listing.newest_first(),
        horizon=read.listing.horizon(complete=complete, says_empty=False),
        undated=frozenset(read.listing.undated),
    )


def _told_apart(refused: Refused, handle: str, window: Window, ask: Ask) -> Refused:
    """Code 10 is said of an app that may read nobody, and of a profile that nobody may read: the control tells.

    An app on Standard Access reads the control and nobody else: until a profile of the list was read, the app is at
    fault.
    """
    if not isinstance(refused.outcome, Missed) or refused.outcome.detail != NOT_PERMITTED:
        return refused
    if handle in META:
        return refused
    if not (window.proven or ask.memory.get(_READ)):
        return missed(Miss.PERMISSION_MISSING, NEVER_READ)
    if _OPEN not in ask.memory:
        try:
            document(_asked(CONTROL, "", 1, ask), RULES, ask.memory)
        except Refused as control:
            if isinstance(control.outcome, Missed) and control.outcome.detail != NOT_PERMITTED:
                return control  # the question was not answered
            ask.memory[_OPEN] = False
        else:
            ask.memory[_OPEN] = True
    return missed(Miss.AMBIGUOUS_ABSENCE, NOT_ELIGIBLE) if ask.memory[_OPEN] else refused


# --- pages ---


@dataclass(slots=True)
class _Read:
    """`name` is what the posts themselves call the account; "" as long as none of them says."""

    asked: str
    listing: Listing
    name: str = ""


def _asked(handle: str, cursor: str, size: int, ask: Ask) -> Answer:
    asked = [("username", handle), ("fields", FIELDS), ("limit", str(size))]
    return ask("GET", POSTS, [*asked, ("after", cursor)] if cursor else asked)


def _pages(read: _Read, ask: Ask) -> bool:
    """Page until there is enough; whether the list was read to its end."""
    cursors = [""]
    while len(cursors) <= MAX_PAGES:
        try:
            cursor = _page(read, cursors[-1], ask)
        except Refused as refused:
            if read.listing.outlives(refused):
                return False
            raise
        if not cursor or read.listing.enough or cursor in cursors:
            return not cursor
        cursors.append(cursor)
    return False


def _page(read: _Read, cursor: str, ask: Ask) -> str:
    """List a page. The cursor of the next, "" at the end: a page without posts is no end as long as there is one."""
    answered = mapping(document(_asked(read.asked, cursor, PAGE, ask), RULES, ask.memory), "answer")
    items = listing(answered.get("data"), "data")
    read.name = read.name or _name(items, read.asked)
    for item in items:
        try:
            _add(read, mapping(item, "post"))
        except Refused as refused:
            read.listing.pass_over(refused)
    read.listing.end_of_page()
    return after(answered.get("paging")) or ""


def _name(items: Sequence[Json], asked: str) -> str:
    """What a page calls the account: as asked, or one other name that all of its own posts bear.

    Errors: Refused, unrecognised: posts of several strangers.
    """
    names = {_username(i) for i in items if isinstance(i, dict) and i.get("media_type") != FACADE} - {None}
    if not names or asked in names:
        return asked if names else ""
    if len(names) > 1:
        raise unrecognised("several usernames")
    return str(names.pop())


def _username(post: Mapping[str, Json]) -> str | None:
    found = (word(post.get("username")) or "").lower()
    return found if HANDLE.fullmatch(found) else None


def _add(read: _Read, post: Mapping[str, Json]) -> None:
    """A quote is an original; a repost is a facade, whoever it names."""
    native_id = named(post.get("id"), "id")
    facade = post.get("media_type") == FACADE
    if not facade and _username(post) not in (None, read.name):
        raise unrecognised("username")
    at = time_of(post.get("timestamp"))
    if at is None:
        read.listing.add_undated(native_id)
        return
    kind = PostKind.REPOST if facade else PostKind.ORIGINAL
    read.listing.add(Post(native_id, at, kind, _address(post.get("permalink"))))


def _address(stated: Json) -> str | None:
    """A post's own address, where it is one of Threads."""
    found = link(stated) or ""
    return found if re.match(r"https://(?:www\.)?threads\.(?:net|com)/", found) else None


# --- what a token is worth ---


def try_token(ask: Ask) -> None:
    """One of the thousand requests: does the token work, and may it look at profiles?

    A profile of Meta's own answers before the review too: whether others do only the first sweep tells.
    Errors: Refused.
    """
    answered = mapping(document(_asked(CONTROL, "", 1, ask), RULES, ask.memory), "answer")
    listing(answered.get("data"), "data")
