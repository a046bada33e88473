"""The transport under the client: dials checked addresses, keeps the deadline, names what went wrong."""

from __future__ import annotations

import logging
import ssl
import threading
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from http.cookiejar import CookieJar
from math import inf
from typing import Any

import certifi
import httpcore
import httpx

from auditor.core.model import Miss

from .answer import Refused, missed
from .guard import Guard, Resolver
from .route import DEFAULT_PORTS, Origin, Routes, origin_of

CONNECTIONS = 4
KEEPALIVE_SECONDS = 4.0  # below the five seconds after which common servers hang up
FAULTS = (
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.ProxyError,
    OSError,
)
_TALKATIVE = ("httpx", "httpcore.connection", "httpcore.http11", "httpcore.proxy")


class Deadline(threading.local):
    """How long the request of this thread may still take, and whether its peer has hung up."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._end = inf
        self.ended = False

    def start(self, seconds: float) -> None:
        """A new request."""
        self._end = self._monotonic() + seconds
        self.ended = False

    def cap(self, timeout: float | None) -> float | None:
        """The time limit of one step, cut to what is left of the whole."""
        left = self._end - self._monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("the whole request took too long")
        return left if timeout is None else min(timeout, left)


class Stream(httpcore.NetworkStream):
    """A connection whose every step obeys the deadline: a dripping server is cut off."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data = self._stream.read(max_bytes, self._deadline.cap(timeout))
        self._deadline.ended = not data
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.cap(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        secure = self._stream.start_tls(ssl_context, server_hostname, self._deadline.cap(timeout))
        return Stream(secure, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class Dialer(httpcore.NetworkBackend):
    """Resolves once, checks, and connects to exactly what was checked; TLS above it still proves the name."""

    def __init__(self, routes: Routes | None, guard: Guard, resolve: Resolver, deadline: Deadline) -> None:
        self._routes = routes
        self._guard = guard
        self._resolve = resolve
        self._deadline = deadline
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        fault: Exception | None = None
        target_port, found = self._targets(host, port)
        for address in found:
            cap = self._deadline.cap(timeout)
            try:
                stream = self._plain.connect_tcp(address, target_port, cap, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                fault = error
            else:
                return Stream(stream, self._deadline)
        raise fault or missed(Miss.UNREACHABLE, "dns")

    def _targets(self, host: str, port: int) -> tuple[int, list[str]]:
        target = self._routes.detours.get((host, port)) if self._routes else None
        if target is not None:  # written by the operator, so never refused
            return target.port, list(self._addresses(target.host, target.port))
        return port, self._guard.admit(host, port, self._addresses(host, port))

    def _addresses(self, host: str, port: int) -> list[str]:
        try:
            found = list(self._resolve(host, port))
        except OSError:
            found = []
        if not found:
            raise missed(Miss.UNREACHABLE, "dns")
        return found


class Wire(httpx.BaseTransport):
    """One pool for what is dialled directly and one for the proxy; raises `Refused` and the httpcore errors `FAULTS`.

    A detour dials another place and may change the scheme; Host header, SNI and certificate keep the register's name.
    Only a detour through a proxy must name its target to the proxy, and is proven by the target's name.
    """

    def __init__(
        self, routes: Routes, guard: Guard, resolve: Resolver, deadline: Deadline, tls: ssl.SSLContext | None
    ) -> None:
        _hush()
        self._routes = routes
        self._guard = guard
        self._tls = tls or trust()
        self._direct = httpcore.ConnectionPool(
            ssl_context=self._tls,
            max_connections=CONNECTIONS,
            keepalive_expiry=KEEPALIVE_SECONDS,
            network_backend=Dialer(routes, guard, resolve, deadline),
        )
        self._proxied = self._proxy_pool(routes.network.proxy, resolve, deadline)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        origin = origin_of(request.url)
        target = self._routes.detours.get(origin.endpoint, origin)
        if target is None:
            raise missed(Miss.OUR_REQUEST_INVALID, "hosts")
        pool, at = self._direct, Origin(target.scheme, origin.host, origin.port)
        if self._routes.by_proxy(origin):
            if self._proxied is None:
                raise missed(Miss.OUR_REQUEST_INVALID, "proxy")
            pool, at = self._proxied, Origin(target.scheme, _authority(target.host), target.port)
            if target is origin:
                self._guard.admit_name(*origin.endpoint)
        port = None if at.port == DEFAULT_PORTS[at.scheme] else at.port  # a proxy is told the URL as people write it
        answer = pool.handle_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(scheme=at.scheme, host=at.host, port=port, target=request.url.raw_path),
                headers=request.headers.raw,
                content=request.read(),
                extensions=request.extensions,
            )
        )
        return Unfollowed(answer.status, headers=answer.headers, stream=_Body(answer.iter_stream(), answer.close))

    def close(self) -> None:
        self._direct.close()
        if self._proxied is not None:
            self._proxied.close()

    def _proxy_pool(self, proxy: str | None, resolve: Resolver, deadline: Deadline) -> httpcore.HTTPProxy | None:
        """None: there is no proxy, or its URL is unusable."""
        if proxy is None:
            return None
        try:
            written = httpx.Proxy(proxy)
            origin = origin_of(written.url)
        except (ValueError, httpx.InvalidURL):
            return None
        guard = Guard(self._routes.network, frozenset({origin.endpoint}))
        return httpcore.HTTPProxy(
            proxy_url=httpcore.URL(scheme=origin.scheme, host=origin.host, port=origin.port, target="/"),
            proxy_auth=written.raw_auth,
            ssl_context=self._tls,
            proxy_ssl_context=self._tls if origin.scheme == "https" else None,
            max_connections=CONNECTIONS,
            keepalive_expiry=KEEPALIVE_SECONDS,
            network_backend=Dialer(None, guard, resolve, deadline),
        )


class Unfollowed(httpx.Response):
    """A redirect is an answer like any other: the client must not even parse where it leads."""

    @property
    def has_redirect_location(self) -> bool:
        return False


class NoCookies(CookieJar):
    """Keeps nothing."""

    def extract_cookies(self, response: Any, request: Any) -> None:
        """No cookie outlives its answer."""


class _Body(httpx.SyncByteStream):
    def __init__(self, chunks: Iterator[bytes], close: Callable[[], None]) -> None:
        self._chunks = chunks
        self._close = close

    def __iter__(self) -> Iterator[bytes]:
        return self._chunks

    def close(self) -> None:
        self._close()


class _Trust(ssl.SSLContext):
    def set_alpn_protocols(self, alpn_protocols: Iterable[str]) -> None:
        """Fixed at birth: lanes share the context, and OpenSSL does not guard this list against other threads."""


@cache
def trust() -> ssl.SSLContext:
    """The usual authorities and those the office added to its system (also by SSL_CERT_FILE). Made once: 20 ms."""
    context = _Trust(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_verify_locations(certifi.where())
    context.set_default_verify_paths()
    ssl.SSLContext.set_alpn_protocols(context, ["http/1.1"])
    return context


def refusal(error: BaseException, *, ended: bool, in_body: bool) -> Refused:
    """What a fault means. The detail is a token and never the text of the error, which may quote a secret."""
    if isinstance(error, httpcore.LocalProtocolError):
        return missed(Miss.OUR_REQUEST_INVALID, "header")
    if isinstance(error, httpcore.ProxyError):
        return missed(Miss.PERMISSION_MISSING if str(error).startswith("407") else Miss.UNREACHABLE, "proxy")
    return missed(Miss.UNREACHABLE, _token(error, ended=ended, in_body=in_body))


def _token(error: BaseException, *, ended: bool, in_body: bool) -> str:
    cause = error.__context__ or error  # the pool clears __cause__
    if isinstance(error, httpcore.RemoteProtocolError):
        return "protocol" if not ended else "truncated" if in_body else "reset"
    if isinstance(error, httpcore.TimeoutException | TimeoutError):
        return "timeout"
    if isinstance(cause, ssl.SSLError):
        return "tls"
    if isinstance(cause, ConnectionRefusedError):
        return "refused"
    return (
        "no_route" if isinstance(error, httpcore.ConnectError) and not isinstance(cause, ConnectionError) else "reset"
    )


def _authority(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _hush() -> None:
    for name in _TALKATIVE:
        logging.getLogger(name).addFilter(_quiet)


def _quiet(record: logging.LogRecord) -> bool:
    """These libraries log whole URLs and headers, with their tokens. `Exchange` is our record."""
    return record.levelno >= logging.WARNING
