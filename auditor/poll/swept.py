"""What a sweep brought."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from auditor.core.model import Miss, Missed, Outcome, Seen
from auditor.store.verbs_network import BREAKER, INCONCLUSIVE

from .lane import Looked


@dataclass
class Swept:
    """Counts for people, cron and the record."""

    looked: int = 0
    seen: int = 0
    unreadable: int = 0
    missed: Counter[str] = field(default_factory=Counter)
    calls: Counter[str] = field(default_factory=Counter)
    blind: set[str] = field(default_factory=set)  # lanes that worked before and answered nothing now
    rejected: set[str] = field(default_factory=set)  # platforms whose credential was rejected
    refused: list[str] = field(default_factory=list)  # lanes whose credential is rejected since this sweep
    unable: list[str] = field(default_factory=list)  # lanes whose credential may read nobody since this sweep
    left: int = 0  # due, but their lane stopped first
    lanes: dict[str, bool] = field(default_factory=dict)  # whether the lane answered anything about anybody
    inconclusive: bool = False  # our own network failed: what it did not bring says nothing
    doubted: Mapping[str, int] = field(default_factory=dict)  # platform whose breaker tripped -> absences

    def count(self, platform: str, looked: Looked, *, made: bool = True) -> None:
        """One more look; not `made` where another way leads to the account, and the next look counts."""
        outcome = looked.look.observation.outcome
        self.looked += made
        self.calls[platform] += looked.calls
        self.lanes[looked.lane] = self.lanes.get(looked.lane, False) or answered(outcome)
        if isinstance(outcome, Seen):
            self.seen += 1
        elif isinstance(outcome, Missed):
            self.missed[outcome.reason] += 1
            if outcome.reason is Miss.CREDENTIAL_REJECTED:
                self.rejected.add(platform)
        else:
            self.unreadable += 1

    def totals(self) -> dict[str, int]:
        """Flat, for the record of the run."""
        counts = {f"missed_{reason}": n for reason, n in sorted(self.missed.items())}
        counts |= {BREAKER + platform: n for platform, n in self.doubted.items()}
        counts |= {INCONCLUSIVE: 1} if self.inconclusive else {}
        return {"looked": self.looked, "seen": self.seen, "unreadable": self.unreadable, "left": self.left, **counts}


def answered(outcome: Outcome) -> bool:
    """The lane works: also when the answer proves nothing, or the entry asks for nonsense."""
    return not isinstance(outcome, Missed) or outcome.reason in (Miss.AMBIGUOUS_ABSENCE, Miss.OUR_REQUEST_INVALID)
