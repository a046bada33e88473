"""The bench itself: what a row says, and that the planner it plays is the product's."""

from __future__ import annotations

import json
import math
from array import array
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, strategies as st

from auditor.core.polling import after_answer
from auditor.core.verdict import decide
from tests.build import STANDARD, T0, post, saw

from . import __main__ as bench
from .nation import Citizen, citizens
from .planning import CAP, DAY, SILENT, START, _verdict, bound, by_entry_frequency, calls, daily, product
from .row import Row, Size

MONTH = timedelta(days=SILENT)
RULE = replace(STANDARD, active_max=MONTH, slow_max=MONTH, min_posts=1, window=MONTH)  # no post in thirty days


@pytest.mark.parametrize(
    ("row", "met"),
    [
        (Row("a", 1.0, "x", 2.0), True),
        (Row("a", 2.0, "x", 2.0), True),
        (Row("a", 2.1, "x", 2.0), False),
        (Row("a", 2.1, "x", 2.0, at_least=True), True),
        (Row("a", 1.9, "x", 2.0, at_least=True), False),
        (Row("a", math.nan, "x", 2.0), False),
        (Row("a", math.inf, "x", 2.0, at_least=True), False),
        (Row("a", 1.0, "x"), None),
    ],
)
def test_met_follows_from_value_and_target(row: Row, met: bool | None) -> None:
    assert row.met is met
    assert row.document()["met"] is met


def test_a_quick_row_says_that_it_is_scaled() -> None:
    assert "scaled" not in Row("a", 1.0, "x").document()
    assert Row("a", 1.0, "x", scaled=True).document()["scaled"] is True
    assert Size(1 / 20).of(128_500) == 6425
    assert Size(1 / 20).of(3) == 1


def test_the_document_is_a_list_of_rows_with_these_keys(capsys: pytest.CaptureFixture[str]) -> None:
    assert bench.main(["planning batches", "--json", "--quick"]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert list(row) == ["name", "value", "target", "met", "unit", "scaled"]
    assert row["met"] is True


def test_a_missed_target_ends_1_only_if_asked(capsys: pytest.CaptureFixture[str]) -> None:
    slow = {"slow": {"slow": lambda size: [Row("slow", 3.0, "x", 2.0)]}}
    assert bench.main(["slow"], slow) == 0
    assert "**no**, by 50%" in capsys.readouterr().out
    assert bench.main(["slow", "--strict"], slow) == 1


def test_the_same_seed_is_the_same_country() -> None:
    assert [list(c.posts) for c in citizens(20)] == [list(c.posts) for c in citizens(20)]
    assert [list(c.posts) for c in citizens(20)] != [list(c.posts) for c in citizens(20, seed=2)]


def test_counts_of_calls_posts_and_delays_meet_their_targets_in_a_small_country() -> None:
    """Counts, no timings: the planner misses no post, finds every silence within the hour, and asks as seldom."""
    rows = {(row.name, row.unit): row for row in calls(Size(1 / 200))}
    assert rows["posts missed", "posts"].value == 0
    assert rows["longest delay of a silence", "h"].met
    assert rows["calls a month, 7-day maximum age", "x daily"].met
    assert rows["mean delay of a silence", "x entry frequency"].met


def test_each_way_of_looking_finds_the_silences_there_are() -> None:
    nation = citizens(150)
    ways = [product(nation, CAP), daily(nation), by_entry_frequency(nation)]
    found = [len(tally.delays) for tally in ways]
    assert min(found) > 20
    assert max(found) - min(found) <= 0.03 * max(found), "but for those at the edges of the measurement"
    assert bound(nation).calls < ways[0].calls < ways[1].calls


@given(st.lists(st.integers(0, 60 * 24), min_size=1, max_size=6))
def test_the_planners_world_and_the_product_agree_on_the_next_look(hours: list[int]) -> None:
    """`decide` on the same posts at a first look says the same instant and reason as the simulated verdict."""
    told = decide([saw(*(post(timedelta(hours=h)) for h in sorted(set(hours))))], RULE, T0)
    newest = -min(hours) / 24
    simulated = _verdict(newest, 0.0, 0.0 if newest <= -SILENT else None)
    ours, theirs = after_answer(told, T0, CAP * DAY), after_answer(simulated, START, CAP * DAY)
    assert (ours.why, ours.at - T0) == (theirs.why, theirs.at - START)


def test_a_citizen_tells_its_newest_post() -> None:
    one = Citizen(array("d", [-3.0, 1.0, 2.0]))
    assert (one.newest(1.5), one.newest(-4), one.made(-3, 2)) == (1.0, -150.0, 2)
