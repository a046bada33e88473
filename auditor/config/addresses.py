"""Words for what `core.address` finds wrong with an address."""

from __future__ import annotations

from auditor.core.address import AddressProblem

from .names import ALIASES, PLATFORMS
from .problems import Findings, nearest


def explain(problem: AddressProblem, found: Findings) -> tuple[str, str]:
    """The sentence, and the hint with the text to write instead."""
    values = dict(problem.values)
    platform = values.get("platform", "")
    if problem.code == "not_account":
        key = f"reason.{values['reason']}"
        values["reason"] = found.words(f"config.{key}" if found.words.has(f"config.{key}") else "config.reason.other")
    if problem.code in ("pattern", "blank", "no_account"):
        values["pattern"] = found.words(f"config.pattern.{platform}") if platform in PLATFORMS else ""
    letters = problem.code == "look_alike" and "known" not in values
    message = found.word("address.look_alike_letters" if letters else f"address.{problem.code}", values)
    if problem.code == "unknown_platform":
        close = ALIASES.get(platform.lower()) or nearest(platform, PLATFORMS)
        return message, found.words("config.did_you_mean", guess=close) if close else ""
    return message, found.write(problem.suggestion)
