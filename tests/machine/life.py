"""One life: a world, an office over it, and the steps that can happen. A step is a name and two small numbers."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import TypeAlias

from auditor.core.model import Barrier, PostKind, Status

from .bureau import SENTINELS, Bureau, Entry, Killed, MachineRounds
from .face import Dialect, Face
from .faults import LASTING, OF_LANE, Active, Fault, lasting
from .oracle import Before, Broken, check, settled
from .tally import Tally
from .world import DAY, HOUR, START, Real, World

Step: TypeAlias = tuple[str, int, int]
NUMBERS = 64  # both numbers of a step are below this
LANES = ("one", "two")
RHYTHMS: tuple[float | None, ...] = (1, 2, 3, 5, 9, 16, 25, None)
WARM = 45 * DAY  # true time before the office opens


class Life:
    """What can happen. `character` says what kind of life it is: dialect, controls, rhythms, calm or not."""

    def __init__(self, folder: Path, character: int, tally: Tally) -> None:
        self.tally = tally
        tally.lives += 1
        kind, rest = character % 5, character // 5
        by_id, rest = bool(rest % 2), rest // 2
        vouched, rest = rest % 4, rest // 4
        self.calm, rest = rest % 8 == 0, rest // 8
        dialect = tuple(Dialect)[kind]
        reals = [_real(n, rest // 8**n) for n in range(6)]
        controls = tuple(f"control@{lane}" for lane in LANES) if vouched == 0 else ()
        reals += [Real(f"control-{h}", h.partition("@")[2], h, f"id-{h}", DAY) for h in controls]
        self.world = World(reals)
        self.face = Face(self.world, dialect, by_id, healthy=vouched == 1)
        self.world.advance(WARM)
        entries = [Entry(r.name, r.handle, listed=n < 5) for n, r in enumerate(reals[:6])]
        self.bureau = Bureau(folder, self.world, self.face, entries, controls, SENTINELS if vouched == 2 else ())
        self.before: dict[str, Before] = {}
        self.now: set[Fault] = set()  # of this step

    def close(self) -> None:
        """The end: what was written holds together."""
        damage = self.bureau.rounds.store.verify()
        self.bureau.rounds.store.close()
        if damage:
            raise Broken(f"the file is damaged: {damage}")

    def step(self, step: Step) -> None:
        """One thing happens."""
        name, i, j = step
        self.tally.steps += 1
        self.now = set()
        if self.calm and name not in CALM:
            name = "day"
        STEPS[name][1](self, i, j)
        for fault in self.now:
            self.tally.faults[fault] += 1

    # --- looking ---

    def look(self, *, everything: bool = False) -> None:
        """A round by the office, and its judgement."""
        self.begin()
        self.bureau.poll(everything=everything)
        self.judge()

    def begin(self) -> None:
        """What was only for a time is over."""
        self.face.active = [a for a in self.face.active if a.until > self.world.now]
        self.face.met.clear()

    def judge(self) -> None:
        """Everybody, and every promise."""
        rows = self.bureau.judged()
        self.now |= self.face.met
        check(self.bureau, rows, self.before)
        for row in rows.values():
            status = row.verdict.status
            self.tally.statuses[status] += 1
            self.tally.cross.update((fault, status) for fault in self.now)
            if self.calm and row.observations:
                self.tally.calm[status is not Status.UNKNOWN] += 1
        bureau = self.bureau
        self.before = {key: Before(row, bureau.edition, self.world.skew) for key, row in rows.items()}
        self.tally.looks += len(rows)

    def day(self, i: int, j: int) -> None:
        """A day goes by, and cron looks."""
        self.world.advance(DAY)
        self.look()

    def hours(self, i: int, j: int) -> None:
        """Some hours go by, then it looks."""
        self.world.advance((1 + j % 20) * HOUR)
        self.look(everything=not i % 4)

    def wait(self, i: int, j: int) -> None:
        """Nobody looks for some time."""
        self.world.advance((1 + j % 12) * (DAY if i % 4 == 0 else HOUR))

    def settle(self, i: int, j: int) -> None:
        """The platform and we are well for the maximum age, and a look is made every day."""
        self.heal(0, 0)
        self.world.skew = timedelta()
        start = self.world.now
        for _ in range(self.bureau.book.max_age_days + 1):
            self.world.advance(DAY)
            self.look()
        settled(self.bureau, self.bureau.judged(), start)
        self.tally.settled += 1

    # --- accounts ---

    def real(self, i: int) -> Real:
        """One of the six."""
        return self.world.reals[i % 6]

    def post(self, i: int, j: int) -> None:
        """Somebody posts."""
        real = self.real(i)
        if real.barrier is None:
            real.post(self.world.now, PostKind.REPOST if j % 8 == 0 else PostKind.ORIGINAL)

    def delete(self, i: int, j: int) -> None:
        """Somebody deletes a post, mostly the newest."""
        rows = self.real(i).rows(self.world.now)
        if rows:
            rows[j // 2 % len(rows) if j % 2 else 0].deleted_at = self.world.now
            self.now.add(Fault.DELETED)

    def rhythm(self, i: int, j: int) -> None:
        """Somebody falls silent, wakes, or changes the rhythm."""
        real, every = self.real(i), RHYTHMS[j % 8] if j % 2 else None
        real.every = every * DAY if every else None
        real.next_at = self.world.now + (real.every or DAY) / 2

    def oddity(self, i: int, j: int) -> None:
        """A post with an odd date, or an old one on top."""
        real, fault = self.real(i), (Fault.UNDATED, Fault.AHEAD, Fault.ZONE, Fault.PINNED)[j % 4]
        rows = real.rows(self.world.now)
        if real.barrier is not None or (fault is Fault.PINNED and not rows):
            return
        if fault is Fault.PINNED:
            self.face.pinned[real.name] = rows[-1].id
        elif fault is Fault.UNDATED:
            real.post(self.world.now, dated=False)
        else:
            real.post(self.world.now, ahead=400 * DAY if fault is Fault.AHEAD else 10 * HOUR)
        self.now.add(fault)

    def state(self, i: int, j: int) -> None:
        """The platform or the owner shuts an account; or it is back."""
        real = self.real(i)
        if real.barrier is not None:
            real.barrier = None
            self.now.add(Fault.BACK)
            return
        barrier, fault = (
            (Barrier.SUSPENDED, Fault.SUSPENDED),
            (Barrier.PROTECTED, Fault.PROTECTED),
            (Barrier.GONE, Fault.GONE),
        )[j % 3]
        real.barrier = barrier
        self.now.add(fault)

    def identity(self, i: int, j: int) -> None:
        """A new handle; perhaps a stranger has the old one."""
        real = self.real(i)
        if j % 3 and len(self.world.reals) < 12:
            self.world.take(real)
            self.now.add(Fault.TAKEN)
        else:
            self.world.rename(real)
            self.now.add(Fault.RENAMED)

    # --- what lasts ---

    def fault(self, i: int, j: int) -> None:
        """Something goes wrong for some days."""
        fault = LASTING[i % len(LASTING)]
        target = LANES[j % 2] if fault in OF_LANE else self.real(j).name
        days = (0.2, 1, 4, 12, 40)[j // 6 % 5]
        self.face.active.append(lasting(fault, target, self.world.now, days, j))
        if fault in OF_LANE and j % 4 < 2:  # all of it
            other = LANES[1 - j % 2]
            self.face.active.append(Active(fault, other, self.world.now, self.face.active[-1].until, j))

    def heal(self, i: int, j: int) -> None:
        """Something, or everything, is well again."""
        if i % 2:
            self.face.active = self.face.active[1:]
        else:
            self.face.active = []

    def clock(self, i: int, j: int) -> None:
        """Our clock jumps, and is put right some time later."""
        ahead, back, year = Fault.CLOCK_AHEAD, Fault.CLOCK_BACK, Fault.CLOCK_YEAR
        fault = (ahead, back, year)[i % 3]
        days = {ahead: 1 + j % 40, back: -1 - j % 40, year: 365}[fault]
        self.world.skew = days * DAY
        self.world.skew_until = self.world.now + (1 + i % 12) * DAY
        self.now.add(fault)
        self.look()

    # --- processes ---

    def restart(self, i: int, j: int) -> None:
        """The machine is switched off and on."""
        self.bureau.restart()
        self.now.add(Fault.RESTART)

    def kill(self, i: int, j: int) -> None:
        """A round in the midst of which the process dies, and a new one after it."""
        self.world.advance((j % 30) * HOUR)
        self.begin()
        asking, mortal, left = i % 3 == 0, self.bureau.mortal, [1 + j % 7]

        def count() -> None:
            left[0] -= 1
            if left[0] == 0:
                mortal.die()
            if left[0] <= 0:
                raise Killed

        if asking:
            self.face.hook = count
        else:
            mortal.lives = j % 12
        with suppress(Killed):
            self.bureau.poll(everything=bool(i % 2))
        self.face.hook = lambda: None
        fault = Fault.KILLED_ASKING if asking else Fault.KILLED_JUDGING if mortal.dead and j % 12 > 4 else None
        if mortal.dead:
            self.now.add(fault or Fault.KILLED_WRITING)
        mortal.dead, mortal.lives = False, -1
        self.bureau.restart()
        self.judge()

    def race(self, i: int, j: int) -> None:
        """Cron and a daemon look at the same time."""
        self.world.advance((j % 30) * HOUR)
        self.begin()
        other, left = self.bureau.other(), [1 + j % 5]

        def second() -> None:
            left[0] -= 1
            if left[0] == 0:
                self.face.hook = lambda: None
                _poll(other, everything=bool(j % 2))

        self.face.hook = second
        try:
            self.bureau.poll(everything=bool(i % 2))
        finally:
            self.face.hook = lambda: None
            other.store.close()
        self.now.add(Fault.RACE)
        self.judge()

    # --- the list and the policy ---

    def edit(self, i: int, j: int) -> None:
        """An entry is taken off, put back, added, or its handle corrected; or the policy changes."""
        entry = self.bureau.entries[i % 6]
        real = next(r for r in self.world.reals if r.name == entry.real)
        if j % 5 == 0:
            self.bureau.lenient()
            self.now.add(Fault.POLICY)
        elif not entry.listed:
            entry.listed = True
            known = self.bureau.rounds.store.find(entry.key) is not None
            self.now.add(Fault.PUT_BACK if known else Fault.ADDED)
        elif entry.handle != real.handle:
            entry.handle = real.handle
            self.now.add(Fault.CORRECTED)
        elif sum(e.listed for e in self.bureau.entries) > 2:
            entry.listed = False
            self.now.add(Fault.REMOVED)
        self.bureau.edited()


def _poll(rounds: MachineRounds, *, everything: bool) -> None:
    rounds.poll("run", rounds.owed(everything=everything))


def _real(n: int, draw: int) -> Real:
    """Posting, silent for long, or never having posted."""
    lane = LANES[n % 2]
    every = RHYTHMS[draw % 8]
    real = Real(f"r{n}", lane, f"r{n}@{lane}", f"id-r{n}", every * DAY if every else None)
    if every is None and n % 2:
        real.post(START - n * DAY)
    return real


STEPS: dict[str, tuple[int, Callable[[Life, int, int], None]]] = {  # weight, what happens
    "day": (24, Life.day),
    "hours": (10, Life.hours),
    "wait": (6, Life.wait),
    "post": (12, Life.post),
    "delete": (5, Life.delete),
    "rhythm": (6, Life.rhythm),
    "oddity": (3, Life.oddity),
    "state": (4, Life.state),
    "identity": (2, Life.identity),
    "fault": (12, Life.fault),
    "heal": (3, Life.heal),
    "clock": (2, Life.clock),
    "restart": (2, Life.restart),
    "kill": (3, Life.kill),
    "race": (3, Life.race),
    "edit": (4, Life.edit),
    "settle": (1, Life.settle),
}
CALM = frozenset({"day", "post", "rhythm", "restart"})  # what happens in a life without a fault
