"""Which entry is which account: the rules of `keep_register`, for every store."""

from __future__ import annotations

import pytest

from auditor.store.verbs import Store

from .build import DAY, NOW, SECOND, account, keep, look, register, seen


class IdentityRules:
    """A register names accounts; the store keeps who they are."""

    def test_an_entry_nobody_knows_is_a_new_account(self, store: Store) -> None:
        ids = keep(store, account("a.example"), account("b.example"))
        assert sorted(ids) == ["bluesky:a.example", "bluesky:b.example"]
        assert len(set(ids.values())) == 2
        assert store.state(ids["bluesky:a.example"]).first_listed_at == NOW

    def test_the_same_handle_on_another_platform_is_another_account(self, store: Store) -> None:
        ids = keep(store, account("a.example"), account("a.example", platform="threads"))
        assert len(set(ids.values())) == 2

    def test_a_corrected_handle_with_the_same_native_id_keeps_the_account(self, store: Store) -> None:
        old = keep(store, account("a.example", "did:1"))["bluesky:a.example"]
        new = keep(store, account("b.example", "did:1"), at=NOW + DAY)
        assert new == {"bluesky:b.example": old}
        assert store.state(old).handle == "b.example"

    def test_a_corrected_handle_keeps_the_account_by_a_learnt_id(self, store: Store) -> None:
        old = keep(store, account("a.example"))["bluesky:a.example"]
        look(store, old, seen(native_id="did:1", handle="a.example"))
        assert keep(store, account("b.example", "did:1"), at=NOW + DAY) == {"bluesky:b.example": old}

    def test_an_entry_moved_to_another_agency_keeps_the_account(self, store: Store) -> None:
        old = keep(store, account("a.example"))
        assert keep(store, account("a.example", agency="dinas-lain"), at=NOW + DAY) == old

    def test_an_id_added_to_an_entry_keeps_the_account(self, store: Store) -> None:
        old = keep(store, account("a.example"))["bluesky:a.example"]
        assert keep(store, account("a.example", "did:1"), at=NOW + DAY) == {"bluesky:a.example": old}
        assert store.state(old).native_id == "did:1"

    def test_an_id_taken_out_of_an_entry_is_not_forgotten(self, store: Store) -> None:
        old = keep(store, account("a.example", "did:1"))["bluesky:a.example"]
        assert keep(store, account("a.example"), at=NOW + DAY) == {"bluesky:a.example": old}
        assert store.state(old).native_id == "did:1"

    def test_two_native_ids_are_two_accounts_whatever_the_handle(self, store: Store) -> None:
        """A lost account and the new one that took its name must not share a history."""
        old = keep(store, account("a.example", "did:1"))["bluesky:a.example"]
        new = keep(store, account("a.example", "did:2"), at=NOW + DAY)["bluesky:a.example"]
        assert new != old
        assert store.state(old).removed_at == NOW + DAY

    def test_a_handle_the_platform_named_finds_the_account(self, store: Store) -> None:
        """The keeper of the list follows a rename the platform has told us of."""
        old = keep(store, account("a.example"))["bluesky:a.example"]
        look(store, old, seen(handle="renamed.example"))
        assert keep(store, account("renamed.example"), at=NOW + DAY) == {"bluesky:renamed.example": old}

    def test_a_handle_the_account_once_had_finds_it(self, store: Store) -> None:
        old = keep(store, account("a.example", "did:1"))["bluesky:a.example"]
        keep(store, account("b.example", "did:1"), at=NOW + DAY)
        assert keep(store, account("a.example"), at=NOW + 2 * DAY) == {"bluesky:a.example": old}

    def test_a_handle_another_listed_account_once_had_steals_nothing(self, store: Store) -> None:
        old = keep(store, account("a.example", "did:1"))["bluesky:a.example"]
        keep(store, account("b.example", "did:1"), at=NOW + DAY)
        ids = keep(store, account("a.example"), account("b.example"), at=NOW + 2 * DAY)
        assert ids["bluesky:b.example"] == old
        assert ids["bluesky:a.example"] != old

    def test_a_predecessor_hands_its_account_over(self, store: Store) -> None:
        old = keep(store, account("ppdb.example"))["bluesky:ppdb.example"]
        new = keep(store, account("spmb.example", predecessor="ppdb.example"), at=NOW + DAY)
        assert new == {"bluesky:spmb.example": old}

    def test_a_predecessor_listed_under_its_own_entry_keeps_its_account(self, store: Store) -> None:
        old = keep(store, account("ppdb.example"))["bluesky:ppdb.example"]
        ids = keep(store, account("spmb.example", predecessor="ppdb.example"), account("ppdb.example"), at=NOW + DAY)
        assert ids["bluesky:ppdb.example"] == old
        assert ids["bluesky:spmb.example"] != old

    def test_a_predecessor_of_the_predecessor_is_found_by_its_former_handle(self, store: Store) -> None:
        old = keep(store, account("a.example"))["bluesky:a.example"]
        keep(store, account("b.example", predecessor="a.example"), at=NOW + DAY)
        ids = keep(store, account("c.example", predecessor="a.example"), at=NOW + 2 * DAY)
        assert ids == {"bluesky:c.example": old}

    def test_the_native_id_decides_before_the_handle(self, store: Store) -> None:
        ids = keep(store, account("a.example", "did:1"), account("b.example"))
        after = keep(store, account("b.example", "did:1"), account("a.example"), at=NOW + DAY)
        assert after["bluesky:b.example"] == ids["bluesky:a.example"]
        assert after["bluesky:a.example"] not in ids.values()

    def test_handles_swapped_between_known_ids_follow_the_ids(self, store: Store) -> None:
        ids = keep(store, account("a.example", "did:1"), account("b.example", "did:2"))
        after = keep(store, account("b.example", "did:1"), account("a.example", "did:2"), at=NOW + DAY)
        assert after["bluesky:b.example"] == ids["bluesky:a.example"]
        assert after["bluesky:a.example"] == ids["bluesky:b.example"]

    def test_of_two_successors_the_first_in_the_list_gets_the_account(self, store: Store) -> None:
        old = keep(store, account("old.example"))["bluesky:old.example"]
        ids = keep(
            store,
            account("x.example", predecessor="old.example"),
            account("y.example", predecessor="old.example"),
            at=NOW + DAY,
        )
        assert ids["bluesky:x.example"] == old
        assert ids["bluesky:y.example"] != old

    def test_of_two_accounts_with_one_handle_the_listed_one_is_found(self, store: Store) -> None:
        keep(store, account("a.example", "did:1"))
        second = keep(store, account("a.example", "did:2"), at=NOW + DAY)["bluesky:a.example"]
        assert keep(store, account("a.example"), at=NOW + 2 * DAY) == {"bluesky:a.example": second}

    def test_of_two_accounts_that_once_had_a_handle_the_last_to_have_it_is_found(self, store: Store) -> None:
        keep(store, account("a.example", "did:1"))
        keep(store, account("b.example", "did:1"), at=NOW + DAY)
        second = keep(store, account("a.example", "did:2"), at=NOW + 2 * DAY)["bluesky:a.example"]
        keep(store, account("c.example", "did:2"), at=NOW + 3 * DAY)
        assert keep(store, account("a.example"), at=NOW + 4 * DAY) == {"bluesky:a.example": second}

    def test_an_account_taken_off_the_list_keeps_everything_but_its_place(self, store: Store) -> None:
        ids = keep(store, account("a.example"), account("b.example"))
        look(store, ids["bluesky:a.example"], seen())
        assert keep(store, account("b.example"), at=NOW + DAY) == {"bluesky:b.example": ids["bluesky:b.example"]}
        state = store.state(ids["bluesky:a.example"])
        assert (state.removed_at, state.looks) == (NOW + DAY, 1)
        assert list(store.states()) == ["bluesky:b.example"]
        assert store.find("bluesky:a.example") == state

    def test_an_account_is_removed_once_however_often_the_list_is_edited_after(self, store: Store) -> None:
        old = keep(store, account("a.example"), account("b.example"))["bluesky:a.example"]
        keep(store, account("b.example"), at=NOW + DAY)
        keep(store, account("b.example"), account("c.example"), at=NOW + 2 * DAY)
        assert store.state(old).removed_at == NOW + DAY
        assert store.removed_since(NOW + DAY, NOW + 2 * DAY) == ()

    def test_an_account_that_comes_back_is_the_same_account(self, store: Store) -> None:
        old = keep(store, account("a.example"), account("b.example"))["bluesky:a.example"]
        keep(store, account("b.example"), at=NOW + DAY)
        back = keep(store, account("a.example"), account("b.example", agency="x"), at=NOW + 2 * DAY)
        assert back["bluesky:a.example"] == old
        assert store.state(old).removed_at is None

    def test_removed_accounts_are_named_for_the_span_they_were_removed_in(self, store: Store) -> None:
        keep(store, account("a.example"), account("b.example"))
        keep(store, account("b.example"), at=NOW + DAY)
        keep(store, account("a.example"), account("b.example", agency="x"), at=NOW + 3 * DAY)
        assert store.removed_since(NOW, NOW + DAY) == ("bluesky:a.example",)
        assert store.removed_since(NOW, NOW + DAY - SECOND) == ()
        assert store.removed_since(NOW + DAY, NOW + 2 * DAY) == ()
        assert store.removed_since(NOW, NOW + 3 * DAY) == (), "back by then"

    def test_a_register_with_the_newest_hash_writes_nothing(self, store: Store) -> None:
        first = register(account("a.example"), sha256="1")
        ids = store.keep_register(first, "one", NOW)
        assert store.keep_register(register(account("b.example"), sha256="1"), "other", NOW + DAY) == ids
        assert store.register_at(NOW + DAY) == ("1", "one")

    def test_an_older_register_may_come_back_into_force(self, store: Store) -> None:
        for day, sha256 in enumerate(("1", "2", "1")):
            store.keep_register(register(account("a.example"), sha256=sha256), f"text {day}", NOW + day * DAY)
        assert store.register_at(NOW - SECOND) is None
        assert [store.register_at(NOW + d * DAY) for d in range(3)] == [
            ("1", "text 0"),
            ("2", "text 1"),
            ("1", "text 2"),
        ]

    def test_the_policy_in_force_is_the_newest_at_or_before_the_instant(self, store: Store) -> None:
        store.keep_policy("v1", "one", NOW)
        store.keep_policy("v1", "one again", NOW + DAY)
        store.keep_policy("v2", "two", NOW + 2 * DAY)
        assert store.policy_at(NOW - SECOND) is None
        assert store.policy_at(NOW + DAY) == ("v1", "one")
        assert store.policy_at(NOW + 2 * DAY) == ("v2", "two")

    @pytest.mark.parametrize(
        ("key", "found"),
        [
            ("bluesky:b.example", True),
            ("bluesky:a.example", True),
            ("bluesky:c.example", True),
            ("bluesky:never.example", False),
        ],
        ids=["today's key", "a key it once had", "the key of the handle the platform names", "a key nobody had"],
    )
    def test_an_account_is_found_by_every_key_it_had(self, store: Store, key: str, found: bool) -> None:
        old = keep(store, account("a.example", "did:1"))["bluesky:a.example"]
        keep(store, account("b.example", "did:1"), at=NOW + DAY)
        look(store, old, seen(native_id="did:1", handle="c.example"))
        state = store.find(key)
        assert (state is not None and state.id == old) is found

    def test_todays_key_is_found_before_a_former_one(self, store: Store) -> None:
        keep(store, account("a.example", "did:1"))
        ids = keep(store, account("b.example", "did:1"), account("a.example"), at=NOW + DAY)
        state = store.find("bluesky:a.example")
        assert state is not None
        assert state.id == ids["bluesky:a.example"]

    def test_of_two_accounts_with_one_key_the_listed_one_is_found(self, store: Store) -> None:
        keep(store, account("a.example", "did:1"))
        new = keep(store, account("a.example", "did:2"), at=NOW + DAY)["bluesky:a.example"]
        state = store.find("bluesky:a.example")
        assert state is not None
        assert state.id == new

    def test_states_are_of_the_accounts_named(self, store: Store) -> None:
        keep(store, account("a.example"), account("b.example"))
        assert list(store.states(["bluesky:b.example", "bluesky:unknown"])) == ["bluesky:b.example"]
        assert list(store.states([])) == []

    def test_an_unknown_account_has_no_state(self, store: Store) -> None:
        with pytest.raises(KeyError):
            store.state(77)
