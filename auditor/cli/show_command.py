"""`auditor show ACCOUNT`: one account with its evidence."""

from __future__ import annotations

import json
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING

import click

from auditor.errors import UserError
from auditor.words import Words

from .page import page
from .session import Session

if TYPE_CHECKING:
    from auditor.core.register import Account, Register


def make(w: Words) -> click.Command:
    """The command in one language."""

    @click.command("show", help=w("cli.show_help"))
    @click.argument("account", metavar=w("cli.account_word"))
    @click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help=w("cli.format_help"))
    @click.option("--as-of", metavar="T", help=w("cli.as_of_help"))
    @click.option("--ascii", "ascii_only", is_flag=True, help=w("cli.ascii_help"))
    @click.pass_obj
    def show(session: Session, account: str, form: str, as_of: str | None, ascii_only: bool) -> int:
        from auditor.core.audit import Audit
        from auditor.judge import examine

        force = session.in_force(headed=True)
        settings, w = force.settings, session.words(force.settings)
        now = session.clock(force)()
        at = session.as_of(as_of, settings, now, w)
        with closing(session.store(settings, now)) as store:
            bench = session.bench(store, force, at if as_of else None)
            entry = find(bench.register, account, w)
            audited, history = examine(store, bench, entry, at)
            state = store.find(entry.key)
            changes = store.changes_of(state.id, at) if state else ()
            exchanges = store.exchanges(state.id, at) if state else ()
            told = store.attestations(state.id, at) if state else ()
        if form == "json":
            from auditor.reports.json import show_json

            shown = show_json(audited, history, changes, exchanges, w, told=told)
            click.echo(json.dumps(shown, ensure_ascii=False, indent=1))
        else:
            from auditor.reports.terminal import render_show

            how = page(ascii_only=ascii_only)
            whole = Audit(at, bench.register, bench.book, (audited,), rehearsal=session.now_text is not None)
            draw = partial(render_show, width=how.width, color=how.color, ascii_only=how.ascii_only)
            click.echo(draw(audited, history, changes, exchanges, w, told=told, audit=whole), nl=False)
        return 0

    return show


def find(register: Register, written: str, w: Words) -> Account:
    """By `platform:handle`, by URL, or any way a list may write it."""
    from difflib import get_close_matches

    from auditor.core.address import Address, read_key
    from auditor.platforms import platforms
    from auditor.reports.clean import clean

    if written in register.account:
        return register.account[written]
    address = read_key(written, {p.name: p.address for p in platforms().values()})
    if isinstance(address, Address) and address.key in register.account:
        return register.account[address.key]
    close = get_close_matches(written, register.account, n=3, cutoff=0.5)
    raise UserError(w("cli.no_account", account=clean(written, 80), close=", ".join(close) or "–"))
