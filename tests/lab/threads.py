"""Threads' Profile Discovery: profile_posts, profile_lookup and the renewal of a token.

States: ok; anything else (ineligible, private, suspended, deleted) is not served, and neither is who is not listed.
What is said of them is documented nowhere. Variant a: code 10 in other words, and 429 without a body beyond the
allowance; variant b: code 24, and code 4. An account's option `refusal` is the code for it alone. Meta's own profiles
are always there, also for tokens whose app has no Advanced Access. Every request about a profile counts, 1,000 in any
24 hours for each token.
"""

from __future__ import annotations

import base64
import re
from collections import defaultdict, deque
from datetime import datetime, timedelta
from threading import Lock
from typing import Any
from urllib.parse import urlencode

from .model import Account, Numbered, Scenario, digest, letters, number, utc
from .rhythm import steady
from .wire import Reply, Request, compact

NAME = "threads"
PREFIX = "/threads"
HOSTS = ("graph.threads.net", "graph.threads.com")
VERSION = "/v1.0"
LIMIT, DAY = 1000, timedelta(hours=24)
OPENED = 1688540400
JSON = (("Content-Type", "application/json; charset=UTF-8"),)
TOKEN = "THAAContohTokenYangBekerja000000000000000001"
STANDARD = "THAAContohTokenTanpaTinjauanMeta0000000000002"
UNSCOPED = "THAAContohTokenTanpaIzinProfil000000000000003"
EXPIRED = "THAAContohTokenYangKedaluwarsa000000000000004"
SECRETS = {"AUDITOR_THREADS_ACCESS_TOKEN": TOKEN}
META = ("meta", "threads", "instagram", "facebook")
NO_PERMISSION = "Application does not have permission for this action"
KINDS = {"repost": "REPOST_FACADE", "video": "VIDEO", "album": "CAROUSEL_ALBUM"}
_POST = (
    "id,media_product_type,media_type,media_url,permalink,username,text,timestamp,shortcode,thumbnail_url,children,"
    "is_quote_post,quoted_post,reposted_post,has_replies,alt_text,link_attachment_url"
)
_PROFILE = (
    "username,name,profile_picture_url,biography,is_verified,follower_count,likes_count,quotes_count,replies_count,"
    "reposts_count,views_count"
)
POST_FIELDS, PROFILE_FIELDS = frozenset(_POST.split(",")), frozenset(_PROFILE.split(","))


def refusal(code: int, message: str, status: int = 400, subcode: int | None = None) -> Reply:
    """The envelope of the Graph API, as Threads signs it."""
    kind = "OAuthException" if code in {4, 17, 190, 2500} else "THApiException"
    error: dict[str, Any] = {"message": message, "type": kind, "code": code}
    error |= {"error_subcode": subcode} if subcode is not None else {}
    return Reply(status, compact({"error": error | {"fbtrace_id": letters(11, code, message)}}), JSON)


def metas(now: datetime) -> list[Account]:
    """The profiles every app may read."""
    first = utc("2026-01-05")
    return [
        Account(f"threads:{name}", "threads", name, first, steady(f"threads {name}", first, now + DAY * 400, 1))
        for name in META
    ]


class Threads:
    """The face."""

    name = NAME

    def __init__(self, scenario: Scenario) -> None:
        listed = scenario.on("threads")
        self.accounts = listed + [a for a in metas(scenario.now) if a.handle not in {b.handle for b in listed}]
        self.variant = scenario.variant("threads")
        self.limit = LIMIT
        self.tokens = {TOKEN, STANDARD, UNSCOPED}
        self.asked: defaultdict[str, deque[datetime]] = defaultdict(deque)  # token -> instants of the last 24 hours
        self.total: defaultdict[str, int] = defaultdict(int)  # token -> requests about profiles, ever
        self._lock = Lock()

    def subjects(self, request: Request, now: datetime) -> list[str]:
        found = self.named(request.one("username"), now)
        return [found.key] if found else []

    def named(self, username: str | None, now: datetime) -> Account | None:
        return next((a for a in self.accounts if a.name(now).lower() == (username or "").lower()), None)

    def answer(self, request: Request, now: datetime) -> Reply:
        path = request.path.removeprefix(VERSION).strip("/")
        bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
        token = bearer or request.one("access_token") or ""
        if not token:
            return refusal(2500, "An active access token must be used to query information about the current user.")
        if token == EXPIRED:
            return refusal(190, "Error validating access token: Session has expired", 401, 463)
        if token not in self.tokens:
            return refusal(190, "Invalid OAuth access token - Cannot parse access token", 401)
        if request.method == "GET" and path == "refresh_access_token":
            return self.renewed(request, token)
        if request.method == "GET" and path == "me":
            return reply({"id": str(10**16 + number(token, below=10**15)), "username": "auditor.kota.contoh"})
        if request.method != "GET" or path not in {"profile_posts", "profile_lookup"}:
            said = f"Unsupported get request. Object with ID '{path.split('/')[0]}' does not exist, cannot be loaded"
            return refusal(100, f"{said} due to missing permissions, or does not support this operation", subcode=33)
        return self.discovered(path, request, token, now)

    # --- tokens ---

    def renewed(self, request: Request, token: str) -> Reply:
        """A token of the same rights; the old one goes on working until its own end."""
        if request.one("grant_type") != "th_refresh_token":
            return refusal(100, "Invalid grant_type parameter")
        fresh = token if token in {STANDARD, UNSCOPED} else TOKEN[:-4] + letters(8, "fresh", token)
        with self._lock:
            self.tokens.add(fresh)
        return reply({"access_token": fresh, "token_type": "bearer", "expires_in": 5_183_944})

    def over(self, token: str, now: datetime) -> bool:
        """Count a request about a profile; whether it is one too many in the last 24 hours."""
        with self._lock:
            asked = self.asked[token]
            while asked and asked[0] <= now - DAY:
                asked.popleft()
            asked.append(now)
            self.total[token] += 1
            return len(asked) > self.limit

    # --- profiles ---

    def discovered(self, path: str, request: Request, token: str, now: datetime) -> Reply:
        if self.over(token, now):
            return self.limited(now, 3600, self.variant)
        username = request.one("username")
        if token == UNSCOPED or (token == STANDARD and (username or "").lower() not in META):
            return refusal(10, NO_PERMISSION)
        if not username:
            return refusal(100, "The parameter username is required.")
        account = self.named(username, now)
        if account is None or account.created > now or account.state(now).kind != "ok":
            return self.withheld(account)
        known = POST_FIELDS if path == "profile_posts" else PROFILE_FIELDS
        fields = (request.one("fields") or ("id" if path == "profile_posts" else "username")).split(",")
        unknown = next((f for f in fields if f not in known), None)
        if unknown is not None:
            return refusal(100, f"Tried accessing nonexisting field ({unknown[:40]})")
        if path == "profile_lookup":
            return reply({k: v for k, v in profile(account, now).items() if k in fields})
        return self.posts(account, request, ["id", *fields], token, now)

    def withheld(self, account: Account | None) -> Reply:
        usual = 10 if self.variant == "a" else 24
        code = account.option("refusal", usual) if account else usual
        said = {
            10: "(#10) The requested profile cannot be accessed",
            24: "The requested resource does not exist",
            100: "Invalid parameter",
        }
        return refusal(int(str(code)), said[int(str(code))])

    def posts(self, account: Account, request: Request, fields: list[str], token: str, now: datetime) -> Reply:
        size, since, until = request.one("limit") or "25", request.one("since"), request.one("until")
        if not re.fullmatch(r"[0-9]{1,9}", size) or not 1 <= int(size) <= 100:
            return refusal(100, "Param limit must be a number greater than 0 and less than or equal to 100")
        for name, at in (("since", since), ("until", until)):
            if at is not None and (not re.fullmatch(r"[0-9]{1,12}", at) or int(at) < OPENED):
                return refusal(100, f"Param {name} must be greater than or equal to {OPENED}")
        if request.one("before") and request.one("after"):
            return refusal(100, "Only one of before and after can be used")
        newest = sorted(account.visible(now), key=lambda item: item.post.at, reverse=True)
        newest = [i for i in newest if i.post.kind not in {"reply", "service", "upcoming"}]
        low, high = int(since or 0), int(until or 10**12)
        newest = [i for i in newest if low <= i.post.at.timestamp() <= high]
        start = place(request.one("after"))
        if start is None:
            return refusal(100, "Invalid cursor")
        rows = [only(shown(account, item, now), fields) for item in newest[start : start + int(size)]]
        body: dict[str, Any] = {"data": rows}
        if rows:
            body["paging"] = {"cursors": {"before": cursor(start), "after": cursor(start + len(rows))}}
            if start + len(rows) < len(newest):
                asked = [(k, v) for k, v in request.query if k not in {"after", "access_token"}]
                following = urlencode([*asked, ("access_token", token), ("after", cursor(start + len(rows)))])
                body["paging"]["next"] = f"https://graph.threads.net{VERSION}/profile_posts?{following}"
        return reply(body)

    # --- out of order ---

    def down(self, request: Request, variant: str) -> Reply:
        if variant == "b":
            return refusal(2, "An unexpected error has occurred. Please retry your request later.", 500)
        return Reply(503, b"<html><h1>Sorry, something went wrong.</h1></html>", (("Content-Type", "text/html"),))

    def limited(self, now: datetime, seconds: int, variant: str) -> Reply:
        if variant == "b":
            return refusal(4, "(#4) Application request limit reached", 403)
        return Reply(429, b"", ())


def reply(body: Any) -> Reply:
    return Reply(200, compact(body), JSON)


def profile(account: Account, now: datetime) -> dict[str, Any]:
    return {
        "username": account.name(now),
        "name": account.title or account.name(now),
        "biography": "",
        "is_verified": False,
        "follower_count": 1200,
        "views_count": 100,
    }


def shown(account: Account, item: Numbered, now: datetime) -> dict[str, Any]:
    """One post, with every field there is a value for."""
    code = letters(11, "threads", account.key, item.n)
    kind = "video" if item.post.video else "album" if item.post.album > 1 else item.post.kind
    return {
        "id": str(17 * 10**15 + number("threads", account.key, item.n, below=10**15)),
        "media_product_type": "THREADS",
        "media_type": KINDS.get(kind, "TEXT_POST"),
        "permalink": f"https://www.threads.net/@{account.name(now)}/post/{code}",
        "username": account.name(now),
        "text": "Kiriman",
        "timestamp": item.post.at.strftime("%Y-%m-%dT%H:%M:%S+0000"),
        "shortcode": code,
        "is_quote_post": False,
        "has_replies": digest(code)[0] % 2 == 0,
    }


def only(post: dict[str, Any], fields: list[str]) -> dict[str, Any]:
    return {name: value for name, value in post.items() if name in fields}


def cursor(start: int) -> str:
    return base64.urlsafe_b64encode(f"after{start}".encode()).decode()


def place(text: str | None) -> int | None:
    """Where a cursor points; None: it is none of ours."""
    if not text:
        return 0
    try:
        found = re.fullmatch(r"after([0-9]{1,9})", base64.urlsafe_b64decode(text).decode())
    except ValueError:
        return None
    return int(found[1]) if found else None


def make(scenario: Scenario) -> Threads:
    return Threads(scenario)


def settings(url: str) -> dict[str, dict[str, str]]:
    return {"threads": {"base_url": url + VERSION}}
