"""Which profile judges, and whether closing may be proposed at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from auditor.core.model import AccountRef, PostKind
from auditor.core.policy import PolicyBook, Profile, ReliefDays, is_exempt, resolve
from auditor.core.register import Account, Agency, Exemption, Relation

WIB = timezone(timedelta(hours=7))
PROFILES = {
    "strict": Profile("strict", 7, 8, 14, 30, 60, may_recommend_closure=False),
    "standard": Profile("standard", 14, 4, 30, 90, 180, may_recommend_closure=True),
    "lenient": Profile("lenient", 30, 1, 60, 90, 365, may_recommend_closure=True),
    "video": Profile("video", 30, 1, 90, 90, 365, may_recommend_closure=True),
}
BOOK = PolicyBook(
    "default",
    "sha256:0",
    None,
    PROFILES,
    "standard",
    {"youtube": "video"},
    frozenset({"feed"}),
    frozenset({PostKind.ORIGINAL}),
    "",
    "",
)
NOON = datetime(2026, 6, 15, 12, tzinfo=UTC)


def account(platform: str = "x", profile: str | None = None, opened: date | None = None) -> Account:
    ref = AccountRef(platform, "contoh")
    return Account(f"{platform}:contoh", ref, "https://", "a", "contoh", "f:1", profile, opened)


def office(profile: str | None = None, relation: Relation = Relation.INSIDE) -> Agency:
    return Agency("a", "Dinas Contoh", "Asia/Jakarta", WIB, relation=relation, profile=profile)


@pytest.mark.parametrize(
    ("account", "office", "profile", "closing"),
    [
        pytest.param(account(), office(), "standard", True, id="nobody chose: the default"),
        pytest.param(account(), office("strict"), "strict", False, id="the agency's"),
        pytest.param(account("youtube"), office(), "video", True, id="the platform's"),
        pytest.param(account("youtube"), office("strict"), "video", False, id="judged as video, protected by strict"),
        pytest.param(
            account("x", "lenient"), office("strict"), "lenient", False, id="its own, protected by the agency's"
        ),
        pytest.param(account("youtube", "lenient"), office(), "lenient", True, id="its own before the platform's"),
        pytest.param(account("feed"), office(), "standard", False, id="a web site is never closed by day count"),
        pytest.param(account(), office(relation=Relation.ABOVE), "standard", False, id="an office above us"),
        pytest.param(account(), office(relation=Relation.OUTSIDE), "standard", False, id="an office outside"),
    ],
)
def test_the_first_profile_that_is_set_judges_and_all_that_are_set_must_allow_closing(
    account: Account, office: Agency, profile: str, closing: bool
) -> None:
    policy = resolve(BOOK, account, office, NOON)
    assert (policy.profile, policy.closure_allowed) == (profile, closing)


def test_letters_go_to_our_own_offices_only() -> None:
    assert resolve(BOOK, account(), office(), NOON).letters
    assert not resolve(BOOK, account(), office(relation=Relation.ABOVE), NOON).letters


EXEMPTION = Exemption("seasonal", "SPMB", "1/2026", "Sekda", date(2026, 6, 1), date(2026, 6, 30))


@pytest.mark.parametrize(
    ("at", "exempt"),
    [
        pytest.param(
            datetime(2026, 5, 31, 16, 59, 59, tzinfo=UTC), False, id="a second before the first day, local time"
        ),
        pytest.param(datetime(2026, 5, 31, 17, tzinfo=UTC), True, id="its first instant"),
        pytest.param(datetime(2026, 6, 30, 16, 59, 59, tzinfo=UTC), True, id="the last second of the last day"),
        pytest.param(datetime(2026, 6, 30, 17, tzinfo=UTC), False, id="then it lapses by itself"),
    ],
)
def test_an_exemption_holds_on_both_its_days_in_the_offices_zone(at: datetime, exempt: bool) -> None:
    assert is_exempt(EXEMPTION, WIB, at) is exempt


def test_opened_is_the_first_instant_of_the_day_where_the_office_is() -> None:
    policy = resolve(BOOK, account(opened=date(2026, 7, 26)), office(), NOON)
    assert policy.opened == datetime(2026, 7, 25, 17, tzinfo=UTC)


def test_relief_days_reach_the_judge_as_instants_and_only_for_their_agencies() -> None:
    days = ReliefDays("Idulfitri", date(2026, 3, 18), date(2026, 3, 24), 10)
    theirs = replace(days, agencies=frozenset({"b"}))
    (relief,) = resolve(replace(BOOK, relief=(days, theirs)), account(), office(), NOON).relief
    assert relief.start == datetime(2026, 3, 17, 17, tzinfo=UTC)
    assert relief.end == datetime(2026, 3, 24, 17, tzinfo=UTC)


def test_lost_access_is_no_pass() -> None:
    assert not is_exempt(replace(EXEMPTION, kind="access_lost"), WIB, NOON)
