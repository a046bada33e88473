"""Runs of the program and its signs of life."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from .connection import Connection
from .rows import canonical, instant, maybe_instant, seconds
from .verbs import Run


class RunVerbs:
    """What the program did, and whether it lives."""

    _db: Connection

    def begin_run(self, kind: str, at: datetime, register_sha256: str, policy_version: str, *, rehearsal: bool) -> int:
        """See `Store.begin_run`."""
        with self._db.write() as con:
            run = con.execute(
                "INSERT INTO runs (kind, started_at, rehearsal, register_sha256, policy_version, totals)"
                " VALUES (?, ?, ?, ?, ?, '{}') RETURNING id",
                (kind, seconds(at), int(rehearsal), register_sha256, policy_version),
            ).fetchone()
            return int(run[0])

    def end_run(self, run: int, at: datetime, totals: Mapping[str, int]) -> None:
        """See `Store.end_run`. KeyError if there is no such run."""
        with self._db.write() as con:
            ended = con.execute(
                "UPDATE runs SET ended_at = ?, totals = ? WHERE id = ?", (seconds(at), canonical(dict(totals)), run)
            )
            if ended.rowcount != 1:
                raise KeyError(run)

    def runs(self, limit: int = 10) -> Sequence[Run]:
        """See `Store.runs`."""
        with self._db.read() as con:
            rows = con.execute(
                "SELECT id, kind, started_at, ended_at, rehearsal, register_sha256, policy_version, totals FROM runs"
                " ORDER BY id DESC LIMIT ?",
                (limit,),
            )
            return tuple(_run(*row) for row in rows)

    def mark(self) -> str:
        """See `Store.mark`. One row a listed account is read, no history."""
        with self._db.read() as con:
            run, looks, entry = con.execute(
                "SELECT (SELECT max(id) FROM runs), (SELECT sum(looks) FROM states), (SELECT max(seq) FROM ledger)"
            ).fetchone()
        return f"{run}/{looks}/{entry}"

    def beat(self, name: str, at: datetime, detail: Mapping[str, str]) -> None:
        """See `Store.beat`."""
        with self._db.write() as con:
            con.execute(
                "INSERT OR REPLACE INTO heartbeats (name, at, detail) VALUES (?, ?, ?)",
                (name, seconds(at), canonical(dict(detail))),
            )

    def heartbeat(self, name: str) -> tuple[datetime, Mapping[str, str]] | None:
        """See `Store.heartbeat`."""
        with self._db.read() as con:
            row = con.execute("SELECT at, detail FROM heartbeats WHERE name = ?", (name,)).fetchone()
        return None if row is None else (instant(row[0]), json.loads(row[1]))


def _run(
    run: int,
    kind: str,
    started_at: int,
    ended_at: int | None,
    rehearsal: int,
    register_sha256: str,
    policy_version: str,
    totals: str,
) -> Run:
    return Run(
        id=run,
        kind=kind,
        started_at=instant(started_at),
        ended_at=maybe_instant(ended_at),
        rehearsal=bool(rehearsal),
        register_sha256=register_sha256,
        policy_version=policy_version,
        totals=json.loads(totals),
    )
