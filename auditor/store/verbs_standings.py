"""What the store keeps of judgements, so that a report reads one row of an account and not its history."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from auditor.core.standing import Standing


class Known(NamedTuple):
    """A listed account, and what stands of it. `mark` names the rules it was judged by; without them it is nothing."""

    key: str
    id: int
    native_id: str | None
    first_listed_at: datetime
    falls: int  # how often its facts have changed
    mark: str = ""
    standing: Standing | None = None


class Judged(NamedTuple):
    """What was judged of an account from its history, by which rules, and of which facts."""

    id: int
    falls: int
    mark: str
    standing: Standing


class StandingVerbs(Protocol):
    """Part of `Store`. A standing falls in the transaction that writes a look, a doubt or the forgetting of a post."""

    def keep_standings(self, judged: Iterable[Judged], judged_at: datetime) -> None:
        """Keep what was judged.

        Not kept is what would not come back as it was, what facts were written for since, and what was judged as of an
        instant before the newest look or doubt.
        """
        ...

    def standings(self, as_of: datetime, keys: Collection[str] | None = None) -> Iterator[Known]:
        """Every account of the register in force (or those named), with its standing where it stands at `as_of`.

        In one sight of the facts: nothing else is asked of the store before the last is taken.
        """
        ...

    def fallen(self, now: datetime, limit: int) -> Sequence[str]:
        """Keys of listed accounts whose standing does not stand at `now`, at most so many."""
        ...
