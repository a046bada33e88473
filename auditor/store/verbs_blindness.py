"""What the program asks of a store about blind spots, in the words of the trade."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from auditor.core.model import Status
from auditor.core.notices import KeptSpot, Notice, Step


class BlindnessVerbs(Protocol):
    """What could not be seen, and what was said of it."""

    def last_known(self, keys: Collection[str], until: datetime) -> Mapping[str, Status]:
        """The status that each of these accounts was last recorded with at an instant, before it became unknown.

        Accounts that never had another are left out. Costs one look-up an account, no history.
        """
        ...

    def kept_spots(self, since: datetime) -> Sequence[KeptSpot]:
        """The blind spots that last, and those that ended at `since` or later, oldest first."""
        ...

    def settle_spots(self, steps: Sequence[Step], at: datetime) -> Sequence[Notice]:
        """Take the steps, and return the notices that nobody else has written before: those are to be said.

        A step decided on what another program has changed meanwhile says nothing.
        """
        ...

    def notices(self, since: datetime, until: datetime) -> Sequence[Notice]:
        """What was said in (since, until], oldest first."""
        ...
