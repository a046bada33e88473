"""What can go wrong, as data: which fault, for whom, from when until when on the lab's clock.

In place of the face's answer: status, too_many, login, consent, challenge, empty, redirect, down, hang, drop. Of its
answer: cut, drift, stale. A fault for one account strikes requests that name it alone, so that no batch is
struck with it.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from threading import Lock
from typing import Any

from .model import utc
from .wire import Reply, Request, compact, html, page

KINDS = {
    *("status", "too_many", "login", "consent", "challenge", "empty", "redirect", "down", "hang", "drop"),
    *("cut", "drift", "stale"),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault. Without `account`, `platform` or `host` it strikes everything; after `times` strikes it is over."""

    kind: str
    account: str | None = None
    platform: str | None = None
    host: str | None = None
    path: str | None = None  # a part of the path
    start: datetime | None = None
    until: datetime | None = None
    times: int | None = None
    variant: str = "a"
    status: int = 503
    body: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    retry_after: int = 60
    location: str = ""
    rename: tuple[str, str] | None = None
    drop_class: str | None = None
    as_of: datetime | None = None

    def strikes(self, face: str, request: Request, accounts: Sequence[str], now: datetime) -> bool:
        """Everything that it names fits, and its time has come and not passed."""
        return (
            (self.start is None or self.start <= now)
            and (self.until is None or now < self.until)
            and self.platform in (None, face)
            and self.host in (None, request.host, request.host.partition(":")[0])
            and (self.account is None or list(accounts) == [self.account])
            and (self.path is None or self.path in request.path)
        )


def read_fault(data: Mapping[str, Any]) -> Fault:
    """A fault from its JSON form; `from` and `until` are ISO instants. Raises ValueError with what is wrong."""
    fields = dict(data)
    fields["start"] = fields.pop("from", None)
    unknown = set(fields) - set(Fault.__slots__)
    if unknown or fields.get("kind") not in KINDS:
        raise ValueError(f"no such fault: {json.dumps(data, default=str)}")
    for name in ("start", "until", "as_of"):
        if isinstance(fields.get(name), str):
            fields[name] = utc(fields[name])
    headers = fields.get("headers", ())
    pairs = headers.items() if isinstance(headers, Mapping) else headers
    fields["headers"] = tuple((str(name), str(value)) for name, value in pairs)
    if fields.get("rename"):
        old, new = fields["rename"]
        fields["rename"] = (old, new)
    if fields["kind"] == "stale" and not fields.get("as_of"):
        raise ValueError("a stale answer needs as_of")
    return Fault(**fields)


class Faults:
    """The faults in force, with a count of how often each has struck. Safe for many threads."""

    def __init__(self, faults: Sequence[Mapping[str, Any]] = ()) -> None:
        self._lock = Lock()
        self._faults: list[Fault] = []
        self._left: list[int | None] = []
        self.set(faults)

    def set(self, faults: Sequence[Mapping[str, Any]]) -> None:
        """Replace all faults."""
        read = [read_fault(data) for data in faults]
        with self._lock:
            self._faults = read
            self._left = [fault.times for fault in read]

    def striking(self, face: str, request: Request, accounts: Sequence[str], now: datetime) -> list[Fault]:
        """The faults of this request, each counted once."""
        found = []
        with self._lock:
            for i, fault in enumerate(self._faults):
                left = self._left[i]
                if left == 0 or not fault.strikes(face, request, accounts, now):
                    continue
                if left is not None:
                    self._left[i] = left - 1
                found.append(fault)
        return found


def instead(fault: Fault) -> Reply | None:
    """The answer given in place of the face's own; None where the face itself must say it."""
    match fault.kind:
        case "status":
            headers = fault.headers or (("Content-Type", "text/plain; charset=utf-8"),)
            return Reply(fault.status, fault.body.encode(), headers)
        case "login":
            form = '<form action="/login" method="post"><input name="username"><input type="password"></form>'
            return Reply(200, page("Log in", form), (("Content-Type", "text/html; charset=utf-8"),))
        case "consent":
            form = '<form action="https://consent.example/save"><button>Accept all</button></form>'
            return html(200, "Before you continue", form)
        case "challenge":
            body = page("Just a moment...", '<div id="challenge-running"></div>')
            return Reply(403, body, (("Content-Type", "text/html; charset=UTF-8"), ("cf-mitigated", "challenge")))
        case "empty":
            return Reply(200, b"", fault.headers or (("Content-Type", "text/html; charset=utf-8"),))
        case "redirect":
            return Reply(fault.status if 300 <= fault.status < 400 else 302, b"", (("Location", fault.location),))
        case "hang":
            return Reply(200, hang=True)
        case "drop":
            return Reply(200, cut=True)
    return None


def spoil(reply: Reply, fault: Fault) -> Reply:
    """A face's good answer made bad."""
    if fault.kind == "cut":
        return replace(reply, body=reply.body, cut=True)
    if fault.kind != "drift":
        return reply
    packed = reply.header("content-encoding") == "gzip"
    drifted = replace(reply, body=gzip.decompress(reply.body)) if packed else reply
    if fault.rename is not None:
        drifted = replace(drifted, body=renamed(drifted, *fault.rename))
    if fault.drop_class is not None:
        drifted = replace(drifted, body=without_class(drifted.body.decode(), fault.drop_class).encode())
    return replace(drifted, body=gzip.compress(drifted.body, mtime=0)) if packed else drifted


def renamed(reply: Reply, old: str, new: str) -> bytes:
    """A JSON key at any depth, else an element or attribute name, called otherwise."""
    if "json" in (reply.header("content-type") or ""):
        return compact(rename_keys(json.loads(reply.body or b"null"), old, new))
    name = re.compile(rf"(</?|\s){re.escape(old)}(?=[\s>/=])")
    return name.sub(rf"\g<1>{new}", reply.body.decode()).encode()


def rename_keys(value: Any, old: str, new: str) -> Any:
    if isinstance(value, dict):
        return {new if key == old else key: rename_keys(inner, old, new) for key, inner in value.items()}
    return [rename_keys(inner, old, new) for inner in value] if isinstance(value, list) else value


def without_class(text: str, token: str) -> str:
    """Every class attribute without this one token."""

    def strip(match: re.Match[str]) -> str:
        return 'class="' + " ".join(t for t in match[1].split() if t != token) + '"'

    return re.sub(r'class="([^"]*)"', strip, text)
