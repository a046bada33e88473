"""When the accounts of a lane stand so still together that the rows, not the accounts, must have stopped.

A cache, a mirror or a broken collector goes on answering with what it knew at some instant. Each answer looks healthy;
only the lane as a whole gives it away: accounts that were at work until that instant all stop in it. Accounts that fall
silent one by one do not look like that, because each was out of its own rhythm before the next one stopped.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from .reading import BEGINNING

FROM = 5  # accounts at work that stopped: fewer are never suspicious
RARE = 1e-3  # so improbable must it be that so many of them rest at the same time by chance
LIKELY = 0.15  # no account's own rest is held to be less likely: accounts of one city share their holidays
SHORTEST = timedelta(days=4)  # no shorter rest is suspicious: a long weekend
ODD = 4 / 3  # a rest is longer than a gap if it is so many times as long: offices do not post by the clock
HOLIDAYS = timedelta(
    days=14
)  # nor a shorter one before anybody would be called silent: feeds and channels pause together
ONE_SITTING = timedelta(hours=12)  # posts within it are one movement
HISTORY = timedelta(days=365)  # of posts that make a rhythm
GAPS = 3  # fewer gaps between movements are no rhythm
STARTS = 24  # instants that are tried as the start
THAW = timedelta(days=1)  # the looks that show together that a lane moves again
MOVERS = 2  # so many accounts at least must show it


@dataclass(frozen=True, slots=True)
class Listed:
    """A post, of whatever kind: the instant it counts, and the look that first listed it."""

    at: datetime
    first_seen: datetime


@dataclass(frozen=True, slots=True)
class Pulse:
    """What one account of a lane was seen to do. Posts and sights oldest first; looks by hand are not among them.

    `sights` may begin anywhere: only those after a start are asked about. `paused` are relief days, in which nobody
    expects a post.
    """

    account: int
    first_sight: datetime
    posts: tuple[Listed, ...]
    sights: tuple[tuple[datetime, Mapping[str, int]], ...]
    paused: tuple[tuple[datetime, datetime], ...] = ()

    @property
    def last_sight(self) -> datetime:
        """The newest."""
        return self.sights[-1][0]

    @property
    def moved_last(self) -> datetime:
        """Nothing is known to have changed after this instant: the newest post, and the newest changed counter.

        A counter that differs from the sight before it changed some time after that one.
        """
        posted = max((p.at for p in self.posts), default=BEGINNING)
        return max(posted, max((before for before, _ in _turns(self.sights)), default=posted))

    def moved_at(self, start: datetime) -> datetime | None:
        """The first sight that shows a movement after `start`; None: there is none."""
        shown = [p.first_seen for p in self.posts if p.at > start]
        shown += [after for before, after in _turns(self.sights) if before > start]
        return min(shown, default=None)


@dataclass(frozen=True, slots=True)
class Doubt:
    """A lane whose looks after `start` prove no silence of its still `accounts`. Looks by hand are not doubted."""

    lane: str
    start: datetime
    found_at: datetime
    accounts: tuple[str, ...]  # keys, those first whose own rhythm promised a movement
    expected: tuple[str, ...]  # these; a person who looks at two of them settles it


@dataclass(frozen=True, slots=True)
class Freeze:
    """Since `start` the accounts `still` show no movement; of the `expected` among them their rhythm promised one."""

    start: datetime
    still: frozenset[int]
    expected: frozenset[int]


def frozen(
    pulses: Sequence[Pulse], percent: int, after: datetime | None = None, shortest: timedelta = SHORTEST
) -> Freeze | None:
    """The suspicion a lane is under: since when, and which accounts.

    Over `percent` of its accounts with a sight up to an instant and one `shortest` or more after it stand still since
    then, and so do over `percent` of those that were at work, at least `FROM` of them, and chance would hardly bring
    that about. Of several such instants the one that chance explains least. Nothing up to `after` is suspected:
    somebody has vouched for it.
    """
    seen = [p for p in pulses if p.sights]
    found: list[tuple[float, datetime, Freeze]] = []
    for start in _starts(seen, percent, shortest):
        if after is not None and start <= after:
            continue
        freeze, chance = _stands(seen, start, percent, shortest)
        if freeze is not None and chance <= RARE:
            found.append((chance, start, freeze))
    return min(found, key=lambda f: (f[0], -f[1].timestamp()))[2] if found else None


def at_rest(pulses: Sequence[Pulse], start: datetime) -> Freeze:
    """Who of a lane stands still since `start`, whether seen before it or not, and of whom that is not expected."""
    still = [p for p in pulses if p.sights and p.last_sight > start >= p.moved_last]
    expected = [p.account for p in still if p.first_sight <= start and chance_of_rest(p, start) is not None]
    return Freeze(start, frozenset(p.account for p in still), frozenset(expected))


def thawed(expected: Sequence[Pulse], start: datetime, percent: int, now: datetime) -> datetime | None:
    """From which look on a lane that stood still since `start` is believed again; None: not yet.

    It moves again once `percent` or fewer of the accounts that were at work are still: of those looked at since the
    first of the last day's looks that shows a movement (at least two must), or of all.
    """
    moved = {p.account: p.moved_at(start) for p in expected}
    lately = sorted(at for at in moved.values() if at is not None and now - THAW < at)
    since = lately[0] if lately else now
    looked = [p for p in expected if p.sights and p.last_sight >= since and (moved[p.account] or now) >= since]
    still = [p for p in looked if moved[p.account] is None]
    if len(lately) >= MOVERS and not _most(len(still), len(looked), percent):
        return since
    seen = [p for p in expected if p.sights and p.last_sight > start]
    rest = [p for p in seen if moved[p.account] is None]
    return None if not seen or _most(len(rest), len(seen), percent) else since


def chance_of_rest(pulse: Pulse, start: datetime) -> float | None:
    """How likely the account would have rested from `start` up to its newest sight; None: it was not at work.

    It was at work if it rested no longer at `start` than at nine of ten times before. Of its gaps that were at least
    as long as its rest at `start`, so many were nearly as long as its rest is now (rule of succession).
    """
    moves = _moves(pulse.posts, start)
    gaps = sorted(b - a for a, b in pairwise(moves))
    if len(gaps) < GAPS:
        return None
    rested = start - moves[-1]
    if rested > gaps[(9 * len(gaps) + 9) // 10 - 1]:
        return None
    then = rested + _working(start, pulse.last_sight, pulse.paused)
    as_long = len(gaps) - bisect_left(gaps, rested)
    longer = len(gaps) - bisect_left(gaps, then / ODD)
    return max(LIKELY, (1 + longer) / (1 + as_long))


def _stands(pulses: Sequence[Pulse], start: datetime, percent: int, shortest: timedelta) -> tuple[Freeze | None, float]:
    """What stands still since `start`, if it is most, and how likely chance would bring about as much."""
    both = [p for p in pulses if p.first_sight <= start <= p.last_sight - shortest]
    still = [p for p in both if p.moved_last <= start]
    if not _most(len(still), len(both), percent):
        return None, 1.0
    resting = frozenset(p.account for p in still)
    chances = {p.account: chance for p in both if (chance := chance_of_rest(p, start)) is not None}
    expected = resting & chances.keys()
    if len(expected) < FROM or not _most(len(expected), len(chances), percent):
        return None, 1.0
    return Freeze(start, resting, expected), _at_least(len(expected), list(chances.values()))


def _starts(pulses: Sequence[Pulse], percent: int, shortest: timedelta) -> list[datetime]:
    """Instants of last movements since which most of the lane may stand still, long enough; spread where many."""
    if not pulses:
        return []
    newest = max(p.last_sight for p in pulses)
    moves = sorted(p.moved_last for p in pulses)
    moves = moves[len(moves) * percent // 100 :]
    moves = sorted({m for m in moves if newest - m >= shortest})
    if len(moves) <= STARTS:
        return moves
    jump = max(pairwise([*moves, newest]), key=lambda ab: ab[1] - ab[0])[0]
    spread = {moves[i * (len(moves) - 1) // (STARTS - 1)] for i in range(STARTS)}
    return sorted({jump, *spread})


def _most(part: int, whole: int, percent: int) -> bool:
    return part * 100 > whole * percent


def _at_least(count: int, chances: Sequence[float]) -> float:
    """The probability that at least `count` of independent events happen."""
    spread = [1.0]
    for chance in chances:
        kept = [p * (1 - chance) for p in (*spread, 0.0)]
        spread = [k + chance * p for k, p in zip(kept, (0.0, *spread), strict=True)]
    return sum(spread[count:])


def _moves(posts: Sequence[Listed], start: datetime) -> list[datetime]:
    """The movements up to `start` that make a rhythm: posts in one sitting are one."""
    moves: list[datetime] = []
    for post in posts:
        if post.at > start:
            break
        if post.at > start - HISTORY and (not moves or post.at - moves[-1] > ONE_SITTING):
            moves.append(post.at)
    return moves


def _turns(sights: Sequence[tuple[datetime, Mapping[str, int]]]) -> Iterator[tuple[datetime, datetime]]:
    """Neighbouring sights between which a counter changed. Sights that state none are passed over."""
    stated = [(at, counters) for at, counters in sights if counters]
    for (before, old), (after, new) in pairwise(stated):
        if any(old[name] != new[name] for name in old.keys() & new.keys()):
            yield before, after


def _working(start: datetime, end: datetime, paused: Sequence[tuple[datetime, datetime]]) -> timedelta:
    """How long it is from `start` to `end` without the relief days. Reliefs that overlap are taken once."""
    rest, upto = end - start, start
    for first, last in sorted(paused):
        first, last = max(first, upto), min(last, end)
        if first < last:
            rest, upto = rest - (last - first), last
    return max(rest, timedelta())


def still_since(
    stands: Sequence[tuple[datetime | None, datetime]], percent: int, shortest: timedelta
) -> datetime | None:
    """Since when over `percent` of a lane show no new post, by newest post and newest sight of each; None: too short.

    The cheap question: no start that `frozen` could find lies before it, and where it is None there is none.
    """
    moves = sorted(post or BEGINNING for post, _ in stands)[len(stands) * percent // 100 :]
    if not moves:
        return None
    since = moves[0]
    return since if max(sight for _, sight in stands) - since >= shortest else None


def sample(accounts: Sequence[int], size: int) -> list[int]:
    """Some of many, evenly spread, the same every time."""
    return list(accounts) if len(accounts) <= size else [accounts[i * len(accounts) // size] for i in range(size)]
