"""Whatever people write: no row is lost, and importing again changes nothing."""

from __future__ import annotations

import string
from collections.abc import Mapping
from datetime import timedelta

from hypothesis import given, settings, strategies as st

from auditor.attest.answers import STATED, WRITTEN, Answers, digest, tidy
from auditor.attest.outcome import Kind
from auditor.attest.page import Page, results_json
from auditor.reports.clean import clean
from auditor.words import words

from .build import DAY, FB, IG, NOW, SAID, TIKTOK, Office, X, facebook_link, read_link, tiktok_link, x_link

HASH = "cd" * 32
DOTS = {"20/11/2026": "20.11.2026", "2026-11-22": "22 November 2026"}
HOSTILE = ("\x1b[31mmerah", "=1+1", "@cmd", "\u202eterbalik", "a\0b", "'; DROP TABLE looks; --", "9" * 400, "é" * 300)
GOOD: Mapping[str, tuple[str, ...]] = {
    "key": (IG, TIKTOK, X, FB, "x:tidak_ada", ""),
    "post_link": (x_link(NOW - 40 * DAY), x_link(NOW - DAY), tiktok_link(NOW - 3 * DAY), facebook_link(), ""),
    "date": ("20/11/2026", "2026-11-22", "1 Okt 2026", "12/11/26", ""),
    "count_30d": ("0", "12", "-3", ""),
    "said": ("tidak ada unggahan baru", "not found", "no_post", "privat", ""),
    "by": ("Sari", "Budi", "", "…"),
    "second": ("Sari", "Tuti", ""),
    "at": ("20/11/2026 09:30", "22/11/2026", "besok", ""),
    "screenshot": (HASH, "tidak ada.png", ""),
    "complaints": ("4", ""),
    "answered": ("3", "5", ""),
}
ANY_ROW = st.fixed_dictionaries(
    {name: st.sampled_from(values) | st.sampled_from(HOSTILE) | st.text(max_size=12) for name, values in GOOD.items()}
    | {"account": st.sampled_from(("", X, "https://www.instagram.com/dinas.kota.contoh/", "siapa"))}
)
ROW = st.fixed_dictionaries({name: st.sampled_from(values) for name, values in GOOD.items()})


def sheet(found: list[dict[str, str]], worksheet: str = "0123456789abcdef") -> list[Answers]:
    return [
        Answers(place=f"s.xlsx:{n}", worksheet=worksheet, **{k: tidy(v) for k, v in row.items()})
        for n, row in enumerate(found)
    ]


@given(st.lists(ANY_ROW, max_size=6))
@settings(max_examples=60)
def test_every_answered_row_ends_in_one_of_four_ways_and_none_is_lost(found: list[dict[str, str]]) -> None:
    office = Office()
    desk = office.desk(by="")
    rows = sheet(found)
    for row in rows:
        desk.take(row)
    answered = [row.place for row in rows if any(getattr(row, name) for name in STATED)]
    assert [result.place for result in desk.results] == answered
    assert desk.left_blank == len(rows) - len(answered)
    office.record(desk)
    looks = {key: len(office.store.attestations(number, NOW)) for key, number in office.ids.items()}
    assert sum(looks.values()) == sum(result.counts for result in desk.results)
    for language in ("id", "en"):
        page = Page(words(language))
        text = "\n".join(page.result(result) for result in desk.results)
        assert clean(text.replace("\n", ""), 10**6) == " ".join(text.replace("\n", "").split())
        assert max(map(len, text.splitlines()), default=0) <= 100
        results_json(desk.results, page)


@given(st.lists(ROW, max_size=8))
@settings(max_examples=60)
def test_a_second_import_changes_nothing(found: list[dict[str, str]]) -> None:
    office = Office()
    first = office.take(*sheet(found), by="")
    before = office.dump()
    second = office.take(*sheet(found), by="", now=NOW + timedelta(hours=5))
    assert office.dump() == before
    assert [r.kind for r in second] == [Kind.UNCHANGED if r.counts else r.kind for r in first]


@given(st.lists(ROW, min_size=1, max_size=8), st.data())
@settings(max_examples=40)
def test_a_sheet_filled_a_bit_further_and_imported_again_adds_what_was_added(
    found: list[dict[str, str]], data: st.DataObject
) -> None:
    part = data.draw(st.integers(0, len(found)))
    blank = [{name: row[name] if name == "key" else "" for name in row} for row in found[part:]]
    bit_by_bit, at_once = Office(), Office()
    bit_by_bit.take(*sheet(found[:part] + blank), by="")
    bit_by_bit.take(*sheet(found), by="")
    at_once.take(*sheet(found), by="")
    numbers = sorted(at_once.ids.values())
    assert [len(bit_by_bit.store.attestations(n, NOW)) for n in numbers] == [
        len(at_once.store.attestations(n, NOW)) for n in numbers
    ]


@given(ROW, st.sampled_from(WRITTEN), st.text(string.ascii_letters, min_size=1, max_size=8))
@settings(max_examples=60)
def test_the_digest_of_a_row_changes_with_any_answer_and_with_no_spelling(
    row: dict[str, str], name: str, text: str
) -> None:
    (answers,) = sheet([row])
    before = digest(answers, X, SAID, read_link)
    assert digest(*_changed(answers, name, f"{text} lain"), SAID, read_link) != before
    spelt = {"by": f"  {row['by'].upper()} ", "said": row["said"].upper(), "date": DOTS.get(row["date"], row["date"])}
    (again,) = sheet([row | spelt])
    assert digest(again, X, SAID, read_link) == before


def _changed(answers: Answers, name: str, text: str) -> tuple[Answers, str]:
    from dataclasses import replace

    return replace(answers, **{name: text}), X  # type: ignore[arg-type]
