"""One sweep: lanes side by side in threads, one writer, every look one observation."""

from __future__ import annotations

import queue
import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeAlias

from auditor.clock import Clock
from auditor.core.model import Barrier, Miss, Missed, Outcome, Seen
from auditor.core.polling import Due, plan
from auditor.fetch.answer import Refused, missed
from auditor.platforms.base import Platform
from auditor.store.verbs import AccountState, Store

from .control import GOOD_FOR, LaneControl
from .door import Exchanges
from .lane import Halt, LaneRun, Looked
from .office import Doors, Office, lane_of

LANES_AT_ONCE = 20
WRITE_EVERY = 20  # looks per transaction
SHORT_WINDOW = timedelta(minutes=10)  # a quota window that is worth waiting for within a sweep
SERVER_ERROR = 500


@dataclass(frozen=True, slots=True)
class _Spend:
    """A lane's thread asks the one writer for units of a quota window."""

    lane: str
    start: datetime
    units: int
    limit: int | None
    reply: Future[bool]


@dataclass(frozen=True, slots=True)
class _Ended:
    """A lane's thread is done; `error` is a defect of ours, raised again by the writer."""

    error: BaseException | None


_Results: TypeAlias = "queue.SimpleQueue[Looked | _Spend | _Ended]"


@dataclass
class Swept:
    """What a sweep brought: counts for people, cron and the record."""

    looked: int = 0
    seen: int = 0
    unreadable: int = 0
    missed: Counter[str] = field(default_factory=Counter)
    calls: Counter[str] = field(default_factory=Counter)
    blind: set[str] = field(default_factory=set)  # lanes that worked before and answered nothing now
    rejected: set[str] = field(default_factory=set)  # platforms whose credential was rejected
    left: int = 0  # due, but their lane stopped first
    lanes: dict[str, bool] = field(default_factory=dict)  # whether the lane answered anything about anybody

    def count(self, platform: str, looked: Looked) -> None:
        """One more look."""
        outcome = looked.look.observation.outcome
        self.looked += 1
        self.calls[platform] += looked.calls
        self.lanes[looked.lane] = self.lanes.get(looked.lane, False) or _answered(outcome)
        if isinstance(outcome, Seen):
            self.seen += 1
        elif isinstance(outcome, Missed):
            self.missed[outcome.reason] += 1
            if outcome.reason is Miss.CREDENTIAL_REJECTED:
                self.rejected.add(platform)
        else:
            self.unreadable += 1

    def totals(self) -> dict[str, int]:
        """Flat, for the record of the run."""
        counts = {f"missed_{reason}": n for reason, n in sorted(self.missed.items())}
        return {"looked": self.looked, "seen": self.seen, "unreadable": self.unreadable, "left": self.left, **counts}


@dataclass
class Sweep:
    """`facts` opens a reading connection, one per thread; `store` is the one writer, used by the caller's thread only.

    `pause(until)` waits for a short quota window and says whether to go on. In a rehearsal the clock stands still, so
    budgets are counted but not enforced.
    """

    office: Office
    store: Store
    facts: Callable[[], Store]
    doors: Doors
    clock: Clock
    pause: Callable[[datetime], bool]
    stopped: Callable[[], bool] = lambda: False
    progress: Callable[[int], None] = lambda _: None
    swept: Swept = field(default_factory=Swept, init=False)
    _broken: bool = field(default=False, init=False)  # the writer failed: lanes end after the look in hand

    def run(self, due: Sequence[Due], states: Mapping[str, AccountState], run: int) -> Swept:
        """Look at everything that is due, lane by lane. Lanes that must wait are left as they are."""
        now = self.clock()
        swept = self.swept = Swept()
        lanes = {}
        for name, looks in plan(due).items():
            state = self.store.lane(name)
            if state.blocked_until is None or state.blocked_until <= now:
                lanes[name] = sorted(looks, key=lambda d: _doubtful(states[d.account]))
            elif state.failing_since is not None and state.last_ok_at is not None:
                swept.blind.add(name)
        results: _Results = queue.SimpleQueue()
        sentinels = Sentinels(self.office.sentinels, self.doors, self.clock)
        witnesses = self._witnesses(states)
        with ThreadPoolExecutor(max_workers=LANES_AT_ONCE, thread_name_prefix="lane") as pool:
            for name, looks in lanes.items():
                platform = self.office.platforms[self.office.register.account[looks[0].account].ref.platform]
                handles = self.office.controls.get(platform.name, ())
                control = LaneControl(platform, name, handles, sentinels, witnesses=witnesses.get(name, {}))
                pool.submit(self._lane, control, looks, states, results)
            failure = self._write(results, len(lanes), swept, run)
        if failure is not None:
            raise failure
        self._settle(swept)
        swept.left = len(due) - swept.looked
        return swept

    # --- the lanes' threads ---

    def _lane(
        self,
        control: LaneControl,
        looks: Sequence[Due],
        states: Mapping[str, AccountState],
        results: _Results,
    ) -> None:
        """Whatever happens, the writer hears of it."""
        platform, name = control.platform, control.lane
        exchanges = Exchanges()
        try:
            facts = self.facts()
            try:
                with self.doors(platform, exchanges) as ask:
                    run = LaneRun(
                        office=self.office,
                        platform=platform,
                        lane=name,
                        accounts=[(self.office.register.account[d.account], states[d.account]) for d in looks],
                        facts=facts,
                        ask=ask,
                        exchanges=exchanges,
                        control=control,
                        clock=self.clock,
                        spend=self._spender(name, platform, results),
                        stopped=lambda: self._broken or self.stopped(),
                    )
                    for looked in run.looks():
                        results.put(looked)
            finally:
                facts.close()
        except BaseException as error:  # noqa: BLE001 — raised again in the writer's thread
            results.put(_Ended(error))
        else:
            results.put(_Ended(None))

    def _witnesses(self, states: Mapping[str, AccountState]) -> dict[str, dict[str, datetime]]:
        """By lane: whom the rounds before this one saw with a post, and when. A finite horizon is a listed post."""
        found: dict[str, dict[str, datetime]] = {}
        for account in self.office.register.accounts:
            state, platform = states.get(account.key), self.office.platforms[account.ref.platform]
            if state and state.last_horizon and state.last_look_at and state.covered_until == state.last_look_at:
                lane = found.setdefault(lane_of(platform, account.ref.handle), {})
                lane[account.key] = state.last_look_at
        return found

    def _spender(self, lane: str, platform: Platform, results: _Results) -> Callable[[int], None]:
        """Takes units from the lane's window; waits for a short window, gives up before a long one."""
        quota = platform.capability.quota
        if quota is None:
            return lambda _: None
        limit = None if self.office.rehearsal else quota.units

        def spend(units: int) -> None:
            while True:
                start, end = quota.window(self.clock())
                request = _Spend(lane, start, units, limit, Future())
                results.put(request)
                if request.reply.result():
                    return
                if quota.per > SHORT_WINDOW and not self._broken:
                    raise missed(Miss.QUOTA_EXHAUSTED, "our own budget", end)
                if self._broken or not self.pause(end):
                    raise Halt

        return spend

    # --- the one writer ---

    def _write(self, results: _Results, lanes: int, swept: Swept, run: int) -> BaseException | None:
        """Until every lane has ended. A defect in one lane does not lose what the others saw."""
        waiting: list[Looked] = []
        failure: BaseException | None = None
        while lanes:
            result: Looked | _Spend | _Ended | None = None
            try:
                result = results.get()
                if isinstance(result, _Spend):
                    result.reply.set_result(not self._broken and self._spend(result))
                elif isinstance(result, _Ended):
                    lanes -= 1
                    failure = failure or result.error
                else:
                    waiting.append(result)
                if len(waiting) >= WRITE_EVERY or (waiting and (not lanes or results.empty())):
                    ready, waiting = waiting, []
                    self._record(ready, swept, run)
            except BaseException as error:  # noqa: BLE001 — raised by the caller, once no thread waits for us any more
                failure = failure or error
                self._broken = True
                if isinstance(result, _Spend) and not result.reply.done():
                    result.reply.set_result(False)
        return failure

    def _spend(self, request: _Spend) -> bool:
        return self.store.spend(request.lane, request.start, request.units, request.limit)

    def _record(self, looked: Sequence[Looked], swept: Swept, run: int) -> None:
        self.store.record(run, [one.look for one in looked])
        for one in looked:
            swept.count(one.lane.partition(":")[0], one)
            self.progress(1)
            for control in one.controls:
                self.store.record_control(control, one.lane)
            at = one.look.observation.observed_at
            if one.blocked_for is not None:
                self.store.block_lane(one.lane, one.blocked_until, one.blocked_for, at)
            elif _answered(one.look.observation.outcome):
                self.store.lane_answered(one.lane, at)

    def _settle(self, swept: Swept) -> None:
        """A lane that answered nothing about anybody is failing; it is blind if it ever worked."""
        for lane, answered in swept.lanes.items():
            if not answered:
                swept.blind |= {lane} if self.store.lane(lane).last_ok_at is not None else set()
                self.store.lane_failed(lane, self.clock())


def _answered(outcome: Outcome) -> bool:
    """The lane works: also when the answer proves nothing, or the entry asks for nonsense."""
    return not isinstance(outcome, Missed) or outcome.reason in (Miss.AMBIGUOUS_ABSENCE, Miss.OUR_REQUEST_INVALID)


@dataclass
class Sentinels:
    """Are we online at all? Two unrelated hosts, asked once for all lanes; any answer of both will do."""

    urls: Sequence[str]
    doors: Doors
    clock: Clock
    lock: threading.Lock = field(default_factory=threading.Lock)
    answered: tuple[datetime, bool] | None = None

    def __call__(self) -> bool | None:
        """None: none is configured. A healthy answer is good for 30 minutes."""
        if not self.urls:
            return None
        with self.lock:
            now = self.clock()
            if self.answered is None or not self.answered[1] or now - self.answered[0] > GOOD_FOR:
                self.answered = (now, self._ask())
            return self.answered[1]

    def _ask(self) -> bool:
        with self.doors(None, lambda _: None) as ask:
            try:
                return all(ask("GET", url).status < SERVER_ERROR for url in self.urls)
            except Refused:
                return False


def _doubtful(state: AccountState) -> bool:
    """Looked at last in its lane: who answers shows that the lane works, and a dead end holds up nobody."""
    return state.failures > 0 or state.last_outcome in set(Barrier)
