"""What a platform is: declared data, an ordered table of failures, and a handful of functions. One file each."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any, TypeAlias

from auditor.core.address import AddressForm
from auditor.core.model import AccountRef, Barrier, Miss, Missed, Outcome, Post, Stops, Unreadable
from auditor.core.post_link import PostForm
from auditor.core.quota import Quota, Rest
from auditor.fetch.answer import Answer, Ask, Cost, Refused
from auditor.fetch.backoff import reset_at

Json: TypeAlias = Any  # a parsed JSON document: shapes are checked where they are read


class Auth(StrEnum):
    NONE = "none"
    API_KEY = "api_key"
    BEARER = "bearer"
    MANUAL = "manual"  # nobody but a person can look


@dataclass(frozen=True, slots=True)
class Call:
    batch: int  # accounts per request
    cost: int  # units of the first quota per request
    spends: Cost = field(default_factory=lambda: MappingProxyType({}))  # of the other quotas, per account asked for


@dataclass(frozen=True, slots=True)
class Capability:
    """What a route can do, read by planner, documentation and tests. Never `if platform == …`."""

    auth: Auth
    lookup: Call | None = None
    timeline: Call | None = None
    quotas: tuple[Quota, ...] = ()  # the first is what a request takes one of, unless it says otherwise
    bill: Callable[[Answer], Cost] | None = None  # what an answer took of the `billed` quotas
    rest: Callable[[Answer], Rest | None] | None = None  # what its headers ask of us
    tells_apart: frozenset[Barrier] = frozenset()
    page: int | None = None
    default_on: bool = False
    positive_only: bool = False  # proves activity, never silence
    blind_to: frozenset[str] = frozenset()  # what the route cannot show: reels, stories, community posts
    max_pages: int = 10
    route: str = "api"  # api, feed, page
    conditional: bool = False  # validators are worth keeping
    asks_for: re.Pattern[str] | None = None  # the route can ask for handles or native ids of this form only
    lookup_every: timedelta | None = None  # the cheap question is not asked more often; None: at every look
    moves: str | None = None  # the counter that a new post moves: while it stands still the dear question can wait
    keep: timedelta | None = None  # the longest its terms allow what was read to be kept without reading it again

    @property
    def quota(self) -> Quota | None:
        """The one that lanes are made for."""
        return self.quotas[0] if self.quotas else None


@dataclass(frozen=True, slots=True)
class Profile:
    """What the cheap question answers: the account exists, this is its id, these are its counters."""

    native_id: str
    handle: str
    counters: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    created_at: datetime | None = None
    flags: frozenset[str] = frozenset()
    local_id: str = ""  # what the dear question needs, where it is not the native id


@dataclass(frozen=True, slots=True)
class Window:
    """Read back to `since` (or the beginning) as of `now`, the instant of this look."""

    since: datetime
    now: datetime
    newest: str | None = None  # native id of the newest post up to which a look that covers something has read
    proven: bool = False  # the lane works, and an account of the list was read before
    known: Mapping[str, Post] = field(default_factory=lambda: MappingProxyType({}))  # what machines listed here, by id
    settled: datetime | None = None  # the newest original post that an earlier look was sure of


@dataclass(frozen=True, slots=True)
class Unchanged:
    """304: the last sight still holds, at the new instant."""


Answered: TypeAlias = Outcome | Unchanged
Lookup: TypeAlias = Callable[[Sequence[AccountRef], Ask], Iterator[tuple[AccountRef, Profile | Unreadable | Missed]]]
Timeline: TypeAlias = Callable[[AccountRef, Profile | None, Ask, Window], Answered]
Bulk: TypeAlias = Callable[[Sequence[tuple[AccountRef, Window]], Ask], Iterator[tuple[AccountRef, Answered]]]


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of a failure table: first match wins, None matches anything."""

    means: Barrier | Miss
    status: int | None = None
    error: str | None = None  # the body's machine code, whole
    message: str | None = None  # a part of the body's message, any case
    call: str | None = None  # a part of the path
    header: tuple[str, str] | None = None  # name, part of the value
    detail: str = ""
    json: bool | None = None  # True: only JSON bodies; False: only others
    stops: Stops = Stops.LANE

    def matches(self, answer: Answer, error: str | None, message: str | None) -> bool:
        """Every named condition holds."""
        return (
            self.status in (None, answer.status)
            and self.error in (None, error)
            and (self.message is None or self.message.lower() in (message or "").lower())
            and (self.call is None or self.call in answer.url)
            and (self.header is None or self.header[1] in answer.headers.get(self.header[0], ""))
            and self.json in (None, is_json(answer))
        )


@dataclass(frozen=True, slots=True)
class Platform:
    """A value: it can be listed, compared, rendered and checked. Without `timeline` only people can look."""

    name: str
    title: str  # as its owner writes it
    base_url: str | None  # None: each account has its own server
    address: AddressForm
    capability: Capability
    rules: tuple[Rule, ...] = ()  # first match wins, then the common ones
    lookup: Lookup | None = None
    timeline: Timeline | None = None
    bulk: Bulk | None = None  # the dear question for `capability.timeline.batch` accounts in one request
    controls: tuple[str, ...] = ()  # the owner's own accounts that this route reads: canonical handles
    health: Callable[[Ask, str], bool] | None = None  # the status endpoint below an origin, or "" for the base URL
    permalink: Callable[[str, str], str | None] | None = None  # (handle, native post id) -> URL
    url_setting: str = "base_url"  # the key of auditor.yaml that replaces `base_url`
    host_tokens: str | None = None  # the key of auditor.yaml that names a file of host -> bearer token
    version: int = 1  # of the adapter: validators of another version are never sent
    posts: tuple[PostForm, ...] = ()  # addresses of single posts, and what date they carry
    keyed: Platform | None = None  # the same platform by its route with a credential
    secret: Secret | None = None  # the credential that route asks with
    gate: str | None = None  # the option of auditor.yaml without which the route is not used; `ways.<platform>.gate`
    way: Way | None = None  # None: read without any credential, or by hand only
    connect: Connect | None = None


@dataclass(frozen=True, slots=True)
class Secret:
    """How a credential is named in auditor.yaml and sent.

    Its keys are `key_env`, `token_env` and `token_envs`: every variable they name is one credential of a pool.
    """

    variable: str  # the environment variable where auditor.yaml names none
    header: str = "Authorization"
    form: str = "Bearer {}"
    proof: tuple[str, str] | None = None  # (key, usual variable) of an app secret that signs every request
    about: Mapping[str, tuple[str, str]] = field(default_factory=lambda: MappingProxyType({}))  # name -> the same
    owners: Owners | None = None  # each account has a credential of its own, which its owner consented to


@dataclass(frozen=True, slots=True)
class Owners:
    """How owners consent (OAuth 2, authorization code); `Secret.variable` then names the key of the office's app.

    What they consented to lies beside auditor.yaml, by handle; the lane of an account is `platform:@handle`.
    """

    secret: tuple[str, str]  # (key of auditor.yaml, usual variable) of the app's secret
    redirect: tuple[str, str]  # the same of the address that the browser is sent back to
    authorize: str  # where a person consents
    tokens: str  # path of the token URL, on the platform's base URL
    scopes: tuple[str, ...]
    ended: Callable[[Answer], bool]  # an answer says that the access token is not good any more
    whose: Callable[[Ask], tuple[str | None, str]]  # (handle if a post names it, name as shown) of who consented

    @property
    def variables(self) -> tuple[str, ...]:
        """Environment variables that work without being named in auditor.yaml."""
        return self.secret[1], self.redirect[1]


@dataclass(frozen=True, slots=True)
class Way:
    """A way to see the accounts of a platform that nothing here reads yet; rows of the road map.

    The words stand in the catalogue `ways`: `ways.<platform>.title` and, where its terms forbid it,
    `ways.<platform>.forbidden`.
    """

    minutes: int | None  # of a person's time, once; None: a letter to every office, or forbidden
    cost: str = "free"  # free, paid
    command: str = ""  # the one that starts it; "" where this release has none yet
    forbidden: bool = False


@dataclass(frozen=True, slots=True)
class Connect:
    """How a credential is had and tested. Its steps are words: `connect.<platform>.steps`."""

    setting: str  # the key of auditor.yaml that names the environment variable
    variable: str  # the variable where auditor.yaml names none
    form: re.Pattern[str]  # what a credential looks like; anything else is a slip of the hand
    test: Callable[[Ask], None]  # one call; raises Refused with the outcome


UNSURE = "unverified"  # flag of a sight: some of its posts may turn out to be announcements
ANNOUNCED = "announced"  # flag of a sight: a post is to come that moves no counter
OTHERS = "first_"  # of a name in `about`: so it is for the first credential of the pool, perhaps for this one too
FOUND = "connect.found"  # in the door's memory: what a test of a credential found, for `connect.<platform>.found`
NESTED = "nested too deeply"
WAITING = frozenset({403, 429, 503})  # statuses whose headers may say when to come back
COMMON = (
    Rule(Miss.RATE_LIMITED, status=429),
    Rule(Miss.UNREACHABLE, header=("cf-mitigated", "challenge"), detail="challenge"),
    Rule(Miss.CREDENTIAL_REJECTED, status=401),
    Rule(Miss.PERMISSION_MISSING, status=403),
    Rule(Miss.PERMISSION_MISSING, status=407),
)


def is_json(answer: Answer) -> bool:
    """The server says so."""
    return "json" in answer.headers.get("content-type", "").lower()


def json_error(answer: Answer) -> tuple[str | None, str | None]:
    """(machine code, message) of `{"error": …, "message": …}`; a lone error text serves as both."""
    try:
        body = json.loads(answer.body)
    except ValueError:
        return None, None
    if not isinstance(body, dict):
        return None, None
    error = body.get("error")
    code = error if isinstance(error, str) else None
    message = body.get("message")
    return code, message if isinstance(message, str) else code


def refusal(answer: Answer, rules: Sequence[Rule]) -> Refused:
    """The outcome of an answer that is not what was asked for. 5xx without a rule is unreachable, else unrecognised."""
    try:
        error, message = json_error(answer)
    except RecursionError:
        return Refused(Missed(Miss.UNRECOGNISED, NESTED))
    wait = reset_at(answer.headers, answer.at) if answer.status in WAITING else None
    for rule in (*rules, *COMMON):
        if rule.matches(answer, error, message):
            detail = rule.detail or error or str(answer.status)
            if isinstance(rule.means, Barrier):
                return Refused(Unreadable(rule.means, rule.detail))
            return Refused(Missed(rule.means, detail[:80], wait, rule.stops))
    reason = Miss.UNREACHABLE if answer.status >= 500 else Miss.UNRECOGNISED
    return Refused(Missed(reason, (error or str(answer.status))[:80], wait))


def json_of(answer: Answer, rules: Sequence[Rule]) -> Json:
    """The document of a 200 answer. HTML where JSON is due is unreachable: a login page, a proxy, a block."""
    if answer.status != 200:
        raise refusal(answer, rules)
    try:
        return json.loads(answer.body)
    except RecursionError:
        raise Refused(Missed(Miss.UNRECOGNISED, NESTED)) from None
    except ValueError:
        raise Refused(Missed(Miss.UNREACHABLE, "not JSON")) from None
