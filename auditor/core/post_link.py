"""Addresses of single posts: which platform, which post, and the instant its id was minted. No network is needed."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

Clock: TypeAlias = Callable[[str], "datetime | None"]


@dataclass(frozen=True, slots=True)
class PostForm:
    """One form of a post's address below the platform's hosts. Named groups: `id` and, where it is shown, `handle`."""

    path: re.Pattern[str]
    url: str  # canonical, with {id} and {handle}
    minted: Clock | None = None  # the instant inside an id; None: the address carries no date


@dataclass(frozen=True, slots=True)
class PostLink:
    """What a post's address tells. `minted_at` is a floor: the post is no older. `handle` proves nothing."""

    platform: str
    native_id: str
    url: str
    minted_at: datetime | None
    handle: str | None
