"""One lane, one thread: asks about its accounts one after the other and yields what each look brought."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import islice

from auditor.clock import Clock
from auditor.core.audit import Control
from auditor.core.model import (
    HAND,
    SILENT,
    AccountRef,
    Barrier,
    Miss,
    Missed,
    Observation,
    Outcome,
    Seen,
    Unreadable,
    Verdict,
)
from auditor.core.policy import resolve
from auditor.core.polling import after_answer, after_doubt, after_miss
from auditor.core.register import Account
from auditor.core.verdict import decide
from auditor.fetch.answer import Ask, Exchange, Refused
from auditor.log import say
from auditor.platforms.base import Answered, Platform, Profile, Unchanged, Window
from auditor.store.verbs import AccountState, Look, Store

from .control import LaneControl
from .door import Asking, Exchanges
from .office import Office
from .shape import shape

STOPS = frozenset({Miss.RATE_LIMITED, Miss.QUOTA_EXHAUSTED, Miss.CREDENTIAL_REJECTED})
DEAF_AFTER = 5  # unreachable answers in a row: the lane is down, the rest stays due
DEFAULT_WAIT, LONGEST_WAIT = timedelta(minutes=15), timedelta(hours=12)  # where the platform names no instant


class Halt(BaseException):
    """The sweep ends while a lane waits for its window: the look in hand is not made, and stays due."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What one look brought, for the one writer."""

    lane: str
    account: str
    look: Look
    calls: int  # made for it; those for a whole batch count with its first account
    controls: tuple[Control, ...]
    blocked_until: datetime | None = None  # the lane waits
    blocked_for: Miss | None = None


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
    spend: Callable[[int], None]
    stopped: Callable[[], bool]
    deaf: int = field(default=0)
    _shared: tuple[Exchange, ...] = field(default=(), init=False)

    def looks(self) -> Iterator[Looked]:
        """Each account once, until the lane is done, stopped, throttled or deaf."""
        call = self.platform.capability.lookup
        todo = iter(self.accounts)
        try:
            while batch := list(islice(todo, call.batch if call and self.platform.lookup else 1)):
                if self.stopped():
                    return
                profiles = self._profiles(batch)
                self._shared = self.exchanges.take()  # what was asked about the whole batch is evidence of each of it
                calls = len(self._shared)
                for account, state in batch:
                    if self.stopped():
                        return
                    looked = self._look(account, state, profiles.get(account.key), calls)
                    calls = 0
                    yield looked
                    if looked.blocked_for is not None or self.deaf >= DEAF_AFTER:
                        return
        except Halt:
            return

    # --- asking ---

    def _asking(self, state: AccountState) -> Asking:
        known = self.facts.validators(state.id, self.platform.version) if self.platform.capability.conditional else {}
        return Asking(self.ask, self.spend, known, self.platform.version, self.platform.capability.conditional)

    def _ref(self, account: Account, state: AccountState) -> AccountRef:
        """As the platform knows it today: the learnt id, and its newest handle. A web address is its own identity."""
        if self.platform.address.whole:
            return account.ref
        native_id = state.native_id or account.ref.native_id
        return AccountRef(account.ref.platform, state.handle if native_id else account.ref.handle, native_id)

    def _profiles(self, batch: Sequence[tuple[Account, AccountState]]) -> Mapping[str, Profile | Unreadable | Missed]:
        """The cheap question, for a whole batch. A refusal is the answer for each account of it."""
        if self.platform.lookup is None:
            return {}
        refs = {self._ref(account, state): account.key for account, state in batch}
        found: dict[str, Profile | Unreadable | Missed] = {}
        asking = Asking(self.ask, self.spend, {}, self.platform.version, conditional=False)
        try:
            for ref, profile in self.platform.lookup(list(refs), asking):
                found[refs[ref]] = profile
        except Refused as refused:
            for key in refs.values():
                found.setdefault(key, refused.outcome)
        except Exception as error:  # noqa: BLE001 — a defect of one adapter must not stop the others
            for key in refs.values():
                found.setdefault(key, self._defect(key, error))
        return found

    def _defect(self, account: str, error: Exception) -> Missed:
        """Our own mistake is a miss like any other: said, recorded, tried again, and never evidence."""
        say("defect", lane=self.lane, account=account, error=type(error).__name__)
        return Missed(Miss.UNRECOGNISED, f"defect {type(error).__name__}")

    def _answer(
        self, account: Account, state: AccountState, profile: Profile | Unreadable | Missed | None, now: datetime
    ) -> tuple[Answered, Asking]:
        """The dear question, and the identity of who answered."""
        asking = self._asking(state)
        if isinstance(profile, Unreadable | Missed) or self.platform.timeline is None:
            return profile if isinstance(profile, Unreadable | Missed) else Missed(Miss.OUR_REQUEST_INVALID), asking
        ref = self._ref(account, state)
        since = state.covered_until or now - timedelta(days=self.office.book.window_days)
        try:
            outcome = self.platform.timeline(ref, profile, asking, Window(min(since, now), now))
        except Refused as refused:
            return refused.outcome, asking
        except Exception as error:  # noqa: BLE001 — the same
            return self._defect(account.key, error), asking
        if isinstance(outcome, Seen) and ref.native_id is not None and outcome.native_id != ref.native_id:
            return Unreadable(Barrier.TAKEN), asking
        return outcome, asking

    # --- what it means for the plan ---

    def _look(
        self, account: Account, state: AccountState, profile: Profile | Unreadable | Missed | None, calls: int
    ) -> Looked:
        now = self.clock().replace(microsecond=0)
        answer, asking = self._answer(account, state, profile, now)
        history = self.facts.history(state.id, now)
        o = Observation(now, self._sight(answer, history, now), route=self.platform.capability.route)
        max_age = timedelta(days=self.office.book.max_age_days)
        blocked: tuple[datetime | None, Miss | None] = (None, None)
        if isinstance(o.outcome, Missed):
            self.deaf = self.deaf + 1 if o.outcome.reason is Miss.UNREACHABLE else 0
            then = after_miss(state.failures + 1, now, max_age, o.outcome.reset_at)
            if o.outcome.reason in STOPS:
                until = self._until(o.outcome, now)
                blocked = (min(until, now + max_age) if until else None, o.outcome.reason)
        else:
            self.deaf = 0
            self.control.saw(account.key, o.outcome, now)
            o, verdict = self._controlled(account, o, history)
            then = after_answer(verdict, now, max_age)
            then = after_doubt(then, now) if o.control_ok is False else then
        learnt = asking.learnt() if isinstance(o.outcome, Seen) else ()
        own = self._shaped(self.exchanges.take(), o.outcome, asking)
        look = Look(state.id, o, (*self._shared, *own), learnt, then.at, then.why)
        return Looked(self.lane, account.key, look, calls + len(own), self.control.take(), *blocked)

    def _shaped(self, own: tuple[Exchange, ...], outcome: Outcome, asking: Asking) -> tuple[Exchange, ...]:
        """Of an answer that was not recognised its shape is kept beside the hash."""
        if not isinstance(outcome, Missed) or outcome.reason is not Miss.UNRECOGNISED or not (own and asking.answers):
            return own
        return (*own[:-1], replace(own[-1], shape=shape(asking.answers[-1][1].body)))

    def _sight(self, answer: Answered, history: Sequence[Observation], now: datetime) -> Outcome:
        """Unchanged is a machine's last sight at the new instant; if that covered nothing, neither does the repeat."""
        if isinstance(answer, Unchanged):
            last = next((o for o in reversed(history) if isinstance(o.outcome, Seen) and o.route != HAND), None)
            if last is None or not isinstance(last.outcome, Seen):
                return Missed(Miss.UNRECOGNISED, "unchanged, but nothing was known")
            covered = last.outcome.horizon is None or last.outcome.horizon < last.observed_at
            return last.outcome if covered else replace(last.outcome, horizon=now)
        if isinstance(answer, Seen) and self.platform.capability.blind_to:
            return replace(answer, flags=answer.flags | {"partial_view"})
        return answer

    def _controlled(
        self, account: Account, o: Observation, history: Sequence[Observation]
    ) -> tuple[Observation, Verdict]:
        """Ask the control only where it decides something: an absence, or a silence this look would establish."""
        hopeful = replace(o, control_ok=True)
        verdict = self._verdict(account, hopeful, history)
        if isinstance(o.outcome, Seen) and verdict.status not in SILENT:
            return o, verdict
        asking = Asking(self.ask, self.spend, {}, self.platform.version, conditional=False)
        ok = self.control.ok(account.key, asking, o.observed_at)
        if ok is None:
            ok = isinstance(o.outcome, Seen) and _lists_known(o.outcome, history)
        if ok:
            return hopeful, verdict
        doubted = replace(o, control_ok=False)
        return doubted, self._verdict(account, doubted, history)

    def _verdict(self, account: Account, o: Observation, history: Sequence[Observation]) -> Verdict:
        """As it stands with this look."""
        agency = self.office.register.agency[account.agency]
        policy = resolve(self.office.book, account, agency, o.observed_at)
        return decide([*history, o], policy, o.observed_at)

    def _until(self, missed: Missed, now: datetime) -> datetime | None:
        """A throttled lane waits as told, else 15 minutes, doubling to 12 hours. A rejected key is tried when due."""
        if missed.reason is Miss.CREDENTIAL_REJECTED:
            return None
        if missed.reset_at is not None:
            return missed.reset_at
        since = self.facts.lane(self.lane).since
        return now + min(max(DEFAULT_WAIT, now - since if since else DEFAULT_WAIT), LONGEST_WAIT)


def _lists_known(seen: Seen, history: Sequence[Observation]) -> bool:
    """The answer vouches for itself: it lists posts that an earlier look listed."""
    known = {p.native_id for o in history if isinstance(o.outcome, Seen) for p in o.outcome.posts}
    return any(p.native_id in known for p in seen.posts)
