"""One door per lane: a small synchronous HTTP client that can only do what an adapter may do to the world."""

from __future__ import annotations

import hashlib
import re
import ssl
import time
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from dataclasses import replace
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeAlias
from urllib.parse import quote, urlencode, urlsplit

from auditor import __version__
from auditor.clock import Clock
from auditor.core.model import Miss

from . import body as bodies, redact
from .answer import Answer, Cost, Exchange, Params, Refused, missed
from .credential import proof
from .guard import Guard, Resolver, addresses
from .network import SITEMAP_FACTOR, Network

if TYPE_CHECKING:
    import httpx

    from .route import Origin

    Transport: TypeAlias = httpx.BaseTransport

USER_AGENT = f"auditor-medsos/{__version__} (+activity audit of official accounts)"
DEADLINE_FACTOR = 3  # of the time limit of one step
BODILESS = frozenset({204, 304})
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)


class Door:
    """`Ask` over real HTTP. At most four connections; no redirects followed, no cookies, no environment proxies.

    `trusted` are further URLs of the configuration (`feed_url`): like `base_url`, their origins may be private as
    written. `auth` maps a host (lower case, no port) to the headers that hold its secrets. They go out over https, and
    over plain http only where the configuration wrote it (`base_url`, `trusted`, `network.hosts`). `secrets` are
    further values that must not be recorded; `signed` are parameters sent to the hosts that get headers, and nowhere
    named; `signer` is the app secret behind `proof`. `on_exchange` is called once per request, also when it failed or
    was refused. A step may take `network.timeout_seconds`, the whole request three times that, by `monotonic`.
    `transport` carries the requests instead of the wire: it keeps no detours and dials nothing that is checked.
    """

    def __init__(
        self,
        network: Network,
        clock: Clock,
        *,
        base_url: str | None = None,
        trusted: Sequence[str] = (),
        auth: Callable[[str], Mapping[str, str]] | None = None,
        signed: Params = (),
        about: Mapping[str, str] | None = None,
        signer: str | None = None,
        secrets: Sequence[str] = (),
        on_exchange: Callable[[Exchange], None] | None = None,
        resolve: Resolver = addresses,
        monotonic: Callable[[], float] = time.monotonic,
        tls: ssl.SSLContext | None = None,
        transport: Transport | None = None,
    ) -> None:
        import httpx

        from . import route, wire

        self._network = network
        self._clock = clock
        self._base = base_url
        self._auth = auth
        self._signed = tuple(signed)
        self.about: Mapping[str, str] = about or {}
        self.memory: MutableMapping[str, object] = {}
        self._signer = signer
        self._secrets = (*secrets, *filter(None, (signer,)), *_proxy_secrets(network.proxy))
        self._on_exchange = on_exchange
        self._routes = route.Routes.of(network)
        self._written = frozenset(filter(None, map(_origin, (base_url, *trusted))))
        endpoints = frozenset(origin.endpoint for origin in self._written)
        self._deadline = wire.Deadline(monotonic)
        self._client = httpx.Client(
            transport=transport or wire.Wire(self._routes, Guard(network, endpoints), resolve, self._deadline, tls),
            headers={"user-agent": USER_AGENT, "accept-encoding": "gzip, deflate"},
            cookies=wire.NoCookies(),
            timeout=network.timeout_seconds,
            follow_redirects=False,
            trust_env=False,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Lets the connections go."""
        self._client.close()

    def proof(self, token: str) -> str | None:
        """See `Ask`. From now on neither the token nor what signs it is recorded."""
        signed = proof(self._signer, token) if self._signer else None
        self._secrets = tuple(dict.fromkeys((*self._secrets, token, *filter(None, (signed,)))))
        return signed

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
        cost: Cost | None = None,  # noqa: ARG002 — the lane's business
    ) -> Answer:
        """See `Ask`. Details of a refusal: url, header, hosts, proxy, private_address (our request); refused, reset,
        tls, dns, no_route, timeout, protocol, truncated, too_large, proxy (unreachable).
        """
        from . import route

        shown, hidden = url, tuple(self._secrets)
        try:
            target, origin = self._target(url, params)
            shown = str(target)
            secret_headers = self._secret_headers(origin)
            signed = self._signed if secret_headers else ()
            hidden = (*hidden, *secret_headers.values(), *(value for _, value in signed))
            limit = self._network.max_body_bytes * (SITEMAP_FACTOR if large else 1)
            target = route.url_of(_with_params(shown, signed))
            answer = self._send(method, target, _encoded({**(headers or {}), **secret_headers}), body, limit)
            answer = replace(answer, url=shown)
        except Refused:
            self._record(method, shown, hidden, None)
            raise
        self._record(method, shown, hidden, answer)
        return answer

    def _target(self, url: str, params: Params) -> tuple[httpx.URL, Origin]:
        from . import route

        try:
            text = _with_params(_joined(self._base, url), params)
            target = route.url_of(text)
            return target, route.origin_of(target)
        except ValueError:  # also what cannot be encoded
            raise missed(Miss.OUR_REQUEST_INVALID, "url") from None

    def _secret_headers(self, origin: Origin) -> Mapping[str, str]:
        safe = origin.scheme == "https" or origin in self._written or origin.endpoint in self._routes.detours
        return self._auth(origin.host) if self._auth and safe else {}

    def _send(
        self, method: str, url: httpx.URL, headers: list[tuple[bytes, bytes]], body: bytes | None, limit: int
    ) -> Answer:
        from . import wire

        in_body = False
        request = self._client.build_request(method, url, headers=headers, content=body)
        self._deadline.start(self._network.timeout_seconds * DEADLINE_FACTOR)
        try:
            response = self._client.send(request, stream=True)
            at, in_body = self._clock(), True
            try:
                content = _content(response, method, limit)
            finally:
                response.close()
        except wire.FAULTS as error:
            raise wire.refusal(error, ended=self._deadline.ended, in_body=in_body) from None
        return Answer(response.status_code, _decoded(response.headers.raw), content, str(url), at)

    def _record(self, method: str, url: str, secrets: Sequence[str], answer: Answer | None) -> None:
        if self._on_exchange is None:
            return
        forms = redact.spellings(secrets)
        where = redact.url(url, forms)
        what = redact.printable(method)[:16]
        if answer is None:
            self._on_exchange(Exchange(what, where, None, None, 0, self._clock()))
            return
        digest = hashlib.sha256(answer.body).hexdigest()
        kept = redact.headers(answer.headers, forms)
        self._on_exchange(Exchange(what, where, answer.status, digest, len(answer.body), answer.at, kept))


def _content(response: httpx.Response, method: str, limit: int) -> bytes:
    if response.status_code < 200:  # nobody asked to switch protocols
        raise missed(Miss.UNREACHABLE, "protocol")
    if response.status_code in BODILESS or method.upper() == "HEAD":
        return b""
    length = response.headers.get("content-length", "")
    if length.isdecimal() and len(length) < 20 and int(length) > limit:
        raise missed(Miss.UNREACHABLE, "too_large")
    return bodies.read(response.iter_raw(), response.headers.get("content-encoding", ""), limit)


def _joined(base: str | None, url: str) -> str:
    """An absolute URL as it is; a path below the base URL; nothing is the base URL. ValueError for anything else."""
    if _SCHEME.match(url):
        return url
    if base is None or url.startswith(("//", "\\")):
        raise ValueError("neither an absolute URL nor a path")
    return f"{base.rstrip('/')}/{url.removeprefix('/')}" if url else base


def _with_params(url: str, params: Params) -> str:
    if not params:
        return url
    bare, _, _ = url.partition("#")
    mark = "" if bare.endswith(("?", "&")) else "&" if "?" in bare else "?"
    return bare + mark + urlencode(list(params), quote_via=quote, safe="")


def _encoded(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    try:
        return [(name.encode("ascii"), value.encode()) for name, value in headers.items()]
    except UnicodeError:
        raise missed(Miss.OUR_REQUEST_INVALID, "header") from None


def _decoded(raw: Sequence[tuple[bytes, bytes]]) -> dict[str, str]:
    """Lower-case names, repeated ones joined, control characters blanked; cookies are dropped."""
    found = dict[str, str]()
    for name, value in raw:
        key = name.decode("latin-1").lower()
        if key != "set-cookie":
            clean = redact.printable(_text(value))
            found[key] = f"{found[key]}, {clean}" if key in found else clean
    return found


def _text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")


def _origin(url: str | None) -> Origin | None:
    from . import route

    try:
        return None if url is None else route.origin_of(route.url_of(url))
    except ValueError:
        return None


def _proxy_secrets(proxy: str | None) -> tuple[str, ...]:
    try:
        password = urlsplit(proxy or "").password
    except ValueError:
        return ()
    return (password,) if password else ()
