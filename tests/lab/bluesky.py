"""A Bluesky AppView, as recorded from one: XRPC over GET, no credentials.

States: ok, suspended, deactivated, deleted, taken (the handle now belongs to `detail`, another DID), unverified
(`handle.invalid`), hidden (label `!no-unauthenticated`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from .model import Account, Numbered, Scenario, iso_ms, letters, millis, number
from .wire import HTML, JSON, Reply, Request, compact, compressed, conditional, html, weak_tag

NAME = "bluesky"
PREFIX = "/bluesky"
HOSTS = ("public.api.bsky.app", "api.bsky.app")
EXPRESS = (("X-Powered-By", "Express"), ("Access-Control-Allow-Origin", "*"))
LABELERS = (("Atproto-Content-Labelers", "did:plc:contohlabelercontohlabel;redact"),)
ACTOR = re.compile(
    r"did:[a-z]+:[A-Za-z0-9._:%-]+|([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]([A-Za-z0-9-]*[A-Za-z0-9])?"
)
CURSOR = re.compile(r"(\d+)__([a-z0-9]+)")
SORTABLE = "234567abcdefghijklmnopqrstuvwxyz"
QUOTA = 3000
UNREADABLE = {"suspended", "deactivated", "deleted"}
Answer = tuple[int, dict[str, Any]]


def did(account: Account) -> str:
    """The stable id."""
    return str(account.option("did") or f"did:plc:{letters(24, 'did', account.key)}")


def cid(*parts: object) -> str:
    return "bafyrei" + letters(52, "cid", *parts)


def tid(at: datetime, salt: int) -> str:
    """A record key: 53 bits of microseconds and 10 of a clock id, in sortable base32."""
    value = (millis(at) * 1000 << 10) | (salt % 1024)
    return "".join(SORTABLE[(value >> shift) & 31] for shift in range(60, -1, -5))


def uri(account: Account, item: Numbered, kind: str = "post") -> str:
    return f"at://{did(account)}/app.bsky.feed.{kind}/{tid(item.post.seen, item.n)}"


def refusal(status: int, error: str, message: str) -> Answer:
    return status, {"error": error, "message": message}


MISSING = refusal(400, "InvalidRequest", "Profile not found")
BROKEN = refusal(500, "InternalServerError", "Internal Server Error")


class Bluesky:
    """The face. `getProfiles` leaves unreadable accounts out; only `getProfile` gives the reason."""

    name = NAME

    def __init__(self, scenario: Scenario) -> None:
        self.variant = scenario.variant(NAME)
        self.accounts = scenario.on(NAME)
        self.methods: dict[str, Callable[[Request, datetime], Answer]] = {
            "app.bsky.actor.getProfile": self.get_profile,
            "app.bsky.actor.getProfiles": self.get_profiles,
            "app.bsky.feed.getAuthorFeed": self.get_author_feed,
            "com.atproto.identity.resolveHandle": self.resolve_handle,
        }

    def subjects(self, request: Request, now: datetime) -> list[str]:
        asked = [*request.every("actor"), *request.every("actors"), *request.every("handle")]
        return [account.key for actor in asked if (account := self.find(actor, now))]

    def answer(self, request: Request, now: datetime) -> Reply:
        path = request.path
        if path == "/robots.txt":
            return Reply(200, b"User-agent: *\nAllow: /\n", (*EXPRESS, ("Content-Type", "text/plain; charset=utf-8")))
        if not path.startswith("/xrpc/"):
            shown = html(404, "Error", f"<pre>Cannot {request.method} {path}</pre>")
            return shown.having(*EXPRESS, ("Content-Type", HTML))
        status, document = self.call(path.removeprefix("/xrpc/"), request, now)
        body = compact(document)
        labelled = status == 200 and "/app.bsky." in path
        headers = (*EXPRESS, *(LABELERS if labelled else ()), ("Content-Type", JSON))
        reply = Reply(status, body, (*headers, ("ETag", weak_tag(body)), ("Vary", "Accept-Encoding")))
        return compressed(request, conditional(request, reply), above=1024, chunked=True)

    def call(self, method: str, request: Request, now: datetime) -> Answer:
        if method == "_health":
            return 200, {"version": "unknown"}
        if method not in self.methods:
            return refusal(501, "MethodNotImplemented", "Method Not Implemented")
        if request.method not in {"GET", "HEAD"}:
            return refusal(400, "InvalidRequest", f"Incorrect HTTP method ({request.method}) expected GET")
        if "authorization" in request.headers:  # no token is valid here, and the real one answers a bad one like this
            return BROKEN
        needed = {"getProfiles": "actors", "resolveHandle": "handle"}.get(method.rpartition(".")[2], "actor")
        if not request.every(needed):
            return refusal(400, "InvalidRequest", f'Invalid {method} params: Missing required key "{needed}"')
        return self.methods[method](request, now)

    def find(self, actor: str, now: datetime) -> Account | None:
        """By DID, or by the handle it wears now."""
        wanted = actor.lower()
        return next((a for a in self.accounts if wanted in (did(a).lower(), a.name(now).lower())), None)

    def bad_actor(self, method: str, actor: str) -> Answer | None:
        if ACTOR.fullmatch(actor):
            return None
        if self.variant == "b":
            return refusal(400, "InvalidRequest", "Error: actor must be a valid did or a handle")
        return refusal(400, "InvalidRequest", f'Invalid {method} params: Invalid AT identifier (got "{actor}")')

    def get_profile(self, request: Request, now: datetime) -> Answer:
        actor = request.one("actor") or ""
        if bad := self.bad_actor("app.bsky.actor.getProfile", actor):
            return bad
        account = self.find(actor, now)
        if account is None:
            return MISSING
        match account.state(now).kind:
            case "suspended":
                return refusal(400, "AccountTakedown", "Account has been suspended")
            case "deactivated":
                return refusal(400, "AccountDeactivated", "Account is deactivated")
            case "deleted":
                return MISSING
        return 200, self.profile(account, now)

    def get_profiles(self, request: Request, now: datetime) -> Answer:
        actors = request.every("actors")
        method = "app.bsky.actor.getProfiles"
        if len(actors) > 25:
            said = f"Invalid {method} params: array too big (maximum 25, got {len(actors)})"
            return refusal(400, "InvalidRequest", said)
        for actor in actors:
            if bad := self.bad_actor(method, actor):
                return bad
        found = {a.key: a for actor in actors if (a := self.find(actor, now))}
        readable = [a for a in found.values() if a.state(now).kind not in UNREADABLE]
        return 200, {"profiles": [self.profile(a, now) for a in readable]}

    def resolve_handle(self, request: Request, now: datetime) -> Answer:
        handle = (request.one("handle") or "").lower()
        account = next((a for a in self.accounts if a.name(now).lower() == handle), None)
        if account is None or account.state(now).kind == "deleted":
            error = "HandleNotFound" if self.variant == "b" else "InvalidRequest"
            return refusal(400, error, "Unable to resolve handle")
        return 200, {"did": did(account)}

    def basic(self, account: Account, now: datetime) -> dict[str, Any]:
        """The short view of an author."""
        view: dict[str, Any] = {"did": did(account), "handle": self.handle(account, now)}
        if account.title:
            view["displayName"] = account.title
        view |= {"associated": {"activitySubscription": {"allowSubscriptions": "followers"}}}
        view["labels"] = self.labels(account, now)
        if account.title:
            view["createdAt"] = iso_ms(account.created)
        return view

    def handle(self, account: Account, now: datetime) -> str:
        return "handle.invalid" if account.state(now).kind == "unverified" else account.name(now)

    def labels(self, account: Account, now: datetime) -> list[dict[str, str]]:
        if account.state(now).kind != "hidden":
            return []
        record = f"at://{did(account)}/app.bsky.actor.profile/self"
        made = {"cid": cid(account.key, "profile"), "val": "!no-unauthenticated", "cts": "1970-01-01T00:00:00.000Z"}
        return [{"src": did(account), "uri": record} | made]

    def profile(self, account: Account, now: datetime) -> dict[str, Any]:
        """The long view. An account that never filled in its profile lacks name, text and dates."""
        counted = [item for item in account.visible(now) if item.post.kind != "repost"]
        view: dict[str, Any] = {"did": did(account), "handle": self.handle(account, now)}
        if account.title:
            view["displayName"] = account.title
        follow = {"activitySubscription": {"allowSubscriptions": "followers"}}
        view["associated"] = {"lists": 0, "feedgens": 0, "starterPacks": 0, "labeler": False} | follow
        view["labels"] = self.labels(account, now)
        if account.title:
            view["createdAt"] = iso_ms(account.created)
            view["description"] = f"Akun resmi {account.title}"
            view["indexedAt"] = iso_ms(account.created)
        followers = number(account.key, "followers", below=5000)
        view |= {"followersCount": followers, "followsCount": 0, "postsCount": len(counted)}
        if pinned := next((item for item in counted if item.post.pinned), None):
            view["pinnedPost"] = {"cid": cid(account.key, pinned.n), "uri": uri(account, pinned)}
        return view

    def get_author_feed(self, request: Request, now: datetime) -> Answer:
        method = "app.bsky.feed.getAuthorFeed"
        actor = request.one("actor") or ""
        limit = request.one("limit") or "50"
        if not re.fullmatch(r"-?\d+", limit):
            said = f"Invalid {method} params: Expected integer value type (got {compact(limit).decode()})"
            return refusal(400, "InvalidRequest", said)
        for wrong, word, edge in ((int(limit) < 1, "small (minimum", 1), (int(limit) > 100, "big (maximum", 100)):
            if wrong:
                said = f"Invalid {method} params: integer too {word} {edge}, got {limit})"
                return refusal(400, "InvalidRequest", said)
        if bad := self.bad_actor(method, actor):
            return bad
        account = self.find(actor, now)
        if account is None or account.state(now).kind in UNREADABLE:
            return MISSING
        cursor = request.one("cursor")
        if cursor is not None and not CURSOR.fullmatch(cursor):
            return BROKEN
        return 200, self.page(account, request, int(limit), cursor, now)

    def page(self, account: Account, request: Request, limit: int, cursor: str | None, now: datetime) -> dict[str, Any]:
        """Newest first by min(claimed, received). A full page has a cursor, even if nothing follows.

        Variant b filters after paging, so that a page may be short and still have a cursor.
        """
        kept = wanted(request.one("filter") or "posts_with_replies")
        everything = sorted(account.visible(now), key=lambda i: sort_key(account, i), reverse=True)
        if self.variant == "a":
            everything = [item for item in everything if kept(item)]
        if cursor is not None:
            at, last = cursor.split("__")
            everything = [item for item in everything if sort_key(account, item) < (int(at), last)]
        cut = everything[:limit]
        shown = cut if self.variant == "a" else [item for item in cut if kept(item)]
        feed = [self.item(account, item, now) for item in shown]
        pinned = [item for item in everything if item.post.pinned]
        if request.yes("includepins") or request.yes("includePins"):
            feed = [self.pin(account, item, now) for item in pinned[:1] if cursor is None] + feed
        full = len(cut) == limit
        return {"feed": feed} | ({"cursor": "{}__{}".format(*sort_key(account, cut[-1]))} if full else {})

    def pin(self, account: Account, item: Numbered, now: datetime) -> dict[str, Any]:
        return self.item(account, item, now) | {"reason": {"$type": "app.bsky.feed.defs#reasonPin"}}

    def item(self, account: Account, item: Numbered, now: datetime) -> dict[str, Any]:
        """One entry of an author feed: the post, for a reply what it answers, for a repost who reposted it when."""
        kind = item.post.kind
        if kind == "repost":
            by = {"by": self.basic(account, now), "uri": uri(account, item, "repost"), "cid": cid(account.key, item.n)}
            stamp = {"indexedAt": iso_ms(sorted_at(item)), "$type": "app.bsky.feed.defs#reasonRepost"}
            return {"post": self.foreign(account, item, now), "reason": by | stamp}
        if kind in {"reply", "thread"}:
            root = self.foreign(account, item, now) if kind == "reply" else self.own_root(account, item, now)
            parent = root | {"$type": "app.bsky.feed.defs#postView"}
            reply = {"root": parent, "parent": parent}
            return {"post": self.post(account, item, now, root), "reply": reply}
        return {"post": self.post(account, item, now)}

    def own_root(self, account: Account, item: Numbered, now: datetime) -> dict[str, Any]:
        first = next((i for i in account.history if i.post.kind == "original"), item)
        return self.post(account, first, now)

    def post(
        self, account: Account, item: Numbered, now: datetime, above: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        record: dict[str, Any] = {"text": f"Kabar {item.n + 1}", "$type": "app.bsky.feed.post"}
        if above is not None:
            link = {"cid": above["cid"], "uri": above["uri"]}
            record["reply"] = {"root": link, "parent": link}
        record["createdAt"] = iso_ms(item.post.at)
        counts = {"bookmarkCount": 0, "replyCount": 0, "repostCount": 0, "likeCount": 0, "quoteCount": 0}
        head = {"uri": uri(account, item), "cid": cid(account.key, item.n), "author": self.basic(account, now)}
        return head | {"record": record} | counts | {"indexedAt": iso_ms(sorted_at(item)), "labels": []}

    def foreign(self, account: Account, item: Numbered, now: datetime) -> dict[str, Any]:
        """A post by somebody else, a day older."""
        made = item.post.at - timedelta(days=1)
        other = Account(f"bluesky:lain-{item.n}", NAME, "lain.kabar.contoh", made, title="Lain")
        return self.post(other, Numbered(item.n, type(item.post)(made)), now)

    def down(self, request: Request, variant: str) -> Reply:
        """The whole AppView fails: 502, or in variant b an HTML page of the network in front."""
        if variant == "b":
            return html(503, "Service Unavailable")
        body = compact({"error": "UpstreamFailure", "message": "Upstream failure"})
        return Reply(502, body, (*EXPRESS, ("Content-Type", JSON)))

    def limited(self, now: datetime, seconds: int, variant: str) -> Reply:
        """As recorded; variant b without Retry-After."""
        body = compact({"error": "RateLimitExceeded", "message": "Rate Limit Exceeded"})
        reset = str(millis(now) // 1000 + seconds)
        told = (("RateLimit-Limit", str(QUOTA)), ("RateLimit-Reset", reset), ("RateLimit-Remaining", "0"))
        wait = (("Retry-After", str(seconds)),) if variant == "a" else ()
        policy = (("RateLimit-Policy", f"{QUOTA};w=300"),)
        return Reply(429, body, (*EXPRESS, *told, *policy, *wait, ("Content-Type", JSON), ("ETag", weak_tag(body))))


def sorted_at(item: Numbered) -> datetime:
    """min(claimed, received): what the AppView sorts by and calls indexedAt."""
    return min(item.post.at, item.post.seen)


def sort_key(account: Account, item: Numbered) -> tuple[int, str]:
    return millis(sorted_at(item)), cid(account.key, item.n)


def wanted(name: str) -> Callable[[Numbered], bool]:
    """What a filter keeps. An unknown filter is taken for the default, as recorded."""
    if name in {"posts_with_media", "posts_with_video"}:
        return lambda item: (
            item.post.kind != "repost" and (item.post.video or (item.post.album > 1 and name == "posts_with_media"))
        )
    if name == "posts_no_replies":
        return lambda item: item.post.kind not in {"reply", "thread"}
    if name == "posts_and_author_threads":
        return lambda item: item.post.kind != "reply"
    return lambda item: True


def make(scenario: Scenario) -> Bluesky:
    return Bluesky(scenario)


def settings(url: str) -> dict[str, dict[str, str]]:
    return {"bluesky": {"base_url": url}}
