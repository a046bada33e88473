"""`auditor attest`: reference screen, options, sheets and exit codes, through the real command line."""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from auditor.cli import run
from auditor.reports.labels import missing_words
from auditor.words import words
from tests.attest.build import instagram_link, x_link

from .office import ROOT, Said, auditor

NOW = "2026-11-23T03:00:00+00:00"
TIKTOK = "tiktok:dukcapil.kota.contoh"
OCTOBER = "https://www.tiktok.com/@dukcapil.kota.contoh/video/7694484849219587349"
FRIDAY = datetime(2026, 11, 20, tzinfo=UTC)
LAST_WEEK, FRESH = instagram_link(FRIDAY), x_link(FRIDAY, "pemkot_contoh")
ACCOUNTS = f"""
agencies:
  - id: pemkot-contoh
    name: Pemerintah Kota Contoh
    timezone: Asia/Jakarta
    accounts:
      - instagram: pemkot.kota.contoh
      - x: pemkot_contoh
  - id: dukcapil-contoh
    name: Dinas Kependudukan dan Pencatatan Sipil Kota Contoh
    parent: pemkot-contoh
    timezone: Asia/Jakarta
    accounts:
      - instagram: dukcapil.kota.contoh
      - {TIKTOK.replace(":", ": ", 1)}
      - facebook: dukcapil.kota.contoh
"""
OFF = "{enabled: false}"
SETTINGS = f"""
database: auditor.db
timezone: Asia/Jakarta
network: {{sentinels: []}}
platforms: {{bluesky: {OFF}, feed: {OFF}, mastodon: {OFF}, telegram: {OFF}, youtube: {OFF}}}
"""


class Terminal(io.StringIO):
    """Standard input at which a person sits."""

    def isatty(self) -> bool:
        return True


class Office:
    """A configuration directory and what is typed there."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.config, self.folder, self.patch = folder / "config", folder, patch
        self.config.mkdir()
        (self.config / "accounts.yaml").write_text(ACCOUNTS, "utf-8")
        (self.config / "auditor.yaml").write_text(SETTINGS, "utf-8")

    def __call__(
        self, *arguments: str, typed: str = "", at: str = NOW, lang: str = "id", terminal: bool = False
    ) -> Said:
        self.patch.setattr(sys, "stdin", (Terminal if terminal else io.StringIO)(typed))
        out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = run(["--config", str(self.config), "--lang", lang, "--now", at, "attest", *arguments])
        return Said(code, *(stream.buffer.getvalue().decode() for stream in (out, err)))  # type: ignore[attr-defined]

    def report(self, at: str = NOW) -> dict[str, Any]:
        said = auditor("--config", str(self.config), "--now", at, "report", "--format", "json")
        return {row["account"]: row for row in said.json["accounts"]}

    def csv(self, *lines: str, name: str = "periksa.csv") -> str:
        path = self.folder / name
        path.write_text("\n".join(lines) + "\n", "utf-8")
        return str(path)


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    return Office(tmp_path, monkeypatch)


R5 = {
    "id": """\
Tempel tautan unggahan terbaru, satu baris satu tautan (Ctrl-D bila selesai):
>   ✓ tiktok:dukcapil.kota.contoh  tanggal terbaca dari tautan: 9 Okt 2026
    → terindikasi tidak aktif, 45 hari
      untuk surat masih perlu: {owed}
>   ? tanggal terbaca: 20 Nov 2026. Tautan ini tidak menyebut akunnya. Akun mana?
    [1] instagram:pemkot.kota.contoh  [2] instagram:dukcapil.kota.contoh
>   ✓ instagram:dukcapil.kota.contoh  tanggal terbaca dari tautan: 20 Nov 2026
    → belum senyap, terbukti s.d. 20 Des
>   ✓ x:pemkot_contoh  tanggal terbaca dari tautan: 20 Nov 2026  → belum senyap, terbukti s.d. 20 Des
>
3 diterima, 0 diperbaiki, 0 ditolak, 0 sudah diimpor.
""",
    "en": """\
Paste links to the newest posts, one link a line (Ctrl-D when done):
>   ✓ tiktok:dukcapil.kota.contoh  date read from the link: 9 Oct 2026  → indicated inactive, 45 days
      for a letter still needed: {owed}
>   ? date read: 20 Nov 2026. This link does not name its account. Which one?
    [1] instagram:pemkot.kota.contoh  [2] instagram:dukcapil.kota.contoh
>   ✓ instagram:dukcapil.kota.contoh  date read from the link: 20 Nov 2026
    → not silent, proven until 20 Dec
>   ✓ x:pemkot_contoh  date read from the link: 20 Nov 2026  → not silent, proven until 20 Dec
>
3 accepted, 0 repaired, 0 rejected, 0 imported before.
""",
}


@pytest.mark.parametrize("lang", R5)
def test_the_reference_screen_of_pasted_links(office: Office, lang: str) -> None:
    said = office("--by", "Sari", typed=f"{OCTOBER}\n{LAST_WEEK}\n2\n{FRESH}\n", terminal=True, lang=lang)
    assert (said.code, said.err) == (0, "")
    owed = missing_words(("screenshot", "second_person"), words(lang))
    assert said.out.replace("> \n", ">\n") == R5[lang].format(owed=owed)


def test_where_the_terminal_knows_ascii_only_so_does_the_page(office: Office) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "auditor", "--config", str(office.config), "--now", NOW, "attest", "--by", "Sari"],
        input=f"{OCTOBER}\n{LAST_WEEK}\n{FRESH}\n",
        capture_output=True,
        text=True,
        encoding="ascii",
        cwd=ROOT,
        env={**os.environ, "LANG": "C", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        check=False,
    )
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout == (
        "  + tiktok:dukcapil.kota.contoh  tanggal terbaca dari tautan: 9 Okt 2026\n"
        "    -> terindikasi tidak aktif, 45 hari\n"
        f"      untuk surat masih perlu: {missing_words(('screenshot', 'second_person'), words('id'))}\n"
        "  x stdin:2\n"
        "    tautan ini tidak menyebut akunnya; tulis AKUN TAUTAN, dengan salah satu dari:\n"
        "    instagram:pemkot.kota.contoh, instagram:dukcapil.kota.contoh\n"
        "  + x:pemkot_contoh  tanggal terbaca dari tautan: 20 Nov 2026  -> belum senyap, terbukti s.d. 20 Des\n"
        "2 diterima, 0 diperbaiki, 1 ditolak, 0 sudah diimpor.\n"
        "1 baris ditolak: perbaiki lalu impor lagi; yang sudah diterima tidak tercatat dua kali.\n"
    )


def test_the_name_is_asked_at_a_terminal_and_wanted_in_a_pipe(office: Office) -> None:
    said = office(typed=f"...\nSari\n{OCTOBER}\n", terminal=True)
    assert said.code == 0
    assert said.out.count(words("id")("attest.ask_name")) == 2
    piped = office(typed=f"{OCTOBER}\n")
    assert (piped.code, piped.out) == (2, "")
    assert "--by" in piped.err


UNDATED = "https://www.facebook.com/dukcapil.kota.contoh/posts/1234567890123"


def test_a_link_pasted_before_the_name_is_nobodys_name_and_waits_for_its_turn(office: Office) -> None:
    said = office(typed=f"{OCTOBER}\nSari\n{FRESH}\n", terminal=True)
    assert (said.code, "2 diterima" in said.out) == (0, True)
    assert said.out.count(words("id")("attest.ask_name")) == 2
    assert "Siapa yang melihat?" in said.out
    shown = auditor("--config", str(office.config), "--now", NOW, "show", TIKTOK).out
    assert "Sari" in shown


def test_a_link_in_the_place_of_a_name_is_no_name(office: Office) -> None:
    said = office("--by", OCTOBER, typed=f"{OCTOBER}\n")
    assert (said.code, "tidak ada nama pemeriksa" in said.out) == (1, True)


def test_the_date_that_a_link_lacks_is_asked_at_a_terminal_until_it_is_one(office: Office) -> None:
    said = office("--by", "Sari", typed=f"{UNDATED}\nkemarin\n20/11/2026\n{FRESH}\n", terminal=True)
    assert (said.code, said.out.count("Tanggal unggahannya")) == (0, 2)
    assert "kemarin bukan tanggal" in said.out
    assert "facebook:dukcapil.kota.contoh  tanggal diketik: 20 Nov 2026" in said.out
    skipped = office("--by", "Sari", typed=f"{UNDATED.replace('123', '124')}\n\n", terminal=True)
    assert "tautan ini tidak memuat tanggal; tulis tanggal unggahannya" in skipped.out


@pytest.mark.parametrize("question", [LAST_WEEK, UNDATED, f"{TIKTOK} {OCTOBER} 20/10/2026"])
def test_of_several_links_pasted_at_once_none_is_swallowed_by_a_question(office: Office, question: str) -> None:
    said = office("--by", "Sari", typed=f"{question}\n{FRESH}\n", terminal=True)
    assert "✓ x:pemkot_contoh" in said.out
    assert "1 diterima, 0 diperbaiki, 1 ditolak" in said.out


def test_what_is_odd_is_asked_at_a_terminal(office: Office) -> None:
    said = office("--by", "Sari", typed=f"{TIKTOK} {OCTOBER} 20/10/2026\ny\n", terminal=True)
    assert "11 hari sesudah" in said.out
    assert "tanggal diketik: 20 Okt 2026" in said.out
    assert office("--by", "Sari", typed=f"{TIKTOK} {OCTOBER} 21/10/2026\nt\n", terminal=True).code == 1


def test_the_report_rests_on_what_was_attested(office: Office) -> None:
    assert office("--by", "Sari", typed=f"{OCTOBER}\n{FRESH}\n").code == 0
    rows = office.report()
    assert (rows[TIKTOK]["status"], rows[TIKTOK]["last_post_at"]) == ("inactive", "2026-10-09T02:11:00Z")
    assert rows["x:pemkot_contoh"]["status"] == "active"
    assert rows["facebook:dukcapil.kota.contoh"]["status"] == "unknown"


def test_a_dry_run_says_the_same_and_records_nothing(office: Office) -> None:
    tried = office("--by", "Sari", "--dry-run", typed=f"{OCTOBER}\n")
    assert "terindikasi tidak aktif, 45 hari" in tried.out
    assert not (office.config / "auditor.db").exists()
    assert office("--by", "Sari", typed=f"{OCTOBER}\n").code == 0
    before = office.report()
    assert office("--by", "Sari", "--dry-run", typed=f"{FRESH}\n").code == 0
    assert office.report() == before


def test_the_json_names_every_row_with_what_became_of_it(office: Office) -> None:
    said = office("--by", "Sari", "--format", "json", typed=f"{OCTOBER}\n{LAST_WEEK}\n")
    assert said.code == 1
    document = said.json
    reason = document["rows"][1].pop("reason")
    assert "instagram:pemkot.kota.contoh, instagram:dukcapil.kota.contoh" in reason
    nothing = {"account": None, "result": "rejected", "status": None, "last_post_at": None, "minted_at": None}
    assert document == {
        "accepted": 1,
        "repaired": 0,
        "rejected": 1,
        "unchanged": 0,
        "rows": [
            {
                "place": "stdin:1",
                "account": TIKTOK,
                "result": "accepted",
                "reason": None,
                "status": "inactive",
                "last_post_at": "2026-10-09T02:11:00Z",
                "minted_at": "2026-10-09T02:11:00Z",
            },
            {"place": "stdin:2"} | nothing,
        ],
    }


def test_json_at_a_terminal_keeps_its_questions_off_standard_output(office: Office) -> None:
    said = office("--format", "json", typed=f"Sari\n{LAST_WEEK}\n1\n", terminal=True)
    assert json.loads(said.out)["accepted"] == 1
    assert "[1]" in said.err


HEAD = (
    "kunci (jangan diubah);tautan unggahan terbaru;tanggal;keterangan;pemeriksa;pemeriksa kedua;"
    "berkas tangkapan layar;waktu"
)


def test_a_sheet_is_read_row_by_row_and_a_second_import_changes_nothing(office: Office) -> None:
    (office.folder / "layar.png").write_bytes(b"gambar")
    path = office.csv(
        HEAD,
        f"{TIKTOK};{OCTOBER};;;Sari;;;",
        f"x:pemkot_contoh;{FRESH};;tidak ada unggahan baru;Sari;;;",
        "instagram:pemkot.kota.contoh;;;privat;Sari;;layar.png;22/11/2026 09.30",
        "facebook:dukcapil.kota.contoh;;;not found;Sari;;;",
        "instagram:dukcapil.kota.contoh;;;;Sari;;;",
        "instagram:tidak.ada;;;privat;Sari;Budi;;",
    )
    said = office("--from", path)
    assert said.code == 1
    assert "1 baris belum dijawab." in said.out
    assert "2 diterima, 1 diperbaiki, 2 ditolak, 0 sudah diimpor." in said.out
    assert "periksa.csv:5" in said.out
    before = (office.config / "auditor.db").read_bytes()
    again = office("--from", path, at="2026-11-23T05:00:00+00:00")
    assert "0 diterima, 0 diperbaiki, 2 ditolak, 3 sudah diimpor." in again.out
    assert office.report()[TIKTOK]["observations"] == 1
    assert (office.config / "auditor.db").read_bytes() == before


def test_the_worksheet_of_this_program_comes_back(office: Office) -> None:
    from openpyxl import load_workbook

    path = office.folder / "periksa.xlsx"
    made = auditor("--config", str(office.config), "--now", NOW, "worksheet", "-o", str(path))
    assert made.code == 0
    book = load_workbook(path)
    page = book.worksheets[0]
    head = next(row for row in page.iter_rows() if any(c.value == words("id")("worksheet.column.by") for c in row))
    at = {cell.value: cell.column for cell in head}
    for row in page.iter_rows(min_row=head[0].row + 1):
        if row[0].value == TIKTOK:
            page.cell(row[0].row, at[words("id")("worksheet.column.post_link")], OCTOBER)
            page.cell(row[0].row, at[words("id")("worksheet.column.by")], "Sari")
            page.cell(row[0].row, at[words("id")("worksheet.column.at")], datetime(2026, 11, 22, 9, 30))  # noqa: DTZ001
    book.save(path)
    said = office("--from", str(path), "--format", "json")
    assert (said.code, [row["account"] for row in said.json["rows"]]) == (0, [TIKTOK])
    assert office.report()[TIKTOK]["observed_at"] == "2026-11-22T02:30:00Z"
    assert office("--from", str(path), "--format", "json").json["unchanged"] == 1


def test_one_statement_about_named_accounts_needs_no_sheet(office: Office) -> None:
    said = office(TIKTOK, "--said", "tidak ditemukan", "--by", "Sari", "--second", "Budi")
    assert said.code == 0
    assert TIKTOK in said.out
    unproven = office(TIKTOK, "--said", "gone", "--by", "Sari", "--at", "2026-11-20 10:00")
    assert unproven.code == 1
    assert "perlu tangkapan layar" in unproven.out


def test_managers_answers_are_drawn_for_a_check_and_the_command_is_printed(office: Office) -> None:
    said = office("--by", "Admin", "--pengelola", typed=f"{OCTOBER}\n{FRESH}\n")
    assert "2 keterangan pengelola" in said.out
    assert f"auditor attest {TIKTOK}" in said.out


USAGE = {
    "a file together with an account": (["--from", "a.csv", TIKTOK], "--from"),
    "a statement about nobody": (["--said", "gone", "--by", "Sari"], "--said"),
    "a statement nobody knows": ([TIKTOK, "--said", "entahlah", "--by", "Sari"], "entahlah"),
    "an account that is not listed": (["x:tidak_ada", "--by", "Sari"], "x:tidak_ada"),
    "a look in the future": (["--by", "Sari", "--at", "2026-11-23T10:00:01"], "masa depan"),
    "a day that does not exist": (["--by", "Sari", "--date", "30/02/2026"], "30/02/2026"),
    "a file that is not there": (["--from", "tidak-ada.xlsx"], "tidak-ada.xlsx"),
}


@pytest.mark.parametrize(("arguments", "said"), USAGE.values(), ids=USAGE)
def test_options_that_make_no_sense_are_refused_before_anything_is_recorded(
    office: Office, arguments: list[str], said: str
) -> None:
    found = office(*arguments)
    assert (found.code, found.out) == (2, "")
    assert said in found.err


def test_a_table_of_something_else_says_which_columns_are_wanted(office: Office) -> None:
    found = office("--from", office.csv("nama;alamat", "a;b"))
    assert (found.code, found.out) == (2, "")
    assert "tautan unggahan terbaru" in found.err
    assert "auditor worksheet" in found.err
