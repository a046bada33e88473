"""What machines can read here: an installation's own state, never evidence about an account."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from .model import AccountRef


@dataclass(frozen=True)
class Reach:
    """Platforms with an adapter and, where needed, a credential; and which handles their route can ask for."""

    platforms: frozenset[str] = frozenset()
    only: Mapping[str, re.Pattern[str]] = field(default_factory=dict)  # platform -> form of handle or native id
    served: Mapping[str, frozenset[str]] = field(default_factory=dict)  # platform -> whose owners agreed to it

    def __str__(self) -> str:
        """Its platforms, the forms they ask for, and whose owners agreed: equal where the same accounts can be read."""
        forms = {name: form.pattern for name, form in self.only.items()}
        named = {name: ",".join(sorted(of)) for name, of in self.served.items()}
        return " ".join(f"{name}={forms.get(name, '')}{named.get(name, '')}" for name in sorted(self.platforms))

    def reads(self, ref: AccountRef) -> bool:
        """A machine here can look at this account."""
        if ref.platform not in self.platforms:
            return False
        form, served = self.only.get(ref.platform), self.served.get(ref.platform)
        names = [name for name in (ref.handle, ref.native_id) if name is not None]
        return (form is None or any(map(form.fullmatch, names))) and (served is None or not served.isdisjoint(names))
