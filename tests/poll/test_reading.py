"""A counter that stands still saves a reading and proves no silence; without a key the feed steps in for activity."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from auditor.core.model import Miss, Missed, Observation, PostKind, Reason, Seen, Status
from auditor.poll.reading import READ_EVERY, UNMOVED
from tests.lab import youtube_api as api
from tests.lab.model import Account, Post, State, utc
from tests.poll.channels import DAY, HOUR, VARIABLE, Newsroom, channel, newsroom

NOW = utc("2026-06-01T20:00:00")
BORN = NOW - 2000 * DAY
CONTROL = channel("kendali", *(NOW + timedelta(days=n) for n in range(-60, 400, 3)), born=BORN)


def last(office: Newsroom, name: str, now: datetime) -> Observation:
    return office.history(name, now)[-1]


def repeated(o: Observation) -> bool:
    return isinstance(o.outcome, Seen) and UNMOVED in o.outcome.flags


def weeks(office: Newsroom, name: str, count: int, start: datetime = NOW) -> list[Observation]:
    """A round a week; the look each brought."""
    looks = []
    for n in range(count):
        office.round(start + 7 * n * DAY)
        looks.append(last(office, name, start + 7 * n * DAY))
    return looks


class TestUnmoved:
    """When the last sight is repeated, and when it is not."""

    def test_a_channel_that_did_not_move_is_not_read_again(self, tmp_path: Path) -> None:
        with newsroom(tmp_path, [channel("tenang", NOW - 3 * DAY, born=BORN)], NOW) as office:
            first, again = weeks(office, "tenang", 2)
            assert (repeated(first), repeated(again)) == (False, True)
            assert office.verdict("tenang", NOW + 7 * DAY).status is Status.ACTIVE

    def test_an_unmoved_channel_is_read_in_full_before_what_is_kept_grows_thirty_days_old(self, tmp_path: Path) -> None:
        """Weekly looks: the fourth after a reading is one again. Longer gaps never add up to more than 30 days."""
        with newsroom(tmp_path, [channel("tenang", NOW - DAY, NOW - 2 * DAY, born=BORN)], NOW) as office:
            assert [repeated(o) for o in weeks(office, "tenang", 9)] == [n not in (0, 4, 8) for n in range(9)]
            assert READ_EVERY == 28 * DAY

    def test_a_silence_rests_on_a_reading_and_a_healthy_control(self, tmp_path: Path) -> None:
        """After that the counter carries it, and may confirm it, until the next reading is owed."""
        silent = channel("sepi", NOW - 80 * DAY, NOW - 85 * DAY, born=BORN)
        with newsroom(tmp_path, [silent], NOW, controls=[CONTROL]) as office:
            looks = weeks(office, "sepi", 7)
            assert [repeated(o) for o in looks] == [False, True, False, True, True, True, False]
            assert [o.control_ok for o in looks[2:]] == [True] * 5
            found = [office.verdict("sepi", NOW + 7 * n * DAY).status for n in range(2)]
            assert found == [Status.SLOW, Status.SLOW]
            assert office.verdict("sepi", looks[-1].observed_at).status is Status.INACTIVE

    def test_a_reading_after_repeats_reaches_back_to_the_reading_before_them(self, tmp_path: Path) -> None:
        """What stands between two readings is evidence of its own: no repeat lies in between."""
        silent = channel("sepi", *(NOW - (80 + n) * DAY for n in range(60)), born=BORN)
        with newsroom(tmp_path, [silent], NOW, controls=[CONTROL]) as office:
            looks = weeks(office, "sepi", 3)
            reading = looks[2].outcome
            assert isinstance(reading, Seen)
            assert reading.horizon is None or reading.horizon <= NOW

    def test_one_made_and_one_deleted_leave_the_counter_alone_and_are_found_by_the_next_reading(
        self, tmp_path: Path
    ) -> None:
        """Before anybody is called silent."""
        swapped = channel(
            "tukar",
            Post(NOW - 80 * DAY),
            Post(NOW - 84 * DAY, removed=NOW + 3 * DAY),
            Post(NOW + 2 * DAY),
            born=BORN,
        )
        with newsroom(tmp_path, [swapped], NOW, controls=[CONTROL]) as office:
            looks = weeks(office, "tukar", 3)
            assert [repeated(o) for o in looks] == [False, True, False]
            verdict = office.verdict("tukar", NOW + 14 * DAY)
            assert verdict.status is Status.ACTIVE
            assert verdict.last_post is not None
            assert verdict.last_post.posted_at == NOW + 2 * DAY

    def test_a_channel_that_is_gone_is_found_out_though_no_other_moves_and_no_control_is_set(
        self, tmp_path: Path
    ) -> None:
        """The answer that leaves it out names the others: it works, and vouches for the absence. Not for a silence."""
        past = [NOW - (2 + 7 * n) * DAY for n in range(9)]
        deleted = channel("hapus", *past, born=BORN, states=(State("deleted", NOW + DAY),))
        with newsroom(tmp_path, [deleted, channel("tenang", *past, born=BORN)], NOW) as office:
            for days in (0, 2, 4, 6):
                office.round(NOW + days * DAY)
            assert office.asked["playlistItems"] == 2
            assert office.verdict("hapus", NOW + 6 * DAY).status is Status.LOST
            assert office.verdict("tenang", NOW + 6 * DAY).status is Status.ACTIVE

    def test_a_channel_alone_in_its_answer_has_nobody_to_vouch_for_its_absence(self, tmp_path: Path) -> None:
        deleted = channel("hapus", NOW - 2 * DAY, born=BORN, states=(State("deleted", NOW + DAY),))
        with newsroom(tmp_path, [deleted], NOW) as office:
            for days in (0, 2, 4, 6):
                office.round(NOW + days * DAY)
            assert office.verdict("hapus", NOW + 6 * DAY).status is not Status.LOST

    def test_uploads_that_are_shut_are_asked_for_again_though_the_counter_stands_still(self, tmp_path: Path) -> None:
        """Else the state of the channel would hide that its posts are not to be had."""
        shut = channel("tutup", NOW - DAY, born=BORN, states=(State("private", NOW + 2 * DAY),))
        with newsroom(tmp_path, [shut], NOW, controls=[CONTROL]) as office:
            office.round(NOW)
            office.lab.forget()
            kinds = []
            for n in (28, 35, 42):
                office.round(NOW + n * DAY)
                kinds.append(str(getattr(last(office, "tutup", NOW + n * DAY).outcome, "barrier", "seen")))
            assert kinds == ["protected"] * 3
            assert office.verdict("tutup", NOW + 42 * DAY).status is Status.LOST

    def test_a_reading_whose_control_failed_is_never_repeated(self, tmp_path: Path) -> None:
        silent = channel("sepi", NOW - 100 * DAY, born=BORN)
        with newsroom(tmp_path, [silent], NOW) as office:
            looks = weeks(office, "sepi", 3)
            assert [(repeated(o), o.control_ok) for o in looks] == [(False, False), (False, True), (True, True)]


class TestAnnouncements:
    """An upload that turns out to be an announced broadcast."""

    def test_an_announcement_hides_a_silence_for_a_fortnight_at_most(self, tmp_path: Path) -> None:
        """Every ten days one more is announced, and none is ever broadcast."""
        real = NOW - 3 * DAY
        empty = [Post(real + timedelta(days=10 * n), "upcoming") for n in range(1, 14)]
        with newsroom(tmp_path, [channel("janji", real, *empty, born=BORN)], NOW, controls=[CONTROL]) as office:
            for n in range(18):
                office.round(NOW + 7 * n * DAY)
            verdict = office.verdict("janji", NOW + 7 * 17 * DAY)
            assert verdict.status is Status.INACTIVE
            assert verdict.silent_since is not None
            assert real <= verdict.silent_since <= real + 14 * DAY

    def test_a_broadcast_announced_long_before_counts_when_it_began(self, tmp_path: Path) -> None:
        """It was taken for a video when it was announced: beginning, it is a new post, and nobody is silent."""
        real, announced, begins = NOW - 3 * DAY, NOW + 2 * DAY, NOW + 75 * DAY
        office_channel = channel(
            "siaran", real, Post(announced, "upcoming"), born=BORN, options={"begins": {1: begins}}
        )
        with newsroom(tmp_path, [office_channel], NOW, controls=[CONTROL]) as office:
            for n in range(17):
                office.round(NOW + 7 * n * DAY)
                assert office.verdict("siaran", NOW + 7 * n * DAY).status is not Status.INACTIVE
            verdict = office.verdict("siaran", NOW + 7 * 16 * DAY)
            assert verdict.last_post is not None
            assert verdict.last_post.posted_at == begins
            assert verdict.last_post.url is not None

    def test_a_broadcast_known_as_announced_is_asked_about_again_though_no_counter_moves(self, tmp_path: Path) -> None:
        real, announced, begins = NOW - 40 * DAY, NOW - HOUR, NOW + 20 * DAY
        waiting = channel("tunggu", real, Post(announced, "upcoming"), born=BORN, options={"begins": {1: begins}})
        with newsroom(tmp_path, [waiting], NOW, controls=[CONTROL]) as office:
            first = weeks(office, "tunggu", 1)[0].outcome
            assert isinstance(first, Seen)
            assert [(p.posted_at, p.kind) for p in first.posts] == [
                (announced, PostKind.OTHER),
                (real, PostKind.ORIGINAL),
            ]
            assert office.verdict("tunggu", NOW).status is Status.SLOW
            office.round(NOW + 7 * DAY)
            assert office.verdict("tunggu", NOW + 7 * DAY).status is Status.SLOW
            office.round(NOW + 21 * DAY)
            assert office.verdict("tunggu", NOW + 21 * DAY).status is Status.ACTIVE


# --- the feed steps in ---


def busy(name: str) -> Account:
    return channel(name, *(NOW + timedelta(days=n) for n in range(-50, 60, 2)), born=BORN)


def routes(office: Newsroom, name: str, now: datetime) -> list[str]:
    return [o.route for o in office.history(name, now)]


class TestFeed:
    """Every lane with a key is shut: the feed proves activity, and nothing else."""

    @pytest.fixture
    def channels(self) -> Sequence[Account]:
        return [busy("ramai"), channel("sepi", NOW - 85 * DAY, born=BORN)]

    def test_a_rejected_key_leaves_the_feed(self, tmp_path: Path, channels: Sequence[Account]) -> None:
        with newsroom(tmp_path, channels, NOW, controls=[CONTROL]) as office:
            office.round(NOW)
            office.keys = {VARIABLE: api.WRONG}
            office.round(NOW + 7 * DAY)
            missed = [o.outcome for n in ("ramai", "sepi") for o in office.history(n, NOW + 7 * DAY)[1:]]
            assert [o.reason for o in missed if isinstance(o, Missed)] == [Miss.CREDENTIAL_REJECTED]
            office.round(NOW + 7 * DAY + HOUR)
            assert routes(office, "ramai", NOW + 8 * DAY)[-1] == "feed"
            self.only_activity(office, NOW + 7 * DAY + HOUR, 5, 10, 20)

    def test_a_used_up_day_leaves_the_feed_until_midnight_in_california(
        self, tmp_path: Path, channels: Sequence[Account]
    ) -> None:
        with newsroom(tmp_path, channels, NOW, controls=[CONTROL]) as office:
            office.round(NOW)
            office.lab.faces["youtube_api"].limit = 0
            late = NOW + 7 * DAY
            office.round(late)
            office.round(late + HOUR)
            assert routes(office, "ramai", late + HOUR)[-1] == "feed"
            self.only_activity(office, late + HOUR, 3, 6)
            office.lab.faces["youtube_api"].limit = api.LIMIT
            midnight = utc("2026-06-09T07:00:00")
            office.round(midnight - HOUR)
            assert routes(office, "ramai", midnight)[-1] == "feed"
            office.round(midnight)
            assert routes(office, "ramai", midnight)[-1] == "api"

    def only_activity(self, office: Newsroom, now: datetime, *later: int) -> None:
        """A fresh video keeps its channel active; of the other nobody says that it fell silent."""
        assert office.verdict("ramai", now).status is Status.ACTIVE
        assert office.verdict("sepi", now).status in (Status.SLOW, Status.UNKNOWN)
        for late in later:
            office.round(now + late * HOUR)
            assert routes(office, "ramai", now + late * HOUR)[-1] == "feed"
            assert office.verdict("sepi", now + late * HOUR).status is not Status.INACTIVE

    def test_nobody_falls_silent_by_the_feed_however_long_the_key_is_away(self, tmp_path: Path) -> None:
        quiet = channel("sepi", NOW - 85 * DAY, born=BORN)
        with newsroom(tmp_path, [quiet, busy("ramai")], NOW, controls=[CONTROL]) as office:
            office.round(NOW)
            office.keys = {}
            for n in range(1, 9):
                office.round(NOW + 7 * n * DAY)
                verdict = office.verdict("sepi", NOW + 7 * n * DAY)
                assert verdict.status in (Status.SLOW, Status.UNKNOWN)
            assert verdict.reason in (Reason.UNDECIDABLE, Reason.BLIND)

    def test_the_first_reading_after_the_feed_waits_for_the_counter_too(self, tmp_path: Path) -> None:
        """A look by the feed in between makes no channel dear."""
        with newsroom(tmp_path, [channel("tenang", NOW - DAY, born=BORN)], NOW, controls=[CONTROL]) as office:
            office.round(NOW)
            keys, office.keys = office.keys, {}
            office.round(NOW + 3 * DAY)
            office.keys = keys
            office.round(NOW + 6 * DAY)
            assert routes(office, "tenang", NOW + 6 * DAY) == ["api", "feed", "api"]
            assert repeated(last(office, "tenang", NOW + 6 * DAY))

    def test_a_feed_that_answers_404_for_days_says_nothing(self, tmp_path: Path) -> None:
        """Ten looks over a hundred hours: the channel stays as it was."""
        with newsroom(tmp_path, [busy("ramai")], NOW) as office:
            office.keys = {}
            office.round(NOW)
            before = office.verdict("ramai", NOW)
            office.lab.break_with({"kind": "down", "platform": "youtube"})
            for n in range(1, 11):
                office.round(NOW + 10 * n * HOUR)
            missed = [o.outcome for o in office.history("ramai", NOW + 100 * HOUR)[1:]]
            assert [o.reason for o in missed if isinstance(o, Missed)] == [Miss.UNREACHABLE] * 10
            after = office.verdict("ramai", NOW + 100 * HOUR)
            assert (
                (after.status, after.last_post)
                == (before.status, before.last_post)
                == (Status.ACTIVE, before.last_post)
            )


def test_the_key_stands_in_a_header_and_nowhere_else(tmp_path: Path) -> None:
    """Of every request; and in no file that was written."""
    with newsroom(tmp_path, [busy("ramai")], NOW) as office:
        office.round(NOW)
        office.keys = {VARIABLE: api.WRONG}
        office.round(NOW + DAY)
        asked = [r for r in office.lab.requests if r.face == "youtube_api"]
        assert {r.headers.get("x-goog-api-key") for r in asked} == {api.KEY, api.WRONG}
        assert not any("key" in dict(r.query) for r in asked)
        written = b"".join(f.read_bytes() for f in tmp_path.iterdir() if f.is_file())
        assert not [key for key in (api.KEY, api.WRONG) if key.encode() in written]


# --- the ledger ---

MIDNIGHTS = {
    "summer time in July": utc("2026-07-14T07:00:00"),
    "winter time in January": utc("2026-01-14T08:00:00"),
    "the day that has 23 hours begins": utc("2026-03-08T08:00:00"),
    "and ends": utc("2026-03-09T07:00:00"),
    "the day that has 25 hours begins": utc("2026-11-01T07:00:00"),
    "and ends, an hour later by our clock": utc("2026-11-02T08:00:00"),
}


@pytest.mark.parametrize("midnight", MIDNIGHTS.values(), ids=MIDNIGHTS.keys())
def test_the_allowance_of_a_day_ends_at_midnight_in_california_also_for_a_new_process(
    tmp_path: Path, midnight: datetime
) -> None:
    """Ours is kept in the database: before midnight nothing more is asked, from midnight on it is."""
    born = midnight - 1000 * DAY
    channels = [channel(f"kanal{n}", midnight - (3 + n) * DAY, born=born) for n in range(3)]
    with newsroom(tmp_path, channels, midnight - DAY, quota=3) as office:
        for at in (midnight - 2 * HOUR, midnight - timedelta(minutes=1)):
            office.round(at)
        calls = office.lab.faces["youtube_api"].spent
        assert sum(calls.values()) == 3
        assert office.spent(midnight - 26 * HOUR) == 3
        outcomes = [o.outcome for a in channels for o in office.history(a.handle, midnight)]
        missed = [o for o in outcomes if isinstance(o, Missed) and o.reason is Miss.QUOTA_EXHAUSTED]
        assert [o.reset_at for o in missed] == [midnight]
        office.round(midnight)
        assert sum(calls.values()) == 6
        day = (api.KEY, midnight.astimezone(api.PACIFIC).date())
        assert calls[day] == office.spent(midnight) == 3


def test_the_vendors_count_and_ours_agree_over_both_changes_of_the_clock(tmp_path: Path) -> None:
    """A round every seven hours from before the change in March to after it."""
    start = utc("2026-03-06T00:00:00")
    moving = channel("ramai", *(start + timedelta(hours=5 * n) for n in range(-9, 40)), born=start - 900 * DAY)
    with newsroom(tmp_path, [moving], start) as office:
        for n in range(16):
            office.round(start + 7 * n * HOUR)
        spent = office.lab.faces["youtube_api"].spent
        days = {day: units for (_, day), units in spent.items()}
        assert len(days) >= 5
        for day, units in days.items():
            opening = datetime(day.year, day.month, day.day, tzinfo=api.PACIFIC)
            assert office.spent(opening) == sum(u for d, u in days.items() if d >= day), units
