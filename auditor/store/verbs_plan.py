"""Who is owed something now, by index: nobody else's state is read for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from .verbs import AccountState


class PlanVerbs(Protocol):
    """Part of `Store`."""

    def due(self, now: datetime, beyond: datetime) -> Mapping[str, AccountState]:
        """Listed accounts never planned, planned for `now` or before, or after `beyond`, where only a clock that ran
        ahead plans."""
        ...

    def soon(self, platform: str, now: datetime, until: datetime, limit: int) -> Mapping[str, AccountState]:
        """Listed accounts of a platform that answer and are planned for their age alone in (now, until]: those that
        would be due first, at most so many."""
        ...

    def unjudged(self) -> Sequence[str]:
        """Keys of listed accounts with a look that no recorded verdict knows of."""
        ...
