"""Addresses of single posts: which platform, which post, and the instant its id was minted. No network is needed."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias
from urllib.parse import parse_qsl, unquote, urlencode

from .address import ALIKE, PREFIX
from .url import INVISIBLE, AddressProblem, Private, Url, faulty, never, take_apart

Clock: TypeAlias = Callable[[str], "datetime | None"]

IS_ACCOUNT, SHORT, NO_FORM, UNKNOWN = "post_is_account", "post_short", "post_no_form", "post_unknown"


@dataclass(frozen=True, slots=True)
class PostForm:
    """One form of a post's address below the platform's hosts. Named groups: `id` and, where it is shown, `handle`.

    Before matching, a URL is trimmed and decoded once; fragment, trailing slashes and every query parameter outside
    `keep_query` are dropped, those kept are sorted by name and follow the path.
    """

    path: re.Pattern[str]
    url: str  # canonical, with {id} and {handle}; also {host}, the URL's own host[:port]
    minted: Clock | None = None  # the instant inside an id; None: the address carries no date
    hosts: frozenset[str] = frozenset()  # this form on these hosts only; empty: on every host of the platform
    keep_query: frozenset[str] = frozenset()  # parameters that are the identity: {"v"} for watch?v=
    handle: str = "{handle}"  # the canonical handle from the groups and {host}: Mastodon "{handle}@{host}"
    fold: bool = True  # the handle is lower-cased
    no_post: str | None = None  # what an address of this form is instead of a post, as a problem's code


@dataclass(frozen=True, slots=True)
class PostLink:
    """What a post's address tells. `minted_at` is a floor: the post is no older. `handle` proves nothing."""

    platform: str
    native_id: str
    url: str
    minted_at: datetime | None
    handle: str | None


Forms: TypeAlias = Mapping[str, tuple[frozenset[str], tuple[PostForm, ...]]]  # platform -> hosts, forms by precedence


def read_post(text: str, forms: Forms, private: Private = never) -> PostLink | AddressProblem:
    """The post a pasted address names. It has no clock: whether `minted_at` lies in the future is the caller's to see.

    Problems are those of every address (`faulty`, `take_apart`, `look_alike`) and `post_is_account`, `post_short`
    (open it and copy the long address), `post_no_form` (the platform's, but no post), `post_unknown` (no platform's);
    the values of these four are `text`, `host` and `platform` ("" where it is not known).
    """
    written = text.strip().strip(INVISIBLE).strip()
    fault = faulty(written)
    if fault is not None:
        return fault
    url = take_apart(written, private)
    if isinstance(url, AddressProblem):
        return url
    owner = _owner(url.host, forms)
    if owner is not None:
        return _match(owner, url, forms, written) or _problem(NO_FORM, written, url, owner)
    imitated = _imitated(url, forms)
    if imitated is not None:
        return AddressProblem("look_alike", {"host": url.host, "known": imitated})
    anywhere = (_match(name, url, forms, written) for name, (hosts, _) in forms.items() if not hosts)
    return next((found for found in anywhere if found is not None), None) or _problem(UNKNOWN, written, url, "")


def _problem(code: str, written: str, url: Url, platform: str) -> AddressProblem:
    return AddressProblem(code, {"text": written, "host": url.host, "platform": platform})


def _shorter(host: str) -> Iterator[str]:
    """The host, and what is left of it without `www.`, `m.` and locale prefixes."""
    yield host
    while PREFIX.match(host) and "." in (rest := PREFIX.sub("", host, count=1)):
        host = rest
        yield host


def _owner(host: str, forms: Forms) -> str | None:
    for bare in _shorter(host):
        for name, (hosts, _) in forms.items():
            if bare in hosts:
                return name
    return None


def _imitated(url: Url, forms: Forms) -> str | None:
    """The known host that this one seems to imitate."""
    known = [host for hosts, _ in forms.values() for host in sorted(hosts)]
    user = (url.parts.username or "").lower()
    for host in known:
        if user == host or f".{host}." in f".{url.host}." or url.host.startswith(host.replace(".", "-")):
            return host
    bare = PREFIX.sub("", url.host, count=1)
    close = difflib.get_close_matches(bare, [host for host in known if len(host) >= 8], 1, ALIKE)
    return close[0] if close else None


def _match(name: str, url: Url, forms: Forms, written: str) -> PostLink | AddressProblem | None:
    _, candidates = forms[name]
    path = "".join(f"/{part}" for part in unquote(url.parts.path).split("/") if part)
    query = parse_qsl(url.parts.query, keep_blank_values=True)
    for form in candidates:
        if form.hosts and not any(bare in form.hosts for bare in _shorter(url.host)):
            continue
        kept = sorted(pair for pair in query if pair[0] in form.keep_query)
        match = form.path.fullmatch(path + (f"?{urlencode(kept)}" if kept else ""))
        if match is not None and form.no_post is not None:
            return _problem(form.no_post, written, url, name)
        if match is not None:
            return _link(name, form, match, url.authority)
    return None


def _link(name: str, form: PostForm, match: re.Match[str], host: str) -> PostLink:
    groups = match.groupdict()
    native_id, handle = groups["id"], groups.get("handle")
    if handle is not None and form.fold:
        handle = handle.lower()
    return PostLink(
        platform=name,
        native_id=native_id,
        url=form.url.format(id=native_id, handle=handle, host=host),
        minted_at=form.minted(native_id) if form.minted is not None else None,
        handle=None if handle is None else form.handle.format(handle=handle, host=host),
    )
