"""What a person typed: a language, an instant, a day."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import date, datetime

from auditor.config.settings import Settings
from auditor.errors import Exit, UserError
from auditor.words import LANGUAGES, Words

EARLIEST = 1990  # a year before is a typing error


def language_of(arguments: Sequence[str]) -> str:
    """The language of help and errors before anything is parsed: `--lang`, AUDITOR_LANG, the settings, Indonesian."""
    for index, argument in enumerate(arguments):
        wanted = argument.removeprefix("--lang=") if argument.startswith("--lang=") else ""
        if argument == "--lang" and index + 1 < len(arguments):
            wanted = arguments[index + 1]
        if wanted in LANGUAGES:
            return wanted
    wanted = os.environ.get("AUDITOR_LANG", "")
    return wanted if wanted in LANGUAGES else "id"


def checked_language(written: str, w: Words) -> str:
    """The code of a language, also where its name was typed."""
    from auditor.config.problems import shown

    code = {"indonesia": "id", "inggris": "en", "english": "en"}.get(written.strip().lower(), written.strip().lower())
    if code not in LANGUAGES:
        raise UserError(w("init.bad_language", text=shown(written)), Exit.USAGE)
    return code


def is_date(text: str) -> bool:
    """A day without a time."""
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def instant(text: str, settings: Settings, w: Words, *, end_of_day: bool = False) -> datetime:
    """An ISO 8601 instant; without an offset in the office's zone; a bare date is its first or last instant."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise UserError(w("cli.bad_instant", text=text[:40]), Exit.USAGE) from None
    if end_of_day and is_date(text):
        at = at.replace(hour=23, minute=59, second=59)
    at = at if at.tzinfo else at.replace(tzinfo=settings.zone)
    if at.year < EARLIEST:
        raise UserError(w("cli.bad_instant", text=text[:40]), Exit.USAGE)
    return at
