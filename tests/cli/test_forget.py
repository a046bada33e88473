"""`auditor accounts forget`: nothing goes without a word, and then it says what went and what stays."""

from __future__ import annotations

import io
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from auditor.core.model import AccountRef, Observation, Post, Seen
from auditor.core.register import Account, Register
from auditor.store.sqlite import SqliteStore, open_store
from auditor.store.verbs import Look

from .office import ROOT, Said, auditor

NOW = datetime(2026, 11, 20, 3, 0, 0, tzinfo=UTC)
LISTED, GONE = "x:pemkot_contoh", "x:lama_contoh"


class Terminal(io.StringIO):
    """Somebody sits there."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """An office whose list once named two accounts, both looked at."""
    folder = tmp_path / "config"
    folder.mkdir()
    (folder / "accounts.yaml").write_bytes((ROOT / "config/demo/accounts.yaml").read_bytes())
    (folder / "auditor.yaml").write_text("timezone: Asia/Jakarta\ndatabase: facts.db\n", "utf-8")
    with closing(facts(folder)) as store:
        before = [Account(k, AccountRef("x", k[2:]), f"https://x.com/{k[2:]}", "a", k, "f:1") for k in (LISTED, GONE)]
        ids = store.keep_register(Register((), tuple(before), "1" * 64), "{}", NOW - timedelta(days=9))
        run = store.begin_run("poll", NOW, "1" * 64, "v", rehearsal=False)
        posts = tuple(Post(f"kenari{n}", NOW - timedelta(days=40 * n)) for n in range(4))
        looks = [Look(ids[key], Observation(NOW, Seen("7", key[2:], posts, None))) for key in (LISTED, GONE)]
        store.record(run, looks)
        store.keep_register(Register((), tuple(before[:1]), "2" * 64), "{}", NOW)
    return folder


def facts(folder: Path) -> SqliteStore:
    return open_store(folder / "facts.db", NOW)


def forget(config: Path, *arguments: str, lang: str = "id") -> Said:
    return auditor("--config", str(config), "--lang", lang, "accounts", "forget", *arguments)


def left(config: Path) -> int:
    """Ids of posts in the file, in whatever table."""
    with closing(facts(config)) as store:
        posts = [store.history(state.id, NOW) for key in (LISTED, GONE) if (state := store.find(key))]
    seen = [o.outcome.posts for history in posts for o in history if isinstance(o.outcome, Seen)]
    return sum(p.native_id.startswith("kenari") for listed in seen for p in listed)


def test_on_a_pipe_nothing_goes_without_being_told_to(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\n"))
    said = forget(config, LISTED)
    assert (said.code, left(config)) == (3, 8)
    assert "--yes" in said.err


@pytest.mark.parametrize(("answer", "remaining"), [("ya", 4), ("t", 8), ("", 8)])
def test_a_person_is_asked(config: Path, monkeypatch: pytest.MonkeyPatch, answer: str, remaining: int) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal(f"{answer}\n"))
    said = forget(config, LISTED)
    assert (said.code, left(config)) == (0, remaining)
    assert "[y/T]" in said.out


@pytest.mark.parametrize("lang", ["id", "en"])
def test_what_went_is_counted_and_who_is_listed_is_read_again(config: Path, lang: str) -> None:
    said = forget(config, LISTED, "--yes", lang=lang)
    assert (said.code, said.err, len(said.out.splitlines())) == (0, "", 2)
    assert f"{LISTED}: 4" in said.out
    assert {"id": "apa-yang-disimpan.md", "en": "what-is-kept.md"}[lang] in said.out
    assert auditor("--config", str(config), "verify").code == 0


def test_an_account_that_was_taken_off_the_list_can_be_forgotten(config: Path) -> None:
    said = forget(config, GONE, "--yes")
    assert (said.code, len(said.out.splitlines()), left(config)) == (0, 1, 4)


def test_whoever_is_unknown_is_said_to_be(config: Path) -> None:
    said = forget(config, "x:tidak_ada", "--yes")
    assert (said.code, left(config)) == (1, 8)
    assert "x:tidak_ada" in said.err
