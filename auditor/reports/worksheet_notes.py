"""What is said beside a worksheet: who is left out of it, and when the next look is owed where there is none."""

from __future__ import annotations

from collections.abc import Sequence

from auditor.core.audit import Audit
from auditor.core.hand import HandPlan, is_for_people, owed_at
from auditor.words import Words, dates

from .clean import clean
from .labels import KEY, count

NAMES = 20  # accounts a line names
ALL = "auditor worksheet --all"


def left_out(found: Audit, plan: HandPlan, w: Words) -> list[str]:
    """Whoever this week's minutes do not hold is named."""
    if not plan.left_out:
        return []
    names = named([look.account for look in plan.left_out], ALL, w)
    minutes = found.book.hand_minutes_per_week
    line = count("worksheet.left_out", len(plan.left_out), w, minutes=minutes, names=names)
    return [line, *([w("worksheet.everybody", command=ALL)] if len(plan.left_out) <= NAMES else [])]


def spent(found: Audit, plan: HandPlan, w: Words) -> list[str]:
    """Looks are owed, and no minute of this week is left for them."""
    return [w("worksheet.spent", minutes=found.book.hand_minutes_per_week), *left_out(found, plan, w)]


def nothing(found: Audit, agency: str | None, w: Words) -> list[str]:
    """Nothing is owed now: from when on something is, and whom."""
    mine = [row for row in found.rows if agency is None or row.agency.id == agency]
    rows = [row for row in mine if is_for_people(row)]
    if not rows:
        return [w("worksheet.nothing"), w("worksheet.nobody")]
    days = {row.account.key: owed_at(row, found.as_of).astimezone(row.agency.zone).date() for row in rows}
    first = min(days.values())
    names = named([key for key, day in days.items() if day == first], "auditor status", w)
    return [w("worksheet.nothing"), w("worksheet.next", day=dates.day(first, w), names=names)]


def named(keys: Sequence[str], command: str, w: Words) -> str:
    """The first of them, and where the rest can be read."""
    names = [clean(key, KEY) for key in keys[:NAMES]]
    rest = len(keys) - NAMES
    return ", ".join([*names, *([w("worksheet.and_more", n=rest, command=command)] if rest > 0 else [])])
