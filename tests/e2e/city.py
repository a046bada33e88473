"""An office of its own for a test: configuration, database and the real command line, against a double on loopback."""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from auditor.cli import run
from tests.lab.server import Lab

SETTINGS = """\
database: auditor.db
language: {language}
timezone: Asia/Jakarta
schedule: {{tick_seconds: 1, report: "{report}"}}
network:
  timeout_seconds: 5
  hosts: {hosts}
  sentinels: {sentinels}
platforms:
  bluesky: {{enabled: true, base_url: "{url}/bluesky", controls: {bluesky}}}
  mastodon: {{enabled: true, controls: {mastodon}}}
  feed: {{enabled: true}}
  telegram: {{enabled: true, base_url: "{url}/telegram", controls: {telegram}}}
  youtube: {{enabled: true, feed_url: "{url}/youtube/feeds/videos.xml"}}
"""


@dataclass
class Office:
    """One configuration directory and the command line over it."""

    lab: Lab
    config: Path

    def __call__(self, *arguments: str, now: datetime | None = None) -> tuple[int, str]:
        """Exit code and standard output of one command."""
        out = io.StringIO()
        clock = ["--now", now.isoformat()] if now else []
        with contextlib.redirect_stdout(out):
            code = run(["--config", str(self.config), *clock, *arguments])
        return code, out.getvalue()

    def poll(self, now: datetime, *arguments: str) -> int:
        """A round at an instant, on both clocks."""
        self.lab.clock.set(now)
        return self("poll", *arguments, now=now)[0]

    def report(self, now: datetime, *arguments: str) -> dict[str, Any]:
        """The JSON report at an instant."""
        code, text = self("report", "--format", "json", *arguments, now=now)
        assert code == 0
        document: dict[str, Any] = json.loads(text)
        return document

    def rows(self, now: datetime) -> dict[str, dict[str, Any]]:
        """Its accounts by key."""
        return {row["account"]: row for row in self.report(now)["accounts"]}


def open_office(
    lab: Lab,
    folder: Path,
    accounts: Sequence[object],
    *,
    controls: Mapping[str, Sequence[str]] | None = None,
    sentinels: bool = True,
    profile: str = "standard",
    report: str = "0 7 * * 1",
) -> Office:
    """One agency with the given accounts (as a list writes them); every host goes to the double."""
    config = folder / "config"
    config.mkdir(parents=True)
    chosen = controls or {}
    both = ["https://sentinel-a.example/sentinel/a", "https://sentinel-b.example/sentinel/b"]
    settings = SETTINGS.format(
        language="id",
        report=report,
        url=lab.url,
        hosts=json.dumps(dict(lab.hosts)),
        sentinels=json.dumps(both if sentinels else []),
        **{name: json.dumps(list(chosen.get(name, ()))) for name in ("bluesky", "mastodon", "telegram")},
    )
    (config / "auditor.yaml").write_text(settings, "utf-8")
    agency = {"id": "dinas-contoh", "name": "Dinas Contoh", "profile": profile, "accounts": list(accounts)}
    register = {"defaults": {"timezone": "Asia/Jakarta"}, "agencies": [agency]}
    (config / "accounts.yaml").write_text(json.dumps(register, ensure_ascii=False), "utf-8")
    return Office(lab, config)


def entries(lab: Lab) -> list[dict[str, str]]:
    """Every account of a scenario, as a list writes it."""
    return [{a.platform: a.key.partition(":")[2]} for a in lab.scenario.accounts if a.listed]
