"""One lane, one thread: asks about its accounts one after the other and yields what each look brought."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from itertools import islice

from auditor.clock import Clock
from auditor.core.audit import Control
from auditor.core.breaker import LASTS, Break, absent_since, caught, is_absence, vanished
from auditor.core.model import SILENT, Miss, Missed, Observation, Outcome, Seen, Stops, Unreadable, Verdict
from auditor.core.policy import resolve
from auditor.core.polling import after_answer, after_doubt, after_miss, full_in
from auditor.core.register import Account
from auditor.core.verdict import decide
from auditor.fetch.answer import Ask, Exchange
from auditor.log import say
from auditor.platforms.base import Answered, Auth, Platform, Profile
from auditor.store.verbs import AccountState, Look, Store

from .clocks import Clocks, compared
from .control import LaneControl
from .door import Asking, Exchanges, Meter
from .network import Offline
from .office import TRIED_AGAIN, Office
from .reading import UNMOVED, Reader, Subject, known_posts, repeated
from .shape import shape

STOPS = frozenset({Miss.RATE_LIMITED, Miss.QUOTA_EXHAUSTED, Miss.CREDENTIAL_REJECTED})
FUTILE = frozenset({Miss.UNREACHABLE, Miss.PERMISSION_MISSING})
DEAF_AFTER = 5  # futile questions in a row: the lane is down or may read nobody, the rest stays due
SHORT_LIST = 5  # no feed keeps fewer items; one that lists fewer has no more
DEFAULT_WAIT, LONGEST_WAIT = timedelta(minutes=15), timedelta(hours=12)  # where the platform names no instant


class Halt(BaseException):
    """The sweep ends while a lane waits for its window: the look in hand is not made, and stays due."""


@dataclass(frozen=True, slots=True)
class Blocked:
    """The lane waits: why, until when (None: until a person acts), and who waits with it."""

    reason: Miss
    until: datetime | None
    stops: Stops


@dataclass(frozen=True, slots=True)
class Looked:
    """What one look brought, for the one writer."""

    lane: str
    account: str
    look: Look
    calls: int  # made for it; those for a whole batch count with its first account
    controls: tuple[Control, ...]
    blocked: Blocked | None = None
    vanished: bool = False  # read before, and absent or not recognised for the first time


@dataclass
class LaneRun:
    """Everything a lane's thread needs. `facts` is its own reading connection."""

    office: Office
    platform: Platform
    lane: str
    accounts: Sequence[tuple[Account, AccountState]]
    facts: Store
    ask: Ask
    exchanges: Exchanges
    control: LaneControl
    clock: Clock
    meter: Meter
    stopped: Callable[[], bool]
    breaks: Sequence[Break] = ()  # sweeps of late in which too many seemed to vanish
    deaf: int = field(default=0)
    _shared: tuple[Exchange, ...] = field(default=(), init=False)
    _ended: bool = field(default=False, init=False)  # an answer made the lane stop
    _looked: bool = field(default=False, init=False)  # at least one look was made

    @cached_property
    def reader(self) -> Reader:
        """How this lane asks."""

        def judge(account: Account, history: Sequence[Observation]) -> Verdict:
            return self._verdict(account, history, self.clock())

        days = self.office.book.window_days
        max_age = timedelta(days=self.office.book.max_age_days)
        return Reader(self.lane, self.platform, self.facts, self.ask, self.meter, days, judge, max_age)

    def looks(self) -> Iterator[Looked]:
        """Each account once, until the lane is done, stopped, throttled or deaf."""
        todo = iter(self.accounts)
        try:
            while not self.stopped() and (batch := list(islice(todo, self.reader.batch))):
                now = self._now()
                subjects = [self.reader.subject(account, state, now) for account, state in batch]
                told = self.reader.together(subjects)
                self.control.there |= {name: now for name, answer in told.items() if isinstance(answer, Profile)}
                self._shared = self.exchanges.take()  # what was asked about the whole batch is evidence of each of it
                yield from self._batch(subjects, told)
                if self._ended or self._tired() or self.deaf >= DEAF_AFTER:
                    return
        except Halt:
            return

    def _batch(self, subjects: Sequence[Subject], told: Mapping[str, Profile | Answered]) -> Iterator[Looked]:
        """What one request told of many is kept to the last of them, also where the first made the lane stop."""
        calls, refusal = len(self._shared), None
        for subject in subjects:
            ready = told.get(subject.account.key)
            over = self._ended or self.stopped()
            if over and self.platform.bulk is None:
                return
            rests = self._looked and self._tired()  # the first look carries the block into the store
            if (over or rests) and (not self._answered(ready) or ready is refusal):
                continue
            try:
                looked = self._look(subject, ready, calls)
            except Offline:
                continue  # what the same answer told of others stands
            self._looked, calls = True, 0
            yield looked
            blocked = looked.blocked is not None and looked.blocked.stops is not Stops.ACCOUNT
            if blocked or (self.deaf >= DEAF_AFTER and self.platform.bulk is None):
                self._ended, refusal = True, refusal or ready

    def _now(self) -> datetime:
        return self.clock().replace(microsecond=0)

    def _tired(self) -> bool:
        """An answer asked us to come back later."""
        return self.meter.resting(self._now()) is not None

    def _answered(self, ready: Profile | Answered | None) -> bool:
        """The batch brought all there is to ask."""
        return ready is not None and not isinstance(ready, Profile)

    def _look(self, subject: Subject, told: Profile | Answered | None, calls: int) -> Looked:
        now = self._now()
        account, state, history = subject.account, subject.state, subject.history
        answer, asking = self.reader.one(subject, told)
        o = Observation(now, self._sight(answer, history, now), route=self.platform.capability.route)
        max_age = timedelta(days=self.office.book.max_age_days)
        blocked: Blocked | None = None
        self.control.offline(o.outcome)
        o = self._doubted(account, o)
        clocks = self._clocks(account, now)
        if clocks is Clocks.OURS_BEHIND and not isinstance(o.outcome, Missed):
            o = replace(o, outcome=Missed(Miss.UNREACHABLE, "clock_behind"))  # its newest posts would lie ahead
        if isinstance(o.outcome, Missed):
            self.deaf = self.deaf + 1 if o.outcome.reason in FUTILE else 0
            then = after_miss(state.failures + 1, now, max_age, o.outcome.reset_at)
            blocked = self._blocked(o.outcome, now, max_age)
        else:
            self.deaf = 0
            if UNMOVED not in getattr(o.outcome, "flags", ()) and clocks is Clocks.AGREE:
                self.control.saw(account.key, o.outcome, now)
            if clocks is Clocks.AGREE:
                o, verdict = self._controlled(subject, o, left_out=isinstance(told, Unreadable))
            else:
                o = replace(o, control_ok=False)
                verdict = self._verdict(account, [*history, o], now)
            then = after_answer(verdict, now, max_age, self._full_in(o, history))
            then = after_doubt(then, now) if o.control_ok is False else then
        learnt = asking.learnt() if isinstance(o.outcome, Seen) else ()
        own = self._shaped(self.exchanges.take(), o.outcome, asking)
        look = Look(state.id, o, (*self._shared, *own), learnt, then.at, then.why)
        rest = self.meter.resting(now)
        if blocked is None and rest is not None:
            blocked = Blocked(Miss.RATE_LIMITED, rest.until, rest.stops)
        return Looked(
            self.lane, account.key, look, calls + len(own), self.control.take(), blocked, vanished(o.outcome, history)
        )

    def _full_in(self, o: Observation, history: Sequence[Observation]) -> timedelta | None:
        """Until a list that ends where it ends, and cannot be turned to an older page, may lose posts unseen."""
        capability = self.platform.capability
        if not isinstance(o.outcome, Seen) or (capability.page is not None and capability.max_pages > 1):
            return None
        seen = [look.outcome for look in (*history, o) if isinstance(look.outcome, Seen)]
        known = {p.native_id: p.posted_at for sight in seen for p in sight.posts}
        return full_in(list(known.values()), o.observed_at, max(len(o.outcome.posts), SHORT_LIST))

    def _clocks(self, account: Account, now: datetime) -> Clocks:
        """In a rehearsal ours is set by hand."""
        if self.office.rehearsal:
            return Clocks.AGREE
        clocks = compared((*self._shared, *self.exchanges.seen), now)
        if clocks is not Clocks.AGREE:
            say("clock", lane=self.lane, account=account.key, clock=clocks.value)
        return clocks

    def _shaped(self, own: tuple[Exchange, ...], outcome: Outcome, asking: Asking) -> tuple[Exchange, ...]:
        """Of an answer that was not recognised its shape is kept beside the hash."""
        if not isinstance(outcome, Missed) or outcome.reason is not Miss.UNRECOGNISED or not (own and asking.answers):
            return own
        return (*own[:-1], replace(own[-1], shape=shape(asking.answers[-1][1].body)))

    def _sight(self, answer: Answered, history: Sequence[Observation], now: datetime) -> Outcome:
        outcome = repeated(answer, history, now)
        if isinstance(outcome, Seen) and self.platform.capability.blind_to:
            return replace(outcome, flags=outcome.flags | {"partial_view"})
        return outcome

    def _doubted(self, account: Account, o: Observation) -> Observation:
        """A credential that may read nobody answers of everybody that he is not there, and so does a platform in
        trouble that asks for none: the control tells.
        """
        if not isinstance(o.outcome, Missed) or o.outcome.reason is not Miss.AMBIGUOUS_ABSENCE:
            return o
        if self.control.ok(account.key, self.reader.plain(), o.observed_at) is not False:
            return o
        keyless = self.platform.capability.auth is Auth.NONE
        return replace(o, outcome=replace(o.outcome, reason=Miss.UNREACHABLE if keyless else Miss.PERMISSION_MISSING))

    def _controlled(self, subject: Subject, o: Observation, *, left_out: bool) -> tuple[Observation, Verdict]:
        """Ask the control only where it decides something: an absence, or a silence this look would establish."""
        account, history = subject.account, subject.history
        hopeful = replace(o, control_ok=True)
        verdict = self._verdict(account, [*history, hopeful], o.observed_at)
        if isinstance(o.outcome, Seen) and verdict.status not in SILENT:
            return o, verdict
        began = absent_since([*history, o]) or o.observed_at
        doubtful = is_absence(o.outcome) and caught(began, self.platform.name, self.breaks)
        ask = self.reader.plain()
        ok = self.control.ok(account.key, ask, o.observed_at, left_out=left_out, vouched=not doubtful)
        if doubtful and o.observed_at - began < LASTS:
            ok = False
        if ok is None and isinstance(o.outcome, Seen):
            o = replace(o, outcome=self._sight(self.reader.listed(subject, o.outcome), history, o.observed_at))
            ok = isinstance(o.outcome, Seen) and _lists_known(o.outcome, history)
            hopeful = replace(o, control_ok=True)
            verdict = self._verdict(account, [*history, hopeful], o.observed_at)
            if ok:
                self.control.saw(account.key, o.outcome, o.observed_at)  # for the others: nobody else is read twice
        if ok:
            return hopeful, verdict
        doubted = replace(o, control_ok=False)
        return doubted, self._verdict(account, [*history, doubted], o.observed_at)

    def _verdict(self, account: Account, history: Sequence[Observation], at: datetime) -> Verdict:
        """As it stands with these looks."""
        agency = self.office.register.agency[account.agency]
        return decide(history, resolve(self.office.book, account, agency, at), at)

    def _blocked(self, missed: Missed, now: datetime, max_age: timedelta) -> Blocked | None:
        """A throttled lane waits as told, else 15 minutes, doubling to 12 hours; for a rejected key see `waits`."""
        if missed.reason not in STOPS or missed.stops is Stops.ACCOUNT:
            return None
        if missed.reason is Miss.CREDENTIAL_REJECTED:
            again = min(missed.reset_at or now, now + max_age)
            return Blocked(missed.reason, max(again, now) + TRIED_AGAIN, Stops.CREDENTIAL)
        if missed.reset_at is not None:
            return Blocked(missed.reason, min(missed.reset_at, now + max_age), missed.stops)
        since = self.facts.lane(self.lane).since
        wait = min(max(DEFAULT_WAIT, now - since if since else DEFAULT_WAIT), LONGEST_WAIT)
        return Blocked(missed.reason, min(now + wait, now + max_age), missed.stops)


def _lists_known(seen: Seen, history: Sequence[Observation]) -> bool:
    """The answer vouches for itself: it lists posts that an earlier look listed."""
    known = set(known_posts(history))
    return any(p.native_id in known for p in seen.posts)
