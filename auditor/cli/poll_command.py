"""`auditor poll`: looks at every account that is due. One-shot, safe from cron and beside the daemon."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime

import click

from auditor.errors import Exit
from auditor.words import Words

from .gates import print_gates
from .held import print_held
from .polled import print_counts, print_plan
from .refused import print_refused, print_unable
from .session import Session
from .told import print_notices
from .vouching import print_failures


def make(w: Words) -> click.Command:
    """The command in one language."""

    @click.command("poll", help=w("cli.poll_help"))
    @click.option("--all", "everything", is_flag=True, help=w("cli.poll_all_help"))
    @click.option("--only", multiple=True, metavar="GLOB", help=w("cli.poll_only_help"))
    @click.option("--dry-run", is_flag=True, help=w("cli.poll_dry_help"))
    @click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help=w("cli.format_help"))
    @click.pass_obj
    def poll(session: Session, everything: bool, only: Sequence[str], dry_run: bool, form: str) -> int:
        return look(session, dry_run=dry_run, form=form, everything=everything, only=only)

    return poll


def look(session: Session, *, dry_run: bool, form: str, everything: bool, only: Sequence[str]) -> int:
    """One round, or its plan. The exit code says where we are blind and which credential was rejected."""
    from auditor.rounds import Rounds

    force = session.in_force()
    clock = session.clock(force)
    settings = force.settings
    w = session.words(settings)
    with closing(session.store(settings, clock(), write=True)) as store:
        rounds = Rounds(
            force,
            store,
            lambda: session.store(settings, clock()),
            clock,
            session.secrets(settings),
            rehearsal=session.now_text is not None,
            pause=_wait_until,
        )
        rounds.enter()
        owed = rounds.owed(everything=everything, only=only)
        if dry_run:
            return print_plan(rounds.plan(owed), rounds.owed_by_hand(only), form, w)
        with _bar(len(owed), w) as rounds.progress:
            swept, changes = rounds.poll("poll", owed)
        holds = store.holds(clock())
    print_counts(swept, len(changes), form, w)
    print_failures(swept, w)
    print_refused(swept.refused, w)
    print_unable(swept.unable, w)
    print_notices(rounds, {*swept.refused, *swept.unable}, w)
    print_gates(settings, session, w, err=True)
    held = print_held(holds, w)
    return held | (Exit.BLIND if swept.blind else 0) | (Exit.CREDENTIAL if swept.rejected else 0)


def _wait_until(at: datetime) -> bool:
    """Sleep until a short quota window turns."""
    import threading

    from auditor.clock import system

    threading.Event().wait(max((at - system()).total_seconds(), 0))
    return True


@contextmanager
def _bar(total: int, w: Words) -> Iterator[Callable[[int], None]]:
    """On standard error when that is a terminal, else nothing."""
    if not sys.stderr.isatty() or not total:
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(w("cli.looking"), total=total)
        yield lambda n: progress.advance(task, n)
