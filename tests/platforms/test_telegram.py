"""Telegram: the preview's markup, every known answer, and pages nobody promised."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from auditor.core.model import AccountRef, Barrier, Miss, Missed, PostKind, Seen, Unreadable
from auditor.fetch.answer import Refused, missed
from auditor.platforms.base import Answered, Unchanged, Window
from auditor.platforms.telegram import PLATFORM, permalink, timeline

from .script import NOW, Reply, Script, Scripted, of_html, of_json

ID = "1005640892"
REF = AccountRef("telegram", "kanal_contoh", ID)
NEW = AccountRef("telegram", "kanal_contoh")
WINDOW = Window(NOW - timedelta(days=90), NOW)
VECTOR = "eyJjIjotMTAwNTY0MDg5MiwicCI6NDE5LCJ0IjoxNzc3OTk5NTI3LCJoIjoiOWZhIn0"

# The markup of a real capture of 2026-05-05, trimmed and renamed.
SAMPLE = """<!DOCTYPE html><html><head><title>Kanal Kota Contoh – Telegram</title>
<meta property="og:title" content="Kanal Kota Contoh">
<meta property="al:ios:url" content="tg:resolve?domain=kanal_contoh">
<link rel="prev" href="/s/kanal_contoh?before=419"> <link rel="canonical" href="/s/kanal_contoh?before=440"></head>
<body class="widget_frame_base tgme_webpreview">
<div class="tgme_channel_info"><div class="tgme_channel_info_header">
  <div class="tgme_channel_info_header_title_wrap"><div class="tgme_channel_info_header_title">News</div></div>
  <div class="tgme_channel_info_header_username"><a href="https://t.me/kanal_contoh">@kanal_contoh</a></div></div>
  <div class="tgme_channel_info_counters">
  <div class="tgme_channel_info_counter"><span class="counter_value">10.7M</span>
  <span class="counter_type">subscribers</span></div></div></div>
<main class="tgme_main" data-url="/kanal_contoh"><section class="tgme_channel_history js-message_history">
 <div class="tgme_widget_message_centered">
  <a href="/s/kanal_contoh?before=419" class="tme_messages_more" data-before="419"></a></div>
 <div class="tgme_widget_message_wrap js-widget_message_wrap"><div class="tgme_widget_message text_not_supported_wrap"
   data-post="kanal_contoh/419" data-view="eyJjIjotMTAwNTY0MDg5MiwicCI6NDE5LCJ0IjoxNzc3OTk5NTI3LCJoIjoiOWZhIn0">
  <div class="tgme_widget_message_text js-message_text" dir="auto">…</div>
  <span class="tgme_widget_message_meta"><a class="tgme_widget_message_date" href="https://t.me/kanal_contoh/419">
  <time datetime="2025-12-15T08:21:52+00:00" class="time">08:21</time></a></span></div></div></section>
<!-- page generated in 106.64ms -->"""


def view(channel: int = -1005640892, rendered: datetime = NOW) -> str:
    data = json.dumps({"c": channel, "p": 1, "t": int(rendered.timestamp()), "h": "9fa"})
    return base64.urlsafe_b64encode(data.encode()).decode().rstrip("=")


def message(
    number: int,
    at: str | None,
    *,
    name: str = "kanal_contoh",
    inside: str = "",
    says: str = "…",
    more: str = "",
    seen_as: str | None = None,
) -> str:
    when = "" if at is None else f'<time datetime="{at}" class="time">08:21</time>'
    data = view() if seen_as is None else seen_as
    return f"""<div class="tgme_widget_message_wrap"><div class="tgme_widget_message {more}"
      data-post="{name}/{number}" data-view="{data}">{inside}
      <div class="tgme_widget_message_text js-message_text">{says}</div>
      <a class="tgme_widget_message_date" href="https://t.me/{name}/{number}">{when}</a></div></div>"""


def service(number: int, at: str, says: str) -> str:
    return message(number, at, says=says, more="service_message")


def channel(*messages: str, older: bool = False) -> Reply:
    link = '<a class="tme_messages_more js-messages_more" data-before="1"></a>' if older else ""
    return of_html(
        "<html><head><title>Kanal</title></head><body>"
        '<div class="tgme_channel_info"><div class="tgme_channel_info_header"></div></div>'
        f'<section class="tgme_channel_history">{link}{"".join(messages)}</section></body></html>'
    )


def look(*pages: Scripted, ref: AccountRef = REF, window: Window = WINDOW, **answers: Any) -> Answered:
    script = Script({f"/s/{ref.handle}": list(pages), **answers}, base="https://t.me")
    try:
        return timeline(ref, None, script, window)
    except Refused as refused:
        return refused.outcome


def seen(*pages: Scripted, **how: Any) -> Seen:
    outcome = look(*pages, **how)
    assert isinstance(outcome, Seen), outcome
    return outcome


# --- the page --------------------------------------------------------------------------------------------------------


def test_the_sample_page_is_seen_with_its_message_and_channel_id() -> None:
    window = Window(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 5, 5, 16, 45, 30, tzinfo=UTC))
    outcome = seen(of_html(SAMPLE), ref=NEW, window=window)
    (post,) = outcome.posts
    assert (post.native_id, post.posted_at, post.kind) == (
        "419",
        datetime(2025, 12, 15, 8, 21, 52, tzinfo=UTC),
        PostKind.ORIGINAL,
    )
    assert (outcome.native_id, outcome.handle, outcome.flags) == (ID, "kanal_contoh", frozenset())
    assert outcome.counters == {"followers": 10_700_000}
    assert outcome.horizon == post.posted_at, "an older page exists: not the beginning"
    assert post.url == "https://t.me/kanal_contoh/419"


def test_the_last_post_is_the_newest_though_the_page_stands_oldest_first() -> None:
    outcome = seen(channel(message(8, "2026-10-01T00:00:00+00:00"), message(9, "2026-11-20T00:00:00+00:00")))
    assert [p.native_id for p in outcome.posts] == ["9", "8"]
    assert outcome.horizon is None


def test_the_time_of_a_video_s_length_is_not_the_time_of_the_message() -> None:
    clip = '<time class="message_video_duration">0:06</time>'
    (post,) = seen(channel(message(9, "2026-11-20T00:00:00+00:00", inside=clip))).posts
    assert post.posted_at == datetime(2026, 11, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    ("inside", "more", "kind"),
    [
        pytest.param("", "", PostKind.ORIGINAL, id="a message"),
        pytest.param('<span class="tgme_widget_message_meta">edited</span>', "", PostKind.ORIGINAL, id="an edited one"),
        pytest.param('<div class="tgme_widget_message_forwarded_from">x</div>', "", PostKind.REPOST, id="a forward"),
        pytest.param('<a class="tgme_widget_message_reply">x</a>', "", PostKind.REPLY, id="a reply"),
        pytest.param("", "service_message", PostKind.OTHER, id="a service message"),
        pytest.param('<div class="tgme_widget_message_reply_markup">x</div>', "", PostKind.ORIGINAL, id="a keyboard"),
    ],
)
def test_what_a_message_is(inside: str, more: str, kind: PostKind) -> None:
    page = channel(
        message(1, "2026-10-01T00:00:00+00:00"), message(9, "2026-11-20T00:00:00+00:00", inside=inside, more=more)
    )
    assert seen(page).posts[0].kind is kind


def test_a_pin_today_does_not_hide_that_the_last_post_is_sixty_days_old() -> None:
    page = channel(
        message(8, "2026-09-24T16:00:00+00:00"), service(9, "2026-11-23T15:00:00+00:00", "X pinned a message")
    )
    outcome = seen(page)
    assert [p.posted_at for p in outcome.posts if p.kind is not PostKind.OTHER] == [NOW - timedelta(days=60)]


def test_a_message_without_a_date_is_undated_and_all_without_are_a_changed_format() -> None:
    assert seen(channel(message(8, None), message(9, "2026-11-20T00:00:00+00:00"))).undated == {"8"}
    assert look(channel(message(8, None), message(9, None))) == Missed(Miss.UNRECOGNISED, "no dates")


# --- an empty channel ------------------------------------------------------------------------------------------------

CREATED = service(1, "2026-08-01T00:00:00+00:00", "Channel created")


def test_channel_created_alone_is_read_to_the_beginning_and_has_no_posts() -> None:
    outcome = seen(channel(CREATED), ref=NEW)
    assert (outcome.posts, outcome.horizon, outcome.native_id) == ((), None, ID)
    assert outcome.created_at == datetime(2026, 8, 1, tzinfo=UTC)


def test_a_photo_right_after_the_creation_leaves_no_room_for_a_post() -> None:
    outcome = seen(channel(CREATED, service(2, "2026-08-02T00:00:00+00:00", "Channel photo updated")))
    assert ([p.kind for p in outcome.posts], outcome.horizon) == ([PostKind.OTHER], None)


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(channel(CREATED, older=True), id="there are older pages"),
        pytest.param(
            channel(CREATED, service(5, "2026-11-01T00:00:00+00:00", "Channel photo updated")), id="ids are missing"
        ),
        pytest.param(channel(service(5, "2026-11-01T00:00:00+00:00", "Channel photo updated")), id="no creation"),
        pytest.param(
            channel(service(5, "2026-11-01T00:00:00+00:00", "X pinned «Channel created»")), id="a pin quotes it"
        ),
    ],
)
def test_service_messages_alone_cover_nothing_unless_the_page_says_that_nothing_was_posted(page: Reply) -> None:
    outcome = seen(page)
    assert outcome.horizon == NOW
    assert all(p.kind is PostKind.OTHER for p in outcome.posts)


def test_a_channel_without_a_single_message_is_unrecognised() -> None:
    assert look(channel()) == Missed(Miss.UNRECOGNISED, "no messages")


# --- identity and clock ----------------------------------------------------------------------------------------------


def test_the_captured_view_names_the_channel_and_the_server_s_clock() -> None:
    page = channel(message(419, "2025-12-15T08:21:52+00:00", seen_as=VECTOR))
    rendered = datetime(2026, 5, 5, 16, 45, 27, tzinfo=UTC)
    for off, flags in ((timedelta(minutes=9), set()), (timedelta(minutes=11), {"clock_skew"})):
        outcome = seen(page, window=Window(rendered - timedelta(days=90), rendered + off))
        assert (outcome.native_id, outcome.flags) == (ID, flags)


def test_a_server_clock_three_hours_off_is_flagged_and_times_stay() -> None:
    page = channel(message(9, "2026-11-20T00:00:00+00:00", seen_as=view(rendered=NOW - timedelta(hours=3))))
    outcome = seen(page)
    assert outcome.flags == {"clock_skew"}
    assert outcome.posts[0].posted_at == datetime(2026, 11, 20, tzinfo=UTC)


def test_names_are_the_same_in_any_case() -> None:
    page = channel(message(10, "2026-11-20T00:00:00+00:00", name="pemkotx"))
    outcome = seen(page, ref=AccountRef("telegram", "PemkotX", ID))
    assert (outcome.handle, outcome.native_id) == ("pemkotx", ID)


def test_another_name_with_the_same_id_is_the_same_channel_under_its_new_name() -> None:
    outcome = seen(channel(message(10, "2026-11-20T00:00:00+00:00", name="Lain_Kota")))
    assert (outcome.handle, outcome.native_id) == ("lain_kota", ID)


def test_another_id_under_the_name_is_taken_and_no_posts_are_returned() -> None:
    page = channel(message(10, "2026-11-20T00:00:00+00:00", seen_as=view(-77)))
    assert look(page) == Unreadable(Barrier.TAKEN, "handle_taken")


@pytest.mark.parametrize(
    "data",
    [
        "",
        "!!!",
        "e30",
        base64.urlsafe_b64encode(b'{"c": 12}').decode(),
        base64.urlsafe_b64encode(b'{"c":"-1"}').decode(),
        "WzFd",
    ],
)
def test_a_page_that_names_no_channel_id_is_unrecognised(data: str) -> None:
    assert look(channel(message(9, "2026-11-20T00:00:00+00:00", seen_as=data))) == Missed(
        Miss.UNRECOGNISED, "channel id"
    )


def test_a_page_of_two_channels_is_unrecognised() -> None:
    two = channel(message(8, "2026-11-20T00:00:00+00:00", seen_as=view(-77)), message(9, "2026-11-20T00:00:00+00:00"))
    assert look(two) == Missed(Miss.UNRECOGNISED, "channel id")


# --- paging ----------------------------------------------------------------------------------------------------------


def test_older_pages_are_asked_for_by_the_smallest_id_until_none_is_left() -> None:
    pages = [
        channel(message(30, "2026-11-10T00:00:00+00:00"), message(31, "2026-11-20T00:00:00+00:00"), older=True),
        channel(message(12, "2026-10-10T00:00:00+00:00")),
    ]
    script = Script({"/s/kanal_contoh": list(pages)})
    outcome = timeline(REF, None, script, WINDOW)
    assert [r.get("before") for r in script.requests] == [None, "30"]
    assert isinstance(outcome, Seen)
    assert (len(outcome.posts), outcome.horizon) == (3, None)


def test_paging_ends_at_the_start_of_the_window_and_the_horizon_says_so() -> None:
    page = channel(message(8, "2026-08-01T00:00:00+00:00"), message(9, "2026-11-20T00:00:00+00:00"), older=True)
    script = Script({"/s/kanal_contoh": page})
    outcome = timeline(REF, None, script, WINDOW)
    assert len(script.requests) == 1
    assert isinstance(outcome, Seen)
    assert outcome.horizon == datetime(2026, 8, 1, tzinfo=UTC)


def test_forwards_alone_are_paged_further_until_an_original_is_listed() -> None:
    forward = '<div class="tgme_widget_message_forwarded_from">x</div>'
    pages = [
        channel(message(9, "2026-01-01T00:00:00+00:00", inside=forward), older=True),
        channel(message(8, "2025-12-01T00:00:00+00:00"), older=True),
    ]
    assert seen(*pages).horizon == datetime(2025, 12, 1, tzinfo=UTC)


def test_the_same_page_again_ends_the_reading_and_is_not_the_beginning() -> None:
    script = Script({"/s/kanal_contoh": channel(message(9, "2026-11-20T00:00:00+00:00"), older=True)})
    outcome = timeline(REF, None, script, WINDOW)
    assert len(script.requests) == 2
    assert isinstance(outcome, Seen)
    assert outcome.horizon == datetime(2026, 11, 20, tzinfo=UTC)


def test_paging_has_a_limit() -> None:
    turns = iter(range(1000))

    def endless(_: dict[str, str]) -> Reply:
        n = next(turns)
        return channel(message(500 - n, f"2026-11-20T00:{59 - n:02d}:00+00:00"), older=True)

    script = Script({"/s/kanal_contoh": endless})
    outcome = timeline(REF, None, script, WINDOW)
    assert len(script.requests) == PLATFORM.capability.max_pages
    assert isinstance(outcome, Seen)
    assert outcome.horizon == datetime(2026, 11, 20, 0, 50, tzinfo=UTC)


def test_either_mark_of_an_older_page_is_enough() -> None:
    only_link = SAMPLE.replace('data-before="419"', "").replace("tme_messages_more", "other")
    only_data = SAMPLE.replace('rel="prev"', 'rel="x"')
    for text in (only_link, only_data):
        assert seen(of_html(text)).horizon == datetime(2025, 12, 15, 8, 21, 52, tzinfo=UTC)


def test_an_older_page_of_another_channel_is_unrecognised() -> None:
    pages = [
        channel(message(9, "2026-11-20T00:00:00+00:00"), older=True),
        channel(message(8, "2026-11-01T00:00:00+00:00", seen_as=view(-77))),
    ]
    assert look(*pages) == Missed(Miss.UNRECOGNISED, "channel id")


# --- answers that are no channel -------------------------------------------------------------------------------------


def page(inner: str, title: str = "Telegram: View @kanal_contoh") -> Reply:
    return of_html(f"<html><head><title>{title}</title></head><body><div class='tgme_page'>{inner}</div></body></html>")


def card(extra: str) -> Reply:
    return page(f'<div class="tgme_page_title"><span>X</span></div><div class="tgme_page_extra">{extra}</div>')


CONTACT = page(
    """<meta property="og:title" content="Telegram: Contact @kanal_contoh"><i class="tgme_icon_user"></i>
    <div class="tgme_page_description">If you have <strong>Telegram</strong>, you can contact
    <a class="tgme_username_link" href="tg://resolve?domain=kanal_contoh">@kanal_contoh</a> right away.</div>"""
)
AMBIGUOUS = Missed(Miss.AMBIGUOUS_ABSENCE, "contact card")
PAUSED = Missed(Miss.RATE_LIMITED, "too many requests", NOW + timedelta(minutes=15))
BEHIND = [
    pytest.param(
        card("12 345 subscribers"), Unreadable(Barrier.PROTECTED, "preview_disabled"), id="12 345 subscribers"
    ),
    pytest.param(card("1 subscriber"), Unreadable(Barrier.PROTECTED, "preview_disabled"), id="1 subscriber"),
    pytest.param(card("210 members, 14 online"), Unreadable(Barrier.WRONG_KIND, "group"), id="210 members, 14 online"),
    pytest.param(card("1 member"), Unreadable(Barrier.WRONG_KIND, "group"), id="1 member"),
    pytest.param(CONTACT, AMBIGUOUS, id="the contact card"),
    pytest.param(card("@kanal_contoh"), AMBIGUOUS, id="a person"),
    pytest.param(
        page("", "Telegram Messenger"), Missed(Miss.AMBIGUOUS_ABSENCE, "landing page"), id="the landing page by title"
    ),
    pytest.param(
        page('<div class="tgme_landing"><div class="tl_page"></div></div>'),
        Missed(Miss.AMBIGUOUS_ABSENCE, "landing page"),
        id="the landing page by class",
    ),
    pytest.param(of_html("<h1>Too Many Requests</h1>"), PAUSED, id="too many requests with 200"),
    pytest.param(of_html("<h1>Too Many Requests</h1>", 429), PAUSED, id="too many requests with 429"),
    pytest.param(Reply(429, b"Too Many Requests"), PAUSED, id="too many requests as text"),
    pytest.param(
        of_html("", 429, retry_after="60"),
        Missed(Miss.RATE_LIMITED, "too many requests", NOW + timedelta(seconds=60)),
        id="429 that says how long",
    ),
    pytest.param(of_html("x", 500), Missed(Miss.UNREACHABLE, "500"), id="500"),
    pytest.param(of_html("x", 503), Missed(Miss.UNREACHABLE, "503"), id="503"),
    pytest.param(
        of_html("<h1>Internet Positif</h1>"), Missed(Miss.UNRECOGNISED, "no channel on the page"), id="a block page"
    ),
    pytest.param(of_html("<h1>blocked</h1>", 403), Missed(Miss.UNREACHABLE, "blocked"), id="a block page with 403"),
    pytest.param(of_html("<h1>blocked</h1>", 451), Missed(Miss.UNREACHABLE, "blocked"), id="a block page with 451"),
    pytest.param(
        of_html("", 302, location="https://internetpositif.example/"),
        Missed(Miss.UNREACHABLE, "redirected elsewhere"),
        id="a block page by redirect",
    ),
    pytest.param(of_html("", 302), Missed(Miss.UNREACHABLE, "redirected elsewhere"), id="a redirect to nowhere"),
    pytest.param(
        of_html("", 302, location="https://telegram.org/"),
        Missed(Miss.AMBIGUOUS_ABSENCE, "redirected"),
        id="a redirect to telegram.org",
    ),
    pytest.param(
        of_html("", 302, location="https://t.me/"),
        Missed(Miss.AMBIGUOUS_ABSENCE, "redirected"),
        id="a redirect to the front page",
    ),
    pytest.param(of_html("", 404), Missed(Miss.UNRECOGNISED, "404"), id="a 404 is never absence"),
    pytest.param(of_html(""), Missed(Miss.UNRECOGNISED, "not HTML"), id="nothing at all"),
    pytest.param(missed(Miss.UNREACHABLE, "timeout"), Missed(Miss.UNREACHABLE, "timeout"), id="a timeout"),
]


@pytest.mark.parametrize(("reply", "outcome"), BEHIND)
@pytest.mark.parametrize(
    "location",
    ["https://t.me/kanal_contoh", "/kanal_contoh", "https://T.me/Kanal_Contoh", "https://t.me/kanal_contoh?x=1"],
)
def test_without_a_preview_the_page_of_the_name_says_why(location: str, reply: Scripted, outcome: object) -> None:
    assert look(of_html("", 302, location=location), **{"/kanal_contoh": reply}) == outcome


@pytest.mark.parametrize(("reply", "outcome"), BEHIND)
def test_the_same_page_in_the_place_of_the_preview_says_the_same(reply: Scripted, outcome: object) -> None:
    assert look(reply) == outcome


def test_a_base_address_with_a_path_and_another_host_is_served_as_well() -> None:
    for location in ("http://127.0.0.1:8099/telegram/kanal_x", "/telegram/kanal_x", "https://t.me/kanal_x"):
        script = Script(
            {
                "http://127.0.0.1:8099/telegram/s/kanal_x": of_html("", 302, location=location),
                "http://127.0.0.1:8099/telegram/kanal_x": card("7 subscribers"),
            }
        )
        with pytest.raises(Refused) as caught:
            timeline(AccountRef("telegram", "kanal_x"), None, _under(script, "http://127.0.0.1:8099/telegram"), WINDOW)
        assert caught.value.outcome == Unreadable(Barrier.PROTECTED, "preview_disabled")


def _under(script: Script, base: str) -> Any:
    return lambda method, url, params=(), **more: script(method, base + url, params)


def test_a_redirect_to_the_preview_itself_is_not_followed() -> None:
    assert look(of_html("", 301, location="https://t.me/s/kanal_contoh")) == Missed(
        Miss.AMBIGUOUS_ABSENCE, "redirected"
    )


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param(SAMPLE.replace('class="tgme_channel_info"', 'class="x"'), id="the channel's class is dropped"),
        pytest.param(
            SAMPLE.replace('class="tgme_channel_info"', 'class="tgme_channel_info_header_title_wrap"'),
            id="a longer class is not the channel's",
        ),
        pytest.param(SAMPLE.replace("tgme_widget_message ", "x "), id="the message's class is dropped"),
        pytest.param(SAMPLE.replace("data-post", "data-p"), id="the message's id is dropped"),
        pytest.param(SAMPLE.replace('"kanal_contoh/419"', '"c/x/419"'), id="the message's id is another"),
        pytest.param(SAMPLE.replace("data-view", "data-v"), id="the channel's id is dropped"),
        pytest.param(SAMPLE.replace("tgme_widget_message_date", "x"), id="the date's class is dropped"),
        pytest.param(SAMPLE.replace("datetime=", "title="), id="the date is dropped"),
        pytest.param(SAMPLE[: SAMPLE.index("</time>")], id="the page is cut in its last message"),
        pytest.param("\x00\x01", id="no page at all"),
    ],
)
def test_a_changed_or_cut_page_is_unrecognised_and_never_an_empty_channel(broken: str) -> None:
    outcome = look(of_html(broken))
    assert isinstance(outcome, Missed)
    assert outcome.reason is Miss.UNRECOGNISED


def test_a_post_that_speaks_of_too_many_requests_is_a_post() -> None:
    assert len(seen(channel(message(9, "2026-11-20T00:00:00+00:00", says="Too Many Requests"))).posts) == 1


@pytest.mark.parametrize("name", ["1abc", "abc", "a" * 33, "nama-kanal", "../etc", "kanal?x=1", "kanäl", ""])
def test_a_name_that_cannot_be_one_is_our_fault_and_asks_nobody(name: str) -> None:
    script = Script({})
    assert timeline(AccountRef("telegram", name), None, script, WINDOW) == Missed(Miss.OUR_REQUEST_INVALID, "name")
    assert script.requests == []


def test_304_is_unchanged_and_on_a_later_page_ends_the_reading() -> None:
    assert look(Reply(304)) == Unchanged()
    first = channel(message(9, "2026-11-20T00:00:00+00:00"), older=True)
    assert seen(first, Reply(304)).horizon == datetime(2026, 11, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    "failure",
    [
        pytest.param(of_html("", 429), id="429"),
        pytest.param(of_html("", 502), id="502"),
        pytest.param(of_html("<html><body>"), id="cut short"),
        pytest.param(missed(Miss.UNREACHABLE, "reset"), id="the line is cut"),
    ],
)
def test_a_failing_older_page_leaves_the_messages_read_and_how_far_they_reach(failure: Scripted) -> None:
    first = channel(message(9, "2026-11-20T00:00:00+00:00"), older=True)
    outcome = seen(first, failure)
    assert ([p.native_id for p in outcome.posts], outcome.horizon) == (["9"], datetime(2026, 11, 20, tzinfo=UTC))
    assert isinstance(look(failure), Missed), "the first page is the outcome"


def test_a_barrier_on_an_older_page_is_the_outcome_of_the_look() -> None:
    first = channel(message(9, "2026-11-20T00:00:00+00:00"), older=True)
    assert look(first, card("12 345 subscribers")) == Unreadable(Barrier.PROTECTED, "preview_disabled")


@pytest.mark.parametrize(
    ("written", "count"),
    [("10.7M", 10_700_000), ("853", 853), ("12.3K", 12_300), ("1 234", 1234), ("viele", None), ("", None)],
)
def test_subscribers_are_kept_as_the_page_rounds_them(written: str, count: int | None) -> None:
    counters = seen(of_html(SAMPLE.replace("10.7M", written))).counters
    assert counters.get("followers") == count


def test_a_permalink_names_the_channel_and_the_message() -> None:
    assert permalink("kanal_contoh", "419") == "https://t.me/kanal_contoh/419"
    assert permalink("kanal_contoh", "x/419") is None


# --- pages nobody promised -------------------------------------------------------------------------------------------

TOKENS = [
    "tgme_channel_info",
    "tgme_widget_message",
    "data-post",
    "data-view",
    "datetime",
    "kanal_contoh/419",
    "time",
    "div",
    VECTOR,
]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.sampled_from(TOKENS), st.text(max_size=10)), max_size=3), st.integers(0, len(SAMPLE)))
def test_no_changed_page_is_an_empty_channel_or_breaks_the_look(changes: list[tuple[str, str]], cut: int) -> None:
    text = SAMPLE
    for old, new in changes:
        text = text.replace(old, new)
    for body in (text, text[:cut], text[cut:]):
        outcome = look(Reply(200, body.encode("utf-8", "surrogatepass")), **{"/kanal_contoh": CONTACT})
        assert not (isinstance(outcome, Seen) and not outcome.posts and outcome.horizon is None)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300), st.sampled_from([200, 206, 302, 404, 500]), st.text(max_size=30))
def test_no_bytes_break_the_look(body: bytes, status: int, header: str) -> None:
    reply = Reply(status, body, {"location": header})
    outcome = look(reply, **{"/kanal_contoh": reply})
    assert not isinstance(outcome, Seen)


@settings(max_examples=60, deadline=None)
@given(st.integers(-(10**30), 10**30) | st.floats() | st.none() | st.text(max_size=5), st.integers(-(10**30), 10**30))
def test_no_view_breaks_the_look(channel_id: Any, rendered: int) -> None:
    data = base64.urlsafe_b64encode(json.dumps({"c": channel_id, "t": rendered}).encode()).decode().rstrip("=")
    outcome = look(channel(message(9, "2026-11-20T00:00:00+00:00", seen_as=data)), ref=NEW)
    assert isinstance(outcome, Seen | Missed)


def test_a_deeply_nested_page_costs_nothing() -> None:
    assert look(of_html("<div>" * 100_000)) == Missed(Miss.UNRECOGNISED, "no channel on the page")
    assert look(of_json({"c": 1})) == Missed(Miss.UNRECOGNISED, "no channel on the page")
