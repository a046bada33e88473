"""How a lane asks: many at once where the platform can, the dear question only where the cheap one is not enough."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeAlias

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
from auditor.core.register import Account
from auditor.fetch.answer import Ask, Refused
from auditor.log import say
from auditor.platforms.base import Answered, Platform, Profile, Unchanged, Window
from auditor.store.verbs import AccountState, Store

from .door import Asking, Meter

UNMOVED = "unmoved"  # flag: not read again, because the counter that a new post moves stood still
READ_EVERY = timedelta(days=28)  # an unmoved account is read in full this often: a post made and one deleted look alike

Cheap: TypeAlias = "Profile | Answered | None"
Judge: TypeAlias = Callable[[Account, Sequence[Observation]], Verdict]


@dataclass(frozen=True)
class Subject:
    """An account about to be looked at: as the platform knows it today, and what is known of it."""

    account: Account
    state: AccountState
    ref: AccountRef
    history: Sequence[Observation]
    window: Window


@dataclass
class Reader:
    """Asks about the accounts of one lane. `judge` says what stands with these looks."""

    lane: str
    platform: Platform
    facts: Store
    ask: Ask
    meter: Meter
    window_days: int
    judge: Judge
    asking: Asking = field(init=False)

    def __post_init__(self) -> None:
        self.asking = self.plain()

    @property
    def batch(self) -> int:
        """How many accounts one request can name."""
        capability, platform = self.platform.capability, self.platform
        calls = [capability.lookup if platform.lookup else None, capability.timeline if platform.bulk else None]
        return max((call.batch for call in calls if call is not None), default=1)

    def subject(self, account: Account, state: AccountState, now: datetime) -> Subject:
        """Everything that is known before asking. The window reaches back to where reading on may stop."""
        history = self.facts.history(state.id, now)
        listed = [p for o in history if isinstance(o.outcome, Seen) and o.route != HAND for p in o.outcome.posts]
        newest = max(listed, key=lambda p: p.posted_at, default=None)
        since = state.covered_until or now - timedelta(days=self.window_days)
        proven = self.facts.lane(self.lane).last_ok_at is not None
        window = Window(min(since, now), now, newest.native_id if newest else None, proven)
        return Subject(account, state, self._ref(account, state), history, window)

    def _ref(self, account: Account, state: AccountState) -> AccountRef:
        """As the platform knows it today: the learnt id, and its newest handle. A web address is its own identity."""
        if self.platform.address.whole:
            return account.ref
        native_id = state.native_id or account.ref.native_id
        return AccountRef(account.ref.platform, state.handle if native_id else account.ref.handle, native_id)

    def plain(self) -> Asking:
        """A door for questions that are not about one account's document."""
        return Asking(self.ask, self.meter, {}, self.platform.version, conditional=False)

    # --- for many at once ---

    def together(self, subjects: Sequence[Subject]) -> Mapping[str, Profile | Answered]:
        """What one request told about several accounts. A refusal is the answer for each that it left without one."""
        refs = {s.ref: s.account.key for s in subjects}
        if self.platform.bulk is not None:
            bulk = self.platform.bulk
            return self._gather(refs, lambda: bulk([(s.ref, s.window) for s in subjects], self.plain()))
        if self.platform.lookup is None:
            return {}
        asked = {s.ref: s.account.key for s in subjects if self._profile_due(s)}
        lookup = self.platform.lookup
        return self._gather(asked, lambda: lookup(list(asked), self.plain())) if asked else {}

    def _profile_due(self, subject: Subject) -> bool:
        """Where the cheap question costs money it is not asked at every look."""
        every = self.platform.capability.lookup_every
        if every is None or subject.ref.native_id is None:
            return True
        stated = [o.observed_at for o in subject.history if isinstance(o.outcome, Seen) and o.outcome.counters]
        trouble = subject.state.failures > 0 or subject.state.last_outcome in set(Barrier)
        return trouble or not stated or subject.window.now - max(stated) >= every

    def _gather(
        self, refs: Mapping[AccountRef, str], answers: Callable[[], Iterable[tuple[AccountRef, Profile | Answered]]]
    ) -> dict[str, Profile | Answered]:
        found: dict[str, Profile | Answered] = {}
        try:
            for ref, answer in answers():
                found[refs[ref]] = answer
        except Refused as refused:
            for key in refs.values():
                found.setdefault(key, refused.outcome)
        except Exception as error:  # noqa: BLE001 — a defect of one adapter must not stop the others
            for key in refs.values():
                found.setdefault(key, self._defect(key, error))
        return found

    # --- for one ---

    def one(self, subject: Subject, told: Cheap) -> tuple[Answered, Asking]:
        """The answer about an account, and the door it came through. `told`: what the batch brought."""
        conditional = self.platform.capability.conditional
        known = self.facts.validators(subject.state.id, self.platform.version) if conditional else {}
        asking = Asking(self.ask, self.meter, known, self.platform.version, conditional)
        answer = self._timeline(subject, told, asking) if isinstance(told, Profile | None) else told
        native_id = subject.ref.native_id
        if isinstance(answer, Seen) and native_id is not None and answer.native_id != native_id:
            return Unreadable(Barrier.TAKEN), asking
        return answer, asking

    def _timeline(self, subject: Subject, profile: Profile | None, asking: Asking) -> Answered:
        if self.platform.timeline is None:
            return Missed(Miss.OUR_REQUEST_INVALID)
        still = self._unmoved(subject, profile)
        if still is not None:
            return still
        try:
            return self.platform.timeline(subject.ref, profile, asking, subject.window)
        except Refused as refused:
            return refused.outcome
        except Exception as error:  # noqa: BLE001 — the same
            return self._defect(subject.account.key, error)

    def _unmoved(self, subject: Subject, profile: Profile | None) -> Seen | None:
        """The last sight again, where the counter stands still; never where that alone would establish a silence."""
        counter, now = self.platform.capability.moves, subject.window.now
        sights = [
            (o.observed_at, o.outcome) for o in subject.history if isinstance(o.outcome, Seen) and o.route != HAND
        ]
        read = [at for at, seen in sights if UNMOVED not in seen.flags]
        if profile is None or counter is None or not read or counter not in profile.counters:
            return None
        (at, last), every = sights[-1], min(self.platform.capability.keep or READ_EVERY, READ_EVERY)
        if now - read[-1] >= every or last.counters.get(counter) != profile.counters[counter]:
            return None
        if last.horizon is not None and last.horizon >= at:
            return None  # it covered nothing, so the repeat would prove nothing
        repeat = replace(last, counters=profile.counters, handle=profile.handle, flags=last.flags | {UNMOVED})
        then = self.judge(subject.account, [*subject.history, Observation(now, repeat, control_ok=True)])
        before = self.judge(subject.account, subject.history)
        known = before.status in SILENT and before.confirmed
        return repeat if known or then.status not in SILENT else None

    def _defect(self, account: str, error: Exception) -> Missed:
        """Our own mistake is a miss like any other: said, recorded, tried again, and never evidence."""
        say("defect", lane=self.lane, account=account, error=type(error).__name__)
        return Missed(Miss.UNRECOGNISED, f"defect {type(error).__name__}")


def repeated(answer: Answered, history: Sequence[Observation], now: datetime) -> Outcome:
    """Unchanged is a machine's last sight at the new instant; if that covered nothing, neither does the repeat."""
    if not isinstance(answer, Unchanged):
        return answer
    last = next((o for o in reversed(history) if isinstance(o.outcome, Seen) and o.route != HAND), None)
    if last is None or not isinstance(last.outcome, Seen):
        return Missed(Miss.UNRECOGNISED, "unchanged, but nothing was known")
    covered = last.outcome.horizon is None or last.outcome.horizon < last.observed_at
    return last.outcome if covered else replace(last.outcome, horizon=now)


def known_posts(history: Sequence[Observation]) -> Iterator[str]:
    """Native ids that earlier looks listed."""
    for o in history:
        if isinstance(o.outcome, Seen):
            yield from (p.native_id for p in o.outcome.posts)
