"""Too many accounts at once are our fault until somebody has looked: held, by platform, agency or register."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import given, strategies as st

from auditor.core.brake import (
    HELD_KINDS,
    Caught,
    HeldAccount,
    Hold,
    Kind,
    Limits,
    Scope,
    Settled,
    Turn,
    brake,
    shrunk,
)
from auditor.core.model import Reason, Status
from tests.build import DAY, SECOND, T0

LIMITS = Limits(percent=20, least=5, release_after=3 * DAY)
ACTIVE, SLOW, INACTIVE, LOST, NEVER, UNKNOWN = (
    Status.ACTIVE,
    Status.SLOW,
    Status.INACTIVE,
    Status.LOST,
    Status.NEVER_POSTED,
    Status.UNKNOWN,
)
REGISTER = Scope(Kind.REGISTER)


def turns(
    number: int, old: Status | None, new: Status, *, start: int = 0, platform: str = "x", agency: str | None = None
) -> list[Turn]:
    """Accounts of one platform, each of its own agency unless one is named."""
    return [Turn(f"{platform}:{n}", platform, agency or f"a{n}", old, new) for n in range(start, start + number)]


def scopes(caught: Sequence[Caught]) -> set[str]:
    return {str(each.scope) for each in caught}


@pytest.mark.parametrize(
    ("changed", "calm", "held"),
    [
        pytest.param(4, 0, False, id="four of four: too few to say anything"),
        pytest.param(5, 0, True, id="five of five"),
        pytest.param(5, 19, True, id="five of 24: just above a fifth"),
        pytest.param(5, 20, False, id="five of 25: a fifth is believed"),
        pytest.param(5, 21, False, id="five of 26: under a fifth"),
        pytest.param(20, 80, False, id="twenty of a hundred: a fifth is believed"),
        pytest.param(21, 79, True, id="twenty-one of a hundred"),
    ],
)
@pytest.mark.parametrize("new", sorted(HELD_KINDS))
def test_held_are_five_and_more_than_a_fifth_of_the_judged(changed: int, calm: int, held: bool, new: Status) -> None:
    found = brake([*turns(changed, ACTIVE, new), *turns(calm, ACTIVE, ACTIVE, start=changed)], (), (), LIMITS)
    assert scopes(found) == ({"platform:x", "register"} if held else set())
    assert all((each.changed, each.judged) == (changed, changed + calm) for each in found)
    assert all(len(each.accounts) == changed for each in found)


def test_a_platform_an_agency_and_the_register_are_each_counted_by_themselves() -> None:
    calm = [*turns(30, ACTIVE, ACTIVE, platform="calm"), *turns(30, ACTIVE, ACTIVE, platform="still")]
    assert scopes(brake([*turns(6, ACTIVE, LOST), *calm], (), (), LIMITS)) == {"platform:x"}
    spread = [Turn(f"p{n}:a", f"p{n}", "dinas", ACTIVE, INACTIVE) for n in range(5)]
    assert scopes(brake([*spread, *calm], (), (), LIMITS)) == {"agency:dinas"}
    wide = [Turn(f"p{n}:a", f"p{n}", f"a{n}", ACTIVE, INACTIVE) for n in range(16)]
    assert scopes(brake([*wide, *calm], (), (), LIMITS)) == {"register"}


@pytest.mark.parametrize(
    ("old", "new", "counts"),
    [
        pytest.param(None, INACTIVE, False, id="a first verdict is no change"),
        pytest.param(INACTIVE, INACTIVE, False, id="silent as before is no change"),
        pytest.param(LOST, INACTIVE, True, id="found again, and silent, is a change"),
        pytest.param(INACTIVE, LOST, True, id="silent, and then gone, is a change"),
        pytest.param(SLOW, INACTIVE, True, id="slow, then silent, is a change"),
        pytest.param(ACTIVE, NEVER, False, id="never posted is not a kind that is held"),
        pytest.param(INACTIVE, ACTIVE, False, id="good news is never held"),
        pytest.param(ACTIVE, UNKNOWN, False, id="not knowing blames nobody"),
    ],
)
def test_what_is_a_change_to_be_held(old: Status | None, new: Status, counts: bool) -> None:
    assert bool(brake(turns(6, old, new), (), (), LIMITS)) is counts


def test_who_could_not_be_seen_is_not_judged() -> None:
    """Six of 26 are held where 20 more were seen; where those could not be seen, it is six of six all the more."""
    unseen = turns(100, ACTIVE, UNKNOWN, start=6)
    (found, _) = brake([*turns(6, ACTIVE, INACTIVE), *unseen], (), (), LIMITS)
    assert (found.changed, found.judged) == (6, 6)


def test_what_was_judged_within_the_day_counts_together() -> None:
    """A daemon judges one account a minute: the fifth is held, the four before it are not taken back."""
    earlier: list[Turn] = []
    for n in range(4):
        now = turns(1, ACTIVE, INACTIVE, start=n)
        assert brake(now, earlier, (), LIMITS) == ()
        earlier += now
    found = brake(turns(1, ACTIVE, INACTIVE, start=4), earlier, (), LIMITS)
    assert {(each.changed, each.judged, each.accounts) for each in found} == {(5, 5, ("x:4",))}


def test_an_account_judged_twice_within_the_day_counts_once_as_it_is_now() -> None:
    earlier = turns(5, ACTIVE, INACTIVE)
    now = [*turns(3, INACTIVE, ACTIVE), *turns(3, SLOW, LOST, start=5)]
    (found,) = (each for each in brake(now, earlier, (), LIMITS) if each.scope == REGISTER)
    assert (found.changed, found.judged) == (5, 8)


def test_in_a_scope_that_is_held_every_further_change_is_held() -> None:
    calm = turns(99, ACTIVE, ACTIVE, start=1)
    one = turns(1, ACTIVE, INACTIVE)
    assert brake([*one, *calm], (), (), LIMITS) == ()
    assert scopes(brake([*one, *calm], (), {Scope(Kind.PLATFORM, "x")}, LIMITS)) == {"platform:x"}
    assert brake([*one, *calm], (), {Scope(Kind.PLATFORM, "y"), Scope(Kind.AGENCY, "a7")}, LIMITS) == ()


STATUSES = st.sampled_from(sorted(Status))
TURNS = st.lists(
    st.builds(
        Turn,
        st.integers(0, 60).map(str),
        st.sampled_from(["x", "y"]),
        st.sampled_from(["a", "b", "c"]),
        st.none() | STATUSES,
        st.sampled_from([INACTIVE, INACTIVE, INACTIVE, LOST, ACTIVE, UNKNOWN]),
    ),
    unique_by=lambda turn: turn.account,
    max_size=60,
)


@given(TURNS, TURNS, st.sampled_from([set(), {REGISTER}, {Scope(Kind.AGENCY, "a")}]))
def test_laws(now: list[Turn], earlier: list[Turn], standing: set[Scope]) -> None:
    found = brake(now, earlier, standing, LIMITS)
    by_key = {turn.account: turn for turn in now}
    for caught in found:
        assert caught.accounts, "nothing is held without anybody in it"
        for account in caught.accounts:
            assert by_key[account].falls, "nobody is held who does not change to a kind that blames"
            assert caught.scope in by_key[account].scopes
        assert len(caught.accounts) <= caught.changed <= caught.judged
    free = {t.account for t in now if t.falls} - {a for each in found for a in each.accounts}
    whole = {turn.account: turn for turn in (*earlier, *now)}
    for scope in {scope for a in free for scope in by_key[a].scopes}:
        passed = [a for a in free if scope in by_key[a].scopes]
        judged = [t for t in whole.values() if t.is_judged and scope in t.scopes]
        assert len(passed) < LIMITS.least or len(passed) * 5 <= len(judged), "what passes was few, or a small share"
    assert brake(now[::-1], earlier[::-1], standing, LIMITS) == found, "order carries no information"


@given(TURNS, TURNS)
def test_more_held_scopes_hold_no_less(now: list[Turn], earlier: list[Turn]) -> None:
    loose = {a for each in brake(now, earlier, (), LIMITS) for a in each.accounts}
    tight = {a for each in brake(now, earlier, {REGISTER}, LIMITS) for a in each.accounts}
    assert loose <= tight == {turn.account for turn in now if turn.falls}


def hold(*days: int) -> Hold:
    old = Settled(ACTIVE, T0, Reason.RECENT, None, confirmed=True)
    new = Settled(INACTIVE, T0, Reason.SILENT, None, confirmed=False)
    accounts = tuple(HeldAccount(n, f"x:{n}", old, new, looked) for n, looked in enumerate(days))
    return Hold(1, REGISTER, T0, 5, 5, accounts)


@pytest.mark.parametrize(
    ("after", "days", "over"),
    [
        pytest.param(3 * DAY, (2, 2), True, id="three days, everybody looked at on two of them"),
        pytest.param(3 * DAY - SECOND, (3, 3), False, id="a second before the three days"),
        pytest.param(30 * DAY, (2, 1), False, id="one account looked at on one day only"),
        pytest.param(30 * DAY, (9, 0), False, id="one account not looked at"),
    ],
)
def test_a_hold_ends_by_itself_after_its_days_with_looks_at_everybody(
    after: timedelta, days: tuple[int, ...], over: bool
) -> None:
    assert hold(*days).is_over(LIMITS, T0 + after) is over


@pytest.mark.parametrize(
    ("before", "left", "cases", "asks"),
    [
        pytest.param(25, 20, 1, False, id="five of 25: a fifth is believed"),
        pytest.param(24, 19, 1, True, id="five of 24"),
        pytest.param(24, 19, 0, False, id="nobody is asked while no case is open"),
        pytest.param(5, 1, 1, False, id="four of five: too few to say anything"),
        pytest.param(5, 0, 1, True, id="all of five"),
        pytest.param(20, 30, 1, False, id="a list that grows"),
    ],
)
def test_a_list_that_shrinks_at_once_is_asked_about(before: int, left: int, cases: int, asks: bool) -> None:
    old = [f"x:{n}" for n in range(before)]
    assert shrunk(old, old[:left] if left <= before else [*old, "x:new"], cases, LIMITS) is asks


def test_a_list_exchanged_for_another_of_the_same_length_has_lost_all_of_it() -> None:
    assert shrunk([f"x:{n}" for n in range(9)], [f"y:{n}" for n in range(9)], 1, LIMITS)
