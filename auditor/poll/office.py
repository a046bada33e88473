"""What a sweep needs to know of the office it works for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Protocol
from urllib.parse import urlsplit

from auditor.core.policy import PolicyBook
from auditor.core.reach import Reach
from auditor.core.register import Account, Register
from auditor.fetch.answer import Ask, Exchange
from auditor.platforms.base import Platform, Scope


class Doors(Protocol):
    """Opens the one door of a lane; what happens at it is told to `on_exchange`."""

    def __call__(
        self, platform: Platform | None, on_exchange: Callable[[Exchange], None]
    ) -> AbstractContextManager[Ask]:
        """Every lane has its own connections, credentials and limits. None: the sentinels."""
        ...


@dataclass(frozen=True)
class Office:
    """The list, the policy and the connected platforms of one moment."""

    register: Register
    book: PolicyBook
    ids: Mapping[str, int]  # account ids by key
    platforms: Mapping[str, Platform]
    reach: Reach
    controls: Mapping[str, tuple[str, ...]]  # canonical handles by platform
    sentinels: tuple[str, ...] = ()
    rehearsal: bool = False  # the clock stands still, so windows of quotas never turn

    def readable(self, account: Account, native_id: str | None = None) -> bool:
        """A machine here can look at it; `native_id` as learnt, where the list does not give it."""
        return self.reach.reads(replace(account.ref, native_id=native_id or account.ref.native_id))


def host_of(handle: str) -> str:
    """The server an account lives on: of a URL its host, of name@host what follows the sign."""
    return urlsplit(handle).netloc if "://" in handle else handle.rpartition("@")[2]


def lane_of(platform: Platform, handle: str) -> str:
    """Accounts that share one quota share one lane."""
    quota = platform.capability.quota
    return f"{platform.name}:{host_of(handle)}" if quota and quota.scope is Scope.HOST else platform.name
