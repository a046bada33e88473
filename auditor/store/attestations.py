"""What people said in their looks by hand, kept apart from what machines read."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Sequence
from datetime import date, datetime

from auditor.core.model import Seen

from .connection import Connection
from .rows import (
    CODE,
    bounded,
    instant,
    kept_id,
    maybe_bounded,
    maybe_instant,
    maybe_seconds,
    maybe_short,
    seconds,
    short,
)
from .verbs import Attestation, Look

LINK_LIMIT = 2048
SELECT = """
SELECT s.observed_at, s.said, p.name, s.office, q.name, s.link, s.minted_at, s.typed_on, s.posts_30d, s.screenshot,
  s.screenshot_name, s.manager, s.drawn, s.complaints, s.answered, s.source
FROM attestations s JOIN people p ON p.key = s.by_key LEFT JOIN people q ON q.key = s.second_key
WHERE s.account_id = ? AND s.observed_at <= ? ORDER BY s.observed_at, s.run
"""
ADD = """
INSERT INTO attestations (account_id, observed_at, run, said, by_key, office, second_key, link, minted_at, typed_on,
  posts_30d, screenshot, screenshot_name, manager, drawn, complaints, answered, source)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
TELL = """
INSERT INTO told (account_id, observed_at, run, posted_at, post_id, kind, url) VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT DO NOTHING
"""


class AttestationVerbs:
    """People's statements out, and people themselves."""

    _db: Connection

    def attestations(self, account_id: int, until: datetime) -> Sequence[tuple[datetime, Attestation]]:
        """See `Store.attestations`. Of several in one second the later run comes last."""
        with self._db.read() as con:
            rows = con.execute(SELECT, (account_id, seconds(until)))
            return tuple((instant(observed_at), _attestation(*rest)) for observed_at, *rest in rows)

    def attested(self, sources: Collection[str]) -> frozenset[str]:
        """See `Store.attested`. An empty digest was never imported."""
        with self._db.read() as con:
            return frozenset(source for source in sources if source and _imported(con, kept_id(source)))

    def erase_person(self, name: str) -> int:
        """See `Store.erase_person`: in every office, however the name is spaced and capitalised.

        Deleted bytes are overwritten, and the log is emptied into the file as soon as nobody reads from it.
        """
        with self._db.scrub() as con:
            return con.execute(
                "UPDATE people SET name = '', folded = NULL WHERE folded = ?", (_folded(short(name)),)
            ).rowcount


def add(con: sqlite3.Connection, run: int, look: Look, at: int) -> None:
    """Keep what a look by hand told: its posts exactly as told, and the statement it rests on.

    ValueError for a statement nobody's name stands for, and for one whose source was imported before.
    """
    place = (look.account_id, at, run)
    if isinstance(look.observation.outcome, Seen):
        con.executemany(
            TELL,
            [
                (*place, seconds(p.posted_at), kept_id(p.native_id), CODE[p.kind], maybe_short(p.url, LINK_LIMIT))
                for p in look.observation.outcome.posts
            ],
        )
    if look.attestation is None:
        return
    told = look.attestation
    source = kept_id(told.source) or None
    if source and _imported(con, source):
        raise ValueError(f"imported before: {source}")
    office = short(told.office)
    second = None if told.second is None else person_key(con, told.second, office)
    con.execute(
        ADD,
        (
            *place,
            short(told.said),
            person_key(con, told.by, office),
            office,
            second,
            maybe_short(told.link, LINK_LIMIT),
            maybe_seconds(told.minted_at),
            None if told.typed_on is None else told.typed_on.isoformat(),
            maybe_bounded(told.posts_30d),
            maybe_short(told.screenshot),
            maybe_short(told.screenshot_name),
            bounded(told.manager),
            bounded(told.drawn),
            maybe_bounded(told.complaints),
            maybe_bounded(told.answered),
            source,
        ),
    )


def _imported(con: sqlite3.Connection, source: str) -> bool:
    return con.execute("SELECT 1 FROM attestations WHERE source = ?", (source,)).fetchone() is not None


def _folded(name: str) -> str:
    """What two ways of writing one name have in common."""
    return " ".join(name.casefold().split())


def person_key(con: sqlite3.Connection, name: str, office: str) -> str:
    """The key of a person of an office; the first to write a name decides how it is written.

    ValueError for a name that is none.
    """
    written = short(name)
    folded = _folded(written)
    if not folded:
        raise ValueError("a statement that nobody's name stands for")
    row = con.execute("SELECT key FROM people WHERE folded = ? AND office = ?", (folded, office)).fetchone()
    if row is None:
        row = con.execute(
            "INSERT INTO people (name, folded, office) VALUES (?, ?, ?) RETURNING key", (written, folded, office)
        ).fetchone()
    return str(row[0])


def _attestation(
    said: str,
    by: str,
    office: str,
    second: str | None,
    link: str | None,
    minted_at: int | None,
    typed_on: str | None,
    posts_30d: int | None,
    screenshot: str | None,
    screenshot_name: str | None,
    manager: int,
    drawn: int,
    complaints: int | None,
    answered: int | None,
    source: str | None,
) -> Attestation:
    """The columns of SELECT, in its order."""
    return Attestation(
        said=said,
        by=by,
        office=office,
        second=second,
        link=link,
        minted_at=maybe_instant(minted_at),
        typed_on=None if typed_on is None else date.fromisoformat(typed_on),
        posts_30d=posts_30d,
        screenshot=screenshot,
        screenshot_name=screenshot_name,
        manager=bool(manager),
        drawn=bool(drawn),
        complaints=complaints,
        answered=answered,
        source=source or "",
    )
