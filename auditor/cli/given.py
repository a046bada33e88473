"""A credential as it is handed over: from a file, a variable, a pipe, or typed unseen. Never an option's value."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple, TextIO

import click

from auditor.errors import Exit, UserError
from auditor.words import Words

if TYPE_CHECKING:
    from auditor.connect import Road
    from auditor.rounds import InForce

LONGEST = 16_384  # characters of a file or a pipe that holds a key


class Given(NamedTuple):
    """The credential, and what belongs to it: variable -> value."""

    key: str
    more: Mapping[str, str]


def given(
    road: Road, force: InForce, w: Words, file: TextIO | None, variable: str | None, known: Mapping[str, str]
) -> Given:
    """The first line is the credential; further ones are `NAME=value`. A person is shown the way and asked."""
    wanted = road.further(force.settings)
    if file is not None:
        found = _lines(file.read(LONGEST), wanted, w)
    elif variable is not None:
        found = Given(os.environ.get(variable, "").strip(), {})
    elif sys.stdin.isatty():
        found = _asked(road, force, w, {name: hidden for name, hidden in wanted.items() if name not in known})
    else:
        found = _lines(sys.stdin.read(LONGEST), wanted, w)
    if not found.key:
        raise UserError(w("connect.no_key", platform=road.name), Exit.USAGE)
    return found


def _lines(text: str, wanted: Iterable[str], w: Words) -> Given:
    key, *rest = text.strip().splitlines() or [""]
    more: dict[str, str] = {}
    for number, line in enumerate(rest, 2):
        name, sign, value = line.strip().partition("=")
        if name and (name not in wanted or not sign):
            raise UserError(w("credentials.bad_line", number=number, names=", ".join(wanted) or "–"), Exit.USAGE)
        more |= {name: value.strip()} if value.strip() else {}
    return Given(key.strip(), more)


def _asked(road: Road, force: InForce, w: Words, wanted: Mapping[str, bool]) -> Given:
    click.echo(w(f"connect.{road.name}.steps", accounts=road.gained(force.register)) + "\n")
    key = click.prompt(w("connect.ask"), hide_input=True, err=True).strip()
    more: dict[str, str] = {}
    for name, hidden in wanted.items():
        question = w("credentials.ask_proof") if hidden else w("credentials.ask_about", variable=name)
        said = click.prompt(question, hide_input=hidden, default="", show_default=False, err=True)
        more |= {name: said.strip()} if said.strip() else {}
    return Given(key, more)
