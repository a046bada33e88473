"""Every writing verb waits for a locked database, and then says which file it waited for. Readers never wait."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from auditor.core.audit import Control
from auditor.core.frozen import Freeze
from auditor.core.model import Status
from auditor.errors import Exit, UserError
from auditor.store.sqlite import SqliteStore, open_store
from auditor.store.verbs import Charge, Look
from auditor.store.verbs_doubts import DoubtEnd
from auditor.store.verbs_standings import Judged

from .brake_rules import LIMITS, RELEASE, judgement
from .build import DAY, NOW, SECOND, account, change, look, one, post, register, run, seen, verdict
from .spot_rules import began
from .standing_rules import BLANK

WRITING: dict[str, Callable[[SqliteStore], object]] = {
    "keep_register": lambda s: s.keep_register(register(account("z.example")), "list", NOW),
    "keep_policy": lambda s: s.keep_policy("v", "text", NOW),
    "begin_run": lambda s: s.begin_run("poll", NOW, "r", "p", rehearsal=False),
    "end_run": lambda s: s.end_run(1, NOW, {}),
    "record": lambda s: s.record(1, [Look(1, seen(at=NOW + DAY))]),
    "erase_person": lambda s: s.erase_person("Pemeriksa Satu"),
    "keep_standings": lambda s: s.keep_standings([Judged(1, 0, "", BLANK)], NOW),
    "prune": lambda s: s.prune(NOW),
    "forget": lambda s: s.forget(1, NOW, DAY),
    "forget_unread": lambda s: s.forget_unread("bluesky", NOW + DAY, NOW + DAY, DAY, "unmoved"),
    "settle_spots": lambda s: s.settle_spots([began()], NOW),
    "block_lane": lambda s: s.block_lane("x", None, "blind", NOW),
    "lane_answered": lambda s: s.lane_answered("x", NOW),
    "lane_failed": lambda s: s.lane_failed("x", NOW),
    "spend": lambda s: s.spend([Charge("x", NOW, 1, 10)]),
    "record_control": lambda s: s.record_control(Control("p", "a", healthy=True, at=NOW), "x"),
    "record_verdicts": lambda s: s.record_verdicts([(1, verdict(), None)], [(1, change(Status.SLOW))]),
    "record_judgement": lambda s: s.record_judgement([judgement(1)], NOW, LIMITS),
    "release": lambda s: s.release([], RELEASE, NOW),
    "doubt": lambda s: s.doubt("x", Freeze(NOW, frozenset({1}), frozenset({1})), NOW),
    "end_doubt": lambda s: s.end_doubt("x", DoubtEnd.MOVED, NOW, NOW),
    "look_soon": lambda s: s.look_soon([1], NOW),
    "release_doubt": lambda s: s.release_doubt("x", "Pemeriksa Satu", "dinas-contoh", "rusak", NOW),
    "beat": lambda s: s.beat("daemon", NOW, {}),
}
READING: dict[str, Callable[[SqliteStore], object]] = {
    "listed": lambda s: s.listed("x"),
    "register_at": lambda s: s.register_at(NOW),
    "policy_at": lambda s: s.policy_at(NOW),
    "removed_since": lambda s: s.removed_since(NOW - DAY, NOW),
    "runs": lambda s: s.runs(),
    "last_known": lambda s: s.last_known(["bluesky:dinas.example"], NOW),
    "kept_spots": lambda s: s.kept_spots(NOW),
    "notices": lambda s: s.notices(NOW - DAY, NOW),
    "mark": lambda s: s.mark(),
    "history": lambda s: s.history(1, NOW),
    "state": lambda s: s.state(1),
    "states": lambda s: s.states(),
    "due": lambda s: s.due(NOW, NOW),
    "soon": lambda s: s.soon("bluesky", NOW, NOW, 5),
    "unjudged": lambda s: s.unjudged(),
    "standings": lambda s: list(s.standings(NOW)),
    "fallen": lambda s: s.fallen(NOW, 5),
    "find": lambda s: s.find("bluesky:dinas.example"),
    "validators": lambda s: s.validators(1, 1),
    "exchanges": lambda s: s.exchanges(1, NOW),
    "attestations": lambda s: s.attestations(1, NOW),
    "attested": lambda s: s.attested({"row-1"}),
    "lane": lambda s: s.lane("x"),
    "inherit": lambda s: s.inherit("nobody", "heir", "heir call"),
    "lanes": lambda s: s.lanes(),
    "spent": lambda s: s.spent("x", NOW),
    "oldest": lambda s: s.oldest("x", NOW),
    "controls": lambda s: s.controls(NOW),
    "once_healthy": lambda s: s.once_healthy(),
    "breaks": lambda s: s.breaks(NOW),
    "offline_since": lambda s: s.offline_since(),
    "last_verdicts": lambda s: s.last_verdicts(),
    "changes": lambda s: s.changes(NOW - DAY, NOW),
    "changes_of": lambda s: s.changes_of(1, NOW),
    "holds": lambda s: s.holds(NOW),
    "stands": lambda s: s.stands({1}),
    "pulses": lambda s: s.pulses({1}, NOW),
    "doubts": lambda s: s.doubts(NOW),
    "doubted_accounts": lambda s: s.doubted_accounts("x"),
    "past_doubts": lambda s: s.past_doubts("x"),
    "looked_by_hand": lambda s: s.looked_by_hand({1}, NOW, NOW),
    "heartbeat": lambda s: s.heartbeat("daemon"),
    "verify": lambda s: s.verify(),
}


@pytest.fixture
def held(tmp_path: Path) -> Iterator[SqliteStore]:
    """A store that waits a hundredth of a second, while somebody else is writing and does not finish."""
    path = tmp_path / "auditor.db"
    store = open_store(path, NOW, language="en", patience=0.01)
    look(store, one(store), seen(post("a", NOW)))
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    yield store
    other.close()
    store.close()


def test_every_verb_is_named_here() -> None:
    """A verb added to the store is tested against a lock, too."""
    verbs = {name for name in dir(SqliteStore) if not name.startswith("_")}
    assert verbs == {*WRITING, *READING, "close"}


@pytest.mark.parametrize("verb", WRITING)
def test_a_writing_verb_gives_up_with_a_sentence_that_names_the_file(held: SqliteStore, verb: str) -> None:
    with pytest.raises(UserError, match=r"auditor\.db: another program .* 0\.01 seconds") as raised:
        WRITING[verb](held)
    assert raised.value.exit_code is Exit.FAILED


def test_what_is_left_of_a_budget_is_not_even_read_while_somebody_else_writes(held: SqliteStore) -> None:
    """Whoever reads first and locks then decides on what is no longer true."""
    with pytest.raises(UserError, match="another program"):
        held.spend([Charge("x", NOW, 11, 10)])


@pytest.mark.parametrize("verb", READING)
def test_a_reading_verb_does_not_wait(held: SqliteStore, verb: str) -> None:
    READING[verb](held)


def test_after_the_lock_is_gone_the_store_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "auditor.db"
    store = open_store(path, NOW, patience=0.01)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(UserError):
        store.beat("daemon", NOW, {})
    other.execute("ROLLBACK")
    store.beat("daemon", NOW, {})
    other.close()
    assert store.heartbeat("daemon") == (NOW, {})
    store.close()


@pytest.mark.parametrize("verb", WRITING)
def test_a_reader_writes_nothing(tmp_path: Path, verb: str) -> None:
    path = tmp_path / "auditor.db"
    store = open_store(path, NOW)
    number = one(store)
    run(store, NOW - SECOND)
    look(store, number, seen(post("a", NOW)))
    store.close()
    reader = open_store(path, NOW, read_only=True, language="en")
    with pytest.raises(UserError, match="cannot be written"):
        WRITING[verb](reader)
    assert reader.state(number).looks == 1
    reader.close()
