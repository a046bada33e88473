"""Instagram: readable with a token of the office's own, by Business Discovery; without one people look."""

from __future__ import annotations

import re
from dataclasses import replace

from auditor.core.address import AddressForm
from auditor.core.post_link import SHORT, PostForm

from . import _instagram_api as api, _meta as meta
from ._minted import instagram_code
from .base import Auth, Call, Capability, Connect, Platform, Way

NAME = r"(?P<handle>[A-Za-z0-9._]{1,30})"

CODE = r"(?P<id>[A-Za-z0-9_-]{5,64})"
KINDS = {"p": "p", "reels?": "reel", "tv": "tv"}

ADDRESS = AddressForm(
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
)
POSTS = (
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
)
BLIND_TO = frozenset({"stories"})
KEYED = Platform(
    name="instagram",
    title="Instagram",
    base_url=meta.BASE_URL,
    address=ADDRESS,
    capability=Capability(
        auth=Auth.BEARER,
        lookup=None,
        timeline=Call(batch=1, cost=1),
        quotas=(meta.QUOTA,),
        rest=meta.rest,
        tells_apart=frozenset(),
        page=api.FIRST,
        default_on=True,
        blind_to=BLIND_TO,
        max_pages=api.MAX_PAGES,
    ),
    rules=api.RULES,
    timeline=api.timeline,
    controls=("instagram",),
    secret=replace(meta.SECRET, about={"user_id": ("user_id_env", "AUDITOR_INSTAGRAM_USER_ID")}),
)
PLATFORM = Platform(
    name="instagram",
    title="Instagram",
    base_url=meta.BASE_URL,
    address=ADDRESS,
    capability=Capability(auth=Auth.BEARER, blind_to=BLIND_TO),
    posts=POSTS,
    keyed=KEYED,
    way=Way(minutes=120, command="auditor connect instagram"),
    connect=Connect("token_env", meta.SECRET.variable, meta.FORM, api.try_discovery),
)
