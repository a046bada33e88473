"""The plan of a real office: who rides along, who is left out, which lane is late."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from auditor.cli.lagging import behind
from auditor.core.polling import LeftOut, Why
from auditor.reports.status import Behind
from auditor.routes import routes
from auditor.store.sqlite import open_store
from tests.build import DAY, HOUR, T0
from tests.lab.model import Account, utc

from .channels import Newsroom, channel, newsroom
from .stage import Stage, listed

NOW = utc("2026-06-01T20:00:00")
LANE = "youtube:AUDITOR_YOUTUBE_API_KEY"


def weekly(name: str, *, ago: float = 3) -> Account:
    return channel(name, *(NOW - (ago + 7 * n) * DAY for n in range(14)), born=NOW - 2000 * DAY)


def lane(office: Newsroom) -> str:
    with office.rounds(NOW) as rounds:
        return next(d.lane for d in rounds.owed(everything=True))


def stalest(count: int) -> Sequence[Account]:
    return [weekly(f"kanal{n:02d}") for n in range(count)]


def test_who_would_soon_be_looked_at_rides_along_and_takes_no_request(tmp_path: Path) -> None:
    """A channel that is due alone is asked about together with those of the second half of the week."""
    with newsroom(tmp_path, stalest(20), NOW, controls=[weekly("kendali")]) as office:
        office.round(NOW)
        only = f"youtube:{office.lab.scenario.accounts[0].handle}"
        early = NOW + 4 * DAY
        with office.rounds(early) as rounds:
            state = rounds.store.find(only)
            assert state is not None
            rounds.store.look_soon([state.id], early)
            assert [d.account for d in rounds.owed() if d.at <= early] == [only]
            assert len(rounds.owed()) == 20
        office.lab.forget()
        swept = office.round(early, everything=False)
        assert (swept.looked, office.asked["channels"]) == (20, 1)
        with office.rounds(early + HOUR) as rounds:
            assert rounds.owed() == []


def test_nobody_rides_where_nobody_is_due(tmp_path: Path) -> None:
    with newsroom(tmp_path, stalest(3), NOW, controls=[weekly("kendali")]) as office:
        office.round(NOW)
        with office.rounds(NOW + 6 * DAY) as rounds:
            assert rounds.owed() == []


def test_who_the_allowance_does_not_hold_is_named_with_the_hour_it_turns(tmp_path: Path) -> None:
    with newsroom(tmp_path, stalest(9), NOW, controls=[weekly("kendali")], quota=5) as office:
        with office.rounds(NOW) as rounds:
            planned = rounds.plan(rounds.owed())
        left = planned.left_out
        assert {one.why for one in left} == {LeftOut.QUOTA}
        assert len(left) + sum(map(len, planned.lanes.values())) == 9
        assert {one.until for one in left} == {utc("2026-06-02T07:00:00")}, "midnight in California"


def test_a_late_lane_is_told_with_what_would_help(tmp_path: Path) -> None:
    with newsroom(tmp_path, stalest(9), NOW, controls=[weekly("kendali")], quota=5) as office:
        late = NOW + 3 * DAY
        with office.rounds(NOW) as rounds:
            since = rounds.owed()[0].at
        with office.rounds(late) as rounds:
            ways = routes(office.force.settings, office.keys)
            (told,) = behind(rounds.store, office.force, ways, late)
        assert (told.lane, told.owed, told.since, told.fix) == (lane(office), 9, since, "quota")


def test_a_lane_that_is_served_is_not_late(tmp_path: Path) -> None:
    with newsroom(tmp_path, stalest(3), NOW, controls=[weekly("kendali")]) as office:
        office.round(NOW)
        for days, fix in ((7.5, []), (9, ["run"])):
            at = NOW + timedelta(days=days)
            with office.rounds(at) as rounds:
                ways = routes(office.force.settings, office.keys)
                found: list[Behind] = list(behind(rounds.store, office.force, ways, at))
            assert [b.fix for b in found] == fix


def test_a_list_that_cannot_be_turned_is_looked_at_before_it_overflows(tmp_path: Path) -> None:
    """Forty posts in four weeks on a list of twenty: half of it is new in a week, and in a campaign sooner."""
    campaign = Stage(tmp_path, {"a": listed(*(0.2 * n for n in range(1, 21)), horizon=T0 - 4 * DAY)}, pages=1)
    campaign.sweep()
    with closing(open_store(tmp_path / "facts.db", T0, read_only=True)) as store:
        state = store.find("toy:a")
    assert state is not None
    assert state.why == Why.OVERFLOW
    assert state.next_look_at is not None
    assert T0 + DAY < state.next_look_at < T0 + 7 * DAY
