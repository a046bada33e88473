"""History + policy + instant -> verdict. The whole decision, and nothing else.

Seeing proves activity; only gap-free reading from the last counted post to a look whose control was healthy proves
silence. Misses let the evidence age; they never convict.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from .absence import HARMLESS, absences_of, absent, ask_again
from .model import (
    ATTESTED,
    HAND,
    SCREENSHOT,
    SECOND_PERSON,
    SILENT,
    UNDATED,
    Miss,
    Missed,
    Observation,
    Overlay,
    Post,
    Reason,
    Seen,
    Status,
    Unreadable,
    Verdict,
)
from .policy import HAND_EVERY, Policy
from .reading import BEGINNING, Reading, Sight, read

RESOLUTION = timedelta(seconds=1)  # of posts: read from a second after the last one on is read without a gap
LASTING = frozenset({*SILENT, Status.LOST})
OURS_TO_MEND = frozenset({Miss.AMBIGUOUS_ABSENCE, Miss.OUR_REQUEST_INVALID})  # looked, and the answer proves nothing


def decide(history: Iterable[Observation], policy: Policy, as_of: datetime) -> Verdict:
    """Judge one account by what was seen when it was last seen."""
    known = tuple(history)
    return decide_reading(known, read(known, policy.counts, as_of), policy, as_of)


def decide_reading(history: Sequence[Observation], reading: Reading, policy: Policy, as_of: datetime) -> Verdict:
    """The same, for a caller that has added up the looks already. `reading` must come from `history` and `as_of`."""
    told = sorted((o for o in history if o.observed_at <= as_of), key=_newest_first, reverse=True)
    absences = absences_of(told, policy)
    verdict = absent(absences, reading, policy) or _activity(reading, policy)
    if verdict is None:
        verdict = Verdict(Status.UNKNOWN, None, Reason.NOT_YET, confirmed=False)
    verdict = _aged(verdict, told, reading, policy, as_of)
    if verdict.status is Status.UNKNOWN:
        verdict = _explained(verdict, told, policy)
    if verdict.status is not Status.LOST and absences and verdict.confirmable_at is None:
        verdict = replace(verdict, confirmable_at=ask_again(absences, policy))
    return _dressed(verdict, reading, policy, as_of)


def due(start: datetime, limit: timedelta, policy: Policy) -> datetime:
    """When a silence that began at `start` reaches a limit, holidays granted.

    Relief belongs to a silence whose unextended deadline falls inside it, and then to all its limits, for good.
    """
    silent = start + policy.slow_max
    extra = max((r.extra for r in policy.relief if r.start <= silent < r.end), default=timedelta())
    if limit >= policy.slow_max:
        return start + limit + extra
    at = start + limit
    own = max((r.extra for r in policy.relief if r.start <= at < r.end), default=timedelta())
    return min(at + max(own, extra), silent + extra)


def letters_at(verdict: Verdict, policy: Policy) -> tuple[datetime, ...]:
    """When the first letter and the closure recommendation of a silence are due, holidays granted.

    Empty where the silence has no known start.
    """
    never = verdict.status is Status.NEVER_POSTED
    start = (verdict.age_from or verdict.first_look_at) if never else verdict.silent_since
    if start is None:
        return ()
    notice = due(start, policy.never_posted_notice if never else policy.notice_after, policy)
    if verdict.age_from is None and verdict.first_look_at is not None:
        notice = max(notice, verdict.first_look_at + policy.unknown_age_first_letter)
    return notice, due(start, policy.never_posted_candidate if never else policy.candidate_after, policy)


def _newest_first(o: Observation) -> tuple[datetime, int, str]:
    """At one instant, sight wins over absence and absence over a miss."""
    rank = {Seen: 2, Unreadable: 1, Missed: 0}[type(o.outcome)]
    return o.observed_at, rank, "" if isinstance(o.outcome, Seen) else f"{o.outcome} {o.control_ok}"


# --- activity ---


def _activity(reading: Reading, policy: Policy) -> Verdict | None:
    """What the sights say, as of the newest of them. None: there are none."""
    if not reading.sights:
        return None
    if not reading.posts:
        return _empty(reading, policy)
    return _inactive(reading, policy) or _alive(reading, policy)


def _empty(reading: Reading, policy: Policy) -> Verdict:
    """No counted post is known: only a look back to the beginning says that there is none."""
    looks = [s for s in reading.sights if s.edge == BEGINNING and s.control_ok is True]
    if not looks:
        return _undecided(reading.sights[-1], None)
    verdict = Verdict(Status.NEVER_POSTED, None, Reason.EMPTY, observed_at=looks[-1].at)
    return _silence(verdict, looks, BEGINNING, policy)


def _inactive(reading: Reading, policy: Policy) -> Verdict | None:
    """A look at or after the deadline read everything back to where the silence began, and nothing counted."""
    last = reading.posts[0].posted_at
    found = [(start, s) for s in reading.sights if (start := _silence_from(s, last)) is not None]
    proofs = [(start, s) for start, s in found if s.at >= due(start, policy.slow_max, policy)]
    if not proofs:
        return None
    start = min(start for start, _ in proofs)
    silent_at, looks = due(start, policy.slow_max, policy), [s for _, s in proofs]
    verdict = Verdict(Status.INACTIVE, silent_at, Reason.SILENT, observed_at=looks[-1].at, silent_since=start)
    return _silence(verdict, looks, start + RESOLUTION, policy)


def _silence_from(look: Sight, last: datetime) -> datetime | None:
    """Where the silence began that this look can prove: at the last counted post, if all since then was read.

    An item without a date was posted at the latest when it was first listed; the silence is counted from there.
    """
    if look.control_ok is not True or not look.covers:
        return None
    if look.edge <= last + RESOLUTION:
        return last
    return look.edge if UNDATED in look.seen.flags else None


def _silence(verdict: Verdict, looks: Sequence[Sight], start: datetime, policy: Policy) -> Verdict:
    """Two looks far enough apart confirm a silence; a route that cannot show everything does only beside a person.

    It is attested where no machine's look reads back to its `start` without a person's word in between.
    """
    by_hand = [s for s in looks if ATTESTED in s.seen.flags]
    if "partial_view" in looks[-1].seen.flags and not by_hand:
        return replace(verdict, confirmed=False, reason_detail="silent_as_far_as_visible")
    confirmed = looks[-1].at - looks[0].at >= policy.looks_apart
    again = None if confirmed else looks[0].at + policy.looks_apart
    verdict = replace(verdict, confirmed=confirmed, confirmable_at=again)
    if any(s.unaided <= start for s in looks):
        return verdict
    shown = by_hand[-1].seen.flags if by_hand else ()
    owed = tuple(name for name in (SCREENSHOT, SECOND_PERSON) if name not in shown)
    return replace(verdict, reason_detail=ATTESTED, owed=owed)


def _alive(reading: Reading, policy: Policy) -> Verdict:
    """Not proven silent: active, slow, not silent yet, or not to be told."""
    times = [p.posted_at for p in reading.posts]
    quiet_at, silent_at = due(times[0], policy.active_max, policy), due(times[0], policy.slow_max, policy)
    seen = reading.sights[-1]
    read_by = next((s for s in reversed(reading.sights) if s.covers and s.at < silent_at), None)
    thin_at = _thin_at(times, policy)
    if thin_at and seen.at < min(quiet_at, thin_at):
        change = min(quiet_at, thin_at)
        return Verdict(Status.ACTIVE, times[0], Reason.RECENT, next_change_at=change, observed_at=seen.at)
    if read_by and read_by.edge <= times[0] + RESOLUTION and quiet_at <= read_by.at:
        since = quiet_at
        if thin_at and read_by.edge <= times[policy.min_posts - 1] + RESOLUTION:
            since = min(quiet_at, thin_at)
        return Verdict(Status.SLOW, since, Reason.QUIET, next_change_at=silent_at, observed_at=read_by.at)
    if read_by and times[0] <= read_by.at and _seldom(times, read_by, policy):
        return Verdict(Status.SLOW, thin_at, Reason.SELDOM, next_change_at=silent_at, observed_at=read_by.at)
    if seen.at < quiet_at:
        change = min([quiet_at, *_window_read_at(read_by, seen.at, policy)])
        return Verdict(Status.ACTIVE, times[0], Reason.RECENT, "few_read", next_change_at=change, observed_at=seen.at)
    if seen.at < silent_at:
        return Verdict(
            Status.ACTIVE, times[0], Reason.RECENT, "not_silent_yet", next_change_at=silent_at, observed_at=seen.at
        )
    undecided = _undecided(seen, silent_at)
    begun = _silence_from(replace(seen, control_ok=True), times[0])
    return undecided if begun is None else replace(undecided, next_change_at=due(begun, policy.slow_max, policy))


def _window_read_at(look: Sight | None, seen_at: datetime, policy: Policy) -> list[datetime]:
    """When the part that was read is long enough to count posts in it, and no holiday suspends the count."""
    if look is None or look.edge == BEGINNING:
        return [r.end for r in policy.relief if r.start <= seen_at < r.end]
    at = look.edge + policy.window
    ends = [r.end for r in policy.relief if r.start <= at < r.end]
    return [t for t in (ends or [at]) if t > seen_at]


def _thin_at(times: Sequence[datetime], policy: Policy) -> datetime | None:
    """When the posts of the window become too few, unless more are made; holidays suspend the count."""
    if len(times) < policy.min_posts:
        return None
    at = times[policy.min_posts - 1] + policy.window
    return max([at, *(r.end for r in policy.relief if r.start <= at < r.end)])


def _seldom(times: Sequence[datetime], look: Sight, policy: Policy) -> bool:
    """The whole window was read, and too few posts lie in it."""
    if any(r.start <= look.at < r.end for r in policy.relief) or look.at - policy.window < look.edge:
        return False
    return sum(look.at - policy.window < t <= look.at for t in times) < policy.min_posts


def _undecided(look: Sight, since: datetime | None) -> Verdict:
    """Looked, and the answer proves neither activity nor silence."""
    detail = "unread_gap"
    if "positive_only" in look.seen.flags:
        detail = "positive_only"
    elif look.vanished:
        detail = "posts_vanished"
    return Verdict(Status.UNKNOWN, since, Reason.UNDECIDABLE, detail, confirmed=False, observed_at=look.at)


# --- age, and what every verdict carries ---


def _aged(verdict: Verdict, told: Sequence[Observation], reading: Reading, policy: Policy, as_of: datetime) -> Verdict:
    """A known post does not go stale; evidence does, a person's of a silence a round of looks by hand later.

    From `stale_at` on neither carries the verdict.
    """
    if verdict.observed_at is None or verdict.status is Status.UNKNOWN:
        return verdict
    by_hand = any(o.route == HAND and o.observed_at == verdict.observed_at for o in told)
    again = HAND_EVERY if by_hand and verdict.status in LASTING else timedelta()
    stale_at = verdict.observed_at + policy.stale_after + again
    if reading.posts and verdict.status is not Status.LOST:
        stale_at = max(stale_at, due(reading.posts[0].posted_at, policy.slow_max, policy))
    if as_of < stale_at:
        return replace(verdict, next_change_at=min(verdict.next_change_at or stale_at, stale_at))
    freshest = reading.sights[-1] if reading.sights else None
    if freshest and freshest.at > verdict.observed_at and as_of < freshest.at + policy.stale_after:
        return _undecided(freshest, stale_at)
    return Verdict(Status.UNKNOWN, stale_at, Reason.BLIND, "stale", confirmed=False, observed_at=verdict.observed_at)


def _explained(verdict: Verdict, told: Sequence[Observation], policy: Policy) -> Verdict:
    """Which of the four kinds of not knowing this is. Only `blind` is an incident of ours."""
    newest = told[0].outcome if told else None
    by_hand = any(o.route == HAND for o in told)
    if not policy.connected and not by_hand:
        return replace(verdict, reason=Reason.NOT_CONNECTED, reason_detail=None)
    if not policy.connected and verdict.reason_detail == "stale":
        return replace(verdict, reason=Reason.NOT_CONNECTED)
    if newest is None:
        return replace(verdict, reason=Reason.NOT_YET, reason_detail=None)
    if verdict.reason_detail not in (None, "stale"):
        return verdict
    if isinstance(newest, Missed):
        reason = Reason.UNDECIDABLE if newest.reason in OURS_TO_MEND else Reason.BLIND
        return replace(verdict, reason=reason, reason_detail=newest.reason)
    if isinstance(newest, Unreadable):
        detail = newest.detail if newest.detail in HARMLESS else newest.barrier
        return replace(verdict, reason=Reason.UNDECIDABLE, reason_detail=detail)
    return verdict


def _dressed(verdict: Verdict, reading: Reading, policy: Policy, as_of: datetime) -> Verdict:
    """Age, last post, overlays and flags: the same whatever the status."""
    last: Post | None = reading.posts[0] if reading.posts else None
    births = [t for t in (reading.created_at, reading.oldest, policy.opened) if t is not None and t <= as_of]
    first = reading.first_sight
    age_from = min([*births, first] if first else births) if births else None
    overlays = {Overlay.EXEMPT} if policy.exempt else set()
    if age_from is not None and _birth_known(reading, policy) and as_of - age_from < policy.new_account:
        overlays.add(Overlay.NEW)
    return replace(
        verdict,
        since=age_from if verdict.status is Status.NEVER_POSTED else verdict.since,
        last_post=last,
        proven_until=due(last.posted_at, policy.slow_max, policy) if last else None,
        age_from=age_from,
        first_look_at=first,
        post_days=len({p.posted_at.date() for p in reading.posts}),
        overlays=frozenset(overlays),
        flags=_flags(reading, policy),
    )


def _birth_known(reading: Reading, policy: Policy) -> bool:
    """The oldest post of a short page makes an account at least that old; it does not make it young."""
    stated = reading.created_at is not None or policy.opened is not None
    return stated or any(s.edge == BEGINNING for s in reading.sights)


def _flags(reading: Reading, policy: Policy) -> frozenset[str]:
    """Of the freshest sight; a move is believed once as many sights as an absence needs agree over the same span.

    People are not asked whether an account moved, so their looks neither confirm nor hide it.
    """
    if not reading.sights:
        return frozenset()
    read_by_machine = [s for s in reading.sights if ATTESTED not in s.seen.flags]
    stated = read_by_machine[-1].seen.flags if read_by_machine else frozenset()
    moved = {f for f in stated if f.startswith("moved_to=") and _steady(f, read_by_machine, policy)}
    return frozenset({*moved, *(f for f in reading.sights[-1].seen.flags if not f.startswith("moved_to="))})


def _steady(flag: str, sights: Sequence[Sight], policy: Policy) -> bool:
    """The newest sights in a row carry it, often and long enough."""
    run: list[datetime] = []
    for sight in reversed(sights):
        if flag not in sight.seen.flags:
            break
        run.append(sight.at)
    return len(set(run)) >= policy.absences and run[0] - run[-1] >= policy.absences_over
