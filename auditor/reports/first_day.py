"""The first week of an installation: what is seen, what nobody has looked at, and from when a silence can be stated."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from auditor.core.audit import Audit, Audited
from auditor.core.model import SILENT, Status
from auditor.words import Words, dates

from .facts import head_agency, is_told
from .labels import count


def is_first_day(audit: Audit) -> bool:
    """No silence is confirmed yet, nothing is lost, and the first sight (else the list) is younger than two looks."""
    if any(_is_settled(row) for row in audit.rows) or not audit.rows:
        return False
    return audit.as_of - _begun(audit) < timedelta(days=audit.book.looks_apart_days)


def _is_settled(row: Audited) -> bool:
    verdict = row.verdict
    return verdict.status is Status.LOST or (verdict.status in SILENT and verdict.confirmed)


def _begun(audit: Audit) -> datetime:
    """The first sight of anything; before it the day the list was first known; before that now."""
    looks = [at for row in audit.rows if (at := row.verdict.first_look_at)]
    listed = [at for row in audit.rows if (at := row.listed_at)]
    return min(looks or listed, default=audit.as_of)


def earliest(audit: Audit) -> datetime:
    """From when on a silence can be stated at all: two complete looks that far apart."""
    due = [at for row in audit.rows if row.verdict.status in SILENT and (at := row.verdict.confirmable_at)]
    looks = [at for row in audit.rows if (at := row.verdict.first_look_at)]
    return min(due) if due else min(looks, default=audit.as_of) + timedelta(days=audit.book.looks_apart_days)


def sentences(audit: Audit, counted: Sequence[Audited], w: Words) -> tuple[str, ...]:
    """How many were seen and how; not looked at is not inactive; nobody is inactive yet, and why."""
    head = head_agency(audit.register)
    seen = [row for row in counted if row.verdict.first_look_at is not None]
    by_hand = sum(is_told(row) for row in seen)
    tried = sum(row.verdict.first_look_at is None and row.last_tried_at is not None for row in counted)
    untouched = len(counted) - len(seen) - tried
    offices = len({row.agency.id for row in counted})
    at = earliest(audit)
    return (
        w("report.first.size", accounts=len(counted), offices=offices),
        *([count("report.first.automatic", len(seen) - by_hand, w)]),
        *([count("report.first.by_hand", by_hand, w)] if by_hand else []),
        *([count("report.first.tried", tried, w)] if tried else []),
        *([count("report.first.untouched", untouched, w)] if untouched else []),
        w("report.first.not_inactive"),
        w(
            "report.first.earliest",
            days=audit.book.looks_apart_days,
            day=dates.long_day(at.astimezone(head.zone) if head else at, w),
        ),
    )
