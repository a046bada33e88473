"""Today: what is to be done, on at most twelve lines. Plain text, no table, no colour, and little to import."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from auditor.words import Words

from .layout import clip, pad, text_width, wrap

LINES = 12
KEPT = "today"  # the name under which a store keeps the page that was worked out when something was judged
_DUE = 11  # columns: "Jum 27 Nov", "± 112 menit"
_TEXT = 44  # the arrows stand below each other up to here
_LEAST = 20  # of a task that a command may not push out
_SILENCE = 3  # ticks without a sign of life: a daemon that says nothing for longer is not running


@dataclass(frozen=True, slots=True)
class Item:
    """One line: by when, which verb, what, and with which command."""

    due: str
    verb: str
    text: str
    command: str

    @property
    def commands(self) -> tuple[str, ...]:
        """All of it, or where there is no room for two commands the first."""
        return (self.command, self.command.partition(" · ")[0])


@dataclass(frozen=True, slots=True)
class Today:
    """The day in one language. `first` and `last` always stand on the page, of `advised` what there is room for."""

    office: str  # day and office
    seen: str  # when anything was last looked at; "" where there is no list
    first: tuple[Item, ...]
    advised: tuple[Item, ...]
    last: tuple[Item, ...]
    foot: tuple[str, ...]


def to_text(today: Today) -> str:
    """As JSON, to be kept."""
    return json.dumps(asdict(today), ensure_ascii=False)


def from_text(text: str) -> Today:
    """The inverse of `to_text`."""
    data = json.loads(text)
    rows = {name: tuple(Item(**item) for item in data[name]) for name in ("first", "advised", "last")}
    return Today(office=data["office"], seen=data["seen"], foot=tuple(data["foot"]), **rows)


def is_alive(beat_at: datetime | None, detail: object, tick_seconds: int, now: datetime) -> bool | None:
    """Whether a daemon runs here: None, none ever did. One that stopped says so; one that died falls silent."""
    if beat_at is None:
        return None
    return "stopped" not in str(detail) and now - beat_at <= timedelta(seconds=tick_seconds) * _SILENCE


def today_lines(today: Today, alive: bool | None, w: Words, width: int) -> list[str]:
    """Head, tasks with their deadlines, the week, and the sentence no output may lack; never more than twelve lines."""
    head = _head(today, alive, w, width)
    foot = [line for text in today.foot for line in _wrapped(text, width, 1)]
    found = _fitted(today, LINES - len(head) - len(foot), w)
    shown = _lines(found, width) or [" " + w("report.nothing_to_do")]
    return [*head, *shown, *foot]


def _fitted(today: Today, room: int, w: Words) -> list[Item]:
    """What is lost and what cannot be seen always stand here; of the rest as much as there is room for."""
    advised = today.advised
    room -= len(today.first) + len(today.last)
    if len(advised) > room:
        kept = advised[: max(0, room - 1)]
        advised = (*kept, Item("", "", w("today.more", n=len(advised) - len(kept)), "auditor report"))
    return [*today.first, *advised, *today.last]


def _head(today: Today, alive: bool | None, w: Words, width: int) -> list[str]:
    """Day, office, daemon; on two lines where one does not hold it."""
    right = f"{_daemon(alive, w)}, {today.seen}".removesuffix(", ")
    whole = f"{today.office} · {right}"
    return [whole] if text_width(whole) <= width else [*_wrapped(today.office, width), *_wrapped(right, width, 1)]


def _daemon(alive: bool | None, w: Words) -> str:
    return w("today.daemon_never" if alive is None else "today.daemon_alive" if alive else "today.daemon_dead")


def _wrapped(text: str, width: int, indent: int = 0) -> list[str]:
    return [" " * indent + part for part in wrap(text, width - indent)]


def _lines(items: Sequence[Item], width: int) -> list[str]:
    """In columns. The command stands at the end, whole, or not at all: half a command is none."""
    verb = max((text_width(item.verb) for item in items), default=0)
    column = min(max((text_width(item.text) for item in items if item.command), default=0), _TEXT)
    lines = []
    for item in items:
        lead = f" {pad(item.due, _DUE)} {pad(item.verb, verb)}  "
        least = min(_LEAST, text_width(item.text))
        fits = (c for c in item.commands if width - text_width(lead) - text_width(c) - 4 >= least)
        chosen = next(fits, "")
        command = f"  → {chosen}" if chosen else ""
        room = width - text_width(lead) - text_width(command)
        text = clip(item.text, room)
        fill = min(column, room) - text_width(text) if command else 0
        lines.append(lead + text + " " * max(0, fill) + command)
    return lines
