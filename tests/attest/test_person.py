"""When two written names are taken for one person: whenever they may be."""

from __future__ import annotations

import pytest

from auditor.attest.person import is_name, same_person

ONE = {
    "in another case and spacing": ("Budi Santoso", " BUDI  santoso "),
    "with a dot": ("Sari", "Sari."),
    "with an accent": ("Sari", "Sári"),
    "in full width": ("Sari", "ＳＡＲＩ"),
    "letter by letter": ("Sari", "S a r i"),
    "with a degree": ("Budi Santoso", "Budi Santoso, S.Kom., M.Si."),
    "with a title": ("Drs. H. Budi Santoso", "budi santoso"),
    "with a form of address": ("Sari", "Ibu Sari"),
    "two forms of address": ("Bpk. Budi", "Pak Budi"),
    "in another order": ("Budi Santoso", "Santoso, Budi"),
    "an initial": ("Budi Santoso", "B. Santoso"),
    "the first name only": ("Sari Wulandari", "Sari"),
}
TWO = {
    "another name": ("Sari", "Budi"),
    "one name in common": ("Budi Santoso", "Budi Hartono"),
    "another initial": ("Budi Santoso", "A. Santoso"),
    "numbered checkers": ("Pemeriksa 1", "Pemeriksa 12"),
    "names that begin alike": ("Sari", "Sarinah"),
}


@pytest.mark.parametrize("names", ONE.values(), ids=ONE)
def test_a_name_in_another_spelling_is_the_same_person(names: tuple[str, str]) -> None:
    assert same_person(*names)
    assert same_person(*reversed(names))


@pytest.mark.parametrize("names", TWO.values(), ids=TWO)
def test_another_name_is_another_person(names: tuple[str, str]) -> None:
    assert not same_person(*names)
    assert not same_person(*reversed(names))


@pytest.mark.parametrize("text", ["", "-", "12", "tidak ada", "Tidak  ada.", "None"])
def test_a_word_for_nobody_is_no_name(text: str) -> None:
    assert not is_name(text)
