"""The absences of one sweep: written after all its other looks, once it is known how many there are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from auditor.core.breaker import is_absence, tripped
from auditor.core.policy import PolicyBook
from auditor.core.polling import Next, Why, after_doubt
from auditor.store.verbs import Look

from .lane import Looked


@dataclass
class Absences:
    """Keeps them back, and doubts them all where too many accounts of a platform seem to vanish at once."""

    book: PolicyBook
    held: list[Looked] = field(default_factory=list)
    looked: Counter[str] = field(default_factory=Counter)  # accounts by platform
    vanished: Counter[str] = field(default_factory=Counter)

    def keeps(self, one: Looked) -> bool:
        """Counts the look; True: it is one to be written last."""
        platform = _platform(one)
        self.looked[platform] += 1
        self.vanished[platform] += one.vanished
        held = is_absence(one.look.observation.outcome)
        if held:
            self.held.append(one)
        return held

    def doubted(self) -> dict[str, int]:
        """Platforms whose breaker tripped, and how many absences prove nothing for it."""
        most = {"at_least": self.book.max_changes_from, "percent": self.book.max_changes_percent}
        found = {p: n for p, n in self.vanished.items() if tripped(n, self.looked[p], **most)}
        return {platform: sum(_platform(one) == platform for one in self.held) for platform in found}

    def settled(self) -> Iterator[Look]:
        """To be written now. Who is doubted is looked at again within the day."""
        doubted = self.doubted()
        for one in self.held:
            yield _doubt(one.look) if _platform(one) in doubted else one.look


def _platform(one: Looked) -> str:
    return one.account.partition(":")[0]


def _doubt(look: Look) -> Look:
    now = look.observation.observed_at
    observation = replace(look.observation, control_ok=False)
    if look.next_look_at is None:
        return replace(look, observation=observation)
    then = after_doubt(Next(look.next_look_at, Why(look.why)), now)
    return replace(look, observation=observation, next_look_at=then.at, why=then.why)
