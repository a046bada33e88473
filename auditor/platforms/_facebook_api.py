"""Facebook Pages by the Graph API: fifty Pages in one request, each with an outcome of its own.

Pages of others are read with the feature Page Public Content Access, Pages that gave the token's user a role with
their own tokens. A name is resolved once; from then on a Page is asked for by its id. One answer means deleted,
unpublished, restricted and not permitted: it says nothing about the Page. Reels and stories are in no answer, and of
what is listed Meta promises no order ("ranked").

Facts: developers.facebook.com/docs/graph-api/reference/page/feed, /page/published_posts, the feature reference of Page
Public Content Access, recorded answers (sns-sdks/python-facebook).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from auditor.core.model import AccountRef, Barrier, Miss, Missed, Post, PostKind, Seen, Stops, Unreadable
from auditor.fetch.answer import Answer, Ask, Refused, missed

from . import _meta as meta
from ._facebook_batch import BATCH, Question, Role, following, roles, together
from ._listing import Listing
from ._shapes import link, listing, mapping, named, unrecognised, word
from ._times import instant
from .base import Answered, Json, Profile, Rule, Window

PAGE, LARGE = 10, 100  # items of the first page and of the others; more than 100 is an error
MAX_PAGES = 10
HOPS = 3  # a Page may have been merged into one that was merged
EDGES = ("published_posts", "posts")  # the second where the first does not exist
EDGE = "facebook.edge"  # in the door's memory
FIELDS = "id,created_time,status_type,is_published,permalink_url"
NUMBER = re.compile(r"[0-9]{1,25}")
NAME = re.compile(r"[a-z0-9.]{5,100}")
MIGRATED = re.compile(r"Page ID ([0-9]{1,25}) was migrated to page ID ([0-9]{1,25})", re.IGNORECASE)
RULES = (
    Rule(Miss.AMBIGUOUS_ABSENCE, error="100/33"),
    Rule(Miss.OUR_REQUEST_INVALID, error="100", message="app secret proof", detail="needs_app_secret"),
    Rule(Miss.PERMISSION_MISSING, error="100", message="Page Public Content Access", detail="page_public_content"),
    Rule(Miss.PERMISSION_MISSING, error="100", message="pages_read_engagement", detail="page_public_content"),
    Rule(Barrier.WRONG_KIND, error="803", message="Cannot query users by their username", detail="person"),
    Rule(Barrier.GONE, error="803", message="do not exist", detail="never_resolved"),
    *meta.RULES,
)
ROLE_LOST = Missed(Miss.PERMISSION_MISSING, "role_lost", stops=Stops.ACCOUNT)


@dataclass(slots=True)
class Look:
    """One account of a batch on its way to an answer."""

    ref: AccountRef
    window: Window
    read: Listing
    page: str = ""  # the id it is asked for by; "" until the name is resolved
    handle: str = ""
    role: Role | None = None
    edge: str = EDGES[0]
    after: str = ""
    limit: int = PAGE
    hops: int = 0
    moved: bool = False  # the learnt id was merged into another Page
    answer: Answered | None = None

    def end(self, refused: Refused) -> None:
        """No more can be read; what was read stays."""
        if self.read.outlives(refused):
            self.seen(complete=False)
        else:
            self.answer = self._own(refused.outcome)

    def _own(self, outcome: Unreadable | Missed) -> Unreadable | Missed:
        """A Page's token that no longer works is that Page's matter, never the credential's."""
        lost = isinstance(outcome, Missed) and outcome.reason is Miss.CREDENTIAL_REJECTED
        return ROLE_LOST if lost and self.role is not None else outcome

    def seen(self, *, complete: bool) -> None:
        """An empty list says that nothing is to be seen, not that nothing was posted: it covers nothing.

        A merged Page is judged by the one it became part of, which Meta names; that it moved is said, and the id that
        was learnt stays until a person has mended the register.
        """
        self.answer = Seen(
            native_id=self.ref.native_id or self.page,
            handle=self.handle or self.ref.handle,
            posts=self.read.newest_first(),
            horizon=self.read.horizon(complete=complete, says_empty=False),
            flags=frozenset({f"moved_to=https://www.facebook.com/{self.page}"} if self.moved else ()),
            undated=frozenset(self.read.undated),
        )

    def called(self, username: Json) -> None:
        """The name of today. Who is listed by the number of an address stays so."""
        name = (word(username) or "").lower()
        if NAME.fullmatch(name) and not NUMBER.fullmatch(self.ref.handle):
            self.handle = name

    def merged(self, error: meta.Error | None) -> bool:
        """Go on with the Page that this one was merged into."""
        target = migrated(error)
        if target is None or target == self.page or self.hops >= HOPS:
            return False
        self.hops += 1
        self.moved = self.ref.native_id not in (None, target)
        self.page, self.role, self.after = target, None, ""
        return True


def bulk(accounts: Sequence[tuple[AccountRef, Window]], ask: Ask) -> Iterator[tuple[AccountRef, Answered]]:
    """Each account once, in order: names first, then posts, page by page.

    Errors: Refused, where nothing could be asked at all.
    """
    known = roles(ask)
    edge = str(ask.memory.get(EDGE, EDGES[0]))
    looks = [Look(ref, window, Listing(window), edge=edge) for ref, window in accounts]
    for look in looks:
        look.page = look.ref.native_id or next((r.page for r in known.values() if _is(look.ref.handle, r)), "")
    _rounds([look for look in looks if not look.page], _name, _resolved, ask)
    for look in looks:
        look.role = known.get(look.page)
        look.called(look.role.username if look.role else None)
    _rounds(looks, _posts, _listed, ask)
    _aliases(looks, ask)
    for look in looks:
        yield look.ref, look.answer or Missed(Miss.UNRECOGNISED, "no end")


def timeline(account: AccountRef, profile: Profile | None, ask: Ask, window: Window) -> Answered:  # noqa: ARG001 — the shape of all
    """One account alone.

    Errors: Refused.
    """
    return next(answer for _, answer in bulk([(account, window)], ask))


def _is(handle: str, role: Role) -> bool:
    return handle in (role.page, role.username)


def _rounds(
    looks: Sequence[Look],
    question: Callable[[Look], Question],
    take: Callable[[Look, Json, Ask], bool],
    ask: Ask,
) -> None:
    """Ask for all that are not done until all are. `take`: whether that was the last question about a look."""
    pending = [look for look in looks if look.answer is None]
    for _ in range(MAX_PAGES + HOPS + len(EDGES)):
        pending, left = _unless_stopped(looks, pending), list[Look]()
        for start in range(0, len(pending), BATCH):
            part = pending[start : start + BATCH]
            try:
                answers = together([question(look) for look in part], ask)
            except Refused as refused:
                for look in part:
                    look.end(refused)
                continue
            _strike(answers, ask)
            left += [look for look, answer in zip(part, answers, strict=True) if not _taken(look, answer, take, ask)]
        pending = left
    for look in pending:
        look.end(missed(Miss.UNRECOGNISED, "no end"))


def _unless_stopped(looks: Sequence[Look], left: Sequence[Look]) -> list[Look]:
    """Nothing more is asked once an answer said that the credential must wait: asking on would keep the limit up."""
    answers = [look.answer for look in looks]
    stop = next((said for said in answers if isinstance(said, Missed) and _stops(said)), None)
    if stop is None:
        return list(left)
    for look in left:
        look.end(Refused(stop))
    return []


def _stops(said: Missed) -> bool:
    return said.reason is Miss.CREDENTIAL_REJECTED or said.stops is Stops.CREDENTIAL


def _taken(look: Look, answer: Answer | Refused, take: Callable[[Look, Json, Ask], bool], ask: Ask) -> bool:
    """Whether a look is done with these questions."""
    try:
        if isinstance(answer, Refused):
            raise answer
        error = error_of(answer)
        if look.merged(error) or _other_edge(look, error, ask) or _smaller(look, error):
            return False
        return take(look, _document(answer, error, ask), ask)
    except Refused as refused:
        look.end(refused)
        return True


def _document(answer: Answer, error: meta.Error | None, ask: Ask) -> Json:
    if migrated(error) is not None:
        raise unrecognised("migrated")
    if error is not None:
        raise meta.refused(error, answer.status, answer.at, RULES, answer.headers, memory=ask.memory)
    return meta.document(answer, RULES, ask.memory)


def _strike(answers: Sequence[Answer | Refused], ask: Ask) -> None:
    """That access is blocked counts once for a whole batch."""
    errors = [(error_of(answer), answer) for answer in answers if isinstance(answer, Answer)]
    outcomes = [meta.refused(error, answer.status, answer.at, RULES).outcome for error, answer in errors if error]
    if any(isinstance(outcome, Missed) and outcome.detail == meta.BLOCKED for outcome in outcomes):
        meta.struck(ask.memory)


def error_of(answer: Answer) -> meta.Error | None:
    """The error that an answer holds. None: it holds none, or is no document."""
    try:
        return meta.envelope(json.loads(answer.body))
    except (ValueError, RecursionError):
        return None


def migrated(error: meta.Error | None) -> str | None:
    """The id of the Page that the one that was asked for was merged into."""
    found = MIGRATED.search(error.message) if error is not None and error.code == 21 else None
    return found[2] if found else None


# --- names ---


def _name(look: Look) -> Question:
    return Question(look.page or look.ref.handle, (("fields", "id,username"),))


def _resolved(look: Look, found: Json, ask: Ask) -> bool:  # noqa: ARG001 — the shape of both
    page = mapping(found, "page")
    look.page = named(page.get("id"), "id")
    if not NUMBER.fullmatch(look.page):
        raise unrecognised("id")
    look.called(page.get("username"))
    return True


def _aliases(looks: Sequence[Look], ask: Ask) -> None:
    """An id leads nowhere: whether its name still leads to it is worth a call.

    A name of which nothing is known any more may have been changed: that is said, and decides nothing.
    """
    asked = [look for look in looks if _absent(look.answer) and look.ref.native_id and not _numbered(look.ref)]
    questions = [Question(look.ref.handle, (("fields", "id"),)) for look in asked]
    try:
        answers = together(questions, ask) if questions else []
    except Refused:
        return
    for look, answer in zip(asked, answers, strict=True):
        try:
            if isinstance(answer, Refused):
                continue
            owner = named(mapping(meta.document(answer, RULES), "page").get("id"), "id")
        except Refused as refused:
            if refused.outcome == Unreadable(Barrier.GONE, "never_resolved"):
                look.answer = Missed(Miss.AMBIGUOUS_ABSENCE, "alias_unknown")
            continue
        if NUMBER.fullmatch(owner) and owner not in (look.ref.native_id, look.page):
            look.answer = Unreadable(Barrier.TAKEN, "handle_taken")


def _absent(answer: Answered | None) -> bool:
    return isinstance(answer, Missed) and answer.reason is Miss.AMBIGUOUS_ABSENCE


def _numbered(ref: AccountRef) -> bool:
    return NUMBER.fullmatch(ref.handle) is not None


# --- posts ---


def _posts(look: Look) -> Question:
    params = [("fields", FIELDS), ("limit", str(look.limit)), *([("after", look.after)] if look.after else [])]
    return Question(f"{look.page}/{look.edge}", tuple(params), look.role)


def _other_edge(look: Look, error: meta.Error | None, ask: Ask) -> bool:
    """Where the edge does not exist the older one is asked, from then on."""
    missing = error is not None and (
        (error.code == 100 and error.subcode is None and "nonexisting field" in error.message)
        or (error.code == 2500 and "nknown path components" in error.message)
    )
    if not missing or look.edge == EDGES[-1] or not look.page:
        return False
    look.edge = EDGES[-1]
    ask.memory[EDGE] = look.edge
    return True


def _smaller(look: Look, error: meta.Error | None) -> bool:
    """Half as many, where Meta asks for less data."""
    if error is None or error.code != 1 or "reduce the amount of data" not in error.message or look.limit <= 1:
        return False
    look.limit //= 2
    return True


def _listed(look: Look, found: Json, ask: Ask) -> bool:  # noqa: ARG001 — the shape of both
    """List a page. Whether there is enough."""
    answered = mapping(found, "answer")
    for item in listing(answered.get("data"), "data"):
        try:
            _add(look, mapping(item, "item"))
        except Refused as refused:
            look.read.pass_over(refused)
    look.read.end_of_page()
    after = following(answered)
    if not after or look.read.enough or after == look.after or look.read.pages >= MAX_PAGES:
        look.seen(complete=not after)
        return True
    look.after, look.limit = after, LARGE if look.limit == PAGE else look.limit
    return False


def _add(look: Look, item: Mapping[str, Json]) -> None:
    """A post that its owner dated back does not stand in order. What is not published is seen by nobody."""
    if item.get("is_published") is False:
        return
    native_id, at = named(item.get("id"), "id"), instant(item.get("created_time"))
    if at is None:
        look.read.add_undated(native_id)
        return
    kind = PostKind.REPOST if item.get("status_type") == "shared_story" else PostKind.ORIGINAL
    post = Post(native_id, at, kind, _address(item.get("permalink_url"), native_id))
    look.read.add(post, in_order=not item.get("backdated_time"))


def _address(stated: Json, native_id: str) -> str | None:
    """As Meta states it, if it leads to Facebook and carries no secret; else made of the id."""
    found = link(stated)
    parts = urlsplit(found) if found else None
    host = (parts.hostname or "").removeprefix("www.") if parts else ""
    if parts is None or host not in {"facebook.com", "m.facebook.com"} or "token" in parts.query or "@" in parts.netloc:
        return permalink("", native_id)
    return found


def permalink(handle: str, native_id: str) -> str | None:  # noqa: ARG001 — the shape of all
    """A post's id is its Page's and its own."""
    page, _, post = native_id.partition("_")
    return f"https://www.facebook.com/{page}/posts/{post}" if re.fullmatch(r"[0-9]+_[0-9]+", native_id) else None
