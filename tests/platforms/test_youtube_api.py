"""YouTube with a key: what the Data API says of channels, and what its silence and its errors mean."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from auditor.core.address import AddressProblem
from auditor.core.model import AccountRef, Barrier, Miss, Missed, Outcome, Post, PostKind, Seen, Stops, Unreadable
from auditor.core.post_link import PostLink, read_post
from auditor.fetch.answer import Refused
from auditor.platforms import platforms
from auditor.platforms._posts import post_forms
from auditor.platforms._youtube_answers import DAILY, KNOWN
from auditor.platforms.base import Platform, Profile, Window
from auditor.platforms.youtube import PLATFORM

from .mutate import mutations
from .script import NOW, Reply, Script, Scripted, of_json

TAPES = Path(__file__).parent.parent / "tapes" / "youtube"
GOOGLE, DEVELOPERS = "UCK8sQmJBp8GCxrOtXWBpyEA", "UC_x5XG1OV2P6uZZ5FSM9Ttw"
CHANNEL, OTHER, THIRD = (f"UC{name}-kota-contoh-0{n}A" for n, name in enumerate(("pemkot", "kominf", "dinkes"), 1))
SINCE = NOW - timedelta(days=60)
DAY = timedelta(days=1)
assert PLATFORM.keyed is not None
KEYED: Platform = PLATFORM.keyed


def tape(name: str, status: int = 200) -> Reply:
    return of_json(json.loads((TAPES / f"{name}.json").read_text("utf-8")), status)


def iso(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def channel(id_: str = CHANNEL, videos: int | str = "12", **snippet: str) -> dict[str, Any]:
    return {
        "kind": "youtube#channel",
        "id": id_,
        "snippet": {"customUrl": "@pemkotcontoh", "publishedAt": "2018-06-02T16:10:37Z", **snippet},
        "contentDetails": {"relatedPlaylists": {"likes": "", "uploads": "UU" + id_[2:]}},
        "statistics": {"videoCount": str(videos), "subscriberCount": "1200", "hiddenSubscriberCount": False},
    }


def channels(*found: Mapping[str, Any], **more: Any) -> Reply:
    """As recorded: without any channel there are no `items` at all."""
    page = {"totalResults": len(found), "resultsPerPage": 5}
    body = {"kind": "youtube#channelListResponse", "etag": "e", "pageInfo": page} | more
    return of_json(body | ({"items": list(found)} if found else {}))


def item(video: str, at: datetime | str | None, **more: Any) -> dict[str, Any]:
    published = iso(at) if isinstance(at, datetime) else at
    return {
        "snippet": {"publishedAt": published or iso(NOW), "title": "Video", "resourceId": {"videoId": video}}
        | more.get("snippet", {}),
        "contentDetails": {"videoId": video} | ({"videoPublishedAt": published} if published else {}),
        "status": {"privacyStatus": more.get("privacy", "public")},
    }


def items(*listed: Mapping[str, Any], token: str = "") -> Reply:
    body = {"kind": "youtube#playlistItemListResponse", "items": list(listed)}
    return of_json(body | ({"nextPageToken": token} if token else {}))


def videos(**state: str) -> Reply:
    """video -> upcoming, none, or the instant at which it went on air."""
    rows = []
    for video, said in state.items():
        live = said if said in {"upcoming", "none", "live"} else "none"
        started = {} if said == live else {"liveStreamingDetails": {"actualStartTime": said}}
        rows.append({"id": video, "snippet": {"liveBroadcastContent": live}} | started)
    return of_json({"kind": "youtube#videoListResponse", "items": rows})


def error(status: int, reason: str | None, message: str = "…", detail: str | None = None, **headers: str) -> Reply:
    """Google's envelope: the API's reason, and the front end's in `details`."""
    body: dict[str, Any] = {"code": status, "message": message, "status": "INVALID"}
    body["errors"] = [{"message": message, "domain": "global", "reason": reason}] if reason else []
    body["details"] = [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": detail}] if detail else []
    return of_json({"error": body}, status, **headers)


def looked_up(
    refs: Sequence[AccountRef], *replies: Scripted, script: Script | None = None
) -> dict[str, Profile | Unreadable | Missed]:
    """The cheap question, by handle."""
    assert KEYED.lookup is not None
    ask = script or Script({"/channels": list(replies)})
    return {ref.handle: said for ref, said in KEYED.lookup(refs, ask)}


def profile(videos: int = 12, id_: str = CHANNEL) -> Profile:
    return Profile(id_, "@pemkotcontoh", {"posts": videos}, local_id="UU" + id_[2:])


def look(script: Script | Scripted, known: Profile | None = None, since: datetime = SINCE) -> Outcome:
    """The dear question of a known channel; what is raised is its outcome."""
    if not isinstance(script, Script):
        script = Script({"/playlistItems": script, "/videos": videos()})
    assert KEYED.timeline is not None
    ref = AccountRef("youtube", "@pemkotcontoh", CHANNEL)
    try:
        outcome = KEYED.timeline(ref, known or profile(), script, Window(since, NOW))
    except Refused as refused:
        return refused.outcome
    assert isinstance(outcome, Seen | Unreadable | Missed)
    return outcome


def seen(script: Script | Scripted, known: Profile | None = None, since: datetime = SINCE) -> Seen:
    outcome = look(script, known, since)
    assert isinstance(outcome, Seen), outcome
    return outcome


def ref(handle: str, native_id: str | None = None) -> AccountRef:
    return AccountRef("youtube", handle, native_id)


DRIFT = {
    "another kind": of_json({"kind": "youtube#videoListResponse", "pageInfo": {"totalResults": 0}}),
    "no kind": of_json({"pageInfo": {"totalResults": 0}}),
    "a renamed list": of_json(
        {"kind": "youtube#channelListResponse", "pageInfo": {"totalResults": 1}, "entries": [channel()]}
    ),
    "entries without an id": channels({"kind": "youtube#channel", "snippet": {}}),
    "a further page": channels(channel(OTHER), nextPageToken="CAUQAA"),
}
LEFT_OUT = {
    "Private video": item("x", None, snippet={"title": "Private video"}),
    "Deleted video": item("x", None, snippet={"title": "Deleted video"}),
    "private": item("x", NOW - DAY, privacy="private"),
    "deleted": item("x", None, privacy="privacyStatusUnspecified"),
    "of another channel": item("x", NOW - DAY, snippet={"videoOwnerChannelId": OTHER}),
}


class TestChannels:
    """The cheap question."""

    def test_a_recorded_channel_is_read(self) -> None:
        said = looked_up([ref(GOOGLE, GOOGLE), ref(DEVELOPERS, DEVELOPERS)], tape("channels-two"))
        found = said[DEVELOPERS]
        assert isinstance(found, Profile)
        assert (found.native_id, found.handle, found.local_id) == (
            DEVELOPERS,
            "@googledevelopers",
            "UU_x5XG1OV2P6uZZ5FSM9Ttw",
        )
        assert found.counters == {"posts": 5652, "followers": 2260000}
        assert found.created_at == datetime(2007, 8, 23, 0, 34, 43, tzinfo=UTC)
        assert isinstance(said[GOOGLE], Profile)

    def test_the_sample_of_the_vendor_is_read(self) -> None:
        """Counts are texts; the uploads have the id of the channel with other letters before it."""
        sample = channel(DEVELOPERS, "5026", customUrl="@googledevelopers", publishedAt="2007-08-23T00:34:43Z")
        found = looked_up([ref("@googledevelopers", DEVELOPERS)], channels(sample))["@googledevelopers"]
        assert isinstance(found, Profile)
        assert (found.counters["posts"], found.local_id) == (5026, "UU_x5XG1OV2P6uZZ5FSM9Ttw")

    def test_the_uploads_are_made_of_the_id_where_the_answer_does_not_name_them(self) -> None:
        found = looked_up([ref(DEVELOPERS, DEVELOPERS)], tape("channels-one"))[DEVELOPERS]
        assert isinstance(found, Profile)
        assert found.local_id == "UU_x5XG1OV2P6uZZ5FSM9Ttw"
        assert found.counters == {}

    def test_fifty_ids_are_one_call_and_a_name_is_one_of_its_own(self) -> None:
        refs = [ref(f"UC{n:022d}", f"UC{n:022d}") for n in range(51)]
        script = Script({"/channels": channels()})
        looked_up([*refs, ref("@a_contoh"), ref("user/lama")], script=script)
        asked = [
            (r.get("id") or "", r.get("forHandle"), r.get("forUsername"), r.get("maxResults")) for r in script.requests
        ]
        assert [(len(ids.split(",")) if ids else 0, handle, user) for ids, handle, user, _ in asked] == [
            (50, None, None),
            (1, None, None),
            (0, "@a_contoh", None),
            (0, None, "lama"),
        ]
        assert {size for *_, size in asked} == {"50"}

    def test_answers_are_told_apart_by_id_and_who_is_missing_is_gone(self) -> None:
        refs = [ref(c, c) for c in (CHANNEL, OTHER, THIRD)]
        said = looked_up(refs, channels(channel(THIRD), channel(CHANNEL)))
        assert [isinstance(said[c], Profile) for c in (CHANNEL, THIRD)] == [True, True]
        assert said[OTHER] == Unreadable(Barrier.GONE, "gone_or_suspended")

    def test_no_items_at_all_is_gone_and_for_a_name_that_never_resolved_it_says_so(self) -> None:
        assert looked_up([ref(CHANNEL, CHANNEL)], channels())[CHANNEL] == Unreadable(Barrier.GONE, "gone_or_suspended")
        assert looked_up([ref("@pemkot")], channels())["@pemkot"] == Unreadable(Barrier.GONE, "never_resolved")

    @pytest.mark.parametrize("reply", DRIFT.values(), ids=DRIFT.keys())
    def test_a_list_that_cannot_be_read_to_its_end_makes_nobody_absent(self, reply: Reply) -> None:
        said = _asked_by_id(reply)
        assert isinstance(said, Missed)
        assert said.reason is Miss.UNRECOGNISED

    def test_a_handle_that_now_belongs_to_another_id_is_taken(self) -> None:
        gone, another = channels(), channels(channel(OTHER))
        said = looked_up([ref("@pemkotcontoh", CHANNEL)], gone, another)
        assert said["@pemkotcontoh"] == Unreadable(Barrier.TAKEN, "handle_taken")

    def test_a_channel_that_is_gone_by_id_and_there_by_name_is_not_gone(self) -> None:
        said = looked_up([ref("@pemkotcontoh", CHANNEL)], channels(), channels(channel()))
        assert said["@pemkotcontoh"] == Missed(Miss.UNRECOGNISED, "gone by id, there by name")

    def test_a_gone_channel_is_gone_also_where_its_name_cannot_be_asked_for(self) -> None:
        said = looked_up([ref("@pemkotcontoh", CHANNEL)], channels(), error(503, "backendError"))
        assert said["@pemkotcontoh"] == Unreadable(Barrier.GONE, "gone_or_suspended")

    def test_a_new_handle_is_learnt_and_the_id_stays(self) -> None:
        said = looked_up([ref("@lama_contoh", CHANNEL)], channels(channel(customUrl="@BaruContoh")))["@lama_contoh"]
        assert isinstance(said, Profile)
        assert (said.native_id, said.handle) == (CHANNEL, "@barucontoh")

    @pytest.mark.parametrize("handle", ["c/pemkotcontoh", "pemkotcontoh", "c/kota-contoh"])
    def test_what_no_parameter_resolves_needs_its_id(self, handle: str) -> None:
        script = Script({})
        assert looked_up([ref(handle)], script=script)[handle] == Missed(Miss.OUR_REQUEST_INVALID, "needs_channel_id")
        assert script.requests == []
        assert KEYED.capability.asks_for is not None
        assert not KEYED.capability.asks_for.fullmatch(handle)

    @pytest.mark.parametrize("handle", [CHANNEL, "@pemkotcontoh", "@kota.contoh-1", "user/pemkotcontoh"])
    def test_ids_handles_and_legacy_names_can_be_asked_for(self, handle: str) -> None:
        assert KEYED.capability.asks_for is not None
        assert KEYED.capability.asks_for.fullmatch(handle)

    def test_hidden_subscribers_and_odd_counts_are_left_out(self) -> None:
        odd = channel() | {"statistics": {"videoCount": "٣", "subscriberCount": "5", "hiddenSubscriberCount": True}}
        said = looked_up([ref(CHANNEL, CHANNEL)], channels(odd))[CHANNEL]
        assert isinstance(said, Profile)
        assert said.counters == {}


class TestUploads:
    """The dear question."""

    def test_posts_are_listed_with_the_instant_at_which_they_went_public(self) -> None:
        late = item("b", NOW - 3 * DAY, snippet={"publishedAt": iso(NOW - 30 * DAY)})
        sight = seen(items(item("a", NOW - DAY), late))
        assert sight.posts == (
            Post("a", NOW - DAY, PostKind.ORIGINAL, "https://www.youtube.com/watch?v=a"),
            Post("b", NOW - 3 * DAY, PostKind.ORIGINAL, "https://www.youtube.com/watch?v=b"),
        )
        assert (sight.native_id, sight.handle, sight.horizon) == (CHANNEL, "@pemkotcontoh", None)

    @pytest.mark.parametrize(
        "written", ["2026-11-20T07:00:12Z", "2026-11-20T07:00:12.000Z", "2026-11-20T07:00:12.19802Z"]
    )
    def test_every_precision_is_read(self, written: str) -> None:
        at = seen(items(item("a", written))).posts[0].posted_at
        assert at.replace(microsecond=0) == datetime(2026, 11, 20, 7, 0, 12, tzinfo=UTC)

    def test_where_the_publication_is_not_stated_the_addition_counts(self) -> None:
        """Recorded: a page of snippets alone, oldest first, so that it covers nothing."""
        script = Script({"/playlistItems": [tape("playlistItems-first-page"), items()], "/videos": videos()})
        sight = seen(script, profile(id_=CHANNEL))
        assert len(sight.posts) == 10
        assert sight.posts[0].posted_at == datetime(2019, 11, 23, 0, 42, 56, tzinfo=UTC)
        one = seen(tape("playlistItems-one"))
        assert [p.native_id for p in one.posts] == ["H1HZyvc0QnI"]

    def test_the_newest_counts_wherever_it_stands(self) -> None:
        sight = seen(items(item("old", NOW - 9 * DAY), item("new", NOW - DAY), item("older", NOW - 20 * DAY)))
        assert sight.posts[0].native_id == "new"

    def test_an_announced_broadcast_is_not_counted_and_the_last_post_is_the_real_video(self) -> None:
        today, real = item("siaran", NOW - timedelta(hours=3)), item("nyata", NOW - 40 * DAY)
        script = Script({"/playlistItems": items(today, real), "/videos": videos(siaran="upcoming", nyata="none")})
        posts = seen(script).posts
        assert [(p.native_id, p.kind) for p in posts] == [
            ("upcoming:siaran", PostKind.OTHER),
            ("nyata", PostKind.ORIGINAL),
        ]
        assert [r.get("id") for r in script.asked("/videos")] == ["siaran,nyata"]

    def test_a_broadcast_counts_when_it_began_under_a_name_it_did_not_have_before(self) -> None:
        """The store keeps the earliest date of a name: announced and begun must not be the same one."""
        announced, began = NOW - 20 * DAY, NOW - DAY
        script = Script({"/playlistItems": items(item("siaran", announced)), "/videos": videos(siaran=iso(began))})
        assert [(p.native_id, p.posted_at, p.kind) for p in seen(script).posts] == [
            ("siaran", began, PostKind.ORIGINAL)
        ]

    @pytest.mark.parametrize("gone", LEFT_OUT.values(), ids=LEFT_OUT.keys())
    def test_what_nobody_can_see_here_is_no_post(self, gone: dict[str, Any]) -> None:
        assert [p.native_id for p in seen(items(gone, item("a", NOW - 40 * DAY))).posts] == ["a"]
        assert seen(items(gone)).horizon == NOW

    def test_a_video_called_private_that_is_public_counts(self) -> None:
        named = item("a", NOW - DAY, snippet={"title": "Private video"})
        assert [p.native_id for p in seen(items(named)).posts] == ["a"]

    def test_an_unlisted_video_is_listed_and_not_counted(self) -> None:
        assert seen(items(item("a", NOW - DAY, privacy="unlisted"))).posts[0].kind is PostKind.OTHER

    def test_an_item_with_no_date_at_all_is_undated(self) -> None:
        bare = item("x", "kapan-kapan", snippet={"publishedAt": "?"})
        assert seen(items(item("a", NOW - DAY), bare)).undated == {"x"}

    def test_a_living_channel_without_a_playlist_is_empty_and_proves_it_only_by_its_count(self) -> None:
        missing = error(404, "playlistNotFound", "The playlist cannot be found.")
        assert seen(missing, profile(0)).horizon is None
        assert seen(missing, profile(3)).horizon == NOW
        assert seen(missing, replace(profile(), counters={})).horizon == NOW

    def test_a_channel_that_is_gone_with_its_playlist_is_gone(self) -> None:
        assert KEYED.timeline is not None
        script = Script({"/channels": channels(), "/playlistItems": error(404, "playlistNotFound")})
        outcome = KEYED.timeline(ref(CHANNEL, CHANNEL), None, script, Window(SINCE, NOW))
        assert outcome == Unreadable(Barrier.GONE, "gone_or_suspended")

    def test_uploads_that_are_not_to_be_had_are_protected(self) -> None:
        assert look(error(403, "playlistItemsNotAccessible")) == Unreadable(Barrier.PROTECTED)

    def test_another_id_than_the_known_one_is_never_read(self) -> None:
        assert look(Script({}), profile(id_=OTHER)) == Unreadable(Barrier.TAKEN, "handle_taken")


class TestPaging:
    """Back to the window's start, and no further than that."""

    def pages(self, *ages: int) -> list[Scripted]:
        """One video a page, so many days old, each page with the token of the next."""
        return [items(item(f"v{age}", NOW - age * DAY), token=f"t{age}") for age in ages]

    def test_it_reads_back_to_the_windows_start_and_a_day_for_disorder(self) -> None:
        script = Script({"/playlistItems": self.pages(1, 60, 62, 70), "/videos": videos()})
        sight = seen(script)
        assert [p.native_id for p in sight.posts] == ["v1", "v60", "v62"]
        assert sight.horizon == NOW - 61 * DAY
        assert [r.get("pageToken") for r in script.asked("/playlistItems")] == [None, "t1", "t60"]
        assert {r.get("playlistId") for r in script.asked("/playlistItems")} == {"UUpemkot-kota-contoh-01A"}
        assert {r.get("maxResults") for r in script.asked("/playlistItems")} == {"50"}

    def test_it_stops_at_a_repeated_token_and_after_ten_pages(self) -> None:
        again = Script({"/playlistItems": [items(item("a", NOW - DAY), token="t")], "/videos": videos()})
        assert seen(again).horizon == NOW
        assert len(again.asked("/playlistItems")) == 2
        endless = Script({"/playlistItems": self.pages(*range(1, 40)), "/videos": videos()})
        assert seen(endless, since=NOW - 300 * DAY).horizon == NOW - 9 * DAY
        assert len(endless.asked("/playlistItems")) == 10

    def test_an_older_page_that_is_missed_takes_nothing_from_the_newer(self) -> None:
        for broken in (error(400, "invalidPageToken"), error(404, "playlistNotFound"), Reply(503)):
            script = Script({"/playlistItems": [*self.pages(1, 5), broken], "/videos": videos()})
            sight = seen(script)
            assert [p.native_id for p in sight.posts] == ["v1", "v5"]
            assert sight.horizon == NOW - 4 * DAY

    def test_only_what_is_needed_is_asked_for(self) -> None:
        """No description and no picture of anybody's travels; titles only tell tombstones."""
        script = Script(
            {"/channels": channels(channel()), "/playlistItems": items(item("a", NOW)), "/videos": videos()}
        )
        looked_up([ref(CHANNEL, CHANNEL)], script=script)
        look(script)
        assert all(r.get("fields") and "description" not in str(r.get("fields")) for r in script.requests)


BODIES = json.loads((Path(__file__).parent / "bodies" / "youtube.json").read_text("utf-8"))
ANY = [row for row in BODIES if row["call"] == "any"]


def body(row: Mapping[str, Any]) -> Reply:
    """A row of the table as an answer."""
    said = row["body"]
    text = said if isinstance(said, str) else json.dumps(said)
    kind = "text/html" if isinstance(said, str) else "application/json; charset=utf-8"
    headers = {"content-type": kind} | {name.lower(): value for name, value in row["headers"].items()}
    return Reply(row["status"], text.encode(), headers)


def as_told(outcome: object, row: Mapping[str, Any]) -> bool:
    """The outcome of the row, with its detail where it states one."""
    word = {Seen: "observed"}.get(type(outcome))
    if isinstance(outcome, Unreadable | Missed):
        word = outcome.barrier if isinstance(outcome, Unreadable) else outcome.reason
        assert row.get("detail") in (None, outcome.detail)
    return word == row["outcome"]


def named(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    return [row["case"] for row in rows]


@pytest.mark.parametrize("row", ANY, ids=named(ANY))
def test_a_documented_error_means_the_same_whichever_call_it_answers(row: Mapping[str, Any]) -> None:
    assert as_told(look(body(row)), row)
    assert as_told(_asked_by_id(body(row)), row)
    page = items(item("a", NOW - DAY))
    assert as_told(look(Script({"/playlistItems": page, "/videos": body(row)})), row)


ONE = [row for row in BODIES if row["call"] in ("channels", "playlistItems")]


@pytest.mark.parametrize("row", ONE, ids=named(ONE))
def test_a_documented_answer_of_one_call_means_what_the_table_says(row: Mapping[str, Any]) -> None:
    assert as_told(_asked_by_id(body(row)) if row["call"] == "channels" else look(body(row)), row)


def test_the_table_holds_every_reason_the_rules_know() -> None:
    text = json.dumps(BODIES)
    assert not {reason for reason in KNOWN if f'"{reason}"' not in text}


def test_a_recorded_wrong_key_is_rejected() -> None:
    assert look(tape("error-keyInvalid", 400)) == Missed(Miss.CREDENTIAL_REJECTED, "keyInvalid")


def test_a_key_that_is_refused_stops_its_lane_and_a_quota_says_until_when() -> None:
    used_up = look(error(403, "quotaExceeded"))
    assert isinstance(used_up, Missed)
    assert (used_up.stops, used_up.reset_at) == (Stops.LANE, DAILY.window(NOW)[1])


def _asked_by_id(reply: Reply) -> object:
    try:
        return looked_up([ref(CHANNEL, CHANNEL)], reply)[CHANNEL]
    except Refused as refused:
        return refused.outcome


PACIFIC = [
    (datetime(2026, 7, 14, 6, 59, tzinfo=UTC), datetime(2026, 7, 14, 7, 0, tzinfo=UTC)),
    (datetime(2026, 7, 14, 7, 0, tzinfo=UTC), datetime(2026, 7, 15, 7, 0, tzinfo=UTC)),
    (datetime(2026, 1, 14, 6, 59, tzinfo=UTC), datetime(2026, 1, 14, 8, 0, tzinfo=UTC)),
    (datetime(2026, 3, 8, 8, 0, tzinfo=UTC), datetime(2026, 3, 9, 7, 0, tzinfo=UTC)),  # the clocks go forward
    (datetime(2026, 11, 1, 7, 0, tzinfo=UTC), datetime(2026, 11, 2, 8, 0, tzinfo=UTC)),  # and back
]


@pytest.mark.parametrize(("now", "end"), PACIFIC)
def test_a_used_up_day_ends_at_midnight_pacific_time(now: datetime, end: datetime) -> None:
    from auditor.fetch.answer import Answer
    from auditor.platforms._youtube_answers import document

    body = error(403, "quotaExceeded")
    with pytest.raises(Refused) as caught:
        document(Answer(403, body.headers, body.body, "https://youtube.example/channels", now))
    assert caught.value.outcome == Missed(Miss.QUOTA_EXHAUSTED, "quotaExceeded", end)


@given(st.integers(0, 5 * 365 * 24 * 3600))
def test_the_windows_of_a_day_follow_each_other_without_gap_or_overlap(seconds: int) -> None:
    now = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    start, end = DAILY.window(now)
    assert start <= now < end
    assert end - start in {timedelta(hours=h) for h in (23, 24, 25)}
    assert DAILY.window(end)[0] == end
    assert DAILY.window(start) == (start, end)


def test_a_window_without_a_zone_turns_at_multiples_of_its_length() -> None:
    quota = replace(DAILY, per=timedelta(minutes=5), zone=None)
    assert quota.window(datetime(2026, 3, 8, 9, 7, tzinfo=UTC)) == (
        datetime(2026, 3, 8, 9, 5, tzinfo=UTC),
        datetime(2026, 3, 8, 9, 10, tzinfo=UTC),
    )


SAMPLES = {
    "/channels": json.loads(channels(channel()).body),
    "/playlistItems": json.loads(items(item("a", NOW - DAY), item("b", NOW - 2 * DAY)).body),
    "/videos": json.loads(videos(a="upcoming", b="none").body),
}


@settings(max_examples=60, deadline=None)
@given(st.data(), st.sampled_from(sorted(SAMPLES)))
def test_no_changed_document_is_a_defect_or_an_absence_of_a_channel_that_is_shown(
    data: st.DataObject, path: str
) -> None:
    changed = of_json(data.draw(mutations(SAMPLES[path])))
    script = Script({p: of_json(d) for p, d in SAMPLES.items()} | {path: changed})
    assert KEYED.timeline is not None
    try:
        outcome = KEYED.timeline(ref("@pemkotcontoh", CHANNEL), None, script, Window(SINCE, NOW))
    except Refused as refused:
        outcome = refused.outcome
    if isinstance(outcome, Unreadable) and outcome.barrier is Barrier.GONE:
        found = json.loads(changed.body)
        assert not isinstance(found, dict) or not found.get("items"), "a channel was shown"


# --- addresses of videos ---

LINKS = {
    "https://www.youtube.com/watch?v=j9epFget1W8": "j9epFget1W8",
    "https://m.youtube.com/watch?app=desktop&v=j9epFget1W8&t=12s": "j9epFget1W8",
    "https://www.youtube.com/watch?v=j9epFget1W8&list=UUx&index=2#t=1": "j9epFget1W8",
    "https://youtu.be/j9epFget1W8?si=abc": "j9epFget1W8",
    "youtube.com/shorts/j9epFget1W8?feature=share": "j9epFget1W8",
    "https://www.youtube.com/live/j9epFget1W8": "j9epFget1W8",
}


@pytest.mark.parametrize(("written", "video"), LINKS.items(), ids=LINKS.keys())
def test_the_address_of_a_video_names_it_and_carries_no_date(written: str, video: str) -> None:
    found = read_post(written, post_forms(platforms()))
    assert found == PostLink("youtube", video, f"https://www.youtube.com/watch?v={video}", None, None)
    assert found.url == f"https://www.youtube.com/watch?v={found.native_id}"


@pytest.mark.parametrize(
    "written",
    [
        "https://www.youtube.com/@pemkotcontoh",
        f"https://www.youtube.com/channel/{CHANNEL}",
        "https://www.youtube.com/watch?list=UUx",
        "https://www.youtube.com/playlist?list=UUx",
        "https://youtu.be/",
        "https://www.youtube.com/watch?v=pendek",
    ],
)
def test_a_channel_and_a_list_are_no_video(written: str) -> None:
    assert isinstance(read_post(written, post_forms(platforms())), AddressProblem)
