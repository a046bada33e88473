"""YouTube without a key: the Atom feed of a channel, the fifteen newest videos.

It proves activity and never anything else. It answers 404 and 500 for healthy channels, for hours, so its errors say
nothing about the account; it leaves out community and members-only posts; and it has no further page. Only a channel
id can be asked for: handles and custom names need the Data API.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from auditor.core.address import AddressForm
from auditor.core.model import AccountRef, Miss, Post, PostKind, Seen
from auditor.fetch.answer import Answer, Ask, missed

from ._dates import instant
from ._xml import content, is_html, name, space, text_of, tree, words
from .base import Answered, Auth, Call, Capability, Platform, Profile, Rule, Unchanged, Window, refusal

if TYPE_CHECKING:
    from ._xml import Element

ATOM = "http://www.w3.org/2005/Atom"
YT = "http://www.youtube.com/xml/schemas/2015"
CHANNEL = re.compile(r"UC[0-9A-Za-z_-]{22}")
VIDEO = re.compile(r"[0-9A-Za-z_-]{1,64}")
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
    channel = next((c for c in (ref.native_id, ref.handle) if c is not None and CHANNEL.fullmatch(c)), None)
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
        posts=tuple(_post(video, at, watched and views == "0") for video, _, at, views in videos if at is not None),
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


def _post(video: str, at: datetime, unseen: bool) -> Post:
    """A video nobody has seen, in a feed that counts views, is taken for a broadcast that has yet to begin."""
    return Post(video, at, PostKind.OTHER if unseen else PostKind.ORIGINAL, permalink("", video))


def permalink(handle: str, native_id: str) -> str | None:  # noqa: ARG001 — the shape of all
    """Shorts are shown at this address too."""
    return f"https://www.youtube.com/watch?v={native_id}"


PLATFORM = Platform(
    name="youtube",
    title="YouTube",
    base_url="https://www.youtube.com/feeds/videos.xml",
    address=AddressForm(
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
    ),
    capability=Capability(
        auth=Auth.NONE,
        lookup=None,
        timeline=Call(batch=1, cost=1),
        quota=None,
        tells_apart=frozenset(),
        page=15,
        default_on=True,
        positive_only=True,
        blind_to=frozenset({"community_posts", "members_only"}),
        max_pages=1,
        route="feed",
        asks_for=CHANNEL,
    ),
    rules=RULES,
    timeline=timeline,
    permalink=permalink,
    url_setting="feed_url",
)
