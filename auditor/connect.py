"""What stands between an office and a platform: nothing, a credential, a later release, people's eyes, or its terms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from auditor.config.settings import Settings
from auditor.core.model import Miss, Missed, Unreadable
from auditor.core.register import Register
from auditor.errors import Exit
from auditor.fetch.answer import Ask, Refused
from auditor.platforms.base import Connect, Platform
from auditor.words import Words

Failure: TypeAlias = Missed | Unreadable


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

    def variable(self, settings: Settings) -> str:
        """The environment variable of the credential: as auditor.yaml names it, else the usual one."""
        chosen = settings.platforms.get(self.name)
        return (chosen.secret_envs.get(self.connect.setting) if chosen else None) or self.connect.variable

    def gained(self, register: Register) -> int:
        """Accounts of the list that could be asked for with a credential, as they are written."""
        form = self.keyed.capability.asks_for
        own = (a.ref for a in register.accounts if a.ref.platform == self.name)
        return sum(form is None or any(form.fullmatch(n) for n in (r.handle, r.native_id) if n) for r in own)

    def notes(
        self, settings: Settings, register: Register, environ: Mapping[str, str], key: str, w: Words
    ) -> Iterator[str]:
        """What else keeps the credential from being of use."""
        variable, chosen = self.variable(settings), settings.platforms.get(self.name)
        if environ.get(variable, key) != key:
            yield w("connect.environment", variable=variable)
        if chosen is not None and chosen.enabled is False:
            yield w("connect.disabled", line=f"{self.name}: {{enabled: true, {self.connect.setting}: {variable}}}")
        left = sum(a.ref.platform == self.name for a in register.accounts) - self.gained(register)
        if left:
            yield w(f"connect.{self.name}.left", count=left)


def road(platform: Platform) -> Road | None:
    """None: nothing to connect, or not in this release."""
    if platform.keyed is None or platform.connect is None:
        return None
    return Road(platform.keyed, platform.connect)


def states(register: Register, platforms: Mapping[str, Platform], read: Mapping[str, Platform]) -> tuple[Row, ...]:
    """Every platform, in the order of their names. `read`: each by the route that is used here."""
    count = {name: sum(a.ref.platform == name for a in register.accounts) for name in platforms}
    return tuple(Row(n, p.title, state_of(p, read[n]), count[n]) for n, p in platforms.items())


def state_of(platform: Platform, read: Platform) -> State:
    """How far it is to reading a platform."""
    if platform.keyed is not None and read is platform.keyed:
        return State.CONNECTED
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
