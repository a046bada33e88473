"""The register as rows, one for each account, in the columns that import reads back."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence

from auditor.core.register import Account, Register
from auditor.words import Words

from .labels import NAMES
from .lines import REGISTER

__all__ = ["COLUMNS", "REGISTER", "as_csv", "export_rows", "guarded", "head"]

COLUMNS = ("agency_id", "agency", "platform", "account", "link", "id", "opened", "profile", "note", "exempt_until")
FORMULA = re.compile(r"'*[=+\-@\t\r\n]")


def head(w: Words) -> tuple[str, ...]:
    """The headings; those of every language are read back."""
    return tuple(w(f"accounts.column.{code}") for code in COLUMNS)


def export_rows(register: Register) -> tuple[tuple[str, ...], ...]:
    """The accounts in the order of the list. Nothing is left out of a cell: reading it back changes nothing."""
    return tuple(_row(register, account) for account in register.accounts)


def _row(register: Register, account: Account) -> tuple[str, ...]:
    agency = register.agency[account.agency]
    return (
        agency.id,
        agency.name,
        NAMES.get(account.ref.platform, account.ref.platform),
        account.ref.handle if "/" in account.written else account.written,
        account.url,
        "" if account.ref.platform == "feed" else account.ref.native_id or "",
        account.opened.isoformat() if account.opened else "",
        account.profile or "",
        account.note or "",
        account.exempt.until.isoformat() if account.exempt else "",
    )


def guarded(cell: str) -> str:
    """An apostrophe before what a spreadsheet would take for a formula. Import takes it off again."""
    return f"'{cell}" if FORMULA.match(cell) else cell


def as_csv(rows: Sequence[Sequence[str]]) -> str:
    """Rows as text with commas, no cell of which is a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerows([guarded(cell) for cell in row] for row in rows)
    return out.getvalue()
