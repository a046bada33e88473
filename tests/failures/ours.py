"""What can go wrong on our own side, one name and sentence each. The office asks `Ours` at every round."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .situation import Element

OURS: Mapping[str, str] = {
    "clock": "our clock is `by` days ahead of the world's, or behind it",
    "secret": "the variable `name` has the value `value`, or none",
    "off": "the program does not run",
    "stopped": "the round is stopped after `looks` looks",
    "killed": "the process dies after `looks` looks, before it judges",
    "twice": "a second process makes its own round at the same instant",
    "unlisted": "`who` is taken off the list: living, silent, both",
    "written": "the list names `who` otherwise: `old` replaced by `new`",
    "policy": "policy.yaml says something else: `is`",
    "settings": "auditor.yaml says something else: `is`",
}


class Killed(BaseException):
    """The process ends here."""


@dataclass(frozen=True)
class Ours:
    """Our side on each day."""

    elements: Sequence[Element]

    def now(self, real: datetime, day: float) -> datetime:
        """What our clock says."""
        by = sum(float(e.values["by"]) for e in self.on("clock", day))
        return real + timedelta(days=by)

    def secrets(self, usual: Mapping[str, str], day: float) -> dict[str, str]:
        """The credentials of the day."""
        found = dict(usual)
        for e in self.on("secret", day):
            found.pop(e.values["name"], None)
            if e.values.get("value"):
                found[e.values["name"]] = e.values["value"]
        return found

    def runs(self, day: float) -> bool:
        """The program runs at all."""
        return not any(self.on("off", day))

    def rounds(self, day: float) -> int:
        """How many processes make a round."""
        return 2 if any(self.on("twice", day)) else 1

    def interruption(self, day: float) -> tuple[Callable[[], bool], Callable[[int], None]]:
        """`stopped` and `progress` of the round."""
        made = 0
        stop = min((int(e.values.get("looks", 1)) for e in self.on("stopped", day)), default=None)
        kill = min((int(e.values.get("looks", 1)) for e in self.on("killed", day)), default=None)

        def progress(n: int) -> None:
            nonlocal made
            made += n
            if kill is not None and made >= kill:
                raise Killed

        return (lambda: stop is not None and made >= stop), progress

    def listed(self, entries: Mapping[str, str], day: float) -> dict[str, str]:
        """Role -> entry, as the list has it on this day."""
        found = dict(entries)
        for e in self.on("unlisted", day):
            for role in _roles(e):
                found.pop(role, None)
        for e in self.on("written", day):
            for role in _roles(e):
                found[role] = found[role].replace(e.values["old"], e.values["new"])
        return found

    def documents(self, kind: str, day: float) -> list[Mapping[str, Any]]:
        """What a file says otherwise on this day."""
        return [e.values["is"] for e in self.on(kind, day)]

    def on(self, what: str, day: float) -> Iterator[Element]:
        """The elements of one kind in force."""
        return (e for e in self.elements if e.sort == "ours" and e.what == what and e.on(day))


def _roles(e: Element) -> tuple[str, ...]:
    who = e.values.get("who", "both")
    return ("living", "silent") if who == "both" else (who,)
