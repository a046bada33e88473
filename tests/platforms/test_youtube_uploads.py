"""Which uploads are announced broadcasts is asked where it decides something, and only there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest

from auditor.core.model import AccountRef, Post, PostKind, Seen
from auditor.platforms._youtube_uploads import MARGIN, permalink
from auditor.platforms.base import ANNOUNCED, UNSURE, Profile, Window
from auditor.platforms.youtube import KEYED

from .script import NOW, Reply, Script
from .test_youtube_api import CHANNEL, DAY, SINCE, item, items, videos

HOUR = timedelta(hours=1)
REF = AccountRef("youtube", "@pemkotcontoh", CHANNEL)
PROFILE = Profile(CHANNEL, "@pemkotcontoh", {"posts": 9}, local_id="UU" + CHANNEL[2:])


def known(*posts: Post) -> Mapping[str, Post]:
    return {post.native_id: post for post in posts}


def read(
    script: Script,
    *,
    before: Mapping[str, Post] | None = None,
    settled: datetime | None = None,
    since: datetime = SINCE,
) -> Seen:
    assert KEYED.timeline is not None
    window = Window(since, NOW, known=before or {}, settled=settled)
    outcome = KEYED.timeline(REF, PROFILE, script, window)
    assert isinstance(outcome, Seen), outcome
    return outcome


def of(*listed: tuple[str, datetime], **states: str) -> Script:
    page = items(*(item(video, at) for video, at in sorted(listed, key=lambda v: v[1], reverse=True)))
    return Script({"/playlistItems": page, "/videos": videos(**states)})


def asked(script: Script) -> list[str]:
    return [r.get("id") or "" for r in script.asked("/videos")]


def test_at_first_sight_nothing_is_sure_and_the_uploads_are_asked_about_in_one_call() -> None:
    script = of(("a", NOW - DAY), ("b", NOW - MARGIN - 2 * DAY), a="none", b="none")
    assert read(script).flags == frozenset()
    assert asked(script) == ["a,b"]


@pytest.mark.parametrize("newest", [NOW - DAY, NOW - 40 * DAY, NOW - 400 * DAY], ids=str)
@pytest.mark.parametrize(("apart", "calls"), [(7 * DAY, 0), (MARGIN, 0), (MARGIN + timedelta(seconds=1), 1)])
def test_a_channel_never_seen_before_is_taken_at_its_word_where_its_two_newest_uploads_stand_close_together(
    newest: datetime, apart: timedelta, calls: int
) -> None:
    """Whether it still posts or stopped long ago: one announcement moves its last post by the margin at most."""
    script = of(("a", newest), ("b", newest - apart), ("c", newest - apart - 99 * DAY), a="none", b="none", c="none")
    assert read(script).flags == frozenset()
    assert len(asked(script)) == calls


def test_an_upload_is_taken_at_its_word_while_a_sure_one_is_recent() -> None:
    """One unit. What is taken so is said, so that nothing is built on it."""
    script = of(("new", NOW - DAY), ("old", NOW - 8 * DAY))
    sight = read(script, before=known(Post("old", NOW - 8 * DAY)), settled=NOW - 8 * DAY)
    assert [(p.native_id, p.kind) for p in sight.posts] == [("new", PostKind.ORIGINAL), ("old", PostKind.ORIGINAL)]
    assert sight.flags == {UNSURE}
    assert asked(script) == []


@pytest.mark.parametrize(("age", "calls"), [(MARGIN, 0), (MARGIN + timedelta(seconds=1), 1)])
def test_it_is_asked_about_as_soon_as_no_sure_one_is_recent_enough(age: timedelta, calls: int) -> None:
    script = of(("new", NOW - DAY), ("old", NOW - age), new="upcoming")
    sight = read(script, before=known(Post("old", NOW - age)), settled=NOW - age)
    assert len(asked(script)) == calls
    assert (sight.posts[0].kind is PostKind.OTHER) is bool(calls)


def test_only_what_is_not_sure_is_asked_about() -> None:
    script = of(("new", NOW - DAY), ("old", NOW - 40 * DAY), new="none")
    read(script, before=known(Post("old", NOW - 40 * DAY)), settled=NOW - 40 * DAY)
    assert asked(script) == ["new"]


def test_a_row_of_announcements_does_not_vouch_for_one_another() -> None:
    """Nothing that an earlier look took at its word makes the next one sure."""
    fakes = [(f"f{n}", NOW - 7 * n * DAY) for n in range(4)]
    script = of(*fakes, ("real", NOW - 30 * DAY), **{name: "upcoming" for name, _ in fakes})
    before = known(Post("real", NOW - 30 * DAY), *(Post(name, at) for name, at in fakes[1:]))
    sight = read(script, before=before, settled=NOW - 30 * DAY)
    assert [p.native_id for p in sight.posts if p.kind is PostKind.ORIGINAL] == ["real"]
    assert sight.flags == {ANNOUNCED}


def test_fifty_at_a_time_and_no_more_than_it_takes_to_find_a_post() -> None:
    many = [(f"v{n:03d}", NOW - n * HOUR) for n in range(120)]
    found = {name: "upcoming" if n < 50 else "none" for n, (name, _) in enumerate(many)}
    pages = [items(*(item(*v) for v in many[n : n + 50]), token=f"t{n}" if n < 100 else "") for n in (0, 50, 100)]

    def say(params: dict[str, str]) -> Reply:
        return videos(**{video: found[video] for video in params["id"].split(",")})

    script = Script({"/playlistItems": list(pages), "/videos": say})
    sight = read(script, before=known(Post("old", NOW - 400 * DAY)))
    assert [len(ids.split(",")) for ids in asked(script)] == [50, 50]
    assert sum(p.kind is PostKind.OTHER for p in sight.posts) == 50


ANNOUNCEMENT = Post("upcoming:x", NOW - 9 * DAY, PostKind.OTHER)


def test_a_known_announcement_stays_one_until_it_is_asked_about() -> None:
    script = of(("new", NOW - DAY), ("x", NOW - 9 * DAY))
    before = known(Post("new", NOW - DAY), ANNOUNCEMENT)
    sight = read(script, before=before, settled=NOW - DAY)
    assert [(p.native_id, p.kind) for p in sight.posts] == [
        ("new", PostKind.ORIGINAL),
        ("upcoming:x", PostKind.OTHER),
    ]
    assert sight.flags == {ANNOUNCED}
    assert asked(script) == []


def test_it_is_asked_about_where_it_may_be_the_newest_post_by_now() -> None:
    script = of(("real", NOW - 20 * DAY), ("x", NOW - 25 * DAY), x=(NOW - 2 * DAY).strftime("%Y-%m-%dT%H:%M:%SZ"))
    before = known(Post("real", NOW - 20 * DAY), Post("upcoming:x", NOW - 25 * DAY, PostKind.OTHER))
    sight = read(script, before=before, settled=NOW - 20 * DAY)
    assert (sight.posts[0].native_id, sight.posts[0].posted_at) == ("x", NOW - 2 * DAY)
    assert asked(script) == ["x"]


def test_what_was_taken_for_a_video_and_found_to_be_announced_is_asked_about_again() -> None:
    """Its date is older than a post that is sure, and it may begin all the same."""
    script = of(("real", NOW - 20 * DAY), ("x", NOW - 25 * DAY), x="upcoming")
    taken = (Post("x", NOW - 25 * DAY), Post("upcoming:x", NOW - 25 * DAY, PostKind.OTHER))
    read(script, before=known(Post("real", NOW - 20 * DAY), *taken), settled=NOW - 20 * DAY)
    assert asked(script) == ["x"]


def test_what_was_taken_for_a_video_and_began_later_gets_a_name_and_an_address_of_its_own() -> None:
    """The store keeps the earliest date of a name, and of an address."""
    began = (NOW - 2 * DAY).strftime("%Y-%m-%dT%H:%M:%SZ")
    script = of(("x", NOW - 30 * DAY), x=began)
    sight = read(script, before=known(Post("x", NOW - 30 * DAY)), settled=NOW - 33 * DAY)
    assert sight.posts == (Post("live:x", NOW - 2 * DAY, url="https://www.youtube.com/live/x"),)
    assert permalink("", "live:x") == "https://www.youtube.com/live/x"
    again = of(("x", NOW - 30 * DAY))
    before = known(Post("x", NOW - 30 * DAY), sight.posts[0])
    assert read(again, before=before, settled=NOW - 2 * DAY).posts == sight.posts
    assert asked(again) == []


def test_when_a_broadcast_began_is_not_forgotten_by_a_look_that_does_not_ask() -> None:
    """The playlist goes on dating it by its announcement."""
    script = of(("x", NOW - 30 * DAY))
    sight = read(script, before=known(Post("x", NOW - 2 * DAY)), settled=NOW - 2 * DAY)
    assert [p.posted_at for p in sight.posts] == [NOW - 2 * DAY]


def test_a_video_the_answer_leaves_out_is_taken_at_its_word_and_not_sure() -> None:
    script = of(("a", NOW - DAY), ("b", NOW - 2 * DAY), b="none")
    sight = read(script, before=known(Post("old", NOW - 400 * DAY)))
    assert [p.native_id for p in sight.posts] == ["a", "b"]
    assert sight.flags == {UNSURE}


def test_a_look_that_reads_back_to_nothing_asks_about_nothing() -> None:
    """A control is asked whether it has posts."""
    script = of(("a", NOW - DAY))
    assert read(script, since=NOW).posts
    assert asked(script) == []


def test_an_old_upload_that_no_look_listed_is_not_sure_within_the_stretch_that_was_read() -> None:
    """It was hidden when it was announced, and may have yet to begin."""
    script = of(("hidden", NOW - 30 * DAY), ("real", NOW - 25 * DAY), hidden="upcoming", real="none")
    before = known(Post("real", NOW - 25 * DAY), Post("older", NOW - 60 * DAY))
    read(script, before=before, settled=NOW - 25 * DAY)
    assert asked(script) == ["hidden"]
