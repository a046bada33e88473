"""What the looks at one account add up to: which posts are known, and which stretches were read without a gap."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from operator import attrgetter, itemgetter

from .model import ATTESTED, BARE, Observation, Post, PostKind, Seen

DATES_PER_LINK = 2  # an article may be dated anew; a link whose date goes on changing names a page
BEGINNING = datetime.min.replace(tzinfo=UTC)
CLOCKS_DIFFER = timedelta(minutes=2)  # a date this far after the look that lists it is still believed
EDGE = timedelta(seconds=1)  # a list that may be cut at an instant covers from a second later on
LAGS = 3  # so many of the newest counted posts are not deleted at once: a list that lacks them is an old one
ZONES_DIFFER = timedelta(hours=14)  # a date this far after it may be one of now, written in another zone


@dataclass(frozen=True, slots=True)
class Sight:
    """One look that read the account. `edge == at` covers nothing, BEGINNING covers everything before."""

    at: datetime
    seen: Seen
    edge: datetime  # from here to `at` everything was read, by this look and the older ones it touches
    control_ok: bool | None
    vanished: bool  # of the posts known from the stretch it claims to have read it lists none, or not the newest
    unaided: datetime  # the edge by machines' looks alone; of a person's look, its own instant

    @property
    def covers(self) -> bool:
        """This look read something without a gap up to itself."""
        return self.edge < self.at


@dataclass(frozen=True, slots=True)
class Reading:
    """`sights` oldest first; `posts` are the counted ones, newest first, each once and at the instant it counts."""

    sights: tuple[Sight, ...]
    posts: tuple[Post, ...]
    oldest: datetime | None  # of any kind of post
    created_at: datetime | None  # of the account, as the platform states it
    newest_deleted: bool  # a complete later look lacks the newest counted post

    @property
    def first_sight(self) -> datetime | None:
        """When the account was first read."""
        return self.sights[0].at if self.sights else None


@dataclass(slots=True)
class _Known:
    """One post across all looks."""

    post: Post
    first: datetime  # the look that first listed it
    last: datetime  # the newest look that listed it
    counts_at: datetime | None = None  # None: only ever dated after the looks that listed it
    told_at: datetime | None = None  # what people say; it counts where no machine read a date
    read_first: datetime | None = None  # the machine's look that first listed it
    read_last: datetime | None = None  # the newest machine's look that listed it
    counted: bool = False
    suspect: bool = False  # first listed by a look that listed nothing known: it vouches for no other such look
    ahead: bool = False  # first listed with a date that may be a wrong zone: somebody may just have posted

    def dated(self) -> Post:
        """The post, at the instant it counts."""
        at = self.counts_at
        return self.post if at is None or at == self.post.posted_at else replace(self.post, posted_at=at)


def read(history: Iterable[Observation], counts: frozenset[PostKind], as_of: datetime) -> Reading:
    """Add up the looks at or before `as_of`. Order and repetition of the looks carry no information."""
    looks = _in_order(history, as_of)
    known = _known([(at, seen) for at, seen, _ in looks], counts)
    ahead = {k.first for k in known if k.ahead}
    by_time = sorted((k for k in known if k.counts_at), key=lambda k: (k.counts_at, k.post.native_id), reverse=True)
    sights: list[Sight] = []
    people = any(ATTESTED in seen.flags for _, seen, _ in looks)
    for at, seen, control_ok in looks:
        by_hand = people and ATTESTED in seen.flags
        start = _span(at, seen)
        vanished = start < at and _vanished(by_time, start, at, by_hand=by_hand)
        vanished = vanished or (start < at and not by_hand and _lags(by_time, sights, start, at, seen))
        vanished = vanished or (start < at and seen.counters.get("posts") == 0 and _was_read(by_time, at))
        if vanished and not by_hand:
            _suspect(by_time, at)
        if vanished or control_ok is False or at in ahead or (by_hand and _overlooked(by_time, start, at)):
            start = at
        edge = _edge(sights, start, at)
        unaided = at if by_hand else _unaided(sights, start, at) if people else edge
        sights.append(Sight(at, seen, edge, control_ok, vanished, unaided))
    counted = [k for k in by_time if k.counted]
    births = [seen.created_at for at, seen, _ in looks if seen.created_at and seen.created_at <= at]
    return Reading(
        sights=tuple(sights),
        posts=tuple(k.dated() for k in counted),
        oldest=by_time[-1].counts_at if by_time else None,
        created_at=min(births, default=None),
        newest_deleted=bool(counted) and _deleted(counted[0], sights),
    )


def _in_order(history: Iterable[Observation], as_of: datetime) -> list[tuple[datetime, Seen, bool | None]]:
    """Sights by instant; at one instant the one that reaches back furthest last. Ties are rare and cost more."""
    looks = [
        (o.observed_at, o.outcome, o.control_ok)
        for o in history
        if o.observed_at <= as_of and isinstance(o.outcome, Seen)
    ]
    looks.sort(key=itemgetter(0))
    if any(a[0] == b[0] for a, b in pairwise(looks)):
        looks.sort(key=lambda k: (k[0], -_span(k[0], k[1]).timestamp(), str(k[2]), _words(k[1])))
    return looks


def _words(seen: Seen) -> tuple[object, ...]:
    """Any total order will do that does not depend on how sights were handed over; more flags are the last word."""
    return (
        seen.native_id,
        len(seen.flags),
        sorted(seen.flags),
        tuple(sorted((p.native_id, p.posted_at, p.kind) for p in seen.posts)),
    )


def _span(at: datetime, seen: Seen) -> datetime:
    """From where this look alone claims to have read. A horizon at or after the look covers nothing."""
    return BEGINNING if seen.horizon is None else min(seen.horizon, at)


def _edge(older: Sequence[Sight], start: datetime, at: datetime) -> datetime:
    """One look covers from its own horizon up to itself; an older one carries on where they touch."""
    if start >= at:
        return at
    edge = start
    for sight in reversed(older):
        if sight.at < start:
            break
        edge = min(edge, sight.edge)
    return edge


def _unaided(older: Sequence[Sight], start: datetime, at: datetime) -> datetime:
    """The same by machines' looks alone: what a person said carries none of them on."""
    if start >= at:
        return at
    return min([start, *(s.unaided for s in older if s.at >= start and ATTESTED not in s.seen.flags)])


def _known(looks: Sequence[tuple[datetime, Seen]], counts: frozenset[PostKind]) -> list[_Known]:
    """Each post once: the same id, or another id with the same link (feeds change their ids), is the same post.

    An edit that moves the date moves nothing: the earliest believed date counts. Of what people say the latest does:
    the date inside a link is a floor, a typed one is nearer, and neither it nor the time of their look stands against
    a date that a machine read.
    A date after the look that lists it is a claim and not believed; once it has come due and is listed again, the
    first listing dates the post. What was forgotten but for its instant is the post that is listed with it again.
    """
    shared = _shared_links(looks)
    bare: dict[datetime, _Known] = {}
    by_name: dict[str, _Known] = {}
    by_url: dict[str, _Known] = {}
    found: list[_Known] = []
    for at, seen in looks:
        for post in sorted(seen.posts, key=attrgetter("posted_at", "native_id", "kind")):
            url = None if post.url in shared else post.url
            known = by_name.get(post.native_id) or (by_url.get(url) if url else None)
            known = known or bare.pop(post.posted_at.replace(microsecond=0), None)
            if known is None:
                soon = at + CLOCKS_DIFFER < post.posted_at <= at + ZONES_DIFFER
                known = _Known(post, at, at, ahead=soon and post.kind in counts)
                found.append(known)
                if post.native_id.startswith(BARE):
                    bare[post.posted_at] = known
            by_name.setdefault(post.native_id, known)
            if url:
                by_url.setdefault(url, known)
            known.last = max(known.last, at)
            if ATTESTED not in seen.flags:
                known.read_first, known.read_last = known.read_first or at, at
            known.counted = known.counted or post.kind in counts
            if post.posted_at > at + CLOCKS_DIFFER:
                continue
            if ATTESTED in seen.flags:
                claim = min(post.posted_at, known.first)
                known.told_at = claim if known.told_at is None else max(claim, known.told_at)
            else:
                claim = min(post.posted_at, known.read_first or at)
                known.counts_at = claim if known.counts_at is None else min(claim, known.counts_at)
    for known in found:
        known.counts_at = known.counts_at or known.told_at
    return found


def _shared_links(looks: Sequence[tuple[datetime, Seen]]) -> set[str]:
    """Links that name no single post: two ids bore one in the same look, or its posts had more than two dates."""
    dates: dict[str, set[datetime]] = {}
    shared = set()
    for _, seen in looks:
        here: dict[str, str] = {}
        for post in seen.posts:
            if post.url is None:
                continue
            if here.setdefault(post.url, post.native_id) != post.native_id:
                shared.add(post.url)
            dates.setdefault(post.url, set()).add(post.posted_at)
    return shared | {url for url, known in dates.items() if len(known) > DATES_PER_LINK}


def _vanished(by_time: Sequence[_Known], start: datetime, at: datetime, *, by_hand: bool) -> bool:
    """Posts were known from this stretch before, and not one of them was listed at this look or a later one.

    The item at the edge of a list, which covers from a second later on, vouches for it too. That a person saw one does
    not mend a machine's look that lists none.
    """
    expected = False
    for known in by_time:
        if known.counts_at is None or known.counts_at + EDGE < start:
            break
        if known.first < at and known.counts_at < at:
            last = known.last if by_hand else known.read_last
            if last is not None and last >= at and not known.suspect:
                return False
            expected = expected or (known.counts_at > start and not known.suspect)
    return expected


def _lags(by_time: Sequence[_Known], older: Sequence[Sight], start: datetime, at: datetime, seen: Seen) -> bool:
    """Several counted posts that the look before still listed are missing, and nothing as new as they is listed.

    A look that lags itself is passed over: an old copy stands for as long as it will.
    """
    before = next((s for s in reversed(older) if not s.vanished and ATTESTED not in s.seen.flags), None)
    if before is None:
        return False
    missing = 0
    for known in by_time:
        if known.counts_at is None or known.suspect or known.read_first is None or known.read_first > at:
            continue
        if known.counts_at <= start or (known.read_last is not None and known.read_last >= at):
            break
        missing += known.counted and known.read_last is not None and known.read_last >= before.at
    return missing >= LAGS and not _deletes(before, older, seen, missing)


def _was_read(by_time: Sequence[_Known], at: datetime) -> bool:
    """A counted post was listed before: who then says that there are none, and nothing newer, denies it."""
    return any(k.counted and k.read_first is not None and k.read_first < at and not k.suspect for k in by_time)


def _deletes(before: Sight, older: Sequence[Sight], seen: Seen, missing: int) -> bool:
    """They were deleted: there are that many fewer, and another counter moves, as it does in no copy."""
    then, now = before.seen.counters.get("posts"), seen.counters.get("posts")
    if then is None or now is None or now > then - missing:
        return False
    others = {name: count for name, count in seen.counters.items() if name != "posts"}
    lagging = [s.seen.counters for s in older if s.at > before.at and s.vanished]
    return any(name in known and known[name] != count for known in lagging for name, count in others.items())


def _suspect(by_time: Sequence[_Known], at: datetime) -> None:
    """What such a look lists for the first time is an old copy or somebody else's, and the next one will list it too.

    Not so what is newer than all that was known, or stands where a known post stood: a site may name its posts anew.
    """
    trusted = {k.counts_at for k in by_time if k.first < at and not k.suspect and k.counts_at}
    newest = max(trusted, default=BEGINNING)
    for known in by_time:
        if known.first == at and known.counts_at and known.counts_at < newest and known.counts_at not in trusted:
            known.suspect = True


def _overlooked(by_time: Sequence[_Known], start: datetime, at: datetime) -> bool:
    """Counted posts from the stretch came to light later: whoever said that there were none did not see them."""
    stood = (known for known in by_time if known.counts_at and start < known.counts_at < at)
    return any(known.counted and known.first > at for known in stood)


def _deleted(newest: _Known, sights: Sequence[Sight]) -> bool:
    """A later look itself read the place where the post stood and no longer lists it."""
    at = newest.counts_at
    return at is not None and any(s.at > newest.last and s.covers and _span(s.at, s.seen) < at for s in sights)
