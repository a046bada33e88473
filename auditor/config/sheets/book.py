"""Workbooks (.xlsx) as text, cell by cell. Nothing is evaluated, and no link to another file is followed."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, TypeAlias
from xml.etree.ElementTree import ParseError

from .links import links_of
from .text import Unread

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook

Found: TypeAlias = tuple[str, int, Sequence[str], Mapping[int, str]]  # sheet, row number, cells, links by column
UNPACKED = 200 * 1024 * 1024  # bytes all parts of a workbook may have together
PARTS = 10_000  # of a workbook
CELLS = 10_000_000  # of a workbook, the empty ones it claims counted too
LAST_ROW = 1_048_576  # of the format
EXACT = 10**15  # a whole number below it is written in full by every spreadsheet
# What openpyxl raises on a file that is damaged or made by hand; it has no class of its own for it.
DAMAGE = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    ParseError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
)
# How the format writes a character that XML cannot hold. openpyxl has already taken the mark off an escaped "_x0041_".
_ESCAPED = re.compile(r"_x(00[01][0-9A-Fa-f]|[Ff]{3}[EeFf])_")


def check_parts(data: bytes) -> None:
    """Refuse what is no .xlsx, or unpacks to more than a table needs, before anything of it is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, EOFError, NotImplementedError):
        raise Unread("damaged") from None
    names = {part.filename for part in parts}
    if "xl/workbook.bin" in names:
        raise Unread("other_kind", kind=".xlsb")
    if "mimetype" in names and "content.xml" in names:
        raise Unread("other_kind", kind=".ods")
    if not any(name.startswith("xl/") for name in names):
        raise Unread("not_a_table")
    if len(parts) > PARTS or sum(part.file_size for part in parts) > UNPACKED:
        raise Unread("unpacks", mb=UNPACKED // 1024 // 1024)
    if any(part.flag_bits & 1 for part in parts):
        raise Unread("locked")


def read_book(data: bytes, wanted: str | None) -> tuple[list[Found], Mapping[str, str]]:
    """(sheet, row number, cells, links by column) of every row of every sheet, or of the one wanted; the properties."""
    check_parts(data)
    import openpyxl

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl warns of every feature it does not keep
        try:
            book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
        except DAMAGE:
            raise Unread("damaged") from None
        try:
            if wanted is not None and wanted not in book.sheetnames:
                raise Unread("no_sheet", sheet=wanted, sheets=", ".join(book.sheetnames))
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                return list(_rows(book, wanted, archive)), _properties(book)
        except DAMAGE:
            raise Unread("damaged") from None
        finally:
            book.close()


def _properties(book: Any) -> dict[str, str]:
    """`Any`: the published types of openpyxl lack these."""
    return {str(p.name): str(p.value) for p in book.custom_doc_props.props if p.name and p.value is not None}


def _rows(book: Workbook, wanted: str | None, archive: zipfile.ZipFile) -> Iterator[Found]:
    claimed = 0
    for sheet in book.worksheets:
        if wanted is not None and sheet.title != wanted:
            continue
        links = links_of(archive, str(getattr(sheet, "_worksheet_path", "")))
        sheet.reset_dimensions()  # what the file claims its size to be would be padded to
        for number, cells in enumerate(sheet.iter_rows(), start=1):
            claimed += len(cells)
            if number > LAST_ROW or claimed > CELLS:
                raise Unread("too_many_rows")
            texts = [_text(cell.value, cell.data_type) for cell in cells]
            if any(texts):
                yield sheet.title, number, texts, links.get(number, {})


def _text(value: object, kind: str) -> str:
    """A cell as it would be typed."""
    match value:
        case None:
            return ""
        case bool():
            return "TRUE" if value else "FALSE"
        case float() if value.is_integer() and abs(value) < EXACT:
            return str(int(value))
        case int() | float():
            return str(value)
        case datetime():
            at = (value + timedelta(milliseconds=500)).replace(microsecond=0)
            return at.date().isoformat() if at.time() == time() else at.isoformat()
        case date():
            return value.isoformat()
        case time():
            return value.replace(microsecond=0).isoformat()
        case timedelta():
            return _hours(value)
        case _:
            text = _ESCAPED.sub(_unescaped, str(getattr(value, "text", value)))
            return text if kind != "f" or text.startswith("=") else f"={text}"


def _hours(length: timedelta) -> str:
    seconds = round(length.total_seconds())
    sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
    return f"{sign}{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def _unescaped(match: re.Match[str]) -> str:
    return chr(int(match[1], 16))
