"""Which addresses may be dialled. Judged by the resolved address at connect time, so no name can change its mind."""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TypeAlias

from auditor.core.model import Miss

from .answer import missed
from .network import Network

Address: TypeAlias = IPv4Address | IPv6Address
Endpoint: TypeAlias = tuple[str, int]  # host in lower case, port
Resolver: TypeAlias = Callable[[str, int], Sequence[str]]
"""(host, port) -> addresses as text, best first. Raises OSError when the name has none."""

# The IANA special-purpose registries (RFC 6890 and its successors). Spelled out, because what `ipaddress` calls
# global changed between Python releases.
_PRIVATE = (
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "::1/128",
    "fc00::/7",
)
_SPECIAL = (
    "0.0.0.0/8",
    "169.254.0.0/16",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.88.99.0/24",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/4",
    "240.0.0.0/4",
    "2001::/23",
    "2001:db8::/32",
    "3fff::/20",
)
# Metadata services that answer anybody on the machine with its credentials, outside of the link-local range.
_METADATA = ("100.100.100.200/32", "168.63.129.16/32", "fd00:ec2::254/128")

PRIVATE = tuple(map(ip_network, _PRIVATE))
SPECIAL = tuple(map(ip_network, _SPECIAL))
METADATA = tuple(map(ip_network, _METADATA))
UNICAST = IPv6Network("2000::/3")  # all that is handed out of IPv6
NAT64 = IPv6Network("64:ff9b::/96")
SIX_TO_FOUR = IPv6Network("2002::/16")
LOCAL_NAMES = ("localhost", "localdomain", "local", "internal", "intranet", "lan", "home.arpa")


def addresses(host: str, port: int) -> list[str]:
    """The system's resolver. It has its own time limit, a few seconds a name server, which nobody here can shorten."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    except UnicodeError:  # an empty or over-long label
        raise socket.gaierror(socket.EAI_NONAME, "not a host name") from None
    return list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))


def is_public(address: str) -> bool:
    """The address can only be a machine on the open Internet; what it embeds (mapped, NAT64, 6to4) counts too."""
    return _public(_carried(ip_address(address)))


def is_loopback(host: str) -> bool:
    """The literal address or name can only mean this machine."""
    name = _fold(host)
    if name == "localhost" or name.endswith(".localhost"):
        return True
    literal = _literal(name)
    return literal is not None and _carried(literal).is_loopback


@dataclass(frozen=True, slots=True)
class Guard:
    """`trusted` endpoints are allowed as written: the configuration names them."""

    network: Network
    trusted: frozenset[Endpoint] = frozenset()

    def admit(self, host: str, port: int, found: Sequence[str]) -> list[str]:
        """The addresses of `found` that may be dialled, in order. None of them: `Refused`, private_address."""
        if (_fold(host), port) in self.trusted:
            return list(found)
        named = self._named(host)
        good = [text for text in found if self._allowed(ip_address(text), named=named)]
        if not good:
            raise missed(Miss.OUR_REQUEST_INVALID, "private_address")
        return good

    def admit_name(self, host: str, port: int) -> None:
        """For a proxy that resolves names itself: refuses what is private by its spelling alone."""
        name = _fold(host)
        literal = _literal(name)
        if literal is not None:
            self.admit(host, port, [str(literal)])
        elif (name, port) not in self.trusted and not self._named(host) and _local(name):
            raise missed(Miss.OUR_REQUEST_INVALID, "private_address")

    def _named(self, host: str) -> bool:
        name = _fold(host)
        for pattern in map(_fold, self.network.private_hosts):
            if name == pattern or (pattern.startswith("*.") and name.endswith(pattern[1:])):
                return True
        return False

    def _allowed(self, address: Address, *, named: bool) -> bool:
        carried = _carried(address)
        if _in((address, carried), self.network.allow_private) or _public(carried):
            return True
        # A name is answered by whoever runs its zone: it opens the office's networks, never link-local or metadata.
        return named and _in((carried,), PRIVATE) and not _in((carried,), METADATA)


def _public(address: Address) -> bool:
    if _in((address,), (*PRIVATE, *SPECIAL, *METADATA)):
        return False
    return isinstance(address, IPv4Address) or address in UNICAST


def _carried(address: Address) -> Address:
    """The IPv4 address that an IPv6 address is a road to, else the address itself."""
    if isinstance(address, IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address in NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    if address in SIX_TO_FOUR:
        return IPv4Address((int(address) >> 80) & 0xFFFFFFFF)
    return address


def _in(forms: Sequence[Address], networks: Sequence[IPv4Network | IPv6Network]) -> bool:
    return any(form in network for form in forms for network in networks)


def _literal(name: str) -> Address | None:
    """An address in any spelling the C library takes: 127.1, 0x7f000001 and 2130706433 are loopback too."""
    try:
        return ip_address(name.strip("[]"))
    except ValueError:
        pass
    try:
        return IPv4Address(socket.inet_aton(name))
    except (OSError, UnicodeError):
        return None


def _local(name: str) -> bool:
    return "." not in name or name.endswith(tuple(f".{suffix}" for suffix in LOCAL_NAMES))


def _fold(name: str) -> str:
    name = name.strip().rstrip(".").lower()
    if name.isascii():
        return name
    try:
        return name.encode("idna").decode("ascii")
    except UnicodeError:
        return name
