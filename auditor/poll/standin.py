"""Who asks in place of a lane that may not, or cannot now: in one sweep, within the writer's thread."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cached_property

from auditor.clock import Clock
from auditor.core.model import Miss, Missed, Stops
from auditor.core.polling import Due
from auditor.core.register import Account
from auditor.store.verbs import AccountState, Store

from .lane import Looked
from .office import Office, Route, shut


@dataclass
class StandIns:
    """What stopped so far, and who takes over. `answers`: lane -> whether it answered anything about anybody."""

    office: Office
    store: Store
    clock: Clock
    states: Mapping[str, AccountState]
    answers: Mapping[str, bool]
    halted: set[str] = field(default_factory=set)  # lanes that wait from now on
    looked: set[str] = field(default_factory=set)  # accounts
    barred: set[str] = field(default_factory=set)  # lanes that may not read somebody
    tried: dict[str, set[str]] = field(default_factory=dict)  # account -> lanes whose look was passed on

    @property
    def unable(self) -> set[str]:
        """Lanes whose credential may read nobody."""
        return {lane for lane in self.barred if not self.answers.get(lane)}

    @cached_property
    def pooled(self) -> Mapping[str, str]:
        """Lane -> the name of its credential."""
        ways = (route for ways in self.office.routes.values() for route in ways)
        return {route.lane(""): route.credential.name for route in ways if route.credential is not None}

    def waiting(self, lane: str, stops: Stops) -> set[str]:
        """The lane itself, and those that ask with its credential where that is what waits."""
        own = self.pooled.get(lane)
        if stops is not Stops.CREDENTIAL or own is None:
            return {lane}
        return {other for other, name in self.pooled.items() if name == own}

    def passed_on(self, one: Looked) -> bool:
        """The look says only that its credential may not, or cannot now, and another of the pool is there.

        The other's look is the one to record.
        """
        outcome = one.look.observation.outcome
        barred = isinstance(outcome, Missed) and outcome.reason is Miss.PERMISSION_MISSING
        if not isinstance(outcome, Missed) or not (barred or one.blocked):
            return False
        self.barred |= {one.lane} if barred and one.lane in self.pooled else set()
        tried = self.tried.get(one.account, set()) | {one.lane}
        waiting = self.waiting(one.lane, one.blocked.stops) if one.blocked else set()
        route = self._route(one.account, tried | waiting)
        if route is None or route.credential is None:
            return False
        self.tried[one.account] = tried
        return True

    def taken_over(self, due: Sequence[Due]) -> Iterator[Due]:
        """Those that nobody has looked at, on the lane that reads them next. Every round leaves fewer lanes to try."""
        for look in due:
            tried = self.tried.get(look.account, set())
            stopped = look.lane in self.halted | self.unable | tried
            if stopped and look.account not in self.looked:
                route = self._route(look.account, self.unable | tried)
                if route is not None:
                    yield replace(look, lane=route.lane(self._account(look.account).ref.handle))

    def _route(self, account: str, away: Collection[str]) -> Route | None:
        """None where every lane is away."""
        entry, away = self._account(account), self.halted | set(away) | self._shut()
        route = self.office.route(entry, self.states[account].native_id, away)
        return route if route is not None and route.lane(entry.ref.handle) not in away else None

    def _shut(self) -> frozenset[str]:
        return shut(self.store.lanes(), self.clock(), timedelta(days=self.office.book.max_age_days))

    def _account(self, key: str) -> Account:
        return self.office.register.account[key]
