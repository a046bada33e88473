"""What a situation is: data of one YAML file per theme, checked for its form before anything is replayed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from math import inf
from pathlib import Path
from typing import Any

import yaml

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
SORTS: Mapping[str, Mapping[str, Any]] = {"break": BREAKS, "answer": ANSWERS, "world": CHANGES, "ours": OURS}
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

    @property
    def blinding(self) -> tuple[Element, ...]:
        """What keeps the platform from answering rightly."""
        return tuple(e for e in self.wire if e.blinds and e.sort != "world")

    def healthy(self, day: float) -> bool:
        """The platform answers rightly, and so do we ask."""
        return self.platform not in POSITIVE_ONLY and not any(e.on(day) for e in self.blinding)


def at(day: float) -> datetime:
    """The instant of a day of the replay."""
    return START + day * DAY


@cache
def situations() -> tuple[Situation, ...]:
    """Every situation there is, by file and in its order. Raises Malformed."""
    found = [one for path in sorted(HERE.glob("*.yaml")) for one in read(path.stem, yaml.safe_load(path.read_text()))]
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

    missing = {"name", "source", "platform", "guard", "fools", "about", "wire"} - set(row)
    unknown = set(row) - {
        "name",
        "source",
        "platform",
        "guard",
        "fools",
        "about",
        "wire",
        "office",
        "lost_from",
        "note",
    }
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
    )


def element(row: dict[str, Any], check: Callable[[object, str], None]) -> Element:
    """One element of `wire`: exactly one of fault, break, answer, world, ours names it."""
    named = [s for s in ("fault", *SORTS) if s in row]
    check(len(named) == 1, f"one of fault, {', '.join(SORTS)} in each element, not {named}")
    sort = named[0]
    what = row.pop(sort)
    if sort == "fault":
        from tests.lab.faults import KINDS

        check(what in KINDS, f"fault: {what!r} is none of {', '.join(sorted(KINDS))}")
    else:
        check(what in SORTS[sort], f"{sort}: {what!r} is none of {', '.join(SORTS[sort])}")
    first, last = ([*row.pop("days", [0]), inf])[:2]
    who = row.pop("on", "everybody")
    check(who in WHO, f"on: {who!r} is none of {', '.join(WHO)}")
    own = {key: row.pop(key) for key in ("path", "after", "only", "blinds") if key in row}
    return Element(sort, what, row, float(first), float(last), who, **own)
