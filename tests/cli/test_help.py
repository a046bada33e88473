"""Help and usage errors speak the chosen language, and say what to type instead."""

from __future__ import annotations

import re

import pytest

from auditor.cli import commands

from .office import auditor

ENGLISH = re.compile(
    r"\b(?:Usage|Options|Commands|OPTIONS|COMMAND|ARGS|Show this|Try|Error|Invalid|Missing|Got|No such|Did you)\b"
)
SLIPS = [
    ("a command that does not exist", ["chek"], "Mungkin maksudnya check?"),
    ("a command that nothing resembles", ["xyzzy"], "auditor --help"),
    ("an option that does not exist", ["init", "--nama", "A"], "Mungkin maksudnya --name?"),
    ("an option without its value", ["init", "--list"], "--list"),
    ("a value to an option that takes none", ["report", "--all=3"], "--all"),
    ("a value that is none of the choices", ["init", "--language", "fr"], "id, en"),
    ("an argument too many", ["init", "satu", "dua"], "dua"),
    ("an argument too few", ["show"], "AKUN belum ditulis"),
    ("a file where a folder is wanted", ["init", __file__], "folder"),
    ("a file that is not there", ["connect", "youtube", "--key-file", "tidak-ada"], "--key-file"),
    ("a command of a group left out", ["accounts"], "discover, export, forget, import"),
    ("a command of a group that does not exist", ["accounts", "impor"], "discover, export, forget, import"),
]


@pytest.mark.parametrize(("typed", "said"), [slip[1:] for slip in SLIPS], ids=[slip[0] for slip in SLIPS])
def test_a_slip_is_said_in_indonesian_with_what_to_type(typed: list[str], said: str) -> None:
    found = auditor(*typed)
    assert (found.code, found.out) == (2, "")
    assert said in found.err
    assert not ENGLISH.search(found.err)
    assert "Traceback" not in found.err


@pytest.mark.parametrize("typed", [[], *([name] for name in commands()), ["accounts", "import"]], ids=" ".join)
def test_every_help_page_is_in_the_chosen_language(typed: list[str]) -> None:
    assert not ENGLISH.search(auditor(*typed, "--help").out)
    assert ENGLISH.search(auditor("--lang", "en", *typed, "--help").out)
