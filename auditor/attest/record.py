"""Writing what people said: one run, each look with its attestation, then the verdicts that follow from them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from auditor.core.model import Change
from auditor.store.verbs import Look, Store

from .outcome import Kind, Result


@dataclass(frozen=True, slots=True)
class Recorded:
    """What the store took. `twice`: digests another process imported at the same moment."""

    looks: int
    twice: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Recorder:
    """`judged` judges the accounts named and records what changed."""

    store: Store
    ids: Mapping[str, int]  # numbers of the accounts of the list in force, by key
    register_sha256: str
    policy_version: str
    rehearsal: bool
    judged: Callable[[Collection[str]], Sequence[Change]]

    def record(self, results: Sequence[Result], now: datetime) -> Recorded:
        """Everything accepted, or nothing where there is nothing: a second import leaves no run behind."""
        looks = [(r.account.key, r.look) for r in results if r.counts and r.account and r.look]
        looks = [(key, replace(look, account_id=self.ids[key])) for key, look in looks]
        totals = {kind.value: n for kind, n in Counter(r.kind for r in results).items() if kind is not Kind.UNCHANGED}
        fresh, twice = self._fresh([look for _, look in looks])
        for part in _one_each(fresh):
            twice |= self._in_one_run(part, now, totals)
            totals = {}
        if fresh:
            self.judged({key for key, _ in looks})
        return Recorded(len(looks) - len(twice), twice)

    def _fresh(self, looks: Sequence[Look]) -> tuple[list[Look], frozenset[str]]:
        known = self.store.attested([_source(look) for look in looks])
        return [look for look in looks if _source(look) not in known], known

    def _in_one_run(self, looks: Sequence[Look], now: datetime, totals: Mapping[str, int]) -> frozenset[str]:
        """The digests that another process imported between our question and our writing; those looks are theirs."""
        run = self.store.begin_run("attest", now, self.register_sha256, self.policy_version, rehearsal=self.rehearsal)
        twice: frozenset[str] = frozenset()
        try:
            self.store.record(run, looks)
        except ValueError:
            looks, twice = self._fresh(looks)
            if not twice:
                raise
            self.store.record(run, looks)
        self.store.end_run(run, now, totals)
        return twice


def _source(look: Look) -> str:
    return look.attestation.source if look.attestation else ""


def _one_each(looks: Sequence[Look]) -> list[list[Look]]:
    """In one run an account is looked at once a second: a second statement about the same second goes to the next."""
    runs: list[dict[tuple[int, datetime], Look]] = []
    for look in looks:
        place = (look.account_id, look.observation.observed_at.replace(microsecond=0))
        free = next((run for run in runs if place not in run), None)
        if free is None:
            runs.append(free := {})
        free[place] = look
    return [list(run.values()) for run in runs]
