"""What an officer sees, kept word for word. `python -m tests.reports.rendering` writes the files anew."""

from __future__ import annotations

import pytest

from auditor.words import LANGUAGES
from tests.reports.rendering import GOLDEN, pages, report, show, status

PAGES = pages()


@pytest.mark.parametrize("name", PAGES)
def test_the_page_is_the_kept_one(name: str) -> None:
    assert PAGES[name] == (GOLDEN / name).read_text("utf-8")


def test_no_kept_page_is_left_over() -> None:
    assert {path.name for path in GOLDEN.iterdir()} == set(PAGES)


@pytest.mark.parametrize("width", [40, 60, 71, 72, 79, 80, 99, 100, 119, 120, 160])
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_line_is_wider_than_the_page(language: str, width: int) -> None:
    from rich.cells import cell_len

    for text in (
        report(language, width),
        report(language, width, everything=True),
        report(language, width, ascii_only=True),
        show(language, width),
        status(language, width),
    ):
        assert [line for line in text.splitlines() if cell_len(line) > width] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_ascii_pages_are_ascii_only(language: str) -> None:
    for page in (
        report(language, ascii_only=True, everything=True),
        show(language, ascii_only=True),
        status(language, ascii_only=True),
    ):
        assert page.isascii()


def test_a_page_without_colour_has_no_escape_and_the_coloured_one_says_the_same_words() -> None:
    import re

    plain, coloured = report(), report(color=True)
    assert "\x1b" not in plain
    assert "\x1b[31m" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain


def test_lines_end_without_blanks() -> None:
    assert [line for page in PAGES.values() for line in page.splitlines() if line != line.rstrip()] == []
