"""X: its terms demand the Enterprise plan of readers who act for a government; in this release people look."""

from __future__ import annotations

import re

from auditor.core.address import AddressForm
from auditor.core.post_link import SHORT, PostForm

from ._minted import x_id
from .base import Auth, Capability, Platform, Way

NAME = r"(?P<handle>[A-Za-z0-9_]{1,15})"
ID = r"(?P<id>[1-9][0-9]{0,18})(?:/.*)?"  # a picture of it, who quoted it: the post

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
    posts=(
        PostForm(re.compile(rf"/i/(?:web/)?status(?:es)?/{ID}"), "https://x.com/i/status/{id}", x_id),
        PostForm(re.compile(rf"/{NAME}/status(?:es)?/{ID}"), "https://x.com/{handle}/status/{id}", x_id),
        PostForm(re.compile(r"/.+"), "", hosts=frozenset({"t.co"}), no_post=SHORT),
    ),
    way=Way(minutes=None, cost="paid", forbidden=True),
)
