"""Platforms that there is a credential for and that are not asked, because auditor.yaml does not say the word."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from auditor.words import Words

from .session import Session

if TYPE_CHECKING:
    from auditor.config.settings import Settings
    from auditor.platforms.base import Platform


def print_gates(settings: Settings, session: Session, w: Words, *, err: bool) -> None:
    """One line each: the clause, and what to write where."""
    from auditor.platforms import platforms
    from auditor.routes import shut_gates

    for name in shut_gates(settings, session.secrets(settings)):
        click.echo(w(f"ways.{name}.gate", platform=platforms()[name].title), err=err)


def clause(name: str, w: Words) -> str:
    """Why the platform is not offered without that word."""
    return w(f"ways.{name}.forbidden")


def gate_line(adapter: Platform) -> str:
    """As it stands below `platforms`."""
    return f"{adapter.name}: {{{adapter.gate}: true}}"
