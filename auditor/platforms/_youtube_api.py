"""YouTube with a key: the Data API v3. One key belongs to one project; 10,000 units a day, until midnight Pacific time.

Channels are asked for by id, fifty at a time; a handle or a legacy user name alone and once, until its id is learnt.
Deleted, terminated and never existing channels get the same answer. What they posted: `_youtube_uploads`.

Facts: developers.google.com/youtube/v3 (channels, errors), the discovery document youtube.v3 (rev 20261104), recorded
answers (sns-sdks/python-youtube).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ParamSpec, TypeAlias

from auditor.core.model import AccountRef, Barrier, Miss, Missed, Unreadable
from auditor.fetch.answer import Ask, Refused, barred, missed

from ._shapes import COUNTABLE, listing, mapping, unrecognised, word
from ._times import instant
from ._youtube_answers import document
from .base import Json, Profile

BASE_URL = "https://youtube.googleapis.com/youtube/v3"
CHANNELS = "/channels"
BATCH = 50  # ids per call; of items per page too
KNOWN_CHANNEL = "UC_x5XG1OV2P6uZZ5FSM9Ttw"  # the vendor's own: the question that tests a key

CHANNEL = re.compile(r"UC[0-9A-Za-z_-]{22}")
VIDEO = re.compile(r"[0-9A-Za-z_-]{1,64}")
ASKS_FOR = re.compile(rf"{CHANNEL.pattern}|@[\w.·-]{{3,30}}|user/[\w.-]{{1,100}}")
P = ParamSpec("P")
Said: TypeAlias = Profile | Unreadable | Missed
STOPS = frozenset({Miss.RATE_LIMITED, Miss.QUOTA_EXHAUSTED, Miss.CREDENTIAL_REJECTED, Miss.PERMISSION_MISSING})

PARTS = "id,snippet,contentDetails,statistics"
CHANNEL_FIELDS = (
    "kind,pageInfo/totalResults,nextPageToken,items(id,snippet(customUrl,publishedAt),"
    "contentDetails/relatedPlaylists/uploads,statistics(videoCount,subscriberCount,hiddenSubscriberCount))"
)


# --- channels ---


def lookup(accounts: Sequence[AccountRef], ask: Ask) -> Iterator[tuple[AccountRef, Said]]:
    """Each account once, in any order. What has an id is asked for together, a name alone.

    Errors: Refused, where no further account of the call can be answered.
    """
    by_id = [a for a in accounts if channel_of(a) is not None]
    for start in range(0, len(by_id), BATCH):
        yield from _by_id(by_id[start : start + BATCH], ask)
    for account in accounts:
        if channel_of(account) is None:
            yield account, _alone(_by_name, account, ask)


def channel_of(account: AccountRef) -> str | None:
    """The channel id of an account, where it is known."""
    return next((c for c in (account.native_id, account.handle) if c is not None and CHANNEL.fullmatch(c)), None)


def _alone(say: Callable[P, Said], *asked: P.args, **more: P.kwargs) -> Said:
    """One account's own answer. What stops the lane is raised."""
    try:
        return say(*asked, **more)
    except Refused as refused:
        if isinstance(refused.outcome, Missed) and refused.outcome.reason in STOPS:
            raise
        return refused.outcome


def _by_id(accounts: Sequence[AccountRef], ask: Ask) -> Iterator[tuple[AccountRef, Said]]:
    """The missing ids of an answer are the channels that are not to be had, if all of the answer can be read."""
    ids = list(dict.fromkeys(filter(None, map(channel_of, accounts))))
    found = _channels([("id", ",".join(ids))], ask)
    for account in accounts:
        channel = found.by_id.get(channel_of(account) or "")
        if channel is not None:
            yield account, _alone(_profile, channel, account)
        elif not found.whole:
            yield account, Missed(Miss.UNRECOGNISED, "a channel without an id")
        else:
            yield account, _absent(account, ask)


def _absent(account: AccountRef, ask: Ask) -> Unreadable | Missed:
    """The id leads nowhere. Whether its name has another owner by now is worth one unit."""
    name = _name(account.handle)
    try:
        owners = set(_channels([name], ask).by_id) if name is not None else set()
    except Refused:
        owners = set()
    if channel_of(account) in owners:
        return Missed(Miss.UNRECOGNISED, "gone by id, there by name")
    return Unreadable(Barrier.TAKEN, "handle_taken") if owners else Unreadable(Barrier.GONE, "gone_or_suspended")


def _by_name(account: AccountRef, ask: Ask) -> Profile | Unreadable:
    """By handle or legacy user name. No parameter resolves a custom address (/c/name, /name)."""
    name = _name(account.handle)
    if name is None:
        raise missed(Miss.OUR_REQUEST_INVALID, "needs_channel_id")
    found = _channels([name], ask)
    if not found.whole:
        raise unrecognised("a channel without an id")
    if not found.by_id:
        return Unreadable(Barrier.GONE, "never_resolved")
    return _profile(next(iter(found.by_id.values())), account)


def _name(handle: str) -> tuple[str, str] | None:
    if handle.startswith("@"):
        return "forHandle", handle
    return ("forUsername", handle.removeprefix("user/")) if handle.startswith("user/") else None


@dataclass(frozen=True, slots=True)
class _Channels:
    """`whole`: every entry names its channel and there is no further page, so that who is missing is not there."""

    by_id: Mapping[str, Mapping[str, Json]]
    whole: bool


def _channels(who: Sequence[tuple[str, str]], ask: Ask) -> _Channels:
    """An answer without `items` means "none" only if it says of itself that it is this answer, and of none."""
    asked = [("part", PARTS), *who, ("maxResults", str(BATCH)), ("fields", CHANNEL_FIELDS)]
    answered = mapping(document(ask("GET", CHANNELS, asked)), "answer")
    items = listing(answered.get("items", []), "items")
    if not items:
        must_be(answered, "youtube#channelListResponse")
        if mapping(answered.get("pageInfo", {}), "pageInfo").get("totalResults", 0) != 0:
            raise unrecognised("items are missing")
    found = {}
    for item in items:
        channel = word(item.get("id")) if isinstance(item, dict) else None
        if channel is not None and CHANNEL.fullmatch(channel):
            found[channel] = item
    return _Channels(found, len(found) == len(items) and not answered.get("nextPageToken"))


def must_be(answered: Mapping[str, Json], kind: str) -> None:
    """An answer that lists nothing says at least of what it lists nothing. Errors: Refused, unrecognised."""
    if answered.get("kind") != kind:
        raise unrecognised("kind")


def _profile(channel: Mapping[str, Json], account: AccountRef) -> Profile:
    snippet = part(channel, "snippet")
    if account.native_id not in (None, channel["id"]):
        raise barred(Barrier.TAKEN, "handle_taken")
    handle = word(snippet.get("customUrl")) or ""
    uploads = word(part(part(channel, "contentDetails"), "relatedPlaylists").get("uploads"))
    return Profile(
        native_id=channel["id"],
        handle=handle.lower() if handle.startswith("@") else account.handle,
        counters=_counters(part(channel, "statistics")),
        created_at=instant(snippet.get("publishedAt")),
        local_id=uploads or "UU" + channel["id"].removeprefix("UC"),
    )


def part(of: Mapping[str, Json], name: str) -> Mapping[str, Json]:
    """A part of a resource; nothing where it was left out."""
    return mapping(of.get(name, {}), name)


def _counters(statistics: Mapping[str, Json]) -> dict[str, int]:
    """Counts are written as text. The vendor rounds the subscribers, and owners may hide them."""
    stated = {"posts": statistics.get("videoCount")}
    if statistics.get("hiddenSubscriberCount") is not True:
        stated["followers"] = statistics.get("subscriberCount")
    texts = {
        name: text for name, text in stated.items() if isinstance(text, str) and re.fullmatch(r"[0-9]{1,19}", text)
    }
    return {name: int(text) for name, text in texts.items() if int(text) < COUNTABLE}


# --- what a key is worth ---


def try_key(ask: Ask) -> None:
    """One call, one unit: does the key work? Whether the channel is there does not matter.

    Errors: Refused.
    """
    answer = ask("GET", CHANNELS, [("part", "id"), ("id", KNOWN_CHANNEL), ("maxResults", "1")])
    must_be(mapping(document(answer), "answer"), "youtube#channelListResponse")
