"""What a post takes in the database, beside the table that is made for it without a thought."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import sqlite_utils

from auditor.store.sqlite import open_store

from .row import Measure, Row, Size

NOW = datetime(2026, 11, 23, tzinfo=UTC)
POSTS = 1_000_000
ACCOUNTS = 12_850
HOUR = 3600


def rows(count: int, accounts: int) -> Iterator[tuple[int, int, str]]:
    """(account, instant, id of 26 characters), each account its own hours."""
    start = int(NOW.timestamp())
    for n in range(count):
        account, place = n % accounts + 1, n // accounts
        yield account, start - place * 16 * HOUR - account, f"{account:08d}x{place:017d}"


def as_we_keep_them(path: Path, count: int, accounts: int) -> None:
    """In the product's own table."""
    with closing(open_store(path, NOW)):
        pass
    with closing(sqlite3.connect(path)) as con:
        con.execute("PRAGMA foreign_keys = OFF")
        con.executemany(
            "INSERT INTO posts (account_id, posted_at, post_id, kind, first_seen, last_seen)"
            " VALUES (?, ?, ?, 0, ?2, ?2)",
            sorted(rows(count, accounts)),
        )
        con.commit()
        con.execute("VACUUM")


def as_a_table_with_two_indexes(path: Path, count: int, accounts: int) -> None:
    """Row ids, a text key and the two indexes that the same questions need."""
    with closing(sqlite3.connect(path)) as con:
        table = sqlite_utils.Database(con)["posts"]
        assert isinstance(table, sqlite_utils.db.Table)
        table.insert_all(
            (
                {
                    "account": f"mastodon:@akun{a}@sosial.contoh",
                    "post_id": i,
                    "posted_at": datetime.fromtimestamp(t, UTC).isoformat(),
                    "kind": "original",
                    "first_seen": datetime.fromtimestamp(t, UTC).isoformat(),
                    "last_seen": datetime.fromtimestamp(t, UTC).isoformat(),
                }
                for a, t, i in rows(count, accounts)
            ),
            batch_size=10_000,
        )
        table.create_index(["account", "post_id"], unique=True)
        table.create_index(["account", "posted_at"])
        con.commit()
        con.execute("VACUUM")


def bytes_of_a_post(size: Size) -> Iterable[Row]:
    """G8, both with the same facts: account, id, instant, kind, first and newest look."""
    count, accounts = size.of(POSTS), size.of(ACCOUNTS)
    with tempfile.TemporaryDirectory() as folder:
        taken = []
        for name, build in (("ours", as_we_keep_them), ("theirs", as_a_table_with_two_indexes)):
            path = Path(folder) / name
            build(path, count, accounts)
            taken.append(path.stat().st_size / count)
    note = f"{count} posts: {taken[0]:.0f} bytes each, {taken[1]:.0f} in the table"
    yield Row(
        "G8 bytes of a post", taken[0] / taken[1], "x a table with two indexes", 0.5, scaled=size.scaled, note=note
    )


MEASURES: Mapping[str, Measure] = {"bytes of a post": bytes_of_a_post}
