"""Every documented refusal of TikTok, in every form it is known in, means one thing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from auditor.core.model import AccountRef, Missed, Outcome, Seen, Unreadable
from auditor.fetch.answer import Refused
from auditor.fetch.grant import App, by_code, renewed
from auditor.platforms.base import Window
from auditor.platforms.tiktok import KEYED, PLATFORM

from .script import NOW, Reply, Script
from .test_tiktok_api import GRANT

BODIES: list[dict[str, Any]] = json.loads((Path(__file__).parent / "bodies/tiktok.json").read_text("utf-8"))
LIST, TOKEN, PAGE = "/v2/video/list/", "/v2/oauth/token/", "/@humas_contoh"
APP = App("aw0000contoh0000", "rahasia-contoh", "https://kotacontoh.example/tiktok/")


def asked(call: str, reply: Reply) -> Outcome:
    script = Script({LIST: reply, TOKEN: reply, PAGE: reply})
    ref, window = AccountRef("tiktok", "humas_contoh"), Window(NOW - timedelta(days=60), NOW)
    try:
        if call == "token":
            by_code(APP, "kode", "", script, TOKEN)
            raise AssertionError("granted")
        platform = KEYED if call == "videos" else PLATFORM
        assert platform.timeline is not None
        outcome = platform.timeline(ref, None, script, window)
    except Refused as refused:
        return refused.outcome
    assert isinstance(outcome, Seen | Unreadable | Missed)
    return outcome


def reply(case: Mapping[str, Any]) -> Reply:
    body = case["body"] if isinstance(case["body"], str) else json.dumps(case["body"])
    return Reply(case["status"], body.encode(), case["headers"])


@pytest.mark.parametrize("case", BODIES, ids=[case["case"] for case in BODIES])
def test_a_documented_refusal_has_its_outcome(case: dict[str, Any]) -> None:
    outcome = asked(case["call"], reply(case))
    word = outcome.barrier if isinstance(outcome, Unreadable) else outcome.reason if isinstance(outcome, Missed) else ""
    assert word == case["outcome"]
    assert not isinstance(outcome, Seen)
    assert case.get("detail") in (None, outcome.detail)


@pytest.mark.parametrize("case", [c for c in BODIES if c["call"] == "token"], ids=lambda c: c["case"])
def test_a_refused_renewal_means_what_a_refused_code_means(case: dict[str, Any]) -> None:
    with pytest.raises(Refused) as refused:
        renewed(APP, GRANT, Script({TOKEN: reply(case)}), TOKEN)
    assert isinstance(refused.value.outcome, Missed)
    assert refused.value.outcome.reason == case["outcome"]


def test_a_minutes_limit_ends_after_a_minute_and_a_days_at_midnight_utc() -> None:
    ends = {
        case["case"]: asked("videos", reply(case)) for case in BODIES if case["status"] == 429 and "code" in str(case)
    }
    resets = {name: outcome.reset_at for name, outcome in ends.items() if isinstance(outcome, Missed)}
    assert resets["too many requests in a minute"] == NOW + timedelta(seconds=60)
    assert resets["the requests of a day"] == datetime(2026, 11, 24, tzinfo=UTC)


def test_a_page_that_is_overloaded_names_no_end() -> None:
    (case,) = [c for c in BODIES if c["case"] == "too much to do"]
    outcome = asked("embed", reply(case))
    assert isinstance(outcome, Missed)
    assert outcome.reset_at is None


def test_what_a_server_wrote_stands_in_no_detail() -> None:
    """It may repeat the token that it was shown."""
    for case in BODIES:
        outcome = asked(
            case["call"], Reply(case["status"], json.dumps(_echoing(case["body"])).encode(), case["headers"])
        )
        assert "act.rahasia" not in repr(outcome)


def _echoing(body: Any) -> Any:
    if isinstance(body, dict):
        said = {"message", "error_description", "log_id"}
        return {k: "act.rahasia" if k in said else _echoing(v) for k, v in body.items()}
    return body
