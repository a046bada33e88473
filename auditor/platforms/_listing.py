"""What one look has listed so far: when to page on, and how far back it may claim to have read."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from auditor.core.model import Missed, Post, PostKind
from auditor.fetch.answer import Refused

from ._shapes import unrecognised
from .base import Window

TELLING = 2  # steps upwards: one may be an old post pinned on top


@dataclass(slots=True)
class Listing:
    """Items are added in the order of the list, newest first; the same id twice is one item.

    `reach` is the instant of the last item that stands in order: what the list leaves out is older. An old item
    above younger ones (a pin) never reaches further than the list does. A list that rises more often than it falls
    stands oldest first: what it leaves out is younger, and it reaches nowhere before its end.
    """

    window: Window
    posts: dict[str, Post] = field(default_factory=dict)
    undated: set[str] = field(default_factory=set)
    reach: datetime | None = None
    rising: int = 0  # steps from an item in order to a younger one
    falling: int = 0
    pages: int = 0  # read to their end
    odd: Refused | None = None  # why the first entry that was passed over could not be read

    def add(self, post: Post, ordered_by: datetime | None = None, *, in_order: bool = True) -> bool:
        """List a post; `ordered_by` is what the platform sorts by, where that is not the claim. False: known."""
        if post.native_id in self.posts:
            return False
        self.posts[post.native_id] = post
        if in_order:
            at = ordered_by or post.posted_at
            self.rising += self.reach is not None and at > self.reach
            self.falling += self.reach is not None and at < self.reach
            self.reach = at
        return True

    def add_undated(self, native_id: str) -> bool:
        """List an item whose date cannot be read. False: known."""
        known = native_id in self.undated
        self.undated.add(native_id)
        return not known

    def pass_over(self, refused: Refused) -> None:
        """An entry in no known shape may be a post: from now on the list covers nothing."""
        self.odd = self.odd or refused

    def end_of_page(self) -> None:
        """Items of which not one has a date, or of which not one can be read, are a changed format, not an account.

        Errors: Refused, unrecognised.
        """
        if self.undated and not self.posts:
            raise unrecognised("no dates")
        if self.odd is not None and not self.posts:
            raise self.odd
        self.pages += 1

    def outlives(self, refused: Refused) -> bool:
        """An older page that was missed takes nothing from the pages already read. A barrier is always the outcome."""
        return self.pages > 0 and bool(self.posts) and isinstance(refused.outcome, Missed)

    @property
    def oldest_first(self) -> bool:
        """What is listed so far stands the other way round."""
        return self.rising >= TELLING and self.rising > self.falling

    @property
    def enough(self) -> bool:
        """The list reaches back to the window's start and names an original post that can be believed."""
        return (
            self.reach is not None
            and not self.oldest_first
            and self.reach <= self.window.since
            and any(p.kind is PostKind.ORIGINAL and p.posted_at <= self.window.now for p in self.posts.values())
        )

    def horizon(self, *, complete: bool, says_empty: bool) -> datetime | None:
        """None: read to the beginning. `now`: covers nothing, as a list without posts does unless it says zero."""
        if self.odd is not None:
            return self.window.now
        if complete and (self.posts or (says_empty and not self.undated)):
            return None
        if self.reach is None or self.oldest_first:
            return self.window.now
        return min(self.reach, self.window.now)

    def newest_first(self) -> tuple[Post, ...]:
        """All posts as claimed, by date."""
        return tuple(sorted(self.posts.values(), key=lambda p: (p.posted_at, p.native_id), reverse=True))
