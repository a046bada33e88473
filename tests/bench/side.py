"""Two things side by side: alternating, several times, and the median of each."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median


def ratio(ours: Callable[[], object], peer: Callable[[], object], *, rounds: int = 5) -> float:
    """How many times the peer's time ours takes, by the larger of the two ratios of wall and of processor time.

    Something that waits without working is as slow as something that works.
    """
    taken: dict[bool, list[tuple[float, float]]] = {True: [], False: []}
    for _ in range(rounds):
        for is_ours, work in ((True, ours), (False, peer)):
            wall, worked = time.perf_counter(), time.process_time()
            work()
            taken[is_ours].append((time.perf_counter() - wall, time.process_time() - worked))
    walls = [median(wall for wall, _ in taken[kind]) for kind in (True, False)]
    workeds = [median(worked for _, worked in taken[kind]) for kind in (True, False)]
    return max(walls[0] / walls[1], workeds[0] / workeds[1])
