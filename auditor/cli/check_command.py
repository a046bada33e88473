"""`auditor check`: validates everything, says what looking will cost and how to see more."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import click

from auditor.errors import Exit
from auditor.words import Words, words

from .page import example, page
from .road import road
from .session import Session

if TYPE_CHECKING:
    from auditor.config.load import Loaded
    from auditor.config.problems import Problem

SEVERITIES = ("error", "warning", "info")


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
        if loaded.settings is not None:
            example(loaded.settings, session.lang)
        rows = [] if isinstance(loaded, Rejected) else plan_rows(loaded, session)
        if form == "json":
            document = {"problems": problems_json(loaded.problems), "plan": rows}
            click.echo(json.dumps(document, ensure_ascii=False, indent=1))
            return Exit.CONFIG if rejected else Exit.OK
        speak = words(session.lang or (loaded.settings.language if loaded.settings else "id"))
        _print_problems(loaded.problems, speak, rejected=rejected)
        if rows and not isinstance(loaded, Rejected):
            _print_plan(rows, speak)
            _print_ids(loaded, speak)
            _print_ways(loaded, session, speak)
        return Exit.CONFIG if rejected else Exit.OK

    return check


def plan_rows(loaded: Loaded, session: Session) -> list[dict[str, object]]:
    """What a platform costs: looks and calls a day against what its rules allow. None: nothing is published."""
    from auditor.platforms import platforms
    from auditor.routes import as_read, reach

    secrets = session.secrets(loaded.settings)
    readable = reach(loaded.settings, secrets)
    rows: list[dict[str, object]] = []
    for name in platforms():
        accounts = [a for a in loaded.register.accounts if a.ref.platform == name]
        if not accounts:
            continue
        capability = as_read(loaded.settings, name, secrets).capability
        looks, quota = sum(readable.reads(a.ref) for a in accounts) / loaded.book.max_age_days, capability.quota
        per_look = sum(c.cost / c.batch for c in (capability.lookup, capability.timeline) if c is not None)
        rows.append(
            {
                "platform": name,
                "accounts": len(accounts),
                "looks_per_day": round(looks, 1),
                "calls_per_day": round(looks * per_look, 1),
                "allowance": round(quota.units * 86_400 / quota.per.total_seconds()) if quota else None,
                "cost_per_month": 0 if looks else None,
            }
        )
    return rows


def _print_problems(problems: Iterable[Problem], w: Words, *, rejected: bool) -> None:
    """Errors, then warnings, then notes; each in the order of the files."""
    found = sorted(problems, key=lambda p: SEVERITIES.index(p.severity))
    click.echo("".join(f"{problem}\n" for problem in found), nl=False)
    errors = sum(p.severity == "error" for p in found)
    click.echo(w("cli.rejected" if rejected else "cli.accepted", count=errors, notes=len(found) - errors))


def _print_plan(rows: Sequence[dict[str, object]], w: Words) -> None:
    heads = [w(f"cli.plan_{name}") for name in ("platform", "accounts", "looks", "calls", "allowance")]
    click.echo("\n{:<18}{:>8}{:>18}{:>16}{:>16}".format(*heads))
    for row in rows:
        allowance, looks = row["allowance"], row["looks_per_day"] or w("cli.plan_unread")
        allowance = "–" if allowance is None else f"{allowance:,}"
        click.echo(f"{row['platform']:<18}{row['accounts']:>8}{looks:>18}{row['calls_per_day']:>16}{allowance:>16}")


def _print_ids(loaded: Loaded, w: Words) -> None:
    """Of how many accounts the list itself names the stable id, where an address can name it."""
    from auditor.platforms import platforms

    for name, platform in platforms().items():
        refs = [a.ref for a in loaded.register.accounts if a.ref.platform == name]
        known = sum(ref.native_id is not None for ref in refs)
        if refs and not platform.address.whole and (known or platform.address.native is not None):
            click.echo(w("ways.ids_known", platform=name, known=known, accounts=len(refs)))


def _print_ways(loaded: Loaded, session: Session, w: Words) -> None:
    from auditor.reports.layout import page_text

    how = page(ascii_only=False)
    text = page_text(road(session, loaded, w, how), how.width, ascii_only=how.ascii_only)
    click.echo(f"\n{text}" if text else "", nl=False)
