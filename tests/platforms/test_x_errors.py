"""X: every documented body and the outcome it means, what answers cost, and what their headers ask of us."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from auditor.core.model import AccountRef, Barrier, Miss, Missed, Outcome, Seen, Stops, Unreadable
from auditor.core.quota import Rest, Scope
from auditor.fetch.answer import Answer, Refused
from auditor.platforms._x_answers import MONEY, QUOTAS, bill, rest
from auditor.platforms.base import Profile, Window

from .script import NOW, Reply, Script, of_json
from .test_x import ID, KEYED, POST_SAMPLE, SAMPLE, TWITTER, X, lost, user, users
from .test_x_posts import NEWEST, PATH, SINCE, page, post

BODIES = json.loads((Path(__file__).parent / "bodies" / "x.json").read_text("utf-8"))
JSON = {"content-type": "application/json; charset=utf-8"}
SPENT = {**JSON, "x-rate-limit-remaining": "0", "x-rate-limit-reset": "1795455000"}
RESET = datetime(2026, 11, 23, 17, 30, tzinfo=UTC)  # x-rate-limit-reset: 1795455000


def reply_of(case: Mapping[str, Any]) -> Reply:
    body = case["body"]
    return Reply(case["status"], (body if isinstance(body, str) else json.dumps(body)).encode(), case["headers"])


def heard(call: str, reply: Reply) -> Profile | Outcome:
    """What the call brings; a timeline's doubt is settled by an account that is there."""
    assert KEYED.lookup is not None
    assert KEYED.timeline is not None
    ref = AccountRef("x", "humas_contoh", None if call == "by" else ID)
    paths = {"timeline": PATH, "users": "/2/users", "by": "/2/users/by"}
    others = {"/2/users": users(user()), "/2/users/by": users(errors=[lost("humas_contoh")])}
    script = Script(others | {paths[call]: reply})
    try:
        if call == "timeline":
            said = KEYED.timeline(ref, None, script, Window(SINCE, NOW, NEWEST))
            assert isinstance(said, Seen | Unreadable | Missed)
            return said
        return next(said for _, said in KEYED.lookup([ref], script))
    except Refused as refused:
        return refused.outcome


def word(said: Profile | Outcome) -> str:
    """As the outcomes are called in the table."""
    if isinstance(said, Missed):
        return said.reason
    if isinstance(said, Unreadable):
        return said.barrier
    return "renamed" if said.handle != "humas_contoh" else "observed"


@pytest.mark.parametrize("case", BODIES, ids=lambda case: case["case"])
def test_a_documented_body_means_its_outcome(case: dict[str, Any]) -> None:
    said = heard(case["call"], reply_of(case))
    assert word(said) == case["outcome"]
    if "detail" in case:
        assert isinstance(said, Missed | Unreadable)
        assert said.detail == case["detail"]


@pytest.mark.parametrize("case", [c for c in BODIES if isinstance(c["body"], dict)], ids=lambda case: case["case"])
def test_a_body_means_the_same_without_a_word_about_its_type(case: dict[str, Any]) -> None:
    bare = replace(reply_of(case), headers={})
    assert word(heard(case["call"], bare)) == case["outcome"]


def test_the_table_names_no_case_twice_and_every_outcome_of_the_sheet() -> None:
    assert len({case["case"] for case in BODIES}) == len(BODIES)
    named = {case["outcome"] for case in BODIES}
    assert named == {*Miss, Barrier.GONE, Barrier.SUSPENDED, Barrier.PROTECTED, "observed", "renamed"}


class TestWaiting:
    """Every answer carries the reset of its limit; only a refusal for speed asks us to wait for it."""

    def missed(self, status: int, body: Any, call: str = "users") -> Missed:
        said = heard(call, Reply(status, json.dumps(body).encode(), SPENT))
        assert isinstance(said, Missed)
        return said

    def test_too_many_requests_waits_for_the_reset_and_stops_the_lane(self) -> None:
        for body in ({"title": "Too Many Requests"}, {"errors": [{"code": 88}]}):
            assert self.missed(429, body) == Missed(Miss.RATE_LIMITED, "too_many_requests", RESET, Stops.LANE)

    def test_the_usage_cap_ends_with_the_month_and_is_no_limit_of_speed(self) -> None:
        for host in (TWITTER, X):
            body = {"title": "UsageCapExceeded", "detail": "Usage cap exceeded", "type": f"{host}usage-capped"}
            ends = datetime(2026, 12, 1, tzinfo=UTC)
            assert self.missed(429, body) == Missed(Miss.QUOTA_EXHAUSTED, "usage_cap", ends)
        assert self.missed(429, {"title": "UsageCapExceeded"}).reset_at == datetime(2026, 12, 1, tzinfo=UTC)

    def test_nobody_knows_when_credits_are_bought(self) -> None:
        for body in ({"title": "CreditsDepleted", "type": TWITTER + "credits"}, {}, {"detail": "credits depleted"}):
            assert self.missed(402, body) == Missed(Miss.QUOTA_EXHAUSTED, "credits", None)

    def test_what_a_person_must_mend_waits_for_no_reset(self) -> None:
        for status, body in ((401, {}), (403, {"reason": "client-not-enrolled"}), (400, {"title": "Invalid Request"})):
            assert self.missed(status, body).reset_at is None

    def test_a_refusal_that_comes_as_200_is_a_refusal(self) -> None:
        assert self.missed(200, {"errors": [{"code": 89, "message": "Invalid or expired token"}]}).reason is (
            Miss.CREDENTIAL_REJECTED
        )
        assert (
            self.missed(200, {"title": "UsageCapExceeded", "type": X + "usage-capped"}).reason is Miss.QUOTA_EXHAUSTED
        )

    def test_the_last_request_of_a_window_is_the_last_for_now(self) -> None:
        good = Answer(200, SPENT, b"{}", "https://x.example/2/users", NOW)
        assert rest(good) == Rest(RESET, Stops.LANE)
        assert rest(replace(good, headers=SPENT | {"x-rate-limit-remaining": "1"})) is None
        assert rest(replace(good, headers={"x-rate-limit-remaining": "0"})) is None
        assert rest(replace(good, headers={})) is None

    def test_what_a_server_writes_never_gets_into_a_detail(self) -> None:
        secret = "\x1b[31mAAAArahasia"
        for body in (
            {"title": secret, "detail": secret, "type": f"{X}{secret}"},
            {"reason": secret, "errors": [{"code": secret, "message": secret}]},
        ):
            for status in (200, 400, 401, 402, 403, 404, 429, 500):
                assert "rahasia" not in self.missed(status, body).detail


BILLS = {
    "two users, one not there": ("/2/users", SAMPLE, {"usd": 10, "posts": 0}),
    "a user and the post it was expanded by": ("/2/users/by?usernames=x", POST_SAMPLE, {"usd": 15, "posts": 1}),
    "a user alone": ("/2/users/by/username/x", {"data": {"id": "1"}}, {"usd": 10, "posts": 0}),
    "posts": (f"{PATH}?max_results=5", {"data": [{"id": "1"}, {"id": "2"}]}, {"usd": 10, "posts": 2}),
    "posts and those they refer to": (PATH, {"data": [{}], "includes": {"tweets": [{}, {}]}}, {"usd": 15, "posts": 3}),
    "posts and their author": (PATH, {"data": [{}], "includes": {"users": [{}]}}, {"usd": 15, "posts": 1}),
    "no posts": (PATH, {"meta": {"result_count": 0}}, {"usd": 0, "posts": 0}),
    "only errors": ("/2/users", {"errors": [lost()]}, {"usd": 0, "posts": 0}),
}


class TestBill:
    """Only successful answers that bring data are billed."""

    @pytest.mark.parametrize(("url", "body", "taken"), BILLS.values(), ids=BILLS.keys())
    def test_each_user_and_each_post_is_billed(self, url: str, body: Any, taken: dict[str, int]) -> None:
        answer = Answer(200, JSON, json.dumps(body).encode(), f"https://api.x.com{url}", NOW)
        assert dict(bill(answer)) == taken
        for status in (400, 402, 404, 429, 503):
            assert bill(replace(answer, status=status)) == {}

    @pytest.mark.parametrize("body", [b"", b"<html>", b"[1]", b"null", b"[" * 100_000, b'{"data": [1'])
    def test_what_is_no_document_costs_nothing(self, body: bytes) -> None:
        assert bill(Answer(200, JSON, body, "https://api.x.com/2/users", NOW)) == {}

    def test_more_is_never_billed_than_was_reserved(self) -> None:
        script = Script({PATH: page(*(post(n) for n in range(1, 6))), "/2/users": users(user())})
        assert KEYED.timeline is not None
        KEYED.timeline(AccountRef("x", "humas_contoh", ID), None, script, Window(SINCE, NOW))
        for request, reply in zip(script.requests, (users(user()), page(*(post(n) for n in range(1, 6)))), strict=True):
            taken = bill(Answer(200, JSON, reply.body, request.url, NOW))
            assert request.cost is not None
            assert all(units <= request.cost.get(name, 0) for name, units in taken.items())

    def test_calls_money_and_posts_are_counted_for_each_token(self) -> None:
        units = {quota.name: (quota.units, quota.per, quota.monthly, quota.billed) for quota in QUOTAS}
        quarter, month = timedelta(minutes=15), timedelta(days=31)
        assert units == {
            "users": (300, quarter, False, False),
            "timelines": (10_000, quarter, False, False),
            "usd": (100_000, month, True, True),
            "posts": (3_000_000, month, True, True),
        }
        assert {quota.scope for quota in QUOTAS} == {Scope.CREDENTIAL}
        assert MONEY.window(NOW) == (datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC))


def test_an_unknown_problem_of_a_page_is_not_a_barrier() -> None:
    said = heard("timeline", of_json({"errors": [lost(type=X + "baru", title="…", detail="…")]}))
    assert isinstance(said, Missed)
    assert said.reason is Miss.UNRECOGNISED
