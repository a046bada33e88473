"""WhatsApp channels: no interface reads them, so people look. The invitation code is the identity, case and all."""

from __future__ import annotations

import re

from auditor.core.address import AddressForm
from auditor.core.post_link import PostForm

from .base import Auth, Capability, Platform

CODE = r"(?=[0-9_-]*[A-Za-z])[A-Za-z0-9_-]{10,64}"  # digits alone are a telephone number

PLATFORM = Platform(
    name="whatsapp_channel",
    title="WhatsApp Channel",
    base_url=None,
    address=AddressForm(
        hosts=frozenset({"whatsapp.com", "wa.me", "api.whatsapp.com", "chat.whatsapp.com"}),
        paths=(re.compile(rf"/channel/(?P<handle>{CODE})"),),
        handle=re.compile(CODE),
        url="https://whatsapp.com/channel/{handle}",
        fold=False,
        refused=(
            (re.compile(r"/channel/[^/]+/\d+"), "post"),
            (re.compile(r"/\+?\d[\d -]*|/(?:send|message|qr|c|p)(?:/.*)?"), "phone"),
            (re.compile(r"/(?:invite/)?[A-Za-z0-9_-]{15,}"), "invitation"),
            (re.compile(r"/channel"), "incomplete"),
        ),
    ),
    capability=Capability(
        auth=Auth.MANUAL,
        route="hand",
    ),
    posts=(
        PostForm(
            re.compile(r"/channel/(?P<handle>[A-Za-z0-9_-]{10,64})/(?P<id>[0-9]{1,15})"),
            "https://whatsapp.com/channel/{handle}/{id}",
            fold=False,
        ),
    ),
)
