"""Many lives from one seed: `python -m tests.machine.drive --steps 1000000 --seed 1 --processes 2`."""

from __future__ import annotations

import argparse
import itertools
import random
import shutil
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from .face import Dialect
from .life import NUMBERS, STEPS, Life, Step
from .oracle import Broken
from .tally import DECIDED, Tally, printed, rare, share

APART = 10_000_000  # between the seeds of two lots
LOT = 50_000  # steps of one lot: a long run says how far it is
LENGTH = 150  # steps of one life
CHARACTERS = 5 * 2 * 4 * 8 * 8**6


def shelf() -> Path:
    """Where databases lie: in memory, if there is room for files in it."""
    memory = Path("/dev/shm")
    return Path(tempfile.mkdtemp(prefix="machine", dir=memory if memory.is_dir() else None))


def life(seed: int) -> tuple[int, list[Step]]:
    """The character and the steps of a seed."""
    chance = random.Random(seed)
    names, weights = list(STEPS), [weight for weight, _ in STEPS.values()]
    steps = [
        (name, chance.randrange(NUMBERS), chance.randrange(NUMBERS))
        for name in chance.choices(names, weights, k=LENGTH)
    ]
    return chance.randrange(CHARACTERS), steps


def replay(character: int, steps: list[Step], folder: Path, tally: Tally) -> None:
    """Live it. Errors: Broken, with the number of the step."""
    place = folder / "life"
    place.mkdir()
    try:
        lived = Life(place, character, tally)
        for n, step in enumerate(steps):
            try:
                lived.step(step)
            except Exception as error:
                raise Broken(f"step {n} {step} of character {character}: {error}") from error
        lived.close()
    finally:
        shutil.rmtree(place)


def shortened(character: int, steps: list[Step], folder: Path, *, says: str = "") -> list[Step]:
    """The failure with fewer steps, by leaving out what is not needed; of several kinds the one that `says` this."""
    size = max(1, len(steps) // 2)
    while size:
        start = 0
        while start < len(steps):
            tried = steps[:start] + steps[start + size :]
            if _fails(character, tried, folder, says=says):
                steps = tried
            else:
                start += size
        size //= 2
    return steps


def _fails(character: int, steps: list[Step], folder: Path, *, says: str = "") -> bool:
    try:
        replay(character, steps, folder, Tally())
    except Broken as broken:
        return says in str(broken)
    return False


def drive(seed: int, steps: int) -> Tally:
    """Lives with seeds from `seed` on, until there are enough steps. Errors: Broken, with what replays it."""
    tally, folder = Tally(), shelf()
    try:
        for number in itertools.count(seed):
            if tally.steps >= steps:
                return tally
            character, lived = life(number)
            try:
                replay(character, lived, folder, tally)
            except Broken as broken:
                raise Broken(f"seed {number}: {broken}") from broken
    finally:
        shutil.rmtree(folder)
    raise AssertionError


def main() -> int:
    """Drive, print, and judge the run itself."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--only", type=int, help="replay and shorten the life of this seed")
    parser.add_argument("--says", default="", help="shorten only to failures that say this")
    parser.add_argument("--without", default="", help="steps that do not happen in it, separated by commas")
    asked = parser.parse_args()
    if asked.only is not None:
        return shorten(asked.only, asked.without.split(","), asked.says)
    tally, lots = Tally(), max(asked.processes, -(-asked.steps // LOT))
    seeds = [asked.seed + n * APART for n in range(lots)]
    with ProcessPoolExecutor(asked.processes) as pool:
        try:
            for part in pool.map(drive, seeds, [-(-asked.steps // lots)] * lots):
                tally.add(part)
                print(f"{tally.steps:,} steps", file=sys.stderr, flush=True)
        except Broken as broken:
            print(broken)
            return 1
    print(printed(tally))
    missing = rare(tally)
    print("reached too seldom:", ", ".join(missing) or "nothing")
    return int(bool(missing) or share(tally) < DECIDED)


def shorten(seed: int, without: Sequence[str], says: str) -> int:
    """Print the shortest way to the failure of a seed."""
    folder, (character, steps) = shelf(), life(seed)
    steps = [step for step in steps if step[0] not in without]
    try:
        if not _fails(character, steps, folder, says=says):
            print("no promise is broken")
            return 0
        found = shortened(character, steps, folder, says=says)
        print(character, found, f"dialect {tuple(Dialect)[character % 5]}", sep="\n")
        replay(character, found, folder, Tally())
    except Broken as broken:
        print(broken)
        return 1
    finally:
        shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
