"""How often what was reached, for people and for the run's own judgement."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from auditor.core.model import Status

from .faults import Fault

VISITS, DECIDED = 1000, 0.999  # of every status and fault; of the days of accounts without a fault


@dataclass
class Tally:
    """How often what was reached."""

    steps: int = 0
    lives: int = 0
    looks: int = 0
    statuses: Counter[Status] = field(default_factory=Counter)
    faults: Counter[Fault] = field(default_factory=Counter)
    cross: Counter[tuple[Fault, Status]] = field(default_factory=Counter)
    calm: Counter[bool] = field(default_factory=Counter)  # days of accounts in lives without a fault: decided or not
    settled: int = 0

    def add(self, other: Tally) -> None:
        """Of another process."""
        self.steps, self.lives, self.looks = (
            self.steps + other.steps,
            self.lives + other.lives,
            self.looks + other.looks,
        )
        self.settled += other.settled
        for mine, theirs in (
            (self.statuses, other.statuses),
            (self.faults, other.faults),
            (self.cross, other.cross),
            (self.calm, other.calm),
        ):
            mine.update(theirs)  # type: ignore[arg-type]


def printed(tally: Tally) -> str:
    """For people: what was reached, and how often."""
    lines = [
        f"{tally.steps} steps in {tally.lives} lives, {tally.looks} judgements, {tally.settled} times settled",
        f"without a fault {tally.calm[True]} of {tally.calm.total()} days decided ({100 * share(tally):.3f} %)",
        "",
        " ".join([f"{'':16}", f"{'reached':>9}", *(f"{s:>13}" for s in Status)]),
        " ".join([f"{'(any)':16}", f"{'':>9}", *(f"{tally.statuses[s]:>13}" for s in Status)]),
    ]
    for fault in Fault:
        row = (f"{tally.cross[fault, s]:>13}" for s in Status)
        lines.append(" ".join([f"{fault:16}", f"{tally.faults[fault]:>9}", *row]))
    return "\n".join(lines)


def share(tally: Tally) -> float:
    """Of the days of accounts without a fault, the decided ones."""
    return tally.calm[True] / max(1, tally.calm.total())


def rare(tally: Tally) -> list[str]:
    """What was reached less than a thousand times."""
    return [
        f"{key}: {n}"
        for key, n in [*((s, tally.statuses[s]) for s in Status), *((f, tally.faults[f]) for f in Fault)]
        if n < VISITS
    ]
