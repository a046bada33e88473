"""Facebook Pages: names, posts, and the Pages that gave the token's user a role.

States: ok; person (a name of a person); merged (detail: the key of the Page it became part of); whatever else there is
(deleted, unpublished, restricted, ineligible) gets one answer by id, and by name that nobody bears it if it is gone.
Option `role`: the Page gave a role (`lost`: and took it back). Kinds of posts: original, repost, `unpublished` (on the
feed only), `reel` (nowhere). Variant a of `facebook`: newest first, who is not found is status 400; variant b: in no
order ("ranked"), status 404, and a page of a list may be empty though another follows.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from .model import Account, Numbered, Scenario, digest, number
from .wire import Reply, Request

if TYPE_CHECKING:
    from .graph import Field

SIZE, MOST, IDS = 25, 100, 50
EDGES = {"published_posts", "posts", "feed"}
GONE = {"deleted", "gone", "missing"}
THERE = {"ok", "limited"}
PAGE_FIELDS = {
    *("id", "name", "username", "link", "is_published", "verification_status", "followers_count", "fan_count"),
    *("about", "category", "category_list", "cover", "description", "general_info", "website", "emails", "phone"),
    *("single_line_address", "talking_about_count", "were_here_count", "location", "hours", "bio", "rating_count"),
    *("overall_star_rating", "global_brand_page_name", "picture", "whatsapp_number", "is_permanently_closed"),
}
POST_FIELDS = {
    *("id", "created_time", "status_type", "is_published", "permalink_url", "message", "updated_time", "from"),
    *("backdated_time", "full_picture", "is_hidden", "is_expired", "parent_id", "promotable_id", "story", "shares"),
}
ACCOUNT_FIELDS = {"id", "name", "username", "access_token", "tasks", "category", "category_list", "perms"}
WITHOUT_FEATURE = (
    "'pages_read_engagement' permission or the 'Page Public Content Access' feature or the 'Page Public Metadata "
    "Access' feature. Refer to https://developers.facebook.com/docs/apps/review for details."
)


def page_id(account: Account) -> str:
    """Stays through a rename."""
    return str(account.option("page_id", "100" + f"{number('facebook', account.key, below=10**12):012d}"))


def page_token(account: Account) -> str:
    return "EAAContohTokenHalaman" + page_id(account)


def post_id(account: Account, item: Numbered) -> str:
    return f"{page_id(account)}_{number('post', account.key, item.n, below=10**14):014d}"


def stamp(at: datetime) -> str:
    """2026-11-20T19:00:42+0000"""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")


def cursor_of(start: int) -> str:
    return base64.urlsafe_b64encode(f"f{start:06d}".encode()).decode().rstrip("=")


def place(cursor: str | None) -> int | None:
    """Where a cursor points; None: it is none of ours."""
    if cursor is None:
        return 0
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except ValueError:
        return None
    return int(text[1:]) if text.startswith("f") and text[1:].isdecimal() else None


class Part:
    """The part of graph.facebook.com that is Facebook. `reviewed`: Page Public Content Access was granted.

    `edges` are those that exist.
    """

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.accounts = scenario.on("facebook")
        self.first = scenario.variant("facebook") == "a"
        self.reviewed = True
        self.edges = set(EDGES)

    def accepts(self, token: str) -> bool:
        return any(token == page_token(a) for a in self.accounts if a.option("role"))

    def subjects(self, request: Request, now: datetime) -> list[str]:
        asked = {request.path.strip("/").partition("/")[0], *(request.one("ids") or "").split(",")}
        return [a.key for a in self.accounts if {page_id(a), a.name(now)} & asked]

    def answer(self, request: Request, now: datetime) -> Reply | None:
        from . import graph

        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        fields = graph.fields_of(request.one("fields"))
        ids = request.one("ids")
        if request.path == "/" and ids is not None:
            return self.several(ids.split(","), fields, token, now)
        if request.path == "/me/accounts":
            return self.roles(request, fields)
        name, _, edge = request.path.strip("/").partition("/")
        if name in {"", "me"}:
            return None
        found = self.one(name, token, edge, now)
        if isinstance(found, Reply):
            return found
        return self.list(found, edge, request, token, now) if edge else self.page(found, fields, token, now)

    # --- Pages ---

    def named(self, name: str, now: datetime) -> Account | None:
        return next((a for a in self.accounts if name.lower() in (page_id(a), a.name(now))), None)

    def one(self, name: str, token: str, edge: str, now: datetime) -> Account | Reply:
        """The Page of this name or id, if the token may read it."""
        from . import graph

        found, status = self.named(name, now), 400 if self.first else 404
        state = found.state(now) if found else None
        if not name.isdecimal() and (found is None or state is None or state.kind in GONE or found.created > now):
            return graph.refusal(status, 803, f"(#803) Some of the aliases you requested do not exist: {name}")
        if found is None or state is None:
            return graph.missing(name)
        if state.kind == "person" and not name.isdecimal():
            return graph.refusal(status, 803, f"(#803) Cannot query users by their username ({name})")
        if state.kind == "merged":
            target = page_id(self.scenario.account(state.detail))
            said = f"(#21) Page ID {page_id(found)} was migrated to page ID {target}.  Please update your API calls "
            return graph.refusal(400, 21, said + "to the new ID")
        if state.kind not in THERE or found.created > now:
            return graph.missing(name)
        return self.forbidden(found, token, edge) or found

    def forbidden(self, account: Account, token: str, edge: str) -> Reply | None:
        from . import graph

        if token == page_token(account):
            lost = account.option("role") == "lost"
            return (
                graph.refusal(400, 190, "Error validating access token: The user lost the role", 492) if lost else None
            )
        if self.reviewed and token == graph.TOKEN:
            return None
        if edge:
            return graph.refusal(400, 10, f"(#10) This endpoint requires the {WITHOUT_FEATURE}")
        said = (
            "(#100) Object does not exist, cannot be loaded due to missing permission or reviewable feature, or does "
        )
        return graph.refusal(
            400, 100, said + f"not support this operation. This endpoint requires the {WITHOUT_FEATURE}"
        )

    def page(self, account: Account, fields: Sequence[Field], token: str, now: datetime) -> Reply:
        from . import graph

        body: dict[str, Any] = {}
        whole = {
            "name": account.title,
            "username": account.name(now),
            "link": f"https://www.facebook.com/{account.name(now)}",
            "is_published": True,
            "verification_status": "not_verified",
            "followers_count": 1200,
            "fan_count": 1100,
        }
        for field in fields or graph.fields_of("id,name"):
            if field.name in self.edges:
                size = field.arguments.get("limit", str(SIZE))
                listed = self.rows(account, field.name, size, field.arguments.get("after"), field.inner, token, now)
                if isinstance(listed, Reply):
                    return listed
                body[field.name] = listed
            elif field.name not in PAGE_FIELDS:
                return nonexisting(field.name, "Page")
            elif field.name in whole:
                body[field.name] = whole[field.name]
        return graph.ok(body | {"id": page_id(account)})

    def several(self, names: Sequence[str], fields: Sequence[Field], token: str, now: datetime) -> Reply:
        """`?ids=`: one that cannot be read fails the whole."""
        from . import graph

        if len(names) > IDS:
            return graph.refusal(400, 100, f"(#100) Too many IDs. Maximum: {IDS}. Provided: {len(names)}.")
        body = {}
        for name in names:
            found = self.one(name, token, "", now)
            page = found if isinstance(found, Reply) else self.page(found, fields, token, now)
            if page.status != 200:
                return page
            body[name] = json.loads(page.body)
        return graph.ok(body)

    def roles(self, request: Request, fields: Sequence[Field]) -> Reply:
        from . import graph

        odd = next((f.name for f in fields if f.name not in ACCOUNT_FIELDS), None)
        if odd is not None:
            return nonexisting(odd, "Page")
        given = [a for a in self.accounts if a.option("role")]
        start, size = place(request.one("after")), request.one("limit") or str(SIZE)
        if start is None or not size.isdecimal() or int(size) > MOST:
            return graph.refusal(400, 100, "(#100) Invalid parameter")
        wanted = {f.name for f in fields} | {"id"}
        rows = [
            {
                "id": page_id(a),
                "name": a.title,
                "username": a.handle,
                "access_token": page_token(a),
                "tasks": ["ANALYZE", "MODERATE"],
            }
            for a in given[start : start + int(size)]
        ]
        shown = [{k: v for k, v in row.items() if k in wanted} for row in rows]
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        address = f"me/accounts?{urlencode({'access_token': token, 'limit': size})}"
        return graph.ok(listed(shown, start, start + len(rows), len(given), address))

    # --- posts ---

    def list(self, account: Account, edge: str, request: Request, token: str, now: datetime) -> Reply:
        from . import graph

        if edge not in self.edges:
            return graph.refusal(400, 2500, f"Unknown path components: /{edge}")
        fields = graph.fields_of(request.one("fields"))
        size = request.one("limit") or str(SIZE)
        rows = self.rows(account, edge, size, request.one("after"), fields, token, now)
        return rows if isinstance(rows, Reply) else graph.ok(rows)

    def rows(
        self,
        account: Account,
        edge: str,
        limit: str,
        after: str | None,
        fields: Sequence[Field],
        token: str,
        now: datetime,
    ) -> dict[str, Any] | Reply:
        from . import graph

        odd = next((f.name for f in fields if f.name not in POST_FIELDS), None)
        if odd is not None:
            return nonexisting(odd, "PagePost")
        start = place(after)
        if start is None or not limit.isdecimal() or not 1 <= int(limit) <= MOST:
            return graph.refusal(400, 100, f"(#100) The parameter limit must be between 1 and {MOST}")
        items = self.shown(account, edge, now)
        page = items[start : start + int(limit)]
        if not self.first and start == 0 and items and after is None:
            page = []  # the first page is empty, and another follows
        wanted = {f.name for f in fields} | {"id"}
        rows = [{k: v for k, v in self.row(account, item).items() if k in wanted} for item in page]
        address = f"{page_id(account)}/{edge}?{urlencode({'access_token': token, 'limit': limit})}"
        return listed(rows, start, start + len(page), len(items), address)

    def shown(self, account: Account, edge: str, now: datetime) -> list[Numbered]:
        kinds = {"original", "repost"} | ({"unpublished"} if edge == "feed" else set())
        items = [item for item in account.visible(now) if item.post.kind in kinds]
        newest = sorted(items, key=lambda item: item.post.at, reverse=True)
        if self.first:
            return newest
        pairs = [newest[n : n + 2] for n in range(0, len(newest), 2)]  # "ranked": never far from its place
        return [item for pair in pairs for item in sorted(pair, key=lambda i: digest("rank", account.key, i.n))]

    def row(self, account: Account, item: Numbered) -> dict[str, Any]:
        post, id_ = item.post, post_id(account, item)
        row = {
            "id": id_,
            "status_type": "shared_story" if post.kind == "repost" else "added_photos",
            "is_published": post.kind != "unpublished",
            "permalink_url": f"https://www.facebook.com/{id_.replace('_', '/posts/')}",
            "message": f"Kabar {item.n + 1}",
        }
        row |= {"backdated_time": stamp(post.at)} if post.shown is not None and post.shown > post.at else {}
        return row if post.undated else row | {"created_time": stamp(post.at)}


def listed(rows: Sequence[Any], start: int, then: int, total: int, address: str) -> dict[str, Any]:
    """A page of a list. Cursors stand on the last one too; `next` holds the token, as the vendor's does."""
    if total == 0:
        return {"data": []}
    paging: dict[str, Any] = {"cursors": {"before": cursor_of(start), "after": cursor_of(then)}}
    if then < total:
        paging["next"] = f"https://graph.facebook.com/v26.0/{address}&after={cursor_of(then)}"
    return {"data": list(rows), "paging": paging}


def nonexisting(field: str, node: str) -> Reply:
    from . import graph

    return graph.refusal(400, 100, f"(#100) Tried accessing nonexisting field ({field}) on node type ({node})")
