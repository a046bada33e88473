"""TikTok: the page where an owner consents, the token URL, the Display API, and the pages for embedding.

States: ok, deleted, private. Posts of kind `private` are seen by their owner only; a `draft` bears an id of five days
before its publication. Up to three pinned videos head the embedded list.
Variant a: short pages that say there is more, `invalid_params`, `userInfo.code` 404; variant b: full pages,
`invalid_param`, `isError` with a code. Who is signed in at the page of consent stands in the cookie `sessionid`; the
cookie `agrees` names the scopes that are ticked, or nothing. Tokens: 24 hours, a year; each renewal makes both new.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from datetime import datetime, timedelta
from http.cookies import SimpleCookie
from threading import Lock
from typing import Any
from urllib.parse import parse_qsl, urlencode

from .model import Account, Numbered, Scenario, digest, letters
from .wire import HTML, JSON, Reply, Request, compact, html, page

NAME = "tiktok"
PREFIX = "/tiktok"
HOSTS = ("open.tiktokapis.com", "www.tiktok.com")
KEY, SECRET = "aw0contoh0kunci0klien", "rahasia-klien-tiktok-kota-contoh"
REDIRECT = "https://kotacontoh.example/tiktok/kembali/"
DESKTOP = "http://127.0.0.1:3455/kembali/"
SECRETS = {
    "AUDITOR_TIKTOK_CLIENT_KEY": KEY,
    "AUDITOR_TIKTOK_CLIENT_SECRET": SECRET,
    "AUDITOR_TIKTOK_REDIRECT_URI": REDIRECT,
}
SCOPES = {"user.info.basic", "video.list"}
VIDEO_FIELDS = {"id", "create_time", "share_url", "title", "video_description", "duration", "cover_image_url"}
USER_FIELDS = {"open_id", "union_id", "display_name", "avatar_url"}
A_DAY, A_YEAR, A_CODE = timedelta(days=1), timedelta(days=365), timedelta(minutes=10)
DRAFT = timedelta(days=5)
MINTED = timedelta(seconds=12)
PER_MINUTE = 600
STATE = "__FRONTITY_CONNECT_STATE__"


def said(status: int, code: str, message: str = "", data: Any = None) -> Reply:
    """The envelope of every answer of the API."""
    error = {"code": code, "message": message, "log_id": letters(20, code, message)}
    return Reply(status, compact({"data": data if data is not None else {}, "error": error}), (("Content-Type", JSON),))


def refused(error: str, description: str, status: int = 400) -> Reply:
    """The token URL's: the error is a word."""
    body = {"error": error, "error_description": description, "log_id": letters(20, error)}
    return Reply(status, compact(body), (("Content-Type", JSON),))


def video_id(item: Numbered, account: Account) -> str:
    """Seconds in the upper half; of a draft those of its upload."""
    at = item.post.at - (DRAFT if item.post.kind == "draft" else MINTED)
    return str((int(at.timestamp()) << 32) + int.from_bytes(digest("tiktok", account.key, item.n)[:4], "big"))


def number(account: Account) -> str:
    """The account's own id, which only the embedded page names."""
    return str(7 * 10**18 + int.from_bytes(digest("user", account.key)[:6], "big"))


def open_id(account: Account) -> str:
    """The account as this app knows it."""
    return "-000" + letters(32, "open", KEY, account.key)


class TikTok:
    """The face."""

    name = NAME

    def __init__(self, scenario: Scenario) -> None:
        self.accounts = scenario.on(NAME)
        self.first = scenario.variant(NAME) == "a"
        self.codes: dict[str, tuple[Account, dict[str, str], datetime]] = {}
        self.access: dict[str, tuple[Account, frozenset[str], datetime]] = {}
        self.refresh: dict[str, tuple[Account, frozenset[str], datetime]] = {}
        self.calls: Counter[tuple[str, datetime]] = Counter()
        self.limit = PER_MINUTE
        self.issued = 0
        self._lock = Lock()

    def named(self, handle: str, now: datetime) -> Account | None:
        return next((a for a in self.accounts if a.name(now).lower() == handle.lower()), None)

    def subjects(self, request: Request, now: datetime) -> list[str]:
        known = self.access.get(request.headers.get("authorization", "").removeprefix("Bearer "))
        account = known[0] if known else self.named(request.path.rpartition("@")[2].strip("/"), now)
        return [account.key] if account else []

    def answer(self, request: Request, now: datetime) -> Reply:
        if request.path.startswith("/embed/"):
            return self.embedded(request, now)
        what = {
            ("GET", "/v2/auth/authorize/"): self.authorize,
            ("POST", "/v2/oauth/token/"): self.token,
            ("POST", "/v2/video/list/"): self.videos,
            ("GET", "/v2/user/info/"): self.user,
        }
        found = what.get((request.method, request.path))
        return found(request, now) if found else said(404, "not_found", "Unsupported path(Janus)")

    # --- consent ---

    def authorize(self, request: Request, now: datetime) -> Reply:
        """Sends the browser of whoever is signed in back, with a code or with `access_denied`."""
        asked = {name: request.one(name) or "" for name, _ in request.query}
        desktop = asked.get("redirect_uri", "").startswith("http://127.0.0.1")
        proved = len(asked.get("code_challenge", "")) == 64 and asked.get("code_challenge_method") == "S256"
        if (
            asked.get("client_key") != KEY
            or asked.get("redirect_uri") not in {REDIRECT, DESKTOP}
            or asked.get("response_type") != "code"
            or not set(asked.get("scope", "").split(",")) <= SCOPES
            or (desktop and not proved)
        ):
            return html(400, "We couldn't log in with TikTok", "<p>param_error</p>")
        cookies = SimpleCookie(request.headers.get("cookie", ""))
        account = self.named(cookies["sessionid"].value, now) if "sessionid" in cookies else None
        ticked = cookies["agrees"].value if "agrees" in cookies else asked["scope"]
        back = {"state": asked.get("state", "")}
        if account is None or not ticked:
            back |= {"error": "access_denied", "error_description": "User cancelled the authorization"}
        else:
            code = letters(40, "code", account.key, now, len(self.codes)) + "*v!1"
            self.codes[code] = (account, asked | {"scope": ticked.replace("+", ",")}, now + A_CODE)
            back |= {"code": code, "scopes": ticked.replace("+", ",")}
        return Reply(302, b"", (("Location", f"{asked['redirect_uri']}?{urlencode(back)}"),))

    def token(self, request: Request, now: datetime) -> Reply:
        if not request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
            return refused("invalid_request", "Only `application/x-www-form-urlencoded` is supported as Content-Type.")
        form = dict(parse_qsl(request.body.decode(), keep_blank_values=True))
        if form.get("client_key") != KEY or form.get("client_secret") != SECRET:
            return refused("invalid_client", "Client key or secret is incorrect.", 401)
        with self._lock:
            if form.get("grant_type") == "authorization_code":
                return self._of_code(form, now)
            if form.get("grant_type") == "refresh_token":
                account, scopes, until = self.refresh.pop(form.get("refresh_token", ""), (None, frozenset(), now))
                if account is None or until <= now or account.state(now).kind == "deleted":
                    return refused("invalid_grant", "Refresh token is invalid or expired.")
                return self._granted(account, scopes, now)
        return refused("unsupported_grant_type", "The grant type is not supported.")

    def _of_code(self, form: dict[str, str], now: datetime) -> Reply:
        account, asked, until = self.codes.pop(form.get("code", ""), (None, {}, now))
        if account is None or until <= now:
            return refused("invalid_grant", "Authorization code is expired.")
        if form.get("redirect_uri") != asked["redirect_uri"]:
            return refused("invalid_request", "Redirect_uri is not matched with the uri when requesting code.")
        if "code_challenge" in asked:
            proof = hashlib.sha256(form.get("code_verifier", "").encode()).hexdigest()
            if proof != asked["code_challenge"]:
                return refused("invalid_request", "Code verifier or code challenge is invalid.")
        return self._granted(account, frozenset(asked["scope"].split(",")), now)

    def _granted(self, account: Account, scopes: frozenset[str], now: datetime) -> Reply:
        return Reply(200, compact(self.consent(account, now, scopes)), (("Content-Type", JSON),))

    def consent(self, account: Account, now: datetime, scopes: frozenset[str] = frozenset(SCOPES)) -> dict[str, Any]:
        """What the token URL answers. The account's older tokens go on until they end; its refresh tokens do not."""
        self.issued += 1
        access, renew = (f"{kind}.{letters(40, kind, account.key, now, self.issued)}" for kind in ("act", "rft"))
        self.access[access] = (account, scopes, now + A_DAY)
        self.refresh = {token: one for token, one in self.refresh.items() if one[0] is not account}
        self.refresh[renew] = (account, scopes, now + A_YEAR)
        return {
            "access_token": access,
            "expires_in": int(A_DAY.total_seconds()),
            "open_id": open_id(account),
            "refresh_expires_in": int(A_YEAR.total_seconds()),
            "refresh_token": renew,
            "scope": ",".join(sorted(scopes)),
            "token_type": "Bearer",
        }

    def revoke(self, account: Account, *, renewable: bool = False) -> None:
        """The owner withdraws the consent; or only its access tokens end."""
        self.access = {token: one for token, one in self.access.items() if one[0] is not account}
        if not renewable:
            self.refresh = {token: one for token, one in self.refresh.items() if one[0] is not account}

    # --- the Display API ---

    def _allowed(self, request: Request, now: datetime, scope: str) -> Account | Reply:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        account, scopes, until = self.access.get(token, (None, frozenset(), now))
        if account is None or until <= now or account.state(now).kind == "deleted":
            why = "The access token is invalid or not found in the request."
            return said(401, "access_token_invalid", why)
        if scope not in scopes:
            why = "The user did not authorize the scope required for completing this request."
            return said(401, "scope_not_authorized", why)
        with self._lock:
            self.calls[request.path, now] += 1
            recent = sum(n for (path, at), n in self.calls.items() if path == request.path and at > now - A_CODE / 10)
        if recent > self.limit:
            return said(429, "rate_limit_exceeded", "The API rate limit was exceeded. Please try again later.")
        return account

    def wrong(self, message: str) -> Reply:
        return said(400, "invalid_params" if self.first else "invalid_param", message)

    def videos(self, request: Request, now: datetime) -> Reply:
        account = self._allowed(request, now, "video.list")
        if isinstance(account, Reply):
            return account
        fields = set((request.one("fields") or "").split(","))
        if not request.one("fields") or not fields <= VIDEO_FIELDS:
            return self.wrong("Fields is invalid")
        if not request.headers.get("content-type", "").startswith("application/json"):
            return self.wrong("Only application/json is supported as Content-Type")
        try:
            asked = json.loads(request.body or b"{}")
        except ValueError:
            return self.wrong("The request body is no JSON")
        size, before = asked.get("max_count", 10), asked.get("cursor", int(now.timestamp() * 1000) + 1)
        if not isinstance(size, int) or not 1 <= size <= 20 or not isinstance(before, int):
            return self.wrong("Invalid max_count or cursor")
        public = [] if account.state(now).kind == "private" else self.public(account, now)
        older = [item for item in public if int(item.post.at.timestamp() * 1000) < before]
        size = min(size, 7) if self.first else size
        found = older[:size]
        rows = [self.row(account, item, now, fields) for item in found]
        cursor = int(found[-1].post.at.timestamp() * 1000) if found else before
        return said(200, "ok", data={"videos": rows, "cursor": cursor, "has_more": len(older) > size})

    def public(self, account: Account, now: datetime) -> list[Numbered]:
        """Newest first."""
        shown = [item for item in account.visible(now) if item.post.kind != "private"]
        return sorted(shown, key=lambda item: item.post.at, reverse=True)

    def row(self, account: Account, item: Numbered, now: datetime, fields: set[str]) -> dict[str, Any]:
        id_ = video_id(item, account)
        whole = {
            "id": id_,
            "create_time": int(item.post.at.timestamp()),
            "share_url": f"https://www.tiktok.com/@{account.name(now)}/video/{id_}?utm_campaign=tt4d_open_api",
            "title": f"Video {item.n + 1}",
            "video_description": f"Video {item.n + 1}",
            "duration": 30,
        }
        return {name: value for name, value in whole.items() if name in fields}

    def user(self, request: Request, now: datetime) -> Reply:
        account = self._allowed(request, now, "user.info.basic")
        if isinstance(account, Reply):
            return account
        fields = set((request.one("fields") or "").split(","))
        if not request.one("fields") or not fields <= USER_FIELDS:
            return said(401, "scope_permission_missed", "Additional permissions are required.")
        whole = {"open_id": open_id(account), "display_name": account.title}
        return said(200, "ok", data={"user": {name: value for name, value in whole.items() if name in fields}})

    # --- the pages for embedding ---

    def embedded(self, request: Request, now: datetime) -> Reply:
        path = request.path.rstrip("/")
        if path.startswith("/embed/@"):
            return self.shown(path, self.creator(path.removeprefix("/embed/@"), now))
        return self.shown(path, self.single(path.removeprefix("/embed/v2/"), now))

    def shown(self, path: str, entry: dict[str, Any]) -> Reply:
        text = compact({"source": {"data": {path: entry}}}).decode().replace("</", "<\\/")
        body = f'<div id="root"></div><script id="{STATE}" type="application/json">{text}</script>'
        return Reply(200, page("TikTok", body), (("Content-Type", HTML), ("Cache-Control", "no-store")))

    def nobody(self) -> dict[str, Any]:
        if self.first:
            return {"playlistType": "creator", "isError": False, "userInfo": {"code": 404}, "videoList": []}
        return {"isError": True, "errorCode": 10221, "errorStatus": 400}

    def creator(self, handle: str, now: datetime) -> dict[str, Any]:
        account = self.named(handle, now)
        if account is None or account.state(now).kind == "deleted" or now < account.created:
            return self.nobody()
        private, name = account.state(now).kind == "private", account.name(now)
        user = {"code": 200 if self.first else 0, "id": number(account), "uniqueId": name, "nickname": account.title}
        user |= {"verified": True, "privateAccount": private, "followingCount": 12, "followerCount": 15300}
        newest = self.public(account, now)
        listed = [*[i for i in newest if i.post.pinned][:3], *[i for i in newest if not i.post.pinned]][:10]
        rows = [
            {"id": video_id(i, account), "playCount": 1200, "privateItem": False, "authorUniqueId": name}
            for i in listed
        ]
        videos = [] if private else rows
        return {"playlistType": "creator", "playlistId": name, "isError": False, "userInfo": user, "videoList": videos}

    def single(self, id_: str, now: datetime) -> dict[str, Any]:
        for account in self.accounts:
            for item in self.public(account, now) if account.state(now).kind == "ok" else ():
                if video_id(item, account) == id_:
                    facts = {"id": id_, "createTime": str(int(item.post.at.timestamp())), "text": "…"}
                    return {"isError": False, "videoData": {"itemInfos": facts}}
        return {"isError": True, "errorCode": 10204, "errorStatus": 400}

    # --- out of order ---

    def down(self, request: Request, variant: str) -> Reply:
        if request.path.startswith("/embed/") and variant == "b":
            return html(200, "Security Check")
        if variant == "b":
            return said(500, "internal_error", "Something is wrong. Please try again later.")
        return html(504, "504 Gateway Time-out")

    def limited(self, now: datetime, seconds: int, variant: str) -> Reply:
        if variant == "b":
            return Reply(429, b"overload-protect triggered", (("Content-Type", "text/plain"),))
        return said(429, "rate_limit_exceeded", "The API rate limit was exceeded. Please try again later.")


def make(scenario: Scenario) -> TikTok:
    return TikTok(scenario)


def settings(url: str) -> dict[str, dict[str, str]]:
    return {"tiktok": {"base_url": url, "embed_url": url + "/embed"}}


def kept(face: TikTok, now: datetime, *handles: str) -> dict[str, Any]:
    """The file of consents, as if these owners (or all that are listed) had just consented."""
    entries = {}
    for account in face.accounts:
        if account.handle in handles or (not handles and account.listed):
            given = face.consent(account, now)
            entries[account.handle] = {name: given[name] for name in ("open_id", "access_token", "refresh_token")} | {
                "app": KEY,
                "known_as": given["open_id"],
                "expires_at": (now + A_DAY).isoformat(),
                "refresh_expires_at": (now + A_YEAR).isoformat(),
                "scopes": sorted(SCOPES),
            }
    return entries
