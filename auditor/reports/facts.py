"""What reports count: who is in the totals, what is read how, how old a silence is, which stage it has reached."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from auditor.core.audit import WEEKS, AdviceCode, Audit, Audited, BlindSpot
from auditor.core.model import HAND, MANAGER, SILENT, Change, Miss, Observation, Overlay, Reason, Seen, Status
from auditor.core.policy import DAY, midnight
from auditor.core.register import Agency, Register, Relation
from auditor.core.verdict import letters_at


class Stage(StrEnum):
    """How far a silence has come; the words of the ladder, without a case."""

    PROPOSE = "propose"
    REACTIVATE = "reactivate"
    LETTER = "letter"
    MEMO = "memo"  # an office above is told by memo, never by a letter
    EARLY = "early"  # before the first letter: a reminder is enough
    LOOK = "look"
    NEW = "new"
    EXEMPT = "exempt"
    OUTSIDE = "outside"


@dataclass(frozen=True, slots=True)
class Coverage:
    """How the counted accounts are read; each is in exactly one of the four."""

    automatic: int
    by_hand: int
    not_connected: int
    failing: int


def is_counted(row: Audited) -> bool:
    """Agencies outside are listed and looked at, and stay out of the totals (policy.yaml: relations.in_totals)."""
    return row.agency.relation is not Relation.OUTSIDE


def totals(rows: Sequence[Audited]) -> dict[str, int]:
    """Accounts by status, and the overlays beside them."""
    counted = [row for row in rows if is_counted(row)]
    statuses = Counter(row.verdict.status for row in counted)
    overlays = Counter(overlay for row in counted for overlay in row.verdict.overlays)
    return (
        {"accounts": len(counted)}
        | {str(status): statuses[status] for status in Status}
        | {str(overlay): overlays[overlay] for overlay in Overlay}
    )


def coverage(audit: Audit, rows: Sequence[Audited]) -> Coverage:
    """By hand: a person's look judged it. Not connected: nothing here reads it. Failing: something should."""
    withheld = {key for spot in audit.blind_spots for key in spot.accounts}
    kinds = Counter(_reading(row, withheld) for row in rows if is_counted(row))
    return Coverage(kinds["automatic"], kinds["by_hand"], kinds["not_connected"], kinds["failing"])


def _reading(row: Audited, withheld: set[str]) -> str:
    if is_told(row):
        return "by_hand"
    if not row.policy.connected or row.verdict.reason is Reason.NOT_CONNECTED:
        return "not_connected"
    # A platform that will not say why is a task for a person, not a failure of ours.
    ours = row.failing_since is not None and row.last_miss != Miss.AMBIGUOUS_ABSENCE
    if ours or row.verdict.reason is Reason.BLIND or row.account.key in withheld:
        return "failing"
    return "automatic"


def unread(rows: Iterable[Audited], as_of: datetime) -> Iterator[BlindSpot]:
    """A platform that nothing here reads is one blind spot, since it was listed, however many accounts it has."""
    dark: dict[str, list[Audited]] = {}
    for row in rows:
        if row.verdict.reason is Reason.NOT_CONNECTED:
            dark.setdefault(row.account.ref.platform, []).append(row)
    for platform, found in dark.items():
        since = min((row.listed_at for row in found if row.listed_at is not None), default=as_of)
        yield BlindSpot(platform, Reason.NOT_CONNECTED, since, tuple(row.account.key for row in found))


def is_told(row: Audited) -> bool:
    """What is known now was told by a person who looked. A person's look that has gone stale tells nothing any more."""
    return row.route == HAND and row.verdict.status is not Status.UNKNOWN


def told(rows: Iterable[Audited]) -> tuple[int, int]:
    """Counted accounts whose status a person told: checkers, and managers of the account itself."""
    found = [MANAGER in row.verdict.flags for row in rows if is_counted(row) and is_told(row)]
    return found.count(False), found.count(True)


def is_carried(row: Audited) -> bool:
    """Only a known post vouches for it: the newest looks failed, did not read far enough, or were a person's."""
    return row.failing_since is not None or row.verdict.reason_detail == "not_silent_yet" or is_told(row)


def flagged(rows: Iterable[Audited]) -> int:
    """How many may be proposed for closing."""
    return sum(row.advice.code is AdviceCode.PROPOSE_CLOSURE for row in rows if is_counted(row))


def whole_days(start: datetime | None, end: datetime | None) -> int | None:
    """Whole days between two instants, rounded down: a silence is never overstated."""
    if start is None or end is None:
        return None
    return max(0, (end - start) // DAY)


def days_silent(row: Audited) -> int | None:
    """From the last counted post to the look that judged: an account is only as silent as it was then."""
    post = row.verdict.last_post
    return whole_days(post.posted_at if post else None, row.verdict.observed_at)


def days_quiet(row: Audited) -> int | None:
    """Days silent; of a silent account without any post, the days since the silence (or the account) began."""
    days = days_silent(row)
    if days is not None or not is_silent(row):
        return days
    return whole_days(row.verdict.silent_since or row.verdict.age_from, row.verdict.observed_at)


def letter_at(row: Audited) -> datetime | None:
    """When the first letter is due, holidays granted; None where the silence has no known start."""
    return next(iter(letters_at(row.verdict, row.policy)), None)


def is_early(row: Audited) -> bool:
    """When it was last looked at, the first letter was not due yet."""
    at, looked = letter_at(row), row.verdict.observed_at
    return at is not None and looked is not None and looked < at


def is_silent(row: Audited) -> bool:
    """Inactive, or never posted."""
    return row.verdict.status in SILENT


def stage(row: Audited) -> Stage:
    """The stage of a silent account."""
    if Overlay.EXEMPT in row.verdict.overlays:
        return Stage.EXEMPT
    if Overlay.NEW in row.verdict.overlays:
        return Stage.NEW
    if row.agency.relation is Relation.OUTSIDE:
        return Stage.OUTSIDE
    match row.advice.code:
        case AdviceCode.PROPOSE_CLOSURE:
            return Stage.PROPOSE
        case AdviceCode.REACTIVATE:
            return Stage.REACTIVATE
        case AdviceCode.NOTICE:
            return Stage.LETTER
        case AdviceCode.LOOK:
            return Stage.LOOK
        case _:
            return Stage.MEMO if row.agency.relation is Relation.ABOVE and not is_early(row) else Stage.EARLY


def head_agency(register: Register) -> Agency | None:
    """The office the others answer to: the first of the list without a parent."""
    return next((a for a in register.agencies if a.parent is None), next(iter(register.agencies), None))


def week_start(audit: Audit) -> datetime:
    """The first instant of Monday in the zone of the head office: the week of looks by hand."""
    head = head_agency(audit.register)
    local = audit.as_of.astimezone(head.zone) if head else audit.as_of
    return midnight(local.date() - timedelta(days=local.weekday()), head.zone if head else UTC)


def ladder_started(audit: Audit) -> bool:
    """Without an agency that set the policy and a first day that has come, no letter is written."""
    book, head = audit.book, head_agency(audit.register)
    today = (audit.as_of.astimezone(head.zone) if head else audit.as_of).date()
    return book.set_by is not None and book.ladder_starts_on is not None and book.ladder_starts_on <= today


def net_changes(changes: Sequence[Change]) -> list[tuple[Change, Status | None]]:
    """The last change of each account with the status it had before the first one; there-and-back is no change."""
    first: dict[str, Status | None] = {}
    last: dict[str, Change] = {}
    for change in changes:
        first.setdefault(change.account, change.old)
        last[change.account] = change
    return [(change, first[key]) for key, change in last.items() if first[key] != change.new]


def is_reactivated(old: Status | None, new: Status) -> bool:
    """It was silent, and posts again."""
    return old in SILENT and new in (Status.ACTIVE, Status.SLOW)


def known_30d(row: Audited) -> tuple[int, bool]:
    """Posts known in 30 days, and whether that is all of them."""
    if row.rhythm.posts_30d is not None:
        return row.rhythm.posts_30d, True
    return row.rhythm.at_least_30d, False


def weekly(rows: Sequence[Audited]) -> tuple[int | None, ...]:
    """Posts per week of several accounts; None where none of them was read."""
    sums: list[int | None] = []
    for week in range(WEEKS):
        known = [row.rhythm.weeks[week] for row in rows if week < len(row.rhythm.weeks)]
        counts = [n for n in known if n is not None]
        sums.append(sum(counts) if counts else None)
    return tuple(sums)


def is_regular(row: Audited) -> bool:
    """Twelve weeks, all of them read, none of them empty."""
    weeks = row.rhythm.weeks
    return len(weeks) == WEEKS and all(weeks)


def with_new_posts(history: Iterable[Observation]) -> list[tuple[Observation, int | None]]:
    """The looks, oldest first, each with how many posts it was the first to list; None for a look that read nothing.

    A history hands each post only to its first and its newest look, so how many a look listed cannot be told from it.
    """
    known: set[str] = set()
    out: list[tuple[Observation, int | None]] = []
    for look in sorted(history, key=lambda o: o.observed_at):
        count = None
        if isinstance(look.outcome, Seen):
            fresh = {post.native_id for post in look.outcome.posts} - known
            known |= fresh
            count = len(fresh)
        out.append((look, count))
    return out
