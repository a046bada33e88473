"""What the brake holds, said at the end of a round."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from auditor.errors import Exit
from auditor.words import Words

if TYPE_CHECKING:
    from auditor.core.brake import Hold


def print_held(holds: Sequence[Hold], w: Words) -> int:
    """One line on standard error, with the command that shows it, and its bit of the exit code; else nothing and 0."""
    if not holds:
        return 0
    from auditor.reports.braked import SHOW, brake_sentence

    click.echo(f"{brake_sentence(holds, w)} → {SHOW}", err=True)
    return Exit.HELD
