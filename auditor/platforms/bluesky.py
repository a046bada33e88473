"""Bluesky, through the public AppView (XRPC over GET). No credential needed; none is sent.

Facts: bluesky-social/atproto (lexicons, AppView source), bluesky-social/bsky-docs (timestamps, rate limits), and our
own recordings of AppView 0.0.280 and PDS 0.5.35.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from auditor.core.address import AddressForm
from auditor.core.model import AccountRef, Barrier, Miss, Missed, Post, PostKind, Seen, Unreadable
from auditor.core.post_link import PostForm
from auditor.core.quota import Quota, Scope
from auditor.fetch.answer import Ask, Refused, barred

from ._listing import Listing
from ._shapes import counters, document, listing, mapping, named, unrecognised, word
from ._times import instant
from .base import Answered, Auth, Call, Capability, Json, Platform, Profile, Rule, Unchanged, Window

PROFILES = "/xrpc/app.bsky.actor.getProfiles"
PROFILE = "/xrpc/app.bsky.actor.getProfile"
FEED = "/xrpc/app.bsky.feed.getAuthorFeed"
RESOLVE = "/xrpc/com.atproto.identity.resolveHandle"
BATCH = 25  # actors per getProfiles: 26 are refused
PAGE = 100
MAX_PAGES = 10
INVALID = "handle.invalid"  # the DID lives, its handle no longer proves itself

DID = re.compile(r"did:[a-z]+:[A-Za-z0-9._:%-]*[A-Za-z0-9._-]")
LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"  # of a domain name
POST = re.compile(rf"at://(?P<did>{DID.pattern})/app\.bsky\.feed\.post/(?P<key>[A-Za-z0-9._:~-]+)")
LABELS = {"!no-unauthenticated": "no_unauthenticated", "!hide": "hide", "!takedown": "takedown"}
COUNTERS = {"posts": "postsCount", "followers": "followersCount", "following": "followsCount"}
STOPS = frozenset({Miss.RATE_LIMITED, Miss.QUOTA_EXHAUSTED, Miss.CREDENTIAL_REJECTED, Miss.PERMISSION_MISSING})

RULES = (
    Rule(Miss.RATE_LIMITED, status=429),
    Rule(Barrier.SUSPENDED, error="AccountTakedown"),
    Rule(Barrier.GONE, error="AccountDeactivated", detail="deactivated"),
    # getAuthorFeed says the same of missing, taken-down and deactivated accounts; getProfile tells them apart.
    Rule(Miss.AMBIGUOUS_ABSENCE, status=400, error="InvalidRequest", message="Profile not found", call=FEED),
    Rule(Barrier.GONE, status=400, error="InvalidRequest", message="Profile not found", call=PROFILE),
    Rule(Barrier.GONE, status=400, error="InvalidRequest", message="Unable to resolve handle", detail="never_resolved"),
    Rule(Barrier.GONE, status=400, error="HandleNotFound", detail="never_resolved"),
    Rule(Barrier.PROTECTED, error="BlockedActor"),
    Rule(Barrier.PROTECTED, error="BlockedByActor"),
    Rule(Miss.CREDENTIAL_REJECTED, error="ExpiredToken"),
    Rule(Miss.CREDENTIAL_REJECTED, error="InvalidToken"),
    Rule(Miss.CREDENTIAL_REJECTED, error="AuthMissing"),
    Rule(Miss.RATE_LIMITED, error="RateLimitExceeded"),
    Rule(Miss.OUR_REQUEST_INVALID, status=400, error="InvalidRequest"),
    Rule(Miss.UNRECOGNISED, error="MethodNotImplemented"),  # a 501 that no waiting will mend
    Rule(Miss.UNREACHABLE, status=403, json=False, detail="blocked"),  # the CDN, not the AppView
)


def lookup(accounts: Sequence[AccountRef], ask: Ask) -> Iterator[tuple[AccountRef, Profile | Unreadable | Missed]]:
    """Each account once, in any order. The batch call leaves out silently what it will not show: those are asked alone.

    Errors: Refused, where no further account of the call can be answered.
    """
    for start in range(0, len(accounts), BATCH):
        yield from _batch(accounts[start : start + BATCH], ask)


def _batch(accounts: Sequence[AccountRef], ask: Ask) -> Iterator[tuple[AccountRef, Profile | Unreadable | Missed]]:
    shown = _shown(accounts, ask)
    left_out: list[AccountRef] = []
    for account in accounts:
        found = shown.get(_actor(account).lower())
        try:
            if found is None:
                left_out.append(account)
            else:
                yield account, _profile(found, account)
        except Refused:  # an entry in no known shape: perhaps the single answer is
            left_out.append(account)
    for account in left_out:
        yield account, _one(account, ask)


def _shown(accounts: Sequence[AccountRef], ask: Ask) -> Mapping[str, Mapping[str, Json]]:
    """What the batch call answers, by DID and by handle. Nothing, if one bad actor spoils the batch (400).

    Servers without the batch call (501) are asked for each account alone as well.
    """
    actors = dict.fromkeys(_actor(a) for a in accounts)
    answer = ask("GET", PROFILES, tuple(("actors", actor) for actor in actors))
    if answer.status in (400, 501):
        return {}
    found = listing(mapping(document(answer, RULES), "answer").get("profiles"), "profiles")
    profiles = [p for p in found if isinstance(p, dict)]
    by_handle = {p["handle"].lower(): p for p in profiles if isinstance(p.get("handle"), str)}
    return by_handle | {p["did"].lower(): p for p in profiles if isinstance(p.get("did"), str)}


def _actor(account: AccountRef) -> str:
    """A handle changes hands with its domain; the DID does not."""
    return account.native_id or account.handle


def _one(account: AccountRef, ask: Ask) -> Profile | Unreadable | Missed:
    """The reason of one account. What stops the lane is raised."""
    try:
        answer = ask("GET", PROFILE, (("actor", _actor(account)),))
        return _profile(mapping(document(answer, RULES), "profile"), account)
    except Refused as refused:
        outcome = refused.outcome
        if isinstance(outcome, Missed) and outcome.reason in STOPS:
            raise
    if not isinstance(outcome, Unreadable) or outcome.barrier is not Barrier.GONE:
        return outcome
    if account.native_id is None and not outcome.detail:
        return replace(outcome, detail="never_resolved")
    return Unreadable(Barrier.TAKEN, "handle_taken") if _taken(account, ask) else outcome


def _taken(account: AccountRef, ask: Ask) -> bool:
    """The DID is gone, and its handle now belongs to another one."""
    if account.native_id is None or DID.fullmatch(account.handle):
        return False
    try:
        answer = ask("GET", RESOLVE, (("handle", account.handle),))
        did = word(mapping(document(answer, RULES), "resolution").get("did"))
    except Refused:
        return False
    return did is not None and DID.fullmatch(did) is not None and did != account.native_id


def _profile(found: Mapping[str, Json], account: AccountRef) -> Profile:
    did = named(found.get("did"), "did")
    if not DID.fullmatch(did):
        raise unrecognised("did")
    if account.native_id not in (None, did):
        raise barred(Barrier.TAKEN, "handle_taken")
    handle = named(found.get("handle"), "handle").lower()
    dead = handle == INVALID
    return Profile(
        native_id=did,
        handle=account.handle if dead else handle,
        counters=counters(found, COUNTERS),
        created_at=instant(found.get("createdAt")),
        flags=frozenset(_labels(found.get("labels"))) | ({"handle_invalid"} if dead else set()),
    )


def _labels(value: Json) -> Iterator[str]:
    """What the owner or the moderation service says of the whole account. A negated label is a label taken back."""
    for label in value if isinstance(value, list) else ():
        if isinstance(label, dict) and not label.get("neg") and isinstance(label.get("val"), str):
            flag = LABELS.get(label["val"])
            if flag:
                yield flag


def timeline(account: AccountRef, profile: Profile | None, ask: Ask, window: Window) -> Answered:
    """Own posts and reposts, paged back to the window's start. `createdAt` is the client's claim and passed on as such.

    Errors: Refused.
    """
    if profile is None:
        found = _one(account, ask)
        if not isinstance(found, Profile):
            return found
        profile = found
    if account.native_id not in (None, profile.native_id):
        return Unreadable(Barrier.TAKEN, "handle_taken")
    try:
        return _read(profile, ask, window)
    except Refused as refused:
        if not isinstance(refused.outcome, Missed) or refused.outcome.reason is not Miss.AMBIGUOUS_ABSENCE:
            raise
        reason = _one(replace(account, native_id=profile.native_id), ask)
        return refused.outcome if isinstance(reason, Profile) else reason


def _read(profile: Profile, ask: Ask, window: Window) -> Answered:
    read = Listing(window)
    cursors = [""]
    complete = False
    while len(cursors) <= MAX_PAGES:
        try:
            answer = ask("GET", FEED, _page_of(profile.native_id, cursors[-1]))
            if answer.status == 304:
                if len(cursors) == 1:
                    return Unchanged()
                break
            cursor = _page(read, document(answer, RULES), profile.native_id)
        except Refused as refused:
            if read.outlives(refused):
                break
            raise
        complete = not cursor  # a short page proves nothing, an absent cursor does
        if complete or read.enough or cursor in cursors:
            break
        cursors.append(cursor)
    return Seen(
        native_id=profile.native_id,
        handle=profile.handle,
        posts=read.newest_first(),
        horizon=read.horizon(complete=complete, says_empty=profile.counters.get("posts") == 0),
        created_at=profile.created_at,
        counters=profile.counters,
        flags=profile.flags,
        undated=frozenset(read.undated),
    )


def _page_of(did: str, cursor: str) -> tuple[tuple[str, str], ...]:
    asked = (("actor", did), ("filter", "posts_no_replies"), ("includePins", "false"), ("limit", str(PAGE)))
    return (*asked, ("cursor", cursor)) if cursor else asked


def _page(read: Listing, answered: Json, did: str) -> str:
    """List a page; an entry without a post (deleted, blocked) is passed over. The cursor of the next, "" at the end."""
    page = mapping(answered, "answer")
    for item in listing(page.get("feed"), "feed"):
        try:
            _add(read, mapping(item, "item"), did)
        except Refused as refused:
            read.pass_over(refused)
    cursor = page.get("cursor") or ""
    if not isinstance(cursor, str):
        raise unrecognised("cursor")
    read.end_of_page()
    return cursor


def _add(read: Listing, item: Mapping[str, Json], did: str) -> None:
    """List one item of the feed.

    The feed is sorted by the earlier of the claimed instant and the indexing (by the repost's, for a repost). What
    stands there for another reason (a pin, or one not known yet) stands out of order; the reason changes no own post.
    """
    post = mapping(item.get("post"), "post")
    uri = named(post.get("uri"), "uri")
    reason = item.get("reason")
    if reason is not None and _is_repost(mapping(reason, "reason")):
        by_uri = word(reason.get("uri")) or f"repost:{uri}"
        _list(read, by_uri, reason.get("indexedAt"), None, PostKind.REPOST)
        return
    owner = POST.fullmatch(uri)
    if owner is None or owner["did"] != did:
        if owner is None or reason is None:
            raise unrecognised("a post of another account")
        at = reason.get("indexedAt") or post.get("indexedAt")
        _list(read, f"shown:{uri}", at, None, PostKind.OTHER, in_order=False)
        return
    record = mapping(post.get("record"), "record")
    kind = PostKind.ORIGINAL if record.get("reply") is None else PostKind.REPLY
    _list(read, uri, record.get("createdAt"), post.get("indexedAt"), kind, in_order=reason is None)


def _is_repost(reason: Mapping[str, Json]) -> bool:
    """`reason` is an open union; servers of one reason leave the type out."""
    return reason.get("$type") is None or str(reason["$type"]).endswith("#reasonRepost")


def _list(read: Listing, uri: str, claim: Json, indexed: Json, kind: PostKind, *, in_order: bool = True) -> None:
    at, indexed_at = instant(claim), instant(indexed)
    if at is None:
        read.add_undated(uri)
        return
    read.add(Post(uri, at, kind, permalink("", uri)), min(at, indexed_at or at), in_order=in_order)


def permalink(_handle: str, native_id: str) -> str | None:
    """The post where a person can see it, by DID, so that it outlives a renaming. None for a repost."""
    found = POST.fullmatch(native_id)
    return f"https://bsky.app/profile/{found['did']}/post/{found['key']}" if found else None


def health(ask: Ask, origin: str) -> bool:
    """The AppView states its version. Source: recorded answer of the vendor's own AppView."""
    return isinstance(document(ask("GET", origin + "/xrpc/_health"), RULES), dict)


PLATFORM = Platform(
    name="bluesky",
    title="Bluesky",
    base_url="https://public.api.bsky.app",
    address=AddressForm(
        hosts=frozenset({"bsky.app"}),
        paths=(re.compile(r"/profile/@?(?P<handle>[^/?]+)"),),
        handle=re.compile(rf"{DID.pattern}|(?!handle\.invalid$)(?:{LABEL}\.)+[a-z](?:[a-z0-9-]{{0,61}}[a-z0-9])?"),
        url="https://bsky.app/profile/{handle}",
        native=DID,
        refused=(
            (re.compile(r"/profile/[^/]+/post/.*"), "post"),
            (re.compile(r"/profile/[^/]+/(?:feed|lists)/.*"), "list"),
            (re.compile(r"/(?:starter-pack|starter-pack-short|start)/.*"), "invitation"),
            (re.compile(r"/hashtag/.*"), "hashtag"),
            (re.compile(r"/search.*"), "search"),
        ),
        tails=frozenset({"about", "featured", "posts", "videos", "followers", "follows"}),
    ),
    capability=Capability(
        auth=Auth.NONE,
        lookup=Call(batch=BATCH, cost=1),
        timeline=Call(batch=1, cost=1),
        quotas=(Quota(units=3000, per=timedelta(minutes=5), scope=Scope.PLATFORM),),
        tells_apart=frozenset({Barrier.GONE, Barrier.SUSPENDED, Barrier.PROTECTED, Barrier.TAKEN}),
        page=PAGE,
        default_on=True,
        max_pages=MAX_PAGES,
    ),
    rules=RULES,
    lookup=lookup,
    timeline=timeline,
    controls=("bsky.app",),
    health=health,
    permalink=permalink,
    posts=(  # record keys are the client's: no date in them is believed
        PostForm(
            re.compile(r"/profile/@?(?P<handle>[^/?{}]+)/post/(?P<id>[A-Za-z0-9._:~-]{1,512})"),
            "https://bsky.app/profile/{handle}/post/{id}",
        ),
    ),
)
