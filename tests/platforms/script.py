"""A scripted `Ask`: answers by path, in order, and remembers what it was asked. The last answer of a path stays."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import urlencode, urljoin, urlsplit

from auditor.fetch.answer import Answer, Cost, Params, Refused

NOW = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Reply:
    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


Scripted: TypeAlias = Reply | Refused | Callable[[dict[str, str]], Reply]


def of_json(document: Any, status: int = 200, **headers: str) -> Reply:
    """An answer that says it is JSON, and is."""
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status, json.dumps(document).encode(), {"content-type": "application/json; charset=utf-8", **names})


def of_html(text: str, status: int = 200, **headers: str) -> Reply:
    """A page."""
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status, text.encode(), {"content-type": "text/html; charset=utf-8", **names})


def recorded(path: Path) -> Reply:
    """A recorded exchange: headers as pairs, or as names with lists of values."""
    response = json.loads(path.read_text("utf-8"))["response"]
    raw = response["headers"]
    pairs = [(k, v) for k, v in raw] if isinstance(raw, list) else [(k, v) for k, vs in raw.items() for v in vs]
    headers: dict[str, str] = {}
    for name, value in pairs:
        name = name.lower()
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    body = json.dumps(response["json"]) if "json" in response else response.get("text", "")
    return Reply(response["status"], body.encode(), headers)


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    url: str
    params: Params
    headers: Mapping[str, str]
    body: bytes = b""
    cost: Cost | None = None

    def get(self, name: str) -> str | None:
        """The first value of a parameter."""
        return next((v for k, v in self.params if k == name), None)


class Script:
    """`Script({"/path": reply, "https://host/path": [first, then]})`: a path, or a whole address without its query."""

    def __init__(
        self, answers: Mapping[str, Scripted | list[Scripted]], base: str = "https://platform.example"
    ) -> None:
        self.base = base
        self.answers = {k: list(v) if isinstance(v, list) else [v] for k, v in answers.items()}
        self.requests: list[Request] = []
        self.about: dict[str, str] = {}
        self.memory: dict[str, object] = {}

    def proof(self, token: str) -> str | None:
        """Nothing here signs."""
        return None

    def __call__(
        self,
        method: str,
        url: str,
        /,
        params: Params = (),
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        *,
        large: bool = False,
        cost: Cost | None = None,
    ) -> Answer:
        address = urljoin(self.base, url)
        path = urlsplit(address).path
        self.requests.append(Request(method, path, address, tuple(params), dict(headers or {}), body or b"", cost))
        queue = self.answers.get(address) or self.answers.get(path)
        assert queue, f"nobody expected {method} {address}"
        reply = queue.pop(0) if len(queue) > 1 else queue[0]
        if callable(reply) and not isinstance(reply, Reply):
            reply = reply(dict(params))
        if isinstance(reply, Refused):
            raise reply
        asked = f"{address}?{urlencode(list(params))}" if params else address
        return Answer(reply.status, reply.headers, reply.body, asked, NOW)

    def asked(self, path: str) -> list[Request]:
        """The requests of one path."""
        return [r for r in self.requests if r.path == path or r.url == path]
