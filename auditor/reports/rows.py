"""One account as a row of data: the keys of the JSON report, in their order (docs/schema/report-1.json)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, TypeAlias

from auditor.core.audit import Audited
from auditor.words import Words

from .facts import days_silent
from .labels import reason_sentence

Row: TypeAlias = dict[str, Any]  # JSON values


def instant(at: datetime | None) -> str | None:
    """UTC at whole seconds: "2026-11-23T00:00:00Z"."""
    return None if at is None else at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def account_row(row: Audited, w: Words) -> Row:
    """The row of one account. Texts are passed on as they are: whoever prints them cleans them."""
    return {**_facts(row), **_judgement(row, w), **_counts(row), **_what_next(row)}


def _facts(row: Audited) -> Row:
    return {
        "account": row.account.key,
        "url": row.account.url,
        "agency": row.agency.id,
        "platform": row.account.ref.platform,
        "handle": row.account.ref.handle,
        "native_id": row.native_id,
    }


def _judgement(row: Audited, w: Words) -> Row:
    verdict = row.verdict
    post = verdict.last_post
    return {
        "status": str(verdict.status),
        "overlays": sorted(map(str, verdict.overlays)),
        "confirmed": verdict.confirmed,
        "since": instant(verdict.since),
        "reason": reason_sentence(row, w),
        "reason_code": str(verdict.reason),
        "reason_detail": verdict.reason_detail,
        "last_post_at": instant(post.posted_at) if post else None,
        "last_post_url": post.url if post else None,
        "days_silent": days_silent(row),
        "opened": row.account.opened.isoformat() if row.account.opened else None,
    }


def _counts(row: Audited) -> Row:
    rhythm = row.rhythm
    return {
        "posts_7d": rhythm.posts_7d,
        "posts_30d": rhythm.posts_30d,
        "posts_90d": rhythm.posts_90d,
        "posts_365d": rhythm.posts_365d,
        "active_days_90d": rhythm.active_days_90d,
        "gap_median_days": rhythm.gap_median_days,
        "gap_p90_days": rhythm.gap_p90_days,
        "longest_silence_days": rhythm.longest_silence_days,
    }


def _what_next(row: Audited) -> Row:
    advice, verdict = row.advice, row.verdict
    return {
        "advice": {"code": str(advice.code), "from": instant(advice.start), "missing": list(advice.missing)},
        "held": row.held and {"status": str(row.held.status), "since": instant(row.held.since)},
        "observed_at": instant(verdict.observed_at),
        "proven_until": instant(verdict.proven_until),
        "route": row.route,
        "observations": row.observations,
        "next_change_at": instant(verdict.next_change_at),
        "profile": row.policy.profile,
        "case": None,
    }


def evidence_hash(rows: Iterable[Audited], w: Words) -> str:
    """SHA-256 over the rows without their sentences: the same facts give the same code in every language."""
    digest = hashlib.sha256()
    for row in rows:
        facts = account_row(row, w)
        del facts["reason"]
        digest.update(json.dumps(facts, sort_keys=True, separators=(",", ":")).encode())
        digest.update(b"\n")
    return digest.hexdigest()
