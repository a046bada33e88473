"""Single values of the settings: schedules, origins, networks."""

from __future__ import annotations

import re
from collections.abc import Callable
from ipaddress import ip_address
from urllib.parse import urlsplit

from auditor.fetch.network import Network

FIELDS = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))  # minute, hour, day, month, weekday
NAMES = (
    *("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"),
    *("sun", "mon", "tue", "wed", "thu", "fri", "sat"),
)


def private_allowed(network: Network) -> Callable[[str], bool]:
    """Whether a private address (as host[:port]) may stand in the register: redirected, or in an allowed network."""

    def allowed(authority: str) -> bool:
        host = re.sub(r":\d+$", "", authority)
        if authority in network.hosts or host in network.hosts:
            return True
        try:
            address = ip_address(host.strip("[]"))
        except ValueError:
            return False
        return any(address in net for net in network.allow_private)

    return allowed


def is_cron(text: str) -> bool:
    """Five fields of numbers, names, lists, ranges and steps, each within its limits."""
    fields = text.split()
    return len(fields) == len(FIELDS) and all(_cron_field(f, *limits) for f, limits in zip(fields, FIELDS, strict=True))


def _cron_field(text: str, low: int, high: int) -> bool:
    for part in text.lower().split(","):
        base, slash, step = part.partition("/")
        if slash and not (step.isdecimal() and 0 < int(step) <= high):
            return False
        if base == "*":
            continue
        ends = base.split("-")
        numbers = [int(e) for e in ends if e.isdecimal()]
        named = high in (12, 7) and all(e in NAMES for e in ends)
        if len(ends) > 2 or not (named or len(numbers) == len(ends)):
            return False
        if any(not low <= n <= high for n in numbers) or numbers != sorted(numbers):
            return False
    return True


def is_origin(text: str, schemes: tuple[str, ...] = ("http", "https")) -> bool:
    """Scheme, host and port, nothing else."""
    return is_web(text, schemes) and urlsplit(text).path in ("", "/") and not urlsplit(text).query


def is_web(text: str, schemes: tuple[str, ...] = ("http", "https")) -> bool:
    """An absolute URL with a host and, if any, a real port."""
    try:
        parts = urlsplit(text)
        port_ok = parts.port != 0
    except ValueError:
        return False
    return parts.scheme in schemes and bool(parts.hostname) and port_ok and not re.search(r"[\s\x00-\x1f]", text)
