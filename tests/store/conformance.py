"""What every store keeps to. A store passes by inheriting the class and giving the fixture `store`."""

from __future__ import annotations

from datetime import timedelta

import pytest

from auditor.core.audit import Control
from auditor.core.breaker import Break
from auditor.core.model import Reason, Status
from auditor.store.verbs import Charge, LaneState, Store

from .brake_rules import BrakeRules
from .build import (
    DAY,
    HOUR,
    NOW,
    SECOND,
    account,
    barred,
    change,
    keep,
    look,
    missed,
    one,
    post,
    run,
    seen,
    verdict,
)
from .doubt_rules import DoubtRules
from .hand_rules import HandRules
from .identity_rules import IdentityRules
from .look_rules import LookRules
from .plan_rules import PlanRules
from .spot_rules import SpotRules
from .standing_rules import StandingRules


class LaneRules:
    """Lanes, budgets and controls are shared by all who use the store."""

    def test_a_lane_nobody_used_is_not_blocked(self, store: Store) -> None:
        assert store.lane("host:a.example") == LaneState("host:a.example", None, None, None, None, None)
        assert store.lanes() == ()

    def test_what_was_spent_under_the_bare_name_of_a_lane_is_its_heirs(self, store: Store) -> None:
        store.block_lane("x", NOW + HOUR, "quota_exhausted", NOW)
        store.spend([Charge("x", NOW, 7)])
        store.spend([Charge("x:KEY call", NOW, 2)])
        for _ in range(2):
            store.inherit("x", "x:KEY", "x:KEY call")
        assert (store.spent("x", NOW), store.spent("x:KEY call", NOW)) == (0, 9)
        assert [(lane.name, lane.blocked_until) for lane in store.lanes()] == [("x:KEY", NOW + HOUR)]

    def test_a_lane_that_counts_by_name_has_no_heir(self, store: Store) -> None:
        store.lane_answered("x", NOW)
        store.spend([Charge("x call", NOW, 7)])
        store.inherit("x", "x:KEY", "x:KEY call")
        assert (store.spent("x call", NOW), store.lane("x").last_ok_at) == (7, NOW)

    def test_a_blocked_lane_says_until_when_why_and_since(self, store: Store) -> None:
        store.block_lane("x", NOW + HOUR, "rate_limited", NOW)
        store.block_lane("x", NOW + 2 * HOUR, "rate_limited", NOW + HOUR)
        assert store.lane("x") == LaneState("x", NOW + 2 * HOUR, "rate_limited", NOW, None, None)
        store.block_lane("x", None, "credential_rejected", NOW + 3 * HOUR)
        assert store.lane("x") == LaneState("x", None, "credential_rejected", NOW + 3 * HOUR, None, None)

    def test_an_answer_lifts_the_block_and_ends_the_failing(self, store: Store) -> None:
        store.block_lane("x", None, "credential_rejected", NOW)
        store.lane_failed("x", NOW)
        store.lane_answered("x", NOW + HOUR)
        assert store.lanes() == (LaneState("x", None, None, None, NOW + HOUR, None),)

    def test_an_answer_older_than_the_block_does_not_lift_it(self, store: Store) -> None:
        """Two threads of a lane report in any order."""
        store.block_lane("x", NOW + HOUR, "rate_limited", NOW)
        store.lane_answered("x", NOW - SECOND)
        assert store.lane("x") == LaneState("x", NOW + HOUR, "rate_limited", NOW, NOW - SECOND, None)

    def test_a_lane_fails_since_the_first_failure_in_a_row(self, store: Store) -> None:
        store.lane_answered("x", NOW)
        store.lane_failed("x", NOW + HOUR)
        store.lane_failed("x", NOW + 2 * HOUR)
        assert store.lane("x") == LaneState("x", None, None, None, NOW, NOW + HOUR)

    def test_looks_do_not_touch_lanes(self, store: Store) -> None:
        look(store, one(store), seen(), missed(NOW + DAY))
        assert store.lanes() == ()

    def test_a_budget_is_taken_whole_or_not_at_all(self, store: Store) -> None:
        assert [store.spend([Charge("x", NOW, n, 10)]) is None for n in (6, 5, 4, 1)] == [True, False, True, False]
        assert store.spent("x", NOW) == 10

    def test_more_than_the_limit_at_once_is_refused(self, store: Store) -> None:
        assert store.spend([Charge("x", NOW, 11, 10)]) == Charge("x", NOW, 11, 10)
        assert store.spent("x", NOW) == 0

    def test_of_several_budgets_all_are_taken_or_none(self, store: Store) -> None:
        calls, money = Charge("x call", NOW, 1, 10), Charge("x usd", NOW, 25, 20)
        assert store.spend([calls, money]) == money
        assert (store.spent("x call", NOW), store.spent("x usd", NOW)) == (0, 0)

    def test_windows_and_lanes_have_budgets_of_their_own(self, store: Store) -> None:
        for charge in (Charge("x", NOW, 10, 10), Charge("x", NOW + HOUR, 10, 10), Charge("y", NOW, 10, 10)):
            assert store.spend([charge]) is None
        assert store.spend([Charge("x", NOW, 1000)]) is None, "no limit, still counted"
        assert (store.spent("x", NOW), store.spent("x", NOW + HOUR), store.spent("y", NOW)) == (1020, 10, 10)

    def test_a_rolling_window_counts_all_steps_since_its_start(self, store: Store) -> None:
        steps = [Charge("x", NOW + n * HOUR, 4, 10, NOW + n * HOUR - 2 * HOUR) for n in range(4)]
        assert [store.spend([step]) is None for step in steps] == [True, True, False, True]

    def test_what_was_reserved_and_not_used_is_given_back(self, store: Store) -> None:
        store.spend([Charge("x", NOW, 10, 10)])
        assert store.spend([Charge("x", NOW, -7)]) is None
        assert store.spent("x", NOW) == 3

    def test_the_newest_answer_of_each_control_counts(self, store: Store) -> None:
        for hours, healthy in ((0, True), (1, False), (3, True)):
            store.record_control(Control("bluesky", "bsky.app", healthy, NOW + hours * HOUR), "lane")
        store.record_control(Control("telegram", "telegram", healthy=True, at=NOW), "lane")
        assert store.controls(NOW - SECOND) == ()
        assert store.controls(NOW + 2 * HOUR) == (
            Control("bluesky", "bsky.app", healthy=False, at=NOW + HOUR),
            Control("telegram", "telegram", healthy=True, at=NOW),
        )
        assert store.controls(NOW + 3 * HOUR)[0].healthy


class NetworkRules:
    """What runs and controls tell of ourselves."""

    def swept(self, store: Store, hours: int, kind: str = "poll", **totals: int) -> None:
        at = NOW + hours * HOUR
        number = store.begin_run(kind, at, "0" * 64, "v", rehearsal=False)
        store.end_run(number, at + HOUR / 2, totals)

    def test_a_row_of_inconclusive_sweeps_began_with_its_first(self, store: Store) -> None:
        assert store.offline_since() is None
        self.swept(store, 0, looked=0, left=3, inconclusive=1)
        self.swept(store, 1, looked=3, left=0)
        assert store.offline_since() is None
        self.swept(store, 2, looked=1, left=2, inconclusive=1)
        self.swept(store, 3, looked=0, left=0)
        self.swept(store, 4, "run", looked=0, left=3, inconclusive=1)
        self.swept(store, 5, "attest", looked=2, left=0)
        store.begin_run("poll", NOW + 6 * HOUR, "0" * 64, "v", rehearsal=False)
        assert store.offline_since() == NOW + 2 * HOUR
        self.swept(store, 7, looked=0, left=3)
        assert store.offline_since() is None

    def test_a_break_lasts_from_the_start_of_its_sweep_to_its_end(self, store: Store) -> None:
        self.swept(store, 0, looked=9, left=0, breaker_x=5)
        self.swept(store, 1, looked=9, left=0)
        self.swept(store, 2, looked=9, left=0, breaker_x=5, breaker_tiktok=7)
        second = (NOW + 2 * HOUR, NOW + 2 * HOUR + HOUR / 2)
        assert store.breaks(NOW + HOUR) == (Break("tiktok", *second), Break("x", *second))
        assert len(store.breaks(NOW)) == 3

    def test_a_control_that_was_ever_healthy_is_remembered(self, store: Store) -> None:
        for name, answers in (("a", (False, True, False)), ("b", (False,))):
            for n, healthy in enumerate(answers):
                store.record_control(Control("x", name, healthy, NOW + n * HOUR), "lane")
        assert store.once_healthy() == {"a"}


class VerdictRules:
    """Verdicts are remembered, changes told once."""

    def test_the_newest_verdict_is_remembered(self, store: Store) -> None:
        number = one(store)
        store.record_verdicts([(number, verdict(Status.ACTIVE), None)], [])
        store.record_verdicts([(number, verdict(Status.SLOW, NOW + DAY), "seldom")], [])
        store.record_verdicts([(number, verdict(Status.LOST, NOW - DAY), None)], [])
        assert store.last_verdicts() == {number: verdict(Status.SLOW, NOW + DAY)}

    def test_the_same_change_is_told_once(self, store: Store) -> None:
        number = one(store)
        for minutes in range(3):
            at = NOW + timedelta(minutes=minutes)
            store.record_verdicts([], [(number, change(Status.INACTIVE, at)), (number, change(Status.INACTIVE, at))])
        assert store.changes_of(number, NOW + DAY) == (change(Status.INACTIVE),)

    def test_a_change_there_and_back_is_three_changes(self, store: Store) -> None:
        number = one(store)
        told = [change(s, NOW + d * DAY) for d, s in enumerate((Status.SLOW, Status.ACTIVE, Status.SLOW))]
        for each in told:
            store.record_verdicts([], [(number, each)])
        assert store.changes_of(number, NOW + 9 * DAY) == tuple(told)
        assert store.changes(NOW, NOW + DAY) == (told[1],), "after the one instant, up to the other"

    def test_a_change_carries_todays_key(self, store: Store) -> None:
        number = keep(store, account("a.example", "did:1"))["bluesky:a.example"]
        store.record_verdicts([], [(number, change(Status.SLOW))])
        keep(store, account("b.example", "did:1"), at=NOW + DAY)
        assert [c.account for c in store.changes(NOW - DAY, NOW)] == ["bluesky:b.example"]

    def test_verdicts_may_be_judged_while_they_are_recorded(self, store: Store) -> None:
        """The verdicts may come from a generator that reads the store."""
        number = one(store)
        store.record_verdicts(((number, verdict(), str(len(store.history(number, NOW)))) for _ in "x"), [])
        assert store.last_verdicts()[number].reason is Reason.RECENT


class RunRules:
    """Runs and signs of life."""

    def test_runs_come_newest_first_with_their_counts(self, store: Store) -> None:
        first = run(store)
        second = store.begin_run("report", NOW + HOUR, "r", "p", rehearsal=True)
        store.end_run(first, NOW + HOUR, {"looked": 3, "seen": 2})
        newest, oldest = store.runs()
        assert (newest.id, newest.kind, newest.ended_at, newest.rehearsal) == (second, "report", None, True)
        assert (oldest.started_at, oldest.ended_at, oldest.totals) == (NOW, NOW + HOUR, {"looked": 3, "seen": 2})
        assert [r.id for r in store.runs(limit=1)] == [second]

    def test_a_run_that_was_never_begun_cannot_end(self, store: Store) -> None:
        with pytest.raises(KeyError):
            store.end_run(5, NOW, {})

    def test_the_newest_heartbeat_stands(self, store: Store) -> None:
        assert store.heartbeat("daemon") is None
        store.beat("daemon", NOW, {"next": "a"})
        store.beat("daemon", NOW + HOUR, {"next": "b"})
        assert store.heartbeat("daemon") == (NOW + HOUR, {"next": "b"})

    def test_an_untouched_store_verifies(self, store: Store) -> None:
        number = one(store)
        look(store, number, seen(post("a", NOW)), missed(NOW + 2 * DAY), barred(NOW + DAY))
        store.keep_policy("v1", "text", NOW)
        store.record_verdicts([], [(number, change(Status.SLOW))])
        assert store.verify() == ()

    def test_closing_twice_is_no_error(self, store: Store) -> None:
        store.close()
        store.close()


class StoreRules(
    IdentityRules,
    LookRules,
    HandRules,
    LaneRules,
    NetworkRules,
    VerdictRules,
    BrakeRules,
    RunRules,
    DoubtRules,
    SpotRules,
    PlanRules,
    StandingRules,
):
    """All of it."""
