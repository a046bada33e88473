"""The first ten minutes: write the files, take in the list, read the sites, check, and say what comes next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import click

from auditor.errors import UserError
from auditor.words import Words

from .session import Session
from .your_list import Summary, close

if TYPE_CHECKING:
    from auditor.config.init import Beginning
    from auditor.config.sheets import Sheet
    from auditor.discover import Site
    from auditor.rounds import InForce

Visit: TypeAlias = "Callable[[Session, InForce, Sequence[str], Words], list[Site]]"


def start(
    session: Session, begun: Beginning, table: Path | None, w: Words, *, offline: bool, visit: Visit | None = None
) -> int:
    """Everything that `init` does once it knows the answers. A list that cannot be read ends it before it writes."""
    from auditor.config.init import init as write
    from auditor.config.sheets import read_sheet

    sheet = None if table is None else read_sheet(table, w)
    for path in write(session.directory, w, begun):
        click.echo(w("cli.wrote", path=path))
    if not begun.name and sheet is None:
        click.echo(w("cli.after_init", folder=session.directory))
        return 0
    summary = Summary()
    if sheet is not None:
        _take_in(session, sheet, summary, w)
    if not offline:
        _look_around(session, begun, summary, w, visit)
    _check(session)
    close(session, summary, w)
    return 0


def _take_in(session: Session, sheet: Sheet, summary: Summary, w: Words) -> None:
    """The list into the register. Where it cannot be written, all else goes on."""
    from auditor.config.checks import private_allowed
    from auditor.config.importing import apply_import, plan_import
    from auditor.config.importing.words import REJECTED_FILE, rejected_csv
    from auditor.platforms import platforms

    from .exporting import put

    force = session.in_force()
    forms = {name: platform.address for name, platform in platforms().items()}
    private = private_allowed(force.settings.network)
    plan = plan_import(sheet, force.register, forms, profiles=force.book.profiles.keys(), private=private)
    try:
        apply_import(plan, session.directory, platforms(), w.language)
    except UserError as error:
        click.echo(w("init.list_failed", why=error), err=True)
        return
    summary.plan = plan
    if plan.rejected:
        summary.rejected = session.directory / REJECTED_FILE
        put(summary.rejected, rejected_csv(plan, w).encode("utf-8-sig"), w)


def _look_around(session: Session, begun: Beginning, summary: Summary, w: Words, visit: Visit | None) -> None:
    """What the offices' own sites link to and the list lacks."""
    from auditor.config.importing import add_found
    from auditor.discover import WRONG, proposals
    from auditor.platforms import platforms

    from .discovering import visit as over_the_network
    from .found import failure

    force = session.in_force()
    offices = [agency for agency in force.register.agencies if agency.website]
    if not offices:
        return
    click.echo(w("init.reading", count=len(offices)))
    bare = {begun.website: begun.website.removeprefix("https://")} if begun.bare else {}
    urls = [bare.get(agency.website or "", agency.website or "") for agency in offices]
    sites = (visit or over_the_network)(session, force, urls, w)
    for failed in (failed for site in sites for failed in site.failures):
        click.echo(f"  ! {failure(failed, w)}")
    owned = [(agency.id, site) for agency, site in zip(offices, sites, strict=True)]
    found = [(owner, link) for owner, link in proposals(owned, force.register) if link.address]
    entries = [(owner, link.address.url, "") for owner, link in found if link.address]
    summary.linked = len(add_found(session.directory, platforms(), entries, w.language)) if entries else 0
    links = [link for site in sites for link in site.links]
    summary.wrong = sum(link.kind in WRONG or bool(link.promised) for link in links)
    read = [site for site in sites if site.url]
    summary.no_feed = sum(all(link.platform != "feed" for link in site.links) for site in read)


def _check(session: Session) -> None:
    """`auditor check` on what was written."""
    from auditor.words import words

    from .check_command import make

    command = make(words(session.lang or "id"))
    click.echo()
    click.Context(command, obj=session).invoke(command)
