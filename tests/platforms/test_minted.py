"""The date inside a post's id: recorded pairs decide, and what no pair verifies carries no date."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings, strategies as st

from auditor.platforms import _minted as minted, platforms
from auditor.platforms._minted import ALPHABET, instagram_code, mastodon_id, tiktok_id, x_id

# (code, timestamp of the post): test data of sns-sdks/python-facebook, Apache-2.0, recorded in 2021.
INSTAGRAM = [
    ("CSr71Gzlqo4", "2021-08-17T19:00:42+00:00"),
    ("CSpNPqgFxE0", "2021-08-16T17:35:10+00:00"),
    ("CSgf9BChwVq", "2021-08-13T08:25:28+00:00"),
    ("CSgdWACBeKr", "2021-08-13T08:02:40+00:00"),
    ("CRyZpmrjYC4", "2021-07-26T10:45:20+00:00"),
    ("CRyZpjhDO_k", "2021-07-26T10:45:19+00:00"),
    ("CRyZpjiDYZr", "2021-07-26T10:45:19+00:00"),
    ("CRyZoh5DX9y", "2021-07-26T10:45:19+00:00"),
    ("CP5Rq0bjBzn", "2021-06-09T09:47:29+00:00"),
]
# (id, created_at, cut to seconds by the platform): cassettes of tweepy, MIT, and samples the vendor publishes.
X = [
    ("1346889436626259968", "2021-01-06T18:40:40+00:00"),
    ("1577730467436138524", "2022-10-05T18:40:30+00:00"),
    ("2080761390344937796", "2026-07-24T21:05:48+00:00"),
]
# (id, create_time): recorded answers about public videos, 2019 to 2022; facts only.
TIKTOK = [
    ("6748451240264420610", 1571246252),
    ("6742501081818877190", 1569860870),
    ("6984138651336838402", 1626121503),
    ("7042692929109986561", 1639754738),
    ("7059698374567611694", 1643714123),
    ("7065799023130643713", 1645134536),
    ("7023491746608712966", 1635284105),
    ("6982497745948921092", 1625739481),
]
# (id, created_at): cassettes of Mastodon.py 2.3.3, MIT; servers of 2018 and of release 4.7.3.
MASTODON = [
    ("117440813461137764", "2026-10-14T19:03:19.937+00:00"),
    ("117440813345128578", "2026-10-14T19:03:18.168+00:00"),
    ("117440825015062295", "2026-10-14T19:06:16.231+00:00"),
    ("117440824995689268", "2026-10-14T19:06:15.936+00:00"),
    ("100465729784759578", "2018-07-30T21:16:18.812+00:00"),
    ("100465729728960919", "2018-07-30T21:16:17.960+00:00"),
]
NUMBERED = [x_id, tiktok_id, mastodon_id]
IDS = st.integers(0, 2**63 - 1)


def seconds_after(at: datetime | None, published: datetime) -> float:
    """How long after the minting the post was published."""
    assert at is not None
    assert at.utcoffset() == timedelta()
    return (published - at).total_seconds()


@pytest.mark.parametrize(("code", "published"), INSTAGRAM, ids=[code for code, _ in INSTAGRAM])
def test_an_instagram_code_is_minted_at_most_minutes_before_the_post(code: str, published: str) -> None:
    assert -1 < seconds_after(instagram_code(code), datetime.fromisoformat(published)) < 228


@pytest.mark.parametrize(("number", "published"), X, ids=[number for number, _ in X])
def test_an_id_of_x_is_minted_within_the_second_of_the_post(number: str, published: str) -> None:
    assert -1 < seconds_after(x_id(number), datetime.fromisoformat(published)) <= 0


def test_the_instant_of_an_id_of_x_is_exact_to_the_millisecond() -> None:
    assert x_id("2080761269309813134") == datetime(2026, 7, 24, 21, 5, 19, 935_000, UTC)


@pytest.mark.parametrize(("number", "published"), TIKTOK, ids=[number for number, _ in TIKTOK])
def test_an_id_of_tiktok_is_minted_seconds_before_the_video(number: str, published: int) -> None:
    assert 1 <= seconds_after(tiktok_id(number), datetime.fromtimestamp(published, UTC)) <= 37


@pytest.mark.parametrize(("number", "published"), MASTODON, ids=[number for number, _ in MASTODON])
def test_an_id_of_mastodon_is_minted_with_the_status(number: str, published: str) -> None:
    assert 0 <= seconds_after(mastodon_id(number), datetime.fromisoformat(published)) < 0.03


NO_DATE = {
    "an id of X from before November 2010 was counted": (x_id, "29700000000"),
    "a user's id of X is no post's": (x_id, "2244994945"),
    "an id above 63 bits is no id": (x_id, str(2**63)),
    "a sign is no part of an id": (x_id, "-1577730467436138524"),
    "digits of another script are no id": (x_id, "١٥٧٧٧٣٠٤٦٧٤٣٦١٣٨٥٢٤"),
    "a very long number is no id": (x_id, "9" * 5000),
    "nothing is no id": (x_id, ""),
    "an id of TikTok from before the platform is not believed": (tiktok_id, "123456789"),
    "a status counted by an early server carries no date": (mastodon_id, "4711"),
    "a letter makes it no number": (tiktok_id, "7059698374567611694x"),
    "a code cut short by one character": (instagram_code, "CSr71Gzlqo"),
    "a code with a foreign character": (instagram_code, "CSr71Gzlq.4"),
    "a code above 63 bits": (instagram_code, "__________8"),
    "an empty code": (instagram_code, ""),
}


@pytest.mark.parametrize(("mint", "native_id"), NO_DATE.values(), ids=NO_DATE)
def test_what_is_no_minted_id_carries_no_date(mint: Callable[[str], datetime | None], native_id: str) -> None:
    assert mint(native_id) is None


def test_what_follows_the_first_eleven_characters_of_a_code_does_not_date_it() -> None:
    assert instagram_code("CSr71Gzlqo4" + "AbC-_9" * 4) == instagram_code("CSr71Gzlqo4")


def code_of(number: int) -> str:
    """The eleven characters of an id."""
    return "".join(ALPHABET[number >> shift & 63] for shift in range(60, -1, -6))


@pytest.mark.parametrize("mint", NUMBERED, ids=lambda mint: mint.__name__)
@given(low=IDS, high=IDS)
@settings(max_examples=100)
def test_a_larger_id_is_never_older(mint: Callable[[str], datetime | None], low: int, high: int) -> None:
    low, high = sorted((low, high))
    earlier, later = mint(str(low)), mint(str(high))
    assert earlier is None or (later is not None and earlier <= later)


@given(low=IDS, high=IDS)
@settings(max_examples=100)
def test_a_larger_code_is_never_older(low: int, high: int) -> None:
    low, high = sorted((low, high))
    earlier, later = instagram_code(code_of(low)), instagram_code(code_of(high))
    assert earlier is not None
    assert later is not None
    assert earlier <= later


@pytest.mark.parametrize("mint", [*NUMBERED, instagram_code], ids=lambda mint: mint.__name__)
@given(text=st.text(max_size=30) | st.from_regex(r"[A-Za-z0-9_-]{0,40}", fullmatch=True))
@settings(max_examples=200)
def test_whatever_is_pasted_nothing_breaks_and_no_date_precedes_the_platform(
    mint: Callable[[str], datetime | None], text: str
) -> None:
    at = mint(text)
    since = {tiktok_id: minted.TIKTOK_SINCE, mastodon_id: minted.MASTODON_SINCE}
    assert at is None or at >= since.get(mint, datetime(2010, 11, 4, tzinfo=UTC))


def test_only_platforms_whose_pairs_were_recorded_date_their_posts() -> None:
    dated = {name for name, platform in platforms().items() if any(form.minted for form in platform.posts)}
    assert dated == {"instagram", "mastodon", "tiktok", "x"}
