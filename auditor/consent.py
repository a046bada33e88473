"""Credentials that the owners of accounts gave: how consent is asked for, kept, and renewed before it ends.

Facts: developers.tiktok.com (Login Kit for web and desktop: PKCE where the browser is sent back to this machine, its
challenge in hex; access tokens last a day, refresh tokens a year).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, MutableMapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

from auditor.clock import Clock
from auditor.config.settings import Settings
from auditor.config.vault import Consent, Vault
from auditor.core.model import Miss, Missed
from auditor.errors import UserError
from auditor.fetch.answer import Answer, Ask, Cost, Params, Refused, missed
from auditor.fetch.credential import Credential
from auditor.fetch.grant import App, Grant, renewed
from auditor.platforms.base import Owners, Platform, Secret
from auditor.words import words

EARLY = timedelta(hours=1)  # a token that ends sooner is renewed before it is used
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def vault_of(settings: Settings, platform: str) -> Vault:
    """Where the consents of a platform lie: beside auditor.yaml."""
    return Vault(settings.directory, platform, words(settings.language))


def credentials_of(settings: Settings, platform: str, secret: Secret) -> tuple[Credential, ...]:
    """One for each owner, named `@handle`; it reads that account and no other.

    Errors: UserError, where others may read the file or it is none of ours.
    """
    return tuple(
        Credential(
            name=f"@{owner}",
            headers={secret.header: secret.form.format(consent.grant.access_token)},
            about={"owner": owner, "open_id": consent.known_as},
            serves=frozenset({owner}),
        )
        for owner, consent in vault_of(settings, platform).read().items()
    )


def app_of(settings: Settings, platform: Platform, secrets: Mapping[str, str]) -> App | None:
    """The office's registration. None: its key or its secret is missing."""
    secret = platform.secret
    if secret is None or secret.owners is None:
        return None
    chosen = settings.platforms.get(platform.name)
    envs = chosen.secret_envs if chosen else {}
    places = (("client_key_env", secret.variable), secret.owners.secret, secret.owners.redirect)
    key, hidden, redirect = (secrets.get(envs.get(name, usual), "") for name, usual in places)
    return App(key, hidden, redirect) if key and hidden else None


# --- asking for it ---


def authorize_url(owners: Owners, app: App, state: str, verifier: str) -> str:
    """What a person opens in the owner's presence. `verifier` counts only for an app of this machine."""
    asked = {
        "client_key": app.key,
        "response_type": "code",
        "scope": ",".join(owners.scopes),
        "redirect_uri": app.redirect,
        "state": state,
    }
    if needs_proof(app):
        challenge = hashlib.sha256(verifier.encode()).hexdigest()
        asked |= {"code_challenge": challenge, "code_challenge_method": "S256"}
    return f"{owners.authorize}?{urlencode(asked)}"


def needs_proof(app: App) -> bool:
    """The browser is sent back to this machine: the vendor calls that a desktop app and asks for PKCE."""
    return urlsplit(app.redirect).hostname in LOOPBACK


def code_in(pasted: str, state: str) -> tuple[str, str]:
    """(code, "") of the address that the browser was sent back to, or ("", what is wrong): form, state, denied."""
    try:
        found = {name: values[-1] for name, values in parse_qs(urlsplit(pasted.strip()).query).items()}
    except ValueError:
        return "", "form"
    if found.get("state") != state:
        return "", "state" if "state" in found else "form"
    if "code" not in found:
        return "", "denied" if found.get("error") else "form"
    return found["code"], ""


def agreed(owner: str, grant: Grant, app: App, vault: Vault) -> Consent:
    """A new consent as it is kept. A new app is told another id of the same account: it stays known as it was."""
    with vault.held() as held:
        before = held.get(owner)
        known_as = before.known_as if before and before.app != app.key else grant.open_id
        consent = Consent(grant, app.key, known_as)
        held.keep(owner, consent)
    return consent


# --- using it ---


@dataclass
class OwnersDoor:
    """`Ask` with an owner's access token: renewed before it ends, and once where it is refused. One lane, one thread.

    Newer tokens are written down before they are used. `plain` opens a door without credentials, `carry` makes `door`
    send a token. What stands in the way is the outcome of the look, never of the round.
    """

    door: Ask
    plain: Callable[[], AbstractContextManager[Ask]]
    carry: Callable[[str], None]
    vault: Vault
    owner: str
    owners: Owners
    app: App | None
    clock: Clock
    _consent: Consent | None = field(default=None, init=False)
    _early: bool = field(default=False, init=False)
    _late: bool = field(default=False, init=False)

    @property
    def about(self) -> Mapping[str, str]:
        """The door's."""
        return self.door.about

    @property
    def memory(self) -> MutableMapping[str, object]:
        """The door's."""
        return self.door.memory

    def proof(self, token: str) -> str | None:
        """The door's."""
        return self.door.proof(token)

    def __call__(
        self,
        method: str,
        url: str,
        /,
        params: Params = (),
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        *,
        large: bool = False,
        cost: Cost | None = None,
    ) -> Answer:
        """Ask, with a token that is good."""
        consent = self._consent or self._stored()
        if consent.grant.expires_at - self.clock() <= EARLY and not self._early:
            self._early = True
            self._ahead(consent)
        answer = self.door(method, url, params, headers, body, large=large, cost=cost)
        if not self._late and self.owners.ended(answer):
            self._late = True
            self._renew(self._consent or consent)
            answer = self.door(method, url, params, headers, body, large=large, cost=cost)
        return answer

    def _stored(self) -> Consent:
        try:
            return self._use(self.vault.read().get(self.owner))
        except UserError:
            raise missed(Miss.PERMISSION_MISSING, "vault") from None

    def _use(self, consent: Consent | None) -> Consent:
        if consent is None:
            raise missed(Miss.CREDENTIAL_REJECTED, "no_consent")
        self._consent = consent
        self.carry(consent.grant.access_token)
        return consent

    def _ahead(self, consent: Consent) -> None:
        """While the old token is good for a while, the token URL may be away."""
        try:
            self._renew(consent)
        except Refused as refused:
            rejected = isinstance(refused.outcome, Missed) and refused.outcome.reason is Miss.CREDENTIAL_REJECTED
            if rejected or consent.grant.expires_at <= self.clock():
                raise

    def _renew(self, consent: Consent) -> None:
        """Another process may have been faster: then its tokens are used, and ours are worth nothing."""
        try:
            with self.vault.held() as held:
                stored = held.get(self.owner)
                if stored is None or stored.grant.access_token != consent.grant.access_token:
                    self._use(stored)
                    return
                if self.app is None:
                    raise missed(Miss.PERMISSION_MISSING, "no_app")
                with self.plain() as ask:
                    grant = renewed(self.app, stored.grant, ask, self.owners.tokens)
                if grant.open_id != stored.grant.open_id:
                    raise missed(Miss.CREDENTIAL_REJECTED, "other_account")
                newer = Consent(grant, stored.app, stored.known_as)
                held.keep(self.owner, newer)
                self._use(newer)
        except UserError:
            raise missed(Miss.PERMISSION_MISSING, "vault") from None
