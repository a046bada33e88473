"""The plan: what one look at every account takes of every allowance, told before anybody is asked."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from datetime import timedelta

import pytest

from auditor.core.address import AddressForm
from auditor.core.model import AccountRef
from auditor.core.quota import Quota, Scope
from auditor.core.register import Account, Agency, Register
from auditor.fetch.credential import Credential
from auditor.platforms.base import Auth, Call, Capability, Platform
from auditor.poll.forecast import Forecast, forecast, price
from auditor.poll.office import Office, Route
from tests.core.test_policy import BOOK, WIB

WEEK = replace(BOOK, max_age_days=7)
DAY = timedelta(days=1)
UNITS = Quota(10_000, DAY, Scope.CREDENTIAL, zone="America/Los_Angeles", name="unit")
MONEY = Quota(10_000, timedelta(days=30), Scope.CREDENTIAL, name="usd", monthly=True, billed=True)
FORM = AddressForm(frozenset({"t.example"}), (), re.compile(".+"), "https://t.example/{handle}")
CHANNELS = Capability(Auth.API_KEY, Call(50, 1), Call(1, 2), (UNITS,))
PAID = Capability(
    Auth.BEARER,
    Call(100, 1, {"usd": 10}),
    Call(1, 1, {"usd": 0}),
    (Quota(900, timedelta(minutes=15), Scope.CREDENTIAL, name="request"), MONEY),
    lookup_every=timedelta(days=7),
)


def told(capability: Capability, accounts: int, *names: str, handle: str = "akun{n}", days: int = 7) -> Forecast:
    toy = Platform("toy", "Toy", "https://t.example", FORM, capability, timeline=lambda ref, profile, ask, window: None)  # type: ignore[arg-type, return-value]
    handles = [handle.format(n=n) for n in range(accounts)]
    listed = tuple(Account(f"toy:{h}", AccountRef("toy", h), "", "a", h, "f:1") for h in handles)
    register = Register((Agency("a", "Dinas Contoh", "Asia/Jakarta", WIB),), listed, "0" * 64)
    routes = [Route(toy, Credential(name)) for name in names] or [Route(toy)]
    (found,) = forecast(Office(register, replace(WEEK, max_age_days=days), {}, {"toy": routes}), {"toy": capability})
    return found


def test_a_thousand_channels_take_a_fifth_of_a_day() -> None:
    found = told(CHANNELS, 1000, "A")
    assert found.days == pytest.approx((1000 / 50 + 2000) / 10_000)
    assert found.met
    assert (found.allowance, found.usd_a_month) == (10_000, 0)


def test_a_pool_is_as_slow_as_its_fullest_lane_and_its_allowance_is_the_sum() -> None:
    alone, pool = told(CHANNELS, 1000, "A"), told(CHANNELS, 1000, "A", "B")
    assert alone.days is not None
    assert pool.days is not None
    assert alone.days / 2 <= pool.days < alone.days * 0.6
    assert pool.allowance == 20_000


def test_money_is_what_is_declared_for_each_account_in_a_month() -> None:
    found = told(PAID, 1000, "A")
    assert found.usd_a_month == pytest.approx(1000 * 0.01 * 30 / 7)
    assert [d.quota.name for d in found.demands] == ["request", "usd"]


def test_a_cheap_question_that_is_asked_less_often_than_accounts_are_looked_at_costs_its_share() -> None:
    assert price(PAID, 7)["usd"] == 10
    assert price(PAID, 1)["usd"] == pytest.approx(10 / 7)
    assert price(PAID, 14)["usd"] == 10


def test_the_tightest_quota_says_how_long_a_sweep_takes() -> None:
    poor = replace(PAID, quotas=(PAID.quotas[0], replace(MONEY, units=100)))
    found = told(poor, 1000, "A")
    assert found.tightest is not None
    assert found.tightest.quota.name == "usd"
    assert found.days == pytest.approx(10_000 / (100 / 30))
    assert not found.met


@pytest.mark.parametrize(("days", "met"), [(7, True), (6, False)], ids=["as long as the maximum age", "longer"])
def test_a_plan_is_met_where_a_sweep_takes_no_longer_than_the_maximum_age(days: int, met: bool) -> None:
    slow = replace(CHANNELS, lookup=None, timeline=Call(1, 10))
    assert told(slow, 7000, "A", days=days).met is met


def test_an_allowance_of_nothing_is_never_enough() -> None:
    found = told(replace(CHANNELS, quotas=(replace(UNITS, units=0),)), 1, "A")
    assert (found.days, found.met) == (math.inf, False)


def test_servers_have_an_allowance_each() -> None:
    per_host = replace(CHANNELS, lookup=None, timeline=Call(1, 1), quotas=(replace(UNITS, scope=Scope.HOST, units=10),))
    apart = told(per_host, 20, handle="akun@{n}.example")
    together = told(per_host, 20, handle="akun{n}@satu.example")
    assert (apart.days, together.days) == (0.1, 2.0)


def test_what_nothing_counts_is_always_met() -> None:
    found = told(replace(CHANNELS, quotas=()), 100_000)
    assert (found.days, found.met, found.allowance) == (None, True, None)


def test_accounts_nobody_can_ask_for_take_nothing() -> None:
    found = told(replace(CHANNELS, asks_for=re.compile("UC.+")), 10, "A")
    assert (found.accounts, found.readable, found.calls, found.days) == (10, 0, 0, None)
