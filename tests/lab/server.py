"""The lab: one HTTP server on loopback that plays every platform of a scenario, with a clock that others set."""

from __future__ import annotations

import importlib
import pkgutil
import socket
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock, Thread
from types import TracebackType
from typing import Any, Protocol, Self

from .faults import Faults, instead, spoil
from .house import House, Sentinels
from .mastodon import Mastodon
from .model import Scenario
from .web import Web
from .wire import Recorded, Reply, Request, html, http_date, parse_path, parse_query

LOCAL = {"localhost", "127.0.0.1", "[::1]", "::1", ""}


@cache
def modules() -> tuple[Any, ...]:
    """The faces that stand below a path: modules of this package with a PREFIX.

    Each has NAME, PREFIX, HOSTS (names that lead to it too), `make(scenario)` and `settings(url)`: platform -> the keys
    of auditor.yaml that send its questions to the face at `url`; a face that needs a secret lists it in SECRETS,
    environment variable -> value.
    """
    names = sorted(m.name for m in pkgutil.iter_modules([str(Path(__file__).parent)]) if m.name != "__main__")
    found = (importlib.import_module(f"{__package__}.{name}") for name in names if name != "server")
    return tuple(module for module in found if hasattr(module, "PREFIX"))


def secrets() -> dict[str, str]:
    """Credentials that the faces accept, by environment variable."""
    return {name: value for module in modules() for name, value in getattr(module, "SECRETS", {}).items()}


class Face(Protocol):
    """One platform as it looks from outside."""

    name: str

    def subjects(self, request: Request, now: datetime) -> list[str]:
        """Keys of the accounts a request names."""

    def answer(self, request: Request, now: datetime) -> Reply:
        """What the platform says at this instant."""

    def down(self, request: Request, variant: str) -> Reply:
        """What it says to everybody when it is out of order."""

    def limited(self, now: datetime, seconds: int, variant: str) -> Reply:
        """How it says that somebody asks too fast."""


class Clock:
    """The lab's time. It stands still until somebody sets it."""

    def __init__(self, now: datetime) -> None:
        self._lock = Lock()
        self._now = now

    def now(self) -> datetime:
        with self._lock:
            return self._now

    def set(self, now: datetime) -> None:
        if now.tzinfo is None:
            raise ValueError("an instant needs an offset")
        with self._lock:
            self._now = now


class Lab:
    """`with Lab(scenario) as lab:` serves until the block ends. Port 0 takes any free port.

    `lab.url` is where it listens, `lab.hosts` what `network.hosts` of a configuration needs, `lab.requests` every
    request so far, `lab.calls` their number by face.
    """

    def __init__(self, scenario: Scenario, port: int = 0, now: datetime | None = None) -> None:
        self.scenario = scenario
        self.clock = Clock(now or scenario.now)
        self.faults = Faults(scenario.faults)
        self._lock = Lock()
        self._requests: list[Recorded] = []
        self._open: set[socket.socket] = set()
        self.web, self.mastodon, self.sentinels = Web(scenario), Mastodon(scenario), Sentinels()
        self.faces: dict[str, Any] = {module.NAME: module.make(scenario) for module in modules()}
        self.by_prefix: dict[str, Face] = {module.PREFIX: self.faces[module.NAME] for module in modules()}
        self.by_host: dict[str, Face] = dict.fromkeys(self.web.hosts, self.web)
        self.by_host |= dict.fromkeys(scenario.servers, self.mastodon)
        for module in modules():
            self.by_host |= dict.fromkeys(module.HOSTS, self.by_prefix[module.PREFIX])
        self.by_host |= dict.fromkeys(Sentinels.hosts, self.sentinels)
        self.house = House(self)
        self._server = _Server(("127.0.0.1", port), self)
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def hosts(self) -> dict[str, str]:
        """host -> origin for every named host of the scenario, sentinels included."""
        named = [*self.scenario.servers, *sorted(self.web.hosts), *Sentinels.hosts]
        return dict.fromkeys(named, self.url)

    def configuration(self) -> dict[str, Any]:
        """`network` and `platforms` of a configuration file that sends every question here."""
        controls: dict[str, list[str]] = {}
        for key in self.scenario.controls:
            platform, _, name = key.partition(":")
            controls.setdefault(platform, []).append(name)
        platforms: dict[str, dict[str, Any]] = {name: {"enabled": True} for name in ("feed", "mastodon")}
        for module in modules():
            for name, keys in module.settings(self.url + module.PREFIX).items():
                platforms.setdefault(name, {"enabled": True}).update(keys)
        sentinels = [f"https://{host}{path}" for host, path in zip(Sentinels.hosts, Sentinels.paths, strict=True)]
        return {
            "network": {"hosts": self.hosts, "sentinels": sentinels},
            "platforms": {
                name: keys | {"controls": controls.get(name, [])} for name, keys in sorted(platforms.items())
            },
        }

    @property
    def requests(self) -> list[Recorded]:
        """Every request so far, oldest first; what is asked of the lab itself is not counted."""
        with self._lock:
            return list(self._requests)

    @property
    def calls(self) -> Counter[str]:
        """How many requests each face has answered or failed to answer."""
        return Counter(recorded.face for recorded in self.requests)

    def forget(self) -> None:
        """Begin a new list of requests."""
        with self._lock:
            self._requests.clear()

    def break_with(self, *faults: Mapping[str, Any]) -> None:
        """Replace the faults in force; none heals everything."""
        self.faults.set(faults)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop listening, end every open connection and wait for their threads."""
        if self._thread.is_alive():
            self._server.shutdown()
        with self._lock:
            live = list(self._open)
        for connection in live:
            _shut(connection)
        self._server.server_close()

    def serve(self) -> None:
        """Serve in this thread until interrupted."""
        self._server.serve_forever()

    def route(self, request: Request) -> tuple[Face | None, Request]:
        """By host name; on loopback by path. `/sites/HOST/…` reaches a named host from a browser."""
        face = self.by_host.get(request.host) or self.by_host.get(request.host.partition(":")[0])
        if face is not None:
            return face, request
        bare = request.host.rpartition(":")[0] or request.host
        if bare not in LOCAL and request.host not in LOCAL:
            return None, request
        if request.path.startswith("/sites/"):
            host = request.path.split("/")[2]
            inner = request.under(f"/sites/{host}")
            named = Request(
                request.method, host, inner.path, request.query, request.headers, request.body, inner.prefix
            )
            return self.by_host.get(host), named
        if request.path.startswith("/sentinel/"):
            return self.sentinels, request
        for prefix, face in self.by_prefix.items():
            if request.path == prefix or request.path.startswith(prefix + "/"):
                return face, request.under(prefix)
        return None, request

    def reply(self, request: Request) -> Reply:
        """The whole of one exchange: the house's own pages, else a face with the faults of this moment."""
        if request.path.startswith("/_lab/") or (request.path == "/" and request.host.partition(":")[0] in LOCAL):
            return self.house.answer(request)
        face, inner = self.route(request)
        now = self.clock.now()
        subjects = face.subjects(inner, now) if face else []
        self._record(face, request, subjects, now)
        if face is None:
            return html(404, f"No such host or path in {self.scenario.name}")
        struck = self.faults.striking(face.name, inner, subjects, now)
        then = next((f.as_of for f in struck if f.as_of is not None), now)
        for fault in struck:
            if fault.kind == "down":
                return face.down(inner, fault.variant).having(*fault.headers)
            if fault.kind == "too_many":
                return face.limited(now, fault.retry_after, fault.variant).having(*fault.headers)
            if (other := instead(fault)) is not None:
                return other
        reply = face.answer(inner, then)
        for fault in struck:
            reply = spoil(reply, fault)
        return reply

    def _record(self, face: Face | None, request: Request, subjects: Sequence[str], now: datetime) -> None:
        name = face.name if face else "nobody"
        seen = (name, request.method, request.host, request.path, request.query, request.headers, now, tuple(subjects))
        with self._lock:
            self._requests.append(Recorded(*seen))

    def opened(self, connection: socket.socket) -> None:
        with self._lock:
            self._open.add(connection)

    def closed(self, connection: socket.socket) -> None:
        with self._lock:
            self._open.discard(connection)


class _Server(ThreadingHTTPServer):
    daemon_threads = False
    block_on_close = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], lab: Lab) -> None:
        self.lab = lab
        super().__init__(address, _Handler)

    def server_bind(self) -> None:
        """Without the look-up of a host name that http.server makes."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = "127.0.0.1", self.server_address[1]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news; anything else is a fault of the lab and is shown."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def setup(self) -> None:
        super().setup()
        self.server.lab.opened(self.connection)

    def finish(self) -> None:
        self.server.lab.closed(self.connection)
        super().finish()

    def do_GET(self) -> None:
        self._exchange()

    def do_HEAD(self) -> None:
        self._exchange()

    def do_POST(self) -> None:
        self._exchange()

    def do_PUT(self) -> None:
        self._exchange()

    def do_DELETE(self) -> None:
        self._exchange()

    def log_message(self, *args: Any) -> None:
        """Requests are kept in `Lab.requests`, not written to the terminal."""

    def _exchange(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length) if length else b""
        target = self.path if self.path.startswith("/") else "/" + self.path.partition("://")[2].partition("/")[2]
        path, _, query = target.partition("?")
        headers = {name.lower(): value for name, value in self.headers.items()}
        host = headers.get("host", "").lower()
        request = Request(self.command, host, parse_path(path), parse_query(query), headers, body)
        self._send(self.server.lab.reply(request))

    def _send(self, reply: Reply) -> None:
        """Head and body in one piece. A cut body is announced in full and then breaks off; a hung one never comes."""
        if reply.hang:
            self.connection.recv(1)  # nothing more comes: this waits until either side ends the connection
            self.close_connection = True
            return
        head = [f"HTTP/1.1 {reply.status} {phrase(reply.status)}"]
        head += [f"{name}: {value}" for name, value in reply.headers]
        head.append(f"Date: {http_date(self.server.lab.clock.now())}")
        body = reply.body
        if reply.chunked:
            head.append("Transfer-Encoding: chunked")
            body = f"{len(body):x}\r\n".encode() + body + b"\r\n0\r\n\r\n" if body else b"0\r\n\r\n"
        elif reply.status not in {204, 304}:
            head.append(f"Content-Length: {len(body)}")
        head.append("Connection: close" if reply.cut else "Connection: keep-alive")
        sent = b"" if self.command == "HEAD" else body[: len(body) // 2] if reply.cut else body
        written = "\r\n".join(head).encode("latin-1", "replace") + b"\r\n\r\n" + sent
        if reply.cut and not reply.body:
            written = b""
        self.wfile.write(written)
        self.close_connection = self.close_connection or reply.cut


def phrase(status: int) -> str:
    """The reason phrase, as far as there is one."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"


def _shut(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # the other side was faster
