"""A server that answers whatever it is asked with documented bodies, and repeats the secrets it was shown in them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random
from threading import Lock, Thread
from typing import Any, Self
from urllib.parse import parse_qs

BODIES = Path(__file__).parents[1] / "platforms/bodies"


def documented(*platforms: str) -> dict[str, list[dict[str, Any]]]:
    """The bodies of these platforms' sheets, by platform."""
    return {name: json.loads((BODIES / f"{name}.json").read_text("utf-8")) for name in platforms}


@dataclass
class Refuser:
    """`bodies` by the first part of the path. The choice depends on the seed and the order of the requests only."""

    bodies: Mapping[str, Sequence[Mapping[str, Any]]]
    seed: int = 0
    asked: int = field(default=0, init=False)
    shown: set[str] = field(default_factory=set, init=False)  # secrets that arrived
    _lock: Lock = field(default_factory=Lock, init=False)

    def __post_init__(self) -> None:
        self.chance = Random(self.seed)
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"refuser": self}))
        self.thread = Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def __enter__(self) -> Self:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()

    def choose(self, platform: str, secret: str) -> tuple[int, dict[str, str], bytes]:
        """One of the platform's bodies, with the secret in it where a careless server would put it."""
        with self._lock:
            self.asked += 1
            self.shown |= {secret} - {""}
            one = self.chance.choice(self.bodies[platform])
        body = one["body"]
        text = body if isinstance(body, str) else json.dumps(_echoing(body, secret))
        kind = "text/html" if isinstance(body, str) else "application/json"
        headers = {"content-type": kind, **one.get("headers", {}), "x-echo": secret}
        return int(one["status"]), headers, text.encode()


SAID = frozenset({"message", "detail", "title", "error_user_msg"})


def _echoing(body: Any, secret: str) -> Any:
    """Messages repeat the secret."""
    if isinstance(body, list):
        return [_echoing(part, secret) for part in body]
    if not isinstance(body, dict):
        return body
    return {
        k: f"{v} {secret}" if k in SAID and isinstance(v, str) and v else _echoing(v, secret) for k, v in body.items()
    }


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    refuser: Refuser

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def _answer(self) -> None:
        sent = self.rfile.read(int(self.headers.get("content-length") or 0))
        platform = self.path.lstrip("/").partition("/")[0].partition("?")[0]
        secret = self.headers.get("x-goog-api-key") or self.headers.get("authorization", "").removeprefix("Bearer ")
        status, headers, body = self.refuser.choose(platform, secret)
        items = json.loads(parse_qs(sent.decode()).get("batch", ["[]"])[0]) if b"batch=" in sent else []
        if items:  # Meta answers each item of a batch by itself
            parts = [{"code": status, "headers": [], "body": body.decode()} for _ in items]
            status, headers, body = 200, {"content-type": "application/json"}, json.dumps(parts).encode()
        self.send_response(status)
        for name, value in headers.items():
            if name.lower() not in {"content-length", "transfer-encoding", "connection", "content-encoding"}:
                self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        """Nothing is written to the terminal."""
