"""How a Mastodon-compatible server writes accounts and statuses down: keys and their order as recorded from 4.7.3."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from .model import Account, Numbered, Scenario, State, iso_ms, millis, number
from .wire import Request

FLAKE = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def flake(value: int) -> str:
    """A FlakeID: 18 characters of base62 that sort as the number does."""
    text = ""
    for _ in range(18):
        value, rest = divmod(value, 62)
        text = FLAKE[rest] + text
    return text


class Views:
    """Accounts and statuses as JSON documents. Ids are texts: numbers on Mastodon, FlakeIDs on Pleroma."""

    def __init__(self, scenario: Scenario) -> None:
        self.servers = scenario.servers
        self.variant = scenario.variant("mastodon")

    def software(self, host: str) -> str:
        return str(self.servers[host].get("software", "mastodon"))

    def id(self, account: Account, host: str) -> str:
        value = (millis(account.created) << 16) | number(account.key, "id", below=1 << 16)
        return flake(value) if self.software(host) == "pleroma" else str(value)

    def uri(self, account: Account, host: str) -> str:
        return f"https://{host}/users/{account.handle}"

    def date(self, at: datetime, host: str) -> str:
        text = iso_ms(at)
        return text[:-5] if self.software(host) == "pleroma" else text

    def account(self, account: Account, host: str, now: datetime) -> dict[str, Any]:
        """A suspended account is blank but for its name and addresses."""
        state = account.state(now)
        blank = state.kind == "suspended"
        shown = [] if blank else account.visible(now)
        base = f"https://{host}"
        picture = f"{base}/avatars/original/missing.png"
        title = "" if blank else account.title
        last = shown[-1].post.seen.date().isoformat() if shown and self.software(host) == "mastodon" else None
        view: dict[str, Any] = {
            "id": self.id(account, host),
            "username": account.handle,
            "acct": account.handle,
            "display_name": title,
            "locked": False,
            "bot": False,
            "discoverable": None,
            "indexable": False,
            "group": False,
            "created_at": self.date(account.created.replace(hour=0, minute=0, second=0), host),
            "note": "" if blank else f"<p>Akun resmi {title}</p>",
            "url": f"{base}/@{account.handle}",
            "uri": self.uri(account, host),
            "avatar": picture,
            "avatar_static": picture,
            "avatar_description": "",
            "header": picture,
            "header_static": picture,
            "header_description": "",
            "followers_count": 0 if blank else number(account.key, "followers", below=9000),
            "following_count": 0,
            "statuses_count": len(shown),
            "last_status_at": last,
            "hide_collections": None,
            "show_media": True,
            "show_media_replies": True,
            "show_featured": True,
            "noindex": False,
            "feature_approval": {"automatic": [], "manual": [], "current_user": "denied"},
            "emojis": [],
            "roles": [],
            "fields": [],
        }
        return self.overlaid(self.pleroma(view) if self.software(host) == "pleroma" else view, state)

    def overlaid(self, view: dict[str, Any], state: State) -> dict[str, Any]:
        """The keys that are there only when they apply."""
        if state.kind in {"suspended", "limited", "memorial"}:
            return view | {state.kind: True}
        if state.kind != "moved":
            return view
        local, _, home = state.detail.partition("@")
        there = {"id": str(number(state.detail, below=10**9)), "username": local, "acct": state.detail}
        addresses = {"uri": f"https://{home}/users/{local}", "url": f"https://{home}/@{local}"}
        return view | {"moved": view | there | addresses}

    def pleroma(self, view: dict[str, Any]) -> dict[str, Any]:
        """What Pleroma and its kin leave out and put in; variant b names the uri only in its own object."""
        strange = {"show_media", "show_media_replies", "show_featured", "noindex", "feature_approval", "roles"}
        strange |= {"hide_collections", "indexable", "group"}
        kept = {key: value for key, value in view.items() if key not in strange}
        if self.variant == "b":
            del kept["uri"]
        return kept | {"fqn": view["acct"], "pleroma": {"ap_id": view["uri"], "is_confirmed": True, "tags": []}}

    def status_id(self, item: Numbered, host: str) -> str:
        value = (millis(item.post.seen) << 16) | (item.n & 0xFFFF)
        return flake(value) if self.software(host) == "pleroma" else str(value)

    def status(
        self, account: Account, item: Numbered, id_: str, request: Request, host: str, now: datetime
    ) -> dict[str, Any]:
        """Keys and order as recorded; favourited, muted and the like are only for those who log in."""
        post = item.post
        author = self.account(account, host, now)
        logged_in = "authorization" in request.headers
        mine = {"favourited": False, "reblogged": False, "muted": False, "bookmarked": False, "pinned": post.pinned}
        answered = str(millis(post.at) << 16) if post.kind in {"reply", "thread"} else None
        whom = author["id"] if post.kind == "thread" else (str(number(id_, below=10**9)) if answered else None)
        approval = {"automatic": ["public"], "manual": [], "current_user": "automatic" if logged_in else "denied"}
        return {
            "id": id_,
            "created_at": self.date(post.at, host),
            "in_reply_to_id": answered,
            "in_reply_to_account_id": whom,
            "sensitive": False,
            "spoiler_text": "",
            "visibility": "public",
            "language": "id",
            "uri": f"https://{host}/users/{account.handle}/statuses/{id_}",
            "url": f"https://{host}/@{account.handle}/{id_}",
            "replies_count": 0,
            "reblogs_count": 0,
            "favourites_count": 0,
            "quotes_count": 0,
            "edited_at": self.date(post.at + timedelta(hours=1), host) if post.edited else None,
            **(mine if logged_in else {}),
            "content": f"<p>Kabar {item.n + 1}</p>",
            **({"filtered": []} if logged_in else {}),
            "reblog": self.boosted(item, host, logged_in) if post.kind == "repost" else None,
            "application": {"name": "Web", "website": None},
            "account": author,
            "media_attachments": [],
            "mentions": [],
            "tags": [],
            "emojis": [],
            "tagged_collections": [],
            "quote": None,
            "card": None,
            "poll": None,
            "quote_approval": approval,
        }

    def boosted(self, item: Numbered, host: str, logged_in: bool) -> dict[str, Any]:
        """The older status of somebody else that a boost carries."""
        made = item.post.at - timedelta(days=900)
        other = Account(f"mastodon:@lain@{host}", "mastodon", "lain", made, host=host, title="Lain")
        alone = Request("GET", host, "/", (), {"authorization": "x"} if logged_in else {})
        number_ = Numbered(item.n, type(item.post)(made))
        return self.status(other, number_, self.status_id(number_, host), alone, host, made)
