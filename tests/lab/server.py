"""The lab: one HTTP server on loopback that plays every platform of a scenario, with a clock that others set."""

from __future__ import annotations

import socket
import sys
from datetime import datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import TracebackType
from typing import Any, Self

from .model import Scenario
from .wire import Reply, Request, http_date, parse_path, parse_query
from .world import Clock, Face, World, modules, secrets

__all__ = ["Clock", "Face", "Lab", "modules", "secrets"]


class Lab(World):
    """`with Lab(scenario) as lab:` serves until the block ends. Port 0 takes any free port.

    `lab.url` is where it listens, `lab.hosts` what `network.hosts` of a configuration needs, `lab.requests` every
    request so far, `lab.calls` their number by face.
    """

    def __init__(self, scenario: Scenario, port: int = 0, now: datetime | None = None) -> None:
        self._server = _Server(("127.0.0.1", port), self)
        super().__init__(scenario, now, f"http://127.0.0.1:{self.port}")
        self._open: set[socket.socket] = set()
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

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
