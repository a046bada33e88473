"""LinkedIn pages: readable by their own administrators only, so people look."""

from __future__ import annotations

import re

from auditor.core.address import AddressForm
from auditor.core.post_link import SHORT, PostForm

from .base import Auth, Capability, Platform

UPDATES = (
    r"/(?:feed/update|embed/feed/update)/urn:li:{kind}:(?P<id>[0-9]{{15,20}})",
    r"/posts/[^/]+-{kind}-(?P<id>[0-9]{{15,20}})(?:-[\w-]{{1,10}})?",
)

PLATFORM = Platform(
    name="linkedin",
    title="LinkedIn",
    base_url=None,
    address=AddressForm(
        hosts=frozenset({"linkedin.com"}),
        # Companies, showcases and schools share one set of slugs: the site leads /company/ to the right kind.
        paths=(re.compile(r"/(?:company|showcase|school)/(?P<handle>[^/?]{2,100})"),),
        handle=re.compile(r"[\w-]{2,100}"),
        url="https://www.linkedin.com/company/{handle}/",
        refused=(
            (re.compile(r"/(?:in|pub)(?:/.*)?"), "person"),
            (re.compile(r"/groups(?:/.*)?"), "group"),
            (re.compile(r"/(?:posts|feed|pulse)(?:/.*)?|/(?:company|showcase|school)/[^/]+/posts/.+"), "post"),
            (re.compile(r"/(?:jobs|search|learning|events)(?:/.*)?"), "search"),
            (re.compile(r"/(?:company|showcase|school)"), "incomplete"),
        ),
        tails=frozenset({"about", "featured", "posts", "videos", "jobs", "people", "life", "admin", "mycompany"}),
    ),
    capability=Capability(
        auth=Auth.MANUAL,
        route="hand",
    ),
    posts=(  # ids look like minted ones, but no recorded pair verifies a date in them
        *(
            PostForm(re.compile(path.format(kind=kind)), f"https://www.linkedin.com/feed/update/urn:li:{kind}:{{id}}/")
            for kind in ("activity", "share", "ugcPost")
            for path in UPDATES
        ),
        PostForm(re.compile(r"/.+"), "", hosts=frozenset({"lnkd.in"}), no_post=SHORT),
    ),
)
