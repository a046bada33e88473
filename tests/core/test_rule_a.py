"""Rule A as a table: which rows of answers make an absence, and which do not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import permutations

import pytest
from hypothesis import given, strategies as st

from auditor.core.model import Barrier, Miss, Missed, Observation, Reason, Status, Unreadable
from auditor.core.verdict import decide
from tests.build import (
    DAY,
    DOWN,
    GONE,
    HOUR,
    PRIVATE,
    SECOND,
    STANDARD,
    SUSPENDED,
    T0,
    TAKEN,
    WRONG_KIND,
    got,
    post,
    saw,
)

OLD = saw(post(41 * DAY), ago=40 * DAY)
FRESH = saw(post(5 * DAY), post(6 * DAY), post(7 * DAY), post(8 * DAY), ago=4 * DAY)
HARMLESS = Unreadable(Barrier.PROTECTED, "preview_disabled")
AMBIGUOUS = Missed(Miss.AMBIGUOUS_ABSENCE)


def at(hours: float, outcome: object = GONE, *, control: bool | None = True) -> Observation:
    """A look so many hours after the first of a run that began 80 hours before T0."""
    return got(outcome, timedelta(hours=80 - hours), control=control)  # type: ignore[arg-type]


TABLE: dict[str, tuple[Sequence[Observation], Status, Reason, str | None]] = {
    "three within ten hours": ([FRESH, at(0), at(5), at(10)], Status.ACTIVE, Reason.RECENT, None),
    "at 0, 40 and 73 hours": ([FRESH, at(0), at(40), at(73)], Status.LOST, Reason.ABSENT, "gone"),
    "at 0, 40 and 72 hours": ([FRESH, at(0), at(40), at(72)], Status.LOST, Reason.ABSENT, "gone"),
    "a second short of 72 hours": (
        [FRESH, at(0), at(40), got(GONE, 8 * HOUR + SECOND)],
        Status.ACTIVE,
        Reason.RECENT,
        None,
    ),
    "control failed in one of three": (
        [FRESH, at(0), at(40, control=False), at(80)],
        Status.ACTIVE,
        Reason.RECENT,
        None,
    ),
    "control not asked in one of three": (
        [FRESH, at(0), at(40, control=None), at(80)],
        Status.ACTIVE,
        Reason.RECENT,
        None,
    ),
    "a failed control between three good ones neither counts nor resets": (
        [FRESH, at(0), at(20, control=False), at(40), at(80)],
        Status.LOST,
        Reason.ABSENT,
        "gone",
    ),
    "absent, throttled, absent: two": (
        [FRESH, at(0), at(40, Missed(Miss.RATE_LIMITED)), at(80)],
        Status.ACTIVE,
        Reason.RECENT,
        None,
    ),
    "misses between three absences reset nothing": (
        [FRESH, at(0), at(20, DOWN), at(40), at(60, AMBIGUOUS), at(73)],
        Status.LOST,
        Reason.ABSENT,
        "gone",
    ),
    "a sight between begins anew": (
        [FRESH, at(0), at(40), saw(post(5 * DAY), ago=30 * HOUR), at(73)],
        Status.ACTIVE,
        Reason.RECENT,
        None,
    ),
    "the last one names the reason": (
        [FRESH, at(0), at(40, SUSPENDED), at(73, PRIVATE)],
        Status.LOST,
        Reason.ABSENT,
        "protected",
    ),
    "a preview switched off is no absence": (
        [FRESH, at(0), at(40, HARMLESS), at(73)],
        Status.ACTIVE,
        Reason.RECENT,
        None,
    ),
    "wrong kind after a sight": (
        [FRESH, at(0, WRONG_KIND), at(40, WRONG_KIND), at(73, WRONG_KIND)],
        Status.LOST,
        Reason.ABSENT,
        "wrong_kind",
    ),
    "never read, gone": ([at(0), at(40), at(73)], Status.UNKNOWN, Reason.UNDECIDABLE, "never_resolved"),
    "never read, wrong kind": (
        [at(0, WRONG_KIND), at(40, WRONG_KIND), at(73, WRONG_KIND)],
        Status.UNKNOWN,
        Reason.UNDECIDABLE,
        "never_resolved",
    ),
    "never read, suspended": (
        [at(0, SUSPENDED), at(40, SUSPENDED), at(73, SUSPENDED)],
        Status.LOST,
        Reason.ABSENT,
        "suspended",
    ),
    "taken, at the first answer and without a control": (
        [FRESH, at(73, TAKEN, control=None)],
        Status.LOST,
        Reason.TAKEN,
        "taken",
    ),
    "taken, then gone": ([FRESH, at(0, TAKEN), at(40)], Status.LOST, Reason.TAKEN, "taken"),
    "taken, then read again under its own id": (
        [FRESH, at(0, TAKEN), saw(post(5 * DAY), ago=HOUR)],
        Status.ACTIVE,
        Reason.RECENT,
        None,
    ),
    "no reason given, three times": (
        [OLD, at(0, AMBIGUOUS), at(40, AMBIGUOUS), at(73, AMBIGUOUS)],
        Status.UNKNOWN,
        Reason.UNDECIDABLE,
        "ambiguous_absence",
    ),
    "more than fourteen days apart": (
        [OLD, got(GONE, 30 * DAY), got(GONE, 15 * DAY + SECOND), got(GONE, DAY)],
        Status.UNKNOWN,
        Reason.UNDECIDABLE,
        "gone",
    ),
    "fourteen days apart": (
        [OLD, got(GONE, 29 * DAY), got(GONE, 15 * DAY), got(GONE, DAY)],
        Status.LOST,
        Reason.ABSENT,
        "gone",
    ),
}


@pytest.mark.parametrize(("history", "status", "reason", "detail"), TABLE.values(), ids=TABLE)
def test_rule_a(history: Sequence[Observation], status: Status, reason: Reason, detail: str | None) -> None:
    verdict = decide(history, STANDARD, T0)
    assert (verdict.status, verdict.reason) == (status, reason)
    if detail is not None:
        assert verdict.reason_detail == detail


@pytest.mark.parametrize("mixed", list(permutations([GONE, SUSPENDED, PRIVATE])), ids=str)
def test_the_reasons_of_one_run_may_mix_in_any_order(mixed: Sequence[Unreadable]) -> None:
    run = [at(hours, outcome) for hours, outcome in zip((0, 40, 73), mixed, strict=True)]
    verdict = decide([FRESH, *run], STANDARD, T0)
    assert (verdict.status, verdict.reason_detail, verdict.since) == (
        Status.LOST,
        mixed[-1].barrier,
        run[0].observed_at,
    )


MISSES = st.sampled_from([Missed(reason) for reason in Miss])


@given(
    misses=st.lists(st.tuples(MISSES, st.integers(1, 78)), max_size=8),
    controls=st.tuples(*[st.sampled_from([True, False, None])] * 3),
)
def test_misses_neither_make_nor_unmake_a_loss(
    misses: list[tuple[Missed, int]], controls: tuple[bool | None, ...]
) -> None:
    run = [at(hours, control=ok) for hours, ok in zip((0, 40, 79), controls, strict=True)]
    between = [at(hours + 0.5, outcome, control=None) for outcome, hours in misses]
    lost = decide([FRESH, *run, *between], STANDARD, T0).status is Status.LOST
    assert lost is (controls == (True, True, True))
