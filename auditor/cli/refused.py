"""A credential that a platform rejects: said once, with what to do; later rounds are silent, `status` goes on."""

from __future__ import annotations

from collections.abc import Sequence

import click

from auditor.words import Words


def print_refused(lanes: Sequence[str], w: Words) -> None:
    """One sentence on standard error for each credential that is rejected since this round; never its value."""
    from auditor.reports.labels import platform_title

    for lane in lanes:
        platform, _, credential = lane.partition(":")
        key = "credentials.rejected_owner" if credential.startswith("@") else "credentials.rejected"
        more = f" --account {credential.removeprefix('@')}" if credential.startswith("@") else ""
        values = {"platform": platform_title(platform, w), "credential": credential}
        click.echo(w(key, command=f"auditor connect {platform}{more}", **values), err=True)


def print_unable(lanes: Sequence[str], w: Words) -> None:
    """The same for each that is accepted and may read nobody; the test of it says what it lacks."""
    from auditor.reports.labels import platform_title

    for lane in lanes:
        platform, _, credential = lane.partition(":")
        values = {"platform": platform_title(platform, w), "credential": credential}
        click.echo(w("credentials.unable", command="auditor check --live", **values), err=True)
