"""The daemon: one tick job that does what is due. What is due lives in the store, so a restart loses nothing."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import TextIO

from auditor.clock import Clock, system
from auditor.config.load import Rejected, fingerprint
from auditor.core.audit import Audit
from auditor.errors import RefusedError, UserError
from auditor.log import say
from auditor.rounds import InForce, Rounds, load_in_force
from auditor.routes import secrets
from auditor.store.sqlite import SqliteStore, open_store
from auditor.words import Words, words

PULSE, REPORTED = "daemon", "report"
REPORT_WIDTH = 100
SWEEP_SECONDS = 45
WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")


@contextmanager
def only_one(database: Path, w: Words) -> Iterator[None]:
    """One daemon per database: the lock goes with the process, however it ends. Raises RefusedError."""
    path = database.with_name(database.name + ".lock")
    if not path.parent.is_dir():
        raise UserError(w("cli.no_folder", folder=path.parent))
    with path.open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.seek(0)
            raise RefusedError(w("cli.run_lock", database=database, pid=lock.read().strip() or "?")) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def next_after(cron: str, previous: datetime, zone: tzinfo) -> datetime | None:
    """The first instant of a cron expression after another, in the office's zone. Weekdays count from Sunday, as in
    cron: the scheduler's own numbers count from Monday."""
    from apscheduler.triggers.cron import CronTrigger

    minute, hour, day, month, weekday = cron.split()
    trigger = CronTrigger(minute=minute, hour=hour, day=day, month=month, day_of_week=_named(weekday), timezone=zone)
    at: datetime | None = trigger.get_next_fire_time(None, previous + timedelta(seconds=1))
    return at


def _named(weekdays: str) -> str:
    """Numbers as names, ranges and steps written out: `5-7` is fri,sat,sun and `*/2` sun,tue,thu,sat."""
    days: list[str] = []
    for part in weekdays.lower().split(","):
        span, _, step = part.partition("/")
        first, _, last = ("0", "", "6") if span == "*" else span.partition("-")
        if part == "*":
            return "*"
        start, end = _number(first), _number(last or ("6" if step else first))
        days += [WEEKDAYS[n % 7] for n in range(start, (end if end >= start else end + 7) + 1, int(step or 1))]
    return ",".join(dict.fromkeys(days))


def _number(day: str) -> int:
    return WEEKDAYS.index(day[:3]) if day[:3] in WEEKDAYS else int(day)


@dataclass
class Daemon:
    """Everything a tick needs. Files and `.env` are read again when they change; a bad edit keeps the last good one."""

    directory: Path
    language: str | None
    force: InForce
    clock: Clock
    secrets: dict[str, str]
    rehearsal: bool = False
    out: TextIO = sys.stdout
    stop: threading.Event = field(default_factory=threading.Event)
    seen: str = ""  # fingerprint of the files that `force` came from
    monotonic: Callable[[], float] = time.monotonic
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)

    def run(self) -> None:
        """Tick until SIGTERM or SIGINT; the look in hand is finished. Missed ticks are made up for once."""
        from apscheduler.executors.pool import ThreadPoolExecutor
        from apscheduler.schedulers.background import BackgroundScheduler

        settings = self.force.settings
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.stop.set())
        with only_one(settings.database, words(self.language or settings.language)):
            scheduler = BackgroundScheduler(
                executors={"default": ThreadPoolExecutor(1)},
                job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
                timezone=settings.timezone,
            )
            scheduler.add_job(self.safe_tick, "interval", seconds=settings.tick_seconds, next_run_time=system())
            scheduler.start()
            self.stop.wait()
            scheduler.shutdown(wait=True)
            with closing(self._store()) as store:
                store.beat(PULSE, self.clock(), {"stopped": self.clock().isoformat()})

    def safe_tick(self) -> None:
        """What a person can mend is said and the next tick tries again; a defect is left to the scheduler's log."""
        try:
            self.tick()
        except UserError as error:
            say("tick_failed", error=error)

    def tick(self) -> None:
        """Take up an edited list, look at who is due, report if it is time, give a sign of life.

        A sweep gets most of a minute; who was not reached stays due: an edit and a report never wait for a slow lane.
        """
        edited = self._reload()
        ends = self.monotonic() + SWEEP_SECONDS
        with closing(self._store()) as store:
            rounds = Rounds(
                force=self.force,
                store=store,
                facts=lambda: open_store(self.force.settings.database, self.clock(), read_only=True),
                clock=self.clock,
                secrets=self.secrets,
                rehearsal=self.rehearsal,
                pause=lambda until: self._pause(until, ends),
                stopped=lambda: self.stop.is_set() or self.monotonic() >= ends,
            )
            rounds.enter()
            self._beat(store, self._next_report(store))
            owed = rounds.ready(rounds.owed(), edited=edited)
            try:
                if owed:
                    swept, changes = rounds.poll("run", owed)
                    say("sweep", **swept.totals(), changes=len(changes))
                else:
                    rounds.remind()
                self._tell(rounds)
                rounds.keep_today(self.clock())
            finally:  # whatever went wrong with looking, what is known is reported
                self._beat(store, self._report_if_due(store, rounds))

    def _tell(self, rounds: Rounds) -> None:
        """Of blind spots, in words: the journal is read by people."""
        from auditor.reports.blind import notice_text

        w, remedies = words(self.language or self.force.settings.language), rounds.bench.remedies
        for notice in rounds.notices:
            text = notice_text(notice, self.force.register, remedies, w)
            say(f"blind_spot_{notice.event}", kind=notice.extent.kind, text=text)

    def _store(self) -> SqliteStore:
        return open_store(self.force.settings.database, self.clock())

    def _beat(self, store: SqliteStore, report: datetime | None) -> None:
        store.beat(PULSE, self.clock(), {"report": report.isoformat()} if report else {})

    def _pause(self, until: datetime, ends: float) -> bool:
        """Wait for a short quota window, but no longer than the sweep may last. True: it has turned."""
        wanted = max((until - self.clock()).total_seconds(), 0)
        granted = min(wanted, max(ends - self.monotonic(), 0))
        return not self.stop.wait(granted) and granted == wanted

    def _reload(self) -> bool:
        """Whether the files or the credentials changed and are in force."""
        now = fingerprint(self.directory)
        if now == self.seen:
            return False
        loaded = load_in_force(self.directory, self.language)
        self.seen = now
        if isinstance(loaded, Rejected):
            say("bad_edit", problems=len(loaded.problems), first=loaded.problems[0])
            return False
        try:
            self.secrets = dict(secrets(loaded.settings, self.environ, self.directory))
        except UserError as error:
            say("bad_edit", problems=1, first=error)
            return False
        self.force = loaded
        say("edited", register=loaded.register.sha256[:12], accounts=len(loaded.register.accounts))
        return True

    def _next_report(self, store: SqliteStore) -> datetime | None:
        """By what was last reported; a first start, and a clock that ran ahead, begin the count now."""
        cron, now = self.force.settings.report_cron, self.clock()
        if cron is None:
            return None
        last = store.heartbeat(REPORTED)
        if last is None or last[0] > now:
            store.beat(REPORTED, now, {})
            return next_after(cron, now, self.force.settings.zone)
        return next_after(cron, last[0], self.force.settings.zone)

    def _report_if_due(self, store: SqliteStore, rounds: Rounds) -> datetime | None:
        """Once however many were missed; returns when the next one is."""
        due, now = self._next_report(store), self.clock()
        if due is None or due > now:
            return due
        try:
            self._report(rounds.audit())
        except OSError as error:
            raise UserError(f"{self.force.settings.reports_dir}: {error.strerror}") from None
        store.beat(REPORTED, now, {})
        return self._next_report(store)

    def _report(self, audit: Audit) -> None:
        """Print it, and keep it as text and JSON under its date and as the latest."""
        from auditor.reports.json import report_json
        from auditor.reports.terminal import render_report
        from auditor.reports.view import ALL, view

        settings = self.force.settings
        w = words(self.language or settings.language)
        page = render_report(view(audit, w, ALL), w, width=REPORT_WIDTH, color=False, ascii_only=False)
        document = json.dumps(report_json(audit, w), ensure_ascii=False, indent=1) + "\n"
        settings.reports_dir.mkdir(parents=True, exist_ok=True)
        day = audit.as_of.astimezone(settings.zone).strftime("%Y-%m-%d")
        for stem in (day, w("cli.latest")):
            for suffix, text in ((".txt", page), (".json", document)):
                path = settings.reports_dir / f"{stem}{suffix}"
                fresh = path.with_suffix(suffix + ".new")
                fresh.write_text(text, "utf-8")
                fresh.replace(path)
        self.out.write(page)
        self.out.flush()
        say("report", day=day, folder=settings.reports_dir)
