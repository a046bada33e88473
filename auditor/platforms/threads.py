"""Threads: with a token through Profile Discovery, profiles of 100 followers and more; without one people look."""

from __future__ import annotations

import re

from auditor.core.address import AddressForm
from auditor.core.post_link import PostForm

from . import _meta, _threads_api as api
from .base import Auth, Call, Capability, Connect, Platform, Secret, Way

CODE = r"(?P<id>[A-Za-z0-9_-]{5,64})(?:/(?:embed|media))?"

ADDRESS = AddressForm(
    hosts=frozenset({"threads.com", "threads.net"}),
    paths=(re.compile(r"/@(?P<handle>[A-Za-z0-9._]{1,30})"),),
    handle=api.HANDLE,
    url="https://www.threads.com/@{handle}",
    key="{handle}",
    refused=(
        (re.compile(r"/@[^/]+/post/.*|/t/.*|/post/.*"), "post"),
        (re.compile(r"/(?:search|custom_feed)(?:/.*)?"), "search"),
        (re.compile(r"/(?:login|intent)(?:/.*)?"), "page_of_platform"),
    ),
    tails=frozenset({"about", "featured", "posts", "videos", "replies", "reposts", "media"}),
)
SECRET = Secret("AUDITOR_THREADS_ACCESS_TOKEN")
KEYED = Platform(
    name="threads",
    title="Threads",
    base_url=api.BASE_URL,
    address=ADDRESS,
    capability=Capability(
        auth=Auth.BEARER,
        timeline=Call(batch=1, cost=1),
        quotas=(api.QUOTA,),
        rest=_meta.rest,
        page=api.PAGE,
        blind_to=frozenset({"replies", "ghost_posts"}),
        max_pages=api.MAX_PAGES,
        asks_for=api.HANDLE,
    ),
    rules=api.RULES,
    timeline=api.timeline,
    controls=(api.CONTROL,),
    secret=SECRET,
)
PLATFORM = Platform(
    name="threads",
    title="Threads",
    base_url=api.BASE_URL,
    address=ADDRESS,
    capability=Capability(auth=Auth.BEARER),
    posts=(  # codes look like Instagram's, but no recorded pair verifies a date in them
        PostForm(
            re.compile(rf"/@(?P<handle>[A-Za-z0-9._]{{1,30}})/post/{CODE}"),
            "https://www.threads.com/@{handle}/post/{id}",
        ),
        PostForm(re.compile(rf"/t/{CODE}"), "https://www.threads.com/t/{id}"),
    ),
    keyed=KEYED,
    way=Way(minutes=None, command="auditor connect threads"),
    connect=Connect("token_env", SECRET.variable, _meta.FORM, api.try_token),
)
