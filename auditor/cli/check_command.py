"""`auditor check`: validates everything and says what looking will cost."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from auditor.errors import Exit
from auditor.words import Words, words

from .session import Session

if TYPE_CHECKING:
    from auditor.config.load import Loaded


def make(w: Words) -> click.Command:
    """The command in one language."""

    @click.command("check", help=w("cli.check_help"))
    @click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help=w("cli.format_help"))
    @click.pass_obj
    def check(session: Session, form: str) -> int:
        from auditor.config.load import Rejected, load
        from auditor.config.problems import problems_json
        from auditor.platforms import platforms

        session.must_exist()
        loaded = load(session.directory, platforms(), session.lang)
        rejected = isinstance(loaded, Rejected)
        rows = [] if isinstance(loaded, Rejected) else plan_rows(loaded, session)
        if form == "json":
            document = {"problems": problems_json(loaded.problems), "plan": rows}
            click.echo(json.dumps(document, ensure_ascii=False, indent=1))
            return Exit.CONFIG if rejected else Exit.OK
        language = session.lang or (loaded.settings.language if loaded.settings else "id")
        _print(loaded.problems, rows, words(language), rejected=rejected)
        return Exit.CONFIG if rejected else Exit.OK

    return check


def plan_rows(loaded: Loaded, session: Session) -> list[dict[str, object]]:
    """What a platform costs: looks and calls a day against what its rules allow. None: nothing is published."""
    from auditor.platforms import platforms
    from auditor.rounds import as_read, reach

    secrets = session.secrets(loaded.settings)
    readable = reach(loaded.settings, secrets)
    rows: list[dict[str, object]] = []
    for name in platforms():
        accounts = [a for a in loaded.register.accounts if a.ref.platform == name]
        if not accounts:
            continue
        platform, count = as_read(loaded.settings, name, secrets), len(accounts)
        looks = sum(readable.reads(a.ref) for a in accounts) / loaded.book.max_age_days
        calls = [c for c in (platform.capability.lookup, platform.capability.timeline) if c is not None]
        per_look = sum(c.cost / c.batch for c in calls)
        quota = platform.capability.quota
        rows.append(
            {
                "platform": name,
                "accounts": count,
                "looks_per_day": round(looks, 1),
                "calls_per_day": round(looks * per_look, 1),
                "allowance": round(quota.units * 86_400 / quota.per.total_seconds()) if quota else None,
                "cost_per_month": 0 if looks else None,
            }
        )
    return rows


def _print(problems: object, rows: list[dict[str, object]], w: Words, *, rejected: bool) -> None:
    found = list(problems)  # type: ignore[call-overload]
    for problem in found:
        click.echo(str(problem))
    errors = sum(p.severity == "error" for p in found)
    click.echo(w("cli.rejected" if rejected else "cli.accepted", count=errors, notes=len(found) - errors))
    if not rows:
        return
    click.echo()
    click.echo(
        f"{w('cli.plan_platform'):<18}{w('cli.plan_accounts'):>8}{w('cli.plan_looks'):>18}"
        f"{w('cli.plan_calls'):>16}{w('cli.plan_allowance'):>16}"
    )
    for row in rows:
        allowance = "–" if row["allowance"] is None else f"{row['allowance']:,}"
        looks = row["looks_per_day"] or w("cli.plan_unread")
        click.echo(f"{row['platform']:<18}{row['accounts']:>8}{looks:>18}{row['calls_per_day']:>16}{allowance:>16}")
