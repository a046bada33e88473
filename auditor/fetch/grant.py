"""An owner's consent as OAuth 2 hands it out: a code is exchanged for tokens, and tokens for newer ones.

Facts: RFC 6749; developers.tiktok.com (user access tokens: form fields, string `error`, codes of its errors).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from auditor.core.model import Miss, Missed

from .answer import Answer, Ask, Refused, missed
from .backoff import reset_at

FORM = "application/x-www-form-urlencoded"
REJECTED = frozenset(
    {"invalid_client", "invalid_grant", "unauthorized_client", "access_denied", "access_token_invalid"}
)
TRY_AGAIN = frozenset({"server_error", "temporarily_unavailable", "internal_error", "timeout"})
LONGEST = timedelta(days=3650)
ENDED = ("expired", "revoked")  # in the description of an error whose code says less


@dataclass(frozen=True, slots=True)
class App:
    """The office's own registration with the platform. Nothing of it may be recorded."""

    key: str = field(repr=False)
    secret: str = field(repr=False)
    redirect: str = ""  # where the platform sends the owner's browser, as it is registered


@dataclass(frozen=True, slots=True)
class Grant:
    """What an owner let us have. `open_id` is the account as this app knows it: another app is told another one."""

    open_id: str
    access_token: str = field(repr=False)
    expires_at: datetime
    refresh_token: str = field(repr=False)
    refresh_expires_at: datetime
    scopes: frozenset[str] = frozenset()


def by_code(app: App, code: str, verifier: str, ask: Ask, path: str) -> Grant:
    """The grant of an authorization code. `verifier`: of PKCE, "" without it.

    Errors: Refused; a code that is refused is `credential_rejected`.
    """
    form = {"code": code, "grant_type": "authorization_code", "redirect_uri": app.redirect}
    return _granted(app, form | ({"code_verifier": verifier} if verifier else {}), ask, path)


def renewed(app: App, grant: Grant, ask: Ask, path: str) -> Grant:
    """Newer tokens for the same account; the refresh token may be a new one, and then the old one is worth nothing.

    Errors: Refused; a consent that ended is `credential_rejected`.
    """
    return _granted(app, {"grant_type": "refresh_token", "refresh_token": grant.refresh_token}, ask, path, grant)


def _granted(app: App, form: Mapping[str, str], ask: Ask, path: str, before: Grant | None = None) -> Grant:
    body = urlencode({"client_key": app.key, "client_secret": app.secret, **form}).encode()
    answer = ask("POST", path, headers={"Content-Type": FORM, "Cache-Control": "no-cache"}, body=body)
    document = _document(answer)
    _refuse(answer, document)
    access, refresh = _text(document, "access_token"), _text(document, "refresh_token")
    refresh = refresh or (before.refresh_token if before else "")
    open_id = _text(document, "open_id") or (before.open_id if before else "")
    lasts, goes_on = _seconds(document, "expires_in"), _seconds(document, "refresh_expires_in")
    if not (access and refresh and open_id) or lasts is None:
        raise missed(Miss.UNRECOGNISED, "no tokens")
    until = before.refresh_expires_at if before else answer.at + timedelta(days=365)
    return Grant(
        open_id=open_id,
        access_token=access,
        expires_at=answer.at + lasts,
        refresh_token=refresh,
        refresh_expires_at=until if goes_on is None else answer.at + goes_on,
        scopes=frozenset(_text(document, "scope").replace(",", " ").split())
        or (before.scopes if before else frozenset()),
    )


def _document(answer: Answer) -> Mapping[str, Any]:
    try:
        found = json.loads(answer.body)
    except (ValueError, RecursionError):
        found = None
    if isinstance(found, dict):
        return found
    if answer.status == 429:
        raise Refused(Missed(Miss.RATE_LIMITED, "token_url", reset_at(answer.headers, answer.at)))
    raise missed(Miss.UNREACHABLE, "not JSON")


def _refuse(answer: Answer, document: Mapping[str, Any]) -> None:
    """The error is a word; where it is an object, as in the rest of the API, its code is."""
    error = document.get("error")
    said = document.get("error_description")
    if isinstance(error, dict):
        said, error = error.get("message"), error.get("code")
    if answer.status == 200 and error in (None, "", "ok"):
        return
    code = error if isinstance(error, str) else ""
    if code in REJECTED or (isinstance(said, str) and any(word in said.lower() for word in ENDED)):
        raise missed(Miss.CREDENTIAL_REJECTED, code if code in REJECTED else "invalid_grant")
    if answer.status == 429 or code.startswith("rate_limit"):
        raise Refused(Missed(Miss.RATE_LIMITED, "token_url", reset_at(answer.headers, answer.at)))
    if answer.status >= 500 or code in TRY_AGAIN:
        raise missed(Miss.UNREACHABLE, "token_url")
    if answer.status in (401, 403):
        raise missed(Miss.CREDENTIAL_REJECTED, "token_url")
    raise missed(Miss.OUR_REQUEST_INVALID if code else Miss.UNRECOGNISED, "token_url")


def _text(document: Mapping[str, Any], name: str) -> str:
    """Printable and without blanks, as a token is sent; else nothing."""
    value = document.get(name)
    if not isinstance(value, str) or len(value) > 4096 or not value.isascii() or not value.isprintable():
        return ""
    return value if " " not in value or name == "scope" else ""


def _seconds(document: Mapping[str, Any], name: str) -> timedelta | None:
    value = document.get(name)
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 12:
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        return None
    return min(timedelta(seconds=min(value, int(LONGEST.total_seconds()))), LONGEST)
