"""Threads: readable through Profile Discovery from 100 followers on; in this release people look."""

from __future__ import annotations

import re

from auditor.core.address import AddressForm

from .base import Auth, Capability, Platform

PLATFORM = Platform(
    name="threads",
    title="Threads",
    base_url="https://graph.threads.net/v1.0",
    address=AddressForm(
        hosts=frozenset({"threads.com", "threads.net"}),
        paths=(re.compile(r"/@(?P<handle>[A-Za-z0-9._]{1,30})"),),
        handle=re.compile(r"[a-z0-9._]{1,30}"),
        url="https://www.threads.com/@{handle}",
        key="{handle}",
        refused=(
            (re.compile(r"/@[^/]+/post/.*|/t/.*|/post/.*"), "post"),
            (re.compile(r"/(?:search|custom_feed)(?:/.*)?"), "search"),
            (re.compile(r"/(?:login|intent)(?:/.*)?"), "page_of_platform"),
        ),
        tails=frozenset({"about", "featured", "posts", "videos", "replies", "reposts", "media"}),
    ),
    capability=Capability(auth=Auth.BEARER),
)
