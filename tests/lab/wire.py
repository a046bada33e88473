"""What goes over the wire: a request taken apart, an answer put together."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any
from urllib.parse import parse_qsl, unquote

Headers = tuple[tuple[str, str], ...]
HTML = "text/html; charset=utf-8"
JSON = "application/json; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Request:
    """One request. `path` is decoded and without the face's prefix; `prefix` is what was taken off."""

    method: str
    host: str
    path: str
    query: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]  # names in lower case
    body: bytes = b""
    prefix: str = ""

    def one(self, name: str) -> str | None:
        """The last value of a parameter."""
        return self.every(name)[-1] if self.every(name) else None

    def every(self, name: str) -> list[str]:
        return [value for key, value in self.query if key == name]

    def yes(self, name: str) -> bool:
        """A parameter set to something other than false, 0 or nothing."""
        return (self.one(name) or "").lower() not in {"", "0", "false", "f", "off"}

    def under(self, prefix: str) -> Request:
        """The same request as seen from below a path prefix."""
        return replace(self, path=self.path[len(prefix) :] or "/", prefix=self.prefix + prefix)


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer. `cut`: the body ends early. `hang`: no answer at all until the client gives up."""

    status: int
    body: bytes = b""
    headers: Headers = ()
    cut: bool = False
    hang: bool = False
    chunked: bool = False

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    def having(self, *headers: tuple[str, str]) -> Reply:
        """The same with these headers in place of any of the same name."""
        names = {name.lower() for name, _ in headers}
        kept = tuple(pair for pair in self.headers if pair[0].lower() not in names)
        return replace(self, headers=kept + headers)


@dataclass(frozen=True, slots=True)
class Recorded:
    """A request as a test may ask about it afterwards."""

    face: str
    method: str
    host: str
    path: str  # as sent, without the query
    query: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]
    at: datetime  # on the lab's clock
    accounts: tuple[str, ...] = field(default=())  # keys of the accounts it names


def parse_query(text: str) -> tuple[tuple[str, str], ...]:
    return tuple(parse_qsl(text, keep_blank_values=True))


def parse_path(text: str) -> str:
    return unquote(text)


def compact(document: Any) -> bytes:
    """JSON as servers send it: no blanks, letters as they are."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def page(title: str, body: str, head: str = "") -> bytes:
    return f"<!DOCTYPE html>\n<html><head><title>{title}</title>{head}</head>\n<body>{body}</body></html>\n".encode()


def html(status: int, title: str, body: str = "", head: str = "") -> Reply:
    return Reply(status, page(title, body or f"<h1>{title}</h1>", head), (("Content-Type", HTML),))


def http_date(at: datetime) -> str:
    return format_datetime(at.astimezone(UTC).replace(microsecond=0), usegmt=True)


def weak_tag(body: bytes) -> str:
    """The weak entity tag that Express makes of a body."""
    return f'W/"{len(body):x}-{base64.b64encode(hashlib.sha1(body).digest()).decode()[:27]}"'


def conditional(request: Request, reply: Reply) -> Reply:
    """304 if what the client holds is current: If-None-Match decides, If-Modified-Since only without it (RFC 9110)."""
    if reply.status != 200 or request.method not in {"GET", "HEAD"}:
        return reply
    if (held := request.headers.get("if-none-match")) is not None:
        tag = reply.header("etag")
        current = tag is not None and bare(tag) in {bare(part) for part in held.split(",")}
    elif (since := request.headers.get("if-modified-since")) is not None and reply.header("last-modified"):
        current = not_newer(str(reply.header("last-modified")), since)
    else:
        return reply
    if not current:
        return reply
    dropped = {"content-type", "content-length", "content-encoding", "vary"}
    return Reply(304, b"", tuple(pair for pair in reply.headers if pair[0].lower() not in dropped))


def bare(tag: str) -> str:
    """An entity tag for weak comparison."""
    return tag.strip().removeprefix("W/").strip('"')


def not_newer(modified: str, since: str) -> bool:
    try:
        return parsedate_to_datetime(modified) <= parsedate_to_datetime(since)
    except (TypeError, ValueError):
        return False


def compressed(request: Request, reply: Reply, *, above: int = 512, chunked: bool = False) -> Reply:
    """Gzip for those who take it; small bodies are not worth it."""
    takes = "gzip" in request.headers.get("accept-encoding", "")
    if not takes or len(reply.body) < above or reply.status == 304:
        return reply
    body = gzip.compress(reply.body, mtime=0)
    return replace(reply.having(("Content-Encoding", "gzip")), body=body, chunked=chunked)
