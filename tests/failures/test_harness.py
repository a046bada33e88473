"""The harness tells right from wrong: a healthy world blames nobody, a lie is noticed, a typing slip refused."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from typing import Any

import httpcore
import pytest

from auditor.core.model import Missed, Status
from auditor.core.verdict import decide
from tests.lab.wire import Reply, Request, compact

from . import __main__ as command
from .answers import ANSWERS
from .breaks import BREAKS
from .carrier import Carrier, respond, spoilt
from .cast import Cast
from .changes import CHANGES
from .guards import GUARDS, WHOLE, Without
from .office import OfficeInProcess
from .replay import Day, naive, replay, score
from .situation import PLATFORMS, Malformed, Situation, at, situation

ROW: dict[str, Any] = {
    "name": "x",
    "source": "x",
    "platform": "mastodon",
    "guard": "retry",
    "fools": "neither",
    "about": "both",
    "wire": [],
}


def of(**other: Any) -> Situation:
    """A healthy situation, but for this."""
    return situation("test", ROW | other)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_healthy_world_fools_neither_the_program_nor_the_naive_script(platform: str) -> None:
    healthy = of(platform=platform)
    ours, script = replay(healthy), naive(healthy)
    assert (ours.fooled, script.fooled) == ("neither", "neither")
    assert ours.expected is (platform != "youtube_feed")  # which shows no silence


@pytest.mark.parametrize("stops", [None, 22.0], ids=["never posted", "stopped"])
def test_both_kinds_of_silence_are_found_on_the_day(stops: float | None) -> None:
    ours = replay(of(office={"stops": stops}))
    assert ours.delay is not None
    assert ours.delay.total_seconds() == 0


@pytest.mark.parametrize(
    ("said", "fooled"),
    [
        ({"living": Status.ACTIVE, "silent": Status.INACTIVE}, "neither"),
        ({"living": Status.UNKNOWN, "silent": Status.NEVER_POSTED}, "neither"),
        ({"living": Status.INACTIVE, "silent": Status.INACTIVE}, "living flagged"),
        ({"living": Status.LOST, "silent": Status.INACTIVE}, "living flagged"),
        ({"living": Status.UNKNOWN, "silent": Status.UNKNOWN}, "silent missed"),
        ({"living": Status.ACTIVE, "silent": Status.LOST}, "both"),
    ],
    ids=["right", "unknown is no blame", "inactive", "lost", "unknown for all is no answer", "lost is not silent"],
)
def test_the_score_is_held_against_the_truth(said: dict[str, Status], fooled: str) -> None:
    """From day 60 on, past the deadline of day 52."""
    days = {d: Day({role: (status,) for role, status in said.items()}, float(d)) for d in range(60, 76)}
    assert score(Cast(of()), days).fooled == fooled


def test_a_silence_called_before_its_time_is_blame() -> None:
    days = {d: Day({"silent": (Status.INACTIVE,)}, float(d)) for d in range(40, 76)}
    assert score(Cast(of()), days).flagged[0] == "day 40: silent inactive"


def test_what_the_brake_holds_is_reported_and_blames_nobody() -> None:
    held = (Status.ACTIVE, Status.INACTIVE)
    days = {d: Day({"living": held, "silent": held}, float(d)) for d in range(40, 76)}
    assert score(Cast(of()), days).fooled == "neither"


@pytest.mark.parametrize(("day", "fooled"), [(53, "neither"), (54, "silent missed")], ids=["a day", "more than a day"])
def test_a_silence_is_found_within_a_day_of_the_first_healthy_look(day: int, fooled: str) -> None:
    found = {d: Day({"silent": (Status.INACTIVE if d >= day else Status.ACTIVE,)}, float(d)) for d in range(50, 76)}
    assert score(Cast(of()), found).fooled == fooled


def test_who_is_never_looked_at_again_is_missed() -> None:
    days = {d: Day({"silent": (Status.ACTIVE,)}, -1.0) for d in range(76)}
    assert score(Cast(of()), days).missed == "never looked at again"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"guard": "luck"}, "luck"),
        ({"platform": "orkut"}, "orkut"),
        ({"fools": "some"}, "some"),
        ({"sourc": "x"}, "sourc"),
        ({"office": {"neighbors": 2}}, "neighbors"),
        ({"wire": [{"fault": "stutus"}]}, "stutus"),
        ({"wire": [{"fault": "status", "stauts": 404}]}, "stauts"),
        ({"wire": [{"answer": "keep", "m": 1}]}, "'m'"),
        ({"wire": [{"world": "pinned", "days": [3], "fault": "down"}]}, "one of fault"),
        ({"wire": [{"break": "dns", "who": "us"}]}, "us"),
    ],
    ids=lambda value: value if isinstance(value, str) else next(iter(value)),
)
def test_a_slip_in_a_situation_is_refused_by_name(change: dict[str, Any], says: str) -> None:
    with pytest.raises(Malformed, match=says):
        situation("test", ROW | change)


def test_every_guard_change_and_break_says_what_it_is() -> None:
    assert all(guard.says.endswith(".") for guard in GUARDS.values())
    assert all(change.__doc__ for change in (*ANSWERS.values(), *CHANGES.values()))
    assert all(isinstance(make(), Exception) for make in BREAKS.values())


# --- the carrier ------------------------------------------------------------------------------------------------------


def carried(*wire: dict[str, Any], day: float = 40, role: str = "living") -> list[Reply]:
    """Three questions about an account on one day."""
    cast = Cast(of(wire=list(wire)))
    world = cast.world()
    world.clock.set(at(day))
    carrier = Carrier(world, cast.situation.wire, cast.keys())
    account = cast.accounts[role]
    asked = Request("GET", account.host, "/api/v1/accounts/lookup", (("acct", account.handle),), {})
    return [carrier.reply(asked) for _ in range(3)]


@pytest.mark.parametrize(
    ("who", "role", "status"),
    [
        *(("everybody", "control", 503), ("listed", "control", 200), ("listed", "neighbour1", 503)),
        *(("them", "neighbour1", 200), ("them", "silent", 503), ("living", "silent", 200), ("control", "control", 503)),
        *(("sentinels", "living", 200), ("everything", "living", 503)),
    ],
)
def test_a_fault_strikes_whom_it_is_for(who: str, role: str, status: int) -> None:
    assert carried({"fault": "status", "status": 503, "who": who}, role=role)[0].status == status


@pytest.mark.parametrize(("day", "status"), [(29.9, 200), (30, 503), (34.9, 503), (35, 200)])
def test_a_fault_strikes_on_its_days(day: float, status: int) -> None:
    assert carried({"fault": "status", "status": 503, "days": [30, 35]}, day=day)[0].status == status


@pytest.mark.parametrize(
    ("bounds", "statuses"),
    [({"after": 1}, [200, 503, 503]), ({"only": 1}, [503, 200, 200]), ({"after": 1, "only": 1}, [200, 503, 200])],
    ids=["after the first", "the first alone", "the second alone"],
)
def test_a_fault_may_begin_in_the_middle_of_a_round(bounds: dict[str, int], statuses: list[int]) -> None:
    assert [r.status for r in carried({"fault": "status", "status": 503, **bounds})] == statuses


def test_a_broken_connection_is_raised_and_a_cut_body_breaks_off() -> None:
    with pytest.raises(httpcore.ReadTimeout):
        carried({"break": "timeout"})
    with pytest.raises(httpcore.RemoteProtocolError):
        respond(Reply(200, b"0123456789", cut=True), "GET", at(0)).read()
    with pytest.raises(httpcore.ReadTimeout):
        respond(Reply(200, hang=True), "GET", at(0))


# --- changes of an answer ---------------------------------------------------------------------------------------------

JSON = (("Content-Type", "application/json"),)
LIST = [{"id": str(n), "at": f"2026-03-0{n}T00:00:00Z"} for n in (3, 2, 1)]
RSS = "<rss><channel>{}</channel></rss>"
ITEM = "<item><guid>{0}</guid><pubDate>Sun, 0{0} Mar 2026 00:00:00 +0000</pubDate></item>"


def listed(reply: Reply) -> list[str]:
    return [row["id"] for row in json.loads(reply.body)["rows"]]


@pytest.mark.parametrize(
    ("name", "values", "ids"),
    [
        ("none", {}, []),
        ("keep", {"n": 2}, ["3", "2"]),
        ("without_newest", {"n": 1}, ["2", "1"]),
        ("reversed_order", {}, ["1", "2", "3"]),
        ("doubled", {}, ["3", "3", "2", "2", "1", "1"]),
        ("oldest_first_on_top", {}, ["1", "3", "2"]),
    ],
)
def test_a_list_is_changed_in_json_and_in_markup_alike(name: str, values: dict[str, Any], ids: list[str]) -> None:
    packed = gzip.compress(compact({"rows": LIST}))
    reply = spoilt(Reply(200, packed, (*JSON, ("Content-Encoding", "gzip"))), ANSWERS[name], values)
    assert listed(replace(reply, body=gzip.decompress(reply.body))) == ids
    feed = Reply(200, RSS.format("".join(ITEM.format(n) for n in (3, 2, 1))).encode())
    text = ANSWERS[name](feed, **values).body.decode()
    assert [part[0] for part in text.split("<guid>")[1:]] == ids


@pytest.mark.parametrize(
    ("name", "values", "text"),
    [
        ("shifted", {"hours": 7}, "2026-03-01T07:00:00Z"),
        ("zoneless", {}, '"2026-03-01T00:00:00"'),
        ("written", {"old": "2026", "new": "1999"}, "1999-03-01"),
        ("valued", {"key": "id", "value": None}, '"id":null'),
        ("counted", {"key": "id", "by": 5}, '"id":6'),
        ("said", {"title": "Masuk"}, "<title>Masuk</title>"),
        ("told", {"document": {"a": 1}}, '{"a":1}'),
    ],
)
def test_a_body_is_changed_as_it_says(name: str, values: dict[str, Any], text: str) -> None:
    reply = Reply(200, compact({"rows": LIST[-1:]}), JSON)
    assert text in ANSWERS[name](reply, **values).body.decode()


# --- without a guard --------------------------------------------------------------------------------------------------


def test_with_every_guard_the_office_is_the_programs_own() -> None:
    """The wrappers are gone, not idle."""
    with_all, without_one = (OfficeInProcess(Cast(of()), w).rounds(0, at(0)) for w in (WHOLE, Without()))
    own = with_all.office.routes["mastodon"][0].platform.timeline
    assert own is not None
    assert own.__module__ == "auditor.platforms.mastodon"
    assert without_one.office.routes["mastodon"][0].platform.timeline is not own


def test_a_miss_believed_is_a_sight_and_a_sight_stays_one() -> None:
    """Five weeks of 503: with the guard nothing was seen, without it everybody has fallen silent."""
    outage = of(guard="unreachable", office={"days": 70}, wire=[{"fault": "down", "days": [30, 66]}])
    cast = Cast(outage)
    office = OfficeInProcess(cast)
    for day in range(60):
        office.day(day)
    state = office.store.find(cast.accounts["living"].key)
    assert state is not None
    history = office.store.history(state.id, at(60))
    assert isinstance(history[-1].outcome, Missed)
    assert decide(history, office.day(60).rows[0].policy, at(60)).status is Status.UNKNOWN
    assert replay(outage, GUARDS["unreachable"].without).fooled == "living flagged"


def test_the_command_prints_the_numbers_and_fails_for_what_fails(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["--json", "--processes", "1", "An old post is pinned on top"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["situations"] == 1
    assert told["ours"] == {"living_flagged": 0, "silent_missed": 0, "delay_hours_max": 0.0}
    assert told["baseline"] == {"living_flagged": 1, "silent_missed": 0, "delay_hours_max": 0.0}
