"""The only place that knows what time it is. Everything below the edges takes an instant as an argument."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeAlias

Clock: TypeAlias = Callable[[], datetime]


def system() -> datetime:
    """Now, aware, in UTC."""
    return datetime.now(UTC)  # noqa: TID251 — this is the place


def fixed(at: datetime) -> Clock:
    """A clock that stands still: rehearsals and tests."""
    return lambda: at
