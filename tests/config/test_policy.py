"""The written policy: defaults, overriding in part, sense, and a version that is the hash of what it says."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from auditor.config.init import STARTERS, starter
from auditor.config.load import policy_document, policy_from
from auditor.config.policy import default_book
from auditor.core.model import PostKind
from auditor.core.policy import PolicyBook, Profile, ReliefDays
from auditor.words import LANGUAGES

from .folder import loaded, rejected

EMPTY = "agencies: []\n"
ROOT = Path(__file__).parents[2]


def book(folder: Path, policy: str) -> PolicyBook:
    return loaded(folder, accounts=EMPTY, policy=policy).book


def test_without_a_file_the_directive_s_defaults_hold(tmp_path: Path) -> None:
    found = loaded(tmp_path, accounts=EMPTY).book
    assert found == default_book()
    limits = {
        name: (
            p.active_max_days,
            p.min_posts_30d,
            p.slow_max_days,
            p.notice_days,
            p.candidate_days,
            p.may_recommend_closure,
        )
        for name, p in found.profiles.items()
    }
    assert limits == {
        "strict": (7, 8, 14, 30, 60, False),
        "standard": (14, 4, 30, 90, 180, True),
        "lenient": (30, 1, 60, 90, 365, True),
        "video": (30, 1, 90, 90, 365, True),
    }
    assert found.set_by is None
    assert (found.default_profile, dict(found.profile_by_platform)) == (
        "standard",
        {"youtube": "video", "linkedin": "video"},
    )
    assert (found.closure_forbidden_for, found.counted_kinds) == ({"feed"}, {PostKind.ORIGINAL})


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_starter_policy_says_the_defaults(tmp_path: Path, language: str) -> None:
    assert book(tmp_path, starter("policy", language)).version == default_book().version


def test_an_empty_file_means_the_defaults(tmp_path: Path) -> None:
    assert book(tmp_path, "# nothing yet\n") == default_book()


def test_a_known_profile_is_overridden_in_part(tmp_path: Path) -> None:
    found = book(tmp_path, "profiles: {standard: {slow_max_days: 45}}")
    assert found.profiles["standard"] == Profile("standard", 14, 4, 45, 90, 180, may_recommend_closure=True)
    assert found.profiles["strict"] == default_book().profiles["strict"]


def test_a_new_profile_is_complete_and_can_be_used(tmp_path: Path) -> None:
    full = "active_max_days: 1, min_posts_30d: 2, slow_max_days: 3, notice_days: 4, candidate_days: 5"
    text = f"profiles: {{acara: {{{full}, may_recommend_closure: false}}}}\nprofile_by_platform: {{tiktok: acara}}\n"
    assert book(tmp_path, text).profiles["acara"] == Profile("acara", 1, 2, 3, 4, 5, may_recommend_closure=False)
    missing = rejected(tmp_path, accounts=EMPTY, policy="profiles: {acara: {notice_days: 4}}")
    assert "active_max_days" in missing[0].message


def test_limits_stand_in_their_order_and_the_numbers_are_named(tmp_path: Path) -> None:
    problem = rejected(tmp_path, accounts=EMPTY, policy="profiles:\n  lenient: {notice_days: 40}\n")[0]
    assert (problem.line, problem.column) == (2, 3)
    assert "slow_max_days 60 ≤ notice_days 40" in problem.message


def test_the_version_is_the_hash_of_what_is_written(tmp_path: Path) -> None:
    """Comments and order do not change it; a number does."""
    one = book(tmp_path, "new_account_days: 60\npublic_naming: false\n")
    assert one.version == "sha256:" + hashlib.sha256(policy_document(one).encode()).hexdigest()
    assert book(tmp_path, "# x\npublic_naming: false\nnew_account_days: 60\n").version == one.version
    assert book(tmp_path, "new_account_days: 61\n").version != one.version
    orders = ["{x: video, tiktok: video}", "{tiktok: video, x: video}"]
    assert len({book(tmp_path, f"profile_by_platform: {order}").version for order in orders}) == 1


def test_keys_of_later_steps_are_kept_in_the_document(tmp_path: Path) -> None:
    found = book(tmp_path, "signers: {notice: kepala_dinas}\nladder: {starts_on: 2027-01-04, notice_reply_days: 21}\n")
    document = json.loads(policy_document(found))
    assert (document["signers"]["notice"], document["ladder"]["notice_reply_days"]) == ("kepala_dinas", 21)
    assert found.ladder_starts_on == date(2027, 1, 4)
    again = policy_from(policy_document(found))
    assert again == found
    assert policy_document(again) == policy_document(found)


def test_relief_days_reach_the_book(tmp_path: Path) -> None:
    relief = "calendar_relief:\n  - {name: Idulfitri, from: 2027-03-08, until: 2027-03-14, extra_days: 7}\n"
    assert book(tmp_path, relief).relief == (ReliefDays("Idulfitri", date(2027, 3, 8), date(2027, 3, 14), 7),)


def test_months_of_an_exemption_are_policy(tmp_path: Path) -> None:
    entry = "{kind: crisis, reason: a, document: b, approved_by: c, from: 2026-09-01, until: 2027-06-01}"
    accounts = f"agencies:\n  - name: A\n    id: a\n    accounts:\n      - {{x: a, exempt: {entry}}}\n"
    assert rejected(tmp_path, accounts=accounts)
    assert loaded(tmp_path, accounts=accounts, policy="exemption: {max_months: 9}").register.accounts


DAYS = st.integers(0, 400)
PROFILES = st.dictionaries(
    st.text(min_size=1, max_size=8), st.tuples(DAYS, DAYS, DAYS, DAYS, DAYS, st.booleans()), min_size=1, max_size=3
).map(lambda found: {name: Profile(name, *values) for name, values in found.items()})
RELIEF = st.builds(
    ReliefDays, st.text(max_size=8), st.dates(), st.dates(), DAYS, st.frozensets(st.text(max_size=5), max_size=2)
)


@settings(max_examples=60)
@given(PROFILES, st.lists(RELIEF, max_size=2), st.none() | st.dates(), DAYS, st.none() | st.text(max_size=9))
def test_a_stored_policy_is_the_policy(
    profiles: dict[str, Profile], relief: list[ReliefDays], starts: date | None, days: int, set_by: str | None
) -> None:
    written = PolicyBook(
        name="coba",
        version="sha256:coba",
        set_by=set_by,
        profiles=profiles,
        default_profile=next(iter(profiles)),
        profile_by_platform={"x": next(iter(profiles))},
        closure_forbidden_for=frozenset({"feed"}),
        counted_kinds=frozenset({PostKind.ORIGINAL, PostKind.REPLY}),
        note="n",
        sentence="s",
        new_account_days=days,
        stale_after_days=days,
        absence_span_hours=days,
        relief=tuple(relief),
        ladder_starts_on=starts,
    )
    assert policy_from(policy_document(written)) == written


@pytest.mark.parametrize("name", STARTERS)
def test_the_shipped_examples_are_the_starters(name: str) -> None:
    """Except the list: the example shows real agencies."""
    if name != "accounts":
        assert (ROOT / f"config/{name}.example.yaml").read_text("utf-8") == starter(name, "id")
