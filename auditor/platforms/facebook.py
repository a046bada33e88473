"""Facebook Pages: read by the Graph API where a Page gave the office a role, or Meta has reviewed the office's app.

A number in an address may be the profile id of a Page in the new form, which differs from the Page id that the Graph
API answers. So it is a handle, never the stable id.
"""

from __future__ import annotations

import re

from auditor.core.address import AddressForm
from auditor.core.model import Barrier
from auditor.core.post_link import SHORT, PostForm

from . import _facebook_api as api, _meta as meta
from ._facebook_batch import BATCH, rest, try_token
from .base import Auth, Call, Capability, Connect, Platform, Way

SITE = "https://www.facebook.com"
NAME = r"(?P<handle>[A-Za-z0-9.]{5,100})"
ID = r"(?P<id>[0-9]{5,20}|pfbid[A-Za-z0-9]{10,120})"
SHORTENED = frozenset({"fb.me", "fb.watch", "l.facebook.com", "lm.facebook.com"})
VIDEO, PHOTO, STORY = frozenset({"v"}), frozenset({"fbid"}), frozenset({"id", "story_fbid"})

ADDRESS = AddressForm(
    hosts=frozenset({"facebook.com", "fb.com", "fb.me"}),
    paths=(
        re.compile(r"/profile\.php\?id=(?P<handle>\d{5,20})"),
        re.compile(r"/(?:pages|people)/[^/]+/(?P<handle>\d{5,20})"),
        re.compile(r"/pages/category/[^/]+/[^/]+-(?P<handle>\d{5,20})"),
        re.compile(r"/(?:p/|pg/)?[^/]+-(?P<handle>\d{10,20})"),
        re.compile(r"/(?:pg/)?@?(?P<handle>[A-Za-z0-9.]{5,})"),
    ),
    handle=re.compile(r"[a-z0-9.]{5,100}"),
    url="https://www.facebook.com/{handle}",
    refused=(
        (re.compile(r"/groups?(?:/.*)?"), "group"),
        (re.compile(r"/events?(?:/.*)?"), "event"),
        (
            re.compile(r"/(?:sharer?(?:\.php|/.*)?|(?:dialog|plugins)(?:/.*)?)"),
            "share",
        ),
        (re.compile(r"/(?:watch|reel|reels|live)(?:/.*)?"), "video"),
        (re.compile(r"/hashtag(?:/.*)?|/search(?:/.*)?"), "search"),
        (re.compile(r"/stories(?:/.*)?"), "story"),
        (re.compile(r"/(?:photo|story|permalink|video)(?:\.php)?(?:/.*)?(?:\?.*)?"), "post"),
        (re.compile(r"/[^/]+/(?:posts|videos|photos|photo|reels|albums)/.+"), "post"),
        (re.compile(r"/(?:marketplace|gaming|jobs)(?:/.*)?"), "search"),
        (
            re.compile(r"/(?:login|help|policies|privacy|business|ads|settings|home)(?:\.php)?(?:/.*)?"),
            "page_of_platform",
        ),
        (re.compile(r"/(?:profile\.php|pg|(?:pages|people)(?:/[^/]*)?)"), "incomplete"),
    ),
    keep_query=frozenset({"id"}),
    tails=frozenset({"about", "featured", "posts", "videos", "photos", "reels", "events", "community", "reviews"}),
)
POSTS = (  # no address carries a date
    PostForm(re.compile(rf"/{NAME}/posts/(?:[^/]+/)?{ID}"), f"{SITE}/{{handle}}/posts/{{id}}"),
    PostForm(re.compile(rf"/{NAME}/videos/(?:[^/]+/)?{ID}"), f"{SITE}/{{handle}}/videos/{{id}}"),
    PostForm(re.compile(rf"/reel/{ID}"), f"{SITE}/reel/{{id}}"),
    PostForm(re.compile(rf"/(?:watch(?:/live)?|video\.php)\?v={ID}"), f"{SITE}/watch/?v={{id}}", keep_query=VIDEO),
    PostForm(re.compile(rf"/photo(?:\.php)?\?fbid={ID}"), f"{SITE}/photo/?fbid={{id}}", keep_query=PHOTO),
    PostForm(re.compile(rf"/{NAME}/photos/(?:[^/]+/)*{ID}"), f"{SITE}/{{handle}}/photos/{{id}}"),
    PostForm(
        re.compile(rf"/(?:permalink|story)\.php\?id={NAME}&story_fbid={ID}"),
        f"{SITE}/permalink.php?story_fbid={{id}}&id={{handle}}",
        keep_query=STORY,
    ),
    PostForm(re.compile(r"/share/.+"), "", no_post=SHORT),
    PostForm(re.compile(r"/.+"), "", hosts=SHORTENED, no_post=SHORT),
)
BLIND_TO = frozenset({"stories", "reels"})
KEYED = Platform(
    name="facebook",
    title="Facebook",
    base_url=meta.BASE_URL,
    address=ADDRESS,
    capability=Capability(
        auth=Auth.BEARER,
        timeline=Call(batch=BATCH, cost=BATCH),
        quotas=(meta.QUOTA,),
        rest=rest,
        tells_apart=frozenset({Barrier.GONE, Barrier.WRONG_KIND}),  # gone: of a name only
        page=api.PAGE,
        default_on=True,
        blind_to=BLIND_TO,
        max_pages=api.MAX_PAGES,
    ),
    rules=api.RULES,
    timeline=api.timeline,
    controls=("19292868552", "20531316728"),  # Meta for Developers, Facebook
    bulk=api.bulk,
    permalink=api.permalink,
    secret=meta.SECRET,
)
PLATFORM = Platform(
    name="facebook",
    title="Facebook",
    base_url=meta.BASE_URL,
    address=ADDRESS,
    capability=Capability(auth=Auth.BEARER, blind_to=BLIND_TO),
    posts=POSTS,
    keyed=KEYED,
    way=Way(minutes=None, command="auditor connect facebook"),
    connect=Connect("token_env", meta.SECRET.variable, meta.FORM, try_token),
)
