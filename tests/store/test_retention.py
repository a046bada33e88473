"""What is not read again is forgotten, the chain stays whole, and nobody becomes silent because we forgot."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from auditor.config.settings import Settings, load_settings
from auditor.core.model import SILENT, Observation, Outcome, Post, PostKind, Seen, Status
from auditor.core.verdict import decide
from auditor.poll.reading import READ_EVERY, UNMOVED
from auditor.rounds import COUNTED, kept_for
from auditor.store.retention import BARE, Listed, Read, sort_out
from auditor.store.sqlite import SqliteStore, open_store
from auditor.store.verbs_standings import Judged
from tests.build import STANDARD, T0

from .build import DAY, HOUR, NOW, SECOND, account, keep, look, missed, one, post, seen, told
from .standing_rules import FULL

KEEP = 30 * DAY
WINDOW = 90 * DAY
REPEAT = UNMOVED


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    with closing(open_store(tmp_path / "facts.db", NOW)) as opened:
        yield opened


def forget(store: SqliteStore, at: datetime, platform: str = "bluesky") -> int:
    return store.forget_unread(platform, at - KEEP, at, WINDOW, REPEAT)


def rows(store: SqliteStore, *columns: str) -> list[tuple[object, ...]]:
    with store._db.read() as con:
        return con.execute(f"SELECT {', '.join(columns)} FROM posts ORDER BY posted_at, post_id").fetchall()


def ids(store: SqliteStore) -> list[str]:
    """What stands in the table, oldest first; an instant without an id is a dash."""
    return ["-" if str(name).startswith(BARE) else str(name) for (name,) in rows(store, "post_id")]


def old(*days: float) -> list[Post]:
    return [post(f"p{d:g}", NOW - d * DAY) for d in days]


def acts(store: SqliteStore) -> list[tuple[object, ...]]:
    with store._db.read() as con:
        return con.execute('SELECT subject, "rows" FROM ledger WHERE kind = ?', ("forgotten",)).fetchall()


class TestWhatGoes:
    """A post that was not listed for so long."""

    def test_what_was_listed_within_the_time_stays_as_it_is(self, store: SqliteStore) -> None:
        number = one(store)
        look(store, number, seen(*old(10, 400, 900), at=NOW - 29 * DAY))
        before = rows(store, "*")
        assert forget(store, NOW) == 0
        assert (rows(store, "*"), acts(store)) == (before, [])

    def test_what_was_not_is_deleted_and_what_a_judgement_needs_keeps_its_instant_only(
        self, store: SqliteStore
    ) -> None:
        number = one(store)
        posts = [post(p.native_id, p.posted_at, url=f"https://sosial.example/{p.native_id}") for p in old(40, 200, 900)]
        look(store, number, seen(*posts, at=NOW - 31 * DAY))
        assert forget(store, NOW) == 3
        assert ids(store) == ["-", "-"]
        assert rows(store, "posted_at", "url") == [
            (int((NOW - 900 * DAY).timestamp()), None),
            (int((NOW - 40 * DAY).timestamp()), None),
        ]
        assert forget(store, NOW) == 0

    def test_to_the_second(self, store: SqliteStore) -> None:
        number = one(store)
        look(store, number, seen(*old(40), at=NOW - KEEP))
        assert forget(store, NOW) == 0
        assert forget(store, NOW + SECOND) == 1

    def test_each_post_has_its_own_time(self, store: SqliteStore) -> None:
        number = one(store)
        look(store, number, seen(*old(100, 300, 500), at=NOW - 60 * DAY))
        look(store, number, seen(*old(100), at=NOW - DAY, horizon=NOW - 100 * DAY))
        assert forget(store, NOW) == 2
        assert ids(store) == ["-", "p100"]

    def test_a_look_that_only_repeats_the_one_before_reads_nothing_again(self, store: SqliteStore) -> None:
        number = one(store)
        look(store, number, seen(*old(100), at=NOW - 40 * DAY))
        sight = seen(*old(100), at=NOW - 20 * DAY)
        assert isinstance(sight.outcome, Seen)
        look(store, number, replace(sight, outcome=replace(sight.outcome, flags=frozenset({REPEAT}))))
        assert forget(store, NOW) == 1
        assert ids(store) == ["-"]

    def test_a_person_does_not_read_again_what_a_machine_read_and_what_people_told_stays(
        self, store: SqliteStore
    ) -> None:
        number = one(store)
        look(store, number, seen(*old(100), at=NOW - 40 * DAY))
        look(store, number, told(*old(100), at=NOW - DAY))
        assert forget(store, NOW) == 1
        with store._db.read() as con:
            assert con.execute("SELECT post_id FROM told").fetchall() == [("p100",)]

    def test_other_platforms_are_left_alone(self, store: SqliteStore) -> None:
        number = one(store)
        look(store, number, seen(*old(100), at=NOW - 40 * DAY))
        assert forget(store, NOW, "youtube") == 0

    def test_an_account_that_was_taken_off_the_list_is_forgotten_too(self, store: SqliteStore) -> None:
        number = keep(store, account("dinas.example"), at=NOW - 90 * DAY)["bluesky:dinas.example"]
        look(store, number, seen(*old(100), at=NOW - 60 * DAY))
        keep(store, account("lain.example"), at=NOW - 50 * DAY)
        assert forget(store, NOW) == 1

    def test_what_is_listed_again_takes_the_place_of_its_instant(self, store: SqliteStore) -> None:
        number = one(store)
        look(store, number, seen(*old(100), at=NOW - 40 * DAY))
        forget(store, NOW)
        look(store, number, seen(*old(100), at=NOW + HOUR))
        assert sorted(ids(store)) == ["-", "p100"]
        forget(store, NOW + 2 * HOUR)
        assert ids(store) == ["p100"]

    def test_an_instant_that_nothing_rests_on_any_more_goes_with_the_next_that_goes(self, store: SqliteStore) -> None:
        number = one(store)
        look(store, number, seen(*old(100, 500), at=NOW - 40 * DAY))
        forget(store, NOW)
        assert ids(store) == ["-", "-"]
        look(store, number, seen(post("new", NOW), at=NOW, horizon=NOW))
        assert forget(store, NOW + HOUR) == 0
        look(store, number, seen(post("newer", NOW + DAY), at=NOW + DAY, horizon=NOW + DAY))
        assert forget(store, NOW + KEEP + HOUR) == 2
        assert ids(store) == ["-", "-", "newer"]


def row(posted: int, name: str = "a", first: int = 100, last: int = 100, kind: int = 0, was: int = 0) -> Listed:
    return Listed(posted, name, kind, was, first, last)


NEW = row(99, "new", last=900)  # was listed just now
BOTTOM = row(1, "bottom", last=900)
NEEDED = {
    "a post within the window before the newest of its kind": ([row(95)], [], {"a"}),
    "a post at the edge of the window goes": ([row(89)], [], set()),
    "the newest of another kind": ([row(50, kind=1, was=1)], [], {"a"}),
    "the newest of a kind it had at first": ([row(50, was=1)], [], {"a"}),
    "a post dated after the look that first listed it": ([row(50, first=40)], [], {"a"}),
    "a post dated to the second of that look goes": ([row(50, first=50)], [], set()),
    "a post with two dates keeps both": ([row(50), row(40)], [], {"a"}),
    "what a later look to the beginning no longer found": ([row(50)], [Read(800, None, full=True)], {"a"}),
    "what a later look back past it no longer found": ([row(50)], [Read(800, 49, full=True)], {"a"}),
    "what a look that reached back to its instant did not list goes": ([row(50)], [Read(800, 50, full=True)], set()),
    "what the look that listed it found goes": ([row(50)], [Read(100, None, full=True)], set()),
}


@pytest.mark.parametrize(("posts", "reads", "kept"), NEEDED.values(), ids=NEEDED)
def test_what_a_judgement_rests_on_keeps_its_instant(posts: list[Listed], reads: list[Read], kept: set[str]) -> None:
    plan = sort_out([BOTTOM, *posts, NEW], [*reads, Read(900, 98, full=True)], 850, 10)
    assert ({p.post_id for p in plan.stripped}, {p.post_id for p in plan.gone}) == (kept, {"a"} - kept)


def test_the_oldest_of_all_keeps_its_instant_for_it_says_how_old_the_account_is() -> None:
    plan = sort_out([row(1, "oldest"), row(50), NEW], [Read(900, 98, full=True)], 850, 10)
    assert ([p.post_id for p in plan.stripped], [p.post_id for p in plan.gone]) == (["oldest"], ["a"])


class TestTheAct:
    """That something was forgotten is a fact like any other."""

    def test_it_is_an_entry_of_the_chain_and_the_chain_stays_whole(self, store: SqliteStore) -> None:
        number = one(store)
        look(store, number, seen(*old(100, 300, 500), at=NOW - 60 * DAY), missed(NOW - DAY), missed(NOW))
        forget(store, NOW)
        day = (NOW - KEEP).date().isoformat()
        assert acts(store) == [(f"bluesky unread since {day}", 3)]
        assert store.verify() == ()

    def test_looks_and_exchanges_stay_and_every_old_look_can_be_handed_out(self, store: SqliteStore) -> None:
        number = one(store)
        look(store, number, seen(*old(100, 300, 500), at=NOW - 60 * DAY), missed(NOW))
        before = store.history(number, NOW)
        forget(store, NOW)
        after = store.history(number, NOW)
        assert [o.observed_at for o in after] == [o.observed_at for o in before]
        assert isinstance(after[0].outcome, Seen)
        assert [p.posted_at for p in after[0].outcome.posts] == [NOW - 100 * DAY, NOW - 500 * DAY]

    def test_nothing_of_an_id_is_left_in_the_file(self, tmp_path: Path) -> None:
        path = tmp_path / "facts.db"
        with closing(open_store(path, NOW)) as store:
            number = one(store)
            look(store, number, seen(*(post(f"kenari{n}", NOW - n * DAY) for n in range(50, 400)), at=NOW - 40 * DAY))
            kept = FULL._replace(verdict=replace(FULL.verdict, last_post=post("kenari50", NOW - 50 * DAY)))
            store.keep_standings([Judged(number, 1, "rules", kept)], NOW)
            assert [known.standing for known in store.standings(NOW)] == [kept]
            forget(store, NOW)
        for file in tmp_path.iterdir():
            assert b"kenari" not in file.read_bytes()

    def test_what_cannot_be_chained_is_not_forgotten(self, store: SqliteStore, tmp_path: Path) -> None:
        number = one(store)
        look(store, number, seen(*old(100, 300, 500), at=NOW - 60 * DAY))
        before = rows(store, "*")
        with closing(sqlite3.connect(tmp_path / "facts.db")) as other:
            other.execute("CREATE TRIGGER no BEFORE INSERT ON ledger BEGIN SELECT RAISE(ABORT, 'no'); END")
        with pytest.raises(sqlite3.IntegrityError):
            forget(store, NOW)
        assert rows(store, "*") == before


class TestOnRequest:
    """Everything that was read of one account."""

    def test_all_ids_of_the_account_go_and_nobody_elses(self, store: SqliteStore) -> None:
        found = keep(store, account("dinas.example"), account("lain.example"))
        for number in found.values():
            look(store, number, seen(*old(1, 5, 300, 600), at=NOW))
        assert store.forget(found["bluesky:dinas.example"], NOW, WINDOW) == 4
        with store._db.read() as con:
            left = con.execute("SELECT post_id FROM posts WHERE account_id = ?", (found["bluesky:dinas.example"],))
            assert all(name.startswith(BARE) for (name,) in left)
        assert len([i for i in ids(store) if i != "-"]) == 4
        assert store.verify() == ()

    def test_who_is_forgotten_is_not_silent_for_it(self, store: SqliteStore) -> None:
        number = one(store)
        looks = [seen(*old(1, 5, 9, 13, 17), at=NOW - n * HOUR) for n in (3, 0)]
        look(store, number, *looks)
        store.forget(number, NOW, WINDOW)
        assert decide(store.history(number, NOW), STANDARD, NOW).status is Status.ACTIVE

    def test_an_account_nobody_knows_is_a_mistake(self, store: SqliteStore) -> None:
        with pytest.raises(KeyError):
            store.forget(99, NOW, WINDOW)


# --- what forgetting does to verdicts ---

instants = st.integers(0, 120 * 24).map(lambda hours: T0 - hours * HOUR)
KINDS = st.sampled_from([PostKind.ORIGINAL, PostKind.ORIGINAL, PostKind.REPOST])
TIMES = st.lists(st.tuples(st.integers(0, 400 * 24).map(lambda hours: T0 - hours * HOUR), KINDS), max_size=8)


def page(world: Sequence[Post], size: int, at: datetime, *, whole: bool) -> Seen:
    """The newest so many posts, read back to the oldest of them; or all, to the beginning."""
    listed = tuple(world if whole else world[max(len(world) - size, 0) :])
    return Seen("did:x", "x", listed, None if whole else listed[0].posted_at if listed else at)


@st.composite
def histories(draw: st.DrawFn, *, deleting: bool) -> list[Observation]:
    posts = [Post(f"p{n}", at, kind) for n, (at, kind) in enumerate(sorted(draw(TIMES)))]
    gone = {p.native_id: draw(instants) for p in posts if deleting and draw(st.booleans())}
    looks = []
    for at in draw(st.lists(instants, min_size=1, max_size=8)):
        world = [p for p in posts if p.posted_at <= at and not (p.native_id in gone and gone[p.native_id] <= at)]
        sight = page(world, draw(st.integers(1, 4)), at, whole=draw(st.booleans()))
        outcome: Outcome = draw(st.sampled_from([sight, sight, sight, missed(at).outcome]))
        looks.append(Observation(at, outcome, True))
    return looks


def judged(looks: list[Observation], at: datetime, keep_for: timedelta) -> list[tuple[object, ...]]:
    """Before and after forgetting, at the instant of it and long after."""
    with closing(open_store(":memory:", T0)) as store:
        number = one(store)
        look(store, number, *sorted(looks, key=lambda o: o.observed_at))
        days = [at, at + 20 * DAY, at + 70 * DAY]
        before = [decide(store.history(number, day), STANDARD, day) for day in days]
        store.forget_unread("bluesky", at - keep_for, at, STANDARD.window, REPEAT)
        assert store.verify() == ()
        after = [decide(store.history(number, day), STANDARD, day) for day in days]
        return list(zip(before, after, strict=True))


@settings(deadline=None, max_examples=150)
@given(histories(deleting=False), st.integers(1, 90).map(lambda days: days * DAY))
def test_no_verdict_changes_because_old_posts_went(looks: list[Observation], keep_for: timedelta) -> None:
    for before, after in judged(looks, T0, keep_for):
        assert (after.status, after.confirmed, after.silent_since) == (
            before.status,
            before.confirmed,
            before.silent_since,
        )
        assert (after.age_from, after.overlays, after.observed_at) == (
            before.age_from,
            before.overlays,
            before.observed_at,
        )
        assert (after.last_post and after.last_post.posted_at) == (before.last_post and before.last_post.posted_at)


@settings(deadline=None, max_examples=150)
@given(histories(deleting=True), st.integers(1, 90).map(lambda days: days * DAY))
def test_nobody_becomes_silent_because_we_forgot_whatever_was_deleted_meanwhile(
    looks: list[Observation], keep_for: timedelta
) -> None:
    for before, after in judged(looks, T0, keep_for):
        assert after.status not in SILENT or before.status in SILENT


def test_a_silence_stands_on_a_post_that_is_listed_at_every_look_and_keeps_its_id(store: SqliteStore) -> None:
    """Read in full every four weeks at the latest, an account is never without its newest post within 30 days."""
    number = one(store)
    for n in range(20):
        at = NOW + n * 28 * DAY
        look(store, number, seen(*old(400, 401, 402), at=at))
        assert forget(store, at + 28 * DAY - SECOND) == 0
        verdict = decide(store.history(number, at), STANDARD, at)
        assert verdict.status is Status.INACTIVE
        assert verdict.last_post is not None
        assert verdict.last_post.native_id == "p400"


# --- for how long ---


def configured(folder: Path, platforms: str) -> Settings:
    (folder / "auditor.yaml").write_text(f"platforms: {platforms}\n", "utf-8")
    found = load_settings(folder)
    assert isinstance(found, Settings), found
    return found


def test_the_terms_say_how_long_unless_the_office_says_otherwise(tmp_path: Path) -> None:
    """Also where the platform is switched off: what was read before is still there."""
    assert kept_for(configured(tmp_path, "{}")) == {"youtube": KEEP}
    assert READ_EVERY < KEEP, "an account that stands still is read in full before its posts are forgotten"
    assert kept_for(configured(tmp_path, "{youtube: {enabled: false}}")) == {"youtube": KEEP}
    chosen = configured(tmp_path, "{youtube: {keep_days: 20}, mastodon: {keep_days: 400}}")
    assert kept_for(chosen) == {"youtube": 20 * DAY, "mastodon": 400 * DAY}


def test_a_judgement_counts_posts_no_further_back_than_we_keep_their_instants() -> None:
    assert STANDARD.window == COUNTED
