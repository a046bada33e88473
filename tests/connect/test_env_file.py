"""`.env` beside the configuration: one line changes, nobody else may ever read it."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from auditor.config.secrets import _read, keep_secret
from auditor.errors import UserError
from auditor.words import words

NAME, KEY = "AUDITOR_YOUTUBE_API_KEY", "AIzaContohKunciYangBekerja0000000000001"
ID = words("id")


def written(folder: Path, before: str | None, key: str = KEY) -> str:
    path = folder / ".env"
    if before is not None:
        path.write_bytes(before.encode())
        path.chmod(0o600)
    assert keep_secret(folder, NAME, key, ID) == path.resolve()
    return path.read_bytes().decode()


CASES = {
    "a new file": (None, f"{NAME}={KEY}\n"),
    "an empty one": ("", f"{NAME}={KEY}\n"),
    "other lines and comments stay": (
        "# rahasia kantor\n\nLAIN='a b'\nexport TIGA=3\n",
        f"# rahasia kantor\n\nLAIN='a b'\nexport TIGA=3\n{NAME}={KEY}\n",
    ),
    "a last line without an end": ("LAIN=1", f"LAIN=1\n{NAME}={KEY}\n"),
    "its own line is replaced in place": (f"A=1\n{NAME}=lama\nB=2\n", f"A=1\n{NAME}={KEY}\nB=2\n"),
    "with export and blanks": (f" export {NAME} = 'lama' # catatan\n", f" export {NAME}={KEY}\n"),
    "twice becomes once": (f"{NAME}=a\nA=1\n{NAME}=b\n", f"{NAME}={KEY}\nA=1\n"),
    "a comment about it stays": (f"# {NAME}=lama\n", f"# {NAME}=lama\n{NAME}={KEY}\n"),
    "another name that begins alike": (f"{NAME}_2=x\n", f"{NAME}_2=x\n{NAME}={KEY}\n"),
    "line ends of Windows": ("A=1\r\n", f"A=1\r\n{NAME}={KEY}\r\n"),
    "a byte order mark": (f"\ufeff{NAME}=lama\nA=1\n", f"\ufeff{NAME}={KEY}\nA=1\n"),
}


@pytest.mark.parametrize(("before", "after"), CASES.values(), ids=CASES.keys())
def test_one_line_changes_and_every_other_stays(tmp_path: Path, before: str | None, after: str) -> None:
    assert written(tmp_path, before) == after
    assert _read(tmp_path / ".env", ID)[NAME] == KEY


def test_nobody_else_may_read_it_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        written(tmp_path, None)
        (tmp_path / ".env").chmod(0o644)
        keep_secret(tmp_path, NAME, KEY, ID)
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / ".env").stat().st_mode) == 0o600
    assert [p.name for p in tmp_path.iterdir()] == [".env"]


def test_it_is_nobody_elses_from_its_first_byte(tmp_path: Path) -> None:
    """What stands on the disk before it bears its name has the same mode."""
    modes = []

    def sync(descriptor: int) -> None:
        modes.append(stat.S_IMODE(os.fstat(descriptor).st_mode))

    old = os.umask(0)
    try:
        keep_secret(tmp_path, NAME, KEY, ID, sync)
    finally:
        os.umask(old)
    assert modes == [0o600]


def test_a_link_keeps_leading_to_the_file(tmp_path: Path) -> None:
    (tmp_path / "rahasia").mkdir()
    (tmp_path / ".env").symlink_to(tmp_path / "rahasia" / "env")
    keep_secret(tmp_path, NAME, KEY, ID)
    assert (tmp_path / ".env").is_symlink()
    assert (tmp_path / "rahasia" / "env").read_text() == f"{NAME}={KEY}\n"


@pytest.mark.parametrize("value", ["a b", "a\nB=1", "a'b", 'a"b', "a#b", "a\\b", "kunci\u200b", "\x1b[31m", "é"])
def test_what_a_line_cannot_hold_is_refused_and_never_repeated(tmp_path: Path, value: str) -> None:
    with pytest.raises(UserError) as caught:
        keep_secret(tmp_path, NAME, value, ID)
    assert value not in str(caught.value)
    assert not (tmp_path / ".env").exists()


def test_a_folder_that_is_not_there_is_told_without_the_key(tmp_path: Path) -> None:
    with pytest.raises(UserError) as caught:
        keep_secret(tmp_path / "tidak" / "ada", NAME, KEY, ID)
    assert KEY not in str(caught.value)
    assert str(tmp_path) in str(caught.value)


LINES = st.sampled_from(["", "# catatan", "A=1", "export B='x y'", f"{NAME}=lama", f"export {NAME}=lain", "C=#"])


@settings(max_examples=60, deadline=None)
@given(st.lists(LINES, max_size=8), st.sampled_from(["\n", "\r\n"]))
def test_whatever_stood_there_the_key_is_read_back_and_the_rest_is_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str], end: str
) -> None:
    folder = tmp_path_factory.mktemp("kantor")
    before = "".join(line + end for line in lines)
    written(folder, before)
    (folder / "lama").write_bytes(before.encode())
    (folder / "lama").chmod(0o600)
    others = {name: value for name, value in _read(folder / "lama", ID).items() if name != NAME}
    assert _read(folder / ".env", ID) == {**others, NAME: KEY}
    assert written(folder, None) == (folder / ".env").read_bytes().decode()
