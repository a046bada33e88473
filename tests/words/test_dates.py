"""Days and instants in the zone of the office, in both languages."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from auditor.words import dates, words

AT = datetime(2026, 11, 23, 0, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "label"),
    [
        pytest.param("Asia/Jakarta", "WIB", id="Jakarta is western time"),
        pytest.param("Asia/Pontianak", "WIB", id="Pontianak is western time"),
        pytest.param("Asia/Makassar", "WITA", id="Makassar is central time"),
        pytest.param("Asia/Jayapura", "WIT", id="Jayapura is eastern time"),
        pytest.param("Asia/Kolkata", "+05:30", id="any other zone is an offset"),
        pytest.param("America/New_York", "-05:00", id="also west of Greenwich"),
        pytest.param("UTC", "+00:00", id="also none"),
    ],
)
def test_a_zone_is_named_as_people_there_name_it(zone: str, label: str) -> None:
    assert dates.zone_label(zone, AT.astimezone(ZoneInfo(zone))) == label


@pytest.mark.parametrize(
    ("language", "long", "short"),
    [
        ("id", "Senin, 23 November 2026, 07.05 WIB", "Sen 23 Nov 2026, 07.05 WIB"),
        ("en", "Monday 23 November 2026, 07:05 WIB", "Mon 23 Nov 2026, 07:05 WIB"),
    ],
)
def test_an_instant_is_written_in_the_offices_zone(language: str, long: str, short: str) -> None:
    w, zone = words(language), ZoneInfo("Asia/Jakarta")
    assert dates.moment(AT, zone, "Asia/Jakarta", w) == long
    assert dates.short_moment(AT, zone, "Asia/Jakarta", w) == short


def test_an_instant_belongs_to_the_day_it_has_where_the_office_is() -> None:
    w = words("id")
    evening = datetime(2026, 11, 22, 15, 30, tzinfo=UTC)
    assert dates.short_moment(evening, ZoneInfo("Asia/Jakarta"), "Asia/Jakarta", w).startswith("Min 22 Nov")
    assert dates.short_moment(evening, ZoneInfo("Asia/Jayapura"), "Asia/Jayapura", w).startswith("Sen 23 Nov")


@pytest.mark.parametrize(
    ("language", "day", "week", "short", "long"),
    [
        ("id", "09 Okt 2025", "Kam 9 Okt", "9 Okt", "9 Oktober 2025"),
        ("en", "09 Oct 2025", "Thu 9 Oct", "9 Oct", "9 October 2025"),
    ],
)
def test_a_day_has_four_lengths(language: str, day: str, week: str, short: str, long: str) -> None:
    w, value = words(language), date(2025, 10, 9)
    assert [f(value, w) for f in (dates.day, dates.day_of_week, dates.short_day, dates.long_day)] == [
        day,
        week,
        short,
        long,
    ]


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_month_and_weekday_has_two_different_names_or_one_short_one(language: str) -> None:
    w = words(language)
    long = [dates.long_day(date(2026, month, 1), w) for month in range(1, 13)]
    short = [dates.month(date(2026, month, 1), w) for month in range(1, 13)]
    days = [dates.weekday_name(n, w) for n in range(7)]
    assert len(set(long)) == len(set(short)) == 12
    assert len(set(days)) == 7
    assert {len(name) for name in [*short, *days]} == {3}
