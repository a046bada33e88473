"""Looks go in and come out: rules for every store."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from auditor.core.model import ON_TOP, UNDATED, Barrier, Miss, Missed, Observation, PostKind, Seen, Unreadable
from auditor.fetch.answer import Exchange
from auditor.store.verbs import Look, Store, Validator

from .build import DAY, HOUR, NOW, SECOND, barred, listed, look, missed, one, post, run, seen

WIB = timezone(timedelta(hours=7))


class LookRules:
    """Looks go in, and come out as they were answered."""

    def test_a_look_comes_back_as_it_was_answered(self, store: Store) -> None:
        sight = Seen(
            "did:1",
            "dinas.example",
            (post("b", NOW - DAY, PostKind.REPOST, "https://x.example/b"), post("a", NOW - 2 * DAY)),
            NOW - 3 * DAY,
            created_at=NOW - 900 * DAY,
            counters={"posts": 7, "followers": 12},
            flags=frozenset({"limited", "moved_to=did:9"}),
        )
        told = [
            Observation(NOW, sight, control_ok=True, route="feed"),
            barred(NOW + HOUR, Barrier.SUSPENDED),
            Observation(NOW + 2 * HOUR, Missed(Miss.RATE_LIMITED, "429", NOW + 3 * HOUR), control_ok=False),
            missed(NOW + 3 * HOUR),
        ]
        number = one(store)
        look(store, number, *told)
        assert store.history(number, NOW + DAY) == tuple(told)

    def test_instants_come_out_in_utc_at_whole_seconds(self, store: Store) -> None:
        number = one(store)
        late = timedelta(microseconds=999_999)
        look(store, number, seen(post("a", NOW - DAY + late), at=(NOW + late).astimezone(WIB)))
        (told,) = store.history(number, NOW)
        assert isinstance(told.outcome, Seen)
        assert (told.observed_at, told.observed_at.utcoffset()) == (NOW, timedelta(0))
        assert told.outcome.posts[0].posted_at == NOW - DAY

    def test_an_instant_without_a_zone_is_refused(self, store: Store) -> None:
        number = one(store)
        with pytest.raises(ValueError, match="zone"):
            look(store, number, seen(at=NOW.replace(tzinfo=None)))

    def test_looks_after_the_instant_are_invisible(self, store: Store) -> None:
        number = one(store)
        look(store, number, seen(post("a", NOW - DAY)), seen(post("b", NOW), at=NOW + DAY))
        assert listed(store, number, NOW + DAY - SECOND) == [(NOW, ("a",))]

    def test_a_post_goes_to_the_first_and_the_newest_look_that_listed_it(self, store: Store) -> None:
        number, a = one(store), post("a", NOW - DAY)
        look(store, number, *(seen(a, at=NOW + d * DAY) for d in range(4)))
        assert [ids for _, ids in listed(store, number, NOW + 9 * DAY)] == [("a",), (), (), ("a",)]

    def test_a_deleted_post_is_not_handed_to_looks_that_no_longer_listed_it(self, store: Store) -> None:
        number, a = one(store), post("a", NOW - DAY)
        look(store, number, seen(a), seen(a, at=NOW + DAY), seen(at=NOW + 2 * DAY))
        assert [ids for _, ids in listed(store, number, NOW + 9 * DAY)] == [("a",), ("a",), ()]

    def test_before_the_newest_listing_the_newest_look_that_read_that_far_has_the_post(self, store: Store) -> None:
        number, a = one(store), post("a", NOW - DAY)
        look(
            store,
            number,
            seen(a),
            seen(a, at=NOW + DAY, horizon=NOW - DAY),
            seen(at=NOW + 2 * DAY, horizon=NOW),
            seen(a, at=NOW + 3 * DAY),
        )
        assert [ids for _, ids in listed(store, number, NOW + 2 * DAY)] == [("a",), ("a",), ()]
        assert [ids for _, ids in listed(store, number, NOW)] == [("a",)]

    def test_a_post_with_another_date_is_a_second_post_of_the_same_id(self, store: Store) -> None:
        number = one(store)
        look(store, number, seen(post("a", NOW - DAY)), seen(post("a", NOW - HOUR), at=NOW + DAY))
        assert listed(store, number, NOW + DAY) == [(NOW, ("a",)), (NOW + DAY, ("a",))]

    def test_a_post_listed_twice_in_one_answer_stands_once(self, store: Store) -> None:
        number = one(store)
        look(store, number, seen(post("a", NOW - DAY), post("a", NOW - DAY, PostKind.REPLY)))
        (told,) = store.history(number, NOW)
        assert isinstance(told.outcome, Seen)
        assert told.outcome.posts == (post("a", NOW - DAY),)

    def test_a_post_that_changes_its_kind_counts_from_the_look_that_says_so(self, store: Store) -> None:
        """An announced broadcast is no activity; when it has been sent it is, and a past day is judged as it was."""
        number, at = one(store), NOW - DAY
        kinds = (PostKind.OTHER, PostKind.OTHER, PostKind.ORIGINAL)
        look(store, number, *(seen(post("live", at, k), at=NOW + d * DAY) for d, k in enumerate(kinds)))

        def told(until: datetime) -> list[PostKind]:
            sights = [o.outcome for o in store.history(number, until)]
            return [p.kind for s in sights if isinstance(s, Seen) for p in s.posts]

        assert told(NOW + DAY) == [PostKind.OTHER, PostKind.OTHER]
        assert told(NOW + 2 * DAY) == [PostKind.OTHER, PostKind.ORIGINAL]

    def test_a_new_undated_item_makes_its_look_cover_nothing(self, store: Store) -> None:
        number = one(store)
        look(
            store,
            number,
            seen(undated=["x"]),
            seen(undated=["x"], at=NOW + DAY),
            seen(undated=["x", "y"], at=NOW + 2 * DAY),
        )
        horizons = [o.outcome.horizon for o in store.history(number, NOW + 9 * DAY) if isinstance(o.outcome, Seen)]
        assert horizons == [NOW, None, NOW + 2 * DAY]
        state = store.state(number)
        assert (state.last_horizon, state.covered_until) == (NOW + 2 * DAY, NOW + DAY)

    def test_no_later_look_reaches_back_over_the_arrival_of_an_undated_item(self, store: Store) -> None:
        """It was posted somewhere before we first saw it; what was there at the first sight holds nobody back."""
        number = one(store)
        look(
            store,
            number,
            seen(undated=["x"], horizon=NOW - 9 * DAY),
            seen(undated=["x"], at=NOW + DAY, horizon=NOW - 9 * DAY),
            seen(undated=["x", "y"], at=NOW + 2 * DAY, horizon=NOW - 9 * DAY),
            seen(undated=["x"], at=NOW + 3 * DAY, horizon=NOW - 9 * DAY),
            seen(at=NOW + 4 * DAY, horizon=NOW + 3 * DAY),
        )
        horizons = [o.outcome.horizon for o in store.history(number, NOW + 5 * DAY) if isinstance(o.outcome, Seen)]
        days = [0, -9, 2, 2, 3]
        assert horizons == [NOW + d * DAY for d in days]

    def test_what_stood_undated_on_top_at_the_first_sight_may_have_been_posted_that_day(self, store: Store) -> None:
        number = one(store)
        first = seen(undated=["x"], horizon=NOW - 9 * DAY)
        assert isinstance(first.outcome, Seen)
        first = replace(first, outcome=replace(first.outcome, flags=frozenset({ON_TOP})))
        look(store, number, first, seen(undated=["x"], at=NOW + DAY, horizon=NOW - 9 * DAY))
        sights = [o.outcome for o in store.history(number, NOW + 5 * DAY) if isinstance(o.outcome, Seen)]
        assert [(s.horizon, s.flags) for s in sights] == [(NOW, {ON_TOP, UNDATED}), (NOW, {UNDATED})]

    def test_an_item_once_listed_with_a_date_is_no_new_undated_item(self, store: Store) -> None:
        number = one(store)
        look(store, number, seen(post("x", NOW - DAY)), seen(undated=["x"], at=NOW + DAY))
        assert store.state(number).covered_until == NOW + DAY

    def test_a_date_learnt_later_does_not_help_a_look_recorded_late(self, store: Store) -> None:
        number = one(store)
        look(store, number, seen(post("x", NOW - DAY), at=NOW + DAY), seen(undated=["x"]))
        first = store.history(number, NOW + DAY)[0].outcome
        assert isinstance(first, Seen)
        assert first.horizon == NOW

    def test_a_look_recorded_late_does_not_know_what_was_listed_after_it(self, store: Store) -> None:
        number = one(store)
        look(store, number, seen(undated=["x"], at=NOW + DAY), seen(undated=["x"]))
        first, second = (o.outcome for o in store.history(number, NOW + DAY))
        assert isinstance(first, Seen)
        assert isinstance(second, Seen)
        assert (first.horizon, second.horizon) == (NOW, NOW + DAY)

    def test_the_first_sight_teaches_the_native_id_and_no_later_one_changes_it(self, store: Store) -> None:
        number = one(store)
        look(store, number, missed(), seen(native_id="did:1", at=NOW + DAY))
        look(store, number, seen(native_id="did:2", at=NOW + 2 * DAY))
        assert store.state(number).native_id == "did:1"
        sights = [o.outcome for o in store.history(number, NOW + 9 * DAY)]
        assert [s.native_id for s in sights if isinstance(s, Seen)] == ["did:1", "did:2"]

    def test_the_handle_is_the_newest_the_platform_named(self, store: Store) -> None:
        number = one(store)
        look(store, number, seen(handle="new.example", at=NOW + DAY), seen(handle="old.example"))
        assert store.state(number).handle == "new.example"

    def test_misses_are_counted_until_an_answer_comes(self, store: Store) -> None:
        number = one(store)
        look(store, number, seen(), missed(NOW + HOUR), missed(NOW + 2 * HOUR, Miss.UNRECOGNISED))
        state = store.state(number)
        assert (state.failures, state.failing_since, state.last_outcome) == (2, NOW + HOUR, "unrecognised")
        look(store, number, barred(NOW + 3 * HOUR))
        state = store.state(number)
        assert (state.failures, state.failing_since, state.last_outcome) == (0, None, "gone")
        assert (state.first_look_at, state.last_look_at, state.looks) == (NOW, NOW + 3 * HOUR, 4)

    def test_a_look_recorded_late_is_fitted_in_where_it_belongs(self, store: Store) -> None:
        """A look made by hand is written down days later: the state is the one it had in order."""
        number = one(store)
        look(store, number, missed(NOW), missed(NOW + 2 * DAY), barred(NOW + DAY))
        state = store.state(number)
        assert (state.failures, state.failing_since, state.last_outcome) == (1, NOW + 2 * DAY, "unreachable")
        assert (state.first_look_at, state.last_look_at, state.looks) == (NOW, NOW + 2 * DAY, 3)

    def test_of_two_looks_in_one_second_the_later_run_is_the_newer(self, store: Store) -> None:
        number = one(store)
        first, second = run(store), run(store)
        store.record(second, [Look(number, barred())])
        store.record(first, [Look(number, missed())])
        assert store.state(number).last_outcome == "gone"
        assert [type(o.outcome) for o in store.history(number, NOW)] == [Missed, Unreadable]

    def test_a_sight_covers_when_its_horizon_lies_before_it(self, store: Store) -> None:
        number = one(store)
        look(store, number, seen(horizon=NOW - DAY), seen(at=NOW + DAY, horizon=NOW + DAY))
        state = store.state(number)
        assert (state.covered_until, state.last_horizon) == (NOW, NOW + DAY)

    def test_a_sight_whose_control_failed_covers_nothing(self, store: Store) -> None:
        number = one(store)
        look(store, number, seen(horizon=NOW - DAY), replace(seen(at=NOW + DAY), control_ok=False))
        in_order = store.state(number)
        assert (in_order.covered_until, in_order.last_horizon) == (NOW, NOW + DAY)
        look(store, number, missed(NOW - DAY))
        assert store.state(number).covered_until == NOW, "counted again, it says the same"

    def test_the_plan_is_what_the_newest_look_says_and_stands_where_it_says_nothing(self, store: Store) -> None:
        number = one(store)
        assert store.state(number).next_look_at is None
        store.record(run(store), [Look(number, seen(), next_look_at=NOW + 7 * DAY, why="max_age")])
        look(store, number, seen(at=NOW + DAY))
        state = store.state(number)
        assert (state.next_look_at, state.why) == (NOW + 7 * DAY, "max_age")

    def test_one_account_is_looked_at_once_in_a_run_and_second(self, store: Store) -> None:
        number, current = one(store), run(store)
        store.record(current, [Look(number, seen())])
        with pytest.raises(ValueError, match="already looked at"):
            store.record(current, [Look(number, missed())])
        look(store, number, missed())
        assert store.state(number).looks == 2

    def test_looks_are_written_together_or_not_at_all(self, store: Store) -> None:
        number, current = one(store), run(store)
        with pytest.raises(KeyError):
            store.record(current, [Look(number, seen(post("a", NOW))), Look(number + 1, seen())])
        assert store.state(number).looks == 0
        assert store.history(number, NOW) == ()

    def test_a_look_names_a_run_that_was_begun(self, store: Store) -> None:
        number = one(store)
        with pytest.raises(ValueError, match="no such run"):
            store.record(99, [Look(number, seen())])

    def test_hostile_text_is_kept_in_bounds(self, store: Store) -> None:
        """Lone surrogates, control characters and endless ids are stored, and different ids stay different."""
        number = one(store)
        ids = ["\ud800", "\udfff", "\x1b[2J\x00'; DROP TABLE looks; --", "x" * 100_000, "x" * 100_001]
        look(store, number, seen(*(post(i, NOW - DAY) for i in ids), handle="\ud83d" * 9999, native_id="y" * 9999))
        (told,) = store.history(number, NOW)
        assert isinstance(told.outcome, Seen)
        assert len({p.native_id for p in told.outcome.posts}) == len(ids)
        assert max(len(p.native_id) for p in told.outcome.posts) <= 512
        look(store, number, seen(*(post(i, NOW - DAY) for i in ids), at=NOW + DAY))
        assert [len(posts) for _, posts in listed(store, number, NOW + DAY)] == [5, 5], "the same ids again"

    def test_dates_at_the_ends_of_time_are_kept(self, store: Store) -> None:
        number = one(store)
        ends = (datetime.min.replace(tzinfo=WIB), datetime.max.replace(tzinfo=timezone(-timedelta(hours=7))))
        look(store, number, seen(*(post(str(i), at) for i, at in enumerate(ends))))
        assert listed(store, number, NOW) == [(NOW, ("1", "0"))]

    def test_exchanges_are_the_evidence_newest_first(self, store: Store) -> None:
        number = one(store)
        asked = [
            Exchange("GET", f"https://api.example/{n}", 200, "ab" * 32, 10 + n, NOW, {"etag": '"x"'}) for n in range(3)
        ]
        silent = Exchange("GET", "https://api.example/none", None, None, 0, NOW + DAY, shape="{a: [b]}")
        store.record(run(store), [Look(number, seen(), tuple(asked))])
        store.record(run(store), [Look(number, missed(NOW + DAY), (silent,))])
        assert store.exchanges(number, NOW + DAY) == (
            (NOW + DAY, silent),
            *((NOW, exchange) for exchange in reversed(asked)),
        )
        assert store.exchanges(number, NOW, limit=1) == ((NOW, asked[2]),)

    def test_validators_are_those_of_one_adapter_version(self, store: Store) -> None:
        number = one(store)
        old = Validator("https://a.example/", 1, '"1"', None)
        new = Validator("https://a.example/", 2, 'W/"2"', "Sun, 01 Nov 2026 06:00:00 GMT")
        store.record(run(store), [Look(number, seen(), validators=(old,))])
        assert store.validators(number, 1) == {old.url: old}
        assert store.validators(number, 2) == {}
        store.record(run(store), [Look(number, seen(at=NOW + DAY), validators=(new,))])
        assert store.validators(number, 1) == {}
        assert store.validators(number, 2) == {new.url: new}

    def test_a_page_that_no_longer_says_when_it_changed_has_no_validator(self, store: Store) -> None:
        number, url = one(store), "https://a.example/"
        store.record(run(store), [Look(number, seen(), validators=(Validator(url, 1, '"1"', None),))])
        nothing = Validator(url, 1, None, None)
        store.record(run(store), [Look(number, seen(at=NOW + DAY), validators=(nothing,))])
        assert store.validators(number, 1) == {}

    def test_validators_of_endless_pages_are_bounded(self, store: Store) -> None:
        number = one(store)
        for n in range(30):
            page = Validator(f"https://a.example/?cursor={n}", 1, '"1"', None)
            store.record(run(store), [Look(number, seen(at=NOW + n * SECOND), validators=(page,))])
        assert len(store.validators(number, 1)) == 20
        assert "https://a.example/?cursor=29" in store.validators(number, 1)
