"""What is said of the brake: one sentence for every page, and the page of its own that `auditor brake show` prints."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from auditor.core.audit import Audited
from auditor.core.brake import LOOK_DAYS, Hold, Kind, Limits, Scope, newest_holds
from auditor.core.register import Register
from auditor.words import Words, dates

from .clean import clean
from .facts import head_agency
from .labels import count, platform_title, shell_word
from .layout import Line, Style, paragraph, plain
from .rows import instant

SHOW = "auditor brake show"
_WIDEST = (Kind.PLATFORM, Kind.AGENCY, Kind.REGISTER)  # of equal holds the one that points at the cause
_NAMED = 200  # accounts of a hold on the page


def held_accounts(holds: Sequence[Hold]) -> int:
    """How many accounts are held, each counted once."""
    return len(newest_holds(holds))


def brake_sentence(holds: Sequence[Hold], w: Words) -> str:
    """Why it holds, in one sentence; "" where nothing is held."""
    if not holds:
        return ""
    main = _main(holds)
    return count(
        "brake.reason",
        held_accounts(holds),
        w,
        changed=main.changed,
        judged=main.judged,
        scope=scope_name(main.scope, w),
    )


def brake_text(holds: Sequence[Hold], w: Words) -> str:
    """How many, and of what: for a line with a command."""
    return count("brake.task", held_accounts(holds), w, scope=scope_name(_main(holds).scope, w))


def scope_name(scope: Scope, w: Words) -> str:
    """A scope in words."""
    name = platform_title(scope.name, w) if scope.kind is Kind.PLATFORM else clean(scope.name, 60)
    return w(f"brake.scope.{scope.kind}", name=name)


def release_command(scope: Scope) -> str:
    """What a person types to let go a scope."""
    return f"auditor brake release {shell_word(str(scope))} --by NAME --reason TEXT"


def brake_json(holds: Sequence[Hold], limits: Limits, w: Words) -> dict[str, Any]:
    """`brake` of the report; `holds` only while anything is held."""
    if not holds:
        return {"held": False, "reason": None}
    return {"held": True, "reason": brake_sentence(holds, w), "holds": [_hold_json(hold, limits) for hold in holds]}


def held_text(row: Audited, w: Words) -> str:
    """What the brake keeps from an account; "" where nothing."""
    if row.held is None:
        return ""
    since = _moment(row.held.since, row.agency.zone, row.agency.timezone, w)
    return w("brake.row_text", status=w(f"status.{row.held.status}"), since=since)


def brake_lines(holds: Sequence[Hold], register: Register, limits: Limits, w: Words, width: int) -> Iterator[Line]:
    """The page, line by line."""
    if not holds:
        yield from paragraph(w("brake.nothing"), width, indent=0)
        return
    yield plain(w("brake.title"), Style.STRONG)
    yield from paragraph(brake_sentence(holds, w), width, indent=0)
    before: tuple[int, ...] = ()
    for hold in holds:
        members = tuple(held.id for held in hold.accounts)
        yield plain("")
        yield from _hold(hold, register, limits, w, width, same=members == before)
        before = members


def _hold(hold: Hold, register: Register, limits: Limits, w: Words, width: int, *, same: bool) -> Iterator[Line]:
    office = head_agency(register)
    zone, name = (office.zone, office.timezone) if office else (UTC, "UTC")
    since = dates.short_moment(hold.began_at, zone, name, w)
    head = w("brake.hold", scope=scope_name(hold.scope, w), since=since, changed=hold.changed, judged=hold.judged)
    yield from paragraph(head, width, indent=0, style=Style.STRONG)
    if same:
        yield from paragraph(w("brake.same"), width, indent=2)
    for held in () if same else hold.accounts[:_NAMED]:
        text = w(
            "brake.account",
            account=clean(held.account, 160),
            old=w(f"status.{held.old.status}"),
            new=w(f"status.{held.new.status}"),
            since=_moment(held.new.since, zone, name, w),
            days=held.healthy_days,
        )
        yield from paragraph(text, width, indent=2)
    if not same and (rest := len(hold.accounts) - _NAMED) > 0:
        yield from paragraph(w("report.and_more", n=rest), width, indent=2)
    at = dates.short_moment(hold.releases_at(limits), zone, name, w)
    yield from paragraph(w("brake.ends", at=at, days=LOOK_DAYS), width, indent=2)
    yield from paragraph(f"→ {release_command(hold.scope)}", width, indent=2)


def _hold_json(hold: Hold, limits: Limits) -> dict[str, Any]:
    return {
        "scope": str(hold.scope),
        "since": instant(hold.began_at),
        "changed": hold.changed,
        "judged": hold.judged,
        "accounts": [
            {
                "account": held.account,
                "old": str(held.old.status),
                "new": str(held.new.status),
                "since": instant(held.new.since),
                "healthy_days": held.healthy_days,
            }
            for held in hold.accounts
        ],
        "releases_at": instant(hold.releases_at(limits)),
        "command": release_command(hold.scope),
    }


def _main(holds: Sequence[Hold]) -> Hold:
    """The hold with most accounts."""
    return min(holds, key=lambda hold: (-len(hold.accounts), _WIDEST.index(hold.scope.kind), hold.id))


def _moment(at: datetime | None, zone: Any, name: str, w: Words) -> str:
    return w("report.not_known") if at is None else dates.short_moment(at, zone, name, w)
