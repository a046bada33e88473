"""A sheet as lines: which column says what, and one line for each account a row names.

Long lists have a row for each account; wide ones a row for each office and a column for each platform; some have no
headings at all. Nothing is judged here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import groupby

from auditor.config.sheets import Row, Sheet, fold

from .columns import LINK, Columns, find_headings, numbering
from .labels import TOTALS, WEBSITE, says_no_name

REGISTER = "auditor-register"  # document property of an exported sheet: the hash of the register it came from
NO_ACCOUNT = frozenset(
    (
        *("-", "--", "–", "—", ".", "tidak ada", "belum ada", "nihil", "n/a", "na", "none", "kosong", "null", "tidak"),
        *("tidak punya", "belum punya", "tidak memiliki", "belum memiliki", "belum", "belum dibuat", "tidak tersedia"),
        *("tidak ada akun", "belum ada akun", "tidak punya akun", "belum punya akun"),
    )
)
HYPERLINK = re.compile(r'(?is)=\s*HYPERLINK\(\s*"([^"]+)"\s*(?:[;,]\s*"([^"]*)"\s*)?\)')
BULLET = re.compile(r"^(?:\d{1,2}[.)]\s+|[-•*·]\s+)")
GUARDED = re.compile(r"'+[=+\-@\t\r\n]")


@dataclass(frozen=True, slots=True)
class Line:
    """One account as one row names it, or one office without. Everything as written; empty: not said."""

    place: str
    cells: tuple[str, ...]
    written: str = ""
    label: str = ""
    handle: str = ""  # what a second column calls the account
    office: str = ""
    office_id: str = ""
    carried: bool = False  # the office stands further up: its cells are merged
    id: str = ""
    opened: str = ""
    profile: str = ""
    note: str = ""
    website: str = ""
    wide: bool = False  # the label is the heading of a column
    repairs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lines:
    """All lines of a sheet, and what of it was not read."""

    source: str
    lines: tuple[Line, ...]
    ignored: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    register: str = ""  # hash of the register it was exported from


def lines_of(sheet: Sheet) -> Lines:
    """The lines of all sheets of a file; headings hold for their own sheet."""
    lines: list[Line] = []
    ignored: list[str] = []
    titles: list[str] = []
    for _, group in groupby(sheet.rows, key=lambda row: row.sheet):
        rows = [row if row.sheet else _unguarded(row) for row in group]
        start, columns = find_headings(rows)
        if columns is None:
            lines.extend(line for row in rows for line in _headless(row))
            continue
        titles.extend(row.place for row in rows[: start[0]])
        titles.extend(row.place for row in rows[start[0] : start[1]] if numbering(row))
        ignored.extend(_ignored([row for row in rows[start[0] : start[1]] if not numbering(row)], columns))
        lines.extend(_read_rows(rows[start[1] :], columns))
    return Lines(
        source=sheet.name,
        lines=tuple(lines),
        ignored=tuple(dict.fromkeys(ignored)),
        titles=tuple(titles),
        register=sheet.properties.get(REGISTER, ""),
    )


def _unguarded(row: Row) -> Row:
    """The apostrophe off that keeps a text file's cell from being taken for a formula."""
    cells = tuple(cell[1:] if GUARDED.match(cell) else cell for cell in row.cells)
    return row if cells == row.cells else replace(row, cells=cells)


def _ignored(rows: list[Row], columns: Columns) -> Iterator[str]:
    read = columns.read
    for row in rows:
        yield from (cell.strip() for column, cell in enumerate(row.cells) if cell.strip() and column not in read)


def _read_rows(rows: list[Row], columns: Columns) -> Iterator[Line]:
    above = ("", "")
    for row in rows:
        said = {code: row.cell(column) for code, column in columns.said.items()}
        office = (said.get("agency", "") or _total(row, columns), said.get("agency_id", ""))
        carried = office == ("", "") and above != ("", "")
        above = above if carried else office
        base = Line(row.place, row.cells, office=above[0], office_id=above[1], carried=carried)
        yield from _of_row(row, replace(base, opened=_day(said), note=said.get("note", "")), said, columns)


def _total(row: Row, columns: Columns) -> str:
    """The word "total" in a column that is not read, mostly that of the numbers."""
    cells = (cell.strip() for column, cell in enumerate(row.cells) if column not in columns.read)
    return next((cell for cell in cells if fold(cell) in TOTALS), "")


def _day(said: Mapping[str, str]) -> str:
    """Spreadsheets save a day with its midnight."""
    return re.sub(r"[T ]00:00(?::00)?$", "", said.get("opened", ""))


def _of_row(row: Row, base: Line, said: Mapping[str, str], columns: Columns) -> Iterator[Line]:
    """The accounts of one row; where there are none, the row itself."""
    base = replace(base, profile=said.get("profile", ""))
    long = bool({"link", "account", "platform"} & set(columns.said))
    naming = tuple(columns.said[code] for code in ("link", "account") if code in columns.said)
    line = replace(base, label=said.get("platform", ""))
    found = [replace(one, id=said.get("id", "")) for one in _pair(row, naming, line)]
    if len(found) > 1:
        found = [replace(one, id="") for one in found]
    for platform, found_in in columns.wide.items():
        if platform == WEBSITE and long:
            base = replace(base, website=_leads(row, found_in[0])[0])
            found = [replace(one, website=base.website) for one in found]
            continue
        found.extend(_accounts(row, found_in, replace(base, label=platform, wide=True)))
    empty = all(row.cell(column).lower() in NO_ACCOUNT for column in naming if row.cell(column))
    said_so = bool(said.get("link") or said.get("account"))
    yield from found or [replace(line, website=base.website, wide=(empty and said_so) if long else True)]


def _accounts(row: Row, columns: tuple[int, ...], base: Line) -> Iterator[Line]:
    """The accounts of one platform: a link and a name beside it are one account, anything else is one each."""
    filled = [column for column in columns if list(_split(row.cell(column)))]
    links = [bool(LINK.search(_leads(row, column)[0])) for column in filled]
    if len(filled) == 2 and links[0] != links[1]:
        yield from _pair(row, tuple(sorted(filled, key=lambda column: not links[filled.index(column)])), base)
        return
    for column in filled:
        yield from _pair(row, (column,), base)


def _pair(row: Row, columns: tuple[int, ...], base: Line) -> Iterator[Line]:
    """The accounts of the first cell that names any; another cell is what the list calls the account."""
    for index, column in enumerate(columns):
        text, behind, repairs = _leads(row, column)
        parts = list(_split(text))
        beside = next((row.cell(other) for other in columns[index + 1 :] if row.cell(other)), behind)
        for part, split in parts:
            yield replace(base, written=part, handle=beside, repairs=(*repairs, *split))
        if parts:
            return


def _leads(row: Row, column: int) -> tuple[str, str, tuple[str, ...]]:
    """(what a cell names, the other thing it says, repairs): its text, or where "Instagram" leads when clicked."""
    text, target = row.cell(column), row.links.get(column, "")
    parts = [part for part, _ in _split(text)]
    if not target or len(parts) != 1 or HYPERLINK.fullmatch(text):
        return text, "", ()
    if LINK.search(text):
        return text, target, ()
    return target, "" if says_no_name(text) else text, ("from_hyperlink",)


def _split(cell: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The accounts of one cell, each with what had to be set right to find it."""
    formula = HYPERLINK.fullmatch(cell.strip())
    if formula is not None:
        yield formula[1].strip(), ("from_formula",)
        return
    commas = r",\s*(?=https?:|www\.|@)|,\s+" if "://" in cell else ","
    apart = re.sub(r"((?:https?://|www\.|@)\S+)[^\S\n]+(?=https?://)", r"\1\n", cell)
    parts = re.split(rf"[\n\r;]|\s/\s|{commas}", apart)
    for part in parts:
        text = BULLET.sub("", part.strip()).strip()
        if text and text.lower() not in NO_ACCOUNT:
            yield text, ()


def _headless(row: Row) -> Iterator[Line]:
    """Links tell themselves; of the other cells the first that is no number may name the office."""
    cells = [_leads(row, column)[0] for column in range(len(row.cells))]
    links = [cell for cell in cells if LINK.search(cell)]
    others = [cell for cell in cells if cell and not LINK.search(cell)]
    texts = [cell for cell in others if not re.fullmatch(r"[\d.,)\s]+", cell)]
    base = Line(row.place, row.cells, office=texts[0] if links and texts else "")
    found = [replace(base, written=text, repairs=repairs) for link in links for text, repairs in _split(link)]
    yield from found or [replace(base, written=(*texts, *others, "")[0])]
