"""One cheap call with a credential, through the same door as every look, and counted like one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

from auditor.errors import Exit, UserError
from auditor.words import Words

from .session import Session

if TYPE_CHECKING:
    from auditor.connect import Failure
    from auditor.fetch.answer import Cost
    from auditor.platforms.base import Connect
    from auditor.poll.door import Meter
    from auditor.poll.office import Route
    from auditor.rounds import InForce
    from auditor.store.verbs import Store


def tried_with(
    route: Route, connect: Connect, session: Session, force: InForce, w: Words, secrets: Mapping[str, str], store: Store
) -> Failure | None:
    """None: it works, and a lane that waited because it was rejected is free again. A rehearsal asks nobody off this
    machine."""
    from auditor.connect import tried
    from auditor.core.model import Miss
    from auditor.fetch.route import stays_on_loopback
    from auditor.platforms.base import FOUND
    from auditor.poll.door import Asking
    from auditor.routes import HttpDoors, base_url

    url = base_url(force.settings, route.platform) or ""
    if session.now_text is not None and not stays_on_loopback(url, force.settings.network):
        raise UserError(w("cli.now_refused", hosts=url), Exit.USAGE)
    clock, lane = session.clock(force), route.lane("")
    with HttpDoors(force.settings, secrets, clock)(route, lambda _: None) as ask:
        meter = _meter(route, session, force, store)
        failure = tried(connect, Asking(ask, meter, {}, route.platform.version, conditional=False))
        found = ask.memory.get(FOUND)
    if failure is None and store.lane(lane).reason == Miss.CREDENTIAL_REJECTED:
        store.block_lane(lane, clock(), Miss.CREDENTIAL_REJECTED, clock())  # over; the first look says that it works
    if failure is None and isinstance(found, Mapping):
        click.echo(w(f"connect.{route.platform.name}.found", **found))
    return failure


def _meter(route: Route, session: Session, force: InForce, store: Store) -> Meter:
    """Counts in the ledger of the credential; a rehearsal's budgets are not enforced."""
    from auditor.core.model import Miss
    from auditor.fetch.answer import missed
    from auditor.poll.door import Meter
    from auditor.poll.sweep import charge

    kinds, now = {q.name: q for q in route.platform.capability.quotas}, session.clock(force)()
    lane, limited = route.lane(""), session.now_text is None

    def take(cost: Cost) -> None:
        charges = [charge(lane, kinds[name], units, now, limited=limited) for name, units in cost.items()]
        refused = store.spend(charges)
        if refused is not None:
            end = next(
                q.window(now)[1] for q, c in zip(map(kinds.__getitem__, cost), charges, strict=True) if c is refused
            )
            raise missed(Miss.QUOTA_EXHAUSTED, "our own budget", end)

    def correct(cost: Cost) -> None:
        store.spend([charge(lane, kinds[name], units, now, limited=False) for name, units in cost.items()])

    return Meter(route.platform.capability, take, correct)
