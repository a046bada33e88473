"""A plain client for the lab: one request, the answer as it came."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.lab import Lab

TAPES = Path(__file__).parents[1] / "tapes"


@dataclass(frozen=True, slots=True)
class Got:
    status: int
    headers: Mapping[str, str]  # names in lower case
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def text(self) -> str:
        return self.body.decode()


def ask(
    lab: Lab,
    path: str,
    host: str | None = None,
    method: str = "GET",
    body: bytes | None = None,
    timeout: float = 5.0,
    **headers: str,
) -> Got:
    """One request on a connection of its own; header names are written with underscores."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection = http.client.HTTPConnection("127.0.0.1", lab.port, timeout=timeout)
    try:
        connection.request(method, path, body, named | ({"Host": host} if host else {}))
        answer = connection.getresponse()
        return Got(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
    finally:
        connection.close()


def tape(name: str) -> dict[str, Any]:
    """The response half of a recorded exchange, headers as a mapping in lower case."""
    recorded: dict[str, Any] = json.loads((TAPES / f"{name}.json").read_text())["response"]
    headers = recorded["headers"]
    pairs = headers.items() if isinstance(headers, dict) else headers
    recorded["headers"] = {key.lower(): value[0] if isinstance(value, list) else value for key, value in pairs}
    return recorded
