"""The shape of the program, checked. Import direction is import-linter's job; these are the rest."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "auditor"
MODULES = sorted(PACKAGE.rglob("*.py"))
PURE = {
    "__future__",
    "auditor",
    "bisect",
    "collections",
    "dataclasses",
    "datetime",
    "difflib",
    "enum",
    "functools",
    "ipaddress",
    "itertools",
    "math",
    "operator",
    "re",
    "statistics",
    "types",
    "typing",
    "zoneinfo",  # the rules of a zone are data, the same on every machine
    "unicodedata",
    "urllib",
}
MODULE_LINES, FUNCTION_LINES, CLASS_LINES, CLI_LINES = 350, 50, 250, 120


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield (node.module or "").split(".")[0]


@pytest.mark.parametrize("module", sorted((PACKAGE / "core").glob("*.py")), ids=lambda p: p.name)
def test_the_core_imports_only_what_is_known_to_be_pure(module: Path) -> None:
    assert set(imported(ast.parse(module.read_text()))) <= PURE


@pytest.mark.parametrize("module", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_everything_fits_on_a_few_screens(module: Path) -> None:
    text = module.read_text()
    assert text.count("\n") <= (CLI_LINES if module.parent.name == "cli" else MODULE_LINES)
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            limit = CLASS_LINES if isinstance(node, ast.ClassDef) else FUNCTION_LINES
            assert (node.end_lineno or 0) - node.lineno < limit, node.name


@pytest.mark.parametrize("module", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_every_module_and_public_function_says_its_rule(module: Path) -> None:
    tree = ast.parse(module.read_text())
    assert ast.get_docstring(tree), "the module"
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            assert ast.get_docstring(node), node.name


def test_no_file_names_a_package_index_or_a_path_of_a_machine() -> None:
    """Lock files pin hashes; whose index serves them is the machine's business."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    hosts = re.compile(r"p[y]pi\.|python[h]osted|registry\.[n]pm|deb\.[d]ebian|/[h]ome/|/[r]oot/|/[w]ork/")
    for name in filter(None, listed.decode().split("\0")):
        path = ROOT / name
        if path.suffix in {".py", ".md", ".lock", ".toml", ".yaml", ".json", ""} and path.is_file():
            found = hosts.search(path.read_text("utf-8", errors="ignore"))
            assert found is None or path == Path(__file__), f"{name}: {found and found[0]}"


HEAVY = {"httpx", "apscheduler", "sqlite_utils", "lxml", "asyncio", "rich"}


def test_a_report_in_a_pipe_imports_nothing_heavy(tmp_path: Path) -> None:
    """Cold starts are made of imports: the report of an office with a database needs none of these."""
    config = tmp_path / "config"
    config.mkdir()
    (config / "accounts.yaml").write_text(
        "agencies:\n  - {id: a, name: Dinas Contoh, timezone: Asia/Jakarta, accounts: []}\n"
    )
    database = str(config / "auditor.db")
    start = (
        "from auditor.store.sqlite import open_store; from auditor.clock import system; "
        f"open_store({database!r}, system()).close()"
    )
    subprocess.run([sys.executable, "-c", start], cwd=ROOT, check=True)
    code = (
        "import json, sys; from auditor.cli import run; "
        f"code = run(['--config', {str(config)!r}, 'report', '-o', {str(tmp_path / 'r.txt')!r}]); "
        "print(json.dumps([code, sorted(sys.modules)]))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    code, modules = json.loads(done.stdout.splitlines()[-1])
    assert code == 0
    assert {m for m in modules if m in HEAVY} == set()
