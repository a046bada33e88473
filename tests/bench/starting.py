"""From the prompt to the page: processor time of whole processes."""

from __future__ import annotations

import os
import pty
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from statistics import median

from .row import Measure, Row, Size

ROUNDS = 7
ACCOUNTS = 200


def office(folder: Path, accounts: int) -> None:
    """A list of websites that nobody has looked at yet, and its database."""
    listed = "".join(f"      - feed: https://dinas{n}.kotacontoh.example/feed/\n" for n in range(accounts))
    (folder / "accounts.yaml").write_text(
        "defaults: {timezone: Asia/Jakarta}\nagencies:\n  - id: kota-contoh\n    name: Kota Contoh\n    accounts:\n"
        + listed,
        "utf-8",
    )
    (folder / "auditor.yaml").write_text("language: id\ntimezone: Asia/Jakarta\n", "utf-8")


def worked(command: Sequence[str], *, terminal: bool) -> float:
    """Seconds of processor time of one run."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    if terminal:
        parent, child = pty.openpty()
        with subprocess.Popen(command, stdout=child, stderr=subprocess.DEVNULL, env=_environment()) as running:
            os.close(child)
            while _drained(parent):
                pass
            running.wait()
        os.close(parent)
    else:
        subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True, env=_environment())
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _drained(parent: int) -> bool:
    try:
        return bool(os.read(parent, 65536))
    except OSError:  # the other end was closed
        return False


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONDONTWRITEBYTECODE": "", "COLUMNS": "100", "TERM": "xterm"}


def report(size: Size) -> Iterable[Row]:
    """G16: `report` of 200 accounts on a terminal and into a pipe, beside a Python that does nothing."""
    bare = [sys.executable, "-c", "pass"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        office(folder, ACCOUNTS)
        ours = [sys.executable, "-m", "auditor", "--config", str(folder), "report"]
        subprocess.run([*ours[:-1], "poll", "--dry-run"], check=True, capture_output=True)
        for where, terminal, most in (("on a terminal", True, 11), ("into a pipe", False, 6)):
            taken: dict[bool, list[float]] = {True: [], False: []}
            for _ in range(ROUNDS):
                taken[True].append(worked(ours, terminal=terminal))
                taken[False].append(worked(bare, terminal=False))
            value = median(taken[True]) / median(taken[False])
            note = f"{ACCOUNTS} accounts, {1000 * median(taken[True]):.0f} ms"
            yield Row(f"G16 report {where}", value, "x bare Python", most, scaled=False, note=note)


MEASURES: Mapping[str, Measure] = {"report": report}
