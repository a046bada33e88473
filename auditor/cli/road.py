"""The ways to see more of an office's list, for `check` and for the report of the first day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.words import Words

from .page import Page
from .session import Session

if TYPE_CHECKING:
    from auditor.config.load import Loaded
    from auditor.reports.layout import Line
    from auditor.rounds import InForce


def road(session: Session, known: Loaded | InForce, w: Words, how: Page) -> list[Line]:
    """The section, as wide as the page; nothing where there is nothing to gain."""
    from auditor.reports.roadmap import road_map
    from auditor.rounds import road_map as rows

    from . import commands

    found = rows(known.register, known.book, known.settings, session.secrets(known.settings))
    return road_map(found, w, how.width, commands())
