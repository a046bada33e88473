"""A collector that answers with old rows blames nobody, and hides nobody for ever."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from auditor.core.model import Status
from tests.build import DAY, HOUR, T0
from tests.poll.frozen_stage import Lane, every

MONTHS_17 = 517
FROZEN = 30.5  # days after T0
ROSTER = {f"a{i}": every(2 + i % 5, 700, shift=i * 0.37) for i in range(8)}


def dead(at: float) -> list[float]:
    """Posted every third day, and never after `at`."""
    return every(3, at)


@pytest.mark.parametrize("guarded", [True, False], ids=["with the guard", "without"])
def test_a_roster_that_is_answered_with_rows_of_17_months_ago_is_never_flagged(tmp_path: Path, guarded: bool) -> None:
    lane = Lane(tmp_path, ROSTER, T0 + FROZEN * DAY, T0 + (FROZEN + MONTHS_17) * DAY, guarded=guarded)
    lane.looks(range(0, int(FROZEN + MONTHS_17) + 22, 7))
    flagged = {handle for handle in ROSTER if lane.flagged(handle)}
    assert flagged == (set() if guarded else set(ROSTER))
    assert {lane.status(h) for h in ROSTER} == {Status.ACTIVE}
    assert lane.doubts() == ()


def test_a_doubted_lane_says_since_when_and_who(tmp_path: Path) -> None:
    lane = Lane(tmp_path, {**ROSTER, "dead": dead(-50)}, T0 + FROZEN * DAY)
    lane.looks(range(0, 80, 7))
    (doubt,) = lane.doubts()
    assert doubt.lane == "toy"
    assert T0 + (FROZEN - 2) * DAY <= doubt.start <= T0 + FROZEN * DAY
    assert set(doubt.accounts) == {f"toy:{h}" for h in lane.posts}
    assert set(doubt.expected) == {f"toy:{h}" for h in ROSTER}
    assert doubt.accounts[: len(doubt.expected)] == doubt.expected, "those come first who settle it"


def test_the_truly_silent_account_of_a_living_lane_is_found_on_time(tmp_path: Path) -> None:
    lane = Lane(tmp_path, {**ROSTER, "dead": dead(20)})
    lane.looks([*range(0, 45, 5), *range(45, 56)])
    last = T0 + max(lane.posts["dead"]) * DAY
    assert lane.flagged("dead")[0] - (last + 30 * DAY) <= DAY
    assert not [h for h in ROSTER if lane.flagged(h)]


def test_five_of_eight_that_fall_silent_in_one_month_on_different_days_are_found(tmp_path: Path) -> None:
    ends = {0: 20, 1: 26, 2: 32, 3: 38, 4: 44}
    posts = {f"a{i}": every(2 + i % 3, ends.get(i, 700), shift=i * 0.37) for i in range(8)}
    lane = Lane(tmp_path, posts)
    lane.looks([*range(0, 45, 5), *range(45, 80)])
    for i in ends:
        last = T0 + max(posts[f"a{i}"]) * DAY
        assert lane.flagged(f"a{i}")[0] - (last + 30 * DAY) <= DAY
    assert lane.doubts() == ()


def test_after_the_thaw_a_truly_silent_account_is_found_at_its_first_healthy_look(tmp_path: Path) -> None:
    """Reading goes back over the frozen stretch, which nobody had read."""
    thaw = 120
    lane = Lane(tmp_path, {**ROSTER, "dead": dead(33), "late": dead(105)}, T0 + FROZEN * DAY, T0 + thaw * DAY)
    lane.looks(range(0, thaw, 7))
    assert not lane.flagged("dead")
    lane.looks([thaw])
    assert lane.doubts() == ()
    assert lane.flagged("dead") == [T0 + thaw * DAY]
    assert lane.status("late") is not Status.INACTIVE, "what it posted while nobody could see counts"
    lane.looks([thaw + 7, thaw + 16])
    assert lane.flagged("late") == [T0 + (thaw + 16) * DAY]
    assert not [h for h in ROSTER if lane.flagged(h)]


def test_a_doubted_lane_is_asked_daily_whether_it_moves(tmp_path: Path) -> None:
    """Who is silent, and was looked at on the day of the thaw, is found then, not when the others are due."""
    thaw = 120
    lane = Lane(tmp_path, {**ROSTER, "dead": dead(33)}, T0 + FROZEN * DAY, T0 + thaw * DAY)
    lane.looks(range(0, thaw - 1, 7))
    assert lane.doubts()
    with closing(lane.store()) as store:
        due = [state.next_look_at for state in store.states().values() if state.key != "toy:dead"]
    assert all(at is not None and at <= lane.stage.now + DAY for at in due)


def test_what_was_doubted_stays_doubted_after_the_thaw(tmp_path: Path) -> None:
    lane = Lane(tmp_path, ROSTER, T0 + FROZEN * DAY, T0 + 100 * DAY)
    lane.looks([*range(0, 100, 7), 100, 107])
    looks = lane.stage.history("a0")
    frozen = [o for o in looks if T0 + (FROZEN + 1) * DAY < o.observed_at < T0 + 100 * DAY]
    assert frozen
    assert {o.control_ok for o in frozen} == {False}
    assert {o.control_ok for o in looks if o not in frozen} <= {None, True}


def test_a_day_before_the_doubt_is_judged_as_it_was(tmp_path: Path) -> None:
    lane = Lane(tmp_path, ROSTER, T0 + FROZEN * DAY)
    lane.looks(range(0, 80, 7))
    (doubt,) = lane.doubts()
    with closing(lane.store()) as store:
        number = store.states()["toy:a0"].id
        before = store.history(number, doubt.found_at - HOUR)
        assert False not in {o.control_ok for o in before}
        assert store.doubts(doubt.found_at - HOUR) == ()


def test_two_looks_by_hand_that_find_nothing_newer_settle_that_the_rows_are_right(tmp_path: Path) -> None:
    """All offices stopped on one day: it happens, and people can see it."""
    stopped = {handle: [d for d in made if d <= FROZEN] for handle, made in ROSTER.items()}
    lane = Lane(tmp_path, stopped)
    lane.looks(range(0, 80, 7))
    (doubt,) = lane.doubts()
    assert not [h for h in stopped if lane.flagged(h)]
    for key in doubt.expected[:2]:
        lane.stage.now += HOUR
        lane.by_hand(key.removeprefix("toy:"))
    lane.looks([81])
    assert lane.doubts() == ()
    lane.looks([88, 95])
    assert all(lane.flagged(h) for h in stopped)
    assert lane.doubts() == (), "nobody doubts what people have vouched for"


def test_one_look_by_hand_is_not_enough_and_a_newer_post_proves_the_doubt(tmp_path: Path) -> None:
    lane = Lane(tmp_path, ROSTER, T0 + FROZEN * DAY)
    lane.looks(range(0, 80, 7))
    one, two, three = (key.removeprefix("toy:") for key in lane.doubts()[0].expected[:3])
    lane.by_hand(one)
    lane.looks([81])
    assert lane.doubts()
    lane.by_hand(two)
    lane.by_hand(three, T0 + 79 * DAY)
    lane.looks([88])
    assert lane.doubts()
    assert {h for h in ROSTER if lane.flagged(h)} <= {one, two}, "people's own word stands"


def test_a_person_may_take_the_doubt_back(tmp_path: Path) -> None:
    lane = Lane(tmp_path, ROSTER, T0 + FROZEN * DAY)
    lane.looks(range(0, 80, 7))
    with closing(lane.store()) as store:
        released = store.release_doubt("toy", "Pemeriksa Satu", "a", "kami sudah periksa", lane.stage.now)
        assert len(released) == len(ROSTER)
        assert store.doubts(lane.stage.now) == ()
        assert store.verify() == ()
    lane.looks([84])
    assert lane.doubts() == ()
    assert any(lane.flagged(h) for h in ROSTER)


def test_an_account_listed_while_its_lane_is_frozen_is_doubted_too(tmp_path: Path) -> None:
    lane = Lane(tmp_path, ROSTER, T0 + FROZEN * DAY, T0 + 150 * DAY)
    lane.looks(range(0, 80, 7))
    lane.posts = {**ROSTER, "new": every(3, 700)}
    lane.stage.says["new"] = lane.stage.says["a0"]
    lane.looks(range(81, 150, 7))
    assert "toy:new" in lane.doubts()[0].accounts
    lane.looks([151])
    assert not lane.flagged("new")
    assert lane.status("new") is Status.ACTIVE


def test_followers_that_move_show_that_the_rows_are_fresh(tmp_path: Path) -> None:
    """A whole city on holiday: nobody posts, and the counters go on."""
    away = {handle: [d for d in made if not 30 < d < 65] for handle, made in ROSTER.items()}
    lane = Lane(tmp_path, away, followers=True)
    lane.looks(range(0, 65, 7))
    assert lane.doubts() == ()
    assert any(lane.flagged(h) for h in away)


def test_four_accounts_are_too_few_to_suspect_their_lane(tmp_path: Path) -> None:
    lane = Lane(tmp_path, {h: ROSTER[h] for h in list(ROSTER)[:4]}, T0 + FROZEN * DAY)
    lane.looks(range(0, 80, 7))
    assert lane.doubts() == ()


def test_a_lane_looked_at_account_by_account_is_believed_within_days_of_its_thaw(tmp_path: Path) -> None:
    """The planner spreads looks over the week; nobody waits for the last of them."""
    thaw = T0 + 100 * DAY
    lane = Lane(tmp_path, {**ROSTER, "dead": dead(33)}, T0 + FROZEN * DAY, thaw)
    lane.looks(range(12))
    for day in range(12, 130):
        lane.stage.now = T0 + day * DAY + 12 * HOUR
        lane.look(everything=False)
    assert lane.doubts() == ()
    assert not [h for h in ROSTER if lane.flagged(h)]
    assert lane.flagged("dead")[0] - thaw <= 8 * DAY
