"""Small worlds by name. A scenario is a module here with `SCENARIO`, or a function `build()` where that is heavy."""

from __future__ import annotations

import importlib
import pkgutil

from tests.lab.model import Scenario


def names() -> list[str]:
    """Every scenario there is."""
    return sorted(module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_"))


def scenario(name: str) -> Scenario:
    """The scenario with this name. Raises ModuleNotFoundError."""
    module = importlib.import_module(f"{__name__}.{name}")
    built: Scenario = module.build() if hasattr(module, "build") else module.SCENARIO
    return built
