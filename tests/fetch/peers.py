"""Servers on loopback that say exactly what a test tells them to, and remember what they were asked."""

from __future__ import annotations

import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from ipaddress import ip_network
from pathlib import Path

import pytest

from auditor.core.model import Missed
from auditor.fetch.answer import Answer, Exchange, Refused
from auditor.fetch.client import Door
from auditor.fetch.network import Network

DATA = Path(__file__).parent / "data"
NOW = datetime(2026, 11, 23, tzinfo=UTC)
LOOPBACK = (ip_network("127.0.0.0/8"),)
NAME = "situs.kotacontoh.example"

Talk = Callable[[socket.socket], None]


@dataclass
class Peer:
    """`heads` are the request heads, in order; `connections` counts those accepted."""

    port: int
    heads: list[str] = field(default_factory=list)
    connections: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def peer(talk: Talk, tls: ssl.SSLContext | None = None) -> Iterator[Peer]:
    """Reads one request head per connection, then lets `talk` do what it likes with the socket."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        me = Peer(server.getsockname()[1])
        open_sockets: list[socket.socket] = []

        def serve(connection: socket.socket) -> None:
            with connection, suppress(OSError):
                if tls:
                    connection = tls.wrap_socket(connection, server_side=True)
                with connection:
                    me.heads.append(head(connection))
                    talk(connection)

        def accept() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = server.accept()
                    me.connections += 1
                    open_sockets.append(connection)
                    thread = threading.Thread(target=serve, args=(connection,))
                    thread.start()
                    threads.append(thread)

        threads: list[threading.Thread] = []
        acceptor = threading.Thread(target=accept)
        acceptor.start()
        try:
            yield me
        finally:
            server.shutdown(socket.SHUT_RDWR)
            acceptor.join(5)
            for connection in open_sockets:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
            for thread in threads:
                thread.join(5)


def head(connection: socket.socket) -> str:
    """All up to the empty line; the body of a request is left in the socket."""
    found = b""
    while not found.endswith(b"\r\n\r\n"):
        byte = connection.recv(1)
        if not byte:
            break
        found += byte
    return found.decode("latin-1")


def says(raw: bytes) -> Talk:
    """These bytes, then the end of the connection."""
    return lambda connection: connection.sendall(raw)


def ok(body: bytes = b"{}", *headers: str, status: str = "200 OK") -> bytes:
    """A whole answer with a right Content-Length."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def keeps_alive(raw: bytes) -> Talk:
    """The same answer to every request on the connection."""

    def talk(connection: socket.socket) -> None:
        connection.sendall(raw)
        while head(connection):
            connection.sendall(raw)

    return talk


def resets(connection: socket.socket) -> None:
    """RST instead of an answer."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def hangs(connection: socket.socket) -> None:
    """Says nothing until the client goes away."""
    connection.recv(1)


def drips(connection: socket.socket) -> None:
    """One byte at a time, for ever."""
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        connection.sendall(b"x")


def server_tls(certificate: str) -> ssl.SSLContext:
    """A TLS server with one of the test certificates."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(DATA / certificate, DATA / "key.pem")
    return context


def client_tls() -> ssl.SSLContext:
    """A client that believes the test certificates if name and dates are right."""
    context = ssl.create_default_context(cafile=str(DATA / "named.pem"))
    context.load_verify_locations(DATA / "expired.pem")
    return context


def names(**table: list[str]) -> Callable[[str, int], list[str]]:
    """A resolver of literals and of the given names (with _ for a dot)."""
    known = {name.replace("_", "."): found for name, found in table.items()}

    def resolve(host: str, port: int) -> list[str]:
        if host in known:
            return known[host]
        if host.replace(".", "").isdigit() or ":" in host:
            return [host]
        raise socket.gaierror(socket.EAI_NONAME, "no such name")

    return resolve


def network(**settings: object) -> Network:
    """Loopback allowed, short patience."""
    return Network(**{"allow_private": LOOPBACK, "timeout_seconds": 5.0, **settings})  # type: ignore[arg-type]


def door(net: Network | None = None, **options: object) -> Door:
    """A door on a clock that stands still."""
    return Door(net or network(), lambda: NOW, **options)  # type: ignore[arg-type]


def ask(talk: Talk, net: Network | None = None, path: str = "/", **options: object) -> Answer:
    """One GET of one peer."""
    with peer(talk) as server, door(net, base_url=server.url, **options) as get:
        return get("GET", path)


def refused(act: Callable[[], object]) -> str:
    """The outcome of a request that gave no answer, as "reason detail"."""
    with pytest.raises(Refused) as caught:
        act()
    outcome = caught.value.outcome
    assert isinstance(outcome, Missed)
    return f"{outcome.reason} {outcome.detail}"


def recorder() -> tuple[list[Exchange], Callable[[Exchange], None]]:
    """A list, and the callback that fills it."""
    kept: list[Exchange] = []
    return kept, kept.append
