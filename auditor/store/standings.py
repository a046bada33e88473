"""Standings in and out: one row an account, so that a report's time does not depend on how long its history is."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from functools import cache, lru_cache
from typing import Any, TypeAlias

from auditor.core.audit import Rhythm
from auditor.core.model import Overlay, Post, Reason, Status, Verdict
from auditor.core.standing import Standing

from .connection import Connection
from .rows import CODE, EPOCH, KINDS, LAST, SECOND, canonical, instant, maybe_seconds, seconds
from .verbs_standings import Judged, Known

Row: TypeAlias = "tuple[Any, ...]"
NONE: frozenset[Any] = frozenset()
STATUS = {str(status): status for status in Status}
REASON = {str(reason): reason for reason in Reason}

FIELDS = (
    "status, since, reason, reason_detail, confirmed, next_change_at, confirmable_at, proven_until, observed_at,"
    " post_at, post_id, post_kind, post_url, silent_since, age_from, first_look_at, post_days, overlays, flags, owed,"
    " posts_7d, posts_30d, posts_90d, posts_365d, active_days_90d, gap_median, gap_p90, longest_silence, weeks,"
    " at_least_30d, route, looks, last_tried_at, failing_since, dark_since, failures, last_miss, newest_deleted,"
    " told_at, read_since"
)
KNOWN = f"""
SELECT a.key, a.id, a.native_id, a.first_listed_at, s.falls, s.mark, s.judged_at, s.until, {FIELDS}
FROM accounts a JOIN standings s ON s.account_id = a.id WHERE a.removed_at IS NULL
"""  # noqa: S608 — columns of our own
KEEP = f"""
UPDATE standings SET (judged_at, until, mark, {FIELDS}) = ({", ".join("?" * (FIELDS.count(",") + 4))})
WHERE account_id = ? AND falls = ?
"""  # noqa: S608 — the same
NEWER = """
SELECT 1 FROM states WHERE account_id = ?1 AND last_look_at > ?2 UNION ALL
SELECT 1 FROM doubted d JOIN doubts o ON o.id = d.doubt_id LEFT JOIN doubt_ends e ON e.doubt_id = o.id
WHERE d.account_id = ?1 AND max(o.found_at, coalesce(e.ended_at, 0)) > ?2 LIMIT 1
"""
FALLEN = """
SELECT a.key FROM standings s JOIN accounts a ON a.id = s.account_id
WHERE s.until <= ? AND a.removed_at IS NULL ORDER BY s.until LIMIT ?
"""


class StandingVerbs:
    """What is kept of judgements."""

    _db: Connection

    def keep_standings(self, judged: Iterable[Judged], judged_at: datetime) -> None:
        """See `Store.keep_standings`. A fraction of a second that is cut off ends a standing early, never late."""
        start = -(-(judged_at - EPOCH) // SECOND)
        rows = []
        for number, falls, mark, standing in judged:
            columns = to_row(standing)
            if of_row(columns, standing.stands_until) == standing:
                until = LAST if standing.stands_until is None else seconds(standing.stands_until)
                rows.append((start, until, mark, *columns, number, falls))
        if not rows:
            return
        with self._db.write() as con:
            for row in rows:
                if con.execute(NEWER, (row[-2], start)).fetchone() is None:
                    con.execute(KEEP, row)

    def standings(self, as_of: datetime, keys: Collection[str] | None = None) -> Iterator[Known]:
        """See `Store.standings`."""
        values = () if keys is None else (canonical(sorted(keys)),)
        named = "" if keys is None else " AND a.key IN (SELECT value FROM json_each(?))"
        at = seconds(as_of)
        with self._db.read() as con:
            for row in con.execute(KNOWN + named, values):
                yield _known(row, at)

    def fallen(self, now: datetime, limit: int) -> Sequence[str]:
        """See `Store.fallen`."""
        with self._db.read() as con:
            return tuple(key for (key,) in con.execute(FALLEN, (seconds(now), limit)))


def _known(row: Row, at: int) -> Known:
    key, number, native_id, listed_at, falls, mark, judged_at, until = row[:8]
    if not judged_at <= at < until:
        return Known(key, number, native_id, _listed(listed_at), falls)
    end = None if until == LAST else instant(until)
    return Known(key, number, native_id, _listed(listed_at), falls, mark, of_row(row[8:], end))


def to_row(standing: Standing) -> Row:
    """The columns of FIELDS. Instants lose fractions of a second, and rounded days more than one decimal."""
    v, r = standing.verdict, standing.rhythm
    post = v.last_post
    return (
        *(v.status, maybe_seconds(v.since), v.reason, v.reason_detail, int(v.confirmed)),
        *map(maybe_seconds, (v.next_change_at, v.confirmable_at, v.proven_until, v.observed_at)),
        *((None,) * 4 if post is None else (seconds(post.posted_at), post.native_id, CODE[post.kind], post.url)),
        *map(maybe_seconds, (v.silent_since, v.age_from, v.first_look_at)),
        *(v.post_days, *(canonical(sorted(words)) if words else None for words in (v.overlays, v.flags))),
        canonical(v.owed) if v.owed else None,
        *(r.posts_7d, r.posts_30d, r.posts_90d, r.posts_365d, r.active_days_90d),
        *(_tenths(r.gap_median_days), _tenths(r.gap_p90_days), r.longest_silence_days),
        *(canonical(r.weeks), r.at_least_30d, standing.route, standing.observations),
        *map(maybe_seconds, (standing.last_tried_at, standing.failing_since, standing.dark_since)),
        *(standing.failures, standing.last_miss, int(standing.last_post_deleted)),
        *map(maybe_seconds, (standing.told_at, standing.read_since)),
    )


def of_row(row: Row, until: datetime | None) -> Standing:
    """A standing from the columns of FIELDS."""
    (status, since, reason, detail, confirmed, change, confirmable, proven, observed) = row[:9]
    (post_at, post_id, kind, url, silent, age, first, days, overlays, flags, owed) = row[9:20]
    (week, month, quarter, year, active, median, most, longest, weeks, known) = row[20:30]
    (route, looks, tried, failing, dark, failures, miss, deleted, told, read) = row[30:]
    post = None if post_at is None else Post(post_id, instant(post_at), KINDS[kind], url)
    verdict = Verdict(
        STATUS[status],
        None if since is None else instant(since),
        REASON[reason],
        detail,
        confirmed == 1,
        None if change is None else instant(change),
        None if confirmable is None else instant(confirmable),
        None if proven is None else instant(proven),
        None if observed is None else instant(observed),
        post,
        None if silent is None else instant(silent),
        None if age is None else instant(age),
        None if first is None else instant(first),
        days,
        NONE if overlays is None else _overlays(overlays),
        NONE if flags is None else _words(flags),
        () if owed is None else tuple(json.loads(owed)),
    )
    median_days, most_days = (None if gap is None else gap / 10 for gap in (median, most))
    return Standing(
        verdict,
        Rhythm(week, month, quarter, year, active, median_days, most_days, longest, _weeks(weeks), known),
        route,
        looks,
        None if tried is None else instant(tried),
        None if failing is None else instant(failing),
        None if dark is None else instant(dark),
        failures,
        miss,
        deleted == 1,
        None if told is None else instant(told),
        None if read is None else instant(read),
        until,
    )


def _tenths(days: float | None) -> int | None:
    return None if days is None else round(days * 10)


@lru_cache(4096)
def _weeks(text: str) -> tuple[int | None, ...]:
    return tuple(json.loads(text))


@lru_cache(256)
def _words(text: str) -> frozenset[str]:
    return frozenset(json.loads(text))


@cache
def _overlays(text: str) -> frozenset[Overlay]:
    return frozenset(map(Overlay, json.loads(text)))


@lru_cache(1024)
def _listed(at: int) -> datetime:
    """Many accounts were listed by the same edit."""
    return instant(at)
