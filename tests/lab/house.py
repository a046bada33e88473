"""The lab's own pages: a front page for people, and what tests set and ask over HTTP."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from .model import Account, iso, utc
from .wire import JSON, Recorded, Reply, Request, compact, html

if TYPE_CHECKING:
    from .world import World


class Sentinels:
    """Two addresses that answer 204 while the network is well."""

    name = "sentinel"
    hosts = ("sentinel-a.example", "sentinel-b.example")
    paths = ("/sentinel/a", "/sentinel/b")

    def subjects(self, request: Request, now: datetime) -> list[str]:
        return []

    def answer(self, request: Request, now: datetime) -> Reply:
        return Reply(204) if request.path in self.paths else html(404, "404 Not Found")

    def down(self, request: Request, variant: str) -> Reply:
        return html(502, "502 Bad Gateway")

    def limited(self, now: datetime, seconds: int, variant: str) -> Reply:
        return html(429, "429 Too Many Requests").having(("Retry-After", str(seconds)))


class House:
    """`/` for people; `/_lab/clock`, `/_lab/requests`, `/_lab/faults`, `/_lab/accounts`, `/_lab/configuration`."""

    def __init__(self, lab: World) -> None:
        self.lab = lab
        self.routes: dict[tuple[str, str], Callable[[Request], Any]] = {
            ("GET", "/_lab/clock"): self.clock,
            ("PUT", "/_lab/clock"): self.set_clock,
            ("GET", "/_lab/requests"): self.requests,
            ("DELETE", "/_lab/requests"): self.forget,
            ("PUT", "/_lab/faults"): self.set_faults,
            ("GET", "/_lab/accounts"): self.accounts,
            ("GET", "/_lab/configuration"): lambda _: self.lab.configuration(),
        }

    def answer(self, request: Request) -> Reply:
        if request.path == "/":
            return html(200, f"Lab: {self.lab.scenario.name}", self.index())
        action = self.routes.get((request.method, request.path))
        if action is None:
            known = ", ".join(f"{method} {path}" for method, path in self.routes)
            return Reply(404, compact({"error": f"the lab knows {known}"}), (("Content-Type", JSON),))
        try:
            document = action(request)
        except (ValueError, TypeError, AttributeError, KeyError) as error:
            return Reply(400, compact({"error": str(error)}), (("Content-Type", JSON),))
        return Reply(200, compact(document), (("Content-Type", JSON),))

    def clock(self, request: Request) -> dict[str, str]:
        return {"now": iso(self.lab.clock.now())}

    def set_clock(self, request: Request) -> dict[str, str]:
        """The body is an ISO instant, bare or as a JSON string or {"now": …}."""
        text = request.body.decode().strip()
        if text.startswith("{"):
            text = str(json.loads(text)["now"])
        self.lab.clock.set(utc(text.strip('"')))
        return self.clock(request)

    def requests(self, request: Request) -> list[dict[str, Any]]:
        return [told(recorded) for recorded in self.lab.requests]

    def forget(self, request: Request) -> list[Any]:
        self.lab.forget()
        return []

    def set_faults(self, request: Request) -> dict[str, int]:
        faults = json.loads(request.body or b"[]")
        if not isinstance(faults, list):
            raise TypeError("faults are a list")
        self.lab.break_with(*faults)
        return {"faults": len(faults)}

    def accounts(self, request: Request) -> list[dict[str, Any]]:
        now = self.lab.clock.now()
        return [
            {
                "account": a.key,
                "platform": a.platform,
                "handle": a.name(now),
                "title": a.title,
                "state": a.state(now).kind,
                "posts": len(a.visible(now)),
                "listed": a.listed,
                "link": self.link(a, now),
            }
            for a in self.lab.scenario.accounts
        ]

    def link(self, account: Account, now: datetime) -> str | None:
        """Where a browser finds the account in this lab; None for a platform that is not played."""
        match account.platform:
            case "bluesky":
                return f"{self.lab.url}/bluesky/xrpc/app.bsky.feed.getAuthorFeed?actor={account.name(now)}"
            case "mastodon":
                return f"{self.lab.url}/sites/{account.host}/api/v1/accounts/lookup?acct={account.handle}"
            case "telegram":
                return f"{self.lab.url}/telegram/s/{account.name(now)}"
            case "youtube":
                return f"{self.lab.url}/youtube/feeds/videos.xml?channel_id={account.handle}"
            case "feed":
                url = urlsplit(account.handle)
                return f"{self.lab.url}/sites/{url.netloc}{url.path}" + (f"?{url.query}" if url.query else "")
        return None

    def index(self) -> str:
        rows = "".join(
            f"<tr><td>{named(row)}</td><td>{escape(row['title'])}</td><td>{row['state']}</td><td>{row['posts']}</td></tr>"
            for row in self.accounts(Request("GET", "", "/", (), {}))
        )
        now = iso(self.lab.clock.now())
        pages = " · ".join(
            f'<a href="/_lab/{name}">{name}</a>' for name in ("clock", "accounts", "requests", "configuration")
        )
        head = "<tr><th>account</th><th>title</th><th>state</th><th>posts</th></tr>"
        return f"<h1>{self.lab.scenario.name}</h1><p>{now} · {pages}</p><table>{head}{rows}</table>"


def named(row: dict[str, Any]) -> str:
    key = escape(row["account"])
    return f'<a href="{escape(row["link"])}">{key}</a>' if row["link"] else key


def told(recorded: Recorded) -> dict[str, Any]:
    return {
        "face": recorded.face,
        "method": recorded.method,
        "host": recorded.host,
        "path": recorded.path,
        "query": [list(pair) for pair in recorded.query],
        "headers": dict(recorded.headers),
        "at": iso(recorded.at),
        "accounts": list(recorded.accounts),
    }
