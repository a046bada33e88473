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

    def __str__(self) -> str:
        """Its platforms and the forms they ask for: equal where the same accounts can be read."""
        forms = {name: form.pattern for name, form in self.only.items()}
        return " ".join(f"{name}={forms.get(name, '')}" for name in sorted(self.platforms))

    def reads(self, ref: AccountRef) -> bool:
        """A machine here can look at this account."""
        if ref.platform not in self.platforms:
            return False
        form = self.only.get(ref.platform)
        return form is None or any(form.fullmatch(name) for name in (ref.handle, ref.native_id) if name is not None)
