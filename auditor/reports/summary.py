"""The sentences of the report: each stands alone when it is pasted into a message."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, date

from auditor.core.audit import Audit, Audited
from auditor.core.model import Change, Overlay, Reason, Status
from auditor.core.notices import extent_of
from auditor.words import Words, dates

from .blind import whom
from .braked import brake_sentence
from .clean import clean
from .facts import (
    Stage,
    coverage as covered,
    days_quiet,
    head_agency,
    is_carried,
    is_counted,
    is_reactivated,
    is_silent,
    known_30d,
    net_changes,
    stage,
    told as told_by,
)
from .labels import UNKNOWN, closer, count, key_of, proven
from .layout import Style
from .tasks import by_platform

_NAMED = 20  # accounts in one paragraph
_REGULAR = 6


def banner(audit: Audit, w: Words, *, first: bool = False) -> str:
    """Says so where the data are invented or the clock was set, and on the first day."""
    marks = []
    if audit.register.demonstration:
        marks.append(w("report.demonstration"))
    elif audit.rehearsal:
        marks.append(w("report.rehearsal"))
    if first:
        marks.append(w("report.first_day"))
    return " · ".join(marks)


def head(audit: Audit, w: Words) -> str:
    """Office, instant, comparison."""
    agency = head_agency(audit.register)
    if agency is None:
        return f"{w('report.this_office')} · {dates.moment(audit.as_of, UTC, 'UTC', w)}"
    parts = [clean(agency.name), dates.moment(audit.as_of, agency.zone, agency.timezone, w)]
    if audit.compared_with:
        day = dates.long_day(audit.compared_with.astimezone(agency.zone), w)
        parts.append(w("report.compared_with", day=day))
    return " · ".join(parts)


def notes(audit: Audit, w: Words) -> tuple[str, ...]:
    """What the head must add: a clock that was set, changes that are held."""
    rehearsal = (w("report.rehearsal_note"),) if audit.rehearsal else ()
    return (*rehearsal, brake_sentence(audit.holds, w)) if audit.holds else rehearsal


def sentences(audit: Audit, counted: Sequence[Audited], w: Words) -> tuple[str, ...]:
    """At most four: reactivated, lost, silent by stage, not looked at."""
    if not counted:
        return (w("report.empty"),)
    out = []
    keys = {row.account.key for row in counted}
    if audit.compared_with is not None and any(row.verdict.observed_at for row in counted):
        back = sum(is_reactivated(old, c.new) for c, old in net_changes(audit.changes) if c.account in keys)
        out.append(count("report.reactivated", back, w))
    if lost := sum(row.verdict.status is Status.LOST for row in counted):
        out.append(count("report.lost", lost, w))
    out.append(_silent_sentence(audit, [row for row in counted if is_silent(row)], w))
    if hidden := [row for row in counted if row.verdict.status is Status.UNKNOWN]:
        out.append(count("report.unknown", len(hidden), w, split=_split(hidden, w)))
    return tuple(sentence for sentence in out if sentence)


def _silent_sentence(audit: Audit, silent: Sequence[Audited], w: Words) -> str:
    seen = [o for row in audit.rows if (o := row.verdict.observed_at)]
    if not silent:
        return w("report.no_silence") if seen else ""
    stages = Counter(stage(row) for row in silent)
    parts = [count(f"report.stage.{name}", stages[name], w) for name in Stage if stages[name]]
    stages_text = ", ".join(parts)
    if unsure := sum(not row.verdict.confirmed for row in silent):
        stages_text = f"{stages_text}; {count('report.stage.unconfirmed', unsure, w)}"
    return count("report.silent", len(silent), w, stages=stages_text)


def _split(hidden: Sequence[Audited], w: Words) -> str:
    codes = Counter(_code(row) for row in hidden)
    return ", ".join(f"{codes[code]} {w(f'outcome.unknown.{code}')}" for code in UNKNOWN if codes[code])


def _code(row: Audited) -> Reason:
    return row.verdict.reason if row.verdict.reason in UNKNOWN else Reason.UNDECIDABLE


def size(counted: Sequence[Audited], w: Words) -> str:
    """How many accounts of how many offices, and how many of them were checked."""
    offices = len({row.agency.id for row in counted})
    checked = sum(row.verdict.status is not Status.UNKNOWN for row in counted)
    return w("report.size", accounts=len(counted), offices=offices, checked=checked)


def coverage(audit: Audit, rows: Sequence[Audited], w: Words) -> str:
    """How the counted accounts are seen: each stands in exactly one of the four."""
    seen = covered(audit, rows)
    return w(
        "report.coverage",
        automatic=seen.automatic,
        by_hand=seen.by_hand,
        not_connected=seen.not_connected,
        failing=seen.failing,
    )


def told(rows: Sequence[Audited], w: Words) -> str:
    """How many of the statuses shown people told, kept apart from what was measured."""
    checkers, managers = told_by(rows)
    if not checkers + managers:
        return ""
    by = "both" if checkers and managers else "manager" if managers else "checker"
    values = {"checkers": checkers, "managers": managers} if by == "both" else {}
    return count(f"report.told.{by}", checkers + managers, w, **values)


def silent_note(audit: Audit, silent: Sequence[Audited], w: Words) -> str:
    """What stands behind the list of silent accounts; nothing more than was done."""
    if not silent:
        return ""
    unsure = sum(not row.verdict.confirmed for row in silent)
    return (
        count("report.silent_unconfirmed", unsure, w)
        if unsure
        else w("report.silent_confirmed", days=audit.book.looks_apart_days)
    )


def _listed(items: Sequence[str], command: str, w: Words) -> str:
    shown = " · ".join(items[:_NAMED])
    rest = len(items) - _NAMED
    return f"{shown} · {w('report.more', n=rest, command=command)}" if rest > 0 else shown


def slow(scope: Sequence[Audited], w: Words) -> str:
    """The slow accounts, in one paragraph."""
    rows = [row for row in scope if row.verdict.status is Status.SLOW]
    if not rows:
        return ""
    listed = _listed([_slow_item(row, w) for row in rows], "auditor report --status slow", w)
    return w("report.slow", n=len(rows), accounts=listed)


def _slow_item(row: Audited, w: Words) -> str:
    if Overlay.EXEMPT in row.verdict.overlays:
        kind = f"status.exempt.{row.account.exempt.kind}" if row.account.exempt else ""
        why = w(kind) if kind and w.has(kind) else w("status.overlay.exempt")
        return w("report.slow_exempt", account=key_of(row), why=why)
    n, complete = known_30d(row)
    days = days_quiet(row)
    if row.verdict.reason is Reason.SELDOM or days is None:
        return w("report.slow_seldom", account=key_of(row), posts=n if complete else f"{n}+")
    return count("report.slow_days", days, w, account=key_of(row))


def carried(audit: Audit, scope: Sequence[Audited], w: Words) -> str:
    """Accounts that only a known post vouches for, by the day until which it does, the soonest first."""
    days: dict[tuple[date, str], list[str]] = {}
    for row in scope:
        until, day = row.verdict.proven_until, proven(row, audit.as_of, w)
        if until is not None and day and is_carried(row):
            days.setdefault((until.astimezone(row.agency.zone).date(), day), []).append(key_of(row))
    items = [w("report.carried_until", day=day, accounts=", ".join(keys)) for (_, day), keys in sorted(days.items())]
    n = sum(map(len, days.values()))
    return w("report.carried", n=n, accounts=_listed(items, "auditor report --all", w)) if items else ""


def unknown(scope: Sequence[Audited], w: Words) -> str:
    """The accounts nobody could check, apart by reason, each with the closer word."""
    rows = [row for row in scope if row.verdict.status is Status.UNKNOWN]
    if not rows:
        return ""
    parts = []
    for code in UNKNOWN:
        some = [row for row in rows if _code(row) is code]
        if some:
            parts.append(
                w("report.unknown_part", label=w(f"outcome.unknown.{code}"), n=len(some), detail=_why(some, w))
            )
    return w("report.unknown_list", n=len(rows), parts="; ".join(parts))


def _why(rows: Sequence[Audited], w: Words) -> str:
    """Few accounts by name with the closer word, many by platform."""
    if len(rows) > 4:
        words = Counter(word for row in rows if (word := closer(row.verdict.reason_detail, w)))
        reasons = ", ".join(f"{word} {n}" for word, n in words.most_common(4))
        return " · ".join(filter(None, [by_platform(rows, w), reasons]))
    return ", ".join(_with_word(row, w) for row in rows)


def _with_word(row: Audited, w: Words) -> str:
    word = closer(row.verdict.reason_detail, w)
    return w("outcome.with_detail", label=key_of(row), detail=word) if word else key_of(row)


def compared(audit: Audit, w: Words) -> str:
    """The heading of the changes."""
    agency = head_agency(audit.register)
    if audit.compared_with is None or agency is None:
        return ""
    return w("report.since", day=dates.long_day(audit.compared_with.astimezone(agency.zone), w)).upper()


def changes(audit: Audit, scope: Sequence[Audited], w: Words) -> Iterable[tuple[str, str, Style]]:
    """What changed: good news first, then alarms, then the rest; entries taken off the list are named once."""
    if audit.compared_with is None:
        return
    rows = {row.account.key: row for row in scope}
    found = [(change, old) for change, old in net_changes(audit.changes) if change.account in rows]
    told = [(_sign(change, old), change, old) for change, old in found if old is not None]
    order = {"+": 0, "!": 1, "~": 2}
    styles = {"+": Style.GOOD, "!": Style.ALARM, "~": Style.PLAIN}
    for sign, change, old in sorted(told, key=lambda item: order[item[0]]):
        yield sign, _change_sentence(rows[change.account], change, old, w), styles[sign]
    agency = head_agency(audit.register)
    for spot in audit.blind_spots:
        if spot.since > audit.compared_with and agency:
            day = dates.short_day(spot.since.astimezone(agency.zone), w)
            name = whom(extent_of(spot), audit.register, w, spot.among)
            yield "!", w("report.change.blind", platform=name, day=day), Style.SOON
    if first := len(found) - len(told):
        yield "~", count("report.change.first", first, w), Style.PLAIN
    for key in audit.removed:
        yield "-", w("report.change.removed", account=clean(key)), Style.PLAIN


def _sign(change: Change, old: Status | None) -> str:
    if change.new is Status.LOST:
        return "!"
    return "+" if is_reactivated(old, change.new) or (old is Status.LOST and change.new is Status.ACTIVE) else "~"


def _change_sentence(row: Audited, change: Change, old: Status | None, w: Words) -> str:
    account = key_of(row)
    when = change.since or change.judged_at
    day = dates.short_day(when.astimezone(row.agency.zone), w)
    if is_reactivated(old, change.new):
        return w("report.change.reactivated", account=account)
    if old is Status.LOST and change.new is not Status.UNKNOWN:
        return w("report.change.found", account=account)
    match change.new:
        case Status.UNKNOWN:
            return w("report.change.unknown", account=account, why=w(f"outcome.unknown.{_code(row)}"))
        case Status.LOST:
            why = closer(row.verdict.reason_detail, w) or w("status.lost")
            return w("report.change.lost", account=account, why=why, day=day)
        case new:
            return w(f"report.change.{new}", account=account, day=day)


def regular(rows: Sequence[Audited], w: Words) -> str:
    """Recognition: in the order of the list, never ranked."""
    rows = [row for row in rows if is_counted(row)]
    if not rows:
        return ""
    named = " · ".join(key_of(row) for row in rows[:_REGULAR])
    if len(rows) > _REGULAR:
        named = f"{named} · {w('report.and_more', n=len(rows) - _REGULAR)}"
    return w("report.regular", accounts=named)
