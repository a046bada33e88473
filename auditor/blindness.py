"""What cannot be observed now: since when, why, whose looks are missing, which verdicts that withholds.

A pure function of what is known of accounts and lanes. It reads no history: reports give it the rows they have
judged, a round gives it the summaries of the store.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol, TypeAlias

from auditor.core.audit import BlindKind, BlindSpot
from auditor.core.model import Miss, Status
from auditor.core.notices import Key
from auditor.core.policy import DAY
from auditor.store.verbs import LaneState
from auditor.watched import Watched, Way, Ways, no_ways

PATIENCE = DAY  # a shorter interruption is a hiccup
ONE_SWEEP = timedelta(hours=1)  # misses that lie further apart are of different sweeps
REFUSED = frozenset({Miss.CREDENTIAL_REJECTED, Miss.PERMISSION_MISSING})  # a credential's
OFFLINE, FROZEN, SEVERAL, STALE = "offline", "frozen", "several_causes", "stale"  # beside the outcome words

Before: TypeAlias = "Callable[[Collection[str]], Mapping[str, Status]]"


def nothing_before(_: Collection[str]) -> Mapping[str, Status]:
    """Where nobody asks which verdicts are withheld."""
    return {}


class Doubt(Protocol):
    """A lane whose answers stand still since `start`: what it told of these accounts is held back."""

    @property
    def lane(self) -> str: ...
    @property
    def start(self) -> datetime: ...
    @property
    def accounts(self) -> Collection[str]: ...


@dataclass(frozen=True)
class Senses:
    """By what an office sees: its lanes, the ways to its accounts, and what else is known of their trouble."""

    lanes: Mapping[str, LaneState] = field(default_factory=dict)  # those in use here, by name
    ways: Ways = no_ways
    doubts: Sequence[Doubt] = ()
    offline_since: datetime | None = None


def spots(
    watched: Sequence[Watched],
    senses: Senses,
    as_of: datetime,
    before: Before = nothing_before,
    patience: timedelta = PATIENCE,
    *,
    at_once: bool = True,
) -> tuple[BlindSpot, ...]:
    """Every blind spot of an instant, the widest kinds first.

    One row for each cause, and each account in one of them: that of its credential before that of its platform, and
    these before a network that fails. A cause that has lasted for less than `patience`, or showed in one sweep only, is
    none, unless a credential was refused, or a verdict is withheld already and that is shown `at_once`. `before` tells
    the status that blind accounts had. An agency has a row beside its causes where nothing of it can be seen and they
    are several: rows of platforms, credentials or the network that explain all of it alone say so already.
    """
    found = _Causes(senses, as_of, patience, at_once)
    suspect = _suspect(watched, senses)
    for one in watched:
        if one.account.ref.platform in suspect:
            found.add(one)
    rows = [*found.credentials(), *found.places(), *found.frozen(watched), *found.network(watched)]
    rows += _agencies(rows, watched)
    known = {one.account.key: one for one in watched}
    had = before({key for row in rows for key in row.accounts if known[key].blind})
    order = list(BlindKind)
    told = (_with_verdicts(row, known, had) for row in rows)
    return tuple(sorted(told, key=lambda s: (order.index(s.kind), -len(s.accounts), s.since, s.subject)))


@dataclass(frozen=True)
class Survey:
    """What is blind, what is in trouble at all, and what may be said to be seen again."""

    found: tuple[BlindSpot, ...]
    troubled: frozenset[Key]
    seen_again: Callable[[Key], bool]


def survey(watched: Sequence[Watched], senses: Senses, as_of: datetime, before: Before = nothing_before) -> Survey:
    """What a round has to know to tell of blind spots.

    What is new is told once it has lasted. A spot that was told is in trouble until its lane answers, for however short
    a time it has failed: also where the clock was set back. Seen again is a platform, a server or an agency only if not
    every account of it is still dark.
    """
    trouble = spots(watched, _lately(senses, as_of), as_of, patience=timedelta())
    keys = {(spot.kind, spot.subject) for spot in trouble}
    keys |= {(BlindKind.CREDENTIAL, n) for n, lane in senses.lanes.items() if lane.reason or lane.failing_since}
    keys |= {(BlindKind.PLATFORM, n) for n, lane in senses.lanes.items() if lane.failing_since}
    dark = {key for spot in trouble for key in spot.accounts}
    seen = {one.account.agency for one in watched if one.account.key not in dark}
    seen |= {_place(senses.ways(one.account, one.native_id), one) for one in watched if one.account.key not in dark}

    def seen_again(key: Key) -> bool:
        kind, subject = key
        subject = subject.removesuffix(f"#{FROZEN}")
        match kind:
            case BlindKind.NETWORK:
                return True
            case BlindKind.CREDENTIAL:
                return subject in senses.lanes
            case _:
                return subject in seen or (subject in senses.lanes and subject.partition(":")[0] in seen)

    return Survey(spots(watched, senses, as_of, before, at_once=False), frozenset(keys), seen_again)


def _lately(senses: Senses, as_of: datetime) -> Senses:
    """As if no trouble lay ahead of the clock."""

    def past(at: datetime | None) -> datetime | None:
        return None if at is None else min(at, as_of)

    lanes = {
        n: replace(lane, since=past(lane.since), failing_since=past(lane.failing_since))
        for n, lane in senses.lanes.items()
    }
    return replace(senses, lanes=lanes, offline_since=past(senses.offline_since))


def _place(ways: Sequence[Way], one: Watched) -> str:
    """The server an account lives on where each is a lane of its own, else its platform."""
    return next((way.lane for way in ways if not way.keyed and ":" in way.lane), one.account.ref.platform)


def _suspect(watched: Iterable[Watched], senses: Senses) -> set[str]:
    """Platforms of which anything is in trouble: of the others no lane is looked up."""
    found = {n.partition(":")[0] for n, lane in senses.lanes.items() if lane.reason or lane.failing_since}
    return found | {one.account.ref.platform for one in watched if one.miss is not None or one.blind}


@dataclass
class _Causes:
    """Accounts sorted by what keeps us from seeing them."""

    senses: Senses
    as_of: datetime
    patience: timedelta
    at_once: bool
    refused: dict[str, list[Watched]] = field(default_factory=dict)  # by lane
    down: dict[tuple[str, str], list[tuple[Watched, datetime]]] = field(default_factory=dict)  # (platform, place)
    missed: dict[tuple[str, str], list[Watched]] = field(default_factory=dict)
    sizes: Counter[str] = field(default_factory=Counter)  # accounts by place
    assigned: set[str] = field(default_factory=set)

    def add(self, one: Watched) -> None:
        """Where its cause lies, if it has one."""
        lanes, ref = self.senses.lanes, one.account.ref
        ways = self.senses.ways(one.account, one.native_id)
        own = [lanes.get(way.lane) for way in ways]
        refused = [lane for lane in own if lane is not None and self._refused(lane)]
        failing = [since for lane in own if lane is not None and (since := self._down_since(lane))]
        place = _place(ways, one)
        self.sizes[place] += 1
        deaf = bool(ways) and len(failing) == len(ways)
        if refused and (deaf or one.miss in REFUSED):
            # of several the one refused last: until then another of them read the account
            newest = max(refused, key=lambda lane: (lane.since or self.as_of, lane.name))
            self.refused.setdefault(newest.name, []).append(one)
        elif deaf:
            self.down.setdefault((ref.platform, place), []).append((one, max(failing)))
        elif one.miss is not None or one.blind:
            self.missed.setdefault((ref.platform, place), []).append(one)

    def _refused(self, lane: LaneState) -> bool:
        return lane.reason in REFUSED and lane.since is not None and lane.since <= self.as_of

    def _down_since(self, lane: LaneState) -> datetime | None:
        """Since when nothing comes over it. What a lane answers later says nothing of an earlier instant."""
        known = [lane.since] if self._refused(lane) else []
        known += [lane.failing_since] if lane.failing_since and lane.failing_since <= self.as_of else []
        return min((at for at in known if at is not None), default=None)

    def credentials(self) -> Iterator[BlindSpot]:
        """One a lane that is refused, also where it withholds nobody, since others of the pool read its accounts."""
        for lane in self.senses.lanes.values():
            if self._refused(lane) and lane.since is not None:
                dark = self._taken(self.refused.get(lane.name, ()))
                platform = lane.name.partition(":")[0]
                yield BlindSpot(platform, lane.reason or "", lane.since, dark, BlindKind.CREDENTIAL, lane.name)

    def places(self) -> Iterator[BlindSpot]:
        """One a platform or server that is dark as a whole, one for single accounts of others."""
        for platform, place in dict.fromkeys((*self.down, *self.missed)):
            down, missed = self.down.get((platform, place), []), self.missed.get((platform, place), [])
            everybody = [*(one for one, _ in down), *missed]
            since = min((at for _, at in down), default=None)
            if since is not None and self._whole(since, everybody) and self._lasts(since, everybody):
                yield self._spot(platform, place, since, everybody)
                continue
            # a summary does not tell the misses before the lane failed from those since
            floor = {} if self.at_once else {one.account.key: at for one, at in down}
            starts = {key: max(at, floor.get(key, at)) for one in everybody for key, at in [self._start(one)]}
            alone = [one for one in everybody if one.miss is not None or one.blind]
            lasting = [one for one in alone if self._lasts(starts[one.account.key], [one])]
            if lasting:
                yield self._spot(platform, place, min(starts[one.account.key] for one in lasting), lasting)

    def _whole(self, since: datetime, everybody: Sequence[Watched]) -> bool:
        """Two accounts that answered before fail with the lane, or all it has: one odd account, asked alone for days,
        makes a lane fail that nobody else was asked on.
        """
        with_it = [one.account for one in everybody if one.failing_since and one.failing_since >= since - ONE_SWEEP]
        return len(with_it) > 1 or all(one.miss is not None for one in everybody)

    def _start(self, one: Watched) -> tuple[str, datetime]:
        return one.account.key, one.dark_since or self.as_of

    def _spot(self, platform: str, place: str, since: datetime, dark: Sequence[Watched]) -> BlindSpot:
        words = Counter(one.miss for one in dark if one.miss) or Counter([STALE])
        reason, all_here = words.most_common(1)[0][0], self.sizes[place]
        kind = BlindKind.PLATFORM if len(dark) == all_here else BlindKind.ACCOUNT
        among = 0 if kind is BlindKind.PLATFORM else all_here
        return BlindSpot(platform, reason, since, self._taken(dark), kind, place, among=among)

    def _lasts(self, since: datetime, dark: Sequence[Watched]) -> bool:
        """Every verdict is withheld already, or it has gone on for long enough, and in more than one sweep."""
        if not self.patience or (self.at_once and all(one.blind for one in dark)):
            return True
        starts = [one.failing_since for one in dark if one.failing_since]
        again = any(one.failures > 1 for one in dark) or (starts and max(starts) - min(starts) > ONE_SWEEP)
        return bool(again) and self.as_of - since >= self.patience

    def frozen(self, watched: Sequence[Watched]) -> Iterator[BlindSpot]:
        """What a lane tells is the same for too long: it is held back, and so it is dark."""
        by_key = {one.account.key: one for one in watched}
        for doubt in self.senses.doubts:
            dark = [by_key[key] for key in sorted(doubt.accounts) if key in by_key and key not in self.assigned]
            if dark and doubt.start <= self.as_of:
                platform = dark[0].account.ref.platform
                kind, subject = BlindKind.PLATFORM, f"{doubt.lane}#{FROZEN}"
                yield BlindSpot(platform, FROZEN, doubt.start, self._taken(dark), kind, subject)

    def network(self, watched: Sequence[Watched]) -> Iterator[BlindSpot]:
        """Everybody else, while this machine reaches nobody."""
        since = self.senses.offline_since
        if since is not None and since <= self.as_of and self.as_of - since >= self.patience:
            dark = [one for one in watched if one.account.key not in self.assigned]
            yield BlindSpot("", OFFLINE, since, self._taken(dark), BlindKind.NETWORK)

    def _taken(self, dark: Iterable[Watched]) -> tuple[str, ...]:
        keys = tuple(one.account.key for one in dark if one.account.key not in self.assigned)
        self.assigned.update(keys)
        return keys


def _agencies(rows: Sequence[BlindSpot], watched: Sequence[Watched]) -> Iterator[BlindSpot]:
    cause = {key: row for row in rows for key in row.accounts}
    by_agency: dict[str, list[Watched]] = {}
    for one in watched:
        by_agency.setdefault(one.account.agency, []).append(one)
    for agency, own in by_agency.items():
        causes = {(row.kind, row.subject): row for one in own if (row := cause.get(one.account.key))}
        dark = len(own) > 1 and all(one.account.key in cause for one in own)
        if dark and len(causes) > 1 and any(map(_of_single_ones, causes.values())):
            since = max(row.since for row in causes.values())
            keys = tuple(one.account.key for one in own)
            yield BlindSpot("", SEVERAL, since, keys, BlindKind.AGENCY, agency)


def _of_single_ones(row: BlindSpot) -> bool:
    """A cause that lies with single accounts or one server, not with us or a whole platform."""
    server = row.kind is BlindKind.PLATFORM and row.subject != row.platform and row.reason != FROZEN
    return server or row.kind is BlindKind.ACCOUNT


def _with_verdicts(row: BlindSpot, known: Mapping[str, Watched], had: Mapping[str, Status]) -> BlindSpot:
    dark = [known[key] for key in row.accounts]
    standing = {one.account.key: one.status for one in dark if one.status is not Status.UNKNOWN}
    withheld = {one.account.key: had[one.account.key] for one in dark if one.blind and one.account.key in had}
    until = [one.stands_until for one in dark if one.account.key in standing and one.stands_until]
    return replace(row, withheld=withheld, standing=standing, stands_until=min(until, default=None))
