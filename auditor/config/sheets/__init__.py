"""Spreadsheets that people hand in, read as text: .xlsx, and whatever a spreadsheet saves as text.

What a file is, is decided by its first bytes, never by its name. Nothing is evaluated, no link is followed. Every
reader after this one sees strings only: a number without ".0", a day as ISO, a truth value as TRUE or FALSE.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from auditor.config.problems import shown
from auditor.errors import Exit, UserError
from auditor.words import Words, words

from .book import Found, read_book
from .text import Unread, decode, rows

LIMIT_BYTES = 20 * 1024 * 1024
ROWS, COLUMNS = 200_000, 200  # that are not empty
CELL = 32_767  # characters of one cell, the limit of .xlsx; a cut one ends in "…"

_ZIP, _OLE, _PDF, _RTF = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"%PDF", b"{\\rtf"
_LOCKED = "EncryptedPackage".encode("utf-16-le")  # a stream of the OLE file that wraps a locked .xlsx
_PAGE = re.compile(r"\s*<(!doctype|html|table|\?xml|\?mso)", re.IGNORECASE)  # a web page or XML "saved as Excel"
_REMARK = re.compile(r"[(\[{（].*$", re.DOTALL)  # full-width brackets are written too


class SheetError(UserError):
    """A file that is no table we read. `code` is the key `worksheet.file.<code>` of the catalogue."""

    def __init__(self, code: str, w: Words, /, **values: object) -> None:
        super().__init__(
            w(f"worksheet.file.{code}", **{name: shown(value) for name, value in values.items()}), Exit.USAGE
        )
        self.code = code


@dataclass(frozen=True, slots=True)
class Row:
    """One row that is not empty. `number` counts from 1 as the spreadsheet (in a text file: the line) shows it."""

    place: str  # "periksa.xlsx:Periksa!7" or "daftar.csv:7"
    number: int
    cells: tuple[str, ...]  # trailing empty ones dropped; a formula is its text with "=" in front
    sheet: str = ""  # of a workbook: headings hold for their own sheet only
    links: Mapping[int, str] = field(default_factory=dict)  # column -> the web address a cell leads to when clicked

    def cell(self, column: int | None) -> str:
        """A cell without the blanks around it; "" beyond the end or where there is no such column."""
        return self.cells[column].strip() if column is not None and 0 <= column < len(self.cells) else ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """All rows of a file in its order, those of several sheets one after the other."""

    name: str  # of the file
    rows: tuple[Row, ...]
    properties: Mapping[str, str] = field(default_factory=dict)  # the workbook's custom document properties


def read_sheet(
    path: Path, w: Words | None = None, *, sheet: str | None = None, limit_bytes: int = LIMIT_BYTES
) -> Sheet:
    """Read a file of rows; `sheet` names the one sheet of a workbook to read.

    Raises SheetError, worded in the language of `w`: missing, empty, too large, locked with a password, or of a kind
    that is not read (.xls, .ods, .xlsb, .pdf …), with what to do about it.
    """
    w = w or words("id")
    try:
        data = _bytes(path, limit_bytes)
        found, properties = _read(data, sheet)
        kept = tuple(_kept(path.name, found))
    except Unread as error:
        raise SheetError(error.code, w, file=path, **error.values) from None
    if not kept:
        raise SheetError("empty", w, file=path)
    return Sheet(path.name, kept, properties)


def _bytes(path: Path, limit: int) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except FileNotFoundError:
        raise Unread("missing") from None
    except IsADirectoryError:
        raise Unread("folder") from None
    except (OSError, ValueError) as error:
        raise Unread("unreadable", why=getattr(error, "strerror", None) or type(error).__name__) from None
    if len(data) > limit:
        raise Unread("too_large", mb=f"{limit / 1024 / 1024:g}")
    if not data.strip():
        raise Unread("empty")
    return data


def _read(data: bytes, sheet: str | None) -> tuple[Iterable[Found], Mapping[str, str]]:
    if data.startswith(_ZIP):
        return read_book(data, sheet)
    if data.startswith(_OLE):
        raise Unread("locked") if _LOCKED in data else Unread("other_kind", kind=".xls")
    if data.startswith((_PDF, _RTF)):
        raise Unread("not_a_table")
    text = decode(data)
    if _PAGE.match(text):
        raise Unread("web_page")
    return ((("", number, cells, {}) for number, cells in rows(text)), {})


def _kept(name: str, found: Iterable[Found]) -> Iterator[Row]:
    """Rows that hold anything, within the limits."""
    count = 0
    for sheet, number, cells, links in found:
        width = len(cells)
        while width and not cells[width - 1].strip():
            width -= 1
        if not width:
            continue
        count += 1
        if count > ROWS:
            raise Unread("too_many_rows")
        place = f"{name}:{sheet}!{number}" if sheet else f"{name}:{number}"
        if width > COLUMNS:
            raise Unread("too_many_columns", place=place, columns=COLUMNS)
        yield Row(place, number, tuple(_cut(cell) for cell in cells[:width]), sheet, links)


def _cut(cell: str) -> str:
    return cell if len(cell) <= CELL else cell[: CELL - 1] + "…"


def headings(row: Row | Sequence[str], vocabulary: Mapping[str, Collection[str]]) -> dict[str, int]:
    """Which column (from 0) carries which code. Case, blanks, punctuation and a remark in brackets do not matter.

    `vocabulary`: code -> the names it goes by. The leftmost column of a name wins; a column has one code, the first.
    """
    codes = {
        key: code
        for code, names in reversed(list(vocabulary.items()))
        for name in names
        for key in (fold(_REMARK.sub("", name)), fold(name))
        if key
    }
    found: dict[str, int] = {}
    for column, cell in enumerate(row.cells if isinstance(row, Row) else row):
        code = codes.get(fold(cell)) or codes.get(fold(_REMARK.sub("", cell)))
        if code is not None:
            found.setdefault(code, column)
    return found


def fold(name: str) -> str:
    """A name as it is compared: letters and digits only, without case, width or accents of presentation."""
    return "".join(char for char in unicodedata.normalize("NFKC", name).casefold() if char.isalnum())
