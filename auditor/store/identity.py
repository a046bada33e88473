"""Which entry of a list is which account we know. Pure: no SQL, no order but the one written here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from auditor.core.register import Account


@dataclass(frozen=True, slots=True)
class Known:
    """An account of the store, as far as recognising it needs."""

    id: int
    platform: str
    handle: str
    key: str
    agency: str
    native_id: str | None
    removed: bool


@dataclass(frozen=True, slots=True)
class Called:
    """A handle an account was called by, and since when."""

    account_id: int
    handle: str
    first_at: int


Rule: TypeAlias = Callable[[Account], Iterable[Known]]  # the candidates, best first


def recognise(entries: Sequence[Account], known: Sequence[Known], called: Sequence[Called]) -> dict[str, Known]:
    """Known accounts by key of the entry that is theirs; entries without one are new.

    Rules in this order, each for all entries in the order of the list before the next begins, and no account twice:
    the same native id; the handle it is listed with; any handle it ever had, the one named most recently first; the
    entry's `predecessor`, listed with that handle, else once called so. Two different native ids are two accounts,
    whatever their handles say. Ties: accounts in the list before removed ones, then the older number.
    """
    by_id = _index(known, lambda k: (k.platform, k.native_id or ""))
    by_handle = _index(known, lambda k: (k.platform, k.handle))
    by_name = _names(known, called)

    def predecessor(entry: Account) -> Iterable[Known]:
        if entry.predecessor is None:
            return ()
        place = (entry.ref.platform, entry.predecessor)
        return (*by_handle.get(place, ()), *by_name.get(place, ()))

    rules: tuple[Rule, ...] = (
        lambda e: by_id.get((e.ref.platform, e.ref.native_id), ()) if e.ref.native_id else (),
        lambda e: by_handle.get((e.ref.platform, e.ref.handle), ()),
        lambda e: by_name.get((e.ref.platform, e.ref.handle), ()),
        predecessor,
    )
    found: dict[str, Known] = {}
    taken: set[int] = set()
    for rule in rules:
        for entry in entries:
            if entry.key in found:
                continue
            for candidate in rule(entry):
                if candidate.id not in taken and _may_be(entry, candidate):
                    found[entry.key] = candidate
                    taken.add(candidate.id)
                    break
    return found


def _may_be(entry: Account, candidate: Known) -> bool:
    return entry.ref.native_id is None or candidate.native_id in (None, entry.ref.native_id)


def _index(known: Sequence[Known], place: Callable[[Known], tuple[str, str]]) -> Mapping[tuple[str, str], list[Known]]:
    index: dict[tuple[str, str], list[Known]] = {}
    for account in sorted(known, key=lambda k: (k.removed, k.id)):
        index.setdefault(place(account), []).append(account)
    return index


def _names(known: Sequence[Known], called: Sequence[Called]) -> Mapping[tuple[str, str], list[Known]]:
    accounts = {k.id: k for k in known}
    index: dict[tuple[str, str], list[Known]] = {}
    for name in sorted(called, key=lambda c: (-c.first_at, c.account_id)):
        account = accounts[name.account_id]
        index.setdefault((account.platform, name.handle), []).append(account)
    return index
