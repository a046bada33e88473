"""TikTok: readable with each owner's consent only; in this release people look."""

from __future__ import annotations

import re

from auditor.core.address import AddressForm
from auditor.core.post_link import SHORT, PostForm

from ._minted import tiktok_id
from .base import Auth, Capability, Platform, Way

NAME = r"@(?P<handle>[A-Za-z0-9._]{1,24})"
ID = r"(?P<id>[1-9][0-9]{0,18})"
EMBEDDED = "https://www.tiktok.com/embed/v2/{id}"

PLATFORM = Platform(
    name="tiktok",
    title="TikTok",
    base_url="https://open.tiktokapis.com",
    address=AddressForm(
        hosts=frozenset({"tiktok.com", "vt.tiktok.com", "vm.tiktok.com"}),
        paths=(re.compile(r"(?:/embed)?/@(?P<handle>[A-Za-z0-9._]{2,24})"),),
        handle=re.compile(r"[a-z0-9._]{1,23}[a-z0-9_]"),
        url="https://www.tiktok.com/@{handle}",
        refused=(
            (re.compile(r"/@[^/]*/(?:video|photo|live)(?:/.*)?|/(?:v|video)/.*"), "video"),
            (re.compile(r"/(?:tag|search|discover|explore|music|foryou)(?:/.*)?"), "search"),
            (re.compile(r"/(?:login|legal|about|upload|share)(?:/.*)?"), "page_of_platform"),
            (re.compile(r"/(?:t/)?[A-Za-z0-9]{6,}"), "short_link"),
        ),
    ),
    capability=Capability(auth=Auth.BEARER),
    posts=(
        PostForm(re.compile(rf"/{NAME}/video/{ID}"), "https://www.tiktok.com/@{handle}/video/{id}", tiktok_id),
        # No recorded pair verifies that the ids of photo posts carry their date.
        PostForm(re.compile(rf"/{NAME}/photo/{ID}"), "https://www.tiktok.com/@{handle}/photo/{id}"),
        PostForm(re.compile(rf"/(?:embed|embed/v2|v)/{ID}(?:\.html)?"), EMBEDDED, tiktok_id),
        PostForm(re.compile(r"/.+"), "", hosts=frozenset({"vt.tiktok.com", "vm.tiktok.com"}), no_post=SHORT),
        PostForm(re.compile(r"/t/[^/]+"), "", no_post=SHORT),
    ),
    way=Way(minutes=None),
)
