"""What stands between an office and a platform: nothing, a credential, a later release, people's eyes, or its terms."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import count
from typing import TypeAlias

from auditor.config.settings import Settings
from auditor.core.model import Miss, Missed, Unreadable
from auditor.core.register import Register
from auditor.errors import Exit
from auditor.fetch.answer import Ask, Refused
from auditor.platforms.base import Connect, Platform, Secret
from auditor.words import Words

Failure: TypeAlias = Missed | Unreadable
POOL = ("key_env", "token_env", "token_envs")  # keys of auditor.yaml that name credentials


class State(StrEnum):
    """Of a platform, here and now."""

    CONNECTED = "connected"
    OPEN = "open"  # can be connected with a command of this release
    FREE = "free"  # read without any credential
    LATER = "later"  # its road comes with its platform
    BY_HAND = "by_hand"
    FORBIDDEN = "forbidden"  # by its terms


@dataclass(frozen=True, slots=True)
class Row:
    """One platform of the list that `auditor connect` prints."""

    platform: str
    title: str
    state: State
    accounts: int  # of the list


@dataclass(frozen=True, slots=True)
class Road:
    """A platform that can be connected with a command: its route with a credential, and how to get one."""

    keyed: Platform
    connect: Connect

    @property
    def name(self) -> str:
        """The platform's."""
        return self.keyed.name

    @property
    def by_owners(self) -> bool:
        """Each account's owner has to consent."""
        return self.keyed.secret is not None and self.keyed.secret.owners is not None

    def pool(self, settings: Settings) -> tuple[str, ...]:
        """The environment variables of its credentials, in the order of auditor.yaml."""
        return pool(settings, self.name, self.keyed.secret or Secret(self.connect.variable))

    def variable(self, settings: Settings, known: Collection[str] = ()) -> str:
        """Where a credential belongs: the first of the pool that has none yet, else the first."""
        named = self.pool(settings)
        return next((variable for variable in named if variable not in known), named[0])

    def further(self, settings: Settings) -> Mapping[str, bool]:
        """Variables of what may belong to a credential; whether it is a secret too."""
        chosen, secret = settings.platforms.get(self.name), self.keyed.secret
        envs = chosen.secret_envs if chosen else {}
        places = [] if secret is None else [(place, False) for place in secret.about.values()]
        signer = [(secret.proof, True)] if secret is not None and secret.proof is not None else []
        return {envs.get(key, usual): hidden for (key, usual), hidden in (*signer, *places)}

    def next_variable(self, settings: Settings) -> str:
        """The name for a further credential of the pool."""
        named = self.pool(settings)
        return next(name for n in count(2) if (name := f"{self.connect.variable}_{n}") not in named)

    def with_further(self, settings: Settings, variable: str) -> Settings:
        """As if auditor.yaml named one more credential."""
        chosen = settings.platforms[self.name]
        named = {f"token_envs.{n}": name for n, name in enumerate((*self.pool(settings), variable))}
        envs = {key: name for key, name in chosen.secret_envs.items() if key.partition(".")[0] not in POOL}
        wider = replace(chosen, secret_envs=envs | named)
        return replace(settings, platforms={**settings.platforms, self.name: wider})

    def pool_line(self, settings: Settings, variable: str) -> str:
        """What auditor.yaml says below `platforms` for a further credential to be used."""
        return f"{self.name}: {{token_envs: [{', '.join((*self.pool(settings), variable))}]}}"

    def gained(self, register: Register) -> int:
        """Accounts of the list that could be asked for with a credential, as they are written."""
        form = self.keyed.capability.asks_for
        own = (a.ref for a in register.accounts if a.ref.platform == self.name)
        return sum(form is None or any(form.fullmatch(n) for n in (r.handle, r.native_id) if n) for r in own)

    def notes(
        self,
        settings: Settings,
        register: Register,
        environ: Mapping[str, str],
        key: str,
        w: Words,
        variable: str | None = None,
    ) -> Iterator[str]:
        """What else keeps the credential from being of use."""
        variable, chosen = variable or self.variable(settings), settings.platforms.get(self.name)
        if environ.get(variable, key) != key:
            yield w("connect.environment", variable=variable)
        if chosen is not None and chosen.enabled is False:
            yield w("connect.disabled", line=f"{self.name}: {{enabled: true, {self.connect.setting}: {variable}}}")
        left = sum(a.ref.platform == self.name for a in register.accounts) - self.gained(register)
        if left:
            yield w(f"connect.{self.name}.left", count=left)


def pool(settings: Settings, name: str, secret: Secret) -> tuple[str, ...]:
    """The environment variables that hold credentials of a platform; the usual one where auditor.yaml names none."""
    chosen = settings.platforms.get(name)
    envs = chosen.secret_envs.items() if chosen else ()
    named = [variable for key, variable in envs if key.partition(".")[0] in POOL]
    return tuple(dict.fromkeys(named)) or (secret.variable,)


def road(platform: Platform) -> Road | None:
    """None: nothing to connect, or not in this release."""
    if platform.keyed is None or platform.connect is None:
        return None
    return Road(platform.keyed, platform.connect)


def states(
    register: Register, platforms: Mapping[str, Platform], read: Mapping[str, Platform], gated: Collection[str] = ()
) -> tuple[Row, ...]:
    """Every platform, in the order of their names. `read`: each by the route that is used here; `gated`: those whose
    route auditor.yaml does not open."""
    many = {name: sum(a.ref.platform == name for a in register.accounts) for name in platforms}
    return tuple(Row(n, p.title, state_of(p, read[n], gated=n in gated), many[n]) for n, p in platforms.items())


def state_of(platform: Platform, read: Platform, *, gated: bool = False) -> State:
    """How far it is to reading a platform."""
    if platform.keyed is not None and read.secret is not None:
        return State.CONNECTED
    if gated:
        return State.FORBIDDEN
    if road(platform) is not None:
        return State.OPEN
    if platform.timeline is not None:
        return State.FREE
    if platform.way is None:
        return State.BY_HAND
    return State.FORBIDDEN if platform.way.forbidden else State.LATER


def why_not(platform: Platform, w: Words) -> str:
    """One sentence: why there is nothing to connect."""
    state = state_of(platform, platform)
    if state is State.FORBIDDEN:
        return w(f"ways.{platform.name}.forbidden")
    return w(f"connect.refused.{state}", platform=platform.title)


def tried(connect: Connect, ask: Ask) -> Failure | None:
    """One call with the credential. None: it works."""
    try:
        connect.test(ask)
    except Refused as refused:
        return refused.outcome
    return None


def explained(name: str, outcome: Failure, w: Words) -> str:
    """What is wrong and what to do, as precisely as the outcome tells; never what the server wrote."""
    reason = outcome.reason if isinstance(outcome, Missed) else outcome.barrier
    for key in (f"{name}.{reason}.{outcome.detail}", f"{name}.{reason}", f"{reason}"):
        if w.has(f"connect.{key}"):
            return w(f"connect.{key}")
    return w("connect.other", reason=w(f"outcome.word.{reason}"))


def failed(outcome: Failure) -> Exit:
    """The exit code of a credential that was not kept."""
    rejected = isinstance(outcome, Missed) and outcome.reason is Miss.CREDENTIAL_REJECTED
    return Exit.CREDENTIAL if rejected else Exit.FAILED
