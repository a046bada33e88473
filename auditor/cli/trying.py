"""One cheap call with a credential, through the same door as every look."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.errors import Exit, UserError
from auditor.words import Words

from .session import Session

if TYPE_CHECKING:
    from auditor.connect import Failure, Road
    from auditor.rounds import InForce


def tried_here(road: Road, session: Session, force: InForce, w: Words, secrets: dict[str, str]) -> Failure | None:
    """None: it works. A rehearsal asks nobody off this machine."""
    from auditor.connect import tried
    from auditor.fetch.route import stays_on_loopback
    from auditor.poll.office import Route
    from auditor.routes import HttpDoors, base_url, credentials

    url = base_url(force.settings, road.keyed) or ""
    if session.now_text is not None and not stays_on_loopback(url, force.settings.network):
        raise UserError(w("cli.now_refused", hosts=url), Exit.USAGE)
    variable = road.variable(force.settings)
    own = next(c for c in credentials(force.settings, road.keyed, secrets) if c.name == variable)
    with HttpDoors(force.settings, secrets, session.clock(force))(Route(road.keyed, own), lambda _: None) as ask:
        return tried(road.connect, ask)
