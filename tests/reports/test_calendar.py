"""The calendar of `show`: what was read, what was not, in local days."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from auditor.core.model import Observation, Post, PostKind, Seen
from auditor.core.reading import read
from auditor.reports.calendar import heat_lines, levels
from auditor.reports.layout import ASCII, BLOCKS, text_width
from auditor.words import words

ZONE = ZoneInfo("Asia/Jakarta")
DAY = timedelta(days=1)
NOW = datetime(2026, 11, 23, 5, tzinfo=UTC)
ORIGINAL = frozenset({PostKind.ORIGINAL})


def look(at: datetime, horizon: datetime | None, *posts: Post, control_ok: bool | None = True) -> Observation:
    return Observation(at, Seen("1", "h", posts, horizon), control_ok=control_ok)


def posted(n: int, at: datetime, kind: PostKind = PostKind.ORIGINAL) -> list[Post]:
    return [Post(f"{at.isoformat()} {i}", at + timedelta(seconds=i), kind) for i in range(n)]


def level(history: list[Observation], day: date) -> int | None:
    return levels(read(history, ORIGINAL, NOW), ZONE, [day])[0]


@pytest.mark.parametrize(
    ("posts", "expected"),
    [(0, 0), (1, 1), (2, 2), (3, 2), (4, 3), (6, 3), (7, 4), (50, 4)],
    ids=lambda n: f"{n}",
)
def test_a_day_is_darker_the_more_was_posted(posts: int, expected: int) -> None:
    at = NOW - 3 * DAY
    assert level([look(NOW, None, *posted(posts, at))], at.astimezone(ZONE).date()) == expected


def test_a_day_nobody_read_is_blank_and_not_empty() -> None:
    history = [look(NOW, NOW - 5 * DAY)]
    assert level(history, (NOW - 3 * DAY).date()) == 0
    assert level(history, (NOW - 9 * DAY).date()) is None


def test_a_day_read_only_in_part_is_blank() -> None:
    assert level([look(NOW, NOW - 5 * DAY)], (NOW - 5 * DAY).date()) is None


def test_today_counts_as_read_up_to_the_newest_look() -> None:
    assert level([look(NOW, NOW - 5 * DAY)], NOW.date()) == 0


def test_a_look_that_proves_activity_only_reads_no_day() -> None:
    at = NOW - 3 * DAY
    history = [look(NOW, NOW, *posted(1, at))]
    assert level(history, at.date()) == 1
    assert level(history, (NOW - 2 * DAY).date()) is None


def test_a_look_with_a_failed_control_reads_no_day() -> None:
    assert level([look(NOW, None, control_ok=False)], (NOW - 3 * DAY).date()) is None


def test_looks_that_touch_carry_on_and_a_hole_between_them_stays_blank() -> None:
    touching = [look(NOW - 4 * DAY, NOW - 20 * DAY), look(NOW, NOW - 5 * DAY)]
    apart = [look(NOW - 9 * DAY, NOW - 20 * DAY), look(NOW, NOW - 5 * DAY)]
    day = (NOW - 7 * DAY).date()
    assert level(touching, day) == 0
    assert level(apart, day) is None


def test_reposts_are_not_counted_and_days_are_local() -> None:
    evening = datetime(2026, 11, 19, 18, tzinfo=UTC)  # already the 20th in Jakarta
    history = [look(NOW, None, *posted(1, evening), *posted(3, evening - 4 * DAY, PostKind.REPOST))]
    assert level(history, date(2026, 11, 20)) == 1
    assert level(history, date(2026, 11, 19)) == 0
    assert level(history, date(2026, 11, 16)) == 0


@pytest.mark.parametrize(("width", "weeks", "cell"), [(80, 26, 2), (100, 52, 1), (120, 52, 1), (40, 26, 1)])
def test_wide_pages_show_a_year_and_narrow_ones_half_of_it(width: int, weeks: int, cell: int) -> None:
    history = [look(NOW, None, *posted(1, NOW - 180 * DAY))]
    for glyphs in (BLOCKS, ASCII):
        lines = list(heat_lines(history, ORIGINAL, ZONE, NOW, words("id"), width, glyphs))
        assert len(lines) == 8
        monday = lines[1][1].text
        assert text_width(monday) == weeks * cell
        assert set("".join(line[1].text for line in lines[1:])) <= set(glyphs.heat) | {" "}
