"""The ledger: what is asked is counted per credential, kind and window, by every process that uses the database."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from auditor.core.model import AccountRef, Miss, Missed, Seen, Stops
from auditor.core.quota import Quota, Rest, Scope
from auditor.fetch.answer import Answer, Ask, Cost, Refused, missed
from auditor.platforms.base import Answered, Auth, Capability, Window
from auditor.poll.door import Asking, Meter
from auditor.store.sqlite import open_store
from tests.build import DAY, HOUR, T0
from tests.poll.stage import Stage, listed

CALLS = Quota(10, timedelta(hours=1), Scope.CREDENTIAL)
MONEY = Quota(100, timedelta(days=30), Scope.CREDENTIAL, name="usd", monthly=True, billed=True)
PACIFIC = Quota(5, DAY, Scope.CREDENTIAL, zone="America/Los_Angeles", name="unit")


def answer(status: int = 200) -> Answer:
    return Answer(status, {}, b"{}", "https://t.example/", T0)


class Taken:
    """Takes everything, and remembers it."""

    def __init__(self, **more: object) -> None:
        self.taken: list[Cost] = []
        self.back: list[Cost] = []
        capability = Capability(Auth.BEARER, quotas=(CALLS, MONEY), **more)  # type: ignore[arg-type]
        self.meter = Meter(capability, self.taken.append, self.back.append)


def test_a_request_takes_one_of_the_first_quota_unless_it_says_otherwise() -> None:
    stage = Taken()
    assert stage.meter.before(None) == {"call": 1}
    assert stage.meter.before({"call": 1, "usd": 50}) == {"call": 1, "usd": 50}
    assert stage.meter.before({}) == {}
    assert stage.taken == [{"call": 1}, {"call": 1, "usd": 50}]


BILLS = {
    "less than was reserved is given back": ({"usd": 50}, {"usd": 20}, [{"usd": -30}]),
    "more than was reserved is added": ({"usd": 5}, {"usd": 20}, [{"usd": 15}]),
    "what nobody reserved is added": ({"call": 1}, {"usd": 20}, [{"usd": 20}]),
    "exactly what was reserved changes nothing": ({"usd": 20}, {"usd": 20}, []),
    "an answer that costs nothing gives all back": ({"usd": 50}, {}, [{"usd": -50}]),
    "calls are not billed: they stay taken": ({"call": 3}, {"call": 1}, []),
}


@pytest.mark.parametrize(("reserved", "bill", "settled"), BILLS.values(), ids=BILLS.keys())
def test_what_is_billed_is_settled_by_the_answer(reserved: Cost, bill: Cost, settled: list[Cost]) -> None:
    stage = Taken(bill=lambda answer: bill)
    stage.meter.after(reserved, answer())
    assert stage.back == settled


def test_a_request_that_brought_no_answer_costs_no_money_but_stays_a_call() -> None:
    stage = Taken(bill=lambda answer: {"usd": 50})

    def deaf(*_: object, **__: object) -> Answer:
        raise missed(Miss.UNREACHABLE, "timeout")

    asking = Asking(deaf, stage.meter, {}, 1, conditional=False)  # type: ignore[arg-type]
    with pytest.raises(Refused):
        asking("GET", "/", cost={"call": 1, "usd": 50})
    assert (stage.taken, stage.back) == ([{"call": 1, "usd": 50}], [{"usd": -50}])


def test_of_several_wishes_for_rest_the_longest_and_the_widest_hold() -> None:
    wishes = [Rest(T0 + 2 * HOUR), Rest(T0 + HOUR, Stops.CREDENTIAL), None]
    stage = Taken(rest=lambda answer: wishes.pop(0))
    for _ in range(3):
        stage.meter.after({}, answer())
    assert stage.meter.resting(T0) == Rest(T0 + 2 * HOUR, Stops.CREDENTIAL)
    assert stage.meter.resting(T0 + 2 * HOUR) is None


def paying(price: Cost, actual: Cost) -> Stage:
    """Ten accounts at such a price; the answer costs what it does."""

    def say(ref: AccountRef, ask: Ask, window: Window) -> Answered:
        ask("GET", f"/{ref.handle}", cost=price)
        return Seen(f"id-{ref.handle}", ref.handle, (), window.since)

    stage = Stage(Path(), {f"akun{n}": say for n in range(10)}, pool=("A",), quotas=(CALLS, MONEY))
    stage.bill = lambda answer: actual
    return stage


def test_the_ledger_holds_what_answers_really_cost(tmp_path: Path) -> None:
    stage = paying({"call": 1, "usd": 50}, {"usd": 5})
    stage.folder = tmp_path
    assert stage.sweep().seen == 10
    assert stage.spent("toy:A call", CALLS.since(T0)) == 10
    assert stage.spent("toy:A usd", MONEY.since(T0)) == 50


def test_money_that_is_used_up_ends_the_lane_until_the_month_does(tmp_path: Path) -> None:
    stage = paying({"call": 1, "usd": 40}, {"usd": 40})
    stage.folder = tmp_path
    swept = stage.sweep()
    assert (swept.seen, swept.missed, swept.left) == (2, {Miss.QUOTA_EXHAUSTED: 1}, 7)
    assert stage.spent("toy:A usd", MONEY.since(T0)) == 80
    assert stage.spent("toy:A call", CALLS.since(T0)) == 2  # nothing is taken where one of the quotas refuses
    limit = min(MONEY.window(T0)[1], T0 + 7 * DAY)
    assert stage.lane("toy:A").blocked_until == limit


def test_each_credential_has_a_budget_of_its_own_and_one_that_is_used_up_is_stood_in_for(tmp_path: Path) -> None:
    stage = Stage(tmp_path, {f"akun{n}": listed(1) for n in range(10)}, pool=("A", "B"), quotas=(PACIFIC,))
    swept = stage.sweep()
    assert (swept.seen, swept.missed, swept.left) == (10, {Miss.QUOTA_EXHAUSTED: 1}, 0)
    assert sorted(stage.spent(f"toy:{name} unit", PACIFIC.since(T0)) for name in "AB") == [5, 5]


def test_what_was_spent_is_still_spent_after_a_restart(tmp_path: Path) -> None:
    """Every sweep of the stage opens the database anew."""
    stage = Stage(tmp_path, {f"akun{n}": listed(1) for n in range(4)}, pool=("A",), quotas=(PACIFIC,))
    stage.sweep()
    stage.now += timedelta(minutes=1)
    swept = stage.sweep()
    assert (swept.seen, swept.missed) == (1, {Miss.QUOTA_EXHAUSTED: 1})


SPEND = """
import sys
from datetime import datetime, timedelta
from auditor.core.quota import Quota, Scope
from auditor.poll.office import ledger
from auditor.store.sqlite import open_store
from auditor.store.verbs import Charge
quota = Quota(100, timedelta(days=1), Scope.CREDENTIAL, zone="America/Los_Angeles", name="unit")
now = datetime.fromisoformat(sys.argv[2])
store = open_store(sys.argv[1], now)
charge = Charge(ledger("toy:A", quota), quota.window(now)[0], 3, 100, quota.since(now))
print(sum(store.spend([charge]) is None for _ in range(40)))
store.close()
"""


def granted(path: Path, *instants: datetime) -> list[int]:
    """So many times three units, each instant a process of its own, all at once."""
    commands = [[sys.executable, "-c", SPEND, str(path), at.isoformat()] for at in instants]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for command in commands]
    return [int(process.communicate()[0]) for process in running]


def test_two_processes_share_a_day_of_25_hours_and_begin_the_next_one_anew(tmp_path: Path) -> None:
    """On 1 November 2026 the clocks of the Pacific coast go back: the day lasts from 07:00 UTC to 08:00 UTC."""
    path = tmp_path / "facts.db"
    early, late = datetime(2026, 11, 1, 7, tzinfo=UTC), datetime(2026, 11, 2, 7, 59, tzinfo=UTC)
    open_store(path, early).close()
    assert sum(granted(path, early, late)) == 33
    assert granted(path, late + timedelta(minutes=1)) == [33]


def test_a_short_day_ends_an_hour_earlier(tmp_path: Path) -> None:
    """On 8 March 2026 it lasts from 08:00 UTC to 07:00 UTC."""
    path = tmp_path / "facts.db"
    last = datetime(2026, 3, 9, 6, 59, tzinfo=UTC)
    open_store(path, last).close()
    assert granted(path, last) == [33]
    assert granted(path, last + timedelta(minutes=1)) == [33]


def test_a_refusal_of_the_platform_itself_leaves_the_ledger_as_it_was_asked(tmp_path: Path) -> None:
    def say(ref: AccountRef, ask: Ask, window: Window) -> Answered:
        ask("GET", "/x")
        return Missed(Miss.QUOTA_EXHAUSTED, "quotaExceeded", T0 + HOUR)

    stage = Stage(tmp_path, {"akun": say}, pool=("A",), quotas=(PACIFIC,))
    stage.sweep()
    assert stage.spent("toy:A unit", PACIFIC.since(T0)) == 1
    with closing(open_store(tmp_path / "facts.db", T0)) as store:
        assert store.lane("toy:A").blocked_until == T0 + HOUR
