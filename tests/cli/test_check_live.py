"""`auditor check --live`: each credential is tried with one cheap call, counted, and named, never shown."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from auditor.errors import Exit
from tests.lab import youtube_api as api

from .office import Office, auditor
from .test_check_plan import FIRST, NOW, SECOND, keys, office, platform

__all__ = ["office"]


def test_a_credential_that_works_says_so_after_one_call_that_is_counted(office: Office) -> None:
    keys(office, **{FIRST: api.KEY})
    office.lab.forget()
    said = office("check", "--live", lang="en")
    assert said.code == 0
    assert f"YouTube {FIRST}: works" in said.out
    assert [r.path for r in office.lab.requests] == ["/google/youtube/v3/channels"]
    (quota,) = [q for q in office("status", "--format", "json").json["quota"] if q["lane"].startswith("youtube:")]
    assert quota["spent"] == 1


def test_each_of_a_pool_is_tried_and_a_rejected_one_makes_16(office: Office) -> None:
    platform(office, "youtube", token_envs=[FIRST, SECOND])
    keys(office, **{FIRST: api.KEY, SECOND: api.WRONG})
    said = office("check", "--live", lang="en")
    assert said.code == Exit.CREDENTIAL
    assert f"YouTube {FIRST}: works" in said.out
    assert f"YouTube {SECOND}: YouTube rejects this key" in said.out
    assert api.WRONG not in said.out + said.err


def test_a_key_without_its_permission_makes_16_too(office: Office) -> None:
    keys(office, **{FIRST: api.DISABLED})
    assert office("check", "--live").code == Exit.CREDENTIAL


@pytest.mark.parametrize("trouble", ["a used-up day", "no network"])
def test_what_says_nothing_about_the_credential_is_told_and_ends_0(office: Office, trouble: str) -> None:
    keys(office, **{FIRST: api.SPENT if trouble == "a used-up day" else api.KEY})
    if trouble == "no network":
        office.lab.break_with({"kind": "drop", "platform": api.NAME})
    said = office("check", "--live", lang="en")
    assert said.code == 0
    assert f"YouTube {FIRST}: " in said.out
    assert "works" not in said.out


def test_programs_read_it_beside_the_plan(office: Office) -> None:
    keys(office, **{FIRST: api.WRONG})
    said = office("check", "--live", "--format", "json")
    assert list(said.json) == ["problems", "plan", "live"]
    (one,) = said.json["live"]
    assert (one["platform"], one["credential"], one["works"]) == ("youtube", FIRST, False)
    assert list(office("check", "--format", "json").json) == ["problems", "plan"]


def test_without_any_credential_it_says_so_and_asks_nobody(office: Office) -> None:
    office.lab.forget()
    said = office("check", "--live", lang="en")
    assert (said.code, office.lab.requests) == (0, [])
    assert "no credential here yet" in said.out


def test_a_rehearsal_asks_nobody_off_this_machine(tmp_path: Path) -> None:
    (tmp_path / "auditor.yaml").write_text("platforms: {youtube: {key_env: KUNCI}}\n")
    (tmp_path / "accounts.yaml").write_text("agencies: []\n")
    (tmp_path / ".env").write_text(f"KUNCI={api.KEY}\n")
    (tmp_path / ".env").chmod(0o600)
    said = auditor("--config", str(tmp_path), "--now", NOW.isoformat(), "check", "--live")
    assert said.code == Exit.USAGE


def test_one_that_works_again_is_asked_at_once(office: Office) -> None:
    """A rejected credential of a pool waits a day; a successful try ends that."""
    platform(office, "youtube", token_envs=[FIRST, SECOND])
    keys(office, **{FIRST: api.WRONG, SECOND: api.KEY})
    office.look(NOW, "--all")
    keys(office, **{FIRST: api.KEY, SECOND: api.KEY})
    office.lab.forget()
    assert office("check", "--live", now=NOW + timedelta(minutes=1)).code == 0
    office.look(NOW + timedelta(minutes=2), "--all")
    lanes = {one["lane"]: one["spent"] for one in office("status", "--format", "json").json["quota"]}
    assert lanes[f"youtube:{FIRST} call"] > 2  # the one that was rejected, and the one that tried it
