"""X by its API v2: who the accounts are, a hundred at a time.

Every user and every post that an answer brings costs money; an answer that brings none costs nothing. So handles are
resolved once, and ids are asked for weekly.

The field names were changed from tweet to post in 2026; which of them a server knows is not to be told beforehand, and
a name it does not know it ignores or refuses. Both are read; which is sent stands in `dialect` (auto, tweet, post).

Facts: docs.x.com (users lookup, timelines, ids, changelog) of 2026-08-22; the published Snowflake source.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

from auditor.core.model import AccountRef, Barrier, Miss, Missed, Outcome, Unreadable
from auditor.fetch.answer import Answer, Ask, Refused

from ._shapes import counters, listing, mapping, unrecognised, word
from ._times import instant
from ._x_answers import WRONG_AUTH, document, problems, said, users_cost
from .base import Json, Profile

BY_ID, BY_NAME = "/2/users", "/2/users/by"
BATCH = 100
KNOWN_ACCOUNT = "XDevelopers"  # the vendor's own: the question that tests a token

HANDLE = re.compile(r"[A-Za-z0-9_]{1,15}")
ID = re.compile(r"[1-9][0-9]{0,18}")
DIALECT = "dialect"
AUTO, TWEET, POST = "auto", "tweet", "post"
NEWEST = ("most_recent_tweet_id", "most_recent_post_id")
FIELDS = "created_at,protected,public_metrics,withheld"
USER_FIELDS = {TWEET: f"{FIELDS},{NEWEST[0]}", POST: FIELDS}  # the post dialect has the pointer for money only
TRIED = "other dialect tried"  # in the door's memory
Said: TypeAlias = Profile | Unreadable | Missed
T = TypeVar("T")


# --- accounts ---


def lookup(accounts: Sequence[AccountRef], ask: Ask) -> Iterator[tuple[AccountRef, Said]]:
    """Each account once, in any order: by id where it is known, else by handle. What is neither is never sent.

    Errors: Refused, where no further account of the call can be answered.
    """
    by_id: list[AccountRef] = []
    by_name: list[AccountRef] = []
    for account in accounts:
        if not _askable(account):
            yield account, Missed(Miss.OUR_REQUEST_INVALID, "no_handle" if account.native_id is None else "no_id")
        else:
            (by_name if account.native_id is None else by_id).append(account)
    for start in range(0, len(by_id), BATCH):
        yield from _by_id(by_id[start : start + BATCH], ask)
    for start in range(0, len(by_name), BATCH):
        chunk = by_name[start : start + BATCH]
        found = _users(BY_NAME, "usernames", [a.handle for a in chunk], ask)
        for account in chunk:
            told = found.told(account.handle, account)
            never = isinstance(told, Unreadable) and told.barrier is Barrier.GONE
            yield account, Unreadable(Barrier.GONE, "never_resolved") if never else told


def _askable(account: AccountRef) -> bool:
    """One malformed name may fail the whole batch."""
    form, name = (HANDLE, account.handle) if account.native_id is None else (ID, account.native_id)
    return form.fullmatch(name) is not None


def _by_id(accounts: Sequence[AccountRef], ask: Ask) -> Iterator[tuple[AccountRef, Said]]:
    found = _users(BY_ID, "ids", [a.native_id or "" for a in accounts], ask)
    every = [(account, found.told(account.native_id or "", account)) for account in accounts]
    lost = [a for a, told in every if told == Unreadable(Barrier.GONE) and HANDLE.fullmatch(a.handle)]
    owners = _owners(lost, ask) if lost else {}
    for account, told in every:
        owner = owners.get(account.handle.lower()) if account in lost else None
        if owner is None:
            yield account, told
        elif owner == account.native_id:
            yield account, Missed(Miss.UNRECOGNISED, "gone by id, there by name")
        else:
            yield account, Unreadable(Barrier.TAKEN, "handle_taken")


def _owners(accounts: Sequence[AccountRef], ask: Ask) -> Mapping[str, str]:
    """handle -> the id that has it by now, of accounts whose own id leads nowhere. Nothing is billed for nobody."""
    try:
        found = in_dialect(ask, lambda d: _users_in(d, BY_NAME, "usernames", [a.handle for a in accounts], ask))
    except Refused:
        return {}
    return {name: str(user["id"]) for name, user in found.users.items()}


@dataclass(frozen=True, slots=True)
class _Users:
    """Users by what they were asked for, in lower case, and the answer that may say what became of the others."""

    users: Mapping[str, Mapping[str, Json]]
    answered: Mapping[str, Json]
    answer: Answer

    def told(self, name: str, account: AccountRef) -> Said:
        """What this answer says of one account. Who is in neither half of it is not gone."""
        user = self.users.get(name.lower())
        if user is not None:
            return _profile(user, account)
        for problem in problems(self.answered):
            if name.lower() in problem.names:
                return said(problem, self.answer)
        return Missed(Miss.UNRECOGNISED, "not in the answer")


def _users(path: str, name: str, values: Sequence[str], ask: Ask) -> _Users:
    """Errors: Refused, unrecognised where not one user has anything of what was asked for, in either dialect."""
    found = in_dialect(ask, lambda d: _users_in(d, path, name, values, ask))
    if _empty_handed(found) and _auto(ask) and dialect(ask) == TWEET:
        ask.memory[DIALECT] = POST
        found = _users_in(POST, path, name, values, ask)
    if _empty_handed(found) and not any(user.get("protected") is True for user in found.users.values()):
        raise unrecognised("no requested key")
    return found


def _users_in(dialect: str, path: str, name: str, values: Sequence[str], ask: Ask) -> _Users:
    asked = list(dict.fromkeys(values))
    params = [(name, ",".join(asked)), ("user.fields", USER_FIELDS[dialect])]
    answer = ask("GET", path, params, cost=users_cost(len(asked)))
    answered = document(answer)
    if not {"data", "errors", "meta"} & set(answered):
        raise unrecognised("no known key")
    key = "id" if path == BY_ID else "username"
    users = {}
    for row in listing(answered.get("data", []), "data"):
        user = mapping(row, "user")
        own, id_ = word(user.get(key)), word(user.get("id"))
        if own is not None and id_ is not None and ID.fullmatch(id_):
            users[own.lower()] = user
    return _Users(users, answered, answer)


def _empty_handed(found: _Users) -> bool:
    """There are users, and of none of them anything that was asked for."""
    return bool(found.users) and not any(map(_has_keys, found.users.values()))


def _has_keys(user: Mapping[str, Json]) -> bool:
    metrics = user.get("public_metrics")
    counted = isinstance(metrics, dict) and bool({"tweet_count", "post_count"} & set(metrics))
    return counted or any(user.get(name) is not None for name in (*NEWEST, "created_at"))


def _auto(ask: Ask) -> bool:
    return ask.about.get(DIALECT, AUTO) not in (TWEET, POST)


def dialect(ask: Ask) -> str:
    """As configured; where it is left to us the older one, unless it was of no use here before."""
    if not _auto(ask):
        return ask.about[DIALECT]
    return POST if ask.memory.get(DIALECT) == POST else TWEET


def in_dialect(ask: Ask, question: Callable[[str], T]) -> T:
    """Ask in the dialect in force. Where it is left to us and a parameter is refused, once in the other as well.

    Errors: Refused, of the second try where there was one.
    """
    first = dialect(ask)
    try:
        return question(first)
    except Refused as refused:
        if not _auto(ask) or TRIED in ask.memory or not _parameters(refused.outcome):
            raise
    ask.memory[TRIED] = True
    other = TWEET if first == POST else POST
    found = question(other)
    ask.memory[DIALECT] = other
    return found


def _parameters(outcome: Outcome) -> bool:
    return isinstance(outcome, Missed) and outcome.reason is Miss.OUR_REQUEST_INVALID and outcome.detail != WRONG_AUTH


def _profile(user: Mapping[str, Json], account: AccountRef) -> Profile | Unreadable:
    if user.get("protected") is True:
        return Unreadable(Barrier.PROTECTED)
    handle = word(user.get("username")) or ""
    metrics = user.get("public_metrics")
    counted = metrics if isinstance(metrics, dict) else {}
    stated = counters(counted, {"posts": "post_count", "followers": "followers_count"})
    return Profile(
        native_id=str(user["id"]),
        handle=handle.lower() if HANDLE.fullmatch(handle) else account.handle,
        counters=counters(counted, {"posts": "tweet_count"}) | stated,
        created_at=instant(user.get("created_at")),
        flags=frozenset({"withheld"}) if user.get("withheld") else frozenset(),
    )


# --- what a token is worth ---


def try_token(ask: Ask) -> None:
    """One call, one user (0.01 USD): does the token work?

    Errors: Refused.
    """
    _users(BY_NAME, "usernames", [KNOWN_ACCOUNT], ask)
