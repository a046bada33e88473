"""Builders with the defaults of the domain: an account, its posts and the looks at it, all counted back from T0."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from auditor.core.model import (
    Barrier,
    Miss,
    Missed,
    Observation,
    Outcome,
    Post,
    PostKind,
    Seen,
    Unreadable,
)
from auditor.core.policy import Policy

T0 = datetime(2026, 1, 31, tzinfo=UTC)
DAY, HOUR, SECOND = timedelta(days=1), timedelta(hours=1), timedelta(seconds=1)
NOW = timedelta()

STANDARD = Policy(
    profile="standard",
    active_max=14 * DAY,
    min_posts=4,
    window=30 * DAY,
    slow_max=30 * DAY,
    notice_after=90 * DAY,
    candidate_after=180 * DAY,
    never_posted_notice=90 * DAY,
    never_posted_candidate=180 * DAY,
    closure_allowed=True,
    letters=True,
    counts=frozenset({PostKind.ORIGINAL}),
    stale_after=10 * DAY,
    looks_apart=7 * DAY,
    fresh_evidence=3 * DAY,
    absences=3,
    absences_over=3 * DAY,
    absences_apart=14 * DAY,
    new_account=90 * DAY,
    unknown_age_first_letter=90 * DAY,
    min_post_days=5,
)


def post(ago: timedelta, kind: PostKind = PostKind.ORIGINAL, *, native_id: str | None = None) -> Post:
    """A post made `ago` before T0; its id is its age, so the same age is the same post."""
    return Post(native_id or str(ago), T0 - ago, kind)


def saw(
    *posts: Post,
    ago: timedelta = NOW,
    horizon: timedelta | None = None,
    control: bool | None = True,
    flags: frozenset[str] = frozenset(),
    created: timedelta | None = None,
) -> Observation:
    """A look that read `posts`; `horizon` is counted back from T0 like everything else."""
    seen = Seen(
        "did:x",
        "dinas.contoh",
        posts,
        None if horizon is None else T0 - horizon,
        created_at=None if created is None else T0 - created,
        flags=flags,
    )
    return Observation(T0 - ago, seen, control)


def got(outcome: Outcome, ago: timedelta = NOW, *, control: bool | None = True) -> Observation:
    """A look that ended otherwise."""
    return Observation(T0 - ago, outcome, control)


def shifted(o: Observation, by: timedelta) -> Observation:
    """The same look at another time, everything in it moved along."""
    outcome = o.outcome
    if isinstance(outcome, Seen):
        posts = tuple(replace(p, posted_at=p.posted_at + by) for p in outcome.posts)
        outcome = replace(
            outcome,
            posts=posts,
            horizon=outcome.horizon and outcome.horizon + by,
            created_at=outcome.created_at and outcome.created_at + by,
        )
    return replace(o, observed_at=o.observed_at + by, outcome=outcome)


GONE, PRIVATE, SUSPENDED = (Unreadable(b) for b in (Barrier.GONE, Barrier.PROTECTED, Barrier.SUSPENDED))
WRONG_KIND, TAKEN = Unreadable(Barrier.WRONG_KIND), Unreadable(Barrier.TAKEN)
THROTTLED, DOWN = Missed(Miss.RATE_LIMITED), Missed(Miss.UNREACHABLE)
