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


def _other_name() -> Exception:
    error = httpcore.ConnectError("certificate verify failed")
    error.__context__ = ssl.SSLCertVerificationError("Hostname mismatch, certificate is not valid for this name")
    return error


def _plain() -> Exception:
    """Port 443 answers without TLS."""
    error = httpcore.ConnectError("wrong version number")
    error.__context__ = ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER] wrong version number")
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
    "tls_name": _other_name,
    "tls_plain": _plain,
    "sinkhole": lambda: missed(Miss.OUR_REQUEST_INVALID, "private_address"),  # the name leads to 127.0.0.1 or 10.0.0.1
    "drip": lambda: httpcore.ReadTimeout("the whole request took too long"),  # as the deadline says it
}
