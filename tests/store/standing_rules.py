"""What is kept of judgements falls with the facts it rests on: rules for every store."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from auditor.core.audit import Rhythm
from auditor.core.frozen import Freeze
from auditor.core.model import Overlay, Post, PostKind, Reason, Status, Verdict
from auditor.core.standing import Standing
from auditor.store.verbs import Store
from auditor.store.verbs_doubts import DoubtEnd
from auditor.store.verbs_standings import Judged, Known

from .build import DAY, NOW, SECOND, attest, look, missed, one, post, seen, statement, told

BLANK = Standing(Verdict(Status.UNKNOWN, None, Reason.NOT_YET, confirmed=False), Rhythm())
FULL = Standing(
    Verdict(
        Status.INACTIVE,
        NOW - 9 * DAY,
        Reason.SILENT,
        "attested",
        confirmed=False,
        next_change_at=NOW + DAY,
        confirmable_at=NOW + 2 * DAY,
        proven_until=NOW - 8 * DAY,
        observed_at=NOW - DAY,
        last_post=Post("at://x/1", NOW - 39 * DAY, PostKind.REPOST, "https://sosial.example/1"),
        silent_since=NOW - 39 * DAY,
        age_from=NOW - 400 * DAY,
        first_look_at=NOW - 300 * DAY,
        post_days=12,
        overlays=frozenset(Overlay),
        flags=frozenset({"limited", "moved_to=x"}),
        owed=("screenshot", "second_person"),
    ),
    Rhythm(0, 1, 2, 300, 7, 1.3, 20.9, 39, (None, 0, 3, *(None,) * 9), 4),
    route="hand",
    observations=17,
    last_tried_at=NOW - SECOND,
    failing_since=NOW - 3 * DAY,
    dark_since=NOW - 2 * DAY,
    failures=3,
    last_miss="unreachable",
    last_post_deleted=True,
    told_at=NOW - 5 * DAY,
    read_since=NOW - 6 * DAY,
    stands_until=NOW + 3 * DAY,
)


def known(store: Store, as_of: datetime = NOW) -> Known:
    (found,) = store.standings(as_of)
    return found


def keep_one(store: Store, standing: Standing = FULL, at: datetime = NOW) -> int:
    """One account with a look, and a standing kept at `at`; its number."""
    number = one(store)
    look(store, number, seen(post("a", NOW - 39 * DAY), at=NOW - DAY))
    store.keep_standings([Judged(number, known(store).falls, "rules", standing)], at)
    return number


FALLS: dict[str, Callable[[Store, int], object]] = {
    "a look": lambda s, n: look(s, n, missed(NOW + SECOND)),
    "a look by hand": lambda s, n: attest(s, n, told(at=NOW + SECOND), statement()),
    "a look recorded late": lambda s, n: look(s, n, missed(NOW - 2 * DAY)),
    "a doubt": lambda s, n: s.doubt("x", Freeze(NOW - 2 * DAY, frozenset({n}), frozenset()), NOW),
    "forgetting the account": lambda s, n: s.forget(n, NOW, DAY),
    "forgetting by terms": lambda s, n: s.forget_unread("bluesky", NOW + DAY, NOW + DAY, DAY, "unmoved"),
}


class StandingRules:
    """What was judged, for as long as it stands."""

    @pytest.mark.parametrize(
        "standing", [FULL, BLANK, BLANK._replace(rhythm=FULL.rhythm)], ids=["full", "blank", "some"]
    )
    def test_what_is_kept_comes_back_as_it_was(self, store: Store, standing: Standing) -> None:
        number = keep_one(store, standing)
        assert known(store)[:2] == ("bluesky:dinas.example", number)
        assert (known(store).mark, known(store).standing) == ("rules", standing)

    def test_it_stands_from_its_judgement_to_its_end(self, store: Store) -> None:
        keep_one(store)
        end = NOW + 3 * DAY
        stands = [known(store, at).standing is not None for at in (NOW - SECOND, NOW, end - SECOND, end)]
        assert stands == [False, True, True, False]

    def test_a_fraction_of_a_second_ends_it_early(self, store: Store) -> None:
        part = timedelta(microseconds=400)
        keep_one(store, at=NOW + part)
        assert [known(store, at).standing is not None for at in (NOW + part, NOW + SECOND)] == [False, True]

    @pytest.mark.parametrize("what", FALLS)
    def test_it_falls_with_what_is_written_of_the_account(self, store: Store, what: str) -> None:
        number = keep_one(store)
        before = known(store).falls
        FALLS[what](store, number)
        assert known(store).standing is None
        assert known(store).falls > before
        assert store.fallen(NOW, 9) == ("bluesky:dinas.example",)

    def test_it_falls_with_the_end_of_a_doubt(self, store: Store) -> None:
        number = keep_one(store)
        store.doubt("x", Freeze(NOW - 2 * DAY, frozenset({number}), frozenset()), NOW - DAY)
        store.keep_standings([Judged(number, known(store).falls, "rules", FULL)], NOW)
        assert known(store).standing == FULL
        store.end_doubt("x", DoubtEnd.MOVED, NOW, NOW)
        assert known(store).standing is None

    def test_what_was_judged_of_older_facts_is_not_kept(self, store: Store) -> None:
        """Somebody else looked while we judged."""
        number = keep_one(store)
        falls = known(store).falls
        look(store, number, missed(NOW - SECOND))
        store.keep_standings([Judged(number, falls, "rules", FULL)], NOW)
        assert known(store).standing is None

    def test_what_was_judged_before_the_newest_look_is_not_kept(self, store: Store) -> None:
        """The clock was set back: later the look will count."""
        number = keep_one(store)
        look(store, number, missed(NOW + DAY))
        store.keep_standings([Judged(number, known(store).falls, "rules", FULL)], NOW)
        assert known(store).standing is None

    def test_what_was_judged_before_a_doubt_was_found_is_not_kept(self, store: Store) -> None:
        number = keep_one(store)
        store.doubt("x", Freeze(NOW - 2 * DAY, frozenset({number}), frozenset()), NOW + DAY)
        store.keep_standings([Judged(number, known(store).falls, "rules", FULL)], NOW)
        assert known(store).standing is None

    def test_what_would_not_come_back_as_it_was_is_not_kept(self, store: Store) -> None:
        keep_one(store, FULL._replace(verdict=replace(FULL.verdict, since=NOW - timedelta(microseconds=1))))
        assert known(store).standing is None

    def test_who_is_listed_has_a_place_before_anybody_looked(self, store: Store) -> None:
        number = one(store)
        assert known(store) == Known("bluesky:dinas.example", number, None, NOW - 1000 * DAY, 0)
        assert store.fallen(NOW, 0) == ()
        assert list(store.standings(NOW, ["bluesky:nobody"])) == []
