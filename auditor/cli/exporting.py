"""`auditor accounts export`: the register as a sheet."""

from __future__ import annotations

from pathlib import Path

import click

from auditor.errors import Exit, UserError
from auditor.words import Words
from auditor.words.system import refusal

from .session import Session


def export_command(w: Words) -> click.Command:
    """The command in one language."""

    @click.command("export", help=w("accounts.export_help"))
    @click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help=w("accounts.output_help"))
    @click.pass_obj
    def command(session: Session, output: Path | None) -> int:
        from auditor.config.importing.export import REGISTER, as_csv, export_rows, head
        from auditor.reports.register_sheet import write_register

        force = session.in_force()
        w, register = session.words(force.settings), force.register
        rows = (head(w), *export_rows(register))
        if output is None:
            click.echo(as_csv(rows), nl=False)
            return Exit.OK
        if output.suffix.lower() not in (".xlsx", ".csv"):
            raise UserError(w("accounts.output_kind", path=output), Exit.USAGE)
        if output.suffix.lower() == ".csv":
            put(output, as_csv(rows).encode("utf-8-sig"), w)
        else:
            now = session.clock(force)()
            try:
                write_register(output, w("accounts.sheet_title"), rows, {REGISTER: register.sha256}, now)
            except OSError as error:
                raise UserError(w("cli.cannot_write", path=output, why=refusal(error, w)), Exit.USAGE) from None
        click.echo(w("accounts.exported", count=len(register.accounts), path=output), err=True)
        return Exit.OK

    return command


def put(path: Path, content: bytes, w: Words) -> None:
    """A file that takes the place of the one before."""
    try:
        path.write_bytes(content)
    except OSError as error:
        raise UserError(w("cli.cannot_write", path=path, why=refusal(error, w)), Exit.USAGE) from None
