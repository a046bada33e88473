"""Two clocks: `--now` rehearses on this machine only, `--as-of` judges the past as it was judged then."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from auditor.rounds import InForce, load_in_force, rehearsed, strangers
from auditor.routes import routes

from .conftest import City
from .office import END, MIDWAY, ROUNDS, Office, auditor, edit

ZooOf = Callable[..., Office]
ACCOUNT = "mastodon:@dukcapil_contoh@sosial.kotacontoh.example"
ELSEWHERE = "http://192.0.2.7"  # of the network for documentation: nobody, and no name to resolve
FEED = "https://rss.contoh.example/berita?format=rss"
LIST = [{"bluesky": "ramai.contoh"}, {"mastodon": "@ramai@sosial.contoh.example"}, {"feed": FEED}]


def settings(office: Office) -> dict[str, Any]:
    """The office's settings as they lie in the file."""
    found: dict[str, Any] = json.loads((office.config / "auditor.yaml").read_text("utf-8"))
    return found


Change = Callable[[Office], dict[str, Any]]


def platform(name: str, **values: object) -> Change:
    """One platform set otherwise."""
    return lambda office: {"platforms": {name: settings(office)["platforms"][name] | values}}


def hosts(**without: str) -> Change:
    """Hosts (with _ for a dot) led elsewhere."""
    named = {name.replace("_", "."): target for name, target in without.items()}
    return lambda office: {"network": {"hosts": settings(office)["network"]["hosts"] | named}}


AWAY: dict[str, Change] = {
    "a platform's base address": platform("bluesky", base_url=f"{ELSEWHERE}/bluesky"),
    "a platform nobody lists but everybody enables": platform("telegram", base_url=ELSEWHERE),
    "a feed address of a platform": platform("youtube", feed_url=f"{ELSEWHERE}/videos.xml"),
    "a site of the list": hosts(rss_contoh_example=ELSEWHERE),
    "a Mastodon server of the list": hosts(sosial_contoh_example=ELSEWHERE),
    "a sentinel": lambda _: {"network": {"sentinels": [f"{ELSEWHERE}/sentinel"]}},
    "a control's server": lambda office: (
        platform("mastodon", controls=["@kontrol@kontrol.contoh.example"])(office)
        | hosts(kontrol_contoh_example=ELSEWHERE)(office)
    ),
    "a proxy": lambda _: {"network": {"proxy": "http://192.0.2.7:3128"}, "platforms": {}},
    "a site on a port that is not redirected": lambda office: {
        "network": {"hosts": {k: v for k, v in settings(office)["network"]["hosts"].items() if "rss" not in k}}
    },
}


@pytest.mark.parametrize("change", AWAY.values(), ids=AWAY)
def test_a_rehearsal_that_would_leave_this_machine_is_refused_and_asks_nobody(zoo: ZooOf, change: Change) -> None:
    office = zoo(LIST)
    if change is AWAY["a proxy"]:
        edit(office.config, platform("bluesky", base_url=f"{ELSEWHERE}/bluesky")(office))
    edit(office.config, change(office))
    for command in (["poll"], ["poll", "--dry-run"], ["report"], ["show", "bluesky:ramai.contoh"], ["status"], ["run"]):
        said = office(*command)
        assert (command, said.code, said.out) == (command, 2, "")
        assert "--now" in said.err
    assert office.lab.requests == []
    assert not (office.config / "auditor.db").exists()


def test_a_site_that_is_redirected_for_https_only_is_not_asked_over_http_in_a_rehearsal(zoo: ZooOf) -> None:
    office = zoo([{"feed": FEED.replace("https", "http")}])
    table = {"rss.contoh.example:443": office.lab.url, "rss.contoh.example:80": ELSEWHERE}
    edit(office.config, {"network": settings(office)["network"] | {"hosts": table, "sentinels": []}})
    assert office("report").code == 2


def test_a_platform_that_is_switched_off_refuses_no_rehearsal(zoo: ZooOf) -> None:
    office = zoo(LIST)
    edit(office.config, platform("telegram", enabled=False, base_url=ELSEWHERE)(office))
    assert office("report").code == 0


@pytest.mark.parametrize("key", ["", "AIza-contoh"], ids=["without a key", "with a key"])
def test_a_stand_in_that_nobody_pointed_here_is_left_alone_where_the_platform_is_asked_on_this_machine(
    zoo: ZooOf, key: str
) -> None:
    """The feed stands in for the key of YouTube. A rehearsal of the API neither asks it nor is refused for it."""
    office = zoo(LIST)
    edit(office.config, {"platforms": {"youtube": {"enabled": True, "base_url": f"{office.lab.url}/youtube-api"}}})
    found = load_in_force(office.config, "en")
    assert isinstance(found, InForce)
    secrets = {"AUDITOR_YOUTUBE_API_KEY": key} if key else {}
    assert not [url for url in strangers(found, secrets) if "youtube.com" in url]
    assert [way.platform.secret is not None for way in rehearsed(found.settings, secrets)["youtube"]] == [True] * bool(
        key
    )
    assert len(routes(found.settings, secrets)["youtube"]) == 1 + bool(key), "a real round has its stand-in"
    assert office("report").code == 0


def test_a_rehearsal_says_so_in_the_head_of_the_report(city: City) -> None:
    assert "--now" in city.office("report", lang="en").out.split("TO DO")[0]
    assert "--now" not in auditor("--config", str(city.office.config), "--lang", "en", "report").out.split("TO DO")[0]


FUTURE = {
    "a second later": "2026-11-23T00:00:01+00:00",
    "a bare day that has not ended yet": "2026-11-23",
    "next year": "2027-01-01",
    "a local instant that has not come": "2026-11-23T07:00:01",
    "the last day there is": "9999-12-31",
}


@pytest.mark.parametrize("at", FUTURE.values(), ids=FUTURE)
@pytest.mark.parametrize("command", [["report"], ["report", "--format", "json"], ["show", ACCOUNT]], ids=" ".join)
def test_the_future_cannot_be_judged(city: City, command: list[str], at: str) -> None:
    said = city.office(*command, "--as-of", at)
    assert (said.code, said.out) == (2, "")
    assert "--as-of" in said.err


INSTANTS = {
    "now itself": ("2026-11-23T00:00:00Z", "2026-11-23T00:00:00Z"),
    "a bare day is its end in the office's zone": ("2026-11-22", "2026-11-22T16:59:59Z"),
    "a bare day in the short form": ("20261122", "2026-11-22T16:59:59Z"),
    "an instant without an offset is the office's": ("2026-11-22T07:00", "2026-11-22T00:00:00Z"),
    "an instant with an offset is itself": ("2026-11-22T07:00:00+09:00", "2026-11-21T22:00:00Z"),
    "a day before anything was known": ("2020-02-29", "2020-02-29T16:59:59Z"),
}


@pytest.mark.parametrize(("written", "meant"), INSTANTS.values(), ids=INSTANTS)
def test_a_past_instant_is_read_as_a_person_means_it(city: City, written: str, meant: str) -> None:
    assert city.office("report", "--format", "json", "--as-of", written).json["as_of"] == meant


@pytest.mark.parametrize(("zone", "meant"), [("Asia/Makassar", "15:59:59"), ("Asia/Jayapura", "14:59:59")])
def test_the_end_of_a_day_follows_the_office(city: City, tmp_path: Path, zone: str, meant: str) -> None:
    office = moved(city, tmp_path)
    edit(office.config, {"timezone": zone})
    said = office("report", "--format", "json", "--as-of", "2026-11-22")
    assert said.json["as_of"] == f"2026-11-22T{meant}Z"


def moved(city: City, folder: Path) -> Office:
    """A copy of the city's office that may be changed."""
    shutil.copytree(city.office.config, folder / "config")
    return Office(city.office.lab, folder / "config", END)


@pytest.mark.parametrize("n", range(len(ROUNDS)), ids=[f"{at:%d %b %H.%M}" for at in ROUNDS])
def test_judging_a_past_day_equals_what_the_report_said_on_that_day(city: City, n: int) -> None:
    again = city.office("report", "--format", "json", "--as-of", ROUNDS[n].isoformat()).json
    then = city.reports[n]
    assert {row["account"]: row for row in again["accounts"]} == {row["account"]: row for row in then["accounts"]}
    assert again == then


def test_the_day_before_the_first_look_knows_nothing(city: City) -> None:
    document = city.office("report", "--format", "json", "--as-of", "2026-11-11").json
    assert {row["status"] for row in document["accounts"]} == {"unknown"}
    assert {row["observations"] for row in document["accounts"]} == {0}


def test_a_past_day_is_judged_by_the_list_and_the_policy_of_that_day(city: City, tmp_path: Path) -> None:
    office = moved(city, tmp_path)
    accounts = (office.config / "accounts.yaml").read_text("utf-8")
    (office.config / "accounts.yaml").write_text(
        accounts.replace("      - bluesky: pemkot.kota.contoh\n", "").replace("profile: strict", "profile: lenient")
    )
    (office.config / "policy.yaml").write_text("policy: {name: lain, set_by: Pemerintah Kota Contoh}\n")
    assert office("poll").code == 0
    today = office("report", "--format", "json").json
    assert today["policy"] != city.reports[-1]["policy"]
    assert today["totals"]["accounts"] == 41
    at = ROUNDS.index(MIDWAY)
    assert office("report", "--format", "json", "--as-of", MIDWAY.isoformat()).json == city.reports[at]


def test_show_judges_a_past_day_as_the_report_does(city: City, tmp_path: Path) -> None:
    then = next(r for r in city.reports[ROUNDS.index(MIDWAY)]["accounts"] if r["account"] == ACCOUNT)
    shown = city.office("show", ACCOUNT, "--format", "json", "--as-of", MIDWAY.isoformat()).json
    assert shown["account"] == then
    assert max(look["observed_at"] for look in shown["history"]) == "2026-11-20T00:00:00Z"
    assert max(e["at"] for e in shown["exchanges"]) <= "2026-11-20T00:00:00Z"
    office = moved(city, tmp_path)
    (office.config / "policy.yaml").write_text("policy: {name: lain, set_by: Pemerintah Kota Contoh}\n")
    accounts = (office.config / "accounts.yaml").read_text("utf-8")
    place = "Kependudukan dan Pencatatan Sipil Kota Contoh\n"
    (office.config / "accounts.yaml").write_text(accounts.replace(place, f"{place}    profile: lenient\n"))
    assert office("poll").code == 0
    again = office("show", ACCOUNT, "--format", "json", "--as-of", MIDWAY.isoformat()).json
    assert again["account"] == then
