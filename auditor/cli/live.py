"""`auditor check --live`: every credential tried with one cheap call, and counted like every other."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from typing import TYPE_CHECKING, NamedTuple

import click

from auditor.words import Words

from .session import Session

if TYPE_CHECKING:
    from auditor.connect import Failure
    from auditor.rounds import InForce


class Tried(NamedTuple):
    """One credential: its name, never its value, and what was wrong with it."""

    platform: str
    credential: str
    failure: Failure | None

    @property
    def refused(self) -> bool:
        """The platform does not accept it, or not for this."""
        from auditor.core.model import Miss, Missed

        reasons = (Miss.CREDENTIAL_REJECTED, Miss.PERMISSION_MISSING)
        return isinstance(self.failure, Missed) and self.failure.reason in reasons


def try_all(session: Session, force: InForce, w: Words) -> tuple[Tried, ...]:
    """In the order of platforms and pools. A platform that nothing tests, or whose gate is shut, is not asked."""
    from auditor.platforms import platforms
    from auditor.routes import routes

    from .trying import tried_with

    found = []
    now = session.clock(force)()
    secrets = session.secrets(force.settings)
    with closing(session.store(force.settings, now, write=True)) as store:
        for name, ways in routes(force.settings, secrets).items():
            connect = platforms()[name].connect
            for way in ways:
                if connect is not None and way.credential is not None:
                    failure = tried_with(way, connect, session, force, w, secrets, store)
                    found.append(Tried(name, way.credential.name, failure))
    return tuple(found)


def live_rows(found: Sequence[Tried], w: Words) -> list[dict[str, object]]:
    """As programs read it."""
    return [
        {"platform": t.platform, "credential": t.credential, "works": t.failure is None, "what": _said(t, w)}
        for t in found
    ]


def print_live(found: Sequence[Tried], w: Words) -> None:
    """One line a credential: works, or what is wrong and what to do."""
    from auditor.reports.labels import platform_title

    click.echo(f"\n{w('credentials.live')}")
    for one in found:
        click.echo(f" {platform_title(one.platform, w)} {one.credential}: {_said(one, w)}")
    if not found:
        click.echo(f" {w('credentials.live_none')}")


def _said(one: Tried, w: Words) -> str:
    from auditor.connect import explained

    return w("credentials.live_works") if one.failure is None else explained(one.platform, one.failure, w)
