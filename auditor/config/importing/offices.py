"""Which office a line means: by id, else by name as it reads without case and punctuation. Nothing is guessed.

A name that merely resembles a known one is a new office, and is said to resemble it: a person decides.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from auditor.config.agencies import ID, slug
from auditor.config.sheets import fold
from auditor.core.register import Register

from .labels import TOTALS
from .plan import NewAgency, Remark
from .reading import clean_text

PLACE = re.compile(r"\s+(?:kota|kab|kabupaten|prov|provinsi|pemkot|pemkab|pemprov)\b.*$")
ALIKE = 0.8  # of one differing word


@dataclass(frozen=True, slots=True)
class Office:
    """What a line's office turned out to be. `id` empty: not to be told, for `reason`."""

    id: str = ""
    name: str = ""
    new: bool = False
    named: bool = False  # by the line itself
    remarks: tuple[Remark, ...] = ()
    reason: Remark | None = None


@dataclass(slots=True)
class _Near:
    """Names that differ from a known one in one similar word, in blanks only, or in the place at their end."""

    without_one: dict[tuple[str, ...], list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))
    bases: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def add(self, name: str) -> None:
        words = _words(name)
        for index, word in enumerate(words):
            self.without_one[(*words[:index], "", *words[index + 1 :])].append((word, name))
        self.bases[PLACE.sub("", " ".join(words))].append(name)

    def find(self, name: str) -> str:
        """The first known name that this one resembles, or nothing."""
        words = _words(name)
        for index, word in enumerate(words):
            for other, known in self.without_one.get((*words[:index], "", *words[index + 1 :]), ()):
                if not (word + other).isalpha():
                    continue
                if SequenceMatcher(None, word, other).ratio() >= ALIKE:
                    return known
        whole = " ".join(words)
        base = PLACE.sub("", whole)
        for known in self.bases.get(base, ()):
            if base in (whole, " ".join(_words(known))):
                return known
        return ""


@dataclass(slots=True)
class Offices:
    """The offices of the register, and those a list adds."""

    register: Register | None
    fallback: str | None  # of lines that name none
    names: dict[str, str] = field(default_factory=dict)  # id -> name
    ids: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))  # folded name -> ids
    added: dict[str, NewAgency] = field(default_factory=dict)
    near: _Near = field(default_factory=_Near)

    def __post_init__(self) -> None:
        for agency in self.register.agencies if self.register else ():
            self._know(agency.id, agency.name)

    def find(self, name: str, office_id: str, *, carried: bool) -> Office:
        """The office of a line, found or to be made."""
        name, office_id = clean_text(name), office_id.strip()
        if carried and self.fallback is not None:
            name, office_id = "", ""
        if not name and not office_id:
            return self._nameless()
        if (name or office_id).startswith("="):
            return Office(reason=Remark("formula", {"text": name or office_id}))
        if fold(name) in TOTALS:
            return Office(reason=Remark("total"))
        for known in (office_id, name):
            if known in self.names:
                return Office(known, self.names[known], named=True, remarks=self._renamed(known, name))
        matches = self.ids.get(fold(name), []) if fold(name) else []
        if len(matches) > 1:
            return Office(reason=Remark("office_twice", {"office": name, "ids": ", ".join(matches)}))
        if matches:
            return Office(matches[0], self.names[matches[0]], named=True)
        alike = self.near.find(name) or self.names.get(slug(name), "")  # an id in capitals is a name of its own
        values = {"office": name, "known": alike}
        remarks = (Remark("office_near", values, alike, warning=True),) if alike else ()
        return Office(self._id(name, office_id), name or office_id, new=True, named=True, remarks=remarks)

    def _nameless(self) -> Office:
        if self.fallback is not None:
            return Office(self.fallback, self.names.get(self.fallback, self.fallback))
        if len(self.names) == 1:
            only = next(iter(self.names))
            return Office(only, self.names[only])
        return Office(reason=Remark("no_office"))

    def _renamed(self, office_id: str, name: str) -> tuple[Remark, ...]:
        known = self.names[office_id]
        if not name or name == office_id or fold(name) == fold(known):
            return ()
        return (Remark("office_name_differs", {"id": office_id, "known": known, "office": name}),)

    def _id(self, name: str, wanted: str) -> str:
        """An id of its own: the one given where it is one of ours, else from the name."""
        usable = ID.fullmatch(wanted) and re.search(r"[a-z]", wanted)
        base = wanted if usable else slug(name) or "kantor"
        made, number = base, 1
        while made in self.names:
            number += 1
            made = f"{base[:76]}-{number}"
        return made

    def add(self, office: Office) -> None:
        """From now on the office is known."""
        if office.new and office.id not in self.names:
            self.added[office.id] = NewAgency(office.id, office.name)
            self._know(office.id, office.name)

    def _know(self, office_id: str, name: str) -> None:
        self.names[office_id] = name
        self.ids[fold(name)].append(office_id)
        self.near.add(name)

    def website(self, office_id: str) -> str:
        """The web site an office has already, or nothing."""
        if office_id in self.added:
            return self.added[office_id].website
        agency = self.register.agency.get(office_id) if self.register else None
        return (agency.website or "") if agency else ""


def _words(name: str) -> tuple[str, ...]:
    return tuple(word for word in re.split(r"[^\w]+", name.casefold()) if word)
