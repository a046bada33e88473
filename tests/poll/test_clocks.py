"""Our clock may be wrong, and an answer may be a copy of long ago: neither makes anybody silent."""

from __future__ import annotations

from datetime import datetime
from email.utils import format_datetime
from pathlib import Path

import pytest

from auditor.core.model import AccountRef, Barrier, Miss, Missed, Outcome, Post, Seen, Unreadable
from auditor.fetch.answer import Ask, Exchange
from auditor.platforms.base import Window
from auditor.poll.clocks import Clocks, compared
from tests.build import DAY, SECOND, T0
from tests.poll.stage import Stage, listed


def stated(*dates: str | None) -> list[Exchange]:
    """Answers whose servers say so."""
    return [Exchange("GET", "/", 200, None, 0, T0, {"date": date} if date is not None else {}) for date in dates]


def at(instant: datetime) -> str:
    return format_datetime(instant, usegmt=True)


@pytest.mark.parametrize(
    ("dates", "clocks"),
    [
        pytest.param([], Clocks.AGREE, id="no answer says anything"),
        pytest.param([None, "", "soon", "Sat, 99 Jan 2026 00:00:00 GMT"], Clocks.AGREE, id="none in any known form"),
        pytest.param([at(T0)], Clocks.AGREE, id="the same"),
        pytest.param([at(T0 - DAY + SECOND)], Clocks.AGREE, id="not quite a day old"),
        pytest.param([at(T0 - DAY)], Clocks.OURS_AHEAD, id="a day old"),
        pytest.param([at(T0 + DAY - SECOND)], Clocks.AGREE, id="not quite a day later"),
        pytest.param([at(T0 + DAY)], Clocks.OURS_BEHIND, id="a day later"),
        pytest.param([at(T0), at(T0 - 365 * DAY)], Clocks.OURS_AHEAD, id="one of two is a year old"),
        pytest.param(["Sat, 31 Jan 2026 07:00:00 +0700"], Clocks.AGREE, id="in another zone"),
        pytest.param(["Fri, 30 Jan 2026 00:00:00 -0000"], Clocks.OURS_AHEAD, id="without a zone it is UTC"),
    ],
)
def test_what_servers_say_is_compared_with_our_clock(dates: list[str | None], clocks: Clocks) -> None:
    assert compared(stated(*dates), T0) is clocks


def dated(stage: Stage, date: datetime) -> None:
    """From now on answers bear this date."""

    def says(ref: AccountRef, ask: Ask, window: Window) -> Outcome:
        ask("GET", f"/{ref.handle}")
        return Seen("id", ref.handle, (Post("1", T0 - 40 * DAY), Post("2", T0 - 50 * DAY)), None)

    stage.says["s@x"] = says
    stage.stated = {"date": at(date)}


def test_an_old_copy_proves_no_silence_though_another_account_vouches(tmp_path: Path) -> None:
    stage = Stage(tmp_path, {"a@x": listed(1), "s@x": listed(40)})
    dated(stage, T0 - 3 * DAY)
    stage.sweep()
    assert stage.last("s@x").control_ok is False
    assert isinstance(stage.last("s@x").outcome, Seen), "what it lists was posted all the same"


def test_an_old_copy_proves_no_absence(tmp_path: Path) -> None:
    def gone(ref: AccountRef, ask: Ask, window: Window) -> Outcome:
        ask("GET", f"/{ref.handle}")
        return Unreadable(Barrier.GONE)

    stage = Stage(tmp_path, {"a@x": listed(1), "s@x": gone}, stated={"date": at(T0 - 3 * DAY)})
    stage.sweep()
    assert stage.last("s@x").control_ok is False


def test_what_is_read_while_our_clock_is_behind_is_a_miss(tmp_path: Path) -> None:
    """Its newest posts would lie ahead, and count as posted long before they were."""
    stage = Stage(tmp_path, {"s@x": listed(1)})
    dated(stage, T0 + 40 * DAY)
    stage.sweep()
    assert stage.last("s@x").outcome == Missed(Miss.UNREACHABLE, "clock_behind")


def test_in_a_rehearsal_our_clock_is_set_by_hand(tmp_path: Path) -> None:
    stage = Stage(tmp_path, {"a@x": listed(1), "s@x": listed(40)}, stated={"date": at(T0 + 40 * DAY)})
    stage.sweep(rehearsal=True)
    assert isinstance(stage.last("s@x").outcome, Seen)
    assert stage.last("s@x").control_ok is True


def test_what_was_read_while_our_clock_ran_ahead_makes_no_conditional_question(tmp_path: Path) -> None:
    """Its 304 would repeat an older sight, or none."""
    stage = Stage(tmp_path, {}, conditional=True, answer=lambda url, headers: (200, {"etag": '"1"'}))
    dated(stage, T0)
    stage.now = T0 + 20 * DAY
    stage.sweep()
    stage.now = T0
    stage.sweep()
    for day in (21, 22):
        stage.now = T0 + day * DAY
        dated(stage, stage.now)
        stage.sweep()
    assert [sent.get("If-None-Match") for _, sent in stage.asked] == [None, None, None, '"1"']
