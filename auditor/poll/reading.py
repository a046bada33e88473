"""How a lane asks: many at once where the platform can, the dear question only where the cheap one is not enough."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
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
    PostKind,
    Seen,
    Status,
    Unreadable,
    Verdict,
)
from auditor.core.register import Account
from auditor.fetch.answer import Ask, Refused
from auditor.fetch.copies import OLD
from auditor.log import say
from auditor.platforms.base import ANNOUNCED, UNSURE, Answered, Platform, Profile, Unchanged, Window
from auditor.store.verbs import AccountState, Store, Validator

from .door import Asking, Meter

UNMOVED = "unmoved"  # flag: not read again, because the counter that a new post moves stood still
READ_EVERY = timedelta(days=28)  # an unmoved account is read in full this often: a post made and one deleted look alike
LOOKS_APART = timedelta(days=7)  # the usual longest time between two looks at one account
PARTIAL, POSITIVE = "partial_view", "positive_only"  # flags: not all of it is shown; activity only
UNCOUNTED = frozenset({UNSURE, ANNOUNCED})  # flags: the counter does not show all that may come

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
    max_age: timedelta = LOOKS_APART  # the next look comes no later
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
        sights = [(o, o.outcome) for o in history if isinstance(o.outcome, Seen) and o.route != HAND]
        listed = sorted((p for _, seen in sights for p in seen.posts), key=lambda p: p.posted_at, reverse=True)
        covered = state.covered_until
        since = covered or now - timedelta(days=self.window_days)
        read = [o.observed_at for o, seen in sights if UNMOVED not in seen.flags]
        window = Window(
            since=min([since, now, *read[-1:]]),  # a repeat has read nothing: reading goes on where the last one ended
            now=now,
            newest=next((p.native_id for p in listed if covered is not None and p.posted_at <= covered), None),
            proven=self._proven,
            known={p.native_id: p for p in listed},  # of one id the earliest date
            settled=_settled(sights),
        )
        return Subject(account, state, self._ref(account, state), history, window)

    @cached_property
    def _proven(self) -> bool:
        """The lane works, and somebody of the list was once read: an answer that shows nobody proves no permission."""
        listed = (state for key, state in self.facts.states().items() if key.startswith(f"{self.platform.name}:"))
        read = any(state.covered_until or state.last_horizon for state in listed)
        return read and self.facts.lane(self.lane).last_ok_at is not None

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
        if self.platform.bulk is not None:
            bulk, windows = self.platform.bulk, {s.ref: s.window for s in reversed(subjects)}
            return self._gather(subjects, lambda: bulk(list(windows.items()), self.plain()))
        if self.platform.lookup is None:
            return {}
        lookup, asked = self.platform.lookup, [s for s in subjects if self._profile_due(s)]
        refs = list(dict.fromkeys(s.ref for s in asked))
        return self._gather(asked, lambda: lookup(refs, self.plain())) if asked else {}

    def _profile_due(self, subject: Subject) -> bool:
        """Where the cheap question costs money it is not asked at every look."""
        every = self.platform.capability.lookup_every
        if every is None or subject.ref.native_id is None:
            return True
        stated = [o.observed_at for o in subject.history if isinstance(o.outcome, Seen) and o.outcome.counters]
        trouble = subject.state.failures > 0 or subject.state.last_outcome in set(Barrier)
        return trouble or not stated or subject.window.now - max(stated) >= every

    def _gather(
        self, subjects: Sequence[Subject], answers: Callable[[], Iterable[tuple[AccountRef, Profile | Answered]]]
    ) -> dict[str, Profile | Answered]:
        """By account. Two entries of the list may turn out to be one account: they share its answer."""
        keys: dict[AccountRef, list[str]] = {}
        for subject in subjects:
            keys.setdefault(subject.ref, []).append(subject.account.key)
        found: dict[str, Profile | Answered] = {}
        try:
            for ref, answer in answers():
                found |= dict.fromkeys(keys[ref], answer)
        except Refused as refused:
            for subject in subjects:
                found.setdefault(subject.account.key, refused.outcome)
        except Exception as error:  # noqa: BLE001 — a defect of one adapter must not stop the others
            for subject in subjects:
                found.setdefault(subject.account.key, self._defect(subject.account.key, error))
        return found

    # --- for one ---

    def one(self, subject: Subject, told: Cheap) -> tuple[Answered, Asking]:
        """The answer about an account, and the door it came through. `told`: what the batch brought.

        That nothing changed repeats the last sight, so it is not asked where that covered nothing; and it tells of no
        silence: where it would, the document is asked for once more in full.
        """
        conditional = self.platform.capability.conditional
        known = self._validators(subject) if _worth(subject, conditional) else {}
        asking = Asking(self.ask, self.meter, known, self.platform.version, conditional)
        if _taken(subject.ref, told):
            return Unreadable(Barrier.TAKEN), asking  # whatever the dear question would say, it is of somebody else
        answer = self._timeline(subject, told, asking) if isinstance(told, Profile | None) else told
        if isinstance(answer, Unchanged) and known and self._silent(subject, answer, subject.window.now):
            asking = Asking(self.ask, self.meter, {}, self.platform.version, conditional)
            answer = self._timeline(subject, told if isinstance(told, Profile) else None, asking)
        answer = self._as_old(subject, answer, asking.age)
        return Unreadable(Barrier.TAKEN) if _taken(subject.ref, answer) else answer, asking

    def _silent(self, subject: Subject, answer: Answered, at: datetime) -> bool:
        """Beside a healthy control this answer, given at that instant, would tell of a silence."""
        look = Observation(at, repeated(answer, subject.history, at), control_ok=True)
        return self.judge(subject.account, [*subject.history, look]).status in SILENT

    def _as_old(self, subject: Subject, answer: Answered, age: timedelta) -> Answered:
        """An old copy shows what was posted until it was made, and tells of no silence that was not due by then."""
        if age <= OLD or not isinstance(answer, Seen | Unchanged):
            return answer
        now = subject.window.now
        seen = repeated(answer, subject.history, now)
        if not isinstance(seen, Seen) or self._silent(subject, seen, now - age):
            return answer
        return replace(seen, horizon=now)

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
        """The last sight again, where the counter stands still: never where that alone would tell of a silence."""
        capability, now = self.platform.capability, subject.window.now
        ours = [o for o in subject.history if o.route == capability.route]
        last = ours[-1].outcome if ours else None
        if profile is None or capability.moves is None or not isinstance(last, Seen):
            return None  # also where the last look met a barrier: it may stand before the posts alone
        if capability.moves not in profile.counters or profile.native_id != last.native_id:
            return None
        if last.counters.get(capability.moves) != profile.counters[capability.moves]:
            return None
        read = [o for o in ours if isinstance(o.outcome, Seen) and UNMOVED not in o.outcome.flags]
        if not read or now - read[-1].observed_at >= self._read_every or not all(map(_covered, (read[-1], ours[-1]))):
            return None
        repeat = replace(last, counters=profile.counters, handle=profile.handle, flags=last.flags | {UNMOVED})
        then = self.judge(subject.account, [*subject.history, Observation(now, repeat, control_ok=True)])
        if then.status in SILENT:
            return repeat if self._established(subject, last, read) else None
        unsafe = then.status is Status.UNKNOWN or (then.status is not Status.ACTIVE and last.flags & UNCOUNTED)
        return None if unsafe else repeat

    @property
    def _read_every(self) -> timedelta:
        """So that the next look still comes in time."""
        keep = self.platform.capability.keep
        return READ_EVERY if keep is None else min(READ_EVERY, keep - self.max_age)

    def _established(self, subject: Subject, last: Seen, read: Sequence[Observation]) -> bool:
        """A real reading beside a healthy control told of the silence; that nothing moved since then may confirm it."""
        if last.flags & UNCOUNTED:
            return False
        if UNMOVED not in last.flags:
            told = self.judge(subject.account, [_whole(o) for o in subject.history if not _is_repeat(o)])
            return told.status in SILENT
        told = self.judge(subject.account, subject.history)  # the repeat before was allowed by the same rule
        start = told.since
        return told.status in SILENT and start is not None and any(o.observed_at >= start for o in read)

    def listed(self, subject: Subject, seen: Seen) -> Seen:
        """Where nobody vouches for the lane, an answer that names only what is new is asked for once more in full.

        Known posts in it vouch for it. Without any, or where that fails, the first answer stands.
        """
        timeline, only_new = self.platform.timeline, self.platform.capability.lookup_every is not None
        if seen.posts or subject.window.newest is None or timeline is None or not only_new:
            return seen
        profile = Profile(seen.native_id, seen.handle, seen.counters)
        try:
            again = timeline(subject.ref, profile, self.plain(), replace(subject.window, newest=None))
        except Refused:
            return seen
        return again if isinstance(again, Seen) and again.posts and again.native_id == seen.native_id else seen

    def _validators(self, subject: Subject) -> Mapping[str, Validator]:
        """None where a look was made while our clock ran ahead: what it saw is not known yet, its 304 repeats less."""
        newest = subject.state.last_look_at
        ahead = newest is not None and newest > subject.window.now
        return {} if ahead else self.facts.validators(subject.state.id, self.platform.version)

    def _defect(self, account: str, error: Exception) -> Missed:
        """Our own mistake is a miss like any other: said, recorded, tried again, and never evidence."""
        say("defect", lane=self.lane, account=account, error=type(error).__name__)
        return Missed(Miss.UNRECOGNISED, f"defect {type(error).__name__}")


def _taken(ref: AccountRef, answer: Cheap) -> bool:
    """The answer names another id than the one this account is known by."""
    return isinstance(answer, Seen | Profile) and ref.native_id is not None and answer.native_id != ref.native_id


def _settled(sights: Sequence[tuple[Observation, Seen]]) -> datetime | None:
    """The newest original post that a look listed which was sure of its posts."""
    sure = [(o, seen) for o, seen in sights if not seen.flags & {UNSURE, POSITIVE}]
    dates = [p.posted_at for o, seen in sure for p in seen.posts if p.kind is PostKind.ORIGINAL]
    return max((at for at in dates if at <= sure[-1][0].observed_at), default=None)


def _worth(subject: Subject, conditional: bool) -> bool:
    """Whether to ask only for what changed."""
    last = next((o for o in reversed(subject.history) if isinstance(o.outcome, Seen) and o.route != HAND), None)
    return conditional and (last is None or _covered(last))


def _covered(o: Observation) -> bool:
    """A sight that proves something, so that its repeat does."""
    seen = o.outcome
    return (
        isinstance(seen, Seen) and o.control_ok is not False and (seen.horizon is None or seen.horizon < o.observed_at)
    )


def _is_repeat(o: Observation) -> bool:
    return isinstance(o.outcome, Seen) and UNMOVED in o.outcome.flags


def _whole(o: Observation) -> Observation:
    """The same as if the route showed everything: whether a silence was read twice is another question."""
    return (
        replace(o, outcome=replace(o.outcome, flags=o.outcome.flags - {PARTIAL})) if isinstance(o.outcome, Seen) else o
    )


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
