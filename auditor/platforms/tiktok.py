"""TikTok: with each owner's consent by the Display API, without any by the page for embedding, if the office says so.

The page is an offer of TikTok's, reading it by a machine is not: it is off unless auditor.yaml says `embed: true`. The
two routes know an account by different ids, which nothing translates; what the store learnt first stays.
"""

from __future__ import annotations

import re

from auditor.core.address import AddressForm
from auditor.core.model import Barrier
from auditor.core.post_link import SHORT, PostForm

from . import _tiktok_answers as answers, _tiktok_api as api, _tiktok_embed as embed
from ._minted import tiktok_id
from .base import Auth, Call, Capability, Connect, Owners, Platform, Secret, Way

NAME = r"@(?P<handle>[A-Za-z0-9._]{1,24})"
ID = r"(?P<id>[1-9][0-9]{0,18})"
EMBEDDED = "https://www.tiktok.com/embed/v2/{id}"

ADDRESS = AddressForm(
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
)
POSTS = (
    PostForm(re.compile(rf"/{NAME}/video/{ID}"), "https://www.tiktok.com/@{handle}/video/{id}", tiktok_id),
    # No recorded pair verifies that the ids of photo posts carry their date.
    PostForm(re.compile(rf"/{NAME}/photo/{ID}"), "https://www.tiktok.com/@{handle}/photo/{id}"),
    PostForm(re.compile(rf"/(?:embed|embed/v2|v)/{ID}(?:\.html)?"), EMBEDDED, tiktok_id),
    PostForm(re.compile(r"/.+"), "", hosts=frozenset({"vt.tiktok.com", "vm.tiktok.com"}), no_post=SHORT),
    PostForm(re.compile(r"/t/[^/]+"), "", no_post=SHORT),
)
CLIENT_KEY, CLIENT_SECRET = "AUDITOR_TIKTOK_CLIENT_KEY", "AUDITOR_TIKTOK_CLIENT_SECRET"


def permalink(handle: str, native_id: str) -> str | None:
    """A video's address. One that a page named apart from its id has none."""
    return api.VIDEO.format(handle=handle, id=native_id) if api.NUMBER.fullmatch(native_id) else None


KEYED = Platform(
    name="tiktok",
    title="TikTok",
    base_url=api.BASE_URL,
    address=ADDRESS,
    capability=Capability(
        auth=Auth.BEARER,
        timeline=Call(batch=1, cost=1),
        quotas=(answers.MINUTE,),
        tells_apart=frozenset({Barrier.GONE, Barrier.PROTECTED}),
        page=api.PAGE,
        max_pages=api.MAX_PAGES,
    ),
    rules=answers.RULES,
    timeline=api.timeline,
    permalink=permalink,
    secret=Secret(
        CLIENT_KEY,
        owners=Owners(
            secret=("client_secret_env", CLIENT_SECRET),
            redirect=("redirect_env", "AUDITOR_TIKTOK_REDIRECT_URI"),
            authorize=api.AUTHORIZE,
            tokens=api.TOKENS,
            scopes=api.SCOPES,
            ended=answers.token_ended,
            whose=api.whose,
        ),
    ),
)
PLATFORM = Platform(
    name="tiktok",
    title="TikTok",
    base_url=embed.BASE_URL,
    address=ADDRESS,
    capability=Capability(
        auth=Auth.NONE,
        timeline=Call(batch=1, cost=1),
        quotas=(embed.OURS,),
        tells_apart=frozenset({Barrier.GONE, Barrier.PROTECTED}),
        page=embed.LISTED,
        max_pages=1,
        route="page",
    ),
    rules=embed.RULES,
    timeline=embed.timeline,
    controls=("tiktok",),
    permalink=permalink,
    url_setting="embed_url",
    gate="embed",
    posts=POSTS,
    keyed=KEYED,
    way=Way(minutes=None, command="auditor connect tiktok"),
    connect=Connect("client_key_env", CLIENT_KEY, re.compile(r"[A-Za-z0-9_-]{10,64}"), api.try_consent),
)
