"""How people write an account of one platform, as data, and the one reader that turns it into a canonical form.

`read_address` speaks no language: a problem is a code with values, worded by the room that shows it. It never looks
anything up: whether a name leads to a private address is decided where names are resolved.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlencode

from .url import INVISIBLE, AddressProblem, Private, Url, faulty, host_fault, never, take_apart

__all__ = ["Address", "AddressForm", "AddressProblem", "guess", "read_address", "read_key"]

PREFIX = re.compile(r"^(?:www|m|mobile|mbasic|touch|web|[a-z]{2}(?:-[a-z]{2})?)\.")
FEED = re.compile(r"(?i)(?:/(?:feeds?|rss|atom)(?:[./]|$)|\.(?:rss|atom|rdf|xml|json)(?:\.gz)?$|sitemap|/wp-json/)")
ALIKE = 0.85  # of difflib: instagrarn.com is 0.89


@dataclass(frozen=True, slots=True)
class AddressForm:
    """Every accepted way to write an account of one platform, and its one canonical form.

    Before matching, a URL is trimmed and decoded once; scheme, host, user info, fragment, trailing slashes, sub-page
    `tails` and every query parameter outside `keep_query` are normalised away; `www.`, `m.`, `mobile.` and locale
    prefixes leave the host.
    """

    hosts: frozenset[str]  # bare hosts in lower case; empty: any host (Mastodon servers, web sites)
    paths: tuple[re.Pattern[str], ...]  # full-match path (+ "?query"); group `handle`, optional groups `host`, `id`
    handle: re.Pattern[str]  # full-match of the canonical handle
    url: str  # where a person sees the account: "https://www.instagram.com/{handle}/"; also {name}, {host}
    canonical: str = "{handle}"  # from the groups and the URL's host[:port]: Mastodon "{handle}@{host}"
    key: str = "{handle}"  # printed after "platform:": Mastodon "@{handle}"
    fold: bool = True  # the canonical handle is lower-cased, unless it is a native id
    whole: bool = False  # the URL itself, with port, path and query, is the handle (feeds)
    native: re.Pattern[str] | None = None  # a handle of this form is itself the stable id (UC…, did:…)
    refused: tuple[tuple[re.Pattern[str], str], ...] = ()  # full path -> why it is no account: post, invitation, …
    keep_query: frozenset[str] = frozenset()  # parameters that are the identity: {"id"} for profile.php?id=
    tails: frozenset[str] = frozenset({"about", "featured", "posts", "videos"})
    native_url: str | None = None  # as `url`, where the handle is a native id: ".../channel/{handle}"


@dataclass(frozen=True, slots=True)
class Address:
    """One account in its canonical form. `repairs` says what of the written form was set right, as codes."""

    platform: str
    handle: str
    native_id: str | None  # where the address itself names the stable id
    key: str  # "platform:handle" as people write it
    url: str
    repairs: tuple[str, ...] = ()


def read_address(
    written: str, forms: Mapping[str, AddressForm], platform: str | None = None, private: Private = never
) -> Address | AddressProblem:
    """The account a text names: a URL with or without scheme, or a handle where `platform` is given.

    The platform comes from the host, never from a label: where both are given they must agree. `private` says whether
    a private address (as host[:port]) is allowed here.
    """
    text = written.strip().strip(INVISIBLE).strip()
    fault = faulty(text)
    if fault is not None:
        return fault
    if platform is not None and platform not in forms:
        return AddressProblem("unknown_platform", {"platform": platform}, guess(platform, forms))
    if _is_url(text, forms, platform):
        url = take_apart(text, private)
        return url if isinstance(url, AddressProblem) else _read_url(text, url, forms, platform)
    if platform is None:
        return _nameless(text, forms, private)
    return _read_name(text, forms, platform, private)


def read_key(text: str, forms: Mapping[str, AddressForm], private: Private = never) -> Address | AddressProblem:
    """An account as commands take it: `platform:handle`, or anything `read_address` accepts without a platform."""
    name, colon, rest = text.strip().partition(":")
    if colon and name in forms and not rest.startswith("//"):
        return read_address(rest, forms, name, private)
    return read_address(text, forms, None, private)


def guess(word: str, names: Iterable[str]) -> str:
    """The known name a misspelt one resembles, or nothing."""
    close = difflib.get_close_matches(word.strip().lower().replace(" ", "_"), list(names), 1, 0.7)
    return close[0] if close else ""


def _is_url(text: str, forms: Mapping[str, AddressForm], platform: str | None) -> bool:
    if platform is not None and forms[platform].whole:
        return True
    if "://" in text or text.startswith(("//", "www.")) or re.match(r"(?i)(?:https?:|mailto:|javascript:)", text):
        return True
    first, slash, _ = text.partition("/")
    host = first.rpartition("@")[2].partition(":")[0].lower()
    if slash:
        return "." in host and not first.startswith("@")
    return _owner(host, forms) is not None and not (platform and _domain_handles(forms[platform]))


def _domain_handles(form: AddressForm) -> bool:
    """Handles of this platform are domain names, so that a bare host is a handle (bluesky: bsky.app)."""
    return form.handle.fullmatch("kota-contoh.example") is not None and form.handle.fullmatch("contoh") is None


def _owner(host: str, forms: Mapping[str, AddressForm]) -> str | None:
    """The platform whose host this is, after `www.`, `m.` and locale prefixes."""
    while True:
        for name, form in forms.items():
            if host in form.hosts:
                return name
        shorter = PREFIX.sub("", host, count=1) if PREFIX.match(host) else host
        if shorter == host or "." not in shorter:
            return None
        host = shorter


def _look_alike(url: Url, forms: Mapping[str, AddressForm]) -> str | None:
    """The known host that this one seems to imitate."""
    known = [host for form in forms.values() for host in form.hosts]
    user = (url.parts.username or "").lower()
    for host in known:
        if user == host or f".{host}." in f".{url.host}." or url.host.startswith(host.replace(".", "-")):
            return host
    bare = PREFIX.sub("", url.host, count=1)
    close = difflib.get_close_matches(bare, [host for host in known if len(host) >= 8], 1, ALIKE)
    return close[0] if close else None


def _read_url(text: str, url: Url, forms: Mapping[str, AddressForm], platform: str | None) -> Address | AddressProblem:
    owner = _owner(url.host, forms)
    if owner is None and platform is None:
        return _unknown_host(text, url, forms)
    name = platform or owner or ""
    form = forms[name]
    if owner is not None and owner != name:
        return AddressProblem("other_platform", {"host": url.host, "owner": owner, "platform": name}, text)
    if form.whole:
        return _whole(name, form, url)
    if form.hosts and owner is None:
        imitated = _look_alike(url, forms)
        if imitated is not None:
            return AddressProblem("look_alike", {"host": url.host, "known": imitated})
        return AddressProblem("wrong_host", {"host": url.host, "platform": name, "known": _listed(form.hosts)})
    return _match(name, form, url)


def _listed(hosts: frozenset[str]) -> str:
    return ", ".join(sorted(hosts))


def _unknown_host(text: str, url: Url, forms: Mapping[str, AddressForm]) -> Address | AddressProblem:
    """No platform's host: a profile on some server, a feed that looks like one, or nothing we may guess."""
    imitated = _look_alike(url, forms)
    if imitated is not None:
        return AddressProblem("look_alike", {"host": url.host, "known": imitated})
    for name, form in forms.items():
        if not form.hosts and not form.whole:
            found = _match(name, form, url)
            if isinstance(found, Address) or found.code == "not_account":
                return found
    target = url.parts.path + ("?" + url.parts.query if url.parts.query else "")
    for name, form in forms.items():
        if form.whole and (FEED.search(url.parts.path) or re.search(r"(?i)[?&](?:feed|format)=(?:rss|atom)", target)):
            return _whole(name, form, url)
    return AddressProblem("not_a_feed", {"host": url.host}, f"feed: {text}")


def _whole(name: str, form: AddressForm, url: Url) -> Address | AddressProblem:
    """The URL is the account: only host case, default port, user info and fragment are set right."""
    if any(c.isspace() for c in url.parts.geturl()):
        return AddressProblem("blank", {"text": url.parts.geturl(), "platform": name})
    query = f"?{url.parts.query}" if url.parts.query else ""
    handle = f"{url.parts.scheme}://{url.authority}{url.parts.path or '/'}{query}"
    return _address(name, form, handle, None, url.repairs)


def _path(form: AddressForm, url: Url) -> tuple[str, tuple[str, ...]]:
    """The path as the patterns see it, and what was taken off."""
    repairs = list(url.repairs)
    if url.parts.scheme == "http":
        repairs.append("https")
    segments = [part for part in unquote(url.parts.path).split("/") if part]
    while len(segments) > 1 and segments[-1].lower() in form.tails:
        segments.pop()
        repairs.append("tail_dropped")
    pairs = parse_qsl(url.parts.query, keep_blank_values=True)
    kept = [(key, value) for key, value in pairs if key in form.keep_query]
    if len(kept) < len(pairs) or url.parts.fragment:
        repairs.append("query_dropped")
    return "".join(f"/{part}" for part in segments) + (f"?{urlencode(kept)}" if kept else ""), tuple(repairs)


def _match(name: str, form: AddressForm, url: Url) -> Address | AddressProblem:
    path, repairs = _path(form, url)
    if not path:
        return AddressProblem("home_page", {"host": url.host, "platform": name})
    for pattern, reason in form.refused:
        if pattern.fullmatch(path) or pattern.fullmatch(path.lower()):
            return AddressProblem("not_account", {"reason": reason, "platform": name, "text": path})
    for path_form in (path, path.lower()) if form.fold else (path,):
        for pattern in form.paths:
            match = pattern.fullmatch(path_form)
            if match is not None:
                host = url.authority if not form.hosts else url.host
                return _from_groups(name, form, match, host, repairs)
    return AddressProblem("no_account", {"platform": name, "text": path})


def _from_groups(
    name: str, form: AddressForm, match: re.Match[str], host: str, repairs: tuple[str, ...]
) -> Address | AddressProblem:
    groups = match.groupdict()
    written = groups["handle"]
    handle = form.canonical.format(**{**groups, "host": groups.get("host") or host, "handle": written})
    for candidate in _spellings(form, handle):
        return _address(name, form, candidate, groups.get("id"), repairs)
    return AddressProblem("pattern", {"platform": name, "text": written})


def _spellings(form: AddressForm, text: str) -> Iterator[str]:
    """The canonical spellings of a handle that the platform's pattern accepts, best first."""
    for candidate in dict.fromkeys((text, text.removeprefix("@"))):
        if form.native is not None and form.native.fullmatch(candidate):
            yield candidate
            continue
        folded = candidate.lower() if form.fold else candidate
        if form.handle.fullmatch(folded):
            yield folded


def _read_name(
    text: str, forms: Mapping[str, AddressForm], platform: str, private: Private
) -> Address | AddressProblem:
    form = forms[platform]
    if any(c.isspace() for c in text):
        return AddressProblem("blank", {"text": text, "platform": platform})
    for handle in _spellings(form, text):
        _, at, authority = handle.rpartition("@")
        if at and not form.hosts:
            host, _, port = authority.rpartition(":") if re.search(r":\d+$", authority) else (authority, "", "")
            fault = host_fault(host.strip("[]"), authority, private)
            if fault is not None:
                return fault
            if port == "443":
                handle = handle.removesuffix(":443")
        return _address(platform, form, handle, None, ())
    for pattern in form.paths:
        for path in (f"/{text}", f"/{text.lower()}"):
            match = pattern.fullmatch(path)
            if match is not None and form.hosts:
                return _from_groups(platform, form, match, "", ())
    return AddressProblem("pattern", {"platform": platform, "text": text})


def _nameless(text: str, forms: Mapping[str, AddressForm], private: Private) -> Address | AddressProblem:
    """A text that is no URL and has no platform: only a native id or @name@host tells where it belongs."""
    label, colon, rest = text.partition(":")
    if colon and label.lower() in forms and rest:
        value = f'"{rest}"' if rest.startswith("@") else rest
        return AddressProblem("colon_blank", {"platform": label.lower()}, f"{label.lower()}: {value}")
    for name, form in forms.items():
        if form.native is not None and form.native.fullmatch(text):
            return _read_name(text, forms, name, private)
    if re.fullmatch(r"@[^@\s]+@[^@\s]+", text):
        for name, form in forms.items():
            if not form.hosts and not form.whole:
                return _read_name(text, forms, name, private)
    return AddressProblem("no_platform", {"text": text})


def _address(platform: str, form: AddressForm, handle: str, native_id: str | None, repairs: tuple[str, ...]) -> Address:
    is_native = form.native is not None and form.native.fullmatch(handle) is not None
    name, _, host = handle.rpartition("@")
    template = form.native_url if is_native and form.native_url else form.url
    return Address(
        platform=platform,
        handle=handle,
        native_id=handle if is_native else native_id,
        key=f"{platform}:{form.key.format(handle=handle, name=name, host=host)}",
        url=template.format(handle=handle, name=name, host=host),
        repairs=repairs,
    )
