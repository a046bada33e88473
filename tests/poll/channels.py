"""YouTube channels in the double, and an office that reads them through real rounds on a real database."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from auditor.core.audit import Audit
from auditor.core.model import Observation, Verdict
from auditor.poll.swept import Swept
from auditor.rounds import InForce, Rounds, load_in_force
from auditor.store.sqlite import open_store
from tests.lab import youtube_api as api
from tests.lab.model import Account, Post, Scenario
from tests.lab.server import Lab

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
VARIABLE = "AUDITOR_YOUTUBE_API_KEY"
LANE = f"youtube:{VARIABLE}"


def uc(name: str) -> str:
    """A channel id that begins with a name."""
    return f"UC{name:->21}A"


def channel(name: str, *posts: Post | datetime, born: datetime, **more: object) -> Account:
    """A channel with these videos."""
    made = tuple(p if isinstance(p, Post) else Post(p) for p in posts)
    return Account(f"youtube:{uc(name)}", "youtube", uc(name), born, made, **more)  # type: ignore[arg-type]


@dataclass
class Newsroom:
    """One office. Every round is a new process on the same database; the clock is the double's and the office's."""

    folder: Path
    lab: Lab
    listed: Sequence[Mapping[str, str]]
    controls: Sequence[str] = ()
    keys: Mapping[str, str] = field(default_factory=lambda: {VARIABLE: api.KEY})
    quota: int | None = None
    force: InForce = field(init=False)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        youtube = {
            "enabled": True,
            "feed_url": f"{self.lab.url}/youtube/feeds/videos.xml",
            "base_url": self.lab.url + api.PREFIX + api.PATH,
            "controls": list(self.controls),
        } | ({"quota": {"call": self.quota}} if self.quota else {})
        settings = {
            "database": "auditor.db",
            "language": "en",
            "timezone": "Asia/Jakarta",
            "network": {"timeout_seconds": 5, "hosts": {}, "sentinels": []},
            "platforms": {"youtube": youtube},
        }
        agency = {"id": "dinas-contoh", "name": "Dinas Contoh", "accounts": list(self.listed)}
        register = {"defaults": {"timezone": "Asia/Jakarta"}, "agencies": [agency]}
        for name, document in (("auditor.yaml", settings), ("accounts.yaml", register)):
            (self.folder / name).write_text(json.dumps(document), "utf-8")
        loaded = load_in_force(self.folder, "en")
        assert isinstance(loaded, InForce), loaded
        self.force = loaded

    @contextmanager
    def rounds(self, now: datetime) -> Iterator[Rounds]:
        path = self.force.settings.database
        with closing(open_store(path, now)) as store:
            found = Rounds(
                force=self.force,
                store=store,
                facts=lambda: open_store(path, now, read_only=True),
                clock=lambda: now,
                secrets=self.keys,
            )
            found.enter()
            yield found

    def round(self, now: datetime, *, everything: bool = True) -> Swept:
        """Look at everybody, or at who is due."""
        self.lab.clock.set(now)
        with self.rounds(now) as rounds:
            return rounds.poll("poll", rounds.owed(everything=everything))[0]

    def audit(self, now: datetime) -> Audit:
        with self.rounds(now) as rounds:
            return rounds.audit(now)

    def verdict(self, name: str, now: datetime) -> Verdict:
        return next(r.verdict for r in self.audit(now).rows if r.account.ref.handle in (uc(name), name))

    def history(self, name: str, now: datetime) -> Sequence[Observation]:
        with self.rounds(now) as rounds:
            state = rounds.store.find(f"youtube:{uc(name)}") or rounds.store.find(f"youtube:{name}")
            assert state is not None
            return rounds.store.history(state.id, now)

    def spent(self, since: datetime, unit: str = "call") -> int:
        """As the ledger has it."""
        with self.rounds(since) as rounds:
            return rounds.store.spent(f"{LANE} {unit}", since)

    @property
    def asked(self) -> Counter[str]:
        """Resources of the API asked for since the double last forgot, the feed among them."""
        return Counter(r.path.rpartition("/")[2] for r in self.lab.requests)


@contextmanager
def newsroom(
    folder: Path,
    channels: Sequence[Account],
    now: datetime,
    *,
    by: Sequence[Mapping[str, str]] = (),
    controls: Sequence[Account] = (),
    quota: int | None = None,
    variants: Mapping[str, str] | None = None,
) -> Iterator[Newsroom]:
    """The double and an office whose list holds every channel by its id, or what `by` says."""
    scenario = Scenario("channels", now, (*channels, *controls), variants=variants or {})
    listed = by or [{"youtube": a.handle} for a in channels]
    with Lab(scenario) as lab:
        yield Newsroom(folder, lab, listed, [a.handle for a in controls], quota=quota)
