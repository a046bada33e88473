"""TikTok with the owner's consent: the Display API lists the public videos of the one account that consented.

Newest first, at most twenty a page; pages may be shorter than asked for. An owner is known to us by an `open_id`, which
no answer about videos names; their links name the handle. What a token reads is its owner's, whoever is asked for.

Facts: developers.tiktok.com (tiktok-api-v2-video-list, get-user-info, rate limits).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from auditor.core.model import AccountRef, Barrier, Miss, Post, Seen, Unreadable
from auditor.fetch.answer import Ask, Refused, missed

from ._listing import Listing
from ._shapes import listing, mapping, named, unrecognised, word
from ._tiktok_answers import data_of
from .base import Answered, Json, Profile, Window

BASE_URL = "https://open.tiktokapis.com"
VIDEOS, OWNER, TOKENS = "/v2/video/list/", "/v2/user/info/", "/v2/oauth/token/"
AUTHORIZE = "https://www.tiktok.com/v2/auth/authorize/"
SCOPES = ("user.info.basic", "video.list")
FIELDS = "id,create_time,share_url"
PAGE, MAX_PAGES = 20, 10
NUMBER = re.compile(r"[0-9]{1,19}")  # of a video; and the account's own, which only the embed page names
HANDLE = re.compile(r"https://(?:www\.|m\.)?tiktok\.com/@([A-Za-z0-9._]{1,23}[A-Za-z0-9_])/")
VIDEO = "https://www.tiktok.com/@{handle}/video/{id}"
LATEST = 253_402_300_800  # the year 10000, in seconds


def timeline(account: AccountRef, profile: Profile | None, ask: Ask, window: Window) -> Answered:  # noqa: ARG001 — the shape of all
    """The owner's public videos, paged back to the window's start.

    Errors: Refused.
    """
    owner = ask.about.get("owner")
    if account.native_id is None and owner not in (None, account.handle):
        raise missed(Miss.OUR_REQUEST_INVALID, "other_owner")  # the token would answer about its own account
    read, names = Listing(window), list[str]()
    complete = _read(read, names, ask)
    open_id = ask.about.get("open_id") or _open_id(ask)
    if account.native_id is not None and not NUMBER.fullmatch(account.native_id) and account.native_id != open_id:
        return Unreadable(Barrier.TAKEN, "handle_taken")
    return Seen(
        native_id=account.native_id or open_id,  # a number is from the embed page, and of the same account
        handle=names[0] if names else account.handle,
        posts=read.newest_first(),
        horizon=read.horizon(complete=complete, says_empty=False),
        undated=frozenset(read.undated),
    )


def _read(read: Listing, names: list[str], ask: Ask) -> bool:
    """Page until there is enough; whether the list was read to its end."""
    cursors: list[int | None] = [None]
    while len(cursors) <= MAX_PAGES:
        try:
            data = _page(cursors[-1], ask)
            found = _videos(read, names, data)
        except Refused as refused:
            if read.outlives(refused):
                return False
            raise
        more, cursor = data.get("has_more"), data.get("cursor")
        if more is False:
            return True
        if read.enough or not _is_number(cursor) or cursor in cursors or (more is not True and not found):
            return False
        cursors.append(cursor)
    return False


def _page(cursor: int | None, ask: Ask, size: int = PAGE) -> Mapping[str, Json]:
    """`cursor`: milliseconds, as the page before named it; videos before it are listed."""
    wanted = {"max_count": size} | ({} if cursor is None else {"cursor": cursor})
    sent = {"Content-Type": "application/json"}
    return data_of(ask("POST", VIDEOS, [("fields", FIELDS)], sent, json.dumps(wanted).encode()))


def _videos(read: Listing, names: list[str], data: Mapping[str, Json]) -> Sequence[Json]:
    found = listing(data.get("videos"), "videos")
    for entry in found:
        try:
            _list(read, names, mapping(entry, "video"))
        except Refused as refused:
            read.pass_over(refused)
    read.end_of_page()
    return found


def _list(read: Listing, names: list[str], video: Mapping[str, Json]) -> None:
    id_ = video_id(video.get("id"))
    name = name_in(video.get("share_url"))
    names += [name] if name else []
    at = seconds(video.get("create_time"))
    if at is None:
        read.add_undated(id_)
    else:
        read.add(Post(id_, at, url=VIDEO.format(handle=name, id=id_) if name else None))


def _open_id(ask: Ask) -> str:
    """The account's id, where nobody told us."""
    return named(_user(ask).get("open_id"), "open_id")


def _user(ask: Ask) -> Mapping[str, Json]:
    return mapping(data_of(ask("GET", OWNER, [("fields", "open_id,display_name")])).get("user"), "user")


def _is_number(value: Json) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def video_id(value: Json) -> str:
    """Ids are larger than 2^53 and so written as text; a number is read digit by digit."""
    text = str(value) if _is_number(value) else word(value)
    if text is None or not NUMBER.fullmatch(text):
        raise unrecognised("id is missing")
    return text


def seconds(value: Json) -> datetime | None:
    """Unix seconds, as a number or as text."""
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) <= 12:
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value < LATEST:
        return None
    return datetime.fromtimestamp(value, UTC)


def name_in(value: Json) -> str | None:
    """The handle that a link to a video names."""
    found = HANDLE.match(value) if isinstance(value, str) else None
    return found[1].lower() if found else None


# --- what a consent is worth ---


def whose(ask: Ask) -> tuple[str | None, str]:
    """(handle, name as shown) of who consented; the handle only where a video names it.

    Errors: Refused.
    """
    found = listing(_page(None, ask).get("videos"), "videos")
    names = (name_in(video.get("share_url")) for video in found if isinstance(video, dict))
    shown = _user(ask).get("display_name")
    return next(filter(None, names), None), shown[:60] if isinstance(shown, str) else ""


def try_consent(ask: Ask) -> None:
    """One call: does the token work?

    Errors: Refused.
    """
    listing(_page(None, ask, size=1).get("videos"), "videos")
