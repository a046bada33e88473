"""The lab keeps time, notes every request and breaks on order."""

from __future__ import annotations

import ast
import http.client
import json
import socket
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.lab import Lab
from tests.lab.model import utc
from tests.lab.scenarios import names
from tests.lab.wire import weak_tag

from .asking import ask

ROOT = Path(__file__).parents[2]
LOOKUP = "/api/v1/accounts/lookup?acct=ramai"
LIVE = "sosial.contoh.example"
FEED = "/bluesky/xrpc/app.bsky.feed.getAuthorFeed?actor=ramai.contoh"


def test_the_clock_stands_until_it_is_set(zoo: Lab) -> None:
    first = ask(zoo, FEED).json["feed"][0]["post"]["indexedAt"]
    ask(zoo, "/_lab/clock", method="PUT", body=b"2026-02-01T00:00:00Z")
    earlier = ask(zoo, FEED).json["feed"][0]["post"]["indexedAt"]
    assert earlier < "2026-02-01" < first
    assert ask(zoo, "/_lab/clock").json == {"now": "2026-02-01T00:00:00Z"}
    assert ask(zoo, FEED).headers["date"] == "Sun, 01 Feb 2026 00:00:00 GMT"


@pytest.mark.parametrize("body", [b"yesterday", b"{}", b""])
def test_a_clock_is_not_set_to_nonsense(zoo: Lab, body: bytes) -> None:
    assert ask(zoo, "/_lab/clock", method="PUT", body=body).status == 400
    assert zoo.clock.now() == zoo.scenario.now


def test_every_request_is_noted_with_face_headers_and_account(zoo: Lab) -> None:
    ask(zoo, LOOKUP, LIVE, User_Agent="uji/1")
    ask(zoo, FEED + "&limit=3")
    first, second = zoo.requests
    assert (first.face, first.host, first.query) == ("mastodon", LIVE, (("acct", "ramai"),))
    assert (first.headers["user-agent"], first.accounts) == ("uji/1", (f"mastodon:@ramai@{LIVE}",))
    assert (second.face, second.accounts) == ("bluesky", ("bluesky:ramai.contoh",))
    assert zoo.calls == {"mastodon": 1, "bluesky": 1}
    assert [r["path"] for r in ask(zoo, "/_lab/requests").json] == [first.path, second.path]
    ask(zoo, "/_lab/requests", method="DELETE")
    assert zoo.requests == []


def test_one_connection_serves_many_requests(zoo: Lab) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", zoo.port, timeout=5)
    seen = []
    for _ in range(3):
        connection.request("GET", FEED)
        connection.getresponse().read()
        assert connection.sock is not None
        seen.append(connection.sock)
    connection.close()
    assert len({id(s) for s in seen}) == 1


def test_sentinels_answer_204_by_host_and_by_path(zoo: Lab) -> None:
    assert ask(zoo, "/sentinel/a", "sentinel-a.example").status == 204
    assert ask(zoo, "/sentinel/b", "sentinel-b.example:443").status == 204
    assert ask(zoo, "/sentinel/a").status == 204
    assert ask(zoo, "/other", "sentinel-a.example").status == 404


def test_a_host_of_no_scenario_is_nobody(zoo: Lab) -> None:
    assert ask(zoo, "/", "asing.example").status == 404
    assert zoo.requests[-1].face == "nobody"


def test_a_host_may_carry_a_port(zoo: Lab) -> None:
    assert ask(zoo, LOOKUP, f"{LIVE}:8443").json["username"] == "ramai"


def test_the_front_page_links_every_played_account_to_an_answer(zoo: Lab) -> None:
    page = ask(zoo, "/").text
    for row in ask(zoo, "/_lab/accounts").json:
        assert row["link"] in page.replace("&amp;", "&")
        assert ask(zoo, row["link"].removeprefix(zoo.url)).status != 500
    assert not [r for r in zoo.requests if r.face == "nobody"]


def test_hosts_name_every_server_site_and_sentinel(zoo: Lab) -> None:
    assert set(zoo.hosts.values()) == {zoo.url}
    assert {LIVE, "rss.contoh.example", "sentinel-a.example"} <= set(zoo.hosts)


FAULTS: list[tuple[str, dict[str, Any], int, str]] = [
    ("any status with any body", {"kind": "status", "status": 599, "body": "x"}, 599, "x"),
    ("a login page with status 200", {"kind": "login"}, 200, "password"),
    ("a consent page with status 200", {"kind": "consent"}, 200, "consent"),
    ("a challenge", {"kind": "challenge"}, 403, "challenge"),
    ("an empty body", {"kind": "empty"}, 200, ""),
    ("too many requests", {"kind": "too_many", "retry_after": 30}, 429, "Rate"),
    ("the whole platform down", {"kind": "down"}, 502, "UpstreamFailure"),
    ("an old copy", {"kind": "stale", "as_of": "2026-01-06T00:00:00Z"}, 200, '{"feed":['),
    ("a renamed key", {"kind": "drift", "rename": ["createdAt", "madeAt"]}, 200, "madeAt"),
]


@pytest.mark.parametrize(("fault", "status", "text"), [row[1:] for row in FAULTS], ids=[row[0] for row in FAULTS])
def test_a_fault_strikes_while_it_lasts_and_only_its_platform(
    zoo: Lab, fault: dict[str, Any], status: int, text: str
) -> None:
    healthy = ask(zoo, FEED).text
    timed = fault | {"platform": "bluesky", "from": "2026-11-23T01:00:00Z", "until": "2026-11-23T02:00:00Z"}
    assert ask(zoo, "/_lab/faults", method="PUT", body=json.dumps([timed]).encode()).json == {"faults": 1}
    for hour, struck in ((0, False), (1, True), (2, False)):
        zoo.clock.set(zoo.scenario.now + timedelta(hours=hour))
        got = ask(zoo, FEED)
        assert (got.status == status and text in got.text and got.text != healthy) is struck
        assert ask(zoo, LOOKUP, LIVE).status == 200


def test_a_fault_may_strike_one_account_only(zoo: Lab) -> None:
    zoo.break_with({"kind": "status", "status": 500, "account": "bluesky:ramai.contoh"})
    assert ask(zoo, FEED).status == 500
    assert ask(zoo, FEED.replace("ramai", "kosong")).status == 200
    batch = "/bluesky/xrpc/app.bsky.actor.getProfiles?actors=ramai.contoh&actors=kosong.contoh"
    assert len(ask(zoo, batch).json["profiles"]) == 2


def test_a_fault_may_strike_one_host_only(zoo: Lab) -> None:
    zoo.break_with({"kind": "down", "host": LIVE})
    assert ask(zoo, LOOKUP, LIVE).status == 503
    assert ask(zoo, "/api/v1/instance", "pleroma.contoh.example").status == 200


def test_a_fault_may_strike_a_number_of_times(zoo: Lab) -> None:
    zoo.break_with({"kind": "too_many", "times": 2})
    assert [ask(zoo, FEED).status for _ in range(4)] == [429, 429, 200, 200]


@pytest.mark.parametrize("fault", [{"kind": "gremlin"}, {"kind": "status", "stat": 1}, {"kind": "stale"}, {}])
def test_a_fault_that_does_not_exist_is_refused(zoo: Lab, fault: dict[str, str]) -> None:
    assert ask(zoo, "/_lab/faults", method="PUT", body=json.dumps([fault]).encode()).status == 400


def test_a_cut_body_is_announced_in_full(zoo: Lab) -> None:
    zoo.break_with({"kind": "cut", "platform": "mastodon"})
    with pytest.raises(http.client.IncompleteRead):
        ask(zoo, LOOKUP, LIVE)


def test_a_dropped_connection_ends_without_an_answer(zoo: Lab) -> None:
    zoo.break_with({"kind": "drop"})
    with pytest.raises(http.client.RemoteDisconnected):
        ask(zoo, FEED)


def test_a_hung_request_is_never_answered_and_does_not_hold_up_the_end(zoo: Lab) -> None:
    zoo.break_with({"kind": "hang", "platform": "bluesky"})
    with pytest.raises(TimeoutError):
        ask(zoo, FEED, timeout=0.1)
    with socket.create_connection(("127.0.0.1", zoo.port)) as open_end:
        open_end.sendall(f"GET {FEED} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
        assert ask(zoo, LOOKUP, LIVE).status == 200
        zoo.close()
        assert open_end.recv(1) == b""


def test_a_dropped_class_leaves_the_page_otherwise_whole(zoo: Lab) -> None:
    whole = ask(zoo, "/telegram/s/ramai_contoh").text
    zoo.break_with({"kind": "drift", "platform": "telegram", "drop_class": "tgme_channel_info"})
    drifted = ask(zoo, "/telegram/s/ramai_contoh").text
    assert 'class="tgme_channel_info"' in whole
    assert 'class="tgme_channel_info"' not in drifted
    assert drifted.count("data-post=") == whole.count("data-post=")
    assert "tgme_channel_info_header_title" in drifted


def test_an_element_of_a_feed_can_be_renamed(zoo: Lab) -> None:
    zoo.break_with({"kind": "drift", "platform": "feed", "rename": ["pubDate", "tanggal"]})
    text = ask(zoo, "/berita?format=rss", "rss.contoh.example").text
    assert "<tanggal>" in text
    assert "</tanggal>" in text
    assert "pubDate" not in text


def test_the_lab_serves_as_a_command() -> None:
    command = [sys.executable, "-m", "tests.lab", "--scenario", "zoo", "--now", "2026-11-20T00:00:00Z"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url, name, now = process.stdout.readline().split()
        connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=5)
        connection.request("GET", "/_lab/clock")
        told = json.loads(connection.getresponse().read())
        connection.close()
        process.terminate()
        assert process.wait(10) == 0
    assert (name, now, told) == ("zoo", "2026-11-20T00:00:00Z", {"now": "2026-11-20T00:00:00Z"})


def test_the_lab_uses_the_standard_library_and_itself_only() -> None:
    """Whoever shares code with what it tests, tests nothing."""
    for file in (ROOT / "tests" / "lab").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            found = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.level == 0:
                found = [node.module or ""]
            for module in found:
                top = module.partition(".")[0]
                assert top in sys.stdlib_module_names or module.startswith("tests.lab"), f"{file}: {module}"


def test_modules_are_about_one_thing() -> None:
    for file in (ROOT / "tests" / "lab").rglob("*.py"):
        tree = ast.parse(file.read_text())
        assert len(file.read_text().splitlines()) <= 350, file
        functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)]
        assert all((f.end_lineno or 0) - f.lineno < 50 for f in functions), file


def test_every_scenario_can_be_named() -> None:
    assert {"kota_contoh", "fixture", "zoo"} <= set(names())


def test_express_tags_are_made_as_recorded() -> None:
    assert weak_tag(b'{"feed":[]}') == 'W/"b-SSk8i5UPzi6JB6Bv3a+V47dp7VQ"'


def test_an_instant_without_offset_is_utc() -> None:
    assert utc("2026-11-23") == utc("2026-11-23T07:00:00+07:00")
