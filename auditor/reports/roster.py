"""The whole list as text, one line per account: streamed, for `--all` and for pipes."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.core.audit import Audit
from auditor.words import Words

from .clean import clean
from .labels import setter, short_code, short_names
from .layout import pad, text_width, to_ascii
from .view import ALL, AccountLine, Selection, account_line

_COLUMNS = (52, 22, 11, 5, 6)  # account, office, last post, days, posts in 30 days; the status ends the line


def roster(audit: Audit, w: Words, only: Selection = ALL, *, ascii_only: bool = False) -> Iterator[str]:
    """Lines without line ends: what this is, the headings, the accounts in the order of the register, the sentences.

    Nothing is cut: an account longer than its column pushes the rest to the right.
    """
    lines = _lines(audit, w, only)
    return map(to_ascii, lines) if ascii_only else lines


def _lines(audit: Audit, w: Words, only: Selection) -> Iterator[str]:
    yield f"{w('report.title')} · {w('report.demonstration')}" if audit.register.demonstration else w("report.title")
    names = ("account", "office", "last", "days", "posts")
    yield row_text([w(f"report.column.{name}") for name in names], w("report.column.status"))
    short = short_names([clean(a.id, 60) for a in audit.register.agencies], "-", 1)
    for row in audit.rows:
        if only.lists(row):
            yield line_text(account_line(row, audit, short, w))
    yield clean(audit.book.sentence, 400)
    yield w("report.policy_of", who=setter(audit, w), code=short_code(audit.book.version))


def line_text(line: AccountLine) -> str:
    """One account."""
    days = "" if line.days is None else str(line.days)
    label = f"{line.label} · {line.advice}" if line.advice else line.label
    return row_text([line.account, line.office, line.last, days, line.posts], label)


def row_text(cells: list[str], status: str) -> str:
    """Columns of one width in every line, so that the eye and `cut -c` both find them."""
    padded = [
        cell if text_width(cell) > width else pad(cell, width, right=at >= 3)
        for at, (cell, width) in enumerate(zip(cells, _COLUMNS, strict=True))
    ]
    return "  ".join([*padded, status])
