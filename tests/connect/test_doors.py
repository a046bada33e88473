"""A credential goes to the host it belongs to and nowhere else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from auditor import clock
from auditor.config.settings import Rejected, Settings, load_settings
from auditor.fetch.answer import Exchange
from auditor.platforms import platforms
from auditor.poll.office import Route
from auditor.routes import HttpDoors, as_read, credentials, reach
from tests.lab import youtube_api as api
from tests.lab.scenarios import scenario
from tests.lab.server import Lab

NAME = "AUDITOR_YOUTUBE_API_KEY"
KEYED = platforms()["youtube"].keyed
assert KEYED is not None


@pytest.fixture
def lab() -> Iterator[Lab]:
    with Lab(scenario("zoo")) as running:
        yield running


def settings(lab: Lab, folder: Path, **youtube: object) -> Settings:
    wired = lab.configuration()
    wired["platforms"]["youtube"] |= youtube
    (folder / "auditor.yaml").write_text(json.dumps(wired), "utf-8")
    found = load_settings(folder)
    assert not isinstance(found, Rejected), found
    return found


def sent(lab: Lab) -> dict[str, str | None]:
    """host -> the key it was shown."""
    return {r.host.partition(":")[0]: r.headers.get("x-goog-api-key") for r in lab.requests}


def test_the_key_is_shown_to_the_platforms_own_host_alone(lab: Lab, tmp_path: Path) -> None:
    told: list[Exchange] = []
    doors = HttpDoors(settings(lab, tmp_path), {NAME: api.KEY}, clock.fixed(lab.clock.now()))
    (own,) = credentials(doors.settings, KEYED, doors.secrets)
    with doors(Route(KEYED, own), told.append) as ask:
        ask("GET", "/channels", [("part", "id"), ("id", "x")])
        ask("GET", "https://sentinel-a.example/sentinel/a")
    assert sent(lab) == {"127.0.0.1": api.KEY, "sentinel-a.example": None}
    assert api.KEY not in repr(told)


def test_the_route_without_a_key_and_other_platforms_never_show_it(lab: Lab, tmp_path: Path) -> None:
    doors = HttpDoors(settings(lab, tmp_path), {NAME: api.KEY}, clock.fixed(lab.clock.now()))
    for name in ("youtube", "telegram", "bluesky"):
        with doors(Route(platforms()[name]), lambda _: None) as ask:
            ask("GET", "")
    with doors(None, lambda _: None) as ask:
        ask("GET", "https://sentinel-a.example/sentinel/a")
    assert set(sent(lab).values()) == {None}


def test_a_key_chooses_the_route_and_a_variable_that_is_named_wins_over_the_usual_one(lab: Lab, tmp_path: Path) -> None:
    usual = settings(lab, tmp_path)
    assert as_read(usual, "youtube", {}).capability.route == "feed"
    assert as_read(usual, "youtube", {NAME: "k"}) is KEYED
    (own,) = credentials(usual, KEYED, {NAME: "k"})
    assert (own.name, own.headers) == (NAME, {"X-Goog-Api-Key": "k"})
    named = settings(lab, tmp_path, key_env="KUNCI_KAMI")
    assert as_read(named, "youtube", {NAME: "k"}).capability.route == "feed"
    (own,) = credentials(named, KEYED, {"KUNCI_KAMI": "k", NAME: "other"})
    assert (own.name, own.headers) == ("KUNCI_KAMI", {"X-Goog-Api-Key": "k"})


def test_with_a_key_handles_are_within_reach(lab: Lab, tmp_path: Path) -> None:
    found = settings(lab, tmp_path)
    assert reach(found, {}).only["youtube"].fullmatch("@kota_contoh") is None
    assert reach(found, {NAME: "k"}).only["youtube"].fullmatch("@kota_contoh")
    assert "youtube" not in reach(settings(lab, tmp_path, enabled=False), {NAME: "k"}).platforms


def test_the_account_to_ask_as_is_the_first_credentials_and_a_hint_to_the_others(tmp_path: Path) -> None:
    keyed = platforms()["instagram"].keyed
    assert keyed is not None
    (tmp_path / "auditor.yaml").write_text(
        json.dumps({"platforms": {"instagram": {"token_envs": ["AUDITOR_A", "AUDITOR_B"]}}}), "utf-8"
    )
    found = load_settings(tmp_path)
    assert not isinstance(found, Rejected), found
    values = {"AUDITOR_A": "satu", "AUDITOR_B": "dua", "AUDITOR_INSTAGRAM_USER_ID": "17841406338772941"}
    about = [dict(c.about) for c in credentials(found, keyed, values)]
    assert about == [{"user_id": "17841406338772941"}, {"first_user_id": "17841406338772941"}]
