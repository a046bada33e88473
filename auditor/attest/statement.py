"""The rules of a statement: what a person must give for it, and which observation it then is. No I/O, no clock.

There is a post: its address and one name. Nothing new, gone, private: a screenshot or a second person. The date inside
an address is a floor; a typed one is nearer and may lie a little later, never earlier.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo

from auditor.core.model import (
    ATTESTED,
    HAND,
    MANAGER,
    SCREENSHOT,
    SECOND_PERSON,
    Barrier,
    Observation,
    Outcome,
    Post,
    Seen,
    Unreadable,
)
from auditor.core.post_link import PostLink
from auditor.store.verbs import Attestation

from .outcome import Note, Rejection, Unstated
from .person import same_person
from .proof import Screenshot
from .when import Moment, end_of

POST, NOTHING_NEW, NO_POST = "post", "nothing_new", "no_post"
ABSENT: Mapping[str, Unreadable] = {
    "gone": Unreadable(Barrier.GONE),
    "suspended": Unreadable(Barrier.SUSPENDED),
    "private": Unreadable(Barrier.PROTECTED),
    "not_ours": Unreadable(Barrier.WRONG_KIND, "not_ours"),
}
UNCOUNTABLE = frozenset({NO_POST, "gone", "suspended"})
SAID = (NOTHING_NEW, *ABSENT, NO_POST)  # what a person may say without a post's address
PRESENT = frozenset({POST, NOTHING_NEW, NO_POST})
LATER = 2  # days a typed date may lie after the date inside the address unasked: drafts are published later
CLOCKS_DIFFER = timedelta(minutes=2)
SAME_LOOK = timedelta(days=1)  # two people may hand in one screenshot
COUNTED_OVER = timedelta(days=30)
COUNT_SLACK = timedelta(days=LATER)  # people count a month, and ids are minted early


@dataclass(frozen=True, slots=True)
class Told:
    """One row, read. `said` is "" where only a post's address was given."""

    said: str
    by: str
    at: Moment
    second: str | None = None
    link: PostLink | None = None
    typed_on: date | None = None
    posts_30d: int | None = None
    screenshot: Screenshot | None = None
    manager: bool = False
    complaints: int | None = None
    answered: int | None = None


@dataclass(frozen=True, slots=True)
class About:
    """What is known of the account a row speaks of."""

    native_id: str  # "" while no platform told it
    handle: str
    zone: tzinfo  # of its agency
    posts: tuple[Post, ...] = ()  # counted ones, newest first
    earlier: tuple[tuple[datetime, Attestation], ...] = ()  # what people said of it before
    shown: Mapping[str, tuple[str, datetime]] = field(default_factory=dict)  # screenshot -> whose look it was first for
    key: str = ""

    def day(self, at: datetime) -> date:
        """The day of an instant where the agency is."""
        return at.astimezone(self.zone).date()

    def end(self, at: datetime) -> datetime:
        """The last second of that day."""
        return end_of(self.day(at), self.zone)

    def newest(self, until: datetime) -> Post | None:
        """The newest counted post known from before an instant."""
        return next((post for post in self.posts if post.posted_at <= until), None)


@dataclass(frozen=True, slots=True)
class Statement:
    """A row that holds: the look it is, and what is kept of who said it."""

    observation: Observation
    attestation: Attestation
    notes: tuple[Note, ...] = ()


Sure = Callable[[Rejection], bool]


def state(told: Told, about: About, *, office: str, source: str, sure: Sure = lambda _: False) -> Statement:
    """The observation a row stands for. `sure` asks the person about what is odd and yet possible.

    Unstated: the row is no statement.
    """
    notes: list[Note] = []
    said = _meant(told, notes)
    look = _without_post(said, told, about) if told.link is None else _post(told, told.link, about, sure, notes)
    second = told.second
    if second is not None and same_person(second, told.by):
        second = None
        if said != POST:
            notes.append(Note("same_person", repair=True))
    since = look.outcome.posts[0].posted_at if said == POST and isinstance(look.outcome, Seen) else None
    flags = _evidence(said, told, about, second, look.observed_at, since)
    if told.screenshot is not None and SCREENSHOT not in flags:
        whose, then = about.shown[told.screenshot.sha256]
        notes.append(Note("screenshot_again", {"account": whose, "day": about.day(then)}))
    if said != POST and told.screenshot is None and SECOND_PERSON not in flags:
        raise Unstated("same_person" if told.second else "no_evidence")
    return Statement(
        _with_flags(look, flags),
        Attestation(
            said=said,
            by=told.by,
            office=office,
            second=second,
            link=told.link.url if told.link else None,
            minted_at=told.link.minted_at if told.link else None,
            typed_on=told.typed_on,
            posts_30d=told.posts_30d,
            screenshot=told.screenshot.sha256 if told.screenshot else None,
            screenshot_name=told.screenshot.name if told.screenshot else None,
            manager=told.manager,
            complaints=told.complaints,
            answered=told.answered,
            source=source,
        ),
        tuple(notes),
    )


def _meant(told: Told, notes: list[Note]) -> str:
    """An address says more than "nothing new": it is the newest post, and nothing came after it."""
    if told.link is not None:
        if told.said in (*ABSENT, NO_POST):
            raise Unstated("contradiction")
        if told.said == NOTHING_NEW:
            notes.append(Note("link_tells", repair=True))
        return POST
    if not told.said:
        raise Unstated("no_link" if told.typed_on or told.posts_30d else "no_statement")
    if (told.said == NO_POST and told.typed_on is not None) or (told.said in UNCOUNTABLE and told.posts_30d):
        raise Unstated("contradiction")
    return told.said


# --- there is a post ---


def _post(told: Told, link: PostLink, about: About, sure: Sure, notes: list[Note]) -> Observation:
    posted_at = min(_posted_at(told, link, about, sure), told.at.last).replace(microsecond=0)
    at = told.at.first if posted_at <= told.at.first else min(told.at.last, about.end(posted_at))
    known = about.newest(told.at.last)
    if known is not None and not _same_post(known, link) and about.day(posted_at) < about.day(known.posted_at):
        raise Unstated("older_than_known", day=about.day(posted_at), known=about.day(known.posted_at))
    horizon = max(posted_at, known.posted_at) if known and not _same_post(known, link) else posted_at
    if told.posts_30d and posted_at + COUNTED_OVER + COUNT_SLACK < told.at.first:
        raise Unstated("counted_but_old", count=told.posts_30d, day=about.day(posted_at))
    counters = {} if told.posts_30d is None else {"posts_30d": told.posts_30d}
    if told.posts_30d == 0 and at - COUNTED_OVER < posted_at:
        notes.append(Note("count_dropped", {"day": about.day(posted_at)}, repair=True))
        counters = {}
    post = Post(link.native_id, posted_at, url=link.url)
    seen = Seen(about.native_id, about.handle, (post,), min(horizon, at), counters=counters)
    return Observation(at, seen, control_ok=True, route=HAND)


def _same_post(known: Post, link: PostLink) -> bool:
    return known.native_id == link.native_id or known.url == link.url


def _posted_at(told: Told, link: PostLink, about: About, sure: Sure) -> datetime:
    """The instant of a post: inside its address, or the end of the day that was typed."""
    typed, minted = told.typed_on, link.minted_at
    if minted is not None and minted > told.at.last + CLOCKS_DIFFER:
        raise Unstated("link_after_look", day=about.day(minted), look=about.day(told.at.last))
    _not_ahead(told, about)
    if typed is None:
        if minted is None:
            raise Unstated("ask_date")
        return minted
    if minted is not None:
        inside = about.day(minted)
        if typed == inside:
            return minted
        if typed < inside:
            raise Unstated("date_before_link", typed=typed, day=inside)
        if (typed - inside).days > LATER:
            odd = Rejection("date_far_from_link", {"typed": typed, "day": inside, "days": (typed - inside).days})
            if not sure(odd):
                raise Unstated(odd.code, **odd.values)
    return end_of(typed, about.zone)


def _not_ahead(told: Told, about: About) -> None:
    if told.typed_on is not None and told.typed_on > about.day(told.at.last):
        raise Unstated("date_ahead", typed=told.typed_on, look=about.day(told.at.last))


# --- there is none, or no account ---


def _without_post(said: str, told: Told, about: About) -> Observation:
    """Of a bare day nothing is claimed beyond its first second."""
    at = told.at.first
    if said in ABSENT:
        return Observation(at, ABSENT[said], control_ok=True, route=HAND)
    counters = {} if told.posts_30d is None else {"posts_30d": told.posts_30d}
    known = about.newest(at)
    if said == NO_POST:
        if known is not None:
            raise Unstated("post_known", known=about.day(known.posted_at))
        horizon = None
    else:
        horizon = _since(told, about, known, at)
    seen = Seen(about.native_id, about.handle, (), horizon, counters=counters)
    return Observation(at, seen, control_ok=True, route=HAND)


def _since(told: Told, about: About, known: Post | None, at: datetime) -> datetime:
    """Since when nothing is new: the last post known here, else the day that was typed."""
    _not_ahead(told, about)
    typed = told.typed_on
    if known is None:
        if typed is None:
            raise Unstated("nothing_known")
        return min(end_of(typed, about.zone), at)
    day = about.day(known.posted_at)
    if typed is not None and typed < day:
        raise Unstated("older_than_known", day=typed, known=day)
    if typed is not None and typed > day:
        raise Unstated("newer_without_link", typed=typed, known=day)
    if told.posts_30d and known.posted_at + COUNTED_OVER + COUNT_SLACK < at:
        raise Unstated("counted_but_nothing_new", count=told.posts_30d, known=day)
    return known.posted_at


# --- evidence ---


def _evidence(
    said: str, told: Told, about: About, second: str | None, at: datetime, since: datetime | None
) -> frozenset[str]:
    flags = {ATTESTED}
    if told.screenshot is not None and _is_of(told.screenshot, about, at):
        flags.add(SCREENSHOT)
    if second is not None or any(True for _ in _others(said, told, about, at, since)):
        flags.add(SECOND_PERSON)
    if told.manager:
        flags.add(MANAGER)
    return frozenset(flags)


def _is_of(shot: Screenshot, about: About, at: datetime) -> bool:
    """One file shows one account on one day: handed in again it is recorded, and proves nothing more."""
    whose, then = about.shown.get(shot.sha256, (about.key, at))
    return whose == about.key and abs(at - then) < SAME_LOOK


def _others(said: str, told: Told, about: About, at: datetime, since: datetime | None) -> Iterator[Attestation]:
    """What somebody else said to the same effect in the present silence, which began with the last known post."""
    if since is None:
        known = about.newest(at)
        since = known.posted_at if known else None
    for then, earlier in about.earlier:
        same_effect = (earlier.said in PRESENT) == (said in PRESENT)
        within = then <= at and (since is None or since < then)
        if same_effect and within and earlier.by and not same_person(earlier.by, told.by):
            yield earlier


def _with_flags(look: Observation, flags: frozenset[str]) -> Observation:
    outcome: Outcome = look.outcome
    if isinstance(outcome, Seen):
        outcome = Seen(
            outcome.native_id, outcome.handle, outcome.posts, outcome.horizon, counters=outcome.counters, flags=flags
        )
    return Observation(look.observed_at, outcome, look.control_ok, look.route)
