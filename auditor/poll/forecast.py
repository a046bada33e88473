"""What one sweep over the list takes of every allowance: told before anybody is asked."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from auditor.core.quota import Quota
from auditor.core.register import Account
from auditor.platforms.base import Capability

from .office import Office, Route

DAY, MONTH = timedelta(days=1), timedelta(days=30)
MONEY = "usd"  # counted in thousandths


@dataclass(frozen=True, slots=True)
class Demand:
    """What the accounts of one lane take of one quota, each looked at once."""

    lane: str
    quota: Quota
    units: float

    @property
    def allowed(self) -> float:
        """Units a day."""
        return self.quota.units * (DAY / (MONTH if self.quota.monthly else self.quota.per))

    @property
    def days(self) -> float:
        """How long one sweep takes; infinite where nothing is allowed."""
        return self.units / self.allowed if self.allowed else math.inf if self.units else 0.0


@dataclass(frozen=True, slots=True)
class Forecast:
    """One platform: every readable account is looked at once in `max_age_days`."""

    platform: str
    accounts: int
    readable: int
    max_age_days: int
    calls: float  # of one sweep
    money: float  # of one sweep, in thousandths of a dollar
    allowance: float | None  # a day, of the quota that counts requests, over all credentials; None: none is published
    demands: tuple[Demand, ...] = ()

    @property
    def tightest(self) -> Demand | None:
        """What is used up first."""
        return max(self.demands, key=lambda d: d.days, default=None)

    @property
    def days(self) -> float | None:
        """Of one sweep by all lanes side by side; None: nothing is counted."""
        return self.tightest.days if self.tightest else None

    @property
    def met(self) -> bool:
        """The allowances are enough for every look that is due."""
        return self.days is None or self.days <= self.max_age_days

    @property
    def usd_a_month(self) -> float:
        """Dollars."""
        return self.money * (MONTH / DAY) / self.max_age_days / 1000


def forecast(office: Office, capabilities: Mapping[str, Capability]) -> tuple[Forecast, ...]:
    """Platforms of the list, in the order of `capabilities` (each by the route that is used first)."""
    found = []
    for name, capability in capabilities.items():
        accounts = [a for a in office.register.accounts if a.ref.platform == name]
        if accounts:
            found.append(_platform(office, name, capability, accounts))
    return tuple(found)


def _platform(office: Office, name: str, capability: Capability, accounts: Sequence[Account]) -> Forecast:
    lanes: dict[str, list[Account]] = {}
    ways: dict[str, Route] = {}
    for account in accounts:
        if (route := office.route(account)) is not None:
            lane = route.lane(account.ref.handle)
            lanes.setdefault(lane, []).append(account)
            ways[lane] = route
    max_age = office.book.max_age_days
    prices = {lane: price(ways[lane].platform.capability, max_age) for lane in lanes}
    pool = max(1, sum(route.credential is not None for route in office.routes.get(name, ())))
    quota = capability.quota
    return Forecast(
        platform=name,
        accounts=len(accounts),
        readable=sum(map(len, lanes.values())),
        max_age_days=max_age,
        calls=sum(len(own) * prices[lane][""] for lane, own in lanes.items()),
        money=sum(len(own) * prices[lane].get(MONEY, 0) for lane, own in lanes.items()),
        allowance=Demand("", quota, 0).allowed * pool if quota else None,
        demands=tuple(_demands(lanes, ways, prices)),
    )


def _demands(
    lanes: Mapping[str, Sequence[Account]], ways: Mapping[str, Route], prices: Mapping[str, Mapping[str, float]]
) -> Iterable[Demand]:
    for lane, accounts in lanes.items():
        for quota in ways[lane].platform.capability.quotas:
            yield Demand(lane, quota, len(accounts) * prices[lane].get(quota.name, 0))


def price(capability: Capability, max_age_days: int) -> dict[str, float]:
    """What one look takes of each quota by name, as declared; under "" the units of the first.

    A cheap question that is asked more seldom than accounts are looked at costs its share of a look.
    """
    every = capability.lookup_every
    share = min(1.0, timedelta(days=max_age_days) / every) if every else 1.0
    found: dict[str, float] = {"": 0.0}
    for call, part in ((capability.lookup, share), (capability.timeline, 1.0)):
        if call is not None:
            found[""] += part * call.cost / call.batch
            for name, units in call.spends.items():
                found[name] = found.get(name, 0.0) + part * units
    if capability.quota is not None:
        found[capability.quota.name] = found.get(capability.quota.name, 0.0) + found[""]
    return found
