"""What `auditor brake show` says of lanes that stand still."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC
from typing import Any

from auditor.core.frozen import Doubt
from auditor.core.register import Register
from auditor.words import Words, dates

from .clean import clean
from .facts import head_agency
from .labels import shell_word
from .layout import Line, Style, paragraph, plain
from .rows import instant

LANE = "lane:"  # before the name of a lane, where a scope of the brake could stand
_NAMED = 200  # accounts of a lane on the page


def doubt_lines(doubts: Sequence[Doubt], register: Register, w: Words, width: int) -> Iterator[Line]:
    """Since when, whose accounts, how it ends, and the command that ends it."""
    office = head_agency(register)
    zone, name = (office.zone, office.timezone) if office else (UTC, "UTC")
    for doubt in doubts:
        since = dates.short_moment(doubt.start, zone, name, w)
        yield plain("")
        head = w("brake.lane", lane=clean(doubt.lane, 120), since=since, n=len(doubt.accounts))
        yield from paragraph(head, width, indent=0, style=Style.STRONG)
        for key in doubt.accounts[:_NAMED]:
            yield from paragraph(clean(key, 160), width, indent=2)
        if (rest := len(doubt.accounts) - _NAMED) > 0:
            yield from paragraph(w("report.and_more", n=rest), width, indent=2)
        yield from paragraph(w("brake.lane_ends"), width, indent=2)
        yield from paragraph(f"→ {_command(doubt.lane)}", width, indent=2)


def doubts_json(doubts: Sequence[Doubt]) -> list[dict[str, Any]]:
    """The same for programs."""
    return [
        {
            "lane": doubt.lane,
            "since": instant(doubt.start),
            "found_at": instant(doubt.found_at),
            "accounts": list(doubt.accounts),
            "command": _command(doubt.lane),
        }
        for doubt in doubts
    ]


def _command(lane: str) -> str:
    return f"auditor brake release {shell_word(LANE + lane)} --by NAME --reason TEXT"
