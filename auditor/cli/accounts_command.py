"""`auditor accounts`: lists in and out of the register, and forgetting what was read of one account."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from auditor.errors import Exit, UserError
from auditor.words import Words

from .session import Session

if TYPE_CHECKING:
    from auditor.config.importing import ImportPlan

YES = frozenset({"y", "ya", "yes"})
SHEET = click.Path(dir_okay=False, path_type=Path)


def make(w: Words) -> click.Command:
    """The commands in one language."""
    from .discovering import discover_command
    from .exporting import export_command
    from .forgetting import forget_command

    group = click.Group("accounts", help=w("accounts.help"))
    group.add_command(_import(w))
    group.add_command(export_command(w))
    group.add_command(discover_command(w))
    group.add_command(forget_command(w))
    return group


def _import(w: Words) -> click.Command:
    @click.command("import", help=w("accounts.import_help"))
    @click.argument("file", type=SHEET)
    @click.option("--agency", metavar="ID", help=w("accounts.import_agency_help"))
    @click.option("--yes", is_flag=True, help=w("accounts.yes_help"))
    @click.option("--dry-run", is_flag=True, help=w("accounts.dry_help"))
    @click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help=w("cli.format_help"))
    @click.pass_obj
    def command(session: Session, file: Path, agency: str | None, yes: bool, dry_run: bool, form: str) -> int:
        from auditor.config.checks import private_allowed
        from auditor.config.importing import plan_import
        from auditor.config.importing.words import as_json, lines
        from auditor.config.sheets import read_sheet
        from auditor.platforms import platforms

        force = session.in_force()
        w = session.words(force.settings)
        if agency is not None and agency not in force.register.agency:
            raise UserError(w("cli.no_agency", agency=agency[:60]), Exit.USAGE)
        forms = {name: platform.address for name, platform in platforms().items()}
        private = private_allowed(force.settings.network)
        sheet = read_sheet(file, w)
        plan = plan_import(
            sheet, force.register, forms, agency=agency, profiles=force.book.profiles.keys(), private=private
        )
        if form == "text":
            click.echo("\n".join(lines(plan, w)))
        asked = form == "text" and sys.stdin.isatty()
        agreed = not dry_run and (yes or (asked and (plan.changes_nothing or _agrees(session, w))))
        said = _write(session, plan, w) if agreed else []
        if form == "json":
            click.echo(json.dumps(as_json(plan, w, written=agreed), ensure_ascii=False, indent=1))
        click.echo("\n".join(said), nl=bool(said), err=form == "json")
        if agreed or dry_run or plan.changes_nothing:
            return Exit.OK
        click.echo(w("accounts.not_written" if asked else "accounts.needs_yes"), err=True)
        return Exit.OK if asked else Exit.REFUSED

    return command


def _agrees(session: Session, w: Words) -> bool:
    click.echo(w("accounts.ask", files=session.directory / "accounts.yaml"), nl=False)
    return sys.stdin.readline().strip().lower() in YES


def _write(session: Session, plan: ImportPlan, w: Words) -> list[str]:
    """The register, and the rejected lines beside it; what was written, in words."""
    from auditor.config.importing import apply_import
    from auditor.config.importing.words import REJECTED_FILE, rejected_csv
    from auditor.platforms import platforms

    from .exporting import put

    files = apply_import(plan, session.directory, platforms(), w.language)
    said = [w("accounts.written", files=", ".join(map(str, files)))] if files else []
    path = session.directory / REJECTED_FILE
    if plan.rejected or path.exists():
        put(path, rejected_csv(plan, w).encode("utf-8-sig"), w)
    if plan.rejected:
        said.append(w("accounts.rejected_written", count=len(plan.rejected), path=path))
    return [*said, w("accounts.next")] if files else said
