"""The uploads of a YouTube channel, and which of them are broadcasts that were announced and have not begun.

Uploads are a playlist, a unit a page. An announced broadcast stands in it like a video, dated when it was announced;
only `videos` tells the two apart, a unit for fifty. It is asked where the answer can matter: while a post that an
earlier look was sure of is at most `MARGIN` old, what came after it can make the last post seem newer than it is by
no more than that.

Facts: developers.google.com/youtube/v3 (playlistItems, videos), recorded answers (sns-sdks/python-youtube).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from auditor.core.model import AccountRef, Barrier, Post, PostKind, Seen, Unreadable
from auditor.fetch.answer import Ask, Refused

from ._listing import Listing
from ._shapes import listing, mapping, named, unrecognised
from ._times import instant
from ._youtube_answers import NO_PLAYLIST, document, reason_of
from ._youtube_api import BATCH, VIDEO, lookup, must_be, part
from .base import ANNOUNCED, UNSURE, Answered, Json, Profile, Window

ITEMS, VIDEOS = "/playlistItems", "/videos"
MAX_PAGES = 10
SLIP = timedelta(days=1)  # uploads stand newest first, but not strictly: disparities within a day are reported
MARGIN = timedelta(days=14)  # by so much at most an announcement may pass for a post
UPCOMING, LIVE = "upcoming:", "live:"  # names of a broadcast before it begins, and of one that was taken for a video

LEFT = ("private", "privacyStatusUnspecified")  # privacyStatus of a video that is no longer to be seen
NO_VIDEO = "videoNotFound"
TOMBS = ("Private video", "Deleted video")  # titles that stand where one was

ITEM_FIELDS = (
    "kind,nextPageToken,items(snippet(title,publishedAt,resourceId/videoId,videoOwnerChannelId),"
    "contentDetails(videoId,videoPublishedAt),status/privacyStatus)"
)
VIDEO_FIELDS = "kind,items(id,snippet/liveBroadcastContent,liveStreamingDetails/actualStartTime)"


@dataclass(frozen=True, slots=True)
class _Upload:
    video: str
    at: datetime  # when it went public, else when it was added
    unlisted: bool


@dataclass(frozen=True, slots=True)
class _Truth:
    """What `videos` said of the uploads it was asked about: who has yet to begin, and when the others began."""

    asked: set[str] = field(default_factory=set)
    told: set[str] = field(default_factory=set)
    pending: set[str] = field(default_factory=set)
    began: dict[str, datetime] = field(default_factory=dict)


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
    uploads: dict[str, _Upload] = {}
    complete = _read(read, uploads, profile, ask)
    horizon = read.horizon(complete=complete, says_empty=profile.counters.get("posts") == 0)
    doubtful = [u for u in uploads.values() if not u.unlisted and not _sure(u, window)]
    doubtful = [] if _steady(doubtful, window) else doubtful
    truth = _Truth()
    if _decides(doubtful, uploads.values(), window):
        _verify(sorted(doubtful, key=lambda u: u.at, reverse=True), truth, ask)
    posts = [_post(upload, window.known, truth) for upload in uploads.values()]
    return Seen(
        native_id=profile.native_id,
        handle=profile.handle,
        posts=tuple(sorted(posts, key=lambda p: (p.posted_at, p.native_id), reverse=True)),
        horizon=horizon if horizon is None else min(horizon + SLIP, window.now),
        created_at=profile.created_at,
        counters=profile.counters,
        flags=profile.flags | _flags(posts, doubtful, truth),
        undated=frozenset(read.undated),
    )


# --- pages ---


def _read(read: Listing, uploads: dict[str, _Upload], profile: Profile, ask: Ask) -> bool:
    """Page until there is enough; whether the list was read to its end."""
    tokens = [""]
    while len(tokens) <= MAX_PAGES:
        try:
            token = _page(read, uploads, profile, tokens[-1], ask)
        except Refused as refused:
            if read.outlives(refused):
                return False
            raise
        if not token or read.enough or token in tokens:
            return not token
        tokens.append(token)
    return False


def _page(read: Listing, uploads: dict[str, _Upload], profile: Profile, token: str, ask: Ask) -> str:
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
        must_be(answered, "youtube#playlistItemListResponse")
    for item in listing(answered.get("items", []), "items"):
        try:
            upload = _upload(mapping(item, "item"), profile.native_id, read)
        except Refused as refused:
            read.pass_over(refused)
            continue
        if upload is not None and read.add(Post(upload.video, upload.at, _kind(upload))):
            uploads[upload.video] = upload
    following = answered.get("nextPageToken") or ""
    if not isinstance(following, str):
        raise unrecognised("nextPageToken")
    read.end_of_page()
    return following


def _upload(item: Mapping[str, Json], channel: str, read: Listing) -> _Upload | None:
    """None: the video is private or deleted, or it is another channel's, and nobody sees it here; or it has no date."""
    snippet, details = part(item, "snippet"), part(item, "contentDetails")
    video = named(details.get("videoId") or part(snippet, "resourceId").get("videoId"), "videoId")
    if not VIDEO.fullmatch(video):
        raise unrecognised("videoId")
    privacy = part(item, "status").get("privacyStatus")
    published = instant(details.get("videoPublishedAt"))
    if privacy in LEFT or (published is None and snippet.get("title") in TOMBS):
        return None
    if snippet.get("videoOwnerChannelId") not in (None, channel):
        return None
    at = published or instant(snippet.get("publishedAt"))
    if at is None:
        read.add_undated(video)
        return None
    return _Upload(video, at, privacy == "unlisted")


# --- announcements ---


def _sure(upload: _Upload, window: Window) -> bool:
    """An earlier look found that it is a post, or one that is newer; and none that it is yet to begin."""
    video, known = upload.video, window.known
    if LIVE + video in known:
        return True
    if _awaited(video, known) or window.settled is None or upload.at > window.settled:
        return False
    return video in known or upload.at < min((p.posted_at for p in known.values()), default=upload.at)


def _awaited(video: str, known: Mapping[str, Post]) -> bool:
    """It was announced when it was last asked about; one that has begun is dated later than its announcement."""
    announced, listed = known.get(UPCOMING + video), known.get(video)
    if announced is None or LIVE + video in known:
        return False
    return listed is None or listed.posted_at <= announced.posted_at


def _steady(doubtful: Sequence[_Upload], window: Window) -> bool:
    """A channel never seen before whose two newest uploads stand close together is taken at its word: one unit less.

    Were the newer of the two an announcement, its last post would seem newer than it is by `MARGIN` at most.
    """
    newest = sorted((u.at for u in doubtful), reverse=True)[:2]
    return not window.known and len(newest) > 1 and newest[0] - newest[1] <= MARGIN


def _decides(doubtful: Sequence[_Upload], uploads: Iterable[_Upload], window: Window) -> bool:
    """No sure upload is recent enough. A look that reads back to nothing, as at a control, decides nothing."""
    if not doubtful or window.since >= window.now:
        return False
    doubted = {u.video for u in doubtful}
    sure = [_dated(u, window.known) for u in uploads if u.video not in doubted and not u.unlisted]
    return not any(at >= window.now - MARGIN for at in sure)


def _dated(upload: _Upload, known: Mapping[str, Post]) -> datetime:
    """A broadcast counts when it began: what an earlier look learnt of that stands."""
    earlier = [post.posted_at for name in (upload.video, LIVE + upload.video) if (post := known.get(name))]
    return max([upload.at, *earlier])


def _verify(doubtful: Sequence[_Upload], truth: _Truth, ask: Ask) -> None:
    """Ask about the newest, and about older ones only while all turn out to be announcements."""
    for start in range(0, len(doubtful), BATCH):
        asked = [u.video for u in doubtful[start : start + BATCH]]
        _broadcasts(asked, truth, ask)
        if not truth.pending.issuperset(asked):
            return


def _broadcasts(videos: Sequence[str], truth: _Truth, ask: Ask) -> None:
    """Add what is said of them. A video that the answer leaves out is as the playlist says, until it is asked again."""
    asked = [("part", "snippet,liveStreamingDetails"), ("id", ",".join(videos)), ("maxResults", str(BATCH))]
    answer = ask("GET", VIDEOS, [*asked, ("fields", VIDEO_FIELDS)])
    truth.asked.update(videos)
    if answer.status != 200 and reason_of(answer)[0] == NO_VIDEO:
        return
    answered = mapping(document(answer), "answer")
    if not answered.get("items"):
        must_be(answered, "youtube#videoListResponse")
    for item in listing(answered.get("items", []), "items"):
        video = mapping(item, "video")
        name = named(video.get("id"), "id")
        truth.told.add(name)
        started = instant(part(video, "liveStreamingDetails").get("actualStartTime"))
        if part(video, "snippet").get("liveBroadcastContent") == "upcoming":
            truth.pending.add(name)
        elif started is not None:
            truth.began[name] = started


def _post(upload: _Upload, known: Mapping[str, Post], truth: _Truth) -> Post:
    """As it is listed.

    The store keeps the earliest date of a name. So an announcement has a name of its own; and what was taken for a
    video when it was announced gets another one once it has begun.
    """
    video = upload.video
    if video in truth.pending or (video not in truth.told and not upload.unlisted and _awaited(video, known)):
        return Post(UPCOMING + video, upload.at, PostKind.OTHER)
    at = max(_dated(upload, known), truth.began.get(video, upload.at))
    listed = known.get(video)
    slip = timedelta() if UPCOMING + video in known else SLIP
    late = listed is not None and listed.posted_at + slip < at and not upload.unlisted
    if LIVE + video in known or (late and video in truth.began):
        return Post(LIVE + video, at, _kind(upload), permalink("", LIVE + video))
    return Post(video, at, _kind(upload), permalink("", video))


def _kind(upload: _Upload) -> PostKind:
    return PostKind.OTHER if upload.unlisted else PostKind.ORIGINAL


def _flags(posts: Iterable[Post], doubtful: Sequence[_Upload], truth: _Truth) -> frozenset[str]:
    """What the next look must know of this one."""
    listed = {post.native_id for post in posts}
    open_to_doubt = {u.video for u in doubtful} - truth.told
    unsure = (open_to_doubt & truth.asked if truth.asked else open_to_doubt) & listed
    announced = any(name.startswith(UPCOMING) for name in listed)
    return frozenset({UNSURE} if unsure else ()) | frozenset({ANNOUNCED} if announced else ())


def permalink(handle: str, native_id: str) -> str | None:  # noqa: ARG001 — the shape of all
    """Shorts are shown at this address too. An announced broadcast is no post yet."""
    if native_id.startswith(LIVE):
        return f"https://www.youtube.com/live/{native_id.removeprefix(LIVE)}"
    return f"https://www.youtube.com/watch?v={native_id}" if VIDEO.fullmatch(native_id) else None
