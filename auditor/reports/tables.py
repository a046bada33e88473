"""Columns on a page: fixed widths, a last column that wraps, and on narrow pages one paragraph a row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from auditor.words import Words

from .layout import Glyphs, Line, Span, Style, clip, clip_middle, pad, paragraph, spark, text_width, wrap
from .view import AccountLine, OfficeLine

NARROW = 72  # below this a table has no room for its columns
SPARKS = 100  # from here on the twelve weeks are drawn
WIDE = 120  # from here on names get the room


@dataclass(frozen=True, slots=True)
class Column:
    header: str
    width: int
    right: bool = False


def cells(texts: Sequence[str], columns: Sequence[Column]) -> str:
    """One row, indented by one."""
    return " " + " ".join(pad(t, c.width, right=c.right) for t, c in zip(texts, columns, strict=True))


def heading(title: str, columns: Sequence[Column]) -> Line:
    """The title of a section stands where the first heading would."""
    texts = [title, *(c.header for c in columns[1:])]
    first = Column(title, columns[0].width + 1)
    rest = " ".join(pad(t, c.width, right=c.right) for t, c in zip(texts[1:], columns[1:], strict=True))
    return (Span(f"{pad(title, first.width)} {rest}".rstrip(), Style.STRONG),)


def account_columns(w: Words, width: int) -> list[Column]:
    """Account, (office), last post, days, posts, (weeks); what is left is for the status."""
    last = Column(w("report.column.last"), 11)
    days = Column(w("report.column.days"), 4, right=True)
    posts = Column(w("report.column.posts"), 4, right=True)
    weeks = Column(w("report.column.weeks"), 12)
    office = w("report.column.office")
    if width >= WIDE:
        return [Column("", 38), Column(office, 14), last, days, posts, weeks]
    if width >= SPARKS:
        return [Column("", 29), Column(office, 10), last, days, posts, weeks]
    return [Column("", 29), last, days, posts]


def account_table(title: str, rows: Sequence[AccountLine], w: Words, width: int, glyphs: Glyphs) -> Iterator[Line]:
    """Accounts with their status in the last column; where the office has no column it stands under the account."""
    if width < NARROW:
        yield (Span(clip(title, width), Style.STRONG),)
        for row in rows:
            yield from _account_paragraph(row, w, width)
        return
    columns = account_columns(w, width)
    used = sum(c.width + 1 for c in columns) + 1
    head = heading(title, columns)
    yield (*head, Span(" " * (used - sum(text_width(s.text) for s in head)) + w("report.column.status"), Style.STRONG))
    for row in rows:
        status = wrap(row.label, width - used) or [""]
        texts = [row.account, row.last, "" if row.days is None else str(row.days), row.posts]
        if len(columns) > len(texts):
            office = clip_middle(row.office, columns[1].width)
            texts = [row.account, office, *texts[1:], spark(row.weeks, glyphs)]
        below = "" if len(columns) > 4 else row.office
        yield (Span(cells(texts, columns) + " "), Span(status[0]))
        for at in range(1, max(len(status), 2 if below else 1)):
            left = pad("   " + below, used) if at == 1 and below else " " * used
            yield (Span(left, Style.FAINT), Span(status[at] if at < len(status) else ""))


def _account_paragraph(row: AccountLine, w: Words, width: int) -> Iterator[Line]:
    days = w("report.not_known") if row.days is None else str(row.days)
    yield (Span(clip(" " + row.account, width)),)
    facts = w("report.account_facts", office=row.office, last=row.last, days=days, posts=row.posts)
    yield from paragraph(facts, width, indent=3, style=Style.FAINT)
    yield from paragraph(row.label, width, indent=3)


def office_columns(w: Words, width: int) -> list[Column]:
    """The name takes what the numbers leave."""
    names = ("accounts", "active", "slow", "silent", "lost", "unknown", "posts_30d")
    numbers = [Column(h, max(text_width(h), 4), right=True) for h in (w(f"report.column.{name}") for name in names)]
    weeks = [Column(w("report.column.weeks"), 12)] if width >= SPARKS else []
    used = sum(c.width + 1 for c in [*numbers, *weeks]) + 1
    return [Column("", max(12, width - used)), *numbers, *weeks]


def office_row(office: OfficeLine, columns: Sequence[Column], w: Words, glyphs: Glyphs) -> Line:
    """One office: "·" for none, "+" behind a count that is a minimum, "–" for nothing known."""
    numbers = (office.accounts, office.active, office.slow, office.silent, office.lost, office.unknown)
    posts = f"{office.posts}{'' if office.complete else '+'}" if office.posts or office.complete else glyphs.unknown
    name = office.name if office.counted else f"{office.name} {w('report.not_in_totals')}"
    texts = [name, *(str(n) if n else glyphs.none for n in numbers), posts if posts != "0" else glyphs.none]
    if len(columns) > len(texts):
        texts.append(spark(office.weeks, glyphs))
    spans = []
    for at, (text, column) in enumerate(zip(texts, columns, strict=True)):
        faint = text == glyphs.none
        alarm = at == 5 and not faint  # the lost ones
        style = Style.FAINT if faint else Style.ALARM if alarm else Style.PLAIN
        spans.append(Span(" " + pad(text, column.width, right=column.right), style))
    return tuple(spans)


def office_table(
    rows: Sequence[OfficeLine], total: OfficeLine, hidden: str, w: Words, width: int, glyphs: Glyphs
) -> Iterator[Line]:
    """Offices in the order given, then their sum."""
    if width < NARROW:
        yield (Span(clip(w("report.offices"), width), Style.STRONG),)
        for row in [*rows, total]:
            yield from paragraph(
                w(
                    "report.office_facts",
                    name=row.name,
                    accounts=row.accounts,
                    active=row.active,
                    slow=row.slow,
                    silent=row.silent,
                    lost=row.lost,
                    unknown=row.unknown,
                ),
                width,
            )
        return
    columns = office_columns(w, width)
    yield heading(w("report.offices"), columns)
    for row in rows:
        yield office_row(row, columns, w, glyphs)
    if hidden:
        yield from paragraph(hidden, width, style=Style.FAINT)
    yield office_row(total, columns, w, glyphs)
