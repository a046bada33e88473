"""Threads with a token: what Profile Discovery says of a profile, and that its refusals convict nobody."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from auditor.core.model import AccountRef, Miss, Missed, Observation, Outcome, Post, PostKind, Seen, Stops
from auditor.core.quota import Scope
from auditor.core.register import Account, Agency, Register
from auditor.core.verdict import decide
from auditor.fetch.answer import Ask, Exchange, Refused
from auditor.fetch.credential import Credential
from auditor.platforms._threads_api import MAX_PAGES, OPENED, try_token
from auditor.platforms.base import Platform, Window
from auditor.platforms.threads import PLATFORM
from auditor.poll.due import due
from auditor.poll.office import Office, Route, ledger
from auditor.poll.sweep import Sweep
from auditor.poll.swept import Swept
from auditor.store.sqlite import open_store
from auditor.store.verbs import Charge
from tests.build import STANDARD
from tests.core.test_policy import BOOK, WIB

from .script import NOW, Reply, Script, Scripted, of_json

BODIES = json.loads((Path(__file__).parent / "bodies" / "threads.json").read_text("utf-8"))
HANDLE = "humas.kota.contoh"
SINCE = NOW - timedelta(days=60)
DAY = timedelta(days=1)
PATH = "/profile_posts"
NO_PERMISSION = "Application does not have permission for this action"
assert PLATFORM.keyed is not None
KEYED: Platform = PLATFORM.keyed


def post(
    native_id: str, at: datetime | str, kind: str = "TEXT_POST", name: str = HANDLE, **more: Any
) -> dict[str, Any]:
    stamp = at.strftime("%Y-%m-%dT%H:%M:%S+0000") if isinstance(at, datetime) else at
    link = f"https://www.threads.net/@{name}/post/c{native_id}"
    return {"id": native_id, "media_type": kind, "permalink": link, "username": name, "timestamp": stamp, **more}


def page(*posts: Any, cursor: str = "", **more: Any) -> Reply:
    paging = {"paging": {"cursors": {"before": "BEFORE", "after": cursor}, **more}} if cursor or more else {}
    return of_json({"data": list(posts), **paging})


def refusal(code: int, message: str = "Error", status: int = 400, **more: Any) -> Reply:
    return of_json({"error": {"message": message, "type": "THApiException", "code": code, **more}}, status)


def look(script: Script, handle: str = HANDLE, *, proven: bool = False, native_id: str | None = None) -> Outcome:
    """What one look brings."""
    window = Window(SINCE, NOW, proven=proven)
    assert KEYED.timeline is not None
    try:
        said = KEYED.timeline(AccountRef("threads", handle, native_id), None, script, window)
    except Refused as refused:
        return refused.outcome
    assert isinstance(said, Seen)
    return said


def seen(*replies: Scripted) -> Seen:
    said = look(Script({PATH: list(replies)}))
    assert isinstance(said, Seen), said
    return said


def by_name(**answers: Reply) -> Scripted:
    """An answer for each name asked for; `theirs` is for all others."""
    return lambda params: answers.get(params["username"], answers["theirs"])


def word(said: Outcome, handle: str = HANDLE) -> str:
    """The outcome in the words of the sheets."""
    if isinstance(said, Seen):
        return "observed" if said.handle == handle else "renamed"
    assert isinstance(said, Missed), "nothing here can tell why a profile is not served"
    return said.reason


@pytest.mark.parametrize("row", BODIES, ids=[row["case"] for row in BODIES])
def test_every_documented_body_has_its_outcome(row: dict[str, Any]) -> None:
    body = row["body"] if isinstance(row["body"], str) else json.dumps(row["body"])
    said = look(Script({PATH: Reply(row["status"], body.encode(), row["headers"])}))
    assert word(said) == row["outcome"]
    if "detail" in row:
        assert isinstance(said, Missed)
        assert said.detail == row["detail"]


class TestPosts:
    """What a list tells."""

    def test_the_documented_sample_is_read(self) -> None:
        sight = seen(page(post("1234567", "2026-11-17T05:42:03+0000"), cursor="AFTER_CURSOR"), page())
        at = datetime(2026, 11, 17, 5, 42, 3, tzinfo=UTC)
        link = f"https://www.threads.net/@{HANDLE}/post/c1234567"
        assert sight.posts == (Post("1234567", at, PostKind.ORIGINAL, link),)
        assert (sight.native_id, sight.handle, sight.horizon) == (HANDLE, HANDLE, None)

    def test_a_facade_is_a_repost_and_the_next_original_is_the_last_post(self) -> None:
        facade = post("9", NOW - DAY, "REPOST_FACADE", "orang.lain")
        sight = seen(page(facade, post("8", NOW - 5 * DAY)))
        assert [p.kind for p in sight.posts] == [PostKind.REPOST, PostKind.ORIGINAL]
        verdict = decide([Observation(NOW, sight, control_ok=True)], STANDARD, NOW)
        assert verdict.last_post is not None
        assert verdict.last_post.posted_at == NOW - 5 * DAY

    @pytest.mark.parametrize("kind", ["TEXT_POST", "IMAGE", "VIDEO", "CAROUSEL_ALBUM", "AUDIO", "A_KIND_OF_TOMORROW"])
    def test_everything_else_is_an_original_a_quote_too(self, kind: str) -> None:
        assert seen(page(post("1", NOW - DAY, kind, is_quote_post=True))).posts[0].kind is PostKind.ORIGINAL

    def test_the_newest_counts_wherever_it_stands(self) -> None:
        sight = seen(page(post("old", NOW - 300 * DAY), post("new", NOW - DAY), post("mid", NOW - 2 * DAY)))
        assert [p.native_id for p in sight.posts] == ["new", "mid", "old"]

    def test_an_empty_list_is_a_sight_that_covers_nothing(self) -> None:
        for empty in (page(), page(cursor="AFTER")):
            sight = seen(empty)
            assert (sight.posts, sight.horizon) == ((), NOW)

    def test_a_post_without_a_date_is_undated_and_never_now(self) -> None:
        sight = seen(page(post("a", NOW - DAY), post("b", "kemarin")))
        assert [p.native_id for p in sight.posts] == ["a"]
        assert sight.undated == {"b"}

    def test_a_date_of_the_future_is_passed_on(self) -> None:
        assert seen(page(post("a", NOW + DAY / 24))).posts[0].posted_at == NOW + DAY / 24

    def test_a_post_that_cannot_be_read_makes_the_list_cover_nothing(self) -> None:
        for odd in ({"media_type": "IMAGE"}, "halo", post("x", NOW, name="orang.lain")):
            sight = seen(page(post("a", NOW - DAY), odd))
            assert sight.horizon == NOW
            assert len(sight.posts) == 1

    @pytest.mark.parametrize("link", ["javascript:alert(1)", "https://contoh.example/@a/post/b", "", None, 7])
    def test_an_address_that_is_none_of_threads_is_not_kept(self, link: object) -> None:
        assert seen(page(post("a", NOW - DAY, permalink=link))).posts[0].url is None


class TestNames:
    """The handle is the only key there is."""

    def test_one_other_name_throughout_is_the_new_name_of_the_same_account(self) -> None:
        sight = seen(
            page(post("a", NOW - DAY, name="kota.contoh.baru"), post("b", NOW - 2 * DAY, name="Kota.Contoh.Baru"))
        )
        assert (sight.native_id, sight.handle, len(sight.posts)) == (HANDLE, "kota.contoh.baru", 2)

    def test_the_first_name_stands_for_the_account_for_good(self) -> None:
        said = look(
            Script({PATH: page(post("a", NOW - DAY, name="kota.contoh.baru"))}), "kota.contoh.baru", native_id=HANDLE
        )
        assert isinstance(said, Seen)
        assert (said.native_id, said.handle) == (HANDLE, "kota.contoh.baru")

    def test_the_case_of_a_name_does_not_matter_and_a_missing_one_says_nothing(self) -> None:
        for name in (HANDLE.upper(), None, 7, "dua kata"):
            assert seen(page(post("a", NOW - DAY, username=name))).handle == HANDLE

    def test_whose_post_was_shared_is_no_name_of_the_account(self) -> None:
        facades = page(post("a", NOW - DAY, "REPOST_FACADE", "satu"), post("b", NOW - DAY, "REPOST_FACADE", "dua"))
        assert seen(facades).handle == HANDLE

    def test_a_name_that_no_profile_has_is_never_asked_for(self) -> None:
        script = Script({})
        said = look(script, "humas kota/../me")
        assert (word(said), script.requests) == ("our_request_invalid", [])


class TestPages:
    """What is asked, and how far."""

    def test_what_is_asked_is_what_the_sheet_says(self) -> None:
        script = Script({PATH: [page(post("a", NOW - DAY), cursor="C1"), page(post("b", NOW - 90 * DAY), cursor="C2")]})
        look(script)
        assert [dict(r.params) for r in script.requests] == [
            {"username": HANDLE, "fields": "id,username,timestamp,media_type,permalink", "limit": "10"},
            {"username": HANDLE, "fields": "id,username,timestamp,media_type,permalink", "limit": "10", "after": "C1"},
        ]

    def test_reading_stops_at_the_start_of_the_window(self) -> None:
        sight = seen(page(post("a", NOW - DAY), post("b", SINCE - DAY), cursor="MORE"))
        assert sight.horizon == SINCE - DAY

    def test_no_more_pages_than_allowed_and_then_only_what_was_read_is_covered(self) -> None:
        n = iter(range(99))
        script = Script({PATH: lambda _: page(post(f"p{(i := next(n))}", NOW - i * DAY), cursor=f"C{i}")})
        said = look(script)
        assert isinstance(said, Seen)
        assert len(script.requests) == MAX_PAGES == KEYED.capability.max_pages
        assert said.horizon == NOW - (MAX_PAGES - 1) * DAY

    def test_a_cursor_that_comes_back_ends_the_reading_and_not_the_list(self) -> None:
        script = Script({PATH: page(post("a", NOW - DAY), cursor="SAME")})
        said = look(script)
        assert isinstance(said, Seen)
        assert len(script.requests) == 2
        assert said.horizon == NOW - DAY

    def test_nothing_is_asked_from_before_threads_opened_and_never_both_ways_at_once(self) -> None:
        """Posts are never asked for by date: what is older than the window is what proves that nothing is newer."""
        script = Script({PATH: page(post("a", OPENED + DAY), cursor="C")})
        window = Window(datetime(2020, 9, 13, 12, 26, 40, tzinfo=UTC), NOW)
        assert KEYED.timeline is not None
        KEYED.timeline(AccountRef("threads", HANDLE), None, script, window)
        assert datetime(2023, 7, 5, 7, tzinfo=UTC) == OPENED
        for asked in script.requests:
            assert {name for name, _ in asked.params} <= {"username", "fields", "limit", "after"}

    def test_the_oldest_instant_there_can_be_is_old_enough(self) -> None:
        script = Script({PATH: page(post("a", OPENED), cursor="C")})
        assert KEYED.timeline is not None
        KEYED.timeline(AccountRef("threads", HANDLE), None, script, Window(datetime(2020, 1, 1, tzinfo=UTC), NOW))
        assert len(script.requests) == 1

    def test_a_page_without_posts_is_no_end_as_long_as_there_is_a_next(self) -> None:
        sight = seen(page(post("a", NOW - DAY), cursor="C1"), page(cursor="C2"), page(post("b", NOW - 9 * DAY)))
        assert ([p.native_id for p in sight.posts], sight.horizon) == (["a", "b"], None)

    def test_the_address_of_the_next_page_gives_its_cursor_and_nothing_else(self) -> None:
        following = "https://graph.threads.net/v1.0/profile_posts?access_token=RAHASIA&after=C1&limit=10"
        script = Script({PATH: [of_json({"data": [post("a", NOW - DAY)], "paging": {"next": following}}), page()]})
        said = look(script)
        assert script.requests[1].get("after") == "C1"
        assert "RAHASIA" not in repr((said, script.requests))

    def test_an_older_page_that_is_missed_takes_nothing_from_the_newer(self) -> None:
        sight = seen(page(post("a", NOW - DAY), cursor="C"), refusal(2, status=500))
        assert (len(sight.posts), sight.horizon) == (1, NOW - DAY)


class TestCodeTen:
    """Said of an app that may read nobody, and of a profile that nobody may read."""

    TEN = refusal(10, NO_PERMISSION)
    FINE = page(post("1", NOW - DAY, name="threads"))

    def test_an_app_that_never_read_anybody_of_the_list_is_at_fault(self) -> None:
        script = Script({PATH: by_name(threads=self.FINE, theirs=self.TEN)})
        assert look(script) == Missed(Miss.PERMISSION_MISSING, "never_read")
        assert len(script.requests) == 1

    @pytest.mark.parametrize("how", ["in an earlier sweep", "in this one"])
    def test_where_others_were_read_and_the_control_is_the_profile_is_not_eligible(self, how: str) -> None:
        fine = page(post("1", NOW - DAY, name="lain.contoh"))
        script = Script({PATH: by_name(**{"threads": self.FINE, "lain.contoh": fine, "theirs": self.TEN})})
        if how == "in this one":
            look(script, "lain.contoh")
        assert look(script, proven=how != "in this one") == Missed(Miss.AMBIGUOUS_ABSENCE, "not_eligible")

    def test_where_the_control_is_refused_too_the_app_is_at_fault(self) -> None:
        script = Script({PATH: self.TEN})
        said = look(script, proven=True)
        assert isinstance(said, Missed)
        assert said.reason is Miss.PERMISSION_MISSING

    @pytest.mark.parametrize("control", [FINE, TEN], ids=["that is read", "that is refused"])
    def test_a_control_is_asked_once_a_sweep(self, control: Reply) -> None:
        script = Script({PATH: by_name(threads=control, theirs=self.TEN)})
        said = [look(script, proven=True), look(script, "dinas.kota.contoh", proven=True)]
        assert said[0] == said[1]
        assert [r.get("username") for r in script.requests].count("threads") == 1

    def test_an_app_that_may_read_nobody_is_not_asked_about_everybody(self) -> None:
        script = Script({PATH: self.TEN})
        look(script, proven=True)
        before = len(script.requests)
        assert word(look(script, "dinas.kota.contoh", proven=True)) == "permission_missing"
        assert len(script.requests) == before

    def test_a_control_that_was_not_answered_decides_nothing(self) -> None:
        script = Script({PATH: by_name(threads=refusal(4), theirs=self.TEN)})
        said = look(script, proven=True)
        assert isinstance(said, Missed)
        assert (said.reason, said.stops) == (Miss.RATE_LIMITED, Stops.CREDENTIAL)

    def test_a_profile_of_metas_own_proves_no_access_to_others(self) -> None:
        script = Script({PATH: by_name(threads=self.FINE, theirs=self.TEN)})
        assert isinstance(look(script, "threads"), Seen)
        assert look(script) == Missed(Miss.PERMISSION_MISSING, "never_read")

    def test_the_control_itself_asks_for_no_control(self) -> None:
        script = Script({PATH: self.TEN})
        assert word(look(script, "threads", proven=True)) == "permission_missing"
        assert len(script.requests) == 1


class TestAllowance:
    """A thousand requests in any 24 hours, for each token."""

    def test_the_thousandth_is_asked_and_the_next_is_refused_without_asking_also_by_another_process(
        self, tmp_path: Path
    ) -> None:
        script = Script({PATH: page(post("a", NOW - DAY, username=None))})
        office = offices("satu.contoh", "dua.contoh")
        (route,) = office.routes["threads"]
        quota = route.platform.capability.quotas[0]
        with closing(open_store(tmp_path / "facts.db", NOW)) as store:
            start = NOW - timedelta(hours=20)
            store.spend([Charge(ledger(route.lane(""), quota), quota.window(start)[0], 999)])
        found = [swept(tmp_path, office, script, NOW + n * DAY / 24) for n in (0, 1)]
        assert [len(script.requests), *((dict(f.missed), f.left) for f in found)] == [
            1,
            ({"quota_exhausted": 1}, 0),
            ({}, 2),  # the lane waits until the oldest units leave the window
        ]
        assert swept(tmp_path, office, script, NOW + timedelta(hours=5)).seen == 2

    def test_it_is_counted_by_us(self) -> None:
        quota = KEYED.capability.quota
        assert quota is not None
        assert (quota.units, quota.per, quota.scope) == (1000, DAY, Scope.CREDENTIAL)
        assert quota.rolling

    def test_usage_headers_are_obeyed_where_they_come(self) -> None:
        assert KEYED.capability.rest is not None
        script = Script({PATH: page(post("a", NOW - DAY))})
        answer = script("GET", PATH)
        assert KEYED.capability.rest(answer) is None
        busy = replace(answer, headers={"x-app-usage": '{"call_count":96,"total_time":2,"total_cputime":2}'})
        rest = KEYED.capability.rest(busy)
        assert rest is not None
        assert (rest.until, rest.stops) == (NOW + timedelta(hours=1), Stops.CREDENTIAL)


REFUSED = {
    "without the permission": (refusal(10, NO_PERMISSION), Miss.PERMISSION_MISSING),
    "expired": (refusal(190, error_subcode=463), Miss.CREDENTIAL_REJECTED),
    "another document": (of_json({"id": "1"}), Miss.UNRECOGNISED),
}


class TestToken:
    """One call tells what a token is worth."""

    def test_a_token_that_may_look_at_profiles_works(self) -> None:
        script = Script({PATH: page(post("1", NOW, name="threads"))})
        try_token(script)
        (asked,) = script.requests
        assert (asked.get("username"), asked.get("limit")) == ("threads", "1")

    @pytest.mark.parametrize(("reply", "reason"), REFUSED.values(), ids=REFUSED)
    def test_one_that_does_not_work_says_why(self, reply: Reply, reason: Miss) -> None:
        with pytest.raises(Refused) as caught:
            try_token(Script({PATH: reply}))
        assert isinstance(caught.value.outcome, Missed)
        assert caught.value.outcome.reason is reason

    def test_threads_is_opt_in_and_tells_nothing_apart(self) -> None:
        assert not KEYED.capability.default_on
        assert KEYED.capability.tells_apart == frozenset()
        assert KEYED.secret is not None
        assert (KEYED.secret.variable, KEYED.secret.header) == ("AUDITOR_THREADS_ACCESS_TOKEN", "Authorization")


# --- whole sweeps ---


def offices(*handles: str) -> Office:
    """An office with a token and these profiles."""
    accounts = tuple(
        Account(f"threads:{h}", AccountRef("threads", h), f"https://www.threads.com/@{h}", "a", h, "f:1")
        for h in handles
    )
    register = Register((Agency("a", "Dinas Contoh", "Asia/Jakarta", WIB),), accounts, "0" * 64)
    route = Route(KEYED, Credential("AUDITOR_THREADS_ACCESS_TOKEN"))
    return Office(register, BOOK, {}, {"threads": [route]})


def swept(folder: Path, office: Office, script: Script, now: datetime) -> Swept:
    """One sweep by a process of its own."""

    @contextmanager
    def doors(route: Route | None, on_exchange: Callable[[Exchange], None]) -> Iterator[Ask]:
        yield script

    path = folder / "facts.db"
    with closing(open_store(path, now)) as store:
        ids = store.keep_register(office.register, "{}", now)
        run = store.begin_run("poll", now, "0" * 64, "v", rehearsal=False)
        states, office = store.states(), replace(office, ids=ids)
        owed = due(office, states, now, everything=True)
        facts = partial(open_store, path, now, read_only=True)
        return Sweep(office, store, facts, doors, lambda: now, lambda _: False).run(owed, states, run)


json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8), lambda inner: st.lists(inner, max_size=3)
)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.fixed_dictionaries({}, optional=dict.fromkeys(post("a", NOW), json_values)), max_size=4), json_values
)
def test_no_garbled_list_covers_anything_it_should_not(posts: list[dict[str, Any]], paging: Any) -> None:
    said = look(Script({PATH: of_json({"data": posts, "paging": paging})}))
    if isinstance(said, Seen):
        assert len(said.posts) + len(said.undated) <= len(posts)
        assert said.posts or said.horizon == NOW
    else:
        assert isinstance(said, Missed)
