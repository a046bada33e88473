"""When a blind spot is told: once, again while it lasts, and when it is over."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from auditor.core.audit import BlindKind, BlindSpot
from auditor.core.notices import REMEMBERED, REMIND_AFTER, Event, Key, reminders, steps
from auditor.store.sqlite import open_store
from auditor.store.verbs import Store
from tests.build import DAY, HOUR, T0

TOY: Key = (BlindKind.PLATFORM, "toy")
BEGAN, LASTS, ENDED = Event.BEGAN, Event.LASTS, Event.ENDED


def spot(since: datetime, reason: str = "unreachable", key: Key = TOY) -> BlindSpot:
    return BlindSpot("toy", reason, since, ("toy:a",), key[0], key[1])


@dataclass
class Teller:
    """Rounds over a store that may be closed and opened between them."""

    store: Callable[[], Store]
    said: list[tuple[datetime, Event]] = field(default_factory=list)

    def round(
        self, now: datetime, *found: BlindSpot, troubled: Collection[Key] = (), seen: bool = True
    ) -> Sequence[Event]:
        store = self.store()
        keys = {(each.kind, each.subject) for each in found} | set(troubled)
        done = steps(store.kept_spots(now - REMEMBERED), found, keys, lambda _: seen, now)
        new = [(notice.at, notice.event) for notice in store.settle_spots(done, now)]
        self.said += new
        return [event for _, event in new]


@pytest.fixture(params=["one program", "started anew each time", "two programs in turn"])
def teller(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Teller]:
    """Who looks makes no difference."""
    path = tmp_path / "facts.db"
    with ExitStack() as stack:

        def opened() -> Store:
            return stack.enter_context(closing(open_store(path, T0)))

        if request.param == "started anew each time":
            yield Teller(opened)
            return
        stores = [opened()] if request.param == "one program" else [opened(), opened()]
        turns = [0]

        def turn() -> Store:
            turns[0] += 1
            return stores[turns[0] % len(stores)]

        yield Teller(turn)


def test_it_is_told_once_reminded_after_three_days_then_weekly_and_when_it_is_over(teller: Teller) -> None:
    for hours in range(0, 20 * 24, 6):
        teller.round(T0 + hours * HOUR, spot(T0 - DAY))
    teller.round(T0 + 20 * DAY)
    teller.round(T0 + 21 * DAY)
    assert [((at - T0) // DAY, event) for at, event in teller.said] == [
        (0, BEGAN),
        (3, LASTS),
        (10, LASTS),
        (17, LASTS),
        (20, ENDED),
    ]


def test_another_reason_is_the_same_spot(teller: Teller) -> None:
    teller.round(T0, spot(T0 - DAY, "unreachable"))
    assert teller.round(T0 + DAY, spot(T0 - DAY, "unrecognised")) == []


def test_a_lane_that_flaps_is_told_again_after_three_days_at_the_earliest(teller: Teller) -> None:
    assert teller.round(T0, spot(T0 - DAY)) == [BEGAN]
    assert teller.round(T0 + DAY) == [ENDED]
    assert teller.round(T0 + 2.5 * DAY, spot(T0 + 1.5 * DAY)) == [], "up for half a day only"
    assert teller.round(T0 + 2.6 * DAY) == [], "an end that nobody heard the beginning of"
    assert teller.round(T0 + 3.9 * DAY, spot(T0 + 2.8 * DAY)) == []
    assert teller.round(T0 + DAY + REMIND_AFTER, spot(T0 + 2.8 * DAY)) == [LASTS]
    assert teller.round(T0 + 5 * DAY) == [ENDED]


def test_what_breaks_after_a_good_day_is_told_anew(teller: Teller) -> None:
    teller.round(T0, spot(T0 - DAY))
    teller.round(T0 + DAY)
    assert teller.round(T0 + 3 * DAY, spot(T0 + 2 * DAY)) == [BEGAN]


def test_what_is_still_in_trouble_is_not_over(teller: Teller) -> None:
    """A clock that was set back makes an outage look young; the lane has not answered."""
    teller.round(T0, spot(T0 - DAY))
    assert teller.round(T0 - 2 * DAY, troubled=[TOY]) == []
    assert teller.round(T0 + HOUR, spot(T0 - DAY)) == []
    assert teller.round(T0 + 2 * HOUR) == [ENDED]


def test_what_was_said_while_a_clock_ran_ahead_counts_from_when_it_was_set_right(teller: Teller) -> None:
    assert teller.round(T0 + 900 * DAY, spot(T0 - DAY)) == [BEGAN]
    assert teller.round(T0, spot(T0 - DAY)) == []
    assert teller.round(T0 + 2 * DAY, spot(T0 - DAY)) == []
    assert teller.round(T0 + 3 * DAY, spot(T0 - DAY)) == [LASTS]


def test_an_end_that_nobody_can_see_is_not_told(teller: Teller) -> None:
    """The credential was taken out, the platform left the list."""
    teller.round(T0, spot(T0 - DAY))
    assert teller.round(T0 + DAY, seen=False) == []
    assert teller.round(T0 + 2 * DAY) == []


def test_a_daemon_that_may_ask_nobody_knows_when_a_reminder_is_due(teller: Teller) -> None:
    teller.round(T0, spot(T0 - DAY))
    kept = teller.store().kept_spots(T0)
    assert not reminders(kept, T0 + REMIND_AFTER - HOUR)
    assert reminders(kept, T0 + REMIND_AFTER)
    teller.round(T0 + HOUR)
    assert not reminders(teller.store().kept_spots(T0), T0 + 9 * DAY)


def test_of_two_programs_that_decide_the_same_at_once_one_says_it(tmp_path: Path) -> None:
    with ExitStack() as stack:
        stores = [stack.enter_context(closing(open_store(tmp_path / "facts.db", T0))) for _ in "ab"]
        for now, found in ((T0, [spot(T0 - DAY)]), (T0 + 3 * DAY, [spot(T0 - DAY)]), (T0 + 4 * DAY, [])):
            keys = {(each.kind, each.subject) for each in found}
            decided = [steps(s.kept_spots(now - REMEMBERED), found, keys, lambda _: True, now) for s in stores]
            assert decided[0] == decided[1]
            assert [len(s.settle_spots(d, now)) for s, d in zip(stores, decided, strict=True)] == [1, 0]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(-30, 60), st.sampled_from(["dark", "shaky", "seen"])), max_size=40))
def test_law_of_telling(moves: list[tuple[int, str]]) -> None:
    """Whatever the clock does: nothing is told twice in a row within three days by the clock that only goes forward,
    ends answer beginnings, and a spot that stays dark for a week of steady time is always told within it.
    """
    with closing(open_store(":memory:", T0)) as store:
        teller, now = Teller(lambda: store), T0
        for hours, state in moves:
            now += timedelta(hours=hours)
            found = [spot(now - DAY)] if state == "dark" else []
            teller.round(now, *found, troubled=[TOY] if state == "shaky" else [])
        events = [event for _, event in teller.said]
        assert not any(a == b == ENDED or (a, b) == (BEGAN, BEGAN) for a, b in itertools.pairwise(events))
        assert events[:1] in ([], [BEGAN])
        before = len(teller.said)
        for day in range(9):
            teller.round(now + day * DAY, spot(now - DAY))
        assert len(teller.said) > before
