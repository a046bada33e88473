"""A door whose requests something else carries than the wire is still the whole door."""

from __future__ import annotations

import gzip
from collections.abc import Iterator

import httpcore
import httpx
import pytest

from auditor.core.model import Miss, Missed
from auditor.fetch.answer import Exchange, Refused
from auditor.fetch.client import Door
from auditor.fetch.network import Network
from auditor.fetch.wire import Unfollowed
from tests.build import T0


class Carrier(httpx.BaseTransport):
    """Answers with what the test says, and remembers what was asked."""

    def __init__(self, answer: httpx.Response | Exception) -> None:
        self.answer = answer
        self.asked: list[httpx.Request] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


class Halves(httpx.SyncByteStream):
    """A body that breaks off."""

    def __iter__(self) -> Iterator[bytes]:
        yield b"half"
        raise httpcore.RemoteProtocolError("peer closed connection")


def door(carrier: Carrier, told: list[Exchange]) -> Door:
    return Door(
        Network(max_body_bytes=1000),
        lambda: T0,
        base_url="https://t.example",
        auth=lambda host: {"Authorization": "Bearer rahasia"},
        on_exchange=told.append,
        transport=carrier,
    )


def test_the_door_decompresses_hides_and_records_whoever_carries() -> None:
    body = gzip.compress(b"isi", mtime=0)
    headers = {"content-encoding": "gzip", "set-cookie": "a=b"}
    carrier, told = Carrier(httpx.Response(200, headers=headers, stream=httpx.ByteStream(body))), list[Exchange]()
    with door(carrier, told) as ask:
        answer = ask("GET", "/satu", [("t", "rahasia")])
    assert answer.body == b"isi"
    assert "set-cookie" not in answer.headers
    assert carrier.asked[0].headers["authorization"] == "Bearer rahasia"
    assert [(e.status, e.length) for e in told] == [(200, 3)]
    assert "rahasia" not in told[0].url


@pytest.mark.parametrize(
    ("answer", "detail"),
    [
        (httpcore.ConnectTimeout("x"), "timeout"),
        (httpcore.ConnectError("x"), "no_route"),
        (httpcore.ProxyError("502 Bad Gateway"), "proxy"),
        (httpx.Response(200, stream=Halves()), "protocol"),
        (httpx.Response(200, stream=httpx.ByteStream(b"x" * 1001)), "too_large"),
    ],
    ids=["no answer in time", "nobody there", "the proxy refuses", "a body that breaks off", "a body over the limit"],
)
def test_what_breaks_on_the_way_is_unreachable(answer: httpx.Response | Exception, detail: str) -> None:
    with door(Carrier(answer), []) as ask, pytest.raises(Refused) as refused:
        ask("GET", "/satu")
    assert refused.value.outcome == Missed(Miss.UNREACHABLE, detail)


def test_a_redirect_is_an_answer_whoever_carries() -> None:
    with door(Carrier(Unfollowed(302, headers={"location": "http://["}, stream=httpx.ByteStream(b""))), []) as ask:
        assert ask("GET", "/satu").status == 302
