"""When asking again makes sense, as the server put it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings, strategies as st

from auditor.fetch.backoff import reset_at

NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
EPOCH = str(int((NOW + timedelta(minutes=5)).timestamp()))


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        pytest.param({}, None, id="nothing was said"),
        pytest.param({"retry-after": "90"}, 90, id="seconds to go"),
        pytest.param({"retry-after": " 90 "}, 90, id="with blanks"),
        pytest.param({"retry-after": "0"}, 0, id="at once"),
        pytest.param({"retry-after": "Mon, 23 Nov 2026 07:02:00 GMT"}, 120, id="a date"),
        pytest.param({"retry-after": "Monday, 23-Nov-26 07:02:00 GMT"}, 120, id="a date in the form of RFC 850"),
        pytest.param({"retry-after": "Mon, 23 Nov 2026 14:02:00 +0700"}, 120, id="a date with an offset"),
        pytest.param({"retry-after": "Mon, 23 Nov 2026 06:00:00 GMT"}, -3600, id="a date that has passed"),
        pytest.param({"retry-after": "90, 30"}, 90, id="of two waits the later one counts"),
        pytest.param({"retry-after": "30, 90"}, 90, id="in any order"),
        pytest.param({"retry-after": "30, Mon, 23 Nov 2026 07:02:00 GMT"}, 120, id="seconds and a date"),
        pytest.param({"retry-after": "Mon, 23 Nov 2026 07:02:00 GMT, 30"}, 120, id="a date and seconds"),
        pytest.param({"retry-after": "soon"}, None, id="words say nothing"),
        pytest.param({"retry-after": "-5"}, None, id="nor does a negative wait"),
        pytest.param({"retry-after": "1.5"}, None, id="nor a fraction, which the standard does not know"),
        pytest.param({"retry-after": "²"}, None, id="nor a digit that is no number"),
        pytest.param({"retry-after": "9" * 5000}, 10_000_000, id="a wait without end has one"),
        pytest.param({"retry-after": "Mon, 99 Foo 2026 07:02:00 GMT"}, None, id="a date that cannot be"),
        pytest.param({"retry-after": "Mon, 23 Nov 99999999999999999999 07:02:00 GMT"}, None, id="a year beyond time"),
        pytest.param({"x-ratelimit-reset": "0001-01-01T00:00:00+23:00"}, None, id="an instant before time"),
        pytest.param({"retry-after": "60", "x-ratelimit-reset": "300"}, 60, id="Retry-After wins"),
        pytest.param({"retry-after": "soon", "x-ratelimit-reset": "300"}, 300, id="unless it says nothing"),
        pytest.param({"x-ratelimit-reset": "2026-11-23T07:05:00.000Z"}, 300, id="ISO 8601, as Mastodon says it"),
        pytest.param({"x-ratelimit-reset": "2026-11-23T07:05:00"}, 300, id="without a zone it is UTC"),
        pytest.param({"x-ratelimit-reset": "2026-11-23T14:05:00+07:00"}, 300, id="with an offset"),
        pytest.param({"x-ratelimit-reset": EPOCH}, 300, id="seconds since the epoch"),
        pytest.param({"ratelimit-reset": EPOCH}, 300, id="as the AT Protocol says it"),
        pytest.param({"x-rate-limit-reset": EPOCH}, 300, id="as X says it"),
        pytest.param({"ratelimit-reset": "300"}, 300, id="a small number is seconds to go"),
        pytest.param({"x-ratelimit-reset": ""}, None, id="an empty header"),
        pytest.param({"x-ratelimit-reset": "nan"}, None, id="no number"),
        pytest.param({"x-ratelimit-reset": "inf"}, None, id="no end"),
        pytest.param({"x-ratelimit-reset": "-1"}, None, id="a negative number"),
        pytest.param({"x-ratelimit-reset": "9" * 40}, None, id="a number beyond time"),
        pytest.param({"x-ratelimit-reset": "later"}, None, id="a word"),
    ],
)
def test_the_server_says_when_to_ask_again(headers: dict[str, str], seconds: int | None) -> None:
    at = reset_at(headers, NOW)
    assert at == (None if seconds is None else NOW + timedelta(seconds=seconds))
    assert at is None or at.tzinfo is not None


@settings(max_examples=150)
@given(st.sampled_from(["retry-after", "x-ratelimit-reset"]), st.text(max_size=60))
def test_whatever_a_header_says_the_answer_is_an_aware_instant_or_nothing(name: str, value: str) -> None:
    at = reset_at({name: value}, NOW)
    assert at is None or at.utcoffset() is not None


@settings(max_examples=100)
@given(st.integers(0, 1_000_000), st.integers(-10_000, 10_000))
def test_seconds_to_go_count_from_the_instant_of_the_answer(wait: int, shift: int) -> None:
    later = NOW + timedelta(seconds=shift)
    assert reset_at({"retry-after": str(wait)}, later) == later + timedelta(seconds=wait)
