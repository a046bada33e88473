"""What becomes of one row that people filled in: accepted, repaired, rejected with a reason, or known already."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from auditor.core.audit import Audited
from auditor.core.register import Account
from auditor.store.verbs import Look

T = TypeVar("T")


class Kind(StrEnum):
    """Exactly one for every row that was answered."""

    ACCEPTED = "accepted"
    REPAIRED = "repaired"  # accepted after something small was set right, which is said
    REJECTED = "rejected"
    UNCHANGED = "unchanged"  # imported before


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why a row is no statement: the key `attest.why.<code>` with its values. Nothing in it is worded yet."""

    code: str
    values: Mapping[str, object] = field(default_factory=dict)


class Unstated(Exception):
    """A row is no statement, and why."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code)
        self.why = Rejection(code, values)


def must(found: T | Rejection) -> T:
    """What was read; Unstated where it could not be."""
    if isinstance(found, Rejection):
        raise Unstated(found.code, **found.values)
    return found


@dataclass(frozen=True, slots=True)
class Note:
    """What was set right, `attest.repair.<code>`, or is worth knowing, `attest.note.<code>`."""

    code: str
    values: Mapping[str, object] = field(default_factory=dict)
    repair: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """One row. `look`: what is to be recorded, of accepted ones only; `row`: the account as judged with it."""

    place: str
    kind: Kind
    account: Account | None = None
    reason: Rejection | None = None
    notes: tuple[Note, ...] = ()
    look: Look | None = None
    row: Audited | None = None
    minted_at: datetime | None = None

    @property
    def counts(self) -> bool:
        """It becomes an observation."""
        return self.kind in (Kind.ACCEPTED, Kind.REPAIRED)
