"""Platforms are modules here that define PLATFORM. Adding one touches no other file."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from .base import Platform


@cache
def platforms() -> dict[str, Platform]:
    """Every platform by name. Modules whose name starts with an underscore, and `base`, are plumbing."""
    names = [m.name for m in pkgutil.iter_modules(__path__) if m.name != "base" and not m.name.startswith("_")]
    found: list[Platform] = [importlib.import_module(f"{__name__}.{name}").PLATFORM for name in sorted(names)]
    return {p.name: p for p in found}


@cache
def variables() -> frozenset[str]:
    """Environment variables that work without being named in auditor.yaml."""
    found = set[str]()
    for platform in platforms().values():
        for secret in (platform.secret, platform.keyed.secret if platform.keyed else None):
            if secret is not None:
                others = (*([secret.proof] if secret.proof else []), *secret.about.values())
                found |= {secret.variable, *(variable for _, variable in others)}
                found |= set(secret.owners.variables) if secret.owners else set()
    return frozenset(found)
