"""`auditor accounts`: shown first, written only when agreed, and never without the rejected rows being kept."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from auditor.config.importing.export import REGISTER
from auditor.config.sheets import read_sheet

from .office import ROOT, Said, auditor

LIST = """\
Perangkat Daerah;Platform;Tautan;Status
Dinas Kesehatan Kota Contoh;Instagram;https://www.instagram.com/uks.kota.contoh/;aktif
Dinas Kesehatan Kota Contoh;X;https://x.com/dinkes_contoh;aktif
Dinas Baru Kota Contoh;Intagram;instagram.com/baru.kota.contoh;aktif
Dinas Baru Kota Contoh;YouTube;Dinas Baru;aktif
"""


class Terminal(io.StringIO):
    """Somebody sits there."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def config(tmp_path: Path) -> Path:
    folder = tmp_path / "config"
    folder.mkdir()
    (folder / "accounts.yaml").write_bytes((ROOT / "config/demo/accounts.yaml").read_bytes())
    (folder / "auditor.yaml").write_text("timezone: Asia/Jakarta\n", "utf-8")
    return folder


@pytest.fixture
def listed(tmp_path: Path) -> Path:
    path = tmp_path / "daftar.csv"
    path.write_text(LIST, "utf-8")
    return path


def accounts(config: Path, *arguments: object, lang: str = "id") -> Said:
    return auditor("--config", str(config), "--lang", lang, "accounts", *map(str, arguments))


def state(config: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(config.rglob("*")) if path.is_file()}


def test_on_a_pipe_nothing_is_written_without_being_told_to(
    config: Path, listed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\n"))
    before = state(config)
    said = accounts(config, "import", listed)
    assert said.code == 3
    assert "+2 ~0 −0" in said.out
    assert "--yes" in said.err
    assert state(config) == before


def test_a_rehearsal_writes_nothing_and_is_no_failure(config: Path, listed: Path) -> None:
    before = state(config)
    said = accounts(config, "import", listed, "--dry-run", "--yes")
    assert (said.code, said.err) == (0, "")
    assert state(config) == before


ANSWERS = {
    "y": ("y", "id", True),
    "ya": ("ya", "id", True),
    "t is no": ("t", "id", False),
    "nothing is no": ("", "en", False),
    "yes": ("yes", "en", True),
}


@pytest.mark.parametrize(("answer", "lang", "writes"), ANSWERS.values(), ids=ANSWERS)
def test_a_person_is_asked_and_anything_but_yes_is_no(
    answer: str, lang: str, writes: bool, config: Path, listed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal(f"{answer}\n"))
    before = state(config)
    said = accounts(config, "import", listed, lang=lang)
    assert said.code == 0
    assert {"id": "[y/T]", "en": "[y/N]"}[lang] in said.out
    assert (state(config) != before) is writes


@pytest.mark.parametrize("lang", ["id", "en"])
def test_what_is_written_loads_and_the_rejected_rows_are_kept(lang: str, config: Path, listed: Path) -> None:
    said = accounts(config, "import", listed, "--yes", lang=lang)
    assert (said.code, said.err) == (0, "")
    assert "Status" in said.out
    assert "Intagram → Instagram" in said.out
    rejected = (config / "impor-ditolak.csv").read_text("utf-8-sig")
    assert "daftar.csv:5" in rejected
    assert "Dinas Baru Kota Contoh | YouTube | Dinas Baru" in rejected
    text = (config / "accounts.yaml").read_text("utf-8")
    assert "- https://www.instagram.com/baru.kota.contoh/\n" in text
    assert "- url: https://www.instagram.com/uks.kota.contoh/\n        note: periksa\n" in text
    assert auditor("--config", str(config), "check").code == 0


def test_a_second_import_changes_nothing_and_says_so(config: Path, listed: Path) -> None:
    accounts(config, "import", listed, "--yes")
    before = state(config)
    said = accounts(config, "import", listed, "--yes")
    assert (said.code, "+0 ~0 −0" in said.out, "Tidak ada yang berubah." in said.out) == (0, True, True)
    assert state(config) == before


def test_a_corrected_list_leaves_no_old_rejection_behind(config: Path, listed: Path) -> None:
    accounts(config, "import", listed, "--yes")
    listed.write_text(LIST.replace(";Dinas Baru;", ";@barucontoh;"), "utf-8")
    accounts(config, "import", listed, "--yes")
    assert len((config / "impor-ditolak.csv").read_text("utf-8-sig").splitlines()) == 1


def test_the_document_has_every_row(config: Path, listed: Path) -> None:
    document = accounts(config, "import", listed, "--dry-run", "--format", "json").json
    assert document["rows"] == 4 == sum(document["counts"].values())
    assert document["counts"] == {"accepted": 2, "repaired": 1, "rejected": 1, "duplicate": 0}
    assert (document["ignored_columns"], document["written"], document["removed"]) == (["Status"], False, [])
    written = accounts(config, "import", listed, "--yes", "--format", "json")
    assert (written.json["written"], len(written.json["added"])) == (True, 2)


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
@pytest.mark.parametrize("lang", ["id", "en"])
def test_what_is_exported_is_imported_without_a_change(ending: str, lang: str, config: Path, tmp_path: Path) -> None:
    path = tmp_path / f"ekspor.{ending}"
    assert accounts(config, "export", "-o", path, lang=lang).code == 0
    said = accounts(config, "import", path, "--format", "json", "--yes")
    document = said.json
    assert (said.code, document["added"], document["changed"], document["stale"]) == (0, [], [], False)
    assert document["counts"] == {"accepted": 42, "repaired": 0, "rejected": 0, "duplicate": 0}
    assert document["kept"] == []


def test_a_workbook_carries_the_hash_of_its_register_and_an_old_one_is_told(config: Path, tmp_path: Path) -> None:
    path = tmp_path / "ekspor.xlsx"
    accounts(config, "export", "-o", path)
    assert len(read_sheet(path).properties[REGISTER]) == 64
    text = (config / "accounts.yaml").read_text("utf-8")
    (config / "accounts.yaml").write_text(f"# edited\n{text}", "utf-8")
    said = accounts(config, "import", path)
    assert (said.code, "berubah sejak diekspor" in said.out) == (0, True)


def test_an_exported_handle_is_text_and_no_formula(config: Path, tmp_path: Path) -> None:
    note = "=HYPERLINK(1)"
    text = (config / "accounts.yaml").read_text("utf-8")
    entry = "      - https://www.tiktok.com/@pemkot.kota.contoh\n"
    assert entry in text
    text = text.replace(entry, f'      - {{url: "https://www.tiktok.com/@pemkot.kota.contoh", note: "{note}"}}\n')
    (config / "accounts.yaml").write_text(text, "utf-8")
    for ending in ("xlsx", "csv"):
        path = tmp_path / f"ekspor.{ending}"
        accounts(config, "export", "-o", path)
        notes = [row.cell(8) for row in read_sheet(path).rows]
        assert (note if ending == "xlsx" else f"'{note}") in notes
        assert accounts(config, "import", path, "--format", "json").json["changed"] == []


def test_without_a_file_the_list_goes_to_standard_output(config: Path) -> None:
    said = accounts(config, "export")
    assert said.out.startswith("ID perangkat daerah,Perangkat daerah,Platform,")
    assert (said.code, len(said.out.splitlines()), said.err) == (0, 43, "")


USAGE = {
    "an office that is not listed": ["import", "{list}", "--agency", "dinas-lain"],
    "a list that is not there": ["import", "tidak-ada.xlsx"],
    "a kind of sheet nobody writes": ["export", "-o", "daftar.ods"],
    "a folder that is not there": ["export", "-o", "tidak/ada/daftar.xlsx"],
}


@pytest.mark.parametrize("arguments", USAGE.values(), ids=USAGE)
def test_what_was_asked_wrongly_ends_2_with_a_sentence(arguments: list[str], config: Path, listed: Path) -> None:
    said = accounts(config, *(argument.format(list=listed) for argument in arguments))
    assert (said.code, said.out) == (2, "")
    assert said.err
    assert "Traceback" not in said.err


def test_a_register_with_errors_ends_4_and_is_left_alone(config: Path, listed: Path) -> None:
    with (config / "accounts.yaml").open("a", encoding="utf-8") as file:
        file.write("kejutan: ya\n")
    before = state(config)
    assert accounts(config, "import", listed, "--yes").code == 4
    assert state(config) == before


def test_it_works_under_the_plainest_locale(config: Path, listed: Path) -> None:
    command = [sys.executable, "-m", "auditor", "--config", str(config), "accounts", "import", str(listed), "--yes"]
    environment = {"LC_ALL": "C", "PATH": os.environ["PATH"]}
    done = subprocess.run(command, capture_output=True, check=False, env=environment, cwd=ROOT, timeout=60)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"+2 ~0" in done.stdout


def test_the_document_is_one_document_even_where_nothing_may_be_written(
    config: Path, listed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    said = accounts(config, "import", listed, "--format", "json")
    assert said.code == 3
    assert json.loads(said.out)["written"] is False
