"""By which ways this office reads its platforms: what is switched on, which credentials there are, and their doors."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from auditor.clock import Clock
from auditor.config.secrets import read_secrets
from auditor.config.settings import PlatformSettings, Settings
from auditor.connect import pool
from auditor.consent import OwnersDoor, app_of, credentials_of, vault_of
from auditor.core.reach import Reach
from auditor.errors import Exit, UserError
from auditor.fetch.answer import Ask, Exchange
from auditor.fetch.credential import Credential, proof
from auditor.platforms import platforms, variables
from auditor.platforms.base import OTHERS, Platform, Secret
from auditor.poll.office import Route, host_of, reach_of

if TYPE_CHECKING:
    from auditor.fetch.client import Transport

MONEY = "usd"
THOUSANDTHS = 1000  # money is counted in thousandths of a dollar


def secrets(settings: Settings, environ: Mapping[str, str], directory: Path) -> Mapping[str, str]:
    """Environment variable -> value, of every variable that names a secret here; see `read_secrets`."""
    return read_secrets(settings, environ, directory, variables())


def routes(settings: Settings, secrets: Mapping[str, str]) -> Mapping[str, tuple[Route, ...]]:
    """Every way to read each platform here, those with a credential first. Platforms nobody reads have none."""
    return {name: tuple(_routes(settings, platform, secrets)) for name, platform in platforms().items()}


def reach(settings: Settings, secrets: Mapping[str, str]) -> Reach:
    """What can be read here."""
    return reach_of(routes(settings, secrets))


def as_read(settings: Settings, name: str, secrets: Mapping[str, str]) -> Platform:
    """A platform by the route that is used first here."""
    ways = tuple(_routes(settings, platforms()[name], secrets))
    return ways[0].platform if ways else platforms()[name]


def shut_gates(settings: Settings, secrets: Mapping[str, str]) -> tuple[str, ...]:
    """Platforms that there is a credential for, and that are not asked because auditor.yaml does not say the word."""
    return tuple(
        name
        for name, platform in platforms().items()
        if platform.keyed and credentials(settings, platform.keyed, secrets) and not is_open(settings, platform.keyed)
    )


def remedies(settings: Settings) -> Mapping[str, str]:
    """Platform -> the command that connects it. Not those that a word in auditor.yaml has to open first."""
    keyed = {name: p.keyed for name, p in platforms().items() if p.keyed is not None}
    can = (n for n, adapter in keyed.items() if platforms()[n].connect is not None or by_owners(adapter))
    return {name: f"auditor connect {name}" for name in can if is_open(settings, keyed[name])}


def by_owners(adapter: Platform) -> bool:
    """Each account's owner has to consent."""
    return adapter.secret is not None and adapter.secret.owners is not None


def _routes(settings: Settings, platform: Platform, secrets: Mapping[str, str]) -> Iterator[Route]:
    chosen = settings.platforms.get(platform.name)
    if chosen is not None and chosen.enabled is False:
        return
    for adapter in (platform.keyed, platform):
        if adapter is None or adapter.timeline is None or not is_open(settings, adapter):
            continue
        ours = _ours(adapter, chosen)
        if adapter.secret is not None:
            yield from (Route(ours, credential) for credential in credentials(settings, adapter, secrets))
        elif adapter.capability.default_on or adapter.gate or (chosen is not None and chosen.enabled):
            yield Route(ours)


def is_open(settings: Settings, adapter: Platform) -> bool:
    """auditor.yaml says the word without which the route is not used, if there is one."""
    chosen = settings.platforms.get(adapter.name)
    return adapter.gate is None or (chosen is not None and chosen.options.get(adapter.gate) is True)


def _ours(adapter: Platform, chosen: PlatformSettings | None) -> Platform:
    """With the allowance and the time of keeping that this office wrote down."""
    if chosen is None or not (chosen.quota or chosen.keep_days):
        return adapter
    wanted = {name: round(units * (THOUSANDTHS if name == MONEY else 1)) for name, units in chosen.quota.items()}
    capability = adapter.capability
    quotas = tuple(replace(quota, units=wanted.get(quota.name, quota.units)) for quota in capability.quotas)
    keep = timedelta(days=chosen.keep_days) if chosen.keep_days else capability.keep
    return replace(adapter, capability=replace(capability, quotas=quotas, keep=keep))


def credentials(settings: Settings, adapter: Platform, secrets: Mapping[str, str]) -> tuple[Credential, ...]:
    """The pool of an adapter, in the order of auditor.yaml: one credential for each variable that has a value.

    Where owners consent it is one for each of them.
    """
    secret = adapter.secret
    if secret is None:
        return ()
    if secret.owners is not None:
        return credentials_of(settings, adapter.name, secret)
    chosen = settings.platforms.get(adapter.name)
    envs = chosen.secret_envs if chosen else {}
    named = pool(settings, adapter.name, secret)
    signer = secrets.get(_variable(envs, secret.proof)) if secret.proof else None
    about = {name: secrets.get(_variable(envs, place), "") for name, place in secret.about.items()}
    found = []
    for variable in named:
        value = secrets.get(variable)
        if value:
            whose = "" if variable == named[0] else OTHERS
            known = {whose + name: text for name, text in about.items() if text}
            found.append(_credential(variable, value, secret, signer, known))
    return tuple(found)


def _credential(variable: str, value: str, secret: Secret, signer: str | None, about: Mapping[str, str]) -> Credential:
    signed = (("appsecret_proof", proof(signer, value)),) if signer else ()
    return Credential(variable, {secret.header: secret.form.format(value)}, signed, about, signer=signer)


def _variable(envs: Mapping[str, str], place: tuple[str, str]) -> str:
    """As auditor.yaml names it, else the usual one."""
    key, usual = place
    return envs.get(key, usual)


@dataclass(frozen=True)
class HttpDoors:
    """Doors of real HTTP. Credentials go to the host they belong to and nowhere else, whatever redirects there are.

    `transport` makes what carries the requests of a door, where that is not the wire.
    """

    settings: Settings
    secrets: Mapping[str, str]
    clock: Clock
    transport: Callable[[], Transport | None] = lambda: None

    @contextmanager
    def __call__(self, route: Route | None, on_exchange: Callable[[Exchange], None]) -> Iterator[Ask]:
        """One door; closed at the end."""
        from auditor.fetch.client import Door

        platform = route.platform if route else None
        base = base_url(self.settings, platform) if platform else None
        tokens = host_tokens(self.settings, platform, self.secrets) if platform else {}
        headers: dict[str, Mapping[str, str]] = {h: {"Authorization": f"Bearer {t}"} for h, t in tokens.items()}
        credential = (route.credential if route else None) or Credential("")
        if base and credential.headers:
            headers[host_of(base).partition(":")[0].lower()] = credential.headers
        with Door(
            self.settings.network,
            self.clock,
            base_url=base,
            auth=lambda host: headers.get(host, {}),
            signed=credential.params,
            about={**credential.about, **_options(self.settings, platform)},
            signer=credential.signer,
            secrets=(*hidden(self.secrets), *tokens.values(), *credential.secrets),
            on_exchange=on_exchange,
            transport=self.transport(),
        ) as door:
            yield self._owned(route, door, headers, on_exchange) or door

    def _owned(
        self,
        route: Route | None,
        door: Ask,
        headers: dict[str, Mapping[str, str]],
        on_exchange: Callable[[Exchange], None],
    ) -> Ask | None:
        """The door of a lane whose credential an owner gave: it renews what it asks with."""
        from auditor.fetch.client import Door

        secret = route.platform.secret if route else None
        if route is None or secret is None or secret.owners is None:
            return None
        if route.credential is None or route.credential.serves is None:  # none is kept yet
            return None
        name, base = route.platform.name, base_url(self.settings, route.platform) or ""
        every = tuple(self.secrets.values())

        def carry(token: str) -> None:
            headers[host_of(base).partition(":")[0].lower()] = {secret.header: secret.form.format(token)}

        return OwnersDoor(
            door,
            lambda: Door(
                self.settings.network,
                self.clock,
                base_url=base,
                secrets=every,
                on_exchange=on_exchange,
                transport=self.transport(),
            ),
            carry,
            vault_of(self.settings, name),
            route.credential.name.removeprefix("@"),
            secret.owners,
            app_of(self.settings, route.platform, self.secrets),
            self.clock,
        )


def hidden(secrets: Mapping[str, str]) -> tuple[str, ...]:
    """The values that must not be recorded: all but those an adapter may know, such as the id of our own account."""
    known = {
        variable
        for p in platforms().values()
        if p.keyed and p.keyed.secret
        for _, variable in p.keyed.secret.about.values()
    }
    return tuple(value for variable, value in secrets.items() if variable not in known)


def _options(settings: Settings, platform: Platform | None) -> Mapping[str, str]:
    chosen = settings.platforms.get(platform.name) if platform else None
    return {name: str(value) for name, value in chosen.options.items()} if chosen else {}


def base_url(settings: Settings, platform: Platform) -> str | None:
    """Where a platform is asked: as configured, else where its owner runs it. None: each account has its own server."""
    chosen = settings.platforms.get(platform.name)
    if chosen is None:
        return platform.base_url
    configured = {"base_url": chosen.base_url, "feed_url": chosen.feed_url, "embed_url": chosen.embed_url}
    return configured.get(platform.url_setting) or platform.base_url


def host_tokens(settings: Settings, platform: Platform, secrets: Mapping[str, str]) -> Mapping[str, str]:
    """host -> token, for closed servers: a JSON object in the file that an environment variable names."""
    chosen = settings.platforms.get(platform.name)
    variable = chosen.secret_envs.get(platform.host_tokens) if chosen and platform.host_tokens else None
    path = secrets.get(variable) if variable else None
    if not path:
        return {}
    wanted = f"{variable}: {path}: a JSON object of host and token is wanted"
    try:
        tokens = json.loads((settings.directory / path).read_text("utf-8"))
    except (OSError, ValueError):
        raise UserError(wanted, Exit.CONFIG) from None
    if not isinstance(tokens, dict) or not all(isinstance(t, str) for t in tokens.values()):
        raise UserError(wanted, Exit.CONFIG)
    return {host.lower(): token for host, token in tokens.items()}
