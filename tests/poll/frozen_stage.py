"""A lane whose source answers with what it knew at some instant, looked at through sweep, guard and judge."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from auditor.core.frozen import Doubt
from auditor.core.model import ATTESTED, HAND, AccountRef, Observation, Post, Seen, Status
from auditor.core.polling import Due
from auditor.fetch.answer import Ask
from auditor.judge import record
from auditor.platforms.base import Window
from auditor.poll.due import due
from auditor.poll.office import Office
from auditor.rounds import judged
from auditor.rules import Bench
from auditor.store.sqlite import SqliteStore, open_store
from tests.build import DAY, T0
from tests.core.test_policy import BOOK
from tests.poll.stage import Says, Stage

PAGE = 40  # posts an answer lists
NEVER = datetime.max.replace(tzinfo=T0.tzinfo)


@dataclass
class Lane:
    """`posts` by handle, in days after T0. From `frozen` to `thaw` the source answers as it did at `frozen`."""

    folder: Path
    posts: Mapping[str, Sequence[float]]
    frozen: datetime = NEVER
    thaw: datetime = NEVER
    guarded: bool = True
    followers: bool = False  # answers state a number of followers that grows by one a day
    stage: Stage = field(init=False)
    verdicts: dict[str, list[tuple[datetime, Status]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        says: dict[str, Says] = dict.fromkeys(self.posts, self._says)
        self.stage = Stage(self.folder, says, controls=("control",), quota=None)
        self.stage.says["control"] = lambda ref, ask, window: Seen("c", "control", (Post("c", window.now),), None)

    def _says(self, ref: AccountRef, ask: Ask, window: Window) -> Seen:
        """Newest first, a page and as many more as reach back to where reading may stop."""
        ask("GET", f"/{ref.handle}")
        now = window.now
        served = self.frozen if self.frozen <= now < self.thaw else now
        made = [T0 + d * DAY for d in self.posts[ref.handle] if T0 + d * DAY <= served]
        newest = sorted(made, reverse=True)
        listed = newest[: max(PAGE, sum(at >= window.since for at in newest))]
        horizon = None if len(listed) == len(newest) else listed[-1]
        found = tuple(Post(f"{ref.handle}-{at.isoformat()}", at) for at in listed)
        counters = {"followers": 100 + (served - T0) // DAY} if self.followers else {}
        return Seen(f"id-{ref.handle}", ref.handle, found, horizon, counters=counters)

    def store(self) -> SqliteStore:
        return open_store(self.folder / "facts.db", self.stage.now)

    def _office(self, store: SqliteStore) -> Office:
        ids = store.keep_register(self.stage.register, "{}", self.stage.now)
        book = BOOK if self.guarded else UNGUARDED
        return Office(self.stage.register, book, ids, self.stage.routes, {"toy": self.stage.controls})

    def look(self, *, everything: bool = True) -> None:
        """One round now."""
        with closing(self.store()) as store:
            office = self._office(store)
            owed: list[Due] = due(office, store.states(), self.stage.now, everything=everything)
        self.stage.sweep(everything=everything)
        with closing(self.store()) as store:
            office = self._office(store)
            bench = Bench(office.register, office.book, office.reach)
            rows = judged(store, office, bench, owed, self.stage.now)
            record(store, rows, self.stage.now, office.book)
            for row in rows:
                told = self.verdicts.setdefault(row.account.ref.handle, [])
                told.append((self.stage.now, row.verdict.status))

    def looks(self, days: Iterable[float]) -> None:
        """A round at each of these days after T0."""
        for day in days:
            self.stage.now = T0 + day * DAY
            self.look()

    def status(self, handle: str) -> Status:
        return self.verdicts[handle][-1][1]

    def flagged(self, handle: str) -> list[datetime]:
        """When it was called silent."""
        bad = {Status.INACTIVE, Status.NEVER_POSTED, Status.LOST}
        return [at for at, status in self.verdicts.get(handle, []) if status in bad]

    def doubts(self) -> Sequence[Doubt]:
        with closing(self.store()) as store:
            return store.doubts(self.stage.now)

    def by_hand(self, handle: str, *posts: datetime) -> None:
        """A person looked and saw nothing newer than known, or these posts."""
        newest = max((T0 + d * DAY for d in self.posts[handle] if T0 + d * DAY <= self.frozen), default=None)
        told = tuple(Post(f"hand-{at.isoformat()}", at) for at in posts)
        seen = Seen("", "", told, min(posts) if posts else newest, flags=frozenset({ATTESTED}))
        self.stage.told(handle, Observation(self.stage.now, seen, True, HAND))


UNGUARDED = BOOK.__class__(**{**{f: getattr(BOOK, f) for f in BOOK.__slots__}, "frozen_counters_percent": 100})


def every(days: float, until: float, start: float = -400, shift: float = 0) -> list[float]:
    """A post every so many days, from `start` to `until`, in days after T0."""
    found, at = [], start + shift
    while at <= until:
        found.append(at)
        at += days
    return found


def days(start: int, until: int, step: int) -> range:
    return range(start, until, step)


WEEK = timedelta(days=7)
