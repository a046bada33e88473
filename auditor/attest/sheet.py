"""Rows of a spreadsheet that people filled in: our worksheet, or any table with its columns, in either language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from auditor.config.days import FIRST
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
# Properties of the workbook: its id, when it was made, and for whom.
ISSUED_AS, ISSUED_AT, ISSUED_FOR = "auditor-worksheet", "auditor-issued", "auditor-for"
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
    common = Answers(
        worksheet=worksheet,
        issued=_issued(sheet.properties.get(ISSUED_AT, "")),
        folder=folder,
        manager=sheet.properties.get(ISSUED_FOR) == "manager",
    )
    return (_answers(row, heading, common) for heading, under in found for row in under)


def _issued(text: str) -> datetime | None:
    """None: it was not made here, or its properties are lost."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at.replace(microsecond=0) if at.tzinfo is not None and at.year >= FIRST else None


def unread(sheet: Sheet, columns: Vocabulary) -> tuple[str, ...]:
    """Headings nothing is read from, where no column is known to hold the posts' links: one of them may."""
    found: list[str] = []
    for _, part in groupby(sheet.rows, lambda row: row.sheet):
        for row in part:
            heading = headings(row, columns)
            if any(code in heading for code in WHOSE) and any(code in heading for code in STATED):
                if "post_link" not in heading and ANY_LINK not in heading:
                    known = set(heading.values())
                    found += [tidy(cell) for n, cell in enumerate(row.cells) if n not in known and tidy(cell)]
                break
    return tuple(found)


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


def _answers(row: Row, heading: Mapping[str, int], common: Answers) -> Answers:
    cells: dict[str, Any] = {code: _cell(code, row.cell(n)) for code, n in heading.items() if code in _FIELDS}
    manager = common.manager or "complaints" in heading or "answered" in heading
    return replace(common, place=row.place, manager=manager, **cells)


def _cell(code: str, text: str) -> str:
    """Keys and file names are taken to the letter."""
    return text if code in VERBATIM and tidy(text) else tidy(text)
