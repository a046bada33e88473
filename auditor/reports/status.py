"""What `auditor status` says: is the daemon alive, what was looked at, what cannot be seen, what is left."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import NamedTuple

from auditor.core.audit import BlindSpot
from auditor.core.brake import Hold
from auditor.core.hand import HandPlan
from auditor.core.register import Register
from auditor.words import Words, dates

from .blind import to_do, told, verdicts, widest
from .braked import SHOW, brake_sentence
from .clean import clean
from .facts import head_agency
from .labels import closer, count, platform_title, short_code
from .layout import Line, Span, Style, ends, pad, paragraph, plain, text_width

_NAMES = 20  # rows of a section
MONEY = "usd"  # counted in thousandths of a dollar
REJECTED = "credential_rejected"


class PlatformStatus(NamedTuple):
    """One platform: when it was looked at, when that last worked, since when it fails, how long its lane waits."""

    platform: str
    accounts: int
    last_look_at: datetime | None = None
    last_ok_at: datetime | None = None
    failing_since: datetime | None = None
    blocked_until: datetime | None = None
    reason: str | None = None


class QuotaStatus(NamedTuple):
    """Units spent of a lane's window; no limit: nothing is counted against it."""

    lane: str
    spent: int
    limit: int | None
    resets_at: datetime | None


class CredentialStatus(NamedTuple):
    """A credential that was rejected: on which platforms, since when, whose accounts it withholds, what to do."""

    name: str  # of its environment variable, or @ and the handle of whose owner gave it
    platforms: tuple[str, ...]
    since: datetime | None
    withheld: int
    command: str


class Behind(NamedTuple):
    """A lane that is late: looks owed, since when the oldest, what would help (run, wait, quota), and until when."""

    lane: str
    owed: int
    since: datetime
    fix: str
    until: datetime | None = None


class Unconnected(NamedTuple):
    """Accounts of a platform that nothing here reads, and the one thing to do about it; "": only people can look."""

    platform: str
    accounts: int
    command: str


@dataclass(frozen=True)
class StatusView:
    """`daemon_alive` None: this database has never had a daemon."""

    daemon_alive: bool | None
    heartbeat_at: datetime | None
    next_runs: tuple[tuple[str, datetime], ...]
    platforms: tuple[PlatformStatus, ...]
    blind_spots: tuple[BlindSpot, ...]
    quota: tuple[QuotaStatus, ...]
    register_sha: str
    problems: tuple[str, ...]
    as_of: datetime | None = None
    zone: tzinfo = UTC
    timezone: str = "UTC"
    demonstration: bool = False
    by_hand: HandPlan = field(default_factory=HandPlan)
    credentials: tuple[CredentialStatus, ...] = ()
    unconnected: tuple[Unconnected, ...] = ()
    unread: tuple[BlindSpot, ...] = ()  # the same with their accounts, for programs
    remedies: Mapping[str, str] = field(default_factory=dict)  # platform -> the command that connects it
    holds: tuple[Hold, ...] = ()  # what the brake holds
    offline_since: datetime | None = None  # our own network fails
    behind: tuple[Behind, ...] = ()  # lanes that are late
    register: Register | None = None  # for the names of agencies


def status_lines(status: StatusView, w: Words, width: int) -> list[Line]:
    """The screen, line by line."""
    right = w("report.demonstration") if status.demonstration else ""
    return [
        *ends(w("status.title"), right, width, Style.STRONG),
        *_daemon(status, w, width),
        *_section(w("brake.title"), _brake(status, w, width)),
        *_section(w("status.platforms"), _platforms(status, w, width)),
        *_section(w("status.behind"), _late(status, w, width)),
        *_section(w("status.by_hand"), _by_hand(status, w, width)),
        *_section(w("status.blind_spots"), _blind(status, w, width)),
        *_section(w("status.quota"), _quota(status, w, width)),
        *_register(status, w, width),
    ]


def _moment(status: StatusView, at: datetime | None, w: Words) -> str:
    return w("report.not_known") if at is None else dates.short_moment(at, status.zone, status.timezone, w)


def _section(title: str, lines: Iterator[Line]) -> Iterator[Line]:
    rows = list(lines)
    if rows:
        yield plain("")
        yield plain(title, Style.STRONG)
        yield from rows


def _daemon(status: StatusView, w: Words, width: int) -> Iterator[Line]:
    beat = _moment(status, status.heartbeat_at, w)
    match status.daemon_alive:
        case True:
            yield from paragraph(w("status.daemon_alive", at=beat), width)
        case False:
            yield from paragraph(w("status.daemon_dead", at=beat), width, style=Style.ALARM)
        case None:
            yield from paragraph(w("status.daemon_never"), width)
    if status.offline_since is not None:
        since = _moment(status, status.offline_since, w)
        yield from paragraph(w("network.offline", since=since), width, style=Style.ALARM)
    for name, at in status.next_runs[:_NAMES]:
        label = w(f"status.run.{name}") if w.has(f"status.run.{name}") else clean(name, 40)
        yield from paragraph(w("status.next_run", name=label, at=_moment(status, at, w)), width)


def _brake(status: StatusView, w: Words, width: int) -> Iterator[Line]:
    if status.holds:
        yield from paragraph(brake_sentence(status.holds, w), width, style=Style.ALARM)
        yield from paragraph(f"→ {SHOW}", width)


def _platforms(status: StatusView, w: Words, width: int) -> Iterator[Line]:
    for p in status.platforms[:_NAMES]:
        name = pad(platform_title(p.platform, w), 12)
        seen = (
            w("status.last_look", at=_moment(status, p.last_look_at, w)) if p.last_look_at else w("status.not_looked")
        )
        left = f" {name} {count('status.accounts', p.accounts, w)} · {seen}"
        yield from [plain(left)] if text_width(left) <= width else paragraph(left, width)
        yield from _trouble(status, p, w, width)
    rest = len(status.platforms) - _NAMES
    if rest > 0:
        yield from paragraph(w("report.and_more", n=rest), width)


def _trouble(status: StatusView, p: PlatformStatus, w: Words, width: int) -> Iterator[Line]:
    if p.reason == REJECTED and any(p.platform in credential.platforms for credential in status.credentials):
        return  # told once, where the credential is
    why = closer(p.reason, w)
    if p.failing_since:
        text = w("status.failing", since=_moment(status, p.failing_since, w), ok=_moment(status, p.last_ok_at, w))
        yield from paragraph(f"{text}: {why}" if why else text, width, indent=14, style=Style.ALARM)
    if p.blocked_until:
        text = w("status.waiting", until=_moment(status, p.blocked_until, w))
        text = f"{text}: {why}" if why and not p.failing_since else text
        yield from paragraph(text, width, indent=14, style=Style.SOON)
    elif why and not p.failing_since:
        yield from paragraph(why, width, indent=14, style=Style.SOON)


def _late(status: StatusView, w: Words, width: int) -> Iterator[Line]:
    for late in status.behind[:_NAMES]:
        platform, _, name = late.lane.partition(":")
        lane = f"{platform_title(platform, w)} {clean(name, 60)}".strip()
        looks, since = count("status.looks", late.owed, w), _moment(status, late.since, w)
        doing = w(f"status.fix.{late.fix}", until=_moment(status, late.until, w), platform=platform)
        yield from paragraph(
            w("status.late", lane=lane, looks=looks, since=since, doing=doing), width, style=Style.SOON
        )
    rest = len(status.behind) - _NAMES
    if rest > 0:
        yield from paragraph(w("report.and_more", n=rest), width)


def _by_hand(status: StatusView, w: Words, width: int) -> Iterator[Line]:
    week, left = status.by_hand.week, status.by_hand.left_out
    if week or left:
        looks = count("status.looks", len(week), w)
        text = w("status.hand_week", looks=looks, minutes=count("report.minutes", status.by_hand.minutes, w))
        if left:
            text = f"{text} · {w('status.hand_left', n=len(left))}"
        yield from paragraph(f"{text} → auditor worksheet", width)


def _blind(status: StatusView, w: Words, width: int) -> Iterator[Line]:
    """One row a credential, one a platform that went dark for another reason, one a platform nothing here reads."""
    rejected = {name for credential in status.credentials for name in credential.platforms}
    for credential in status.credentials[:_NAMES]:
        held = count("advice.withheld", credential.withheld, w) if credential.withheld else w("advice.withheld.none")
        text = w(
            "credentials.rejected_since",
            platforms=", ".join(platform_title(name, w) for name in credential.platforms),
            credential=clean(credential.name, 60),
            since=_moment(status, credential.since, w),
            held=held,
        )
        yield from paragraph(f"{text} → {credential.command}", width, style=Style.SOON)
    spots = [s for s in status.blind_spots if not (s.reason == REJECTED and s.platform in rejected)]
    shown, rest = widest(spots, _NAMES)
    yield from _spots(status, shown, w, width)
    if rest:
        yield from paragraph(w("blind.rest", n=rest, command="auditor report --format json"), width)
    for row in status.unconnected[:_NAMES]:
        text = count("credentials.unconnected", row.accounts, w, platform=platform_title(row.platform, w))
        yield from paragraph(f"{text} → {row.command or 'auditor worksheet'}", width)


def _spots(status: StatusView, spots: Sequence[BlindSpot], w: Words, width: int) -> Iterator[Line]:
    for spot in spots:
        doing, command = to_do(spot, status.remedies, w)
        text = told(spot, status.register, _moment(status, spot.since, w), w)
        verdict = verdicts(spot, head_agency(status.register) if status.register else None, w)
        yield from paragraph(f"{text} → {command}", width, style=Style.SOON)
        yield from paragraph("; ".join(filter(None, [verdict, doing])), width, indent=3)


def _quota(status: StatusView, w: Words, width: int) -> Iterator[Line]:
    for q in status.quota[:_NAMES]:
        text = spent_text(q, w)
        if q.resets_at:
            text = f"{text} · {w('status.resets', at=_moment(status, q.resets_at, w))}"
        yield from paragraph(text, width)
    rest = len(status.quota) - _NAMES
    if rest > 0:
        yield from paragraph(w("report.and_more", n=rest), width)


def spent_text(q: QuotaStatus, w: Words) -> str:
    """What one account of the ledger has spent and has left: "YouTube NAME: 12 of 10000 units used, 9988 left"."""
    lane, _, unit = q.lane.partition(" ")
    platform, _, name = lane.partition(":")
    who = f"{platform_title(platform, w)} {clean(name, 60)}".strip()
    if q.limit is None:
        return w("status.spent_unlimited", lane=who, spent=units(q.spent, unit, w))
    left = units(max(q.limit - q.spent, 0), unit, w)
    return w("status.spent", lane=who, spent=_figure(q.spent, unit), limit=units(q.limit, unit, w), left=left)


def units(number: float, name: str, w: Words) -> str:
    """A number with what it counts; money in dollars."""
    word = w(f"credentials.unit.{name}") if w.has(f"credentials.unit.{name}") else clean(name, 20)
    return f"{_figure(number, name)} {word}".strip() if name != MONEY else _figure(number, name)


def _figure(number: float, name: str) -> str:
    return f"US${number / 1000:,.2f}" if name == MONEY else f"{number:.0f}"


def _register(status: StatusView, w: Words, width: int) -> Iterator[Line]:
    yield plain("")
    yield from paragraph(w("status.register", code=short_code(status.register_sha)), width)
    for problem in status.problems[:_NAMES]:
        yield (Span(" ! ", Style.ALARM), Span(clean(problem, max(20, width - 4))))
    if status.problems:
        yield from paragraph(count("advice.problems", len(status.problems), w) + " → auditor check", width)
