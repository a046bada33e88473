"""graph.facebook.com: tokens, proofs, usage, errors and batches. What there is to read stands in the parts.

A part is a module with a class `Part(scenario)`: `answer(request, now) -> Reply | None` (None: not mine), used for a
direct call and for each item of a batch alike, with the version taken off the path, and the token in the header
`authorization` whichever way it came. It may have `subjects(request, now)` (keys of accounts), and `accepts(token)`
for tokens of its own.

Every call, and every item of a batch, counts against `limit` an hour per token; usage is told once a tenth of it is
used. Variant a of `graph`: limits answer 400; variant b: 403.
"""

from __future__ import annotations

import hashlib
import hmac
import importlib
import importlib.util
import json
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Lock
from typing import Any, Protocol

from .graph_fields import Field, fields_of
from .graph_instagram import OWN_ID
from .model import Scenario
from .wire import Reply, Request, compact, html, parse_query

__all__ = ["Field", "Graph", "fields_of", "listed", "make", "missing", "ok", "refusal", "settings"]
NAME = "graph"
PREFIX = "/graph"
HOSTS = ("graph.facebook.com",)
VERSION = re.compile(r"/v[0-9]{1,2}\.[0-9](?=/|$)")
LIMIT = 200
HOUR = timedelta(hours=1)
BATCH = 50
JSON = (("Content-Type", "application/json; charset=UTF-8"), ("facebook-api-version", "v26.0"))
PARTS = ("graph_instagram", "graph_facebook")

TOKEN = "EAAContohTokenYangBekerja00000000000001"
EXPIRED = "EAAContohTokenKedaluwarsa00000000000002"
REVOKED = "EAAContohTokenDicabut000000000000000003"
DEAUTHORISED = "EAAContohAplikasiDilepas00000000000004"
UNREVIEWED = "EAAContohTanpaIzin000000000000000000005"
POLICY = "EAAContohKenaKebijakan0000000000000006"
SPENT = "EAAContohJatahHabis0000000000000000007"
APP_SECRET = "contoh0rahasia0aplikasi000000000000008"
SECRETS = {"AUDITOR_META_ACCESS_TOKEN": TOKEN, "AUDITOR_INSTAGRAM_USER_ID": OWN_ID}


def refusal(status: int, code: int | None, message: str, subcode: int | None = None, **more: Any) -> Reply:
    """Meta's envelope. The texts for people come in the language of the token's owner."""
    error: dict[str, Any] = {"message": message, "type": more.pop("type", "OAuthException")}
    error |= {"code": code} if code is not None else {}
    error |= {"error_subcode": subcode} if subcode is not None else {}
    error |= {"is_transient": False, "error_user_title": "Ada yang salah", "error_user_msg": "Coba lagi nanti."}
    return Reply(status, compact({"error": error | more | {"fbtrace_id": "AbCdEfContoh"}}), JSON)


def ok(body: Any) -> Reply:
    """A document."""
    return Reply(200, compact(body), JSON)


def missing(object_id: str) -> Reply:
    """What is not there, and what the token may not see."""
    said = (
        f"Unsupported get request. Object with ID '{object_id}' does not exist, cannot be loaded due to missing "
        "permissions, or does not support this operation. Please read the Graph API documentation at "
        "https://developers.facebook.com/docs/graph-api"
    )
    return refusal(400, 100, said, 33, type="GraphMethodException")


BAD_TOKENS = {
    EXPIRED: refusal(400, 190, "Error validating access token: Session has expired", 463),
    REVOKED: refusal(401, 190, "Error validating access token: The session is invalid", 467),
    DEAUTHORISED: refusal(400, 190, "Error validating access token: The user has not authorized application", 458),
    POLICY: refusal(403, 368, "The action attempted has been deemed abusive or is otherwise disallowed"),
    UNREVIEWED: refusal(400, 10, "(#10) Application does not have permission for this action"),
}
NO_TOKEN = refusal(400, 2500, "An active access token must be used to query information about the current user.")
WRONG_TOKEN = refusal(400, 190, "Invalid OAuth access token - Cannot parse access token")
NO_PROOF = refusal(
    400, 100, "API calls from the server require an appsecret_proof argument", type="GraphMethodException"
)
WRONG_PROOF = refusal(400, 100, "Invalid appsecret_proof provided in the API argument", type="GraphMethodException")
TOO_MANY = refusal(
    400, None, f"Too many requests in batch message. Maximum batch size is {BATCH}", type="GraphBatchException"
)


def syntax_error(what: str) -> Reply:
    """Of a field expression."""
    return refusal(400, 2500, f'Syntax error "Expected name." at: {what[:40]}')


class Part(Protocol):
    """What there is to read on one of the platforms."""

    def answer(self, request: Request, now: datetime) -> Reply | None: ...


def parts(scenario: Scenario) -> list[Part]:
    """Those that are there."""
    names = [f"{__package__}.{name}" for name in PARTS]
    found = [importlib.import_module(name) for name in names if importlib.util.find_spec(name)]
    return [module.Part(scenario) for module in found if hasattr(module, "Part")]


class Graph:
    """The face. `require_proof`: the app's setting of that name; `nulls`: places that time out in the next batch."""

    name = NAME

    def __init__(self, scenario: Scenario) -> None:
        self.parts = parts(scenario)
        self.limited_status = 400 if scenario.variant(NAME) == "a" else 403
        self.limit = LIMIT
        self.require_proof = False
        self.nulls: set[int] = set()
        self.calls: defaultdict[str, list[datetime]] = defaultdict(list)  # token -> when it was used
        self._lock = Lock()

    # --- the face ---

    def subjects(self, request: Request, now: datetime) -> list[str]:
        inner = self.bare(request)
        items = [item for item in self.items(inner) if item is not None] if inner.method == "POST" else [inner]
        found = [
            key
            for item in items
            for part in self.parts
            if hasattr(part, "subjects")
            for key in part.subjects(item, now)
        ]
        return list(dict.fromkeys(found))

    def answer(self, request: Request, now: datetime) -> Reply:
        inner = self.bare(request)
        if inner.method == "POST" and inner.path == "/" and self.form(inner).get("batch") is not None:
            return self.batch(inner, now)
        return self.single(inner, now)

    def down(self, request: Request, variant: str) -> Reply:
        if variant == "b":
            return html(503, "Sorry, something went wrong.")
        return refusal(500, 2, "An unexpected error has occurred. Please retry your request later.", is_transient=True)

    def limited(self, now: datetime, seconds: int, variant: str) -> Reply:
        code, what = (17, "User") if variant == "b" else (4, "Application")
        told = ("X-App-Usage", json.dumps({"call_count": 100, "total_time": 25, "total_cputime": 25}))
        return refusal(self.limited_status, code, f"(#{code}) {what} request limit reached").having(told)

    # --- requests ---

    def bare(self, request: Request) -> Request:
        """Without the version, and without a slash at the end."""
        version = VERSION.match(request.path)
        inner = request.under(version[0]) if version else request
        return replace(inner, path=inner.path.rstrip("/") or "/")

    def form(self, request: Request) -> dict[str, str]:
        """The fields of a body."""
        return dict(parse_query(request.body.decode("utf-8", "replace"))) if request.method == "POST" else {}

    def token(self, request: Request) -> str | None:
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        sent = token if kind.lower() in {"bearer", "oauth"} else None
        return request.one("access_token") or self.form(request).get("access_token") or sent

    def credential(self, token: str | None, proof: str | None, now: datetime) -> Reply | None:
        """None: it may ask."""
        if token is None:
            return NO_TOKEN
        own = any(part.accepts(token) for part in self.parts if hasattr(part, "accepts"))
        if token not in {TOKEN, SPENT, *BAD_TOKENS} and not own:
            return WRONG_TOKEN
        if proof is None and self.require_proof:
            return NO_PROOF
        if proof is not None and not hmac.compare_digest(proof, proof_of(token)):
            return WRONG_PROOF
        with self._lock:
            self.calls[token] = [*self.recent(token, now), now]
            over = len(self.calls[token]) > self.limit or token == SPENT
        if over:
            return self.limited(now, 60, "a")
        return BAD_TOKENS.get(token)

    def recent(self, token: str, now: datetime) -> list[datetime]:
        return [at for at in self.calls[token] if now - HOUR < at <= now]

    def single(self, request: Request, now: datetime, token: str | None = None, proof: str | None = None) -> Reply:
        """One call, or one item of a batch, that comes with the batch's token unless it brings its own."""
        own = self.token(request)
        if own is not None or token is None:
            token, proof = own, request.one("appsecret_proof") or self.form(request).get("appsecret_proof")
        refused = self.credential(token, proof, now)
        reply = refused or self.found(
            replace(request, headers={**request.headers, "authorization": f"Bearer {token}"}), now
        )
        return reply.having(*self.usage(token, now))

    def found(self, request: Request, now: datetime) -> Reply:
        if request.method != "GET":
            return refusal(400, 100, "Unsupported post request.", 33, type="GraphMethodException")
        try:
            fields_of(request.one("fields"))
        except ValueError as error:
            return syntax_error(str(error))
        for part in self.parts:
            reply = part.answer(request, now)
            if reply is not None:
                return reply
        if request.path == "/me":
            odd = [f.name for f in fields_of(request.one("fields")) if f.name not in {"id", "name"}]
            if odd:
                return refusal(400, 100, f"(#100) Tried accessing nonexisting field ({odd[0]}) on node type (User)")
            return ok({"id": "100000000000001"})
        if request.path == "/me/accounts":
            return ok({"data": []})
        return missing(request.path.strip("/").partition("/")[0])

    def usage(self, token: str | None, now: datetime) -> tuple[tuple[str, str], ...]:
        with self._lock:
            used = 100 * len(self.recent(token or "", now)) // self.limit
        if token == SPENT:
            used = 100
        told = {"call_count": used, "total_time": used // 2, "total_cputime": used // 3}
        return (("X-App-Usage", json.dumps(told)),) if used >= 10 else ()

    # --- batches ---

    def items(self, request: Request) -> list[Request | None]:
        """Each as a request of its own; None where an item is none."""
        try:
            stated = json.loads(self.form(request).get("batch") or "[]")
        except ValueError:
            stated = []
        return [self.item(request, item) for item in stated] if isinstance(stated, list) else []

    def item(self, request: Request, item: Any) -> Request | None:
        relative = item.get("relative_url") if isinstance(item, dict) else None
        if not isinstance(relative, str):
            return None
        path, _, query = relative.removeprefix(f"https://{HOSTS[0]}").partition("?")
        body = str(item.get("body", "")).encode()
        alone = Request(
            str(item.get("method", "GET")), request.host, "/" + path.strip("/"), parse_query(query), {}, body
        )
        return self.bare(alone)

    def batch(self, request: Request, now: datetime) -> Reply:
        form = self.form(request)
        items = self.items(request)
        if len(items) > BATCH:
            return TOO_MANY
        if not items:
            return refusal(400, 100, "(#100) param batch must be an array.")
        token = self.token(request)
        if token is None:
            return NO_TOKEN
        proof = form.get("appsecret_proof") or request.one("appsecret_proof")
        timed_out, self.nulls = self.nulls, set()
        told = form.get("include_headers", "true") != "false"
        return ok(
            [
                None if n in timed_out else self.entry(self.of_item(item, now, token, proof), told)
                for n, item in enumerate(items)
            ]
        )

    def of_item(self, item: Request | None, now: datetime, token: str, proof: str | None) -> Reply:
        if item is None:
            return refusal(400, 100, "(#100) relative_url is required")
        return self.single(item, now, token, proof)

    def entry(self, reply: Reply, told: bool) -> dict[str, Any]:
        headers = {"headers": [{"name": name, "value": value} for name, value in reply.headers]} if told else {}
        return {"code": reply.status} | headers | {"body": reply.body.decode()}


def proof_of(token: str) -> str:
    """What the app's secret makes of a token."""
    return hmac.new(APP_SECRET.encode(), token.encode(), hashlib.sha256).hexdigest()


def listed(rows: Sequence[Any], after: str | None) -> dict[str, Any]:
    """A page of a list with its cursor."""
    return {"data": list(rows)} | ({"paging": {"cursors": {"after": after}}} if after else {})


def make(scenario: Scenario) -> Graph:
    return Graph(scenario)


def settings(url: str) -> dict[str, dict[str, Any]]:
    base = {"base_url": f"{url}/v26.0"}
    secret = {"token_env": "AUDITOR_META_ACCESS_TOKEN"}
    return {"instagram": base | secret | {"user_id_env": "AUDITOR_INSTAGRAM_USER_ID"}, "facebook": base | secret}
