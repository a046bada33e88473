"""`auditor status`: is the daemon alive, what was seen last, where are we blind, what is left of the quotas."""

from __future__ import annotations

import json
from contextlib import closing

import click

from auditor.words import Words

from .page import page
from .session import Session


def make(w: Words) -> click.Command:
    """The command in one language."""

    @click.command("status", help=w("cli.status_help"))
    @click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help=w("cli.format_help"))
    @click.option("--ascii", "ascii_only", is_flag=True, help=w("cli.ascii_help"))
    @click.pass_obj
    def status(session: Session, form: str, ascii_only: bool) -> int:
        from auditor.cli.gather import gather
        from auditor.reports.json import status_json
        from auditor.reports.terminal import render_status

        force = session.in_force(headed=True)
        w = session.words(force.settings)
        now = session.clock(force)()
        with closing(session.store(force.settings, now)) as store:
            found = gather(store, force, session.secrets(force.settings), now)
        if form == "json":
            click.echo(json.dumps(status_json(found), ensure_ascii=False, indent=1))
        else:
            how = page(ascii_only=ascii_only)
            click.echo(render_status(found, w, width=how.width, color=how.color, ascii_only=how.ascii_only), nl=False)
        return 0

    return status
