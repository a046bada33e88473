"""No network but loopback, a clean environment, and Hypothesis profiles."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings

settings.register_profile("dev", deadline=None, derandomize=True)  # what passes once passes until the code changes
settings.register_profile("nightly", deadline=None, max_examples=100_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "dev"))

LOOPBACK = ("127.", "::1", "localhost", "0.0.0.0")


@pytest.fixture(autouse=True, scope="session")
def only_loopback() -> Iterator[None]:
    """A test that dials anything else is a defect of the test."""
    dial = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX and not str(address[0]).startswith(LOOPBACK):
            raise AssertionError(f"a test dialled {address[0]}")
        dial(self, address)

    socket.socket.connect = guarded  # type: ignore[method-assign]
    yield
    socket.socket.connect = dial  # type: ignore[method-assign]


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever runs the tests has settings of their own."""
    for name in list(os.environ):
        if name.startswith("AUDITOR_") or name.lower().endswith("_proxy") or name in ("NO_COLOR", "COLUMNS"):
            monkeypatch.delenv(name)
