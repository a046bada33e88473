"""JSON for other programs: `auditor.report/1` (docs/schema/report-1.json), `auditor.show/1`, `auditor.status/1`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, assert_never

from auditor.core.audit import Audit, Audited, BlindSpot
from auditor.core.brake import limits_of
from auditor.core.mending import mend
from auditor.core.model import Change, Missed, Observation, Seen, Unreadable
from auditor.fetch.answer import Exchange
from auditor.words import Words

from .attested import Statement, attested_json
from .blind import numbers
from .braked import brake_json
from .facts import coverage, flagged, totals, unread, with_new_posts
from .rows import account_row, instant
from .status import StatusView
from .view import ALL, Selection


def report_json(audit: Audit, w: Words, only: Selection = ALL) -> dict[str, Any]:
    """The report as one document. Status and advice narrow `accounts` only; agency and platforms also the totals."""
    scope = [row for row in audit.rows if only.in_scope(row)]
    read = coverage(audit, scope)
    return {
        "schema": "auditor.report/1",
        "as_of": instant(audit.as_of),
        "language": w.language,
        "register": {"sha256": audit.register.sha256, "problems": list(audit.problems)},
        "policy": {"name": audit.book.name, "version": audit.book.version},
        "totals": totals(scope),
        "coverage": {
            "automatic": read.automatic,
            "by_hand": read.by_hand,
            "not_connected": read.not_connected,
            "failing": read.failing,
        },
        "flagged_for_closure": flagged(scope),
        "demonstration": audit.register.demonstration,
        "blind_spots": [_blind_spot(s, audit.remedies) for s in (*audit.blind_spots, *unread(scope, audit.as_of))],
        "brake": brake_json(audit.holds, limits_of(audit.book), w),
        "controls": [
            {"platform": c.platform, "account": c.account, "healthy": c.healthy, "at": instant(c.at)}
            for c in audit.controls
        ],
        "accounts": [account_row(row, w) for row in scope if only.lists(row)],
    }


def show_json(
    audited: Audited,
    history: Sequence[Observation],
    changes: Sequence[Change],
    exchanges: Sequence[tuple[datetime, Exchange]],
    w: Words,
    told: Sequence[tuple[datetime, Statement]] = (),
) -> dict[str, Any]:
    """One account: its row, every look, what people said, every change, and the newest exchanges behind them."""
    return {
        "schema": "auditor.show/1",
        "language": w.language,
        "account": account_row(audited, w),
        "weeks": list(audited.rhythm.weeks),
        "history": [_look(look, new) for look, new in with_new_posts(history)],
        **({"attestations": attested_json(told)} if told else {}),
        "changes": [
            {
                "old": None if c.old is None else str(c.old),
                "new": str(c.new),
                "since": instant(c.since),
                "reason_code": str(c.reason),
                "judged_at": instant(c.judged_at),
            }
            for c in changes
        ],
        "exchanges": [_exchange(at, exchange) for at, exchange in exchanges],
    }


def _look(look: Observation, new: int | None) -> dict[str, Any]:
    outcome = look.outcome
    found: dict[str, Any]
    match outcome:
        case Seen():
            found = {
                "outcome": "seen",
                "detail": None,
                "horizon": instant(outcome.horizon),
                "complete": outcome.horizon is None,
            }
        case Unreadable(barrier, detail):
            found = {
                "outcome": str(barrier),
                "detail": detail or None,
                "horizon": None,
                "complete": False,
            }
        case Missed(reason, detail):
            found = {
                "outcome": str(reason),
                "detail": detail or None,
                "horizon": None,
                "complete": False,
            }
        case never:
            assert_never(never)
    return {
        "observed_at": instant(look.observed_at),
        **found,
        "new_posts": new,
        "control_ok": look.control_ok,
        "route": look.route,
    }


def _exchange(at: datetime, exchange: Exchange) -> dict[str, Any]:
    return {
        "observed_at": instant(at),
        "at": instant(exchange.at),
        "method": exchange.method,
        "url": exchange.url,
        "status": exchange.status,
        "sha256": exchange.sha256,
        "length": exchange.length,
    }


def _blind_spot(spot: BlindSpot, remedies: Mapping[str, str]) -> dict[str, Any]:
    """`command` is the one thing to do about it. Of `accounts`, `withheld` lost their verdict and had this status
    before; `standing` keep theirs, the first until `stands_until`.
    """
    subject = spot.subject or spot.platform
    return {
        "kind": str(spot.kind),
        "subject": subject,
        "platform": spot.platform or None,
        "reason": spot.reason,
        "since": instant(spot.since),
        "accounts": list(spot.accounts),
        "withheld": numbers(spot.withheld.values()),
        "standing": numbers(spot.standing.values()),
        "stands_until": instant(spot.stands_until),
        "command": mend(spot.kind, subject, spot.platform, spot.reason, remedies)[1],
    }


def status_json(status: StatusView) -> dict[str, Any]:
    """Whether the daemon lives, what was looked at, what cannot be seen, what is left of the quotas."""
    return {
        "schema": "auditor.status/1",
        "as_of": instant(status.as_of),
        "daemon": {"alive": status.daemon_alive, "heartbeat_at": instant(status.heartbeat_at)},
        "next_runs": [{"name": name, "at": instant(at)} for name, at in status.next_runs],
        "platforms": [
            {
                "platform": p.platform,
                "accounts": p.accounts,
                "last_look_at": instant(p.last_look_at),
                "last_ok_at": instant(p.last_ok_at),
                "failing_since": instant(p.failing_since),
                "blocked_until": instant(p.blocked_until),
                "reason": p.reason,
            }
            for p in status.platforms
        ],
        "blind_spots": [_blind_spot(s, status.remedies) for s in (*status.blind_spots, *status.unread)],
        "brake": {"held": bool(status.holds), "scopes": sorted({str(hold.scope) for hold in status.holds})},
        "behind": [
            {"lane": b.lane, "owed": b.owed, "since": instant(b.since), "fix": b.fix, "until": instant(b.until)}
            for b in status.behind
        ],
        "by_hand": {
            "week": len(status.by_hand.week),
            "left_out": len(status.by_hand.left_out),
            "minutes": status.by_hand.minutes,
        },
        "quota": [
            {"lane": q.lane, "spent": q.spent, "limit": q.limit, "resets_at": instant(q.resets_at)}
            for q in status.quota
        ],
        "register": {"sha256": status.register_sha, "problems": list(status.problems)},
    }
