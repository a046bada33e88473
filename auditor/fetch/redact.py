"""Takes secrets out of what is kept or shown."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from urllib.parse import quote, quote_plus, unquote_plus

HIDDEN = "***"
MAX_URL = 2048
MAX_VALUE = 256

# Parameters that carry a secret on at least one of the platforms, or commonly elsewhere.
SECRET_PARAMS = frozenset(
    {
        "access_token",
        "api_key",
        "apikey",
        "appsecret_proof",
        "auth",
        "authorization",
        "bearer",
        "client_key",
        "client_secret",
        "fb_exchange_token",
        "id_token",
        "input_token",
        "jwt",
        "key",
        "oauth_token",
        "password",
        "refresh_token",
        "secret",
        "sig",
        "signature",
        "token",
    }
)
# Evidence about an answer; everything else a server says about itself is not kept.
KEPT_HEADERS = frozenset(
    {
        "age",
        "content-length",
        "content-type",
        "date",
        "etag",
        "last-modified",
        "location",
        "retry-after",
        "server",
        "x-app-usage",
        "x-business-use-case-usage",
        "x-fb-trace-id",
        "x-request-id",
    }
)
_USER_INFO = re.compile(r"^([a-z][a-z0-9+.-]*:)?//[^/?#]*@", re.IGNORECASE)


def spellings(secrets: Iterable[str]) -> tuple[str, ...]:
    """Every form in which the secrets may turn up, longest first; of "Bearer abc" also "abc"."""
    forms = set[str]()
    for secret in secrets:
        for part in {secret, secret.strip(), secret.rpartition(" ")[2]} - {""}:
            forms |= {part, quote(part, safe="", errors="replace"), quote_plus(part, errors="replace")}
    return tuple(sorted(forms, key=lambda form: (-len(form), form)))


def text(value: str, forms: Iterable[str]) -> str:
    """The text without any of the spelt secrets and without control characters."""
    for form in forms:
        value = value.replace(form, HIDDEN)
    return printable(value)


def url(address: str, forms: Iterable[str]) -> str:
    """The URL without user info, fragment, secret parameters and spelt secrets; at most 2,048 characters."""
    bare, _, _ = _USER_INFO.sub(lambda found: f"{found[1] or ''}//", address).partition("#")
    path, mark, query = bare.partition("?")
    kept = "&".join(part for part in query.split("&") if not _is_secret(part))
    return text(path + (mark and kept and f"?{kept}"), forms)[:MAX_URL]


def headers(all_headers: Mapping[str, str], forms: Iterable[str]) -> dict[str, str]:
    """The headers worth keeping, each at most 256 characters."""
    kept = dict[str, str]()
    for name, value in all_headers.items():
        if name in KEPT_HEADERS or "ratelimit-" in name or "rate-limit-" in name:
            clean = url(value, forms) if name == "location" else text(value, forms)
            kept[name] = clean[:MAX_VALUE]
    return kept


def printable(value: str) -> str:
    """Control characters (terminal escapes, line ends) and lone surrogates become spaces."""
    if value.isascii() and value.isprintable():
        return value
    return "".join(" " if unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"} else c for c in value)


def _is_secret(part: str) -> bool:
    return unquote_plus(part.partition("=")[0]).strip().lower() in SECRET_PARAMS
