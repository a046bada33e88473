"""TikTok: readable with each owner's consent only; in this release people look."""

from __future__ import annotations

import re

from auditor.core.address import AddressForm

from .base import Auth, Capability, Platform

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
)
