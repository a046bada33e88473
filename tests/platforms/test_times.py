"""Instants as platforms write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, strategies as st

from auditor.platforms._times import instant

AT = datetime(2026, 11, 22, 3, 4, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-11-22T03:04:05Z", AT),
        ("2026-11-22T03:04:05+00:00", AT),
        ("2026-11-22T03:04:05+0000", AT),
        ("2026-11-22T10:04:05+07:00", AT),
        ("2026-11-22t03:04:05z", AT),
        ("2026-11-22 03:04:05Z", AT),
        ("2026-11-22T03:04:05.678Z", AT.replace(microsecond=678000)),
        ("2026-11-22T03:04:05.1Z", AT.replace(microsecond=100000)),
        ("2026-11-22T03:04:05.123456789Z", AT.replace(microsecond=123456)),
        ("2026-11-22T03:04Z", AT.replace(second=0)),
        ("2026-12-31T23:59:60Z", datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC)),
    ],
)
def test_every_precision_and_zone_is_read(text: str, at: datetime) -> None:
    assert instant(text) == at


def test_an_instant_without_a_zone_is_utc() -> None:
    assert instant("2026-11-22T03:04:05") == AT


@pytest.mark.parametrize(
    "text",
    [
        None,
        17,
        "",
        "2026-11-22",
        "not a date",
        "2026-13-40T00:00:00Z",
        "0000-00-00T00:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "0001-01-01T00:00:00Z",
        "1970-01-01T00:00:00Z",
        "1989-12-31T23:59:59Z",
        "9999-12-31T23:59:59-14:00",
        "2026-11-22T03:04:05+99:99",
        "٢٠٢٦-11-22T03:04:05Z",
        "2026-11-22T03:04:05Z" + " " * 200,
    ],
)
def test_what_is_no_instant_is_none_and_never_now(text: object) -> None:
    assert instant(text) is None


ZONES = st.builds(lambda minutes: timezone(timedelta(minutes=minutes)), st.integers(-840, 840))


@given(st.datetimes(timezones=st.just(UTC)).filter(lambda at: 1990 <= at.year < 9999), ZONES)
def test_what_python_writes_is_read_back(at: datetime, zone: timezone) -> None:
    assert instant(at.astimezone(zone).isoformat()) == at


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    at = instant(text)
    assert at is None or at.tzinfo is UTC
