"""A sheet as lines: which column says what, and one line for each account a row names.

Long lists have a row for each account; wide ones a row for each office and a column for each platform; some have no
headings at all. Nothing is judged here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import groupby

from .import_labels import WEBSITE, column_names
from .sheets import Row, Sheet, headings

REGISTER = "auditor-register"  # document property of an exported sheet: the hash of the register it came from
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "agency_id": (
        *("id perangkat daerah", "id instansi", "id opd", "id kantor", "kode opd", "kode instansi", "agency id"),
        *("office id", "organization id", "organisation id", "org id", "organization code", "id agency"),
    ),
    "agency": (
        *("perangkat daerah", "nama perangkat daerah", "opd", "nama opd", "instansi", "nama instansi", "dinas"),
        *("nama dinas", "skpd", "nama skpd", "unit kerja", "nama unit kerja", "nama kantor", "kantor", "satuan kerja"),
        *("satker", "badan", "lembaga", "nama lembaga", "kecamatan", "desa", "organisasi", "perangkat daerah opd"),
        *("opd perangkat daerah", "dinas instansi", "instansi opd", "agency", "agency name", "office", "office name"),
        *("organization", "organisation", "organization name", "organisation name", "department", "institution"),
        *("ministry", "owner", "pemilik", "pemilik akun"),
    ),
    "platform": (
        *("platform", "media sosial", "medsos", "jenis media sosial", "jenis platform", "jenis medsos", "kanal"),
        *("nama platform", "nama media sosial", "social media", "network", "service", "social network"),
        "social media platform",
    ),
    "account": (
        *("akun", "nama akun", "nama akun resmi", "akun resmi", "akun media sosial", "username", "user", "handle"),
        *("nama pengguna", "user name", "account", "account name", "screen name", "nama akun media sosial", "user id"),
    ),
    "link": (
        *("tautan", "link", "url", "link akun", "tautan akun", "url akun", "alamat akun", "alamat url", "alamat link"),
        *("link media sosial", "alamat tautan", "tautan akun resmi", "web address", "profile url", "address url"),
        *("account url", "social media url", "link url", "hyperlink", "permalink"),
    ),
    "id": ("id", "id akun", "account id", "id kanal", "channel id", "native id", "platform id", "nomor id akun"),
    "opened": ("dibuka", "dibuka sejak", "sejak", "tahun dibuat", "dibuat", "opened", "since", "created", "created on"),
    "profile": ("profil", "profil ambang", "profile", "threshold profile"),
    "note": ("keterangan", "catatan", "ket", "note", "notes", "remark", "remarks", "comment", "comments"),
}
LOOSE: Mapping[str, tuple[str, ...]] = {  # only where no better heading says the same
    "agency": ("nama", "name", "unit", "nama unit"),
    "platform": ("jenis", "media", "channel", "type", "kategori platform"),
    "link": ("alamat", "address", "website link", "profile"),
}
WIDE = column_names()
NO_ACCOUNT = frozenset(
    ("-", "--", "–", "—", ".", "tidak ada", "belum ada", "nihil", "n/a", "na", "none", "kosong", "null", "tidak punya")
)
LINK = re.compile(r"(?i)https?:|www\.|\b[\w-]+\.(?:com|net|me|app|id|org|example)/")
HYPERLINK = re.compile(r'(?is)=\s*HYPERLINK\(\s*"([^"]+)"\s*(?:[;,]\s*"([^"]*)"\s*)?\)')
BULLET = re.compile(r"^(?:\d{1,2}[.)]\s+|[-•*·]\s+)")
GUARDED = re.compile(r"'+[=+\-@\t\r\n]")
HEADINGS_WITHIN = 30  # rows; whoever writes a longer preface has no list


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


@dataclass(slots=True)
class _Columns:
    """Column numbers by what they hold."""

    said: dict[str, int] = field(default_factory=dict)
    wide: dict[str, int] = field(default_factory=dict)

    @property
    def count(self) -> int:
        return len(self.said) + len(self.wide)


def lines_of(sheet: Sheet) -> Lines:
    """The lines of all sheets of a file; headings hold for their own sheet."""
    lines: list[Line] = []
    ignored: list[str] = []
    titles: list[str] = []
    for _, group in groupby(sheet.rows, key=lambda row: row.sheet):
        rows = [row if row.sheet else _unguarded(row) for row in group]
        start, columns = _find_headings(rows)
        if columns is None:
            lines.extend(line for row in rows for line in _headless(row))
            continue
        titles.extend(row.place for row in rows[: start[0]])
        ignored.extend(_ignored(rows[start[0] : start[1]], columns))
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


def _find_headings(rows: list[Row]) -> tuple[tuple[int, int], _Columns | None]:
    """(first row of the headings, first row of the list), and what the columns hold. None: there are no headings."""
    for index, row in enumerate(rows[:HEADINGS_WITHIN]):
        columns = _columns(row)
        filled = sum(bool(cell.strip()) for cell in row.cells)
        if _has_link(row) or not columns.count or (columns.count == 1 and columns.wide and filled > 1):
            continue
        below = rows[index + 1] if index + 1 < len(rows) else None
        second = _columns(below) if below is not None and not _has_link(below) else _Columns()
        taken = {*second.said.values(), *second.wide.values()}
        naming = {columns.said[code] for code in ("link", "account") if code in columns.said}
        if second.count < 2 or taken & naming:  # what stands under "link" is an entry of the list
            return (index, index + 1), columns
        said = {code: column for code, column in columns.said.items() if column not in taken}
        wide = {code: column for code, column in columns.wide.items() if column not in taken}
        return (index, index + 2), _Columns(said | second.said, wide | second.wide)
    return (0, 0), None


def _columns(row: Row) -> _Columns:
    said = headings(row, COLUMNS)
    taken = set(said.values())
    wide = {code: column for code, column in headings(row, WIDE).items() if column not in taken}
    taken.update(wide.values())
    for code, column in headings(row, LOOSE).items():
        if code not in said and column not in taken:
            said[code] = column
    return _Columns(said, wide)


def _has_link(row: Row) -> bool:
    return any(LINK.search(cell) or cell.strip().startswith("@") for cell in row.cells)


def _ignored(rows: list[Row], columns: _Columns) -> Iterator[str]:
    read = {*columns.said.values(), *columns.wide.values()}
    for row in rows:
        yield from (cell.strip() for column, cell in enumerate(row.cells) if cell.strip() and column not in read)


def _read_rows(rows: list[Row], columns: _Columns) -> Iterator[Line]:
    above = ("", "")
    for row in rows:
        said = {code: row.cell(column) for code, column in columns.said.items()}
        office = (said.get("agency", ""), said.get("agency_id", ""))
        carried = office == ("", "") and above != ("", "")
        above = above if carried else office
        base = Line(row.place, row.cells, office=above[0], office_id=above[1], carried=carried)
        yield from _of_row(row, replace(base, opened=_day(said), note=said.get("note", "")), said, columns)


def _day(said: Mapping[str, str]) -> str:
    """Spreadsheets save a day with its midnight."""
    return re.sub(r"[T ]00:00(?::00)?$", "", said.get("opened", ""))


def _of_row(row: Row, base: Line, said: Mapping[str, str], columns: _Columns) -> Iterator[Line]:
    """The accounts of one row; where there are none, the row itself."""
    label, handle, link = said.get("platform", ""), said.get("account", ""), said.get("link", "")
    base = replace(base, profile=said.get("profile", ""))
    long = bool({"link", "account", "platform"} & set(columns.said))
    found: list[Line] = []
    texts = list(_split(link or handle))
    for text, repairs in texts:
        line = replace(base, written=text, label=label, handle=handle if link else "", repairs=repairs)
        found.append(replace(line, id=said.get("id", "") if len(texts) == 1 else ""))
    for platform, column in columns.wide.items():
        if platform == WEBSITE and long:
            base = replace(base, website=row.cell(column))
            found = [replace(line, website=base.website) for line in found]
            continue
        for text, repairs in _split(row.cell(column)):
            found.append(replace(base, written=text, label=platform, wide=True, repairs=repairs))
    empty = (link or handle).lower() in NO_ACCOUNT if long else True
    yield from found or [replace(base, label=label, wide=empty)]


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
    links = [cell.strip() for cell in row.cells if LINK.search(cell)]
    others = [cell.strip() for cell in row.cells if cell.strip() and not LINK.search(cell)]
    texts = [cell for cell in others if not re.fullmatch(r"[\d.,)\s]+", cell)]
    base = Line(row.place, row.cells, office=texts[0] if links and texts else "")
    found = [replace(base, written=text, repairs=repairs) for link in links for text, repairs in _split(link)]
    yield from found or [replace(base, written=(*texts, *others, "")[0])]
