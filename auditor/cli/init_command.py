"""`auditor init`: a commented configuration to start from; never overwrites."""

from __future__ import annotations

from pathlib import Path

import click

from auditor.words import Words

from .session import Session


def make(w: Words) -> click.Command:
    """The command in one language."""

    @click.command("init", help=w("cli.init_help"))
    @click.argument("directory", required=False, type=click.Path(file_okay=False, path_type=Path))
    @click.pass_obj
    def init(session: Session, directory: Path | None) -> int:
        from auditor.config.init import init as write

        target = directory or session.directory
        for path in write(target, w):
            click.echo(w("cli.wrote", path=path))
        click.echo(w("cli.after_init", folder=target))
        return 0

    return init
