"""`auditor accounts discover`: what a site links to, beside what is listed."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from auditor.errors import Exit, UserError
from auditor.words import Words

from .session import Session

if TYPE_CHECKING:
    from auditor.discover import Site
    from auditor.rounds import InForce

YES = frozenset({"y", "ya", "yes"})


def discover_command(w: Words) -> click.Command:
    """The command in one language."""

    @click.command("discover", help=w("discover.help"))
    @click.argument("urls", nargs=-1, required=True, metavar="URL...")
    @click.option("--agency", metavar="ID", help=w("discover.agency_help"))
    @click.option("--add", is_flag=True, help=w("discover.add_help"))
    @click.option("--yes", is_flag=True, help=w("discover.yes_help"))
    @click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help=w("cli.format_help"))
    @click.pass_obj
    def discover(session: Session, urls: Sequence[str], agency: str | None, add: bool, yes: bool, form: str) -> int:
        force = session.in_force()
        w = session.words(force.settings)
        if agency is not None and all(known.id != agency for known in force.register.agencies):
            raise UserError(w("cli.no_agency", agency=agency), Exit.USAGE)
        sites = visit(session, force, urls, w)
        _print(sites, force, agency, form, w)
        code = Exit.OK if any(site.url for site in sites) else Exit.FAILED
        return _add(session, force, sites, agency, w, yes=yes, quiet=form == "json") if add and not code else code

    return discover


def visit(session: Session, force: InForce, urls: Sequence[str], w: Words) -> list[Site]:
    """The sites, read side by side through doors with the office's guard. A rehearsal never leaves this machine."""
    from auditor.clock import system
    from auditor.config.checks import private_allowed
    from auditor.discover import read_site, read_sites, web_address
    from auditor.fetch.route import stays_on_loopback
    from auditor.platforms import platforms
    from auditor.routes import HttpDoors

    network, rehearsal = force.settings.network, session.now_text is not None
    away = [url for url in map(web_address, urls) if not stays_on_loopback(url, network)]
    if rehearsal and away:
        raise UserError(w("cli.now_refused", hosts=", ".join(away[:5])), Exit.USAGE)
    doors = HttpDoors(force.settings, {}, system)
    forms = {name: platform.address for name, platform in platforms().items()}

    def read(url: str) -> Site:
        with doors(None, lambda _: None) as ask:
            allowed = (lambda to: stays_on_loopback(to, network)) if rehearsal else None
            return read_site(url, ask, forms, private_allowed(network), allowed)

    return read_sites(urls, read)


def _print(sites: Sequence[Site], force: InForce, agency: str | None, form: str, w: Words) -> None:
    from .found import document, lines

    if form == "json":
        click.echo(json.dumps(document(sites, force.register, agency), ensure_ascii=False, indent=1))
        return
    for site in sites:
        for line in lines(site, force.register, agency, w):
            click.echo(line)


def _add(
    session: Session, force: InForce, sites: Sequence[Site], agency: str | None, w: Words, *, yes: bool, quiet: bool
) -> int:
    """Writes what is not listed, after the question. In a pipe without --yes nothing is written."""
    from auditor.config.importing import add_found
    from auditor.core.model import AccountRef
    from auditor.discover import owner_of, proposals
    from auditor.platforms import platforms

    from .found import youtube_lines

    owned = [(agency or owner_of(site, force.register) or "", site) for site in sites if site.url]
    found = [(owner, link) for owner, link in proposals(owned, force.register)]
    if any(not owner for owner, _ in found):
        raise UserError(w("discover.needs_agency"), Exit.USAGE)
    if not found:
        click.echo(w("discover.nothing_to_add"), err=quiet)
        return Exit.OK
    if not (yes or _agreed(w("discover.ask", count=len(found), folder=session.directory))):
        click.echo(w("discover.not_added"), err=True)
        return Exit.REFUSED
    entries = [(owner, link.address.url if link.address else link.url, "") for owner, link in found]
    added = add_found(session.directory, platforms(), entries, w.language)
    click.echo(w("discover.added", count=len(added)), err=quiet)
    refs = [AccountRef(a.platform, a.handle, a.native_id) for _, link in found if (a := link.address)]
    for line in youtube_lines(refs, force, session.secrets(force.settings), w):
        click.echo(line, err=quiet)
    return Exit.OK


def _agreed(question: str) -> bool:
    """What a person at a terminal says; nobody there means no."""
    if not sys.stdin.isatty():
        return False
    return str(click.prompt(question, default="", show_default=False, prompt_suffix=" ")).strip().lower() in YES
