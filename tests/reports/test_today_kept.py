"""A page that was worked out earlier says what one worked out now would say, or is not used."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given, settings, strategies as st

from auditor.core.audit import Audit
from auditor.core.model import (
    ATTESTED,
    HAND,
    AccountRef,
    Barrier,
    Change,
    Miss,
    Missed,
    Observation,
    Post,
    Reason,
    Seen,
    Status,
    Unreadable,
)
from auditor.core.reach import Reach
from auditor.core.register import Account, Register
from auditor.judge import audit
from auditor.kept import KEPT_UP_TO, keep_today, kept_today
from auditor.reports.today import KEPT, from_text, to_text
from auditor.reports.today_view import today_view, valid_until
from auditor.rules import Bench
from auditor.store.sqlite import SqliteStore, open_store
from auditor.store.verbs import Look
from auditor.words import words

from .city import AGENCIES, BOOK, kota_contoh
from .people import told, unseen, young

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
W = words("id")


def listed(n: int) -> Account:
    platform = "bluesky" if n % 2 else "threads"
    key = f"{platform}:akun{n}.contoh"
    ref = AccountRef(platform, f"akun{n}.contoh")
    return Account(key, ref, f"https://sosial.example/{n}", AGENCIES[n % 5].id, key, "accounts.yaml:1")


REGISTER = Register(AGENCIES, tuple(listed(n) for n in range(6)), "ab" * 32)
BENCH = Bench(REGISTER, BOOK, Reach(frozenset({"bluesky"})))


def looks(random: Random, *, by_hand: bool) -> Iterator[Observation]:
    """Looks of every kind, some of them just short of an edge of the policy."""
    newest = NOW - random.choice([0, 1, 9, 13, 29, 30, 37, 80]) * DAY - random.randrange(48) * HOUR
    posts = [Post(str(n), newest - n * random.choice([1, 3, 9]) * DAY) for n in range(random.randrange(6))]
    flags = frozenset({ATTESTED}) if by_hand else frozenset()
    for age in sorted(random.sample(range(1, 1200), random.randrange(5)), reverse=True):
        at = NOW - age * HOUR
        here = tuple(post for post in posts if post.posted_at <= at)
        horizon = random.choice([None, at - 40 * DAY, here[-1].posted_at if here else at])
        outcome = random.choice(
            [Seen("", "h", here, horizon, flags=flags)] * 4
            + [Unreadable(Barrier.GONE), Missed(Miss.UNREACHABLE), Missed(Miss.AMBIGUOUS_ABSENCE)]
        )
        yield Observation(at, outcome, True, HAND if by_hand else "api")


def filled(seed: int) -> SqliteStore:
    random = Random(seed)
    store = open_store(":memory:", NOW - 60 * DAY)
    ids = store.keep_register(REGISTER, "{}", NOW - random.choice([1, 5, 60]) * DAY)
    for key, ident in ids.items():
        for look in looks(random, by_hand=key.startswith("threads")):
            run = store.begin_run("poll", look.observed_at, "", "", rehearsal=False)
            store.record(run, [Look(ident, look)])
    return store


@given(seed=st.integers(0, 10**6), share=st.floats(0, 0.999))
@settings(max_examples=60, deadline=None)
def test_until_it_ends_a_kept_page_is_the_page_of_now(seed: int, share: float) -> None:
    with closing(filled(seed)) as store:
        found = audit(store, BENCH, NOW)
        until = valid_until(found)
        assert NOW < until <= NOW + DAY
        later = NOW + (until - NOW) * share
        assert today_view(audit(store, BENCH, later), W) == today_view(found, W)


@pytest.mark.parametrize("language", ["id", "en"])
def test_a_page_comes_back_from_its_text_as_it_was(language: str) -> None:
    for found in (kota_contoh(), young()):
        page = today_view(found, words(language))
        assert from_text(to_text(page)) == page


def test_a_page_ends_with_the_day_of_any_office() -> None:
    assert valid_until(replace(kota_contoh(), rows=(), changes=())) == datetime(2026, 11, 23, 17, tzinfo=UTC)


def test_a_change_leaves_the_week_after_seven_days() -> None:
    audit_ = kota_contoh()
    change = replace(audit_.changes[0], judged_at=audit_.as_of - 7 * DAY + HOUR)
    assert valid_until(replace(audit_, rows=(), changes=(change,))) == audit_.as_of + HOUR


def test_a_page_ends_when_a_person_owes_the_next_look() -> None:
    row = told(unseen())
    looked = replace(row.verdict, status=Status.LOST, proven_until=None, observed_at=NOW - 28 * DAY + HOUR)
    lost = replace(row, verdict=replace(looked, first_look_at=NOW - 90 * DAY), listed_at=NOW - 90 * DAY)
    assert valid_until(replace(kota_contoh(), as_of=NOW, rows=(lost,), changes=())) == NOW + HOUR


def test_what_is_kept_names_the_facts_the_files_and_its_end() -> None:
    with closing(filled(1)) as store:
        store.begin_run("poll", NOW, "", "", rehearsal=False)
        keep_today(store, lambda: audit(store, BENCH, NOW), "files", 60)
        kept = store.heartbeat(KEPT)
        assert kept is not None
        at, detail = kept
        assert (at, detail["mark"], detail["files"], detail["tick"]) == (NOW, store.mark(), "files", "60")
        assert from_text(detail["id"]) == today_view(audit(store, BENCH, NOW), W)
        assert datetime.fromisoformat(detail["until"]) == valid_until(audit(store, BENCH, NOW))


def test_nothing_is_kept_before_anything_happened_or_of_a_very_long_list() -> None:
    with closing(filled(1)) as store:
        found = audit(store, BENCH, NOW)
        keep_today(store, lambda: replace(found, rows=found.rows[:1] * (KEPT_UP_TO + 1)), "files", 60)
        assert store.heartbeat(KEPT) is None
    with closing(open_store(":memory:", NOW)) as store:
        store.keep_register(REGISTER, "{}", NOW)
        keep_today(store, lambda: audit(store, BENCH, NOW), "files", 60)
        assert store.heartbeat(KEPT) is None


@pytest.mark.parametrize(
    ("files", "rehearsal", "later", "looked", "holds"),
    [
        pytest.param("files", True, 0 * DAY, False, True, id="nothing changed: it holds"),
        pytest.param("edited", True, 0 * DAY, False, False, id="an edited list"),
        pytest.param("files", False, 0 * DAY, False, False, id="a rehearsal's page in earnest"),
        pytest.param("files", True, DAY, False, False, id="another day"),
        pytest.param("files", True, -HOUR, False, False, id="a clock that went back"),
        pytest.param("files", True, 0 * DAY, True, False, id="a run since then"),
    ],
)
def test_a_kept_page_holds_until_anything_changes(
    files: str, rehearsal: bool, later: timedelta, looked: bool, holds: bool
) -> None:
    with closing(filled(1)) as store:
        store.begin_run("poll", NOW, "", "", rehearsal=True)
        keep_today(store, lambda: audit(store, replace(BENCH, rehearsal=True), NOW), "files", 60)
        if looked:
            store.begin_run("attest", NOW, "", "", rehearsal=True)
        assert (kept_today(store, NOW + later, files, rehearsal=rehearsal) is not None) is holds


def test_a_page_does_not_outlive_what_another_process_writes() -> None:
    """A look while the page is worked out, in a run that began before; a change found after its run had ended."""
    with closing(filled(1)) as store:
        run = store.begin_run("attest", NOW, "", "", rehearsal=False)
        ident = store.states()[REGISTER.accounts[0].key].id
        look = Look(ident, Observation(NOW, Seen("", "h", (), None), True, "api"))

        def judge() -> Audit:
            found = audit(store, BENCH, NOW)
            store.record(run, [look])
            return found

        keep_today(store, judge, "files", 60)
        assert kept_today(store, NOW, "files", rehearsal=False) is None
        keep_today(store, lambda: audit(store, BENCH, NOW), "files", 60)
        assert kept_today(store, NOW, "files", rehearsal=False) is not None
        store.record_verdicts([], [(ident, Change("k", Status.ACTIVE, Status.SLOW, NOW, Reason.QUIET, NOW))])
        assert kept_today(store, NOW, "files", rehearsal=False) is None
