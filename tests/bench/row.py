"""One figure of the bench: a ratio of this run, and what it should be."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias


@dataclass(frozen=True, slots=True)
class Row:
    """`value` and `target` in `unit`; `met` follows from them and is never said. No target: printed as a bound."""

    name: str  # "G6 Atom, 15 entries: parse": the goal's number first
    value: float
    unit: str  # "x feedparser", "x the limit", "MB"
    target: float | None = None
    at_least: bool = False  # the target is a floor, not a ceiling
    scaled: bool = False  # measured at a twentieth of the size
    note: str = ""  # how large, how often, what was compared: one line

    @property
    def met(self) -> bool | None:
        """None: there is no target. A figure that is not finite meets nothing."""
        if self.target is None:
            return None
        if not math.isfinite(self.value):
            return False
        return self.value >= self.target if self.at_least else self.value <= self.target

    def document(self) -> dict[str, Any]:
        """As `scripts/bench --json` prints it."""
        found = {"name": self.name, "value": self.value, "target": self.target, "met": self.met, "unit": self.unit}
        return found | ({"scaled": True} if self.scaled else {})


@dataclass(frozen=True, slots=True)
class Size:
    """How large: 1, or a twentieth in a quick run."""

    share: float = 1.0

    @property
    def scaled(self) -> bool:
        """Not the whole size."""
        return self.share < 1

    def of(self, whole: int) -> int:
        """That many at this size, at least one."""
        return max(1, round(whole * self.share))


Measure: TypeAlias = Callable[[Size], Iterable[Row]]  # what a theme's table holds: name -> Measure
