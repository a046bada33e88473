"""The instant inside a post's id. Ids are minted before publication, so it is a floor: the post is no older.

Only what recorded pairs of id and publication verify is dated. Bluesky's record keys are the client's and are not
believed; those of Threads and LinkedIn look alike, but no recorded pair verifies them.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
LARGEST = 2**63  # ids are signed 64-bit numbers
CODE = 11  # characters of an Instagram code that are the id; those of private accounts go on behind it
INSTAGRAM_MS = 1_314_220_021_721
X_MS = 1_288_834_974_657
X_SEQUENTIAL = 30_000_000_000  # ids below, until November 2010, were counted, not minted
TIKTOK_SINCE = datetime(2016, 9, 1, tzinfo=UTC)
MASTODON_SINCE = datetime(2016, 10, 1, tzinfo=UTC)  # smaller ids were counted by its first releases, or are no ids


def instagram_code(code: str) -> datetime | None:
    """The instant of `/p/CODE`, `/reel/CODE`, `/tv/CODE`; recorded posts are 0.9 s earlier to 228 s later.

    A code shorter than eleven characters is of 2015 or before, or cut short: no recorded pair tells which.
    """
    digits = [ALPHABET.find(char) for char in code[:CODE]]
    if len(digits) < CODE or -1 in digits:
        return None
    number = 0
    for digit in digits:
        number = number * len(ALPHABET) + digit
    return _instant((number >> 23) + INSTAGRAM_MS) if number < LARGEST else None


def x_id(text: str) -> datetime | None:
    """The instant of a post id (never of a user's). Source: the published Snowflake code, and recorded posts."""
    number = _number(text)
    return _instant((number >> 22) + X_MS) if number is not None and number >= X_SEQUENTIAL else None


def tiktok_id(text: str) -> datetime | None:
    """The instant of a video id; recorded videos are 1 to 37 s later. Drafts get theirs at upload, days early."""
    number = _number(text)
    return None if number is None else _since(TIKTOK_SINCE, _instant((number >> 32) * 1000))


def mastodon_id(text: str) -> datetime | None:
    """The instant of a status id on its own server; recorded statuses are at most 20 ms earlier."""
    number = _number(text)
    return None if number is None else _since(MASTODON_SINCE, _instant(number >> 16))


def _number(text: str) -> int | None:
    if not (text.isascii() and text.isdecimal() and len(text) <= 19):
        return None
    number = int(text)
    return number if number < LARGEST else None


def _instant(milliseconds: int) -> datetime | None:
    try:
        return EPOCH + timedelta(milliseconds=milliseconds)
    except OverflowError:
        return None


def _since(start: datetime, at: datetime | None) -> datetime | None:
    """The instant, unless the platform did not exist then."""
    return at if at is not None and at >= start else None
