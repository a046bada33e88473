"""On a machine where Python is too old or in parts, setting up says the one line to type, in both languages."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from .office import auditor

ROOT = Path(__file__).parent.parent.parent
TOOLS = ("dirname", "id", "cat", "sha256sum", "cut", "rm")
OLD = "#!/bin/sh\nexit 1\n"  # whatever it is asked, it is not between 3.11 and 3.14
SPLIT = '#!/bin/sh\ncase "$2" in *ensurepip*) exit 1;; *print*) echo 3.12;; esac\n'


def setup(
    folder: Path, interpreters: dict[str, str], system: str, user: str = "1000"
) -> subprocess.CompletedProcess[str]:
    """`scripts/setup` of a fresh checkout, which sees only these interpreters and this release."""
    (folder / "scripts").mkdir()
    shutil.copy(ROOT / "scripts/setup", folder / "scripts/setup")
    (folder / "release").write_text(system)
    tools = folder / "bin"
    tools.mkdir()
    for name in TOOLS:
        (tools / name).symlink_to(str(shutil.which(name)))
    (tools / "id").unlink()
    for name, text in {"id": f"#!/bin/sh\necho {user}\n", **interpreters}.items():
        (tools / name).write_text(text)
        (tools / name).chmod(0o755)
    environ = {"PATH": str(tools), "LANG": "C", "OS_RELEASE": str(folder / "release")}
    command = ["/bin/bash", str(folder / "scripts/setup")]
    return subprocess.run(command, env=environ, capture_output=True, text=True, check=False)


RELEASES = [
    ("Ubuntu 22.04 has 3.11 beside its 3.10", 'ID=ubuntu\nVERSION_ID="22.04"\n', "python3.11 python3.11-venv"),
    ("Ubuntu 24.04 has 3.12", 'ID=ubuntu\nVERSION_ID="24.04"\n', "python3 python3-venv"),
    ("Debian 12 has 3.11", 'ID=debian\nVERSION_ID="12"\n', "python3 python3-venv"),
    ("a release nobody knows", "", "python3 python3-venv"),
]


@pytest.mark.parametrize(("system", "packages"), [row[1:] for row in RELEASES], ids=[row[0] for row in RELEASES])
def test_with_an_old_python_the_line_of_this_release_is_named(tmp_path: Path, system: str, packages: str) -> None:
    done = setup(tmp_path, {"python3": OLD}, system)
    assert (done.returncode, done.stdout) == (2, "")
    first, line = done.stderr.splitlines()
    assert "Jalankan dahulu" in first
    assert "Run this first" in first
    assert line == f"  sudo apt-get install -y {packages}"


@pytest.mark.parametrize("system", ['ID=debian\nVERSION_ID="11"\n', 'ID=ubuntu\nVERSION_ID="20.04"\n'])
def test_a_release_without_any_such_python_is_said_and_no_line_is_invented(tmp_path: Path, system: str) -> None:
    done = setup(tmp_path, {"python3": OLD}, system)
    assert done.returncode == 2
    assert "apt-get" not in done.stderr
    assert "Debian 12" in done.stderr


def test_a_python_without_venv_names_the_package_of_its_own_version(tmp_path: Path) -> None:
    done = setup(tmp_path, {"python3": OLD, "python3.12": SPLIT}, 'ID=ubuntu\nVERSION_ID="24.04"\n')
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1] == "  sudo apt-get install -y python3.12-venv"


def test_root_needs_no_sudo(tmp_path: Path) -> None:
    done = setup(tmp_path, {"python3": OLD}, 'ID=debian\nVERSION_ID="12"\n', user="0")
    assert done.stderr.splitlines()[-1] == "  apt-get install -y python3 python3-venv"


def outside(folder: Path, monkeypatch: pytest.MonkeyPatch, *options: str, language: str = "en") -> str:
    monkeypatch.chdir(folder)
    said = auditor(*options, "--lang", language, "report")
    assert (said.code, said.out) == (4, "")
    return said.err


def test_a_command_outside_its_directory_says_which_folders_it_looked_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AUDITOR_CONFIG", raising=False)
    assert f"$AUDITOR_CONFIG (not set) and {tmp_path}/config" in outside(tmp_path, monkeypatch)
    assert f"--config = {tmp_path}/x" in outside(tmp_path, monkeypatch, "--config", "x")
    monkeypatch.setenv("AUDITOR_CONFIG", "elsewhere")
    assert f"$AUDITOR_CONFIG = {tmp_path}/elsewhere" in outside(tmp_path, monkeypatch)
    assert "auditor init" in outside(tmp_path, monkeypatch, language="id")


def test_a_configuration_above_or_right_here_is_pointed_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AUDITOR_CONFIG", raising=False)
    (tmp_path / "config").mkdir()
    (tmp_path / "config/accounts.yaml").write_text("agencies: []\n")
    (tmp_path / "a").mkdir()
    assert f"auditor --config {tmp_path}/config" in outside(tmp_path / "a", monkeypatch)
    assert f"auditor --config {tmp_path}/config" in outside(tmp_path / "config", monkeypatch)
