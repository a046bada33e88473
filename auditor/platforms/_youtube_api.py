"""YouTube with a key: the Data API v3. One key belongs to one project; 10,000 units a day, until midnight Pacific time.

Channels are asked for by id, fifty at a time; a handle or a legacy user name alone and once, until its id is learnt.
Posts are the uploads playlist; which of them are announced broadcasts only `videos` tells. Deleted, terminated and
never existing channels get the same answer. Community and members-only posts are in no public answer.

Facts: developers.google.com/youtube/v3 (channels, playlistItems, videos, errors), the discovery document youtube.v3
(rev 20261104), recorded answers (sns-sdks/python-youtube).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import ParamSpec, TypeAlias

from auditor.core.model import AccountRef, Barrier, Miss, Missed, Post, PostKind, Seen, Unreadable
from auditor.fetch.answer import Ask, Refused, barred, missed

from ._listing import Listing
from ._shapes import COUNTABLE, listing, mapping, named, unrecognised, word
from ._times import instant
from ._youtube_answers import NO_PLAYLIST, document, reason_of
from .base import Answered, Json, Profile, Window

BASE_URL = "https://youtube.googleapis.com/youtube/v3"
CHANNELS, ITEMS, VIDEOS = "/channels", "/playlistItems", "/videos"
BATCH = 50  # ids per call; of items per page too
MAX_PAGES = 10
SLIP = timedelta(days=1)  # uploads stand newest first, but not strictly: disparities within a day are reported
KNOWN_CHANNEL = "UC_x5XG1OV2P6uZZ5FSM9Ttw"  # the vendor's own: the question that tests a key

CHANNEL = re.compile(r"UC[0-9A-Za-z_-]{22}")
VIDEO = re.compile(r"[0-9A-Za-z_-]{1,64}")
ASKS_FOR = re.compile(rf"{CHANNEL.pattern}|@[\w.·-]{{3,30}}|user/[\w.-]{{1,100}}")
LEFT = ("private", "privacyStatusUnspecified")  # privacyStatus of a video that is no longer to be seen
TOMBS = ("Private video", "Deleted video")  # titles that stand where one was
P = ParamSpec("P")
Said: TypeAlias = Profile | Unreadable | Missed
STOPS = frozenset({Miss.RATE_LIMITED, Miss.QUOTA_EXHAUSTED, Miss.CREDENTIAL_REJECTED, Miss.PERMISSION_MISSING})

PARTS = "id,snippet,contentDetails,statistics"
CHANNEL_FIELDS = (
    "kind,pageInfo/totalResults,nextPageToken,items(id,snippet(customUrl,publishedAt),"
    "contentDetails/relatedPlaylists/uploads,statistics(videoCount,subscriberCount,hiddenSubscriberCount))"
)
ITEM_FIELDS = (
    "kind,nextPageToken,items(snippet(title,publishedAt,resourceId/videoId,videoOwnerChannelId),"
    "contentDetails(videoId,videoPublishedAt),status/privacyStatus)"
)
VIDEO_FIELDS = "kind,items(id,snippet/liveBroadcastContent,liveStreamingDetails/actualStartTime)"


# --- channels ---


def lookup(accounts: Sequence[AccountRef], ask: Ask) -> Iterator[tuple[AccountRef, Said]]:
    """Each account once, in any order. What has an id is asked for together, a name alone.

    Errors: Refused, where no further account of the call can be answered.
    """
    by_id = [a for a in accounts if channel_of(a) is not None]
    for start in range(0, len(by_id), BATCH):
        yield from _by_id(by_id[start : start + BATCH], ask)
    for account in accounts:
        if channel_of(account) is None:
            yield account, _alone(_by_name, account, ask)


def channel_of(account: AccountRef) -> str | None:
    """The channel id of an account, where it is known."""
    return next((c for c in (account.native_id, account.handle) if c is not None and CHANNEL.fullmatch(c)), None)


def _alone(say: Callable[P, Said], *asked: P.args, **more: P.kwargs) -> Said:
    """One account's own answer. What stops the lane is raised."""
    try:
        return say(*asked, **more)
    except Refused as refused:
        if isinstance(refused.outcome, Missed) and refused.outcome.reason in STOPS:
            raise
        return refused.outcome


def _by_id(accounts: Sequence[AccountRef], ask: Ask) -> Iterator[tuple[AccountRef, Said]]:
    """The missing ids of an answer are the channels that are not to be had, if all of the answer can be read."""
    ids = list(dict.fromkeys(filter(None, map(channel_of, accounts))))
    found = _channels([("id", ",".join(ids))], ask)
    for account in accounts:
        channel = found.by_id.get(channel_of(account) or "")
        if channel is not None:
            yield account, _alone(_profile, channel, account)
        elif not found.whole:
            yield account, Missed(Miss.UNRECOGNISED, "a channel without an id")
        else:
            yield account, _absent(account, ask)


def _absent(account: AccountRef, ask: Ask) -> Unreadable | Missed:
    """The id leads nowhere. Whether its name has another owner by now is worth one unit."""
    name = _name(account.handle)
    try:
        owners = set(_channels([name], ask).by_id) if name is not None else set()
    except Refused:
        owners = set()
    if channel_of(account) in owners:
        return Missed(Miss.UNRECOGNISED, "gone by id, there by name")
    return Unreadable(Barrier.TAKEN, "handle_taken") if owners else Unreadable(Barrier.GONE, "gone_or_suspended")


def _by_name(account: AccountRef, ask: Ask) -> Profile | Unreadable:
    """By handle or legacy user name. No parameter resolves a custom address (/c/name, /name)."""
    name = _name(account.handle)
    if name is None:
        raise missed(Miss.OUR_REQUEST_INVALID, "needs_channel_id")
    found = _channels([name], ask)
    if not found.whole:
        raise unrecognised("a channel without an id")
    if not found.by_id:
        return Unreadable(Barrier.GONE, "never_resolved")
    return _profile(next(iter(found.by_id.values())), account)


def _name(handle: str) -> tuple[str, str] | None:
    if handle.startswith("@"):
        return "forHandle", handle
    return ("forUsername", handle.removeprefix("user/")) if handle.startswith("user/") else None


@dataclass(frozen=True, slots=True)
class _Channels:
    """`whole`: every entry names its channel and there is no further page, so that who is missing is not there."""

    by_id: Mapping[str, Mapping[str, Json]]
    whole: bool


def _channels(who: Sequence[tuple[str, str]], ask: Ask) -> _Channels:
    """An answer without `items` means "none" only if it says of itself that it is this answer, and of none."""
    asked = [("part", PARTS), *who, ("maxResults", str(BATCH)), ("fields", CHANNEL_FIELDS)]
    answered = mapping(document(ask("GET", CHANNELS, asked)), "answer")
    items = listing(answered.get("items", []), "items")
    if not items:
        _must_be(answered, "youtube#channelListResponse")
        if mapping(answered.get("pageInfo", {}), "pageInfo").get("totalResults", 0) != 0:
            raise unrecognised("items are missing")
    found = {}
    for item in items:
        channel = word(item.get("id")) if isinstance(item, dict) else None
        if channel is not None and CHANNEL.fullmatch(channel):
            found[channel] = item
    return _Channels(found, len(found) == len(items) and not answered.get("nextPageToken"))


def _must_be(answered: Mapping[str, Json], kind: str) -> None:
    if answered.get("kind") != kind:
        raise unrecognised("kind")


def _profile(channel: Mapping[str, Json], account: AccountRef) -> Profile:
    snippet = _part(channel, "snippet")
    if account.native_id not in (None, channel["id"]):
        raise barred(Barrier.TAKEN, "handle_taken")
    handle = word(snippet.get("customUrl")) or ""
    uploads = word(_part(_part(channel, "contentDetails"), "relatedPlaylists").get("uploads"))
    return Profile(
        native_id=channel["id"],
        handle=handle.lower() if handle.startswith("@") else account.handle,
        counters=_counters(_part(channel, "statistics")),
        created_at=instant(snippet.get("publishedAt")),
        local_id=uploads or "UU" + channel["id"].removeprefix("UC"),
    )


def _part(of: Mapping[str, Json], name: str) -> Mapping[str, Json]:
    """A part of a resource; nothing where it was left out."""
    return mapping(of.get(name, {}), name)


def _counters(statistics: Mapping[str, Json]) -> dict[str, int]:
    """Counts are written as text. The vendor rounds the subscribers, and owners may hide them."""
    stated = {"posts": statistics.get("videoCount")}
    if statistics.get("hiddenSubscriberCount") is not True:
        stated["followers"] = statistics.get("subscriberCount")
    texts = {
        name: text for name, text in stated.items() if isinstance(text, str) and re.fullmatch(r"[0-9]{1,19}", text)
    }
    return {name: int(text) for name, text in texts.items() if int(text) < COUNTABLE}


# --- uploads ---


def timeline(account: AccountRef, profile: Profile | None, ask: Ask, window: Window) -> Answered:
    """The uploads, paged back to the window's start.

    Errors: Refused.
    """
    if profile is None:
        _, found = next(iter(lookup([account], ask)))
        if not isinstance(found, Profile):
            return found
        profile = found
    if account.native_id not in (None, profile.native_id):
        return Unreadable(Barrier.TAKEN, "handle_taken")
    read = Listing(replace(window, since=window.since - SLIP))
    complete = _read(read, profile, ask)
    horizon = read.horizon(complete=complete, says_empty=profile.counters.get("posts") == 0)
    return Seen(
        native_id=profile.native_id,
        handle=profile.handle,
        posts=read.newest_first(),
        horizon=horizon if horizon is None else min(horizon + SLIP, window.now),
        created_at=profile.created_at,
        counters=profile.counters,
        flags=profile.flags,
        undated=frozenset(read.undated),
    )


def _read(read: Listing, profile: Profile, ask: Ask) -> bool:
    """Page until there is enough; whether the list was read to its end."""
    tokens = [""]
    while len(tokens) <= MAX_PAGES:
        try:
            token = _page(read, profile, tokens[-1], ask)
        except Refused as refused:
            if read.outlives(refused):
                return False
            raise
        if not token or read.enough or token in tokens:
            return not token
        tokens.append(token)
    return False


def _page(read: Listing, profile: Profile, token: str, ask: Ask) -> str:
    """List a page. The token of the next, "" at the end.

    A channel that is there and has no such playlist has no video: the list is empty, and proves no more than that.
    """
    asked = [("part", "snippet,contentDetails,status"), ("playlistId", profile.local_id), ("maxResults", str(BATCH))]
    asked += [("pageToken", token)] if token else []
    answer = ask("GET", ITEMS, [*asked, ("fields", ITEM_FIELDS)])
    if answer.status != 200 and not token and reason_of(answer)[0] == NO_PLAYLIST:
        return ""
    answered = mapping(document(answer), "answer")
    if not answered.get("items"):
        _must_be(answered, "youtube#playlistItemListResponse")
    uploads = []
    for item in listing(answered.get("items", []), "items"):
        try:
            upload = _upload(mapping(item, "item"), profile.native_id)
        except Refused as refused:
            read.pass_over(refused)
        else:
            uploads += [upload] if upload else []
    _list(read, uploads, ask)
    following = answered.get("nextPageToken") or ""
    if not isinstance(following, str):
        raise unrecognised("nextPageToken")
    read.end_of_page()
    return following


@dataclass(frozen=True, slots=True)
class _Upload:
    video: str
    at: datetime | None  # when it went public, else when it was added
    unlisted: bool


def _upload(item: Mapping[str, Json], channel: str) -> _Upload | None:
    """None: the video is private or deleted, or it is another channel's, and nobody sees it here."""
    snippet, details = _part(item, "snippet"), _part(item, "contentDetails")
    video = named(details.get("videoId") or _part(snippet, "resourceId").get("videoId"), "videoId")
    if not VIDEO.fullmatch(video):
        raise unrecognised("videoId")
    privacy = _part(item, "status").get("privacyStatus")
    published = instant(details.get("videoPublishedAt"))
    if privacy in LEFT or (published is None and snippet.get("title") in TOMBS):
        return None
    if snippet.get("videoOwnerChannelId") not in (None, channel):
        return None
    return _Upload(video, published or instant(snippet.get("publishedAt")), privacy == "unlisted")


def _list(read: Listing, uploads: Sequence[_Upload], ask: Ask) -> None:
    live = _broadcasts([u.video for u in uploads], ask) if uploads else {}
    for upload in uploads:
        pending, started = live.get(upload.video, (False, None))
        if upload.at is None:
            read.add_undated(upload.video)
        elif pending:
            read.add(Post(f"upcoming:{upload.video}", upload.at, PostKind.OTHER), upload.at)
        else:
            kind = PostKind.OTHER if upload.unlisted else PostKind.ORIGINAL
            at = max(upload.at, started or upload.at)
            read.add(Post(upload.video, at, kind, permalink("", upload.video)), upload.at)


def _broadcasts(videos: Sequence[str], ask: Ask) -> dict[str, tuple[bool, datetime | None]]:
    """video -> (announced and not yet begun, when it began), of those that are broadcasts or premieres.

    An announced one is dated when it was announced. So it is listed under a name of its own, and the video, once it
    is on air, is a new post with a new date. A video that the answer leaves out is as the playlist says.
    """
    asked = [("part", "snippet,liveStreamingDetails"), ("id", ",".join(videos)), ("maxResults", str(BATCH))]
    answer = ask("GET", VIDEOS, [*asked, ("fields", VIDEO_FIELDS)])
    if answer.status == 404:
        return {}
    answered = mapping(document(answer), "answer")
    if not answered.get("items"):
        _must_be(answered, "youtube#videoListResponse")
    found = {}
    for item in listing(answered.get("items", []), "items"):
        video = mapping(item, "video")
        pending = _part(video, "snippet").get("liveBroadcastContent") == "upcoming"
        started = instant(_part(video, "liveStreamingDetails").get("actualStartTime"))
        if pending or started is not None:
            found[named(video.get("id"), "id")] = (pending, started)
    return found


def permalink(handle: str, native_id: str) -> str | None:  # noqa: ARG001 — the shape of all
    """Shorts are shown at this address too. An announced broadcast is no post yet."""
    return f"https://www.youtube.com/watch?v={native_id}" if VIDEO.fullmatch(native_id) else None


# --- what a key is worth ---


def try_key(ask: Ask) -> None:
    """One call, one unit: does the key work? Whether the channel is there does not matter.

    Errors: Refused.
    """
    answer = ask("GET", CHANNELS, [("part", "id"), ("id", KNOWN_CHANNEL), ("maxResults", "1")])
    _must_be(mapping(document(answer), "answer"), "youtube#channelListResponse")
