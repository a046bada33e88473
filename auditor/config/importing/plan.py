"""What an import found, and what it would write: values only, nothing is done here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from auditor.core.address import Address

CHECK = "periksa"  # the note of an entry that a person should look at before it is relied on


class Outcome(StrEnum):
    """How one line of a list ends. Every line has exactly one."""

    ACCEPTED = "accepted"
    REPAIRED = "repaired"  # accepted after something was set right: `Item.repairs`
    REJECTED = "rejected"  # `Item.reason` says why and what to write instead
    DUPLICATE = "duplicate"  # the same account stands earlier in the list: `Item.twin`


class Effect(StrEnum):
    """What a line does to the register."""

    NEW = "new"  # an account that was not listed
    CHANGED = "changed"  # a listed account, other particulars
    LISTED = "listed"  # listed as it is: `Item.twin`
    OFFICE = "office"  # tells of an office only: its name or its web site
    NONE = "none"  # rejected, or a duplicate


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to say about a line; `code` names its sentence. A warning marks the new entry `note: periksa`."""

    code: str
    values: Mapping[str, str] = field(default_factory=dict)
    suggestion: str = ""  # the text to write instead
    warning: bool = False
    of_address: bool = False  # worded as the problems of addresses in the register are


@dataclass(frozen=True, slots=True)
class Item:
    """One account, or one office without any, of one line of the list."""

    place: str  # "daftar.xlsx:Sheet1!7"
    cells: tuple[str, ...]  # the line as it was
    written: str  # the part of it that names the account
    outcome: Outcome
    effect: Effect
    agency: str = ""  # id of the office; empty where it is not known
    address: Address | None = None
    repairs: tuple[str, ...] = ()
    remarks: tuple[Remark, ...] = ()
    reason: Remark | None = None
    twin: str = ""  # the place of the same account: earlier in the list, or in the register
    # Particulars as the line gives them; empty: it says nothing about them.
    id: str = ""
    opened: str = ""
    profile: str = ""
    note: str = ""
    website: str = ""

    @property
    def key(self) -> str:
        """The account's key, or nothing."""
        return self.address.key if self.address else ""

    @property
    def warned(self) -> bool:
        """Whether a person should look at this line again."""
        return any(remark.warning for remark in self.remarks)


@dataclass(frozen=True, slots=True)
class NewAgency:
    """An office that the register does not hold yet."""

    id: str
    name: str
    website: str = ""


@dataclass(frozen=True, slots=True)
class Addition:
    """One entry to append to the accounts of an office. `url` is what is written; other fields only where not empty."""

    agency: str
    key: str
    url: str
    platform: str = ""  # written as `platform: url` where the URL alone would not be read as this account
    id: str = ""
    opened: str = ""
    profile: str = ""
    note: str = ""

    def fields(self) -> dict[str, str]:
        """The keys of the entry beside its address, in the order they are written."""
        pairs = (("id", self.id), ("opened", self.opened), ("profile", self.profile), ("note", self.note))
        return {key: value for key, value in pairs if value}


@dataclass(frozen=True, slots=True)
class Change:
    """New particulars of a listed account: key -> (before, after). `agency`: the office it moves to, or nothing."""

    key: str
    place: str  # accounts.yaml:14
    written: str  # as typed in the list: with the place it tells which entry is meant
    fields: Mapping[str, tuple[str, str]]
    agency: str = ""
    before: str = ""  # the office it is listed under


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """The whole comparison of a list with the register. Nothing is ever deleted."""

    source: str
    items: tuple[Item, ...]
    agencies: tuple[NewAgency, ...] = ()
    additions: tuple[Addition, ...] = ()
    changes: tuple[Change, ...] = ()
    websites: Mapping[str, str] = field(default_factory=dict)  # listed office without a web site -> its web site
    kept: tuple[str, ...] = ()  # keys the register holds and the list does not: they stay
    ignored: tuple[str, ...] = ()  # headings of columns that are not read
    titles: tuple[str, ...] = ()  # places of the lines above the headings
    stale: bool = False  # the sheet was exported from another state of the register

    @property
    def counts(self) -> dict[str, int]:
        """Every outcome with its number; they add up to the lines."""
        found = Counter(item.outcome for item in self.items)
        return {outcome.value: found[outcome] for outcome in Outcome}

    @property
    def changes_nothing(self) -> bool:
        """Whether writing would leave every file as it is."""
        return not (self.agencies or self.additions or self.changes or self.websites)

    @property
    def rejected(self) -> tuple[Item, ...]:
        return tuple(item for item in self.items if item.outcome is Outcome.REJECTED)
