"""How wide, how colourful and in which characters a page is printed."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass

import click

from auditor.config.settings import Settings
from auditor.words import words

NARROWEST, WIDEST, PIPE = 80, 120, 100


@dataclass(frozen=True, slots=True)
class Page:
    width: int
    color: bool
    ascii_only: bool


def page(*, ascii_only: bool, to_file: bool = False) -> Page:
    """Coloured and as wide as the terminal; into a pipe or a file plain and 100 columns, or what COLUMNS says."""
    terminal = not to_file and sys.stdout.isatty()
    wanted = os.environ.get("COLUMNS", "")
    columns = shutil.get_terminal_size().columns if terminal or wanted.isdecimal() else PIPE
    utf8 = (sys.stdout.encoding or "ascii").lower().replace("-", "") == "utf8"
    return Page(
        width=min(max(columns, NARROWEST), WIDEST),
        color=terminal and "NO_COLOR" not in os.environ,
        ascii_only=ascii_only or not (to_file or utf8),
    )


def example(settings: Settings, language: str | None, *, headed: bool = False) -> None:
    """Every page of a demonstration says so first: on standard error where none has a head (`headed`) for it."""
    context = click.get_current_context(silent=True)
    for_programs = context is not None and context.params.get("form") == "json"
    if settings.demonstration and not headed and not for_programs:
        click.echo(words(language or settings.language)("report.demonstration"), err=True)
