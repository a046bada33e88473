"""The closed list of what goes wrong, and what it does to an answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from auditor.core.model import Barrier, Miss, Missed, Unreadable


class Fault(StrEnum):
    """Everything the machine can do to the office, the platform and the accounts."""

    # the platform answers nothing about anybody (of a lane)
    DOWN = "down"
    GONE_FOR_ALL = "gone_for_all"
    LOGIN_PAGE = "login_page"
    AMBIGUOUS = "ambiguous"
    THROTTLED = "throttled"
    QUOTA_GONE = "quota_gone"
    KEY_REJECTED = "key_rejected"
    NOT_PERMITTED = "not_permitted"
    # it answers, and the answer is not the truth (about one account, or all of a lane)
    EMPTY = "empty"
    ZERO = "zero"
    CUT = "cut"
    STALE = "stale"
    FROZEN = "frozen"
    UNCHANGED = "unchanged"
    VANISHED = "vanished"
    TWICE = "twice"
    COUNTERS_DOWN = "counters_down"
    COUNTERS_FROZEN = "counters_frozen"
    # the truth is odd
    UNDATED = "undated"
    AHEAD = "ahead"
    ZONE = "zone"
    PINNED = "pinned"
    DELETED = "deleted"
    RENAMED = "renamed"
    TAKEN = "taken"
    SUSPENDED = "suspended"
    PROTECTED = "protected"
    GONE = "gone"
    BACK = "back"
    # it is us
    OFFLINE = "offline"
    CLOCK_AHEAD = "clock_ahead"
    CLOCK_BACK = "clock_back"
    CLOCK_YEAR = "clock_year"
    RESTART = "restart"
    KILLED_ASKING = "killed_asking"
    KILLED_WRITING = "killed_writing"
    KILLED_JUDGING = "killed_judging"
    RACE = "race"
    REMOVED = "removed"
    PUT_BACK = "put_back"
    CORRECTED = "corrected"
    ADDED = "added"
    POLICY = "policy"


REFUSALS: dict[Fault, Missed | Unreadable] = {
    Fault.DOWN: Missed(Miss.UNREACHABLE, "503"),
    Fault.GONE_FOR_ALL: Unreadable(Barrier.GONE),
    Fault.LOGIN_PAGE: Missed(Miss.UNRECOGNISED, "html"),
    Fault.AMBIGUOUS: Missed(Miss.AMBIGUOUS_ABSENCE, "not_found"),
    Fault.THROTTLED: Missed(Miss.RATE_LIMITED),
    Fault.QUOTA_GONE: Missed(Miss.QUOTA_EXHAUSTED),
    Fault.KEY_REJECTED: Missed(Miss.CREDENTIAL_REJECTED),
    Fault.NOT_PERMITTED: Missed(Miss.PERMISSION_MISSING),
}
OF_LANE = (*REFUSALS, Fault.FROZEN)
OF_ONE = (
    Fault.EMPTY,
    Fault.ZERO,
    Fault.CUT,
    Fault.STALE,
    Fault.UNCHANGED,
    Fault.VANISHED,
    Fault.TWICE,
    Fault.COUNTERS_DOWN,
    Fault.COUNTERS_FROZEN,
)
LASTING = (*OF_LANE, *OF_ONE, Fault.OFFLINE)
LIES = frozenset({Fault.EMPTY, Fault.ZERO, Fault.CUT, Fault.STALE, Fault.FROZEN, Fault.UNCHANGED, Fault.VANISHED})


@dataclass(frozen=True, slots=True)
class Active:
    """A fault that lasts: of a lane or of one account (by name), since and until when (true time)."""

    fault: Fault
    target: str
    since: datetime
    until: datetime
    salt: int = 0


def lasting(fault: Fault, target: str, now: datetime, days: float, salt: int) -> Active:
    """From now on, for so long."""
    return Active(fault, target, now, now + timedelta(days=days), salt)
