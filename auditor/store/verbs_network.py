"""What the record of runs and controls tells of ourselves: whether we were online, and what was doubted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from auditor.core.breaker import Break

INCONCLUSIVE = "inconclusive"  # in the totals of a run: our own network failed, nothing of it is about any account
BREAKER = "breaker_"  # before the name of a platform: so many of its absences were doubted


class NetworkVerbs(Protocol):
    """Part of `Store`."""

    def offline_since(self) -> datetime | None:
        """Start of the unbroken row of inconclusive sweeps that the newest one ends; None: the newest one was not.

        Sweeps that asked nobody because nobody was due say nothing, nor do runs that have not ended.
        """
        ...

    def breaks(self, since: datetime) -> Sequence[Break]:
        """Sweeps that ended at an instant or later in which the breaker tripped, oldest first."""
        ...

    def once_healthy(self) -> frozenset[str]:
        """Controls, as `Control.account` names them, that ever answered in good health here."""
        ...
