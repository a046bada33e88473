"""A written address, taken apart: what no address contains, which hosts nobody may mean, default ports."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias
from urllib.parse import SplitResult, urlsplit

QUOTES = "“”„‟‘’‚‛«»‹›`´″′"
INVISIBLE = (
    "\u00a0\u00ad\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
)
HOST = re.compile(r"(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]{0,62})(?:\.[a-z0-9_][a-z0-9_-]{0,62})*")
SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
PORTS = {"http": 80, "https": 443}
LONG = 2048  # no address is longer

Private: TypeAlias = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class AddressProblem:
    """Why a text names no account. `suggestion`: the exact text to write instead, where one is certain."""

    code: str
    values: Mapping[str, str] = field(default_factory=dict)
    suggestion: str = ""


@dataclass(frozen=True, slots=True)
class Url:
    """A URL taken apart. `host` is in lower case, `authority` is host[:port] without a default port."""

    parts: SplitResult
    host: str
    authority: str
    repairs: tuple[str, ...]


def never(host: str) -> bool:  # noqa: ARG001 — the shape of `Private`
    """No private address is allowed."""
    return False


def faulty(text: str) -> AddressProblem | None:
    """What no address contains."""
    if not text:
        return AddressProblem("empty")
    if len(text) > LONG:
        return AddressProblem("too_long", {"limit": str(LONG)})
    if text[0] in QUOTES or text[-1] in QUOTES:
        bare = text.strip(QUOTES)
        return AddressProblem("quotes", {"text": text}, bare)
    odd = next((c for c in text if not c.isprintable() or c in INVISIBLE), None)
    if odd is not None:
        clean = "".join(c for c in text if c.isprintable() and c not in INVISIBLE)
        return AddressProblem("invisible", {"code": f"U+{ord(odd):04X}"}, clean)
    return None


def take_apart(text: str, private: Private) -> Url | AddressProblem:
    """Scheme, host and path of a written address, or what is wrong with it."""
    repairs: tuple[str, ...] = ()
    if text.startswith("//"):
        text = "https:" + text
    elif "://" not in text:
        if re.match(r"(?i)https?:", text):
            fixed = re.sub(r"(?i)^(https?):[/\\]*", lambda m: f"{m[1].lower()}://", text)
            return AddressProblem("malformed", {"text": text}, fixed)
        if SCHEME.match(text) and not re.match(r"[\w.-]+:\d+(?:/|$)", text):
            return AddressProblem("scheme", {"scheme": text.partition(":")[0]})
        text, repairs = "https://" + text, ("scheme_added",)
    try:
        parts = urlsplit(text.replace("\\", "/"))
        port = parts.port
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return AddressProblem("malformed", {"text": text})
    if parts.scheme not in PORTS:
        return AddressProblem("scheme", {"scheme": parts.scheme})
    name = f"[{host}]" if ":" in host else host
    authority = name if port in (None, PORTS[parts.scheme]) else f"{name}:{port}"
    fault = host_fault(host, authority, private)
    if fault is not None:
        return fault
    return Url(parts, host, authority, repairs)


def host_fault(host: str, authority: str, private: Private) -> AddressProblem | None:
    """Why a host can be no account's: look-alikes, punycode, private addresses. None: it can."""
    if not host.isascii() or any(label.startswith("xn--") for label in host.split(".")):
        return AddressProblem("look_alike", {"host": host})
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        numeric = re.fullmatch(r"(?:0x[0-9a-f]*|\d+)", host.rpartition(".")[2]) is not None
        if not HOST.fullmatch(host) or numeric:
            return AddressProblem("malformed", {"text": host})
        return None
    # Patch releases of Python disagree on whether a mapped address is private: ask about the one inside.
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    if not (mapped or address).is_global and not private(authority):
        return AddressProblem("private", {"host": host})
    return None
