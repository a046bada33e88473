"""The bill of YouTube: fifty channels a unit, and one more for each channel that moved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

from tests.lab import youtube_api as api
from tests.lab.model import Account, utc
from tests.poll.channels import DAY, Newsroom, channel, newsroom, uc

NOW = utc("2026-06-01T20:00:00")  # 13:00 of the same day in California
LATER = NOW + 7 * DAY
BORN = NOW - 2000 * DAY
COUNT = 1000


def weekly(name: str, moved: bool) -> Account:
    """Posts once a week, the last time three days ago; who moves does so five days later."""
    past = [NOW - (3 + 7 * n) * DAY for n in range(14)]
    return channel(name, *past, *([NOW + 5 * DAY] if moved else []), born=BORN)


def city(moved: int) -> Sequence[Account]:
    return [weekly(f"kanal{n:04d}", n % (COUNT // moved) == 0) for n in range(COUNT)]


def twice(office: Newsroom) -> dict[str, int]:
    """Requests that were made more than once since the double last forgot."""
    made = Counter((r.method, r.path, r.query) for r in office.lab.requests)
    return {f"{path} {query}": n for (_, path, query), n in made.items() if n > 1}


def test_a_sweep_of_a_thousand_channels_costs_twenty_units_and_one_for_each_that_moved(tmp_path: Path) -> None:
    """The ledger says what the double counted, and nothing is asked twice."""
    with newsroom(tmp_path, city(100), NOW, controls=[weekly("kendali", moved=False)]) as office:
        office.round(NOW)
        assert not twice(office)
        first = office.lab.faces["youtube_api"].spent.total()
        assert first == 20 + COUNT, "the first sight reads every channel"
        office.lab.forget()
        swept = office.round(LATER)
        assert (swept.seen, swept.looked) == (COUNT, COUNT)
        assert office.asked == {"channels": 20, "playlistItems": 100}
        assert not twice(office)
        spent = office.lab.faces["youtube_api"].spent
        days = {NOW: first, LATER: 120}
        assert {at: spent[api.KEY, at.date()] for at in days} == days
        assert {at: office.spent(at.replace(hour=7)) - office.spent(at.replace(hour=7) + DAY) for at in days} == days
        statuses = Counter(row.verdict.status for row in office.audit(LATER).rows)
        assert statuses == {"active": COUNT}


def test_channels_that_stopped_long_ago_cost_no_more_at_first_sight_than_those_that_post(tmp_path: Path) -> None:
    """One unit each beside their share of twenty: whether the newest upload is an announcement decides nothing."""
    stopped = [
        channel(f"henti{n:03d}", *(NOW - (40 + n + 7 * m) * DAY for m in range(9)), born=BORN) for n in range(100)
    ]
    with newsroom(tmp_path, stopped, NOW, controls=[weekly("kendali", moved=False)]) as office:
        office.round(NOW)
        assert not twice(office)
        spent = office.lab.faces["youtube_api"].spent.total()
        assert spent <= 2 + len(stopped) + 2, "the control takes its state and a page"


def test_a_handle_is_asked_for_once_and_its_channel_by_id_from_then_on(tmp_path: Path) -> None:
    """Ids and names stand mixed in the list: what has an id goes into one call all the same."""
    channels = [weekly(f"kanal{n:04d}", moved=False) for n in range(100)]
    named = [{"youtube": a.handle if n % 2 else f"@{a.handle[2:].lower()}"} for n, a in enumerate(channels)]
    with newsroom(tmp_path, channels, NOW, by=named) as office:
        office.round(NOW)
        asked = [r for r in office.lab.requests if r.path.endswith("/channels")]
        by_name = [r for r in asked if dict(r.query).get("forHandle")]
        assert (len(by_name), len(asked) - len(by_name)) == (50, 1)
        office.lab.forget()
        office.round(LATER)
        asked = [r for r in office.lab.requests if r.path.endswith("/channels")]
        assert [len(dict(r.query)["id"].split(",")) for r in asked] == [50, 50]
        assert office.asked == {"channels": 2}


def test_two_entries_of_one_channel_cost_its_state_once(tmp_path: Path) -> None:
    """Written by name and by id, it is learnt that they are the same."""
    one = weekly("kembar", moved=False)
    entries = [{"youtube": one.handle}, {"youtube": f"@{one.handle[2:].lower()}"}]
    with newsroom(tmp_path, [one], NOW, by=entries) as office:
        office.round(NOW)
        office.lab.forget()
        assert office.round(LATER).seen == 2
        assert office.asked == {"channels": 1}


def test_a_control_is_asked_once_for_many_silences(tmp_path: Path) -> None:
    """The control vouches for half an hour. It is no account of the list, so nothing is read that decides nothing."""
    silent = [channel(f"sepi{n:02d}", NOW - (100 + n) * DAY, born=BORN) for n in range(30)]
    with newsroom(tmp_path, silent, NOW, controls=[weekly("kendali", moved=False)]) as office:
        office.round(NOW)
        assert not twice(office)
        about = [r for r in office.lab.requests if uc("kendali")[2:] in dict(r.query).get("playlistId", "")]
        assert len(about) <= 1


def test_who_posts_every_week_is_verified_once_in_a_fortnight_at_most(tmp_path: Path) -> None:
    """Over half a year the broadcasts among the uploads are asked about at most every 14 days."""
    busy = channel("ramai", *(NOW + timedelta(days=7 * n - 100) for n in range(45)), born=BORN)
    with newsroom(tmp_path, [busy], NOW) as office:
        for week in range(26):
            office.round(NOW + 7 * week * DAY)
        asked = [r.at for r in office.lab.requests if r.path.endswith("/videos")]
        assert len(asked) <= 13
        assert all(b - a >= 14 * DAY for a, b in pairwise(asked))
