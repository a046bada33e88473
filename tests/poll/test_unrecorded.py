"""Looks that no judgement has been recorded of: a round was cut off between looking and judging."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from auditor.core.audit import Audited
from auditor.core.model import Status
from auditor.core.reach import Reach
from auditor.judge import audit, judge, record
from auditor.poll.office import Office, reach_of
from auditor.rounds import judged
from auditor.rules import Bench
from auditor.store.sqlite import open_store
from tests.build import DAY, T0
from tests.core.test_policy import BOOK

from .stage import Stage, listed

LIVELY = ("b0", "b1")
QUIET = tuple(f"a{n}" for n in range(6))


def rows(stage: Stage) -> Mapping[str, Audited]:
    """As a report shows them now."""
    with closing(open_store(stage.folder / "facts.db", stage.now)) as store:
        found = audit(store, Bench(stage.register, BOOK, _reach(stage)), stage.now)
    return {row.account.ref.handle: row for row in found.rows}


def _reach(stage: Stage) -> Reach:
    return reach_of(stage.routes)


def cut_off(folder: Path, quiet: tuple[str, ...]) -> Stage:
    """Six accounts were active and recorded so; 40 days later they were looked at, and the program ended there."""
    says = dict.fromkeys((*LIVELY, *quiet), listed(0, 1, 2, 3))
    stage = Stage(folder, says, controls=("control",), quota=None)
    stage.says["control"] = listed(0)
    stage.sweep()
    with closing(open_store(folder / "facts.db", stage.now)) as store:
        record(store, judge(store, Bench(stage.register, BOOK, _reach(stage)), stage.now), stage.now, BOOK)
    stage.now = T0 + 40 * DAY
    stage.says |= dict.fromkeys(LIVELY, listed(0, -38))
    stage.sweep()
    return stage


def test_a_report_holds_what_the_next_round_would(tmp_path: Path) -> None:
    found = rows(cut_off(tmp_path, QUIET))
    for handle in QUIET:
        held = found[handle].held
        assert (found[handle].verdict.status, held and held.status) == (Status.ACTIVE, Status.INACTIVE)
    assert found["b0"].held is None


def test_a_few_are_believed(tmp_path: Path) -> None:
    found = rows(cut_off(tmp_path, QUIET[:4]))
    assert {found[handle].verdict.status for handle in QUIET[:4]} == {Status.INACTIVE}


def test_the_next_round_judges_them_though_nobody_is_due(tmp_path: Path) -> None:
    stage = cut_off(tmp_path, QUIET)
    with closing(open_store(tmp_path / "facts.db", stage.now)) as store:
        ids = store.keep_register(stage.register, "{}", stage.now)
        office = Office(stage.register, BOOK, ids, stage.routes)
        found = judged(store, office, Bench(stage.register, BOOK, _reach(stage)), [], stage.now)
        assert {row.account.ref.handle for row in found} == {*QUIET, *LIVELY}
        record(store, found, stage.now, BOOK)
        assert judged(store, office, Bench(stage.register, BOOK, _reach(stage)), [], stage.now) == ()
        everybody = judged(store, office, Bench(stage.register, BOOK, _reach(stage)), [], stage.now, everybody=True)
        assert len(everybody) == len(ids)
