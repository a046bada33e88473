"""How a connection can break, as the client's transport says it. One name, one sentence, one exception."""

from __future__ import annotations

import ssl
from collections.abc import Callable

import httpcore

from auditor.core.model import Miss
from auditor.fetch.answer import missed


def _tls() -> Exception:
    """As httpcore raises it: the cause stands in the context."""
    error = httpcore.ConnectError("certificate verify failed")
    error.__context__ = ssl.SSLCertVerificationError("certificate has expired")
    return error


def _refused() -> Exception:
    error = httpcore.ConnectError("connection refused")
    error.__context__ = ConnectionRefusedError()
    return error


BREAKS: dict[str, Callable[[], Exception]] = {
    "dns": lambda: missed(Miss.UNREACHABLE, "dns"),  # as the dialler says it: no name, no address
    "refused": _refused,
    "no_route": lambda: httpcore.ConnectError("network is unreachable"),
    "tls": _tls,
    "timeout": lambda: httpcore.ReadTimeout("timed out"),
    "reset": lambda: httpcore.ReadError("connection reset by peer"),
    "protocol": lambda: httpcore.RemoteProtocolError("illegal status line"),
    "proxy": lambda: httpcore.ProxyError("502 Bad Gateway"),
    "proxy_login": lambda: httpcore.ProxyError("407 Proxy Authentication Required"),
}
