"""A screenshot stays with the office; its hash is the evidence."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from auditor.attest import proof
from auditor.attest.outcome import Rejection
from auditor.attest.proof import Screenshot, screenshot

PICTURE = b"\x89PNG contoh"
DIGEST = hashlib.sha256(PICTURE).hexdigest()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "bukti").mkdir()
    (tmp_path / "bukti" / "layar 1.png").write_bytes(PICTURE)
    return tmp_path


def test_a_file_is_hashed_and_named(folder: Path) -> None:
    assert screenshot("bukti/layar 1.png", [folder]) == Screenshot(DIGEST, "layar 1.png")


def test_a_path_written_on_windows_is_the_same_file(folder: Path) -> None:
    assert screenshot("bukti\\layar 1.png", [folder]) == Screenshot(DIGEST, "layar 1.png")


def test_the_folder_of_the_sheet_comes_before_the_current_one(folder: Path) -> None:
    (folder / "layar 1.png").write_bytes(b"yang lain")
    assert screenshot("layar 1.png", [folder / "bukti", folder]) == Screenshot(DIGEST, "layar 1.png")
    assert screenshot("layar 1.png", [folder / "tidak ada", folder / "bukti"]) == Screenshot(DIGEST, "layar 1.png")


def test_64_hexadecimal_digits_are_the_hash_itself() -> None:
    assert screenshot(DIGEST.upper(), []) == Screenshot(DIGEST, None)


BAD = {
    "a file that is not there": ("tidak ada.png", "screenshot_missing"),
    "a folder": ("bukti", "screenshot_kind"),
    "an empty file": ("kosong.png", "screenshot_empty"),
    "a pipe, which would be waited for": ("pipa", "screenshot_kind"),
    "a name no file can have": ("a\0b", "screenshot_missing"),
    "a name longer than any": ("a" * 5000, "screenshot_missing"),
    "a hash with a letter too few": (DIGEST[:-1], "screenshot_missing"),
}


@pytest.mark.parametrize(("written", "code"), BAD.values(), ids=BAD)
def test_what_is_no_screenshot_is_refused(folder: Path, written: str, code: str) -> None:
    (folder / "kosong.png").touch()
    os.mkfifo(folder / "pipa")
    found = screenshot(written, [folder])
    assert isinstance(found, Rejection)
    assert found.code == code


def test_a_missing_file_is_named_with_every_folder_it_was_looked_for_in(folder: Path) -> None:
    found = screenshot("hilang.png", [folder / "bukti", folder])
    assert isinstance(found, Rejection)
    assert found.values["folders"] == f"{folder / 'bukti'}, {folder}"


def test_a_file_larger_than_any_screenshot_is_refused_unread(folder: Path) -> None:
    with (folder / "besar.png").open("wb") as file:
        file.truncate(proof.LARGEST + 1)
    found = screenshot("besar.png", [folder])
    assert isinstance(found, Rejection)
    assert found.code == "screenshot_large"
