"""`auditor brake`: what is held back because too many accounts would have changed at once, and letting it go."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import closing
from typing import TYPE_CHECKING

import click

from auditor.errors import Exit, RefusedError, UserError
from auditor.words import Words

from .believing import believe
from .page import page
from .session import Session

if TYPE_CHECKING:
    from auditor.core.brake import Scope
    from auditor.core.register import Register


def make(w: Words) -> click.Command:
    """The commands in one language."""
    group = click.Group("brake", help=w("brake.help"))
    group.add_command(_show(w))
    group.add_command(_release(w))
    return group


def _show(w: Words) -> click.Command:
    @click.command("show", help=w("brake.show_help"))
    @click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help=w("cli.format_help"))
    @click.option("--ascii", "ascii_only", is_flag=True, help=w("cli.ascii_help"))
    @click.pass_obj
    def command(session: Session, form: str, ascii_only: bool) -> int:
        from auditor.core.brake import limits_of
        from auditor.reports.braked import brake_json, brake_lines
        from auditor.reports.doubted import doubt_lines, doubts_json
        from auditor.reports.layout import page_text

        force = session.in_force()
        w, now = session.words(force.settings), session.clock(force)()
        limits = limits_of(force.book)
        with closing(session.store(force.settings, now)) as store:
            holds, doubts = store.holds(now), store.doubts(now)
        if form == "json":
            said = {"holds": []} | brake_json(holds, limits, w) | {"lanes": doubts_json(doubts)}
            click.echo(json.dumps(said, ensure_ascii=False, indent=1))
            return Exit.OK
        how = page(ascii_only=ascii_only)
        lines = [
            *brake_lines(holds, force.register, limits, w, how.width),
            *doubt_lines(doubts, force.register, w, how.width),
        ]
        click.echo(page_text(lines, how.width, ascii_only=how.ascii_only), nl=False)
        return Exit.OK

    return command


def _release(w: Words) -> click.Command:
    @click.command("release", help=w("brake.release_help"))
    @click.argument("scopes", nargs=-1, metavar=f"[{w('brake.scope_word')}]...")
    @click.option("--by", required=True, metavar="NAME", help=w("brake.by_help"))
    @click.option("--reason", required=True, metavar="TEXT", help=w("brake.reason_help"))
    @click.option("--office", default="", metavar="ID", help=w("brake.office_help"))
    @click.pass_obj
    def command(session: Session, scopes: Sequence[str], by: str, reason: str, office: str) -> int:
        from auditor.core.brake import newest_holds
        from auditor.reports.clean import clean
        from auditor.reports.doubted import LANE
        from auditor.reports.labels import count
        from auditor.store.verbs_brake import Release

        force = session.in_force()
        w, now = session.words(force.settings), session.clock(force)()
        by, reason = clean(by), clean(reason, 2000)
        if not by or not reason:
            raise UserError(w("brake.no_reason" if by else "brake.no_name"), Exit.USAGE)
        lanes = [text.removeprefix(LANE) for text in scopes if text.startswith(LANE)]
        asked = [_scope(text, w) for text in scopes if not text.startswith(LANE)]
        release = Release(by, clean(office) or _head(force.register), reason)
        with closing(session.store(force.settings, now, write=True)) as store:
            believe(store, lanes, release, now, w)
            if lanes and not asked:
                return Exit.OK
            known = {str(hold.scope) for hold in store.holds(now)}
            found = store.release(asked, release, now)
        if not found:
            named = {"asked": ", ".join(map(str, asked)), "held": ", ".join(sorted(known))}
            raise RefusedError(w("brake.nothing_there", **named) if known else w("brake.nothing"))
        click.echo(count("brake.released", len(newest_holds(found)), w))
        return Exit.OK

    return command


def _scope(text: str, w: Words) -> Scope:
    """As `auditor brake show` writes it."""
    from auditor.core.brake import Kind, Scope
    from auditor.reports.clean import clean

    kind, _, name = text.partition(":")
    if kind not in set(Kind) or bool(name) is (kind == Kind.REGISTER):
        raise UserError(w("brake.no_scope", text=clean(text, 60)), Exit.USAGE)
    return Scope(Kind(kind), name)


def _head(register: Register) -> str:
    """The office the others answer to."""
    return next((agency.id for agency in register.agencies if agency.parent is None), "")
