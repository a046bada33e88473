"""Who is due is read from the plan, and nobody else's state with it: rules for every store."""

from __future__ import annotations

from datetime import datetime

from auditor.store.verbs import Look, Store

from .brake_rules import LIMITS, judgement
from .build import DAY, HOUR, NOW, account, keep, missed, run, seen

FAR = NOW + 9 * DAY


def planned(store: Store, **at: datetime | None) -> dict[str, int]:
    """Accounts by name, each answered and planned for its age; None: never planned."""
    ids = keep(store, *(account(f"{name}.example") for name in at), at=NOW - 30 * DAY)
    for name, when in at.items():
        if when is not None:
            told = Look(ids[f"bluesky:{name}.example"], seen(at=NOW - DAY), next_look_at=when, why="max_age")
            store.record(run(store), [told])
    return {name: ids[f"bluesky:{name}.example"] for name in at}


def names(found: object) -> list[str]:
    return [key.partition(":")[2].partition(".")[0] for key in found] if isinstance(found, dict | tuple) else []


class PlanRules:
    """The plan."""

    def test_due_is_who_was_never_planned_who_is_planned_by_now_and_whom_a_wrong_clock_planned(
        self, store: Store
    ) -> None:
        planned(store, never=None, before=NOW - HOUR, now=NOW, later=NOW + HOUR, edge=FAR, ahead=FAR + HOUR)
        assert set(names(store.due(NOW, FAR))) == {"never", "before", "now", "ahead"}

    def test_who_left_the_list_is_not_due(self, store: Store) -> None:
        planned(store, a=NOW, b=NOW)
        keep(store, account("b.example"))
        assert names(store.due(NOW, FAR)) == ["b"]

    def test_soon_are_those_of_the_platform_that_would_be_due_first(self, store: Store) -> None:
        planned(store, now=NOW, c=NOW + 3 * HOUR, a=NOW + HOUR, b=NOW + 2 * HOUR, late=NOW + DAY)
        assert names(store.soon("bluesky", NOW, NOW + 3 * HOUR, 9)) == ["a", "b", "c"]
        assert names(store.soon("bluesky", NOW, NOW + 3 * HOUR, 2)) == ["a", "b"]
        assert store.soon("youtube", NOW, NOW + 3 * HOUR, 9) == {}

    def test_who_fails_or_is_planned_for_a_reason_of_its_own_is_not_taken_along(self, store: Store) -> None:
        ids = planned(store, a=NOW + HOUR, fails=NOW + HOUR, owed=NOW + HOUR)
        store.record(run(store), [Look(ids["fails"], missed(), next_look_at=NOW + HOUR, why="max_age")])
        store.record(run(store), [Look(ids["owed"], seen(), next_look_at=NOW + HOUR, why="confirmation")])
        assert names(store.soon("bluesky", NOW, NOW + 3 * HOUR, 9)) == ["a"]

    def test_unjudged_is_who_was_looked_at_since_the_verdict_that_is_recorded(self, store: Store) -> None:
        ids = planned(store, never=None, old=NOW, new=NOW, none=NOW)
        store.record_judgement([judgement(ids["old"])], NOW - 2 * DAY, LIMITS)
        store.record_judgement([judgement(ids["new"])], NOW, LIMITS)
        assert sorted(names(store.unjudged())) == ["none", "old"]
