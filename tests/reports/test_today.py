"""`auditor` and nothing else: at most twelve lines, whatever has happened."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from auditor.core.audit import Audit, BlindSpot
from auditor.reports.layout import text_width, to_ascii
from auditor.reports.today import LINES, is_alive, today_lines
from auditor.reports.today_view import today_view
from auditor.words import LANGUAGES, words

from .city import AS_OF, DAY, LOOK, SENTENCE, kota_contoh
from .people import told, unseen, young
from .rendering import row, started


def page(audit: Audit | None = None, *, alive: bool | None = True, language: str = "id", width: int = 100) -> str:
    w = words(language)
    return "\n".join(today_lines(today_view(audit or kota_contoh(), w), alive, w, width))


def crowded() -> Audit:
    """Everything at once: fifty lost accounts, letters of every kind, a bad list, a broken token."""
    audit = started()
    lost = row(audit, "x:kominfo_contoh")
    many = tuple(replace(lost, account=replace(lost.account, key=f"x:hilang_{n}")) for n in range(50))
    hidden = tuple(unseen(name=f"threads:akun_{n}") for n in range(100))
    return replace(audit, rows=(*audit.rows, *many, *hidden), problems=("satu", "dua"))


@pytest.mark.parametrize("width", [80, 100, 120])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("audit", [kota_contoh(), started(), crowded(), young()], ids=["city", "set", "all", "first"])
def test_a_day_fits_on_twelve_lines_of_the_page(audit: Audit, language: str, width: int) -> None:
    lines = page(audit, language=language, width=width).splitlines()
    assert len(lines) <= LINES == 12
    assert [line for line in lines if text_width(line) > width or line != line.rstrip()] == []
    assert SENTENCE in " ".join(" ".join(lines).split())
    assert all(to_ascii(line).isascii() for line in lines)


def test_the_day_is_the_reference_page() -> None:
    assert page().splitlines() == [
        "Sen 23 Nov 2026 · Pemerintah Kota Contoh (DATA CONTOH, BUKAN INSTANSI NYATA)",
        " penjaga berjalan, dilihat 06.41 WIB",
        " hari ini    AMANKAN   x:kominfo_contoh: ditangguhkan",
        " hari ini    AMANKAN   bluesky:dinkes.kota.contoh: ditangguhkan",
        " pembenahan  SURATI    6 akun menunggu penetapan kebijakan           → auditor report",
        " Jum 27 Nov  INGATKAN  7 akun                                       → auditor report --advice remind",
        " hari ini    SAMBUNG   Facebook tidak terlihat sejak 21 Nov (token ditolak)  → auditor status",
        " ± 2 menit   LIHAT     3 akun, SAMBUNG 1 platform                → auditor worksheet · auditor check",
        " Pekan ini: 1 aktif kembali, 2 hilang, 1 baru senyap. Lengkapnya: auditor report",
        f" {SENTENCE}",
    ]


def test_lost_accounts_blind_spots_and_owed_looks_stand_however_much_else_there_is() -> None:
    text = page(crowded())
    assert "AMANKAN" in text
    assert "50 akun lagi hilang" in text
    assert "Facebook tidak terlihat" in text
    assert "103 akun" in text
    advised = today_view(crowded(), words("id")).advised
    left = re.findall(r"dan (\d+) lagi +→ auditor report$", text, re.MULTILINE)
    assert [text.count("Jum 27 Nov") + int(n) for n in left] == [len(advised)]


def test_a_command_stands_whole_or_not_at_all() -> None:
    for width in (80, 90, 100):
        for line in page(crowded(), width=width).splitlines():
            if "→" in line:
                assert not line.endswith("…")


def test_letters_are_tasks_of_their_own_once_the_policy_is_set() -> None:
    text = page(started())
    assert "pembenahan" not in text
    for verb in ("USULKAN", "AKTIFKAN", "SURATI", "INGATKAN"):
        assert f"Jum 27 Nov  {verb}" in text


@pytest.mark.parametrize(
    ("alive", "words_"),
    [(True, "penjaga berjalan"), (False, "PENJAGA TIDAK BERJALAN"), (None, "penjaga belum dijalankan")],
    ids=["running", "died", "never started"],
)
def test_the_head_says_whether_anybody_is_looking(alive: bool | None, words_: str) -> None:
    assert words_ in page(alive=alive)


def test_a_daemon_is_alive_for_three_ticks_and_not_after_it_said_goodbye() -> None:
    minute = timedelta(seconds=60)
    assert is_alive(None, {}, 60, AS_OF) is None
    assert is_alive(AS_OF - 3 * minute, {"report": "x"}, 60, AS_OF) is True
    assert is_alive(AS_OF - 3 * minute - timedelta(seconds=1), {}, 60, AS_OF) is False
    assert is_alive(AS_OF, {"stopped": "x"}, 60, AS_OF) is False


def test_the_last_look_is_told_with_its_day_unless_it_was_today() -> None:
    assert "dilihat 06.41 WIB" in page()
    assert "dilihat Sen 23 Nov 2026, 06.41 WIB" in page(replace(kota_contoh(), as_of=AS_OF + DAY))
    assert "belum pernah dilihat" in page(young(seen=0))


def test_the_week_counts_what_changed_and_came_to_stay() -> None:
    assert "1 aktif kembali, 2 hilang, 1 baru senyap" in page()
    assert "0 aktif kembali, 0 hilang, 0 baru senyap" in page(replace(kota_contoh(), changes=()))


def test_nothing_to_do_is_said_in_one_line() -> None:
    audit = kota_contoh()
    quiet = replace(audit, rows=audit.rows[:1], blind_spots=())
    assert "Tidak ada yang harus dikerjakan." in page(quiet)


def test_two_broken_platforms_are_one_line() -> None:
    spots = (*kota_contoh().blind_spots, BlindSpot("threads", "credential_rejected", LOOK, ()))
    lines = [line for line in page(replace(kota_contoh(), blind_spots=spots)).splitlines() if "tidak terlihat" in line]
    assert len(lines) == 1
    assert "dan 1 lagi" in lines[0]


def test_the_first_day_says_that_nobody_is_inactive_yet() -> None:
    text = " ".join(page(young()).split())
    assert "HARI PERTAMA: 21 sudah terlihat otomatis. 168 belum dilihat siapa pun." in text
    assert "Belum dilihat bukan berarti tidak aktif." in text
    assert "paling cepat 30 November 2026" in text
    assert "HARI PERTAMA" not in page()


def test_text_from_a_list_does_no_harm() -> None:
    audit = kota_contoh()
    nasty = replace(audit.rows[0].agency, name="Dinas \x1b[31mMerah\u202e" + "x" * 5000, parent=None)
    lost = row(audit, "x:kominfo_contoh")
    evil = replace(lost, account=replace(lost.account, key="x:a\n\x1b]0;b\x07; rm -rf /"))
    bad = replace(audit, register=replace(audit.register, agencies=(nasty,)), rows=(evil, told(evil)))
    lines = page(bad, alive=None, width=80).split("\n")
    assert len(lines) <= LINES
    assert all(line.isprintable() for line in lines)


def test_an_empty_list_has_a_day_too() -> None:
    audit = kota_contoh()
    empty = replace(audit, rows=(), register=replace(audit.register, agencies=()), blind_spots=(), changes=())
    assert "Tidak ada yang harus dikerjakan." in page(empty)
