"""Reading the keys of a mapping of the register: every scalar is text, every fault has its place."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, tzinfo
from zoneinfo import ZoneInfo

from auditor.core.address import AddressForm
from auditor.core.policy import PolicyBook
from auditor.core.url import QUOTES, Private

from .days import NoDay, read_day
from .names import ALIASES
from .nodes import Node, Table, Text
from .problems import Findings, Severity, shown
from .shapes import word_day
from .zones import zone_instead, zone_of


@dataclass(slots=True)
class Context:
    """What reading a register needs to know, and where it says what it found."""

    found: Findings
    forms: dict[str, AddressForm]
    book: PolicyBook
    timezone: str  # of offices that name none
    max_months: int
    max_months_guard: int
    private: Private
    zones: dict[str, ZoneInfo | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fields:
    """One mapping of one file. `subject`: the number of the account it describes, and the name of its office.

    The number 0: it describes the office itself.
    """

    context: Context
    file: str
    path: str
    table: Table
    subject: tuple[int, str] | None = None

    @property
    def about(self) -> str:
        """`account 3 of Dinas Kesehatan`, or nothing."""
        if self.subject is None or not self.subject[0]:
            return ""
        return self.context.found.word("account_at", {"number": self.subject[0], "agency": self.subject[1]})

    @property
    def office(self) -> str:
        """The name of the office it describes, or nothing."""
        return shown(self.subject[1]) if self.subject is not None and not self.subject[0] else ""

    def fault(
        self,
        node: Node | None,
        key: str,
        code: str,
        values: dict[str, object] | None = None,
        hint: str = "",
        severity: Severity = "error",
    ) -> None:
        """`node` is the place; None: the mapping itself."""
        at = node or self.table
        path = f"{self.path}.{key}".strip(".") if key else self.path
        found = self.context.found
        place, about = (at.line, at.column), self.about
        found.add(self.file, place, path, code, values, hint=hint, severity=severity, about=about, office=self.office)

    def say(self, node: Node | None, key: str, message: str, hint: str = "", severity: Severity = "error") -> None:
        """The same with a sentence that is already worded."""
        at = node or self.table
        path = f"{self.path}.{key}".strip(".") if key else self.path
        about = self.about
        text = f"{about}: {message}" if about else message
        self.context.found.say(self.file, (at.line, at.column), path, text, hint, severity, about or self.office)

    def known(self, keys: Collection[str]) -> None:
        """Every other key is an error."""
        for key, _ in self.table.pairs:
            if key.value not in keys:
                alias = ALIASES.get(key.value.strip().lower(), "")
                meant = alias if alias in keys else key.value
                self.fault(key, key.value, "unknown_key", {"key": key.value}, self.context.found.guess(meant, keys))

    def text(self, key: str) -> Text | None:
        """A scalar that says something; None where it is missing, empty or faulty."""
        node = self.table.get(key)
        if node is None:
            return None
        if not isinstance(node, Text):
            self.fault(node, key, "want_text", {"text": ""})
            return None
        if node.empty or not node.value.strip():
            return None
        if node.plain and node.value[0] in QUOTES:
            bare = node.value.strip(QUOTES)
            self.fault(node, key, "address.quotes", {"text": node.value}, self.context.found.write(f'"{bare}"'))
            return None
        return node

    def value(self, key: str) -> str | None:
        """The text of a scalar, trimmed."""
        node = self.text(key)
        return None if node is None else node.value.strip()

    def required(self, key: str) -> str | None:
        """The text of a scalar that must be there."""
        value = self.value(key)
        node = self.table.get(key)
        if value is None and (node is None or (isinstance(node, Text) and not node.value.strip(" ~"))):
            self.fault(node, "", "missing_key", {"key": key})
        return value

    def choice(self, key: str, allowed: Collection[str]) -> str | None:
        """One of a few words."""
        node = self.text(key)
        if node is None or node.value in allowed:
            return None if node is None else node.value
        values: dict[str, object] = {"text": node.value, "choices": ", ".join(allowed)}
        self.fault(node, key, "choice", values, self.context.found.guess(node.value, allowed))
        return None

    def day(self, key: str) -> date | None:
        """A real day."""
        node = self.text(key)
        return None if node is None else self.checked_day(node, key, read_day(node.value.strip()))

    def checked_day(self, node: Text, key: str, day: date | NoDay) -> date | None:
        if isinstance(day, NoDay):
            found = self.context.found
            self.say(node, key, word_day(day, found), found.write(day.suggestion))
            return None
        return day

    def profile(self) -> str | None:
        """The name of a profile that the policy knows."""
        node = self.text("profile")
        if node is None or node.value in self.context.book.profiles:
            return None if node is None else node.value
        hint = self.context.found.guess(node.value, self.context.book.profiles)
        self.fault(node, "profile", "unknown_profile", {"profile": node.value}, hint)
        return None

    def zone(self, key: str = "timezone") -> tuple[str, tzinfo] | None:
        """A time zone and its name; None where none is named or there is no such zone."""
        node = self.text(key)
        if node is None:
            return None
        name, zones = node.value.strip(), self.context.zones
        if name not in zones:
            zones[name] = zone_of(name)
        zone = zones[name]
        if zone is None:
            hint = self.context.found.write(zone_instead(name))
            self.fault(node, key, "time_zone", {"text": name}, hint)
            return None
        return name, zone

    def inner(self, key: str) -> Fields | None:
        """The mapping under a key; None where it is missing, empty or something else."""
        node = self.table.get(key)
        if node is None or (isinstance(node, Text) and node.empty):
            return None
        if not isinstance(node, Table):
            self.fault(node, key, "want_mapping", {"text": getattr(node, "value", "")})
            return None
        return Fields(self.context, self.file, f"{self.path}.{key}".strip("."), node, self.subject)
