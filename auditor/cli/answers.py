"""What a person says on the first day: typed at a terminal, or given as options; checked the same way."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from auditor.errors import Exit, UserError
from auditor.words import LANGUAGES, Words

from .asked import checked_language

if TYPE_CHECKING:
    from auditor.config.init import Beginning


@dataclass(frozen=True, slots=True)
class Answers:
    """The four answers. Empty: left out."""

    name: str
    website: str
    table: Path | None
    language: str


def zone_for(written: str | None, w: Words) -> str:
    """The zone asked for, else the machine's, else the one most offices are in."""
    from auditor.config.init import DEFAULT_ZONE, machine_zone, zone_named

    if written is None:
        return machine_zone(os.environ) or DEFAULT_ZONE
    zone = zone_named(written)
    if zone is None:
        raise UserError(w("init.bad_zone", text=_shown(written)), Exit.USAGE)
    return zone


def language_for(lang: str | None, zone: str, w: Words) -> str:
    """`--lang` or AUDITOR_LANG; else Indonesian where the zone is."""
    from auditor.config.init import INDONESIAN

    if lang or os.environ.get("AUDITOR_LANG") in LANGUAGES:
        return lang or w.language
    return "id" if zone in INDONESIAN else "en"


def beginning(answers: Answers, zone: str, w: Words) -> Beginning:
    """The answers, checked. An office that gave only its web address is called by its host."""
    from auditor.config.init import Beginning

    url = checked_website(answers.website, w)
    name = checked_name(answers.name, w) or urlsplit(url).hostname or ""
    return Beginning(name, url, zone, bare="://" not in answers.website)


def checked_name(written: str, w: Words) -> str:
    """A name of one line."""
    from auditor.config.init import LONGEST

    name = " ".join(written.split())
    if len(name) > LONGEST or not name.isprintable():
        raise UserError(w("init.long_name", limit=LONGEST), Exit.USAGE)
    return name


def checked_website(written: str, w: Words) -> str:
    """A full web address, or nothing where nothing was said."""
    from auditor.config.init import website_of

    url = website_of(written)
    if url is None:
        raise UserError(w("init.bad_website", text=_shown(written)), Exit.USAGE)
    return url


def checked_table(written: str, w: Words) -> str:
    """The path of a list that can be read, also as a file manager drops it: quoted, with `~`."""
    from auditor.config.sheets import read_sheet

    text = written.strip().strip("'\"")
    if not text:
        return ""
    path = Path(text).expanduser()
    read_sheet(path, w)
    return str(path)


def asked(w: Words) -> Answers:
    """The four questions. What cannot be used is said and asked again."""
    click.echo(w("init.welcome"))
    name = _ask(w("init.ask_name"), lambda text: checked_name(text, w))
    website = _ask(w("init.ask_website"), lambda text: text.strip() if checked_website(text, w) else "")
    table = _ask(w("init.ask_list"), lambda text: checked_table(text, w))
    language = _ask(f"{w('init.ask_language')} [{w.language}]", lambda text: checked_language(text or w.language, w))
    return Answers(name, website, Path(table) if table else None, language)


def _ask(question: str, checked: Callable[[str], str]) -> str:
    while True:
        try:
            return checked(click.prompt(question, default="", show_default=False))
        except UserError as error:
            click.echo(str(error))


def _shown(text: str) -> str:
    from auditor.config.problems import shown

    return shown(text)
