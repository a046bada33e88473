"""Configurations in a temporary folder, and what loading them says."""

from __future__ import annotations

from pathlib import Path

from auditor.config.load import Loaded, Problem, Rejected, load
from auditor.platforms import platforms


def write(folder: Path, **files: str) -> Path:
    """accounts="…" becomes accounts.yaml; `accounts__riau` becomes accounts/riau.yaml."""
    for name, text in files.items():
        path = folder / f"{name.replace('__', '/')}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder


def loaded(folder: Path, **files: str) -> Loaded:
    found = load(write(folder, **files), platforms(), "en")
    assert isinstance(found, Loaded), "\n".join(map(str, found.problems))
    return found


def rejected(folder: Path, language: str = "en", **files: str) -> list[Problem]:
    """The errors of a configuration that must not load."""
    found = load(write(folder, **files), platforms(), language)
    assert isinstance(found, Rejected)
    return [problem for problem in found.problems if problem.severity == "error"]


def agency(*accounts: str, head: str = "") -> str:
    """A register of one office with accounts as written, one per line."""
    lines = "".join(f"      - {account}\n" for account in accounts)
    return f"{head}agencies:\n  - name: Dinas Kesehatan\n    id: dinkes\n    accounts:\n{lines}"
