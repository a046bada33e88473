"""Every reason has its sentence, and no sentence waits for a reason that is never given."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import auditor.attest
import auditor.cli.attest_command as command
from auditor.attest.page import Page
from auditor.core.post_link import IS_ACCOUNT, NO_FORM, SHORT, UNKNOWN
from auditor.words import words
from tests.words.test_catalogues import catalogue

SOURCE = "\n".join(
    path.read_text("utf-8") for path in [*Path(auditor.attest.__path__[0]).glob("*.py"), Path(str(command.__file__))]
)
REASONS = set(re.findall(r"(?:Rejection|Unstated)\(\s*\"([a-z_]+)\"", SOURCE)) | {
    "known_untimed",
    "same_person",
    "no_evidence",
    "no_link",
    "no_statement",
}
NOTES = set(re.findall(r"Note\(\"([a-z_]+)\"", SOURCE))
KEYS = set(catalogue("attest", "id"))


def test_every_reason_note_and_repair_has_its_sentence_and_none_is_left_over() -> None:
    assert {key.removeprefix("why.") for key in KEYS if key.startswith("why.")} == REASONS - {"address"} | {"whose"}
    assert {key.partition(".")[2] for key in KEYS if key.startswith(("note.", "repair."))} == NOTES


def test_every_other_sentence_is_asked_for() -> None:
    asked = set(re.findall(r"\"attest\.([a-z_]+)\"", SOURCE)) | set(re.findall(r"'attest\.([a-z_]+)'", SOURCE))
    others = {key.removesuffix(".one").removesuffix(".many") for key in KEYS}
    assert {key for key in others if not key.startswith(("why.", "note.", "repair.", "link.", "sure."))} == asked


@pytest.mark.parametrize("code", [IS_ACCOUNT, NO_FORM, SHORT, UNKNOWN])
def test_every_address_that_is_no_post_is_explained(code: str) -> None:
    assert words("id").has(f"attest.link.{code}")


def test_words_of_discipline_appear_nowhere() -> None:
    for language in ("id", "en"):
        text = " ".join(catalogue("attest", language).values()).lower()
        assert not re.search(r"teguran|pelanggaran|sanksi|\baudit\b", text)


def test_a_page_breaks_long_lines_and_keeps_every_word() -> None:
    page = Page(words("id"), width=80)
    text = page._block("  ✗ ", ["daftar.csv:7", "kata " * 60])
    assert max(map(len, text.splitlines())) <= 80
    assert text.split() == ["✗", "daftar.csv:7", *["kata"] * 60]


def test_ascii_pages_hold_nothing_else() -> None:
    assert Page(words("id"), ascii_only=True).plain("✓ → “é” ✗ …") == '+ -> "?" x ...'
