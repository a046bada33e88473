"""What is kept of a request: enough to prove that it was made, and never a secret."""

from __future__ import annotations

import hashlib
import logging
import traceback

import pytest

from auditor.fetch import redact
from auditor.fetch.answer import Exchange, Refused
from tests.fetch.peers import (
    NAME,
    NOW,
    door,
    names,
    network,
    ok,
    peer,
    recorder,
    refused,
    resets,
    says,
)

SECRET = "rahasia/sekali+42="  # of the kind that looks different in a URL
QUOTED = "rahasia%2Fsekali%2B42%3D"


def test_an_answer_is_recorded_once_with_the_hash_of_its_body() -> None:
    kept, keep = recorder()
    body = b'{"posts": []}'
    raw = ok(body, "ETag: W/x", "X-Ratelimit-Reset: 5", "X-Powered-By: me", "Date: Mon", "Server: \x1b[2J")
    with peer(says(raw)) as server, door(base_url=server.url, on_exchange=keep) as get:
        get("GET", "/a", [("x", "1")])
    wanted = {"content-length": "13", "etag": "W/x", "x-ratelimit-reset": "5", "date": "Mon", "server": " [2J"}
    digest = hashlib.sha256(body).hexdigest()
    assert kept == [Exchange("GET", f"{server.url}/a?x=1", 200, digest, len(body), NOW, wanted)]


@pytest.mark.parametrize("status", ["302 Found", "304 Not Modified", "500 No"])
def test_an_answer_of_any_status_is_recorded_once(status: str) -> None:
    kept, keep = recorder()
    with peer(says(ok(b"", status=status))) as server, door(base_url=server.url, on_exchange=keep) as get:
        get("GET", "/")
    assert [exchange.status for exchange in kept] == [int(status[:3])]


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        pytest.param("/a", "{base}/a", id="a server that hangs up"),
        pytest.param("http://10.0.0.1/", "http://10.0.0.1/", id="a refused address"),
        pytest.param("http://tak.ada.example/", "http://tak.ada.example/", id="a name without an address"),
        pytest.param("ftp://user:word@a.example/\x1b", "ftp://a.example/ ", id="an unusable URL"),
        pytest.param("http://a.example/" + "x" * 70_000, None, id="a URL without end"),
    ],
)
def test_a_failure_is_recorded_once_without_a_status(url: str, shown: str | None) -> None:
    kept, keep = recorder()
    with peer(resets) as server, door(base_url=server.url, on_exchange=keep, resolve=names()) as get:
        refused(lambda: get("GET", url))
    (exchange,) = kept
    assert (exchange.status, exchange.sha256, exchange.length, exchange.at) == (None, None, 0, NOW)
    assert len(exchange.url) <= redact.MAX_URL
    assert shown is None or exchange.url == shown.format(base=server.url)


def test_a_body_cut_short_is_recorded_as_no_answer() -> None:
    kept, keep = recorder()
    with (
        peer(says(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx")) as server,
        door(base_url=server.url, on_exchange=keep) as get,
    ):
        refused(lambda: get("GET", "/"))
    assert [exchange.status for exchange in kept] == [None]


def bearer(host: str) -> dict[str, str]:
    return {"authorization": f"Bearer {SECRET}"} if host in {"127.0.0.1", NAME} else {}


def test_a_secret_is_sent_and_never_recorded(caplog: pytest.LogCaptureFixture) -> None:
    kept, keep = recorder()
    caplog.set_level(logging.DEBUG)
    echo = ok(b"", f"Location: /x?y={QUOTED}&access_token=1", f"ETag: {SECRET}", f"Server: {SECRET}", status="302 F")
    with peer(says(echo)) as server, door(base_url=server.url, auth=bearer, on_exchange=keep) as get:
        answer = get("GET", f"/{QUOTED}/x", [("access_token", SECRET), ("q", SECRET), ("z", "1")])
        shown = repr((kept, answer, get))
    assert f"authorization: Bearer {SECRET}" in server.heads[0]
    assert "access_token=" in server.heads[0]
    assert kept[0].url == f"{server.url}/***/x?q=***&z=1"
    assert kept[0].headers["location"] == "/x?y=***"
    for text in (shown, caplog.text):
        assert "rahasia" not in text


@pytest.mark.parametrize(
    "break_it",
    [
        pytest.param({}, id="the server hangs up"),
        pytest.param({"headers": {"x": f"{SECRET}\n"}}, id="the secret cannot be sent"),
    ],
)
def test_no_exception_tells_a_secret(break_it: dict[str, object]) -> None:
    with (
        peer(resets) as server,
        door(base_url=server.url, secrets=[SECRET]) as get,
        pytest.raises(Refused) as caught,
    ):
        get("GET", f"/?q={QUOTED}", **break_it)  # type: ignore[arg-type]
    assert caught.value.__cause__ is None
    said = "".join(traceback.format_exception_only(caught.value)) + repr(caught.value) + repr(caught.value.outcome)
    assert "rahasia" not in said


def test_a_proxy_password_is_a_secret() -> None:
    kept, keep = recorder()
    with peer(says(ok(b"", "Server: rahasia"))) as proxy:
        net = network(proxy=f"http://kantor:rahasia@127.0.0.1:{proxy.port}")
        with door(net, on_exchange=keep, resolve=names()) as get:
            get("GET", f"http://{NAME}/")
    assert kept[0].headers["server"] == "***"


def test_secrets_go_to_the_host_they_belong_to_and_no_further() -> None:
    with (
        peer(says(ok())) as other,
        peer(says(ok(b"", f"Location: http://lain.example:{other.port}/", status="302 Found"))) as server,
        door(base_url=server.url, auth=bearer, resolve=names(lain_example=["127.0.0.1"])) as get,
    ):
        get("GET", get("GET", "/").headers["location"])
    assert "authorization" in server.heads[0]
    assert "authorization" not in other.heads[0]


def test_secrets_never_go_over_plain_http_that_nobody_configured() -> None:
    with (
        peer(says(ok())) as downgraded,
        peer(says(ok())) as server,
        door(base_url=server.url, auth=bearer) as get,
    ):
        get("GET", "/")
        get("GET", f"{downgraded.url}/")
    assert "authorization" in server.heads[0]
    assert "authorization" not in downgraded.heads[0]


def test_secrets_are_asked_for_by_the_host_of_each_request() -> None:
    with (
        peer(says(ok())) as server,
        door(network(hosts={NAME: server.url, "lain.example": server.url}), auth=bearer, resolve=names()) as get,
    ):
        get("GET", "https://lain.example/")
        get("GET", f"https://{NAME}/")
    assert ["authorization" in request for request in server.heads] == [False, True]


def test_secrets_follow_a_detour_that_the_operator_wrote() -> None:
    with (
        peer(says(ok())) as server,
        door(network(hosts={NAME: server.url}), auth=bearer, resolve=names()) as get,
    ):
        get("GET", f"https://{NAME}/")
    assert "authorization" in server.heads[0]


@pytest.mark.parametrize("name", sorted(redact.SECRET_PARAMS))
def test_secret_parameters_leave_a_recorded_url(name: str) -> None:
    assert redact.url(f"https://a.example/x?a=1&{name.upper()}=v&b=2", ()) == "https://a.example/x?a=1&b=2"


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        pytest.param("https://u:p@a.example/", "https://a.example/", id="user info leaves"),
        pytest.param("//u:p@a.example/", "//a.example/", id="also without a scheme"),
        pytest.param("https://a.example/@u", "https://a.example/@u", id="an at sign in the path stays"),
        pytest.param("https://a.example/?token=1", "https://a.example/", id="a lone secret takes its mark along"),
        pytest.param("https://a.example/?acc%65ss_token=1&b=", "https://a.example/?b=", id="escaped names count"),
        pytest.param("https://a.example/#token=1", "https://a.example/", id="fragments leave"),
        pytest.param("https://a.example/?a&b", "https://a.example/?a&b", id="parameters without a value stay"),
    ],
)
def test_a_recorded_url_keeps_what_is_evidence(url: str, kept: str) -> None:
    assert redact.url(url, ()) == kept


def test_of_two_secrets_the_longer_one_is_hidden_first() -> None:
    assert redact.text("abcdef abc", redact.spellings(["abc", "abcdef"])) == "*** ***"


def test_an_empty_secret_hides_nothing() -> None:
    assert redact.text("abc", redact.spellings(["", " "])) == "abc"


def test_recorded_header_values_are_short() -> None:
    assert len(redact.headers({"etag": "x" * 10_000}, ())["etag"]) == redact.MAX_VALUE
