"""What a platform allows, in whatever it counts: requests, units, money. Windows are the same for every process."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from .model import Stops

STEPS = 96  # a rolling window is counted in so many steps, rounded to the safe side


class Scope(StrEnum):
    """What a quota is counted against; one lane of polling per value of it."""

    HOST = "host"  # of the account's own server
    PLATFORM = "platform"
    CREDENTIAL = "credential"


@dataclass(frozen=True, slots=True)
class Quota:
    """What is allowed within a window. Windows turn at multiples of their length, counted from the epoch in UTC.

    Money is counted in thousandths of a US dollar under the name `usd`.
    """

    units: int
    per: timedelta
    scope: Scope
    zone: str | None = None  # IANA name: windows of a day that turn at this zone's midnight, 23 to 25 hours long
    name: str = "call"  # what is counted
    rolling: bool = False  # the last `per` before every instant
    monthly: bool = False  # a calendar month of `zone` (UTC)
    billed: bool = False  # the answer says what it cost: reserved before the call, corrected after it

    def window(self, now: datetime) -> tuple[datetime, datetime]:
        """Start and end of the window of an instant, in UTC; of a rolling one the step that is counted in."""
        if self.monthly or self.zone is not None:
            zone = ZoneInfo(self.zone or "UTC")
            first, following = self._days(now.astimezone(zone).date())
            start, end = (datetime.combine(d, time(), zone).astimezone(UTC) for d in (first, following))
            return start, end
        length = self.per / STEPS if self.rolling else self.per
        seconds = max(1, int(length.total_seconds()))
        start = datetime.fromtimestamp(int(now.timestamp()) // seconds * seconds, UTC)
        return start, start + timedelta(seconds=seconds)

    def since(self, now: datetime) -> datetime:
        """Units taken in windows that start here or later count against the limit."""
        start = self.window(now)[0]
        return start - self.per if self.rolling else start

    def _days(self, day: date) -> tuple[date, date]:
        if not self.monthly:
            return day, day + timedelta(days=1)
        first = day.replace(day=1)
        return first, (first + timedelta(days=32)).replace(day=1)


@dataclass(frozen=True, slots=True)
class Rest:
    """An answer that was good also said: come back later."""

    until: datetime
    stops: Stops = Stops.LANE
