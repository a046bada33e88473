"""X: its terms demand the Enterprise plan of readers who act for a government; in this release people look."""

from __future__ import annotations

import re

from auditor.core.address import AddressForm

from .base import Auth, Capability, Platform

PLATFORM = Platform(
    name="x",
    title="X",
    base_url="https://api.x.com",
    address=AddressForm(
        hosts=frozenset({"x.com", "twitter.com"}),
        paths=(re.compile(r"/@?(?P<handle>[A-Za-z0-9_]{1,15})"),),
        handle=re.compile(r"[a-z0-9_]{1,15}"),
        url="https://x.com/{handle}",
        refused=(
            (re.compile(r"/[^/]+/status(?:es)?(?:/.*)?"), "post"),
            (re.compile(r"/(?:intent|share)(?:/.*)?"), "share"),
            (re.compile(r"/(?:hashtag|search|explore)(?:/.*)?"), "search"),
            (re.compile(r"/i(?:/.*)?"), "page_of_platform"),
            (
                re.compile(r"/(?:home|login|signup|settings|messages|notifications|tos|privacy)(?:/.*)?"),
                "page_of_platform",
            ),
        ),
        tails=frozenset(
            {"about", "featured", "posts", "videos", "media", "with_replies", "likes", "highlights", "photo"}
        ),
    ),
    capability=Capability(auth=Auth.BEARER),
)
