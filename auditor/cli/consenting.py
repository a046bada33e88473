"""`auditor connect tiktok --account HANDLE`: an owner consents in person; what was given is checked and kept."""

from __future__ import annotations

import secrets as chance
import sys
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from auditor.errors import Exit, UserError
from auditor.words import Words

from .session import Session

if TYPE_CHECKING:
    from auditor.fetch.answer import Ask
    from auditor.fetch.grant import App, Grant
    from auditor.platforms.base import Owners, Platform
    from auditor.rounds import InForce

LONGEST = 4096  # characters of an address


def consent(session: Session, force: InForce, w: Words, account: str | None, name: str = "tiktok") -> int:
    """The whole walk for one account of the list; without an account, the steps to the office's own app."""
    from auditor.connect import explained, failed
    from auditor.consent import agreed, app_of, vault_of
    from auditor.fetch.answer import Refused
    from auditor.platforms import platforms

    platform, vault = platforms()[name].keyed, vault_of(force.settings, name)
    listed = [a.ref.handle for a in force.register.accounts if a.ref.platform == name]
    owners = platform.secret.owners if platform and platform.secret else None
    if account is None or platform is None or owners is None:
        click.echo(w(f"connect.{name}.steps", accounts=len(listed), consents=len(vault.read())))
        raise UserError(w(f"connect.{name}.which"), Exit.USAGE)
    owner = account.removeprefix(f"{name}:").rstrip("/").rpartition("@")[2].lower()
    if owner not in listed:
        raise UserError(w(f"connect.{name}.not_listed", account=account[:60]), Exit.USAGE)
    app = app_of(force.settings, platform, session.secrets(force.settings))
    if app is None or not app.redirect.startswith(("https://", "http://")):
        raise UserError(w(f"connect.{name}.no_app"), Exit.USAGE)
    walk = Walk(session, force, w, platform, owners, app, owner)
    try:
        grant = walk.granted()
        walk.must_be_the_owners(grant)
    except Refused as refused:
        click.echo(explained(name, refused.outcome, w), err=True)
        raise UserError(w(f"connect.{name}.not_kept"), failed(refused.outcome)) from None
    agreed(owner, grant, app, vault)
    click.echo(w(f"connect.{name}.kept", account=owner, path=vault.path))
    click.echo(w("connect.next", command=f"auditor poll --only '{name}:{owner}'"))
    return Exit.OK


@dataclass(frozen=True)
class Walk:
    """From an address to open to tokens that are known to be the owner's."""

    session: Session
    force: InForce
    w: Words
    platform: Platform
    owners: Owners
    app: App
    owner: str

    def say(self, key: str, **values: object) -> str:
        """A sentence about this platform."""
        return self.w(f"connect.{self.platform.name}.{key}", **values)

    def granted(self) -> Grant:
        """The owner agrees in a browser; the address it ends at is pasted here and exchanged. Raises Refused."""
        from auditor.consent import authorize_url, code_in, needs_proof
        from auditor.fetch.grant import by_code

        state, verifier = chance.token_urlsafe(24), chance.token_urlsafe(48)
        url = authorize_url(self.owners, self.app, state, verifier)
        click.echo(self.say("open", account=self.owner, url=url) + "\n", err=True)
        asked = sys.stdin.isatty()
        pasted = click.prompt(self.say("paste"), hide_input=True, err=True) if asked else sys.stdin.readline(LONGEST)
        code, wrong = code_in(pasted, state)
        if wrong:
            raise UserError(self.say(wrong), Exit.CREDENTIAL if wrong == "denied" else Exit.USAGE)
        with self._door() as ask:
            grant = by_code(self.app, code, verifier if needs_proof(self.app) else "", ask, self.owners.tokens)
        if grant.scopes and (lacking := sorted(set(self.owners.scopes) - grant.scopes)):
            raise UserError(self.say("scopes", scopes=", ".join(lacking)), Exit.CREDENTIAL)
        return grant

    def must_be_the_owners(self, grant: Grant) -> None:
        """A video names its account; where there is none, a person says whose it is. Raises Refused."""
        from auditor.reports.clean import clean

        with self._door(grant.access_token) as ask:
            handle, shown = self.owners.whose(ask)
        if handle not in (None, self.owner):
            raise UserError(self.say("other", account=self.owner, other=handle), Exit.CREDENTIAL)
        if handle is None and not click.confirm(self.say("is_it", account=self.owner, shown=clean(shown)), err=True):
            raise UserError(self.say("not_kept"), Exit.FAILED)

    def _door(self, token: str = "") -> AbstractContextManager[Ask]:
        """The door of every look; a rehearsal asks nobody off this machine."""
        from auditor.fetch.credential import Credential
        from auditor.fetch.route import stays_on_loopback
        from auditor.poll.office import Route
        from auditor.routes import HttpDoors, base_url

        url, settings = base_url(self.force.settings, self.platform) or "", self.force.settings
        if self.session.now_text is not None and not stays_on_loopback(url, settings.network):
            raise UserError(self.w("cli.now_refused", hosts=url), Exit.USAGE)
        doors = HttpDoors(settings, self.session.secrets(settings), self.session.clock(self.force))
        own = Credential(f"@{self.owner}", {"Authorization": f"Bearer {token}"}) if token else None
        return doors(Route(self.platform, own), lambda _: None)
