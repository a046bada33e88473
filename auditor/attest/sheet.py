"""Rows of a spreadsheet that people filled in: our worksheet, or any table with its columns, in either language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from itertools import groupby
from pathlib import Path

from auditor.config.sheets import Row, Sheet, headings
from auditor.words import LANGUAGES, words

from .answers import STATED, Answers, Vocabulary, tidy
from .statement import SAID

WHOSE = ("key", "account", "link")
COLUMNS = (
    *WHOSE,
    *("office", "last_post", "owed_by", "post_link", "date", "count_30d", "said", "by", "at", "second", "screenshot"),
    *("complaints", "answered"),
)
ANY_LINK = "any_link"  # a column of that name in a table that is not ours: of the post, unless there is one already
VERBATIM = frozenset({"key", "screenshot"})
ISSUED_AS, ISSUED_FOR = "auditor-worksheet", "auditor-for"  # properties of the workbook: its id, and for whom it is
_FIELDS = {f.name for f in fields(Answers)}


def column_names() -> Vocabulary:
    """How the columns are headed, in every language."""
    names = {code: _spoken(f"worksheet.column.{code}", code) for code in COLUMNS}
    names["link"] = names["link"][:-1]  # "link" alone may be either
    return names | {ANY_LINK: ("link", "tautan", "url")}


def said_names() -> Vocabulary:
    """What may stand in the column of statements, in every language."""
    return {code: _spoken(f"worksheet.said.{code}", code) for code in SAID}


def _spoken(key: str, code: str) -> tuple[str, ...]:
    spoken = [words(language)(key) for language in LANGUAGES]
    return (*spoken, *(text.partition("(")[0] for text in spoken), code)


def rows(sheet: Sheet, columns: Vocabulary, folder: Path) -> Iterator[Answers] | None:
    """Every row below a heading that has somewhere to answer, blank answers too. None: no sheet has such a heading.

    Each sheet of a workbook has its own heading; those without one (instructions, who was left out) are passed over.
    A sheet that asks for complaints was made for the accounts' own managers.
    """
    parts = [_headed(list(part), columns) for _, part in groupby(sheet.rows, lambda row: row.sheet)]
    found = [part for part in parts if part is not None]
    if not found:
        return None
    worksheet = tidy(sheet.properties.get(ISSUED_AS, ""))
    manager = sheet.properties.get(ISSUED_FOR) == "manager"
    return (_answers(row, heading, worksheet, folder, manager=manager) for heading, under in found for row in under)


def _headed(part: list[Row], columns: Vocabulary) -> tuple[Mapping[str, int], list[Row]] | None:
    for number, row in enumerate(part):
        heading = headings(row, columns)
        link = heading.pop(ANY_LINK, None)
        if link is not None:
            heading.setdefault("link" if "post_link" in heading else "post_link", link)
        whose = any(code in heading for code in (*WHOSE, "post_link"))
        if whose and any(code in heading for code in STATED):
            return heading, part[number + 1 :]
    return None


def _answers(row: Row, heading: Mapping[str, int], worksheet: str, folder: Path, *, manager: bool) -> Answers:
    cells = {code: _cell(code, row.cell(column)) for code, column in heading.items() if code in _FIELDS}
    manager = manager or "complaints" in heading or "answered" in heading
    return Answers(place=row.place, worksheet=worksheet, folder=folder, manager=manager, **cells)


def _cell(code: str, text: str) -> str:
    """Keys and file names are taken to the letter."""
    return text if code in VERBATIM and tidy(text) else tidy(text)
