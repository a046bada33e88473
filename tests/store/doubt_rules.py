"""Doubted sights prove no silence, at whatever instant it is asked about: rules for every store."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from auditor.core.frozen import Doubt, Freeze, Listed
from auditor.store.verbs import Look, Store
from auditor.store.verbs_doubts import DoubtEnd, PastDoubts, Stand

from .build import DAY, HOUR, NOW, account, attest, keep, look, missed, post, run, seen, statement, told

LANE = "bluesky"
START, FOUND, THAW = NOW + DAY, NOW + 40 * DAY, NOW + 50 * DAY


def lane_of(store: Store, *days: int) -> tuple[int, int]:
    """Two accounts, both looked at on these days after NOW; one post, before."""
    ids = keep(store, account("a.example", "did:a"), account("b.example", "did:b"), at=NOW - 100 * DAY)
    for number, name in zip(ids.values(), "ab", strict=True):
        for day in days:
            made = post(name, NOW - DAY)
            look(store, number, seen(made, at=NOW + day * DAY, native_id=f"did:{name}", handle=f"{name}.example"))
    first, second = ids.values()
    return first, second


def controls(store: Store, number: int, until: datetime) -> list[bool | None]:
    return [o.control_ok for o in store.history(number, until)]


def doubt(store: Store, *accounts: int, expected: Sequence[int] = (), at: datetime = FOUND) -> Sequence[int]:
    return store.doubt(LANE, Freeze(START, frozenset(accounts), frozenset(expected or accounts)), at)


class DoubtRules:
    """Lanes that may have answered with old rows."""

    def test_the_sights_after_the_start_are_doubted_and_no_others(self, store: Store) -> None:
        first, second = lane_of(store, 0, 1, 2, 30)
        assert doubt(store, first) == (first,)
        assert controls(store, first, FOUND) == [True, True, False, False]
        assert controls(store, second, FOUND) == [True, True, True, True]

    def test_what_was_judged_before_a_doubt_was_found_knows_nothing_of_it(self, store: Store) -> None:
        first, _ = lane_of(store, 0, 2, 30)
        doubt(store, first)
        assert controls(store, first, FOUND - HOUR) == [True, True, True]
        assert (store.doubts(FOUND - HOUR), len(store.doubts(FOUND))) == ((), 1)

    def test_looks_by_hand_and_misses_are_not_doubted(self, store: Store) -> None:
        first, _ = lane_of(store, 0)
        look(store, first, missed(NOW + 2 * DAY))
        attest(store, first, told(at=NOW + 3 * DAY), statement())
        doubt(store, first)
        assert controls(store, first, FOUND) == [True, None, True]

    def test_a_doubt_names_its_accounts_those_first_that_were_expected_to_move(self, store: Store) -> None:
        first, second = lane_of(store, 0, 2)
        doubt(store, first, second, expected=[second])
        keys = ("bluesky:b.example", "bluesky:a.example")
        assert store.doubts(FOUND) == (Doubt(LANE, START, FOUND, keys, keys[:1]),)
        assert store.doubted_accounts(LANE) == (FOUND, Freeze(START, frozenset({first, second}), frozenset({second})))

    def test_an_account_is_doubted_once_and_a_lane_has_one_doubt(self, store: Store) -> None:
        first, second = lane_of(store, 0, 2)
        doubt(store, first)
        assert doubt(store, first, second, at=FOUND + DAY) == (second,)
        assert doubt(store, first, second, at=FOUND + 2 * DAY) == ()
        (found,) = store.doubts(FOUND + DAY)
        assert (found.found_at, len(found.accounts)) == (FOUND, 2)

    def test_reading_on_may_not_stop_at_a_doubted_sight(self, store: Store) -> None:
        first, second = lane_of(store, 0, 2, 30)
        doubt(store, first)
        assert [store.state(n).covered_until for n in (first, second)] == [NOW, NOW + 30 * DAY]
        look(store, first, seen(at=FOUND + DAY))
        assert store.state(first).covered_until == NOW, "nor at one that comes while the doubt lasts"
        store.end_doubt(LANE, DoubtEnd.MOVED, THAW, FOUND + DAY)
        assert store.state(first).covered_until == FOUND + DAY

    def test_of_a_lane_that_moves_again_the_doubted_sights_stay_doubted(self, store: Store) -> None:
        first, _ = lane_of(store, 0, 2, 30, 50, 57)
        doubt(store, first)
        assert store.end_doubt(LANE, DoubtEnd.MOVED, THAW + HOUR, THAW) == (first,)
        assert controls(store, first, NOW + 60 * DAY) == [True, False, False, True, True]
        assert store.doubts(THAW + HOUR) == ()
        assert store.past_doubts(LANE) == PastDoubts(None, THAW)

    def test_of_a_lane_that_a_person_released_all_sights_count_again(self, store: Store) -> None:
        first, _ = lane_of(store, 0, 2, 30)
        doubt(store, first)
        assert store.release_doubt(LANE, "Pemeriksa Satu", "dinas-contoh", "sudah diperiksa", THAW) == (first,)
        assert controls(store, first, THAW) == [True, True, True]
        assert controls(store, first, THAW - HOUR) == [True, False, False], "as it stood the hour before"
        assert store.state(first).covered_until == NOW + 30 * DAY
        assert store.past_doubts(LANE) == PastDoubts(THAW, None)

    @pytest.mark.parametrize(("by", "reason"), [("", "sudah"), ("Pemeriksa Satu", " ")], ids=["name", "reason"])
    def test_nobody_releases_without_name_and_reason(self, store: Store, by: str, reason: str) -> None:
        first, _ = lane_of(store, 0, 2)
        doubt(store, first)
        with pytest.raises(ValueError):
            store.release_doubt(LANE, by, "dinas-contoh", reason, THAW)
        assert store.doubts(THAW)

    def test_a_lane_that_is_not_doubted_has_nothing_to_end(self, store: Store) -> None:
        assert store.end_doubt(LANE, DoubtEnd.MOVED, NOW) == ()
        assert store.doubted_accounts(LANE) is None
        assert store.past_doubts(LANE) == PastDoubts(None, None)

    def test_a_lane_may_be_doubted_again(self, store: Store) -> None:
        first, _ = lane_of(store, 0, 2, 30, 50, 57)
        doubt(store, first)
        store.end_doubt(LANE, DoubtEnd.MOVED, THAW, THAW)
        store.doubt(LANE, Freeze(THAW, frozenset({first}), frozenset({first})), NOW + 60 * DAY)
        assert controls(store, first, NOW + 60 * DAY) == [True, False, False, True, False]

    def test_whoever_was_not_seen_since_the_thaw_is_due_at_once(self, store: Store) -> None:
        first, second = lane_of(store, 0, 2)
        doubt(store, first, second)
        look(store, first, seen(at=THAW))
        store.end_doubt(LANE, DoubtEnd.MOVED, THAW + HOUR, THAW)
        assert store.state(second).next_look_at == THAW + HOUR
        assert store.state(first).next_look_at is None, "as it was planned before"

    def test_whoever_is_to_be_looked_at_soon_is_due_by_then_and_nobody_later_than_planned(self, store: Store) -> None:
        first, second = lane_of(store, 0, 2)
        store.record(run(store, THAW), [Look(first, seen(at=THAW), next_look_at=THAW + HOUR, why="boundary")])
        store.look_soon([first, second], THAW + 2 * HOUR)
        assert store.state(first).next_look_at == THAW + HOUR
        assert store.state(second).next_look_at == THAW + 2 * HOUR

    def test_what_people_say_of_doubted_accounts_is_counted(self, store: Store) -> None:
        first, second = lane_of(store, 0, 2)
        attest(store, first, told(at=FOUND + HOUR, horizon=NOW - DAY), statement("1"))
        assert store.looked_by_hand({first, second}, START, FOUND) == (1, 0)
        newer = post("c", FOUND - DAY)
        attest(store, second, told(newer, at=FOUND + HOUR, horizon=FOUND - DAY), statement("2"))
        assert store.looked_by_hand({first, second}, START, FOUND) == (1, 1)
        assert store.looked_by_hand({first, second}, START, FOUND + DAY) == (0, 1)

    def test_a_lane_is_asked_where_its_accounts_stand(self, store: Store) -> None:
        first, second = lane_of(store, 0, 2)
        (never,) = set(keep(store, *(account(f"{n}.example", f"did:{n}") for n in "abc")).values()) - {first, second}
        look(store, second, seen(post("ahead", NOW + 900 * DAY), at=NOW + 3 * DAY, native_id="did:b"))
        assert store.stands({first, second, never}) == {
            first: Stand(NOW, NOW + 2 * DAY, NOW - DAY),
            second: Stand(NOW, NOW + 3 * DAY, NOW + 3 * DAY),
        }

    def test_a_pulse_holds_posts_and_the_sights_since_and_one_before(self, store: Store) -> None:
        first, _ = lane_of(store, 0, 2, 5, 9)
        (pulse,) = store.pulses({first}, NOW + 5 * DAY)
        assert pulse.posts == (Listed(NOW - DAY, NOW),)
        assert [at for at, _ in pulse.sights] == [NOW + timedelta(days=n) for n in (2, 5, 9)]
        assert pulse.first_sight == NOW

    def test_doubts_and_their_ends_are_chained(self, store: Store) -> None:
        first, second = lane_of(store, 0, 2)
        doubt(store, first)
        doubt(store, second, at=FOUND + DAY)
        before = store.mark()
        store.release_doubt(LANE, "Pemeriksa Satu", "dinas-contoh", "sudah diperiksa", THAW)
        assert store.mark() != before
        assert store.verify() == ()
