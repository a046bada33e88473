"""The lab without its server: every platform of a scenario, a clock that others set, and the faults in force."""

from __future__ import annotations

import importlib
import pkgutil
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, Protocol

from .faults import Fault, Faults, instead, spoil
from .house import House, Sentinels
from .mastodon import Mastodon
from .model import Scenario
from .web import Web
from .wire import Recorded, Reply, Request, html

LOCAL = {"localhost", "127.0.0.1", "[::1]", "::1", ""}


@cache
def modules() -> tuple[Any, ...]:
    """The faces that stand below a path: modules of this package with a PREFIX.

    Each has NAME, PREFIX, HOSTS (names that lead to it too), `make(scenario)` and `settings(url)`: platform -> the keys
    of auditor.yaml that send its questions to the face at `url`; a face that needs a secret lists it in SECRETS,
    environment variable -> value.
    """
    names = sorted(m.name for m in pkgutil.iter_modules([str(Path(__file__).parent)]) if m.name != "__main__")
    found = (importlib.import_module(f"{__package__}.{name}") for name in names if name != "server")
    return tuple(module for module in found if hasattr(module, "PREFIX"))


def secrets() -> dict[str, str]:
    """Credentials that the faces accept, by environment variable."""
    return {name: value for module in modules() for name, value in getattr(module, "SECRETS", {}).items()}


class Face(Protocol):
    """One platform as it looks from outside."""

    name: str

    def subjects(self, request: Request, now: datetime) -> list[str]:
        """Keys of the accounts a request names."""

    def answer(self, request: Request, now: datetime) -> Reply:
        """What the platform says at this instant."""

    def down(self, request: Request, variant: str) -> Reply:
        """What it says to everybody when it is out of order."""

    def limited(self, now: datetime, seconds: int, variant: str) -> Reply:
        """How it says that somebody asks too fast."""


class Clock:
    """The lab's time. It stands still until somebody sets it."""

    def __init__(self, now: datetime) -> None:
        self._lock = Lock()
        self._now = now

    def now(self) -> datetime:
        with self._lock:
            return self._now

    def set(self, now: datetime) -> None:
        if now.tzinfo is None:
            raise ValueError("an instant needs an offset")
        with self._lock:
            self._now = now


class World:
    """Answers requests as the platforms of a scenario do. `url` is where they are said to live.

    `hosts` is what `network.hosts` of a configuration needs, `requests` every request so far, `calls` their number by
    face.
    """

    def __init__(self, scenario: Scenario, now: datetime | None = None, url: str = "http://127.0.0.1:9") -> None:
        self.scenario = scenario
        self.url = url
        self.clock = Clock(now or scenario.now)
        self.faults = Faults(scenario.faults)
        self._lock = Lock()
        self._requests: list[Recorded] = []
        self.web, self.mastodon, self.sentinels = Web(scenario), Mastodon(scenario), Sentinels()
        self.faces: dict[str, Any] = {module.NAME: module.make(scenario) for module in modules()}
        self.by_prefix: dict[str, Face] = {module.PREFIX: self.faces[module.NAME] for module in modules()}
        self.by_host: dict[str, Face] = dict.fromkeys(self.web.hosts, self.web)
        self.by_host |= dict.fromkeys(scenario.servers, self.mastodon)
        for module in modules():
            self.by_host |= dict.fromkeys(module.HOSTS, self.by_prefix[module.PREFIX])
        self.by_host |= dict.fromkeys(Sentinels.hosts, self.sentinels)
        self.house = House(self)

    @property
    def hosts(self) -> dict[str, str]:
        """host -> origin for every named host of the scenario, sentinels included."""
        named = [*self.scenario.servers, *sorted(self.web.hosts), *Sentinels.hosts]
        return dict.fromkeys(named, self.url)

    def configuration(self) -> dict[str, Any]:
        """`network` and `platforms` of a configuration file that sends every question here."""
        controls: dict[str, list[str]] = {}
        for key in self.scenario.controls:
            platform, _, name = key.partition(":")
            controls.setdefault(platform, []).append(name)
        platforms: dict[str, dict[str, Any]] = {name: {"enabled": True} for name in ("feed", "mastodon")}
        for module in modules():
            for name, keys in module.settings(self.url + module.PREFIX).items():
                platforms.setdefault(name, {"enabled": True}).update(keys)
        sentinels = [f"https://{host}{path}" for host, path in zip(Sentinels.hosts, Sentinels.paths, strict=True)]
        return {
            "network": {"hosts": self.hosts, "sentinels": sentinels},
            "platforms": {
                name: keys | {"controls": controls.get(name, [])} for name, keys in sorted(platforms.items())
            },
        }

    @property
    def requests(self) -> list[Recorded]:
        """Every request so far, oldest first; what is asked of the lab itself is not counted."""
        with self._lock:
            return list(self._requests)

    @property
    def calls(self) -> Counter[str]:
        """How many requests each face has answered or failed to answer."""
        return Counter(recorded.face for recorded in self.requests)

    def forget(self) -> None:
        """Begin a new list of requests."""
        with self._lock:
            self._requests.clear()

    def break_with(self, *faults: Mapping[str, Any]) -> None:
        """Replace the faults in force; none heals everything."""
        self.faults.set(faults)

    def route(self, request: Request) -> tuple[Face | None, Request]:
        """By host name; on loopback by path. `/sites/HOST/…` reaches a named host from a browser."""
        face = self.by_host.get(request.host) or self.by_host.get(request.host.partition(":")[0])
        if face is not None:
            return face, request
        bare = request.host.rpartition(":")[0] or request.host
        if bare not in LOCAL and request.host not in LOCAL:
            return None, request
        if request.path.startswith("/sites/"):
            host = request.path.split("/")[2]
            inner = request.under(f"/sites/{host}")
            named = Request(
                request.method, host, inner.path, request.query, request.headers, request.body, inner.prefix
            )
            return self.by_host.get(host), named
        if request.path.startswith("/sentinel/"):
            return self.sentinels, request
        for prefix, face in self.by_prefix.items():
            if request.path == prefix or request.path.startswith(prefix + "/"):
                return face, request.under(prefix)
        return None, request

    def reply(self, request: Request) -> Reply:
        """The whole of one exchange: the house's own pages, else a face with the faults of this moment."""
        if request.path.startswith("/_lab/") or (request.path == "/" and request.host.partition(":")[0] in LOCAL):
            return self.house.answer(request)
        face, inner = self.route(request)
        now = self.clock.now()
        subjects = face.subjects(inner, now) if face else []
        self._record(face, request, subjects, now)
        if face is None:
            return html(404, f"No such host or path in {self.scenario.name}")
        return self.spoken(face, inner, self.faults.striking(face.name, inner, subjects, now), now)

    def spoken(self, face: Face, inner: Request, struck: Sequence[Fault], now: datetime) -> Reply:
        """What a face says where these faults strike."""
        then = next((f.as_of for f in struck if f.as_of is not None), now)
        for fault in struck:
            if fault.kind == "down":
                return face.down(inner, fault.variant).having(*fault.headers)
            if fault.kind == "too_many":
                return face.limited(now, fault.retry_after, fault.variant).having(*fault.headers)
            if (other := instead(fault)) is not None:
                return other
        reply = face.answer(inner, then)
        for fault in struck:
            reply = spoil(reply, fault)
        return reply

    def _record(self, face: Face | None, request: Request, subjects: Sequence[str], now: datetime) -> None:
        name = face.name if face else "nobody"
        seen = (name, request.method, request.host, request.path, request.query, request.headers, now, tuple(subjects))
        with self._lock:
            self._requests.append(Recorded(*seen))
