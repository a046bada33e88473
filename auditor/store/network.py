"""What the record of runs and controls tells of ourselves."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from auditor.core.breaker import Break

from .connection import Connection
from .rows import instant, maybe_instant, seconds
from .verbs_network import BREAKER, INCONCLUSIVE

SWEEPS = "FROM runs WHERE kind IN ('poll', 'run') AND ended_at IS NOT NULL"
FAILED = f"json_extract(totals, '$.{INCONCLUSIVE}') IS NOT NULL"
ASKED = "(json_extract(totals, '$.looked') > 0 OR json_extract(totals, '$.left') > 0)"
LAST_GOOD = f"coalesce((SELECT max(id) {SWEEPS} AND NOT {FAILED} AND {ASKED}), 0)"


class OnlineVerbs:
    """Whether we were online, and what was doubted."""

    _db: Connection

    def offline_since(self) -> datetime | None:
        """See `Store.offline_since`."""
        with self._db.read() as con:
            query = f"{SWEEPS} AND {FAILED} AND id > {LAST_GOOD} ORDER BY id LIMIT 1"
            row = con.execute(f"SELECT started_at {query}").fetchone()
        return maybe_instant(row[0] if row else None)

    def breaks(self, since: datetime) -> Sequence[Break]:
        """See `Store.breaks`."""
        with self._db.read() as con:
            query = f"{SWEEPS} AND ended_at >= ? AND instr(totals, ?) > 0 ORDER BY id"
            named = (seconds(since), f'"{BREAKER}')
            rows = con.execute(f"SELECT started_at, ended_at, totals {query}", named).fetchall()
        return tuple(
            Break(name.removeprefix(BREAKER), instant(start), instant(end))
            for start, end, totals in rows
            for name in json.loads(totals)
            if name.startswith(BREAKER)
        )

    def once_healthy(self) -> frozenset[str]:
        """See `Store.once_healthy`."""
        with self._db.read() as con:
            rows = con.execute(
                "SELECT account FROM controls c WHERE EXISTS"
                " (SELECT 1 FROM control_answers WHERE control_id = c.id AND healthy = 1)"
            )
            return frozenset(account for (account,) in rows)
