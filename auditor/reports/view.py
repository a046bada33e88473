"""Everything the report shows, worked out once: numbers and sentences, no layout, no colour library."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from auditor.core.audit import AdviceCode, Audit, Audited
from auditor.core.model import SILENT, Overlay, Status
from auditor.words import Words, dates

from . import first_day, summary
from .clean import clean
from .facts import (
    Coverage,
    coverage,
    days_quiet,
    head_agency,
    is_carried,
    is_counted,
    is_regular,
    is_silent,
    known_30d,
    ladder_started,
    totals,
    weekly,
)
from .labels import key_of, last_post, proven, setter, short_code, short_names, status_and_stage, status_label
from .layout import Line, Style
from .rows import evidence_hash
from .tasks import Task, tasks, waiting


@dataclass(frozen=True, slots=True)
class Selection:
    """What to report on. Agency and platforms narrow the scope, totals included; status and advice only the list."""

    agency: str | None = None
    platforms: frozenset[str] = frozenset()
    status: frozenset[str] = frozenset()
    advice: frozenset[str] = frozenset()

    def in_scope(self, row: Audited) -> bool:
        """Of the asked agency and platforms."""
        return self.agency in (None, row.agency.id) and (
            not self.platforms or row.account.ref.platform in self.platforms
        )

    def lists(self, row: Audited) -> bool:
        """In scope, and of the asked status (or overlay) and advice."""
        words = {str(row.verdict.status), *map(str, row.verdict.overlays)}
        return (
            self.in_scope(row)
            and (not self.status or bool(words & self.status))
            and (not self.advice or str(row.advice.code) in self.advice)
        )

    def narrowed(self, audit: Audit) -> Audit:
        """The same audit with blind spots and removed entries of the scope only."""
        inside = {row.account.key for row in audit.rows if self.in_scope(row)}
        spots = tuple(
            spot
            for spot in audit.blind_spots
            if inside.intersection(spot.accounts)
            or (not spot.accounts and self.agency is None and (not self.platforms or spot.platform in self.platforms))
        )
        removed = () if self.agency else audit.removed
        if self.platforms:
            removed = tuple(key for key in removed if key.partition(":")[0] in self.platforms)
        return replace(audit, blind_spots=spots, removed=removed)

    @property
    def is_list(self) -> bool:
        """Whether a list of accounts was asked for rather than the whole report."""
        return bool(self.status or self.advice)


ALL = Selection()


@dataclass(frozen=True, slots=True)
class AccountLine:
    """One account in a table. `posts` counts 30 days: "12", "3+" (at least) or "–"."""

    account: str
    office: str
    last: str
    days: int | None
    posts: str
    weeks: tuple[int | None, ...]
    label: str
    advice: str = ""  # where the label does not say it already


@dataclass(frozen=True, slots=True)
class OfficeLine:
    """One agency with its sums; `complete` is False where posts may be missing from the 30 days."""

    name: str
    accounts: int
    active: int
    slow: int
    silent: int
    lost: int
    unknown: int
    posts: int
    complete: bool
    weeks: tuple[int | None, ...]
    counted: bool = True


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the bar: its kind, how many, its name."""

    kind: str
    count: int
    label: str


@dataclass(frozen=True)
class AuditView:
    """The report in its fixed order (head, sentences, tasks, silent, offices, changes, recognition, foot)."""

    title: str
    banner: str
    head: str
    notes: tuple[str, ...]
    sentences: tuple[str, ...]
    bar: tuple[Part, ...]
    size: str
    tasks: tuple[Task, ...]
    task_note: str
    silent: tuple[AccountLine, ...]
    silent_note: str
    slow: str
    carried: str
    unknown: str
    seen_how: str
    told: str
    offices: tuple[OfficeLine, ...]
    total: OfficeLine
    compared: str
    changes: tuple[tuple[str, str, Style], ...]  # sign, sentence, style
    regular: str
    foot: tuple[str, ...]
    totals: dict[str, int]
    coverage: Coverage
    roster: tuple[AccountLine, ...] = ()
    is_list: bool = False
    is_first_day: bool = False
    road: tuple[Line, ...] = ()  # the ways to see more, where the caller appends them


def view(audit: Audit, w: Words, only: Selection = ALL) -> AuditView:
    """The whole report of the accounts in scope."""
    scope = [row for row in audit.rows if only.in_scope(row)]
    audit = only.narrowed(audit)
    listed = [row for row in scope if only.lists(row)]
    counted = [row for row in scope if is_counted(row)] or scope  # an outside office alone is told about itself
    names = short_names([clean(a.name) for a in audit.register.agencies])
    short = short_names([clean(a.id, 60) for a in audit.register.agencies], "-", 1)
    silent = sorted((row for row in scope if is_silent(row)), key=lambda row: -(days_quiet(row) or 0))
    found = tasks(audit, scope, w)
    first = first_day.is_first_day(audit)
    return AuditView(
        title=w("report.title"),
        banner=summary.banner(audit, w, first=first),
        head=summary.head(replace(audit, compared_with=None) if first else audit, w),
        notes=summary.notes(audit, w),
        sentences=(first_day if first else summary).sentences(audit, counted, w),
        bar=bar(counted, w),
        size=summary.size(counted, w),
        tasks=found,
        task_note=waiting(audit, found, w),
        silent=tuple(account_line(row, audit, short, w) for row in silent),
        silent_note=summary.silent_note(audit, silent, w),
        slow=summary.slow(scope, w),
        carried=summary.carried(audit, scope, w),
        unknown=summary.unknown(scope, w),
        seen_how=summary.coverage(audit, scope, w),
        told=summary.told(scope, w),
        offices=tuple(_offices(audit, scope, names)),
        total=_office(w("report.sum"), counted),
        compared=summary.compared(audit, w),
        changes=tuple(summary.changes(audit, scope, w)),
        regular=summary.regular([row for row in counted if is_regular(row)], w),
        foot=_foot(audit, scope, w),
        totals=totals(scope),
        coverage=coverage(audit, scope),
        roster=tuple(account_line(row, audit, short, w) for row in listed),
        is_list=only.is_list,
        is_first_day=first,
    )


def account_line(row: Audited, audit: Audit, short: dict[str, str], w: Words) -> AccountLine:
    """One account, every cell clean."""
    office = clean(row.agency.id, 60)
    return AccountLine(
        account=key_of(row),
        office=short.get(office, office),
        last=last_post(row, w),
        days=days_quiet(row),
        posts=posts_cell(*known_30d(row), w),
        weeks=row.rhythm.weeks,
        label=status_and_stage(row, audit, w) if is_silent(row) else _label(row, audit, w),
        advice="" if row.advice.code is AdviceCode.NONE or is_silent(row) else w(f"advice.label.{row.advice.code}"),
    )


def _label(row: Audited, audit: Audit, w: Words) -> str:
    """The status with its overlays; where only a known post carries it, until when."""
    until = proven(row, audit.as_of, w) if is_carried(row) else None
    label = label_with_overlays(row, w)
    return f"{label} · {until}" if until else label


def label_with_overlays(row: Audited, w: Words) -> str:
    """The status, and what sits on top of it."""
    label = status_label(row, w)
    for overlay in Overlay:
        if overlay in row.verdict.overlays:
            label = w("status.and_stage", label=label, stage=w(f"status.overlay.{overlay}"))
    if row.held is not None:
        label = w("brake.label", label=label, status=w(f"status.{row.held.status}"))
    return label


def posts_cell(n: int, complete: bool, w: Words) -> str:
    """ "12", "3+" where more may exist, "–" where nothing is known."""
    if complete:
        return str(n)
    return f"{n}+" if n else w("report.not_known")


def bar(rows: Sequence[Audited], w: Words) -> tuple[Part, ...]:
    """Five kinds; exempt accounts stay in the kind of their status."""
    sums = _office("", rows)
    kinds = ("active", "slow", "silent", "lost", "unknown")
    return tuple(Part(kind, getattr(sums, kind), w(f"report.bar.{kind}")) for kind in kinds)


def _offices(audit: Audit, rows: Sequence[Audited], names: dict[str, str]) -> list[OfficeLine]:
    """In the order of the register, never ranked; agencies without an account here are left out."""
    by_agency: dict[str, list[Audited]] = {}
    for row in rows:
        by_agency.setdefault(row.agency.id, []).append(row)
    return [
        _office(names.get(clean(a.name), clean(a.name)), by_agency[a.id], counted=is_counted(by_agency[a.id][0]))
        for a in audit.register.agencies
        if a.id in by_agency
    ]


def _office(name: str, rows: Sequence[Audited], *, counted: bool = True) -> OfficeLine:
    statuses = [row.verdict.status for row in rows]
    known = [known_30d(row) for row in rows]
    return OfficeLine(
        name=name,
        accounts=len(rows),
        active=statuses.count(Status.ACTIVE),
        slow=statuses.count(Status.SLOW),
        silent=sum(status in SILENT for status in statuses),
        lost=statuses.count(Status.LOST),
        unknown=statuses.count(Status.UNKNOWN),
        posts=sum(n for n, _ in known),
        complete=all(complete for _, complete in known),
        weeks=weekly(rows),
        counted=counted,
    )


def _foot(audit: Audit, rows: Sequence[Audited], w: Words) -> tuple[str, ...]:
    """The sentences no report may lack."""
    limits: dict[str, int] = {}
    for row in rows:
        limits.setdefault(row.policy.profile, row.policy.slow_max.days)
    silent_after = ", ".join(f"{days} ({clean(name, 30)})" for name, days in sorted(limits.items(), key=lambda x: x[1]))
    threshold = w("report.threshold_only", who=setter(audit, w))
    if silent_after:
        threshold = w("report.threshold", who=setter(audit, w), limits=silent_after)
    looks = [row.verdict.observed_at for row in rows if row.verdict.observed_at]
    head = head_agency(audit.register)
    code = short_code(evidence_hash(rows, w))
    last = w("report.no_look", code=code)
    if looks and head:
        last = w("report.last_look", at=dates.short_moment(max(looks), head.zone, head.timezone, w), code=code)
    waits = (w("advice.waiting"),) if first_day.is_first_day(audit) and not ladder_started(audit) else ()
    return (
        *waits,
        threshold + " " + w("report.policy_code", code=short_code(audit.book.version)),
        clean(audit.book.sentence, 400) + " " + w("report.closes_nothing"),
        last,
    )
