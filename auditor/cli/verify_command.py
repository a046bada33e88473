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
        from auditor.judge import misjudged

        force = session.in_force()
        now, w = session.clock(force)(), session.words(force.settings)
        with closing(session.store(force.settings, now)) as store:
            damage = [*store.verify()]
            if not damage:  # what was judged of damaged facts says nothing more
                changed = misjudged(store, session.bench(store, force, None), now)
                damage = [w("cli.misjudged", account=key) for key in changed]
        for sentence in damage:
            click.echo(sentence)
        if not damage:
            click.echo(w("cli.verified"))
        return Exit.DAMAGED if damage else Exit.OK

    return verify
