"""A national database, seeded: accounts, their looks and their posts, in the product's own tables."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

from auditor.core.model import AccountRef
from auditor.core.reach import Reach
from auditor.core.register import Account, Agency, Register
from auditor.judge import judge, record
from auditor.rules import Bench
from auditor.store.sqlite import SqliteStore, open_store
from tests.core.test_policy import BOOK

WHOLE, POSTS = 128_500, 10_000_000
PLATFORMS = ("bluesky", "mastodon", "telegram", "youtube", "feed")
NOW = datetime(2026, 11, 23, tzinfo=UTC)
DAY = 86_400
YEAR = 365 * DAY
SIGMA = 1.25  # of the log-normal number of posts
SILENT = 0.03
LOOKS = (30, 21, 14, 7, 1)  # days ago; the first reads back to the beginning
LISTED = 15  # posts of a page


def nation(accounts: int) -> Register:
    """Offices with an account on each platform."""
    agencies = tuple(Agency(f"kantor-{n}", f"Kantor Contoh {n}", "UTC", UTC) for n in range(-(-accounts // 5)))
    entries = tuple(_entry(n) for n in range(accounts))
    return Register(agencies, entries, f"{accounts} accounts")


def _entry(n: int) -> Account:
    platform, handle = PLATFORMS[n % 5], f"kantor{n // 5}"
    key = f"{platform}:{handle}"
    ref = AccountRef(platform, handle, f"id-{n}")
    return Account(key, ref, f"https://{platform}.contoh/{handle}", f"kantor-{n // 5}", handle, "accounts.yaml:1")


def bench_of(register: Register) -> Bench:
    """All platforms are read here."""
    return Bench(register, BOOK, Reach(frozenset(PLATFORMS)))


def build(path: Path, accounts: int, posts: int, seed: int = 1) -> Register:
    """Make it, look by look. The facts are written in bulk; everybody is judged and recorded by the product."""
    register = nation(accounts)
    chance = random.Random(seed)
    with closing(open_store(path, NOW)) as store:
        ids = store.keep_register(register, "", NOW - timedelta(days=40))
        run = store.begin_run("poll", NOW, register.sha256, BOOK.version, rehearsal=False)
    shares = [chance.lognormvariate(0, SIGMA) for _ in range(accounts)]
    scale = posts / sum(shares)
    counts = [max(1, round(share * scale)) for share in shares]
    with closing(sqlite3.connect(path)) as con:
        con.execute("PRAGMA foreign_keys = OFF")
        numbers = sorted(ids.values())
        con.executemany(
            "INSERT INTO posts (account_id, posted_at, post_id, kind, first_seen, last_seen) VALUES (?, ?, ?, 0, ?, ?)",
            _posts(numbers, counts, chance),
        )
        for days in LOOKS:
            _look(con, numbers, run, days)
        con.execute(
            "UPDATE states SET first_look_at = (SELECT min(observed_at) FROM looks l WHERE l.account_id ="
            " states.account_id), last_look_at = (SELECT max(observed_at) FROM looks l WHERE l.account_id ="
            " states.account_id), looks = ?, last_outcome = 'seen', last_run = ?",
            (len(LOOKS), run),
        )
        con.execute("UPDATE states SET seen_at = last_look_at, covered_until = last_look_at")
        con.execute(
            "UPDATE plan SET next_look_at = (SELECT last_look_at FROM states s WHERE s.account_id = plan.account_id)"
            f" + {7 * DAY}, why = 'max_age'"
        )
        con.commit()
    with closing(open_store(path, NOW)) as store:
        judge_all(store, register)
    return register


def judge_all(store: SqliteStore, register: Register, size: int = 5000) -> None:
    """As rounds do, some thousand accounts at a time."""
    bench = bench_of(register)
    for start in range(0, len(register.accounts), size):
        part = replace(bench, register=replace(register, accounts=register.accounts[start : start + size]))
        record(store, judge(store, part, NOW, {a.key for a in part.register.accounts}), NOW, BOOK)


def _at(number: int, days: int) -> int:
    """When an account was looked at so many days ago: each at its own second of the day."""
    return int(NOW.timestamp()) - days * DAY - number * 7919 % DAY


def _posts(numbers: Sequence[int], counts: Sequence[int], chance: random.Random) -> Iterator[tuple[object, ...]]:
    """Of a year; a few accounts stopped some time ago."""
    for number, count in zip(numbers, counts, strict=True):
        looks = [_at(number, days) for days in LOOKS]
        end = looks[-1] - (chance.randrange(40, 300) * DAY if chance.random() < SILENT else 0)
        times = sorted(end - int(chance.random() * YEAR) for _ in range(count))
        for place, at in enumerate(times):
            first = next(look for look in looks if look >= at)
            last = looks[-1] if place >= count - LISTED else first
            yield number, at, f"{number:08d}x{place:013d}", first, last


def _look(con: sqlite3.Connection, numbers: Sequence[int], run: int, days: int) -> None:
    """Everybody; the first look reads to the beginning, each other one back to the one before."""
    before = {now: then for then, now in pairwise(LOOKS)}
    horizons = [_at(n, before[days]) if days in before else None for n in numbers]
    con.executemany(
        "INSERT INTO looks (account_id, observed_at, run, outcome, horizon, control_ok, route)"
        " VALUES (?, ?, ?, 'seen', ?, 1, 'api')",
        [(n, _at(n, days), run, horizon) for n, horizon in zip(numbers, horizons, strict=True)],
    )
