"""Blind spots in words: what cannot be seen, since when, why, which verdicts that withholds, and what to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from auditor.core.audit import BlindKind, BlindSpot
from auditor.core.mending import mend
from auditor.core.model import Status
from auditor.core.notices import Event, Extent, Notice, extent_of
from auditor.core.register import Agency, Register
from auditor.words import Words, dates

from .clean import clean
from .facts import head_agency
from .labels import closer, count, platform_title, shell_word


def whom(extent: Extent, register: Register | None, w: Words, among: int = 0) -> str:
    """The subject as people call it."""
    title = platform_title(extent.platform, w)
    _, _, rest = extent.subject.removesuffix("#frozen").partition(":")
    match extent.kind:
        case BlindKind.NETWORK:
            return w("blind.network")
        case BlindKind.AGENCY:
            agency = register.agency.get(extent.subject) if register else None
            return clean(agency.name if agency else extent.subject, 80)
        case BlindKind.ACCOUNT:
            values = {"platform": title, "n": extent.accounts}
            return w("blind.part", **values, among=among) if among else w("blind.some", **values)
        case BlindKind.PLATFORM if rest:
            return w("blind.server", platform=title, server=clean(rest, 60))
        case _:
            return title


def why(reason: str, w: Words) -> str:
    """The reason in plain words."""
    key = f"blind.why.{reason}"
    return w(key) if w.has(key) else closer(reason, w)


def told(spot: BlindSpot, register: Register | None, since: str, w: Words) -> str:
    """One sentence: what, since when, why, and how many accounts that withholds."""
    name = whom(extent_of(spot), register, w, spot.among)
    held = count("advice.withheld", len(spot.accounts), w) if spot.accounts else w("advice.withheld.none")
    return w("advice.blind", platform=name, since=since, why=why(spot.reason, w), held=held)


def verdicts(spot: BlindSpot, office: Agency | None, w: Words) -> str:
    """Which verdicts are withheld, and which will be unless somebody looks; "" where neither."""
    parts = []
    if spot.withheld:
        parts.append(w("blind.held", statuses=_statuses(Counter(spot.withheld.values()), w)))
    if spot.standing:
        statuses = _statuses(Counter(spot.standing.values()), w)
        until = spot.stands_until
        if until is None:
            parts.append(w("blind.standing", statuses=statuses))
        else:
            day = dates.short_day(until.astimezone(office.zone if office else UTC), w)
            parts.append(w("blind.standing_until", statuses=statuses, day=day))
    return "; ".join(parts)


def to_do(spot: BlindSpot, remedies: Mapping[str, str], w: Words) -> tuple[str, str]:
    """What to do in a few words, and the command; a name in it is nothing a shell obeys."""
    return _to_do(extent_of(spot), remedies, w)


def _to_do(extent: Extent, remedies: Mapping[str, str], w: Words) -> tuple[str, str]:
    subject = shell_word(extent.subject) if extent.kind is BlindKind.AGENCY else clean(extent.subject, 160)
    word, command = mend(extent.kind, subject, extent.platform, extent.reason, remedies)
    return w(f"blind.do.{word}"), command


def notice_text(notice: Notice, register: Register, remedies: Mapping[str, str], w: Words) -> str:
    """What is said of a spot when it begins, lasts or is over: complete in itself, on one line."""
    extent, office = notice.extent, head_agency(register)
    name = whom(extent, register, w)
    since = moment(extent.since, office, w)
    if notice.event is Event.ENDED:
        return w("blind.ended", name=name, since=since)
    doing, command = _to_do(extent, remedies, w)
    held = count("advice.withheld", extent.accounts, w) if extent.accounts else w("advice.withheld.none")
    if extent.statuses:
        held = w("blind.last_known", held=held, statuses=_statuses(extent.statuses, w))
    key = "blind.began" if notice.event is Event.BEGAN else "blind.lasts"
    return w(key, name=name, since=since, why=why(extent.reason, w), held=held, todo=doing, command=command)


def moment(at: datetime, office: Agency | None, w: Words) -> str:
    """In the zone of the office the others answer to."""
    return dates.short_moment(at, office.zone, office.timezone, w) if office else dates.short_moment(at, UTC, "UTC", w)


def _statuses(numbers: Mapping[Status, int], w: Words) -> str:
    return ", ".join(f"{n} {w(f'status.{status}').lower()}" for status in Status if (n := numbers.get(status)))


def numbers(statuses: Iterable[Status]) -> dict[str, int]:
    """For programs: status -> how many, in the order of the vocabulary."""
    found = Counter(statuses)
    return {str(status): found[status] for status in Status if found[status]}


def widest(spots: Sequence[BlindSpot], most: int) -> tuple[Sequence[BlindSpot], int]:
    """Those with a row of their own, and how many are left for the last row."""
    return (spots, 0) if len(spots) <= most else (spots[: most - 1], len(spots) - most + 1)
