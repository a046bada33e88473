"""What a lane may conclude from a counter that stands still, case by case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType

import pytest

from auditor.core.model import AccountRef, Barrier, Miss, Missed, Observation, Outcome, Post, Seen, Unreadable, Verdict
from auditor.core.register import Account
from auditor.core.verdict import decide
from auditor.fetch.answer import Ask
from auditor.platforms.base import ANNOUNCED, UNSURE, Call, Platform, Profile, Window
from auditor.poll.door import Meter
from auditor.poll.reading import UNMOVED, Reader, Subject
from auditor.store.sqlite import open_store
from tests.build import DAY, HOUR, STANDARD, T0
from tests.platforms.script import Script
from tests.poll.stage import Stage

READ = Missed(Miss.UNRECOGNISED, "it was read")  # what reading in full brings here
PROFILE = Profile("id", "baru", {"posts": 7}, local_id="uploads")
POLICY = replace(STANDARD, min_posts=1)


def sight(
    ago: float, last_post: float, *flags: str, posts: int = 7, horizon: float | None = None, **more: object
) -> Observation:
    """A look so many days ago that listed a post of so many days ago, and read back to the beginning or a horizon."""
    edge = None if horizon is None else T0 - timedelta(days=horizon)
    listed = (Post("p", T0 - timedelta(days=last_post)),)
    seen = Seen("id", "lama", listed, edge, counters={"posts": posts}, flags=frozenset(flags))
    return Observation(T0 - timedelta(days=ago), seen, **{"control_ok": True} | more)  # type: ignore[arg-type]


def other(ago: float, outcome: Outcome) -> Observation:
    return Observation(T0 - timedelta(days=ago), outcome, control_ok=True)


@pytest.fixture
def platform(tmp_path: Path) -> Platform:
    toy = Stage(tmp_path, {}, lookup=lambda refs, ask: iter(())).platform
    capability = replace(toy.capability, moves="posts", quotas=(), timeline=Call(1, 1))
    return replace(toy, capability=capability, timeline=lambda *_: READ)


def asked(platform: Platform, history: Sequence[Observation], tmp_path: Path, profile: Profile = PROFILE) -> Outcome:
    """What a look brings now."""

    def judge(_: Account, looks: Sequence[Observation]) -> Verdict:
        return decide(looks, POLICY, T0)

    ref = AccountRef("toy", "lama", "id")
    account = Account("toy:lama", ref, "https://t.example/lama", "a", "lama", "f:1")
    reader = Reader(
        "toy", platform, open_store(":memory:", T0), Script({}), Meter(platform.capability, print, print), 90, judge
    )
    state = None
    subject = Subject(account, state, ref, history, Window(T0 - DAY, T0))  # type: ignore[arg-type]
    answer, _ = reader.one(subject, profile)
    assert isinstance(answer, Seen | Missed | Unreadable)
    return answer


AGAIN = {
    "the counter stands still": [sight(7, 8)],
    "after a repeat": [sight(14, 15), sight(7, 15, UNMOVED)],
    "a look by the feed lies between": [sight(7, 8), sight(3, 8, "positive_only", horizon=3, route="feed")],
    "a miss of the feed lies between": [sight(7, 8), Observation(T0 - DAY, Missed(Miss.UNREACHABLE), route="feed")],
    "what is not sure does not matter yet": [sight(7, 8, UNSURE)],
    "a silence that was read once": [sight(9, 60)],
    "one that a second reading has yet to confirm": [sight(10, 60), sight(5, 60)],
    "one that the counter confirms": [sight(25, 60), sight(17, 60, UNMOVED), sight(9, 60, UNMOVED)],
    "a silence that was read and confirmed": [sight(17, 60), sight(9, 60)],
    "and what carries it on": [sight(24, 60), sight(16, 60), sight(8, 60, UNMOVED)],
    "the same, by a route that cannot show everything": [sight(17, 60, "partial_view"), sight(9, 60, "partial_view")],
}
IN_FULL = {
    "nobody looked before": [],
    "the counter moved": [sight(7, 8, posts=6)],
    "the last reading is four weeks old": [sight(28, 29), sight(7, 29, UNMOVED)],
    "the last reading covered nothing": [sight(7, 8, horizon=7)],
    "its control failed": [sight(7, 8, control_ok=False)],
    "the control of what it repeats failed": [sight(14, 15, control_ok=False), sight(7, 15, UNMOVED)],
    "the last look met a barrier": [sight(7, 8), other(3, Unreadable(Barrier.PROTECTED))],
    "the last look missed": [sight(7, 8), other(3, Missed(Miss.UNREACHABLE))],
    "only the feed looked": [sight(7, 8, "positive_only", horizon=7, route="feed")],
    "a silence would be new": [sight(7, 31)],
    "a silence that only repeats told of": [sight(27, 54), sight(17, 54, UNMOVED), sight(9, 54, UNMOVED)],
    "a broadcast may have begun in a confirmed silence": [sight(17, 60, ANNOUNCED), sight(9, 60, ANNOUNCED)],
    "nothing can be said, for a gap": [sight(7, 40, horizon=20)],
    "what is not sure matters": [sight(7, 16, UNSURE)],
    "a broadcast may have begun": [sight(7, 16, ANNOUNCED)],
}


@pytest.mark.parametrize("history", AGAIN.values(), ids=AGAIN.keys())
def test_the_last_sight_is_repeated(platform: Platform, tmp_path: Path, history: Sequence[Observation]) -> None:
    """With the handle and the counters of today."""
    answer = asked(platform, history, tmp_path)
    assert isinstance(answer, Seen)
    assert UNMOVED in answer.flags
    assert (answer.handle, answer.counters) == ("baru", {"posts": 7})


@pytest.mark.parametrize("history", IN_FULL.values(), ids=IN_FULL.keys())
def test_the_account_is_read_in_full(platform: Platform, tmp_path: Path, history: Sequence[Observation]) -> None:
    assert asked(platform, history, tmp_path) == READ


def test_who_states_no_counter_is_read(platform: Platform, tmp_path: Path) -> None:
    assert asked(platform, [sight(7, 8)], tmp_path, replace(PROFILE, counters=MappingProxyType({}))) == READ


def test_of_somebody_else_nothing_is_repeated_and_nothing_read(platform: Platform, tmp_path: Path) -> None:
    assert asked(platform, [sight(7, 8)], tmp_path, replace(PROFILE, native_id="other")) == Unreadable(Barrier.TAKEN)


@pytest.mark.parametrize(("keep", "again"), [(30, True), (21, True), (20, False), (7, False)])
def test_what_is_kept_is_read_anew_while_the_terms_allow_it(
    platform: Platform, tmp_path: Path, keep: int, again: bool
) -> None:
    """The next look comes within seven days; a reading of thirteen days ago must not be older than allowed by then."""
    kept = replace(platform, capability=replace(platform.capability, keep=keep * DAY))
    answer = asked(kept, [sight(13.5, 14), sight(7, 14, UNMOVED)], tmp_path)
    assert (answer != READ) is again


def test_reading_goes_on_where_the_last_reading_ended(tmp_path: Path) -> None:
    """A repeat has read nothing."""
    windows: list[datetime] = []
    first = Seen("id", "a", (Post("p", T0 - DAY),), None)
    told: list[Outcome] = [first, replace(first, flags=frozenset({UNMOVED})), first]

    def say(ref: AccountRef, ask: Ask, window: Window) -> Outcome:
        windows.append(window.since)
        return told.pop(0)

    stage = Stage(tmp_path, {"a": say})
    for _ in range(3):
        stage.sweep()
        stage.now += 7 * DAY
    assert windows[1:] == [T0, T0]


def test_a_window_knows_what_was_listed_and_what_of_it_is_sure(tmp_path: Path) -> None:
    """Of a name with two dates the earliest; what an unsure look listed last is not sure."""
    windows: list[Window] = []
    posts = [(Post("p", T0 - DAY),), (Post("p", T0 - HOUR), Post("q", T0 + DAY)), ()]
    flags: list[frozenset[str]] = [frozenset(), frozenset({UNSURE}), frozenset()]

    def say(ref: AccountRef, ask: Ask, window: Window) -> Outcome:
        windows.append(window)
        return Seen("id", "a", posts[len(windows) - 1], None, flags=flags[len(windows) - 1])

    stage = Stage(tmp_path, {"a": say})
    for _ in range(3):
        stage.sweep()
        stage.now += 7 * DAY
    assert {name: p.posted_at for name, p in windows[2].known.items()} == {"p": T0 - DAY, "q": T0 + DAY}
    assert (windows[2].newest, windows[2].settled) == ("q", T0 - DAY)
    assert windows[0].settled is None
