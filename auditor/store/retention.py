"""Forgetting what was read: by the terms of a platform, or because somebody asks for it.

A post that has not been read again for so long loses its row, and with it its id, its address and its date. Where a
judgement rests on it, the bare instant stays: that we saw something posted then, never what. So nobody becomes silent
because we forgot. Looks, verdicts and the chain stay as they are; that posts went is an entry of the chain itself.
"""

from __future__ import annotations

import sqlite3
from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from auditor.core.model import BARE, HAND

from . import ledger
from .connection import Connection
from .rows import SEEN, canonical, seconds

ACCOUNTS = """
SELECT DISTINCT p.account_id FROM posts p JOIN accounts a ON a.id = p.account_id
WHERE a.platform = :platform AND substr(p.post_id, 1, 10) <> 'forgotten:' AND (NOT EXISTS (SELECT 1 FROM looks l
    WHERE l.account_id = p.account_id AND l.observed_at >= :before AND l.observed_at <= p.last_seen
      AND l.outcome = 'seen' AND l.route <> 'hand' AND coalesce(instr(l.flags, :repeats), 0) = 0)
  OR EXISTS (SELECT 1 FROM posts b WHERE b.account_id = p.account_id AND b.posted_at = p.posted_at
    AND b.post_id >= 'forgotten:' AND b.post_id < 'forgotten;'))
ORDER BY p.account_id
"""
POSTS = """
SELECT posted_at, post_id, kind, coalesce(first_kind, kind), first_seen, last_seen FROM posts WHERE account_id = ?
ORDER BY posted_at, post_id
"""
SIGHTS = """
SELECT observed_at, horizon, coalesce(instr(flags, ?), 0) = 0 FROM looks
WHERE account_id = ? AND outcome = ? AND route <> ? ORDER BY observed_at, run
"""
ROW = "account_id = ? AND posted_at = ? AND post_id = ?"


@dataclass(frozen=True, slots=True)
class Listed:
    """A row of `posts`, as far as keeping it matters. Instants in seconds."""

    posted_at: int
    post_id: str
    kind: int
    first_kind: int
    first_seen: int
    last_seen: int


@dataclass(frozen=True, slots=True)
class Read:
    """A machine's look that saw the account. `full`: it listed posts, and did not only repeat the sight before it."""

    at: int
    horizon: int | None  # None: read to the beginning
    full: bool

    def passed_over(self, post: Listed) -> bool:
        """It read the place where the post had stood, and the post was not there."""
        return self.at > max(post.last_seen, post.posted_at) and (self.horizon is None or self.horizon < post.posted_at)


@dataclass(frozen=True, slots=True)
class Plan:
    """What goes as a whole, and what keeps its instant only."""

    gone: tuple[Listed, ...] = ()
    stripped: tuple[Listed, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.gone or self.stripped)


class RetentionVerbs:
    """Forgetting."""

    _db: Connection

    def forget_unread(self, platform: str, before: datetime, at: datetime, window: timedelta, repeats: str) -> int:
        """See `Store.forget_unread`. Where there is nothing to forget nothing is written."""
        since = seconds(before)

        def plans(con: sqlite3.Connection) -> dict[int, Plan]:
            """Of the accounts that have something to forget."""
            asked = {"platform": platform, "before": since, "repeats": canonical(repeats)}
            accounts = [account for (account,) in con.execute(ACCOUNTS, asked).fetchall()]
            found = {account: _plan(con, account, since, window, repeats) for account in accounts}
            return {account: plan for account, plan in found.items() if plan}

        with self._db.read() as con:
            if not plans(con):
                return 0
        with self._db.scrub() as con:
            return _forget(con, plans(con), f"{platform} unread since {before.date().isoformat()}", seconds(at))

    def forget(self, account_id: int, at: datetime, window: timedelta) -> int:
        """See `Store.forget`. KeyError if there is no such account."""
        with self._db.scrub() as con:
            if con.execute("SELECT 1 FROM accounts WHERE id = ?", (account_id,)).fetchone() is None:
                raise KeyError(account_id)
            plan = _plan(con, account_id, None, window, "")
            con.execute("DELETE FROM validators WHERE account_id = ?", (account_id,))
            con.execute("DELETE FROM shapes WHERE account_id = ?", (account_id,))
            return _forget(con, {account_id: plan}, f"account {account_id}", seconds(at))


def sort_out(posts: Sequence[Listed], reads: Sequence[Read], before: int | None, window: int) -> Plan:
    """What is forgotten of an account: all that no full look has listed since `before`; None: all.

    The bare instant stays of what a judgement may rest on: of each kind what was posted within a `window` before its
    newest post; the oldest of all, which says how old the account is; what was dated after the look that first listed
    it; what has more than one date; and what a later look no longer found in its place. Pure.
    """
    full = [read.at for read in reads if read.full]
    newest = {kind: post.posted_at for post in sorted(posts, key=_when) for kind in (post.kind, post.first_kind)}
    dates = Counter(post.post_id for post in posts)
    oldest = min((post.posted_at for post in posts), default=0)
    gone, stripped = [], []
    for post in posts:
        if not _due(post, full, before):
            continue
        needed = (
            any(post.posted_at > newest[kind] - window for kind in (post.kind, post.first_kind))
            or post.posted_at == oldest
            or post.posted_at > post.first_seen
            or dates[post.post_id] > 1
            or any(read.passed_over(post) for read in reversed(reads))
        )
        if not needed:
            gone.append(post)
        elif not post.post_id.startswith(BARE):
            stripped.append(post)
    return Plan(tuple(gone), tuple(stripped))


def _when(post: Listed) -> int:
    return post.posted_at


def _due(post: Listed, full: Sequence[int], before: int | None) -> bool:
    """No full look since then has listed it: the newest that may have is the last before it was listed no more."""
    if before is None:
        return True
    first = bisect_left(full, before)
    return first == len(full) or full[first] > post.last_seen


def _plan(con: sqlite3.Connection, account: int, before: int | None, window: timedelta, repeats: str) -> Plan:
    posts = [Listed(*row) for row in con.execute(POSTS, (account,))]
    rows = con.execute(SIGHTS, (canonical(repeats), account, SEEN, HAND))
    reads = [Read(at, horizon, bool(full)) for at, horizon, full in rows]
    instants = {p.posted_at for p in posts if p.post_id.startswith(BARE)}
    listed = [p for p in posts if p.posted_at in instants and not p.post_id.startswith(BARE)]
    again = {(p.posted_at, _bare(account, p)) for p in listed}
    plan = sort_out(posts, reads, before, int(window.total_seconds()))
    listed_again = tuple(p for p in posts if p.post_id.startswith(BARE) and (p.posted_at, p.post_id) in again)
    return Plan((*plan.gone, *(p for p in listed_again if p not in plan.gone)), plan.stripped)


def _bare(account: int, post: Listed) -> str:
    """A name for an instant: the same for every date of one post, and nothing that can be opened."""
    return BARE + sha256(f"{account}:{post.post_id}".encode()).hexdigest()[:16]


def _forget(con: sqlite3.Connection, plans: Mapping[int, Plan], subject: str, at: int) -> int:
    """Delete and strip, and chain the act: how many rows, and the digest of what they were."""
    total, count = sha256(), 0
    for account, plan in sorted(plans.items()):
        for post in (*plan.gone, *plan.stripped):
            total.update(canonical([account, post.posted_at, post.post_id, post.kind]).encode() + b"\n")
            count += 1
        places = [(account, post.posted_at, post.post_id) for post in plan.gone]
        con.executemany(f"DELETE FROM posts WHERE {ROW}", places)  # noqa: S608 — a condition of our own
        con.executemany(
            f"UPDATE OR REPLACE posts SET post_id = ?, url = NULL WHERE {ROW}",  # noqa: S608 — the same
            [(_bare(account, post), account, post.posted_at, post.post_id) for post in plan.stripped],
        )
    if count:
        ledger.chain_act(con, "forgotten", subject, count, total.hexdigest(), at)
    return count
