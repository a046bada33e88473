"""What a judgement rests on besides the facts: the list, the policy, what can be read here, and the program itself."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache, lru_cache
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from auditor.core.policy import Policy, PolicyBook, resolve
from auditor.core.reach import Reach
from auditor.core.register import Account, Agency, Register
from auditor.store.verbs import AccountState
from auditor.store.verbs_standings import Known
from auditor.watched import Ways, no_ways

JUDGING = ("absence", "cadence", "model", "policy", "reading", "standing", "verdict")  # modules of the core
MARK = 16  # hexadecimal digits


@dataclass(frozen=True)
class Bench:
    """What a judgement rests on besides the facts: the list, the policy, and what can be read here."""

    register: Register
    book: PolicyBook
    reach: Reach
    rehearsal: bool = False
    remedies: Mapping[str, str] = field(default_factory=dict)  # platform -> the command that connects it
    lanes: Collection[str] | None = None  # those that are in use here; None: all
    ways: Ways = no_ways  # the lanes on which an account may be asked about


class Rule(NamedTuple):
    """What one account is judged by. `mark` differs where the same looks could be judged otherwise."""

    agency: Agency
    policy: Policy
    mark: str


class Rules:
    """The rules of each account as of one instant, worked out once for all to whom the same apply."""

    def __init__(self, bench: Bench, as_of: datetime) -> None:
        self._bench, self._as_of = bench, as_of
        self._agency = bench.register.agency
        self._relieved = frozenset[str]().union(*(relief.agencies for relief in bench.book.relief))
        self._known: dict[tuple[object, ...], tuple[Policy, str]] = {}

    def of(self, account: Account, known: Known | AccountState | None) -> Rule:
        """Its agency and its policy, by the id that is known of it."""
        agency, ref = self._agency[account.agency], account.ref
        native_id = known.native_id if known else ref.native_id
        reads = self._bench.reach.reads(ref if native_id == ref.native_id else replace(ref, native_id=native_id))
        own = agency.id if agency.id in self._relieved else None
        office = (agency.profile, agency.relation, agency.timezone, own)
        alike = (account.profile, account.opened, account.exempt, ref.platform, reads, office)
        found = self._known.get(alike)
        if found is None:
            policy = resolve(self._bench.book, account, agency, self._as_of, connected=reads)
            found = self._known[alike] = (policy, mark_of(policy, agency.timezone))
        return Rule(agency, *found)


@lru_cache(1024)
def mark_of(policy: Policy, timezone: str) -> str:
    """Of what the same looks are judged by."""
    text = json.dumps([program(), timezone, asdict(policy)], default=_plain, sort_keys=True)
    return sha256(text.encode()).hexdigest()[:MARK]


def _plain(value: object) -> object:
    match value:
        case frozenset():
            return sorted(value)
        case timedelta():
            return value.total_seconds()
        case datetime():
            return value.isoformat()
    raise TypeError(type(value))


@cache
def program() -> str:
    """Of the code that judges: what another release decided is not kept."""
    core = Path(__file__).parent / "core"
    return sha256(b"".join((core / f"{name}.py").read_bytes() for name in JUDGING)).hexdigest()
