"""Lists of accounts into the register: compare, show, and only then write.

`plan_import` is pure; `apply_import` and `add_found` write, and never a file that would not load.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from auditor.config.load import HasAddress
from auditor.config.sheets import Sheet
from auditor.core.address import AddressForm
from auditor.core.register import Register
from auditor.core.url import Private, never

from .compare import compare
from .lines import lines_of
from .plan import CHECK, Addition, Change, Effect, ImportPlan, Item, NewAgency, Outcome, Remark
from .write import write_found, write_plan

__all__ = [
    "CHECK",
    "Addition",
    "Change",
    "Effect",
    "ImportPlan",
    "Item",
    "NewAgency",
    "Outcome",
    "Remark",
    "add_found",
    "apply_import",
    "plan_import",
]


def plan_import(
    sheet: Sheet,
    register: Register | None,
    forms: Mapping[str, AddressForm],
    *,
    agency: str | None = None,
    profiles: Collection[str] = (),
    private: Private = never,
) -> ImportPlan:
    """What importing a sheet would do. `register` None: there is none yet.

    `agency`: the id of the office of every line that names none (an only office of the register is taken anyway).
    `profiles`: the names the policy knows; `private`: which private addresses may be listed (`checks.private_allowed`).
    Outcomes add up: accepted + repaired + rejected + duplicate = `len(plan.items)`.
    """
    found = lines_of(sheet)
    return compare(found, register, forms, agency=agency, profiles=frozenset(profiles), private=private)


def apply_import(
    plan: ImportPlan, directory: Path, known: Mapping[str, HasAddress], language: str | None = None
) -> tuple[Path, ...]:
    """Writes a plan into the register's files and returns those it changed.

    The changed files are loaded before they replace the old ones. UserError where they would not load, where an entry
    cannot be found any more, or where a file cannot be written; then everything is left as it was. `known`: the
    platforms, as `load` takes them.
    """
    return write_plan(plan, directory, known, language)


def add_found(
    directory: Path,
    known: Mapping[str, HasAddress],
    found: Iterable[tuple[str, str, str]],
    language: str | None = None,
) -> tuple[Addition, ...]:
    """Appends accounts seen on web sites: (id of a listed office, URL, note or ""), and returns what was added.

    Without a note an entry gets `note: periksa`. What is listed already is left out, so that a second call adds
    nothing. UserError as `apply_import`; also for an unknown office or a URL that names no account.
    """
    return write_found(directory, known, found, language)
