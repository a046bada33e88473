"""`auditor run`: the daemon."""

from __future__ import annotations

import click

from auditor.words import Words

from .session import Session


def make(w: Words) -> click.Command:
    """The command in one language."""

    @click.command("run", help=w("cli.run_help"))
    @click.pass_obj
    def run(session: Session) -> int:
        from auditor.config.load import fingerprint
        from auditor.daemon import Daemon
        from auditor.log import to_stderr

        seen = fingerprint(session.directory) if session.directory.is_dir() else ""
        force = session.in_force(headed=True)
        settings, w = force.settings, session.words(force.settings)
        to_stderr()
        click.echo(w("cli.run_started", accounts=len(force.register.accounts), seconds=settings.tick_seconds), err=True)
        Daemon(
            session.directory,
            session.lang,
            force,
            session.clock(force),
            session.secrets(settings),
            rehearsal=session.now_text is not None,
            seen=seen,
        ).run()
        return 0

    return run
