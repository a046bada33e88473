"""`python -m tests.bench`: measures, prints the table or JSON, and writes docs/performance.md after a whole run."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sqlite3
import sys
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from importlib.metadata import version
from pathlib import Path
from typing import TypeAlias

from . import keeping, parsing, planning, starting
from .row import Measure, Row, Size

Themes: TypeAlias = Mapping[str, Mapping[str, Measure]]
THEMES: Themes = {
    "planning": planning.MEASURES,
    "parsing": parsing.MEASURES,
    "keeping": keeping.MEASURES,
    "starting": starting.MEASURES,
}
PAGE = Path(__file__).resolve().parents[2] / "docs" / "performance.md"
QUICK = 1 / 20
ABOVE = """# Performance

Ratios of one run on one machine, each beside its peer or limit: absolute figures move from machine to machine.
`met` follows from value and target. `scripts/bench` measures again and writes this page; `scripts/bench --quick`
takes a twentieth of every size and writes nothing.

"""
BELOW = """
The planner's rows play 128,500 accounts for 90 days with the product's own `plan` and `after_answer`
(`tests/bench/planning.py`): the single rule *no post in 30 days*, control calls included. Nothing is deleted or
renamed in that country, and every account has a lane without a limit.

Not measured yet: fetching, scheduling, judging and reports at national size, spreadsheets and pages.
"""


def measured(names: Sequence[str], size: Size, themes: Themes) -> list[Row]:
    """The rows of the measures whose "theme name" or theme fits."""
    found = []
    for theme, measures in themes.items():
        for name, measure in measures.items():
            if not names or any(fnmatchcase(f"{theme} {name}", n) or fnmatchcase(theme, n) for n in names):
                found += measure(size)
    return found


def table(rows: Sequence[Row]) -> list[str]:
    """As Markdown."""
    lines = ["| what | value | target | met | |", "|---|---:|---:|---|---|"]
    for row in rows:
        sign = "≥" if row.at_least else "≤"
        target = "–" if row.target is None else f"{sign} {row.target:.4g}"
        met = {None: "–", True: "yes", False: f"**no**, by {_off(row):.0%}"}[row.met]
        lines.append(f"| {row.name} | {row.value:.4g} {row.unit} | {target} | {met} | {row.note} |")
    return lines


def _off(row: Row) -> float:
    """How far from the target, as a share of it."""
    return abs(row.value / row.target - 1) if row.target else abs(row.value)


def main(arguments: Sequence[str] | None = None, themes: Themes = THEMES) -> int:
    """0, or with --strict 1 where a target is missed."""
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("only", nargs="*", metavar="GLOB", help="only measures whose theme, or theme and name, fits")
    parser.add_argument("--json", action="store_true", help="one list of rows")
    parser.add_argument("--quick", action="store_true", help="a twentieth of every size, under two minutes")
    parser.add_argument("--strict", action="store_true", help="end 1 where a target is missed")
    chosen = parser.parse_args(arguments)
    rows = measured(chosen.only, Size(QUICK if chosen.quick else 1.0), themes)
    if chosen.json:
        print(json.dumps([row.document() for row in rows]))
    else:
        print("\n".join(table(rows)))
    if not chosen.quick and not chosen.only:
        where = f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, httpx {version('httpx')}"
        lines = [*table(rows), "", f"{os.cpu_count()} cores, {where}."]
        PAGE.write_text(ABOVE + "\n".join(lines) + "\n" + BELOW, "utf-8")
    return int(chosen.strict and any(row.met is False for row in rows))


if __name__ == "__main__":
    sys.exit(main())
