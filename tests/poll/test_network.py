"""Where our own network fails a sweep is inconclusive: nobody is looked at, and nobody's record says so."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest

from auditor.core.model import Barrier, Miss, Missed, Unreadable
from auditor.poll.swept import Swept
from auditor.store.sqlite import open_store
from auditor.store.verbs import AccountState
from tests.build import DAY, HOUR, T0
from tests.poll.stage import PER_HOST, Says, Stage, always, listed
from tests.poll.test_control import ONE_LANE

A, B = "https://a.example/204", "https://b.example/204"
BUSY = listed(1, 3, 5, 8)
DOWN = always(Missed(Miss.UNREACHABLE))
GONE = always(Unreadable(Barrier.GONE))
Answers = Callable[[str, Mapping[str, str]], tuple[int, dict[str, str]]]


def both(status: int, **headers: str) -> Answers:
    return lambda url, _: (status, headers)


def office(folder: Path, says: dict[str, Says], answer: Answers, **more: object) -> Stage:
    return Stage(folder, says, sentinels=(A, B), answer=answer, **more)  # type: ignore[arg-type]


def sentinels_asked(stage: Stage) -> list[str]:
    return [url for url, _ in stage.asked if url in (A, B)]


def states(stage: Stage) -> Mapping[str, AccountState]:
    with closing(open_store(stage.folder / "facts.db", stage.now, read_only=True)) as store:
        return store.states()


def offline_since(stage: Stage) -> datetime | None:
    with closing(open_store(stage.folder / "facts.db", stage.now, read_only=True)) as store:
        return store.offline_since()


TROUBLES = {
    "unreachable": DOWN,
    "a shape nobody knows": always(Missed(Miss.UNRECOGNISED)),
    "a proxy's refusal": always(Missed(Miss.PERMISSION_MISSING)),
    "a credential refused": always(Missed(Miss.CREDENTIAL_REJECTED)),
    "not to be read, no reason given": always(Missed(Miss.AMBIGUOUS_ABSENCE)),
    "sent where nobody may go": always(Missed(Miss.OUR_REQUEST_INVALID)),
    "gone": GONE,
    "taken": listed(1, native_id="somebody else"),
    "a new silence": BUSY,
}


@pytest.mark.parametrize("says", TROUBLES.values(), ids=TROUBLES)
def test_before_anything_is_blamed_both_hosts_are_asked_and_if_both_fail_it_is_not_recorded(
    tmp_path: Path, says: Says
) -> None:
    stage = office(tmp_path, {"a": BUSY}, both(204), quota=ONE_LANE)
    stage.sweep()
    assert sentinels_asked(stage) == [], "where nothing is wrong nobody is asked"
    before, lane = states(stage)["toy:a"], stage.lane("toy")
    stage.now += 40 * DAY
    stage.says["a"], stage.answer = says, both(503)
    swept = stage.sweep()
    assert (swept.inconclusive, swept.looked, swept.left, swept.unreadable) == (True, 0, 1, 0)
    assert (states(stage)["toy:a"], stage.lane("toy")) == (before, lane), "no failure, no back-off, no lane that fails"
    assert swept.totals()["inconclusive"] == 1
    assert swept.blind == {"toy"}


def test_what_was_seen_before_is_kept_and_nothing_else_is_asked(tmp_path: Path) -> None:
    says = {name: BUSY if name < "c" else DOWN if name == "c" else BUSY for name in "abcdefgh"}
    stage = office(tmp_path, says, both(503), quota=ONE_LANE)
    swept = stage.sweep()
    assert (swept.inconclusive, swept.looked, swept.seen, swept.left) == (True, 2, 2, 6)
    assert [len(stage.history(name)) for name in "abcd"] == [1, 1, 0, 0]
    assert "toy:d" in stage.owed()


def test_one_question_serves_all_lanes(tmp_path: Path) -> None:
    says = {f"x@host{n}": DOWN for n in range(12)}
    stage = office(tmp_path, says, both(204), quota=PER_HOST)
    swept = stage.sweep()
    assert (swept.inconclusive, swept.looked, sorted(sentinels_asked(stage))) == (False, 12, [A, B])


def test_an_absence_seen_before_the_network_failed_is_not_recorded_either(tmp_path: Path) -> None:
    stage = office(tmp_path, {"a": GONE, "b": listed(1)}, both(204), quota=ONE_LANE)

    def late(ref: object, ask: object, window: object) -> Missed:
        stage.now, stage.answer = stage.now + HOUR, both(503)
        return Missed(Miss.UNREACHABLE)

    stage.says["b"] = late
    swept = stage.sweep()
    assert (swept.inconclusive, swept.looked, swept.unreadable) == (True, 0, 0)
    assert list(stage.history("a")) == []


PAGE = b"<html>please log in</html>"
ALIKE: dict[str, tuple[int, dict[str, str], dict[str, bytes]]] = {
    "no answer worth the name": (500, {}, {}),
    "a proxy wants a password": (407, {}, {}),
    "a portal wants a login": (511, {}, {A: b"<p>A", B: b"<p>B"}),
    "the same page": (200, {}, {A: PAGE, B: PAGE}),
    "the same page with each one's address in it": (200, {}, {A: PAGE + b"a.example", B: PAGE + b"b.example"}),
    "the same refusal of a filter": (403, {}, {A: b"blocked by policy", B: b"blocked by policy"}),
    "sent to the same place": (302, {"location": "http://portal.example/login?from=x"}, {}),
}


@pytest.mark.parametrize(("status", "headers", "bodies"), ALIKE.values(), ids=ALIKE)
def test_whoever_answers_for_both_hosts_alike_is_neither(
    tmp_path: Path, status: int, headers: dict[str, str], bodies: dict[str, bytes]
) -> None:
    stage = office(tmp_path, {"a": DOWN}, lambda url, _: (status, headers), bodies=bodies)
    assert stage.sweep().inconclusive


APART: dict[str, tuple[Answers, dict[str, bytes]]] = {
    "nothing to say": (both(204), {}),
    "both say ok": (both(200), {A: b"ok\n", B: b"ok\n"}),
    "two pages": (both(200), {A: b"<p>A", B: b"<p>B"}),
    "one is down": (lambda url, _: (503 if url == A else 204, {}), {}),
    "one is behind a portal": (lambda url, _: (511 if url == A else 204, {}), {}),
    "each sends us to its own pages": (lambda url, _: (302, {"location": "/home"}), {}),
    "neither knows the page": (both(404), {A: b"<p>A: no such page", B: b"<p>B: no such page"}),
}


@pytest.mark.parametrize(("answer", "bodies"), APART.values(), ids=APART)
def test_otherwise_the_network_is_up_and_a_miss_is_a_miss(
    tmp_path: Path, answer: Answers, bodies: dict[str, bytes]
) -> None:
    stage = office(tmp_path, {"a": DOWN}, answer, bodies=bodies)
    swept = stage.sweep()
    assert (swept.inconclusive, dict(swept.missed)) == (False, {"unreachable": 1})


def test_after_an_inconclusive_sweep_the_hosts_are_asked_first_and_nobody_else_while_they_fail(tmp_path: Path) -> None:
    stage = office(tmp_path, {"a": DOWN}, both(503))
    stage.sweep()
    began = stage.now
    for _ in range(2):
        stage.now += HOUR
        stage.asked.clear()
        assert stage.sweep().inconclusive
        assert [url for url, _ in stage.asked] == [A, B]
    assert offline_since(stage) == began
    stage.now += HOUR
    stage.says["a"], stage.answer = BUSY, both(204)
    stage.asked.clear()
    swept: Swept = stage.sweep()
    assert ([url for url, _ in stage.asked], swept.seen, swept.inconclusive) == ([A, B, "/a"], 1, False)
    assert offline_since(stage) is None


def test_without_sentinels_nothing_is_inconclusive(tmp_path: Path) -> None:
    stage = Stage(tmp_path, {"a": DOWN})
    assert not stage.sweep().inconclusive


def test_a_lane_that_never_worked_is_not_blind(tmp_path: Path) -> None:
    stage = office(tmp_path, {"a": DOWN}, both(503))
    assert stage.sweep().blind == set()


def test_nobody_due_says_nothing_of_the_network(tmp_path: Path) -> None:
    stage = office(tmp_path, {"a": DOWN}, both(503))
    stage.sweep()
    stage.says, stage.asked = {}, []
    assert not stage.sweep().inconclusive
    assert (stage.asked, offline_since(stage)) == ([], T0)


def test_a_lane_whose_sweep_ends_inconclusive_is_not_said_to_fail(tmp_path: Path) -> None:
    stage = office(tmp_path, {"a": DOWN, "b": DOWN}, both(204), quota=ONE_LANE)

    def late(ref: object, ask: object, window: object) -> Missed:
        stage.now, stage.answer = stage.now + HOUR, both(503)
        return Missed(Miss.UNREACHABLE)

    stage.says["b"] = late
    swept = stage.sweep()
    assert (swept.inconclusive, swept.looked, stage.lane("toy").failing_since) == (True, 1, None)
