"""What the program asks of a store, in the words of the trade. SQLite is one answer; one suite tests every answer.

Instants go in and come out aware, in UTC, at whole seconds (fractions are cut off). Unless a verb says otherwise it
is one transaction, and a locked database is waited for up to 30 seconds.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from auditor.core.audit import Control
from auditor.core.model import Change, Observation, Reason, Status
from auditor.core.register import Register
from auditor.fetch.answer import Exchange

from .verbs_blindness import BlindnessVerbs
from .verbs_brake import BrakeVerbs
from .verbs_doubts import DoubtVerbs
from .verbs_network import NetworkVerbs
from .verbs_plan import PlanVerbs
from .verbs_standings import StandingVerbs


@dataclass(frozen=True, slots=True)
class Validator:
    """ETag and Last-Modified, verbatim, of one account, URL and adapter version."""

    url: str
    adapter: int
    etag: str | None
    last_modified: str | None


@dataclass(frozen=True, slots=True)
class Attestation:
    """What a person said of one account: the evidence of a look by hand.

    Names live in the editable table of people only; the ledger and the append-only table hold a random key and the
    office. The screenshot stays with the office: its SHA-256 and file name are kept.
    """

    said: str  # post, nothing_new, no_post, gone, suspended, private, not_ours
    by: str  # a person's name; "" once erased
    office: str  # whom that person works for: the id of an agency, or as written
    second: str | None = None  # the second person's name
    link: str | None = None  # of the newest post, canonical
    minted_at: datetime | None = None  # the date inside the link
    typed_on: date | None = None  # the date as typed
    posts_30d: int | None = None  # as counted by the person
    screenshot: str | None = None  # SHA-256, lower case hexadecimal
    screenshot_name: str | None = None
    manager: bool = False  # the account's own manager looked
    drawn: bool = False  # drawn by lot for a check by somebody else
    complaints: int | None = None  # received in the last 30 days, as the manager states
    answered: int | None = None  # of these
    source: str = ""  # digest of the row it came from: a second import changes nothing


@dataclass(frozen=True, slots=True)
class Look:
    """One observation, ready to be recorded."""

    account_id: int
    observation: Observation
    exchanges: tuple[Exchange, ...] = ()
    validators: tuple[Validator, ...] = ()
    next_look_at: datetime | None = None
    why: str = ""  # boundary, overflow, max_age, confirmation, retry, hand
    attestation: Attestation | None = None  # of a look by hand


@dataclass(frozen=True, slots=True)
class AccountState:
    """What is known of an account without reading its history.

    A look by hand moves `first_look_at`, `last_look_at` and `looks` only: the rest is what machines learnt, and says
    how they go on.
    """

    id: int
    key: str
    native_id: str | None  # learnt at the first sight, or given in the list; never forgotten
    handle: str  # the newest the platform named
    first_listed_at: datetime
    first_look_at: datetime | None
    last_look_at: datetime | None  # the newest look, also a failed one
    looks: int
    failures: int  # misses since the last answer about the account
    failing_since: datetime | None
    last_outcome: str | None  # "seen", a barrier or an outcome word
    next_look_at: datetime | None  # None: never planned, due at once
    why: str
    last_horizon: datetime | None  # of the newest Seen look
    covered_until: datetime | None  # the newest Seen look whose horizon lay before it: reading on may stop there
    removed_at: datetime | None


@dataclass(frozen=True, slots=True)
class LaneState:
    """Why a lane waits, shared by every process that uses the database."""

    name: str
    blocked_until: datetime | None
    reason: str | None
    since: datetime | None
    last_ok_at: datetime | None  # the last look on it that answered: it worked before
    failing_since: datetime | None


@dataclass(frozen=True, slots=True)
class Charge:
    """Units of one window of one account of the ledger."""

    account: str  # the lane and what is counted
    start: datetime  # of the window
    units: int
    limit: int | None = None  # None: counted, not limited
    since: datetime | None = None  # windows that start here or later count against the limit; None: this one alone


@dataclass(frozen=True, slots=True)
class StoredVerdict:
    status: Status
    since: datetime | None
    reason: Reason
    confirmed: bool
    judged_at: datetime


@dataclass(frozen=True, slots=True)
class Run:
    id: int
    kind: str  # poll, run, report
    started_at: datetime
    ended_at: datetime | None
    rehearsal: bool
    register_sha256: str
    policy_version: str
    totals: Mapping[str, int]


class Store(BlindnessVerbs, BrakeVerbs, DoubtVerbs, NetworkVerbs, PlanVerbs, StandingVerbs, Protocol):
    """Facts in, facts out. Judging reads only what comes from here."""

    # --- what was in force ---------------------------------------------------------------------------------------
    def keep_register(self, register: Register, document: str, at: datetime) -> Mapping[str, int]:
        """Make a register the one in force from `at` on and return account ids by key.

        An entry finds its account by native id, else by platform and canonical handle (any it ever had), else by its
        `predecessor`. Accounts no longer listed get `removed_at`, and lose it when they come back; nothing is deleted.
        A register with the hash of the newest one writes nothing. `document` is kept for judging past days.
        """
        ...

    def listed(self, sha256: str) -> Mapping[str, int] | None:
        """Account ids by key, if the register with this hash is the newest; else None."""
        ...

    def register_at(self, at: datetime) -> tuple[str, str] | None:
        """(hash, document) of the register in force at an instant."""
        ...

    def keep_policy(self, version: str, document: str, at: datetime) -> None:
        """Make a policy the one in force from `at` on."""
        ...

    def policy_at(self, at: datetime) -> tuple[str, str] | None:
        """(version, document) of the policy in force at an instant."""
        ...

    def removed_since(self, since: datetime, until: datetime) -> Sequence[str]:
        """Keys of accounts taken off the list in (since, until]."""
        ...

    # --- looks ----------------------------------------------------------------------------------------------------
    def begin_run(self, kind: str, at: datetime, register_sha256: str, policy_version: str, *, rehearsal: bool) -> int:
        """Start a run; every look names its run."""
        ...

    def end_run(self, run: int, at: datetime, totals: Mapping[str, int]) -> None:
        """Close a run with its counts."""
        ...

    def runs(self, limit: int = 10) -> Sequence[Run]:
        """The newest runs, newest first."""
        ...

    def record(self, run: int, looks: Sequence[Look]) -> None:
        """Write looks and all that follows from them, in one transaction.

        Posts stand once per (account, id, date), with the first and the newest look that listed them. An undated item
        never listed before makes its look cover nothing: the look is stored with `horizon = observed_at`. A first
        sight teaches the native id; a later one never changes it. State, summary and plan are updated with the facts.

        What a look by hand tells stays with that look. It teaches neither id nor handle, and its own are not kept. Its
        attestation is written with it; one whose `source` is known, that names nobody or belongs to another route is a
        ValueError.
        """
        ...

    def history(self, account_id: int, until: datetime) -> Sequence[Observation]:
        """Every look at or before an instant, oldest first.

        Each post is handed to the look that first listed it and to the newest look at or before `until` that is known
        to have listed it, as far as machines read them; what a person told stands in that look alone. `Seen.undated`
        is empty. Enough for `decide`, and bounded by posts + looks.
        """
        ...

    def state(self, account_id: int) -> AccountState:
        """One account; KeyError if there is none."""
        ...

    def states(self, keys: Collection[str] | None = None) -> Mapping[str, AccountState]:
        """Accounts of the register in force by key (all, or those named)."""
        ...

    def find(self, key: str) -> AccountState | None:
        """By today's key or any it ever had, removed ones included."""
        ...

    def validators(self, account_id: int, adapter: int) -> Mapping[str, Validator]:
        """By URL, of one adapter version."""
        ...

    def exchanges(self, account_id: int, until: datetime, limit: int = 10) -> Sequence[tuple[datetime, Exchange]]:
        """The newest exchanges with the instants of their looks, newest first: the evidence of `show`."""
        ...

    def attestations(self, account_id: int, until: datetime) -> Sequence[tuple[datetime, Attestation]]:
        """What people said of an account at or before an instant, oldest first."""
        ...

    def attested(self, sources: Collection[str]) -> frozenset[str]:
        """Those of these row digests that were imported before."""
        ...

    def erase_person(self, name: str) -> int:
        """Blank a person's name; how many rows. What was attested, and the hash chain, stay as they are."""
        ...

    # --- lanes, quotas, controls --------------------------------------------------------------------------------
    def lane(self, name: str) -> LaneState:
        """A lane nobody has used yet is not blocked."""
        ...

    def lanes(self) -> Sequence[LaneState]:
        """Every lane ever used, by name."""
        ...

    def block_lane(self, name: str, until: datetime | None, reason: str, at: datetime) -> None:
        """Nothing is asked on the lane before `until`; None: until a look on it answers again or a person acts."""
        ...

    def lane_answered(self, name: str, at: datetime) -> None:
        """The lane works: its block is lifted, its failing ends."""
        ...

    def lane_failed(self, name: str, at: datetime) -> None:
        """The lane answered nothing about any account in a sweep."""
        ...

    def spend(self, charges: Sequence[Charge]) -> Charge | None:
        """Take all of it, atomically. The first that is more than is left is answered, and nothing taken.

        Negative units give back what was reserved; they are always granted.
        """
        ...

    def oldest(self, account: str, since: datetime) -> datetime | None:
        """Start of the first window from an instant on in which units were taken; None: none were."""
        ...

    def spent(self, account: str, since: datetime) -> int:
        """Units taken in the windows that start at an instant or later."""
        ...

    def inherit(self, lane: str, heir: str, account: str) -> None:
        """What was spent under the bare name of a lane belongs to `account`, and the lane's state to its heir.

        So wrote programs that knew one credential a platform. Nothing where there is nothing of that kind.
        """
        ...

    def record_control(self, control: Control, lane: str) -> None:
        """What a control account answered."""
        ...

    def controls(self, until: datetime) -> Sequence[Control]:
        """The newest answer at or before an instant of each control, by platform and account."""
        ...

    # --- verdicts ---------------------------------------------------------------------------------------------------
    def last_verdicts(self) -> Mapping[int, StoredVerdict]:
        """The newest recorded verdict of each account."""
        ...

    def record_verdicts(
        self, verdicts: Iterable[tuple[int, StoredVerdict, str | None]], changes: Sequence[tuple[int, Change]]
    ) -> None:
        """Remember verdicts (with the closer word) and append changes; the newest change is not repeated."""
        ...

    def changes(self, since: datetime, until: datetime) -> Sequence[Change]:
        """Changes judged in (since, until], oldest first; `Change.account` is today's key."""
        ...

    def changes_of(self, account_id: int, until: datetime) -> Sequence[Change]:
        """The verdict history of one account, oldest first."""
        ...

    # --- the daemon ------------------------------------------------------------------------------------------------
    def beat(self, name: str, at: datetime, detail: Mapping[str, str]) -> None:
        """A sign of life, and what is worth saying with it (next runs, last sweep)."""
        ...

    def mark(self) -> str:
        """Changes with every run, look, changed verdict, list and policy that any process writes."""
        ...

    def heartbeat(self, name: str) -> tuple[datetime, Mapping[str, str]] | None:
        """The newest sign of life."""
        ...

    def verify(self) -> Sequence[str]:
        """Walk the hash chain and the database's own integrity check; every damage found, as a sentence."""
        ...

    def prune(self, now: datetime) -> int:
        """Forget the shapes of unrecognised answers after 30 days; how many were forgotten."""
        ...

    def forget_unread(self, platform: str, before: datetime, at: datetime, window: timedelta, repeats: str) -> int:
        """Forget the posts of a platform that no look has listed since `before`; how many rows.

        Looks flagged `repeats` listed nothing. Of what a judgement may rest on the bare instant stays, without id and
        address; `window` is how far it counts posts back. The act is an entry of the chain.
        """
        ...

    def forget(self, account_id: int, at: datetime, window: timedelta) -> int:
        """Forget every post read of one account, and its validators; else like `forget_unread`."""
        ...

    def close(self) -> None:
        """Release the file."""
        ...
