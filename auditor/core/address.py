"""How people write an account of one platform, as data; `canonical` (see `read_address`) applies it."""

from __future__ import annotations

import re
from dataclasses import dataclass


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
    url: str  # where a person sees the account: "https://www.instagram.com/{handle}/"
    canonical: str = "{handle}"  # from the groups and the URL's host[:port]: Mastodon "{handle}@{host}"
    key: str = "{handle}"  # printed after "platform:": Mastodon "@{handle}"
    fold: bool = True  # the canonical handle is lower-cased
    whole: bool = False  # the URL itself, with port, path and query, is the handle (feeds)
    native: re.Pattern[str] | None = None  # a handle of this form is itself the stable id (UC…, did:…)
    refused: tuple[tuple[re.Pattern[str], str], ...] = ()  # path -> why it is no account: post, invitation, search …
    keep_query: frozenset[str] = frozenset()  # parameters that are the identity: {"id"} for profile.php?id=
    tails: frozenset[str] = frozenset({"about", "featured", "posts", "videos"})
