"""Which causes an instant has, whose looks are missing, and which verdicts that withholds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from auditor.blindness import Senses, spots, survey
from auditor.core.audit import BlindKind, BlindSpot
from auditor.core.model import AccountRef, Status
from auditor.core.register import Account
from auditor.store.verbs import LaneState
from auditor.watched import Watched, Way, watched_rows
from tests.build import DAY, HOUR, T0
from tests.reports.city import kota_contoh

KIND = BlindKind


def lane(name: str, **changes: object) -> LaneState:
    return replace(LaneState(name, None, None, None, T0 - 9 * DAY, None), **changes)  # type: ignore[arg-type]


def refused(name: str, ago: timedelta = DAY, reason: str = "credential_rejected") -> LaneState:
    return lane(name, reason=reason, since=T0 - ago)


def failing(name: str, ago: timedelta) -> LaneState:
    return lane(name, failing_since=T0 - ago)


def one(
    key: str,
    ago: timedelta | None = None,
    *,
    failures: int = 2,
    miss: str | None = "unreachable",
    status: Status = Status.ACTIVE,
    agency: str = "dinas",
    until: datetime | None = None,
) -> Watched:
    """An account; `ago` is when its looks began to fail."""
    platform, _, handle = key.partition(":")
    account = Account(key, AccountRef(platform, handle), f"https://{handle}", agency, handle, "f:1")
    since = None if ago is None else T0 - ago
    blind = status is Status.UNKNOWN
    return Watched(account, None, status, blind, miss if ago else None, since, failures if ago else 0, since, until)


def ways(account: Account, native_id: str | None) -> Sequence[Way]:
    """Toy is one lane; site a lane per server; pool two keys; mixed a key beside a way without."""
    match account.ref.platform:
        case "site":
            return [Way(f"site:{account.ref.handle.partition('/')[0]}")]
        case "pool":
            return [Way("pool:A", keyed=True), Way("pool:B", keyed=True)]
        case "mixed":
            return [Way("mixed:A", keyed=True), Way("mixed")]
        case platform:
            return [Way(platform)]


def found(watched: Sequence[Watched], *lanes: LaneState, **more: object) -> tuple[BlindSpot, ...]:
    senses = Senses({each.name: each for each in lanes}, ways, **more)  # type: ignore[arg-type]
    return spots(watched, senses, T0)


def short(rows: Sequence[BlindSpot]) -> list[tuple[str, str, str, int]]:
    return [(str(row.kind), row.subject, row.reason, len(row.accounts)) for row in rows]


PEOPLE = [one(f"toy:{n}") for n in "abc"]


@pytest.mark.parametrize(
    ("watched", "lanes", "expected"),
    [
        pytest.param(PEOPLE, [lane("toy")], [], id="nothing is wrong"),
        pytest.param([one("toy:a", 23 * HOUR)], [], [], id="less than a day is a hiccup"),
        pytest.param([one("toy:a", 2 * DAY, failures=1)], [], [], id="one failed sweep is a hiccup, however long ago"),
        pytest.param(
            [one("toy:a", DAY)], [], [("platform", "toy", "unreachable", 1)], id="a day and two sweeps are none"
        ),
        pytest.param(
            [one("toy:a", 2 * DAY, failures=1), one("toy:b", DAY, failures=1), one("toy:c")],
            [failing("toy", 2 * DAY)],
            [("platform", "toy", "unreachable", 3)],
            id="a lane that is deaf stops early: all its accounts are dark, each sweep tried others",
        ),
        pytest.param(
            [one("toy:a", 2 * DAY), *PEOPLE[1:]],
            [lane("toy")],
            [("account", "toy", "unreachable", 1)],
            id="one account of a platform that answers is not the platform",
        ),
        pytest.param(
            [one("toy:a", 240 * DAY, status=Status.UNKNOWN), one("toy:b", HOUR, failures=1), one("toy:c")],
            [failing("toy", HOUR)],
            [("account", "toy", "unreachable", 1)],
            id="a hiccup of the lane does not spread the long silence of one account",
        ),
        pytest.param(
            [one("toy:a", 60 * DAY), one("toy:b", 40 * DAY), one("toy:c")],
            [failing("toy", 3 * DAY)],
            [("account", "toy", "unreachable", 2)],
            id="odd accounts that were asked alone do not darken their lane",
        ),
        pytest.param(
            [one("toy:a", HOUR, status=Status.UNKNOWN, failures=1)],
            [],
            [("platform", "toy", "unreachable", 1)],
            id="a verdict that is withheld is told at once",
        ),
        pytest.param(
            [one("toy:a", None, status=Status.UNKNOWN)],
            [],
            [("platform", "toy", "stale", 1)],
            id="nobody looked for too long",
        ),
        pytest.param(
            [one("pool:a"), one("pool:b")],
            [refused("pool:A"), lane("pool:B")],
            [("credential", "pool:A", "credential_rejected", 0)],
            id="a refused key that another stands in for withholds nobody",
        ),
        pytest.param(
            [one("pool:a"), one("pool:b")],
            [refused("pool:A", 3 * DAY), refused("pool:B", HOUR)],
            [
                ("credential", "pool:B", "credential_rejected", 2),
                ("credential", "pool:A", "credential_rejected", 0),
            ],
            id="of a pool all refused, the one refused last keeps us from seeing",
        ),
        pytest.param(
            [one("mixed:a", 3 * DAY, miss="credential_rejected")],
            [refused("mixed:A", 3 * DAY, "permission_missing"), failing("mixed", 2 * DAY)],
            [("credential", "mixed:A", "permission_missing", 1)],
            id="each account stands in one row: the credential is what a person can mend",
        ),
        pytest.param(
            [one("site:x.example/1", 3 * DAY), one("site:x.example/2", 3 * DAY), one("site:y.example/1")],
            [failing("site:x.example", 3 * DAY), lane("site:y.example")],
            [("platform", "site:x.example", "unreachable", 2)],
            id="a server is dark by itself",
        ),
        pytest.param(
            [
                one("site:x.example/1", 3 * DAY, agency="sendiri"),
                one("toy:a", 5 * DAY, agency="sendiri"),
                one("toy:b", agency="lain"),
            ],
            [failing("site:x.example", 3 * DAY)],
            [
                ("platform", "site:x.example", "unreachable", 1),
                ("account", "toy", "unreachable", 1),
                ("agency", "sendiri", "several_causes", 2),
            ],
            id="an agency of which nothing can be seen, for causes of its own",
        ),
        pytest.param(
            [one("toy:a", 3 * DAY), one("pool:a", 3 * DAY)],
            [failing("toy", 3 * DAY), refused("pool:A"), refused("pool:B")],
            [
                ("credential", "pool:B", "credential_rejected", 1),
                ("credential", "pool:A", "credential_rejected", 0),
                ("platform", "toy", "unreachable", 1),
            ],
            id="an agency that only platforms and keys darken has no row of its own",
        ),
        pytest.param(
            [one("toy:a", 3 * DAY, miss="unreachable"), one("toy:b", 2 * DAY, miss="unrecognised"), one("toy:c", DAY)],
            [],
            [("platform", "toy", "unreachable", 3)],
            id="of several reasons the most frequent is told",
        ),
    ],
)
def test_one_row_for_each_cause(
    watched: Sequence[Watched], lanes: Sequence[LaneState], expected: list[tuple[str, str, str, int]]
) -> None:
    assert short(found(watched, *lanes)) == expected


def test_trouble_that_lies_ahead_of_the_instant_is_none() -> None:
    """What lanes tell of now says nothing of a past day."""
    now = {"toy": failing("toy", timedelta()), "pool:A": refused("pool:A", timedelta())}
    assert spots([one("toy:a"), one("pool:a")], Senses(now, ways), T0 - DAY) == ()
    dark = [one("toy:a", 9 * DAY, status=Status.UNKNOWN), one("toy:b", 5 * DAY, status=Status.UNKNOWN)]
    for watched, kind in ((dark, KIND.PLATFORM), ([*dark, one("toy:c")], KIND.ACCOUNT)):
        (row,) = spots(watched, Senses(now, ways), T0 - DAY)
        assert (row.kind, row.since, len(row.accounts)) == (kind, T0 - 9 * DAY, 2)


def test_a_verdict_stands_until_its_evidence_is_stale_and_no_known_post_carries_it() -> None:
    row = next(row for row in kota_contoh().rows if row.verdict.status is Status.ACTIVE)
    looked = row.verdict.observed_at
    assert looked is not None
    stale = looked + row.policy.stale_after
    for status, proven, until in (
        (Status.ACTIVE, stale + DAY, stale + DAY),
        (Status.ACTIVE, stale - DAY, stale),
        (Status.LOST, stale + DAY, stale),
        (Status.UNKNOWN, stale + DAY, None),
    ):
        judged = replace(row, verdict=replace(row.verdict, status=status, proven_until=proven))
        assert watched_rows([judged])[0].stands_until == until


def test_a_network_that_is_down_takes_everybody_who_has_no_nearer_cause() -> None:
    watched = [one("toy:a"), one("toy:b"), one("pool:a", 4 * DAY, miss="credential_rejected")]
    lanes = (refused("pool:A", 4 * DAY), refused("pool:B", 4 * DAY))
    rows = found(watched, *lanes, offline_since=T0 - 2 * DAY)
    assert short(rows)[0] == ("network", "", "offline", 2)
    assert sum(len(row.accounts) for row in rows) == 3
    assert short(found([one("toy:a")], offline_since=T0 - HOUR)) == []


@dataclass
class Still:
    lane: str
    start: datetime
    accounts: tuple[str, ...]


def test_a_frozen_lane_is_a_spot_of_its_platform() -> None:
    (row,) = found([one("toy:a"), one("toy:b")], lane("toy"), doubts=[Still("toy", T0 - 3 * DAY, ("toy:a", "toy:x"))])
    assert (row.kind, row.platform, row.reason, row.since, row.accounts) == (
        KIND.PLATFORM,
        "toy",
        "frozen",
        T0 - 3 * DAY,
        ("toy:a",),
    )


def test_withheld_is_what_an_account_was_before_it_became_unknown_and_standing_what_it_still_is() -> None:
    watched = [
        one("toy:a", 20 * DAY, status=Status.UNKNOWN),
        one("toy:b", 20 * DAY, status=Status.UNKNOWN),
        one("toy:c", 20 * DAY, status=Status.SLOW, until=T0 + 5 * DAY),
        one("toy:d", 20 * DAY, status=Status.ACTIVE, until=T0 + 3 * DAY),
    ]
    senses = Senses({"toy": failing("toy", 20 * DAY)}, ways)
    (row,) = spots(watched, senses, T0, lambda keys: {"toy:a": Status.ACTIVE} if "toy:a" in keys else {})
    assert row.withheld == {"toy:a": Status.ACTIVE}, "the other never had a verdict"
    assert row.standing == {"toy:c": Status.SLOW, "toy:d": Status.ACTIVE}
    assert row.stands_until == T0 + 3 * DAY


def test_a_first_look_that_fails_is_shown_and_not_told_before_it_has_lasted() -> None:
    new = [one("toy:a", HOUR, status=Status.UNKNOWN, failures=1)]
    assert len(found(new)) == 1
    assert survey(new, Senses({}, ways), T0).found == ()


def test_summed_up_misses_from_before_a_lane_failed_do_not_make_its_failing_older() -> None:
    new = [one("toy:a", 30 * DAY), one("toy:b")]
    assert survey(new, Senses({"toy": failing("toy", HOUR)}, ways), T0).found == ()
    assert len(survey(new, Senses({"toy": lane("toy")}, ways), T0).found) == 1


def test_what_was_told_stays_in_trouble_until_it_answers_also_where_the_clock_was_set_back() -> None:
    lanes = {"toy": failing("toy", timedelta()), "pool:A": lane("pool:A", reason="rate_limited", since=T0)}
    looked = survey([one("toy:a"), one("toy:b")], Senses(lanes, ways), T0 - 300 * DAY)
    assert looked.found == ()
    assert {(KIND.PLATFORM, "toy"), (KIND.CREDENTIAL, "pool:A")} <= looked.troubled


def test_seen_again_is_only_what_somebody_is_seen_of() -> None:
    dark = one("toy:a", 2 * DAY, agency="satu")
    looked = survey([dark, one("site:x.example/1", agency="dua")], Senses({"pool:A": lane("pool:A")}, ways), T0)
    told = {
        key: looked.seen_again(key)
        for key in (
            (KIND.NETWORK, ""),
            (KIND.CREDENTIAL, "pool:A"),
            (KIND.CREDENTIAL, "pool:GONE"),
            (KIND.PLATFORM, "toy"),
            (KIND.PLATFORM, "site:x.example"),
            (KIND.PLATFORM, "left.the.list"),
            (KIND.AGENCY, "satu"),
            (KIND.AGENCY, "dua"),
        )
    }
    assert list(told.values()) == [True, True, False, False, True, False, False, True]


KEYS = ("toy:a", "toy:b", "pool:a", "pool:b", "site:x.example/1", "site:x.example/2", "site:y.example/1", "mixed:a")
LANES = ("toy", "pool:A", "pool:B", "site:x.example", "site:y.example", "mixed:A", "mixed")
STATES = st.sampled_from(
    [lane(""), failing("", 3 * DAY), failing("", HOUR), refused("", 2 * DAY), refused("", HOUR, "permission_missing")]
)


@given(
    st.fixed_dictionaries(dict.fromkeys(LANES, STATES)),
    st.lists(
        st.tuples(
            st.sampled_from(KEYS),
            st.sampled_from([None, HOUR, 2 * DAY, 30 * DAY]),
            st.sampled_from(Status),
            st.sampled_from(["satu", "dua"]),
            st.integers(1, 3),
        ),
        unique_by=lambda drawn: drawn[0],
    ),
)
def test_every_withheld_verdict_stands_in_exactly_one_cause(
    lanes: dict[str, LaneState], drawn: list[tuple[str, timedelta | None, Status, str, int]]
) -> None:
    """Law: nobody is blind without a row, nobody in two; agencies only repeat what causes list."""
    watched = [one(k, ago, status=s, agency=a, failures=n) for k, ago, s, a, n in drawn]
    rows = found(watched, *(replace(state, name=name) for name, state in lanes.items()))
    causes = [row for row in rows if row.kind is not KIND.AGENCY]
    listed = [key for row in causes for key in row.accounts]
    assert len(listed) == len(set(listed))
    assert {each.account.key for each in watched if each.blind} <= set(listed)
    assert {key for row in rows for key in row.accounts} == set(listed)
    assert len({(row.kind, row.subject) for row in rows}) == len(rows), "a spot has one name"
    assert all(row.since <= T0 for row in rows)
    assert all(set(row.withheld) | set(row.standing) <= set(row.accounts) for row in rows)
