"""A secret as it is sent. Its name may be shown everywhere; what it holds nowhere."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field

from .answer import Params


@dataclass(frozen=True, slots=True)
class Credential:
    """One of a pool. `name` is its environment variable, or the account whose owner gave it; its lane bears it."""

    name: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    params: Params = field(default=(), repr=False)  # sent with every request
    about: Mapping[str, str] = field(default_factory=dict)  # what an adapter may know of it
    serves: frozenset[str] | None = None  # handles and native ids; None: whoever can be asked for
    signer: str | None = field(default=None, repr=False)  # the app secret, for tokens that the platform hands out

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every value that must not be recorded."""
        return (*self.headers.values(), *(value for _, value in self.params))


def proof(app_secret: str, token: str) -> str:
    """What shows that a token is used by the app it was given to: HMAC-SHA256 in lower-case hex (`appsecret_proof`).

    Fact: developers.facebook.com, "Secure Graph API calls".
    """
    return hmac.new(app_secret.encode(), token.encode(), hashlib.sha256).hexdigest()
