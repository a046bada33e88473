"""Days and times are read as the people of the office write them, and never guessed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings, strategies as st

from auditor.attest.outcome import Rejection
from auditor.attest.when import Moment, read_date, read_moment
from auditor.words import LANGUAGES, words

from .build import NOW, WIB, local

DAY = date(2026, 11, 12)
DATES = {
    "ISO": "2026-11-12",
    "ISO with a time, as a spreadsheet keeps a day": "2026-11-12 00:00:00",
    "day first, slashes": "12/11/2026",
    "day first, dots": "12.11.2026",
    "day first, dashes": "12-11-2026",
    "the short month": "12 Nov 2026",
    "the whole month": "12 November 2026",
    "a month with a dot": "12 Nov. 2026",
    "no blanks": "12Nov2026",
    "capitals and blanks": "  12   NOVEMBER  2026 ",
    "an older Indonesian spelling": "12 Nopember 2026",
    "with its weekday": "Kamis, 12 November 2026",
    "month first by name": "November 12, 2026",
}


@pytest.mark.parametrize("text", DATES.values(), ids=DATES)
def test_a_day_is_read_as_it_is_written(text: str) -> None:
    assert read_date(text) == DAY


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("form", ["month", "short_month"])
@pytest.mark.parametrize("month", range(1, 13))
def test_every_month_is_known_by_name_in_both_languages(language: str, form: str, month: int) -> None:
    assert read_date(f"3 {words(language)(f'date.{form}.{month}')} 2026") == date(2026, month, 3)


NO_DATES = {
    "a year of two digits": ("12/11/26", "short_year"),
    "a named month with a year of two digits": ("12 Nov 26", "short_year"),
    "a day that does not exist": ("30/02/2026", "no_such_day"),
    "month first": ("11/25/2026", "no_such_day"),
    "day and month only": ("12 Nov", "bad_date"),
    "a word": ("kemarin", "bad_date"),
    "a serial number": ("46338", "bad_date"),
    "a year before social media": ("12/11/1998", "far_year"),
    "a slip of the hand": ("12/11/20266", "bad_date"),
    "an instant somewhere else": ("2026-11-12T23:30:00Z", "bad_date"),
    "mixed signs": ("12/11-2026", "bad_date"),
    "digits of another script": ("١٢/١١/٢٠٢٦", "bad_date"),
}


@pytest.mark.parametrize(("text", "code"), NO_DATES.values(), ids=NO_DATES)
def test_what_is_no_day_is_refused_with_its_reason(text: str, code: str) -> None:
    found = read_date(text)
    assert isinstance(found, Rejection)
    assert found.code == code


def test_a_year_of_two_digits_is_refused_with_the_full_one_offered() -> None:
    found = read_date("5/1/26")
    assert isinstance(found, Rejection)
    assert found.values["full"] == "5/1/2026"


TIMES = {
    "ISO with an offset": ("2026-11-23T02:30:00Z", datetime(2026, 11, 23, 2, 30, tzinfo=UTC)),
    "ISO without one is local": ("2026-11-23T09:30:00", local(2026, 11, 23, 9, 30)),
    "day first with a colon": ("23/11/2026 09:30", local(2026, 11, 23, 9, 30)),
    "with a dot, as Indonesians write": ("23 Nov 2026 9.30", local(2026, 11, 23, 9, 30)),
    "with the word for o'clock": ("23 November 2026, pukul 09.30", local(2026, 11, 23, 9, 30)),
    "with seconds": ("23/11/2026 09:30:15", local(2026, 11, 23, 9, 30, 15)),
    "in the zone it names": ("23/11/2026 09.30 WIT", local(2026, 11, 23, 7, 30)),
    "fractions are cut": ("2026-11-23T02:30:00.999+00:00", datetime(2026, 11, 23, 2, 30, tzinfo=UTC)),
}


@pytest.mark.parametrize(("text", "at"), TIMES.values(), ids=TIMES)
def test_a_time_is_local_unless_it_says_otherwise(text: str, at: datetime) -> None:
    assert read_moment(text, WIB, NOW) == Moment(at, at)


def test_a_bare_day_is_somewhere_between_its_ends() -> None:
    assert read_moment("20/11/2026", WIB, NOW) == Moment(local(2026, 11, 20), local(2026, 11, 20, 23, 59, 59))


@pytest.mark.parametrize("text", ["2026-11-23", "2026-11-23T00:00:00", "23/11/2026 00:00"])
def test_todays_bare_day_ends_now(text: str) -> None:
    assert read_moment(text, WIB, NOW) == Moment(local(2026, 11, 23), NOW)


NO_TIMES = {
    "the next minute": ("23/11/2026 10:01", "at_ahead"),
    "tomorrow": ("24/11/2026", "at_ahead"),
    "a time without a day": ("09.30", "bad_time"),
    "an hour that does not exist": ("23/11/2026 24:30", "bad_time"),
    "a word": ("tadi pagi", "bad_time"),
    "a year of two digits": ("23/11/26 09:30", "short_year"),
    "a far future": ("9999-12-31T23:59:59+00:00", "far_year"),
}


@pytest.mark.parametrize(("text", "code"), NO_TIMES.values(), ids=NO_TIMES)
def test_what_is_no_time_or_lies_ahead_is_refused(text: str, code: str) -> None:
    found = read_moment(text, WIB, NOW)
    assert isinstance(found, Rejection)
    assert found.code == code


@given(st.text(max_size=40))
@settings(max_examples=100)
def test_any_text_is_a_day_or_a_reason(text: str) -> None:
    assert isinstance(read_date(text), date | Rejection)
    found = read_moment(text, WIB, NOW)
    assert isinstance(found, Rejection) or (found.first <= found.last <= NOW and found.first >= NOW - timedelta(30_000))
