"""The key-less Atom feed of YouTube channels: the fifteen newest videos, scheduled streams included.

States: ok, deleted. Its outage (`down`) is a 404 for every channel, or in variant b a 500.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from html import escape

from .model import Account, Numbered, Scenario, digest, letters
from .wire import Reply, Request, compressed, html

NAME = "youtube"
PREFIX = "/youtube"
HOSTS = ("www.youtube.com", "youtube.com")
PATH = "/feeds/videos.xml"
NEWEST = 15
SERVER = (("Server", "YouTube RSS Feeds server"),)
SPACES = (
    'xmlns:yt="http://www.youtube.com/xml/schemas/2015" xmlns:media="http://search.yahoo.com/mrss/" '
    'xmlns="http://www.w3.org/2005/Atom"'
)
SAFE = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def video_id(account: Account, item: Numbered) -> str:
    """Eleven characters."""
    return "".join(SAFE[byte % 64] for byte in digest("video", account.key, item.n)[:11])


def stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S+00:00")


class YouTube:
    """The face."""

    name = NAME

    def __init__(self, scenario: Scenario) -> None:
        self.accounts = scenario.on(NAME)
        self.bare = scenario.variant(NAME) == "a"  # the feed-level channel id without UC; variant b with it

    def find(self, request: Request, now: datetime) -> Account | None:
        asked = request.one("channel_id") or (request.one("playlist_id") or "").replace("UU", "UC", 1)
        user = request.one("user")
        return next((a for a in self.accounts if asked == a.handle or (user and user == a.option("user"))), None)

    def subjects(self, request: Request, now: datetime) -> list[str]:
        account = self.find(request, now)
        return [account.key] if account else []

    def answer(self, request: Request, now: datetime) -> Reply:
        if request.path != PATH:
            return self.not_found()
        if not any(request.one(name) for name in ("channel_id", "playlist_id", "user")):
            return html(400, "Error 400 (Bad Request)!!1").having(*SERVER)
        account = self.find(request, now)
        if account is None or account.state(now).kind == "deleted" or now < account.created:
            return self.not_found()
        old = ("Age", str(int(letters(2, account.key, now), 36) % 900))
        headers = (("Content-Type", "text/xml; charset=UTF-8"), ("Cache-Control", "public, max-age=900"), old, *SERVER)
        return compressed(request, Reply(200, self.feed(account, now).encode(), headers))

    def not_found(self) -> Reply:
        return html(404, "Error 404 (Not Found)!!1").having(*SERVER)

    def feed(self, account: Account, now: datetime) -> str:
        newest = sorted(account.visible(now), key=lambda item: item.post.at, reverse=True)[:NEWEST]
        short = account.handle.removeprefix("UC")
        link = f"http://www.youtube.com/feeds/videos.xml?channel_id={account.handle}"
        return (
            f'<?xml version="1.0" encoding="UTF-8"?>\n<feed {SPACES}>\n <link rel="self" href="{link}"/>\n'
            f" <id>yt:channel:{short}</id>\n <yt:channelId>{short if self.bare else account.handle}</yt:channelId>\n"
            f" <title>{escape(account.title)}</title>\n{self.alternate(account)}{self.author(account)}"
            f" <published>{stamp(account.created)}</published>\n"
            f"{''.join(self.entry(account, item) for item in newest)}</feed>\n"
        )

    def alternate(self, account: Account) -> str:
        return f' <link rel="alternate" href="https://www.youtube.com/channel/{account.handle}"/>\n'

    def author(self, account: Account) -> str:
        uri = f"https://www.youtube.com/channel/{account.handle}"
        return f" <author><name>{escape(account.title)}</name><uri>{uri}</uri></author>\n"

    def entry(self, account: Account, item: Numbered) -> str:
        """One video. A scheduled stream is dated when it was scheduled and has no view yet."""
        video = video_id(account, item)
        upcoming = item.post.kind == "upcoming"
        title = f"Siaran langsung {item.n + 1}" if upcoming else f"Video {item.n + 1}"
        views = 0 if upcoming else 100 + item.n
        page = (
            f"https://www.youtube.com/shorts/{video}" if item.post.video else f"https://www.youtube.com/watch?v={video}"
        )
        rating = '<media:starRating count="26" average="5.00" min="1" max="5"/>'
        player = f'url="https://www.youtube.com/v/{video}?version=3" type="application/x-shockwave-flash"'
        return (
            f" <entry>\n  <id>yt:video:{video}</id>\n  <yt:videoId>{video}</yt:videoId>\n"
            f"  <yt:channelId>{account.handle}</yt:channelId>\n  <title>{title}</title>\n"
            f'  <link rel="alternate" href="{page}"/>\n {self.author(account)}'
            f"  <published>{stamp(item.post.at)}</published>\n"
            f"  <updated>{stamp(item.post.at + timedelta(minutes=2))}</updated>\n"
            f'  <media:group><media:title>{title}</media:title><media:content {player} width="640" height="390"/>'
            f'<media:thumbnail url="https://i3.ytimg.com/vi/{video}/hqdefault.jpg" width="480" height="360"/>'
            f"<media:description></media:description>"
            f'<media:community>{rating}<media:statistics views="{views}"/></media:community></media:group>\n </entry>\n'
        )

    def down(self, request: Request, variant: str) -> Reply:
        if variant == "b":
            return html(500, "Error 500 (Server Error)!!1").having(*SERVER)
        return self.not_found()

    def limited(self, now: datetime, seconds: int, variant: str) -> Reply:
        said = "Our systems have detected unusual traffic"
        wait = (("Retry-After", str(seconds)),) if variant == "b" else ()
        return html(429, said).having(*wait)


def make(scenario: Scenario) -> YouTube:
    return YouTube(scenario)


def settings(url: str) -> dict[str, dict[str, str]]:
    return {"youtube": {"feed_url": url + PATH}}
