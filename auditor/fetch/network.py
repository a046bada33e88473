"""How this office reaches the world: proxy, private addresses, redirected hosts, limits. Plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network

SENTINELS = (  # of two operators, made to be asked whether one is online: both answer 204 without a body
    "https://www.gstatic.com/generate_204",
    "https://cp.cloudflare.com/generate_204",
)
SITEMAP_FACTOR = 5  # sitemaps may be five times as long as other bodies


@dataclass(frozen=True, slots=True)
class Network:
    """`hosts` sends host[:port] to another origin; the Host header and the register keep the name.

    A `base_url`, a `hosts` target or the proxy may be private as written. Register URLs, redirects and discovered
    links need `private_hosts` (names, with a leading "*." for sub-domains) or `allow_private` (networks).
    """

    proxy: str | None = None
    private_hosts: tuple[str, ...] = ()
    allow_private: tuple[IPv4Network | IPv6Network, ...] = ()
    hosts: Mapping[str, str] = field(default_factory=dict)
    sentinels: tuple[str, ...] = SENTINELS
    max_body_bytes: int = 10_485_760  # after decompression
    timeout_seconds: float = 20.0
