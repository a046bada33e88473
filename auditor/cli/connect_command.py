"""`auditor connect`: which platforms are connected; with a name, from no credential to one that is tested and kept."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, TextIO

import click

from auditor.errors import Exit, RefusedError, UserError
from auditor.words import Words

from .session import Session
from .trying import tried_here

if TYPE_CHECKING:
    from auditor.connect import Road
    from auditor.rounds import InForce

LONGEST = 4096  # characters of a file or a line that holds a key


def make(w: Words) -> click.Command:
    """The command in one language. A credential is never an option's value: those end up in the shell's history."""

    @click.command("connect", help=w("connect.help"))
    @click.argument("platform", required=False)
    @click.option("--key-file", type=click.File("r"), help=w("connect.key_file_help"))
    @click.option("--key-env", metavar="NAME", help=w("connect.key_env_help"))
    @click.option("--save-anyway", is_flag=True, help=w("connect.save_anyway_help"))
    @click.pass_obj
    def connect(
        session: Session, platform: str | None, key_file: TextIO | None, key_env: str | None, save_anyway: bool
    ) -> int:
        force = session.in_force()
        words = session.words(force.settings)
        if platform is None:
            return _list(session, force, words)
        road = _road(platform, words)
        key = _key(road, force, words, key_file, key_env)
        return _connect(road, session, force, words, key, save_anyway=save_anyway)

    return connect


def _list(session: Session, force: InForce, w: Words) -> int:
    from auditor.connect import State, states
    from auditor.platforms import platforms
    from auditor.routes import as_read

    known, secrets = platforms(), session.secrets(force.settings)
    for row in states(force.register, known, {name: as_read(force.settings, name, secrets) for name in known}):
        command = f" · auditor connect {row.platform}" if row.state is State.OPEN else ""
        click.echo(f"{row.title:<18}{row.accounts:>5}  {w(f'connect.state.{row.state}')}{command}")
        if row.state is State.FORBIDDEN:
            click.echo(f"{'':<25}{w(f'ways.{row.platform}.forbidden')}")
    return Exit.OK


def _road(name: str, w: Words) -> Road:
    from auditor.config.names import ALIASES
    from auditor.connect import road, why_not
    from auditor.platforms import platforms

    known = platforms()
    platform = known.get(ALIASES.get(name.lower(), name.lower()))
    if platform is None:
        raise UserError(w("connect.no_platform", name=name[:40], names=", ".join(known)), Exit.USAGE)
    if (found := road(platform)) is None:
        raise RefusedError(why_not(platform, w))
    return found


def _key(road: Road, force: InForce, w: Words, file: TextIO | None, variable: str | None) -> str:
    """From a file, a variable or a pipe; a person is shown the way and types it unseen."""
    if file is not None:
        given = file.read(LONGEST)
    elif variable is not None:
        given = os.environ.get(variable, "")
    elif sys.stdin.isatty():
        click.echo(w(f"connect.{road.name}.steps", accounts=road.gained(force.register)) + "\n")
        given = click.prompt(w("connect.ask"), hide_input=True, err=True)
    else:
        given = sys.stdin.readline(LONGEST)
    if not given.strip():
        raise UserError(w("connect.no_key", platform=road.name), Exit.USAGE)
    return given.strip().splitlines()[0].strip()


def _connect(road: Road, session: Session, force: InForce, w: Words, key: str, *, save_anyway: bool) -> int:
    from auditor.config.secrets import keep_secret
    from auditor.connect import explained, failed

    if not save_anyway and not road.connect.form.fullmatch(key):
        raise UserError(w(f"connect.{road.name}.form", count=len(key)), Exit.USAGE)
    variable = road.variable(force.settings)
    failure = tried_here(road, session, force, w, {**session.secrets(force.settings), variable: key})
    if failure is not None:
        click.echo(explained(road.name, failure, w), err=True)
        if not save_anyway:
            raise UserError(w("connect.not_saved"), failed(failure))
    path = keep_secret(session.directory, variable, key, w)
    click.echo(w("connect.saved" if failure is None else "connect.saved_untested", path=path, variable=variable))
    for note in road.notes(force.settings, force.register, os.environ, key, w):
        click.echo(note)
    click.echo(w("connect.next", command=f"auditor poll --only '{road.name}:*'"))
    return Exit.OK
