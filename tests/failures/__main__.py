"""`python -m tests.failures`: replays the corpus and prints what it did to the program and to a naive script."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import timedelta
from fnmatch import fnmatchcase
from typing import Any, TypeVar

from .guards import GUARDS
from .replay import Score, naive, replay
from .situation import Situation, situations

T = TypeVar("T")
HOUR = timedelta(hours=1)
KEYS = ("living_flagged", "silent_missed", "delay_hours_max")


def both(place: int) -> tuple[Score, Score]:
    """The program's score of one situation, and the naive script's."""
    situation = situations()[place]
    return replay(situation), naive(situation)


def without(place: int) -> Score:
    """The program's score of one situation without the guard that it names."""
    situation = situations()[place]
    return replay(situation, GUARDS[situation.guard].without)


def summary(scores: Sequence[Score]) -> dict[str, Any]:
    """Living accounts flagged, silent ones missed, and the longest delay of those found."""
    delays = [score.delay for score in scores if score.delay is not None]
    longest = max(delays, default=timedelta()) / HOUR
    counts = sum(bool(s.flagged) for s in scores), sum(s.missed is not None for s in scores)
    return dict(zip(KEYS, (*counts, round(longest, 1)), strict=True))


def main(arguments: Sequence[str] | None = None) -> int:
    """0: nobody living was flagged and nobody silent missed; with --without: every situation needs its guard."""
    parser = argparse.ArgumentParser(prog="scripts/failures", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="GLOB", help="only situations whose name or theme fits")
    parser.add_argument("--json", action="store_true", help="the counts alone, as one JSON document")
    parser.add_argument("--without", metavar="GUARD", choices=[*GUARDS, "each"], help="take this guard away, or each")
    parser.add_argument("--processes", type=int, default=2)
    chosen = parser.parse_args(arguments)
    places = [i for i, s in enumerate(situations()) if _wanted(s, chosen.names, chosen.without)]
    if chosen.without:
        return _needed([situations()[i] for i in places], _each(without, places, chosen.processes))
    scores = _each(both, places, chosen.processes)
    document = {
        "situations": len(places),
        "ours": summary([ours for ours, _ in scores]),
        "baseline": summary([baseline for _, baseline in scores]),
    }
    if chosen.json:
        print(json.dumps(document))
    else:
        _print([situations()[i] for i in places], scores, document)
    return 1 if document["ours"]["living_flagged"] or document["ours"]["silent_missed"] else 0


def _each(play: Callable[[int], T], places: Sequence[int], processes: int) -> list[T]:
    """In their order, side by side; one process needs no other."""
    if processes < 2:
        return [play(place) for place in places]
    with ProcessPoolExecutor(processes) as pool:
        return list(pool.map(play, places, chunksize=4))


def _wanted(situation: Situation, globs: Sequence[str], guard: str | None) -> bool:
    named = not globs or any(fnmatchcase(situation.name, g) or situation.theme == g for g in globs)
    return named and guard in (None, "each", situation.guard)


def _needed(chosen: Sequence[Situation], scores: Sequence[Score]) -> int:
    """What happens without the guard; those to whom nothing happens are not saved by it."""
    unsaved = 0
    for situation, score in zip(chosen, scores, strict=True):
        switch = GUARDS[situation.guard].without
        word = "no switch yet" if switch is None else "NOT NEEDED" if score.fooled == "neither" else score.fooled
        word = "open" if situation.open else word
        unsaved += word in ("NOT NEEDED", "no switch yet")
        print(f"{situation.guard:20} {word:16} {situation.name}")
    waiting = sum(bool(s.open) for s in chosen)
    print(f"{len(chosen) - unsaved - waiting} of {len(chosen)} need the guard they name; open: {waiting}")
    return 1 if unsaved else 0


def _print(chosen: Sequence[Situation], scores: Sequence[tuple[Score, Score]], document: dict[str, Any]) -> None:
    for situation, (ours, _) in zip(chosen, scores, strict=True):
        for line in (*ours.flagged[:3], *filter(None, (ours.missed and f"missed: {ours.missed}",))):
            print(f"{situation.theme}: {situation.name}: {line}")
    fooled = Counter(baseline.fooled for _, baseline in scores)
    print(f"\n{document['situations']} situations\n")
    print(f"{'':24}{'the program':>14}{'naive script':>14}")
    for key, label in zip(KEYS, ("living flagged", "silent missed", "delay, hours, at most"), strict=True):
        print(f"{label:24}{document['ours'][key]:>14}{document['baseline'][key]:>14}")
    print(f"\nfooling the naive script: {len(scores) - fooled['neither']}")
    print(f"about the silent: {sum(s.about != 'living' for s in chosen)}\n")
    for guard, count in Counter(s.guard for s in chosen).most_common():
        print(f"{count:4}  {guard:20} {GUARDS[guard].says}")


if __name__ == "__main__":
    sys.exit(main())
