"""What to do: a verb, an object, a deadline, a command. At most ten, most urgent first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from auditor.core.audit import AdviceCode, Audit, Audited
from auditor.core.hand import HandPlan, hand_plan
from auditor.core.model import HAND, Reason
from auditor.words import Words, dates

from .blind import moment, to_do, told, verdicts, widest
from .braked import SHOW, brake_text
from .clean import clean
from .facts import head_agency, ladder_started, week_start
from .labels import closer, count, key_of, missing_words, platform_title, shell_word
from .layout import Style, clip

MOST = 10
_ALARMS = 4  # lost accounts that get a row of their own
_NAMED = 2
_BROKEN = 3  # blind spots that get a row of their own, with the date it broke
_CONNECTED = 3  # platforms nobody reads yet that get a row of their own
_NAME_WIDTH = 48
_FRIDAY = 4


@dataclass(frozen=True, slots=True)
class Task:
    verb: str
    text: str
    detail: str
    command: str
    deadline: str
    style: Style = Style.PLAIN


def tasks(audit: Audit, rows: Sequence[Audited], w: Words) -> tuple[Task, ...]:
    """The tasks of these accounts, of the register and of what cannot be seen."""
    by_code: dict[AdviceCode, list[Audited]] = {}
    for row in rows:
        by_code.setdefault(row.advice.code, []).append(row)
    builders: list[tuple[AdviceCode, Callable[[Audit, AdviceCode, Sequence[Audited], Words], Task]]] = [
        (AdviceCode.PROPOSE_CLOSURE, _letter_task),
        (AdviceCode.REACTIVATE, _letter_task),
        (AdviceCode.NOTICE, _letter_task),
        (AdviceCode.REMIND, _week_task),
        (AdviceCode.FIX_ENTRY, _week_task),
    ]
    others = [
        *_brake_task(audit, w),
        *_register_task(audit, w),
        *(build(audit, code, by_code[code], w) for code, build in builders if code in by_code),
        *_look_task(audit, rows, w),
        *_blind_tasks(audit, by_code.get(AdviceCode.CONNECT, []), w),
        *_connect_tasks(audit, rows, w),
    ]
    room = max(1, min(_ALARMS, MOST - len(others)))
    return (*_secure_tasks(by_code.get(AdviceCode.SECURE, []), room, w), *others)[:MOST]


def _secure_tasks(rows: Sequence[Audited], room: int, w: Words) -> list[Task]:
    shown = rows if len(rows) <= room else rows[: room - 1]
    today = w("report.today")
    found = [
        Task(
            w("advice.verb.secure"),
            _lost(row, w),
            w("advice.secure_how"),
            f"auditor show {shell_word(row.account.key)}",
            today,
            Style.ALARM,
        )
        for row in shown
    ]
    rest = rows[len(shown) :]
    if rest:
        text = w("advice.secure_rest", accounts=_named(rest, w))
        found.append(
            Task(w("advice.verb.secure"), text, w("advice.secure_how"), _listing(AdviceCode.SECURE), today, Style.ALARM)
        )
    return found


def _lost(row: Audited, w: Words) -> str:
    why = closer(row.verdict.reason_detail, w) or w("status.lost")
    since = row.verdict.since
    if since is None:
        return w("advice.secure", account=key_of(row), office=clean(row.agency.id, 60), why=why)
    day = dates.short_day(since.astimezone(row.agency.zone), w)
    return w("advice.secure_since", account=key_of(row), office=clean(row.agency.id, 60), why=why, day=day)


def _register_task(audit: Audit, w: Words) -> list[Task]:
    if not audit.problems:
        return []
    text = count("advice.problems", len(audit.problems), w)
    return [
        Task(
            w("advice.verb.fix_entry"),
            text,
            clean(audit.problems[0], 160),
            "auditor check",
            w("report.today"),
            Style.SOON,
        )
    ]


def _brake_task(audit: Audit, w: Words) -> list[Task]:
    if not audit.holds:
        return []
    text = brake_text(audit.holds, w)
    return [Task(w("brake.verb"), text, w("brake.how"), SHOW, w("report.today"), Style.ALARM)]


def _letter_task(audit: Audit, code: AdviceCode, rows: Sequence[Audited], w: Words) -> Task:
    text = w(f"advice.{code}", accounts=_named(rows, w))
    owed = missing_words(list(dict.fromkeys(name for row in rows for name in row.advice.missing)), w)
    detail = w("advice.still_owed", missing=owed) if owed else ""
    if not ladder_started(audit):
        return Task(w(f"advice.verb.{code}"), text, detail, _command(code, rows), w("advice.period"))
    deadline, style = friday(audit, w)
    return Task(w(f"advice.verb.{code}"), text, detail, _command(code, rows), deadline, style)


def waiting(audit: Audit, found: Sequence[Task], w: Words) -> str:
    """Why no letter is written yet, if any of the tasks waits for that."""
    if all(task.deadline != w("advice.period") for task in found):
        return ""
    starts = audit.book.ladder_starts_on
    if audit.book.set_by is None or starts is None:
        return w("advice.waiting")
    return w("advice.waiting_until", day=dates.long_day(starts, w))


def _week_task(audit: Audit, code: AdviceCode, rows: Sequence[Audited], w: Words) -> Task:
    deadline, style = friday(audit, w)
    text = w(f"advice.{code}", accounts=_named(rows, w))
    return Task(w(f"advice.verb.{code}"), text, w(f"advice.{code}_how"), _command(code, rows), deadline, style)


@dataclass(frozen=True, slots=True)
class OwedLooks:
    """Every look that a person owes, and how many of them this week's minutes hold."""

    rows: tuple[Audited, ...]
    plan: HandPlan
    minutes: int  # for all of them, begun minutes


def owed_looks(audit: Audit, rows: Sequence[Audited]) -> OwedLooks:
    """Planned looks by hand, and looks that the advice asks for; each account once, in the order of the list.

    Who the brake holds stands in a row of its own. A silence that a person saw is looked at again when it can be
    confirmed: before that no worksheet holds it.
    """
    plan = hand_plan(rows, audit.book, audit.as_of, week_start(audit))
    planned = {look.account for look in (*plan.week, *plan.left_out)}
    asked = [row for row in rows if row.advice.code is AdviceCode.LOOK and row.held is None]
    advised = {row.account.key for row in asked if not _too_early(audit, row)}
    owed = tuple(row for row in rows if row.account.key in planned | advised)
    return OwedLooks(owed, plan, -(-len(owed) * audit.book.hand_seconds_each // 60))


def _too_early(audit: Audit, row: Audited) -> bool:
    confirmable = row.verdict.confirmable_at
    return row.route == HAND and confirmable is not None and confirmable > audit.as_of


def _look_task(audit: Audit, rows: Sequence[Audited], w: Words) -> list[Task]:
    """All looks that people owe, whatever the advice of the account; this week's share where it is smaller."""
    owed = owed_looks(audit, rows)
    if not owed.rows:
        return []
    text = w("advice.look", accounts=_named(owed.rows, w))
    deadline = count("report.minutes", owed.minutes, w)
    return [Task(w("advice.verb.look"), text, _look_detail(owed, w), "auditor worksheet", deadline)]


def _look_detail(owed: OwedLooks, w: Words) -> str:
    week, left = len(owed.plan.week), len(owed.plan.left_out)
    if left:
        return w("advice.look_week", n=week, minutes=owed.plan.minutes, left=left)
    advised = [row for row in owed.rows if row.advice.code is AdviceCode.LOOK]
    missing = list(dict.fromkeys(name for row in advised for name in row.advice.missing))
    if missing:
        return w("advice.still_owed", missing=missing_words(missing, w))
    why = Counter(word for row in advised if (word := closer(row.verdict.reason_detail, w)))
    if not why or len(advised) < len(owed.rows):  # the others have no cause: nobody has looked at them yet
        return w("advice.look_how")
    return w("advice.look_why", why=", ".join(f"{word} ({n})" for word, n in why.most_common(3)))


def _blind_tasks(audit: Audit, rows: Sequence[Audited], w: Words) -> list[Task]:
    """What could be seen before and cannot be seen now, each with the date it broke; the rest of very many on one."""
    head, verb = head_agency(audit.register), w("advice.verb.connect")
    today, found = w("report.today"), []
    shown, rest = widest(audit.blind_spots, _BROKEN)
    for spot in shown:
        doing, command = to_do(spot, audit.remedies, w)
        text = told(spot, audit.register, moment(spot.since, head, w), w)
        detail = "; ".join(filter(None, [verdicts(spot, head, w), doing]))
        found.append(Task(verb, text, detail, command, today, Style.SOON))
    if rest:
        found.append(Task(verb, w("blind.others", n=rest), "", "auditor status", today, Style.SOON))
    withheld = {key for spot in audit.blind_spots for key in spot.accounts}
    lone = [r for r in rows if r.verdict.reason is not Reason.NOT_CONNECTED and r.account.key not in withheld]
    if lone:
        text = w("advice.blind_accounts", accounts=_named(lone, w))
        found.append(Task(verb, text, "", "auditor status", today, Style.SOON))
    return found


def _connect_tasks(audit: Audit, rows: Sequence[Audited], w: Words) -> list[Task]:
    """Accounts nothing here reads, exempt or not: a row a platform that a command connects, one for all others."""
    never = [row for row in rows if row.verdict.reason is Reason.NOT_CONNECTED]
    counts = Counter(row.account.ref.platform for row in never)
    own = [name for name, _ in counts.most_common() if name in audit.remedies][:_CONNECTED]
    verb, some_day = w("advice.verb.connect"), w("report.no_deadline")
    found = []
    for name in own:
        text = count("credentials.unconnected", counts[name], w, platform=platform_title(name, w))
        found.append(Task(verb, text, "", audit.remedies[name], some_day))
    if rest := [row for row in never if row.account.ref.platform not in own]:
        text = count("advice.connect", len(rest), w, platforms=by_platform(rest, w))
        found.append(Task(verb, text, w("advice.connect_how"), "auditor check", some_day))
    return found


def by_platform(rows: Sequence[Audited], w: Words, most: int = 6) -> str:
    """ "Instagram 12, X 8"."""
    counts = Counter(row.account.ref.platform for row in rows)
    named = [f"{platform_title(name, w)} {n}" for name, n in counts.most_common(most)]
    if rest := len(counts) - len(named):
        named.append(w("report.and_more", n=rest))
    return ", ".join(named)


def _named(rows: Sequence[Audited], w: Words) -> str:
    names = [clip(key_of(row), _NAME_WIDTH) for row in rows[:_NAMED]]
    if len(rows) <= _NAMED:
        return ", ".join(names)
    more = w("report.and_more", n=len(rows) - _NAMED)
    return w("advice.accounts", n=len(rows), names=", ".join(names), more=more)


def _command(code: AdviceCode, rows: Sequence[Audited]) -> str:
    return f"auditor show {shell_word(rows[0].account.key)}" if len(rows) == 1 else _listing(code)


def _listing(code: AdviceCode) -> str:
    return f"auditor report --advice {code}"


def friday(audit: Audit, w: Words) -> tuple[str, Style]:
    """Letters and reminders go out at the end of the working week."""
    head = head_agency(audit.register)
    today = (audit.as_of.astimezone(head.zone) if head else audit.as_of).date()
    ahead = (_FRIDAY - today.weekday()) % 7
    return (dates.day_of_week(today + timedelta(days=ahead), w) if ahead else w("report.today")), Style.SOON
