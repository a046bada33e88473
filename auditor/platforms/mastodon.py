"""Mastodon and the servers that speak its API. Always asked of the account's own server: remote copies are incomplete.

Facts: mastodon/documentation (accounts, entities, rate limits), mastodon/mastodon source (lookup, statuses filter,
account serializer, error handling), recordings of Mastodon 4.7.3 in Mastodon.py 2.3.3.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from urllib.parse import parse_qsl, quote, unquote, urljoin, urlsplit

from auditor.core.address import AddressForm
from auditor.core.model import AccountRef, Barrier, Miss, Missed, Post, PostKind, Seen, Unreadable
from auditor.core.quota import Quota, Scope
from auditor.fetch.answer import Answer, Ask, Params, Refused, barred, missed

from ._listing import Listing
from ._posts import STATUSES
from ._shapes import counters, document, link, listing, mapping, named, unrecognised, word
from ._times import instant
from .base import Answered, Auth, Call, Capability, Json, Platform, Profile, Rule, Unchanged, Window, is_json

LOOKUP = "/api/v1/accounts/lookup"
WEBFINGER = "/.well-known/webfinger"
INSTANCES = ("/api/v2/instance", "/api/v1/instance")
PAGE = 40
MAX_PAGES = 10
HOPS = 3
MOVES = frozenset({301, 302, 303, 307, 308})
STOPS = frozenset({Miss.RATE_LIMITED, Miss.QUOTA_EXHAUSTED, Miss.CREDENTIAL_REJECTED, Miss.PERMISSION_MISSING})
NOT_PUBLIC = ("private", "direct")
COUNTERS = {"posts": "statuses_count", "followers": "followers_count", "following": "following_count"}
SIGN_IN = re.compile(r"/(?:log-?in|sign[_-]?in|oauth|auth)(?:[/.]|$)", re.IGNORECASE)

NAME = r"(?P<name>[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?)"
HOST = r"(?P<host>[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[0-9]{1,5})?)"
HANDLE = re.compile(f"{NAME}@{HOST}")
NEXT = re.compile(r"<([^<>]*)>((?:\s*;\s*[^;,]+)*)")

RULES = (
    Rule(Miss.RATE_LIMITED, status=429),
    Rule(Miss.UNREACHABLE, header=("cf-mitigated", "challenge"), detail="challenge"),
    # After a lookup that answered, a missing list is a riddle, not an absence.
    Rule(Miss.AMBIGUOUS_ABSENCE, status=404, message="Record not found", call="/statuses"),
    Rule(Barrier.GONE, status=404, message="Record not found"),
    Rule(Barrier.GONE, status=410, detail="gone_or_suspended"),
    Rule(Miss.PERMISSION_MISSING, status=401, message="requires an authenticated user"),
    Rule(Miss.PERMISSION_MISSING, status=401, message="token not supplied"),
    Rule(Miss.CREDENTIAL_REJECTED, status=401, message="access token"),
    Rule(Miss.CREDENTIAL_REJECTED, status=401, header=("www-authenticate", "invalid_token")),  # said in any language
    Rule(Miss.PERMISSION_MISSING, status=401, json=True),
    Rule(Miss.UNRECOGNISED, status=401),
    Rule(Miss.PERMISSION_MISSING, status=403, json=True),
    Rule(Miss.UNREACHABLE, status=403, detail="blocked"),
    Rule(Miss.OUR_REQUEST_INVALID, status=422),
)


def lookup(accounts: Sequence[AccountRef], ask: Ask) -> Iterator[tuple[AccountRef, Profile | Unreadable | Missed]]:
    """Each account once, of its own server. A server that wants to be left alone is not asked again in this call."""
    stopped: dict[str, Missed] = {}
    for account in accounts:
        host = account.handle.rpartition("@")[2]
        if host in stopped:
            yield account, stopped[host]
            continue
        try:
            yield account, _account(account, ask)
        except Refused as refused:
            if isinstance(refused.outcome, Missed) and refused.outcome.reason in STOPS:
                stopped[host] = refused.outcome
            yield account, refused.outcome


def _account(account: AccountRef, ask: Ask) -> Profile:
    parts = HANDLE.fullmatch(account.handle.lower())
    if parts is None:
        raise missed(Miss.OUR_REQUEST_INVALID, "handle")
    try:
        return _at(parts["host"], account, parts, ask)
    except Refused as refused:
        if not isinstance(refused.outcome, Missed) or refused.outcome.reason is not Miss.UNRECOGNISED:
            raise
        elsewhere = _web_host(parts, ask)
        if elsewhere is None:
            raise
    return _at(elsewhere, account, parts, ask)


def _at(host: str, account: AccountRef, parts: re.Match[str], ask: Ask) -> Profile:
    answer, url = _get(ask, f"https://{host}{LOOKUP}", (("acct", parts["name"]),))
    return _profile(mapping(_json(answer), "account"), account, parts, url)


def _web_host(parts: re.Match[str], ask: Ask) -> str | None:
    """The domain of the handle may be a web site, the server another host: WebFinger (RFC 7033) names it."""
    host = parts["host"]
    resource = f"acct:{parts['name']}@{host}"
    try:
        answer, _ = _get(ask, f"https://{host}{WEBFINGER}", (("resource", resource),))
        links = listing(mapping(_json(answer), "resource").get("links"), "links")
        own = [x.get("href") for x in links if isinstance(x, dict) and x.get("rel") == "self"]
        url = link(own[0]) if own else None
    except Refused:
        return None
    found = urlsplit(url).netloc.lower() if url else ""
    return found if re.fullmatch(HOST, found) and found != host else None


def _profile(found: Mapping[str, Json], account: AccountRef, parts: re.Match[str], url: str) -> Profile:
    local_id = found.get("id")
    local_id = named(str(local_id) if isinstance(local_id, int) else local_id, "id")
    uri = link(found.get("uri"))
    if uri is None:
        raise unrecognised("uri is missing")
    name = word(found.get("username")) or parts["name"]
    if account.native_id not in (None, uri) and name.lower() != parts["name"].lower():
        raise unrecognised("another account")  # neither the id nor the name that was asked for
    if account.native_id not in (None, uri):
        raise barred(Barrier.TAKEN, "handle_taken")
    if found.get("suspended") is True:
        raise barred(Barrier.SUSPENDED)
    handle = f"{name.lower()}@{parts['host']}"
    return Profile(
        native_id=uri,
        handle=handle if HANDLE.fullmatch(handle) else account.handle,
        counters=counters(found, COUNTERS),
        created_at=instant(found.get("created_at")),
        flags=frozenset(_flags(found)),
        local_id=urljoin(url, f"/api/v1/accounts/{quote(local_id, safe='')}/statuses"),
    )


def _flags(found: Mapping[str, Json]) -> Iterator[str]:
    """These keys are there only when they apply."""
    if found.get("limited") is True:
        yield "limited"
    if found.get("memorial") is True:
        yield "memorial"
    moved = found.get("moved")
    if isinstance(moved, dict):
        yield f"moved_to={link(moved.get('uri')) or link(moved.get('url')) or 'unknown'}"


def timeline(account: AccountRef, profile: Profile | None, ask: Ask, window: Window) -> Answered:
    """Public and unlisted statuses, paged back to the window's start. A moved account is still read itself.

    Errors: Refused.
    """
    if profile is None:
        profile = _account(account, ask)
    if account.native_id not in (None, profile.native_id):
        return Unreadable(Barrier.TAKEN, "handle_taken")
    read = Listing(window)
    pages: list[Params] = [(("limit", str(PAGE)),)]
    url, complete = profile.local_id, False
    own_id = unquote(url.rsplit("/", 2)[-2])
    while len(pages) <= MAX_PAGES:
        try:
            answer, url = _get(ask, url, pages[-1])
            if answer.status == 304:
                if len(pages) == 1:
                    return Unchanged()
                break
            page = listing(_json(answer), "statuses")
            fresh = [_add(read, mapping(status, "status"), own_id) for status in page]
            following = _following(answer, page)
            read.end_of_page()
        except Refused as refused:
            if read.outlives(refused):
                break
            raise
        # Without a Link header the end is known only from an older page with nothing new, after a page that was short:
        # but older than the oldest is nothing, whatever younger ones an oldest-first list has left.
        silent = "link" not in answer.headers and not any(fresh) and len(page) < PAGE
        complete = following is None or (silent and not read.oldest_first)
        if following is None or not any(fresh) or read.enough or following in pages:
            break
        pages.append(following)
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


def _following(answer: Answer, page: Sequence[Json]) -> Params | None:
    """The parameters of the next older page; None at the end of the list: an empty page, or a Link without "next"."""
    header = answer.headers.get("link", "")
    if not page:
        return None
    if not header:
        return (("limit", str(PAGE)), ("max_id", _id(mapping(page[-1], "status"))))
    for address, attributes in NEXT.findall(header):
        if re.search(r"""\brel\s*=\s*"?[^";]*\bnext\b""", attributes, re.IGNORECASE):
            query = [(k, v) for k, v in parse_qsl(address.partition("?")[2]) if k != "limit"]
            return (("limit", str(PAGE)), *query)
    return None


def _id(status: Mapping[str, Json]) -> str:
    """Snowflakes, FlakeIDs, ULIDs: kept as text."""
    value = status.get("id")
    return named(str(value) if isinstance(value, int) else value, "id")


def _add(read: Listing, status: Mapping[str, Json], own_id: str) -> bool:
    """List one status; a boost counts when it was boosted. False: listed before."""
    native_id = _id(status)
    owner = status.get("account")
    if isinstance(owner, dict) and str(owner.get("id", own_id)) != own_id:
        raise unrecognised("the list of another account")
    at = instant(status.get("created_at"))
    if at is None:
        return read.add_undated(native_id)
    kind = _kind(status, own_id)
    return read.add(Post(native_id, at, kind, None if kind is PostKind.REPOST else link(status.get("url"))))


def _kind(status: Mapping[str, Json], own_id: str) -> PostKind:
    if status.get("visibility") in NOT_PUBLIC:
        return PostKind.OTHER
    if status.get("reblog"):
        return PostKind.REPOST
    answered = status.get("in_reply_to_account_id")
    if answered is None and status.get("in_reply_to_id") is None:
        return PostKind.ORIGINAL
    return PostKind.ORIGINAL if answered is not None and str(answered) == own_id else PostKind.REPLY


def _get(ask: Ask, url: str, params: Params) -> tuple[Answer, str]:
    """The answer, and the address that gave it: the web host of a server may differ from the domain of its accounts.

    Only redirects to the same call at another host are followed. Errors: Refused.
    """
    for _ in range(HOPS + 1):
        answer = ask("GET", url, params)
        if answer.status not in MOVES:
            return answer, url
        url = _same_call(url, answer.headers.get("location", ""))
    raise unrecognised("too many redirects")


def _same_call(url: str, location: str) -> str:
    try:
        old, new = urlsplit(url), urlsplit(urljoin(url, location))
    except ValueError:
        raise unrecognised("redirected") from None
    if SIGN_IN.search(new.path):
        raise missed(Miss.PERMISSION_MISSING, "login page")
    if new.scheme not in ("http", "https") or new.path != old.path or new.netloc.lower() == old.netloc.lower():
        raise unrecognised("redirected")
    if not re.fullmatch(HOST, new.netloc.lower()):
        raise unrecognised("redirected")
    return f"{new.scheme}://{new.netloc}{new.path}"


def _json(answer: Answer) -> Json:
    """A parked domain answers 200 with a page: no shape we know, and neither absence nor outage."""
    try:
        return document(answer, RULES)
    except Refused:
        if answer.status == 200 and not is_json(answer):
            raise unrecognised("not JSON") from None
        raise


def health(ask: Ask, origin: str) -> bool:
    """The server itself describes itself: here, where it sends this call, or at the host that WebFinger names for it.

    Mastodon has an actor of its own, which bears the name of the domain. Source: mastodon/mastodon.
    """
    if _describes_itself(ask, origin):
        return True
    host = urlsplit(origin).netloc
    server = HANDLE.fullmatch(f"{host}@{host}")
    elsewhere = _web_host(server, ask) if server else None
    return elsewhere is not None and _describes_itself(ask, f"https://{elsewhere}")


def _describes_itself(ask: Ask, origin: str) -> bool:
    for path in INSTANCES:
        try:
            if isinstance(_json(_get(ask, origin + path, ())[0]), dict):
                return True
        except Refused:
            continue
    return False


def permalink(handle: str, native_id: str) -> str | None:
    """The status where a person can see it."""
    parts = HANDLE.fullmatch(handle)
    return f"https://{parts['host']}/@{parts['name']}/{quote(native_id, safe='')}" if parts else None


PLATFORM = Platform(
    name="mastodon",
    title="Mastodon",
    base_url=None,
    address=AddressForm(
        hosts=frozenset(),
        paths=(
            re.compile(r"/(?:web/)?@(?P<handle>[A-Za-z0-9_.-]+)@(?P<host>[^/@?]+)"),  # on A, an account of B: ask B
            re.compile(r"/(?:(?:web/)?@|users/)(?P<handle>[A-Za-z0-9_.-]+)"),
        ),
        handle=HANDLE,
        url="https://{host}/@{name}",
        canonical="{handle}@{host}",
        key="@{handle}",
        refused=(
            (re.compile(r"/(?:web/)?@[^/]+/[0-9A-Za-z]+|/users/[^/]+/statuses/.*"), "post"),
            (re.compile(r"/tags/.*"), "hashtag"),
            (re.compile(r"/invite/.*"), "invitation"),
        ),
        tails=frozenset({"about", "featured", "posts", "videos", "with_replies", "media", "followers", "following"}),
    ),
    capability=Capability(
        auth=Auth.NONE,
        lookup=Call(batch=1, cost=1),
        timeline=Call(batch=1, cost=1),
        quotas=(Quota(units=300, per=timedelta(minutes=5), scope=Scope.HOST),),
        tells_apart=frozenset({Barrier.GONE, Barrier.SUSPENDED, Barrier.TAKEN}),
        page=PAGE,
        default_on=True,
        max_pages=MAX_PAGES,
    ),
    rules=RULES,
    lookup=lookup,
    timeline=timeline,
    health=health,
    host_tokens="tokens_env",
    permalink=permalink,
    posts=STATUSES,
)
