"""TikTok without any credential: the page that TikTok offers for embedding a creator, read although it is not an API.

It lists up to ten of the newest videos and no dates. A video's id holds the instant at which it was uploaded, seconds
before publication, but days before for drafts and scheduled videos: a video is at least this recent, and a silence
rests on the page of the newest video, which states when it was published.

Facts: developers.tiktok.com (embed-creator-profiles); yt-dlp, hatienl0i2612/tiktok-crawler; recorded ids and dates.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from auditor.core.model import AccountRef, Barrier, Miss, Missed, Post, PostKind, Seen, Unreadable
from auditor.core.quota import Quota, Scope
from auditor.fetch.answer import Answer, Ask, Refused, barred, missed

from ._listing import Listing
from ._markup import html
from ._minted import tiktok_id
from ._shapes import counters, listing, mapping, unrecognised, word
from ._tiktok_api import HANDLE, NUMBER, VIDEO, seconds, video_id
from .base import Answered, Json, Profile, Rule, Window, refusal

BASE_URL = "https://www.tiktok.com/embed"
STATE = "__FRONTITY_CONNECT_STATE__"
OURS = Quota(units=10, per=timedelta(minutes=1), scope=Scope.PLATFORM)  # nothing is published: one in six seconds
BOUND = "lower_bound"  # flag: dates are "at least this recent"
LISTED = 10
# Younger by its id than this, nothing rests on the difference: the shortest silence of a policy is longer, and a draft
# only ever makes a video younger. Older, the newest video's own page is asked.
SURE_FOR = timedelta(days=5)
PINNED = 3  # videos that an owner may have on top
SLIP = timedelta(minutes=1)  # ids are minted up to 37 seconds before publication
BLOCKED = ("security check", "captcha", "verify to continue", "consent")
OVERLOADED = "overload-protect triggered"
NOBODY, PRIVATE = (404, 10202, 10221), (10222,)  # `userInfo.code` and `errorCode`
RULES = (
    Rule(Miss.RATE_LIMITED, status=429),
    Rule(Miss.UNREACHABLE, status=401, detail="blocked"),
    Rule(Miss.UNREACHABLE, status=403, detail="blocked"),
    *(Rule(Miss.UNREACHABLE, status=status, detail="redirect") for status in (301, 302, 303, 307, 308)),
    Rule(Miss.UNREACHABLE, status=204, detail="empty"),
    Rule(Miss.UNREACHABLE, status=407, detail="proxy"),
)


def timeline(account: AccountRef, profile: Profile | None, ask: Ask, window: Window) -> Answered:  # noqa: ARG001 — the shape of all
    """One look at the page of a handle. Dates are floors; what could establish a silence is confirmed first.

    Errors: Refused.
    """
    page = _entry(ask("GET", f"/@{account.handle}"), f"/embed/@{account.handle}")
    user = _user(page)
    native_id, handle = _who(user, account)
    if isinstance(native_id, Unreadable):
        return native_id
    listed = listing(page.get("videoList"), "videoList")
    if not listed:
        raise missed(Miss.AMBIGUOUS_ABSENCE, "empty_list")
    read = Listing(window)
    for entry in listed:
        try:
            _list(read, mapping(entry, "video"), handle)
        except Refused as refused:
            read.pass_over(refused)
    read.end_of_page()
    if not read.posts:
        raise missed(Miss.AMBIGUOUS_ABSENCE, "empty_list")
    horizon = read.horizon(complete=False, says_empty=False)
    late = _published_late(list(read.posts.values()), ask, window.now)
    if late is None:
        horizon = window.now
    return Seen(
        native_id=native_id,
        handle=handle,
        posts=tuple(
            sorted((*read.posts.values(), *(late or ())), key=lambda p: (p.posted_at, p.native_id), reverse=True)
        ),
        horizon=horizon,
        counters=counters(user, {"followers": "followerCount", "following": "followingCount"}),
        flags=frozenset({BOUND}),
        undated=frozenset(read.undated),
    )


def _user(page: Mapping[str, Json]) -> Mapping[str, Json]:
    """`userInfo` of an account that is there to be seen."""
    user = page.get("userInfo")
    user = user if isinstance(user, dict) else {}
    code = _code(user.get("code"))
    if user.get("privateAccount") is True or code in PRIVATE:
        raise barred(Barrier.PROTECTED, "private")
    if code in NOBODY:
        raise barred(Barrier.GONE, str(code))
    if page.get("isError") is True:
        raise _of_error(page)
    if code not in (0, 200, None):
        raise unrecognised(f"code {code}")
    return user


def _of_error(page: Mapping[str, Json]) -> Refused:
    """A page of an error names a code, or says nothing."""
    code, status = _code(page.get("errorCode")), _code(page.get("errorStatus"))
    if code is None:
        return unrecognised("an error without a code")
    if status is not None and (status >= 500 or status == 429):
        return missed(Miss.UNREACHABLE, f"error {code}")
    return barred(Barrier.PROTECTED if code in PRIVATE else Barrier.GONE, "private" if code in PRIVATE else str(code))


def _code(value: Json) -> int | None:
    text = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 9 else None


def _who(user: Mapping[str, Json], account: AccountRef) -> tuple[str | Unreadable, str]:
    """(id, handle) of whom the page is about. An id that the owner's consent told us is of another kind."""
    native_id, name = video_id(user.get("id")), (word(user.get("uniqueId")) or account.handle).lower()
    known = account.native_id
    if known is not None and NUMBER.fullmatch(known) and known != native_id:
        return Unreadable(Barrier.TAKEN, "handle_taken"), name
    if name != account.handle.lower() and known != native_id:
        raise unrecognised("another name")
    if not HANDLE.match(VIDEO.format(handle=name, id="")):
        raise unrecognised("uniqueId")
    return native_id if known is None else known, name


def _list(read: Listing, video: Mapping[str, Json], handle: str) -> None:
    """Who else's video it is, it is no post of this account."""
    if video.get("privateItem") is True:
        return
    id_, author = video_id(video.get("id")), word(video.get("authorUniqueId"))
    at = tiktok_id(id_)
    kind = PostKind.ORIGINAL if author is None or author.lower() == handle else PostKind.REPOST
    if at is None:
        read.add_undated(id_)
    else:
        read.add(Post(id_, at, kind, VIDEO.format(handle=handle, id=id_)))


# --- what an id does not tell ---


def _published_late(listed: Sequence[Post], ask: Ask, now: datetime) -> list[Post] | None:
    """Videos that were published well after their ids were minted, of those that may be the newest.

    Each is named apart from the id's own post, because of one post the earliest date ever read counts. None: that they
    are no younger than their ids could not be made sure of.
    """
    newest = max(range(len(listed)), key=lambda n: listed[n].posted_at)
    if now - listed[newest].posted_at < SURE_FOR:
        return []
    if newest > PINNED:
        return None
    late = []
    for post in listed[: newest + 1]:
        published = _published(post, ask)
        if published is None:
            return None
        if published > post.posted_at + SLIP:
            url = f"{BASE_URL}/v2/{post.native_id}"
            late.append(replace(post, native_id=f"published:{post.native_id}", posted_at=published, url=url))
    return late


def _published(post: Post, ask: Ask) -> datetime | None:
    """When a video went public, as its own page states it. None: it does not say."""
    try:
        page = _entry(ask("GET", f"/v2/{post.native_id}"), f"/embed/v2/{post.native_id}")
        facts = mapping(mapping(page.get("videoData"), "videoData").get("itemInfos"), "itemInfos")
        if facts.get("id") is not None and video_id(facts.get("id")) != post.native_id:
            return None
    except Refused as refused:
        if isinstance(refused.outcome, Missed) and refused.outcome.reason in (Miss.RATE_LIMITED, Miss.QUOTA_EXHAUSTED):
            raise
        return None
    at = seconds(facts.get("createTime"))
    return at if at is not None and at + SLIP >= post.posted_at else None


# --- the page ---


def _entry(answer: Answer, path: str) -> Mapping[str, Json]:
    """What the state of the page holds of its own address.

    Errors: Refused.
    """
    if answer.status != 200:
        raise refusal(replace(answer, body=b""), RULES)
    root = html(answer.body)
    scripts = [] if root is None else [e for e in root.iter("script") if e.get("id") == STATE]
    if not scripts:
        raise _instead(answer)
    try:
        state = json.loads(scripts[0].text or "")
    except RecursionError:
        raise unrecognised("nested too deeply") from None
    except ValueError:
        raise unrecognised("the state is no JSON") from None
    data = mapping(mapping(mapping(state, "state").get("source"), "source").get("data"), "data")
    for name, entry in data.items():
        if name.partition("?")[0].rstrip("/").lower() == path.lower():
            return mapping(entry, "entry")
    raise unrecognised("no entry of this address")


def _instead(answer: Answer) -> Refused:
    """A page without the state: not let through, too many, or one we do not know."""
    text = answer.body[:200_000].decode("utf-8", "replace").lower()
    if OVERLOADED in text:
        return missed(Miss.RATE_LIMITED, "overload-protect")
    if any(mark in text for mark in BLOCKED):
        return missed(Miss.UNREACHABLE, "blocked")
    return unrecognised("no state")
