"""The brake over the store: what is compared, what is held back, what is let go. The rule itself is `core.brake`."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from auditor.core.brake import (
    HELD_KINDS,
    LOOK_AGAIN,
    ONE_JUDGEMENT,
    Caught,
    HeldAccount,
    Hold,
    Limits,
    Scope,
    Settled,
    Turn,
    brake,
    newest_holds,
)
from auditor.core.model import Change, Reason, Status

from . import holds as rows, ledger
from .attestations import person_key
from .connection import Connection
from .rows import canonical, instant, maybe_instant, seconds, short
from .verbs_brake import Judgement, Recorded, Release
from .verdicts import append_change

BEFORE = """
SELECT account_id, status, since, reason, reason_detail, confirmed, judged_at FROM verdicts
WHERE account_id IN (SELECT value FROM json_each(?))
"""
LAST_DAY = """
SELECT a.id, a.key, a.platform, a.agency, v.status, f.old FROM verdicts v JOIN accounts a ON a.id = v.account_id
LEFT JOIN falls f ON f.account_id = v.account_id AND f.at > ?1 WHERE a.removed_at IS NULL AND v.judged_at > ?1
"""
SEEN_BEFORE = "SELECT old, new, judged_at FROM changes WHERE account_id = ? ORDER BY id DESC LIMIT 1"
HASTEN = "UPDATE plan SET next_look_at = ?1, why = 'confirmation' WHERE account_id = ?2 AND next_look_at > ?1"
REASON_LIMIT = 2000


class BrakeVerbs:
    """Judgements with what they hold back, holds, releases."""

    _db: Connection

    def record_judgement(self, judged: Iterable[Judgement], at: datetime, limits: Limits) -> Recorded:
        """See `Store.record_judgement`."""
        told = tuple(judged)  # may read the store
        with self._db.write() as con:
            return _Record(con, at, limits).of(told)

    def holds(self, until: datetime) -> Sequence[Hold]:
        """See `Store.holds`."""
        with self._db.read() as con:
            return tuple(rows.with_looks(con, hold, until) for hold in rows.open_holds(con, until))

    def release(self, scopes: Collection[Scope], release: Release, at: datetime) -> Sequence[Hold]:
        """See `Store.release`."""
        if not release.reason.strip():
            raise ValueError("a release without a reason")
        with self._db.write() as con:
            known = tuple(rows.open_holds(con))
            chosen = tuple(hold for hold in known if not scopes or hold.scope in scopes)
            going = newest_holds(chosen)
            members = [(hold.id, held.id) for hold in known for held in hold.accounts if held.id in going]
            if not members:
                return ()
            rows.end(con, members, at, rows.RELEASED, _act(con, release, members, at))
            for held in going.values():
                rows.let_go(con, held, at)
            return chosen


def _act(con: sqlite3.Connection, release: Release, members: Sequence[tuple[int, int]], at: datetime) -> int:
    """The release itself, chained. ValueError where nobody's name stands for it."""
    office = short(release.office)
    key = person_key(con, release.by, office)
    number = con.execute(
        "INSERT INTO brake_releases (at, by_key, office, reason, holds) VALUES (?, ?, ?, ?, ?) RETURNING id",
        (seconds(at), key, office, short(release.reason.strip(), REASON_LIMIT), canonical(members)),
    ).fetchone()[0]
    ledger.chain_row(con, "brake_release", number, seconds(at))
    return int(number)


@dataclass(frozen=True, slots=True)
class _Before:
    """The recorded verdict of an account."""

    verdict: Settled
    judged_at: datetime


@dataclass
class _Record:
    """One judgement inside one transaction."""

    con: sqlite3.Connection
    at: datetime
    limits: Limits
    changes: list[Change] = field(default_factory=list)

    def of(self, told: Sequence[Judgement]) -> Recorded:
        rows.end_removed(self.con, self.at)
        known = tuple(rows.open_holds(self.con))
        held = newest_holds(known)
        before = self._before(told)
        told = tuple(j for j in told if j.account_id not in before or before[j.account_id].judged_at <= self.at)
        turns = {j.account: self._turn(j, before.get(j.account_id), held.get(j.account_id)) for j in told}
        caught = self._caught(tuple(turns.values()), known)
        stopped = {account for each in caught for account in each.accounts}
        self._leave(known, [j.account_id for j in told if not _still(j, held.get(j.account_id))])
        by_account = {j.account: _caught_with(j, before) for j in told if j.account in stopped}
        began = [rows.begin(self.con, c, [by_account[a] for a in c.accounts], self.at) for c in caught]
        for judgement in told:
            if judgement.account in stopped or _still(judgement, held.get(judgement.account_id)):
                self._keep(judgement)
            else:
                self._take(judgement, turns[judgement.account], before.get(judgement.account_id))
        over = self._end_by_looks()
        still = tuple(rows.open_holds(self.con))
        self._hasten(still)
        elsewhere = {hold.id for hold in (*over, *still)}
        emptied = [replace(hold, accounts=()) for hold in known if hold.id not in elsewhere]
        return Recorded(tuple(self.changes), tuple(began), (*over, *emptied))

    def _before(self, told: Sequence[Judgement]) -> Mapping[int, _Before]:
        numbers = canonical(sorted(j.account_id for j in told))
        return {
            number: _Before(
                Settled(Status(status), maybe_instant(since), Reason(reason), detail, bool(confirmed)),
                instant(judged_at),
            )
            for number, status, since, reason, detail, confirmed, judged_at in self.con.execute(BEFORE, (numbers,))
        }

    def _turn(self, judgement: Judgement, before: _Before | None, held: HeldAccount | None) -> Turn:
        new = judgement.verdict.status
        old = new if _still(judgement, held) else self._old(judgement, before)
        return Turn(judgement.account, judgement.platform, judgement.agency, old, new)

    def _old(self, judgement: Judgement, before: _Before | None) -> Status | None:
        """What the verdict is compared with. None: nothing, so that it is no change."""
        if before is None or judgement.verdict.status not in HELD_KINDS:
            return None if before is None else before.verdict.status
        old: Status | None = before.verdict.status
        judged_at = before.judged_at
        if old is Status.UNKNOWN:
            found = self.con.execute(SEEN_BEFORE, (judgement.account_id,)).fetchone()
            old = Status(found[0]) if found and found[0] and found[1] == Status.UNKNOWN else None
            judged_at = instant(found[2]) if found else judged_at
        by_machine = judgement.read_since is not None and judgement.read_since <= judged_at
        return old if by_machine else None

    def _caught(self, turns: Sequence[Turn], known: Sequence[Hold]) -> Sequence[Caught]:
        if not any(turn.falls for turn in turns):
            return ()
        return brake(turns, self._earlier(known), {hold.scope for hold in known}, self.limits)

    def _earlier(self, known: Sequence[Hold]) -> Iterable[Turn]:
        """The day before: everybody as judged last, with what changed in it, released or held."""
        since = self.at - ONE_JUDGEMENT
        held = newest_holds(known)
        fresh = {account.id for hold in known if hold.began_at > since for account in hold.accounts}
        for number, key, platform, agency, status, fell in self.con.execute(LAST_DAY, (seconds(since),)):
            new = held[number].new.status if number in held else Status(status)
            before = held[number].old.status if number in fresh else Status(fell) if fell else new
            yield Turn(key, platform, agency, before, new)

    def _leave(self, known: Sequence[Hold], going: Collection[int]) -> None:
        chosen = set(going)
        members = [(hold.id, held.id) for hold in known for held in hold.accounts if held.id in chosen]
        rows.end(self.con, members, self.at, rows.LEFT)

    def _keep(self, judgement: Judgement) -> None:
        """It was judged, and what was released stays."""
        self.con.execute(
            "UPDATE verdicts SET judged_at = ? WHERE account_id = ?", (seconds(self.at), judgement.account_id)
        )

    def _take(self, judgement: Judgement, turn: Turn, before: _Before | None) -> None:
        """The verdict is the recorded one from now on."""
        number, new = judgement.account_id, judgement.verdict
        rows.remember(self.con, number, new, self.at)
        if before is not None and before.verdict.status is not new.status:
            change = Change(judgement.account, before.verdict.status, new.status, new.since, new.reason, self.at)
            append_change(self.con, number, change)
            self.changes.append(change)
        if turn.falls:
            self.con.execute(
                "INSERT OR REPLACE INTO falls (account_id, old, at) VALUES (?, ?, ?)",
                (number, turn.old, seconds(self.at)),
            )
            self.con.execute("DELETE FROM falls WHERE at <= ?", (seconds(self.at - ONE_JUDGEMENT),))

    def _end_by_looks(self) -> tuple[Hold, ...]:
        """Holds that have lasted, with looks on two days at everybody. Whom another hold holds too stays held."""
        known = tuple(rows.open_holds(self.con))
        ripe = [hold for hold in known if hold.releases_at(self.limits) <= self.at]
        over = [h for h in (rows.with_looks(self.con, h, self.at) for h in ripe) if h.is_over(self.limits, self.at)]
        rows.end(self.con, [(hold.id, held.id) for hold in over for held in hold.accounts], self.at, rows.BY_LOOKS)
        ended = {hold.id for hold in over}
        still = newest_holds(hold for hold in known if hold.id not in ended)
        for number, held in newest_holds(over).items():
            if number not in still and (change := rows.let_go(self.con, held, self.at)) is not None:
                self.changes.append(change)
        return tuple(over)

    def _hasten(self, known: Iterable[Hold]) -> None:
        """Who is held is looked at again within a day."""
        again = seconds(self.at + LOOK_AGAIN)
        self.con.executemany(HASTEN, [(again, number) for number in newest_holds(known)])


def _still(judgement: Judgement, held: HeldAccount | None) -> bool:
    """What is held of it is what was judged again."""
    return held is not None and held.new.status is judgement.verdict.status


def _caught_with(judgement: Judgement, before: Mapping[int, _Before]) -> HeldAccount:
    kept = before[judgement.account_id].verdict
    return HeldAccount(judgement.account_id, judgement.account, kept, judgement.verdict)
