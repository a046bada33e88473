"""Mastodon-compatible servers, each by its own host name: Mastodon as recorded, Pleroma and GoToSocial as described.

A server's options: software (mastodon, pleroma, gotosocial), closed (refuses the anonymous), token (the only valid
one), version. States of an account: ok, suspended, limited, memorial, moved (to `detail`), deleted, gone (410).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from .instance import instance_v1, instance_v2, nodeinfo
from .model import EPOCH, Account, Numbered, Scenario, iso, millis, number
from .statuses import Views
from .wire import HTML, JSON, Reply, Request, compact, compressed, html

NAME = "mastodon"
WINDOW = timedelta(minutes=5)
ALLOWED = 300
KEPT = ("exclude_reblogs", "exclude_replies", "limit", "only_media", "pinned", "tagged")
NOT_FOUND = (404, {"error": "Record not found"})
Document = dict[str, Any] | list[Any]


class Mastodon:
    """The face of every Mastodon-compatible server of a scenario."""

    name = NAME

    def __init__(self, scenario: Scenario) -> None:
        self.servers = scenario.servers
        self.variant = scenario.variant(NAME)
        self.enforce = scenario.enforce_limits
        self.accounts = scenario.on(NAME)
        self.views = Views(scenario)
        self.lock = Lock()
        self.asked: dict[tuple[str, datetime], int] = {}

    def server(self, request: Request) -> tuple[str, Mapping[str, object]]:
        host = request.host if request.host in self.servers else request.host.partition(":")[0]
        return host, self.servers[host]

    def here(self, request: Request) -> list[Account]:
        host = self.server(request)[0]
        return [a for a in self.accounts if a.host == host]

    def subjects(self, request: Request, now: datetime) -> list[str]:
        host = self.server(request)[0]
        part = re.match(r"/api/v1/accounts/([^/]+)", request.path)
        asked = {request.one("acct") or "", part[1] if part else "", *request.every("id[]")} - {""}
        names = {a.partition("@")[0].lower() for a in asked}
        return [
            a.key
            for a in self.here(request)
            if self.views.id(a, host) in asked or a.handle.lower() in names or f"/users/{a.handle}" in request.path
        ]

    def answer(self, request: Request, now: datetime) -> Reply:
        host, server = self.server(request)
        if spent := self.spent(request, host, now):
            return spent
        status, document, extra = self.route(request, host, server, now)
        if document is None:
            return html(status, str(status)).having(("Content-Type", HTML), *extra)
        headers = (("Content-Type", JSON), ("Cache-Control", "private, no-store"), *self.allowance(host, now, 0))
        return compressed(request, Reply(status, compact(document), (*headers, *extra)), above=1024)

    def route(
        self, request: Request, host: str, server: Mapping[str, object], now: datetime
    ) -> tuple[int, Document | None, tuple[tuple[str, str], ...]]:
        path = request.path.rstrip("/")
        if (about := self.about(path, host, request, now)) is not None:
            return 200, about, ()
        if not path.startswith("/api/"):
            return 404, None, ()
        if refused := self.refused(request, host, server):
            return 401, refused, ()
        if path == "/api/v1/accounts/lookup":
            return *self.one(self.named(request, host), host, now), ()
        if path == "/api/v1/accounts":
            ids = set(request.every("id[]"))
            found = [a for a in self.here(request) if self.views.id(a, host) in ids and self.alive(a, now)]
            return 200, [self.views.account(a, host, now) for a in found], ()
        match = re.fullmatch(r"/api/v1/accounts/([0-9A-Za-z]+)(/statuses)?", path)
        if match is None:
            return 404, None, ()
        account = next((a for a in self.here(request) if self.views.id(a, host) == match[1]), None)
        if match[2] is None or account is None or not self.alive(account, now):
            return *self.one(account, host, now), ()
        return self.statuses(account, request, host, now)

    def about(self, path: str, host: str, request: Request, now: datetime) -> Document | None:
        """What a server says of itself, without being asked who is asking."""
        software = self.views.software(host)
        version = str(self.servers[host].get("version", "4.7.3"))
        base = f"https://{host}"
        if path == "/api/v2/instance" and software == "mastodon":
            return instance_v2(host, version)
        if path == "/api/v1/instance":
            return instance_v1(host, version, software, len(self.here(request)))
        if path == "/.well-known/nodeinfo":
            rel = "http://nodeinfo.diaspora.software/ns/schema/2.0"
            return {"links": [{"rel": rel, "href": f"{base}/nodeinfo/2.0"}]}
        if path in {"/nodeinfo/2.0", "/nodeinfo"}:
            return nodeinfo(software, version, len(self.here(request)))
        if path == "/.well-known/webfinger":
            name = (request.one("resource") or "").removeprefix("acct:").partition("@")[0]
            account = next((a for a in self.here(request) if a.handle.lower() == name.lower()), None)
            if account is not None and self.alive(account, now):
                self_link = {"rel": "self", "type": "application/activity+json", "href": self.views.uri(account, host)}
                return {"subject": f"acct:{account.handle}@{host}", "aliases": [], "links": [self_link]}
        return None

    def refused(self, request: Request, host: str, server: Mapping[str, object]) -> dict[str, str] | None:
        """The 401 body for those who may not read here."""
        bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
        if bearer:
            return None if bearer == server.get("token") else {"error": "The access token is invalid"}
        if self.views.software(host) == "gotosocial":
            return {"error": "Unauthorized: token not supplied"}
        if not server.get("closed"):
            return None
        subject = "API requires" if self.variant == "b" else "method requires"
        return {"error": f"This {subject} an authenticated user"}

    def named(self, request: Request, host: str) -> Account | None:
        name, _, home = (request.one("acct") or "").removeprefix("@").partition("@")
        if home not in {"", host}:
            return None
        return next((a for a in self.here(request) if a.handle.lower() == name.lower()), None)

    def alive(self, account: Account, now: datetime) -> bool:
        return account.created <= now and account.state(now).kind not in {"deleted", "gone"}

    def one(self, account: Account | None, host: str, now: datetime) -> tuple[int, Document]:
        if account is not None and account.state(now).kind == "gone":
            return 410, {"error": "Gone"}
        if account is None or not self.alive(account, now):
            return NOT_FOUND
        return 200, self.views.account(account, host, now)

    def statuses(
        self, account: Account, request: Request, host: str, now: datetime
    ) -> tuple[int, Document, tuple[tuple[str, str], ...]]:
        """Newest first by id. `max_id` and `since_id` bound a page from the newest side, `min_id` from the oldest."""
        if account.state(now).kind == "suspended":
            return 200, [], ()
        limit = min(abs(int(request.one("limit") or 20)) if (request.one("limit") or "20").isdigit() else 0, 40)
        pairs = [(self.views.status_id(item, host), item) for item in account.visible(now) if kept(item, request)]
        pairs.sort(key=lambda pair: order(pair[0]), reverse=True)
        for name, newer in (("max_id", False), ("since_id", True), ("min_id", True)):
            if edge := request.one(name):
                pairs = [p for p in pairs if p[0] != edge and (order(p[0]) > order(edge)) == newer]
        cut = (pairs[-limit:] if limit else []) if request.one("min_id") else pairs[:limit]
        body = [self.views.status(account, item, id_, request, host, now) for id_, item in cut]
        return 200, body, self.links(account, request, host, [id_ for id_, _ in cut], limit)

    def links(
        self, account: Account, request: Request, host: str, ids: list[str], limit: int
    ) -> tuple[tuple[str, str], ...]:
        """`next` after a full page only, `prev` on any page that is not empty."""
        if not ids:
            return ()
        base = f"https://{host}/api/v1/accounts/{self.views.id(account, host)}/statuses?"
        back = {name: value for name, value in request.query if name in KEPT}

        def link(name: str, edge: str, rel: str) -> str:
            query = "&".join(f"{key}={value}" for key, value in sorted({**back, name: edge}.items()))
            return f'<{base}{query}>; rel="{rel}"'

        found = [link("max_id", ids[-1], "next")] if len(ids) == limit else []
        return (("Link", ", ".join([*found, link("min_id", ids[0], "prev")])),)

    def allowance(self, host: str, now: datetime, used: int) -> tuple[tuple[str, str], ...]:
        """Mastodon tells the reset as ISO time with microseconds, GoToSocial as epoch seconds, Pleroma not at all."""
        if self.views.software(host) == "pleroma":
            return ()
        end = window_start(now) + WINDOW
        epoch = self.views.software(host) == "gotosocial"
        reset = str(millis(end) // 1000) if epoch else iso(end)[:-1] + f".{number(host, now, below=10**6):06d}Z"
        left = max(0, ALLOWED - 1 - used)
        return (("X-RateLimit-Limit", str(ALLOWED)), ("X-RateLimit-Remaining", str(left)), ("X-RateLimit-Reset", reset))

    def spent(self, request: Request, host: str, now: datetime) -> Reply | None:
        """429 beyond 300 requests in five minutes of lab time, where the scenario holds clients to it."""
        if not self.enforce:
            return None
        slot = (host, window_start(now))
        with self.lock:
            self.asked[slot] = count = self.asked.get(slot, 0) + 1
        if count <= ALLOWED:
            return None
        headers = (("Content-Type", JSON), *self.allowance(host, now, ALLOWED))
        return Reply(429, compact({"error": "Too many requests"}), headers)

    def down(self, request: Request, variant: str) -> Reply:
        """503 with JSON, or in variant b the HTML page of a proxy."""
        said = "There was a temporary problem serving your request, please try again"
        return (
            html(502, "502 Bad Gateway")
            if variant == "b"
            else Reply(503, compact({"error": said}), (("Content-Type", JSON),))
        )

    def limited(self, now: datetime, seconds: int, variant: str) -> Reply:
        """The reset as ISO time; variant b as epoch seconds."""
        end = now + timedelta(seconds=seconds)
        reset = str(millis(end) // 1000) if variant == "b" else iso(end)[:-1] + ".000000Z"
        told = (("X-RateLimit-Limit", str(ALLOWED)), ("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", reset))
        return Reply(429, compact({"error": "Too many requests"}), (("Content-Type", JSON), *told))


def window_start(now: datetime) -> datetime:
    """The beginning of the five minutes that `now` lies in."""
    return EPOCH + (now - EPOCH) // WINDOW * WINDOW


def order(id_: str) -> tuple[int, str]:
    """Ids sort as numbers, FlakeIDs as text of equal length."""
    return len(id_), id_


def kept(item: Numbered, request: Request) -> bool:
    """What the exclude_* and only_* flags leave. A self-thread is no reply here."""
    kind = item.post.kind
    return not (
        (request.yes("exclude_replies") and kind == "reply")
        or (request.yes("exclude_reblogs") and kind == "repost")
        or (request.yes("only_media") and item.post.album == 1 and not item.post.video)
        or (request.yes("pinned") and not item.post.pinned)
    )
