"""One pass over all files: everything that is wrong with them, or a configuration that is wholly valid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from auditor.core.address import AddressForm
from auditor.core.policy import PolicyBook
from auditor.core.register import Register
from auditor.fetch.network import Network
from auditor.words import words

from .checks import private_allowed
from .documents import policy_document, policy_from, register_document, register_from
from .files import ACCOUNTS, POLICY, SETTINGS, Source, fingerprint, read_source, register_files, unread_files
from .problems import Findings, Problem, problems_json
from .settings import (
    PlatformSettings,
    Rejected,
    Settings,
    asked_language,
    load_settings,
    read_settings,
    settings_source,
)

__all__ = [
    "Loaded",
    "PlatformSettings",
    "Problem",
    "Rejected",
    "Settings",
    "fingerprint",
    "load",
    "load_settings",
    "policy_document",
    "policy_from",
    "problems_json",
    "register_document",
    "register_from",
]


class HasAddress(Protocol):
    """All that this room needs to know of a platform."""

    @property
    def address(self) -> AddressForm: ...


@dataclass(frozen=True, slots=True)
class Loaded:
    """A valid configuration; `problems` holds warnings and notes only."""

    register: Register
    book: PolicyBook
    settings: Settings
    problems: tuple[Problem, ...]


def load(directory: Path, known: Mapping[str, HasAddress], language: str | None = None) -> Loaded | Rejected:
    """The configuration of a directory, or every error of all its files. Nothing half-valid is loaded.

    `known`: the platforms, whose address forms decide what an account is. `language` of the messages; None: the one
    auditor.yaml asks for.
    """
    from .agencies import read_register
    from .fields import Context
    from .policy import check_relief, default_book, read_policy

    source = settings_source(directory)
    found = Findings(words(language or asked_language(source)))
    forms = {name: platform.address for name, platform in known.items()}
    settings = read_settings(directory, source, found, forms)
    policy = read_source(directory, directory / POLICY) if (directory / POLICY).exists() else None
    book = read_policy(policy, found)
    lists = _lists(directory, found)
    rules = book or default_book()
    months, months_guard = _exempt_months(rules)
    context = Context(
        found=found,
        forms=forms,
        book=rules,
        timezone=settings.timezone if settings else "Asia/Jakarta",
        max_months=months,
        max_months_guard=months_guard,
        private=private_allowed(settings.network if settings else Network()),
    )
    demonstration = settings.demonstration if settings else False
    register = read_register(context, lists, demonstration=demonstration)
    check_relief({agency.id for agency in register.agencies}, policy, found)
    if settings is None or book is None or found.failed:
        return Rejected(found.sorted(), settings)
    return Loaded(register, book, settings, found.sorted())


def _exempt_months(book: PolicyBook) -> tuple[int, int]:
    import json

    rules = json.loads(book.document)["exemption"]
    return rules["max_months"], rules["max_months_guard"]


def _lists(directory: Path, found: Findings) -> list[Source]:
    """The files of the register. None at all, or one that would be overlooked, is an error."""
    for name in unread_files(directory):
        found.add(
            name, (1, 1), "", "wrong_ending", {"name": name}, hint=found.write(name.removesuffix(".yml") + ".yaml")
        )
    sources = [read_source(directory, path) for path in register_files(directory)]
    if not sources:
        found.add(ACCOUNTS, (1, 1), "", "no_list", {"folder": directory, "settings": SETTINGS})
    return sources
