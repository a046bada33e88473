"""Telegram channels, through the public preview at t.me/s/NAME: undocumented HTML, 20 messages, oldest first.

Every surprise ends in `unrecognised`, never in an empty account. Facts: real captures of 2020, 2024 and 2026.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import SplitResult, urljoin, urlsplit

from auditor.core.address import AddressForm
from auditor.core.model import AccountRef, Barrier, Miss, Missed, Post, PostKind, Seen, Unreadable
from auditor.core.post_link import PostForm
from auditor.core.quota import Quota, Scope
from auditor.fetch.answer import Answer, Ask, Refused, barred, missed
from auditor.fetch.backoff import reset_at

from ._listing import Listing
from ._markup import Element, html, tagged, text
from ._shapes import refuse, unrecognised
from ._times import instant
from .base import Answered, Auth, Call, Capability, Platform, Profile, Rule, Unchanged, Window

PAGE = 20
MAX_PAGES = 10
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{3,31}", re.ASCII)
MESSAGE = re.compile(r"(?P<name>[A-Za-z][A-Za-z0-9_]{3,31})/(?P<id>[0-9]{1,15})", re.ASCII)
POST = re.compile(r"(?P<handle>[A-Za-z][A-Za-z0-9_]{3,31})/(?P<id>[1-9][0-9]{0,14})", re.ASCII)
COUNT = re.compile(r"(?P<number>[0-9]+(?:[.,][0-9]+)?)(?P<unit>[KMB]?)", re.ASCII)
UNITS = {"": 1, "K": 1_000, "M": 1_000_000, "B": 1_000_000_000}
MOVES = frozenset({301, 302, 303, 307, 308})
OURS = frozenset({"t.me", "telegram.me", "telegram.dog", "telegram.org", "www.telegram.org"})
ENDS = (b"</section>", b"</main>", b"</body>", b"</html>", b"page generated in")
PAUSE = timedelta(minutes=15)  # after "Too Many Requests": no limit is documented
SKEW = timedelta(minutes=10)

RULES = (
    Rule(Miss.UNREACHABLE, status=403, detail="blocked"),  # nothing here takes a credential: a filter on the way
    Rule(Miss.UNREACHABLE, status=407, detail="blocked"),
    Rule(Miss.UNREACHABLE, status=451, detail="blocked"),
    Rule(Miss.UNREACHABLE, status=401, detail="blocked"),
)


@dataclass(frozen=True, slots=True)
class _Message:
    name: str  # of the channel, as the page writes it
    id: int
    at: datetime | None
    kind: PostKind
    channel: str | None  # its stable id
    rendered: int | None  # seconds of the server's clock
    begins: bool  # "Channel created"


@dataclass(frozen=True, slots=True)
class _Page:
    messages: Sequence[_Message]  # as they stand, oldest first
    older: bool
    subscribers: int | None


def timeline(account: AccountRef, _profile: Profile | None, ask: Ask, window: Window) -> Answered:
    """The channel's messages, paged back to the window's start. Service messages are listed and never counted.

    Errors: Refused.
    """
    if not NAME.fullmatch(account.handle):
        return Missed(Miss.OUR_REQUEST_INVALID, "name")
    first: _Page | None = None
    found: list[_Message] = []
    read = Listing(window)
    before: int | None = None
    complete = False
    for _ in range(MAX_PAGES):
        try:
            answer = ask("GET", f"/s/{account.handle}", () if before is None else (("before", str(before)),))
            if answer.status == 304:
                if first is None:
                    return Unchanged()
                break
            page = _page(answer, account.handle, ask)
        except Refused as refused:
            if read.outlives(refused):
                break
            raise
        if first is None:
            if not page.messages:
                raise unrecognised("no messages")
            first = page
        for message in sorted(page.messages, key=lambda m: m.id, reverse=True):
            _add(read, message)
        read.end_of_page()
        found += page.messages
        complete = not page.older
        oldest = min((m.id for m in page.messages), default=before)
        if complete or read.enough or oldest is None or (before is not None and oldest >= before):
            break
        before = oldest
    return _seen(account, first, found, read, complete=complete)


def _seen(
    account: AccountRef, first: _Page | None, found: Sequence[_Message], read: Listing, *, complete: bool
) -> Seen | Unreadable:
    ids = {m.channel for m in found if m.channel}
    if first is None or len(ids) != 1:
        raise unrecognised("channel id")
    native_id = ids.pop()
    handle = max(first.messages, key=lambda m: m.id).name.lower()
    if account.native_id not in (None, native_id) and handle != account.handle.lower():
        raise unrecognised("the page of another channel")  # neither the id nor the name that was asked for
    if account.native_id not in (None, native_id):
        return Unreadable(Barrier.TAKEN, "handle_taken")
    beginning = {str(m.id): m.at for m in found if m.begins}  # the start of the channel is no post of any kind
    silent = all(m.kind is PostKind.OTHER for m in found)
    horizon = read.horizon(complete=complete, says_empty=False)
    if silent and not (complete and _never_posted(found)):
        horizon = read.window.now
    clocks = [m.rendered for m in first.messages if m.rendered is not None]
    skewed = bool(clocks) and abs(max(clocks) - read.window.now.timestamp()) > SKEW.total_seconds()
    return Seen(
        native_id=native_id,
        handle=handle,
        posts=tuple(p for p in read.newest_first() if p.native_id not in beginning),
        horizon=horizon,
        created_at=next(iter(beginning.values()), None),
        counters={} if first.subscribers is None else {"followers": first.subscribers},
        flags=frozenset({"clock_skew"} if skewed else ()),
        undated=frozenset(read.undated),
    )


def _never_posted(found: Sequence[_Message]) -> bool:
    """Ids that run without a gap from "Channel created" on leave no room for a post that was deleted."""
    ids = sorted({m.id for m in found})
    return any(m.begins and m.id == ids[0] for m in found) and ids[-1] - ids[0] == len(ids) - 1


def _add(read: Listing, message: _Message) -> None:
    native_id = str(message.id)
    if message.at is None:
        read.add_undated(native_id)
    else:
        read.add(Post(native_id, message.at, message.kind, permalink(message.name, native_id)))


def _page(answer: Answer, name: str, ask: Ask) -> _Page:
    """The messages of a page that shows a channel. Errors: Refused, with what the answer means instead."""
    if answer.status in MOVES:
        raise _behind(answer, name, ask)
    root = _root(answer)
    if not tagged(root, "tgme_channel_info"):
        raise _instead(root, answer)
    # Oldest first: a page cut short would lose the newest messages.
    last = answer.body.rfind(b"data-post=")
    if not any(answer.body.rfind(end) > last for end in ENDS):
        raise unrecognised("cut short")
    messages = [_message(e) for e in tagged(root, "tgme_widget_message") if e.get("data-post") is not None]
    return _Page(messages, _has_older(root), _subscribers(root))


def _root(answer: Answer) -> Element:
    if answer.status == 429:
        raise _slow_down(answer)
    if answer.status != 200:
        raise refuse(answer, RULES)
    root = html(answer.body)
    if root is None:
        raise unrecognised("not HTML")
    return root


def _slow_down(answer: Answer) -> Refused:
    return missed(Miss.RATE_LIMITED, "too many requests", reset_at(answer.headers, answer.at) or answer.at + PAUSE)


def _behind(answer: Answer, name: str, ask: Ask) -> Refused:
    """A redirect to t.me/NAME says that there is no preview; that page says why."""
    target = _target(answer)
    steps = [s for s in target.path.lower().split("/") if s]
    if steps[-1:] != [name.lower()] or steps[-2:-1] == ["s"]:
        return missed(Miss.AMBIGUOUS_ABSENCE, "redirected")
    page = ask("GET", f"/{name}")
    if page.status in MOVES:
        _target(page)
        return missed(Miss.AMBIGUOUS_ABSENCE, "redirected")
    return _instead(_root(page), page)


def _target(answer: Answer) -> SplitResult:
    """Where Telegram sends us. Anybody else's redirect (a provider's block page) is no answer of Telegram's."""
    try:
        target = urlsplit(urljoin(answer.url, answer.headers.get("location", "")))
        known = target.hostname in OURS or target.hostname == urlsplit(answer.url).hostname
    except ValueError:
        known = False
    if not known or not answer.headers.get("location"):
        raise missed(Miss.UNREACHABLE, "redirected elsewhere")
    return target


def _instead(root: Element, answer: Answer) -> Refused:
    """What a page says that shows no channel."""
    extra = text(next(iter(tagged(root, "tgme_page_extra")), None)).lower()
    title = text(root.find(".//title"))
    if tagged(root, "tgme_page_title") or extra:
        if re.search(r"\bsubscribers?\b", extra):
            return barred(Barrier.PROTECTED, "preview_disabled")
        if re.search(r"\bmembers?\b", extra):
            return barred(Barrier.WRONG_KIND, "group")
    if tagged(root, "tgme_username_link") or tagged(root, "tgme_page_extra") or tagged(root, "tgme_page_title"):
        return missed(Miss.AMBIGUOUS_ABSENCE, "contact card")
    if tagged(root, "tgme_landing") or title == "Telegram Messenger":
        return missed(Miss.AMBIGUOUS_ABSENCE, "landing page")
    if "too many requests" in text(root, 2000).lower():
        return _slow_down(answer)
    return unrecognised("no channel on the page")


def _message(element: Element) -> _Message:
    post = MESSAGE.fullmatch(element.get("data-post", ""))
    if post is None:
        raise unrecognised("data-post")
    channel, rendered = _view(element.get("data-view", ""))
    service = "service_message" in element.get("class", "").split()
    kind = PostKind.ORIGINAL
    if service:
        kind = PostKind.OTHER
    elif tagged(element, "tgme_widget_message_forwarded_from"):
        kind = PostKind.REPOST
    elif tagged(element, "tgme_widget_message_reply"):
        kind = PostKind.REPLY
    # Videos carry a <time> of their own, without a date.
    times = [t.get("datetime") for d in tagged(element, "tgme_widget_message_date") for t in d.iter("time")]
    at = next((at for at in map(instant, times) if at is not None), None)
    return _Message(post["name"], int(post["id"]), at, kind, channel, rendered, service and _is_birth(element))


def _is_birth(element: Element) -> bool:
    said = tagged(element, "tgme_widget_message_text")
    if said:
        return text(said[0]).casefold() == "channel created"
    return re.search(r"\bchannel created\b", text(element), re.IGNORECASE) is not None


def _view(value: str) -> tuple[str | None, int | None]:
    """(stable channel id, server time of the render) of `data-view`: base64url JSON without padding, `c` negative."""
    try:
        view = json.loads(base64.urlsafe_b64decode(value + "=" * (-len(value) % 4)))
    except (ValueError, RecursionError):
        return None, None
    if not isinstance(view, dict):
        return None, None
    channel, rendered = view.get("c"), view.get("t")
    return (
        str(-channel) if isinstance(channel, int) and -(10**18) < channel < 0 else None,
        rendered if isinstance(rendered, int) and 0 <= rendered < 10**11 else None,
    )


def _has_older(root: Element) -> bool:
    """Either mark of an older page is enough."""
    linked = any(e.get("rel") == "prev" and "before=" in e.get("href", "") for e in root.iter("link"))
    return linked or any(e.get("data-before") for e in root.iter("*"))


def _subscribers(root: Element) -> int | None:
    """As the page rounds it: "10.7M" is 10 700 000."""
    for counter in tagged(root, "tgme_channel_info_counter"):
        if "subscriber" in text(counter).lower():
            value = "".join(text(next(iter(tagged(counter, "counter_value")), None)).split())
            found = COUNT.fullmatch(value)
            return round(float(found["number"].replace(",", ".")) * UNITS[found["unit"]]) if found else None
    return None


def permalink(handle: str, native_id: str) -> str | None:
    """The message where a person can see it."""
    return f"https://t.me/{handle}/{native_id}" if native_id.isdecimal() else None


PLATFORM = Platform(
    name="telegram",
    title="Telegram",
    base_url="https://t.me",
    address=AddressForm(
        hosts=frozenset({"t.me", "telegram.me", "telegram.dog"}),
        paths=(re.compile(r"/(?:s/)?@?(?P<handle>[A-Za-z][A-Za-z0-9_]{3,31})"),),
        handle=re.compile(r"[a-z][a-z0-9_]{3,31}"),
        url="https://t.me/{handle}",
        refused=(
            (re.compile(r"/(?:\+|joinchat/).*"), "invitation"),
            (re.compile(r"/(?:s/)?[A-Za-z][A-Za-z0-9_]{3,31}/[0-9]+(?:/[0-9]+)?"), "post"),
            (re.compile(r"/c/[0-9]+(?:/.*)?"), "post"),
            (re.compile(r"/share(?:/.*)?"), "share"),
            (
                re.compile(
                    r"/(?:addstickers|addemoji|addtheme|addlist|setlanguage|proxy|socks|boost|invoice|login|bg)/.*"
                ),
                "invitation",
            ),
        ),
    ),
    capability=Capability(
        auth=Auth.NONE,
        lookup=None,
        timeline=Call(batch=1, cost=1),
        quotas=(Quota(units=30, per=timedelta(minutes=1), scope=Scope.PLATFORM),),
        tells_apart=frozenset({Barrier.PROTECTED, Barrier.WRONG_KIND, Barrier.TAKEN}),
        page=PAGE,
        default_on=True,
        max_pages=MAX_PAGES,
        route="page",
    ),
    rules=RULES,
    timeline=timeline,
    controls=("telegram",),
    permalink=permalink,
    posts=(PostForm(re.compile(rf"/(?:s/)?{POST.pattern}"), "https://t.me/{handle}/{id}"),),
)
