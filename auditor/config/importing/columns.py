"""Which column of a list says what. Headings may stand in one, two or three rows, and under rows of titles."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from auditor.config.sheets import Row, headings

from .labels import column_names

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
LINK = re.compile(r"(?i)https?:|www\.|\b[\w-]+\.(?:com|net|me|app|id|org|example)/")
HEADINGS_WITHIN = 30  # rows; whoever writes a longer preface has no list
NAMING = ("link", "account")
BESIDES = re.compile(  # what lists say about an account beside its name, in a column that bears the platform's name too
    r"(?i)pengikut|follower|subscriber|like|jumlah|unggahan|post|status|tanggal|admin|pengelola|e-?mail|password|sandi"
)
COUNTED = re.compile(r"(?<=[^\W\d])\s*\d{1,2}\s*$")  # "Instagram 2"
NUMBER = re.compile(r"[(\[]?(\d{1,2})[)\].]?")


@dataclass(slots=True)
class Columns:
    """Column numbers by what they hold. A platform may have several: its links, its names."""

    said: dict[str, int] = field(default_factory=dict)
    wide: dict[str, tuple[int, ...]] = field(default_factory=dict)

    @property
    def count(self) -> int:
        return len(self.said) + len(self.wide)

    @property
    def read(self) -> set[int]:
        """The columns that are read."""
        return {*self.said.values(), *(column for columns in self.wide.values() for column in columns)}

    def under(self, below: Columns) -> Columns:
        """The columns of two rows of headings; what stands further down is the more precise."""
        taken = below.read
        said = {code: column for code, column in self.said.items() if column not in taken}
        wide = {code: tuple(c for c in columns if c not in taken) for code, columns in self.wide.items()}
        return Columns(said | below.said, {code: c for code, c in wide.items() if c} | below.wide)


def find_headings(rows: list[Row]) -> tuple[tuple[int, int], Columns | None]:
    """(first row of the headings, first row of the list), and what the columns hold. None: there are no headings."""
    for index, row in enumerate(rows[:HEADINGS_WITHIN]):
        columns = _columns(row)
        filled = sum(bool(cell.strip()) for cell in row.cells)
        if _has_link(row) or not columns.count or (columns.count == 1 and columns.wide and filled > 1):
            continue
        return _further(rows, index, columns)
    return (0, 0), None


def _further(rows: list[Row], start: int, columns: Columns) -> tuple[tuple[int, int], Columns]:
    """The rows of headings below the first one, and a row that numbers the columns."""
    end = start + 1
    second = _below(rows, end)
    grouped = _grouped(rows[start], second, columns)
    if grouped is None and second is not None and (more := _second(second, columns)) is not None:
        columns, end = more, end + 1
        grouped = _grouped(second, _below(rows, end), columns)
    if grouped is not None:
        columns, end = grouped, end + 1
    numbers = _below(rows, end)
    return (start, end + (numbers is not None and numbering(numbers))), columns


def _below(rows: list[Row], index: int) -> Row | None:
    """The row at an index, unless it holds an account."""
    return rows[index] if index < len(rows) and not _has_link(rows[index]) else None


def _second(row: Row, columns: Columns) -> Columns | None:
    """Both rows together, where the lower one is one of headings too."""
    second = _columns(row)
    naming = {columns.said[code] for code in NAMING if code in columns.said}
    if second.count < 2 or second.read & naming:  # what stands under "link" is an entry of the list
        return None
    return columns.under(second)


def _grouped(row: Row, below: Row | None, columns: Columns) -> Columns | None:
    """Platforms over several columns each, and below them which holds the name, the link, the followers."""
    if below is None or not columns.wide or any(below.cell(columns.said.get(code)) for code in ("agency", "agency_id")):
        return None
    over = {column: platform for platform, found in columns.wide.items() for column in found}
    naming = {column: code for column, code in _naming(below) if column >= min(over)}
    if not naming:
        return None
    wide: dict[str, tuple[int, ...]] = {}
    platform = ""
    for column in range(max(len(row.cells), len(below.cells))):
        if row.cell(column):
            platform = over.get(column, "")
        if platform and (column in naming or (column in over and not below.cell(column))):
            wide[platform] = (*wide.get(platform, ()), column)
    return Columns(columns.said, wide)


def _naming(row: Row) -> Iterator[tuple[int, str]]:
    for column, cell in enumerate(row.cells):
        for code in headings([cell], _NAMING):
            yield column, code


def numbering(row: Row) -> bool:
    """Whether a row only counts the columns: 1, 2, 3 or (1), (2), (3)."""
    cells = [NUMBER.fullmatch(cell.strip()) for cell in row.cells if cell.strip()]
    numbers = [int(cell[1]) for cell in cells if cell]
    return len(numbers) == len(cells) >= 3 and numbers == list(range(1, len(numbers) + 1))


def _columns(row: Row) -> Columns:
    said = headings(row, COLUMNS)
    taken = set(said.values())
    wide: dict[str, tuple[int, ...]] = {}
    names = ["" if i in taken or BESIDES.search(cell) else COUNTED.sub("", cell) for i, cell in enumerate(row.cells)]
    while found := headings(names, WIDE):
        for platform, column in found.items():
            wide[platform] = (*wide.get(platform, ()), column)
            names[column] = ""
    taken = Columns(said, wide).read
    for code, column in headings(row, LOOSE).items():
        if code not in said and column not in taken:
            said[code] = column
    return Columns(said, wide)


def _has_link(row: Row) -> bool:
    return any(LINK.search(cell) or cell.strip().startswith("@") for cell in row.cells)


_NAMING: Mapping[str, tuple[str, ...]] = {code: (*COLUMNS[code], *LOOSE.get(code, ())) for code in NAMING}
_NAMING = {**_NAMING, "account": (*_NAMING["account"], "nama", "name", "id akun")}
