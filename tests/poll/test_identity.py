"""Whose handle another id holds is taken, at every look and however the answer comes; posts of two are never merged."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from auditor.core.model import AccountRef, Barrier, Miss, Missed, Outcome, Seen, Unreadable
from auditor.fetch.answer import Ask
from auditor.platforms.base import Answered, Profile, Unchanged, Window
from tests.build import DAY
from tests.poll.stage import Says, Stage, always, listed

BUSY, THEIRS = listed(1, 3, 5, 8), listed(-0.5, 0, native_id="somebody else")
TAKEN = Unreadable(Barrier.TAKEN)


def posts(stage: Stage) -> set[str]:
    return {p.native_id for o in stage.history("a") if isinstance(o.outcome, Seen) for p in o.outcome.posts}


DEAR: dict[str, Says] = {
    "our posts": BUSY,
    "their posts": THEIRS,
    "nothing new": always(Unchanged()),
    "nothing at all": always(Missed(Miss.UNREACHABLE)),
    "that it is gone": always(Unreadable(Barrier.GONE)),
}


@pytest.mark.parametrize("says", DEAR.values(), ids=DEAR)
def test_the_cheap_question_tells_whatever_the_dear_one_would_say(tmp_path: Path, says: Says) -> None:
    holder = "id-a"

    def lookup(refs: Sequence[AccountRef], ask: Ask) -> Iterator[tuple[AccountRef, Profile]]:
        yield from ((ref, Profile(holder, ref.handle)) for ref in refs)

    stage = Stage(tmp_path, {"a": BUSY}, lookup=lookup)
    stage.sweep()
    before = posts(stage)
    stage.now += DAY
    holder, stage.says["a"] = "somebody else", says
    stage.sweep()
    assert (stage.last("a").outcome, posts(stage)) == (TAKEN, before)
    assert len(before) == 4


def test_an_answer_about_many_tells_too(tmp_path: Path) -> None:
    def bulk(asked: Sequence[tuple[AccountRef, Window]], ask: Ask) -> Iterator[tuple[AccountRef, Answered]]:
        yield from ((ref, stage.says[ref.handle](ref, ask, window)) for ref, window in asked)

    stage = Stage(tmp_path, {"a": BUSY, "b": BUSY}, bulk=bulk)
    stage.sweep()
    before = posts(stage)
    stage.now += DAY
    stage.says["a"] = THEIRS
    stage.sweep()
    assert (stage.last("a").outcome, posts(stage)) == (TAKEN, before)
    assert isinstance(stage.last("b").outcome, Seen)


def test_a_new_name_of_the_same_id_is_the_account_and_its_next_look_knows_it_by_the_id(tmp_path: Path) -> None:
    def renamed(ref: AccountRef, ask: Ask, window: Window) -> Outcome:
        seen = BUSY(ref, ask, window)
        assert isinstance(seen, Seen)
        return Seen("id-a", "a", seen.posts, seen.horizon)

    stage = Stage(tmp_path, {"a": BUSY})
    stage.sweep()
    for says, outcome in ((renamed, Seen), (THEIRS, Unreadable), (THEIRS, Unreadable), (renamed, Seen)):
        stage.now += DAY
        stage.says["a"] = says
        stage.sweep()
        assert isinstance(stage.last("a").outcome, outcome)
    assert not {p for p in posts(stage) if p.startswith("a-0.5")}
