"""One sweep: lanes side by side in threads, one writer, every look one observation."""

from __future__ import annotations

import queue
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeAlias

from auditor.clock import Clock
from auditor.core.breaker import LASTS, Break
from auditor.core.model import Miss
from auditor.core.polling import Due, plan
from auditor.core.quota import Quota
from auditor.fetch.answer import Cost, missed
from auditor.log import say
from auditor.platforms.base import Platform
from auditor.store.verbs import AccountState, Charge, Store

from .absences import Absences
from .control import LaneControl
from .door import Exchanges, Meter
from .hidden import without
from .lane import Blocked, Halt, LaneRun, Looked
from .network import Sentinels
from .office import Doors, Office, ledger, shut, waits
from .standin import StandIns
from .swept import Swept, answered

LANES_AT_ONCE = 20
WRITE_EVERY = 20  # looks per transaction
A_DAY = timedelta(days=1)
BREAKS_KEPT = 4 * LASTS  # who vanished under the breaker is confirmed with a control asked for it
SHORT_WINDOW = timedelta(minutes=10)  # a quota window that is worth waiting for within a sweep


@dataclass(frozen=True, slots=True)
class _Spend:
    """A lane's thread asks the one writer for units of a quota window."""

    charges: Mapping[str, tuple[Quota, Charge]]  # by the name of the quota
    reply: Future[tuple[str, datetime] | None]  # the quota that does not have it left, and when it will have more
    at: datetime


@dataclass(frozen=True, slots=True)
class _Ended:
    """A lane's thread is done; `error` is a defect of ours, raised again by the writer."""

    error: BaseException | None


_Results: TypeAlias = "queue.SimpleQueue[Looked | _Spend | _Ended]"


@dataclass
class Sweep:
    """`facts` opens a reading connection, one per thread; `store` is the one writer, used by the caller's thread only.

    `pause(until)` waits for a short quota window and says whether to go on. In a rehearsal the clock stands still, so
    budgets of less than a day are counted but not enforced.
    """

    office: Office
    store: Store
    facts: Callable[[], Store]
    doors: Doors
    clock: Clock
    pause: Callable[[datetime], bool]
    stopped: Callable[[], bool] = lambda: False
    progress: Callable[[int], None] = lambda _: None
    hidden: Sequence[str] = ()  # every spelling of what must not be recorded
    swept: Swept = field(default_factory=Swept, init=False)
    _broken: bool = field(default=False, init=False)  # the writer failed: lanes end after the look in hand
    _others: StandIns = field(init=False)
    _sentinels: Sentinels = field(init=False)
    _absences: Absences = field(init=False)
    _breaks: Sequence[Break] = field(default=(), init=False)

    def run(self, due: Sequence[Due], states: Mapping[str, AccountState], run: int) -> Swept:
        """Look at everything that is due, lane by lane. Lanes that must wait are left as they are.

        What a lane that had to stop leaves behind is looked at on another one in the same sweep, if there is any.
        """
        swept = self.swept = Swept()
        self._sentinels = Sentinels(self.office.sentinels, self.doors, self.clock)
        self._absences = Absences(self.office.book)
        self._breaks = self.store.breaks(self.clock() - BREAKS_KEPT)
        self._others = StandIns(self.office, self.store, self.clock, states, swept.lanes)
        todo = [] if due and self.store.offline_since() is not None and self._sentinels.offline() else list(due)
        try:
            while todo:
                self._round(todo, states, run)
                todo = [] if self._sentinels.down or self.stopped() else list(self._others.taken_over(todo))
        finally:
            if not self._broken:
                self._conclude(due, run)
        swept.left = len(due) - swept.looked
        return swept

    def _round(self, due: Sequence[Due], states: Mapping[str, AccountState], run: int) -> None:
        now, swept, lanes = self.clock(), self.swept, {}
        for name, looks in plan(due).lanes.items():
            state = self.store.lane(name)
            if not waits(state, now, self._max_age):
                lanes[name] = looks
            elif state.failing_since is not None and state.last_ok_at is not None:
                swept.blind.add(name)
        results: _Results = queue.SimpleQueue()
        healthy = self.store.once_healthy()
        witnesses = _witnesses(self.office, states, shut(self.store.lanes(), now, self._max_age))
        with ThreadPoolExecutor(max_workers=LANES_AT_ONCE, thread_name_prefix="lane") as pool:
            for name, looks in lanes.items():
                route = self.office.route_of(name, self.office.register.account[looks[0].account])
                handles, unproven = self.office.controls_of(route)
                seen = witnesses.get(name, {})
                control = LaneControl(route, name, handles, self._sentinels, unproven, healthy, seen)
                pool.submit(self._lane, control, looks, states, results)
            failure = self._write(results, len(lanes), swept, run)
        if failure is not None:
            raise failure

    @property
    def _max_age(self) -> timedelta:
        return timedelta(days=self.office.book.max_age_days)

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
                with self.doors(control.route, exchanges) as ask:
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
                        meter=self._meter(name, platform, results),
                        stopped=lambda: self._over or name in self._others.halted or self.stopped(),
                        breaks=self._breaks,
                    )
                    for looked in run.looks():
                        results.put(looked)
            finally:
                facts.close()
        except BaseException as error:  # noqa: BLE001 — raised again in the writer's thread
            results.put(_Ended(error))
        else:
            results.put(_Ended(None))

    @property
    def _over(self) -> bool:
        """The writer failed, or our own network: lanes end after the look in hand."""
        return self._broken or self._sentinels.down

    def _meter(self, lane: str, platform: Platform, results: _Results) -> Meter:
        """Takes units from the lane's windows; waits for a short window, gives up before a long one."""
        quotas = {quota.name: quota for quota in platform.capability.quotas}

        def ask(cost: Cost, *, limited: bool) -> tuple[str, datetime] | None:
            now = self.clock()
            charges = {
                name: charge(lane, quotas[name], units, now, limited=limited and self._turns(quotas[name]))
                for name, units in cost.items()
            }
            request = _Spend({name: (quotas[name], one) for name, one in charges.items()}, Future(), now)
            results.put(request)
            return request.reply.result()

        def take(cost: Cost) -> None:
            while (refused := ask(cost, limited=True)) is not None:
                name, end = refused
                if quotas[name].per > SHORT_WINDOW and not self._broken:
                    raise missed(Miss.QUOTA_EXHAUSTED, "our own budget", end)
                if self._broken or not self.pause(end):
                    raise Halt

        def correct(cost: Cost) -> None:
            ask(cost, limited=False)

        return Meter(platform.capability, take, correct)

    def _turns(self, quota: Quota) -> bool:
        """In a rehearsal the clock stands still: what would be over in hours is counted and not enforced."""
        return not self.office.rehearsal or quota.per >= A_DAY

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
                    result.reply.set_result(self._spend(result))
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
                    result.reply.set_result((next(iter(result.charges)), result.at))
        return failure

    def _spend(self, request: _Spend) -> tuple[str, datetime] | None:
        if self._broken:
            return next(iter(request.charges)), request.at
        refused = self.store.spend([one for _, one in request.charges.values()])
        found = (item for item in request.charges.items() if item[1][1] is refused)
        return next(((name, frees(self.store, quota, one, request.at)) for name, (quota, one) in found), None)

    def _record(self, looked: Sequence[Looked], swept: Swept, run: int) -> None:
        passed_on = [one for one in looked if self._others.passed_on(one)]
        ready = [one for one in looked if one not in passed_on and not self._absences.keeps(one)]
        self.store.record(run, [without(one.look, self.hidden) for one in ready])
        for one in looked:
            swept.count(one.lane.partition(":")[0], one, made=one not in passed_on)
            if one not in passed_on:
                self._others.looked.add(one.account)
                self.progress(1)
            for control in one.controls:
                self.store.record_control(control, one.lane)
            at = one.look.observation.observed_at
            if answered(one.look.observation.outcome) and one.lane not in self._others.halted:
                self.store.lane_answered(one.lane, at)
            if one.blocked is not None:
                self._block(one.lane, one.blocked, at)

    def _block(self, lane: str, blocked: Blocked, at: datetime) -> None:
        """Said once: a credential that is rejected again was reported when it was rejected first."""
        rejected = blocked.reason is Miss.CREDENTIAL_REJECTED
        if rejected and lane not in self._others.halted and self.store.lane(lane).reason != blocked.reason:
            self.swept.refused.append(lane)
            platform, _, credential = lane.partition(":")
            owner = f" --account {credential[1:]}" if credential.startswith("@") else ""
            command = f"auditor connect {platform}{owner}"
            say("credential_rejected", platform=platform, credential=credential, command=command)
        for waiting in self._others.waiting(lane, blocked.stops):
            self._others.halted.add(waiting)
            self.store.block_lane(waiting, blocked.until, blocked.reason, at)

    def _conclude(self, due: Sequence[Due], run: int) -> None:
        """Absences are written last. Where our own network fails they are not, and no lane is said to fail."""
        swept, held = self.swept, self._absences.held
        if self._sentinels.down:
            swept.inconclusive = True
            swept.looked, swept.unreadable = swept.looked - len(held), swept.unreadable - len(held)
            swept.blind = {lane for lane in plan(due).lanes if self.store.lane(lane).last_ok_at is not None}
            say("offline", left=len(due) - swept.looked)
            return
        self.store.record(run, [without(look, self.hidden) for look in self._absences.settled()])
        swept.doubted = self._absences.doubted()
        for platform, absences in swept.doubted.items():
            say("breaker", platform=platform, absences=absences, looked=self._absences.looked[platform])
        self._settle(swept)

    def _settle(self, swept: Swept) -> None:
        """A lane that answered nothing about anybody is failing; it is blind if it ever worked."""
        for lane, spoke in swept.lanes.items():
            if not spoke:
                self._unable(lane)
                swept.blind |= {lane} if self.store.lane(lane).last_ok_at is not None else set()
                self.store.lane_failed(lane, self.clock())

    def _unable(self, lane: str) -> None:
        """Said once: a credential that may read nobody, and stays so until it answers."""
        if lane not in self._others.unable:
            return
        now, reason = self.clock(), self.store.lane(lane).reason
        if reason != Miss.PERMISSION_MISSING:
            self.swept.unable.append(lane)
            platform, _, credential = lane.partition(":")
            say("permission_missing", platform=platform, credential=credential, command="auditor check --live")
        self.store.block_lane(lane, now, Miss.PERMISSION_MISSING, now)  # nobody waits: it may be mended any time


def _witnesses(
    office: Office, states: Mapping[str, AccountState], away: frozenset[str]
) -> dict[str, dict[str, datetime]]:
    """By lane: whom the rounds before this one saw with a post, and when. A finite horizon is a listed post."""
    found: dict[str, dict[str, datetime]] = {}
    for account in office.register.accounts:
        state = states.get(account.key)
        if state and state.last_horizon and state.last_look_at and state.covered_until == state.last_look_at:
            route = office.route(account, state.native_id, away)
            lane = found.setdefault(route.lane(account.ref.handle), {}) if route else {}
            lane[account.key] = state.last_look_at
    return found


def frees(store: Store, quota: Quota, charge: Charge, now: datetime) -> datetime:
    """When a used-up quota has units again: its window turns, or the oldest units leave a rolling one."""
    start, end = quota.window(now)
    oldest = store.oldest(charge.account, quota.since(now)) if quota.rolling else None
    return end if oldest is None else max(end, oldest + quota.per + (end - start))


def charge(lane: str, quota: Quota, units: int, now: datetime, *, limited: bool) -> Charge:
    """What a request takes from one window of the ledger."""
    limit = quota.units if limited else None
    return Charge(ledger(lane, quota), quota.window(now)[0], units, limit, quota.since(now))
