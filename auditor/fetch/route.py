"""Where a URL leads in this office: directly, to another origin (`network.hosts`), or through the proxy."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import httpx

from .guard import Endpoint, Resolver, addresses, is_loopback
from .network import Network

DEFAULT_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"[a-z0-9._-]{1,253}|[0-9a-f:.]+")


@dataclass(frozen=True, slots=True)
class Origin:
    """Scheme, host in lower case and ASCII, and port: the default one is spelt out."""

    scheme: str
    host: str
    port: int

    @property
    def endpoint(self) -> Endpoint:
        """What is dialled, and what permissions are given to."""
        return self.host, self.port


@dataclass(frozen=True, slots=True)
class Routes:
    """`detours` answers for an endpoint of the register; None: the configured target is no origin."""

    network: Network
    detours: Mapping[Endpoint, Origin | None]

    @classmethod
    def of(cls, network: Network) -> Routes:
        """A key without a port stands for the default ports; a key with a port wins over one without."""
        found = dict[Endpoint, Origin | None]()
        for key, target in sorted(network.hosts.items(), key=lambda item: _key(item[0])[1] is not None):
            host, port = _key(key)
            for each in DEFAULT_PORTS.values() if port is None else [port]:
                found[host, each] = _origin_or_none(target)
        return cls(network, found)

    def by_proxy(self, origin: Origin) -> bool:
        """A detour to this machine is out of the proxy's reach; all else goes through it if there is one."""
        target = self.detours.get(origin.endpoint)
        return self.network.proxy is not None and not (target is not None and is_loopback(target.host))


def url_of(text: str) -> httpx.URL:
    """The URL as it will go over the wire. ValueError unless it is a plain http(s) URL of a host, without user info."""
    try:
        url = httpx.URL(text)
    except (httpx.InvalidURL, UnicodeError):
        raise ValueError("not a URL") from None
    origin_of(url)
    return url.copy_with(fragment=None)


def origin_of(url: httpx.URL) -> Origin:
    """The origin of an http(s) URL. ValueError for other schemes, user info, hosts with odd characters, port 0."""
    host = url.raw_host.decode("ascii").lower()
    if url.scheme not in DEFAULT_PORTS or url.userinfo or not _HOST.fullmatch(host):
        raise ValueError("not an http(s) URL of a host")
    port = DEFAULT_PORTS[url.scheme] if url.port is None else url.port
    if not 0 < port < 65_536:
        raise ValueError("no such port")
    return Origin(url.scheme, host, port)


def stays_on_loopback(url: str, network: Network, resolve: Resolver = addresses) -> bool:
    """A request for this URL would not leave the machine: what a rehearsal (`--now`) demands of every target."""
    routes = Routes.of(network)
    try:
        origin = origin_of(url_of(url))
        target = routes.detours.get(origin.endpoint, origin)
        if target is None or routes.by_proxy(origin):
            return False
        found = resolve(*target.endpoint)
    except (ValueError, OSError):
        return False
    return bool(found) and all(map(is_loopback, found))


def _key(key: str) -> tuple[str, int | None]:
    try:
        url = httpx.URL(f"any://{key.strip()}")  # of no scheme with a default port, so that :80 is seen
    except (httpx.InvalidURL, UnicodeError):
        return key, None
    return url.raw_host.decode("ascii").lower(), url.port


def _origin_or_none(target: str) -> Origin | None:
    try:
        return origin_of(url_of(target))
    except ValueError:
        return None
