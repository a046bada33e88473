"""Reports as text for people: laid out here, coloured by rich only where the terminal shows colour."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from io import StringIO

from auditor.core.audit import Audit, Audited
from auditor.core.model import Change, Observation
from auditor.fetch.answer import Exchange
from auditor.words import Words

from .attested import Statement
from .layout import ASCII, BLOCKS, Glyphs, Line, bounded, page_text, to_ascii
from .sections import report_lines
from .show import show_lines
from .status import StatusView, status_lines
from .view import AuditView

LEAST = 40  # narrower terminals get lines of this width


def render_report(
    view: AuditView, w: Words, *, width: int, color: bool, ascii_only: bool, everything: bool = False
) -> str:
    """The whole report; no line is wider than `width` (at least 40)."""
    width = max(width, LEAST)
    lines = report_lines(view, w, width, _glyphs(ascii_only), everything=everything)
    return _printed(lines, width, color=color, ascii_only=ascii_only)


def render_show(
    audited: Audited,
    history: Sequence[Observation],
    changes: Sequence[Change],
    exchanges: Sequence[tuple[datetime, Exchange]],
    w: Words,
    *,
    audit: Audit,
    width: int,
    color: bool,
    ascii_only: bool,
    told: Sequence[tuple[datetime, Statement]] = (),
) -> str:
    """One account with its evidence; `audit` says as of when and under which policy, `told` what people said."""
    width = max(width, LEAST)
    lines = show_lines(audited, history, changes, exchanges, w, audit, width, _glyphs(ascii_only), told)
    return _printed(lines, width, color=color, ascii_only=ascii_only)


def render_status(status: StatusView, w: Words, *, width: int, color: bool, ascii_only: bool) -> str:
    """Daemon, platforms, blind spots, quotas, register."""
    width = max(width, LEAST)
    return _printed(status_lines(status, w, width), width, color=color, ascii_only=ascii_only)


def _glyphs(ascii_only: bool) -> Glyphs:
    return ASCII if ascii_only else BLOCKS


def _printed(lines: Iterable[Line], width: int, *, color: bool, ascii_only: bool) -> str:
    if not color:
        return page_text(lines, width, ascii_only=ascii_only)
    from rich.console import Console
    from rich.text import Text

    out = StringIO()
    console = Console(
        file=out,
        width=width,
        force_terminal=True,
        color_system="standard",
        no_color=False,
        legacy_windows=False,
        highlight=False,
        markup=False,
        emoji=False,
    )
    for line in lines:
        text = Text(no_wrap=True, overflow="ignore", end="")
        for span in bounded(line, width):
            text.append(to_ascii(span.text) if ascii_only else span.text, str(span.style) or None)
        console.print(text, soft_wrap=True)
    return out.getvalue()
