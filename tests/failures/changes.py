"""What can be different about the accounts themselves: changes of the double's world, one name and sentence each.

A change makes an account of the double from an account of it. Days count from the start of the replay and may be
negative. `to` says whose account it is: living, silent or both (the default). `Story` tells what a change must know.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeAlias

from tests.lab.model import Account, Post, State
from tests.lab.rhythm import steady

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Story:
    """When the replay begins and ends, and the days of the element."""

    start: datetime
    end: datetime
    first: float
    last: float

    def at(self, day: float) -> datetime:
        """The instant of a day, shortly before its round."""
        return self.start + min(day, (self.end - self.start) / DAY + 1) * DAY - timedelta(minutes=30)


Change: TypeAlias = Callable[..., Account]


def more(account: Account, *posts: Post) -> Account:
    """The account with these posts too."""
    return replace(account, posts=(*account.posts, *posts))


def pinned(account: Account, story: Story, day: float = -100) -> Account:
    """An old post is pinned to the top."""
    return more(account, Post(story.at(day), pinned=True))


def future(account: Account, story: Story, day: float, dated: float) -> Account:
    """A post shown on a day bears the date of another, later one."""
    return more(account, Post(story.at(dated), shown=story.at(day)))


def backdated(account: Account, story: Story, day: float, dated: float) -> Account:
    """A post shown on a day bears an older date."""
    return more(account, Post(story.at(dated), shown=story.at(day)))


def undated(account: Account, story: Story, day: float = -10, count: int = 1) -> Account:
    """Items without a date."""
    return more(account, *(Post(story.at(day) + timedelta(minutes=i), undated=True) for i in range(count)))


def others(account: Account, story: Story, kind: str, every: float = 2) -> Account:
    """Posts that count for nothing go on all the time: repost, reply, service, upcoming."""
    first = story.at(max(story.first, -30))
    return more(account, *steady(f"{account.key} {kind}", first, story.end, every, kind))


def burst(account: Account, story: Story, day: float, count: int = 40) -> Account:
    """Many posts within an hour."""
    at = story.at(day)
    return more(account, *(Post(at - timedelta(seconds=60 * i)) for i in range(count)))


def pause(account: Account, story: Story) -> Account:
    """Nothing is posted for these days, as over a holiday."""
    quiet = (story.at(story.first), story.at(story.last))
    return replace(account, posts=tuple(p for p in account.posts if not quiet[0] <= p.at < quiet[1]))


def deleted(account: Account, story: Story, day: float, newest: int = 1) -> Account:
    """The newest posts of that day are deleted on it."""
    at = story.at(day)
    gone = sorted((p for p in account.posts if p.seen < at), key=lambda p: p.at)[-newest:]
    return replace(account, posts=tuple(replace(p, removed=at) if p in gone else p for p in account.posts))


def hidden(account: Account, story: Story, older: float) -> Account:
    """Posts older than so many days on the first day are archived from that day on."""
    at, edge = story.at(story.first), story.at(story.first - older)
    return replace(account, posts=tuple(replace(p, removed=at) if p.at < edge else p for p in account.posts))


def edited(account: Account, story: Story) -> Account:
    """All that was posted up to the first day shows that it was edited."""
    at = story.at(story.first)
    return replace(account, posts=tuple(replace(p, edited=p.at < at) for p in account.posts))


def state(account: Account, story: Story, kind: str, detail: str = "") -> Account:
    """The platform says something else of the account in these days; the double's modules tell what there is."""
    back = () if story.last > 10_000 else (State("ok", story.at(story.last)),)
    return replace(account, states=(*account.states, State(kind, story.at(story.first), detail), *back))


def renamed(account: Account, story: Story, handle: str) -> Account:
    """It bears another handle from the first day on; {} is where its own stands."""
    name = handle.replace("{}", account.handle)
    return replace(account, renames=(*account.renames, (story.at(story.first), name)))


def option(account: Account, story: Story, **options: object) -> Account:
    """Options of the double's account, from the beginning."""
    return replace(account, options={**account.options, **options})


def born(account: Account, story: Story, day: float) -> Account:
    """Made on that day, with nothing before."""
    at = story.at(day)
    return replace(account, created=at, posts=tuple(p for p in account.posts if p.at >= at))


CHANGES: dict[str, Change] = {
    change.__name__: change
    for change in (
        *(pinned, future, backdated, undated, others, burst, pause, deleted, hidden, edited, state, renamed, option),
        born,
    )
}
