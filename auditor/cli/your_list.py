"""The last block of the first screen: what the list holds now, what the sites say of it, and the next command."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from auditor.reports.labels import shell_word
from auditor.words import Words

from .session import Session

if TYPE_CHECKING:
    from auditor.config.importing import ImportPlan

WIDTH = 14  # of the head


@dataclass
class Summary:
    """What the block counts."""

    plan: ImportPlan | None = None
    rejected: Path | None = None  # the file of the rejected rows
    linked: int = 0
    wrong: int = 0  # links on the sites that mislead their visitors
    no_feed: int = 0  # sites that name no feed


def close(session: Session, summary: Summary, w: Words) -> None:
    """Prints the block, then what YouTube still needs, then the next command."""
    from .found import youtube_lines

    force = session.in_force()
    click.echo()
    head = w("init.list_head")
    sites = sum(bool(agency.website) for agency in force.register.agencies)
    for row in _rows(summary, len(force.register.accounts), sites, w):
        click.echo(f"{head:<{WIDTH}}{row}")
        head = ""
    refs = (account.ref for account in force.register.accounts)
    for line in youtube_lines(refs, force, session.secrets(force.settings), w):
        click.echo(f"  ! {line}")
    folder = session.directory
    command = "auditor" if folder == Path("config") else f"auditor --config {shell_word(str(folder))}"
    click.echo(w("init.next" if force.register.accounts else "init.next_empty", auditor=command, folder=folder))


def _rows(summary: Summary, accounts: int, sites: int, w: Words) -> list[str]:
    counts = [w("init.accepted", count=accounts)]
    counts += [w("init.sites", count=sites)] if sites else []
    if summary.plan is not None:
        numbers = summary.plan.counts
        counts += [w("init.rejected", count=numbers["rejected"], path=summary.rejected)] if numbers["rejected"] else []
        counts += [w("init.repaired", count=numbers["repaired"])] if numbers["repaired"] else []
        counts += [w("init.duplicates", count=numbers["duplicate"])] if numbers["duplicate"] else []
    further = [("init.linked", summary.linked), ("init.wrong_links", summary.wrong), ("init.no_feed", summary.no_feed)]
    return [" · ".join(counts), *(w(key, count=count) for key, count in further if count)]
