"""The guards that keep a living account from being blamed and a silent one from being missed: a closed list.

Each is one sentence, and how to do without it: wrappers around what the program is handed (platforms, store, policy,
doors), never a switch inside the program. `None`: it cannot be switched off from outside, or its module is not there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, TypeAlias

from auditor.core.model import AccountRef, Barrier, Miss, Missed, Observation, Post, PostKind, Seen, Unreadable
from auditor.core.policy import PolicyBook
from auditor.core.polling import Due
from auditor.fetch.answer import Ask, Refused
from auditor.platforms.base import Answered, Platform, Profile, Unchanged, Window

DAY, YEAR = timedelta(days=1), timedelta(days=365)
Told: TypeAlias = Profile | Answered


@dataclass(frozen=True, eq=False)
class Without:
    """What is handed to the program in place of the usual, so that one guard is missing."""

    outcome: Callable[[AccountRef, Answered, Window | None], Answered] = lambda ref, answer, window: answer
    stranger: bool = False  # the stable id of an answer is neither asked for nor compared
    reread: bool = True  # what is asked in full after "unchanged" is answered
    window: Callable[[Window], Window] = lambda window: window
    history: Callable[[Sequence[Observation]], Sequence[Observation]] = tuple
    planned: Callable[[Any], Any] = lambda look: look  # a look about to be recorded
    blocked: Callable[[Any], Any] = lambda until: until
    book: Callable[[PolicyBook], PolicyBook] = lambda book: book
    owed: Callable[[Sequence[Due], Any], Sequence[Due]] = lambda due, now: due
    sentinels: bool = False  # they are always said to be well
    answers: tuple[tuple[str, Mapping[str, Any]], ...] = ()  # of answers.py: of every answer only this is left


WHOLE = Without()  # every guard is there


@dataclass(frozen=True)
class Guard:
    """One rule of the program, and the program without it."""

    says: str
    without: Without | None = None


# --- outcomes ---------------------------------------------------------------------------------------------------------


def nothing_new(*reasons: Miss) -> Without:
    """Who was not read has posted nothing new: the last sight is taken to hold."""

    def believe(ref: AccountRef, answer: Answered, window: Window | None) -> Answered:
        return Unchanged() if isinstance(answer, Missed) and answer.reason in reasons else answer

    return Without(outcome=believe)


def barrier(reason: Miss) -> Without:
    """Who was not read is gone."""

    def believe(ref: AccountRef, answer: Answered, window: Window | None) -> Answered:
        missed = isinstance(answer, Missed) and answer.reason is reason
        return Unreadable(Barrier.GONE) if missed else answer

    return Without(outcome=believe)


def of_seen(change: Callable[[Seen, Window], Answered]) -> Without:
    """A sight is taken for something else."""

    def believe(ref: AccountRef, answer: Answered, window: Window | None) -> Answered:
        return change(answer, window) if isinstance(answer, Seen) and window is not None else answer

    return Without(outcome=believe)


def empty_is_all(seen: Seen, window: Window) -> Answered:
    """An answer that lists nothing says that nothing was posted."""
    return seen if seen.posts or seen.horizon is None else Unchanged()


def ahead_is_now(seen: Seen, window: Window) -> Answered:
    """A date that lies ahead is one of today."""
    ahead = {p for p in seen.posts if p.posted_at > window.now}
    today = (Post(f"{p.native_id} {window.now}", window.now, p.kind) for p in ahead)
    return replace(seen, posts=(*(p for p in seen.posts if p not in ahead), *today))


def undated_is_now(seen: Seen, window: Window) -> Answered:
    """An item without a date is one of today."""
    new = tuple(Post(f"{name} {window.now}", window.now) for name in sorted(seen.undated))
    return replace(seen, posts=(*seen.posts, *new), undated=frozenset())


def unchanged_is_nothing(ref: AccountRef, answer: Answered, window: Window | None) -> Answered:
    """A 304 tells nothing."""
    return Missed(Miss.UNRECOGNISED) if isinstance(answer, Unchanged) else answer


# --- looks ------------------------------------------------------------------------------------------------------------


def always_healthy(history: Sequence[Observation]) -> Sequence[Observation]:
    """No control is asked, and none is missed."""
    return tuple(replace(o, control_ok=True) for o in history)


def uncovered(history: Sequence[Observation]) -> Sequence[Observation]:
    """A look that proves activity only is taken for one that read everything since the newest known post."""

    def claims(o: Observation, seen: Seen, known: set[str]) -> bool:
        return seen.horizon is not None and seen.horizon >= o.observed_at

    return _believed(history, claims)


def unlisted(history: Sequence[Observation]) -> Sequence[Observation]:
    """A look that lists none of the known posts is taken for one that found nothing newer."""

    def claims(o: Observation, seen: Seen, known: set[str]) -> bool:
        return bool(known) and not any(p.native_id in known for p in seen.posts)

    return _believed(history, claims)


def complete(history: Sequence[Observation]) -> Sequence[Observation]:
    """A look that lacks the newest known post is taken for one that lists all of them, beside a control."""
    known: dict[str, Post] = {}
    found = []
    for o in history:
        if isinstance(o.outcome, Seen):
            seen = o.outcome
            if known and max(known.values(), key=lambda p: p.posted_at) not in seen.posts:
                listed = {**known, **{p.native_id: p for p in seen.posts}}
                changed = replace(seen, posts=tuple(listed.values()))
                o = replace(o, outcome=changed, control_ok=o.control_ok is not False)
            known |= {p.native_id: p for p in seen.posts}
        found.append(o)
    return tuple(found)


def _believed(
    history: Sequence[Observation], claims: Callable[[Observation, Seen, set[str]], bool]
) -> Sequence[Observation]:
    """Such looks reach from the newest known post to themselves; as they ask for no control, they count beside one."""
    known: dict[str, Post] = {}
    found = []
    for o in history:
        if isinstance(o.outcome, Seen):
            seen, posts = o.outcome, o.outcome.posts
            if claims(o, seen, set(known)) and known:
                newest = max(p.posted_at for p in known.values())
                counters = {name: count for name, count in seen.counters.items() if name != "posts"}
                changed = replace(seen, horizon=min(newest, o.observed_at), counters=counters)
                o = replace(o, outcome=changed, control_ok=o.control_ok is not False)
            known |= {p.native_id: p for p in posts}
        found.append(o)
    return tuple(found)


def never_again(look: Any) -> Any:
    """Who could not be read is not asked again."""
    missed = isinstance(look.observation.outcome, Missed)
    return replace(look, next_look_at=look.observation.observed_at + YEAR) if missed else look


def as_planned(due: Sequence[Due], now: Any) -> Sequence[Due]:
    """What is planned for later is not due, however much later."""
    return [d for d in due if d.at <= now]


def yesterdays(due: Sequence[Due], now: Any) -> Sequence[Due]:
    """Looks are missed for good when nobody was there to make them."""
    return [d for d in due if now - d.at < 2 * DAY]


# --- the wrapper of a platform ----------------------------------------------------------------------------------------


@dataclass
class Believer:
    """A platform whose answers are believed otherwise. Remembers ids, so that a refused lookup can be believed too."""

    platform: Platform
    without: Without
    ids: dict[str, str] = field(default_factory=dict)
    unchanged: dict[str, Any] = field(default_factory=dict)  # handle -> the look that was told so

    def wrapped(self) -> Platform:
        """The same platform, its three questions answered through this."""
        p = self.platform
        return replace(
            p,
            lookup=self.lookup if p.lookup else None,
            timeline=self.timeline if p.timeline else None,
            bulk=self.bulk if p.bulk else None,
        )

    def lookup(self, refs: Sequence[AccountRef], ask: Ask) -> Iterator[tuple[AccountRef, Any]]:
        assert self.platform.lookup is not None
        asked = {self._asked(ref): ref for ref in refs}
        left = dict(asked)
        try:
            for known, found in self.platform.lookup(list(asked), ask):
                ref = left.pop(known, asked[known])
                yield ref, self._told(ref, found)
        except Refused as refused:
            believed = {ref: self._told(ref, refused.outcome) for ref in left.values()}
            if not believed or all(found is refused.outcome for found in believed.values()):
                raise
            yield from believed.items()

    def timeline(self, ref: AccountRef, profile: Profile | None, ask: Ask, window: Window) -> Answered:
        assert self.platform.timeline is not None
        if profile is not None and BELIEVED in profile.flags:
            return Unchanged()
        try:
            answer = self.platform.timeline(self._asked(ref), profile, ask, self.without.window(window))
        except Refused as refused:
            answer = refused.outcome
        return self._answer(ref, answer, window)

    def bulk(self, asked: Sequence[tuple[AccountRef, Window]], ask: Ask) -> Iterator[tuple[AccountRef, Answered]]:
        assert self.platform.bulk is not None
        left = dict(asked)
        try:
            for ref, found in self.platform.bulk(asked, ask):
                yield ref, self._answer(ref, found, left.pop(ref))
        except Refused as refused:
            for ref, window in left.items():
                yield ref, self._answer(ref, refused.outcome, window)

    def _asked(self, ref: AccountRef) -> AccountRef:
        return replace(ref, native_id=None) if self.without.stranger else ref

    def _answer(self, ref: AccountRef, answer: Answered, window: Window) -> Answered:
        if isinstance(answer, Unchanged):
            self.unchanged[ref.handle] = window.now
        elif not self.without.reread and self.unchanged.get(ref.handle) == window.now:
            return Unchanged()
        if isinstance(answer, Seen):
            self.ids[ref.handle] = answer.native_id
            if self.without.stranger and ref.native_id is not None:
                answer = replace(answer, native_id=ref.native_id)
        return self.without.outcome(ref, answer, window)

    def _told(self, ref: AccountRef, found: Any) -> Any:
        """A cheap answer: what is believed to be unchanged goes on to the dear question, which says so too."""
        if isinstance(found, Profile):
            own = self.without.stranger and ref.native_id is not None
            return replace(found, native_id=ref.native_id) if own else found
        believed = self.without.outcome(ref, found, None)
        if isinstance(believed, Unchanged):
            native_id = ref.native_id or self.ids.get(ref.handle, ref.handle)
            return Profile(native_id, ref.handle, flags=frozenset({BELIEVED}))
        return believed


BELIEVED = "believed"


def believing(book: PolicyBook) -> PolicyBook:
    """However many change or vanish at once, they are believed."""
    return replace(book, max_changes_from=1_000_000)


def miss(word: Miss, says: str) -> Guard:
    return Guard(says, nothing_new(word))


GUARDS: Mapping[str, Guard] = {
    "unreachable": miss(Miss.UNREACHABLE, "An account that could not be reached was not seen."),
    "unrecognised": miss(Miss.UNRECOGNISED, "An answer in no shape we know is a miss, never 'nothing new'."),
    "rate_limited": miss(Miss.RATE_LIMITED, "Who asks us to wait has told us nothing of an account."),
    "quota_exhausted": miss(Miss.QUOTA_EXHAUSTED, "A used-up budget tells nothing of an account."),
    "credential_rejected": miss(Miss.CREDENTIAL_REJECTED, "A rejected credential tells nothing of an account."),
    "permission_missing": miss(Miss.PERMISSION_MISSING, "What we may not read tells nothing of an account."),
    "our_request_invalid": miss(Miss.OUR_REQUEST_INVALID, "Our own wrong question tells nothing of an account."),
    "ambiguous_absence": Guard(
        "An answer that will not say why somebody is not shown is no absence.", barrier(Miss.AMBIGUOUS_ABSENCE)
    ),
    "control": Guard(
        "An absence or a new silence counts only beside a healthy control.", Without(history=always_healthy)
    ),
    "rule_a": Guard(
        "An absence is a loss after three answers over 72 hours.",
        Without(book=lambda book: replace(book, absence_confirmations=1, absence_span_hours=0)),
    ),
    "identity": Guard("Accounts are asked for by their stable id, and it is compared.", Without(stranger=True)),
    "empty": Guard("An answer that lists nothing proves nothing unless it says so.", of_seen(empty_is_all)),
    "horizon": Guard("A look covers only what it read without a gap.", Without(history=uncovered)),
    "vanished": Guard("A look that lists none of the known posts covers nothing.", Without(history=unlisted)),
    "lags": Guard(
        "A list that lacks several of the newest known posts is an old one and covers nothing.",
        Without(history=complete),
    ),
    "future": Guard("A date that lies ahead is not believed.", of_seen(ahead_is_now)),
    "undated": Guard("An item without a date is undated, never 'now'.", of_seen(undated_is_now)),
    "latest_date": Guard(
        "The last post is the latest date, never the first item.", Without(answers=(("keep", {"n": 1}),))
    ),
    "kinds": Guard(
        "Reposts, replies and service messages are not the account's own activity.",
        Without(book=lambda book: replace(book, counted_kinds=frozenset(PostKind))),
    ),
    "retry": Guard(
        "A failure is tried again, at most the maximum age later.", Without(planned=never_again, owed=as_planned)
    ),
    "lane_opens": Guard(
        "No word of a platform shuts a lane for longer than the maximum age.",
        Without(blocked=lambda until: until + YEAR if until is not None else None),
    ),
    "overdue": Guard("What is overdue is made up for, however late.", Without(owed=yesterdays)),
    "clock_ran_ahead": Guard("What is planned beyond the maximum age is due.", Without(owed=as_planned)),
    "sentinel": Guard("While our own network fails, nothing is blamed.", Without(sentinels=True)),
    # Their switches come with their modules.
    "clock": Guard(
        "While our own clock is wrong, nothing is judged by it.", Without(answers=(("with_headers", {"Date": "?"}),))
    ),
    "inconclusive": Guard("A sweep without a network is inconclusive: nothing else is asked, nothing is recorded."),
    "breaker": Guard("Absences of many accounts of a platform in one sweep prove nothing.", Without(book=believing)),
    "frozen": Guard(
        "Where over 60 % of a lane stand still against their rhythm, the sweep is suspicious.",
        Without(book=lambda book: replace(book, frozen_counters_percent=100)),
    ),
    "brake": Guard(
        "Too many changes in one judgement are held until a person or time releases them.", Without(book=believing)
    ),
    "confirmation": Guard("A silence is confirmed by two looks seven days apart, both past the deadline."),
    "unchanged": Guard("That nothing changed is a look like any other.", Without(outcome=unchanged_is_nothing)),
    "reread": Guard("That nothing changed tells of no silence: the document is read once more.", Without(reread=False)),
    "copies": Guard(
        "A cache's old copy tells of no silence and no absence of today.",
        Without(answers=(("with_headers", {"Age": "0"}),)),
    ),
    "another_site": Guard(
        "A list that shows only another site's articles is not this site's.",
        Without(window=lambda window: replace(window, known={})),
    ),
}
