"""Who vouches for what is read: control accounts and reference hosts, and what `poll` says where they fail."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from auditor.words import Words

if TYPE_CHECKING:
    from auditor.config.load import Loaded
    from auditor.config.settings import Settings
    from auditor.poll.office import Route
    from auditor.poll.swept import Swept


def print_failures(swept: Swept, w: Words) -> None:
    """On standard error: our own network failed, and platforms on which too many accounts seem to vanish at once."""
    from auditor.reports.labels import platform_title

    if swept.inconclusive:
        click.echo(w("network.inconclusive", left=swept.left), err=True)
    for platform, absences in swept.doubted.items():
        click.echo(w("network.doubted", platform=platform_title(platform, w), absences=absences), err=True)


def print_controls(loaded: Loaded, secrets: Mapping[str, str], w: Words) -> None:
    """One line a platform of the list and a way to read it, and one for the network."""
    from auditor.routes import routes

    listed = dict.fromkeys(account.ref.platform for account in loaded.register.accounts)
    ways = routes(loaded.settings, secrets)
    lines = [line for name in listed for way in ways.get(name, ()) for line in _control(way, loaded.settings, w)]
    hosts = loaded.settings.network.sentinels
    named = ", ".join(urlsplit(url).netloc for url in hosts)
    lines.append(w("network.hosts", hosts=named) if hosts else w("network.no_hosts"))
    click.echo("\n" + "\n".join(dict.fromkeys(lines)))


def _control(way: Route, settings: Settings, w: Words) -> Iterator[str]:
    from auditor.reports.labels import platform_title

    platform, written = way.platform, settings.platforms[way.platform.name].controls
    handles = platform.controls if written is None else written
    title = platform_title(platform.name, w)
    if handles:
        key = "network.control_shipped" if written is None else "network.control"
        yield w(key, platform=title, names=", ".join(handles))
    elif platform.health is not None:
        yield w("network.control_status", platform=title)
    elif way.credential is None:
        yield w("network.control_hosts", platform=title)
    else:
        yield w("network.no_control", platform=title)
