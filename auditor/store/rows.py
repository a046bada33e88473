"""Facts ↔ columns: instants, hostile text, outcomes. No SQL."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from auditor.core.model import Barrier, Miss, Missed, Outcome, PostKind, Seen, Unreadable

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)
FIRST = (datetime.min.replace(tzinfo=UTC) - EPOCH) // SECOND
LAST = (datetime.max.replace(tzinfo=UTC) - EPOCH) // SECOND
DAY = 86_400
SEEN = "seen"
MISSES = frozenset(str(m) for m in Miss)
KINDS = (PostKind.ORIGINAL, PostKind.REPOST, PostKind.REPLY, PostKind.OTHER)
CODE = {kind: code for code, kind in enumerate(KINDS)}
LARGEST = 2**63 - 1
LONG = 512  # characters; what is longer is no id, handle or word of a platform we know


def seconds(at: datetime) -> int:
    """Whole seconds since 1970 in UTC, fractions cut off. A naive instant is a defect and raises ValueError."""
    if at.tzinfo is None:
        raise ValueError(f"an instant without a zone: {at.isoformat()}")
    return max(FIRST, min(LAST, (at - EPOCH) // SECOND))  # year 1 east of Greenwich is before year 1 in UTC


def maybe_seconds(at: datetime | None) -> int | None:
    """`seconds`, where an instant may be missing."""
    return None if at is None else seconds(at)


def instant(stored: int) -> datetime:
    """The aware instant in UTC."""
    return EPOCH + timedelta(seconds=stored)


def maybe_instant(stored: int | None) -> datetime | None:
    """`instant`, where one may be missing."""
    return None if stored is None else EPOCH + timedelta(seconds=stored)


def day_of(stored: int) -> str:
    """The UTC day an instant falls on."""
    return instant(stored).date().isoformat()


def storable(text: str) -> str:
    """The text without lone surrogates, which JSON allows and a database cannot hold."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def short(text: str, limit: int = LONG) -> str:
    """Storable, and cut: for words nobody compares."""
    return storable(text)[:limit]


def maybe_short(text: str | None, limit: int = LONG) -> str | None:
    """`short`, where a text may be missing."""
    return None if text is None else short(text, limit)


def bounded(number: int) -> int:
    """The number as far as a column holds it: 64 bits."""
    return max(-LARGEST - 1, min(LARGEST, number))


def maybe_bounded(number: int | None) -> int | None:
    """`bounded`, where a number may be missing."""
    return None if number is None else bounded(number)


def kept_id(text: str) -> str:
    """Storable, and of bounded length, yet as different as it was: for ids of posts and accounts."""
    text = storable(text)
    if len(text) <= LONG:
        return text
    return f"{text[: LONG - 70]}…{sha256(text.encode()).hexdigest()}"


def canonical(value: object) -> str:
    """One text for one value: what is hashed and what is stored as JSON."""
    return json.dumps(value, ensure_ascii=True, sort_keys=True, separators=(",", ":"))


def maybe_object(value: Mapping[str, int] | Mapping[str, str]) -> str | None:
    """A JSON object; nothing for an empty one."""
    return canonical(dict(value)) if value else None


def word(outcome: Outcome) -> str:
    """How an outcome is called: "seen", the barrier, or why nothing was learnt."""
    match outcome:
        case Seen():
            return SEEN
        case Unreadable(barrier=barrier):
            return str(barrier)
        case Missed(reason=reason):
            return str(reason)


def blind(outcome: str, detail: str | None, reset_at: int | None) -> Unreadable | Missed:
    """The outcome of a look that saw nothing."""
    if outcome in MISSES:
        return Missed(Miss(outcome), detail or "", maybe_instant(reset_at))
    return Unreadable(Barrier(outcome), detail or "")
