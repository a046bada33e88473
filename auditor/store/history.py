"""Reading looks back, each post handed to the looks that are known to have listed it.

A look by hand is handed what was told in it, and never a post that a machine read.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from auditor.core.model import HAND, NOTHING, Observation, Post, Seen

from .connection import Connection
from .rows import KINDS, SEEN, blind, instant, maybe_instant, seconds
from .schema_doubts import IS_DOUBTED

LOOKS = f"""
SELECT l.observed_at, l.outcome, l.detail, l.horizon, iif({IS_DOUBTED}, 0, l.control_ok), l.route, n.handle,
  n.native_id, l.created_at, l.reset_at, l.counters, l.flags, l.run
FROM looks l LEFT JOIN names n ON n.id = l.name_id
WHERE l.account_id = :account AND l.observed_at <= :until ORDER BY l.observed_at, l.run
"""  # noqa: S608 — a condition of our own
POSTS = """
SELECT posted_at, post_id, kind, url, first_seen, last_seen, coalesce(first_kind, kind),
  coalesce(kind_since, first_seen)
FROM posts WHERE account_id = ? AND first_seen <= ? ORDER BY posted_at DESC, post_id DESC
"""
TOLD = """
SELECT observed_at, run, posted_at, post_id, kind, url FROM told WHERE account_id = ? AND observed_at <= ?
ORDER BY observed_at DESC, run DESC, posted_at DESC, post_id DESC
"""

LookRow: TypeAlias = tuple[
    int,
    str,
    str | None,
    int | None,
    int | None,
    str,
    str | None,
    str | None,
    int | None,
    int | None,
    str | None,
    str | None,
    int,
]
PostRow: TypeAlias = tuple[int, str, int, str | None, int, int, int, int]


@dataclass(frozen=True, slots=True)
class Sight:
    """A look that saw the account: its place among the looks, its instant and its horizon."""

    place: int
    at: int
    horizon: int | None


class HistoryVerbs:
    """Looks out."""

    _db: Connection

    def history(self, account_id: int, until: datetime) -> Sequence[Observation]:
        """See `Store.history`. Two queries, one more where people looked, and one pass over posts and looks."""
        upto = seconds(until)
        with self._db.read() as con:
            looks = con.execute(LOOKS, {"account": account_id, "until": upto}).fetchall()
            sights = [Sight(i, row[0], row[3]) for i, row in enumerate(looks) if row[1] == SEEN and row[5] != HAND]
            posts = _posts(con, account_id, upto, sights)
            by_hand = {(row[0], row[12]): i for i, row in enumerate(looks) if row[5] == HAND}
            if by_hand:
                posts |= _told(con, account_id, upto, by_hand)
        return tuple(_observation(row, posts.get(i, ())) for i, row in enumerate(looks))


def _posts(con: sqlite3.Connection, account_id: int, upto: int, sights: Sequence[Sight]) -> dict[int, list[Post]]:
    """Posts by the place of the look they are handed to, newest first."""
    if not sights:
        return {}
    handed: dict[int, list[Post]] = {}
    rows: Iterable[PostRow] = con.execute(POSTS, (account_id, upto))
    for place, post in _hand(rows, sights, upto):
        handed.setdefault(place, []).append(post)
    return handed


def _told(
    con: sqlite3.Connection, account_id: int, upto: int, places: Mapping[tuple[int, int], int]
) -> dict[int, list[Post]]:
    """Posts by the place of the look by hand that told them, newest first."""
    told: dict[int, list[Post]] = {}
    for observed_at, run, posted_at, post_id, kind, url in con.execute(TOLD, (account_id, upto)):
        told.setdefault(places[observed_at, run], []).append(Post(post_id, instant(posted_at), KINDS[kind], url))
    return told


def _hand(rows: Iterable[PostRow], sights: Sequence[Sight], upto: int) -> Iterator[tuple[int, Post]]:
    """Posts must come newest first: then the newest sight that reaches back to a post is never newer than the last one.

    The look that first listed a post is handed the kind it had then, so that a past day is judged as it was.
    """
    earliest = {sight.at: sight for sight in reversed(sights)}  # of several in one second
    latest = {sight.at: sight for sight in sights}
    reach = len(sights) - 1
    for posted_at, post_id, kind, url, first_seen, last_seen, first_kind, kind_since in rows:
        posted = instant(posted_at)
        first = earliest[first_seen]
        yield first.place, Post(post_id, posted, KINDS[first_kind], url)
        if last_seen <= upto:
            newest = latest[last_seen]
        else:  # listed again later, so it was there in between wherever anybody read that far back
            while reach >= 0 and not _reaches(sights[reach].horizon, posted_at):
                reach -= 1
            newest = sights[reach] if reach >= 0 else first
        if newest.at >= first_seen and newest.place != first.place:
            yield newest.place, Post(post_id, posted, KINDS[kind if newest.at >= kind_since else first_kind], url)


def _reaches(horizon: int | None, posted_at: int) -> bool:
    """The item at the edge of a list, which covers from a second later on, was listed as well."""
    return horizon is None or horizon <= posted_at + 1


def _observation(row: LookRow, posts: Sequence[Post]) -> Observation:
    (
        observed_at,
        outcome,
        detail,
        horizon,
        control,
        route,
        handle,
        native_id,
        created_at,
        reset_at,
        counters,
        flags,
        _,
    ) = row
    at = instant(observed_at)
    control_ok = None if control is None else bool(control)
    if outcome != SEEN:
        return Observation(at, blind(outcome, detail, reset_at), control_ok, route)
    seen = Seen(
        native_id=native_id or "",
        handle=handle or "",
        posts=tuple(posts),
        horizon=maybe_instant(horizon),
        created_at=maybe_instant(created_at),
        counters=json.loads(counters) if counters else NOTHING,
        flags=frozenset(json.loads(flags)) if flags else frozenset(),
    )
    return Observation(at, seen, control_ok, route)
