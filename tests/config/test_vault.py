"""What owners consented to: nobody else's to read, replaced as a whole, and no process writes over another's."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from auditor.config.vault import Consent, Vault
from auditor.errors import Exit, UserError
from auditor.fetch.grant import Grant
from auditor.words import words

NOW = datetime(2026, 11, 23, 16, tzinfo=UTC)
EN = words("en")
ROOT = Path(__file__).parent.parent.parent


def consent(name: str = "satu", known_as: str | None = None) -> Consent:
    open_id = f"-000{name}"
    ends = (NOW + timedelta(days=1), NOW + timedelta(days=365))
    grant = Grant(open_id, f"act.rahasia-{name}", ends[0], f"rft.rahasia-{name}", ends[1], frozenset({"video.list"}))
    return Consent(grant, "aw0contoh", known_as or open_id)


def vault(folder: Path) -> Vault:
    return Vault(folder, "tiktok", EN)


def test_what_is_kept_is_read_again(tmp_path: Path) -> None:
    vault(tmp_path).keep("humas_contoh", consent(known_as="-000lama"))
    assert vault(tmp_path).read() == {"humas_contoh": consent(known_as="-000lama")}


def test_without_a_file_there_are_no_consents(tmp_path: Path) -> None:
    assert vault(tmp_path).read() == {}
    assert list(tmp_path.iterdir()) == []


def test_one_owners_tokens_change_and_all_others_stay(tmp_path: Path) -> None:
    for owner in ("a_contoh", "b_contoh"):
        vault(tmp_path).keep(owner, consent(owner))
    vault(tmp_path).keep("a_contoh", consent("baru"))
    assert vault(tmp_path).read() == {"a_contoh": consent("baru"), "b_contoh": consent("b_contoh")}


def test_nobody_else_may_read_it_from_its_first_byte_on(tmp_path: Path) -> None:
    modes = []

    def looked(file: int) -> None:
        modes.append(stat.S_IMODE(os.fstat(file).st_mode))

    old = os.umask(0)
    try:
        Vault(tmp_path, "tiktok", EN, sync=looked).keep("humas_contoh", consent())
    finally:
        os.umask(old)
    assert modes == [0o600]
    assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {0o600}
    assert sorted(path.name for path in tmp_path.iterdir()) == [".tiktok.json", ".tiktok.json.lock"]


def test_a_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    vault(tmp_path).keep("humas_contoh", consent())
    (tmp_path / ".tiktok.json").chmod(0o640)
    with pytest.raises(UserError, match="chmod 600") as refused:
        vault(tmp_path).read()
    assert refused.value.exit_code is Exit.CONFIG


def entry(**more: Any) -> dict[str, Any]:
    ends = {"expires_at": "2026-11-24T16:00:00+00:00", "refresh_expires_at": "2027-11-23T16:00:00+00:00"}
    return {"open_id": "-000x", "access_token": "act.rahasia", "refresh_token": "rft.rahasia", **ends} | more


DAMAGED = {
    "half a file": '{"humas_contoh": {"access_token": "act.rahasia"',
    "a list": '["act.rahasia"]',
    "no tokens": json.dumps({"humas_contoh": {"open_id": "-000x"}}),
    "a token that is a number": json.dumps({"humas_contoh": entry(access_token=1)}),
    "an instant without a zone": json.dumps({"humas_contoh": entry(expires_at="2026-11-24T16:00:00")}),
    "an instant that is none": json.dumps({"humas_contoh": entry(expires_at="besok")}),
    "an entry that is a text": json.dumps({"humas_contoh": "act.rahasia"}),
}


@pytest.mark.parametrize("text", DAMAGED.values(), ids=DAMAGED.keys())
def test_a_damaged_file_is_named_and_what_it_holds_is_not_said(tmp_path: Path, text: str) -> None:
    path = tmp_path / ".tiktok.json"
    path.write_text(text)
    path.chmod(0o600)
    with pytest.raises(UserError, match=r"\.tiktok\.json") as refused:
        vault(tmp_path).read()
    assert "rahasia" not in str(refused.value)
    assert refused.value.__cause__ is None


def test_a_file_written_by_hand_needs_no_more_than_its_tokens(tmp_path: Path) -> None:
    path = tmp_path / ".tiktok.json"
    path.write_text(json.dumps({"humas_contoh": entry()}))
    path.chmod(0o600)
    found = vault(tmp_path).read()["humas_contoh"]
    assert (found.known_as, found.grant.expires_at) == ("-000x", datetime(2026, 11, 24, 16, tzinfo=UTC))


def test_a_write_that_fails_leaves_the_old_file_and_nothing_beside_it(tmp_path: Path) -> None:
    vault(tmp_path).keep("humas_contoh", consent())

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(UserError):
        Vault(tmp_path, "tiktok", EN, sync=full).keep("humas_contoh", consent("baru"))
    assert vault(tmp_path).read() == {"humas_contoh": consent()}
    assert sorted(path.name for path in tmp_path.iterdir()) == [".tiktok.json", ".tiktok.json.lock"]


WRITER = """
import sys
from pathlib import Path
from tests.config.test_vault import consent, vault
for n in range(20):
    vault(Path(sys.argv[1])).keep(f"{sys.argv[2]}{n}", consent(f"{sys.argv[2]}{n}"))
"""


def test_processes_that_write_at_once_lose_nobodys_tokens(tmp_path: Path) -> None:
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path), name], cwd=ROOT) for name in "ab"]
    assert [writer.wait(timeout=60) for writer in writers] == [0, 0]
    assert len(vault(tmp_path).read()) == 40


def test_no_token_is_ever_shown() -> None:
    assert "rahasia" not in repr(consent())
    assert "aw0contoh" not in repr(consent())
