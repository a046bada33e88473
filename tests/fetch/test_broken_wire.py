"""Whatever breaks between us and a server, we have learned nothing about the account, and say in one word why."""

from __future__ import annotations

import gzip
import socket
import tracemalloc
import zlib
from itertools import count

import pytest

from auditor.fetch.body import STEP
from auditor.fetch.wire import Deadline
from tests.fetch.peers import (
    NAME,
    Talk,
    ask,
    client_tls,
    door,
    drips,
    hangs,
    keeps_alive,
    names,
    network,
    ok,
    peer,
    refused,
    resets,
    says,
    server_tls,
)

CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
LIMIT = 100_000
SMALL = network(max_body_bytes=LIMIT)


def flood(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    while True:
        connection.sendall(b"X-Flood: " + b"x" * 1000 + b"\r\n")


def early_hints(connection: socket.socket) -> None:
    while True:
        connection.sendall(b"HTTP/1.1 103 Early Hints\r\n\r\n")


@pytest.mark.parametrize(
    ("talk", "token"),
    [
        pytest.param(resets, "reset", id="a reset"),
        pytest.param(says(b""), "reset", id="the end instead of an answer"),
        pytest.param(says(b"HTTP/1.1 200 OK\r\nCont"), "reset", id="the end within the head"),
        pytest.param(says(b"SSH-2.0-OpenSSH_9.2\r\n\r\n"), "protocol", id="another protocol"),
        pytest.param(says(b"\x00\xff" * 500 + b"\r\n\r\n"), "protocol", id="garbage"),
        pytest.param(says(b"<html>404</html>\r\n\r\n"), "protocol", id="a body without a head"),
        pytest.param(says(b"HTTP/1.1 abc OK\r\n\r\n"), "protocol", id="a status of letters"),
        pytest.param(says(b"HTTP/1.1 099 Low\r\n\r\n"), "protocol", id="a status below all classes"),
        pytest.param(says(b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n"), "protocol", id="an upgrade nobody wanted"),
        pytest.param(says(b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n"), "protocol", id="a length of letters"),
        pytest.param(says(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort"), "truncated", id="a short body"),
        pytest.param(says(CHUNKED + b"5\r\nhello\r\n"), "truncated", id="no last chunk"),
        pytest.param(says(CHUNKED + b"9\r\nhello"), "truncated", id="half a chunk"),
        pytest.param(says(CHUNKED + b"zz\r\nhello\r\n0\r\n\r\n"), "protocol", id="a chunk length of letters"),
        pytest.param(flood, "protocol", id="a head without end"),
    ],
)
def test_a_broken_answer_is_unreachable(talk: Talk, token: str) -> None:
    assert refused(lambda: ask(talk)) == f"unreachable {token}"


def test_a_closed_port_is_unreachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with door() as get:
        assert refused(lambda: get("GET", f"http://127.0.0.1:{port}/")) == "unreachable refused"


def test_a_name_without_an_address_is_unreachable() -> None:
    with door(resolve=names(kosong_example=[])) as get:
        assert refused(lambda: get("GET", "https://tak.ada.example/")) == "unreachable dns"
        assert refused(lambda: get("GET", "https://kosong.example/")) == "unreachable dns"


def test_silence_is_unreachable_after_the_time_limit() -> None:
    assert refused(lambda: ask(hangs, network(timeout_seconds=0.05))) == "unreachable timeout"


@pytest.mark.parametrize(
    "talk", [pytest.param(drips, id="in the body"), pytest.param(early_hints, id="before the head is done")]
)
def test_a_dripping_server_is_cut_off_after_three_time_limits(talk: Talk) -> None:
    seconds = count()
    asked = network(timeout_seconds=5.0)  # a step never takes this long; each look at the clock takes a second
    assert refused(lambda: ask(talk, asked, monotonic=lambda: float(next(seconds)))) == "unreachable timeout"
    assert next(seconds) <= 5 * 3 + 2


def test_a_step_may_take_no_longer_than_what_is_left_of_the_whole() -> None:
    now = [100.0]
    deadline = Deadline(lambda: now[0])
    deadline.start(15)
    assert deadline.cap(5.0) == 5.0
    now[0] += 12
    assert deadline.cap(5.0) == 3.0
    assert deadline.cap(None) == 3.0


def test_the_deadline_begins_anew_with_each_request() -> None:
    now = [0.0]
    with (
        peer(keeps_alive(ok())) as server,
        door(network(timeout_seconds=5.0), base_url=server.url, monotonic=lambda: now[0]) as get,
    ):
        for _ in range(3):
            now[0] += 14
            assert get("GET", "/").status == 200


@pytest.mark.parametrize(
    ("certificate", "url", "trusting"),
    [
        pytest.param("named.pem", f"https://{NAME}", False, id="self-signed"),
        pytest.param("expired.pem", f"https://{NAME}", True, id="expired"),
        pytest.param("named.pem", "https://lain.example", True, id="of another name"),
        pytest.param("named.pem", "https://127.0.0.1", True, id="of a name, not of the address"),
    ],
)
def test_a_certificate_that_does_not_prove_the_name_is_unreachable(certificate: str, url: str, trusting: bool) -> None:
    resolve = names(situs_kotacontoh_example=["127.0.0.1"], lain_example=["127.0.0.1"])
    options = {"tls": client_tls()} if trusting else {}
    with peer(says(ok()), server_tls(certificate)) as server, door(resolve=resolve, **options) as get:
        assert refused(lambda: get("GET", f"{url}:{server.port}/")) == "unreachable tls"
    assert server.heads == []


def test_plain_http_where_tls_is_due_is_unreachable() -> None:
    def answers_at_once(connection: socket.socket) -> None:
        connection.sendall(ok())

    with peer(answers_at_once) as server, door(network(timeout_seconds=0.2)) as get:
        outcome = refused(lambda: get("GET", f"https://127.0.0.1:{server.port}/"))
    assert outcome in {"unreachable tls", "unreachable timeout"}


def test_the_door_still_works_after_a_failure() -> None:
    answers = iter([b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort", ok(b"well")])
    with peer(lambda connection: connection.sendall(next(answers))) as server, door(base_url=server.url) as get:
        assert refused(lambda: get("GET", "/")) == "unreachable truncated"
        assert get("GET", "/").body == b"well"


# --- bodies -----------------------------------------------------------------------------------------------------------

TEXT = b"Kota Contoh " * 5000


def raw_deflate(data: bytes) -> bytes:
    machine = zlib.compressobj(wbits=-15)
    return machine.compress(data) + machine.flush()


@pytest.mark.parametrize(
    ("encoding", "wire", "body"),
    [
        pytest.param("gzip", gzip.compress(TEXT), TEXT, id="gzip"),
        pytest.param("x-gzip", gzip.compress(TEXT), TEXT, id="gzip by its old name"),
        pytest.param("GZIP", gzip.compress(TEXT), TEXT, id="gzip in capitals"),
        pytest.param("gzip", gzip.compress(TEXT) + gzip.compress(b"!"), TEXT + b"!", id="two gzip members"),
        pytest.param("gzip", gzip.compress(TEXT) + b"\0" * 9, TEXT, id="padding after gzip"),
        pytest.param("deflate", zlib.compress(TEXT), TEXT, id="deflate as the standard means it"),
        pytest.param("deflate", raw_deflate(TEXT), TEXT, id="deflate as some servers send it"),
        pytest.param("deflate, gzip", gzip.compress(zlib.compress(TEXT)), TEXT, id="one within the other"),
        pytest.param("identity", TEXT, TEXT, id="identity"),
        pytest.param("utf-8", TEXT, TEXT, id="a word that names no coding"),
        pytest.param("gzip", b"", b"", id="nothing stays nothing"),
        pytest.param("gzip", gzip.compress(b""), b"", id="nothing, compressed"),
        pytest.param("gzip", gzip.compress(b"a" * STEP), b"a" * STEP, id="exactly one step"),
        *(
            pytest.param("deflate", raw_deflate(b"a" * (STEP + more)), b"a" * (STEP + more), id=f"a step and {more}")
            for more in (1, 100, 257, 258)
        ),
    ],
)
def test_a_body_is_decompressed(encoding: str, wire: bytes, body: bytes) -> None:
    assert ask(says(ok(wire, f"Content-Encoding: {encoding}"))).body == body


def test_a_body_may_come_byte_by_byte() -> None:
    pieces = b"".join(b"1\r\n" + bytes([byte]) + b"\r\n" for byte in gzip.compress(b"Kota Contoh"))
    raw = CHUNKED.replace(b"\r\n\r\n", b"\r\nContent-Encoding: gzip\r\n\r\n") + pieces + b"0\r\n\r\n"
    assert ask(says(raw)).body == b"Kota Contoh"


def test_a_body_without_a_length_ends_with_the_connection() -> None:
    assert ask(says(b"HTTP/1.0 200 OK\r\n\r\nold")).body == b"old"


@pytest.mark.parametrize("status", ["204 No Content", "304 Not Modified"])
def test_an_answer_without_content_has_an_empty_body_whatever_its_headers_say(status: str) -> None:
    raw = f"HTTP/1.1 {status}\r\nContent-Encoding: br\r\nContent-Length: 999999999\r\n\r\n".encode()
    assert ask(says(raw), SMALL).body == b""


@pytest.mark.parametrize(
    ("encoding", "wire", "token"),
    [
        pytest.param("gzip", gzip.compress(TEXT)[:-9], "truncated", id="half a gzip"),
        pytest.param("gzip", gzip.compress(TEXT)[:1], "truncated", id="one byte of gzip"),
        pytest.param("deflate", zlib.compress(TEXT)[:-5], "truncated", id="half a deflate"),
        pytest.param("gzip", TEXT, "protocol", id="gzip that is none"),
        pytest.param("gzip", gzip.compress(TEXT)[:-8] + b"\0" * 8, "protocol", id="gzip with a wrong sum"),
        pytest.param("br", TEXT, "protocol", id="a coding that was not offered"),
        pytest.param("gzip, gzip, gzip, gzip", TEXT, "protocol", id="codings without end"),
    ],
)
def test_a_body_that_cannot_be_decompressed_is_unreachable(encoding: str, wire: bytes, token: str) -> None:
    assert refused(lambda: ask(says(ok(wire, f"Content-Encoding: {encoding}")))) == f"unreachable {token}"


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n0\r\n\r\n" % (len(data), data)


@pytest.mark.parametrize(
    "form", [pytest.param(ok, id="with a length"), pytest.param(lambda b: CHUNKED + chunk(b), id="in chunks")]
)
def test_a_body_of_the_limit_is_read_and_one_byte_more_is_too_large(form: object) -> None:
    assert callable(form)
    assert len(ask(says(form(b"x" * LIMIT)), SMALL).body) == LIMIT
    assert refused(lambda: ask(says(form(b"x" * (LIMIT + 1))), SMALL)) == "unreachable too_large"


def test_the_limit_counts_what_comes_out_of_the_decompressor() -> None:
    def zipped(size: int) -> Talk:
        return says(ok(gzip.compress(b"x" * size), "Content-Encoding: gzip"))

    assert len(ask(zipped(LIMIT), SMALL).body) == LIMIT
    assert refused(lambda: ask(zipped(LIMIT + 1), SMALL)) == "unreachable too_large"


def test_a_large_body_may_be_five_times_as_long() -> None:
    for size, outcome in ((LIMIT * 5, None), (LIMIT * 5 + 1, "unreachable too_large")):
        with peer(says(ok(b"x" * size))) as server, door(SMALL, base_url=server.url) as get:
            if outcome:
                assert refused(lambda get=get: get("GET", "/", large=True)) == outcome
            else:
                assert len(get("GET", "/", large=True).body) == size


def test_a_body_without_end_is_cut_off() -> None:
    def endless(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            connection.sendall(b"x" * 10_000)

    assert refused(lambda: ask(endless, SMALL)) == "unreachable too_large"


def test_a_length_beyond_the_limit_is_refused_before_the_body() -> None:
    def boasts(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n")
        hangs(connection)

    assert refused(lambda: ask(boasts, SMALL)) == "unreachable too_large"


def bomb(megabytes: int) -> bytes:
    machine = zlib.compressobj(9, wbits=31)
    block = b"\0" * 1_000_000
    return b"".join(machine.compress(block) for _ in range(megabytes)) + machine.flush()


@pytest.mark.parametrize("layers", [1, 2])
def test_a_bomb_takes_no_more_memory_than_the_limit(layers: int) -> None:
    data = bomb(200)
    if layers == 2:
        data = gzip.compress(data)
    net = network(max_body_bytes=1_000_000)
    raw = ok(data, f"Content-Encoding: {', '.join(['gzip'] * layers)}")
    with peer(says(raw)) as server, door(net, base_url=server.url) as get:
        tracemalloc.start()
        try:
            assert refused(lambda: get("GET", "/")) == "unreachable too_large"
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert peak < 3_000_000
