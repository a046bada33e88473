"""Where a credential of a pool is kept, and what auditor.yaml must say for a further one to be used."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

from auditor.config.secrets import read_secrets
from auditor.config.settings import Rejected, Settings, load_settings
from auditor.connect import Road, road
from auditor.errors import Exit
from auditor.platforms import platforms
from auditor.routes import credentials
from tests.cli.office import Office, Said
from tests.cli.test_check_plan import FIRST, SECOND, keys, office, platform
from tests.lab import youtube_api as api

__all__ = ["office"]

Connect: TypeAlias = Callable[..., Said]


def way(name: str) -> Road:
    found = road(platforms()[name])
    assert found is not None
    return found


YOUTUBE, INSTAGRAM = way("youtube"), way("instagram")


def settings(tmp_path: Path, text: str = "{}\n") -> Settings:
    (tmp_path / "auditor.yaml").write_text(text, "utf-8")
    found = load_settings(tmp_path)
    assert not isinstance(found, Rejected), found
    return found


POOLS = {
    "nothing written": ("{}\n", (FIRST,)),
    "one key": ("platforms: {youtube: {key_env: A}}\n", ("A",)),
    "a list": ("platforms: {youtube: {token_envs: [A, B]}}\n", ("A", "B")),
    "a key and a list": ("platforms: {youtube: {key_env: A, token_envs: [A, B]}}\n", ("A", "B")),
}


@pytest.mark.parametrize(("text", "pool"), POOLS.values(), ids=POOLS.keys())
def test_the_pool_is_what_auditor_yaml_names_in_its_order(tmp_path: Path, text: str, pool: tuple[str, ...]) -> None:
    found = settings(tmp_path, text)
    assert YOUTUBE.pool(found) == pool
    names = [c.name for c in credentials(found, YOUTUBE.keyed, dict.fromkeys(pool, "x"))]
    assert tuple(names) == pool


def test_a_credential_goes_where_none_is_yet_and_else_replaces_the_first(tmp_path: Path) -> None:
    found = settings(tmp_path, "platforms: {youtube: {token_envs: [A, B]}}\n")
    assert YOUTUBE.variable(found, {"A"}) == "B"
    assert YOUTUBE.variable(found, {"A", "B"}) == "A"
    assert YOUTUBE.variable(found) == "A"


def test_a_further_one_gets_the_next_number_and_the_line_that_makes_it_count(tmp_path: Path) -> None:
    found = settings(tmp_path)
    assert YOUTUBE.next_variable(found) == SECOND
    line = YOUTUBE.pool_line(found, SECOND)
    written = settings(tmp_path, f"platforms:\n  {line}\n")
    assert YOUTUBE.pool(written) == (FIRST, SECOND) == YOUTUBE.pool(YOUTUBE.with_further(found, SECOND))
    assert YOUTUBE.next_variable(written) == "AUDITOR_YOUTUBE_API_KEY_3"


def test_what_belongs_to_a_token_is_named_and_told_apart_from_secrets(tmp_path: Path) -> None:
    assert YOUTUBE.further(settings(tmp_path)) == {}
    assert INSTAGRAM.further(settings(tmp_path)) == {
        "AUDITOR_META_APP_SECRET": True,
        "AUDITOR_INSTAGRAM_USER_ID": False,
    }
    other = settings(tmp_path, "platforms: {instagram: {app_secret_env: RAHASIA, user_id_env: NOMOR}}\n")
    assert INSTAGRAM.further(other) == {"RAHASIA": True, "NOMOR": False}


@pytest.fixture
def said(office: Office, monkeypatch: pytest.MonkeyPatch) -> Connect:
    """`said(text, *arguments)`: the command with a text in its pipe."""

    def connect(text: str, *arguments: str) -> Said:
        monkeypatch.setattr(sys, "stdin", io.StringIO(text))
        return office("connect", "youtube", *arguments, lang="en")

    return connect


def test_a_further_key_is_tested_kept_and_its_line_printed(office: Office, said: Connect) -> None:
    keys(office, **{FIRST: api.KEY})
    found = said(api.KEY, "--add")
    assert found.code == 0
    assert f"{SECOND}={api.KEY}" in (office.config / ".env").read_text()
    assert f"youtube: {{token_envs: [{FIRST}, {SECOND}]}}" in found.out
    assert said(api.WRONG, "--add").code == Exit.CREDENTIAL


def test_one_of_several_is_replaced_by_its_name(office: Office, said: Connect) -> None:
    platform(office, "youtube", token_envs=[FIRST, SECOND])
    keys(office, **{FIRST: api.KEY, SECOND: api.WRONG})
    assert said(api.KEY, "--variable", SECOND).code == 0
    found = settings_of(office)
    assert set(read_secrets(found, {}, office.config).values()) == {api.KEY}
    slip = said(api.KEY, "--variable", "LAIN")
    assert (slip.code, SECOND in slip.err) == (Exit.USAGE, True)


def settings_of(office: Office) -> Settings:
    found = load_settings(office.config)
    assert not isinstance(found, Rejected)
    return found


@pytest.mark.parametrize("line", ["AUDITOR_X_BEARER_TOKEN=lain", "tanpa tanda"], ids=["another's variable", "no name"])
def test_a_line_that_belongs_to_nothing_is_a_slip_and_nothing_is_kept(office: Office, said: Connect, line: str) -> None:
    found = said(f"{api.KEY}\n{line}\n")
    assert found.code == Exit.USAGE
    assert "line 2" in found.err
    assert not (office.config / ".env").exists()
    assert line not in found.err


def test_empty_lines_after_the_key_are_nothing(office: Office, said: Connect) -> None:
    assert said(f"\n{api.KEY}\n\n\n").code == 0


def test_a_tried_key_is_counted_where_there_is_a_ledger(office: Office, said: Connect) -> None:
    office.look(office.now, "--all")
    said(api.KEY)
    (quota,) = office("status", "--format", "json").json["quota"]
    assert quota["spent"] == 1
