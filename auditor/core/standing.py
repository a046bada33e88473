"""What the looks at an account add up to, and until when: the instants at which time alone changes it are known."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import NamedTuple

from .audit import Rhythm
from .cadence import rhythm
from .model import HAND, Missed, Observation, Seen, Unreadable, Verdict
from .policy import HAND_EVERY, Policy
from .reading import read
from .verdict import OURS_TO_MEND, decide_reading


class Standing(NamedTuple):
    """All that a report says of an account by its looks. The fields are those of `Audited`, and mean the same."""

    verdict: Verdict
    rhythm: Rhythm
    route: str | None = None
    observations: int = 0
    last_tried_at: datetime | None = None
    failing_since: datetime | None = None
    dark_since: datetime | None = None
    failures: int = 0
    last_miss: str | None = None
    last_post_deleted: bool = False
    told_at: datetime | None = None
    read_since: datetime | None = None
    stands_until: datetime | None = None


def stand(history: Sequence[Observation], policy: Policy, zone: tzinfo, as_of: datetime) -> Standing:
    """Add up the looks at or before `as_of`, oldest first. Days are `zone`'s."""
    reading = read(history, policy.counts, as_of)
    verdict = decide_reading(history, reading, policy, as_of)
    judging = next((o for o in reversed(history) if o.observed_at == verdict.observed_at), None)
    by_machine = [o for o in history if o.route != HAND]  # that a person looked does not mend a lane
    misses = _present_misses(by_machine)
    dark = _dark(misses)
    newest = by_machine[-1].outcome if by_machine else None
    return Standing(
        verdict=verdict,
        rhythm=rhythm(reading, verdict.observed_at, zone),
        route=judging.route if judging else None,
        observations=len(history),
        last_tried_at=history[-1].observed_at if history else None,
        failing_since=misses[0].observed_at if misses else None,
        dark_since=dark[0].observed_at if dark else None,
        failures=len(dark),
        last_miss=str(newest.reason) if isinstance(newest, Missed) else None,
        last_post_deleted=reading.newest_deleted,
        told_at=next((o.observed_at for o in reversed(history) if o.route == HAND), None),
        read_since=next((o.observed_at for o in by_machine if not isinstance(o.outcome, Missed)), None),
        stands_until=stands_until(verdict, policy, as_of),
    )


def stands_until(verdict: Verdict, policy: Policy, as_of: datetime) -> datetime | None:
    """No field of a verdict of these looks changes in [`as_of`, this instant). None: never by time alone.

    It may be too early, never too late: evidence goes stale, the known post proves nothing any longer, the account is
    new no more, or the day comes on which the list says it was opened. An exemption belongs to the policy.
    """
    ends = [at for at in (verdict.proven_until, policy.opened) if at is not None]
    if verdict.observed_at is not None:
        stale_at = verdict.observed_at + policy.stale_after
        ends += [stale_at, stale_at + HAND_EVERY]
    if verdict.age_from is not None:
        ends.append(verdict.age_from + policy.new_account)
    return min((at for at in ends if at > as_of), default=None)


def _present_misses(history: Sequence[Observation]) -> list[Observation]:
    """The unbroken row of misses at the end, oldest first."""
    run: list[Observation] = []
    for o in reversed(history):
        if isinstance(o.outcome, Seen | Unreadable):
            break
        run.append(o)
    return run[::-1]


def _dark(misses: Sequence[Observation]) -> Sequence[Observation]:
    """Those at its end that say nothing of the account. An absence that nobody explains says something."""
    start = len(misses)
    while start and getattr(misses[start - 1].outcome, "reason", None) not in OURS_TO_MEND:
        start -= 1
    return misses[start:]
