"""The Telegram preview of the lab has the marks an adapter lives by."""

from __future__ import annotations

import base64
import itertools
import json
import re
from dataclasses import replace

import pytest

from tests.lab import Lab
from tests.lab.scenarios import scenario
from tests.lab.telegram import channel

from .asking import Got, ask

BUSY = "/telegram/s/ramai_contoh"


def ids(got: Got) -> list[int]:
    return [int(n) for n in re.findall(r'data-post="[A-Za-z0-9_]+/(\d+)"', got.text)]


def test_pages_are_twenty_oldest_first_and_lead_back_to_the_creation(zoo: Lab) -> None:
    page = ask(zoo, BUSY)
    found = ids(page)
    assert len(found) == 20
    assert found == sorted(found)
    everything = set(found)
    while more := re.search(r'class="tme_messages_more js-messages_more" data-before="(\d+)"', page.text):
        page = ask(zoo, f"{BUSY}?before={more[1]}")
        assert max(ids(page)) < int(more[1])
        everything |= set(ids(page))
    assert "Channel created" in page.text
    assert len(everything) == len(zoo.scenario.account("telegram:ramai_contoh").posts) + 1


def test_ids_have_gaps_and_never_move(zoo: Lab) -> None:
    now = ids(ask(zoo, BUSY))
    assert any(b - a > 1 for a, b in itertools.pairwise(now))
    zoo.clock.set(zoo.scenario.now.replace(day=20))
    assert set(ids(ask(zoo, BUSY))) & set(now)


def test_every_message_names_channel_and_render_time(zoo: Lab) -> None:
    for packed in re.findall(r'data-view="([^"]+)"', ask(zoo, BUSY).text):
        seen = json.loads(base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)))
        assert seen["c"] == -channel(zoo.scenario.account("telegram:ramai_contoh"), zoo.scenario.now)
        assert seen["t"] == int(zoo.scenario.now.timestamp())
        assert "=" not in packed


MARKS = [
    ("a service message", 'service_message js-widget_message" data-post'),
    ("a forward", "tgme_widget_message_forwarded_from"),
    ("a reply", "tgme_widget_message_reply"),
    ("an album", "?single"),
    ("an edited message", "edited &nbsp;<a"),
    ("a video with a length that is no date", 'message_video_duration">0:06</time>'),
]


@pytest.mark.parametrize("mark", [row[1] for row in MARKS], ids=[row[0] for row in MARKS])
def test_the_page_marks(zoo: Lab, mark: str) -> None:
    text = ask(zoo, BUSY).text.replace(" js-message_video_duration", "")
    assert mark in text


def test_every_message_has_one_date_in_utc(zoo: Lab) -> None:
    text = ask(zoo, BUSY).text
    dates = re.findall(r'class="tgme_widget_message_date" href="[^"]+"><time datetime="([^"]+)" class="time">', text)
    assert len(dates) == 20
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", date) for date in dates)


def test_an_empty_channel_says_only_that_it_was_created(zoo: Lab) -> None:
    got = ask(zoo, "/telegram/s/kosong_contoh")
    assert ids(got) == [1]
    assert "tme_messages_more" not in got.text


PAGES = [
    ("a channel without preview", "no_preview_contoh", r'tgme_page_extra">[\d ]+ subscribers<'),
    ("a group", "group_contoh", r'tgme_page_extra">\d+ members, \d+ online<'),
    ("a contact card", "contact_contoh", r"you can contact .*@contact_contoh</a> right away"),
    ("a free name", "tidak_ada_contoh", r"you can contact .*@tidak_ada_contoh</a> right away"),
    ("the landing page", "landing_contoh", r"<title>Telegram Messenger</title>"),
]


@pytest.mark.parametrize("variant", ["a", "b"])
@pytest.mark.parametrize(("name", "mark"), [row[1:] for row in PAGES], ids=[row[0] for row in PAGES])
def test_what_has_no_preview_is_sent_to_one_of_four_pages(name: str, mark: str, variant: str) -> None:
    with Lab(replace(scenario("zoo"), variants={"telegram": variant})) as lab:
        sent = ask(lab, f"/telegram/s/{name}")
        place = {"a": f"https://t.me/{name}", "b": f"/telegram/{name}"}[variant]
        assert (sent.status, sent.headers["location"], sent.body) == (302, place, b"")
        page = ask(lab, f"/telegram/{name}")
        assert page.status == 200
        assert re.search(mark, page.text)
        assert "tgme_channel_info" not in page.text


def test_a_name_that_cannot_be_one_gets_the_landing_page(zoo: Lab) -> None:
    assert "tgme_landing" in ask(zoo, "/telegram/s/1abc").text


def test_a_taken_name_shows_another_channel_number(zoo: Lab) -> None:
    account = zoo.scenario.account("telegram:direbut_contoh")
    assert channel(account, zoo.scenario.now) == 1999999999
    assert channel(account, zoo.scenario.now.replace(month=10)) != 1999999999


def test_there_are_no_validators(zoo: Lab) -> None:
    headers = ask(zoo, BUSY).headers
    assert headers["cache-control"] == "no-store"
    assert not {"etag", "last-modified"} & set(headers)


def test_the_outage_hides_every_channel_alike(zoo: Lab) -> None:
    zoo.break_with({"kind": "down", "platform": "telegram"})
    assert ask(zoo, BUSY).status == 302
    assert "you can contact" in ask(zoo, "/telegram/ramai_contoh").text


def test_hostile_titles_are_escaped_as_the_real_site_does(zoo: Lab) -> None:
    assert "<script>alert" not in ask(zoo, "/telegram/s/seram_contoh").text
