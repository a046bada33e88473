"""The demonstration city tells the stories it promises, and the archive holds what its source says."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.lab import Lab
from tests.lab.model import iso, utc
from tests.lab.scenarios import scenario
from tests.lab.scenarios.fixture import histories, watched
from tests.lab.scenarios.kota_contoh import END, HOST, SCENARIO, START, truth
from tests.lab.truth import LIMITS, row as truth_row

from .asking import ask

DAY = timedelta(days=1)
EVERYTHING = {a.platform for a in SCENARIO.accounts}
RUN = [START + timedelta(hours=6 * n) for n in range(int((END - START) / timedelta(hours=6)) + 1)]


def test_without_credentials_every_status_is_reached() -> None:
    totals = {"active": 9, "slow": 2, "inactive": 4, "never_posted": 1, "lost": 1, "unknown": 25}
    assert Counter(row["status"] for row in truth().values()) == totals


def test_with_everything_connected_the_cast_is_complete() -> None:
    totals = {"active": 22, "slow": 5, "inactive": 9, "never_posted": 1, "lost": 2, "unknown": 3}
    assert Counter(row["status"] for row in truth(END, EVERYTHING).values()) == totals


ROWS = [
    (f"mastodon:@dukcapil_contoh@{HOST}", "inactive", "2025-10-09T02:11:00Z", "2025-11-08T02:11:00Z"),
    ("telegram:kec_selatan_contoh", "inactive", "2026-05-06T03:00:00Z", "2026-07-05T03:00:00Z"),
    ("telegram:kec_timur_contoh", "inactive", "2026-09-13T07:10:00Z", "2026-11-12T07:10:00Z"),
    ("feed:https://kec-utara.kotacontoh.example/feed/", "inactive", "2026-09-13T04:00:00Z", "2026-11-12T04:00:00Z"),
    ("bluesky:dinkes.kota.contoh", "lost", "2026-11-13T04:56:08Z", "2026-11-16T00:00:00Z"),
    ("telegram:bapenda_kota_contoh", "unknown", None, None),
    ("telegram:disdik_kota_contoh", "slow", "2026-11-17T03:05:00Z", None),
    ("feed:https://bapenda.kotacontoh.example/feed/", "slow", "2026-11-02T02:00:00Z", None),
    (f"mastodon:@diskominfo_contoh@{HOST}", "never_posted", None, "2026-07-25T17:00:00Z"),
    ("youtube:UCpemkot-kota-contoh-01A", "active", "2026-11-06T04:00:00Z", None),
    ("instagram:pemkot.kota.contoh", "unknown", None, None),
]


@pytest.mark.parametrize(("key", "status", "last", "since"), ROWS, ids=[row[0] for row in ROWS])
def test_the_story_of(key: str, status: str, last: str | None, since: str | None) -> None:
    assert truth()[key] == {"status": status, "last_post_at": last, "since": since}


@pytest.mark.parametrize(
    ("key", "days"),
    [
        (f"mastodon:@dukcapil_contoh@{HOST}", 409),
        ("telegram:kec_selatan_contoh", 200),
        ("telegram:kec_timur_contoh", 70),
        ("feed:https://kec-utara.kotacontoh.example/feed/", 70),
        ("feed:https://bapenda.kotacontoh.example/feed/", 20),
        ("facebook:disdik.kota.contoh", 410),
        ("x:dinkes_contoh", 95),
        ("tiktok:dukcapil.kota.contoh", 45),
    ],
)
def test_the_silence_of_whole_days(key: str, days: int) -> None:
    assert (END - utc(str(truth(END, EVERYTHING)[key]["last_post_at"]))) // DAY == days


def test_the_ordinary_accounts_are_clearly_active_throughout_the_run() -> None:
    final = truth(END, EVERYTHING)
    ordinary = [key for key, row in final.items() if row["status"] == "active"]
    for as_of in RUN:
        rows = truth(as_of, EVERYTHING)
        for key in ordinary:
            limit = LIMITS[SCENARIO.account(key).profile][0] * DAY
            assert rows[key]["status"] == "active", (key, as_of)
            assert as_of - utc(str(rows[key]["last_post_at"])) < 0.75 * limit, (key, as_of)


def test_nobody_is_lost_before_three_days_of_absence() -> None:
    rows = [truth(as_of)["bluesky:dinkes.kota.contoh"]["status"] for as_of in RUN]
    assert (rows[0], rows[-1]) == ("active", "lost")
    assert rows.index("lost") == RUN.index(utc("2026-11-19"))


def test_the_closing_candidate_posted_on_five_days_at_least() -> None:
    account = SCENARIO.account(f"mastodon:@dukcapil_contoh@{HOST}")
    assert len({post.at.date() for post in account.posts}) >= 5


def test_a_seldom_channel_has_two_posts_in_thirty_days() -> None:
    account = SCENARIO.account("telegram:disdik_kota_contoh")
    assert sum(END - 30 * DAY < post.at <= END for post in account.posts) == 2


def test_one_post_is_dated_after_the_run_and_one_account_is_pinned_and_one_renamed() -> None:
    listed = [a for a in SCENARIO.accounts if a.listed]
    assert [a.key for a in listed if any(p.at > p.seen for p in a.posts)] == [
        "feed:https://diskominfo.kotacontoh.example/rss.xml"
    ]
    assert [a.key for a in listed if any(p.pinned for p in a.posts)] == ["bluesky:pemkot.kota.contoh"]
    assert [a.key for a in listed if a.renames] == ["bluesky:bpbd.kota.contoh"]


def test_a_post_dated_ahead_counts_at_its_first_listing_once_its_date_has_passed() -> None:
    key = "feed:https://diskominfo.kotacontoh.example/rss.xml"
    account = SCENARIO.account(key)
    ahead = next(p for p in account.posts if p.at > p.seen)
    listed = ahead.seen + timedelta(minutes=1)
    assert str(truth(listed)[key]["last_post_at"]) < iso(ahead.seen)
    alone = replace(account, posts=(account.posts[0], ahead))
    before, after = (truth_row(alone, at, True)["last_post_at"] for at in (ahead.at - timedelta(seconds=1), ahead.at))
    assert (before, after) == (iso(account.posts[0].at), iso(ahead.seen))


def test_every_keyless_account_answers_as_its_story_says(city: Lab) -> None:
    wanted = {"telegram:bapenda_kota_contoh": 302, "bluesky:dinkes.kota.contoh": 400, "bluesky:bsky.app": 200}
    for row in ask(city, "/_lab/accounts").json:
        if row["link"]:
            assert ask(city, row["link"].removeprefix(city.url)).status == wanted.get(row["account"], 200), row


def test_the_empty_account_says_so_itself(city: Lab) -> None:
    account = ask(city, "/api/v1/accounts/lookup?acct=diskominfo_contoh", HOST).json
    assert (account["statuses_count"], account["created_at"]) == (0, "2026-07-26T00:00:00.000Z")
    assert ask(city, f"/api/v1/accounts/{account['id']}/statuses", HOST).json == []


def test_controls_post_every_day_on_every_face() -> None:
    controls = [a for a in SCENARIO.accounts if not a.listed]
    alone = {"tiktok"}  # a token reads its owner's account, and nobody else's
    assert {a.platform for a in controls} == {a.platform for a in SCENARIO.accounts} - alone
    assert set(SCENARIO.controls) <= {a.key for a in controls}
    for account in controls:
        for as_of in RUN:
            assert as_of - account.visible(as_of)[-1].post.at < 2 * DAY


def test_the_city_has_the_accounts_of_the_demonstration_register() -> None:
    """Handles of the register, in any of the forms it writes them in, are handles of the city."""
    text = (Path(__file__).parents[2] / "config" / "demo" / "accounts.yaml").read_text()
    for account in SCENARIO.accounts:
        if account.listed:
            assert re.search(rf"(?<![\w.]){re.escape(account.handle)}(?![\w.])", text), account.key
    assert sum(a.listed for a in SCENARIO.accounts) == 42


def test_two_builds_of_a_world_are_one_world() -> None:
    first, second = (scenario("zoo"), scenario("zoo"))
    assert [a.posts for a in first.accounts] == [a.posts for a in second.accounts]
    assert SCENARIO.account("telegram:pemkot_kota_contoh").posts[0].at == utc("2025-01-06T07:28:55")


def test_the_archive_has_forty_histories_ten_on_each_face() -> None:
    archive = scenario("fixture")
    assert Counter(a.platform for a in archive.accounts) == dict.fromkeys(
        ("mastodon", "bluesky", "telegram", "feed"), 10
    )
    assert len(histories()) == len(watched()) == 40
    assert sum(map(len, histories().values())) == sum(len(a.posts) for a in archive.accounts) == 42899
    assert {str(a.option("source")).partition("-")[0] for a in archive.on("feed")} == {
        *("steady", "pauses", "returns", "ended")
    }


def test_every_row_of_the_archive_lies_where_the_source_watched() -> None:
    for name, instants in histories().items():
        start, end = watched()[name]
        assert start <= instants[0] <= instants[-1] <= end
