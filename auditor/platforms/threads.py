"""Threads: readable through Profile Discovery from 100 followers on; in this release people look."""

from __future__ import annotations

import re

from auditor.core.address import AddressForm
from auditor.core.post_link import PostForm

from .base import Auth, Capability, Platform, Way

CODE = r"(?P<id>[A-Za-z0-9_-]{5,64})(?:/(?:embed|media))?"

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
    posts=(  # codes look like Instagram's, but no recorded pair verifies a date in them
        PostForm(
            re.compile(rf"/@(?P<handle>[A-Za-z0-9._]{{1,30}})/post/{CODE}"),
            "https://www.threads.com/@{handle}/post/{id}",
        ),
        PostForm(re.compile(rf"/t/{CODE}"), "https://www.threads.com/t/{id}"),
    ),
    way=Way(minutes=None),
)
