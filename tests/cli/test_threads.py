"""The program reads Threads through its own wire format, and nobody changes status because an app may not read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from auditor.platforms._threads_api import QUOTA
from auditor.poll.office import ledger
from auditor.store.sqlite import open_store
from tests.lab import Lab, threads
from tests.lab.model import Account, Scenario, State, utc
from tests.lab.rhythm import steady

from .office import Office, configure, edit

NOW = utc("2026-11-23")
FIRST = utc("2026-01-05")
LAST = utc("2026-06-01")
VARIABLE = "AUDITOR_THREADS_ACCESS_TOKEN"
HANDLES = ("humas.kota.contoh", "diam.kota.contoh", "kecil.kota.contoh")
STATES = {"humas.kota.contoh": (), "diam.kota.contoh": (), "kecil.kota.contoh": (State("ineligible", FIRST),)}


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    accounts = [
        Account(f"threads:{h}", "threads", h, FIRST, steady(h, FIRST, LAST if "diam" in h else NOW, 2), states)
        for h, states in STATES.items()
    ]
    monkeypatch.setenv(VARIABLE, threads.TOKEN)
    with Lab(Scenario("threads", NOW, tuple(accounts), controls=("threads:threads",))) as lab:
        listed = [f"https://www.threads.com/@{h}" for h in HANDLES]
        yield Office(lab, configure(lab, tmp_path / "config", listed), NOW)


def statuses(office: Office) -> dict[str, tuple[str, str | None]]:
    document = office("report", "--format", "json").json
    return {row["account"]: (row["status"], row["reason_code"]) for row in document["accounts"]}


def rounds(office: Office, days: Sequence[int]) -> None:
    for day in days:
        office.look(NOW + timedelta(days=day), "--all")


def test_the_active_is_active_the_silent_silent_and_of_the_small_nothing_is_known(office: Office) -> None:
    rounds(office, (0, 4, 8))
    found = statuses(office)
    assert found["threads:humas.kota.contoh"][0] == "active"
    assert found["threads:diam.kota.contoh"][0] == "inactive"
    assert found["threads:kecil.kota.contoh"] == ("unknown", "undecidable")


def test_our_ledger_is_what_the_double_counted(office: Office) -> None:
    rounds(office, (0,))
    with closing(open_store(office.config / "auditor.db", NOW, read_only=True)) as store:
        spent = store.spent(ledger(f"threads:{VARIABLE}", QUOTA), NOW - timedelta(days=2))
    assert spent == office.lab.faces["threads"].total[threads.TOKEN] == office.lab.calls["threads"] > 3


REFUSED = {
    "before the review": (threads.STANDARD, "permission_missing"),
    "without the permission": (threads.UNSCOPED, "permission_missing"),
    "expired": (threads.EXPIRED, "credential_rejected"),
}


@pytest.mark.parametrize(("token", "reason"), REFUSED.values(), ids=REFUSED)
def test_a_token_that_may_not_read_touches_no_account(
    office: Office, monkeypatch: pytest.MonkeyPatch, token: str, reason: str
) -> None:
    monkeypatch.setenv(VARIABLE, token)
    rounds(office, (0, 4, 8, 12))
    with closing(open_store(office.config / "auditor.db", NOW, read_only=True)) as store:
        assert {state.last_outcome for state in store.states().values() if state.looks} == {reason}
    assert {status for status, _ in statuses(office).values()} == {"unknown"}


def test_a_token_that_loses_its_rights_takes_no_status_with_it(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    rounds(office, (0, 4))
    before = statuses(office)
    monkeypatch.setenv(VARIABLE, threads.UNSCOPED)
    rounds(office, (6, 8))
    assert statuses(office) == before | {"threads:kecil.kota.contoh": statuses(office)["threads:kecil.kota.contoh"]}


def test_no_token_is_in_any_file_or_word(office: Office) -> None:
    said = office.look(NOW, "--all")
    said = said._replace(out=said.out + office("show", "threads:humas.kota.contoh").out)
    assert threads.TOKEN not in said.out + said.err
    for file in office.config.rglob("*"):
        assert not file.is_file() or threads.TOKEN.encode() not in file.read_bytes()


def test_a_round_forgets_what_was_not_read_again_and_changes_no_status(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit(office.config, {"platforms": {"threads": office_keys(office) | {"keep_days": 5}}})
    rounds(office, (0, 4))
    before = statuses(office)
    monkeypatch.setenv(VARIABLE, threads.EXPIRED)
    rounds(office, (10,))
    with closing(open_store(office.config / "auditor.db", NOW, read_only=True)) as store:
        with store._db.read() as con:
            ids = [name for (name,) in con.execute("SELECT post_id FROM posts")]
            acts = con.execute("SELECT count(*) FROM ledger WHERE kind = 'forgotten'").fetchone()
        assert store.verify() == ()
    assert ids
    assert all(name.startswith("forgotten:") for name in ids)
    assert acts == (1,)
    assert statuses(office) == before


def office_keys(office: Office) -> dict[str, object]:
    """What the double says about reading Threads."""
    found: dict[str, object] = office.lab.configuration()["platforms"]["threads"]
    return found
