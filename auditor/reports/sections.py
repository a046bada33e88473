"""The report as lines, in its fixed order. No section prints more than twenty rows unless everything was asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from auditor.words import Words

from .layout import Glyphs, Line, Span, Style, clip, ends, pad, paragraph, plain, scaled, text_width, wrap
from .tables import NARROW, account_table, office_table
from .tasks import Task
from .view import AuditView, Part

MOST = 20
_BAR_STYLE = {"active": Style.PLAIN, "lost": Style.ALARM}
_BAR_SHARE = 0.8  # of the page


def report_lines(view: AuditView, w: Words, width: int, glyphs: Glyphs, *, everything: bool) -> Iterator[Line]:
    """Every line of the report."""
    yield from _head(view, width, glyphs)
    if view.is_list:
        yield from _block(account_table(w("report.listed", n=len(view.roster)), view.roster, w, width, glyphs))
    else:
        yield from _summary(view, width, glyphs)
        yield from _block(_tasks(view, w, width))
        yield from _block(_silent(view, w, width, glyphs, everything=everything))
        if everything or not view.is_first_day:  # nothing to add up or to compare yet
            yield from _block(_offices(view, w, width, glyphs, everything=everything))
        if not view.is_first_day:
            yield from _block(_changes(view, w, width, everything=everything))
        yield from _block(view.road)
        if everything:
            yield from _block(account_table(w("report.listed", n=len(view.roster)), view.roster, w, width, glyphs))
    yield from _foot(view, w, width, glyphs)


def _block(lines: Iterable[Line]) -> Iterator[Line]:
    """A blank line before a section that has anything to say."""
    first = True
    for line in lines:
        if first:
            yield plain("")
            first = False
        yield line


def _rule(width: int, glyphs: Glyphs) -> Line:
    return plain(glyphs.rule * width, Style.FAINT)


def _head(view: AuditView, width: int, glyphs: Glyphs) -> Iterator[Line]:
    # The banner must stand in the first line, whatever the width.
    if view.banner and text_width(view.title) + text_width(view.banner) + 2 > width:
        yield plain(clip(view.banner, width), Style.STRONG)
        yield from paragraph(view.title, width, indent=0, style=Style.STRONG)
    else:
        yield from ends(view.title, view.banner, width, Style.STRONG)
    yield from paragraph(view.head, width, indent=0)
    for note in view.notes:
        yield from paragraph(note, width, indent=0)
    yield _rule(width, glyphs)


def _summary(view: AuditView, width: int, glyphs: Glyphs) -> Iterator[Line]:
    yield from paragraph(" ".join(view.sentences), width)
    yield plain("")
    yield from _bar(view.bar, view.size, width, glyphs)


def _bar(parts: tuple[Part, ...], size: str, width: int, glyphs: Glyphs) -> Iterator[Line]:
    """One bar; its key names every sign, so that it reads without colour."""
    cells = scaled([part.count for part in parts], int(width * _BAR_SHARE))
    if any(cells):
        spans = (
            Span(glyphs.bar[part.kind] * n, _BAR_STYLE.get(part.kind, Style.PLAIN))
            for part, n in zip(parts, cells, strict=True)
            if n
        )
        yield (Span(" "), *spans)
    key = [f"{glyphs.bar[part.kind]} {part.label} {part.count}" for part in parts if part.count]
    yield from paragraph(", ".join([*key, size]), width)


def _tasks(view: AuditView, w: Words, width: int) -> Iterator[Line]:
    if not view.tasks:
        yield from paragraph(w("report.nothing_to_do"), width)
        return
    yield from ends(w("report.tasks"), w("report.deadline"), width, Style.STRONG)
    verb = max(text_width(task.verb) for task in view.tasks)
    for number, task in enumerate(view.tasks, 1):
        yield from _task(number, task, verb, width)
    yield from paragraph(view.task_note, width, style=Style.FAINT)


def _task(number: int, task: Task, verb: int, width: int) -> Iterator[Line]:
    """First line: what, and by when. Second: how, and with which command."""
    lead = f"{number:>2} {pad(task.verb, verb)} "
    indent = text_width(lead) if width >= NARROW else 3
    due = clip(task.deadline, width // 3)
    text = wrap(task.text, max(2, width - text_width(lead) - text_width(due) - 2))
    first = text[0] if text else ""
    gap = max(1, width - text_width(lead) - text_width(first) - text_width(due))
    yield (Span(lead, Style.STRONG), Span(first), Span(" " * gap), Span(due, task.style))
    for part in text[1:]:
        yield plain(" " * indent + part)
    room = width - indent - text_width(task.detail) - 2
    if text_width(task.command) <= room:
        yield (Span(" " * indent + task.detail), Span(pad(task.command, room + 2, right=True)))
        return
    if task.detail:
        yield from paragraph(task.detail, width, indent=indent)
    if indent + text_width(task.command) <= width:
        yield plain(pad(task.command, width, right=True))
    else:
        yield from paragraph(task.command, width, indent=3)


def _silent(view: AuditView, w: Words, width: int, glyphs: Glyphs, *, everything: bool) -> Iterator[Line]:
    shown = view.silent if everything else view.silent[:MOST]
    if shown:
        yield from account_table(w("report.silent_title"), shown, w, width, glyphs)
        yield from _more(len(view.silent) - len(shown), w, width)
        yield from paragraph(view.silent_note, width)
    for text in (view.slow, view.carried, view.unknown, view.told, view.seen_how):
        yield from _limited(paragraph(text, width), everything=everything)


def _limited(lines: list[Line], *, everything: bool) -> list[Line]:
    if everything or len(lines) <= MOST:
        return lines
    return [*lines[: MOST - 1], plain(" …")]


def _more(hidden: int, w: Words, width: int) -> Iterator[Line]:
    if hidden > 0:
        yield from paragraph(w("report.more", n=hidden, command="auditor report --all"), width, style=Style.FAINT)


def _offices(view: AuditView, w: Words, width: int, glyphs: Glyphs, *, everything: bool) -> Iterator[Line]:
    shown = view.offices if everything or len(view.offices) <= MOST else view.offices[: MOST - 1]
    if not shown:
        return
    hidden = len(view.offices) - len(shown)
    more = w("report.more", n=hidden, command="auditor report --all") if hidden else ""
    yield from office_table(shown, view.total, more, w, width, glyphs)
    if any(not office.complete for office in view.offices):
        yield from paragraph(w("report.minimum"), width, style=Style.FAINT)


def _changes(view: AuditView, w: Words, width: int, *, everything: bool) -> Iterator[Line]:
    shown = view.changes if everything else view.changes[:MOST]
    if view.compared:
        yield from paragraph(view.compared, width, indent=0, style=Style.STRONG)
        if not shown:
            yield from paragraph(w("report.no_change"), width)
    for sign, text, style in shown:
        for at, part in enumerate(wrap(text, width - 3)):
            yield (Span(f" {sign} " if at == 0 else "   ", style), Span(part))
    yield from _more(len(view.changes) - len(shown), w, width)
    yield from paragraph(view.regular, width, indent=0)


def _foot(view: AuditView, w: Words, width: int, glyphs: Glyphs) -> Iterator[Line]:
    yield _rule(width, glyphs)
    for sentence in view.foot:
        yield from paragraph(sentence, width)
    yield from paragraph(w("report.more_commands"), width)
