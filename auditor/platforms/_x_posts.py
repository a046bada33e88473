"""What an account posted on X since the newest post we know: a page of five, and mostly none, which costs nothing.

Facts: docs.x.com (timelines, ids) of 2026-08-22; the published Snowflake source; recorded answers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from functools import partial

from auditor.core.model import AccountRef, Barrier, Miss, Missed, Post, PostKind, Seen, Unreadable
from auditor.fetch.answer import Ask, Params, Refused, barred, missed

from ._listing import Listing
from ._minted import x_id
from ._shapes import listing, mapping, unrecognised, word
from ._times import instant
from ._x_answers import TIMELINES, TWEETS, document, posts_cost, problems, said
from ._x_api import BY_ID, ID, POST, TWEET, Said, in_dialect, lookup
from .base import Answered, Json, Profile, Window

PAGE = 5  # posts, the fewest that can be asked for
PAID_PAGES, MAX_PAGES = 2, 10  # of one look: pages that brought a post, and pages at all
DEPTH = 800  # posts of an account that a timeline without replies goes back to
POST_ID = re.compile(r"[0-9]{1,19}")
EDITS = ("edit_history_tweet_ids", "edit_history_post_ids")
REFERENCES = ("referenced_tweets", "referenced_posts")
KINDS = {"retweeted": PostKind.REPOST, "reposted": PostKind.REPOST, "replied_to": PostKind.REPLY}
POST_FIELDS = {
    TWEET: ("tweet.fields", f"created_at,{EDITS[0]},{REFERENCES[0]}"),
    POST: ("post.fields", f"created_at,{EDITS[1]}"),
}
DOUBTED = (Missed(Miss.UNREACHABLE, "404"), Unreadable(Barrier.GONE))  # of a timeline: worth a look at the account
PAGE_COST = posts_cost(PAGE)
DEAREST = {name: units for name, units in PAGE_COST.items() if name != TIMELINES.name}  # of a look at a busy account


def timeline(account: AccountRef, profile: Profile | None, ask: Ask, window: Window) -> Answered:
    """What was posted after the newest post that is known; of an account without one, its newest five posts.

    That there are none is worth a look at how many it says it has. Errors: Refused.
    """
    if profile is None and (account.native_id is None or _newest(window) is None):
        told = _one(account, ask)
        if not isinstance(told, Profile):
            return told
        profile = told
    native_id = profile.native_id if profile is not None else account.native_id or ""
    if account.native_id not in (None, native_id):
        return Unreadable(Barrier.TAKEN, "handle_taken")
    if not ID.fullmatch(native_id):
        raise missed(Miss.OUR_REQUEST_INVALID, "no_id")
    read = Listing(window)
    try:
        complete = _read(read, native_id, ask, _newest(window))
    except Refused as refused:
        if refused.outcome not in DOUBTED:
            raise
        return _confirmed(account, profile, ask)
    return Seen(
        native_id=native_id,
        handle=profile.handle if profile is not None else account.handle,
        posts=read.newest_first(),
        horizon=_horizon(read, profile, window, complete=complete),
        created_at=profile.created_at if profile is not None else None,
        counters=profile.counters if profile is not None else {},
        flags=profile.flags if profile is not None else frozenset(),
        undated=frozenset(read.undated),
    )


def _one(account: AccountRef, ask: Ask) -> Said:
    return next(told for _, told in lookup([account], ask))


def _confirmed(account: AccountRef, profile: Profile | None, ask: Ask) -> Unreadable | Missed:
    """A timeline that is not there means nothing before the account is looked up: all of them were not, for hours."""
    told = _one(account, ask) if profile is None else profile
    return Missed(Miss.UNREACHABLE, "timeline_404") if isinstance(told, Profile) else told


def _horizon(read: Listing, profile: Profile | None, window: Window, *, complete: bool) -> datetime | None:
    """How far back was read. Asked only for what is newer than a known post, no further than that post.

    A first page without a further one is the beginning, unless the account has more posts than a timeline shows.
    """
    if not complete or read.odd is not None:
        return read.horizon(complete=False, says_empty=False)
    newest = _newest(window)
    if newest is not None:
        return min(max(window.since, x_id(newest) or window.since), window.now)
    shown_whole = profile is None or profile.counters.get("posts", 0) <= DEPTH
    return read.horizon(complete=shown_whole, says_empty=shown_whole)


def _newest(window: Window) -> str | None:
    """The post that reading goes on from. Not one whose id lies ahead: it would hide whatever is made until then."""
    if window.newest is None:
        return None
    newest = window.known.get(window.newest)
    older = [n for n, p in window.known.items() if newest is None or p.posted_at <= newest.posted_at]
    names = [name for name in (window.newest, *older) if POST_ID.fullmatch(name)]
    return next((name for name in names if (x_id(name) or window.now) <= window.now), None)


def _read(read: Listing, native_id: str, ask: Ask, newest: str | None) -> bool:
    """Page until a counted post is listed; whether everything that was asked for was listed."""
    since = [("since_id", newest)] if newest is not None else []
    tokens, paid = [""], 0
    while True:
        where = [*since, ("pagination_token", tokens[-1])] if tokens[-1] else since
        before = len(read.posts) + len(read.undated)
        try:
            token = in_dialect(ask, partial(_page, read, native_id, where, ask))
        except Refused as refused:
            if read.outlives(refused):
                return False
            raise
        paid += len(read.posts) + len(read.undated) > before
        counted = any(post.kind is PostKind.ORIGINAL for post in read.posts.values())
        if not token or token in tokens or counted or paid == PAID_PAGES or len(tokens) == MAX_PAGES:
            return not token
        tokens.append(token)


def _page(read: Listing, native_id: str, where: Params, ask: Ask, dialect: str) -> str:
    """List a page. The token of the next, "" at the end."""
    params = [("max_results", str(PAGE)), ("exclude", "replies,retweets"), POST_FIELDS[dialect], *where]
    answer = ask("GET", f"{BY_ID}/{native_id}{TWEETS}", params, cost=PAGE_COST)
    answered = document(answer)
    data = listing(answered.get("data", []), "data")
    meta = mapping(answered.get("meta", {}), "meta")
    if not data:
        for problem in problems(answered):
            outcome = said(problem, answer)
            raise Refused(outcome) if isinstance(outcome, Missed) else barred(outcome.barrier, outcome.detail)
        if meta.get("result_count") != 0 or isinstance(meta.get("result_count"), bool):
            raise unrecognised("no known key" if not meta else "posts are missing")
    for row in data:
        try:
            _list(read, mapping(row, "post"), native_id)
        except Refused as refused:
            read.pass_over(refused)
    token = meta.get("next_token") or ""
    if not isinstance(token, str):
        raise unrecognised("next_token")
    read.end_of_page()
    return token


def _list(read: Listing, row: Mapping[str, Json], native_id: str) -> None:
    """An edited post is the first of its versions: that one's id names and dates it."""
    own = word(row.get("id"))
    if own is None or not POST_ID.fullmatch(own) or row.get("author_id") not in (None, native_id):
        raise unrecognised("post id")
    versions = next((row[name] for name in EDITS if isinstance(row.get(name), list) and row[name]), [own])
    first = versions[0] if isinstance(versions[0], str) and POST_ID.fullmatch(versions[0]) else own
    stated = instant(row.get("created_at"))
    at = stated or x_id(own) if first == own else x_id(first) or stated
    if at is None:
        read.add_undated(first)
    else:
        read.add(Post(first, at, _kind(row), permalink("", first)), max(at, x_id(own) or at))


def _kind(row: Mapping[str, Json]) -> PostKind:
    """A quote has words of its own. Only a server that does not know `exclude` shows the others."""
    rows: list[Json] = next((row[name] for name in REFERENCES if isinstance(row.get(name), list)), [])
    kinds = [KINDS.get(str(r.get("type")), PostKind.ORIGINAL) for r in rows if isinstance(r, dict)]
    return next((k for k in (PostKind.REPOST, PostKind.REPLY) if k in kinds), PostKind.ORIGINAL)


def permalink(handle: str, native_id: str) -> str | None:  # noqa: ARG001 — the shape of all
    """The address that leads to a post whatever its owner is called."""
    return f"https://x.com/i/status/{native_id}" if POST_ID.fullmatch(native_id) else None
