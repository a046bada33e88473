"""The city is played once; whoever changes anything works on an office of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.lab.scenarios import scenario
from tests.lab.server import Lab

from .office import END, ROUNDS, Office, configure

ZOO_NOW = scenario("zoo").now


@dataclass
class City:
    """The demonstration city at its end. `reports` are those of each round, as they were printed then."""

    office: Office
    polled: list[dict[str, Any]] = field(default_factory=list)
    codes: list[int] = field(default_factory=list)
    reports: list[dict[str, Any]] = field(default_factory=list)


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    """Looked at on six days."""
    patch = pytest.MonkeyPatch()
    patch.delenv("AUDITOR_CONFIG", raising=False)
    with Lab(scenario("kota_contoh"), now=ROUNDS[0]) as lab:
        played = City(Office(lab, configure(lab, tmp_path_factory.mktemp("city") / "config"), ROUNDS[0]))
        for at in ROUNDS:
            said = played.office.look(at, "--all", "--format", "json")
            played.codes.append(said.code)
            played.polled.append(said.json)
            played.reports.append(played.office("report", "--format", "json").json)
        lab.clock.set(END)
        played.office.now = END
        yield played
    patch.undo()


@pytest.fixture
def zoo(tmp_path: Path) -> Iterator[Callable[..., Office]]:
    """`zoo(accounts)` is an office of one agency over accounts of every state, not yet looked at."""
    with Lab(scenario("zoo")) as lab:
        yield lambda accounts, **network: Office(lab, configure(lab, tmp_path / "config", accounts, **network), ZOO_NOW)
