"""`auditor report`: the audit as of now or any past instant, for people or for programs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from auditor.core.audit import AdviceCode
from auditor.core.model import Status
from auditor.errors import Exit, UserError
from auditor.words import Words

from .page import Page, page
from .session import Session, instant

if TYPE_CHECKING:
    from auditor.core.audit import Audit
    from auditor.reports.view import Selection


def make(w: Words) -> click.Command:
    """The command in one language."""

    @click.command("report", help=w("cli.report_help"))
    @click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", help=w("cli.format_help"))
    @click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help=w("cli.output_help"))
    @click.option("--agency", metavar="ID", help=w("cli.agency_help"))
    @click.option("--platform", "platforms", multiple=True, metavar="NAME", help=w("cli.platform_help"))
    @click.option(
        "--status", "statuses", multiple=True, type=click.Choice(list(Status)), help=w("cli.status_filter_help")
    )
    @click.option("--advice", "advice", multiple=True, type=click.Choice(list(AdviceCode)), help=w("cli.advice_help"))
    @click.option("--as-of", metavar="T", help=w("cli.as_of_help"))
    @click.option("--all", "everything", is_flag=True, help=w("cli.report_all_help"))
    @click.option("--ascii", "ascii_only", is_flag=True, help=w("cli.ascii_help"))
    @click.option("--fail-on", multiple=True, type=click.Choice(list(Status)), help=w("cli.fail_on_help"))
    @click.pass_obj
    def report(
        session: Session,
        form: str,
        output: Path | None,
        agency: str | None,
        platforms: Sequence[str],
        statuses: Sequence[Status],
        advice: Sequence[AdviceCode],
        as_of: str | None,
        everything: bool,
        ascii_only: bool,
        fail_on: Sequence[Status],
    ) -> int:
        from auditor.reports.view import Selection

        found, w = build(session, as_of)
        only = Selection(
            agency=agency, platforms=frozenset(platforms), status=frozenset(statuses), advice=frozenset(advice)
        )
        if agency is not None and agency not in found.register.agency:
            raise UserError(w("cli.no_agency", agency=agency[:60]), Exit.USAGE)
        if form == "json":
            text = as_json(found, w, only)
        else:
            how = page(ascii_only=ascii_only, to_file=output is not None)
            text = as_text(found, w, only, how, everything=everything)
        if output is None:
            click.echo(text, nl=not text.endswith("\n"))
        else:
            output.write_text(text if text.endswith("\n") else text + "\n", "utf-8")
        return Exit.MATCHED if any(row.verdict.status in fail_on for row in found.rows) else Exit.OK

    return report


def build(session: Session, as_of: str | None) -> tuple[Audit, Words]:
    """The audit by what was in force at the instant asked for."""
    from auditor.config.load import policy_from, register_from
    from auditor.judge import Bench, audit
    from auditor.rounds import connected

    force = session.in_force()
    settings, w = force.settings, session.words(force.settings)
    now = session.clock(force)()
    at = instant(as_of, settings, w, end_of_day=True) if as_of else now
    if at > now:
        raise UserError(w("cli.as_of_future"), Exit.USAGE)
    bench = Bench(
        force.register, force.book, connected(settings, session.secrets(settings)), session.now_text is not None
    )
    with closing(session.store(settings, now)) as store:
        if as_of is not None:
            register, policy = store.register_at(at), store.policy_at(at)
            if register is not None and policy is not None:
                bench = Bench(register_from(register[1]), policy_from(policy[1]), bench.connected, bench.rehearsal)
        return audit(store, bench, at, force.warnings), w


def as_json(found: Audit, w: Words, only: Selection) -> str:
    """One document."""
    from auditor.reports.json import report_json

    return json.dumps(report_json(found, w, only), ensure_ascii=False, indent=1)


def as_text(found: Audit, w: Words, only: Selection, how: Page, *, everything: bool = False) -> str:
    """For people."""
    from auditor.reports.terminal import render_report
    from auditor.reports.view import view

    shown = view(found, w, only)
    return render_report(shown, w, width=how.width, color=how.color, ascii_only=how.ascii_only, everything=everything)
