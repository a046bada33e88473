"""The nouns of an audit. Standard library only: no I/O, no clock, no defaults that hide a decision.

Every instant is an aware datetime. Three clocks are kept apart by name: `posted_at` is the platform's claim,
`observed_at` ours, `as_of` the judge's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import TypeAlias

HAND = "hand"  # the route of a look a person made, and the lane of such looks
ATTESTED = "attested"  # flag of a sight by a person; the closer word of what rests on one
SCREENSHOT, SECOND_PERSON = "screenshot", "second_person"  # flags of its evidence: a letter needs both
ON_TOP = "undated_on_top"  # a flag: above all dated items stands one without; somebody may just have posted
UNDATED = "undated_item"  # a flag: an item without a date arrived, and the look reaches back no further than that
MANAGER = "manager"  # flag: the account's own manager looked
BARE = "forgotten:"  # begins the id of a post of which only the instant may be kept

NOTHING: Mapping[str, int] = MappingProxyType({})


class PostKind(StrEnum):
    """What a post is. Which kinds count as activity is the policy's business."""

    ORIGINAL = "original"  # includes a quote with words of its own
    REPOST = "repost"
    REPLY = "reply"
    OTHER = "other"  # service messages, upcoming broadcasts: never counted


class Barrier(StrEnum):
    """Why the public cannot read an account: the platform answered, and this is its answer."""

    GONE = "gone"
    SUSPENDED = "suspended"
    PROTECTED = "protected"
    WRONG_KIND = "wrong_kind"  # exists, but is not what this route reads
    TAKEN = "taken"  # the handle now belongs to another id


class Miss(StrEnum):
    """Why we learned nothing. Never evidence about the account."""

    AMBIGUOUS_ABSENCE = "ambiguous_absence"  # the platform will not say which: ask a person
    RATE_LIMITED = "rate_limited"  # too fast: pause this lane until it resets
    QUOTA_EXHAUSTED = "quota_exhausted"  # budget used up: stop this lane until it resets
    CREDENTIAL_REJECTED = "credential_rejected"  # stop this lane, tell the operator once
    PERMISSION_MISSING = "permission_missing"  # the same
    OUR_REQUEST_INVALID = "our_request_invalid"  # fix the register or the adapter, never retry
    UNREACHABLE = "unreachable"  # network, 5xx, blocked, outage: try again
    UNRECOGNISED = "unrecognised"  # answered, but in no shape we know: fix the adapter


@dataclass(frozen=True, slots=True)
class AccountRef:
    """An account as a platform knows it. `native_id` survives a rename; a handle does not."""

    platform: str
    handle: str
    native_id: str | None = None


@dataclass(frozen=True, slots=True)
class Post:
    """That something was posted, and when. Never what it said."""

    native_id: str
    posted_at: datetime
    kind: PostKind = PostKind.ORIGINAL
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """We read the account.

    `horizon`: every counted post with `horizon <= posted_at <= observed_at` was listed; None reads back to the
    beginning; equal to `observed_at` this look proves activity only. `undated` names listed items without a date:
    one that was never listed before makes the look cover nothing, which the recorder decides, who knows the history.
    """

    native_id: str  # the id the *answer* named
    handle: str
    posts: tuple[Post, ...]
    horizon: datetime | None
    created_at: datetime | None = None  # of the account, as the platform states it
    counters: Mapping[str, int] = field(default_factory=lambda: NOTHING)
    flags: frozenset[str] = frozenset()  # "limited", "memorial", "moved_to=…", "positive_only", "partial_view", …
    undated: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Unreadable:
    """The platform positively says that the public cannot read the account, and why."""

    barrier: Barrier
    detail: str = ""  # "deactivated", "gone_or_suspended", "preview_disabled", …


class Stops(StrEnum):
    """Who waits when a platform asks us to wait."""

    ACCOUNT = "account"  # nobody else
    LANE = "lane"
    CREDENTIAL = "credential"  # every lane, of whatever platform, that asks with the same credential


@dataclass(frozen=True, slots=True)
class Missed:
    """We learned nothing about the account."""

    reason: Miss
    detail: str = ""
    reset_at: datetime | None = None  # when asking again makes sense, if the platform said so
    stops: Stops = Stops.LANE  # of a refusal that makes us wait


Outcome: TypeAlias = Seen | Unreadable | Missed


@dataclass(frozen=True, slots=True)
class Observation:
    """One look at one account at one instant.

    `control_ok`: None when no control was asked, False when it failed or could not be had. Absence and silence count
    only with True.
    """

    observed_at: datetime
    outcome: Outcome
    control_ok: bool | None = None
    route: str = "api"  # api, feed, page, hand


class Status(StrEnum):
    """Exactly one per account and instant."""

    ACTIVE = "active"
    SLOW = "slow"
    INACTIVE = "inactive"
    NEVER_POSTED = "never_posted"
    LOST = "lost"
    UNKNOWN = "unknown"


class Overlay(StrEnum):
    """What sits on top of a status and never hides it."""

    EXEMPT = "exempt"
    NEW = "new"


SILENT = frozenset({Status.INACTIVE, Status.NEVER_POSTED})


class Reason(StrEnum):
    """Why a verdict is what it is; the closer word stands in `Verdict.reason_detail`."""

    RECENT = "recent"  # active: posted recently and often enough
    QUIET = "quiet"  # slow: the last post is some time ago
    SELDOM = "seldom"  # slow: too few posts in the window
    SILENT = "silent"  # inactive
    EMPTY = "empty"  # never_posted: read to the beginning, no counted post
    ABSENT = "absent"  # lost: the platform says so, several times
    TAKEN = "taken"  # lost: the handle has another id
    NOT_CONNECTED = "not_connected"  # unknown: nothing here can read it
    BLIND = "blind"  # unknown: could be read, cannot now
    UNDECIDABLE = "undecidable"  # unknown: looked, and the answer proves nothing
    NOT_YET = "not_yet"  # unknown: nobody has looked yet


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is known about an account, as it was when it was last looked at."""

    status: Status
    since: datetime | None  # when it became true, not when we noticed
    reason: Reason
    reason_detail: str | None = None
    confirmed: bool = True  # unconfirmed, a case gets no further than the first letter
    next_change_at: datetime | None = None  # may lie in the past: a look is owed
    confirmable_at: datetime | None = None  # when the next look would confirm
    proven_until: datetime | None = None  # known posts alone prove until here that it is not silent
    observed_at: datetime | None = None  # the look that judged
    last_post: Post | None = None  # the newest counted post ever seen, at the instant it counts
    silent_since: datetime | None = None  # start of the silence: the last counted post, or the edge of what was read
    age_from: datetime | None = None  # None: only the first look is known
    first_look_at: datetime | None = None  # the first sight
    post_days: int = 0  # days on which a counted post was ever seen
    overlays: frozenset[Overlay] = frozenset()
    flags: frozenset[str] = frozenset()  # of the freshest sight
    owed: tuple[str, ...] = ()  # evidence of a person's look that a letter would still lack


@dataclass(frozen=True, slots=True)
class Change:
    """A verdict that differs from the last one; dated at its cause, not at its discovery."""

    account: str
    old: Status | None
    new: Status
    since: datetime | None
    reason: Reason
    judged_at: datetime
