"""Web sites: a home page that names its feeds, and one list of news in every form a site may offer it.

An account of platform `feed` is one URL; the site of its host also answers at the paths of STANDARD. States: ok, gone
(410), missing (404), closed (403), login (401), parked (an HTML page with status 200), moved (301 to `detail`), found
(302 to `detail`). Options: format, window, dates (english, indonesian), order (newest, oldest), validators (both, etag,
none, frozen: one tag whatever the list).
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from html import escape
from urllib.parse import urlsplit

from .model import EPOCH, Account, Numbered, Scenario
from .syndication import TYPES, WRITERS, Channel, Item
from .wire import HTML, Headers, Reply, Request, compact, compressed, conditional, html, http_date, page

NAME = "feed"
WINDOW = 15
STANDARD = {
    "/feed/": "rss",
    "/feed/atom/": "atom",
    "/feed/rdf/": "rdf",
    "/feed.json": "json",
    "/sitemap.xml": "sitemap",
    "/sitemap-news.xml": "news",
    "/sitemap-index.xml": "index",
    "/wp-json/wp/v2/posts": "wordpress",
}
OFFERED = {"rss": "application/rss+xml", "atom": "application/atom+xml", "json": "application/feed+json"}


class Web:
    """The face of every web site of a scenario."""

    name = NAME

    def __init__(self, scenario: Scenario) -> None:
        self.accounts = scenario.on(NAME)
        self.hosts = {str(urlsplit(a.handle).netloc) for a in self.accounts}

    def named(self, request: Request) -> str:
        return request.host if request.host in self.hosts else request.host.partition(":")[0]

    def exact(self, request: Request) -> Account | None:
        """The account whose URL was asked for; a parameter the URL does not name changes nothing."""
        host = self.named(request)
        for account in self.accounts:
            url = urlsplit(account.handle)
            wanted = [tuple(pair.split("=", 1)) for pair in url.query.split("&") if pair]
            if url.netloc == host and (url.path or "/") == request.path and all(p in request.query for p in wanted):
                return account
        return None

    def subjects(self, request: Request, now: datetime) -> list[str]:
        account = self.exact(request) or self.owner(request)
        return [account.key] if account else []

    def owner(self, request: Request) -> Account | None:
        """The account whose news the other paths of its host carry."""
        host = self.named(request)
        return next((a for a in self.accounts if urlsplit(a.handle).netloc == host), None)

    def answer(self, request: Request, now: datetime) -> Reply:
        account = self.exact(request)
        owner = account or self.owner(request)
        if owner is None:
            return html(404, "404 Not Found")
        if account is not None and (refused := self.refused(account, now)) is not None:
            return refused
        if account is None and request.path == "/":
            return self.home(request, now)
        standard = STANDARD.get(request.path) or STANDARD.get(request.path + "/")
        form = str(account.option("format", standard or "rss")) if account else standard
        if form is None:
            return html(404, "404 Not Found")
        return self.document(owner, form, request, now)

    def refused(self, account: Account, now: datetime) -> Reply | None:
        state = account.state(now)
        match state.kind:
            case "gone":
                return html(410, "410 Gone")
            case "missing":
                return html(404, "404 Not Found")
            case "closed":
                return html(403, "403 Forbidden")
            case "login":
                return html(401, "401 Unauthorized").having(("WWW-Authenticate", 'Basic realm="staff"'))
            case "parked":
                return html(
                    200, "Account Suspended", "<p>This account has been suspended. Contact your hosting provider.</p>"
                )
            case "moved" | "found":
                return Reply(301 if state.kind == "moved" else 302, b"", (("Location", state.detail),))
        return None

    def home(self, request: Request, now: datetime) -> Reply:
        """The front page, which names every feed of the host."""
        host = self.named(request)
        feeds = [(a, str(a.option("format", "rss"))) for a in self.accounts if urlsplit(a.handle).netloc == host]
        links = "".join(
            f'<link rel="alternate" type="{OFFERED[form]}" title="{escape(a.title)}" href="{escape(a.handle)}">'
            for a, form in feeds
            if form in OFFERED and a.state(now).kind not in {"gone", "missing"}
        )
        title = feeds[0][0].title
        body = page(escape(title), f"<h1>{escape(title)}</h1>", links)
        return compressed(request, Reply(200, body, (("Content-Type", HTML),)))

    def document(self, account: Account, form: str, request: Request, now: datetime) -> Reply:
        """The list with validators that change when the list does, not when the document is made."""
        shown = self.newest(account, form, request, now)
        url = urlsplit(account.handle)
        home = f"{url.scheme}://{url.netloc}/"
        dates = str(account.option("dates", "english"))
        channel = Channel(account.title, home, account.handle, now, dates)
        items = [item_of(account, home, i) for i in shown]
        body = WRITERS[form](channel, items)
        changed = max((i.post.seen for i in shown), default=account.created)
        tag = hashlib.md5(compact([(i.number, str(i.at)) for i in items])).hexdigest()
        headers: Headers = (
            ("Content-Type", TYPES[form]),
            ("Cache-Control", "max-age=300"),
            ("Vary", "Accept-Encoding"),
        )
        validators = str(account.option("validators", "both"))
        if validators in {"both", "etag", "frozen"}:
            headers += (("ETag", 'W/"1"' if validators == "frozen" else f'W/"{tag}"'),)
        if validators == "both":
            headers += (("Last-Modified", http_date(changed)),)
        if form == "wordpress":
            headers += (("X-WP-Total", str(len(account.visible(now)))),)
        return compressed(request, conditional(request, Reply(200, body, headers)))

    def newest(self, account: Account, form: str, request: Request, now: datetime) -> list[Numbered]:
        """The newest by date, sticky ones on top; as many as the form holds."""
        asked = request.one("per_page") or "10"
        whole = form in {"sitemap", "news", "index"}
        window = (
            min(int(asked), 100)
            if form == "wordpress" and asked.isdigit()
            else int(str(account.option("window", WINDOW)))
        )
        visible = sorted(account.visible(now), key=lambda i: i.post.at, reverse=True)
        sticky = [i for i in visible if i.post.pinned]
        others = [i for i in visible if not i.post.pinned]
        shown = visible if whole else (sticky + others)[:window]
        return list(reversed(shown)) if account.option("order") == "oldest" else shown

    def down(self, request: Request, variant: str) -> Reply:
        """503 with Retry-After, or in variant b the page of a hosting company."""
        if variant == "b":
            return html(200, "Account Suspended")
        return html(503, "503 Service Unavailable").having(("Retry-After", "600"))

    def limited(self, now: datetime, seconds: int, variant: str) -> Reply:
        """Retry-After in seconds, or in variant b as a date."""
        wait = str(seconds) if variant == "a" else http_date(now + timedelta(seconds=seconds))
        return html(429, "429 Too Many Requests").having(("Retry-After", wait))


def item_of(account: Account, home: str, item: Numbered) -> Item:
    """A news item has its number and address for ever."""
    undated = item.post.undated or item.post.at <= EPOCH
    return Item(item.n + 1, f"{home}berita/{item.n + 1}", None if undated else item.post.at)
