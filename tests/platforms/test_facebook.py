"""Facebook Pages: fifty questions in one request, an outcome for each, and what the answers mean."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import parse_qs, parse_qsl

import pytest
from hypothesis import given, settings, strategies as st

from auditor.core.model import AccountRef, Barrier, Miss, Missed, Outcome, Post, PostKind, Seen, Stops, Unreadable
from auditor.core.quota import Rest
from auditor.fetch.answer import Answer, Cost, Params, Refused, missed
from auditor.platforms._facebook_api import HOPS, LARGE, MAX_PAGES
from auditor.platforms.base import Platform, Unchanged, Window
from auditor.platforms.facebook import PLATFORM

from .mutate import mutations
from .script import NOW

BODIES = json.loads((Path(__file__).parent / "bodies/facebook.json").read_text("utf-8"))
PAGE, OTHER, THIRD = "100200300", "400500600", "700800900"
SINCE = NOW - timedelta(days=60)
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
JSON = {"content-type": "application/json; charset=UTF-8"}
assert PLATFORM.keyed is not None
KEYED: Platform = PLATFORM.keyed
assert KEYED.bulk is not None
assert KEYED.timeline is not None


@dataclass(frozen=True)
class Part:
    """What the vendor says to one question."""

    status: int = 200
    body: Any = None  # a document, or a text as it is
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        return self.body if isinstance(self.body, str) else json.dumps(self.body)

    @property
    def entry(self) -> dict[str, Any]:
        """In a batch: headers as a list, the body as a text."""
        return {
            "code": self.status,
            "headers": [{"name": n.title(), "value": v} for n, v in self.headers.items()],
            "body": self.text,
        }


Said: TypeAlias = Part | Refused | None


@dataclass
class Asked:
    """One question of a batch, or one request."""

    path: str
    params: dict[str, str]


class Graph:
    """An `Ask`: answers by path, in order, the last one stays. A None is a null entry; `whole` replaces a batch."""

    def __init__(
        self, answers: Mapping[str, Said | Sequence[Said]], whole: Sequence[Said] = (), headers: Any = None
    ) -> None:
        self.answers = {k: list(v) if isinstance(v, list | tuple) else [v] for k, v in answers.items()}
        self.whole, self.headers = list(whole), dict(headers or {})
        self.batches: list[list[Asked]] = []
        self.singles: list[Asked] = []
        self.costs: list[Cost | None] = []
        self.about: dict[str, str] = {}
        self.memory: dict[str, object] = {}
        self.proofs: dict[str, str] = {}

    def proof(self, token: str) -> str | None:
        return self.proofs.get(token)

    @property
    def asked(self) -> list[Asked]:
        return [one for batch in self.batches for one in batch]

    def __call__(
        self,
        method: str,
        url: str,
        /,
        params: Params = (),
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        *,
        large: bool = False,
        cost: Cost | None = None,
    ) -> Answer:
        self.costs.append(cost)
        if method == "GET":
            self.singles.append(Asked(url, dict(params)))
            return self._answer(self._next(url), url)
        assert (method, url, params) == ("POST", "/", ())
        assert headers == {"content-type": "application/x-www-form-urlencoded"}
        form = parse_qs((body or b"").decode(), strict_parsing=True)
        assert form.keys() == {"batch", "include_headers"}
        assert form["include_headers"] == ["true"]
        batch = json.loads(form["batch"][0])
        assert 1 <= len(batch) <= 50
        assert all(one.keys() == {"method", "relative_url"} and one["method"] == "GET" for one in batch)
        asked = [Asked(p, dict(parse_qsl(q))) for p, _, q in (one["relative_url"].partition("?") for one in batch)]
        self.batches.append(asked)
        if self.whole:
            return self._answer(self.whole.pop(0) if len(self.whole) > 1 else self.whole[0], url)
        parts = [self._next(one.path) for one in asked]
        assert not any(isinstance(part, Refused) for part in parts)
        entries = [part.entry if isinstance(part, Part) else None for part in parts]
        return self._answer(Part(body=entries, headers=self.headers), url)

    def _next(self, path: str) -> Said:
        assert path in self.answers or path == "me/accounts", f"nobody expected {path}"
        queue = self.answers.get(path, [Part(body={"data": []})])
        return queue.pop(0) if len(queue) > 1 else queue[0]

    def _answer(self, said: Said, url: str) -> Answer:
        if isinstance(said, Refused):
            raise said
        assert said is not None
        return Answer(said.status, {**JSON, **said.headers}, said.text.encode(), f"https://graph.example{url}", NOW)


def iso(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S+0000")


def item(n: int, at: datetime | None, page: str = PAGE, **more: Any) -> dict[str, Any]:
    dated = {} if at is None else {"created_time": iso(at)}
    return {"id": f"{page}_{n}", **dated, "status_type": "added_photos", "is_published": True} | more


def posts(*items: Any, after: str = "", cursors: bool = True) -> Part:
    """As recorded: the last page has cursors too, but no `next`; `next` holds the token."""
    paging: dict[str, Any] = {"cursors": {"before": "QVFI", "after": after or "QVFI"}} if cursors else {}
    if after:
        url = f"https://graph.facebook.com/v26.0/{PAGE}/published_posts?access_token=RAHASIA&limit=10&after={after}"
        paging["next"] = url
    return Part(body={"data": list(items), "paging": paging})


def error(code: int, message: str = "…", sub: int | None = None, status: int = 400, **headers: str) -> Part:
    said = {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "AbCdEf"}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Part(status, {"error": said | ({} if sub is None else {"error_subcode": sub})}, named)


ABSENT = error(100, "Unsupported get request. Object with ID '1' does not exist", 33)
NO_ALIAS = error(803, "(#803) Some of the aliases you requested do not exist: dinkes.contoh")


def ref(handle: str = "dinkes.contoh", native_id: str | None = PAGE) -> AccountRef:
    return AccountRef("facebook", handle, native_id)


def edge(page: str = PAGE, name: str = "published_posts") -> str:
    return f"{page}/{name}"


def many(refs: Sequence[AccountRef], graph: Graph, since: datetime = SINCE) -> list[Outcome | Unchanged]:
    assert KEYED.bulk is not None
    answered = list(KEYED.bulk([(r, Window(since, NOW)) for r in refs], graph))
    assert [r for r, _ in answered] == list(refs), "each account is answered once, in order"
    return [said for _, said in answered]


def one(graph: Graph, account: AccountRef | None = None, since: datetime = SINCE) -> Outcome:
    """The answer about one account."""
    (found,) = many([account or ref()], graph, since)
    assert not isinstance(found, Unchanged)
    return found


def seen(outcome: Outcome | Unchanged) -> Seen:
    assert isinstance(outcome, Seen), outcome
    return outcome


SAMPLE = posts(
    item(556, datetime(2026, 11, 19, 19, 9, 52, tzinfo=UTC)),
    item(555, datetime(2026, 11, 18, 15, 30, 19, tzinfo=UTC), status_type="shared_story"),
)


class TestPosts:
    """What a list says."""

    def test_the_sample_is_read_and_the_newest_post_is_its_last(self) -> None:
        found = seen(one(Graph({edge(): SAMPLE})))
        assert (found.native_id, found.handle) == (PAGE, "dinkes.contoh")
        assert found.posts[0].posted_at == datetime(2026, 11, 19, 19, 9, 52, tzinfo=UTC)
        assert [p.kind for p in found.posts] == [PostKind.ORIGINAL, PostKind.REPOST]
        assert found.horizon is None

    def test_a_question_is_as_documented(self) -> None:
        graph = Graph({edge(): SAMPLE})
        one(graph)
        (asked,) = graph.asked
        assert asked.params == {"fields": "id,created_time,status_type,is_published,permalink_url", "limit": "10"}

    def test_an_empty_list_is_a_sight_that_covers_nothing(self) -> None:
        found = seen(one(Graph({edge(): posts()})))
        assert (found.posts, found.horizon) == ((), NOW)

    def test_an_empty_page_with_a_next_one_is_followed(self) -> None:
        graph = Graph({edge(): [posts(after="QVFJ"), posts(item(1, NOW - DAY))]})
        assert len(seen(one(graph)).posts) == 1
        assert [asked.params.get("after") for asked in graph.asked] == [None, "QVFJ"]

    def test_without_cursors_the_one_inside_next_is_used_and_nothing_else_of_it(self) -> None:
        body = posts(after="QVFJ").body
        del body["paging"]["cursors"]
        graph = Graph({edge(): [Part(body=body), posts(item(1, NOW - DAY))]})
        one(graph)
        assert graph.asked[1].params["after"] == "QVFJ"
        assert "RAHASIA" not in repr([asked.params for asked in graph.asked])

    def test_a_cursor_without_a_next_page_is_the_end(self) -> None:
        graph = Graph({edge(): posts(item(1, NOW - DAY))})
        assert seen(one(graph)).horizon is None
        assert len(graph.asked) == 1

    def test_it_is_paged_back_to_the_windows_start_and_no_further(self) -> None:
        pages = [
            posts(*(item(10 * n + k, NOW - (10 * n + k) * DAY) for k in range(10)), after=f"P{n}") for n in range(9)
        ]
        graph = Graph({edge(): pages})
        found = seen(one(graph, since=NOW - 25 * DAY))
        assert len(graph.asked) == 3
        assert found.horizon == NOW - 29 * DAY
        assert [asked.params["limit"] for asked in graph.asked] == ["10", "100", "100"]

    def test_pages_end_somewhere_and_a_limit_above_a_hundred_is_never_sent(self) -> None:
        pages = [posts(item(n, NOW - n * MINUTE), after=f"P{n}") for n in range(99)]
        graph = Graph({edge(): pages})
        assert seen(one(graph)).horizon == NOW - (MAX_PAGES - 1) * MINUTE
        assert len(graph.asked) == MAX_PAGES
        assert max(int(asked.params["limit"]) for asked in graph.asked) <= 100
        assert LARGE <= 100

    def test_a_cursor_that_leads_to_itself_ends_the_list_without_a_claim_to_its_beginning(self) -> None:
        graph = Graph({edge(): posts(item(1, NOW - DAY), after="SAMA")})
        assert seen(one(graph)).horizon == NOW - DAY
        assert len(graph.asked) == 2

    def test_what_is_not_published_is_ignored(self) -> None:
        graph = Graph({edge(): posts(item(2, NOW, is_published=False), item(1, NOW - 9 * DAY))})
        assert [p.native_id for p in seen(one(graph)).posts] == [f"{PAGE}_1"]

    def test_a_post_dated_back_is_as_old_as_it_says_and_does_not_stand_in_order(self) -> None:
        """Of a Page with posts of this year, one of 2019 on top, and at the end."""
        old = iso(datetime(2019, 1, 1, tzinfo=UTC))
        marked = item(3, datetime(2019, 1, 1, tzinfo=UTC), backdated_time=old)
        unmarked = item(4, datetime(2019, 1, 1, tzinfo=UTC))
        graph = Graph({edge(): [posts(unmarked, item(2, NOW - 9 * DAY), marked, after="LAGI"), posts()]})
        found = seen(one(graph))
        assert found.posts[0].posted_at == NOW - 9 * DAY
        assert len(graph.asked) == 2, "the dated-back post does not reach to the window's start"

    def test_the_order_of_the_list_decides_nothing(self) -> None:
        graph = Graph({edge(): posts(item(1, NOW - 9 * DAY), item(3, NOW - DAY), item(2, NOW - 5 * DAY))})
        assert [p.posted_at for p in seen(one(graph)).posts] == [NOW - DAY, NOW - 5 * DAY, NOW - 9 * DAY]

    def test_a_post_without_a_date_is_undated_not_now(self) -> None:
        found = seen(one(Graph({edge(): posts(item(2, None), item(1, NOW - DAY))})))
        assert found.undated == {f"{PAGE}_2"}
        assert [p.native_id for p in found.posts] == [f"{PAGE}_1"]

    def test_a_post_of_the_future_is_passed_on_as_claimed(self) -> None:
        found = seen(one(Graph({edge(): posts(item(1, NOW + timedelta(hours=1)))})))
        assert found.posts == (
            Post(f"{PAGE}_1", NOW + timedelta(hours=1), url=f"https://www.facebook.com/{PAGE}/posts/1"),
        )

    @pytest.mark.parametrize(
        ("stated", "kept"),
        [
            (f"https://www.facebook.com/{PAGE}/posts/7", f"https://www.facebook.com/{PAGE}/posts/7"),
            ("https://www.facebook.com/photo.php?fbid=7&id=1", "https://www.facebook.com/photo.php?fbid=7&id=1"),
            ("https://lain.example/posts/7", f"https://www.facebook.com/{PAGE}/posts/1"),
            ("https://www.facebook.com/x?access_token=RAHASIA", f"https://www.facebook.com/{PAGE}/posts/1"),
            ("https://a:b@www.facebook.com/x", f"https://www.facebook.com/{PAGE}/posts/1"),
            ("javascript:alert(1)", f"https://www.facebook.com/{PAGE}/posts/1"),
            (None, f"https://www.facebook.com/{PAGE}/posts/1"),
        ],
        ids=["as stated", "with parameters", "of another host", "with a token", "with a password", "no web", "none"],
    )
    def test_a_posts_address_leads_to_facebook_and_holds_no_secret(self, stated: str | None, kept: str) -> None:
        found = seen(one(Graph({edge(): posts(item(1, NOW - DAY, permalink_url=stated))})))
        assert found.posts[0].url == kept

    def test_an_entry_that_cannot_be_read_makes_the_list_cover_nothing(self) -> None:
        found = seen(one(Graph({edge(): posts(item(1, NOW - DAY), {"halo": 1})})))
        assert found.horizon == NOW

    def test_an_older_page_that_fails_takes_nothing_from_the_pages_before(self) -> None:
        found = seen(one(Graph({edge(): [posts(item(1, NOW - DAY), after="LAGI"), error(2)]})))
        assert found.horizon == NOW - DAY

    def test_where_less_data_is_asked_for_it_is_halved_and_asked_again(self) -> None:
        graph = Graph({edge(): [error(1, "Please reduce the amount of data you're asking for", status=500), SAMPLE]})
        assert len(seen(one(graph)).posts) == 2
        assert [asked.params["limit"] for asked in graph.asked] == ["10", "5"]

    @pytest.mark.parametrize(
        "refusal",
        [
            error(100, "(#100) Tried accessing nonexisting field (published_posts) on node type (Page)"),
            error(2500, "Unknown path components: /published_posts"),
        ],
        ids=["as a field", "as a path"],
    )
    def test_where_the_edge_does_not_exist_the_older_one_is_asked_from_then_on(self, refusal: Part) -> None:
        graph = Graph({edge(): refusal, edge(name="posts"): SAMPLE})
        assert len(seen(one(graph)).posts) == 2
        assert len(seen(one(graph)).posts) == 2
        assert [asked.path for asked in graph.asked] == [edge(), edge(name="posts"), edge(name="posts")]

    def test_where_neither_edge_exists_the_request_is_wrong(self) -> None:
        refusal = error(2500, "Unknown path components")
        outcome = one(Graph({edge(): refusal, edge(name="posts"): refusal}))
        assert isinstance(outcome, Missed)
        assert outcome.reason is Miss.OUR_REQUEST_INVALID


class TestNames:
    """A name is resolved once; from then on a Page is asked for by its id."""

    def test_a_name_is_resolved_and_its_page_read_by_id(self) -> None:
        graph = Graph({"dinkes.contoh": Part(body={"id": PAGE, "username": "Dinkes.Contoh"}), edge(): SAMPLE})
        found = seen(one(graph, ref(native_id=None)))
        assert (found.native_id, found.handle) == (PAGE, "dinkes.contoh")
        assert [asked.path for asked in graph.asked] == ["dinkes.contoh", edge()]
        assert graph.asked[0].params == {"fields": "id,username"}

    def test_a_learnt_id_is_asked_for_alone(self) -> None:
        graph = Graph({edge(): SAMPLE})
        one(graph)
        assert [asked.path for asked in graph.asked] == [edge()]

    def test_a_number_of_an_address_stays_the_handle_and_the_answer_names_the_id(self) -> None:
        graph = Graph({"61550000000001": Part(body={"id": PAGE, "username": "dinkes.contoh"}), edge(): SAMPLE})
        found = seen(one(graph, ref("61550000000001", None)))
        assert (found.native_id, found.handle) == (PAGE, "61550000000001")

    @pytest.mark.parametrize("name", [None, "", "a b", "\x1b[31mdinkes", "x" * 101, 5])
    def test_a_strange_name_of_today_is_no_handle(self, name: Any) -> None:
        graph = Graph({"dinkes.contoh": Part(body={"id": PAGE, "username": name}), edge(): SAMPLE})
        assert seen(one(graph, ref(native_id=None))).handle == "dinkes.contoh"

    def test_a_name_that_nobody_has_was_never_resolved(self) -> None:
        assert one(Graph({"dinkes.contoh": NO_ALIAS}), ref(native_id=None)) == Unreadable(
            Barrier.GONE, "never_resolved"
        )

    def test_the_name_of_a_known_page_that_nobody_has_any_more_decides_nothing_and_is_said(self) -> None:
        graph = Graph({edge(): ABSENT, "dinkes.contoh": NO_ALIAS})
        outcome = one(graph)
        assert outcome == Missed(Miss.AMBIGUOUS_ABSENCE, "alias_unknown")
        assert [asked.path for asked in graph.asked] == [edge(), "dinkes.contoh"]

    def test_a_name_that_leads_to_another_page_by_now_is_taken(self) -> None:
        graph = Graph({edge(): ABSENT, "dinkes.contoh": Part(body={"id": OTHER})})
        assert one(graph) == Unreadable(Barrier.TAKEN, "handle_taken")

    def test_a_name_that_leads_where_it_did_leaves_the_absence_unexplained(self) -> None:
        outcome = one(Graph({edge(): ABSENT, "dinkes.contoh": Part(body={"id": PAGE})}))
        assert outcome == Missed(Miss.AMBIGUOUS_ABSENCE, "100/33")

    @pytest.mark.parametrize("answer", [error(2), error(190), Part(body="<html>"), None], ids=str)
    def test_what_goes_wrong_with_the_name_changes_nothing(self, answer: Said) -> None:
        outcome = one(Graph({edge(): ABSENT, "dinkes.contoh": answer}))
        assert outcome == Missed(Miss.AMBIGUOUS_ABSENCE, "100/33")

    def test_a_name_of_a_person_is_of_the_wrong_kind(self) -> None:
        said = error(803, "(#803) Cannot query users by their username (dinkes.contoh)")
        outcome = one(Graph({"dinkes.contoh": said}), ref(native_id=None))
        assert isinstance(outcome, Unreadable)
        assert outcome.barrier is Barrier.WRONG_KIND


MERGED = error(21, f"(#21) Page ID {PAGE} was migrated to page ID {OTHER}.  Please update your API calls to the new ID")


class TestMerger:
    """A Page that became part of another, by Meta's own word."""

    def test_it_is_judged_by_the_page_it_became_part_of_and_said_to_have_moved(self) -> None:
        """Neither lost, nor a silent merger: the learnt id stays, and the flag names the new one."""
        graph = Graph({edge(): MERGED, edge(OTHER): posts(item(1, NOW - DAY, OTHER))})
        found = seen(one(graph))
        assert found.native_id == PAGE
        assert found.flags == {f"moved_to=https://www.facebook.com/{OTHER}"}
        assert [p.native_id for p in found.posts] == [f"{OTHER}_1"]

    def test_where_no_id_was_learnt_the_new_one_is(self) -> None:
        graph = Graph({"dinkes.contoh": [MERGED], OTHER: Part(body={"id": OTHER}), edge(OTHER): SAMPLE})
        found = seen(one(graph, ref(native_id=None)))
        assert (found.native_id, found.flags) == (OTHER, frozenset())

    def test_an_empty_list_of_the_new_page_proves_nothing(self) -> None:
        assert seen(one(Graph({edge(): MERGED, edge(OTHER): posts()}))).horizon == NOW

    def test_mergers_in_a_circle_end(self) -> None:
        back = error(21, f"(#21) Page ID {OTHER} was migrated to page ID {PAGE}.  Please update")
        graph = Graph({edge(): MERGED, edge(OTHER): back})
        outcome = one(graph)
        assert isinstance(outcome, Missed)
        assert outcome.reason is Miss.UNRECOGNISED
        assert len(graph.asked) == HOPS + 1

    def test_what_is_wrong_with_the_new_page_is_the_outcome(self) -> None:
        outcome = one(Graph({edge(): MERGED, edge(OTHER): error(2), "dinkes.contoh": NO_ALIAS}))
        assert outcome == Missed(Miss.UNREACHABLE, "2")


class TestBatch:
    """One request for fifty, an outcome for each."""

    def test_only_the_page_that_is_not_there_is_not_there(self) -> None:
        refs = [ref(f"dinas{n}.contoh", str(1000 + n)) for n in range(1, 6)]
        answers: dict[str, Said] = {edge(str(1000 + n)): posts(item(1, NOW - DAY)) for n in range(1, 6)}
        found = many(refs, Graph({**answers, edge("1003"): ABSENT, "dinas3.contoh": Part(body={"id": "1003"})}))
        assert [isinstance(o, Seen) for o in found] == [True, True, False, True, True]
        assert found[2] == Missed(Miss.AMBIGUOUS_ABSENCE, "100/33")

    @pytest.mark.parametrize("accounts", [1, 49, 50, 51, 120])
    def test_no_batch_holds_more_than_fifty_and_each_question_is_counted(self, accounts: int) -> None:
        refs = [ref(f"dinas{n}.contoh", str(1000 + n)) for n in range(accounts)]
        graph = Graph({edge(str(1000 + n)): SAMPLE for n in range(accounts)})
        assert all(isinstance(o, Seen) for o in many(refs, graph))
        assert sum(len(batch) for batch in graph.batches) == accounts
        assert len(graph.batches) == -(-accounts // 50)
        assert graph.costs[1:] == [{"call": len(batch)} for batch in graph.batches]
        assert graph.costs[0] is None, "the question about roles counts as one call"

    def test_only_who_has_more_to_read_is_asked_again(self) -> None:
        graph = Graph(
            {
                edge(): [posts(item(1, NOW - DAY), after="LAGI"), posts(item(2, NOW - 2 * DAY))],
                edge(OTHER): posts(item(1, NOW - DAY, OTHER)),
            }
        )
        many([ref(), ref("disdik.contoh", OTHER)], graph)
        assert [[asked.path for asked in batch] for batch in graph.batches] == [[edge(), edge(OTHER)], [edge()]]

    @pytest.mark.parametrize("code", [4, 17, 190, 368])
    def test_once_one_answer_stops_the_credential_nothing_more_is_asked_with_it(self, code: int) -> None:
        graph = Graph(
            {
                "dinkes.contoh": error(code),
                "disdik.contoh": Part(body={"id": OTHER, "username": "disdik.contoh"}),
                edge(OTHER): SAMPLE,
                edge(THIRD): SAMPLE,
            }
        )
        found = many([ref(native_id=None), ref("disdik.contoh", None), ref("bapenda.contoh", THIRD)], graph)
        assert len(graph.batches) == 1
        assert len({repr(said) for said in found}) == 1, "they wait for the same reason"

    def test_a_null_is_asked_once_more_alone(self) -> None:
        graph = Graph({edge(): [None, SAMPLE], edge(OTHER): SAMPLE})
        found = many([ref(), ref("disdik.contoh", OTHER)], graph)
        assert all(isinstance(o, Seen) for o in found)
        assert [[asked.path for asked in batch] for batch in graph.batches] == [[edge(), edge(OTHER)], [edge()]]

    def test_a_null_twice_is_unreachable_and_the_others_stand(self) -> None:
        graph = Graph({edge(): None, edge(OTHER): SAMPLE})
        first, second = many([ref(), ref("disdik.contoh", OTHER)], graph)
        assert first == Missed(Miss.UNREACHABLE, "batch_timeout")
        assert isinstance(second, Seen)
        assert len(graph.batches) == 2

    def test_the_same_page_twice_in_the_list_is_answered_twice(self) -> None:
        found = many([ref(), ref("dinkes.lama.contoh", PAGE)], Graph({edge(): SAMPLE}))
        assert [seen(o).handle for o in found] == ["dinkes.contoh", "dinkes.lama.contoh"]

    def test_a_refusal_of_the_whole_is_the_answer_for_each_without_one(self) -> None:
        refusal = missed(Miss.QUOTA_EXHAUSTED, "spent", NOW + DAY)
        found = many([ref(), ref("disdik.contoh", OTHER)], Graph({}, whole=[refusal]))
        assert found == [refusal.outcome, refusal.outcome]

    @pytest.mark.parametrize(
        "entry",
        [{"code": "200", "body": "{}"}, {"code": 200}, {"code": True, "body": "{}"}, "halo", 5, {"body": "{}"}],
        ids=str,
    )
    def test_an_entry_of_no_known_shape_is_unrecognised(self, entry: Any) -> None:
        outcome = one(Graph({}, whole=[Part(body=[entry])]))
        assert isinstance(outcome, Missed)
        assert outcome.reason is Miss.UNRECOGNISED

    def test_a_body_that_is_no_text_but_the_document_itself_is_read_too(self) -> None:
        assert len(seen(one(Graph({}, whole=[Part(body=[{"code": 200, "body": SAMPLE.body}])]))).posts) == 2

    def test_one_page_alone_goes_the_same_way(self) -> None:
        assert KEYED.timeline is not None
        answered = KEYED.timeline(ref(), None, Graph({edge(): SAMPLE}), Window(NOW, NOW))
        assert isinstance(answered, Seen)
        assert answered.posts


class TestLimits:
    """Who waits, and for how long."""

    def usage(self, minutes: int, percent: int = 101) -> str:
        stated = {"type": "pages", "call_count": percent, "estimated_time_to_regain_access": minutes}
        return json.dumps({PAGE: [stated]})

    def test_a_page_asked_about_too_often_waits_alone_as_long_as_is_stated(self) -> None:
        busy = error(80001, x_business_use_case_usage=self.usage(12))
        first, second = many([ref(), ref("disdik.contoh", OTHER)], Graph({edge(): busy, edge(OTHER): SAMPLE}))
        assert first == Missed(Miss.RATE_LIMITED, "80001", NOW + 12 * MINUTE, Stops.ACCOUNT)
        assert isinstance(second, Seen)

    def test_the_wait_that_the_whole_batch_states_counts_where_the_entry_states_none(self) -> None:
        graph = Graph({edge(): error(80001)}, headers={"x-business-use-case-usage": self.usage(7)})
        assert one(graph) == Missed(Miss.RATE_LIMITED, "80001", NOW + 7 * MINUTE, Stops.ACCOUNT)

    @pytest.mark.parametrize(("code", "stops"), [(4, Stops.CREDENTIAL), (17, Stops.CREDENTIAL), (32, Stops.ACCOUNT)])
    def test_the_limit_of_the_app_or_the_user_stops_the_credential_that_of_a_page_the_page(
        self, code: int, stops: Stops
    ) -> None:
        outcome = one(Graph({edge(): error(code)}))
        assert isinstance(outcome, Missed)
        assert (outcome.reason, outcome.stops) == (Miss.RATE_LIMITED, stops)

    @pytest.mark.parametrize("inside", [False, True], ids=["on the whole", "on an entry"])
    def test_an_app_that_is_nearly_used_up_rests(self, *, inside: bool) -> None:
        app = {"x-app-usage": json.dumps({"call_count": 96, "total_time": 2, "total_cputime": 2})}
        part = Part(body=SAMPLE.body, headers=app if inside else {})
        whole = Part(body=[part.entry], headers={} if inside else app)
        answer = Answer(200, {**JSON, **whole.headers}, whole.text.encode(), "https://graph.example/", NOW)
        rest = KEYED.capability.rest
        assert rest is not None
        assert rest(answer) == Rest(NOW + timedelta(minutes=60), Stops.CREDENTIAL)

    def test_a_page_that_is_nearly_used_up_stops_nobody_else(self) -> None:
        part = Part(body=SAMPLE.body, headers={"x-business-use-case-usage": self.usage(180, 97)})
        for headers in ({}, part.headers):
            answer = Answer(200, {**JSON, **headers}, json.dumps([part.entry]).encode(), "https://graph.example/", NOW)
            assert KEYED.capability.rest is not None
            assert KEYED.capability.rest(answer) is None

    @pytest.mark.parametrize("body", [b"[" * 9999 + b'"x-app-usage"', b'{"x-app-usage": 1}', b'["x-app-usage"]', b""])
    def test_a_strange_body_asks_for_no_rest(self, body: bytes) -> None:
        assert KEYED.capability.rest is not None
        assert KEYED.capability.rest(Answer(200, JSON, body, "https://graph.example/", NOW)) is None

    def test_access_that_stays_blocked_is_not_allowed_and_a_whole_batch_counts_once(self) -> None:
        refs = [ref(f"dinas{n}.contoh", str(1000 + n)) for n in range(3)]
        blocked = error(200, "(#200) API access blocked.")
        graph = Graph({edge(str(1000 + n)): blocked for n in range(3)})
        reasons = [{o.reason for o in many(refs, graph) if isinstance(o, Missed)} for _ in range(4)]
        assert reasons == [{Miss.UNREACHABLE}] * 3 + [{Miss.PERMISSION_MISSING}]

    def test_access_that_was_blocked_for_a_while_is_forgotten_once_a_page_is_read(self) -> None:
        blocked = error(200, "(#200) API access blocked.")
        graph = Graph({edge(): [blocked] * 3 + [SAMPLE] + [blocked]})
        said = [word(one(graph)) for _ in range(5)]
        assert said == ["unreachable"] * 3 + ["observed", "unreachable"]


@pytest.mark.parametrize("phrase", ["'pages_read_engagement' permission", "'Page Public Content Access' feature"])
def test_what_needs_a_permission_or_the_feature_is_not_permitted_whichever_is_named(phrase: str) -> None:
    outcome = one(Graph({edge(): error(100, f"(#100) Object does not exist. This endpoint requires the {phrase}.")}))
    assert outcome == Missed(Miss.PERMISSION_MISSING, "page_public_content")


def _id(row: Mapping[str, Any]) -> str:
    return str(row["case"])


def _place(row: Mapping[str, Any]) -> Graph:
    """The documented body where it is said: to a question by name, about posts, or to the whole batch."""
    body = row["body"]
    part = Part(row["status"], body if isinstance(body, str | dict) else json.dumps(body), row["headers"])
    if row["call"] == "batch":
        return Graph({}, whole=[part])
    if row["call"] == "name":
        return Graph({"dinkes.contoh": part, OTHER: Part(body={"id": OTHER}), edge(OTHER): SAMPLE})
    return Graph({edge(): part, "dinkes.contoh": Part(body={"id": PAGE}), edge(OTHER): SAMPLE})


def word(outcome: Outcome) -> str:
    """As the sheets call it."""
    if isinstance(outcome, Seen):
        return "observed"
    return str(outcome.barrier if isinstance(outcome, Unreadable) else outcome.reason)


@pytest.mark.parametrize("row", BODIES, ids=_id)
class TestBodies:
    """Every documented body, as it stands and with another HTTP status where a code decides."""

    def test_it_means_what_the_sheet_says(self, row: Mapping[str, Any]) -> None:
        graph = _place(row)
        outcome = one(graph, ref(native_id=None) if row["call"] == "name" else ref())
        if row["outcome"] == "renamed":
            assert isinstance(outcome, Seen)
            assert graph.asked[-1].path == edge(row["detail"])
            return
        assert word(outcome) == row["outcome"]
        if "detail" in row:
            assert isinstance(outcome, Unreadable | Missed)
            assert outcome.detail == row["detail"]

    @pytest.mark.parametrize("status", [200, 400, 403, 404, 500])
    def test_a_code_decides_before_the_status(self, row: Mapping[str, Any], status: int) -> None:
        body = row["body"]
        if not isinstance(body, dict) or "code" not in body.get("error", {}) or row["status"] == 429:
            return
        if row["outcome"] == "unrecognised":
            return  # a code that nobody described is an outage from 500 on
        account = ref(native_id=None) if row["call"] == "name" else ref()
        assert word(one(_place(row), account)) == word(one(_place({**row, "status": status}), account))


HOLES: Callable[[Any], st.SearchStrategy[Any]] = mutations


@settings(max_examples=150, deadline=None)
@given(body=HOLES([{"code": 200, "headers": [{"name": "X", "value": "y"}], "body": json.dumps(SAMPLE.body)}]))
def test_no_bent_batch_is_anything_but_an_outcome(body: Any) -> None:
    outcome = one(Graph({}, whole=[Part(body=json.dumps(body))]))
    assert isinstance(outcome, Seen | Missed)


@settings(max_examples=150, deadline=None)
@given(body=HOLES(SAMPLE.body))
def test_no_bent_list_covers_more_than_it_lists(body: Any) -> None:
    outcome = one(Graph({edge(): Part(body=json.dumps(body))}))
    assert isinstance(outcome, Seen | Missed)
    if isinstance(outcome, Seen) and not outcome.posts:
        assert outcome.horizon == NOW
