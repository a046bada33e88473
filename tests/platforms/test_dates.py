"""How web sites write instants, and what each of them means."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from hypothesis import given, settings, strategies as st

from auditor.platforms._dates import instant, offset

READ = {
    "RFC 1123 with an offset": ("Sun, 22 Nov 2026 09:30:00 +0700", "2026-11-22T02:30:00"),
    "RFC 1123 in Greenwich": ("Sun, 22 Nov 2026 09:30:00 GMT", "2026-11-22T09:30:00"),
    "RFC 822 with two digits of the year": ("22 Nov 26 09:30 UT", "2026-11-22T09:30:00"),
    "two digits from 50 on lie in the last century": ("22 Nov 99 09:30 GMT", "1999-11-22T09:30:00"),
    "an American zone": ("Sun, 22 Nov 2026 09:30:00 EST", "2026-11-22T14:30:00"),
    "WIB is seven hours east": ("Sen, 03 Agu 2026 08:00:00 WIB", "2026-08-03T01:00:00"),
    "WITA is eight hours east": ("22 Mei 2026 10:00 WITA", "2026-05-22T02:00:00"),
    "WIT is nine hours east": ("Rab, 14 Okt 2026 09:00:00 WIT", "2026-10-14T00:00:00"),
    "a zone in lower case": ("Sen, 03 Agu 2026 08:00:00 wib", "2026-08-03T01:00:00"),
    "an offset with the zone's name behind it": ("Sen, 03 Agu 2026 08:00:00 +0700 (WIB)", "2026-08-03T01:00:00"),
    "an offset from GMT": ("Sun, 22 Nov 2026 09:30:00 GMT+7", "2026-11-22T02:30:00"),
    "an offset from UTC with a colon": ("Sun, 22 Nov 2026 09:30:00 UTC+07:00", "2026-11-22T02:30:00"),
    "an unknown zone reads as UTC": ("Sun, 22 Nov 2026 09:30:00 XYZ", "2026-11-22T09:30:00"),
    "no zone reads as UTC": ("Sun, 22 Nov 2026 09:30:00", "2026-11-22T09:30:00"),
    "a one-letter zone reads as UTC": ("Sun, 22 Nov 2026 09:30:00 A", "2026-11-22T09:30:00"),
    "an offset east of +14 is a mistake": ("Sun, 22 Nov 2026 09:30:00 +2500", "2026-11-22T09:30:00"),
    "an offset west of -12 is a mistake": ("Sun, 22 Nov 2026 09:30:00 -1300", "2026-11-22T09:30:00"),
    "+14 is real": ("2026-11-22T09:30:00+14:00", "2026-11-21T19:30:00"),
    "-12 is real": ("2026-11-22T09:30:00-12:00", "2026-11-22T21:30:00"),
    "+14:01 is not": ("2026-11-22T09:30:00+14:01", "2026-11-22T09:30:00"),
    "a wrong day of the week does not matter": ("Mon, 22 Nov 2026 09:30:00 GMT", "2026-11-22T09:30:00"),
    "Indonesian words in full": ("Jumat, 20 November 2026 10:15:00 WIB", "2026-11-20T03:15:00"),
    "an apostrophe in Friday": ("Jum'at, 20 Nopember 2026 pukul 10.15 WIB", "2026-11-20T03:15:00"),
    "December in Indonesian": ("Minggu, 20 Desember 2026", "2026-12-20T00:00:00"),
    "August abbreviated otherwise": ("17 Agt 2026", "2026-08-17T00:00:00"),
    "August in full": ("17 Agustus 2026", "2026-08-17T00:00:00"),
    "February spelt in the old way": ("1 Pebruari 2026", "2026-02-01T00:00:00"),
    "March in Indonesian": ("1 Maret 2026", "2026-03-01T00:00:00"),
    "June and July in Indonesian": ("1 Juni 2026 00:00 +0000", "2026-06-01T00:00:00"),
    "a dash before the time": ("22 November 2026 - 10:00 WIB", "2026-11-22T03:00:00"),
    "dashes between the parts": ("22-Nov-2026 10:00", "2026-11-22T10:00:00"),
    "asctime": ("Sun Nov 22 09:30:00 2026", "2026-11-22T09:30:00"),
    "the time of a Java program": ("Sun Nov 22 09:30:00 WIB 2026", "2026-11-22T02:30:00"),
    "the month first": ("November 22, 2026 9:30 PM", "2026-11-22T21:30:00"),
    "noon": ("November 22, 2026 12:00 PM", "2026-11-22T12:00:00"),
    "midnight": ("November 22, 2026 12:00 AM", "2026-11-22T00:00:00"),
    "RFC 3339": ("2026-11-22T09:30:00+07:00", "2026-11-22T02:30:00"),
    "RFC 3339 in lower case": ("2026-11-22t09:30:00z", "2026-11-22T09:30:00"),
    "one fraction digit": ("2026-11-22T09:30:00.5Z", "2026-11-22T09:30:00.5"),
    "five fraction digits": ("2026-11-22T09:30:00.19802Z", "2026-11-22T09:30:00.19802"),
    "nine fraction digits": ("2026-11-22T09:30:00.123456789Z", "2026-11-22T09:30:00.123456"),
    "a decimal comma": ("2026-11-22T09:30:00,5Z", "2026-11-22T09:30:00.5"),
    "an offset without a colon": ("2026-11-22T09:30:00+0700", "2026-11-22T02:30:00"),
    "an offset of hours": ("2026-11-22T09:30:00+07", "2026-11-22T02:30:00"),
    "no seconds": ("2026-11-22T09:30Z", "2026-11-22T09:30:00"),
    "a blank for the T": ("2026-11-22 09:30:00", "2026-11-22T09:30:00"),
    "a blank before the offset": ("2026-11-22 09:30:00 +0700", "2026-11-22T02:30:00"),
    "naive": ("2026-11-22T02:30:00", "2026-11-22T02:30:00"),
    "a day": ("2026-11-22", "2026-11-22T00:00:00"),
    "a day with an offset": ("2026-11-22+07:00", "2026-11-21T17:00:00"),
    "a month": ("2026-11", "2026-11-01T00:00:00"),
    "a year": ("2026", "2026-01-01T00:00:00"),
    "the basic form": ("20261122T093000Z", "2026-11-22T09:30:00"),
    "a day in the basic form": ("20261122", "2026-11-22T00:00:00"),
    "24:00 is the next midnight": ("2026-11-22T24:00:00Z", "2026-11-23T00:00:00"),
    "a leap second is the second before": ("2026-06-30T23:59:60Z", "2026-06-30T23:59:59"),
    "day, month, year": ("22/11/2026 09:30", "2026-11-22T09:30:00"),
    "month, day, year": ("11/22/2026", "2026-11-22T00:00:00"),
    "day and month are the same": ("11/11/2026", "2026-11-11T00:00:00"),
    "Unix seconds": ("1795426200", "2026-11-23T09:30:00"),
    "Unix seconds as a number": (1795426200, "2026-11-23T09:30:00"),
    "Unix milliseconds": (1795426200500, "2026-11-23T09:30:00.5"),
    "Unix microseconds": ("1795426200500000", "2026-11-23T09:30:00.5"),
    "blanks and line breaks around": ("\n  Sun, 22 Nov 2026\u00a009:30:00 GMT \n", "2026-11-22T09:30:00"),
}
UNDATED = {
    "nothing": "",
    "blanks": " \n ",
    "a zero date": "0000-00-00",
    "a zero date and time": "0000-00-00 00:00:00",
    "1970 in RFC 822": "Thu, 01 Jan 1970 00:00:00 +0000",
    "1970 in RFC 3339": "1970-01-01T07:00:00+07:00",
    "the zero of .NET": "0001-01-01T00:00:00Z",
    "the zero of WordPress": "Mon, 30 Nov -0001 00:00:00 +0000",
    "Unix zero": 0,
    "a word": "kemarin",
    "a month that is none": "22 Foo 2026",
    "a thirteenth month": "2026-13-01",
    "a thirty-first of February": "31 Feb 2026 10:00:00 GMT",
    "an hour that is none": "2026-11-22T25:00:00Z",
    "a minute that is none": "Sun, 22 Nov 2026 09:61:00 GMT",
    "two days in two countries": "05/06/2026",
    "beyond the end of time": "9999-12-31T23:59:59-11:00",
    "a small number": 12,
    "a truth": True,
    "no number": float("nan"),
    "no end": float("inf"),
    "a number of many digits": 10**400,
    "a list": ["2026-11-22"],
    "no value": None,
    "a very long text": "2026-11-22" + " " * 5000,
    "a template nobody filled in": "{{ page.date }}",
}


@pytest.mark.parametrize(("written", "meant"), READ.values(), ids=READ.keys())
def test_a_date_is_read_as_it_is_meant(written: object, meant: str) -> None:
    assert instant(written) == datetime.fromisoformat(meant).replace(tzinfo=UTC)


@pytest.mark.parametrize("written", UNDATED.values(), ids=UNDATED.keys())
def test_what_is_no_date_is_undated_and_never_now(written: object) -> None:
    assert instant(written) is None


def test_the_first_believed_day_is_1990() -> None:
    assert instant("1989-12-31T23:59:59Z") is None
    assert instant("1990-01-01T00:00:00Z") == datetime(1990, 1, 1, tzinfo=UTC)


FIRST, LAST = datetime.fromisoformat("1990-01-03"), datetime.fromisoformat("2090-01-01")
INSTANTS = st.datetimes(FIRST, LAST).map(lambda d: d.replace(microsecond=0))
OFFSETS = st.integers(-12 * 60, 14 * 60)


@settings(max_examples=100, deadline=None)
@given(INSTANTS, OFFSETS)
def test_every_instant_survives_both_usual_forms_in_every_zone(local: datetime, minutes: int) -> None:
    at = local.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    assert instant(at.isoformat()) == at
    assert instant(format_datetime(at)) == at


@settings(max_examples=100, deadline=None)
@given(INSTANTS)
def test_the_three_indonesian_zones_are_their_offsets(local: datetime) -> None:
    for name, hours in (("WIB", 7), ("WITA", 8), ("WIT", 9)):
        at = local.replace(tzinfo=timezone(timedelta(hours=hours)))
        assert instant(f"{local:%d %b %Y %H:%M:%S} {name}") == at
        assert offset(name) == hours * 60


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=120) | st.text("0123456789-:+.TZ /", max_size=40) | st.integers() | st.floats() | st.none())
def test_nothing_is_too_odd_to_be_answered(written: object) -> None:
    """Any value is an aware instant in UTC or undated; nothing is raised."""
    at = instant(written)
    assert at is None or (at.tzinfo is UTC and at.year >= 1990)
