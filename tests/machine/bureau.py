"""The office under test: the real rounds over one database, in processes that start, die and race."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path

from auditor.config.settings import Settings, load_settings
from auditor.core.audit import Audited
from auditor.core.model import AccountRef, Seen
from auditor.core.policy import PolicyBook
from auditor.core.register import Account, Agency, Register
from auditor.fetch.answer import Ask, Exchange
from auditor.judge import examine, judge
from auditor.poll.office import Office, Route
from auditor.rounds import InForce, Rounds
from auditor.store.connection import Connection
from auditor.store.sqlite import SqliteStore, open_store
from tests.core.test_policy import BOOK, WIB

from .face import Face, open_door
from .world import START, World

SENTINELS = ("https://one.example/204", "https://two.example/204")


class Killed(BaseException):
    """The process is no more."""


class Mortal:
    """A connection that dies at its n-th writing transaction, and is dead from then on."""

    def __init__(self, real: Connection) -> None:
        self.real, self.say, self.lives, self.dead = real, real.say, -1, False

    def die(self) -> None:
        """Now."""
        self.dead = True

    @contextmanager
    def write(self) -> Iterator[object]:
        """One transaction, or the last breath."""
        if self.lives == 0:
            self.dead = True
        self.lives -= self.lives > 0
        if self.dead:
            raise Killed
        with self.real.write() as con:
            yield con

    @contextmanager
    def read(self) -> Iterator[object]:
        """A dead process reads nothing either."""
        if self.dead:
            raise Killed
        with self.real.read() as con:
            yield con

    @contextmanager
    def scrub(self) -> Iterator[object]:
        """As any writing."""
        with self.write(), self.real.scrub() as con:
            yield con

    def close(self) -> None:
        """Release the file."""
        self.real.close()


class MachineRounds(Rounds):
    """Rounds whose platforms are the machine's one."""

    face: Face
    controls: tuple[str, ...] = ()
    sentinels: tuple[str, ...] = ()

    @cached_property
    def office(self) -> Office:
        """With the machine's platform in place of the real ones."""
        return Office(
            register=self.force.register,
            book=self.force.book,
            ids=self.ids,
            routes={"toy": [Route(self.face.platform)]},
            controls={"toy": self.controls},
            sentinels=self.sentinels,
        )


@dataclass(slots=True)
class Entry:
    """One line of the list: it means one real account, by the handle that is written."""

    real: str
    handle: str
    listed: bool = True

    @property
    def key(self) -> str:
        """As the program names it."""
        return f"toy:{self.handle}"


@dataclass
class Bureau:
    """The list, the policy, the file, and the process of the moment."""

    folder: Path
    world: World
    face: Face
    entries: list[Entry]
    controls: tuple[str, ...]
    sentinels: tuple[str, ...]
    book: PolicyBook = BOOK
    settings: Settings = field(init=False)
    rounds: MachineRounds = field(init=False)
    edition: int = 0

    def __post_init__(self) -> None:
        self.settings = settings_of(self.folder)
        shutil.copy(template(self.folder), self.file)
        self.rounds = self._start()

    @property
    def file(self) -> Path:
        """Of the database."""
        return self.folder / "facts.db"

    @property
    def mortal(self) -> Mortal:
        """What can be killed."""
        db = self.rounds.store._db  # type: ignore[attr-defined]
        assert isinstance(db, Mortal)
        return db

    def _start(self) -> MachineRounds:
        store = open_store(self.file, self.world.ours)
        store._db = Mortal(store._db)  # type: ignore[assignment]
        register = self.register()
        force = InForce(register, self.book, self.settings, "{}")
        rounds = MachineRounds(force, store, self.reader, lambda: self.world.ours, {}, doors=lambda *_: self.doors)
        rounds.face, rounds.controls, rounds.sentinels = self.face, self.controls, self.sentinels
        rounds.enter()
        return rounds

    def reader(self) -> SqliteStore:
        """A reading connection, as each lane has one."""
        return open_store(self.file, self.world.ours, read_only=True)

    def doors(self, route: Route | None, on_exchange: Callable[[Exchange], None]) -> AbstractContextManager[Ask]:
        """The face's."""
        return open_door(self.face, route, on_exchange)

    def restart(self) -> None:
        """The old process is gone; a new one opens the same file with today's list and policy."""
        self.rounds.store.close()
        self.rounds = self._start()

    def other(self) -> MachineRounds:
        """A second process beside the first."""
        return self._start()

    def register(self) -> Register:
        """The list as it is written now."""
        listed = [e for e in self.entries if e.listed]
        accounts = tuple(
            Account(e.key, AccountRef("toy", e.handle), f"https://t.example/{e.handle}", "a", e.handle, f"f:{n}")
            for n, e in enumerate(listed)
        )
        digest = hashlib.sha256(repr([e.key for e in listed]).encode()).hexdigest()
        return Register((Agency("a", "Dinas Contoh", "Asia/Jakarta", WIB),), accounts, digest)

    def edited(self) -> None:
        """List or policy changed: in force from now on."""
        self.edition += 1
        self.restart()

    def lenient(self) -> None:
        """The other policy."""
        other = "lenient" if self.book.default_profile == "standard" else "standard"
        self.book = replace(self.book, default_profile=other, version=f"sha256:{other}")

    def poll(self, *, everything: bool = False) -> set[str]:
        """One round; who was looked at."""
        owed = self.rounds.owed(everything=everything)
        self.rounds.poll("poll", owed)
        return {d.account for d in owed}

    def judged(self) -> dict[str, Audited]:
        """Everybody, as of now."""
        rows = judge(self.rounds.store, self.rounds.bench, self.world.ours)
        return {row.account.key: row for row in rows}

    def afresh(self, account: Account) -> Audited:
        """From the history, whatever is kept of it."""
        return examine(self.rounds.store, self.rounds.bench, account, self.world.ours)[0]


_SETTINGS: dict[str, Settings] = {}


def settings_of(folder: Path) -> Settings:
    """The defaults."""
    if "all" not in _SETTINGS:
        found = load_settings(folder)
        assert isinstance(found, Settings)
        _SETTINGS["all"] = found
    return _SETTINGS["all"]


def template(folder: Path) -> Path:
    """An empty database, made once."""
    path = folder.parent / "template.db"
    if not path.exists():
        open_store(path, START).close()
    return path


def instants(rounds: Rounds, key: str, until: datetime) -> set[datetime]:
    """When an account was seen, as far as it was recorded."""
    state = rounds.store.find(key)
    looks = rounds.store.history(state.id, until) if state else ()
    return {o.observed_at for o in looks if isinstance(o.outcome, Seen)}
