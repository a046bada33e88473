"""The demonstration city played once, and small offices for single rules. Everything runs the real command line."""

from __future__ import annotations

import contextlib
import io
import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from auditor.cli import run
from tests.lab.server import Lab

ROOT = Path(__file__).parent.parent.parent
START = datetime(2026, 11, 12, tzinfo=UTC)
END = datetime(2026, 11, 23, tzinfo=UTC)
LAST = END - timedelta(minutes=50)
ROUNDS = (*(START + timedelta(days=n) for n in (0, 4, 6, 8, 10)), LAST)
MIDWAY = ROUNDS[3]


class Said(NamedTuple):
    """What one command did."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one document on standard output."""
        return json.loads(self.out)


def auditor(*arguments: str) -> Said:
    """One command of the program, in this process."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = run(list(arguments))
    return Said(code, out.getvalue(), err.getvalue())


@dataclass
class Office:
    """A configuration directory, its double, and the instant at which commands are given."""

    lab: Lab
    config: Path
    now: datetime

    def __call__(self, *arguments: str, now: datetime | None = None, lang: str | None = None) -> Said:
        """A command in a rehearsal at an instant."""
        language = ["--lang", lang] if lang else []
        return auditor("--config", str(self.config), *language, "--now", (now or self.now).isoformat(), *arguments)

    def look(self, now: datetime, *arguments: str) -> Said:
        """A round at an instant on both clocks."""
        self.lab.clock.set(now)
        self.now = now
        return self("poll", *arguments)


def configure(lab: Lab, config: Path, accounts: Sequence[object] | None = None, **network: object) -> Path:
    """Every host goes to the double. Without accounts: the demonstration register."""
    config.mkdir(parents=True)
    wired: dict[str, Any] = lab.configuration()
    settings: Mapping[str, object] = {
        "demonstration": accounts is None,
        "database": "auditor.db",
        "timezone": "Asia/Jakarta",
        "network": wired["network"] | {"timeout_seconds": 5} | network,
        "platforms": wired["platforms"],
    }
    (config / "auditor.yaml").write_text(json.dumps(settings), "utf-8")
    if accounts is None:
        shutil.copy(ROOT / "config/demo/accounts.yaml", config / "accounts.yaml")
        (config / "policy.yaml").write_text("policy: {name: default, set_by: Pemerintah Kota Contoh}\n", "utf-8")
    else:
        write_register(config, "Dinas Contoh", accounts)
    return config


def write_register(config: Path, name: str, accounts: Sequence[object]) -> None:
    """One agency with these accounts, as a list writes them."""
    agency = {"id": "dinas-contoh", "name": name, "timezone": "Asia/Jakarta", "accounts": list(accounts)}
    (config / "accounts.yaml").write_text(json.dumps({"agencies": [agency]}), "utf-8")


def edit(config: Path, changes: Mapping[str, Any]) -> None:
    """Settings replaced, one level deep."""
    path = config / "auditor.yaml"
    settings = json.loads(path.read_text("utf-8"))
    for key, value in changes.items():
        settings[key] = settings[key] | value if isinstance(value, dict) and key in settings else value
    path.write_text(json.dumps(settings), "utf-8")
