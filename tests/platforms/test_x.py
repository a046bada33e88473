"""X: who the accounts are, by id and by handle, and what its partial errors mean."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from auditor.core.model import AccountRef, Barrier, Miss, Missed, Unreadable
from auditor.fetch.answer import Refused
from auditor.platforms import _x_api as api
from auditor.platforms.base import Platform, Profile
from auditor.platforms.x import PLATFORM

from .mutate import mutations
from .script import NOW, Reply, Script, Scripted, of_json, recorded

TAPES = Path(__file__).parent.parent / "tapes" / "x"
ID, OTHER, THIRD = "1777000111222333444", "1777000111222333445", "42"
TWITTER, X = "https://api.twitter.com/2/problems/", "https://api.x.com/2/problems/"
HOSTS = pytest.mark.parametrize("host", [TWITTER, X])
assert PLATFORM.keyed is not None
KEYED: Platform = PLATFORM.keyed


def ref(handle: str = "humas_contoh", native_id: str | None = ID) -> AccountRef:
    return AccountRef("x", handle, native_id)


def user(id_: str = ID, username: str = "Humas_Contoh", **more: Any) -> dict[str, Any]:
    metrics = {"followers_count": 1200, "tweet_count": 56}
    base = {"id": id_, "name": "Humas", "username": username, "created_at": "2013-12-14T04:35:55.000Z"}
    return base | {"protected": False, "public_metrics": metrics, "most_recent_tweet_id": "9001"} | more


def lost(value: str = ID, host: str = TWITTER, **more: str) -> dict[str, str]:
    """As the vendor writes it of an account that is not there."""
    said = {"value": value, "resource_id": value, "resource_type": "user", "parameter": "ids"}
    title = {"title": "Not Found Error", "detail": f"Could not find user with ids: [{value}]."}
    return said | title | {"type": f"{host}resource-not-found"} | more


def users(*rows: Any, errors: Sequence[Any] = (), **more: Any) -> Reply:
    return of_json(({"data": list(rows)} if rows else {}) | ({"errors": list(errors)} if errors else {}) | more)


def looked_up(refs: Sequence[AccountRef], script: Script | Scripted) -> dict[str, Profile | Unreadable | Missed]:
    """The cheap question, by handle."""
    if not isinstance(script, Script):
        script = Script({"/2/users": script, "/2/users/by": script})
    assert KEYED.lookup is not None
    answered = list(KEYED.lookup(refs, script))
    assert sorted(map(repr, refs)) == sorted(repr(r) for r, _ in answered), "each account is answered once"
    return {r.handle: said for r, said in answered}


def told(reply: Scripted, account: AccountRef | None = None) -> Profile | Unreadable | Missed:
    one = account or ref()
    try:
        return looked_up([one], reply)[one.handle]
    except Refused as refused:
        return refused.outcome


SAMPLE = {
    "data": [
        {
            "id": "2244994945",
            "name": "X Developers",
            "username": "XDevelopers",
            "created_at": "2013-12-14T04:35:55.000Z",
            "protected": False,
            "verified_type": "government",
            "most_recent_tweet_id": "2080761390344937796",
            "pinned_tweet_id": "1968451310203859083",
            "public_metrics": {
                "followers_count": 583423,
                "following_count": 2048,
                "tweet_count": 14052,
                "listed_count": 1672,
                "like_count": 8011,
                "media_count": 79,
            },
        }
    ],
    "errors": [
        {
            "value": "tidakada123",
            "detail": "Could not find user with usernames: [tidakada123].",
            "title": "Not Found Error",
            "resource_type": "user",
            "parameter": "usernames",
            "resource_id": "tidakada123",
            "type": "https://api.twitter.com/2/problems/resource-not-found",
        }
    ],
}


class TestAsking:
    """What is sent, and to where."""

    def test_a_hundred_ids_are_one_call_and_handles_are_another(self) -> None:
        known = [ref(f"dinas_{n}", str(10**12 + n)) for n in range(101)]
        new = [ref(f"baru_{n}", None) for n in range(100)]
        script = Script({"/2/users": users(), "/2/users/by": users()})
        script.answers = {
            "/2/users": [lambda q: users(*(user(i, f"u{i[-5:]}") for i in q["ids"].split(",")))],
            "/2/users/by": [lambda q: users(*(user(str(n), u) for n, u in enumerate(q["usernames"].split(","), 1)))],
        }
        looked_up([*known, *new], script)
        sizes = [len((r.get("ids") or r.get("usernames") or "").split(",")) for r in script.requests]
        assert [(r.path, size) for r, size in zip(script.requests, sizes, strict=True)] == [
            ("/2/users", 100),
            ("/2/users", 1),
            ("/2/users/by", 100),
        ]
        assert [r.cost for r in script.requests] == [{"users": 1, "usd": 10 * size} for size in sizes]
        assert {r.method for r in script.requests} == {"GET"}

    @pytest.mark.parametrize(
        ("handle", "native_id", "detail"),
        [
            ("nama-kantor", None, "no_handle"),
            ("a" * 16, None, "no_handle"),
            ("", None, "no_handle"),
            ("a", "../1", "no_id"),
        ],
    )
    def test_what_is_no_handle_and_no_id_is_never_put_in_a_batch(
        self, handle: str, native_id: str | None, detail: str
    ) -> None:
        script = Script({"/2/users/by": users(user())})
        said = looked_up([ref(handle, native_id), ref(native_id=None)], script)
        assert said[handle] == Missed(Miss.OUR_REQUEST_INVALID, detail)
        assert isinstance(said["humas_contoh"], Profile)
        assert [r.get("usernames") for r in script.requests] == ["humas_contoh"]

    def test_only_what_is_needed_is_asked_for(self) -> None:
        """No description, no picture, no place; and nothing that is billed besides."""
        script = Script({"/2/users": users(user())})
        looked_up([ref()], script)
        assert script.requests[0].get("user.fields") == (
            "created_at,protected,public_metrics,withheld,most_recent_tweet_id"
        )
        assert script.requests[0].get("expansions") is None

    def test_the_cheap_question_is_asked_weekly_and_costs_a_cent_for_each_account(self) -> None:
        assert KEYED.capability.lookup_every is not None
        assert KEYED.capability.lookup_every.days == 7
        assert KEYED.capability.lookup is not None
        assert (KEYED.capability.lookup.batch, dict(KEYED.capability.lookup.spends)) == (100, {"usd": 10})


class TestAnswers:
    """Data and errors beside each other."""

    def test_the_documented_batch_has_one_account_and_one_that_is_not_there(self) -> None:
        said = looked_up([ref("xdevelopers", None), ref("tidakada123", None)], of_json(SAMPLE))
        found = said["xdevelopers"]
        assert isinstance(found, Profile)
        assert (found.native_id, found.handle) == ("2244994945", "xdevelopers")
        assert found.counters == {"posts": 14052, "followers": 583423}
        assert found.created_at == datetime(2013, 12, 14, 4, 35, 55, tzinfo=UTC)
        assert said["tidakada123"] == Unreadable(Barrier.GONE, "never_resolved")

    def test_errors_are_matched_by_value_or_resource_whatever_the_letters_case(self) -> None:
        for key in ("value", "resource_id"):
            error = {k: v for k, v in lost("TidakAda").items() if k not in {"value", "resource_id"}} | {key: "TIDAKADA"}
            assert told(users(errors=[error]), ref("tidakada", None)) == Unreadable(Barrier.GONE, "never_resolved")
        bare = {k: v for k, v in lost("tidakada").items() if k not in {"value", "resource_id"}}
        assert told(users(errors=[bare]), ref("tidakada", None)) == Unreadable(Barrier.GONE, "never_resolved")

    @HOSTS
    def test_a_suspended_account_is_told_from_one_that_is_not_there_by_title_and_detail(self, host: str) -> None:
        """Both have the same type."""
        said = {"title": "Forbidden", "detail": f"User has been suspended: [{ID}]."}
        assert told(users(errors=[lost(host=host, **said)])) == Unreadable(Barrier.SUSPENDED)
        assert told(users(errors=[lost(host=host, title="Forbidden", detail="…")])) == Unreadable(Barrier.SUSPENDED)
        assert told(users(errors=[lost(host=host, title="…", detail=said["detail"])])) == Unreadable(Barrier.SUSPENDED)

    @HOSTS
    def test_an_unavailable_account_is_ambiguous(self, host: str) -> None:
        for kind in ("resource-unavailable", "disallowed-resource"):
            said = told(users(errors=[lost(type=host + kind, title="…", detail="…")]))
            assert said == Missed(Miss.AMBIGUOUS_ABSENCE, "suspended_or_unavailable")

    def test_an_error_of_a_kind_we_do_not_know_says_nothing(self) -> None:
        said = told(users(errors=[lost(type=X + "something-new", title="Baru", detail="…")]))
        assert isinstance(said, Missed)
        assert said.reason is Miss.UNRECOGNISED

    def test_a_partial_error_belongs_only_to_the_account_it_names(self) -> None:
        said = looked_up([ref(), ref("lain", OTHER)], users(user(), errors=[lost(OTHER)]))
        assert isinstance(said["humas_contoh"], Profile)
        assert said["lain"] == Unreadable(Barrier.GONE)

    def test_who_is_neither_in_the_data_nor_in_the_errors_is_not_gone(self) -> None:
        for reply in (users(user(OTHER)), users(errors=[lost(OTHER)]), of_json({"meta": {"result_count": 0}})):
            said = told(reply)
            assert isinstance(said, Missed)
            assert said.reason is Miss.UNRECOGNISED

    def test_an_error_about_what_is_shown_beside_the_data_concerns_nobody(self) -> None:
        beside = lost(ID, section="includes") | {"resource_type": "tweet"}
        assert isinstance(told(users(user(), errors=[beside])), Profile)
        for error in (lost(ID, section="includes"), lost(ID, resource_type="tweet")):
            said = told(users(user(OTHER), errors=[error]))
            assert isinstance(said, Missed)

    def test_a_protected_account_is_protected_also_where_nothing_else_is_said(self) -> None:
        assert told(users(user(protected=True))) == Unreadable(Barrier.PROTECTED)
        bare = {"id": ID, "username": "humas_contoh", "protected": True}
        assert told(users(bare)) == Unreadable(Barrier.PROTECTED)

    def test_a_withheld_account_is_read_and_flagged(self) -> None:
        found = told(users(user(withheld={"country_codes": ["ID"], "scope": "user"})))
        assert isinstance(found, Profile)
        assert found.flags == {"withheld"}

    def test_a_404_that_names_the_account_is_the_answer_it_would_be_as_200(self) -> None:
        """Whether a single account that is not there is 200 or 404 is not documented."""
        for status in (200, 404):
            reply = of_json({"errors": [lost("humas_contoh")]}, status)
            assert told(reply, ref(native_id=None)) == Unreadable(Barrier.GONE, "never_resolved")


class TestIdentity:
    """An id survives a rename; a handle may have a new owner."""

    def test_a_new_handle_is_learnt_and_the_id_stays(self) -> None:
        found = told(users(user(username="Humas_Baru")))
        assert isinstance(found, Profile)
        assert (found.native_id, found.handle) == (ID, "humas_baru")

    def test_an_old_handle_that_answers_another_id_is_taken(self) -> None:
        script = Script({"/2/users": users(errors=[lost()]), "/2/users/by": users(user(OTHER))})
        assert looked_up([ref()], script)["humas_contoh"] == Unreadable(Barrier.TAKEN, "handle_taken")

    def test_who_is_gone_by_id_and_by_handle_is_gone(self) -> None:
        by_name = users(errors=[lost("humas_contoh")])
        script = Script({"/2/users": users(errors=[lost()]), "/2/users/by": by_name})
        assert looked_up([ref()], script)["humas_contoh"] == Unreadable(Barrier.GONE)

    def test_the_handles_of_all_who_are_gone_are_asked_for_in_one_call(self) -> None:
        script = Script({"/2/users": users(errors=[lost(), lost(OTHER)]), "/2/users/by": users(errors=[lost("a")])})
        looked_up([ref(), ref("lain", OTHER)], script)
        assert [r.get("usernames") for r in script.asked("/2/users/by")] == ["humas_contoh,lain"]

    def test_gone_stays_gone_where_the_handle_cannot_be_asked_for(self) -> None:
        for refused in (Reply(503), of_json({}, 429), of_json({"errors": [{"code": 89}]}, 401)):
            script = Script({"/2/users": users(errors=[lost()]), "/2/users/by": refused})
            assert looked_up([ref()], script)["humas_contoh"] == Unreadable(Barrier.GONE)

    def test_who_is_gone_by_id_and_there_by_name_is_not_gone(self) -> None:
        script = Script({"/2/users": users(errors=[lost()]), "/2/users/by": users(user())})
        assert looked_up([ref()], script)["humas_contoh"] == Missed(Miss.UNRECOGNISED, "gone by id, there by name")

    def test_a_suspended_account_is_not_asked_for_again(self) -> None:
        said = lost(title="Forbidden", detail=f"User has been suspended: [{ID}].")
        script = Script({"/2/users": users(errors=[said])})
        looked_up([ref()], script)
        assert len(script.requests) == 1


NEITHER = {"id": ID, "name": "Humas", "username": "humas_contoh"}
POST_SAMPLE = {
    "data": [
        {
            "id": "42",
            "username": "x",
            "protected": False,
            "most_recent_post_id": "9001",
            "public_metrics": {"post_count": 56},
        }
    ],
    "includes": {"posts": [{"id": "9001", "text": "…", "created_at": "2026-08-22T12:00:00.000Z"}]},
}


class TestDialects:
    """The names of fields were changed; what is asked for and what is answered may differ."""

    def test_the_post_dialect_is_read_after_a_question_in_the_tweet_dialect(self) -> None:
        found = told(of_json(POST_SAMPLE), ref("x", "42"))
        assert isinstance(found, Profile)
        assert found.counters == {"posts": 56}

    def test_names_of_neither_switch_the_dialect_once_and_are_then_not_recognised(self) -> None:
        script = Script({"/2/users": users(NEITHER)})
        for _ in range(2):
            with pytest.raises(Refused) as caught:
                looked_up([ref()], script)
            assert caught.value.outcome == Missed(Miss.UNRECOGNISED, "no requested key")
        fields = [r.get("user.fields") or "" for r in script.requests]
        assert ["most_recent_tweet_id" in f for f in fields] == [True, False, False]

    def test_a_server_that_knows_only_the_other_dialect_is_read_after_the_switch(self) -> None:
        def answer(query: dict[str, str]) -> Reply:
            return users(NEITHER if "tweet" in query["user.fields"] else user())

        script = Script({"/2/users": answer})
        for _ in range(2):
            assert isinstance(looked_up([ref()], script)["humas_contoh"], Profile)
        assert len(script.requests) == 3

    @pytest.mark.parametrize("status", [400, 422])
    def test_a_server_that_refuses_the_names_of_one_dialect_is_asked_once_in_the_other(self, status: int) -> None:
        """Nothing is billed for a refusal; who checks by the published schema of today knows only one."""
        asked = {"title": "Invalid Request", "detail": "One or more parameters to your request was invalid."}

        def answer(query: dict[str, str]) -> Reply:
            return of_json(asked, status) if "tweet" in query["user.fields"] else users(user())

        script = Script({"/2/users": answer})
        for _ in range(2):
            assert isinstance(looked_up([ref()], script)["humas_contoh"], Profile)
        assert len(script.requests) == 3

    @pytest.mark.parametrize("dialect", ["auto", "tweet", "post"])
    def test_a_parameter_that_is_refused_in_both_dialects_is_our_mistake_and_not_tried_again(
        self, dialect: str
    ) -> None:
        script = Script({"/2/users": of_json({"title": "Invalid Request"}, 400)})
        script.about["dialect"] = dialect
        for _ in range(2):
            with pytest.raises(Refused) as caught:
                looked_up([ref()], script)
            assert caught.value.outcome == Missed(Miss.OUR_REQUEST_INVALID, "400")
        assert len(script.requests) == (3 if dialect == "auto" else 2)

    def test_one_account_that_has_what_was_asked_for_is_enough(self) -> None:
        script = Script({"/2/users": users(NEITHER, user(OTHER, "lain"))})
        looked_up([ref(), ref("lain", OTHER)], script)
        assert len(script.requests) == 1

    @pytest.mark.parametrize("dialect", ["tweet", "post"])
    def test_a_dialect_that_is_configured_is_kept(self, dialect: str) -> None:
        script = Script({"/2/users": users(NEITHER)})
        script.about["dialect"] = dialect
        with pytest.raises(Refused):
            looked_up([ref()], script)
        assert ["most_recent_tweet_id" in (r.get("user.fields") or "") for r in script.requests] == [dialect == "tweet"]


class TestGate:
    """The government-use clause."""

    def test_the_route_has_a_gate_and_the_road_says_that_it_is_not_offered(self) -> None:
        from auditor.words import words

        assert KEYED.gate == "government_use_acknowledged"
        assert PLATFORM.timeline is None
        assert PLATFORM.way is not None
        assert PLATFORM.way.forbidden
        for language in ("id", "en"):
            w = words(language)
            assert "government_use_acknowledged" in w("ways.x.gate")
            assert "Enterprise" in w("connect.x.steps", accounts=3)

    def test_a_token_is_tried_with_one_account(self) -> None:
        assert PLATFORM.connect is not None
        script = Script({"/2/users/by": of_json({"data": SAMPLE["data"]})})
        PLATFORM.connect.test(script)
        assert [(r.get("usernames"), r.cost) for r in script.requests] == [("XDevelopers", {"users": 1, "usd": 10})]
        with pytest.raises(Refused):
            PLATFORM.connect.test(Script({"/2/users/by": of_json({"title": "Unauthorized", "status": 401}, 401)}))

    @pytest.mark.parametrize(
        ("text", "fits"), [("AAAA" + "0aZ%3D" * 15, True), ("AAAA", False), ("BAAA" + "x" * 90, False)]
    )
    def test_a_token_looks_like_one(self, text: str, fits: bool) -> None:
        assert PLATFORM.connect is not None
        assert bool(PLATFORM.connect.form.fullmatch(text)) is fits


def test_recorded_users_are_read_with_the_little_that_was_asked_for() -> None:
    """Recorded without any fields: ids and names, which are not what we ask for, and so are not recognised."""
    tape = recorded(TAPES / "users-by.json")
    assert told(tape, ref("twitter", None)) == Missed(Miss.UNRECOGNISED, "no requested key")
    more = {"protected": False, "created_at": "2007-02-20T14:35:54.000Z"}
    full = of_json({"data": [row | more for row in json.loads(tape.body)["data"]]})
    found = looked_up([ref("twitter", None), ref("twitterdev", None)], full)
    assert {name: f.native_id for name, f in found.items() if isinstance(f, Profile)} == {
        "twitter": "783214",
        "twitterdev": "2244994945",
    }


BATCH = json.loads(users(user(), user(OTHER, "lain"), errors=[lost(THIRD)]).body)


@settings(max_examples=100, deadline=None)
@given(mutations(BATCH))
def test_no_changed_document_is_a_defect_or_an_absence_of_an_account_that_is_shown(document: Any) -> None:
    refs = [ref(), ref("lain", OTHER), ref("hilang", THIRD)]
    said: dict[str, Profile | Unreadable | Missed]
    script = Script({"/2/users": of_json(document), "/2/users/by": users(errors=[lost("hilang")])})
    try:
        said = looked_up(refs, script)
    except Refused as refused:
        said = dict.fromkeys(("humas_contoh", "lain"), refused.outcome)
    for handle in ("humas_contoh", "lain"):
        outcome = said[handle]
        if isinstance(outcome, Unreadable) and outcome.barrier is Barrier.GONE:
            assert json.dumps(document).count(ID if handle == "humas_contoh" else OTHER) >= 1
            named = [e for e in document["errors"] if {ID, OTHER} & {str(e.get("value")), str(e.get("resource_id"))}]
            assert named, "only an error that names it makes an account absent"


def test_now_is_the_day_of_the_sheet() -> None:
    assert datetime(2026, 11, 23, 16, tzinfo=UTC) == NOW
    assert api.BATCH == 100
