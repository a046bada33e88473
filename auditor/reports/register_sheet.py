"""The register as a workbook that an office edits and hands back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

LONG = 32_767  # characters a cell holds
WIDEST = 60  # characters a column is made wide for


def write_register(
    path: Path, title: str, rows: Sequence[Sequence[str]], properties: Mapping[str, str], now: datetime
) -> None:
    """Row 1 is the headings. Every cell is text: nothing in it is a formula, a number or a link.

    `properties`: document properties that travel with the sheet. OSError where the file cannot be written.
    """
    import xlsxwriter
    from xlsxwriter.exceptions import FileCreateError

    book = xlsxwriter.Workbook(str(path))
    book.set_properties({"title": title, "created": now.astimezone(UTC).replace(tzinfo=None)})
    for name, value in properties.items():
        book.set_custom_property(name, value, "text")
    sheet = book.add_worksheet(title[:31])
    bold, text = book.add_format({"bold": True, "num_format": "@"}), book.add_format({"num_format": "@"})
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            if cell:
                sheet.write_string(number, column, cell[:LONG], bold if number == 0 else text)
    for column in range(len(rows[0]) if rows else 0):
        longest = max(len(row[column]) for row in rows)
        sheet.set_column(column, column, min(max(longest + 2, 8), WIDEST))
    sheet.freeze_panes(1, 0)
    if rows:
        sheet.autofilter(0, 0, len(rows) - 1, len(rows[0]) - 1)
    try:
        book.close()
    except FileCreateError as error:
        cause = error.args[0] if error.args else None
        raise cause if isinstance(cause, OSError) else OSError(str(error)) from None
