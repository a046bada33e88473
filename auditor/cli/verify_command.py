"""`auditor verify`: walks the hash chain of the evidence and checks the database."""

from __future__ import annotations

from contextlib import closing

import click

from auditor.errors import Exit
from auditor.words import Words

from .session import Session


def make(w: Words) -> click.Command:
    """The command in one language."""

    @click.command("verify", help=w("cli.verify_help"))
    @click.pass_obj
    def verify(session: Session) -> int:
        from auditor import clock

        settings = session.in_force().settings
        with closing(session.store(settings, clock.system())) as store:
            damage = store.verify()
        for sentence in damage:
            click.echo(sentence)
        if not damage:
            click.echo(session.words(settings)("cli.verified"))
        return Exit.DAMAGED if damage else Exit.OK

    return verify
