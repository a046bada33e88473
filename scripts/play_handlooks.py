"""Plays the hand lane of the plan over real posting histories. Called by scripts/handlooks.

Windows of at least 365 days with at least one post, each its own run with nothing known at its start. Rounds come every
7 x 24 hours from an offset in the first week, drawn per account from a seed. At a round a look is made if one is owed,
and tells the newest post at that instant. A silence counts when its post lies after the first round, it lasts more than
37 days (the open one at the window's end included) and its 37th day lies inside the window; it is missed when no look
ever saw it at 30 days or more.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import random
import sys
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from auditor.config.policy import default_book  # noqa: E402 — the checkout itself is the package
from auditor.core.audit import Advice, AdviceCode, Audited, Rhythm  # noqa: E402
from auditor.core.hand import hand_plan  # noqa: E402
from auditor.core.model import (  # noqa: E402
    ATTESTED,
    HAND,
    NOTHING,
    AccountRef,
    Observation,
    Post,
    Reason,
    Seen,
    Status,
    Verdict,
)
from auditor.core.policy import resolve  # noqa: E402
from auditor.core.register import Account, Agency  # noqa: E402
from auditor.core.verdict import decide  # noqa: E402

DATA = ROOT / "tests/data"
SEED = 20261123
DAY, WEEK, YEAR = timedelta(days=1), timedelta(days=7), timedelta(days=365)
LIMIT, MISSED_AFTER = 30 * DAY, 37 * DAY
BOOK = default_book()
OFFICE = Agency("contoh", "Dinas Contoh", "UTC", UTC)


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of a table."""
    if path.suffix == ".parquet":
        import pyarrow.parquet

        yield from pyarrow.parquet.read_table(path, columns=["account", "posted_at"]).to_pylist()
        return
    data = path.read_bytes()
    text = (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8")
    yield from csv.DictReader(text.splitlines())


def instant(value: object) -> datetime:
    """As a table holds it: an instant, or its text. Without an offset it is UTC."""
    at = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC).replace(microsecond=0)


@dataclass
class Run:
    """One window of one account."""

    account: str
    start: datetime
    end: datetime
    posts: list[datetime]
    first_round: datetime = field(init=False)
    rounds: int = 0
    looks: list[datetime] = field(default_factory=list)

    def play(self, offset: timedelta) -> None:
        """Round after round to the window's end."""
        self.first_round = now = self.start + offset
        history: list[Observation] = []
        row = _row(self.account, now)
        while now <= self.end:
            self.rounds += 1
            if hand_plan([row], BOOK, now, now).week:
                self.looks.append(now)
                history.append(self._told(now))
                row = replace(row, verdict=decide(history, row.policy, now), route=HAND, told_at=now)
            now += WEEK

    def _told(self, now: datetime) -> Observation:
        """What a person sees: the newest post of the window, or none."""
        n = bisect_right(self.posts, now)
        newest = self.posts[n - 1] if n else None
        posts = () if newest is None else (Post(newest.isoformat(), newest),)
        seen = Seen("", self.account, posts, newest, None, NOTHING, frozenset({ATTESTED}))
        return Observation(now, seen, control_ok=True, route=HAND)

    def silences(self) -> Iterator[timedelta | None]:
        """For each silence that counts how long after its deadline a look saw it; None: no look ever did."""
        for last, following in pairwise([*self.posts, self.end]):
            if last <= self.first_round or following - last <= MISSED_AFTER or last + MISSED_AFTER > self.end:
                continue
            at = bisect_left(self.looks, last + LIMIT)
            seen = at < len(self.looks) and (self.looks[at] < following or following == self.end)
            yield self.looks[at] - last - LIMIT if seen else None


def _row(account: str, listed_at: datetime) -> Audited:
    listed = Account(f"instagram:{account}", AccountRef("instagram", account), "", OFFICE.id, account, "")
    policy = resolve(BOOK, listed, OFFICE, listed_at, connected=False)
    nothing = Verdict(Status.UNKNOWN, None, Reason.NOT_CONNECTED, confirmed=False)
    return Audited(listed, OFFICE, policy, nothing, Rhythm(), Advice(AdviceCode.CONNECT), listed_at=listed_at)


def runs(posts: Path, windows: Path) -> list[Run]:
    """The windows that are long enough, with the posts that lie in them."""
    by_account: dict[str, list[datetime]] = {}
    for row in rows(posts):
        by_account.setdefault(row["account"], []).append(instant(row["posted_at"]))
    found = []
    for row in rows(windows):
        start, end = instant(row["obs_start"]), instant(row["obs_end"])
        times = sorted(set(by_account.get(row["account"], ())))
        inside = times[bisect_left(times, start) : bisect_right(times, end)]
        if end - start >= YEAR and inside:
            found.append(Run(row["account"], start, end, inside))
    return found


def played(found: Sequence[Run]) -> dict[str, Any]:
    """The figures of all runs."""
    draw = random.Random(SEED)
    for run in found:
        run.play(timedelta(seconds=draw.randrange(int(WEEK.total_seconds()))))
    delays = [delay for run in found for delay in run.silences()]
    return {
        "accounts": len({run.account for run in found}),
        "looks_per_account_week": round(_sum(len(r.looks) for r in found) / _sum(r.rounds for r in found), 4),
        "silences": len(delays),
        "missed": sum(delay is None for delay in delays),
        "delay_days_max": round(max((d / DAY for d in delays if d is not None), default=0.0), 2),
    }


def _sum(numbers: Iterable[int]) -> int:
    return sum(numbers) or 1


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=Path, default=DATA / "fixture_posts.csv.gz")
    parser.add_argument("--windows", type=Path, default=DATA / "fixture_accounts.csv")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    figures = played(runs(options.posts, options.windows))
    if options.json:
        print(json.dumps(figures))
        return
    for name, value in figures.items():
        print(f"{name:<24}{value:>10}")


if __name__ == "__main__":
    main()
