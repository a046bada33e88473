"""What `poll` prints: what a round brought, or who would be looked at."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from auditor.words import Words

if TYPE_CHECKING:
    from auditor.core.polling import Due, Plan
    from auditor.poll.swept import Swept


def print_counts(swept: Swept, changes: int, form: str, w: Words) -> None:
    """Looks, misses by reason, and changes."""
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


def print_plan(planned: Plan, by_hand: Sequence[Due], form: str, w: Words) -> int:
    """One line a look, in the order they would be asked; then what each lane takes, and who is left out and why."""
    owed = [*(look for looks in planned.lanes.values() for look in looks), *by_hand]
    if form == "json":
        keys = ("lane", "account", "why", "cost")
        every = [*owed, *(one.look for one in planned.left_out)]
        rows = [{key: row[key] for key in keys} for row in map(asdict, every)]
        left_out = {id(one.look): one for one in planned.left_out}
        for look, row in zip(every, rows, strict=True):
            if (one := left_out.get(id(look))) is not None:
                row |= {"left_out": one.why, "until": one.until.isoformat() if one.until else None}
        click.echo(json.dumps(rows, ensure_ascii=False))
        return 0
    for look in owed:
        click.echo(f"{look.lane}\t{look.account}\t{w('cli.why_' + look.why)}\t{look.cost}")
    for one in planned.left_out:
        until = one.until.isoformat(timespec="minutes") if one.until else "–"
        why = w(f"cli.left_out_{one.why}", until=until)
        click.echo(f"{one.look.lane}\t{one.look.account}\t{w('cli.why_' + one.look.why)}\t{why}")
    for lane, looks in planned.lanes.items():
        left = sum(one.look.lane == lane for one in planned.left_out)
        cost = sum(look.cost for look in looks)
        click.echo(w("cli.plan_lane", lane=lane, looks=len(looks), cost=cost, left=left))
    return 0
