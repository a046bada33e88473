"""What one look has listed so far: when to page on, and how far back it may claim to have read."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from auditor.core.model import Post, PostKind

from ._shapes import unrecognised
from .base import Window


@dataclass(slots=True)
class Listing:
    """Items are added in the order of the list, newest first; the same id twice is one item.

    `reach` is the instant of the last item that stands in order: what the list leaves out is older. An old item
    above younger ones (a pin) never reaches further than the list does.
    """

    window: Window
    posts: dict[str, Post] = field(default_factory=dict)
    undated: set[str] = field(default_factory=set)
    reach: datetime | None = None

    def add(self, post: Post, ordered_by: datetime | None = None, *, in_order: bool = True) -> bool:
        """List a post; `ordered_by` is what the platform sorts by, where that is not the claim. False: known."""
        if post.native_id in self.posts:
            return False
        self.posts[post.native_id] = post
        if in_order:
            self.reach = ordered_by or post.posted_at
        return True

    def add_undated(self, native_id: str) -> bool:
        """List an item whose date cannot be read. False: known."""
        known = native_id in self.undated
        self.undated.add(native_id)
        return not known

    def end_of_page(self) -> None:
        """Items of which not one has a date are a changed format, not an account.

        Errors: Refused, unrecognised.
        """
        if self.undated and not self.posts:
            raise unrecognised("no dates")

    @property
    def enough(self) -> bool:
        """The list reaches back to the window's start and names an original post that can be believed."""
        return (
            self.reach is not None
            and self.reach <= self.window.since
            and any(p.kind is PostKind.ORIGINAL and p.posted_at <= self.window.now for p in self.posts.values())
        )

    def horizon(self, *, complete: bool, says_empty: bool) -> datetime | None:
        """None: read to the beginning. `now`: covers nothing, as a list without posts does unless it says zero."""
        if complete and (self.posts or (says_empty and not self.undated)):
            return None
        if self.reach is None:
            return self.window.now
        return min(self.reach, self.window.now)

    def newest_first(self) -> tuple[Post, ...]:
        """All posts as claimed, by date."""
        return tuple(sorted(self.posts.values(), key=lambda p: (p.posted_at, p.native_id), reverse=True))
