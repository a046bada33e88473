"""The case: what may follow what, and what can never happen whatever people do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from auditor.core.closure import MOVES, OPEN, Act, Event, IllegalMove, Mode, Step, advance, step_of

T0 = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("step", [s for s in Step if s is not Step.CLOSED])
def test_every_case_can_still_move(step: Step) -> None:
    assert any(s is step for s, _ in MOVES)


@pytest.mark.parametrize("step", OPEN)
def test_an_open_case_can_always_be_kept_or_revived(step: Step) -> None:
    assert advance(step, Event(Act.KEEP, T0, "Sekda")) is Step.KEPT
    assert advance(step, Event(Act.REVIVE, T0, "Diskominfo")) is Step.REVIVED


def test_the_whole_ladder() -> None:
    acts = [Act.PROPOSE, Act.NOTIFY, Act.REMIND, Act.RECOMMEND, Act.CONTEST, Act.APPROVE, Act.ANNOUNCE]
    closing = Event(Act.CLOSE, T0, "Kepala OPD", mode=Mode.FROZEN)
    assert step_of([*(Event(act, T0, "pejabat") for act in acts), closing]) is Step.CLOSED


def reachable(without: Step) -> set[Step]:
    found, frontier = set[Step](), {Step.NONE}
    while frontier:
        found |= frontier
        frontier = {to for (step, _), to in MOVES.items() if step in frontier and to is not without} - found
    return found


@pytest.mark.parametrize("step", [Step.PROPOSED, Step.NOTIFIED, Step.RECOMMENDED, Step.APPROVED, Step.ANNOUNCED])
def test_no_path_to_closing_goes_round(step: Step) -> None:
    assert Step.CLOSED in reachable(without=Step.CONTESTED)
    assert Step.CLOSED not in reachable(without=step)


@pytest.mark.parametrize("event", [Event(Act.CLOSE, T0, "x"), Event(Act.KEEP, T0, "x", mode=Mode.DELETED)])
def test_closing_and_only_closing_names_a_mode(event: Event) -> None:
    with pytest.raises(ValueError, match="names a mode"):
        advance(Step.ANNOUNCED, event)


def test_an_illegal_move_says_what_is_possible() -> None:
    with pytest.raises(
        IllegalMove, match="cannot approve a case that is notified; possible: keep, recommend, remind, revive"
    ):
        advance(Step.NOTIFIED, Event(Act.APPROVE, T0, "x"))


class Case(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.ledger: list[Event] = []
        self.step = Step.NONE

    @rule(act=st.sampled_from(Act), note=st.text(max_size=5), mode=st.sampled_from(Mode))
    def act(self, act: Act, note: str, mode: Mode) -> None:
        at = T0 + timedelta(days=len(self.ledger))
        event = Event(act, at, "clerk", note, mode if act is Act.CLOSE else None)
        try:
            self.step = advance(self.step, event)
        except IllegalMove:
            assert (self.step, act) not in MOVES
        else:
            self.ledger.append(event)

    @invariant()
    def the_ledger_alone_rebuilds_the_case(self) -> None:
        assert step_of(self.ledger) is self.step

    @invariant()
    def nothing_closes_without_notice_recommendation_approval_and_announcement(self) -> None:
        if self.step is Step.CLOSED:
            acts = [e.act for e in self.ledger]
            at = len(acts) - acts[::-1].index(Act.PROPOSE) - 1
            for needed in (Act.NOTIFY, Act.RECOMMEND, Act.APPROVE, Act.ANNOUNCE, Act.CLOSE):
                at = acts.index(needed, at)


TestCase = Case.TestCase
