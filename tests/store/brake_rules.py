"""What every store keeps to about the brake."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from auditor.core.brake import Kind, Limits, Scope, Settled
from auditor.core.model import Reason, Status
from auditor.store.verbs import Store
from auditor.store.verbs_brake import Judgement, Recorded, Release

from .build import DAY, HOUR, NOW, SECOND, account, keep, look, missed, post, seen

ACTIVE, INACTIVE, LOST, UNKNOWN = Status.ACTIVE, Status.INACTIVE, Status.LOST, Status.UNKNOWN
LIMITS = Limits(percent=20, least=5, release_after=3 * DAY)
RELEASE = Release("Kepala Seksi Contoh", "dinas-contoh", "dilihat langsung")
PLATFORM, AGENCY, REGISTER = (
    Scope(Kind.PLATFORM, "bluesky"),
    Scope(Kind.AGENCY, "dinas-contoh"),
    Scope(Kind.REGISTER),
)
LONG_AGO = NOW - 400 * DAY
REASONS = {ACTIVE: Reason.RECENT, INACTIVE: Reason.SILENT, LOST: Reason.ABSENT, UNKNOWN: Reason.BLIND}


def judgement(
    number: int, status: Status = INACTIVE, since: datetime = NOW - DAY, read_since: datetime | None = LONG_AGO
) -> Judgement:
    verdict = Settled(status, since, REASONS[status], None, confirmed=status is ACTIVE)
    return Judgement(number, f"bluesky:{number - 1}.example", "bluesky", "dinas-contoh", verdict, read_since)


def city(store: Store, accounts: int = 6) -> list[int]:
    """Accounts of one office on one platform, judged active long ago."""
    ids = keep(store, *(account(f"{n}.example") for n in range(accounts)), at=LONG_AGO)
    numbers = sorted(ids.values())
    judge(store, numbers, ACTIVE, NOW - 30 * DAY)
    return numbers


def judge(
    store: Store, numbers: Sequence[int], status: Status, at: datetime, read_since: datetime | None = LONG_AGO
) -> Recorded:
    return store.record_judgement([judgement(n, status, at - DAY, read_since) for n in numbers], at, LIMITS)


def two_platforms(store: Store, some: int, others: int) -> tuple[list[Judgement], list[Judgement]]:
    """Accounts of one office on one platform, and of another on another; all judged active long ago."""
    own = [account(f"{n}.example") for n in range(some)]
    foreign = [account(f"dinas_{n}", platform="x", agency="kantor") for n in range(others)]
    ids = keep(store, *own, *foreign, at=LONG_AGO)
    verdict = judgement(1, ACTIVE).verdict
    found = [Judgement(ids[a.key], a.key, a.ref.platform, a.agency, verdict, LONG_AGO) for a in (*own, *foreign)]
    store.record_judgement(found, NOW - 30 * DAY, LIMITS)
    return found[:some], found[some:]


def tell(store: Store, told: Mapping[Judgement, Status], at: datetime) -> Recorded:
    """Each judged as it is told."""
    judged = [replace(j, verdict=judgement(1, status).verdict) for j, status in told.items()]
    return store.record_judgement(judged, at, LIMITS)


def statuses(store: Store) -> set[Status]:
    return {verdict.status for verdict in store.last_verdicts().values()}


def held(store: Store, at: datetime = NOW) -> dict[Scope, list[int]]:
    return {hold.scope: [account.id for account in hold.accounts] for hold in store.holds(at)}


def watch(store: Store, numbers: Collection[int], *at: datetime) -> None:
    for number in numbers:
        look(store, number, *(seen(post("a", LONG_AGO), at=each, native_id=f"did:{number}") for each in at))


class BrakeRules:
    """Too many at once are held, in one transaction, until something settles it."""

    def test_too_many_changes_are_held_by_every_scope_they_are_too_many_of(self, store: Store) -> None:
        numbers = city(store)
        found = judge(store, numbers, INACTIVE, NOW)
        assert found.changes == ()
        assert {hold.scope for hold in found.began} == {PLATFORM, AGENCY, REGISTER}
        assert held(store) == dict.fromkeys((PLATFORM, AGENCY, REGISTER), numbers)
        assert {(hold.changed, hold.judged, hold.began_at) for hold in store.holds(NOW)} == {(6, 6, NOW)}
        assert statuses(store) == {ACTIVE}
        assert store.changes(LONG_AGO, NOW) == ()
        assert held(store, NOW - SECOND) == {}
        (first, *_) = store.holds(NOW)[0].accounts
        assert (first.old.status, first.old.reason, first.old.confirmed) == (ACTIVE, Reason.RECENT, True)
        assert (first.new.status, first.new.since, first.new.confirmed) == (INACTIVE, NOW - DAY, False)

    def test_four_changes_are_recorded_and_told(self, store: Store) -> None:
        numbers = city(store)
        assert len(judge(store, numbers[:4], INACTIVE, NOW).changes) == 4
        assert held(store) == {}
        assert {change.since for change in store.changes(LONG_AGO, NOW)} == {NOW - DAY}

    @pytest.mark.parametrize(
        ("apart", "holds"), [(DAY - SECOND, True), (DAY, False)], ids=["a second less than a day", "a day"]
    )
    def test_what_was_judged_less_than_a_day_ago_counts_with_what_is_judged_now(
        self, store: Store, apart: timedelta, holds: bool
    ) -> None:
        numbers = city(store)
        judge(store, numbers[:4], INACTIVE, NOW - apart)
        found = judge(store, numbers[4:], INACTIVE, NOW)
        assert bool(found.began) is holds
        assert len(store.changes(LONG_AGO, NOW)) == (4 if holds else 6), "a released change is not taken back"
        if holds:
            assert held(store)[PLATFORM] == numbers[4:]
            assert {(hold.changed, hold.judged) for hold in found.began} == {(6, 6)}

    def test_who_was_judged_calm_within_the_day_counts_among_the_judged(self, store: Store) -> None:
        numbers = city(store, 25)
        judge(store, numbers[5:], ACTIVE, NOW - HOUR)
        assert judge(store, numbers[:5], INACTIVE, NOW).began == ()

    @pytest.mark.parametrize(
        ("apart", "holds"), [(DAY - SECOND, False), (DAY, True)], ids=["a second less than a day", "a day"]
    )
    def test_who_was_judged_calm_a_day_ago_does_not(self, store: Store, apart: timedelta, holds: bool) -> None:
        numbers = city(store, 25)
        judge(store, numbers[5:], ACTIVE, NOW - apart)
        assert bool(judge(store, numbers[:5], INACTIVE, NOW).began) is holds

    @pytest.mark.parametrize(
        ("apart", "holds"), [(DAY - SECOND, True), (DAY, False)], ids=["a second less than a day", "a day"]
    )
    def test_what_is_held_elsewhere_counts_for_a_day(self, store: Store, apart: timedelta, holds: bool) -> None:
        """Six of a platform are held and are no fifth of the register; with a seventh they are."""
        fallen, calm = two_platforms(store, 6, 25)
        tell(store, {**dict.fromkeys(fallen, INACTIVE), **dict.fromkeys(calm, ACTIVE)}, NOW)
        assert REGISTER not in held(store)
        tell(store, dict.fromkeys(fallen, INACTIVE), NOW + apart)
        tell(store, {**dict.fromkeys(calm, ACTIVE), calm[0]: LOST}, NOW + apart)
        assert (REGISTER in held(store, NOW + apart)) is holds

    def test_an_account_stays_held_while_one_of_its_holds_does(self, store: Store) -> None:
        """Of two platforms that fell together only one was looked at: the register waits for both."""
        first, second = two_platforms(store, 6, 6)
        tell(store, dict.fromkeys((*first, *second), INACTIVE), NOW)
        watch(store, [j.account_id for j in first], NOW + HOUR, NOW + DAY)
        found = store.record_judgement([], NOW + 3 * DAY, LIMITS)
        assert {hold.scope for hold in found.ended} == {PLATFORM, AGENCY}
        assert (found.changes, statuses(store)) == ((), {ACTIVE})
        assert set(held(store, NOW + 3 * DAY)) == {Scope(Kind.PLATFORM, "x"), Scope(Kind.AGENCY, "kantor"), REGISTER}

    def test_a_first_verdict_is_no_change(self, store: Store) -> None:
        ids = keep(store, *(account(f"{n}.example") for n in range(6)))
        assert judge(store, sorted(ids.values()), INACTIVE, NOW) == Recorded()
        assert statuses(store) == {INACTIVE}

    def test_the_first_verdict_that_a_machine_had_part_in_is_no_change(self, store: Store) -> None:
        numbers = city(store)
        found = judge(store, numbers, INACTIVE, NOW, read_since=NOW - HOUR)
        assert (found.began, len(found.changes)) == ((), 6)

    def test_what_only_people_saw_is_not_held(self, store: Store) -> None:
        assert judge(store, city(store), INACTIVE, NOW, read_since=None).began == ()

    @pytest.mark.parametrize("before", [ACTIVE, INACTIVE], ids=["alive before: held", "silent before: no change"])
    def test_coming_back_from_unknown_counts_from_the_verdict_before_it(self, store: Store, before: Status) -> None:
        numbers = city(store)
        for day, number in enumerate(numbers):
            judge(store, [number], before, NOW - (20 - 2 * day) * DAY)
        judge(store, numbers, UNKNOWN, NOW - 2 * DAY)
        found = judge(store, numbers, INACTIVE, NOW)
        assert bool(found.began) is (before is ACTIVE)
        assert statuses(store) == {UNKNOWN if before is ACTIVE else INACTIVE}

    def test_unknown_from_the_beginning_has_nothing_before_it(self, store: Store) -> None:
        ids = keep(store, *(account(f"{n}.example") for n in range(6)))
        judge(store, sorted(ids.values()), UNKNOWN, NOW - DAY)
        assert judge(store, sorted(ids.values()), INACTIVE, NOW).began == ()

    def test_a_further_change_in_a_held_scope_is_a_hold_with_its_own_clock(self, store: Store) -> None:
        numbers = city(store, 7)
        judge(store, numbers[:6], INACTIVE, NOW)
        judge(store, numbers[6:], LOST, NOW + 2 * DAY)
        clocks = [(hold.began_at, len(hold.accounts)) for hold in store.holds(NOW + 2 * DAY) if hold.scope == PLATFORM]
        assert clocks == [(NOW, 6), (NOW + 2 * DAY, 1)]

    def test_judging_the_same_again_holds_once(self, store: Store) -> None:
        numbers = city(store)
        judge(store, numbers, INACTIVE, NOW)
        again = judge(store, numbers, INACTIVE, NOW)
        assert (again.began, again.changes) == ((), ())
        assert len(store.holds(NOW)) == 3

    def test_what_is_no_longer_of_a_held_kind_leaves(self, store: Store) -> None:
        numbers = city(store)
        judge(store, numbers, INACTIVE, NOW)
        judge(store, numbers[:2], ACTIVE, NOW + HOUR)
        judge(store, numbers[2:3], UNKNOWN, NOW + HOUR)
        assert [hold.accounts for hold in judge(store, numbers[3:], ACTIVE, NOW + DAY).ended] == [(), (), ()]
        assert held(store, NOW + HOUR)[PLATFORM] == numbers[3:]
        assert held(store, NOW + DAY) == {}
        assert held(store, NOW + HOUR - SECOND)[PLATFORM] == numbers, "as of an instant before"
        assert [(c.old, c.new) for c in store.changes(LONG_AGO, NOW + DAY)] == [(ACTIVE, UNKNOWN)]

    def test_held_silent_and_then_lost_is_held_anew(self, store: Store) -> None:
        numbers = city(store)
        judge(store, numbers, INACTIVE, NOW)
        judge(store, numbers[:1], LOST, NOW + 2 * DAY)
        found = [(hold.began_at, len(hold.accounts)) for hold in store.holds(NOW + 2 * DAY) if hold.scope == REGISTER]
        assert found == [(NOW, 5), (NOW + 2 * DAY, 1)]

    def test_a_person_releases_all_with_one_chained_act(self, store: Store) -> None:
        numbers = city(store)
        judge(store, numbers, INACTIVE, NOW)
        assert len(store.release([], RELEASE, NOW + HOUR)) == 3
        assert store.holds(NOW + HOUR) == ()
        assert held(store, NOW) != {}
        told = store.changes(NOW, NOW + HOUR)
        assert {(c.old, c.new, c.since, c.judged_at) for c in told} == {(ACTIVE, INACTIVE, NOW - DAY, NOW + HOUR)}
        assert statuses(store) == {INACTIVE}
        assert store.verify() == ()
        assert store.release([], RELEASE, NOW + 2 * HOUR) == ()
        assert judge(store, numbers, INACTIVE, NOW + 2 * HOUR) == Recorded()

    def test_a_release_of_one_scope_answers_for_its_accounts_everywhere(self, store: Store) -> None:
        judge(store, city(store), INACTIVE, NOW)
        assert store.release([Scope(Kind.PLATFORM, "mastodon")], RELEASE, NOW) == ()
        assert [hold.scope for hold in store.release([PLATFORM], RELEASE, NOW + HOUR)] == [PLATFORM]
        assert held(store, NOW + HOUR) == {}

    def test_after_a_release_counting_begins_anew(self, store: Store) -> None:
        numbers = city(store, 7)
        judge(store, numbers[:6], INACTIVE, NOW)
        store.release([], RELEASE, NOW + HOUR)
        assert judge(store, numbers[6:], INACTIVE, NOW + 2 * HOUR).began == ()

    @pytest.mark.parametrize("release", [Release(" ", "o", "reason"), Release("Nama", "o", " ")])
    def test_a_release_needs_a_name_and_a_reason(self, store: Store, release: Release) -> None:
        judge(store, city(store), INACTIVE, NOW)
        with pytest.raises(ValueError, match=r"nobody's name|without a reason"):
            store.release([], release, NOW)
        assert held(store) != {}

    def test_erasing_the_person_leaves_the_chain_whole(self, store: Store) -> None:
        judge(store, city(store), INACTIVE, NOW)
        store.release([], RELEASE, NOW)
        assert store.erase_person(RELEASE.by) == 1
        assert store.verify() == ()

    def test_a_hold_ends_by_itself_after_its_days_with_looks_at_everybody_on_two(self, store: Store) -> None:
        numbers = city(store)
        judge(store, numbers, INACTIVE, NOW)
        watch(store, numbers, NOW + HOUR, NOW + DAY)
        assert judge(store, numbers, INACTIVE, NOW + 3 * DAY - SECOND).ended == ()
        found = judge(store, numbers[:1], INACTIVE, NOW + 3 * DAY)
        assert len(found.ended) == 3
        assert {(c.old, c.new, c.since) for c in found.changes} == {(ACTIVE, INACTIVE, NOW - DAY)}
        assert len(found.changes) == 6
        assert statuses(store) == {INACTIVE}
        assert held(store, NOW + 3 * DAY) == {}

    def test_one_account_without_its_looks_keeps_all_held(self, store: Store) -> None:
        numbers = city(store)
        judge(store, numbers, INACTIVE, NOW)
        watch(store, numbers[1:], NOW + HOUR, NOW + DAY)
        watch(store, numbers[:1], NOW, NOW + DAY, NOW + DAY + HOUR)  # the look that began it, and two on one day
        unsure = seen(post("a", LONG_AGO), at=NOW + 3 * DAY, native_id=f"did:{numbers[0]}")
        look(store, numbers[0], missed(NOW + 2 * DAY), replace(unsure, control_ok=False))
        assert judge(store, numbers, INACTIVE, NOW + 9 * DAY).ended == ()
        days = [account.healthy_days for account in store.holds(NOW + 9 * DAY)[0].accounts]
        assert days == [1, 2, 2, 2, 2, 2]
        judge(store, numbers[:1], ACTIVE, NOW + 9 * DAY + HOUR)
        assert held(store, NOW + 10 * DAY) == {}, "without that account the others have their looks"

    def test_an_account_off_the_list_is_no_longer_held(self, store: Store) -> None:
        numbers = city(store)
        judge(store, numbers, INACTIVE, NOW)
        keep(store, *(account(f"{n}.example") for n in range(5)), at=NOW + HOUR)
        assert held(store, NOW + HOUR)[PLATFORM] == numbers[:5]
        judge(store, [], INACTIVE, NOW + 2 * HOUR)
        keep(store, *(account(f"{n}.example") for n in range(6)), at=NOW + 3 * HOUR)
        assert held(store, NOW + 3 * HOUR)[PLATFORM] == numbers[:5], "and does not come back into the hold"

    def test_held_accounts_are_planned_within_a_day(self, store: Store) -> None:
        numbers = city(store)
        for number in numbers:
            plan_far(store, number)
        judge(store, numbers, INACTIVE, NOW)
        plans = {store.state(number).next_look_at for number in numbers}
        assert all(at is not None and at <= NOW + DAY for at in plans)
        assert {store.state(number).why for number in numbers} == {"confirmation"}

    def test_an_account_judged_later_by_another_program_is_left_alone(self, store: Store) -> None:
        numbers = city(store)
        judge(store, numbers, ACTIVE, NOW + HOUR)
        assert judge(store, numbers, INACTIVE, NOW) == Recorded()
        assert statuses(store) == {ACTIVE}


def plan_far(store: Store, number: int) -> None:
    """A look whose account is planned for a week later."""
    from auditor.store.verbs import Look

    from .build import run

    observation = seen(post("a", LONG_AGO), at=NOW, native_id=f"did:{number}")
    store.record(run(store), [Look(number, observation, next_look_at=NOW + 7 * DAY, why="max_age")])
