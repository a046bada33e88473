"""X: with a bearer token by the API v2; without one people look.

Its terms (of 2026-08-22, XIV.C) demand the Enterprise plan of whoever shows its content to readers that act for a
government. So the route is used only where auditor.yaml says that this is known and dealt with.
"""

from __future__ import annotations

import re
from datetime import timedelta

from auditor.core.address import AddressForm
from auditor.core.model import Barrier
from auditor.core.post_link import SHORT, PostForm

from . import _x_answers as answers, _x_api as api, _x_posts as posts
from ._minted import x_id
from .base import Auth, Call, Capability, Connect, Platform, Secret, Way

NAME = r"(?P<handle>[A-Za-z0-9_]{1,15})"
ID = r"(?P<id>[1-9][0-9]{0,18})(?:/.*)?"  # a picture of it, who quoted it: the post

ADDRESS = AddressForm(
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
    tails=frozenset({"about", "featured", "posts", "videos", "media", "with_replies", "likes", "highlights", "photo"}),
)
VARIABLE = "AUDITOR_X_BEARER_TOKEN"
KEYED = Platform(
    name="x",
    title="X",
    base_url="https://api.x.com",
    address=ADDRESS,
    capability=Capability(
        auth=Auth.BEARER,
        lookup=Call(batch=api.BATCH, cost=1, spends={answers.MONEY.name: answers.USER_PRICE}),
        timeline=Call(batch=1, cost=1, spends=posts.DEAREST),
        quotas=answers.QUOTAS,
        bill=answers.bill,
        rest=answers.rest,
        tells_apart=frozenset({Barrier.GONE, Barrier.SUSPENDED, Barrier.PROTECTED}),
        page=posts.PAGE,
        max_pages=posts.MAX_PAGES,
        lookup_every=timedelta(days=7),
    ),
    rules=answers.RULES,
    lookup=api.lookup,
    timeline=posts.timeline,
    controls=("xdevelopers",),
    permalink=posts.permalink,
    secret=Secret(VARIABLE),
    gate="government_use_acknowledged",
)
PLATFORM = Platform(
    name="x",
    title="X",
    base_url="https://api.x.com",
    address=ADDRESS,
    capability=Capability(auth=Auth.BEARER),
    posts=(
        PostForm(re.compile(rf"/i/(?:web/)?status(?:es)?/{ID}"), "https://x.com/i/status/{id}", x_id),
        PostForm(re.compile(rf"/{NAME}/status(?:es)?/{ID}"), "https://x.com/{handle}/status/{id}", x_id),
        PostForm(re.compile(r"/.+"), "", hosts=frozenset({"t.co"}), no_post=SHORT),
    ),
    keyed=KEYED,
    way=Way(minutes=None, cost="paid", command="auditor connect x", forbidden=True),
    connect=Connect("token_env", VARIABLE, re.compile(r"AAAA[0-9A-Za-z%+/=_-]{20,500}"), api.try_token),
)
