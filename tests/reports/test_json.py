"""The JSON documents: exact keys, exact meaning."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, ValidationError

from auditor.core.audit import AdviceCode
from auditor.core.model import Barrier, Miss, Overlay, Reason, Status
from auditor.core.register import Relation
from auditor.reports.json import report_json, show_json, status_json
from auditor.reports.view import Selection
from auditor.words import words

from .city import AGENCIES, AS_OF, kota_contoh
from .rendering import CHANGES, EXCHANGES, history, row, state

W = words("id")
SCHEMA = json.loads((Path(__file__).parents[2] / "docs/schema/report-1.json").read_text("utf-8"))
KEYS = [
    "account",
    "url",
    "agency",
    "platform",
    "handle",
    "native_id",
    "status",
    "overlays",
    "confirmed",
    "since",
    "reason",
    "reason_code",
    "reason_detail",
    "last_post_at",
    "last_post_url",
    "days_silent",
    "opened",
    "posts_7d",
    "posts_30d",
    "posts_90d",
    "posts_365d",
    "active_days_90d",
    "gap_median_days",
    "gap_p90_days",
    "longest_silence_days",
    "advice",
    "held",
    "observed_at",
    "proven_until",
    "route",
    "observations",
    "next_change_at",
    "profile",
    "case",
]


def document(only: Selection | None = None, language: str = "id") -> dict[str, Any]:
    return report_json(kota_contoh(), words(language), only or Selection())


def check(found: dict[str, Any]) -> None:
    Draft202012Validator(SCHEMA).validate(found)


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_report_keeps_its_schema(language: str) -> None:
    Draft202012Validator.check_schema(SCHEMA)
    found = document(language=language)
    check(json.loads(json.dumps(found)))
    assert found["language"] == language


def test_the_keys_stand_in_their_order() -> None:
    found = document()
    assert list(found) == [
        "schema",
        "as_of",
        "language",
        "register",
        "policy",
        "totals",
        "coverage",
        "flagged_for_closure",
        "demonstration",
        "blind_spots",
        "brake",
        "controls",
        "accounts",
    ]
    assert list(found["accounts"][0]) == KEYS
    assert list(found["totals"]) == ["accounts", *map(str, Status), "exempt", "new"]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda d: d.update(more=1),
        lambda d: d["accounts"][0].update(text="a post"),
        lambda d: d["accounts"][0].update(status="dead"),
        lambda d: d["accounts"][0].update(posts_30d=-1),
        lambda d: d["accounts"][0].update(since="2026-11-23 00:00"),
        lambda d: d["totals"].pop("unknown"),
    ],
    ids=[
        "a key nobody knows",
        "a key of a row nobody knows",
        "a status nobody knows",
        "fewer than no posts",
        "an instant without a zone",
        "a total left out",
    ],
)
def test_the_schema_refuses_what_is_not_a_report(spoil: Any) -> None:
    found = document()
    spoil(found)
    with pytest.raises(ValidationError):
        check(found)


def test_the_schema_knows_every_word_of_the_core() -> None:
    properties = SCHEMA["$defs"]["account"]["properties"]
    assert set(properties["status"]["enum"]) == set(map(str, Status))
    assert set(properties["reason_code"]["enum"]) == set(map(str, Reason))
    assert set(properties["overlays"]["items"]["enum"]) == set(map(str, Overlay))
    assert set(properties["advice"]["properties"]["code"]["enum"]) == set(map(str, AdviceCode))


def test_totals_count_every_status_once_and_overlays_beside_them() -> None:
    totals = document()["totals"]
    assert totals == {
        "accounts": 42,
        "active": 21,
        "slow": 5,
        "inactive": 9,
        "never_posted": 1,
        "lost": 2,
        "unknown": 4,
        "exempt": 2,
        "new": 1,
    }
    assert totals["accounts"] == sum(totals[status] for status in Status)


def test_every_counted_account_is_read_in_exactly_one_way() -> None:
    coverage = document()["coverage"]
    assert coverage == {"automatic": 39, "by_hand": 0, "not_connected": 1, "failing": 2}


def test_a_person_who_looked_and_a_platform_that_will_not_say_are_no_failure() -> None:
    audit = kota_contoh()
    hand = replace(audit.rows[0], route="hand", failing_since=AS_OF, last_miss=str(Miss.UNREACHABLE))
    silent_platform = replace(audit.rows[1], failing_since=AS_OF, last_miss=str(Miss.AMBIGUOUS_ABSENCE))
    found = report_json(replace(audit, rows=(hand, silent_platform)), W)
    assert found["coverage"] == {"automatic": 1, "by_hand": 1, "not_connected": 0, "failing": 0}


def test_agencies_outside_are_listed_and_not_counted() -> None:
    audit = kota_contoh()
    rows = tuple(
        replace(r, agency=replace(r.agency, relation=Relation.OUTSIDE)) if r.agency.id == "disdik-contoh" else r
        for r in audit.rows
    )
    found = report_json(replace(audit, rows=rows), W)
    assert found["totals"]["accounts"] == 37
    assert len(found["accounts"]) == 42
    assert found["flagged_for_closure"] == 1
    assert sum(found["coverage"].values()) == 37


def test_flagged_are_those_whose_advice_is_to_propose_closing() -> None:
    found = document()
    flagged = [a["account"] for a in found["accounts"] if a["advice"]["code"] == "propose_closure"]
    assert found["flagged_for_closure"] == len(flagged) == 2


def test_agency_and_platform_narrow_the_totals_status_and_advice_only_the_list() -> None:
    office = document(Selection(agency="disdik-contoh"))
    assert {a["agency"] for a in office["accounts"]} == {"disdik-contoh"}
    assert office["totals"]["accounts"] == len(office["accounts"]) == 5
    platform = document(Selection(platforms=frozenset({"x", "bluesky"})))
    assert {a["platform"] for a in platform["accounts"]} == {"x", "bluesky"}
    silent = document(Selection(status=frozenset({"inactive"})))
    assert {a["status"] for a in silent["accounts"]} == {"inactive"}
    assert silent["totals"]["accounts"] == 42
    exempt = document(Selection(status=frozenset({"exempt"})))
    assert len(exempt["accounts"]) == 2
    look = document(Selection(advice=frozenset({"look"})))
    assert {a["advice"]["code"] for a in look["accounts"]} == {"look"}


def test_days_silent_are_whole_days_to_the_look_that_judged() -> None:
    rows = {a["account"]: a for a in document()["accounts"]}
    assert rows["facebook:disdik.kota.contoh"]["days_silent"] == 410
    assert rows["instagram:pemkot.kota.contoh"]["days_silent"] == 0
    assert rows["threads:dukcapil.kota.contoh"]["days_silent"] is None


def test_what_is_not_known_is_null_and_never_zero() -> None:
    unseen = next(a for a in document()["accounts"] if a["account"] == "threads:pemkot.kota.contoh")
    for key in ("posts_7d", "posts_30d", "posts_90d", "posts_365d", "active_days_90d", "last_post_at", "days_silent"):
        assert unseen[key] is None
    assert "bukan berarti tidak aktif" in unseen["reason"]


def test_a_deleted_last_post_is_said_in_the_reason() -> None:
    audit = kota_contoh()
    found = report_json(replace(audit, rows=(replace(audit.rows[0], last_post_deleted=True),)), W)
    assert "sudah tidak terdaftar lagi" in found["accounts"][0]["reason"]


def test_accounts_stand_in_the_order_of_the_register() -> None:
    order = [a.id for a in AGENCIES]
    seen = [order.index(a["agency"]) for a in document()["accounts"]]
    assert seen == sorted(seen)


def test_show_names_every_look_with_its_outcome() -> None:
    found = show_json(row(kota_contoh()), history(), CHANGES, EXCHANGES, W)
    json.dumps(found)
    assert [look["outcome"] for look in found["history"]] == ["seen", str(Miss.UNREACHABLE), str(Barrier.GONE), "seen"]
    assert [look["control_ok"] for look in found["history"]] == [True, None, False, True]
    assert [look["new_posts"] for look in found["history"]] == [60, None, None, 0]
    assert list(found["account"]) == KEYS
    assert [c["old"] for c in found["changes"]] == [None, "active"]
    assert found["exchanges"][0]["sha256"] == "ab" * 32
    assert found["exchanges"][1]["status"] is None


def test_status_says_what_is_alive_blind_and_left() -> None:
    found = json.loads(json.dumps(status_json(state())))
    assert found["daemon"] == {"alive": True, "heartbeat_at": "2026-11-22T23:41:00Z"}
    assert [p["platform"] for p in found["platforms"]] == ["mastodon", "facebook", "telegram", "x"]
    assert found["quota"][2] == {
        "lane": "youtube:AUDITOR_YOUTUBE_API_KEY unit",
        "spent": 120,
        "limit": 10000,
        "resets_at": "2026-11-24T00:00:00Z",
    }
    assert found["blind_spots"][0]["accounts"] == ["facebook:kec.barat.kota.contoh"]
