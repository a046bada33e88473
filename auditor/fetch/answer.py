"""The one door between an adapter and the world: `ask(...) -> Answer`. No HTTP library is imported here."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, TypeAlias

from auditor.core.model import Barrier, Miss, Missed, Unreadable

Params: TypeAlias = Sequence[tuple[str, str]]  # repeated names are legal: actors=a&actors=b
Cost: TypeAlias = Mapping[str, int]  # units by the name of the quota that counts them


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said. Redirects are answers too: nobody follows them but the adapter that asked.

    Texts and secrets may stand in headers, body and URL: they are left out of `repr`, and so of logs and tracebacks.
    """

    status: int
    headers: Mapping[str, str] = field(repr=False)  # names in lower case; repeated ones joined with ", "
    body: bytes = field(repr=False)  # decompressed, never longer than the limit
    url: str = field(repr=False)  # absolute, as asked, without what the credential added to it
    at: datetime  # our clock, when the head arrived


@dataclass(frozen=True, slots=True)
class Exchange:
    """What is kept of one answer: never the body, never a secret."""

    method: str
    url: str  # secrets and their parameters removed
    status: int | None  # None: no answer came
    sha256: str | None
    length: int
    at: datetime
    headers: Mapping[str, str] = field(default_factory=dict)  # date, etag, last-modified, retry-after, …
    shape: str | None = None  # keys and tags without values, of an unrecognised answer; at most 4 KiB, for 30 days


class Ask(Protocol):
    """Everything an adapter may do to the world.

    `url` is absolute or a path on the platform's base URL. `large` allows five times the usual body (sitemaps).
    `cost` is what the request takes from each quota, where that is not one unit of the first.
    Transport faults, refused addresses and oversized bodies raise `Refused`; every HTTP status is an `Answer`.
    """

    @property
    def about(self) -> Mapping[str, str]:
        """What is known of the credential and chosen in auditor.yaml; never a secret."""
        ...

    @property
    def memory(self) -> MutableMapping[str, object]:
        """What an adapter learnt while this door is open. One lane, one thread."""
        ...

    def proof(self, token: str) -> str | None:
        """What signs a further token that the platform gave us (`appsecret_proof`). None: nothing here signs."""
        ...

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
    ) -> Answer: ...


class Refused(Exception):
    """The look ends here, with this outcome."""

    def __init__(self, outcome: Unreadable | Missed) -> None:
        word = outcome.barrier if isinstance(outcome, Unreadable) else outcome.reason
        super().__init__(f"{word}: {outcome.detail}" if outcome.detail else str(word))
        self.outcome = outcome


def missed(reason: Miss, detail: str = "", reset_at: datetime | None = None) -> Refused:
    """We learned nothing."""
    return Refused(Missed(reason, detail, reset_at))


def barred(barrier: Barrier, detail: str = "") -> Refused:
    """The platform says that the public cannot read it."""
    return Refused(Unreadable(barrier, detail))
