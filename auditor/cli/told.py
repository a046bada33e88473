"""Blind spots: told once when they begin, again while they last, and when they are over."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

import click

from auditor.words import Words

if TYPE_CHECKING:
    from auditor.rounds import Rounds

MOST = 10  # lines


def print_notices(rounds: Rounds, said: Collection[str], w: Words) -> None:
    """One sentence on standard error for each; not for lanes of which the round has just `said` the same."""
    if not rounds.notices:
        return
    from auditor.core.notices import Event
    from auditor.reports.blind import notice_text

    new = [n for n in rounds.notices if n.event is not Event.BEGAN or n.extent.subject not in said]
    for notice in new[:MOST]:
        click.echo(notice_text(notice, rounds.force.register, rounds.bench.remedies, w), err=True)
    if len(new) > MOST:
        click.echo(w("blind.rest", n=len(new) - MOST, command="auditor status"), err=True)
