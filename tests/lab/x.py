"""X's API v2: users by id and by handle, and timelines, as strict as the vendor and with its bill.

States: ok, suspended, deleted and deactivated (not there), protected, withheld, taken (the account is gone and its
handle belongs to a stranger). Variant a: the tweet dialect and the older bodies; variant b: the post dialect, in which
names of the other are ignored, and the newer bodies. Each user and each post of a good answer is billed.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from .model import Account, Numbered, Scenario, iso, millis, number
from .wire import Reply, Request, compact
from .x_problems import (
    BROKE,
    CAPPED,
    JSON,
    NOT_ENROLLED,
    OWNER_SUSPENDED,
    TOKEN,
    UNSUPPORTED,
    WRONG,
    Problems,
    Refused,
)

__all__ = ["BROKE", "CAPPED", "NOT_ENROLLED", "OWNER_SUSPENDED", "TOKEN", "UNSUPPORTED", "WRONG", "X"]

NAME = "x"
PREFIX = "/x"
HOSTS = ("api.x.com", "api.twitter.com")
SECRETS = {"AUDITOR_X_BEARER_TOKEN": TOKEN}
LIMITS = {"users": 300, "timelines": 10_000}
WINDOW = 900  # seconds
SNOWFLAKES = 1_288_834_974_657  # milliseconds: the epoch of post ids
USER_PRICE, POST_PRICE = 10, 5  # thousandths of a dollar
NOT_THERE = {"deleted", "deactivated", "gone", "taken"}
HANDLE, ID = re.compile(r"[A-Za-z0-9_]{1,15}"), re.compile(r"[0-9]{1,19}")
TIMELINE = re.compile(r"/2/users/([^/]+)/tweets")
LEFT_OUT = {"replies": {"reply", "thread"}, "retweets": {"repost"}}
EDITED_AFTER = timedelta(minutes=20)


@dataclass
class Bill:
    """What one token has used."""

    calls: Counter[str] = field(default_factory=Counter)  # by endpoint, refused ones too
    users: int = 0
    posts: int = 0

    @property
    def usd(self) -> int:
        """Thousandths of a dollar."""
        return USER_PRICE * self.users + POST_PRICE * self.posts


def user_id(account: Account) -> str:
    """The id that survives a rename."""
    return str(account.option("id") or 10**9 + number("x", account.key, below=10**18))


def stranger_id(account: Account) -> str:
    return str(2 * 10**18 + number("stranger", account.key, below=10**18))


def post_id(at: datetime, n: int) -> str:
    """A snowflake."""
    return str(((millis(at) - SNOWFLAKES) << 22) | (n & 0x3FFFFF))


def versions(item: Numbered) -> list[str]:
    """The ids of a post, the newest last."""
    first = post_id(item.post.at, item.n)
    return [first, post_id(item.post.at + EDITED_AFTER, item.n)] if item.post.edited else [first]


class X:
    """The face. `limits` are requests per window and endpoint, `credits` what a token may still spend in all."""

    name = NAME

    def __init__(self, scenario: Scenario) -> None:
        self.accounts = scenario.on("x")
        self.new = scenario.variant("x") != "a"
        self.problems = Problems(self.new)
        self.noun = "post" if self.new else "tweet"
        self.limits = dict(LIMITS)
        self.credits: int | None = None
        self.bills: dict[str, Bill] = {}
        self.used: Counter[tuple[str, str, int]] = Counter()  # (token, endpoint, window) -> requests
        self.by_id = {user_id(a): a for a in self.accounts}
        self._lock = Lock()

    def bill(self, token: str = TOKEN) -> Bill:
        """What a token has used so far."""
        return self.bills.setdefault(token, Bill())

    def subjects(self, request: Request, now: datetime) -> list[str]:
        found = TIMELINE.fullmatch(request.path)
        ids = {found[1]} if found else set((request.one("ids") or "").split(","))
        names = set((request.one("usernames") or "").lower().split(","))
        return [a.key for a in self.accounts if user_id(a) in ids or a.name(now).lower() in names]

    def answer(self, request: Request, now: datetime) -> Reply:
        with self._lock:
            return self._answer(request, now)

    def _answer(self, request: Request, now: datetime) -> Reply:
        endpoint = "timelines" if TIMELINE.fullmatch(request.path) else "users"
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        headers: tuple[tuple[str, str], ...] = (("Content-Type", JSON),)
        try:
            self.problems.credential(token)
            headers += self.limit(token, endpoint, now)
            self.allowance(token, now)
            body, users, posts = self.read(request, now)
        except Refused as refused:
            return refused.reply.having(*headers)
        bill = self.bill(token)
        bill.users += users
        bill.posts += posts
        return Reply(200, compact(body), headers)

    # --- tokens, limits, credits ---

    def limit(self, token: str, endpoint: str, now: datetime) -> tuple[tuple[str, str], ...]:
        """Count the request; the headers that every answer bears."""
        window = int(now.timestamp()) // WINDOW
        self.bill(token).calls[endpoint] += 1
        self.used[token, endpoint, window] += 1
        left = self.limits[endpoint] - self.used[token, endpoint, window]
        headers = (
            ("x-rate-limit-limit", str(self.limits[endpoint])),
            ("x-rate-limit-remaining", str(max(left, 0))),
            ("x-rate-limit-reset", str((window + 1) * WINDOW)),
        )
        if left < 0:
            refused = self.problems.too_many()
            refused.reply = refused.reply.having(*headers)
            raise refused
        return headers

    def allowance(self, token: str, now: datetime) -> None:
        if token == CAPPED:
            raise self.problems.capped()
        if token == BROKE or (self.credits is not None and self.bill(token).usd >= self.credits):
            raise self.problems.broke()

    # --- resources ---

    def read(self, request: Request, now: datetime) -> tuple[dict[str, Any], int, int]:
        """A document, and how many users and posts it brings."""
        found = TIMELINE.fullmatch(request.path)
        if found and request.method == "GET":
            return self.timeline(found[1], request, now)
        if request.path == "/2/users" and request.method == "GET":
            ids = self.listed(request, "ids", ID)
            return self.users([(id_, self.by_id.get(id_)) for id_ in ids], "id", request, now)
        if request.path == "/2/users/by" and request.method == "GET":
            worn = {a.name(now).lower(): a for a in self.accounts}
            names = self.listed(request, "usernames", HANDLE)
            return self.users([(name, worn.get(name.lower())) for name in names], "username", request, now)
        raise Refused(404, {"title": "Not Found", "detail": "Not Found", "type": "about:blank", "status": 404})

    def listed(self, request: Request, name: str, form: re.Pattern[str]) -> list[str]:
        """One value that is not as it should be fails the whole request."""
        text = request.one(name) or ""
        values = text.split(",")
        if not text or len(values) > 100:
            raise self.problems.invalid(name, text[:80], f"size of `{name}` is not between 1 and 100")
        for value in values:
            if not form.fullmatch(value):
                raise self.problems.invalid(
                    name, value, f"The `{name}` query parameter value [{value}] does not match ^{form.pattern}$"
                )
        return values

    def users(
        self, asked: list[tuple[str, Account | None]], name: str, request: Request, now: datetime
    ) -> tuple[dict[str, Any], int, int]:
        rows, errors = [], []
        for value, account in asked:
            kind = account.state(now).kind if account is not None else "deleted"
            if account is not None and kind == "taken" and name == "username":
                rows.append(self.user(account, request, now) | {"id": stranger_id(account), "name": "Orang Lain"})
            elif account is None or kind in NOT_THERE:
                errors.append(self.problems.not_found(value, name))
            elif kind == "suspended":
                errors.append(self.problems.suspended(value, name))
            else:
                rows.append(self.user(account, request, now))
        body = ({"data": rows} if rows else {}) | ({"errors": errors} if errors else {})
        return body, len(rows), 0

    def user(self, account: Account, request: Request, now: datetime) -> dict[str, Any]:
        kind = account.state(now).kind
        shown = [item for item in account.visible(now) if item.post.kind not in {"service", "upcoming"}]
        metrics = {"followers_count": 1200, "following_count": 10, f"{self.noun}_count": len(shown), "listed_count": 1}
        whole = {
            "created_at": iso(account.created).replace("Z", ".000Z"),
            "protected": kind == "protected",
            "public_metrics": metrics,
            "verified_type": "government",
        }
        if kind == "withheld":
            whole["withheld"] = {"country_codes": ["ID"], "scope": "user"}
        if not self.new and shown and kind != "protected":
            whole["most_recent_tweet_id"] = versions(shown[-1])[-1]
        wanted = (request.one("user.fields") or "").split(",")
        base = {"id": user_id(account), "name": account.title, "username": account.name(now)}
        return base | {key: value for key, value in whole.items() if key in wanted}

    def timeline(self, id_: str, request: Request, now: datetime) -> tuple[dict[str, Any], int, int]:
        if not ID.fullmatch(id_):
            raise self.problems.invalid("id", id_, f"The `id` query parameter value [{id_}] is not valid")
        size = self.whole(request, "max_results", "10")
        if not 5 <= size <= 100:
            raise self.problems.invalid(
                "max_results", str(size), "The `max_results` query parameter value is not [5..100]"
            )
        left_out = self.left_out(request)
        since = self.whole(request, "since_id", "0")
        account = self.by_id.get(id_)
        state = account.state(now).kind if account is not None else "deleted"
        if account is None or state in NOT_THERE:
            return {"errors": [self.problems.not_found(id_, "id")]}, 0, 0
        if state == "suspended":
            return {"errors": [self.problems.suspended(id_, "id")]}, 0, 0
        if state == "protected":
            return {"errors": [self.problems.denied(id_)]}, 0, 0
        shown = [i for i in account.visible(now) if i.post.kind not in left_out | {"service", "upcoming"}]
        newest = sorted(shown, key=lambda i: int(versions(i)[-1]), reverse=True)
        newest = [item for item in newest if int(versions(item)[-1]) > since][: 800 if "reply" in left_out else 3200]
        start = self.place(request)
        page = newest[start : start + size]
        if not page:
            return {"meta": {"result_count": 0}}, 0, 0
        rows = [self.post(item, request) for item in page]
        meta = {"result_count": len(rows), "newest_id": rows[0]["id"], "oldest_id": rows[-1]["id"]}
        meta |= {"next_token": f"7140halaman{start + size}"} if start + size < len(newest) else {}
        return {"data": rows, "meta": meta}, 0, len(rows)

    def whole(self, request: Request, name: str, usual: str) -> int:
        text = request.one(name) or usual
        if not ID.fullmatch(text):
            raise self.problems.invalid(name, text, f"The `{name}` query parameter value [{text}] is not valid")
        return int(text)

    def left_out(self, request: Request) -> set[str]:
        words = [word for word in (request.one("exclude") or "").split(",") if word]
        for word in words:
            if word not in LEFT_OUT:
                raise self.problems.invalid("exclude", word, f"The `exclude` value [{word}] is not valid")
        return {kind for word in words for kind in LEFT_OUT[word]}

    def place(self, request: Request) -> int:
        token = request.one("pagination_token")
        if token is None:
            return 0
        found = re.fullmatch(r"7140halaman([0-9]+)", token)
        if found is None:
            raise self.problems.invalid("pagination_token", token, "The `pagination_token` value is not valid")
        return int(found[1])

    def post(self, item: Numbered, request: Request) -> dict[str, Any]:
        ids = versions(item)
        referenced = {"repost": "retweeted", "reply": "replied_to", "thread": "replied_to"}.get(item.post.kind)
        whole: dict[str, Any] = {"created_at": iso(item.post.at).replace("Z", ".000Z")}
        whole |= {f"referenced_{self.noun}s": [{"type": referenced, "id": "1"}]} if referenced else {}
        wanted = (request.one(f"{self.noun}.fields") or "").split(",")
        base = {"id": ids[-1], "text": f"Kabar {item.n + 1}", f"edit_history_{self.noun}_ids": ids}
        return base | {key: value for key, value in whole.items() if key in wanted}

    # --- out of order ---

    def down(self, request: Request, variant: str) -> Reply:
        if variant == "b":  # as all timelines answered for hours
            return Reply(404, b"404 page not found", (("Content-Type", "text/plain; charset=utf-8"),))
        return Reply(503, compact({"title": "Service Unavailable", "status": 503}), (("Content-Type", JSON),))

    def limited(self, now: datetime, seconds: int, variant: str) -> Reply:
        reset = ("x-rate-limit-reset", str(int(now.timestamp()) + seconds))
        return (self.problems.broke() if variant == "b" else self.problems.too_many()).reply.having(reset)


def make(scenario: Scenario) -> X:
    return X(scenario)


def settings(url: str) -> dict[str, dict[str, object]]:
    return {"x": {"base_url": url, "government_use_acknowledged": True}}
