"""How far an office is from each platform, and what it is told about a credential that does not work."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.config.settings import Rejected, Settings, load_settings
from auditor.connect import Failure, Road, State, explained, failed, road, state_of, states, tried, why_not
from auditor.core.model import AccountRef, Barrier, Miss, Missed, Unreadable
from auditor.core.register import Account, Register
from auditor.errors import Exit
from auditor.fetch.answer import Ask, missed
from auditor.platforms import platforms
from auditor.platforms.base import Connect
from auditor.words import LANGUAGES, words

ALL = platforms()
YOUTUBE = road(ALL["youtube"])
assert YOUTUBE is not None
READ: Road = YOUTUBE
HANDLES = ("UCpemkot-kota-contoh-01A", "@diskominfo_contoh", "user/disdikcontoh", "c/lama", "tanpaid")


def register(*handles: str) -> Register:
    accounts = tuple(
        Account(f"youtube:{h}", AccountRef("youtube", h), f"https://youtube.example/{h}", "a", h, "f:1")
        for h in handles
    )
    return Register((), accounts, "0" * 64)


def settings(tmp_path: Path, text: str = "{}\n") -> Settings:
    (tmp_path / "auditor.yaml").write_text(text, "utf-8")
    found = load_settings(tmp_path)
    assert not isinstance(found, Rejected), found
    return found


def test_every_platform_has_one_state_and_a_key_changes_it() -> None:
    bare = {row.platform: row.state for row in states(register(), ALL, ALL, {"x"})}
    assert set(bare) == set(ALL)
    assert bare["youtube"] is State.OPEN
    assert bare["telegram"] is State.FREE
    assert bare["x"] is State.FORBIDDEN
    assert {bare[name] for name in ("instagram", "facebook", "threads")} == {State.OPEN}
    assert bare["whatsapp_channel"] is State.BY_HAND
    assert state_of(ALL["youtube"], READ.keyed) is State.CONNECTED


def test_the_list_counts_the_accounts_of_each() -> None:
    counts = {row.platform: row.accounts for row in states(register(*HANDLES), ALL, ALL)}
    assert counts["youtube"] == 5
    assert counts["telegram"] == 0


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", sorted(n for n, p in ALL.items() if road(p) is None))
def test_what_cannot_be_connected_says_why_in_one_sentence(name: str, language: str) -> None:
    said = why_not(ALL[name], words(language))
    assert ALL[name].title in said
    assert "\n" not in said


def test_a_key_gains_the_entries_that_can_be_asked_for() -> None:
    assert READ.gained(register(*HANDLES)) == 3


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_steps_are_numbered_and_lead_to_a_restricted_key(language: str) -> None:
    said = words(language)("connect.youtube.steps", accounts=7)
    assert [line[:4].strip() for line in said.splitlines() if line[:2].strip().isdigit()] == [
        "1.",
        "2.",
        "3.",
        "4.",
        "5.",
        "6.",
    ]
    for part in ("console.cloud.google.com", "YouTube Data API v3", "10.000" if language == "id" else "10,000", " 7 "):
        assert part in said


class TestNotes:
    """What else keeps a credential from being of use."""

    def test_without_any_settings_the_usual_variable_counts(self, tmp_path: Path) -> None:
        found = settings(tmp_path)
        assert READ.variable(found) == "AUDITOR_YOUTUBE_API_KEY"
        assert list(READ.notes(found, register(), {}, "k", words("id"))) == []

    def test_the_settings_may_name_another(self, tmp_path: Path) -> None:
        assert READ.variable(settings(tmp_path, "platforms: {youtube: {key_env: KUNCI_KAMI}}\n")) == "KUNCI_KAMI"

    def test_a_variable_of_the_environment_wins_and_that_is_said(self, tmp_path: Path) -> None:
        found, named = settings(tmp_path), READ.connect.variable
        assert list(READ.notes(found, register(), {named: "k"}, "k", words("en"))) == []
        (note,) = READ.notes(found, register(), {named: "another"}, "k", words("en"))
        assert named in note
        assert "another" not in note.replace("another key", "")

    def test_a_platform_that_is_switched_off_gets_the_exact_line(self, tmp_path: Path) -> None:
        found = settings(tmp_path, "platforms: {youtube: {enabled: false}}\n")
        (note,) = READ.notes(found, register(), {}, "k", words("id"))
        line = "youtube: {enabled: true, key_env: AUDITOR_YOUTUBE_API_KEY}"
        assert note.endswith(line)
        assert settings(tmp_path, f"platforms:\n  {line}\n").platforms["youtube"].enabled

    def test_entries_that_stay_unread_are_counted(self, tmp_path: Path) -> None:
        (note,) = READ.notes(settings(tmp_path), register(*HANDLES), {}, "k", words("id"))
        assert note.startswith("2 akun")


OUTCOMES: dict[str, Failure] = {
    "rejected": Missed(Miss.CREDENTIAL_REJECTED, "API_KEY_INVALID"),
    "expired": Missed(Miss.CREDENTIAL_REJECTED, "expired"),
    "not enabled": Missed(Miss.PERMISSION_MISSING, "accessNotConfigured"),
    "for other APIs": Missed(Miss.PERMISSION_MISSING, "API_KEY_SERVICE_BLOCKED"),
    "for web sites": Missed(Miss.PERMISSION_MISSING, "API_KEY_HTTP_REFERRER_BLOCKED"),
    "for other machines": Missed(Miss.PERMISSION_MISSING, "API_KEY_IP_ADDRESS_BLOCKED"),
    "not allowed": Missed(Miss.PERMISSION_MISSING, "forbidden"),
    "used up": Missed(Miss.QUOTA_EXHAUSTED, "quotaExceeded"),
    "too fast": Missed(Miss.RATE_LIMITED),
    "no network": Missed(Miss.UNREACHABLE, "dns"),
    "a strange answer": Missed(Miss.UNRECOGNISED, "kind"),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_failure_has_its_own_words(language: str) -> None:
    said = [explained("youtube", outcome, words(language)) for outcome in OUTCOMES.values()]
    assert len(set(said)) == len(OUTCOMES)


def test_an_api_that_is_not_enabled_names_where_to_enable_it() -> None:
    for language in LANGUAGES:
        assert "apis/library/youtube.googleapis.com" in explained("youtube", OUTCOMES["not enabled"], words(language))


def test_words_of_a_server_are_never_repeated() -> None:
    odd = Missed(Miss.UNRECOGNISED, "\x1b[31m{path}")
    assert "\x1b" not in explained("youtube", odd, words("id"))
    assert "{path}" not in explained("youtube", Unreadable(Barrier.GONE, "{path}"), words("id"))


def test_only_a_rejected_key_has_the_exit_code_of_one() -> None:
    codes = {name: failed(outcome) for name, outcome in OUTCOMES.items()}
    assert {name for name, code in codes.items() if code is Exit.CREDENTIAL} == {"rejected", "expired"}
    assert {code for name, code in codes.items() if name not in ("rejected", "expired")} == {Exit.FAILED}


def test_a_test_that_raises_nothing_is_passed() -> None:
    def ask(*_: object, **__: object) -> object:
        raise AssertionError

    def refuse(ask: Ask) -> None:
        raise missed(Miss.UNREACHABLE, "dns")

    good = Connect("key_env", "A", READ.connect.form, lambda ask: None)
    bad = Connect("key_env", "A", READ.connect.form, refuse)
    assert tried(good, ask) is None  # type: ignore[arg-type]
    assert tried(bad, ask) == Missed(Miss.UNREACHABLE, "dns")  # type: ignore[arg-type]
