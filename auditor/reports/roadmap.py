"""The road map: every way to see more, what it gains and costs, and the command that starts it."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence

from auditor.core.roadmap import PERSONS, ByHand, OpenWay, WayRow
from auditor.words import Words

from .layout import Line, pad, paragraph, plain

_WIDE = 96  # below, the command stands on a line of its own
_NAME, _COUNT, _TIME, _COST = 40, 6, 18, 8
_INDENT = 3


def road_map(rows: Sequence[WayRow], w: Words, width: int, known: Container[str]) -> list[Line]:
    """The section, or nothing where there is nothing to gain. `known`: the commands that this release has."""
    if not rows:
        return []
    accounts, minutes, cost = (w(f"ways.head_{name}") for name in ("accounts", "minutes", "cost"))
    lines = _row(w("ways.head"), accounts, minutes, cost, w("ways.head_command") if width >= _WIDE else "", width)
    steps = sum(isinstance(row, OpenWay) for row in rows)
    for number, row in enumerate(rows, 1):
        if isinstance(row, OpenWay):
            title = f" {number} {w(f'ways.{row.platform}.title')}"
            command = _command(row.command, w, known)
            lines += _row(title, str(row.accounts), _effort(row, w), w(f"ways.{row.cost}"), command, width)
        elif isinstance(row, ByHand):
            time = w("ways.a_week", minutes=row.minutes_a_week)
            title, command = f" {number} {w('ways.hand.title')}", _command(row.command, w, known)
            lines += _row(title, str(row.accounts), time, w("ways.free"), command, width)
            lines += [line for text in _below(row, steps, w) for line in paragraph(text, width, indent=_INDENT)]
        else:
            lines += paragraph(w(f"ways.{row.platform}.forbidden"), width)
    return lines


def _row(name: str, count: str, time: str, cost: str, command: str, width: int) -> list[Line]:
    cells = f"{pad(name, _NAME)}{pad(count, _COUNT, right=True)}   {pad(time, _TIME)}{pad(cost, _COST)}"
    if width >= _WIDE:
        return [plain(f"{cells}{command}".rstrip())]
    return [plain(cells.rstrip()), *([plain(f"{' ' * _INDENT}→ {command}")] if command else [])]


def _command(command: str, w: Words, known: Container[str]) -> str:
    """The command, where this release has it."""
    words = command.split()
    return command if len(words) > 1 and words[1] in known else w("ways.to_come")


def _effort(row: OpenWay, w: Words) -> str:
    """Minutes, or what else it takes."""
    key = f"ways.{row.platform}.effort"
    time = "" if row.minutes is None else _time(row.minutes, w)
    return w(key, time=time) if w.has(key) else time


def _below(row: ByHand, steps: int, w: Words) -> Iterator[str]:
    """The first round; and what is left by hand when every open way is gone."""
    shared = "ways.hand.first_shared" if row.accounts > PERSONS else "ways.hand.first"
    time, each = _time(row.first_round, w), _time(row.each, w)
    yield w(shared, accounts=row.accounts, time=time, persons=PERSONS, each=each)
    number = "one" if steps == 1 else "many"
    if steps and row.left:
        time = w("ways.a_week", minutes=row.left_minutes_a_week)
        platforms = _listed(row.left_platforms, w)
        yield w(f"ways.hand.left.{number}", last=steps, accounts=row.left, platforms=platforms, time=time)
    elif steps:
        yield w(f"ways.hand.none_left.{number}", last=steps)


def _listed(names: Sequence[str], w: Words) -> str:
    if len(names) < 2:
        return "".join(names)
    return w("ways.and", first=", ".join(names[:-1]), last=names[-1])


def _time(minutes: int, w: Words) -> str:
    """In minutes; from an hour on in hours and tens of minutes."""
    if minutes < 60:
        return w("ways.minutes", minutes=minutes)
    hours, rest = divmod(round(minutes / 10) * 10, 60)
    return w("ways.hours_minutes", hours=hours, minutes=rest) if rest else w("ways.hours", hours=hours)
