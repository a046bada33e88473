"""The worksheet of looks that only people can make: its rows, and the .xlsx file they are filled into.

On the way back only the hidden key says which account a row is about. The workbook carries `auditor-worksheet`,
`auditor-issued` and, on a sheet for managers, `auditor-for` = "manager" as custom document properties.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias

from auditor.core.audit import Audit, Audited
from auditor.core.hand import HandPlan
from auditor.core.verdict import letters_at
from auditor.words import Words, dates

from .clean import clean
from .facts import head_agency
from .labels import KEY

Format: TypeAlias = Any  # of xlsxwriter

SAID: Mapping[str, str] = {
    code: f"worksheet.said.{code}" for code in ("nothing_new", "gone", "suspended", "private", "not_ours", "no_post")
}
GIVEN = ("key", "office", "account", "link", "last_post", "owed_by")
ANSWERS = ("post_link", "date", "count_30d", "said", "by", "at", "second", "screenshot")
FOR_MANAGERS = ("complaints", "answered")
COLUMNS: Mapping[str, str] = {code: f"worksheet.column.{code}" for code in (*GIVEN, *ANSWERS, *FOR_MANAGERS)}
PROPERTY_ID, PROPERTY_ISSUED, PROPERTY_FOR = "auditor-worksheet", "auditor-issued", "auditor-for"

HEAD = 2  # row, from 0, of the headings: the title and the sentence stand above
LINKS, LINK = 65_530, 2_079  # of one sheet, and characters of one: the limits of .xlsx
CELL = 32_767  # characters of one cell
DAY = "yyyy-mm-dd"  # the one way of showing a day that says which number is the month, also in a .csv saved of it
EARLIEST = date(2004, 1, 1)  # no platform here is older
_WIDTHS = {"office": 30, "account": 34, "link": 34, "post_link": 40, "screenshot": 24, "said": 24, "date": 15}
_OPENS = re.compile(r"https?://[\w.-]+(:\d+)?([/?#][!#-;=?-\[\]_a-z~]*)?", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Line:
    """One owed look. `key` is whole; everything else is cleaned for reading."""

    key: str
    office: str
    account: str
    link: str
    last_post: date | None  # where the office is
    owed_by: date  # the last day of this week, or of the letter that waits for the look


@dataclass(frozen=True)
class WorksheetView:
    """Everything the file says, most urgent look first. Days are those of each office."""

    id: str  # 16 hexadecimal digits of the instant and the keys
    issued: datetime
    day: date  # of the issue, where the office is
    title: str
    sentence: str
    demonstration: bool
    for_managers: bool
    lines: tuple[Line, ...]
    left_out: tuple[Line, ...]  # what this week's minutes do not hold
    minutes: int  # of a week


def worksheet(audit: Audit, plan: HandPlan, w: Words, *, agency: str | None, for_managers: bool) -> WorksheetView:
    """The looks of a plan as rows; `agency` keeps those of one office."""
    rows = {row.account.key: row for row in audit.rows if agency is None or row.agency.id == agency}
    lines = tuple(_line(rows[due.account], audit.as_of) for due in plan.week if due.account in rows)
    office = audit.register.agency[agency] if agency else head_agency(audit.register)
    issued = audit.as_of.replace(microsecond=0)
    local = issued.astimezone(office.zone) if office else issued
    title = w("worksheet.title_manager") if for_managers else w("worksheet.title")
    name = clean(office.name) if office else w("report.this_office")
    return WorksheetView(
        id=_identity(issued, [line.key for line in lines]),
        issued=issued,
        day=local.date(),
        title=w("worksheet.head", title=title, office=name, day=dates.long_day(local, w)),
        sentence=clean(audit.book.sentence, 1000),
        demonstration=audit.register.demonstration,
        for_managers=for_managers,
        lines=lines,
        left_out=tuple(_line(rows[due.account], audit.as_of) for due in plan.left_out if due.account in rows),
        minutes=audit.book.hand_minutes_per_week,
    )


def _identity(issued: datetime, keys: Sequence[str]) -> str:
    text = "\0".join([issued.isoformat(), *keys])
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _line(row: Audited, now: datetime) -> Line:
    zone, post = row.agency.zone, row.verdict.last_post
    today = now.astimezone(zone).date()
    letters = [at.astimezone(zone).date() for at in letters_at(row.verdict, row.policy) if row.policy.letters]
    sunday = today + timedelta(days=6 - today.weekday())
    return Line(
        key=row.account.key,
        office=clean(row.agency.name),
        account=clean(row.account.key, KEY),
        link=row.account.url,
        last_post=post.posted_at.astimezone(zone).date() if post else None,
        owed_by=min([sunday, *(day for day in letters if day >= today)]),
    )


def write_worksheet(target: Path | BinaryIO, view: WorksheetView, w: Words) -> None:
    """Write the .xlsx file. The same view gives the same bytes. Raises OSError where a file cannot be written."""
    import xlsxwriter

    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    made = BytesIO()
    with xlsxwriter.Workbook(made, options) as book:
        book.set_properties({"title": view.title, "created": view.issued.replace(tzinfo=None)})
        book.set_custom_property(PROPERTY_ID, view.id, "text")
        book.set_custom_property(PROPERTY_ISSUED, view.issued.isoformat(), "text")
        if view.for_managers:
            book.set_custom_property(PROPERTY_FOR, "manager", "text")
        _looks(_Pen(book, w("worksheet.sheet"), view, w))
        if view.left_out:
            _left_out(_Pen(book, w("worksheet.sheet_left_out"), view, w))
        _hints(_Pen(book, w("worksheet.sheet_hints"), view, w))
    if isinstance(target, Path):
        target.write_bytes(made.getvalue())
    else:
        target.write(made.getvalue())


class _Pen:
    """One sheet, on which text is always text."""

    def __init__(self, book: Any, name: str, view: WorksheetView, w: Words) -> None:
        self.book, self.sheet, self.view, self.w = book, book.add_worksheet(name), view, w
        self.links = 0
        self.plain = self.format()
        self.day = self.format(num_format=DAY, align="left")
        self.strong = self.format(bold=True, text_wrap=False)
        self.head = self.format(bold=True, bottom=1, bg_color="#E7E6E6")
        self.url = self.format(font_color="#0563C1", underline=1)

    def format(self, **properties: Any) -> Format:
        return self.book.add_format({"text_wrap": True, "valign": "top", **properties})

    def text(self, row: int, column: int, text: str, style: Format | None = None) -> None:
        """Never a formula, a number or a link, whatever it begins with."""
        safe = text[:CELL].encode("utf-8", "replace").decode()
        if safe:
            self.sheet.write_string(row, column, safe, style or self.plain)

    def link(self, row: int, column: int, url: str) -> None:
        """A link that opens; a long or odd address, and any beyond the sheet's limit, is text."""
        if len(url) <= LINK and self.links < LINKS and _OPENS.fullmatch(url):
            self.links += 1
            self.sheet.write_url(row, column, url, self.url, clean(url, LINK))
        else:
            self.text(row, column, clean(url, LINK))

    def date(self, row: int, column: int, day: date | None) -> None:
        if day is not None:
            self.sheet.write_datetime(row, column, datetime(day.year, day.month, day.day), self.day)  # noqa: DTZ001

    def title(self, text: str, column: int = 0) -> None:
        """First line: what this is, and that a demonstration is one; second: what it may be used for."""
        shown = [text, *([self.w("report.demonstration")] if self.view.demonstration else [])]
        self.text(0, column, " · ".join(shown), self.strong)
        self.text(1, column, self.view.sentence, self.format(italic=True, text_wrap=False))

    def page(self, last: int | None = None) -> None:
        """A4 landscape, as wide as the paper, its head on every page."""
        self.sheet.set_landscape()
        self.sheet.set_paper(9)
        self.sheet.fit_to_pages(1, 0)
        self.sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.5)
        if last is not None:
            self.sheet.repeat_rows(0, last)
        self.sheet.set_footer("&R&P / &N")


def _looks(pen: _Pen) -> None:
    sheet, w = pen.sheet, pen.w
    codes = (*GIVEN, *ANSWERS, *(FOR_MANAGERS if pen.view.for_managers else ()))
    pen.title(pen.view.title, 1)
    for column, code in enumerate(codes):
        sheet.set_column(column, column, _WIDTHS.get(code, 16), None, {"hidden": True} if code == "key" else None)
        pen.text(HEAD, column, w(COLUMNS[code]), pen.head)
    empty = _answer_formats(pen)
    for number, line in enumerate(pen.view.lines, start=HEAD + 1):
        pen.text(number, 0, line.key)
        pen.text(number, 1, line.office)
        pen.text(number, 2, line.account)
        pen.link(number, 3, line.link)
        pen.date(number, 4, line.last_post)
        pen.date(number, 5, line.owed_by)
        for column, code in enumerate(codes[len(GIVEN) :], start=len(GIVEN)):
            sheet.write_blank(number, column, None, empty[code])
    _rules(pen, codes)
    sheet.freeze_panes(HEAD + 1, 3)
    sheet.protect("", {"format_columns": True, "format_rows": True})
    pen.page(HEAD)


def _answer_formats(pen: _Pen) -> dict[str, Format]:
    """Only these cells can be written into. Names and links are text cells, so that nothing typed is made a number."""
    kinds = {"date": DAY, "at": f"{DAY} hh:mm", "count_30d": "0", "complaints": "0", "answered": "0"}
    colour = {"locked": False, "bg_color": "#FFF9E5", "border": 1, "border_color": "#D9D9D9"}
    return {code: pen.format(num_format=kinds.get(code, "@"), **colour) for code in (*ANSWERS, *FOR_MANAGERS)}


def _rules(pen: _Pen, codes: Sequence[str]) -> None:
    """What a cell takes; the program says why, in words, when it does not."""
    w, last = pen.w, HEAD + len(pen.view.lines)
    number = {"validate": "integer", "criteria": ">=", "value": 0}
    number |= {"error_title": w("worksheet.count_rule"), "error_message": w("worksheet.count_why")}
    day = {"validate": "date", "criteria": "between", "minimum": EARLIEST, "error_title": w("worksheet.date_rule")}
    said = {"validate": "list", "source": [w(key) for key in SAID.values()], "error_title": w("worksheet.said_rule")}
    rules: dict[str, dict[str, Any]] = {
        "date": day | {"maximum": "=TODAY()", "error_message": w("worksheet.date_why")},
        "at": day | {"maximum": "=TODAY()+1", "error_message": w("worksheet.at_why")},
        "said": said | {"error_message": w("worksheet.said_why")},
        "count_30d": number,
        "complaints": number,
        "answered": number,
    }
    for column, code in enumerate(codes):
        if code in rules and pen.view.lines:
            pen.sheet.data_validation(HEAD + 1, column, last, column, rules[code])


def _left_out(pen: _Pen) -> None:
    """Named, never dropped."""
    w = pen.w
    pen.title(w("worksheet.left_out_title", minutes=pen.view.minutes))
    for column, (code, width) in enumerate([("office", 30), ("account", 40), ("link", 40), ("last_post", 16)]):
        pen.sheet.set_column(column, column, width)
        pen.text(HEAD, column, w(COLUMNS[code]), pen.head)
    pen.sheet.set_column(4, 4, 24)
    pen.text(HEAD, 4, w("worksheet.reason"), pen.head)
    for number, line in enumerate(pen.view.left_out, start=HEAD + 1):
        pen.text(number, 0, line.office)
        pen.text(number, 1, line.account)
        pen.link(number, 2, line.link)
        pen.date(number, 3, line.last_post)
        pen.text(number, 4, w("worksheet.reason_minutes"))
    pen.sheet.freeze_panes(HEAD + 1, 0)
    pen.sheet.protect("", {"format_columns": True})
    pen.page(HEAD)


def _hints(pen: _Pen) -> None:
    """How to fill it in, in five lines."""
    w, file = pen.w, pen.w("worksheet.file_name", day=pen.view.day)
    last = w("worksheet.hint.5_manager") if pen.view.for_managers else w("worksheet.hint.5", file=file)
    pen.title(pen.view.title)
    pen.sheet.set_column(0, 0, 110)
    for number, text in enumerate([*(w(f"worksheet.hint.{n}") for n in range(1, 5)), last], start=1):
        pen.text(HEAD + number - 1, 0, f"{number}. {text}")
    pen.sheet.protect("")
    pen.page()
