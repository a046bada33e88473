"""What is true of a scenario's accounts at an instant, told from the scenario and the written thresholds."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from .model import Account, Scenario, iso

KEYLESS = frozenset({"mastodon", "bluesky", "telegram", "feed", "youtube"})
DAY = timedelta(days=1)
LIMITS = {"strict": (7, 8, 14), "standard": (14, 4, 30), "lenient": (30, 1, 60), "video": (30, 1, 90)}
ABSENT = {"suspended", "deactivated", "deleted", "gone"}
UNDECIDABLE = {"contact", "ineligible", "missing", "closed"}
Row = dict[str, str | None]


def truth(scenario: Scenario, as_of: datetime, connected: Collection[str] = KEYLESS) -> dict[str, Row]:
    """account key -> status, last_post_at, since, all as a JSON report writes them, of the listed accounts.

    `since` is the deadline that passed: last counted post + slow_max days; for never_posted the start of the account's
    age; for lost the instant at which the platform took the account away, which a report can only learn at its next
    look; None otherwise. Accounts of platforms that are not `connected` are unknown.
    """
    return {a.key: row(a, as_of, a.platform in connected) for a in scenario.accounts if a.listed}


def row(account: Account, as_of: datetime, connected: bool) -> Row:
    """One account. A post counts if it is original and its date has passed; dated ahead, it counts when first shown."""
    state = account.state(as_of)
    if not connected or state.kind in UNDECIDABLE:
        return told("unknown")
    shown = [i.post for i in account.visible(as_of if state.kind not in ABSENT else min(as_of, state.start))]
    counted = sorted(min(p.at, p.seen) for p in shown if p.kind in {"original", "thread"} and p.at <= as_of)
    if state.kind in ABSENT and as_of - state.start >= 3 * DAY:
        return told("lost", counted[-1] if counted else None, state.start)
    if not counted:
        opened = account.option("opened", account.created)
        return told("never_posted", None, opened if isinstance(opened, datetime) else account.created)
    active_max, least, slow_max = LIMITS[account.profile]
    silence = as_of - counted[-1]
    if silence >= slow_max * DAY:
        return told("inactive", counted[-1], counted[-1] + slow_max * DAY)
    recent = sum(as_of - 30 * DAY < at for at in counted)
    return told("active" if silence < active_max * DAY and recent >= least else "slow", counted[-1])


def told(status: str, last: datetime | None = None, since: datetime | None = None) -> Row:
    return {"status": status, "last_post_at": iso(last) if last else None, "since": iso(since) if since else None}
