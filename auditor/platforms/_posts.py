"""How posts of every platform are addressed, gathered from their declarations; and what an address is instead."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from auditor.core.address import AddressForm
from auditor.core.post_link import IS_ACCOUNT, NO_FORM, PostForm

from ._minted import mastodon_id
from .base import Platform

STATUSES = (
    tuple(  # of servers that address a status as Mastodon does; on another server an account of theirs has other ids
        PostForm(re.compile(path), "https://{host}/@{handle}/{id}", mastodon_id, handle="{handle}@{host}")
        for path in (
            r"/(?:web/)?@(?P<handle>[A-Za-z0-9_.-]+)/(?P<id>[1-9][0-9]{0,18})(?:/embed)?",
            r"/users/(?P<handle>[A-Za-z0-9_.-]+)/statuses/(?P<id>[1-9][0-9]{0,18})",
        )
    )
)


def post_forms(platforms: Mapping[str, Platform]) -> dict[str, tuple[frozenset[str], tuple[PostForm, ...]]]:
    """Hosts and forms of every platform that declares posts, as `read_post` takes them.

    A platform's own forms come first, then what is no account either, then accounts.
    """
    return {
        name: (
            platform.address.hosts.union(*(form.hosts for form in platform.posts)),
            (*platform.posts, *_no_posts(platform.address)),
        )
        for name, platform in platforms.items()
        if platform.posts
    }


def _no_posts(address: AddressForm) -> Iterator[PostForm]:
    for path, _ in address.refused:
        yield PostForm(path, "", keep_query=address.keep_query, no_post=NO_FORM)
    tails = "|".join(sorted(map(re.escape, address.tails)))
    for path in address.paths:
        whole = re.compile(f"(?:{path.pattern})(?:/(?:{tails}))*", path.flags)
        yield PostForm(whole, "", keep_query=address.keep_query, no_post=IS_ACCOUNT)
