"""YouTube: with a key by the Data API, without one by the Atom feed of a channel, the fifteen newest videos.

The feed proves activity and never anything else. It answers 404 and 500 for healthy channels, for hours, so its errors
say nothing about the account; it leaves out community and members-only posts; and it has no further page. Only a
channel id can be asked for. The API resolves handles and legacy user names too; custom names (/c/…) nothing resolves.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from auditor.core.address import AddressForm
from auditor.core.model import AccountRef, Barrier, Miss, Post, PostKind, Seen
from auditor.core.post_link import PostForm
from auditor.fetch.answer import Answer, Ask, missed

from . import _youtube_answers as answers, _youtube_api as api, _youtube_uploads as uploads
from ._dates import instant
from ._xml import content, is_html, name, space, text_of, tree, words
from ._youtube_api import CHANNEL, VIDEO
from ._youtube_uploads import LIVE, UPCOMING, permalink
from .base import (
    Answered,
    Auth,
    Call,
    Capability,
    Connect,
    Platform,
    Profile,
    Rule,
    Secret,
    Unchanged,
    Way,
    Window,
    refusal,
)

if TYPE_CHECKING:
    from ._xml import Element

ATOM = "http://www.w3.org/2005/Atom"
YT = "http://www.youtube.com/xml/schemas/2015"
WATCH = "https://www.youtube.com/watch?v={id}"
ID = r"(?P<id>[0-9A-Za-z_-]{11})"
RULES = (
    Rule(Miss.RATE_LIMITED, status=429),
    Rule(Miss.OUR_REQUEST_INVALID, status=400),
    Rule(Miss.PERMISSION_MISSING, status=401),  # no credential of ours was refused: none was sent
    Rule(Miss.UNREACHABLE, status=404, detail="feed_404"),
    Rule(Miss.UNREACHABLE, status=410, detail="feed_410"),
    *(Rule(Miss.UNREACHABLE, status=status, detail="redirect") for status in (301, 302, 303, 307, 308)),
    Rule(Miss.UNREACHABLE, status=204, detail="empty"),
)


def timeline(ref: AccountRef, profile: Profile | None, ask: Ask, window: Window) -> Answered:  # noqa: ARG001 — the shape of all
    """One look at the feed of a channel id."""
    channel = api.channel_of(ref)
    if channel is None:
        raise missed(Miss.OUR_REQUEST_INVALID, "needs_channel_id")
    answer = ask("GET", "", params=[("channel_id", channel)])
    if answer.status == 304:
        return Unchanged()
    if answer.status != 200:
        raise refusal(replace(answer, body=b""), RULES)  # the robot page of an error is no machine code
    root = _feed(answer)
    if _channel(root) != channel.removeprefix("UC"):
        raise missed(Miss.UNRECOGNISED, "other_channel")
    videos = [v for v in _videos(root) if v[1] in (None, channel.removeprefix("UC"))]
    watched = any(views != "0" for *_, views in videos)
    return Seen(
        native_id=channel,
        handle=ref.handle,
        posts=tuple(
            _post(video, at, window.known, unseen=watched and views == "0")
            for video, _, at, views in videos
            if at is not None
        ),
        horizon=window.now,
        created_at=next((instant(words(e)) for e in root if e.tag == f"{{{ATOM}}}published"), None),
        flags=frozenset({"positive_only"}),
        undated=frozenset(video for video, _, at, _ in videos if at is None),
    )


def _feed(answer: Answer) -> Element:
    """The Atom root. A page for people, a consent page for instance, means that we were not let through."""
    kind = answer.headers.get("content-type", "")
    text = text_of(content(answer), kind).strip()
    if is_html(text) or not text.startswith("<"):
        raise missed(Miss.UNREACHABLE, "html" if "html" in kind or is_html(text) else "no_feed")
    root = tree(text)
    if root.tag != f"{{{ATOM}}}feed":
        raise missed(Miss.UNREACHABLE, "no_feed")
    return root


def _channel(root: Element) -> str:
    """The channel the answer names, without `UC`: feeds are written with and without it."""
    for element in root:
        if element.tag == f"{{{YT}}}channelId":
            return words(element).removeprefix("UC")
    for element in root:
        if element.tag == f"{{{ATOM}}}id" and words(element).startswith("yt:channel:"):
            return words(element).removeprefix("yt:channel:").removeprefix("UC")
    for element in root:
        found = re.search(r"[?&]channel_id=UC([\w-]+)", str(element.get("href", "")), re.ASCII)
        if name(element) == "link" and found:
            return found[1]
    raise missed(Miss.UNRECOGNISED, "no_channel_id")


def _videos(root: Element) -> list[tuple[str, str | None, datetime | None, str | None]]:
    """(video, channel without `UC`, when it was published, views) of each entry."""
    found = []
    for entry in root:
        if entry.tag != f"{{{ATOM}}}entry":
            continue
        own = {name(e): words(e) for e in entry if space(e) in (ATOM, YT)}
        video = own.get("videoid") or own.get("id", "").removeprefix("yt:video:")
        if not VIDEO.fullmatch(video):
            raise missed(Miss.UNRECOGNISED, "no_video_id")
        channel = own["channelid"].removeprefix("UC") if own.get("channelid") else None
        views = next((e.get("views") for e in entry.iter() if name(e) == "statistics"), None)
        found.append((video, channel, instant(own.get("published", "")), None if views is None else str(views)))
    return found


def _post(video: str, at: datetime, known: Mapping[str, Post], *, unseen: bool) -> Post:
    """A video nobody has seen, in a feed that counts views, is taken for a broadcast that has yet to begin.

    It is dated when it was announced, and listed under a name of its own: once it is on air it is a new post. The feed
    goes on with the date of the announcement; when a broadcast began, a reading with a key may have learnt.
    """
    listed = known.get(LIVE + video) or known.get(video)
    if listed is not None and listed.posted_at > at:
        return replace(listed, url=permalink("", listed.native_id))
    return Post(UPCOMING + video, at, PostKind.OTHER) if unseen else Post(video, at, url=permalink("", video))


ADDRESS = AddressForm(
    hosts=frozenset({"youtube.com"}),
    paths=(
        re.compile(r"/channel/(?P<handle>UC[0-9A-Za-z_-]{22})"),
        re.compile(r"/(?P<handle>@[\w.·-]{3,30})"),
        re.compile(r"/(?P<handle>(?:user|c)/[\w.-]{1,100})"),
        re.compile(r"/(?P<handle>(?!(?:channel|user|c)$)[\w.-]{1,100})"),
    ),
    handle=re.compile(r"UC[0-9A-Za-z_-]{22}|@[\w.·-]{3,30}|(?:user/|c/)?[\w.-]{1,100}"),
    url="https://www.youtube.com/{handle}",
    fold=True,
    native=CHANNEL,
    native_url="https://www.youtube.com/channel/{handle}",
    refused=(
        (re.compile(r"/(?:watch|shorts|live|embed|v|clip)(?:[/?].*)?"), "post"),
        (
            re.compile(r"/(?:playlist|feed|feeds|results|hashtag|gaming|premium)(?:[/?].*)?"),
            "search",
        ),
    ),
    tails=frozenset({"about", "featured", "posts", "videos", "shorts", "streams", "playlists", "community"}),
)
POSTS = (  # no address carries a date
    PostForm(re.compile(rf"/watch\?v={ID}"), WATCH, keep_query=frozenset({"v"})),
    PostForm(re.compile(rf"/(?:shorts|live|embed|v)/{ID}"), WATCH),
    PostForm(re.compile(rf"/{ID}"), WATCH, hosts=frozenset({"youtu.be"})),
)
BLIND_TO = frozenset({"community_posts", "members_only"})
KEPT = timedelta(days=30)  # Developer Policies III.E.4: refreshed or deleted by then
KEYED = Platform(
    name="youtube",
    title="YouTube",
    base_url=api.BASE_URL,
    address=ADDRESS,
    capability=Capability(
        auth=Auth.API_KEY,
        lookup=Call(batch=api.BATCH, cost=1),
        timeline=Call(batch=1, cost=1),
        quotas=(answers.DAILY,),
        tells_apart=frozenset({Barrier.GONE, Barrier.SUSPENDED, Barrier.PROTECTED}),
        page=api.BATCH,
        default_on=True,
        blind_to=BLIND_TO,
        max_pages=uploads.MAX_PAGES,
        asks_for=api.ASKS_FOR,
        moves="posts",
        keep=KEPT,
    ),
    rules=answers.RULES,
    lookup=api.lookup,
    timeline=uploads.timeline,
    controls=(api.KNOWN_CHANNEL,),
    permalink=permalink,
    secret=Secret("AUDITOR_YOUTUBE_API_KEY", "X-Goog-Api-Key", "{}"),
)
PLATFORM = Platform(
    name="youtube",
    title="YouTube",
    base_url="https://www.youtube.com/feeds/videos.xml",
    address=ADDRESS,
    capability=Capability(
        auth=Auth.NONE,
        lookup=None,
        timeline=Call(batch=1, cost=1),
        quotas=(),
        tells_apart=frozenset(),
        page=15,
        default_on=True,
        positive_only=True,
        blind_to=BLIND_TO,
        max_pages=1,
        route="feed",
        asks_for=CHANNEL,
    ),
    rules=RULES,
    timeline=timeline,
    controls=(api.KNOWN_CHANNEL,),
    permalink=permalink,
    url_setting="feed_url",
    posts=POSTS,
    keyed=KEYED,
    way=Way(minutes=15, cost="free", command="auditor connect youtube"),
    connect=Connect("key_env", "AUDITOR_YOUTUBE_API_KEY", re.compile(r"AIza[0-9A-Za-z_-]{35}"), api.try_key),
)
