"""What every command shares: the configuration directory, the language, the clock, the store."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from auditor import clock
from auditor.clock import Clock
from auditor.config.settings import Settings
from auditor.errors import Exit, UserError
from auditor.words import Words, words

from .asked import instant
from .page import example

if TYPE_CHECKING:
    from auditor.rounds import InForce
    from auditor.rules import Bench
    from auditor.store.sqlite import SqliteStore


@dataclass
class Session:
    """One run of the command line."""

    directory: Path
    lang: str | None
    now_text: str | None
    named_by: str = ""  # what named the directory: --config, $AUDITOR_CONFIG, or nothing

    @classmethod
    def of(cls, config: str | None, lang: str | None, now: str | None) -> Session:
        """Option, else AUDITOR_CONFIG, else ./config."""
        named = os.environ.get("AUDITOR_CONFIG")
        named_by = "--config" if config else "$AUDITOR_CONFIG" if named else ""
        return cls(Path(config or named or "config"), lang, now, named_by)

    def in_force(self, *, headed: bool = False) -> InForce:
        """The whole configuration, or all its problems on standard error and exit code 4. `headed`: see `example`."""
        from auditor.config.load import Rejected
        from auditor.rounds import load_in_force

        self.must_exist()
        loaded = load_in_force(self.directory, self.lang)
        if isinstance(loaded, Rejected):
            for problem in loaded.problems:
                click.echo(str(problem), err=True)
            count = sum(p.severity == "error" for p in loaded.problems)
            raise UserError(words(self.lang or "id")("cli.rejected", count=count), Exit.CONFIG)
        example(loaded.settings, self.lang, headed=headed)
        return loaded

    def must_exist(self) -> None:
        """A command outside the directory says which folders it looked in, and where a configuration lies nearby."""
        if self.directory.is_dir():
            return
        w, here = words(self.lang or "id"), Path.cwd()
        folder = self.directory.absolute()
        looked = f"{self.named_by} = {folder}" if self.named_by else w("init.looked", folder=folder)
        candidates = (here, *(above / "config" for above in here.parents))
        near = next((near for near in candidates if (near / "accounts.yaml").exists()), None)
        hint = w("init.config_near", folder=near) if near else ""
        raise UserError("\n".join((w("cli.no_config", folder=looked), hint)).strip(), Exit.CONFIG)

    def words(self, settings: Settings) -> Words:
        """The chosen language, else the office's."""
        return words(self.lang or settings.language)

    def clock(self, force: InForce) -> Clock:
        """The system's, or the one set with `--now`, which is refused unless every host asked is on loopback."""
        if self.now_text is None:
            return clock.system
        from auditor.rounds import strangers

        w = self.words(force.settings)
        found = strangers(force, self.secrets(force.settings))
        if found:
            raise UserError(w("cli.now_refused", hosts=", ".join(found[:5])), Exit.USAGE)
        return clock.fixed(instant(self.now_text, force.settings, w))

    def as_of(self, text: str | None, settings: Settings, now: datetime, w: Words) -> datetime:
        """The instant to judge: now, or a past one; a bare date is the end of that day."""
        at = instant(text, settings, w, end_of_day=True) if text else now
        if at > now:
            raise UserError(w("cli.as_of_future"), Exit.USAGE)
        return at

    def bench(self, store: SqliteStore, force: InForce, past: datetime | None) -> Bench:
        """What was in force: the files as they are, or list and policy of a past instant from the store."""
        from auditor.config.load import policy_from, register_from
        from auditor.poll.office import in_use, reach_of, ways_of
        from auditor.routes import remedies, routes
        from auditor.rules import Bench

        register, book = force.register, force.book
        if past is not None:
            listed, ruled = store.register_at(past), store.policy_at(past)
            register, book = register_from(listed[1]) if listed else register, policy_from(ruled[1]) if ruled else book
        via, doing = routes(force.settings, self.secrets(force.settings)), remedies(force.settings)
        return Bench(register, book, reach_of(via), bool(self.now_text), doing, in_use(register, via), ways_of(via))

    def secrets(self, settings: Settings) -> dict[str, str]:
        """From the environment, else `.env` beside the configuration."""
        from auditor.routes import secrets

        return dict(secrets(settings, os.environ, self.directory))

    def store(self, settings: Settings, now: datetime, *, write: bool = False) -> SqliteStore:
        """The facts. Reading commands work before the first look too: then there are none."""
        from auditor.store.sqlite import open_store

        if not write and not settings.database.exists():
            return open_store(":memory:", now, language=self.lang or settings.language)
        return open_store(settings.database, now, read_only=not write, language=self.lang or settings.language)
