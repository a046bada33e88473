"""What is promised about every judgement, checked against the truth of the world and not against our own code.

1. *Nobody living is flagged.* `inactive` and `never_posted` rest on a look. Where the platform told the truth at that
   look and our clock was right, an honest reader of that instant found no counted post younger than the limit.
2. *What was seen stays seen.* Whatever the platform says now: a counted post that any recorded answer listed keeps its
   account from being `inactive` until the limit has passed since, and from `never_posted` for good. (Of answers while
   our clock was behind theirs nothing is recorded but a miss.)
3. *A lie that contradicts itself is not believed.* An empty answer, a list without one known post, a zero where posts
   were known, and no answer at all establish no silence. One that tells yesterday's truth (`BELIEVED`) can: nobody
   could know better, for one account; so can an empty answer where only newer posts were asked for. It takes as long
   as the limit since the newest post that was seen. Nor does a counter tell of a post made and one deleted
   (docs/adr/0012): it may confirm a silence that was read.
4. *`lost` is an answer, thrice.* It rests on true answers that the account is not there: three over 72 hours, or one
   that somebody else is; and on no sight since. (Where only the sentinels can vouch, a 404 for all is believed.)
5. *A miss changes nothing.* Where an account was not looked at, or the look was a miss, its status stays, or becomes
   `unknown` because the evidence is too old by then; a silence is never confirmed so.
6. *The silent are found.* Once platform and clock have been right for as long as the policy's maximum age, everybody
   who is there and silent past the limit is `inactive` (`never_posted` where the platform can say so), and nobody who
   posts is unknown.
7. *Answering `unknown` is no way out.* Where nothing was ever wrong, 99.9 % of the days of accounts are decided.
8. *What is kept of a judgement is what the history says*, to the last field, whatever happened since.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from auditor.core.audit import Audited
from auditor.core.model import SILENT, Reason, Status

from .bureau import Bureau, Entry, instants
from .face import Dialect, Glimpse
from .faults import LIES, Fault

BELIEVED = frozenset({Fault.STALE, Fault.FROZEN, Fault.CUT, Fault.UNCHANGED, Fault.COUNTERS_FROZEN})
SPAN, THRICE = timedelta(hours=72), 3
SLACK = timedelta(seconds=2)


class Broken(AssertionError):
    """A promise is broken."""


@dataclass(frozen=True, slots=True)
class Before:
    """What stood before a step."""

    row: Audited
    edition: int
    skew: timedelta


def check(bureau: Bureau, rows: Mapping[str, Audited], before: Mapping[str, Before]) -> None:
    """Every promise about a judgement of now."""
    for entry in bureau.entries:
        row = rows.get(entry.key)
        if row is None:
            continue
        afresh = bureau.afresh(row.account)
        if afresh.held is None and replace(row, falls=afresh.falls) != afresh:
            raise Broken(f"{entry.key}: kept is {row}, and the history says {afresh}")
        status = row.verdict.status
        if status in SILENT:
            _silent(bureau, entry, row)
        elif status is Status.LOST:
            _lost(bureau, entry, row)
        known = before.get(entry.key)
        if known is not None and (known.edition, known.skew) == (bureau.edition, bureau.world.skew):
            _missed(known.row, row, bureau.world.ours)


def _silent(bureau: Bureau, entry: Entry, row: Audited) -> None:
    verdict, world = row.verdict, bureau.world
    never, limit = verdict.status is Status.NEVER_POSTED, row.policy.slow_max
    at = verdict.observed_at
    told = bureau.face.glimpses.get(entry.real, [])
    here = [g for g in told if g.ours == at]
    here = [g for g in here if not g.counters] or here
    if not here and any(g.ours == at for name in told_of_strangers(bureau) for g in bureau.face.glimpses[name]):
        return  # a stranger had the handle when it was first looked at: nobody told us whom it means
    if at is None or not here:
        raise Broken(f"{entry.key}: {verdict.status} rests on a look that was not made: {verdict}")
    since = datetime.min.replace(tzinfo=at.tzinfo) if never else at - limit
    listed = [g for g in told if g.listed is not None and g.listed > since + SLACK and g.true <= g.ours <= world.ours]
    if listed and (recorded := instants(bureau.rounds, entry.key, world.ours)):
        seen = [g for g in listed if g.ours in recorded]
        if seen:
            raise Broken(f"{entry.key}: {verdict.status} at {at}, though a post was seen: {seen[-1]}")
    wrong = [g for g in here if _posts_on(g, limit, never=never) and not _excused(bureau, g, row, told, never=never)]
    if len(wrong) == len(here):  # of two answers of one second by our clock, one in error, either may carry it
        raise Broken(f"{entry.key}: {verdict.status}, confirmed={verdict.confirmed}, and it posts: {wrong[0]}")


def _posts_on(g: Glimpse, limit: timedelta, *, never: bool) -> bool:
    """An honest reader found a counted post too young for this."""
    start = datetime.min.replace(tzinfo=g.true.tzinfo) if never else g.true - limit
    return g.visible is not None and g.visible > start + SLACK


def told_of_strangers(bureau: Bureau) -> list[str]:
    """Who took somebody's handle, and was seen."""
    return [name for name in bureau.face.glimpses if name.startswith("stranger")]


def _excused(bureau: Bureau, g: Glimpse, row: Audited, told: Sequence[Glimpse], *, never: bool) -> bool:
    """Nobody could know better, or the office chose not to: a post made and one deleted leave the counter as it was.

    Nobody knows that a list lacks the known posts who never saw one: a first look believes it.
    """
    if g.counters:
        return True
    lies = g.lies & (BELIEVED | LIES)
    if never:
        return Fault.ZERO in lies or bool(lies & BELIEVED)
    recorded = instants(bureau.rounds, row.account.key, bureau.world.ours)
    known = [e for e in told if e.ours in recorded and e.ours < g.ours and e.listed is not None]
    if Fault.VANISHED in lies and all(Fault.VANISHED in e.lies for e in known):
        return True
    if Fault.VANISHED in lies and any(e.ours > g.ours and e.true < g.true for e in told):
        return True  # looks of a year to come, when our clock ran ahead, listed what this one lacks
    if bureau.face.dialect is Dialect.NEWS and known and g.listed is None and lies & {Fault.EMPTY, Fault.VANISHED}:
        return True
    return bool(lies & BELIEVED) or (g.true != g.ours and bureau.world.skew == g.ours - g.true)


def _lost(bureau: Bureau, entry: Entry, row: Audited) -> None:
    verdict, now = row.verdict, bureau.world.ours
    believed = bureau.face.false_absences if bureau.sentinels else set[datetime]()
    answers = sorted({at for at in (*bureau.face.absences.get(entry.real, []), *believed) if at <= now})
    at = verdict.observed_at
    if at is None or at not in answers:
        raise Broken(f"{entry.key}: lost without a true answer at {at}: {verdict}")
    until = [a for a in answers if a <= at]
    if verdict.reason is not Reason.TAKEN and (len(until) < THRICE or until[-1] - until[0] < SPAN):
        raise Broken(f"{entry.key}: lost after {until}")
    later = [g for g in bureau.face.glimpses.get(entry.real, []) if at < g.ours <= now]
    if later and {g.ours for g in later} & instants(bureau.rounds, entry.key, now):
        raise Broken(f"{entry.key}: lost at {at}, and seen after it: {later[-1]}")


def _missed(old: Audited, new: Audited, now: datetime) -> None:
    """Nothing was learnt: not looked at, or one look more, and that a miss."""
    more = new.observations - old.observations
    if more > 1 or (more == 1 and new.last_miss is None):
        return
    was, now_is = old.verdict, new.verdict
    if now_is.status is was.status:
        if now_is.confirmed and not was.confirmed:
            raise Broken(f"{new.account.key}: a miss confirmed {was}")
        return
    seen = was.observed_at
    aged = seen is not None and now >= seen + new.policy.stale_after
    if now_is.status is not Status.UNKNOWN or not aged:
        raise Broken(f"{new.account.key}: a miss made {now_is} of {was}")


def settled(bureau: Bureau, rows: Mapping[str, Audited], start: datetime) -> None:
    """After the platform and our clock were right for the maximum age, from `start` on."""
    world = bureau.world
    for entry in bureau.entries:
        row = rows.get(entry.key)
        real = next(r for r in world.reals if r.name == entry.real)
        if row is None or real.barrier is not None or world.meant(entry.handle, None) != real.name:
            continue
        if row.verdict.status is Status.LOST or not _leads(bureau, entry, row):
            continue
        _found(bureau, entry, row, start)


def _leads(bureau: Bureau, entry: Entry, row: Audited) -> bool:
    """The way we ask leads to whom the entry means."""
    world = bureau.world
    if bureau.face.by_id and row.native_id is not None:
        real = world.numbered(row.native_id)
    else:
        state = bureau.rounds.store.find(entry.key)
        real = world.named(state.handle if state and row.native_id else entry.handle)
    return real is not None and real.name == entry.real


def _found(bureau: Bureau, entry: Entry, row: Audited, start: datetime) -> None:
    verdict, world = row.verdict, bureau.world
    real = next(r for r in world.reals if r.name == entry.real)
    odd = [i for i in real.items if i.claim != i.at and (i.claim is None or i.claim - i.at < timedelta(days=1))]
    rows = real.rows(world.now)
    if odd or (rows and all(i.claim is None or i.claim > world.ours for i in rows)):
        return  # who posts without dates, or for the future only, is for people to look at
    if row.verdict.last_post is not None and all(i.at > start for i in rows):
        return  # all is deleted: the same, until the next look finds what was posted since
    glimpses = bureau.face.glimpses.get(entry.real, [])
    recorded = instants(bureau.rounds, entry.key, world.ours)
    last = max((g.listed for g in glimpses if g.ours in recorded and g.listed is not None), default=None)
    visible = real.visible(world.now)
    if visible is None and any(Fault.VANISHED in g.lies and g.listed is not None for g in glimpses):
        return  # what an old list showed is gone, and nothing else can be counted: the same
    newest = max((t for t in (last, visible) if t is not None), default=None)
    if newest is None:
        vouched = bureau.controls or bureau.sentinels or bureau.face.healthy
        says = bureau.face.dialect is not Dialect.FEED and not rows and vouched
        if says and verdict.status is not Status.NEVER_POSTED:
            raise Broken(f"{entry.key}: nothing was ever posted, and it is {verdict}")
    elif newest + row.policy.slow_max <= start:
        if verdict.status is not Status.INACTIVE:
            raise Broken(f"{entry.key}: silent since {newest}, healthy since {start}, and it is {verdict}")
    elif verdict.status is Status.UNKNOWN and (last is not None or newest <= start):
        raise Broken(f"{entry.key}: posted {newest}, healthy since {start}, and it is {verdict}")
