"""`auditor connect youtube`, from an office without a key to silences that are proved. Against the double."""

from __future__ import annotations

import io
import json
import os
import pty
import select
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from auditor.errors import Exit
from tests.lab import youtube_api as api
from tests.lab.model import Account, Post, Scenario, State, utc
from tests.lab.rhythm import ending, steady
from tests.lab.server import Lab

from .office import ROOT, Office, Said, configure, edit

NOW = utc("2026-11-23")
FIRST = utc("2026-01-05")
DAY = timedelta(days=1)
ACTIVE, SILENT, GONE, EMPTY, CONTROL = (
    f"UC{name}-kota-contoh-{n}A" for n, name in enumerate(("aktifff", "senyapp", "hilangg", "kosongg", "kontrol"), 2)
)
ENTRIES = ["@aktif_contoh", SILENT, "@hilang_contoh", "user/kosong_contoh", "c/lama"]


def account(id_: str, posts: tuple[Post, ...], *states: State, **options: object) -> Account:
    return Account(f"youtube:{id_}", "youtube", id_, FIRST, posts, states, title="Dinas Contoh", options=options)


WORLD = Scenario(
    name="kanal",
    now=NOW,
    accounts=(
        account(
            ACTIVE,
            (*steady("yt", FIRST, NOW + 60 * DAY, 2), Post(NOW - DAY, "upcoming")),
            custom="@aktif_contoh",
        ),
        account(SILENT, (*ending("senyap", NOW - 200 * DAY, 5, 30), Post(NOW - 2 * DAY, "upcoming"))),
        account(GONE, steady("h", FIRST, NOW, 3), State("deleted", NOW + DAY), custom="@hilang_contoh"),
        account(EMPTY, (), user="kosong_contoh"),
        account(CONTROL, steady("k", FIRST, NOW + 60 * DAY, 1)),
    ),
    controls=(f"youtube:{CONTROL}",),
)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with Lab(WORLD) as lab:
        yield Office(lab, configure(lab, tmp_path / "config", [{"youtube": entry} for entry in ENTRIES]), NOW)


@pytest.fixture
def pipe(office: Office, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Said]:
    """`pipe(key)` is the command with the key on standard input."""

    def connect(key: str, *more: str, lang: str | None = None) -> Said:
        monkeypatch.setattr(sys, "stdin", io.StringIO(key + "\n"))
        return office("connect", "youtube", *more, lang=lang)

    return connect


def rows(office: Office) -> dict[str, dict[str, Any]]:
    return {row["account"].partition(":")[2]: row for row in office("report", "--format", "json").json["accounts"]}


def test_before_a_key_nothing_is_called_silent_and_after_it_everything_is_told(
    office: Office, pipe: Callable[..., Said]
) -> None:
    office.look(NOW, "--all")
    before = rows(office)
    assert {row["status"] for row in before.values()} <= {"unknown", "active"}
    assert {before[e]["reason_code"] for e in ENTRIES if not e.startswith("UC")} == {"not_connected"}
    said = pipe(api.KEY)
    assert said.code == 0, said.err
    assert "auditor poll --only 'youtube:*'" in said.out
    for days in (0, 1, 3, 5, 8):
        assert office.look(NOW + days * DAY, "--only", "youtube:*").code == 0
    after = rows(office)
    assert {entry: row["status"] for entry, row in after.items()} == {
        "@aktif_contoh": "active",
        SILENT: "inactive",
        "@hilang_contoh": "lost",
        "user/kosong_contoh": "never_posted",
        "c/lama": "unknown",
    }
    assert after[SILENT]["last_post_at"] == "2026-05-07T00:00:00Z"
    assert after["c/lama"]["reason_code"] == "not_connected"
    assert after["@aktif_contoh"]["last_post_at"] != "2026-11-22T00:00:00Z"  # the broadcast that never began


def test_a_handle_is_resolved_once_and_then_asked_for_by_its_id(office: Office, pipe: Callable[..., Said]) -> None:
    pipe(api.KEY)
    office.look(NOW, "--all")
    assert {r.query[1] for r in office.lab.requests if r.face == api.NAME and "forHandle" in dict(r.query)} == {
        ("forHandle", "@aktif_contoh"),
        ("forHandle", "@hilang_contoh"),
    }
    office.lab.forget()
    office.look(NOW + DAY / 2, "--all")
    asked = [dict(r.query) for r in office.lab.requests if r.path.endswith("/channels")]
    assert [set(q["id"].split(",")) for q in asked] == [{ACTIVE, SILENT, GONE, EMPTY}]
    shown = office("show", "youtube:@aktif_contoh", "--format", "json").json
    assert ACTIVE in json.dumps(shown)


REFUSED = {
    "a wrong key": (api.WRONG, Exit.CREDENTIAL, "menolak"),
    "an expired key": (api.EXPIRED, Exit.CREDENTIAL, "kedaluwarsa"),
    "a project without the API": (api.DISABLED, Exit.FAILED, "apis/library/youtube.googleapis.com"),
    "a key for web sites": (api.RESTRICTED, Exit.FAILED, "Application restrictions"),
    "a used-up day": (api.SPENT, Exit.FAILED, "jatahnya hari ini habis"),
    "no key at all": ("", Exit.USAGE, "kosong"),
    "half a key": (api.KEY[:20], Exit.USAGE, "39"),
}


@pytest.mark.parametrize(("key", "code", "words"), REFUSED.values(), ids=REFUSED.keys())
def test_a_key_that_does_not_work_is_not_kept_and_the_reason_is_told(
    office: Office, pipe: Callable[..., Said], key: str, code: Exit, words: str
) -> None:
    said = pipe(key)
    assert said.code == code
    assert words in said.err
    assert not (office.config / ".env").exists()
    assert key == "" or key not in said.out + said.err


def test_without_a_network_the_key_is_untested_and_not_kept(office: Office, pipe: Callable[..., Said]) -> None:
    office.lab.break_with({"kind": "drop", "platform": api.NAME})
    said = pipe(api.KEY, lang="en")
    assert (said.code, "did not answer" in said.err) == (1, True)
    assert not (office.config / ".env").exists()


def test_a_key_is_tested_with_one_call(office: Office, pipe: Callable[..., Said]) -> None:
    pipe(api.KEY)
    (asked,) = office.lab.requests
    assert (asked.path, dict(asked.query)["part"]) == ("/google/youtube/v3/channels", "id")
    assert asked.headers["x-goog-api-key"] == api.KEY
    assert "key" not in dict(asked.query)


def test_a_failing_key_is_kept_on_demand_and_then_every_look_says_so(office: Office, pipe: Callable[..., Said]) -> None:
    said = pipe(api.WRONG, "--save-anyway")
    assert said.code == 0
    assert api.WRONG in (office.config / ".env").read_text()
    polled = office.look(NOW, "--all", "--format", "json")
    assert polled.code & Exit.CREDENTIAL
    assert polled.json["missed"] == {"credential_rejected": 1}


def test_the_key_comes_from_a_file_or_a_variable_but_never_from_the_command_line(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "kunci.txt").write_text(f"\n  {api.KEY}  \n")
    assert office("connect", "youtube", "--key-file", str(tmp_path / "kunci.txt")).code == 0
    (office.config / ".env").unlink()
    monkeypatch.setenv("KUNCI_SEMENTARA", api.KEY)
    assert office("connect", "yt", "--key-env", "KUNCI_SEMENTARA").code == 0
    assert api.KEY in (office.config / ".env").read_text()
    assert office("connect", "youtube", "--key", api.KEY).code == Exit.USAGE
    assert office("connect", "youtube", api.KEY).code == Exit.USAGE


def test_the_variable_that_the_settings_name_is_the_one_that_is_written(
    office: Office, pipe: Callable[..., Said]
) -> None:
    settings = json.loads((office.config / "auditor.yaml").read_text())
    settings["platforms"]["youtube"]["key_env"] = "KUNCI_KAMI"
    edit(office.config, {"platforms": settings["platforms"]})
    (office.config / ".env").write_text("# milik kantor\nLAIN=1\nKUNCI_KAMI=lama\n")
    (office.config / ".env").chmod(0o600)
    assert pipe(api.KEY).code == 0
    assert (office.config / ".env").read_text() == f"# milik kantor\nLAIN=1\nKUNCI_KAMI={api.KEY}\n"
    assert (office.config / ".env").stat().st_mode & 0o777 == 0o600


def test_the_key_stands_in_no_table_log_or_report(
    office: Office, pipe: Callable[..., Said], caplog: pytest.LogCaptureFixture
) -> None:
    said = [pipe(api.KEY), office.look(NOW, "--all"), office("report"), office("show", f"youtube:{SILENT}")]
    said += [office("status"), office("check"), office("connect")]
    assert all(api.KEY not in s.out + s.err for s in said)
    assert api.KEY not in caplog.text
    with sqlite3.connect(office.config / "auditor.db") as database:
        assert api.KEY not in "\n".join(database.iterdump())
    database.close()


def test_a_redirect_to_another_host_never_gets_the_key(office: Office, pipe: Callable[..., Said]) -> None:
    pipe(api.KEY)
    office.lab.forget()
    away = "https://sentinel-a.example/google/youtube/v3/channels"
    office.lab.break_with({"kind": "redirect", "platform": api.NAME, "location": away})
    office.look(NOW, "--all")
    assert {r.headers.get("x-goog-api-key") for r in office.lab.requests if r.face != api.NAME} <= {None}


def test_a_used_up_day_stops_the_lane_until_midnight_pacific_time(office: Office, pipe: Callable[..., Said]) -> None:
    pipe(api.KEY)
    office.lab.faces["youtube_api"].limit = 2
    polled = office.look(NOW, "--all", "--format", "json")
    assert set(polled.json["missed"]) == {"quota_exhausted"}
    office.lab.forget()
    office.look(NOW + timedelta(hours=7, minutes=59), "--all")
    assert [r for r in office.lab.requests if r.face == api.NAME] == []
    office.lab.faces["youtube_api"].limit = 1000
    assert office.look(NOW + timedelta(hours=8), "--all", "--format", "json").json["seen"] == 4


REFUSALS = {
    "telegram": "tanpa kunci",
    "whatsapp_channel": "hanya dapat dilihat orang",
}


@pytest.mark.parametrize(("name", "words"), REFUSALS.items(), ids=REFUSALS.keys())
def test_a_platform_without_a_road_here_is_refused_with_the_reason(office: Office, name: str, words: str) -> None:
    said = office("connect", name)
    assert said.code == Exit.REFUSED
    assert words in said.err
    assert said.err.count("\n") == 1


def test_a_name_that_is_no_platform_is_a_slip_of_the_hand(office: Office) -> None:
    said = office("connect", "friendster")
    assert said.code == Exit.USAGE
    assert "youtube" in said.err


@pytest.mark.parametrize(
    ("lang", "before", "after"), [("id", "dapat disambungkan", "tersambung"), ("en", "can be connected", "connected")]
)
def test_without_a_name_every_platform_is_listed_with_its_state(
    office: Office, pipe: Callable[..., Said], lang: str, before: str, after: str
) -> None:
    def line() -> str:
        return next(row for row in office("connect", lang=lang).out.splitlines() if row.startswith("YouTube"))

    assert before in line()
    assert "auditor connect youtube" in line()
    pipe(api.KEY)
    assert line().endswith(f"5  {after}")


def test_a_person_is_led_there_and_what_is_typed_is_not_shown(office: Office) -> None:
    """On a terminal: the steps, then a question whose answer the terminal does not echo."""
    command = [sys.executable, "-m", "auditor", "--config", str(office.config), "--now", NOW.isoformat()]
    leader, follower = pty.openpty()
    with subprocess.Popen(
        [*command, "connect", "youtube"], cwd=ROOT, stdin=follower, stdout=follower, stderr=follower, close_fds=True
    ) as process:
        os.close(follower)
        screen = read_until(leader, "tidak akan tampak")
        os.write(leader, f"{api.KEY}\n".encode())
        screen += read_until(leader, None)
        assert process.wait(20) == 0
    os.close(leader)
    assert " 1. " in screen
    assert "4 akun dari daftar Anda" in screen
    assert "Kunci bekerja" in screen
    assert api.KEY not in screen


def read_until(terminal: int, text: str | None) -> str:
    """What a terminal shows, until a text stands there or the program has ended."""
    shown = ""
    while text is None or text not in shown:
        ready, _, _ = select.select([terminal], [], [], 20)
        assert ready, shown
        try:
            part = os.read(terminal, 4096)
        except OSError:  # the other end is closed
            return shown
        if not part:
            return shown
        shown += part.decode()
    return shown
