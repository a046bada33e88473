"""A country of accounts that post: seeded, and the same for every scheduler that is measured on it.

Rates are log-normal (median 0.19 a day, sigma 1.25, from one in sixty days to five a day), weekends a third as busy;
one day in ninety is a campaign; three in a hundred are abandoned at some time. The figures are those of the reference
measurements that the targets come from. Nothing is deleted or renamed in it.
"""

from __future__ import annotations

import random
from array import array
from bisect import bisect_right
from dataclasses import dataclass

BEFORE, DAYS = 150.0, 90.0  # days of history, and of the measurement
WHOLE = 128_500
MEDIAN, SIGMA, LEAST, MOST = 0.19, 1.25, 1 / 60, 5.0
WEEKEND = 0.35
CAMPAIGN = 1 / 90
ABANDONED = 0.03


@dataclass(frozen=True, slots=True)
class Citizen:
    """One account: the days on which it posts, oldest first (from 0 on it is measured)."""

    posts: array[float]

    def newest(self, day: float) -> float:
        """Of the posts up to then; before all of them, the beginning."""
        place = bisect_right(self.posts, day)
        return self.posts[place - 1] if place else -BEFORE

    def made(self, after: float, until: float) -> int:
        """How many posts were made."""
        return bisect_right(self.posts, until) - bisect_right(self.posts, after)


def citizens(count: int, seed: int = 1) -> list[Citizen]:
    """So many accounts."""
    chance = random.Random(seed)
    return [_citizen(chance) for _ in range(count)]


def _citizen(chance: random.Random) -> Citizen:
    rate = min(MOST, max(LEAST, MEDIAN * chance.lognormvariate(0, SIGMA)))
    end = chance.uniform(-BEFORE, DAYS) if chance.random() < ABANDONED else DAYS
    posts, day = array("d"), -BEFORE
    while (day := day + chance.expovariate(rate)) < end:
        if int(day) % 7 < 5 or chance.random() < WEEKEND:
            posts.append(day)
    day = -BEFORE
    while (day := day + chance.expovariate(CAMPAIGN)) < end:
        posts.extend(min(day + chance.random(), end) for _ in range(int(4 + 8 * rate)))
    return Citizen(array("d", sorted(posts)))
