"""Delimited text as spreadsheets save it: any of four encodings, any of three separators, quotes."""

from __future__ import annotations

import codecs
import csv
import io
import threading
from collections import Counter
from collections.abc import Iterator

MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
SEPARATORS = (";", "\t", ",")
NONE = "\x1f"  # separates nothing: a list of one column
SAMPLE = 50  # rows from which the separator is told
_FIELD_SIZE = threading.Lock()  # the csv module has one limit for all readers


class Unread(Exception):
    """This is no table. `code` names the sentence that says why."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


def decode(data: bytes) -> str:
    """UTF-8 or UTF-16 with its mark, UTF-8 without, else the encoding of western Windows."""
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    if b"\0" in data:
        return _unmarked_utf16(data)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _unmarked_utf16(data: bytes) -> str:
    """Every other byte of western text is zero; of anything else it is no text."""
    head = data[:4096]
    for start, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        zeros = head[start::2].count(0)
        if zeros * 2 > len(head[start::2]) and head[1 - start :: 2].count(0) == 0:
            return data.decode(encoding, errors="replace")
    raise Unread("not_a_table")


def rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each record with the line it begins on, also the empty ones.

    A quote that is never closed would swallow the rest of the file: it is refused with its line.
    """
    first, _, rest = text.partition("\n")
    skipped = 0
    if first.lower().startswith("sep=") and len(first.strip()) == len("sep=,"):  # Excel's own mark
        separator, text, skipped = first.strip()[-1], rest, 1
    else:
        separator = separator_of(text)
    with _FIELD_SIZE:
        before = csv.field_size_limit(max(len(text), 1))
        try:
            found = list(_records(text, separator, skipped))
        except csv.Error:
            raise Unread("not_a_table") from None
        finally:
            csv.field_size_limit(before)
    yield from found


def _records(text: str, separator: str, skipped: int) -> Iterator[tuple[int, list[str]]]:
    taken: list[str] = []  # lines of the present record

    def lines() -> Iterator[str]:
        for line in io.StringIO(text, newline=""):
            taken.append(line)
            yield line

    reader = csv.reader(lines(), delimiter=separator)
    start, last = 1, ""
    for record in reader:
        last = "".join(taken) if len(taken) > 1 else ""
        line = start + skipped
        start = reader.line_num + 1
        taken.clear()
        yield line, record
    if last.count('"') % 2:
        raise Unread("open_quote", line=line)


def separator_of(text: str) -> str:
    """The one that splits most rows alike, and at least half of them; else the rows have one cell each."""
    sample = _sample(text)
    best: tuple[int, int, str] = (0, 0, NONE)
    for separator in SEPARATORS:
        widths = Counter(
            len(record) for record in csv.reader(io.StringIO(sample, newline=""), delimiter=separator) if record
        )
        total = sum(widths.values())
        split = {width: n for width, n in widths.items() if width > 1}
        if sum(split.values()) * 2 < total or not split:
            continue
        width, alike = max(split.items(), key=lambda item: (item[1], item[0]))
        if (alike, width) > best[:2]:
            best = (alike, width, separator)
    return best[2]


def _sample(text: str) -> str:
    """The first rows, without a cell so long that the csv module refuses it."""
    lines = text[: 64 * 1024].splitlines(keepends=True)[:SAMPLE]
    return "".join(lines)
