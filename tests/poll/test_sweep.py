"""A sweep: every look is one observation, a throttled lane stops, the program does not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from auditor.core.model import ATTESTED, HAND, AccountRef, Barrier, Miss, Missed, Observation, Seen, Unreadable
from auditor.core.quota import Quota, Scope
from auditor.fetch.answer import Ask, missed
from auditor.platforms.base import Profile, Unchanged
from auditor.store.sqlite import open_store
from tests.build import DAY, HOUR, T0
from tests.poll.stage import Says, Stage, always, listed

BUSY = listed(1, 3, 5, 8)
DOWN = always(Missed(Miss.UNREACHABLE, "refused"))
GONE = always(Unreadable(Barrier.GONE))


def test_every_look_becomes_one_observation_also_a_failed_one(tmp_path: Path) -> None:
    stage = Stage(tmp_path, {"a": BUSY, "b": GONE, "c": DOWN})
    swept = stage.sweep()
    assert (swept.looked, swept.seen, swept.unreadable, dict(swept.missed)) == (3, 1, 1, {"unreachable": 1})
    assert [len(stage.history(h)) for h in "abc"] == [1, 1, 1]


def test_another_id_behind_a_known_handle_is_taken_and_its_posts_are_never_kept(tmp_path: Path) -> None:
    stage = Stage(tmp_path, {"a": BUSY})
    stage.sweep()
    stage.now += DAY
    stage.says["a"] = listed(-0.5, 0, native_id="somebody-else")
    stage.sweep()
    assert stage.last("a").outcome == Unreadable(Barrier.TAKEN)
    first = stage.history("a")[0].outcome
    assert isinstance(first, Seen)
    assert len(first.posts) == 4


def test_unchanged_is_the_last_sight_at_the_new_instant(tmp_path: Path) -> None:
    stage = Stage(tmp_path, {"a": BUSY})
    stage.sweep()
    stage.now += DAY
    stage.says["a"] = always(Unchanged())
    stage.sweep()
    again = stage.last("a")
    assert isinstance(again.outcome, Seen)
    assert (again.observed_at, again.outcome.horizon, len(again.outcome.posts)) == (T0 + DAY, None, 4)


def test_unchanged_repeats_what_a_machine_saw_never_what_a_person_said(tmp_path: Path) -> None:
    stage = Stage(tmp_path, {"a": BUSY})
    stage.sweep()
    stage.now += DAY
    stage.told("a", Observation(stage.now, Seen("", "", (), T0 - DAY, flags=frozenset({ATTESTED})), True, HAND))
    stage.now += DAY
    stage.says["a"] = always(Unchanged())
    stage.sweep()
    again = stage.last("a")
    assert isinstance(again.outcome, Seen)
    assert (again.route, again.outcome.flags, again.outcome.horizon) == ("api", frozenset(), None)


def test_if_the_last_sight_covered_nothing_neither_does_the_repeat(tmp_path: Path) -> None:
    stage = Stage(tmp_path, {"a": listed(1, horizon=T0)})
    stage.sweep()
    stage.now += DAY
    stage.says["a"] = always(Unchanged())
    stage.sweep()
    again = stage.last("a").outcome
    assert isinstance(again, Seen)
    assert again.horizon == T0 + DAY


def test_unchanged_without_an_earlier_sight_teaches_nothing(tmp_path: Path) -> None:
    stage = Stage(tmp_path, {"a": always(Unchanged())})
    stage.sweep()
    assert isinstance(stage.last("a").outcome, Missed)


@pytest.mark.parametrize(
    "reason", [Miss.RATE_LIMITED, Miss.QUOTA_EXHAUSTED, Miss.CREDENTIAL_REJECTED], ids=lambda r: r.value
)
def test_a_throttled_lane_stops_and_the_others_go_on(tmp_path: Path, reason: Miss) -> None:
    says: dict[str, Says] = {
        "a@one": always(Missed(reason, reset_at=T0 + HOUR)),
        "b@one": BUSY,
        "c@two": BUSY,
    }
    stage = Stage(tmp_path, says)
    swept = stage.sweep()
    assert (swept.looked, swept.left) == (2, 1)
    assert not stage.history("b@one")
    assert isinstance(stage.last("c@two").outcome, Seen)


def test_no_word_of_a_platform_silences_us_longer_than_the_maximum_age(tmp_path: Path) -> None:
    stage = Stage(tmp_path, {"a": always(Missed(Miss.RATE_LIMITED, reset_at=T0 + 100 * DAY))})
    stage.sweep()
    stage.now += 7 * DAY
    assert stage.sweep().looked == 1


def test_a_document_nobody_understood_leaves_no_validator(tmp_path: Path) -> None:
    """Else its 304 would repeat the last sight, which nobody has confirmed."""

    def odd(ref: object, ask: object, window: object) -> Missed:
        ask("GET", "/feed")  # type: ignore[operator]
        return Missed(Miss.UNRECOGNISED, "html")

    stage = Stage(tmp_path, {"a": odd}, conditional=True, answer=lambda url, headers: (200, {"etag": '"1"'}))
    stage.sweep()
    stage.now += DAY
    stage.sweep()
    assert all(headers == {} for _, headers in stage.asked)


def test_the_dead_wait_behind_the_living(tmp_path: Path) -> None:
    stage = Stage(tmp_path, {**{f"{n}@x": DOWN for n in range(9)}, "z@x": BUSY})
    for _ in range(3):
        stage.sweep()
        stage.now += DAY
    assert isinstance(stage.last("z@x").outcome, Seen)


def test_a_clock_that_ran_ahead_does_not_stop_the_looking(tmp_path: Path) -> None:
    stage = Stage(tmp_path, {"a": BUSY}, now=T0 + 3650 * DAY)
    stage.sweep()
    stage.now = T0
    assert stage.owed() == ["toy:a"]


def test_a_silence_whose_control_failed_is_looked_at_again_within_the_day(tmp_path: Path) -> None:
    stage = Stage(tmp_path, {"s": listed(100, 101)}, health=lambda ask, origin: False)
    stage.sweep()
    stage.now += HOUR * 12
    assert stage.owed() == ["toy:s"]


def test_a_throttled_lane_is_not_asked_before_its_reset(tmp_path: Path) -> None:
    stage = Stage(tmp_path, {"a": always(Missed(Miss.RATE_LIMITED, reset_at=T0 + HOUR))})
    stage.sweep()
    stage.now += HOUR / 2
    assert stage.sweep().looked == 0
    stage.now += HOUR / 2
    assert stage.sweep().looked == 1


def test_without_a_word_from_the_platform_the_wait_doubles(tmp_path: Path) -> None:
    stage = Stage(tmp_path, {"a": always(Missed(Miss.RATE_LIMITED))})
    waits = []
    for _ in range(9):
        stage.sweep()
        with closing(open_store(tmp_path / "facts.db", stage.now, read_only=True)) as store:
            until = store.lane("toy:a").blocked_until
        assert until is not None
        waits.append((until - stage.now) / timedelta(minutes=15))
        stage.now = until
    assert waits == [1, 1, 2, 4, 8, 16, 32, 48, 48]  # quarters of an hour, up to twelve hours


def test_a_dead_server_is_not_asked_about_everybody(tmp_path: Path) -> None:
    stage = Stage(tmp_path, {f"{n}@dead": DOWN for n in range(9)})
    swept = stage.sweep()
    assert (swept.looked, swept.left) == (5, 4)


def test_a_lane_is_blind_only_if_it_worked_before(tmp_path: Path) -> None:
    stage = Stage(tmp_path, {"a": DOWN})
    assert stage.sweep().blind == set()
    stage.now += DAY
    stage.says["a"] = BUSY
    assert stage.sweep().blind == set()
    stage.now += DAY
    stage.says["a"] = DOWN
    assert stage.sweep().blind == {"toy:a"}


def test_a_rejected_credential_names_its_platform(tmp_path: Path) -> None:
    assert Stage(tmp_path, {"a": always(Missed(Miss.CREDENTIAL_REJECTED))}).sweep().rejected == {"toy"}


def test_a_defect_of_an_adapter_is_a_miss_and_stops_nobody(tmp_path: Path) -> None:
    def broken(*_: object) -> Seen:
        raise ZeroDivisionError

    stage = Stage(tmp_path, {"a@one": broken, "b@one": BUSY})
    stage.sweep()
    assert stage.last("a@one").outcome == Missed(Miss.UNRECOGNISED, "defect ZeroDivisionError")
    assert isinstance(stage.last("b@one").outcome, Seen)


def test_a_lane_that_cannot_be_opened_loses_nothing_of_the_others(tmp_path: Path) -> None:
    stage = Stage(tmp_path, {"a@one": BUSY, "b@two": BUSY}, shut=True)
    with pytest.raises(PermissionError):
        stage.sweep()
    assert len(stage.history("a@one")) + len(stage.history("b@two")) == 1


def test_stopping_finishes_the_look_in_hand(tmp_path: Path) -> None:
    looks: list[str] = []

    def slow(ref: object, ask: object, window: object) -> Seen:
        looks.append("look")
        return Seen("id", "a", (), None)

    stage = Stage(tmp_path, {f"{n}@one": slow for n in range(3)})
    swept = stage.sweep(stopped=lambda: bool(looks))
    assert (swept.looked, swept.left) == (1, 2)


def test_an_interrupt_ends_the_sweep_and_keeps_what_was_seen(tmp_path: Path) -> None:
    def interrupt(_: int) -> None:
        raise KeyboardInterrupt

    stage = Stage(tmp_path, {f"{n}@one": BUSY for n in range(50)})
    with pytest.raises(KeyboardInterrupt):
        stage.sweep(progress=interrupt)
    kept = [len(stage.history(f"{n}@one")) for n in range(50)]
    assert 1 <= sum(kept) < 50


def test_a_short_quota_window_is_waited_for(tmp_path: Path) -> None:
    stage = Stage(tmp_path, {f"{n}": BUSY for n in range(3)}, quota=Quota(2, timedelta(minutes=5), Scope.PLATFORM))
    assert stage.sweep().seen == 3
    assert stage.paused == [T0 + timedelta(minutes=5)]


def test_a_sweep_that_ends_while_a_lane_waits_makes_no_look_of_it(tmp_path: Path) -> None:
    quota = Quota(2, timedelta(minutes=5), Scope.PLATFORM)
    stage = Stage(tmp_path, {f"{n}": BUSY for n in range(3)}, quota=quota, patient=False)
    swept = stage.sweep()
    assert (swept.seen, swept.left, dict(swept.missed)) == (2, 1, {})


def test_a_long_quota_window_stops_the_lane_until_it_turns(tmp_path: Path) -> None:
    stage = Stage(tmp_path, {f"{n}": BUSY for n in range(4)}, quota=Quota(2, DAY, Scope.PLATFORM))
    swept = stage.sweep()
    assert (swept.seen, dict(swept.missed), swept.left) == (2, {"quota_exhausted": 1}, 1)
    stage.now += HOUR
    assert stage.sweep().looked == 0
    stage.now = T0 + DAY
    assert stage.sweep().seen == 2


def test_a_rehearsal_counts_units_and_enforces_those_of_whole_days(tmp_path: Path) -> None:
    stage = Stage(tmp_path, {f"{n}": BUSY for n in range(4)}, quota=Quota(2, DAY, Scope.PLATFORM))
    assert stage.sweep(rehearsal=True).seen == 2


def test_a_rehearsal_waits_for_no_window_of_hours(tmp_path: Path) -> None:
    stage = Stage(tmp_path, {f"{n}": BUSY for n in range(4)}, quota=Quota(2, 6 * HOUR, Scope.PLATFORM))
    assert stage.sweep(rehearsal=True).seen == 4


def test_a_rolling_window_that_is_used_up_waits_until_its_oldest_units_leave_it(tmp_path: Path) -> None:
    stage = Stage(tmp_path, {f"{n}": BUSY for n in range(4)}, quota=Quota(2, DAY, Scope.PLATFORM, rolling=True))
    stage.sweep()
    until = stage.lane("toy").blocked_until
    assert until == T0 + DAY + DAY / 96
    stage.now = until
    assert stage.sweep().seen == 2


def test_validators_go_back_to_the_url_they_came_from(tmp_path: Path) -> None:
    stage = Stage(tmp_path, {"a": BUSY}, conditional=True, answer=lambda url, headers: (200, {"etag": '"1"'}))
    stage.sweep()
    stage.now += DAY
    stage.sweep()
    assert [headers for _, headers in stage.asked] == [{}, {"If-None-Match": '"1"'}]


def test_a_look_that_needed_two_documents_keeps_no_validator(tmp_path: Path) -> None:
    def twice(ref: object, ask: object, window: object) -> Seen:
        for path in ("/1", "/2"):
            ask("GET", path)  # type: ignore[operator]
        return Seen("id", "a", (), None)

    stage = Stage(tmp_path, {"a": twice}, conditional=True, answer=lambda url, headers: (200, {"etag": '"1"'}))
    stage.sweep()
    stage.now += DAY
    stage.sweep()
    assert all(headers == {} for _, headers in stage.asked)


def test_a_refusal_in_the_middle_is_the_outcome_of_that_look(tmp_path: Path) -> None:
    def refused(*_: object) -> Seen:
        raise missed(Miss.UNRECOGNISED, "drift")

    stage = Stage(tmp_path, {"a": refused})
    stage.sweep()
    assert stage.last("a").outcome == Missed(Miss.UNRECOGNISED, "drift")


def test_what_was_asked_about_a_batch_is_evidence_of_each_of_it_and_counted_once(tmp_path: Path) -> None:
    def both(refs: Sequence[AccountRef], ask: Ask) -> Iterator[tuple[AccountRef, Profile]]:
        ask("GET", "/profiles")
        yield from ((ref, Profile(f"id-{ref.handle}", ref.handle)) for ref in refs)

    stage = Stage(tmp_path, {"a": BUSY, "b": BUSY}, lookup=both, quota=Quota(9, DAY, Scope.PLATFORM))
    swept = stage.sweep()
    assert swept.calls["toy"] == 3
    assert stage.evidence("a") == {"/profiles", "/a"}
    assert stage.evidence("b") == {"/profiles", "/b"}
