"""The naive script: "the last post is older than N days", errors ignored. Over the same answers, once a day.

Its rules, as such scripts are written:
1. It asks the address that shows an account's posts, follows redirects, and reads every date in the answer.
2. An error, a status other than 200 or an answer it cannot read is skipped: tomorrow is another day.
3. The first post of the list is the newest one (of Telegram's pages, which run the other way, the last).
4. A date without a zone is one of the office's own; a post without a date is one of now.
5. An answer without posts says that there are none.
6. It remembers the newest date it ever saw. Older than N days, or none at all: silent. N is the policy's limit.
It knows no control, no stable id, no kinds of posts, and asks with the credential it was given.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

import httpcore
import httpx

from auditor.core.model import Status
from auditor.fetch.answer import Refused
from tests.lab.model import Account

from .carrier import Carrier
from .ours import Ours
from .situation import at

if TYPE_CHECKING:
    from .cast import Cast
    from .replay import Day

HERE = timezone(timedelta(hours=7))
GRAPH = "/{own}?fields=business_discovery.username({handle}){{media{{timestamp}}}}"
# The address of the posts (a first one answers with the id that the second needs), and what a post's date looks like.
PAGES: dict[str, tuple[tuple[str, ...], str]] = {
    "bluesky": (
        ("/xrpc/app.bsky.feed.getAuthorFeed?actor={handle}&limit=30",),
        r'"record":\{[^}]*?"createdAt":"([^"]*)"',
    ),
    "mastodon": (
        ("https://{host}/api/v1/accounts/lookup?acct={handle}", "https://{host}/api/v1/accounts/{id}/statuses"),
        r'"visibility":.*?"created_at":"([^"]*)"|"created_at":"([^"]*)"',
    ),
    "telegram": (("/s/{handle}",), r'tgme_widget_message_date.*?<time datetime="([^"]*)"'),
    "feed": (("{handle}",), r"<(?:item|entry|url)\b(?:(?!</(?:item|entry|url)>).)*?</(?:item|entry|url)>"),
    "youtube": (("{feed}?channel_id={handle}",), r"<entry>.*?<published>([^<]*)<"),
    "x": (
        ("/2/users/by?usernames={handle}", "/2/users/{id}/tweets?tweet.fields=created_at"),
        r'"created_at":"([^"]*)"',
    ),
    "instagram": ((GRAPH,), r'"timestamp":"([^"]*)"'),
    "facebook": (("/{handle}/posts?fields=created_time",), r'"created_time":"([^"]*)"'),
    "threads": (("/profile_posts?username={handle}&fields=id,timestamp",), r'"timestamp":"([^"]*)"'),
    "tiktok": (("{embed}/@{handle}",), r'\{"id":"(\d{18,20})","playCount"'),
}
TROUBLE = (
    *(httpx.HTTPError, httpx.InvalidURL, Refused),
    *(httpcore.ProtocolError, httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProxyError),
)
IN_ITEM = re.compile(r"<(?:pubDate|dc:date|published|updated|lastmod|news:publication_date)>([^<]*)<")


def when(text: str, now: datetime) -> datetime:
    """A date of any spelling; without one it is now, without a zone it is ours."""
    if text.isdecimal():
        return datetime.fromtimestamp(int(text) >> 32, UTC)  # what a TikTok id says
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        try:
            found = parsedate_to_datetime(text)
        except ValueError:
            return now
    return found if found.tzinfo else found.replace(tzinfo=HERE)


def posts(platform: str, text: str, now: datetime) -> list[datetime]:
    """The dates of the posts, in the order of the answer."""
    found = list(re.finditer(PAGES[platform][1], text, re.DOTALL))
    if platform == "feed":
        inner = [IN_ITEM.search(item[0]) for item in found]
        return [when(date[1] if date else "", now) for date in inner]
    return [when(next(filter(None, match.groups()), ""), now) for match in found]


def days(cast: Cast) -> Iterator[tuple[int, Day]]:
    """What it would report on each day of a situation: inactive or active, of both accounts."""
    from .replay import Day

    world, ours = cast.world(), Ours(cast.situation.wire)
    carrier = Carrier(world, cast.situation.wire, cast.keys())
    newest: dict[str, datetime | None] = {}
    limit, written = cast.slow_max, cast.settings(world)["platforms"].get(cast.platform, {})
    with httpx.Client(transport=carrier, follow_redirects=True, headers={"Accept-Encoding": "gzip"}) as client:
        for day in range(cast.office.days + 1):
            world.clock.set(at(day))
            now = ours.now(at(day), day)
            for role in ("living", "silent") if ours.runs(day) else ():
                answer = ask(cast.accounts[role], written, client, ours.secrets(cast.secrets(), day))
                dates = None if answer is None else posts(cast.platform, answer, now)
                if dates is not None:
                    first = (dates[-1] if cast.platform == "telegram" else dates[0]) if dates else None
                    newest[role] = max(filter(None, (newest.get(role), first)), default=None)
            said = {
                role: (Status.INACTIVE if date is None or now - date >= limit else Status.ACTIVE,)
                for role, date in newest.items()
            }
            yield day, Day(said, float(day) if ours.runs(day) else -1.0)


def ask(account: Account, written: Mapping[str, Any], client: httpx.Client, secrets: Mapping[str, str]) -> str | None:
    """The text of the page with the posts; None for every kind of trouble."""
    found = ""
    token = next((value for name, value in secrets.items() if name.endswith("TOKEN")), "")
    names = {"handle": account.handle, "host": account.host, "own": secrets.get("AUDITOR_INSTAGRAM_USER_ID", "")}
    names |= {"feed": written.get("feed_url", ""), "embed": written.get("embed_url", "")}
    try:
        for page in PAGES[account.platform][0]:
            url = page.format(id=found, **names)
            base = written.get("base_url", "")
            headers = {"Authorization": f"Bearer {token}"} if token else {}
            answer = client.get(url if "://" in url else base + url, headers=headers)
            if answer.status_code != 200:
                return None
            number = re.search(r'"id":"([^"]*)"', answer.text)
            found = number[1] if number else ""
    except TROUBLE:
        return None
    return answer.text
