"""The first day: nobody is called inactive, and the page says from when anybody can be."""

from __future__ import annotations

from dataclasses import replace

import pytest

from auditor.core.audit import Audit
from auditor.core.model import Status
from auditor.reports.first_day import earliest, is_first_day
from auditor.reports.layout import plain
from auditor.reports.view import view
from auditor.words import LANGUAGES, words

from .city import AS_OF, DAY, LOOK, SENTENCE, kota_contoh
from .people import told, unseen, young
from .rendering import report, row

W = words("id")


def flat(audit: Audit, **how: object) -> str:
    return " ".join(report(audit=audit, **how).split())  # type: ignore[arg-type]


def test_the_head_says_first_day_beside_the_other_marks() -> None:
    first = report(audit=young()).splitlines()[0]
    assert first.startswith("LAPORAN PEMANTAUAN")
    assert first.endswith("DATA CONTOH, BUKAN INSTANSI NYATA · HARI PERTAMA")
    real = replace(young(), register=replace(young().register, demonstration=False))
    assert report(audit=real).splitlines()[0].endswith("HARI PERTAMA")
    assert "FIRST DAY" in report("en", audit=young()).splitlines()[0]


def test_the_sentences_say_what_was_seen_and_that_the_rest_is_not_inactive() -> None:
    text = flat(young())
    for sentence in (
        "189 akun pada 8 instansi.",
        "21 sudah terlihat otomatis.",
        "168 belum dilihat siapa pun.",
        "Belum dilihat bukan berarti tidak aktif.",
        "Belum ada akun yang dinyatakan tidak aktif",
        "memerlukan dua kali lihat berselang 7 hari, paling cepat 30 November 2026.",
        "Masa pembenahan: surat baru dibuat sesudah kebijakan ditetapkan",
        SENTENCE,
    ):
        assert sentence in text


def test_looks_by_hand_and_tries_that_failed_are_counted_apart() -> None:
    tried = replace(unseen(name="threads:c"), last_tried_at=LOOK)
    rows = (*young(2, 1).rows, told(unseen(name="threads:d")), tried)
    text = flat(replace(young(), rows=rows))
    for part in ("1 sudah terlihat otomatis", "1 dilihat orang", "1 sudah dicoba", "2 belum dilihat siapa pun"):
        assert part in text


def test_empty_sections_are_left_out_and_what_is_to_be_done_stays() -> None:
    text = report(audit=young())
    for title in ("SEJAK", "INSTANSI (urut daftar)", "AKUN SENYAP", "dibandingkan", "PALING TERATUR"):
        assert title not in text
    assert "KERJAKAN" in text
    assert "auditor worksheet" in text
    assert len(text.splitlines()) <= 40
    assert "INSTANSI (urut daftar)" in report(audit=young(), everything=True)


def test_a_silence_that_one_look_found_is_still_told() -> None:
    silent = row(kota_contoh(), "feed:https://kec-utara.kotacontoh.example/feed/")
    silent = replace(silent, verdict=replace(silent.verdict, first_look_at=LOOK, confirmable_at=LOOK + 7 * DAY))
    text = report(audit=replace(young(), rows=(*young().rows, silent)))
    assert "Terindikasi tidak aktif" in " ".join(text.split())
    assert "HARI PERTAMA" in text


@pytest.mark.parametrize(
    ("audit", "first"),
    [
        pytest.param(young(), True, id="the first look was today"),
        pytest.param(replace(young(), as_of=LOOK + 7 * DAY), False, id="seven days after the first look"),
        pytest.param(replace(young(seen=0), as_of=AS_OF), True, id="listed yesterday, nobody looked"),
        pytest.param(replace(young(seen=0), as_of=AS_OF + 7 * DAY), False, id="listed eight days ago, nobody looked"),
        pytest.param(replace(young(), rows=()), False, id="an empty list"),
        pytest.param(kota_contoh(), False, id="looked at for a year"),
    ],
)
def test_the_first_day_ends_a_week_after_the_first_look(audit: Audit, first: bool) -> None:
    assert is_first_day(audit) is first


@pytest.mark.parametrize("status", [Status.INACTIVE, Status.NEVER_POSTED, Status.LOST])
def test_it_ends_with_the_first_statement_against_anybody(status: Status) -> None:
    rows = young().rows
    proven = replace(rows[0], verdict=replace(rows[0].verdict, status=status, confirmed=True))
    assert not is_first_day(replace(young(), rows=(proven, *rows[1:])))


def test_the_earliest_day_is_the_first_confirmation_that_is_owed() -> None:
    silent = told(unseen(), status=Status.INACTIVE, days=60)
    silent = replace(silent, verdict=replace(silent.verdict, confirmable_at=LOOK + 5 * DAY))
    assert earliest(replace(young(), rows=(*young().rows, silent))) == LOOK + 5 * DAY
    assert earliest(young()) == LOOK + 7 * DAY
    assert earliest(young(seen=0)) == AS_OF + 7 * DAY


def test_the_road_map_has_its_place_at_the_end() -> None:
    seen = replace(view(young(), W), road=(plain("JALAN MENAMBAH YANG TERLIHAT"), plain(" 1 Kunci")))
    from auditor.reports.terminal import render_report

    text = render_report(seen, W, width=100, color=False, ascii_only=False)
    assert text.index("KERJAKAN") < text.index("JALAN MENAMBAH") < text.index("Ambang batas")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [40, 80, 100, 120])
def test_the_page_fits_its_width(language: str, width: int) -> None:
    assert max(map(len, report(language, width, audit=young()).splitlines())) <= width
