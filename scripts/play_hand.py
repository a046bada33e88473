"""The demonstration city without tokens: what its people look at, and when. Used by scripts/play_demo.py."""

from __future__ import annotations

import contextlib
import io
import os
import shlex
import sys
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

from auditor.cli import run
from auditor.reports.worksheet import COLUMNS
from auditor.words import words
from tests.e2e.officer import FIRST_PERSON, SECOND_PERSON, ZONE, fill, link, newest
from tests.lab.model import Scenario, utc

FIRST_DAY = utc("2026-11-12T03:00:00")
SHEETS = (utc("2026-11-13T07:00:00"), utc("2026-11-20T07:00:00"))  # two Fridays: what is silent is seen twice
SUSPENDED = (utc("2026-11-19T02:00:00"), utc("2026-11-22T02:30:00"))  # the office itself says so, twice over 72 hours
PASTED = utc("2026-11-20T08:00:00")


class HandRounds:
    """What people do at which instant, and what the program answered."""

    def __init__(self, config: Path, scenario: Scenario, language: str) -> None:
        self.config, self.scenario, self.language = config, scenario, language
        self.folder = Path(os.path.relpath(config.parent / "periksa"))
        self.folder.mkdir()
        self.said: list[tuple[datetime, str, str]] = []  # when, the command, what it printed

    def instants(self) -> Mapping[datetime, str]:
        """When something is done by hand, and what."""
        return (
            {FIRST_DAY: "first_day"}
            | dict.fromkeys(SHEETS, "sheet")
            | dict.fromkeys(SUSPENDED, "suspended")
            | {PASTED: "pasted"}
        )

    def do(self, now: datetime) -> None:
        """What is done at this instant."""
        getattr(self, self.instants()[now])(now)

    def first_day(self, now: datetime) -> None:
        """What the office sees before anybody has looked."""
        self._run(now, ["report"])

    def sheet(self, now: datetime) -> None:
        """A worksheet is written, filled in and read back."""
        path = self.folder / f"periksa-{now:%Y-%m-%d}.xlsx"
        self._run(now, ["worksheet", "-o", str(path)])
        w = words(self.language)
        fill(path, {code: w(key) for code, key in COLUMNS.items()}, self.scenario, now)
        self._run(now + timedelta(hours=1), ["attest", "--from", str(path)])

    def suspended(self, now: datetime) -> None:
        """The platform's own notice, photographed, seen by two."""
        shot = self.folder / f"x-kominfo-{now:%m%d}.png"
        shot.write_bytes(now.isoformat().encode())
        who = ["--by", FIRST_PERSON, "--second", SECOND_PERSON, "--screenshot", str(shot)]
        self._run(now, ["attest", "x:kominfo_contoh", "--said", "suspended", *who])

    def pasted(self, now: datetime) -> None:
        """Two links, pasted: one names its account and carries its date, the other does neither."""
        siaga, dinkes = (self.scenario.account(key) for key in ("x:bpbd_contoh", "facebook:dinkes.kota.contoh"))
        lines = [link(siaga, newest(siaga, now)), f"{dinkes.key} {link(dinkes, newest(dinkes, now))} 2026-11-01"]
        self._run(now, ["attest", "--by", FIRST_PERSON], "\n".join(lines) + "\n")

    def _run(self, now: datetime, command: list[str], typed: str = "") -> None:
        page, before = io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True), sys.stdin
        sys.stdin = io.StringIO(typed)
        try:
            with contextlib.redirect_stdout(page):
                code = run(["--config", str(self.config), "--now", now.isoformat(), *command])
        finally:
            sys.stdin = before
        page.seek(0)
        printed = page.read()
        shown = "".join(f"> {line}\n" for line in typed.splitlines())
        self.said.append((now, shlex.join(command), shown + printed))
        if code:
            sys.stderr.write(printed)
            raise SystemExit(code)


def local(now: datetime) -> str:
    """The instant on the office's clock."""
    return f"{now + ZONE:%Y-%m-%d %H.%M} WIB"
