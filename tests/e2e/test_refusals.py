"""Documented refusals, at random, for weeks: nobody's status changes, and no secret is written anywhere.

Some 600 looks by default; ten thousand in the nightly profile.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.cli.office import Office, Said, configure
from tests.e2e.refuser import Refuser, documented
from tests.lab import tiktok, x
from tests.lab.model import Account, Scenario, utc
from tests.lab.rhythm import steady
from tests.lab.server import Lab, secrets

NOW = utc("2026-11-02T02:00:00")
DAY = timedelta(days=1)
WITH_KEYS = ("facebook", "instagram", "threads", "tiktok", "x", "youtube")
EACH = 5  # accounts of a platform
LOOKS = 10_000 if os.environ.get("HYPOTHESIS_PROFILE") == "nightly" else 600
STALE = timedelta(days=10)  # of evidence: older than that an account is unknown, whatever it was
RARE = {"suspended", "wrong_kind"}  # a body or two of hundreds: not in every 600 looks
PROVES = {"observed", "unchanged", "renamed", "taken", "handle_taken"}  # whose it is: the sample bodies of the sheets
CONTROLS = {  # none of them is ever seen: an absence beside it proves nothing
    name: [
        "UCkontrl-kota-contoh-00A" if name == "youtube" else "kontrol_contoh" if name in {"x", "tiktok"} else "kontrol"
    ]
    for name in WITH_KEYS
}
FOUND = documented(*WITH_KEYS, "meta")
BODIES = {
    name: [b for b in rows if b["outcome"] not in PROVES and '"business_discovery"' not in json.dumps(b["body"])]
    for name, rows in FOUND.items()
}
for name in ("facebook", "instagram"):
    BODIES[name] += BODIES["meta"]


def account(platform: str, n: int) -> Account:
    handle = (
        f"UCkanal{n}-kota-contoh-0{n}A"
        if platform == "youtube"
        else f"humas{n}_contoh".replace("_", "_" if platform in {"x", "tiktok"} else ".")
    )
    posts = steady(f"{platform} {n}", NOW - 200 * DAY, NOW + 60 * DAY, 2)
    return Account(f"{platform}:{handle}", platform, handle, NOW - 400 * DAY, posts, title="Dinas Contoh")


WORLD = Scenario("penolakan", NOW, tuple(account(name, n) for name in WITH_KEYS for n in range(1, EACH + 1)))


def wire(config: Path, url: str) -> None:
    """Every platform asks the refuser from now on; the feed of YouTube answers nothing."""
    path = config / "auditor.yaml"
    settings: dict[str, Any] = json.loads(path.read_text("utf-8"))
    for name in WITH_KEYS:
        settings["platforms"][name] |= {"base_url": f"{url}/{name}", "controls": CONTROLS[name]}
    settings["platforms"]["youtube"]["feed_url"] = f"{url}/feed"
    path.write_text(json.dumps(settings), "utf-8")


def outcomes(office: Office) -> Counter[str]:
    """Looks on record, by what they brought."""
    with closing(sqlite3.connect(office.config / "auditor.db")) as database:
        return Counter(dict(database.execute("SELECT outcome, count(*) FROM looks GROUP BY outcome")))


def statuses(office: Office, now: datetime) -> Mapping[str, str]:
    return {row["account"]: row["status"] for row in office("report", "--format", "json", now=now).json["accounts"]}


def test_no_refusal_changes_a_status_and_no_secret_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for name, value in secrets().items():
        monkeypatch.setenv(name, value)
    said: list[Said] = []
    bodies = {**BODIES, "feed": [{"status": 404, "body": "<title>Error 404 (Not Found)!!1</title>"}]}
    with Lab(WORLD) as lab, Refuser(bodies) as refuser:
        listed = [{a.platform: a.handle} for a in WORLD.accounts]
        office = Office(lab, configure(lab, tmp_path / "config", listed), NOW)
        vault = office.config / ".tiktok.json"
        kept = tiktok.kept(lab.faces["tiktok"], NOW - timedelta(hours=1))
        vault.touch(0o600)
        vault.write_text(json.dumps({n: {**c, "expires_at": (NOW + 99 * DAY).isoformat()} for n, c in kept.items()}))
        said.append(office.look(NOW, "--all"))
        before = statuses(office, NOW)
        assert set(before.values()) == {"active"}, before
        wire(office.config, refuser.url)
        now = NOW
        while sum(outcomes(office).values()) < LOOKS:
            now += timedelta(hours=7)
            said.append(office.look(now, "--all"))
            possible = {"active", "slow"} if now - NOW < STALE else {"active", "slow", "unknown"}
            assert set(statuses(office, now).values()) <= possible
        said += [office(*command) for command in (["status"], ["report"], ["check"], ["show", WORLD.accounts[0].key])]
    assert set(outcomes(office)) >= {b["outcome"] for rows in BODIES.values() for b in rows} - RARE
    written = [text.encode() for one in said for text in (one.out, one.err)] + [caplog.text.encode()]
    written += [f.read_bytes() for f in office.config.rglob("*") if f.is_file() and f != vault]
    canaries = {v for n, v in secrets().items() if n != "AUDITOR_INSTAGRAM_USER_ID" and not v.startswith("http")}
    canaries |= {c[name] for c in kept.values() for name in ("access_token", "refresh_token")} | {x.TOKEN}
    assert refuser.shown & canaries, "secrets did arrive where they belong"
    assert [(canary, text[:60]) for canary in canaries for text in written if canary.encode() in text] == []
