"""Answers that are none to our question, or none of today: unasked 304s, old copies, and tags that never change."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from auditor.core.model import AccountRef, Miss, Missed, Post, Seen
from auditor.fetch.answer import Ask
from auditor.fetch.copies import age
from auditor.platforms._elsewhere import elsewhere
from auditor.platforms.base import Answered, Unchanged, Window
from tests.build import DAY, T0

from .stage import Stage

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("stated", "seconds"),
    [("", 0), ("60", 60), ("60, 700000", 700000), ("-5", 0), ("soon", 0), ("1e9", 0), ("９", 0), ("9" * 12, 0)],
    ids=["none", "a minute", "two caches", "negative", "a word", "a float", "another digit", "too long"],
)
def test_the_age_of_a_copy_is_what_the_caches_say(stated: str, seconds: int) -> None:
    assert age({"age": stated} if stated else {}) == timedelta(seconds=seconds)


def article(name: str, days: float, host: str = "dinas.kotacontoh.example") -> Post:
    return Post(name, T0 - days * DAY, url=f"https://{host}/{name}")


KNOWN = (article("a", 3), article("b", 9))
ELSEWHERE = {
    "another site's articles under this name": (article("x", 5, "lain.example"),),
}
HERE = {
    "the same host": (article("x", 5),),
    "another domain with the same articles": (article("a", 3, "kota.example"), article("y", 1, "kota.example")),
    "another domain with other ids and the same dates": (article("z", 9, "kota.example"),),
    "a site begun anew lists nothing as old": (article("n", 1, "kota.example"),),
    "nothing is listed": (),
}


@pytest.mark.parametrize("listed", ELSEWHERE.values(), ids=ELSEWHERE)
def test_a_list_of_another_site_is_told(listed: tuple[Post, ...]) -> None:
    assert elsewhere(listed, KNOWN)
    assert not elsewhere(listed, ())


@pytest.mark.parametrize("listed", HERE.values(), ids=HERE)
def test_a_site_that_moved_or_began_anew_is_none(listed: tuple[Post, ...]) -> None:
    assert not elsewhere(listed, KNOWN)


def document(ref: AccountRef, ask: Ask, window: Window) -> Answered:
    """A page with one post of today's beginning; 304 repeats it."""
    if ask("GET", "/a").status == 304:
        return Unchanged()
    return Seen("id", "a", (Post("p", T0 - HOUR),), None)


def stage(folder: Path, status: int, headers: Mapping[str, str]) -> Stage:
    found = Stage(folder, {"a": document, "b": document}, conditional=True)
    found.answer = lambda url, sent: (304 if "If-None-Match" in sent else status, dict(headers))
    return found


def test_a_304_that_nobody_asked_for_is_a_miss(tmp_path: Path) -> None:
    office = stage(tmp_path, 304, {})
    office.sweep()
    assert office.last("a").outcome == Missed(Miss.UNRECOGNISED, "304 unasked")


def test_a_refusal_that_a_cache_kept_is_a_miss(tmp_path: Path) -> None:
    office = stage(tmp_path, 404, {"age": str(3 * 86_400)})
    office.sweep()
    assert office.last("a").outcome == Missed(Miss.UNREACHABLE, "old copy")


def test_a_tag_that_never_changes_tells_of_no_silence(tmp_path: Path) -> None:
    """Where a 304 would mean a silence the document is asked for once more, without the tag."""
    office = stage(tmp_path, 200, {"etag": '"1"'})
    office.sweep()
    office.now = T0 + 8 * DAY
    office.asked.clear()
    office.sweep()
    assert [bool(sent) for url, sent in office.asked if url == "/a"] == [True, True]
    office.now = T0 + 40 * DAY
    office.asked.clear()
    office.sweep()
    asked = [bool(sent) for url, sent in office.asked if url == "/a"]
    assert sorted(asked) == [False, False, True, True], "each of the two once with the tag and once without it"
    assert asked[0]
    assert not asked[-1]


@pytest.mark.parametrize(("old", "covers"), [(2 * 3600, True), (35 * 86_400, False)], ids=["two hours", "five weeks"])
def test_an_old_copy_tells_of_no_silence_that_was_not_due_when_it_was_made(
    tmp_path: Path, old: int, covers: bool
) -> None:
    office = stage(tmp_path, 200, {"age": str(old)})
    office.now = T0 + 40 * DAY
    office.sweep()
    seen = office.last("a").outcome
    assert isinstance(seen, Seen)
    assert (seen.horizon != office.now) is covers
