"""Several credentials of one platform are a pool: each its own lane; nobody waits for the one that is refused."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from auditor.core.model import AccountRef, Miss, Missed, Outcome, Stops
from auditor.core.quota import Rest
from auditor.fetch.answer import Ask, Refused
from auditor.platforms.base import Answered, Window
from auditor.poll.office import rests, shut, waits
from auditor.store.verbs import LaneState
from tests.build import DAY, HOUR, T0
from tests.poll.stage import Says, Stage, listed

NAMES = [f"akun_{n}" for n in range(12)]
REJECTED = Missed(Miss.CREDENTIAL_REJECTED, "revoked")


def unless(refused: dict[str, Missed]) -> Says:
    """Reads, but for the credentials that are refused so."""

    def say(ref: AccountRef, ask: Ask, window: Window) -> Answered:
        ask("GET", f"/{ask.about['credential']}/{ref.handle}")
        outcome = refused.get(ask.about["credential"])
        return listed(1, 3, 5)(ref, ask, window) if outcome is None else outcome

    return say


def pool(folder: Path, refused: dict[str, Missed], *names: str, handles: Sequence[str] = NAMES) -> Stage:
    return Stage(folder, {h: unless(refused) for h in handles}, pool=names)


def asked(stage: Stage) -> dict[str, str]:
    """Account -> the credential that asked about it last; forgotten afterwards."""
    pairs = [url.strip("/").split("/") for url, _ in stage.asked if url.count("/") == 2]
    found = {handle: credential for credential, handle in pairs}
    stage.asked.clear()
    return found


def test_the_accounts_of_a_pool_are_spread_and_each_always_asked_for_by_the_same_credential(tmp_path: Path) -> None:
    stage = pool(tmp_path, {}, "A", "B", "C")
    stage.sweep()
    first = asked(stage)
    assert set(first.values()) == {"A", "B", "C"}
    stage.now += DAY
    stage.sweep()
    assert asked(stage) == first


def test_who_leaves_the_pool_moves_nobody_but_his_own_accounts(tmp_path: Path) -> None:
    stage = pool(tmp_path, {}, "A", "B", "C")
    stage.sweep()
    before = asked(stage)
    stage.pool = ("A", "C")
    stage.sweep()
    after = asked(stage)
    assert {h: after[h] for h in NAMES if before[h] != "B"} == {h: c for h, c in before.items() if c != "B"}


def test_a_rejected_credential_stops_alone_and_its_accounts_are_read_in_the_same_sweep(tmp_path: Path) -> None:
    stage = pool(tmp_path, {"B": REJECTED}, "A", "B", "C")
    swept = stage.sweep()
    assert swept.missed == {Miss.CREDENTIAL_REJECTED: 1}
    assert (swept.looked, swept.seen, swept.left) == (12, 12, 0)
    assert swept.refused == ["toy:B"]


def test_two_rejected_credentials_leave_their_accounts_to_the_third(tmp_path: Path) -> None:
    stage = pool(tmp_path, {"A": REJECTED, "B": REJECTED}, "A", "B", "C")
    swept = stage.sweep()
    assert (swept.seen, swept.left, sorted(swept.refused)) == (12, 0, ["toy:A", "toy:B"])


def test_where_nobody_is_left_the_rest_stays_due_and_no_credential_is_tried_twice(tmp_path: Path) -> None:
    stage = pool(tmp_path, {"A": REJECTED, "B": REJECTED}, "A", "B")
    swept = stage.sweep()
    assert (swept.looked, swept.left) == (1, 11), "the look that found nobody else is the only one on record"
    assert sorted(c for c in asked(stage).values()) == ["A", "B"]


BARRED = Missed(Miss.PERMISSION_MISSING, "accessNotConfigured")


def test_whom_a_credential_may_not_read_another_of_the_pool_reads_in_the_same_sweep(tmp_path: Path) -> None:
    stage = pool(tmp_path, {"B": BARRED}, "A", "B", "C", handles=[f"akun_{n}" for n in range(60)])
    for _ in range(2):
        swept = stage.sweep()
        assert (swept.looked, swept.seen, swept.left) == (60, 60, 0)
        assert swept.missed[Miss.PERMISSION_MISSING] == 5, "five refusals in a row end its lane"
        stage.now += 10 * DAY


def test_a_credential_that_may_read_nobody_is_named_once_until_it_reads_somebody(tmp_path: Path) -> None:
    refused = {"B": BARRED}
    stage = pool(tmp_path, refused, "A", "B")
    assert stage.sweep().unable == ["toy:B"]
    stage.now += 10 * DAY
    assert stage.sweep().unable == []
    assert (stage.lane("toy:B").reason, stage.lane("toy:B").since) == (Miss.PERMISSION_MISSING, T0)
    refused.clear()
    stage.now += 10 * DAY
    stage.sweep()
    assert stage.lane("toy:B").reason is None


def test_one_account_that_a_credential_may_not_read_says_nothing_of_the_credential(tmp_path: Path) -> None:
    stage = pool(tmp_path, {}, "A", "B", handles=NAMES)
    stage.says["akun_3"] = unless({"A": BARRED, "B": BARRED})
    swept = stage.sweep()
    assert (swept.looked, swept.seen, swept.unable) == (12, 11, [])
    assert swept.missed == {Miss.PERMISSION_MISSING: 2}, "each of the pool was asked once, and one miss is on record"


def test_where_every_credential_may_read_nobody_each_account_is_asked_at_most_once_of_each(tmp_path: Path) -> None:
    stage = pool(tmp_path, {"A": BARRED, "B": BARRED}, "A", "B")
    swept = stage.sweep()
    urls = [url for url, _ in stage.asked]
    assert (len(urls), swept.seen, sorted(swept.unable)) == (len(set(urls)), 0, ["toy:A", "toy:B"])


def test_the_account_at_which_a_lane_is_throttled_is_read_by_another(tmp_path: Path) -> None:
    wait = Missed(Miss.RATE_LIMITED, "", T0 + HOUR)
    swept = pool(tmp_path, {"B": wait}, "A", "B").sweep()
    assert (swept.looked, swept.seen, swept.left) == (12, 12, 0)


def test_the_route_without_a_credential_takes_over_last(tmp_path: Path) -> None:
    stage = pool(tmp_path, {"A": REJECTED}, "A")
    stage.keyless = True
    swept = stage.sweep()
    assert (swept.seen, swept.left, swept.missed) == (11, 0, {Miss.CREDENTIAL_REJECTED: 1})


def test_a_rejected_credential_is_left_alone_for_a_day_and_then_tried_once_a_day(tmp_path: Path) -> None:
    stage = pool(tmp_path, {"B": REJECTED}, "A", "B")
    stage.sweep()
    tries = []
    for hours in range(1, 74):
        stage.now = T0 + hours * HOUR
        stage.asked.clear()
        stage.sweep()
        tries += [hours for url, _ in stage.asked if url.startswith("/B/")]
    assert tries == [24, 48, 72]


def test_a_credential_that_works_again_gets_its_accounts_back(tmp_path: Path) -> None:
    refused = {"B": REJECTED}
    stage = pool(tmp_path, refused, "A", "B")
    stage.sweep()
    refused.clear()
    stage.now += 25 * HOUR
    stage.sweep()
    assert set(asked(stage).values()) == {"A", "B"}
    assert stage.lane("toy:B").reason is None


def test_a_rejection_is_reported_once_until_the_credential_worked_in_between(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "auditor")
    refused = {"B": REJECTED}
    stage = pool(tmp_path, refused, "A", "B")
    told = []
    for days, broken in enumerate((True, True, True, False, True)):
        refused.clear()
        refused.update({"B": REJECTED} if broken else {})
        stage.now = T0 + days * DAY
        told.append(stage.sweep().refused)
    assert told == [["toy:B"], [], [], [], ["toy:B"]]
    lines = [r.message for r in caplog.records if r.message.startswith("credential_rejected")]
    assert lines == ['credential_rejected platform=toy credential=B command="auditor connect toy"'] * 2


def test_since_when_a_credential_is_rejected_stays_however_often_it_is_tried(tmp_path: Path) -> None:
    stage = pool(tmp_path, {"B": REJECTED}, "A", "B")
    for days in range(4):
        stage.now = T0 + days * DAY
        stage.sweep()
    assert stage.lane("toy:B").since == T0


def test_the_only_credential_is_tried_whenever_a_look_is_due(tmp_path: Path) -> None:
    """Who has mended it sees that at once."""
    refused = {"A": REJECTED}
    stage = pool(tmp_path, refused, "A")
    stage.sweep()
    refused.clear()
    stage.now += timedelta(minutes=1)
    assert stage.sweep().seen == 12


def test_what_concerns_a_credential_stops_every_platform_that_asks_with_it(tmp_path: Path) -> None:
    wait = Missed(Miss.RATE_LIMITED, "app", T0 + HOUR, Stops.CREDENTIAL)
    stage = pool(tmp_path, {"A": wait}, "A", handles=["akun", "twin1", "twin2"])
    stage.sweep()
    assert {stage.lane(f"{p}:A").blocked_until for p in ("toy", "twin")} == {T0 + HOUR}
    assert {stage.lane(f"{p}:A").reason for p in ("toy", "twin")} == {"rate_limited"}


@pytest.mark.parametrize("stops", [Stops.LANE, Stops.ACCOUNT], ids=["of the lane", "of one account"])
def test_what_concerns_a_lane_or_an_account_leaves_its_twin_alone(tmp_path: Path, stops: Stops) -> None:
    stage = pool(tmp_path, {}, "A", handles=["akun", "twin1"])
    stage.says["akun"] = unless({"A": Missed(Miss.RATE_LIMITED, "", T0 + HOUR, stops)})
    stage.sweep()
    assert stage.lane("twin:A").blocked_until is None
    assert (stage.lane("toy:A").blocked_until is None) is (stops is Stops.ACCOUNT)


def test_an_answer_that_asks_for_rest_ends_the_lane_after_the_look_in_hand_and_others_go_on(tmp_path: Path) -> None:
    stage = pool(tmp_path, {}, "A", "B")
    stage.rest = lambda answer: Rest(T0 + HOUR) if answer.url.startswith("/A/") else None
    swept = stage.sweep()
    assert (swept.seen, swept.left) == (12, 0)
    assert list(asked(stage).values()).count("A") == 1
    assert (stage.lane("toy:A").blocked_until, stage.lane("toy:B").blocked_until) == (T0 + HOUR, None)


def many(*answers: Outcome | None) -> Stage:
    """One request about all; the nth account gets the nth answer, those after the last none: the request is refused."""

    def bulk(accounts: Sequence[tuple[AccountRef, Window]], ask: Ask) -> Iterator[tuple[AccountRef, Answered]]:
        ask("POST", f"/{ask.about['credential']}/batch")
        for (ref, window), answer in zip(accounts, answers, strict=False):
            yield ref, answer or listed(1, 2)(ref, ask, window)
        if len(answers) < len(accounts):
            raise Refused(REJECTED)

    return Stage(Path(), {name: unless({}) for name in NAMES[:4]}, bulk=bulk, pool=("A",))


def test_a_batch_keeps_every_outcome_also_those_after_the_one_that_stops_the_lane(tmp_path: Path) -> None:
    wait = Missed(Miss.RATE_LIMITED, "page", T0 + HOUR)
    stage = many(None, wait, None, None)
    stage.folder = tmp_path
    swept = stage.sweep()
    assert (swept.looked, swept.seen, swept.missed) == (4, 3, {Miss.RATE_LIMITED: 1})
    assert stage.lane("toy:A").blocked_until == T0 + HOUR


def test_a_whole_batch_that_is_refused_is_one_miss_and_the_rest_stays_due(tmp_path: Path) -> None:
    stage = many(None)
    stage.folder = tmp_path
    swept = stage.sweep()
    assert (swept.looked, swept.seen, swept.left) == (2, 1, 2)


def test_after_a_batch_that_stopped_the_lane_no_further_one_is_asked(tmp_path: Path) -> None:
    wait = Missed(Miss.RATE_LIMITED, "app", T0 + HOUR)

    def bulk(accounts: Sequence[tuple[AccountRef, Window]], ask: Ask) -> Iterator[tuple[AccountRef, Answered]]:
        ask("POST", "/A/batch")
        return ((ref, wait) for ref, _ in accounts)

    stage = Stage(tmp_path, {f"akun{n}": unless({}) for n in range(60)}, bulk=bulk, pool=("A",))
    stage.sweep()
    assert len(stage.asked) == 1


def lane(until: timedelta | None, reason: str) -> LaneState:
    return LaneState("toy:A", None if until is None else T0 + until, reason, T0 - DAY, None, None)


LANES = {
    "nothing is wrong": (lane(None, ""), False, False, False),
    "throttled for an hour": (lane(HOUR, "rate_limited"), True, True, True),
    "throttled until just now": (lane(timedelta(0), "rate_limited"), False, False, False),
    "rejected a moment ago": (lane(DAY, "credential_rejected"), True, False, True),
    "rejected 59 minutes ago": (lane(DAY - timedelta(minutes=59), "credential_rejected"), True, False, True),
    "rejected an hour ago": (lane(DAY - HOUR, "credential_rejected"), True, False, False),
    "rejected a moment ago, not to be asked for hours": (lane(DAY + HOUR * 6, "credential_rejected"), True, True, True),
    "rejected six hours ago, not to be asked until now": (lane(DAY, "credential_rejected"), True, False, True),
    "rejected a day ago": (lane(timedelta(0), "credential_rejected"), False, False, False),
}


@pytest.mark.parametrize(("state", "stood_in", "waiting", "resting"), LANES.values(), ids=LANES.keys())
def test_when_a_lane_is_stood_in_for_when_nobody_asks_and_when_a_daemon_does_not(
    state: LaneState, stood_in: bool, waiting: bool, resting: bool
) -> None:
    assert (bool(shut([state], T0)), waits(state, T0), rests(state, T0)) == (stood_in, waiting, resting)


def test_a_rejected_credential_that_is_not_to_be_asked_with_for_hours_is_not(tmp_path: Path) -> None:
    stage = pool(
        tmp_path, {"A": Missed(Miss.CREDENTIAL_REJECTED, "policy_block", T0 + 6 * HOUR, Stops.CREDENTIAL)}, "A"
    )
    counts = []
    for hours in (0, 1, 5, 6):
        stage.now = T0 + hours * HOUR
        stage.asked.clear()
        stage.sweep()
        counts.append(len(stage.asked))
    assert counts == [1, 0, 0, 1]


def test_a_lane_is_proven_once_it_has_read_somebody_and_not_by_an_answer_that_shows_nobody(tmp_path: Path) -> None:
    proven: list[bool] = []

    def noting(outcome: Missed | None) -> Says:
        def say(ref: AccountRef, ask: Ask, window: Window) -> Answered:
            proven.append(window.proven)
            return outcome or listed(1)(ref, ask, window)

        return say

    nobody = noting(Missed(Miss.AMBIGUOUS_ABSENCE, "not_readable"))
    stage = Stage(tmp_path, {"akun": nobody}, pool=("A",))
    for days, says in enumerate((nobody, nobody, noting(None), nobody)):
        stage.now, stage.says = T0 + days * DAY, {"akun": says}
        stage.sweep()
    assert proven == [False, False, False, True]
