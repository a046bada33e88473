"""`auditor check`: validates everything, says what looking will cost and how to see more."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import click

from auditor.errors import Exit
from auditor.words import Words, words

from .live import live_rows, print_live, try_all
from .page import example, page
from .planning import ledger_of, plan_rows, planned, print_ledger, print_plan
from .road import road
from .session import Session
from .vouching import print_controls

if TYPE_CHECKING:
    from auditor.config.load import Loaded
    from auditor.config.problems import Problem
    from auditor.poll.forecast import Forecast

SEVERITIES = ("error", "warning", "info")


def make(w: Words) -> click.Command:
    """The command in one language."""

    @click.command("check", help=w("cli.check_help"))
    @click.option("--strict", is_flag=True, help=w("credentials.strict_help"))
    @click.option("--live", is_flag=True, help=w("credentials.live_help"))
    @click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help=w("cli.format_help"))
    @click.pass_obj
    def check(session: Session, strict: bool, live: bool, form: str) -> int:
        from auditor.config.load import Rejected, load
        from auditor.config.problems import problems_json
        from auditor.platforms import platforms

        session.must_exist()
        loaded = load(session.directory, platforms(), session.lang)
        rejected = isinstance(loaded, Rejected)
        if loaded.settings is not None:
            example(loaded.settings, session.lang)
        speak = words(session.lang or (loaded.settings.language if loaded.settings else "id"))
        plan = () if isinstance(loaded, Rejected) else planned(loaded, session)
        tried = try_all(session, session.in_force(), speak) if live and not rejected else ()
        if form == "json":
            document = {"problems": problems_json(loaded.problems), "plan": plan_rows(plan)}
            more = {"live": live_rows(tried, speak)} if live else {}
            click.echo(json.dumps(document | more, ensure_ascii=False, indent=1))
        else:
            _print_problems(loaded.problems, speak, rejected=rejected)
            if plan and not isinstance(loaded, Rejected):
                _print_rest(loaded, session, plan, speak)
            if live and not rejected:
                print_live(tried, speak)
        unmet = strict and not all(one.met for one in plan)
        refused = Exit.CREDENTIAL if any(one.refused for one in tried) else Exit.OK
        return Exit.CONFIG if rejected else Exit.USAGE if unmet else refused

    return check


def _print_rest(loaded: Loaded, session: Session, plan: Sequence[Forecast], w: Words) -> None:
    from .gates import print_gates

    print_gates(loaded.settings, session, w, err=False)
    print_plan(plan, w)
    print_ledger(ledger_of(loaded, session, w), w)
    _print_ids(loaded, w)
    print_controls(loaded, session.secrets(loaded.settings), w)
    _print_ways(loaded, session, w)


def _print_problems(problems: Iterable[Problem], w: Words, *, rejected: bool) -> None:
    """Errors, then warnings, then notes; each in the order of the files."""
    found = sorted(problems, key=lambda p: SEVERITIES.index(p.severity))
    click.echo("".join(f"{problem}\n" for problem in found), nl=False)
    errors = sum(p.severity == "error" for p in found)
    click.echo(w("cli.rejected" if rejected else "cli.accepted", count=errors, notes=len(found) - errors))


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
