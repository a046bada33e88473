"""The validated list of one moment: offices and the accounts they answer for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, tzinfo
from enum import StrEnum
from functools import cached_property

from .model import AccountRef


class Relation(StrEnum):
    """Who may write to whom: inside walks the whole ladder, above gets a memo, outside is only looked at."""

    INSIDE = "inside"
    ABOVE = "above"
    OUTSIDE = "outside"


@dataclass(frozen=True, slots=True)
class Exemption:
    """A documented reason to be quiet, between two days in the agency's zone, both inclusive."""

    kind: str
    reason: str
    document: str
    approved_by: str
    start: date
    until: date


@dataclass(frozen=True, slots=True)
class Contact:
    name: str
    email: str | None = None
    confirmed_on: date | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """A listed account. Never holds runtime state; what is learnt (a native id, a new handle) lives in the store."""

    key: str  # "platform:handle" as people write it; never changes when an id is learnt
    ref: AccountRef
    url: str  # where a person can see it
    agency: str
    written: str  # as typed in the list
    place: str  # file:line of the entry
    profile: str | None = None
    opened: date | None = None
    predecessor: str | None = None  # canonical handle, same platform
    note: str | None = None
    exempt: Exemption | None = None


@dataclass(frozen=True, slots=True)
class Agency:
    id: str
    name: str
    timezone: str  # IANA name, for people
    zone: tzinfo  # the same, for arithmetic
    parent: str | None = None
    relation: Relation = Relation.INSIDE
    website: str | None = None
    contact: Contact | None = None
    profile: str | None = None


@dataclass(frozen=True)
class Register:
    """Agencies and accounts in the order of the list."""

    agencies: tuple[Agency, ...]
    accounts: tuple[Account, ...]
    sha256: str  # of the files it came from
    demonstration: bool = False
    by_file: Mapping[str, str] = field(default_factory=dict)  # file name -> its sha256

    @cached_property
    def agency(self) -> dict[str, Agency]:
        return {a.id: a for a in self.agencies}

    @cached_property
    def account(self) -> dict[str, Account]:
        return {a.key: a for a in self.accounts}
