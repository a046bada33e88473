"""What today's page says, worked out of an audit, and until when it stays true if nobody looks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from auditor.core.audit import AdviceCode, Audit, Audited
from auditor.core.hand import owed_at
from auditor.core.model import SILENT, Reason, Status
from auditor.core.notices import extent_of
from auditor.core.policy import HAND_EVERY, midnight
from auditor.words import Words, dates

from .blind import to_do, whom, why
from .braked import SHOW, brake_text
from .clean import clean
from .facts import head_agency, is_reactivated, ladder_started, net_changes
from .first_day import is_first_day, sentences
from .labels import closer, count, key_of, shell_word
from .tasks import friday, owed_looks
from .today import Item, Today

_LOST = 3  # lost accounts with a line of their own
_ADVISED = (
    AdviceCode.PROPOSE_CLOSURE,
    AdviceCode.REACTIVATE,
    AdviceCode.NOTICE,
    AdviceCode.REMIND,
    AdviceCode.FIX_ENTRY,
)
_LETTERS = frozenset({AdviceCode.PROPOSE_CLOSURE, AdviceCode.REACTIVATE, AdviceCode.NOTICE})


def today_view(audit: Audit, w: Words) -> Today:
    """The day of the whole list."""
    by_code: dict[AdviceCode, list[Audited]] = {}
    for row in audit.rows:
        by_code.setdefault(row.advice.code, []).append(row)
    return Today(
        office=_office(audit, w),
        seen=_seen(audit, w),
        first=(*_lost(by_code.get(AdviceCode.SECURE, []), w), *_brake(audit, w), *_problems(audit, w)),
        advised=tuple(_advised(audit, by_code, w)),
        last=(*_blind(audit, w), *_to_see(audit, w)),
        foot=(
            *([_first(audit, w)] if is_first_day(audit) else []),
            _week(audit, w),
            clean(audit.book.sentence, 400),
        ),
    )


def valid_until(audit: Audit) -> datetime:
    """Before this instant the clock alone changes nothing on the page: no verdict, no advice, no owed look, no day."""
    now = audit.as_of
    zones = {agency.zone for agency in audit.register.agencies}
    found = [midnight(now.astimezone(zone).date() + timedelta(days=1), zone) for zone in zones]
    found += [at for row in audit.rows for at in _turns(row, audit)]
    if audit.compared_with is not None:
        found += [change.judged_at + (now - audit.compared_with) for change in audit.changes]
    return min((at for at in found if at > now), default=now)


def _turns(row: Audited, audit: Audit) -> Iterator[datetime]:
    """When time alone may change what is said of an account."""
    verdict, policy = row.verdict, row.policy
    known = (verdict.next_change_at, verdict.confirmable_at, verdict.proven_until)
    yield from (at for at in known if at is not None)
    if verdict.observed_at is not None:
        yield verdict.observed_at + policy.stale_after
        yield verdict.observed_at + policy.stale_after + HAND_EVERY
    if verdict.age_from is not None:
        yield verdict.age_from + policy.new_account
    for begun in (verdict.first_look_at, row.listed_at):
        if begun is not None:
            yield begun + timedelta(days=audit.book.looks_apart_days)
    yield owed_at(row, row.listed_at or audit.as_of)


def _office(audit: Audit, w: Words) -> str:
    """Day and office, and whether any of it is real."""
    office = head_agency(audit.register)
    if office is None:
        return w("report.this_office")
    local = audit.as_of.astimezone(office.zone)
    name = clean(office.name)
    if audit.register.demonstration:
        name = w("today.demonstration", office=name, mark=w("report.demonstration"))
    parts = [w("today.day", day=dates.day_of_week(local, w), year=local.year), name]
    if audit.rehearsal and not audit.register.demonstration:
        parts.insert(1, w("report.rehearsal"))
    return " · ".join(parts)


def _seen(audit: Audit, w: Words) -> str:
    """When anything was last looked at: the hour if that was today, else the day."""
    office = head_agency(audit.register)
    looks = [at for row in audit.rows for at in (row.last_tried_at, row.verdict.observed_at) if at]
    if not looks or office is None:
        return w("report.never_looked")
    at = max(looks)
    same = at.astimezone(office.zone).date() == audit.as_of.astimezone(office.zone).date()
    told = dates.clock if same else dates.short_moment
    return w("today.seen", at=told(at, office.zone, office.timezone, w))


def _brake(audit: Audit, w: Words) -> Iterator[Item]:
    if audit.holds:
        yield Item(w("report.today"), w("brake.verb"), brake_text(audit.holds, w), SHOW)


def _problems(audit: Audit, w: Words) -> Iterator[Item]:
    if audit.problems:
        text = count("advice.problems", len(audit.problems), w)
        yield Item(w("report.today"), w("advice.verb.fix_entry"), text, "auditor check")


def _lost(rows: Sequence[Audited], w: Words) -> Iterator[Item]:
    due, verb = w("report.today"), w("advice.verb.secure")
    shown = rows if len(rows) <= _LOST else rows[: _LOST - 1]
    for row in shown:
        why = closer(row.verdict.reason_detail, w) or w("status.lost")
        text = w("today.secure", account=key_of(row), why=why)
        yield Item(due, verb, text, f"auditor show {shell_word(row.account.key)}" if len(rows) == 1 else "")
    if rest := len(rows) - len(shown):
        yield Item(due, verb, count("today.secure_rest", rest, w), "auditor report --advice secure")


def _advised(audit: Audit, by_code: Mapping[AdviceCode, Sequence[Audited]], w: Words) -> Iterator[Item]:
    """Letters, reminders, entries; before the start all letters are one line, since none can be written."""
    codes = [code for code in _ADVISED if by_code.get(code)]
    if not ladder_started(audit) and (waiting := [code for code in codes if code in _LETTERS]):
        n = sum(len(by_code[code]) for code in waiting)
        yield Item(w("today.period"), w("advice.verb.notice"), count("today.waiting", n, w), "auditor report")
        codes = [code for code in codes if code not in _LETTERS]
    for code in codes:
        rows = by_code[code]
        named, command = count("status.accounts", len(rows), w), f"auditor report --advice {code}"
        if len(rows) == 1:
            named, command = key_of(rows[0]), f"auditor show {shell_word(rows[0].account.key)}"
        yield Item(friday(audit, w)[0], w(f"advice.verb.{code}"), w(f"today.{code}", accounts=named), command)


def _blind(audit: Audit, w: Words) -> Iterator[Item]:
    """What broke: one line, the widest named, with its own command where it is all."""
    office = head_agency(audit.register)
    if not audit.blind_spots or office is None:
        return
    spot = audit.blind_spots[0]
    since = dates.short_day(spot.since.astimezone(office.zone), w)
    name = whom(extent_of(spot), audit.register, w, spot.among)
    rest = len(audit.blind_spots) - 1
    if rest:
        name = f"{name} {w('report.and_more', n=rest)}"
    text = w("today.blind", platform=name, since=since, why=why(spot.reason, w))
    command = "auditor status" if rest else to_do(spot, audit.remedies, w)[1]
    yield Item(w("report.today"), w("advice.verb.connect"), text, command)


def _to_see(audit: Audit, w: Words) -> Iterator[Item]:
    """Looks that people owe and platforms nothing here reads, on one line."""
    owed = owed_looks(audit, audit.rows)
    never = [row for row in audit.rows if row.verdict.reason is Reason.NOT_CONNECTED]
    platforms = len({row.account.ref.platform for row in never})
    connect = count("today.connect", platforms, w)
    if owed.rows:
        text = count("status.accounts", len(owed.rows), w)
        due = w("today.minutes", n=owed.minutes)
        command = "auditor worksheet"
        if never:
            text = f"{text}, {w('advice.verb.connect')} {connect}"
            command = f"{command} · auditor check"
        yield Item(due, w("advice.verb.look"), text, command)
    elif never:
        yield Item(w("report.no_deadline"), w("advice.verb.connect"), connect, "auditor check")


def _first(audit: Audit, w: Words) -> str:
    """On the first day: that nobody has been called inactive, and from when on anybody can be."""
    return " ".join([f"{w('report.first_day')}:", *sentences(audit, audit.rows, w)[1:]])


def _week(audit: Audit, w: Words) -> str:
    """What changed in seven days, in numbers; and where the whole of it stands."""
    rows = {row.account.key for row in audit.rows}
    found = [(change, old) for change, old in net_changes(audit.changes) if change.account in rows and old is not None]
    return w(
        "today.week",
        back=sum(is_reactivated(old, change.new) for change, old in found),
        lost=sum(change.new is Status.LOST for change, _ in found),
        silent=sum(change.new in SILENT for change, _ in found),
    )
