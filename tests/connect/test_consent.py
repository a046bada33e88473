"""An owner's consent: how it is had, that it is the right one's, renews itself and never shows."""

from __future__ import annotations

import contextlib
import io
import json
import re
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import click
import pytest

from auditor import clock
from auditor.cli import run
from auditor.cli.consenting import consent
from auditor.cli.session import Session
from auditor.config.settings import Rejected, Settings, load_settings
from auditor.config.vault import Vault
from auditor.consent import code_in
from auditor.errors import Exit, UserError
from auditor.fetch.answer import Ask
from auditor.platforms.tiktok import KEYED, PLATFORM
from auditor.routes import HttpDoors, credentials, reach, routes
from auditor.words import words
from tests.cli.office import Office, Said, configure, edit
from tests.lab import tiktok as face
from tests.lab.model import Account, Post, Scenario, State, utc
from tests.lab.rhythm import ending, steady
from tests.lab.server import Lab
from tests.lab_tests.asking import ask

NOW = utc("2026-11-23")
FIRST = utc("2026-01-05")
DAY = timedelta(days=1)
BUSY, SILENT, OTHER, EMPTY = "humas_contoh", "senyap_contoh", "lain_contoh", "kosong_contoh"
EN = words("en")


def account(handle: str, posts: tuple[Post, ...], *states: State) -> Account:
    return Account(f"tiktok:{handle}", "tiktok", handle, FIRST, posts, states, title="\x1b[31mDinas Contoh")


WORLD = Scenario(
    name="tiktok",
    now=NOW,
    accounts=(
        account(BUSY, steady(BUSY, FIRST, NOW + 60 * DAY, 2)),
        account(SILENT, ending(SILENT, NOW - 100 * DAY, 5, 30)),
        account(OTHER, steady(OTHER, FIRST, NOW + 60 * DAY, 2)),
        account(EMPTY, ()),
    ),
)


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    """The app is there; nobody has consented."""
    for name, value in face.SECRETS.items():
        monkeypatch.setenv(name, value)
    with Lab(WORLD) as lab:
        yield Office(lab, configure(lab, tmp_path / "config", [{"tiktok": h} for h in (BUSY, SILENT, EMPTY)]), NOW)


@dataclass
class Browser(io.TextIOBase):
    """Standard input of a person who opens the address that was printed, and pastes the one it ends at."""

    office: Office
    cookie: str
    then: str = ""  # what is typed at the next question
    change: tuple[str, str] = ("", "")  # in the pasted address
    printed: io.StringIO = field(default_factory=io.StringIO)
    opened: str = ""
    pasted: str = ""

    def readline(self, limit: int | None = -1, /) -> str:  # type: ignore[override]
        if self.opened:
            return self.then + "\n"
        found = re.search(r"https://www\.tiktok\.com/v2/auth/authorize/\?(\S+)", self.printed.getvalue())
        assert found, self.printed.getvalue()
        self.opened = found[1]
        said = ask(self.office.lab, f"{face.PREFIX}/v2/auth/authorize/?{found[1]}", Cookie=self.cookie)
        assert said.status == 302, said.text
        self.pasted = said.headers["location"].replace(*self.change) if self.change[0] else said.headers["location"]
        return self.pasted + "\n"


def connect(office: Office, browser: Browser, account: str | None = BUSY) -> Said:
    """The walk, as the command runs it."""
    session = Session(office.config, "en", office.now.isoformat())
    out, before = io.StringIO(), sys.stdin
    sys.stdin = browser
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(browser.printed):
            code: int = consent(session, session.in_force(), EN, account)
    except UserError as error:
        browser.printed.write(str(error))
        code = error.exit_code
    finally:
        sys.stdin = before
    return Said(code, out.getvalue(), browser.printed.getvalue())


def _echo(to: io.StringIO, message: object = "", **_: object) -> None:
    to.write(f"{message}\n")


def auditor_run(office: Office, *arguments: str) -> int:
    return run(["--config", str(office.config), "--now", office.now.isoformat(), *arguments])


def vault(office: Office) -> Vault:
    return Vault(office.config, "tiktok", EN)


def consented(office: Office, *handles: str) -> None:
    """The file as if the owners had just consented."""
    path = office.config / ".tiktok.json"
    path.write_text(json.dumps(face.kept(tiktok(office), office.now, *handles)))
    path.chmod(0o600)


def tiktok(office: Office) -> face.TikTok:
    found = office.lab.faces[face.NAME]
    assert isinstance(found, face.TikTok)
    return found


def rows(office: Office) -> dict[str, dict[str, Any]]:
    return {row["account"].partition(":")[2]: row for row in office("report", "--format", "json").json["accounts"]}


def settings(office: Office) -> Settings:
    found = load_settings(office.config)
    assert not isinstance(found, Rejected)
    return found


def door_of(office: Office, owner: str) -> AbstractContextManager[Ask]:
    """The door of an owner's lane."""
    found = settings(office)
    (own,) = [r for r in routes(found, {})["tiktok"] if r.credential and r.credential.name == f"@{owner}"]
    return HttpDoors(found, dict(face.SECRETS), clock.fixed(office.now))(own, lambda _: None)


def asked(office: Office, path: str) -> int:
    return sum(r.path.endswith(path) for r in office.lab.requests)


REFUSED = {
    "another account is signed in": ({"cookie": f"sessionid={OTHER}"}, Exit.CREDENTIAL, f"@{OTHER}"),
    "the owner says no": ({"cookie": "agrees="}, Exit.CREDENTIAL, "did not consent"),
    "one of two is ticked": (
        {"cookie": f"sessionid={BUSY}; agrees=user.info.basic"},
        Exit.CREDENTIAL,
        "video.list",
    ),
    "another state": ({"cookie": f"sessionid={BUSY}", "change": ("state=", "state=x")}, Exit.USAGE, "state"),
    "half an address": ({"cookie": f"sessionid={BUSY}", "change": ("state=", "keadaan=")}, Exit.USAGE, "code"),
    "another code": (
        {"cookie": f"sessionid={BUSY}", "change": ("code=", "code=x")},
        Exit.CREDENTIAL,
        "used before",
    ),
}


class TestWalk:
    """`auditor connect tiktok --account HANDLE`."""

    def test_an_owner_consents_and_the_account_is_read(self, office: Office) -> None:
        browser = Browser(office, f"sessionid={BUSY}")
        said = connect(office, browser)
        assert said.code == 0, said.err
        assert f"auditor poll --only 'tiktok:{BUSY}'" in said.out
        kept = vault(office).read()[BUSY]
        assert kept.grant.open_id == kept.known_as == face.open_id(WORLD.account(f"tiktok:{BUSY}"))
        assert (office.config / ".tiktok.json").stat().st_mode & 0o777 == 0o600
        assert office.look(NOW, "--all").code == 0
        assert {entry: row["status"] for entry, row in rows(office).items()} == {
            BUSY: "active",
            SILENT: "unknown",
            EMPTY: "unknown",
        }
        assert rows(office)[SILENT]["reason_code"] == "not_connected"

    def test_the_address_asks_for_the_two_scopes_and_a_state_of_its_own(self, office: Office) -> None:
        browsers = [Browser(office, f"sessionid={BUSY}") for _ in range(2)]
        for browser in browsers:
            connect(office, browser)
        queries = [parse_qs(browser.opened) for browser in browsers]
        assert queries[0]["scope"] == ["user.info.basic,video.list"]
        assert queries[0]["redirect_uri"] == [face.REDIRECT]
        assert queries[0]["response_type"] == ["code"]
        assert "code_challenge" not in queries[0]
        assert queries[0]["state"] != queries[1]["state"]
        assert len(queries[0]["state"][0]) >= 32

    def test_an_app_of_this_machine_is_asked_for_a_proof(self, office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("AUDITOR_TIKTOK_REDIRECT_URI", face.DESKTOP)
        browser = Browser(office, f"sessionid={BUSY}")
        assert connect(office, browser).code == 0
        assert parse_qs(browser.opened)["code_challenge_method"] == ["S256"]

    @pytest.mark.parametrize(("how", "code", "said"), REFUSED.values(), ids=REFUSED.keys())
    def test_what_is_not_the_owners_consent_is_not_kept(
        self, office: Office, how: dict[str, Any], code: Exit, said: str
    ) -> None:
        answer = connect(office, Browser(office, **how))
        assert (answer.code, said in answer.err) == (code, True), answer.err
        assert vault(office).read() == {}

    def test_an_account_without_videos_is_named_by_a_person(self, office: Office) -> None:
        said = connect(office, Browser(office, f"sessionid={EMPTY}", then="n"), EMPTY)
        assert said.code != 0
        assert vault(office).read() == {}
        assert "\x1b" not in said.err
        assert connect(office, Browser(office, f"sessionid={EMPTY}", then="y"), EMPTY).code == 0
        assert set(vault(office).read()) == {EMPTY}

    def test_the_command_walks_the_same_way(self, office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
        browser = Browser(office, f"sessionid={BUSY}")
        monkeypatch.setattr(sys, "stdin", browser)
        monkeypatch.setattr(click, "echo", partial(_echo, browser.printed))
        assert auditor_run(office, "connect", "tiktok", "--account", BUSY) == 0
        assert set(vault(office).read()) == {BUSY}

    def test_without_an_account_the_steps_are_told(self, office: Office) -> None:
        said = connect(office, Browser(office, ""), None)
        assert (said.code, "Redirect URI" in said.out) == (Exit.USAGE, True)

    @pytest.mark.parametrize("written", [f"@{BUSY}", BUSY.upper(), f"tiktok:{BUSY}", f"https://www.tiktok.com/@{BUSY}"])
    def test_the_account_may_be_written_as_people_write_it(self, office: Office, written: str) -> None:
        assert connect(office, Browser(office, f"sessionid={BUSY}"), written).code == 0
        assert set(vault(office).read()) == {BUSY}

    def test_an_account_that_is_not_on_the_list_is_not_asked(self, office: Office) -> None:
        assert connect(office, Browser(office, ""), OTHER).code == Exit.USAGE
        assert office.lab.requests == []

    @pytest.mark.parametrize("name", sorted(face.SECRETS))
    def test_an_app_that_is_not_whole_is_told(self, office: Office, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
        monkeypatch.delenv(name)
        said = connect(office, Browser(office, ""))
        assert (said.code, "AUDITOR_TIKTOK_CLIENT_SECRET" in said.err) == (Exit.USAGE, True)

    def test_a_wrong_app_secret_is_told_as_that(self, office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("AUDITOR_TIKTOK_CLIENT_SECRET", "salah")
        said = connect(office, Browser(office, f"sessionid={BUSY}"))
        assert (said.code, "office's app" in said.err) == (Exit.CREDENTIAL, True)

    def test_a_rehearsal_asks_nobody_off_this_machine(self, office: Office) -> None:
        written = json.loads((office.config / "auditor.yaml").read_text())["platforms"]
        edit(office.config, {"platforms": written | {"tiktok": {"enabled": True}}})
        said = connect(office, Browser(office, f"sessionid={BUSY}"))
        assert (said.code, "open.tiktokapis.com" in said.err) == (Exit.USAGE, True)

    def test_a_second_consent_by_another_app_stays_the_same_account(self, office: Office) -> None:
        """Ids are told per app; that alone makes nobody another."""
        consented(office, BUSY)
        path = office.config / ".tiktok.json"
        kept = json.loads(path.read_text())
        kept[BUSY] |= {"app": "aw0aplikasi0lama", "open_id": "-000lama", "known_as": "-000lama"}
        path.write_text(json.dumps(kept))
        assert connect(office, Browser(office, f"sessionid={BUSY}")).code == 0
        assert vault(office).read()[BUSY].known_as == "-000lama"
        kept[BUSY]["app"] = face.KEY
        path.write_text(json.dumps(kept))
        assert connect(office, Browser(office, f"sessionid={BUSY}")).code == 0
        assert vault(office).read()[BUSY].known_as == face.open_id(WORLD.account(f"tiktok:{BUSY}"))


def test_a_pasted_address_is_what_it_says() -> None:
    back = "https://kotacontoh.example/kembali/?"
    assert code_in(f" {back}code=a%2Ab&scopes=x&state=s ", "s") == ("a*b", "")
    assert code_in(f"{back}error=access_denied&state=s", "s") == ("", "denied")
    assert code_in(f"{back}code=a&state=t", "s") == ("", "state")
    assert [code_in(text, "s") for text in ("", "kode", "https://[", f"{back}state=s")] == [("", "form")] * 4


class TestRoutes:
    """Who is read by which way."""

    def test_each_owner_has_a_lane_and_reads_that_account_alone(self, office: Office) -> None:
        consented(office, BUSY, SILENT)
        found = credentials(settings(office), KEYED, {})
        assert [(c.name, c.serves) for c in found] == [(f"@{h}", frozenset({h})) for h in (BUSY, SILENT)]
        assert [r.lane(BUSY) for r in routes(settings(office), {})["tiktok"]] == [
            f"tiktok:@{BUSY}",
            f"tiktok:@{SILENT}",
        ]
        readable = reach(settings(office), {})
        refs = {a.handle: a for a in WORLD.accounts}
        assert [readable.served["tiktok"] == {BUSY, SILENT}, set(refs) > {BUSY, SILENT}] == [True, True]
        assert all("act." not in repr(c) for c in found)

    def test_the_apps_key_alone_reads_nobody(self, office: Office) -> None:
        assert routes(settings(office), face.SECRETS)["tiktok"] == ()

    def test_the_page_is_asked_only_where_auditor_yaml_says_so(self, office: Office) -> None:
        office.look(NOW, "--all")
        assert [r for r in office.lab.requests if r.face == face.NAME] == []
        edit(office.config, {"platforms": {"tiktok": lab_settings(office) | {"embed": True}}})
        assert [r.platform for r in routes(settings(office), {})["tiktok"]] == [PLATFORM]
        office.look(NOW, "--all")
        assert {urlsplit(r.path).path.rpartition("@")[2] for r in office.lab.requests if r.face == face.NAME} >= {BUSY}
        assert rows(office)[BUSY]["status"] == "active"

    def test_without_the_word_the_page_is_not_asked_even_when_switched_on(self, office: Office) -> None:
        edit(office.config, {"platforms": {"tiktok": lab_settings(office) | {"enabled": True, "embed": False}}})
        office.look(NOW, "--all")
        assert [r for r in office.lab.requests if r.face == face.NAME] == []

    def test_the_page_proves_a_silence_by_the_newest_videos_own_page(self, office: Office) -> None:
        edit(office.config, {"platforms": {"tiktok": lab_settings(office) | {"embed": True}}})
        for days in (0, 4, 8):
            office.look(NOW + days * DAY, "--all")
        found = rows(office)
        assert (found[SILENT]["status"], found[BUSY]["status"], found[EMPTY]["status"]) == (
            "inactive",
            "active",
            "unknown",
        )


def lab_settings(office: Office) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((office.config / "auditor.yaml").read_text())["platforms"]["tiktok"]
    return found


class TestRenewal:
    """Tokens end after a day, and nobody has to care."""

    def test_a_silence_is_proved_over_weeks_and_each_look_renews(self, office: Office) -> None:
        consented(office, BUSY, SILENT)
        for days in (0, 4, 8):
            assert office.look(NOW + days * DAY, "--all").code == 0
        assert {entry: row["status"] for entry, row in rows(office).items()} == {
            BUSY: "active",
            SILENT: "inactive",
            EMPTY: "unknown",
        }
        assert asked(office, "/v2/oauth/token/") == 4

    def test_a_token_that_is_good_for_more_than_an_hour_is_not_renewed(self, office: Office) -> None:
        consented(office, BUSY)
        office.look(NOW + timedelta(hours=22, minutes=59), "--all")
        assert asked(office, "/v2/oauth/token/") == 0
        office.look(NOW + timedelta(hours=23), "--all")
        assert asked(office, "/v2/oauth/token/") == 1

    def test_newer_tokens_are_written_down_and_both_are_new(self, office: Office) -> None:
        consented(office, BUSY)
        before = vault(office).read()[BUSY]
        office.look(NOW + DAY, "--all")
        after = vault(office).read()[BUSY]
        assert after.grant.access_token != before.grant.access_token
        assert after.grant.refresh_token != before.grant.refresh_token
        assert after.grant.expires_at == NOW + 2 * DAY
        assert (after.known_as, after.app) == (before.known_as, before.app)

    def test_a_refused_token_is_renewed_once_and_the_look_succeeds(self, office: Office) -> None:
        consented(office, BUSY)
        tiktok(office).revoke(WORLD.account(f"tiktok:{BUSY}"), renewable=True)
        assert office.look(NOW, "--all").code == 0
        assert (asked(office, "/v2/oauth/token/"), asked(office, "/v2/video/list/") >= 2) == (1, True)

    def test_a_withdrawn_consent_stops_that_owner_alone_and_is_told(self, office: Office) -> None:
        consented(office, BUSY, SILENT)
        tiktok(office).revoke(WORLD.account(f"tiktok:{BUSY}"))
        said = office.look(NOW, "--all", "--format", "json")
        assert said.code & Exit.CREDENTIAL
        assert said.json["missed"] == {"credential_rejected": 1}
        assert asked(office, "/v2/oauth/token/") == 1
        found = rows(office)
        assert (found[BUSY]["status"], found[SILENT]["last_post_at"] is not None) == ("unknown", True)

    def test_a_token_url_that_is_away_does_not_matter_while_the_token_is_good(self, office: Office) -> None:
        consented(office, BUSY)
        office.lab.break_with({"kind": "drop", "platform": face.NAME, "path": "/v2/oauth/token/"})
        before = vault(office).read()
        said = office.look(NOW + timedelta(hours=23, minutes=30), "--all", "--format", "json")
        assert said.json["missed"] == {}
        assert vault(office).read() == before

    def test_a_token_url_that_is_away_when_the_token_has_ended_is_an_outage(self, office: Office) -> None:
        consented(office, BUSY)
        office.lab.break_with({"kind": "drop", "platform": face.NAME, "path": "/v2/oauth/token/"})
        said = office.look(NOW + 2 * DAY, "--all", "--format", "json")
        assert said.json["missed"] == {"unreachable": 1}
        office.lab.break_with()
        assert office.look(NOW + 3 * DAY, "--all").code == 0

    def test_another_process_that_was_faster_is_believed(self, office: Office) -> None:
        """Its tokens are used; the ones we hold are worth nothing any more."""
        consented(office, BUSY)
        lane = door_of(office, BUSY)
        with lane as ask_it:
            ask_it("POST", "/v2/video/list/", [("fields", "id")], {"Content-Type": "application/json"}, b"{}")
            consented(office, BUSY)
            tiktok(office).access = {t: one for t, one in tiktok(office).access.items() if t in _tokens(office)}
            said = ask_it("POST", "/v2/video/list/", [("fields", "id")], {"Content-Type": "application/json"}, b"{}")
        assert said.status == 200
        assert asked(office, "/v2/oauth/token/") == 0

    def test_without_the_apps_secret_an_ended_token_is_told_and_nobody_is_judged(
        self, office: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        consented(office, BUSY)
        office.look(NOW, "--all")
        assert rows(office)[BUSY]["status"] == "active"
        monkeypatch.delenv("AUDITOR_TIKTOK_CLIENT_SECRET")
        said = office.look(NOW + 2 * DAY, "--all", "--format", "json")
        assert said.json["missed"] == {"permission_missing": 1}
        assert rows(office)[BUSY]["status"] == "active"

    def test_a_file_that_cannot_be_written_is_not_asked_to_renew(self, office: Office) -> None:
        """A renewal that could not be kept would end the consent."""
        consented(office, BUSY)
        (office.config / ".tiktok.json.lock").mkdir()
        said = office.look(NOW + 2 * DAY, "--all", "--format", "json")
        assert said.json["missed"] == {"permission_missing": 1}
        assert asked(office, "/v2/oauth/token/") == 0

    def test_no_token_stands_in_any_table_report_or_line(
        self, office: Office, caplog: pytest.LogCaptureFixture
    ) -> None:
        browser = Browser(office, f"sessionid={BUSY}")
        said = [connect(office, browser)]
        secret = {*_tokens(office), face.SECRET, parse_qs(urlsplit(browser.pasted).query)["code"][0]}
        said += [office.look(NOW + n * DAY, "--all") for n in range(3)]
        secret |= _tokens(office)
        said += [office("report"), office("status"), office("check"), office("show", f"tiktok:{BUSY}")]
        written = "".join(s.out + s.err for s in said) + caplog.text
        with contextlib.closing(sqlite3.connect(office.config / "auditor.db")) as database:
            written += "\n".join(database.iterdump())
        assert len(secret) == 6
        assert [one for one in secret if one in written] == []


def _tokens(office: Office) -> set[str]:
    grant = vault(office).read()[BUSY].grant
    return {grant.access_token, grant.refresh_token}
