"""`auditor connect`: which platforms are connected; with a name, from no credential to one that is tested and kept."""

from __future__ import annotations

import os
from contextlib import closing
from typing import TYPE_CHECKING, TextIO

import click

from auditor.errors import Exit, UserError
from auditor.words import Words

from .given import Given, given
from .roads import Place, listed, place_of, road_to
from .session import Session
from .trying import tried_with

if TYPE_CHECKING:
    from auditor.connect import Failure, Road
    from auditor.rounds import InForce


def make(w: Words) -> click.Command:
    """The command in one language. A credential is never an option's value: those end up in the shell's history."""

    @click.command("connect", help=w("connect.help"))
    @click.argument("platform", required=False)
    @click.option("--key-file", type=click.File("r"), help=w("connect.key_file_help"))
    @click.option("--key-env", metavar="NAME", help=w("connect.key_env_help"))
    @click.option("--add", is_flag=True, help=w("credentials.add_help"))
    @click.option("--variable", metavar="NAME", help=w("credentials.variable_help"))
    @click.option("--account", metavar=w("cli.account_word"), help=w("credentials.account_help"))
    @click.option("--save-anyway", is_flag=True, help=w("connect.save_anyway_help"))
    @click.pass_obj
    def connect(
        session: Session,
        platform: str | None,
        key_file: TextIO | None,
        key_env: str | None,
        add: bool,
        variable: str | None,
        account: str | None,
        save_anyway: bool,
    ) -> int:
        force = session.in_force()
        words = session.words(force.settings)
        if platform is None:
            return listed(session, force, words)
        road = road_to(platform, force, words)
        if road.by_owners:
            from .consenting import consent

            return consent(session, force, words, account, road.name)
        known = session.secrets(force.settings)
        place = place_of(road, force, words, known, variable, add=add)
        key = given(road, force, words, key_file, key_env, known)
        return _connect(road, session, force, words, place, key, save_anyway=save_anyway)

    return connect


def _connect(
    road: Road, session: Session, force: InForce, w: Words, place: Place, key: Given, *, save_anyway: bool
) -> int:
    from auditor.config.secrets import keep_secret
    from auditor.connect import explained, failed

    if not save_anyway and not road.connect.form.fullmatch(key.key):
        raise UserError(w(f"connect.{road.name}.form", count=len(key.key)), Exit.USAGE)
    failure = _tried(road, session, force, w, place, key)
    if failure is not None:
        click.echo(explained(road.name, failure, w), err=True)
        if not save_anyway:
            raise UserError(w("connect.not_saved"), failed(failure))
    for name, value in key.more.items():
        keep_secret(session.directory, name, value, w)
        click.echo(w("credentials.kept_too", variable=name))
    path = keep_secret(session.directory, place.variable, key.key, w)
    click.echo(w("connect.saved" if failure is None else "connect.saved_untested", path=path, variable=place.variable))
    if place.further:
        click.echo(w("credentials.add_line", line=road.pool_line(force.settings, place.variable)))
    for note in road.notes(force.settings, force.register, os.environ, key.key, w, place.variable):
        click.echo(note)
    click.echo(w("connect.next", command=f"auditor poll --only '{road.name}:*'"))
    return Exit.OK


def _tried(road: Road, session: Session, force: InForce, w: Words, place: Place, key: Given) -> Failure | None:
    from auditor.poll.office import Route
    from auditor.routes import credentials

    settings = road.with_further(force.settings, place.variable) if place.further else force.settings
    secrets = {**session.secrets(force.settings), **key.more, place.variable: key.key}
    own = next(c for c in credentials(settings, road.keyed, secrets) if c.name == place.variable)
    write = settings.database.exists()
    with closing(session.store(settings, session.clock(force)(), write=write)) as store:
        return tried_with(Route(road.keyed, own), road.connect, session, force, w, secrets, store)
