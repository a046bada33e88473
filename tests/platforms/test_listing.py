"""What a listing may claim from the order in which its items stand."""

from __future__ import annotations

from datetime import timedelta

import pytest

from auditor.core.model import Barrier, Miss, Post, PostKind
from auditor.fetch.answer import barred, missed
from auditor.platforms._listing import Listing
from auditor.platforms.base import Window

from .script import NOW

WINDOW = Window(NOW - timedelta(days=90), NOW)


def of(*days: int, kind: PostKind = PostKind.ORIGINAL) -> Listing:
    """A list of posts so many days old, in this order."""
    read = Listing(WINDOW)
    for n, days_ago in enumerate(days):
        read.add(Post(str(n), NOW - timedelta(days=days_ago), kind))
    read.end_of_page()
    return read


@pytest.mark.parametrize(
    ("days", "enough", "reaches"),
    [
        pytest.param((1, 50, 100), True, 100, id="newest first: as far as its last item"),
        pytest.param((100, 200, 300), True, 300, id="newest first and silent: as far as its last item"),
        pytest.param((900, 1, 50, 100), True, 100, id="one old post pinned on top changes nothing"),
        pytest.param((900, 100), True, 100, id="one step upwards may be a pin"),
        pytest.param((300, 400, 500, 100), True, 100, id="one step upwards at the end"),
        pytest.param((100, 200, 150, 300, 250, 400), True, 400, id="two steps upwards, three downwards"),
        pytest.param((300, 200, 200, 200), True, 200, id="the same instant is no step"),
        pytest.param((300, 200, 250, 100, 150), True, 150, id="as many steps upwards as downwards"),
    ],
)
def test_a_list_that_falls_reaches_as_far_as_its_last_item(days: tuple[int, ...], enough: bool, reaches: int) -> None:
    read = of(*days)
    assert read.enough is enough
    assert read.horizon(complete=False, says_empty=False) == NOW - timedelta(days=reaches)


@pytest.mark.parametrize(
    "days",
    [
        pytest.param((300, 200, 100), id="two steps upwards"),
        pytest.param((400, 300, 200, 250, 100), id="three upwards, one downwards"),
        pytest.param(tuple(range(400, 95, -1)), id="a whole page"),
    ],
)
def test_a_list_that_rises_is_never_enough_and_covers_nothing_before_its_end(days: tuple[int, ...]) -> None:
    read = of(*days)
    assert not read.enough
    assert read.horizon(complete=False, says_empty=False) == NOW
    assert read.horizon(complete=True, says_empty=False) is None


def test_an_item_out_of_order_is_no_step() -> None:
    read = of(1, 100)
    for n, days in enumerate((900, 800, 700, 600)):
        read.add(Post(f"pin{n}", NOW - timedelta(days=days)), in_order=False)
    assert read.enough
    assert read.horizon(complete=False, says_empty=False) == NOW - timedelta(days=100)


def test_an_entry_passed_over_might_be_a_post_even_at_the_end_of_the_list() -> None:
    read = of(1, 100)
    read.pass_over(missed(Miss.UNRECOGNISED, "record"))
    assert read.horizon(complete=True, says_empty=True) == NOW


def test_only_a_miss_after_a_page_with_posts_leaves_what_was_read() -> None:
    miss, barrier = missed(Miss.RATE_LIMITED), barred(Barrier.GONE)
    begun = Listing(WINDOW)
    begun.add(Post("1", NOW))
    assert not begun.outlives(miss), "the page was not read to its end"
    assert not of().outlives(miss), "nothing was read"
    assert of(1).outlives(miss)
    assert not of(1).outlives(barrier)
