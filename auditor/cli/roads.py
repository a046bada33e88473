"""What can be connected here, and under which name a credential is kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

import click

from auditor.errors import Exit, RefusedError, UserError
from auditor.words import Words

from .gates import clause, gate_line
from .session import Session

if TYPE_CHECKING:
    from auditor.connect import Road
    from auditor.rounds import InForce


class Place(NamedTuple):
    """Where a credential of a pool is kept."""

    variable: str
    further: bool = False  # auditor.yaml does not name it yet


def listed(session: Session, force: InForce, w: Words) -> int:
    """Every platform with its state and the command that changes it."""
    from auditor.connect import State, states
    from auditor.platforms import platforms
    from auditor.routes import as_read, is_open

    known, secrets = platforms(), session.secrets(force.settings)
    gated = {name for name, p in known.items() if p.keyed is not None and not is_open(force.settings, p.keyed)}
    read = {name: as_read(force.settings, name, secrets) for name in known}
    for row in states(force.register, known, read, gated):
        command = f" · auditor connect {row.platform}" if row.state is State.OPEN else ""
        click.echo(f"{row.title:<18}{row.accounts:>5}  {w(f'connect.state.{row.state}')}{command}")
        if row.state is State.FORBIDDEN:
            click.echo(f"{'':<25}{clause(row.platform, w)}")
    return Exit.OK


def road_to(name: str, force: InForce, w: Words) -> Road:
    """Errors: no such platform, nothing to connect, or auditor.yaml has to say a word first."""
    from auditor.config.names import ALIASES
    from auditor.connect import road, why_not
    from auditor.platforms import platforms
    from auditor.routes import is_open

    known = platforms()
    platform = known.get(ALIASES.get(name.lower(), name.lower()))
    if platform is None:
        raise UserError(w("connect.no_platform", name=name[:40], names=", ".join(known)), Exit.USAGE)
    if (found := road(platform)) is None:
        raise RefusedError(why_not(platform, w))
    if not is_open(force.settings, found.keyed):
        raise RefusedError(w("credentials.gate_connect", clause=clause(found.name, w), line=gate_line(found.keyed)))
    return found


def place_of(road: Road, force: InForce, w: Words, known: Mapping[str, str], named: str | None, *, add: bool) -> Place:
    """The variable of the pool that was named, a new one, or the first that has no value yet."""
    pool = road.pool(force.settings)
    if add:
        return Place(road.next_variable(force.settings), further=True)
    if named is not None and named not in pool:
        values = {"platform": road.name, "variable": named[:60], "names": ", ".join(pool)}
        raise UserError(w("credentials.no_variable", **values), Exit.USAGE)
    return Place(named or road.variable(force.settings, known))
