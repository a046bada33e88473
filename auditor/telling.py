"""Tells of blind spots: once, again while they last, and when they are over; whichever program looks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from auditor.blindness import survey
from auditor.core.notices import REMEMBERED, Notice, reminders, steps
from auditor.core.register import Account
from auditor.judge import senses
from auditor.rules import Bench
from auditor.store.verbs import Store
from auditor.watched import watched_states


def tell(store: Store, bench: Bench, now: datetime) -> Sequence[Notice]:
    """What is to be said of blind spots now and nobody has said yet. Judges nobody, reads no history."""

    def reads(account: Account, native_id: str | None) -> bool:
        return bench.reach.reads(replace(account.ref, native_id=native_id or account.ref.native_id))

    watched = watched_states(bench.register.accounts, store.states(), store.last_verdicts(), reads)
    found = survey(watched, senses(store, bench, now), now, lambda keys: store.last_known(keys, now))
    kept = store.kept_spots(now - REMEMBERED)
    return store.settle_spots(steps(kept, found.found, found.troubled, found.seen_again, now), now)


def is_due(store: Store, now: datetime) -> bool:
    """Whether anything is to be told again though no lane may be asked just now."""
    return reminders(store.kept_spots(now), now)
