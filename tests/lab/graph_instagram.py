"""Business Discovery: professional accounts by user name, through the one that asks.

States: ok (and limited) can be discovered; personal, gone, suspended and whatever else cannot, and all of them get the
same answer. `taken`: the name belongs to another account. Variant a of `instagram`: pinned media come first and who is
not found is code 110, status 400; variant b: newest first, code 100, status 404.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from .model import Account, Numbered, Scenario, digest, number
from .wire import Reply, Request

if TYPE_CHECKING:
    from .graph import Field

OWN_ID, OWN_NAME, PAGE_ID = "17841400000000001", "periksa.kota.contoh", "100000000000077"
NOT_FOUND = 2207013
SIZE, MOST = 25, 100
THERE = {"ok", "limited", "taken"}
USER = {"alt_text", "biography", "followers_count", "id", "media_count", "username", "website", "media"}
MEDIA = {
    *("id", "timestamp", "media_type", "media_product_type", "permalink", "shortcode", "caption", "comments_count"),
    *("like_count", "view_count", "media_url", "thumbnail_url", "owner", "username", "is_shared_to_feed", "children"),
}
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def account_id(account: Account, now: datetime) -> str:
    """Stays through a rename; another one where the name was taken over."""
    taken = account.state(now).kind == "taken"
    return "178414" + f"{number('instagram', account.key, taken, below=10**11):011d}"


def media_id(account: Account, item: Numbered) -> str:
    return "178" + f"{number('media', account.key, item.n, below=10**14):014d}"


def shortcode(account: Account, item: Numbered) -> str:
    return "C" + "".join(LETTERS[byte % 64] for byte in digest("code", account.key, item.n)[:10])


def stamp(at: datetime) -> str:
    """2026-11-20T19:00:42+0000"""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")


def cursor_of(start: int) -> str:
    return "QVFI" + base64.urlsafe_b64encode(f"m{start:06d}".encode()).decode()


def place(cursor: str | None) -> int | None:
    """Where a cursor points; None: it is none of ours."""
    if cursor is None:
        return 0
    try:
        text = base64.urlsafe_b64decode(cursor.removeprefix("QVFI")).decode()
    except ValueError:
        return None
    return int(text[1:]) if text.startswith("m") and text[1:].isdecimal() else None


class Part:
    """The part of graph.facebook.com that is Instagram."""

    def __init__(self, scenario: Scenario) -> None:
        self.accounts = scenario.on("instagram")
        self.first = scenario.variant("instagram") == "a"

    def subjects(self, request: Request, now: datetime) -> list[str]:
        fields = request.one("fields") or ""
        return [a.key for a in self.accounts if f"username({a.name(now)})" in fields]

    def answer(self, request: Request, now: datetime) -> Reply | None:
        from . import graph

        fields = graph.fields_of(request.one("fields"))
        if request.path == "/me/accounts" and any(f.name == "instagram_business_account" for f in fields):
            return graph.ok({"data": [{"id": PAGE_ID, "instagram_business_account": {"id": OWN_ID}}]})
        if request.path != f"/{OWN_ID}":
            return None
        body: dict[str, Any] = {}
        for field in fields:
            if field.name == "business_discovery":
                found = self.discovery(field, now)
                if isinstance(found, Reply):
                    return found
                body[field.name] = found
            elif field.name == "username":
                body[field.name] = OWN_NAME
            elif field.name not in USER:
                return nonexisting(field.name, "IGUser")
        return graph.ok(body | {"id": OWN_ID})

    def discovery(self, field: Field, now: datetime) -> dict[str, Any] | Reply:
        from . import graph

        name = field.arguments.get("username")
        if name is None:
            return graph.refusal(400, 100, "(#100) The parameter username is required")
        if any(f.name == "stories" for f in field.inner):
            return graph.refusal(400, 10, "(#10) Application does not have permission for this action")
        if any(f.name == "live_media" for f in field.inner):
            return graph.refusal(400, 36104, "(#36104) Cannot access live media from business discovery")
        odd = next((f.name for f in field.inner if f.name not in USER), None)
        if odd is not None:
            return nonexisting(odd, "ShadowIGUser")
        if name == OWN_NAME:
            return self.shown(field, OWN_ID, OWN_NAME, None, now)
        found = next((a for a in self.accounts if a.name(now) == name), None)
        if found is None or found.state(now).kind not in THERE or found.created > now:
            said = {"error_user_title": "Pengguna tidak ditemukan", "error_user_msg": f"{name} tidak ditemukan"}
            return graph.refusal(
                400 if self.first else 404, 110 if self.first else 100, "Invalid user id", NOT_FOUND, **said
            )
        return self.shown(field, account_id(found, now), name, found, now)

    def shown(
        self, field: Field, id_: str, name: str, account: Account | None, now: datetime
    ) -> dict[str, Any] | Reply:
        items = self.listed(account, now) if account else []
        whole: dict[str, Any] = {"username": name, "followers_count": 1200, "media_count": len(items)}
        body = {f.name: whole[f.name] for f in field.inner if f.name in whole}
        media = next((f for f in field.inner if f.name == "media"), None)
        if media is not None and account is not None:
            page = self.media(media, account, items)
            if isinstance(page, Reply):
                return page
            body |= {"media": page} if page is not None else {}
        return body | {"id": id_}

    def listed(self, account: Account, now: datetime) -> list[Numbered]:
        """Newest first; in variant a below what is pinned."""
        shown = [item for item in account.visible(now) if item.post.kind == "original"]
        newest = sorted(shown, key=lambda item: item.post.at, reverse=True)
        return sorted(newest, key=lambda item: not item.post.pinned) if self.first else newest

    def media(self, field: Field, account: Account, items: Sequence[Numbered]) -> dict[str, Any] | Reply | None:
        """None: there are none, from this cursor on."""
        from . import graph

        odd = next((f.name for f in field.inner if f.name not in MEDIA), None)
        if odd is not None:
            return nonexisting(odd, "ShadowIGMedia")
        start, size = place(field.arguments.get("after")), field.arguments.get("limit", str(SIZE))
        if start is None or not size.isdecimal():
            return graph.refusal(400, 100, "(#100) Invalid parameter")
        page = items[start : start + min(int(size), MOST)]
        wanted = {f.name for f in field.inner} | {"id"}
        rows = [{k: v for k, v in self.row(account, item).items() if k in wanted} for item in page]
        return graph.listed(rows, cursor_of(start + len(page))) if rows else None

    def row(self, account: Account, item: Numbered) -> dict[str, Any]:
        """`like_count` and `media_url` are often left out."""
        post, code = item.post, shortcode(account, item)
        kind = "CAROUSEL_ALBUM" if post.album > 1 else "VIDEO" if post.video else "IMAGE"
        row: dict[str, Any] = {
            "id": media_id(account, item),
            "media_type": kind,
            "media_product_type": "REELS" if post.video else "FEED",
            "permalink": f"https://www.instagram.com/{'reel' if post.video else 'p'}/{code}/",
            "shortcode": code,
            "caption": f"Kabar {item.n + 1}",
            "username": account.handle,
        }
        return row if post.undated else row | {"timestamp": stamp(post.at)}


def nonexisting(field: str, node: str) -> Reply:
    from . import graph

    return graph.refusal(400, 100, f"(#100) Tried accessing nonexisting field ({field}) on node type ({node})")
