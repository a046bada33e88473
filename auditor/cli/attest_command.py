"""`auditor attest`: what people saw, from a filled worksheet or from pasted links, becomes dated observations."""

from __future__ import annotations

import sys
from contextlib import closing
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from auditor.errors import Exit
from auditor.words import Words

from .page import page
from .session import Session

if TYPE_CHECKING:
    from auditor.attest.desk import Desk
    from auditor.attest.work import Given
    from auditor.rounds import Rounds


def make(w: Words) -> click.Command:
    """The command in one language."""

    @click.command("attest", help=w("attest.help"))
    @click.argument("accounts", nargs=-1, metavar=f"[{w('cli.account_word')}]...")
    @click.option("--from", "files", multiple=True, metavar="FILE", help=w("attest.from_help"))
    @click.option("--by", default="", metavar="NAME", help=w("attest.by_help"))
    @click.option("--office", default="", metavar="ID", help=w("attest.office_help"))
    @click.option("--second", default="", metavar="NAME", help=w("attest.second_help"))
    @click.option("--screenshot", default="", metavar="FILE", help=w("attest.screenshot_help"))
    @click.option("--said", default="", metavar="CODE", help=w("attest.said_help"))
    @click.option("--date", default="", metavar="D", help=w("attest.date_help"))
    @click.option("--at", default="", metavar="T", help=w("attest.at_help"))
    @click.option("--manager", "--pengelola", "manager", is_flag=True, help=w("attest.manager_help"))
    @click.option("--dry-run", is_flag=True, help=w("attest.dry_help"))
    @click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help=w("cli.format_help"))
    @click.option("--ascii", "ascii_only", is_flag=True, help=w("cli.ascii_help"))
    @click.pass_obj
    def attest(session: Session, /, *, form: str, ascii_only: bool, dry_run: bool, **given: Any) -> int:
        from auditor.attest.work import Given

        return serve(session, Given(**given), form=form, ascii_only=ascii_only, dry_run=dry_run)

    return attest


def serve(session: Session, given: Given, *, form: str, ascii_only: bool, dry_run: bool) -> int:
    """Take every row, record what holds, say what became of each."""
    from auditor.attest.page import Page, results_json
    from auditor.attest.talk import Talk, typed
    from auditor.attest.work import Ground, answers, set_up
    from auditor.clock import fixed
    from auditor.rounds import Rounds
    from auditor.routes import reach

    force = session.in_force()
    settings, w, now = force.settings, session.words(force.settings), session.clock(force)().replace(microsecond=0)
    how = page(ascii_only=ascii_only)
    paper = Page(w, how.width, ascii_only=how.ascii_only)
    by_hand = sys.stdin.isatty() and not given.files  # whoever types is answered line by line, and may be asked

    def say(text: str, end: str = "\n") -> None:
        click.echo(text + end, nl=False, err=form == "json")

    talk = Talk(paper, say, typed(say), by_hand, force.register)
    secrets = session.secrets(settings)
    readable = reach(settings, secrets)
    with closing(session.store(settings, now, write=not dry_run)) as store:
        ground = Ground(force.register, force.book, readable, settings.zone, store, now)
        desk = set_up(ground, given, talk)
        for row in answers(desk, ground, given, talk):
            result = desk.take(row)
            if result is not None and form == "text" and by_hand:
                click.echo(paper.result(result))
        if not by_hand:
            desk.again()
        drawn = desk.draw()
        if desk.accepted and not dry_run:
            _record(desk, Rounds(force, store, lambda: store, fixed(now), secrets, session.now_text is not None), now)
    if form == "json":
        click.echo(results_json(desk.results, paper))
    else:
        for result in () if by_hand else desk.results:
            click.echo(paper.result(result))
        click.echo(paper.end(desk.results, desk.left_blank, drawn, dry_run=dry_run))
    return Exit.FAILED if desk.rejected else Exit.OK


def _record(desk: Desk, rounds: Rounds, now: datetime) -> None:
    """The list and the policy in force first, then the looks, then the verdicts, then today's page."""
    from auditor.attest.record import Recorder
    from auditor.judge import judge, record

    store, force = rounds.store, rounds.force
    rounds.enter()
    Recorder(
        store,
        rounds.ids,
        force.register.sha256,
        force.book.version,
        rounds.rehearsal,
        lambda keys: record(store, judge(store, rounds.bench, now, keys), now, force.book),
    ).record(desk.results, now)
    rounds.keep_today(now)
