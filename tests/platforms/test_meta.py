"""What answers of Meta's Graph API mean, whichever platform asked."""

from __future__ import annotations

import json
import math
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from auditor.core.model import Barrier, Miss, Missed, Stops, Unreadable
from auditor.core.quota import Rest
from auditor.fetch.answer import Answer, Refused
from auditor.platforms import _meta as meta
from auditor.platforms.base import Rule

from .mutate import ANY_JSON
from .script import NOW, Reply, Script, of_json

MINUTE = timedelta(minutes=1)
BODIES = json.loads((Path(__file__).parent / "bodies/meta.json").read_text("utf-8"))


def answer(body: Any, status: int = 200, **headers: str) -> Answer:
    """An answer; header names with underscores."""
    raw = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    return Answer(status, {n.replace("_", "-"): v for n, v in headers.items()}, raw, "https://graph.example/1", NOW)


def said(body: Any, status: int = 400, rules: tuple[Rule, ...] = meta.RULES, **headers: str) -> Unreadable | Missed:
    """The outcome of an answer that is refused."""
    with pytest.raises(Refused) as refused:
        meta.document(answer(body, status, **headers), rules)
    return refused.value.outcome


def missed(body: Any, status: int = 400, **headers: str) -> Missed:
    outcome = said(body, status, **headers)
    assert isinstance(outcome, Missed)
    return outcome


def error(code: Any, subcode: Any = None, message: str = "", **more: Any) -> dict[str, Any]:
    below = {} if subcode is None else {"error_subcode": subcode}
    return {"error": {"message": message, "type": "OAuthException", "code": code, **below, **more}}


class TestCodes:
    """A code decides."""

    @pytest.mark.parametrize("one", BODIES, ids=lambda one: one["case"])
    def test_every_documented_answer_has_its_outcome(self, one: dict[str, Any]) -> None:
        headers = {name.replace("-", "_"): value for name, value in one["headers"].items()}
        outcome = missed(one["body"], one["status"], **headers)
        assert outcome.reason == one["outcome"]
        assert outcome.detail == one.get("detail", outcome.detail)

    def test_the_status_is_only_a_hint(self) -> None:
        for status in (200, 400, 401, 403, 404, 500):
            assert missed(error(190, 463), status) == Missed(Miss.CREDENTIAL_REJECTED, "expired")

    def test_the_message_for_people_is_not_consulted(self) -> None:
        told = error(10, error_user_title="Session has expired", error_user_msg="API access blocked")
        assert missed(told) == Missed(Miss.PERMISSION_MISSING, "10")

    def test_no_text_of_the_server_is_ever_a_detail(self) -> None:
        for code in (99999, 190, 4, 10, None, "x\x1b[31m"):
            for status in (400, 403, 500):
                assert "rahasia" not in missed(error(code, message="rahasia"), status).detail
        assert "rahasia" not in missed({"error": "rahasia"}).detail

    @pytest.mark.parametrize("code", ["190", 190], ids=["as text", "as a number"])
    def test_a_code_may_be_written_as_text(self, code: Any) -> None:
        assert missed(error(code, "463")).detail == "expired"

    @pytest.mark.parametrize("code", [True, 1.5, None, [], "abc", 10**30], ids=str)
    def test_what_is_no_code_is_not_recognised(self, code: Any) -> None:
        assert missed(error(code)).reason is Miss.UNRECOGNISED

    def test_a_platforms_own_rules_come_first(self) -> None:
        own = (Rule(Barrier.GONE, error="803", message="do not exist"), *meta.RULES)
        assert said(error(803, message="(#803) Some of the aliases do not exist: x"), rules=own) == Unreadable(
            Barrier.GONE
        )
        assert said(error(803, message="(#803) Cannot query users"), rules=own) == Missed(Miss.UNRECOGNISED, "803")

    def test_what_will_pass_is_no_answer_about_an_account(self) -> None:
        own = (Rule(Barrier.GONE, error="803"), *meta.RULES)
        assert said(error(803, is_transient=True), rules=own) == Missed(Miss.UNREACHABLE, "803")
        assert said(error(803), status=429, rules=own) == Missed(Miss.RATE_LIMITED, "803")

    def test_a_document_without_an_error_is_the_document(self) -> None:
        assert meta.document(answer({"id": "1", "error": None})) == {"id": "1", "error": None}

    def test_a_redirect_is_no_document(self) -> None:
        assert missed({"id": "1"}, 302).reason is Miss.UNRECOGNISED

    def test_an_item_of_a_batch_means_what_a_direct_answer_means(self) -> None:
        for one in BODIES:
            found = meta.envelope(one["body"])
            if found is not None:
                direct = missed(
                    one["body"], one["status"], **{k.replace("-", "_"): v for k, v in one["headers"].items()}
                )
                assert meta.refused(found, one["status"], NOW, headers=one["headers"]).outcome == direct


class TestBlocked:
    """(#200) API access blocked is also said, for minutes, to those who may."""

    BLOCKED = of_json(error(200, message="(#200) API access blocked."), 403)

    def outcomes(self, *replies: Reply) -> list[str]:
        script, found = Script({"/me": list(replies)}), []
        for _ in replies:
            try:
                meta.try_token(script)
                found.append("ok")
            except Refused as refused:
                found.append(str(refused).partition(":")[0])
        return found

    def test_twice_is_an_outage_and_then_all_is_well(self) -> None:
        assert self.outcomes(self.BLOCKED, self.BLOCKED, of_json({"id": "1"})) == ["unreachable", "unreachable", "ok"]

    def test_the_fourth_time_in_a_row_it_is_meant(self) -> None:
        assert self.outcomes(*[self.BLOCKED] * 4) == ["unreachable"] * 3 + ["permission_missing"]

    def test_a_good_answer_in_between_begins_anew(self) -> None:
        three = [self.BLOCKED] * 3
        assert self.outcomes(*three, of_json({"id": "1"}), *three)[-1] == "unreachable"

    def test_the_items_of_one_batch_are_one_answer(self) -> None:
        memory: dict[str, object] = {}
        item = meta.Error(200, message="(#200) API access blocked.")
        for n in range(1, 5):
            meta.struck(memory)
            outcomes = {meta.refused(item, 403, NOW, memory=memory).outcome for _ in range(50)}
            (outcome,) = outcomes
            assert isinstance(outcome, Missed)
            assert outcome.reason is (Miss.UNREACHABLE if n <= 3 else Miss.PERMISSION_MISSING)


class TestLimits:
    """Who waits, and until when."""

    @pytest.mark.parametrize(
        ("code", "stops"),
        [
            (4, Stops.CREDENTIAL),
            (17, Stops.CREDENTIAL),
            (341, Stops.CREDENTIAL),
            (32, Stops.ACCOUNT),
            (80001, Stops.ACCOUNT),
            (80002, Stops.ACCOUNT),
        ],
    )
    def test_the_scope_of_a_limit_is_in_its_code(self, code: int, stops: Stops) -> None:
        assert missed(error(code)) == Missed(Miss.RATE_LIMITED, str(code), NOW + 60 * MINUTE, stops)

    def test_a_custom_limit_states_no_time(self) -> None:
        assert missed(error(613, 1996)) == Missed(Miss.RATE_LIMITED, "613/1996")

    def test_a_block_for_the_policies_stops_the_credential_for_hours(self) -> None:
        assert missed(error(368), 403) == Missed(
            Miss.CREDENTIAL_REJECTED, "policy_block", NOW + 360 * MINUTE, Stops.CREDENTIAL
        )

    def test_the_minutes_of_the_header_are_the_time(self) -> None:
        outcome = missed(error(80001), x_business_use_case_usage=cases("pages", 100, 12))
        assert outcome.reset_at == NOW + 12 * MINUTE

    def test_what_http_says_wins(self) -> None:
        outcome = missed(error(4), 429, retry_after="120")
        assert outcome == Missed(Miss.RATE_LIMITED, "4", NOW + 2 * MINUTE, Stops.CREDENTIAL)

    def test_429_with_an_empty_body_is_too_fast(self) -> None:
        assert missed("", 429).reason is Miss.RATE_LIMITED


def app(count: float, seconds: float = 0, cpu: float = 0) -> str:
    return json.dumps({"call_count": count, "total_time": seconds, "total_cputime": cpu})


def cases(kind: str, count: float, minutes: float = 0, of: str = "112130216863063") -> str:
    one = {"type": kind, "call_count": count, "total_cputime": 20, "total_time": 20}
    return json.dumps({of: [one | {"estimated_time_to_regain_access": minutes}]})


class TestUsage:
    """The headers of good answers."""

    @pytest.mark.parametrize(
        ("stated", "minutes"),
        {
            "below": (app(79, 79, 79), None),
            "busy by calls": (app(80), 4),
            "busy by time": (app(1, 94.9), 4),
            "full by calls": (app(96), 60),
            "full by processor time": (app(1, 2, 95), 60),
            "over": (app(250), 60),
        }.values(),
        ids=["below", "busy by calls", "busy by time", "full by calls", "full by processor time", "over"],
    )
    def test_percent_of_the_apps_allowance(self, stated: str, minutes: int | None) -> None:
        rest = meta.rest(answer({}, x_app_usage=stated))
        assert rest == (None if minutes is None else Rest(NOW + minutes * MINUTE, Stops.CREDENTIAL))

    def test_minutes_are_no_percentage(self) -> None:
        low = answer({}, x_business_use_case_usage=cases("instagram", 20, 180))
        assert [use.percent for use in meta.usage(low.headers)] == [20]
        assert meta.rest(low) == Rest(NOW + 180 * MINUTE, Stops.CREDENTIAL)
        assert meta.regain(low) == 180 * MINUTE

    def test_no_headers_mean_that_nothing_is_known(self) -> None:
        assert meta.rest(answer({})) is None
        assert meta.regain(answer({})) is None
        assert list(meta.usage({})) == []

    @pytest.mark.parametrize("kind", ["pages", "ads_management", "messenger"])
    def test_the_allowance_of_a_page_or_of_advertisements_stops_no_lane(self, kind: str) -> None:
        assert meta.rest(answer({}, x_business_use_case_usage=cases(kind, 100, 30))) is None

    def test_the_minutes_stand_before_the_hour(self) -> None:
        assert meta.rest(answer({}, x_business_use_case_usage=cases("instagram", 100, 7))) == Rest(
            NOW + 7 * MINUTE, Stops.CREDENTIAL
        )

    def test_a_header_sent_twice_is_read_twice(self) -> None:
        assert meta.rest(answer({}, x_app_usage=f"{app(10)}, {app(97)}")) == Rest(NOW + 60 * MINUTE, Stops.CREDENTIAL)

    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(
        ANY_JSON.map(json.dumps)
        | st.text(max_size=30)
        | st.sampled_from([app(math.nan), app(math.inf), app(-math.inf), app(1e308), cases("x", 1, 1e300), "[" * 9999])
        | st.dictionaries(
            st.sampled_from(["call_count", "estimated_time_to_regain_access", "a"]), ANY_JSON, max_size=3
        ).map(json.dumps)
    )
    def test_whatever_the_headers_hold_nobody_waits_for_more_than_a_week(self, stated: str) -> None:
        for name in ("x_app_usage", "x_business_use_case_usage"):
            rest = meta.rest(answer({}, **{name: stated}))
            assert rest is None or NOW < rest.until <= NOW + timedelta(days=7)


class TestCursors:
    """A page is asked for by its cursor."""

    NEXT = "https://graph.facebook.com/v26.0/1/posts?access_token=RAHASIA&limit=10&after=Q2c4"

    def test_the_cursor_of_the_next_page(self) -> None:
        assert meta.after({"cursors": {"before": "QVFa", "after": "QVFIUm"}}) == "QVFIUm"

    def test_of_an_address_only_the_cursor_is_taken(self) -> None:
        assert meta.after({"next": self.NEXT}) == "Q2c4"

    @pytest.mark.parametrize(
        "end", [None, {}, [], {"cursors": []}, {"cursors": None}, {"cursors": {"after": ""}}], ids=str
    )
    def test_no_cursor_is_the_end(self, end: Any) -> None:
        assert meta.after(end) is None

    @pytest.mark.parametrize(
        "odd",
        [
            {"cursors": {"after": "x){id,biography}"}},
            {"cursors": {"after": 7}},
            {"cursors": [1]},
            {"next": "https://graph.facebook.com/1/posts?access_token=RAHASIA"},
            {"next": "https://[::1/after"},
            {"next": 7},
            [1],
        ],
        ids=str,
    )
    def test_a_cursor_that_cannot_be_asked_for_is_no_end(self, odd: Any) -> None:
        with pytest.raises(Refused) as refused:
            meta.after(odd)
        assert isinstance(refused.value.outcome, Missed)
        assert refused.value.outcome.reason is Miss.UNRECOGNISED
        assert "RAHASIA" not in str(refused.value)


def test_a_time_is_read_with_and_without_a_colon_in_its_offset() -> None:
    assert meta.time_of("2026-11-20T19:00:42+0000") == meta.time_of("2026-11-20T19:00:42+00:00")
    assert meta.time_of("kemarin") is None


def test_a_token_is_tried_with_one_call() -> None:
    script = Script({"/me": of_json({"id": "1"})})
    meta.try_token(script)
    assert [(r.path, r.params, dict(r.headers)) for r in script.requests] == [("/me", (("fields", "id"),), {})]


@pytest.mark.parametrize("token", ["EAAB" + "x" * 180, "100|" + "a" * 28, "THAA" + "_-" * 20])
def test_tokens_of_every_kind_are_taken(token: str) -> None:
    assert meta.FORM.fullmatch(token)


@pytest.mark.parametrize("text", ["EAAB", "EAAB x" * 9, 'EAAB"' * 9, "EAAB\n" * 9, "é" * 40])
def test_what_cannot_be_a_token_is_not_taken(text: str) -> None:
    assert not meta.FORM.fullmatch(text)
