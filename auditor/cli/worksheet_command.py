"""`auditor worksheet`: the looks that only people can make, as a file to fill in."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from auditor.errors import Exit, RefusedError, UserError
from auditor.reports.labels import count, shell_word
from auditor.words import Words
from auditor.words.system import refusal

from .session import Session

if TYPE_CHECKING:
    from auditor.core.audit import Audit
    from auditor.core.hand import HandPlan
    from auditor.reports.worksheet import WorksheetView


def make(w: Words) -> click.Command:
    """The command in one language."""

    @click.command("worksheet", help=w("worksheet.help"))
    @click.option("-o", "--output", type=click.Path(path_type=Path), help=w("worksheet.output_help"))
    @click.option("--agency", metavar="ID", help=w("cli.agency_help"))
    @click.option("--for", "audience", type=click.Choice(["pengelola", "manager"]), help=w("worksheet.for_help"))
    @click.option("--all", "everything", is_flag=True, help=w("worksheet.all_help"))
    @click.pass_obj
    def command(
        session: Session, output: Path | None, agency: str | None, audience: str | None, everything: bool
    ) -> int:
        from auditor.core.hand import HandPlan
        from auditor.reports.worksheet import worksheet
        from auditor.reports.worksheet_notes import left_out, nothing, spent

        found, plan, w = planned(session, agency)
        if everything:
            plan = HandPlan((*plan.week, *plan.left_out))
        if not plan.week:
            click.echo("\n".join(spent(found, plan, w) if plan.left_out else nothing(found, agency, w)))
            return Exit.OK
        view = worksheet(found, plan, w, agency=agency, for_managers=audience is not None)
        path = output or Path(w("worksheet.file_name", day=view.day))
        save(path, view, w)
        click.echo(count("worksheet.wrote", len(plan.week), w, file=path, minutes=plan.minutes))
        back = f"auditor attest --from {shell_word(str(path))}"
        click.echo("\n".join([*left_out(found, plan, w), w("worksheet.then", command=back)]))
        return Exit.OK

    return command


def planned(session: Session, agency: str | None) -> tuple[Audit, HandPlan, Words]:
    """What is known, and this week's looks by hand of the accounts asked for. A week begins on Monday, here."""
    from auditor.core.hand import hand_plan
    from auditor.judge import audit

    force = session.in_force()
    w, now = session.words(force.settings), session.clock(force)()
    if agency is not None and agency not in force.register.agency:
        raise UserError(w("cli.no_agency", agency=agency[:60]), Exit.USAGE)
    with closing(session.store(force.settings, now)) as store:
        found = audit(store, session.bench(store, force, None), now, force.warnings)
    local = now.astimezone(force.settings.zone)
    monday = (local - timedelta(days=local.weekday())).replace(hour=0, minute=0, second=0, microsecond=0)
    rows = [row for row in found.rows if agency is None or row.agency.id == agency]
    return found, hand_plan(rows, found.book, now, monday), w


def save(path: Path, view: WorksheetView, w: Words) -> None:
    """A new file; one that exists may hold a person's answers."""
    from auditor.reports.worksheet import write_worksheet

    if path.suffix.lower() != ".xlsx":
        raise UserError(w("worksheet.ending", file=path, instead=shell_word(f"{path.stem}.xlsx")), Exit.USAGE)
    try:
        with path.open("xb") as file:
            write_worksheet(file, view, w)
    except FileExistsError:
        other = path.with_stem(f"{path.stem}-2")
        command = f"auditor worksheet -o {shell_word(str(other))}"
        raise RefusedError(w("worksheet.exists", file=path, command=command)) from None
    except OSError as error:
        raise UserError(w("cli.cannot_write", path=path, why=refusal(error, w)), Exit.USAGE) from None
