"""What a situation is: data of one YAML file per theme, checked for its form before anything is replayed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from inspect import signature
from math import inf
from pathlib import Path
from typing import Any, ClassVar

import yaml

from tests.lab.faults import KINDS, read_fault

from .answers import ANSWERS
from .breaks import BREAKS
from .changes import CHANGES
from .guards import GUARDS
from .ours import OURS

HERE = Path(__file__).parent
START = datetime(2026, 3, 2, 22, 0, tzinfo=UTC)  # the round of day 0: five in the morning in Jakarta
DAY = timedelta(days=1)
FOOLS = ("living flagged", "silent missed", "both", "neither")
ABOUT = ("living", "silent", "both")
WHO = ("everybody", "everything", "sentinels", "listed", "them", "living", "silent", "neighbours", "control")
EXTRA = {"office", "lost_from", "note", "open"}
NEEDED = {"name", "source", "platform", "guard", "fools", "about", "wire"}
SORTS: Mapping[str, Mapping[str, Any]] = {"break": BREAKS, "answer": ANSWERS, "world": CHANGES, "ours": OURS}
STRIKES = ("fault", "break", "answer")  # what comes over the wire
PLATFORMS = (
    *("bluesky", "mastodon", "telegram", "feed", "youtube", "youtube_feed"),
    *("x", "instagram", "facebook", "threads", "tiktok"),
)
POSITIVE_ONLY = {"youtube_feed"}  # shows activity and never silence


class Malformed(ValueError):
    """A situation that says something nobody understands: its name and what is wrong."""


@dataclass(frozen=True, slots=True, eq=False)
class Element:
    """One thing that is different. `sort`: fault, break, answer, world, ours; `what` names it, `values` are its own."""

    sort: str
    what: str
    values: Mapping[str, Any]
    first: float  # day
    last: float  # day, exclusive; inf: to the end
    who: str = "everybody"
    path: str = ""  # a part of the path
    after: int = 0  # strikes only after so many requests of a round
    only: int = 0  # and then only so many; 0: all
    blinds: bool = True  # while it lasts, the platform does not answer rightly

    def on(self, day: float) -> bool:
        """It is in force on this day."""
        return self.first <= day < self.last


@dataclass(frozen=True, slots=True)
class Office:
    """How the office and its accounts are; `platform` comes from the situation."""

    profile: str = "standard"
    every: float = 3  # days between posts
    stops: float | None = 22  # day of the silent one's last post; None: it never posted
    neighbours: int = 1  # living accounts of the same list besides the two
    history: int = 60  # days before the replay that the accounts go back
    due: float | None = None  # day on which the silent one is due, where posts that are not its own would hide it
    control: bool = True  # auditor.yaml names a control account
    days: int = 75
    twins: bool = True  # both accounts live on the neighbours' server; false: each on its own
    options: Mapping[str, Any] = field(default_factory=dict)  # of the double's accounts
    server: Mapping[str, Any] = field(default_factory=dict)  # of the double's Mastodon server
    variants: Mapping[str, str] = field(default_factory=dict)
    policy: Mapping[str, Any] = field(default_factory=dict)  # of policy.yaml
    settings: Mapping[str, Any] = field(default_factory=dict)  # of auditor.yaml, over what the double needs


@dataclass(frozen=True, slots=True, eq=False)
class Situation:
    """One wire-visible difference, the guard that saves it, and whom it fools without."""

    theme: str
    name: str
    source: str
    platform: str
    guard: str
    fools: str
    about: str
    wire: tuple[Element, ...]
    office: Office = Office()
    lost_from: float = inf  # day from which "lost" is the truth
    note: str = ""
    open: str = ""  # the program fails it today, and why: whoever mends that takes the word away

    @property
    def blinding(self) -> tuple[Element, ...]:
        """What keeps the platform from answering rightly."""
        return tuple(e for e in self.wire if e.blinds)

    def healthy(self, day: float) -> bool:
        """The platform answers rightly, and so do we ask."""
        return self.platform not in POSITIVE_ONLY and not any(e.on(day) for e in self.blinding)


class Plain(yaml.SafeLoader):
    """YAML without its tastes: on, off, yes and no are words, and so are dates."""

    yaml_implicit_resolvers: ClassVar = {
        first: [(tag, form) for tag, form in known if not tag.endswith((":bool", ":timestamp"))]
        for first, known in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


Plain.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("true|false"), list("tf"))


def at(day: float) -> datetime:
    """The instant of a day of the replay."""
    return START + day * DAY


@cache
def situations() -> tuple[Situation, ...]:
    """Every situation there is, by file and in its order. Raises Malformed."""
    found = [one for path in sorted(HERE.glob("*.yaml")) for one in read(path.stem, yaml.load(path.read_text(), Plain))]
    names = [s.name for s in found]
    twice = {n for n in names if names.count(n) > 1}
    if twice:
        raise Malformed(f"two situations are called {sorted(twice)}")
    return tuple(found)


def read(theme: str, rows: Sequence[Mapping[str, Any]]) -> list[Situation]:
    """The situations of one file."""
    return [situation(theme, dict(row)) for row in rows]


def situation(theme: str, row: dict[str, Any]) -> Situation:
    """One situation. Every key that nobody knows and every name outside its list is Malformed."""
    name = str(row.get("name", "?"))

    def check(ok: object, wrong: str) -> None:
        if not ok:
            raise Malformed(f"{theme}.yaml: {name}: {wrong}")

    missing = NEEDED - set(row)
    unknown = set(row) - NEEDED - EXTRA
    check(not missing and not unknown, f"missing {sorted(missing)}, unknown {sorted(unknown)}")
    for key, known in (("guard", GUARDS), ("fools", FOOLS), ("about", ABOUT), ("platform", PLATFORMS)):
        check(row[key] in known, f"{key}: {row[key]!r} is none of {', '.join(known)}")
    office = row.get("office") or {}
    extra = set(office) - set(Office.__dataclass_fields__)
    check(not extra, f"office: unknown {sorted(extra)}")
    elements = tuple(element(dict(e), check) for e in row["wire"] or ())
    return Situation(
        theme,
        name,
        str(row["source"]),
        row["platform"],
        row["guard"],
        row["fools"],
        row["about"],
        elements,
        Office(**office),
        float(row.get("lost_from", inf)),
        str(row.get("note", "")),
        str(row.get("open", "")),
    )


def element(row: dict[str, Any], check: Callable[[object, str], None]) -> Element:
    """One element of `wire`: exactly one of fault, break, answer, world, ours names it."""
    named = [s for s in ("fault", *SORTS) if s in row]
    check(len(named) == 1, f"one of fault, {', '.join(SORTS)} in each element, not {named}")
    sort = named[0]
    what = row.pop(sort)
    if sort == "fault":
        check(what in KINDS, f"fault: {what!r} is none of {', '.join(sorted(KINDS))}")
    else:
        check(what in SORTS[sort], f"{sort}: {what!r} is none of {', '.join(SORTS[sort])}")
    first, last = ([*row.pop("days", [0]), inf])[:2]
    who = row.pop("who", "everybody") if sort in STRIKES else "everybody"
    check(who in WHO, f"who: {who!r} is none of {', '.join(WHO)}")
    own = {key: row.pop(key) for key in ("path", "after", "only") if key in row and sort in STRIKES}
    own["blinds"] = bool(row.pop("blinds", sort != "world" or what == "state"))
    wrong = _unfit(sort, what, row)
    check(not wrong, f"{sort}: {what}: {wrong}")
    return Element(sort, what, row, float(first), float(last), who, **own)


def _unfit(sort: str, what: str, values: Mapping[str, Any]) -> str:
    """What is wrong with an element's own values; nothing if they fit."""
    try:
        if sort == "fault":
            read_fault({"kind": what, **values, **({"as_of": at(0)} if "as_of" in values else {})})
        elif sort in ("answer", "world"):
            taken = [None] if sort == "answer" else [None, None]
            signature(SORTS[sort][what]).bind(*taken, **{k: v for k, v in values.items() if k != "to"})
    except (TypeError, ValueError) as error:
        return str(error)
    return ""
