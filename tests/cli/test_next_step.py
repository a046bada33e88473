"""On the first day every end of the road says what to type next."""

from __future__ import annotations

from pathlib import Path

import pytest

from .office import Said, auditor
from .test_init import FIVE, begin, listed


def flat(text: str) -> str:
    return " ".join(text.split())


def test_an_empty_list_is_followed_by_filling_it_and_not_by_polling_it(tmp_path: Path) -> None:
    said = begin(tmp_path / "kantor baru", "--offline")
    assert said.code == 0
    assert "poll" not in said.out
    assert f"auditor --config '{tmp_path / 'kantor baru'}' accounts import BERKAS" in said.out


def test_the_site_of_the_list_is_counted_so_that_no_row_seems_lost(tmp_path: Path) -> None:
    said = begin(tmp_path / "config", "--list", str(listed(tmp_path)), "--offline")
    assert len(FIVE) == 5
    assert "DAFTAR ANDA   4 akun dalam daftar · 1 situs kantor" in said.out


def test_a_site_on_a_private_network_names_the_setting_that_opens_it(tmp_path: Path) -> None:
    said = begin(tmp_path / "config", "--website", "http://127.0.0.1:9/")
    assert "tulis 127.0.0.1 di network.private_hosts (auditor.yaml)" in said.out
    assert "permintaan kami keliru" not in said.out


def test_a_second_beginning_says_how_to_go_on(tmp_path: Path) -> None:
    begin(tmp_path, "--offline")
    again = begin(tmp_path, "--offline")
    assert (again.code, again.out) == (1, "")
    assert "auditor accounts import BERKAS" in again.err


@pytest.fixture
def office(tmp_path: Path) -> Path:
    begin(tmp_path / "config", "--list", str(listed(tmp_path)), "--offline")
    return tmp_path / "config"


def of(office: Path, *arguments: str) -> Said:
    return auditor("--config", str(office), *arguments)


def test_a_round_in_which_nobody_is_due_says_how_to_look_all_the_same(office: Path) -> None:
    said = of(office, "poll")
    assert said.code == 0
    assert "auditor poll --all" in said.out
    assert "auditor worksheet" in said.out


def test_connecting_without_a_key_says_where_its_steps_are_shown(
    office: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AUDITOR_YOUTUBE_API_KEY", raising=False)
    (tmp_path / "kosong").write_text("")
    said = of(office, "connect", "youtube", "--key-file", str(tmp_path / "kosong"))
    assert said.code == 2
    assert "auditor connect youtube" in said.err


def test_an_account_nothing_here_reads_says_how_a_person_looks(office: Path) -> None:
    shown = flat(of(office, "show", "instagram:pemkot.kota.contoh").out)
    assert "dengan tangan: buka akunnya, lalu auditor attest instagram:pemkot.kota.contoh" in shown


def test_why_a_file_cannot_be_written_is_said_in_indonesian(office: Path, tmp_path: Path) -> None:
    (tmp_path / "berkas").write_text("")
    for typed in (
        ["report", "-o", str(tmp_path / "tidak/ada.txt")],
        ["worksheet", "-o", str(tmp_path / "berkas/a.xlsx")],
        ["accounts", "export", "-o", str(tmp_path / "tidak/ada.csv")],
        ["init", str(tmp_path / "berkas/config")],
    ):
        said = of(office, *typed)
        assert said.code in (1, 2)
        assert "folder" in said.err
        assert "directory" not in said.err.replace(str(tmp_path), "")


def test_a_configuration_nearby_is_named_on_a_line_of_its_own(office: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (office.parent / "laporan").mkdir()
    monkeypatch.chdir(office.parent / "laporan")
    monkeypatch.delenv("AUDITOR_CONFIG", raising=False)
    looked, near = auditor("report").err.splitlines()
    assert looked.endswith("auditor init")
    assert near.endswith(f"auditor --config {office}")
