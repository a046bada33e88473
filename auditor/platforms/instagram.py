"""Instagram: readable through Business Discovery with a token of the office's own; in this release people look."""

from __future__ import annotations

import re

from auditor.core.address import AddressForm
from auditor.core.post_link import SHORT, PostForm

from ._minted import instagram_code
from .base import Auth, Capability, Platform, Way

NAME = r"(?P<handle>[A-Za-z0-9._]{1,30})"

CODE = r"(?P<id>[A-Za-z0-9_-]{5,64})"
KINDS = {"p": "p", "reels?": "reel", "tv": "tv"}

PLATFORM = Platform(
    name="instagram",
    title="Instagram",
    base_url="https://graph.facebook.com/v26.0",
    address=AddressForm(
        hosts=frozenset({"instagram.com", "instagr.am"}),
        paths=(re.compile(rf"/@?{NAME}"),),
        handle=re.compile(r"[a-z0-9._]{1,30}"),
        url="https://www.instagram.com/{handle}/",
        refused=(
            (re.compile(r"(?:/[^/]+)?/(?:p|reel|tv)/.*|/(?:p|reel|tv)"), "post"),
            (re.compile(r"/reels(?:/.*)?"), "post"),
            (re.compile(r"/(?:stories|s)(?:/.*)?"), "story"),
            (re.compile(r"/explore(?:/.*)?"), "search"),
            (re.compile(r"/(?:accounts|direct|about|legal|developer|web|share)(?:/.*)?"), "page_of_platform"),
        ),
        tails=frozenset({"about", "featured", "posts", "videos", "reels", "tagged", "channel"}),
    ),
    capability=Capability(
        auth=Auth.BEARER,
        blind_to=frozenset({"stories"}),
    ),
    posts=(
        PostForm(re.compile(r"/share/.+"), "", no_post=SHORT),
        PostForm(re.compile(r"(?:/.*)?"), "", hosts=frozenset({"l.instagram.com"}), no_post=SHORT),
        *(
            PostForm(
                re.compile(f"{before}/{form}/{CODE}(?:/embed)?"),
                f"https://www.instagram.com{below}/{kind}/{{id}}/",
                instagram_code,
            )
            for before, below in (("", ""), (f"/{NAME}", "/{handle}"))
            for form, kind in KINDS.items()
        ),
    ),
    way=Way(minutes=120),
)
