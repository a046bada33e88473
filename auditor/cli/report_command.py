"""`auditor report`: the audit as of now or any past instant, for people or for programs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from auditor.core.audit import AdviceCode
from auditor.core.model import Status
from auditor.errors import Exit, UserError
from auditor.words import Words
from auditor.words.system import refusal

from .page import Page, page
from .road import road
from .session import Session

if TYPE_CHECKING:
    from auditor.core.audit import Audit
    from auditor.reports.view import Selection


STATUSES = click.Choice([status.value for status in Status])
ADVICE = click.Choice([code.value for code in AdviceCode])


def make(w: Words) -> click.Command:
    """The command in one language."""

    @click.command("report", help=w("cli.report_help"))
    @click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", help=w("cli.format_help"))
    @click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help=w("cli.output_help"))
    @click.option("--agency", metavar="ID", help=w("cli.agency_help"))
    @click.option("--platform", "platforms", multiple=True, metavar="NAME", help=w("cli.platform_help"))
    @click.option("--status", "statuses", multiple=True, type=STATUSES, help=w("cli.status_filter_help"))
    @click.option("--advice", "advice", multiple=True, type=ADVICE, help=w("cli.advice_help"))
    @click.option("--as-of", metavar="T", help=w("cli.as_of_help"))
    @click.option("--all", "everything", is_flag=True, help=w("cli.report_all_help"))
    @click.option("--ascii", "ascii_only", is_flag=True, help=w("cli.ascii_help"))
    @click.option("--fail-on", multiple=True, type=STATUSES, help=w("cli.fail_on_help"))
    @click.pass_obj
    def report(
        session: Session,
        form: str,
        output: Path | None,
        agency: str | None,
        platforms: Sequence[str],
        statuses: Sequence[str],
        advice: Sequence[str],
        as_of: str | None,
        everything: bool,
        ascii_only: bool,
        fail_on: Sequence[str],
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
            text = as_text(session, found, w, only, how, everything=everything)
        put(text.rstrip("\n") + "\n", output, w)
        matched = any(row.verdict.status in fail_on for row in found.rows if only.in_scope(row))
        return Exit.MATCHED if matched else Exit.OK

    return report


def put(text: str, output: Path | None, w: Words) -> None:
    """To a file, or to standard output."""
    if output is None:
        click.echo(text, nl=False)
        return
    try:
        output.write_text(text, "utf-8")
    except OSError as error:
        raise UserError(w("cli.cannot_write", path=output, why=refusal(error, w)), Exit.USAGE) from None


def build(session: Session, as_of: str | None) -> tuple[Audit, Words]:
    """The audit by what was in force at the instant asked for."""
    from auditor.judge import audit

    force = session.in_force(headed=True)
    settings, w = force.settings, session.words(force.settings)
    now = session.clock(force)()
    at = session.as_of(as_of, settings, now, w)
    with closing(session.store(settings, now)) as store:
        return audit(store, session.bench(store, force, at if as_of else None), at, force.warnings), w


def as_json(found: Audit, w: Words, only: Selection) -> str:
    """One document."""
    from auditor.reports.json import report_json

    return json.dumps(report_json(found, w, only), ensure_ascii=False, indent=1)


def as_text(session: Session, found: Audit, w: Words, only: Selection, how: Page, *, everything: bool = False) -> str:
    """For people. On the first day it ends with the ways to see more."""
    from auditor.reports.terminal import render_report
    from auditor.reports.view import view

    shown = view(found, w, only)
    if shown.is_first_day and not only.is_list:
        shown = replace(shown, road=tuple(road(session, session.in_force(headed=True), w, how)))
    return render_report(shown, w, width=how.width, color=how.color, ascii_only=how.ascii_only, everything=everything)
