"""What every store keeps to about blind spots: told once, whoever tells, and never rewritten."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from auditor.core.audit import BlindKind
from auditor.core.model import Status
from auditor.core.notices import Event, Extent, KeptSpot, Step
from auditor.store.verbs import Store

from .build import DAY, HOUR, NOW, SECOND, change, one, verdict

EXTENT = Extent(BlindKind.PLATFORM, "toy", "toy", "unreachable", NOW - DAY, 3, {Status.ACTIVE: 2})


def began(extent: Extent = EXTENT) -> Step:
    return Step(extent, Event.BEGAN, 1)


def step(kept: KeptSpot, event: Event | None, **changes: object) -> Step:
    return replace(Step(kept.extent, event, kept.said + 1, kept.id), **changes)  # type: ignore[arg-type]


class SpotRules:
    """Blind spots and notices."""

    def test_a_spot_is_kept_with_what_was_said_of_it(self, store: Store) -> None:
        (said,) = store.settle_spots([began()], NOW)
        assert (said.at, said.event, said.extent) == (NOW, Event.BEGAN, EXTENT)
        (kept,) = store.kept_spots(NOW)
        assert kept == KeptSpot(kept.id, EXTENT, 1, NOW, Event.BEGAN)
        assert store.notices(NOW - SECOND, NOW) == (said,)
        assert store.notices(NOW, NOW + DAY) == (), "after the one instant, up to the other"

    def test_of_two_that_find_the_same_one_says_it(self, store: Store) -> None:
        assert [len(store.settle_spots([began()], NOW)) for _ in range(3)] == [1, 0, 0]
        assert len(store.kept_spots(NOW)) == 1

    @pytest.mark.parametrize("event", [Event.LASTS, Event.ENDED])
    def test_of_two_that_go_on_from_the_same_one_says_it(self, store: Store, event: Event) -> None:
        store.settle_spots([began()], NOW)
        (kept,) = store.kept_spots(NOW)
        again = step(kept, event, ended=event is Event.ENDED)
        assert [len(store.settle_spots([again], NOW + DAY)) for _ in range(2)] == [1, 0]

    def test_who_has_not_heard_of_the_end_does_not_bring_it_back(self, store: Store) -> None:
        store.settle_spots([began()], NOW)
        (kept,) = store.kept_spots(NOW)
        store.settle_spots([step(kept, Event.ENDED, ended=True)], NOW + HOUR)
        assert store.settle_spots([step(kept, Event.LASTS)], NOW + HOUR) == ()
        (ended,) = store.kept_spots(NOW)
        assert (ended.ended_at, ended.last, ended.said) == (NOW + HOUR, Event.ENDED, 2)

    def test_what_breaks_again_goes_on_and_one_that_began_anew_is_left_alone(self, store: Store) -> None:
        store.settle_spots([began()], NOW)
        (kept,) = store.kept_spots(NOW)
        store.settle_spots([step(kept, None, ended=True)], NOW + HOUR)
        assert store.settle_spots([step(kept, None, back=True)], NOW + DAY) == ()
        (open_,) = store.kept_spots(NOW + 2 * DAY)
        assert (open_.id, open_.ended_at) == (kept.id, None)
        store.settle_spots([step(kept, None, ended=True)], NOW + DAY)
        store.settle_spots([began()], NOW + 2 * DAY)
        store.settle_spots([step(kept, None, back=True)], NOW + 2 * DAY)
        assert [spot.id == kept.id for spot in store.kept_spots(NOW + 3 * DAY)] == [False]

    def test_an_ended_spot_is_handed_out_for_as_long_as_asked(self, store: Store) -> None:
        store.settle_spots([began()], NOW)
        (kept,) = store.kept_spots(NOW)
        store.settle_spots([step(kept, None, ended=True)], NOW + DAY)
        assert len(store.kept_spots(NOW + DAY)) == 1
        assert store.kept_spots(NOW + DAY + SECOND) == ()

    def test_the_reason_may_change_and_what_was_said_stays(self, store: Store) -> None:
        store.settle_spots([began()], NOW)
        (kept,) = store.kept_spots(NOW)
        wall = replace(EXTENT, reason="unrecognised", accounts=5, since=NOW)
        store.settle_spots([replace(step(kept, None), extent=wall)], NOW + HOUR)
        (now,) = store.kept_spots(NOW)
        assert now.extent == replace(wall, since=EXTENT.since), "it began when it began"
        assert [n.extent.reason for n in store.notices(NOW - DAY, NOW + DAY)] == ["unreachable"]

    def test_a_clock_that_was_set_back_takes_what_was_said_with_it(self, store: Store) -> None:
        store.settle_spots([began()], NOW + 300 * DAY)
        (kept,) = store.kept_spots(NOW)
        store.settle_spots([step(kept, None, said_at=NOW)], NOW)
        assert [spot.said_at for spot in store.kept_spots(NOW)] == [NOW]

    @pytest.mark.parametrize(
        ("at", "known"),
        [(NOW - DAY, Status.ACTIVE), (NOW, Status.SLOW), (NOW + DAY, Status.SLOW), (NOW + 2 * DAY, Status.ACTIVE)],
        ids=["before the first change", "after a change", "unknown since a day", "seen again"],
    )
    def test_the_status_before_an_unknown_is_the_last_known(self, store: Store, at: datetime, known: Status) -> None:
        number = one(store)
        for days, old, new in (
            (0, Status.ACTIVE, Status.SLOW),
            (1, Status.SLOW, Status.UNKNOWN),
            (2, Status.UNKNOWN, Status.ACTIVE),
        ):
            store.record_verdicts([], [(number, change(new, NOW + days * DAY, old))])
        assert store.last_known(["bluesky:dinas.example", "bluesky:nobody"], at) == {"bluesky:dinas.example": known}

    def test_without_a_change_the_recorded_verdict_is_the_last_known(self, store: Store) -> None:
        number = one(store)
        assert store.last_known(["bluesky:dinas.example"], NOW) == {}
        store.record_verdicts([(number, verdict(Status.INACTIVE), None)], [])
        assert store.last_known(["bluesky:dinas.example"], NOW) == {"bluesky:dinas.example": Status.INACTIVE}
        assert store.last_known(["bluesky:dinas.example"], NOW - SECOND) == {}
        assert store.last_known([], NOW) == {}
