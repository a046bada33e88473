"""What one audit says: the values every report renders. Built by `judge`, rendered by `reports`, never stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from .brake import Hold
from .model import Change, Status, Verdict
from .policy import Policy, PolicyBook
from .register import Account, Agency, Register

WEEKS = 12


class AdviceCode(StrEnum):
    """What is to be done next about one account."""

    NONE = "none"
    REMIND = "remind"
    NOTICE = "notice"
    REACTIVATE = "reactivate"
    PROPOSE_CLOSURE = "propose_closure"
    SECURE = "secure"
    LOOK = "look"
    CONNECT = "connect"
    FIX_ENTRY = "fix_entry"


@dataclass(frozen=True, slots=True)
class Advice:
    """`start` is the instant from which it applies; `missing` names what the ladder still owes."""

    code: AdviceCode
    start: datetime | None = None
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Counts of counted posts. None, never 0, where reading without a gap does not reach back far enough.

    Windows end at the look that judged: `posts_30d` counts (observed_at - 30 d, observed_at]. `weeks` holds the last
    twelve weeks, oldest first, each None unless wholly read. Gaps lie between consecutive counted posts of the last
    365 read days; the open one counts in `longest_silence_days` only. Days are whole days, rounded down.
    """

    posts_7d: int | None = None
    posts_30d: int | None = None
    posts_90d: int | None = None
    posts_365d: int | None = None
    active_days_90d: int | None = None
    gap_median_days: float | None = None
    gap_p90_days: float | None = None
    longest_silence_days: int | None = None
    weeks: tuple[int | None, ...] = (None,) * WEEKS
    at_least_30d: int = 0  # posts known in the 30 days, read completely or not: the "+" of a report


@dataclass(frozen=True, slots=True)
class Held:
    """The status the brake keeps from an account, and since when that would be true."""

    status: Status
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Audited:
    """One account of the audit: the entry, what was judged, and what it rests on."""

    account: Account
    agency: Agency
    policy: Policy
    verdict: Verdict
    rhythm: Rhythm
    advice: Advice
    native_id: str | None = None
    route: str | None = None  # of the look that judged
    observations: int = 0
    last_tried_at: datetime | None = None  # the newest look, also a failed one
    failing_since: datetime | None = None  # first of the present unbroken row of misses
    dark_since: datetime | None = None  # the same of misses that say nothing of the account, not even that it is odd
    failures: int = 0  # how many those are
    last_miss: str | None = None  # outcome word of the newest look, when it was a miss
    last_post_deleted: bool = False
    told_at: datetime | None = None  # the newest look by a person
    listed_at: datetime | None = None  # when it first stood in a list; None: the store does not know it yet
    read_since: datetime | None = None  # the first look of a machine that answered about it
    held: Held | None = None  # the brake holds a change: `verdict` is the one released before
    stands_until: datetime | None = None  # while nobody looks nothing here changes before; None: never
    falls: int = 0  # how often the facts had changed when it was judged


@dataclass(frozen=True, slots=True)
class Control:
    """A known-good account (or status endpoint, or sentinel) and what it answered last."""

    platform: str
    account: str
    healthy: bool
    at: datetime


class BlindKind(StrEnum):
    """What cannot be seen: the wider kinds first, which is also the order they are told in."""

    NETWORK = "network"  # this machine reaches nobody
    CREDENTIAL = "credential"  # a key or token is refused
    PLATFORM = "platform"  # a platform, or one server of it
    ACCOUNT = "account"  # single accounts, while others on the same platform answer
    AGENCY = "agency"  # every account of an agency, each for a cause told in a row of its own


@dataclass(frozen=True, slots=True)
class BlindSpot:
    """Something that cannot be observed now, since when, why, whose looks are missing and which verdicts that costs."""

    platform: str  # "" of a network or an agency
    reason: str
    since: datetime
    accounts: tuple[str, ...]
    kind: BlindKind = BlindKind.PLATFORM
    subject: str = ""  # platform, lane or agency id; with the kind it names the spot for as long as it lasts
    withheld: Mapping[str, Status] = field(default_factory=dict)  # now unknown; the status each had before
    standing: Mapping[str, Status] = field(default_factory=dict)  # not withheld yet
    stands_until: datetime | None = None  # when the first of these will be
    among: int = 0  # of how many accounts that are read here these are a part; 0: all of them


@dataclass(frozen=True)
class Audit:
    """Every row in the order of the register, as of one instant."""

    as_of: datetime
    register: Register
    book: PolicyBook
    rows: tuple[Audited, ...]
    changes: tuple[Change, ...] = ()  # since `compared_with`
    compared_with: datetime | None = None
    removed: tuple[str, ...] = ()  # taken off the list since `compared_with`
    blind_spots: tuple[BlindSpot, ...] = ()
    controls: tuple[Control, ...] = ()
    rehearsal: bool = False  # the clock was set with --now
    problems: tuple[str, ...] = field(default=())  # of the register, as sentences
    remedies: Mapping[str, str] = field(default_factory=dict)  # platform -> the command that connects it
    holds: tuple[Hold, ...] = ()  # what the brake holds, oldest first
