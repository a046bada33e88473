"""Plays the demonstration city: the double's clock walks through eleven days while the real program looks at it.

Everything made lies under .demo/: the configuration, the database, and `truth.json`, which the scenario tells without
the program. Called by scripts/demo.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import shutil
import sys
import threading
from datetime import datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from auditor.cli import run  # noqa: E402 — the checkout itself is the package
from auditor.words import words  # noqa: E402
from scripts.play_hand import HandRounds, local  # noqa: E402
from tests.lab import threads, tiktok  # noqa: E402
from tests.lab.scenarios import scenario  # noqa: E402
from tests.lab.scenarios.kota_contoh import END, START, truth  # noqa: E402
from tests.lab.server import Lab, secrets  # noqa: E402
from tests.lab.truth import KEYLESS  # noqa: E402

DEMO = ROOT / ".demo"
THREADS = {  # of two tokens one has ended: nobody is withheld, and it is said
    "AUDITOR_THREADS_ACCESS_TOKEN": threads.EXPIRED,
    "AUDITOR_THREADS_ACCESS_TOKEN_2": threads.TOKEN,
}
POLICY = """\
policy:
  name: default
  set_by: Pemerintah Kota Contoh
"""


def configure(lab: Lab, language: str, folder: Path, *, tokens: bool) -> Path:
    """A fresh folder with the register of the city and every host sent to the double."""
    shutil.rmtree(folder, ignore_errors=True)
    config = folder / "config"
    config.mkdir(parents=True)
    shutil.copy(ROOT / "config/demo/accounts.yaml", config / "accounts.yaml")
    (config / "policy.yaml").write_text(POLICY, "utf-8")
    wired = lab.configuration()
    platforms = {name: keys for name, keys in wired["platforms"].items() if tokens or name in KEYLESS}
    if tokens:
        platforms["threads"]["token_envs"] = list(THREADS)
        keep(config / ".env", "".join(f"{name}={value}\n" for name, value in (secrets() | THREADS).items()))
        keep(config / ".tiktok.json", json.dumps(tiktok.kept(lab.faces["tiktok"], START), indent=1))
    settings = {
        "demonstration": True,
        "database": "../auditor.db",
        "reports_dir": "../reports",
        "language": language,
        "timezone": "Asia/Jakarta",
        "network": wired["network"],
        "platforms": platforms,
    }
    text = "# The demonstration: every platform is the double on this machine.\n"
    (config / "auditor.yaml").write_text(text + json.dumps(settings, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return config


def keep(path: Path, text: str) -> None:
    """A file of secrets, which open nothing but the double, is nobody else's to read all the same."""
    path.touch(0o600)
    path.write_text(text, "utf-8")


def play(lab: Lab, config: Path, people: HandRounds | None) -> None:
    """Twice a day, only who is due is looked at, as cron would do it; in between what people do by hand."""
    by_hand = people.instants() if people else {}
    said: set[str] = set()
    rounds = [START + timedelta(hours=12 * n) for n in range((END - START) // timedelta(hours=12))]
    for now in sorted({*rounds, *by_hand}):
        if people and now in by_hand:
            lab.clock.set(now)
            people.do(now)
        else:
            look(lab, config, now, said)
    look(lab, config, END - timedelta(minutes=50), said, "--all")


def look(lab: Lab, config: Path, now: datetime, said: set[str], *how: str) -> None:
    """One round at one instant of the double's clock. What every round says is said once."""
    lab.clock.set(now)
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()) as heard:
        code = run(["--config", str(config), "--now", now.isoformat(), "poll", *how])
    for line in heard.getvalue().splitlines():
        if line not in said:
            print(line, file=sys.stderr)
    said |= set(heard.getvalue().splitlines())
    if code & 7:
        raise SystemExit(code)
    print(".", end="", file=sys.stderr, flush=True)


def main() -> int:
    """Parse, play, print."""
    parser = argparse.ArgumentParser(prog="scripts/demo", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print the JSON report and nothing else")
    parser.add_argument("--serve", action="store_true", help="leave the double running")
    parser.add_argument("--tanpa-token", action="store_true", help="as an office without any token sees it")
    parser.add_argument("--folder", type=Path, default=DEMO, help="made anew (default: .demo)")
    parser.add_argument("--lang", choices=["id", "en"], default="id")
    chosen = parser.parse_args()
    os.environ.pop("AUDITOR_CONFIG", None)
    with Lab(scenario("kota_contoh"), now=START) as lab:
        config = configure(lab, chosen.lang, chosen.folder, tokens=not chosen.tanpa_token)
        people = HandRounds(config, lab.scenario, chosen.lang) if chosen.tanpa_token else None
        play(lab, config, people)
        print(file=sys.stderr)
        lab.clock.set(END)
        seen = {account.platform for account in lab.scenario.accounts}
        (chosen.folder / "truth.json").write_text(
            json.dumps(truth(END, seen), indent=1, ensure_ascii=False) + "\n", "utf-8"
        )
        shown = ["report", "--format", "json"] if chosen.json else ["report"]
        if people and not chosen.json:
            tell(people, chosen.lang)
        code = run(["--config", str(config), "--now", END.isoformat(), *shown])
        if people is None and not chosen.json:
            print("\n" + words(chosen.lang)("demo.other"))
        if code == 0 and chosen.serve:
            serve(lab, config)
    return code


def tell(people: HandRounds, language: str) -> None:
    """What was done by hand and what the program answered, before the report that rests on it."""
    w = words(language)
    for now, command, printed in people.said:
        print(f"{w('report.demonstration')}\n{local(now)}  $ auditor {command}\n\n{printed.rstrip()}\n")
    print(w("demo.afterwards"))


def serve(lab: Lab, config: Path) -> None:
    """Say how to look at it, then wait for Ctrl-C."""
    now = END.isoformat()
    print(
        f"\nThe double runs at {lab.url} (its clock stands at {now}). Ctrl-C stops it.\n"
        f"  browser   {lab.url}/\n"
        f"  curl      curl '{lab.url}/bluesky/xrpc/app.bsky.actor.getProfile?actor=pemkot.kota.contoh'\n"
        f"            curl -H 'Host: sosial.kotacontoh.example' "
        f"'{lab.url}/api/v1/accounts/lookup?acct=pemkot_contoh'\n"
        f"  auditor   export AUDITOR_CONFIG={config}\n"
        f"            .venv/bin/auditor --now {now} poll --all\n"
        f"            .venv/bin/auditor --now {now} show mastodon:@dukcapil_contoh@sosial.kotacontoh.example",
        flush=True,
    )
    with contextlib.suppress(KeyboardInterrupt):
        threading.Event().wait()


if __name__ == "__main__":
    sys.exit(main())
