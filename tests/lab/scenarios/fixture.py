"""Forty real posting histories, ten on each of four faces, under the pseudonyms of their source.

Source and licence: tests/data/NOTICE (ODbL 1.0). A row of n posts is n posts at that
instant; feeds show their fifteen newest.
"""

from __future__ import annotations

import csv
import gzip
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from tests.lab.model import Account, Post, Scenario, utc

DATA = Path(__file__).parents[2] / "data"
HOST = "arsip.contoh.example"
FACES = ("mastodon", "bluesky", "telegram", "feed")


@cache
def histories() -> dict[str, tuple[datetime, ...]]:
    """pseudonym -> the instant of every post, oldest first."""
    found: dict[str, list[datetime]] = {}
    with gzip.open(DATA / "fixture_posts.csv.gz", "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["account"], []).extend([utc(row["posted_at"])] * int(row["n"]))
    return {name: tuple(sorted(instants)) for name, instants in sorted(found.items())}


@cache
def watched() -> dict[str, tuple[datetime, datetime]]:
    """pseudonym -> when the source began and ceased to watch; outside nothing is known."""
    with (DATA / "fixture_accounts.csv").open(encoding="utf-8", newline="") as file:
        return {row["account"]: (utc(row["obs_start"]), utc(row["obs_end"])) for row in csv.DictReader(file)}


def account(place: int, name: str) -> Account:
    """One history on the face its place in the list falls to."""
    platform = FACES[place % len(FACES)]
    handle, key = {
        "mastodon": (name.replace("-", "_"), f"mastodon:@{name.replace('-', '_')}@{HOST}"),
        "bluesky": (f"{name}.arsip.contoh", f"bluesky:{name}.arsip.contoh"),
        "telegram": (f"arsip_{name.replace('-', '_')}", f"telegram:arsip_{name.replace('-', '_')}"),
        "feed": (f"https://{name}.arsip.example/feed/", f"feed:https://{name}.arsip.example/feed/"),
    }[platform]
    instants = histories()[name]
    created = min(instants[0], watched()[name][0]) - timedelta(days=1)
    posts = tuple(Post(at) for at in instants)
    options = {"source": name}
    return Account(key, platform, handle, created, posts, host=HOST, title=name, options=options)


@cache
def build() -> Scenario:
    """The archive, at the end of its last history."""
    accounts = tuple(account(place, name) for place, name in enumerate(histories()))
    end = max(instants[-1] for instants in histories().values())
    return Scenario("fixture", end + timedelta(seconds=1), accounts, servers={HOST: {"software": "mastodon"}})
