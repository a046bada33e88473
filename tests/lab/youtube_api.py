"""The YouTube Data API v3: channels, playlistItems and videos, with keys that work and keys that do not.

States: ok, deleted and suspended (both: not there), private (its uploads are not to be had). Posts of kind `upcoming`
are announced broadcasts (the option `begins` says when they go on air), `private` and `deleted` leave a tombstone in
the uploads, `unlisted` are seen by link only.
Variant a: errors of the new front end, an empty channel has no uploads playlist; variant b: the older bodies, an empty
channel has an empty one. Every request costs a unit, wrong ones too; a key has `LIMIT` a day, Pacific time.
"""

from __future__ import annotations

import base64
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cached_property
from threading import Lock
from typing import Any
from zoneinfo import ZoneInfo

from .fields import only, parse
from .model import Account, Numbered, Scenario, digest, iso
from .wire import Reply, Request, compact
from .youtube import video_id

NAME = "youtube_api"
PREFIX = "/google"
HOSTS = ("youtube.googleapis.com", "www.googleapis.com")
PATH = "/youtube/v3"
LIMIT = 10_000
PACIFIC = ZoneInfo("America/Los_Angeles")
JSON = (("Content-Type", "application/json; charset=UTF-8"), ("Server", "scaffolding on HTTPServer2"))
GONE = {"deleted", "suspended"}
TOMBS = {"private": "Private video", "deleted": "Deleted video"}
KEY = "AIzaContohKunciYangBekerja0000000000001"
WRONG = "AIzaContohKunciYangSalah000000000000002"
EXPIRED = "AIzaContohKunciYangKedaluwarsa000000003"
DISABLED = "AIzaContohKunciTanpaApiAktif00000000004"
RESTRICTED = "AIzaContohKunciTerbatasUntukSitus000005"
SPENT = "AIzaContohKunciYangJatahnyaHabis0000006"
SECRETS = {"AUDITOR_YOUTUBE_API_KEY": KEY}
ENABLE = "https://console.developers.google.com/apis/api/youtube.googleapis.com/overview?project=100"


def refusal(
    status: int, reason: str, message: str, *, domain: str = "youtube", state: str = "", detail: str = ""
) -> Reply:
    """Google's envelope; `detail` is the reason of the front end's ErrorInfo."""
    error: dict[str, Any] = {"code": status, "message": message}
    error["errors"] = [{"message": message, "domain": domain, "reason": reason}]
    error |= {"status": state} if state else {}
    info = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": detail, "domain": "googleapis.com"}
    error |= {"details": [info]} if detail else {}
    return Reply(status, compact({"error": error}), JSON)


def custom(account: Account, now: datetime) -> str:
    """The @handle at an instant: the newest one, the option `custom`, or one made of the id."""
    worn = account.name(now)
    return worn if worn != account.handle else str(account.option("custom", f"@{account.handle[2:].lower()}"))


class YouTubeApi:
    """The face."""

    name = NAME

    def __init__(self, scenario: Scenario) -> None:
        self.accounts = scenario.on("youtube")
        self.by_id = {a.handle: a for a in self.accounts}
        self.new = scenario.variant("youtube") == "a"
        self.limit = LIMIT
        self.spent: Counter[tuple[str, object]] = Counter()  # (key, day in Pacific time) -> units
        self._lock = Lock()

    def subjects(self, request: Request, now: datetime) -> list[str]:
        ids = (request.one("id") or "").split(",")
        ids += [(request.one("playlistId") or "").replace("UU", "UC", 1)]
        found = [self.by_id[name] for name in ids if name in self.by_id]
        return [a.key for a in (*found, *self.called(request, now))]

    def called(self, request: Request, now: datetime) -> list[Account]:
        """Who is asked for by a name."""
        by_name = request.one("forHandle") is not None or request.one("forUsername") is not None
        return [a for a in self.accounts if self.named(a, request, now)] if by_name else []

    def named(self, account: Account, request: Request, now: datetime) -> bool:
        handle, user = request.one("forHandle"), request.one("forUsername")
        known = account.option("user")
        return (handle is not None and "@" + handle.lstrip("@").lower() == custom(account, now).lower()) or (
            user is not None and isinstance(known, str) and user.lower() == known.lower()
        )

    def answer(self, request: Request, now: datetime) -> Reply:
        refused = self.credential(request, now)
        if refused is not None:
            return refused
        what = {"channels": self.channels, "playlistItems": self.items, "videos": self.videos}
        found = what.get(request.path.removeprefix(PATH + "/"))
        if found is None or request.method != "GET":
            return refusal(404, "notFound", "Method not found.", domain="global")
        if not request.one("part"):
            return refusal(400, "missingRequiredParameter", "No filter selected.", domain="youtube.parameter")
        size = request.one("maxResults") or "5"
        if not size.isdecimal() or int(size) > 50:
            return refusal(400, "invalidParameter", f"Invalid value '{size}'. Values must be within the range: [0, 50]")
        reply = found(request, now, int(size))
        return partial(reply, request.one("fields")) if reply.status == 200 else reply

    # --- keys ---

    def credential(self, request: Request, now: datetime) -> Reply | None:
        key = request.headers.get("x-goog-api-key") or request.one("key")
        if key is None:
            said = "Method doesn't allow unregistered callers (callers without established identity)."
            return refusal(403, "forbidden", said, domain="global", state="PERMISSION_DENIED")
        if key == DISABLED:
            said = f"YouTube Data API v3 has not been used in project 100 before or it is disabled. Enable it: {ENABLE}"
            more = {"state": "PERMISSION_DENIED", "detail": "SERVICE_DISABLED"} if self.new else {}
            return refusal(403, "accessNotConfigured", said, domain="usageLimits", **more)
        if key == RESTRICTED:
            said = "Requests from referer <empty> are blocked."
            reason = "API_KEY_HTTP_REFERRER_BLOCKED"
            return refusal(403, "forbidden", said, domain="global", state="PERMISSION_DENIED", detail=reason)
        if key == EXPIRED:
            return self.invalid("API key expired. Please renew the API key.")
        if key != KEY and key != SPENT:
            return self.invalid("API key not valid. Please pass a valid API key.")
        day = (key, now.astimezone(PACIFIC).date())
        with self._lock:
            self.spent[day] += 1
            over = self.spent[day] > self.limit or key == SPENT
        if over:
            said = 'The request cannot be completed because you have exceeded your <a href="/quota">quota</a>.'
            return refusal(403, "quotaExceeded", said, domain="youtube.quota", state="PERMISSION_DENIED")
        return None

    def invalid(self, message: str) -> Reply:
        if self.new:
            more = {"state": "INVALID_ARGUMENT", "detail": "API_KEY_INVALID"}
            return refusal(400, "badRequest", message, domain="global", **more)
        old = message if "expired" in message else "Bad Request"
        return refusal(400, "keyInvalid", old, domain="usageLimits")

    # --- resources ---

    @cached_property
    def by_video(self) -> dict[str, Account]:
        """Whose a video is."""
        return {video_id(a, item): a for a in self.accounts for item in a.history}

    def channels(self, request: Request, now: datetime, size: int) -> Reply:
        filters = [name for name in ("id", "forHandle", "forUsername", "mine") if request.one(name) is not None]
        if len(filters) != 1:
            reason = "incompatibleParameters" if filters else "missingRequiredParameter"
            return refusal(
                400, reason, "No filter selected. Expected one of: id, forHandle", domain="youtube.parameter"
            )
        if len((request.one("id") or "").split(",")) > 50:
            return refusal(400, "invalidFilters", "Too many ids", domain="youtube.parameter")
        ids = (request.one("id") or "").split(",")
        asked = {name: self.by_id[name] for name in ids if name in self.by_id}
        asked |= {a.handle: a for a in self.called(request, now)}
        found = [a for a in sorted(asked.values(), key=lambda a: digest("order", a.key)) if self.there(a, now)]
        rows = [self.channel(a, request.one("part") or "", now) for a in found[:size]]
        return listed("channel", rows, len(found), size)

    def there(self, account: Account, now: datetime) -> bool:
        return account.state(now).kind not in GONE and account.created <= now

    def channel(self, account: Account, parts: str, now: datetime) -> dict[str, Any]:
        public = [i for i in account.visible(now) if i.post.kind in {"original", "upcoming"}]
        whole = {
            "snippet": {
                "title": account.title,
                "customUrl": custom(account, now),
                "publishedAt": iso(account.created),
                "country": "ID",
            },
            "contentDetails": {"relatedPlaylists": {"likes": "", "uploads": playlist(account)}},
            "statistics": {
                "viewCount": str(100 * len(public)),
                "subscriberCount": "1200",
                "hiddenSubscriberCount": False,
                "videoCount": str(len(public)),
            },
            "status": {"privacyStatus": "public", "isLinked": True, "longUploadsStatus": "longUploadsUnspecified"},
        }
        asked = {name: part for name, part in whole.items() if name in parts.split(",")}
        return {"kind": "youtube#channel", "etag": tag("channel", account.key), "id": account.handle} | asked

    def items(self, request: Request, now: datetime, size: int) -> Reply:
        asked = request.one("playlistId") or ""
        account = self.by_id.get(asked.replace("UU", "UC", 1)) if asked.startswith("UU") else None
        account = account if account is not None and self.there(account, now) else None
        shown = account.visible(now) if account else []
        if account is None or (not shown and self.new):
            said = "The playlist identified with the request's <code>playlistId</code> parameter cannot be found."
            return refusal(404, "playlistNotFound", said, domain="youtube.playlistItem")
        if account.state(now).kind == "private":
            return refusal(403, "playlistItemsNotAccessible", "Forbidden", domain="youtube.playlistItem")
        newest = sorted(shown, key=lambda item: item.post.at, reverse=True)
        token = request.one("pageToken")
        start = place(token) if token else 0
        if start is None:
            return refusal(400, "invalidPageToken", "Invalid page token.", domain="youtube.parameter")
        rows = [self.item(account, item, n) for n, item in enumerate(newest[start : start + size], start)]
        return listed("playlistItem", rows, len(newest), size, start + size if start + size < len(newest) else None)

    def item(self, account: Account, item: Numbered, position: int) -> dict[str, Any]:
        kind, video = item.post.kind, video_id(account, item)
        title = TOMBS.get(kind, f"Video {item.n + 1}")
        at = iso(item.post.at)
        details = {"videoId": video} | ({} if kind in TOMBS else {"videoPublishedAt": at})
        privacy = {"private": "private", "deleted": "privacyStatusUnspecified", "unlisted": "unlisted"}.get(
            kind, "public"
        )
        snippet = {
            "publishedAt": at,
            "channelId": account.handle,
            "title": title,
            "channelTitle": account.title,
            "playlistId": playlist(account),
            "position": position,
            "resourceId": {"kind": "youtube#video", "videoId": video},
        } | ({} if kind in TOMBS else {"videoOwnerChannelId": account.handle})
        parts = {"snippet": snippet, "contentDetails": details, "status": {"privacyStatus": privacy}}
        return {"kind": "youtube#playlistItem", "etag": tag("item", video), "id": tag("place", video)} | parts

    def videos(self, request: Request, now: datetime, size: int) -> Reply:
        ids = (request.one("id") or "").split(",")
        if not request.one("id") or len(ids) > 50:
            return refusal(400, "missingRequiredParameter" if not request.one("id") else "invalidFilters", "No filter")
        owners = {a.key: a for a in map(self.by_video.get, ids) if a is not None and self.there(a, now)}
        found = [row for account in owners.values() for row in self.shown(account, ids, now)]
        return listed("video", found[:size], len(found), size)

    def shown(self, account: Account, ids: list[str], now: datetime) -> Iterator[dict[str, Any]]:
        for item in account.visible(now):
            video = video_id(account, item)
            if video not in ids or item.post.kind in TOMBS:
                continue
            upcoming = item.post.kind == "upcoming"
            begins = begins_of(account).get(item.n)
            begun = upcoming and begins is not None and begins <= now
            state = "upcoming" if upcoming and not begun else "none"
            snippet = {"publishedAt": iso(item.post.at), "liveBroadcastContent": state}
            details = {"scheduledStartTime": iso(begins or item.post.at)}
            details |= {"actualStartTime": iso(begins)} if begins and begun else {}
            live = {"liveStreamingDetails": details} if upcoming else {}
            yield {"kind": "youtube#video", "etag": tag("video", video), "id": video, "snippet": snippet} | live

    # --- out of order ---

    def down(self, request: Request, variant: str) -> Reply:
        if variant == "b":
            return refusal(403, "quotaExceeded", "You have exceeded your quota.", domain="youtube.quota")
        return refusal(503, "backendError", "Backend Error", domain="global", state="UNAVAILABLE")

    def limited(self, now: datetime, seconds: int, variant: str) -> Reply:
        if variant == "b":
            more = {"state": "RESOURCE_EXHAUSTED", "detail": "RATE_LIMIT_EXCEEDED"}
            wait = ("Retry-After", str(seconds))
            return refusal(429, "rateLimitExceeded", "Quota exceeded: queries per minute", **more).having(wait)
        return refusal(403, "rateLimitExceeded", "The request rate is too high.", domain="usageLimits")


def begins_of(account: Account) -> Mapping[int, datetime]:
    """When announced broadcasts go on air, by their place in the account's history; the others never do."""
    found = account.option("begins", {})
    assert isinstance(found, Mapping)
    return found


def playlist(account: Account) -> str:
    """The uploads."""
    return "UU" + account.handle.removeprefix("UC")


def tag(*parts: object) -> str:
    return base64.urlsafe_b64encode(digest(*parts))[:27].decode()


def token_of(start: int) -> str:
    return base64.urlsafe_b64encode(f"p{start}".encode()).decode()


def place(token: str) -> int | None:
    """Where a page token points; None: it is none of ours."""
    try:
        text = base64.urlsafe_b64decode(token).decode()
    except ValueError:
        return None
    return int(text[1:]) if text.startswith("p") and text[1:].isdecimal() else None


def listed(kind: str, rows: list[dict[str, Any]], total: int, size: int, following: int | None = None) -> Reply:
    """A list response. Without anything to list there are no `items` at all, as for channels that are not there."""
    body: dict[str, Any] = {"kind": f"youtube#{kind}ListResponse", "etag": tag(kind, rows)}
    body |= {"nextPageToken": token_of(following)} if following is not None else {}
    body["pageInfo"] = {"totalResults": total, "resultsPerPage": size}
    if rows or kind != "channel":
        body["items"] = rows
    return Reply(200, compact(body), JSON)


# --- fields=: partial responses ---


def partial(reply: Reply, fields: str | None) -> Reply:
    """`a,b(c,d/e)`: only what was asked for. An unbalanced text is refused."""
    if not fields:
        return reply
    try:
        wanted = parse(fields)
    except ValueError:
        return refusal(400, "invalidParameter", f"Invalid field selection {fields[:40]}", domain="global")
    return Reply(reply.status, compact(only(json.loads(reply.body), wanted)), reply.headers)


def make(scenario: Scenario) -> YouTubeApi:
    return YouTubeApi(scenario)


def settings(url: str) -> dict[str, dict[str, str]]:
    return {"youtube": {"base_url": url + PATH}}
