"""Several programs on one database: nothing is spent twice, told twice, or lost with a killed program."""

from __future__ import annotations

import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from auditor.core.model import Status
from auditor.errors import UserError
from auditor.store.sqlite import open_store
from auditor.store.verbs import Charge, Look

from .brake_rules import city
from .build import DAY, NOW, SECOND, change, look, missed, one, post, run, seen

HEAD = """
import sys
from datetime import datetime, UTC
from auditor.store.sqlite import open_store
from auditor.store.verbs import Charge
NOW = datetime(2026, 11, 1, 6, tzinfo=UTC)
store = open_store(sys.argv[1], NOW)
"""
SPEND = HEAD + "print(sum(store.spend([Charge('x', NOW, 3, 100)]) is None for _ in range(30)))\nstore.close()\n"
DIE = (
    HEAD
    + """
with store._db.write() as con:
    con.execute("INSERT INTO heartbeats VALUES ('half', 0, '{}')")
    con.execute("UPDATE states SET looks = 99")
    print("now", flush=True)
    sys.stdin.read()
"""
)


def start(program: str, path: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", program, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def test_programs_that_spend_at_once_never_exceed_the_limit(tmp_path: Path) -> None:
    path = tmp_path / "auditor.db"
    with closing(open_store(path, NOW)) as store:
        granted = [int(p.communicate()[0]) for p in [start(SPEND, path) for _ in range(3)]]
        assert sum(granted) == 33
        assert store.spent("x", NOW) == 99


JUDGE = """
import sys
from auditor.store.sqlite import open_store
from tests.store.brake_rules import INACTIVE, NOW, RELEASE, judge
store = open_store(sys.argv[1], NOW)
found = judge(store, range(1, 7), INACTIVE, NOW)
sys.stdin.readline()
print(len(found.began), len(store.release([], RELEASE, NOW)))
store.close()
"""


def test_programs_that_judge_at_once_hold_and_release_once(tmp_path: Path) -> None:
    path = tmp_path / "auditor.db"
    with closing(open_store(path, NOW)) as store:
        assert len(city(store)) == 6
        running = [start(JUDGE, path) for _ in range(3)]
        told = [p.communicate("on\n")[0].split() for p in running]
        assert sorted(began for began, _ in told) == ["0", "0", "3"]
        assert sorted(released for _, released in told) == ["0", "0", "3"]
        assert len(store.changes(NOW - DAY, NOW)) == 6


def test_threads_may_share_a_store(tmp_path: Path) -> None:
    with closing(open_store(tmp_path / "auditor.db", NOW)) as store:
        with ThreadPoolExecutor(8) as pool:
            granted = list(pool.map(lambda _: store.spend([Charge("x", NOW, 1, 50)]), range(100)))
        assert granted.count(None) == store.spent("x", NOW) == 50


def test_two_programs_that_judge_the_same_tell_a_change_once(tmp_path: Path) -> None:
    path = tmp_path / "auditor.db"
    with closing(open_store(path, NOW)) as one_program, closing(open_store(path, NOW)) as another:
        number = one(one_program)
        for store in (one_program, another):
            store.record_verdicts([], [(number, change(Status.INACTIVE))])
        assert len(one_program.changes_of(number, NOW)) == 1
        assert another.verify() == ()


def test_a_killed_writer_loses_nothing_that_was_committed_and_leaves_nothing_half(tmp_path: Path) -> None:
    path = tmp_path / "auditor.db"
    with closing(open_store(path, NOW)) as store:
        number = one(store)
        look(store, number, seen(post("a", NOW)))
    victim = start(DIE, path)
    assert victim.stdout is not None
    assert victim.stdout.readline() == "now\n"
    with closing(open_store(path, NOW, patience=0.01)) as store:
        try:
            store.beat("daemon", NOW, {})
        except UserError:
            held = True
        assert held, "the victim is in the middle of a transaction"
        victim.send_signal(signal.SIGKILL)
        victim.communicate()
        assert store.heartbeat("half") is None
        assert store.state(number).looks == 1
        assert store.verify() == ()
        look(store, number, seen(at=NOW + DAY))
    with closing(open_store(path, NOW)) as store:
        assert store.state(number).looks == 2


def test_what_fails_inside_a_verb_is_undone(tmp_path: Path) -> None:
    with closing(open_store(tmp_path / "auditor.db", NOW)) as store:
        number = one(store)
        current = run(store)
        try:
            store.record(current, [Look(number, missed()), Look(number, missed())])
        except ValueError:
            failed = True
        assert failed
        assert store.state(number).looks == 0
        store.record(current, [Look(number, missed())])


def test_shapes_are_dropped_after_thirty_days_and_nothing_else(tmp_path: Path) -> None:
    from auditor.fetch.answer import Exchange

    with closing(open_store(tmp_path / "auditor.db", NOW)) as store:
        number = one(store)
        odd = Exchange("GET", "https://api.example/", 200, "ab" * 32, 9, NOW, shape="{" + "ä" * 9999)
        store.record(run(store), [Look(number, missed(), (odd,))])
        ((_, kept),) = store.exchanges(number, NOW)
        assert kept.shape is not None
        assert 4090 < len(kept.shape.encode()) <= 4096
        assert store.prune(NOW + timedelta(days=30)) == 0
        assert store.prune(NOW + timedelta(days=30) + SECOND) == 1
        ((_, kept),) = store.exchanges(number, NOW)
        assert (kept.shape, kept.url) == (None, odd.url)
        assert store.verify() == ()


def test_old_windows_are_forgotten(tmp_path: Path) -> None:
    with closing(open_store(tmp_path / "auditor.db", NOW)) as store:
        for days in (0, 62, 63):
            store.spend([Charge("x", NOW + days * DAY, 1)])
        assert [store.spent("x", NOW + days * DAY) for days in (0, 62, 63)] == [2, 2, 1]
