"""Looks by hand go in and come out, and no machine is misled by them: rules for every store."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from auditor.core.model import ATTESTED, HAND, SCREENSHOT, Barrier, Observation, Seen
from auditor.store.verbs import Attestation, Look, Store

from .build import (
    DAY,
    HOUR,
    NOW,
    SECOND,
    account as listed_account,
    attest,
    barred,
    keep,
    listed,
    look,
    missed,
    one,
    post,
    run,
    seen,
    statement,
    told,
)

HOSTILE = "\x00\x1b[2J\ud800=HYPERLINK(1)<script>'; DROP TABLE people; --" + "x" * 10_000


def by_hand(observation: Observation) -> Observation:
    return replace(observation, route=HAND)


class HandRules:
    """What people say is kept apart from what machines read."""

    def test_a_statement_comes_back_as_it_was_made(self, store: Store) -> None:
        number = one(store)
        full = Attestation(
            said="nothing_new",
            by="Pemeriksa Satu",
            office="dinas-contoh",
            second="Pemeriksa Dua",
            link="https://www.instagram.com/p/CODE/",
            minted_at=NOW - 3 * DAY,
            typed_on=date(2026, 10, 30),
            posts_30d=4,
            screenshot="ab" * 32,
            screenshot_name="layar.png",
            manager=True,
            drawn=True,
            complaints=9,
            answered=7,
            source="row-1",
        )
        bare = Attestation("post", "Pemeriksa Tiga", "")
        attest(store, number, told(), full)
        attest(store, number, told(at=NOW + DAY), bare)
        assert store.attestations(number, NOW + DAY) == ((NOW, full), (NOW + DAY, bare))
        assert store.attestations(number, NOW + DAY - SECOND) == ((NOW, full),)
        assert store.attestations(number, NOW - SECOND) == ()

    def test_a_look_by_hand_comes_back_as_it_was_told(self, store: Store) -> None:
        number = one(store)
        flags = frozenset({ATTESTED, SCREENSHOT})
        sight = Seen("", "", (post("a", NOW - DAY, url="https://x.example/a"),), NOW - DAY, flags=flags)
        looks = [
            Observation(NOW, replace(sight, counters={"posts_30d": 4}), control_ok=True, route=HAND),
            Observation(NOW + DAY, replace(sight, posts=(), horizon=None), control_ok=True, route=HAND),
            by_hand(barred(NOW + 2 * DAY, Barrier.WRONG_KIND)),
        ]
        for each in looks:
            attest(store, number, each, statement(str(each.observed_at)))
        assert store.history(number, NOW + 9 * DAY) == tuple(looks)

    def test_looks_by_hand_need_no_statement(self, store: Store) -> None:
        number = one(store)
        look(store, number, told(post("a", NOW)))
        assert listed(store, number, NOW) == [(NOW, ("a",))]
        assert store.attestations(number, NOW) == ()

    def test_what_a_person_told_stays_with_that_look(self, store: Store) -> None:
        """The date a machine read is never mistaken for a told one, nor a told one for a read one."""
        number, a = one(store), post("a", NOW - DAY)
        look(store, number, told(a), seen(a, at=NOW + DAY), told(a, at=NOW + 2 * DAY), told(at=NOW + 3 * DAY))
        look(store, number, seen(a, at=NOW + 4 * DAY))
        days = [(NOW + d * DAY, ids) for d, ids in enumerate([("a",), ("a",), ("a",), (), ("a",)])]
        assert listed(store, number, NOW + 4 * DAY) == days
        assert listed(store, number, NOW + 3 * DAY) == days[:4]

    def test_in_one_second_machine_and_person_keep_what_is_theirs(self, store: Store) -> None:
        number = one(store)
        look(store, number, told(post("b", NOW - DAY)), seen(post("a", NOW - DAY)), told(post("c", NOW - DAY)))
        assert listed(store, number, NOW) == [(NOW, ("b",)), (NOW, ("a",)), (NOW, ("c",))]

    def test_two_looks_by_hand_in_one_second_stand_in_two_runs(self, store: Store) -> None:
        number, current = one(store), run(store)
        store.record(current, [Look(number, told(), attestation=statement("row-1"))])
        with pytest.raises(ValueError, match="already looked at"):
            store.record(current, [Look(number, told(), attestation=statement("row-2"))])
        attest(store, number, told(), statement("row-3"))
        assert [said.source for _, said in store.attestations(number, NOW)] == ["row-1", "row-3"]

    def test_a_statement_recorded_late_is_fitted_in_where_it_belongs(self, store: Store) -> None:
        number = one(store)
        attest(store, number, told(at=NOW + DAY), statement("new"))
        attest(store, number, told(), statement("old"))
        assert [said.source for _, said in store.attestations(number, NOW + DAY)] == ["old", "new"]
        assert store.state(number).last_look_at == NOW + DAY

    def test_a_row_that_was_imported_is_not_imported_again(self, store: Store) -> None:
        """Nothing of the call is written, whatever else it brings."""
        number = one(store)
        attest(store, number, told(), statement("row-1"))
        fresh = Look(number, told(at=NOW + DAY), attestation=statement("row-2", by="Pemeriksa Baru"))
        again = Look(number, told(at=NOW + 2 * DAY), attestation=statement("row-1"))
        with pytest.raises(ValueError, match="row-1"):
            store.record(run(store), [fresh, again])
        assert store.state(number).looks == 1
        assert store.attested(["row-1", "row-2"]) == {"row-1"}
        assert store.erase_person("Pemeriksa Baru") == 0

    def test_the_same_row_twice_in_one_call_is_refused(self, store: Store) -> None:
        number = one(store)
        twice = [Look(number, told(at=NOW + n * DAY), attestation=statement("row-1")) for n in range(2)]
        with pytest.raises(ValueError, match="row-1"):
            store.record(run(store), twice)
        assert store.history(number, NOW + DAY) == ()

    def test_of_many_rows_those_imported_before_are_told(self, store: Store) -> None:
        number = one(store)
        attest(store, number, told(), statement("row-1"))
        attest(store, number, told(at=NOW + DAY), statement(""))
        attest(store, number, told(at=NOW + 2 * DAY), statement(""))
        assert store.attested(["", "row-1", *(f"new-{n}" for n in range(2000))]) == {"row-1"}
        assert store.attested([]) == frozenset()

    def test_a_statement_names_somebody(self, store: Store) -> None:
        number = one(store)
        for nobody in ("", " \t\n"):
            with pytest.raises(ValueError, match="name"):
                attest(store, number, told(), statement(by=nobody))
            with pytest.raises(ValueError, match="name"):
                attest(store, number, told(), statement(second=nobody))
        assert store.history(number, NOW) == ()

    def test_a_statement_belongs_to_a_look_by_hand(self, store: Store) -> None:
        number = one(store)
        with pytest.raises(ValueError, match="api"):
            attest(store, number, seen(), statement())
        assert store.history(number, NOW) == ()

    def test_one_person_of_one_office_is_one_person_however_the_name_is_written(self, store: Store) -> None:
        number = one(store)
        for n, name in enumerate(("Pemeriksa Satu", "PEMERIKSA  satu ", "pemeriksa\nsatu")):
            attest(store, number, told(at=NOW + n * DAY), statement(str(n), by=name))
        assert [said.by for _, said in store.attestations(number, NOW + 9 * DAY)] == ["Pemeriksa Satu"] * 3
        assert store.erase_person(" pemeriksa SATU") == 1

    def test_erasing_a_person_blanks_the_name_in_every_office_and_nothing_else(self, store: Store) -> None:
        number = one(store)
        first = statement("row-1", second="Pemeriksa Dua")
        other = replace(statement("row-2", by="Pemeriksa Dua", second="Pemeriksa Satu"), office="kecamatan-contoh")
        attest(store, number, told(), first)
        attest(store, number, told(at=NOW + DAY), other)
        attest(store, number, told(at=NOW + 2 * DAY), statement("row-3"))
        assert store.erase_person("Pemeriksa Satu") == 2
        assert [said for _, said in store.attestations(number, NOW + 9 * DAY)] == [
            replace(first, by=""),
            replace(other, second=""),
            statement("row-3", by=""),
        ]
        assert store.erase_person("Pemeriksa Satu") == 0
        assert store.erase_person("") == 0, "the blank is nobody's name"
        assert store.verify() == ()

    def test_who_was_erased_may_look_again_and_is_somebody_else(self, store: Store) -> None:
        number = one(store)
        for n in range(3):
            attest(store, number, told(at=NOW + n * DAY), statement(str(n)))
            assert store.erase_person("Pemeriksa Satu") == 1
        attest(store, number, told(at=NOW + 9 * DAY), statement("9"))
        assert [said.by for _, said in store.attestations(number, NOW + 9 * DAY)] == ["", "", "", "Pemeriksa Satu"]

    def test_a_look_by_hand_never_shortens_what_a_machine_reads(self, store: Store) -> None:
        """It is counted; where to stop, how often it missed and what it saw last stay the machine's."""
        number = one(store)
        look(store, number, seen(horizon=NOW - DAY), missed(NOW + DAY))
        before = store.state(number)
        for n, each in enumerate((told(), told(post("b", NOW), horizon=NOW), by_hand(barred()), by_hand(missed()))):
            attest(store, number, replace(each, observed_at=NOW + (2 + n) * DAY), statement(str(n)))
        assert store.state(number) == replace(before, last_look_at=NOW + 5 * DAY, looks=6)
        attest(store, number, told(at=NOW - DAY), statement("late"))
        after = replace(before, first_look_at=NOW - DAY, last_look_at=NOW + 5 * DAY, looks=7)
        assert store.state(number) == after, "counted again, it says the same"

    def test_a_machine_that_goes_on_after_a_look_by_hand_goes_on_where_it_was(self, store: Store) -> None:
        number = one(store)
        look(store, number, missed(), told(at=NOW + DAY), missed(NOW + 2 * DAY))
        state = store.state(number)
        assert (state.failures, state.failing_since, state.covered_until) == (2, NOW, None)

    def test_a_look_by_hand_teaches_neither_id_nor_handle(self, store: Store) -> None:
        """A link proves when, not whose."""
        number = one(store)
        look(store, number, by_hand(seen(native_id="", handle="other.example")))
        look(store, number, by_hand(seen(at=NOW + HOUR, native_id="did:other", handle="other.example")))
        state = store.state(number)
        assert (state.native_id, state.handle) == (None, "dinas.example")
        assert store.find("bluesky:other.example") is None
        look(
            store, number, seen(at=NOW + DAY, native_id="did:1", handle="new.example"), by_hand(seen(at=NOW + 2 * DAY))
        )
        state = store.state(number)
        assert (state.native_id, state.handle) == ("did:1", "new.example")
        sights = [o.outcome for o in store.history(number, NOW + 9 * DAY) if o.route == HAND]
        assert {(s.native_id, s.handle) for s in sights if isinstance(s, Seen)} == {("", "")}

    def test_the_handle_is_the_machines_even_before_a_look_by_hand(self, store: Store) -> None:
        number = one(store)
        look(store, number, told(at=NOW + DAY), seen(handle="new.example"))
        assert store.state(number).handle == "new.example"

    def test_the_plan_of_a_machine_stands(self, store: Store) -> None:
        number = one(store)
        store.record(run(store), [Look(number, seen(), next_look_at=NOW + 7 * DAY, why="max_age")])
        attest(store, number, told(at=NOW + DAY), statement())
        state = store.state(number)
        assert (state.next_look_at, state.why) == (NOW + 7 * DAY, "max_age")

    def test_what_was_undated_when_a_machine_first_looked_holds_nobody_back(self, store: Store) -> None:
        """A person who looked before it had a machine makes no difference."""
        number = one(store)
        look(store, number, told(at=NOW - 9 * DAY), seen(undated=["x"]))
        look(store, number, seen(undated=["x"], at=NOW + DAY, horizon=NOW - DAY))
        assert store.state(number).last_horizon == NOW - DAY

    def test_an_item_that_a_person_dated_is_no_new_undated_item(self, store: Store) -> None:
        number = one(store)
        look(store, number, told(post("x", NOW - DAY)), seen(undated=["x"], at=NOW + DAY))
        assert store.state(number).covered_until == NOW + DAY

    def test_statements_of_one_account_are_not_anothers(self, store: Store) -> None:
        ids = keep(store, listed_account("a.example"), listed_account("b.example"))
        a, b = ids["bluesky:a.example"], ids["bluesky:b.example"]
        attest(store, a, told(post("p", NOW)), statement("a"))
        attest(store, b, told(post("q", NOW)), statement("b"))
        assert [said.source for _, said in store.attestations(b, NOW)] == ["b"]
        assert listed(store, b, NOW) == [(NOW, ("q",))]

    def test_hostile_statements_are_kept_in_bounds(self, store: Store) -> None:
        number, endless = one(store), 10**30
        said = Attestation(
            *(HOSTILE,) * 5,
            posts_30d=endless,
            screenshot=HOSTILE,
            screenshot_name=HOSTILE,
            complaints=-endless,
            answered=endless,
            source=HOSTILE,
        )
        attest(store, number, told(post(HOSTILE, NOW, url=HOSTILE)), said)
        ((_, kept),) = store.attestations(number, NOW)
        texts = (kept.said, kept.by, kept.office, kept.second, kept.screenshot, kept.screenshot_name, kept.source)
        assert all(text is not None and 0 < len(text) <= 512 for text in texts)
        assert kept.link is not None
        assert len(kept.link) <= 2048
        assert store.attested([HOSTILE, HOSTILE + "x"]) == {HOSTILE}
        assert store.erase_person(HOSTILE) == 1
        assert store.verify() == ()

    def test_an_untouched_store_with_statements_verifies(self, store: Store) -> None:
        """Looks by hand of days ago seal their days again."""
        number = one(store)
        for days in (0, 4, 2, 2, 1):
            each = told(post("a", NOW), at=NOW + days * DAY + timedelta(seconds=store.state(number).looks))
            attest(store, number, each, statement(str(each.observed_at)))
        assert store.verify() == ()
