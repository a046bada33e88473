"""Every output of a demonstration says first that nobody in it exists; nothing else ever says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from .conftest import City
from .office import auditor

SAYS = {"id": "DATA CONTOH, BUKAN INSTANSI NYATA", "en": "SAMPLE DATA, NOT A REAL AGENCY"}
COMMANDS = [
    [],
    ["check"],
    ["poll", "--dry-run"],
    ["report"],
    ["status"],
    ["show", "x:kominfo_contoh"],
    ["verify"],
    ["connect"],
    ["worksheet", "-o", "periksa.xlsx"],
    ["accounts", "export", "-o", "akun.xlsx"],
    ["attest", "--by", "Pemeriksa 1", "--dry-run", "x:kominfo_contoh", "--said", "gone", "--second", "Pemeriksa 2"],
]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: " ".join(command[:1]) or "auditor alone")
@pytest.mark.parametrize("lang", ["id", "en"])
def test_the_first_line_of_a_demonstration_says_so(
    city: City, command: list[str], lang: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    said = city.office(*command, lang=lang)
    first = (said.err + said.out).splitlines()[0]
    assert SAYS[lang] in first
    assert (said.err + said.out).count(SAYS[lang]) == 1


def test_an_office_that_exists_is_never_called_an_example(tmp_path: Path) -> None:
    folder = tmp_path / "config"
    assert auditor("init", str(folder)).code == 0
    for command in (["check"], ["poll", "--dry-run"], ["report"], ["worksheet"]):
        said = auditor("--config", str(folder), *command)
        assert not any(words in said.out + said.err for words in SAYS.values())
