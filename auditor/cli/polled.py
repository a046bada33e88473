"""What `poll` prints: what a round brought, or who would be looked at."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from auditor.words import Words

if TYPE_CHECKING:
    from auditor.core.polling import Due
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


def print_plan(owed: Sequence[Due], form: str, w: Words) -> int:
    """One line a look, by lane."""
    rows = [asdict(due) for due in owed]
    if form == "json":
        keys = ("lane", "account", "why", "cost")
        click.echo(json.dumps([{key: row[key] for key in keys} for row in rows], ensure_ascii=False))
        return 0
    for row in rows:
        click.echo(f"{row['lane']}\t{row['account']}\t{w('cli.why_' + row['why'])}\t{row['cost']}")
    return 0
