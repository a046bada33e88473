"""`auditor poll`: looks at every account that is due. One-shot, safe from cron and beside the daemon."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING

import click

from auditor.errors import Exit
from auditor.words import Words

from .gates import print_gates
from .held import print_held
from .refused import print_refused, print_unable
from .session import Session
from .told import print_notices
from .vouching import print_failures

if TYPE_CHECKING:
    from auditor.core.polling import Due
    from auditor.poll.swept import Swept


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
            return _print_plan([*owed, *rounds.owed_by_hand(only)], form, w)
        with _bar(len(owed), w) as rounds.progress:
            swept, changes = rounds.poll("poll", owed)
        holds = store.holds(clock())
    _print_counts(swept, len(changes), form, w)
    print_failures(swept, w)
    print_refused(swept.refused, w)
    print_unable(swept.unable, w)
    print_notices(rounds, {*swept.refused, *swept.unable}, w)
    print_gates(settings, session, w, err=True)
    held = print_held(holds, w)
    return held | (Exit.BLIND if swept.blind else 0) | (Exit.CREDENTIAL if swept.rejected else 0)


def _print_counts(swept: Swept, changes: int, form: str, w: Words) -> None:
    counts = {"looked": swept.looked, "seen": swept.seen, "unreadable": swept.unreadable}
    if form == "json":
        ours = {"inconclusive": True} if swept.inconclusive else {}
        click.echo(json.dumps(counts | {"missed": dict(swept.missed), "calls": dict(swept.calls)} | ours))
        return
    click.echo(w("cli.polled", **counts, missed=sum(swept.missed.values()), changes=changes, left=swept.left))
    if not swept.looked and not swept.left:
        click.echo(w("cli.nobody_due"))
    for reason, count in sorted(swept.missed.items()):
        click.echo(f"  {w(f'outcome.word.{reason}')}: {count}")


def _print_plan(owed: Sequence[Due], form: str, w: Words) -> int:
    rows = [asdict(due) for due in owed]
    if form == "json":
        keys = ("lane", "account", "why", "cost")
        click.echo(json.dumps([{key: row[key] for key in keys} for row in rows], ensure_ascii=False))
        return 0
    for row in rows:
        click.echo(f"{row['lane']}\t{row['account']}\t{w('cli.why_' + row['why'])}\t{row['cost']}")
    return 0


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
