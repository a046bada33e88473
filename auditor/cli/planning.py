"""What looking costs: the plan against every allowance, and what is spent of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import closing
from typing import TYPE_CHECKING

import click

from auditor.words import Words

from .session import Session

if TYPE_CHECKING:
    from auditor.config.load import Loaded
    from auditor.poll.forecast import Forecast
    from auditor.reports.status import QuotaStatus

SHORT = 0.1  # days that nobody counts
WIDTHS = "{:<17}{:>7}{:>17}{:>15}{:>14}{:>13}"


def planned(loaded: Loaded, session: Session) -> tuple[Forecast, ...]:
    """One a platform of the list."""
    from auditor.platforms import platforms
    from auditor.poll.forecast import forecast
    from auditor.poll.office import Office
    from auditor.routes import as_read, routes

    secrets = session.secrets(loaded.settings)
    office = Office(loaded.register, loaded.book, {}, routes(loaded.settings, secrets))
    return forecast(office, {name: as_read(loaded.settings, name, secrets).capability for name in platforms()})


def plan_rows(found: Sequence[Forecast]) -> list[dict[str, object]]:
    """As programs read it. `allowance` null: nothing is published; `days_per_sweep` null: nothing counted, or never."""
    rows: list[dict[str, object]] = []
    for one in found:
        days = one.days
        rows.append(
            {
                "platform": one.platform,
                "accounts": one.accounts,
                "looks_per_day": round(one.readable / one.max_age_days, 1),
                "calls_per_day": round(one.calls / one.max_age_days, 1),
                "allowance": None if one.allowance is None else round(one.allowance),
                "cost_per_month": (round(one.usd_a_month, 2) or 0) if one.readable else None,
                "days_per_sweep": None if days is None or math.isinf(days) or not one.readable else round(days, 4),
                "met": one.met,
            }
        )
    return rows


def print_plan(found: Sequence[Forecast], w: Words) -> None:
    """The table; below it what money it takes, what is tightest where it is tight, and what cannot be met."""
    from auditor.reports.labels import platform_title

    heads = [w(f"cli.plan_{name}") for name in ("platform", "accounts", "looks", "calls", "allowance")]
    click.echo("\n" + WIDTHS.format(*heads, w("credentials.plan_sweep")))
    for one, row in zip(found, plan_rows(found), strict=True):
        allowance = "–" if row["allowance"] is None else f"{row['allowance']:,}"
        looks = row["looks_per_day"] or w("cli.plan_unread")
        sweep = "–" if one.days is None or not one.readable else _shown(one.days, w)
        click.echo(WIDTHS.format(one.platform, one.accounts, looks, row["calls_per_day"], allowance, sweep))
    for one in found:
        if one.usd_a_month:
            money = f"US${one.usd_a_month:,.2f}"
            click.echo(w("credentials.plan_money", platform=platform_title(one.platform, w), money=money))
    for one in found:
        if not one.met:
            _print_unmet(one, w)


def _print_unmet(one: Forecast, w: Words) -> None:
    from auditor.reports.labels import platform_title
    from auditor.reports.status import units

    tight, days = one.tightest, _shown(one.days or 0, w)
    if tight is not None:
        taken, allowed = (units(n, tight.quota.name, w) for n in (tight.units, tight.allowed))
        values = {"units": taken, "allowed": allowed, "lane": tight.lane, "days": days, "most": one.max_age_days}
        title = platform_title(one.platform, w)
        click.echo(w("credentials.plan_tightest", platform=title, accounts=one.readable, **values))
    click.echo(w("credentials.plan_unmet", platform=one.platform, days=days, most=one.max_age_days))


def _shown(days: float, w: Words) -> str:
    if math.isinf(days):
        return w("credentials.plan_never")
    return "< 0.1" if days < SHORT else f"{days:.1f}"


def ledger_of(loaded: Loaded, session: Session, w: Words) -> tuple[QuotaStatus, ...]:
    """What is spent and left of every credential."""
    from auditor.clock import system

    from .asked import instant
    from .spending import quotas

    now = system() if session.now_text is None else instant(session.now_text, loaded.settings, w)
    with closing(session.store(loaded.settings, now)) as store:
        return quotas(store, loaded.settings, session.secrets(loaded.settings), now)


def print_ledger(found: Sequence[QuotaStatus], w: Words) -> None:
    """One line each; nothing where nothing is counted."""
    from auditor.reports.status import spent_text

    if found:
        click.echo(f"\n{w('credentials.ledger')}")
    for one in found:
        click.echo(f" {spent_text(one, w)}")
