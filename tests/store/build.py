"""Builders with defaults from the trade. All offices and handles are fictional."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from auditor.core.model import (
    ATTESTED,
    HAND,
    AccountRef,
    Barrier,
    Change,
    Miss,
    Missed,
    Observation,
    Post,
    PostKind,
    Reason,
    Seen,
    Status,
    Unreadable,
)
from auditor.core.register import Account, Agency, Register
from auditor.store.verbs import Attestation, Look, Store, StoredVerdict

NOW = datetime(2026, 11, 1, 6, 0, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


def account(
    handle: str,
    native_id: str | None = None,
    *,
    platform: str = "bluesky",
    agency: str = "dinas-contoh",
    predecessor: str | None = None,
) -> Account:
    return Account(
        key=f"{platform}:{handle}",
        ref=AccountRef(platform, handle, native_id),
        url=f"https://sosial.example/{handle}",
        agency=agency,
        written=handle,
        place="accounts.yaml:1",
        predecessor=predecessor,
    )


def register(*accounts: Account, sha256: str | None = None) -> Register:
    agencies = tuple(Agency(name, name, "UTC", UTC) for name in sorted({a.agency for a in accounts}))
    return Register(agencies, accounts, sha256 or repr(accounts))


def keep(store: Store, *accounts: Account, at: datetime = NOW) -> dict[str, int]:
    return dict(store.keep_register(register(*accounts), "list", at))


def one(store: Store, handle: str = "dinas.example", native_id: str | None = None) -> int:
    """A register of one account; its number."""
    return keep(store, account(handle, native_id), at=NOW - 1000 * DAY)[f"bluesky:{handle}"]


def run(store: Store, at: datetime = NOW) -> int:
    return store.begin_run("poll", at, "list-hash", "policy-1", rehearsal=False)


def post(native_id: str, at: datetime, kind: PostKind = PostKind.ORIGINAL, url: str | None = None) -> Post:
    return Post(native_id, at, kind, url)


def seen(
    *posts: Post,
    at: datetime = NOW,
    horizon: datetime | None = None,
    native_id: str = "did:contoh:1",
    handle: str = "dinas.example",
    undated: Sequence[str] = (),
) -> Observation:
    return Observation(at, Seen(native_id, handle, posts, horizon, undated=frozenset(undated)), True)


def missed(at: datetime = NOW, reason: Miss = Miss.UNREACHABLE) -> Observation:
    return Observation(at, Missed(reason, "502"))


def barred(at: datetime = NOW, barrier: Barrier = Barrier.GONE) -> Observation:
    return Observation(at, Unreadable(barrier), True)


def told(*posts: Post, at: datetime = NOW, horizon: datetime | None = None) -> Observation:
    """A sight by hand: nobody but the list says who was seen."""
    return Observation(at, Seen("", "", posts, horizon, flags=frozenset({ATTESTED})), True, HAND)


def statement(source: str = "row-1", *, by: str = "Pemeriksa Satu", second: str | None = None) -> Attestation:
    return Attestation("post", by, "dinas-contoh", second, source=source)


def attest(store: Store, account_id: int, observation: Observation, said: Attestation) -> None:
    """One run for the look and what was said."""
    now = run(store, observation.observed_at)
    store.record(now, [Look(account_id, observation, why=HAND, attestation=said)])


def look(store: Store, account_id: int, *observations: Observation) -> None:
    """One run for each observation."""
    for observation in observations:
        store.record(run(store, observation.observed_at), [Look(account_id, observation)])


def listed(store: Store, account_id: int, until: datetime) -> list[tuple[datetime, tuple[str, ...]]]:
    """What each sight up to an instant is handed: (instant, ids of posts)."""
    return [
        (o.observed_at, tuple(p.native_id for p in o.outcome.posts))
        for o in store.history(account_id, until)
        if isinstance(o.outcome, Seen)
    ]


def verdict(status: Status = Status.ACTIVE, at: datetime = NOW) -> StoredVerdict:
    return StoredVerdict(status, at - DAY, Reason.RECENT, confirmed=True, judged_at=at)


def change(new: Status, at: datetime = NOW, old: Status | None = None) -> Change:
    return Change("bluesky:dinas.example", old, new, at - DAY, Reason.SILENT, at)
