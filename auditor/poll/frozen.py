"""After a sweep and before judging: lanes that may have answered with old rows are doubted, and believed again."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from auditor.core.frozen import HOLIDAYS, SHORTEST, THAW, Freeze, Pulse, at_rest, frozen, sample, still_since, thawed
from auditor.core.model import SILENT, Status
from auditor.core.policy import resolve
from auditor.core.polling import DOUBT
from auditor.core.register import Account
from auditor.log import say
from auditor.store.verbs import AccountState, Store
from auditor.store.verbs_doubts import DoubtEnd, Stand

from .office import Office, shut

SAMPLE = 300  # accounts of a large lane that are asked for their rhythm
PROBES = 20  # accounts of a doubted lane that are looked at daily
PEOPLE = 2  # looks by hand that settle whether the rows are right


@dataclass(frozen=True)
class FrozenGuard:
    """Suspects lanes. One writer."""

    office: Office
    store: Store
    now: datetime

    @property
    def percent(self) -> int:
        """So many may stand still."""
        return self.office.book.frozen_counters_percent

    def watch(self, asked: Collection[str], quiet: Mapping[str, Status]) -> frozenset[str]:
        """Doubt lanes or believe them again; the accounts whose judgement that touches.

        `asked`: the lanes of the sweep; `quiet`: what a judgement would now newly call slow or silent, and is reason
        enough to ask whether the lane stands still. A lane that is doubted is looked at in any case.
        """
        touched: set[int] = set()
        under = {doubt.lane for doubt in self.store.doubts(self.now)}
        if not quiet and under.isdisjoint(asked):
            return frozenset()
        states = self.store.states()
        lanes = self._lanes(states)
        for lane in sorted(asked):
            members = lanes.get(lane, {})
            if lane in under:
                touched.update(self._believe(lane, members))
            told = members.keys() & quiet.keys()
            named = {quiet[key] for key in told}
            if lane in under or named:
                touched.update(self._suspect(lane, members, SHORTEST if named & SILENT else HOLIDAYS))
                self._probe(lane, {members[key][1] for key in told})
        keys = {state.id: key for key, state in states.items()}
        return frozenset(keys[number] for number in touched if number in keys)

    def _lanes(self, states: Mapping[str, AccountState]) -> dict[str, dict[str, tuple[Account, int]]]:
        """Accounts and their numbers by the lane they are read on."""
        away = shut(self.store.lanes(), self.now)
        found: dict[str, dict[str, tuple[Account, int]]] = {}
        for account in self.office.register.accounts:
            state = states.get(account.key)
            route = self.office.route(account, state.native_id, away) if state else None
            if state and route:
                found.setdefault(route.lane(account.ref.handle), {})[account.key] = (account, state.id)
        return found

    def _believe(self, lane: str, members: Mapping[str, tuple[Account, int]]) -> Sequence[int]:
        """End a doubt where the lane moves again, or where people saw that the rows are right."""
        held = self.store.doubted_accounts(lane)
        if held is None:
            return ()
        found_at, freeze = held
        nothing, newer = self.store.looked_by_hand(freeze.expected, freeze.start, found_at)
        if nothing >= PEOPLE and not newer:
            say("lane_vouched", lane=lane)
            return self.store.end_doubt(lane, DoubtEnd.VOUCHED, self.now)
        seen = self.store.stands(freeze.expected)
        lately = [number for number in sorted(seen) if seen[number].last_sight > self.now - THAW]
        some = {*sample(lately, SAMPLE), *sample(sorted(seen), SAMPLE)}
        pulses = list(self._pulses(some, freeze.start, members))
        since = thawed(pulses, freeze.start, self.percent, self.now)
        if since is None:
            return ()
        say("lane_moves", lane=lane)
        return self.store.end_doubt(lane, DoubtEnd.MOVED, self.now, since)

    def _suspect(self, lane: str, members: Mapping[str, tuple[Account, int]], shortest: timedelta) -> Sequence[int]:
        """Doubt a lane that stands still; in one that is doubted already also who was listed, or found to rest, since.

        The first suspicion needs the longest rest; the start is then taken as late as the rows allow.
        """
        held = self.store.doubted_accounts(lane)
        stands = self.store.stands([number for _, number in members.values()])
        found = self._found(lane, stands, members, shortest if held is None else SHORTEST)
        if held is not None:
            start = max(found.start, held[1].start) if found else held[1].start
            resting = stands.keys() - held[1].still
        elif found is not None:
            start, resting = found.start, set(stands)
        else:
            return ()
        freeze = at_rest(list(self._pulses(resting, start, members)), start)
        if freeze.still:
            say("lane_frozen", lane=lane, since=start, accounts=len(freeze.still))
        return self.store.doubt(lane, freeze, self.now)

    def _probe(self, lane: str, quiet: Collection[int]) -> None:
        """Who was at work in a doubted lane tells first that it moves, so some of them are asked within the day.

        With them whose silence is not believed for now: once the lane moves it is told by the same look.
        """
        held = self.store.doubted_accounts(lane)
        if held is not None:
            self.store.look_soon({*sample(sorted(held[1].expected), PROBES), *quiet}, self.now + DOUBT)

    def _found(
        self, lane: str, stands: Mapping[int, Stand], members: Mapping[str, tuple[Account, int]], shortest: timedelta
    ) -> Freeze | None:
        """What the accounts of a lane show since it was last seen to move, those of a large one by a sample."""
        past = self.store.past_doubts(lane)
        seen = {n: s for n, s in stands.items() if past.moves_since is None or s.last_sight >= past.moves_since}
        since = still_since([(s.newest_post, s.last_sight) for s in seen.values()], self.percent, shortest)
        if since is None:
            return None
        pulses = list(self._pulses(sample(sorted(seen), SAMPLE), since, members))
        found = frozen(pulses, self.percent, past.vouched_until, shortest)
        return found if found is None or shortest == SHORTEST else frozen(pulses, self.percent, past.vouched_until)

    def _pulses(
        self, numbers: Collection[int], since: datetime, members: Mapping[str, tuple[Account, int]]
    ) -> Iterator[Pulse]:
        """With the relief days of each account's office; one that has left the list since has none."""
        accounts = {number: account for account, number in members.values()}
        for pulse in self.store.pulses(numbers, since):
            account = accounts.get(pulse.account)
            if account is None:
                yield pulse
                continue
            policy = resolve(self.office.book, account, self.office.register.agency[account.agency], self.now)
            yield replace(pulse, paused=tuple((relief.start, relief.end) for relief in policy.relief))
