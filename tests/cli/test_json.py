"""Shapes for other programs: exactly the documented keys, one document, and nothing else on standard output."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.lab.scenarios.kota_contoh import SCENARIO, truth

from .conftest import City
from .office import END, ROOT, Office, write_register

ACCOUNT = "mastodon:@dukcapil_contoh@sosial.kotacontoh.example"
WHYS = {"boundary", "overflow", "max_age", "confirmation", "retry", "hand"}
ROW = (
    "account url agency platform handle native_id status overlays confirmed since reason reason_code reason_detail "
    "last_post_at last_post_url days_silent opened posts_7d posts_30d posts_90d posts_365d active_days_90d "
    "gap_median_days gap_p90_days longest_silence_days advice held observed_at proven_until route observations "
    "next_change_at profile case"
)


def keys(document: dict[str, Any]) -> str:
    """Its keys in order."""
    return " ".join(document)


@pytest.fixture(scope="module")
def schema() -> Draft202012Validator:
    """The published schema of the report."""
    text = json.loads((ROOT / "docs/schema/report-1.json").read_text("utf-8"))
    Draft202012Validator.check_schema(text)
    return Draft202012Validator(text, format_checker=Draft202012Validator.FORMAT_CHECKER)


def test_every_report_of_the_city_keeps_to_the_published_schema(city: City, schema: Draft202012Validator) -> None:
    selections: list[list[str]] = [
        [],
        ["--agency", "dinkes-contoh"],
        ["--platform", "x", "--platform", "feed"],
        ["--platform", "tidak_ada"],
        ["--as-of", "2026-11-16"],
        ["--as-of", "2025-01-01"],
    ]
    documents = [
        city.office("report", "--format", "json", *how, lang=lang).json for how in selections for lang in LANGS
    ]
    for document in [*documents, *city.reports]:
        assert [error.message for error in schema.iter_errors(document)] == []


LANGS = ("id", "en")


def test_the_schema_itself_refuses_a_wrong_report(city: City, schema: Draft202012Validator) -> None:
    good = city.reports[-1]
    wrongs: list[dict[str, Any]] = [
        good | {"schema": "auditor.report/2"},
        good | {"totals": good["totals"] | {"active": -1}},
        good | {"accounts": [good["accounts"][0] | {"status": "dead"}]},
        {key: value for key, value in good.items() if key != "policy"},
    ]
    assert all(list(schema.iter_errors(wrong)) for wrong in wrongs)


def test_the_report_has_the_documented_keys_in_the_documented_order(city: City) -> None:
    said = city.office("report", "--format", "json")
    assert said.err == ""
    document = said.json
    assert keys(document) == (
        "schema as_of language register policy totals coverage flagged_for_closure demonstration blind_spots brake "
        "controls accounts"
    )
    assert {keys(row) for row in document["accounts"]} == {ROW}
    assert keys(document["totals"]) == "accounts active slow inactive never_posted lost unknown exempt new"
    assert document["as_of"] == "2026-11-23T00:00:00Z"


def test_the_report_says_of_the_city_what_is_true(city: City) -> None:
    rows = {row["account"]: row for row in city.office("report", "--format", "json").json["accounts"]}
    assert {key: rows[key]["status"] for key in rows} == {key: row["status"] for key, row in truth(END).items()}
    assert set(rows) == {account.key for account in SCENARIO.accounts if account.listed}


def test_totals_are_sums_of_the_rows_they_stand_above(city: City) -> None:
    for how in ([], ["--agency", "pemkot-contoh"], ["--platform", "telegram"]):
        document = city.office("report", "--format", "json", *how).json
        counted = [row["status"] for row in document["accounts"]]
        statuses = ("active", "slow", "inactive", "never_posted", "lost", "unknown")
        assert {name: document["totals"][name] for name in statuses} == {name: counted.count(name) for name in statuses}
        assert document["totals"]["accounts"] == len(counted) == sum(document["coverage"].values())
        closing = sum(row["advice"]["code"] == "propose_closure" for row in document["accounts"])
        assert document["flagged_for_closure"] == closing


def test_what_is_not_known_is_null_and_never_zero(city: City) -> None:
    rows = city.office("report", "--format", "json").json["accounts"]
    windows = ("posts_7d", "posts_30d", "posts_90d", "posts_365d", "active_days_90d", "days_silent", "last_post_at")
    unknown = [row for row in rows if row["reason_code"] == "not_connected"]
    assert len(unknown) == 24
    assert {row[name] for row in unknown for name in windows} == {None}


@pytest.mark.parametrize("option", ["--status", "--advice"])
def test_the_report_can_be_narrowed_by_the_words_it_uses_itself(city: City, option: str) -> None:
    rows = city.office("report", "--format", "json").json["accounts"]
    words = [row["status"] if option == "--status" else row["advice"]["code"] for row in rows]
    for word in sorted(set(words)):
        said = city.office("report", "--format", "json", option, word)
        assert said.code == 0, said.err
        assert [row["account"] for row in said.json["accounts"]] == [
            row["account"] for row, own in zip(rows, words, strict=True) if own == word
        ]
        assert said.json["totals"]["accounts"] == len(rows), "a narrowed list does not narrow the totals"


def test_check_names_problems_and_plan(city: City) -> None:
    said = city.office("check", "--format", "json")
    assert (said.code, said.err) == (0, "")
    assert keys(said.json) == "problems plan"
    assert said.json["problems"] == []
    plan = said.json["plan"]
    row = "platform accounts looks_per_day calls_per_day allowance cost_per_month days_per_sweep met"
    assert {keys(one) for one in plan} == {row}
    assert sum(row["accounts"] for row in plan) == 42
    by_name = {row["platform"]: row for row in plan}
    assert len(by_name) == len(plan) == 10
    assert by_name["bluesky"] | {"allowance": 0} == {
        "platform": "bluesky",
        "accounts": 4,
        "looks_per_day": 0.6,
        "calls_per_day": 0.6,
        "allowance": 0,
        "cost_per_month": 0,
        "days_per_sweep": 0.0,
        "met": True,
    }
    assert by_name["bluesky"]["allowance"] == 864_000
    assert by_name["instagram"]["looks_per_day"] == 0


def test_check_prints_every_problem_as_data(zoo: Callable[..., Office]) -> None:
    office = zoo([{"bluesk": "ramai.contoh"}, {"bluesky": "ramai.contoh"}, {"bluesky": "ramai.contoh"}, "bukan alamat"])
    said = office("check", "--format", "json")
    assert (said.code, said.err) == (4, "")
    assert keys(said.json) == "problems plan"
    assert said.json["plan"] == []
    problems = said.json["problems"]
    assert {keys(p) for p in problems} == {"file line column path message hint severity"}
    errors = [p for p in problems if p["severity"] == "error"]
    assert {p["file"] for p in errors} == {"accounts.yaml"}
    assert [p["path"].partition("accounts.")[2][:1] for p in errors] == ["0", "2", "3"]
    assert all(p["line"] >= 1 and p["column"] >= 1 and p["message"] for p in errors)


def test_poll_counts_what_it_did(city: City) -> None:
    for polled in city.polled:
        assert keys(polled) == "looked seen unreadable missed calls"
        assert polled["looked"] == polled["seen"] + polled["unreadable"] + sum(polled["missed"].values()) == 18
        assert set(polled["calls"]) == {"bluesky", "feed", "mastodon", "telegram", "youtube"}
    assert city.polled[0]["unreadable"] == 0
    assert city.polled[-1]["unreadable"] == 1


def test_the_calls_that_poll_counts_are_those_that_arrived(zoo: Callable[..., Office]) -> None:
    office = zoo(
        [{"bluesky": "ramai.contoh"}, {"telegram": "ramai_contoh"}, {"feed": "https://rss.contoh.example/feed/"}]
    )
    calls = office.look(office.now, "--format", "json").json["calls"]
    assert calls == {name: office.lab.calls[name] for name in calls}


def test_a_dry_run_says_who_and_why_and_asks_nobody(city: City) -> None:
    before = len(city.office.lab.requests)
    said = city.office("poll", "--dry-run", "--all", "--format", "json")
    assert (said.code, said.err) == (0, "")
    assert {keys(row) for row in said.json} == {"lane account why cost"}
    by_machine = [row for row in said.json if row["why"] != "hand"]
    assert len(by_machine) == 18
    assert {row["why"] for row in said.json} <= WHYS
    assert all(row["cost"] >= 1 for row in said.json)
    assert len(city.office.lab.requests) == before


def test_a_dry_run_names_the_looks_people_owe(city: City) -> None:
    """In a lane of their own, whatever is due by machine; a glob chooses among them too."""
    owed = city.office("poll", "--dry-run", "--format", "json").json
    assert {(row["lane"], row["why"], row["cost"]) for row in owed} == {("hand", "hand", 40)}
    assert "instagram:pemkot.kota.contoh" in {row["account"] for row in owed}
    assert "bluesky:dinkes.kota.contoh" not in {row["account"] for row in owed}
    some = city.office("poll", "--dry-run", "--only", "instagram:*", "--format", "json").json
    assert some == [row for row in owed if row["account"].startswith("instagram:")]
    lane = city.office("status", "--format", "json").json["by_hand"]
    assert lane["week"] + lane["left_out"] == len(owed)
    assert "DENGAN TANGAN" in city.office("status").out


def test_show_is_the_row_of_the_report_with_what_it_rests_on(city: City) -> None:
    said = city.office("show", ACCOUNT, "--format", "json")
    assert (said.code, said.err) == (0, "")
    shown = said.json
    assert keys(shown) == "schema language account weeks history changes exchanges"
    assert shown["schema"] == "auditor.show/1"
    row = next(r for r in city.office("report", "--format", "json").json["accounts"] if r["account"] == ACCOUNT)
    assert shown["account"] == row
    assert {keys(look) for look in shown["history"]} == {
        "observed_at outcome detail horizon complete new_posts control_ok route"
    }
    assert len(shown["history"]) == row["observations"] == 6
    assert {keys(e) for e in shown["exchanges"]} == {"observed_at at method url status sha256 length"}
    assert all(len(e["sha256"]) == 64 and e["length"] > 0 for e in shown["exchanges"])


def test_show_keeps_the_changes_with_their_cause_and_their_discovery(city: City) -> None:
    (change,) = city.office("show", "bluesky:dinkes.kota.contoh", "--format", "json").json["changes"]
    assert keys(change) == "old new since reason_code judged_at"
    assert (change["old"], change["new"]) == ("active", "lost")
    assert change["since"] < change["judged_at"]


def test_status_says_what_the_work_is_about(city: City) -> None:
    said = city.office("status", "--format", "json")
    assert (said.code, said.err) == (0, "")
    document = said.json
    assert keys(document) == "schema as_of daemon next_runs platforms blind_spots brake behind by_hand quota register"
    assert document["daemon"] == {"alive": None, "heartbeat_at": None}
    assert {keys(p) for p in document["platforms"]} == {
        "platform accounts last_look_at last_ok_at failing_since blocked_until reason"
    }
    looked = {p["platform"]: p["last_look_at"] for p in document["platforms"]}
    assert looked["bluesky"] == "2026-11-22T23:10:00Z"
    assert looked["instagram"] is None
    assert {keys(q) for q in document["quota"]} == {"lane spent limit resets_at"}


def test_every_document_is_one_document_in_both_languages(city: City) -> None:
    commands = [["check"], ["poll", "--dry-run"], ["report"], ["show", ACCOUNT], ["status"]]
    for command in commands:
        for lang in LANGS:
            said = city.office(*command, "--format", "json", lang=lang)
            assert said.out.count("\n") == said.out.rstrip("\n").count("\n") + 1
            json.loads(said.out)


def test_a_report_into_a_file_is_the_one_on_standard_output(city: City, tmp_path: Any) -> None:
    target = tmp_path / "laporan.json"
    said = city.office("report", "--format", "json", "-o", str(target))
    assert (said.code, said.out, said.err) == (0, "", "")
    assert target.read_text("utf-8") == city.office("report", "--format", "json").out


def test_a_report_into_a_folder_that_is_not_there_is_a_sentence(city: City, tmp_path: Any) -> None:
    said = city.office("report", "-o", str(tmp_path / "tidak" / "ada.txt"))
    assert (said.code, said.out) == (2, "")
    assert "ada.txt" in said.err


def test_an_edited_list_shows_in_the_next_report(zoo: Callable[..., Office]) -> None:
    office = zoo([{"bluesky": "ramai.contoh"}])
    assert office.look(office.now).code == 0
    write_register(office.config, "Dinas Contoh", [{"bluesky": "ramai.contoh"}, {"telegram": "ramai_contoh"}])
    document = office("report", "--format", "json").json
    assert [row["status"] for row in document["accounts"]] == ["active", "unknown"]
    assert document["accounts"][1]["reason_code"] == "not_yet"
