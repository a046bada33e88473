"""A report starts in a fraction of a second, because it imports little."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import City
from .office import ROOT

NEVER = {"httpx", "httpcore", "apscheduler", "sqlite_utils", "lxml", "asyncio", "rich"}
ACCOUNT = "bluesky:dinkes.kota.contoh"
HOW = {
    "as text": ["report"],
    "the whole roster": ["report", "--all"],
    "as data": ["report", "--format", "json"],
    "of a past day": ["report", "--as-of", "2026-11-16"],
    "of one account": ["show", ACCOUNT],
}


@pytest.mark.parametrize("command", HOW.values(), ids=HOW)
def test_a_report_imports_nothing_that_only_looking_needs(city: City, tmp_path: Path, command: list[str]) -> None:
    code = (
        "import json, sys; from auditor.cli import run; "
        f"code = run({['--config', str(city.office.config), *command]!r}); "
        f"open({str(tmp_path / 'modules.json')!r}, 'w').write(json.dumps([int(code), sorted(sys.modules)]))"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True)
    ended, modules = json.loads((tmp_path / "modules.json").read_text("utf-8"))
    assert ended == 0
    assert {name for name in modules if name in NEVER} == set()
