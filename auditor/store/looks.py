"""Writing looks, and all that follows from them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, replace
from datetime import datetime, timedelta

from auditor.core.model import HAND, ON_TOP, UNDATED, Missed, Observation, Seen, Unreadable
from auditor.fetch.answer import Exchange

from . import attestations, ledger
from .connection import Connection
from .rows import (
    CODE,
    DAY,
    LAST,
    SEEN,
    canonical,
    instant,
    kept_id,
    maybe_object,
    maybe_seconds,
    seconds,
    short,
    storable,
    word,
)
from .schema_doubts import IS_DOUBTED
from .summary import Summary, advance, precedes
from .verbs import Look, Validator

SHAPES_KEPT = timedelta(days=30)
SHAPE_LIMIT = 4096
PAGES_KEPT = 20  # validators per account: paging cursors make a new URL each time

KNOWN = """
SELECT a.key, a.native_id, s.handle, s.name_id, n.handle, n.native_id, s.first_look_at, s.last_look_at, s.last_run,
  s.looks, s.failures, s.failing_since, s.last_outcome, s.seen_at, s.last_horizon, s.covered_until
FROM accounts a JOIN states s ON s.account_id = a.id LEFT JOIN names n ON n.id = s.name_id WHERE a.id = ?
"""
RECOUNT = f"""
SELECT l.observed_at, l.run, l.outcome, iif(l.control_ok = 0 OR {IS_DOUBTED}, l.observed_at, l.horizon), l.route = :hand
FROM looks l WHERE l.account_id = :account ORDER BY l.observed_at, l.run
"""  # noqa: S608 — a condition of our own
ADD_LOOK = """
INSERT INTO looks (account_id, observed_at, run, outcome, detail, horizon, control_ok, route, name_id, created_at,
  reset_at, counters, flags) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
ADD_POST = """
INSERT INTO posts (account_id, posted_at, post_id, kind, url, first_seen, last_seen) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6)
ON CONFLICT DO UPDATE SET
  first_kind = CASE WHEN excluded.first_seen < first_seen THEN excluded.kind
    WHEN first_kind IS NULL AND excluded.kind <> kind AND excluded.last_seen >= last_seen THEN kind ELSE first_kind END,
  kind_since = CASE WHEN excluded.kind <> kind AND excluded.last_seen >= last_seen THEN excluded.last_seen
    ELSE kind_since END,
  kind = CASE WHEN excluded.last_seen >= last_seen THEN excluded.kind ELSE kind END,
  url = coalesce(excluded.url, url),
  first_seen = min(first_seen, excluded.first_seen),
  last_seen = max(last_seen, excluded.last_seen)
"""


@dataclass(frozen=True, slots=True)
class _Known:
    """An account before a look is recorded."""

    id: int
    key: str
    native_id: str | None
    handle: str
    name_id: int | None
    name: tuple[str | None, str | None]  # handle and id the newest sight named
    summary: Summary


class LookVerbs:
    """Looks in."""

    _db: Connection

    def record(self, run: int, looks: Sequence[Look]) -> None:
        """See `Store.record`. A look older than the newest one (made by hand) is fitted in where it belongs.

        `next_look_at=None` leaves the plan as it stands. KeyError if there is no such account, ValueError if there is
        no such run, the account was already looked at in this run and second, or a statement was imported before or
        belongs to no look by hand; then nothing of the call is written.
        """
        if not looks:
            return
        with self._db.write() as con:
            if con.execute("SELECT 1 FROM runs WHERE id = ?", (run,)).fetchone() is None:
                raise ValueError(f"no such run: {run}")
            (newest,) = con.execute("SELECT max(observed_at) FROM looks").fetchone()
            for look in looks:
                _record(con, run, look)
            instants = [seconds(look.observation.observed_at) for look in looks]
            before = None if newest is None else newest // DAY
            ledger.seal_days(con, {at // DAY for at in instants}, before, max(instants))

    def prune(self, now: datetime) -> int:
        """Delete the shapes of answers nobody understood that are older than 30 days; how many."""
        with self._db.write() as con:
            return con.execute("DELETE FROM shapes WHERE observed_at < ?", (seconds(now - SHAPES_KEPT),)).rowcount

    def validators(self, account_id: int, adapter: int) -> Mapping[str, Validator]:
        """See `Store.validators`."""
        with self._db.read() as con:
            rows = con.execute(
                "SELECT url, adapter, etag, last_modified FROM validators WHERE account_id = ? AND adapter = ?",
                (account_id, adapter),
            )
            return {row[0]: Validator(*row) for row in rows}

    def exchanges(self, account_id: int, until: datetime, limit: int = 10) -> Sequence[tuple[datetime, Exchange]]:
        """See `Store.exchanges`."""
        with self._db.read() as con:
            rows = con.execute(
                "SELECT e.observed_at, e.method, e.url, e.status, lower(hex(e.sha256)), e.length, e.at, e.headers,"
                " s.shape FROM exchanges e LEFT JOIN shapes s USING (account_id, observed_at, run, n)"
                " WHERE e.account_id = ? AND e.observed_at <= ? ORDER BY e.observed_at DESC, e.run DESC, e.n DESC"
                " LIMIT ?",
                (account_id, seconds(until), limit),
            )
            return tuple((instant(observed_at), _exchange(*rest)) for observed_at, *rest in rows)


def _exchange(
    method: str, url: str, status: int | None, digest: str, length: int, at: int, headers: str | None, shape: str | None
) -> Exchange:
    known = json.loads(headers) if headers else {}
    return Exchange(method, url, status, digest or None, length, instant(at), known, shape)


def _record(con: sqlite3.Connection, run: int, look: Look) -> None:
    known = _known(con, look.account_id)
    outcome, at = look.observation.outcome, seconds(look.observation.observed_at)
    by_hand = look.observation.route == HAND
    horizon, name_id = None, None
    if isinstance(outcome, Seen):
        name_id = None if by_hand else _name(con, known, outcome, at)  # a link proves when, not whose
        new = _new_undated(con, known.id, outcome, at)
        stated = maybe_seconds(outcome.horizon)
        horizon = at if new else _since_undated(con, known.id, stated, at)
        if horizon != stated:
            marked = replace(outcome, flags=outcome.flags | {UNDATED})
            look = replace(look, observation=replace(look.observation, outcome=marked))
    _add_look(con, run, look, at, horizon, name_id)
    _add_exchanges(con, run, look, at)
    if by_hand:
        attestations.add(con, run, look, at)
    elif look.attestation is not None:
        raise ValueError(f"an attestation of a look on the route {look.observation.route}")
    elif isinstance(outcome, Seen):
        _add_posts(con, known.id, outcome, at)
        _learn(con, known, outcome, at, name_id)
    _summarise(con, known, look.observation, run, at, horizon)
    if look.next_look_at is not None:
        con.execute(
            "UPDATE plan SET next_look_at = ?, why = ? WHERE account_id = ?",
            (seconds(look.next_look_at), look.why, known.id),
        )
    _add_validators(con, look, at)


def _learn(con: sqlite3.Connection, known: _Known, seen: Seen, at: int, name_id: int | None) -> None:
    """Who answered: the first sight teaches the native id, the newest one names the handle."""
    if known.native_id is None and seen.native_id:
        con.execute("UPDATE accounts SET native_id = ? WHERE id = ?", (kept_id(seen.native_id), known.id))
    if known.summary.seen_at is None or known.summary.seen_at <= at:
        con.execute(
            "UPDATE states SET handle = ?, name_id = ? WHERE account_id = ?",
            (short(seen.handle) or known.handle, name_id, known.id),
        )


def _known(con: sqlite3.Connection, account_id: int) -> _Known:
    row = con.execute(KNOWN, (account_id,)).fetchone()
    if row is None:
        raise KeyError(account_id)
    key, native_id, handle, name_id, named, named_id, *summary = row
    return _Known(account_id, key, native_id, handle, name_id, (named, named_id), Summary(*summary))


def _name(con: sqlite3.Connection, known: _Known, seen: Seen, at: int) -> int | None:
    """The row of `names` for what the answer called the account; written when it was never called so."""
    handle, native_id = short(seen.handle), kept_id(seen.native_id)
    if (handle, native_id) == known.name:
        return known.name_id
    row = con.execute(
        "SELECT id FROM names WHERE account_id = ? AND handle = ? AND native_id = ? AND named_by = 'platform'",
        (known.id, handle, native_id),
    ).fetchone()
    if row is not None:
        return int(row[0])
    (listed,) = con.execute("SELECT handle FROM accounts WHERE id = ?", (known.id,)).fetchone()
    key = known.key.removesuffix(listed) + handle if known.key.endswith(listed) and handle else None
    return con.execute(
        "INSERT INTO names (account_id, named_by, key, handle, native_id, first_at) VALUES (?, 'platform', ?, ?, ?, ?)",
        (known.id, key, handle, native_id, at),
    ).lastrowid


def _new_undated(con: sqlite3.Connection, account_id: int, seen: Seen, at: int) -> bool:
    """Whether the look lists an item without a date that no look before it had listed; remembers them all."""
    items = {kept_id(item) for item in seen.undated} - {kept_id(post.native_id) for post in seen.posts}
    if not items:
        return False
    values = (account_id, canonical(sorted(items)), at)
    listed = con.execute(
        "SELECT item FROM undated WHERE account_id = ?1 AND item IN (SELECT value FROM json_each(?2))"
        " AND first_seen <= ?3 UNION SELECT post_id FROM posts WHERE account_id = ?1"
        " AND post_id IN (SELECT value FROM json_each(?2)) AND first_seen <= ?3 UNION SELECT post_id FROM told"
        " WHERE account_id = ?1 AND observed_at <= ?3 AND post_id IN (SELECT value FROM json_each(?2))",
        values,
    )
    new = items - {item for (item,) in listed}
    con.executemany(
        "INSERT INTO undated (account_id, item, first_seen) VALUES (?, ?, ?)"
        " ON CONFLICT DO UPDATE SET first_seen = min(first_seen, excluded.first_seen)",
        [(account_id, item, at) for item in sorted(new)],
    )
    return bool(new)


def _since_undated(con: sqlite3.Connection, account_id: int, horizon: int | None, at: int) -> int | None:
    """No look reaches back over the arrival of an undated item: it was posted somewhere before we first saw it.

    What was undated at a machine's first sight may be as old as anything and holds nobody back, unless it stood on top.
    """
    (arrived,) = con.execute(
        "SELECT max(first_seen) FROM undated WHERE account_id = ?1 AND first_seen <= ?2 AND first_seen >="
        " (SELECT observed_at + (coalesce(instr(flags, ?5), 0) = 0) FROM looks"
        " WHERE account_id = ?1 AND outcome = ?3 AND route <> ?4 ORDER BY observed_at, run LIMIT 1)",
        (account_id, at, SEEN, HAND, ON_TOP),
    ).fetchone()
    return horizon if arrived is None else max(arrived, horizon or arrived)


def _add_look(con: sqlite3.Connection, run: int, look: Look, at: int, horizon: int | None, name_id: int | None) -> None:
    observation = look.observation
    created_at = reset_at = counters = flags = None
    detail = ""
    match observation.outcome:
        case Seen() as seen:
            created_at, counters = maybe_seconds(seen.created_at), maybe_object(seen.counters)
            flags = canonical(sorted(seen.flags)) if seen.flags else None
        case Unreadable() as barred:
            detail = barred.detail
        case Missed() as missed:
            detail, reset_at = missed.detail, maybe_seconds(missed.reset_at)
    control = None if observation.control_ok is None else int(observation.control_ok)
    start = (look.account_id, at, run, word(observation.outcome), short(detail) or None, horizon, control)
    try:
        con.execute(ADD_LOOK, (*start, observation.route, name_id, created_at, reset_at, counters, flags))
    except sqlite3.IntegrityError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY:
            raise
        said = f"account {look.account_id} was already looked at at {instant(at).isoformat()} in run {run}"
        raise ValueError(said) from error


def _add_exchanges(con: sqlite3.Connection, run: int, look: Look, at: int) -> None:
    for n, e in enumerate(look.exchanges):
        place = (look.account_id, at, run, n)
        digest = None if e.sha256 is None else bytes.fromhex(e.sha256)
        headers = maybe_object({short(name): short(value) for name, value in e.headers.items()})
        con.execute(
            "INSERT INTO exchanges (account_id, observed_at, run, n, method, url, status, sha256, length, at, headers)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (*place, e.method, short(e.url, 2048), e.status, digest, e.length, seconds(e.at), headers),
        )
        if e.shape is not None:
            shape = storable(e.shape).encode()[:SHAPE_LIMIT].decode(errors="ignore")
            con.execute("INSERT INTO shapes VALUES (?, ?, ?, ?, ?)", (*place, shape))


def _add_posts(con: sqlite3.Connection, account_id: int, seen: Seen, at: int) -> None:
    """Each post once; the first of two rows with the same id and date in one answer stands."""
    rows: dict[tuple[int, str], tuple[int, int, str, int, str | None, int]] = {}
    for post in seen.posts:
        place = (seconds(post.posted_at), kept_id(post.native_id))
        url = None if post.url is None else storable(post.url)
        rows.setdefault(place, (account_id, *place, CODE[post.kind], url, at))
    con.executemany(ADD_POST, rows.values())


def _summarise(con: sqlite3.Connection, known: _Known, o: Observation, run: int, at: int, horizon: int | None) -> None:
    """A sight whose control failed covers nothing, nor does one of a lane that is doubted."""
    by_hand = o.route == HAND
    if not precedes(known.summary, at, run) or (not by_hand and _is_doubted(con, known.id)):
        recount(con, known.id)  # recorded late, or not worth what it says
        return
    edge = at if o.control_ok is False else horizon
    _keep(con, known.id, advance(known.summary, at, run, word(o.outcome), edge, by_hand=by_hand))


def _is_doubted(con: sqlite3.Connection, account_id: int) -> bool:
    return con.execute("SELECT 1 FROM doubted WHERE account_id = ? LIMIT 1", (account_id,)).fetchone() is not None


def recount(con: sqlite3.Connection, account_id: int) -> None:
    """Count the looks at an account again, as they count now."""
    summary = Summary()
    for *told, by_hand in con.execute(RECOUNT, {"account": account_id, "until": LAST, "hand": HAND}):
        summary = advance(summary, *told, by_hand=bool(by_hand))
    _keep(con, account_id, summary)


def _keep(con: sqlite3.Connection, account_id: int, summary: Summary) -> None:
    con.execute(
        "UPDATE states SET first_look_at = ?, last_look_at = ?, last_run = ?, looks = ?, failures = ?,"
        " failing_since = ?, last_outcome = ?, seen_at = ?, last_horizon = ?, covered_until = ? WHERE account_id = ?",
        (*astuple(summary), account_id),
    )


def _add_validators(con: sqlite3.Connection, look: Look, at: int) -> None:
    """Remember the newest of each page; forget those of other adapter versions, and the oldest of very many."""
    if not look.validators:
        return
    account_id = look.account_id
    con.executemany(
        "INSERT OR REPLACE INTO validators (account_id, url, adapter, etag, last_modified, at)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        [(account_id, v.url, v.adapter, v.etag, v.last_modified, at) for v in look.validators],
    )
    con.execute(
        "DELETE FROM validators WHERE account_id = ?1 AND ((etag IS NULL AND last_modified IS NULL) OR adapter <> ?2"
        " OR url NOT IN (SELECT url FROM validators WHERE account_id = ?1 ORDER BY at DESC, url LIMIT ?3))",
        (account_id, look.validators[-1].adapter, PAGES_KEPT),
    )
