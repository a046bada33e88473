"""`auditor accounts forget`: what was read of one account goes."""

from __future__ import annotations

import sys
from contextlib import closing

import click

from auditor.errors import Exit
from auditor.words import Words

from .session import Session

YES = frozenset({"y", "ya", "yes"})


def forget_command(w: Words) -> click.Command:
    """The command in one language."""

    @click.command("forget", help=w("accounts.forget_help"))
    @click.argument("account", metavar=w("cli.account_word"))
    @click.option("--yes", is_flag=True, help=w("accounts.forget_yes_help"))
    @click.pass_obj
    def command(session: Session, account: str, yes: bool) -> int:
        from auditor.rounds import COUNTED

        from .show_command import find

        force = session.in_force()
        w, now = session.words(force.settings), session.clock(force)()
        with closing(session.store(force.settings, now, write=True)) as store:
            state = store.find(account)  # also one that was taken off the list
            key = state.key if state else find(force.register, account, w).key
            state = state or store.find(key)
            asked = not yes and sys.stdin.isatty()
            if not yes and not (asked and _agrees(w("accounts.forget_ask", account=key))):
                click.echo(w("accounts.forget_refused"), err=True)
                return Exit.OK if asked else Exit.REFUSED
            count = store.forget(state.id, now, COUNTED) if state else 0
        click.echo(w("accounts.forgotten", account=key, count=count))
        if state and state.removed_at is None:
            click.echo(w("accounts.forgotten_listed"))
        return Exit.OK

    return command


def _agrees(question: str) -> bool:
    click.echo(question, nl=False)
    return sys.stdin.readline().strip().lower() in YES
