"""What a request looks like to the server, and what an answer looks like to the adapter."""

from __future__ import annotations

import socket
from datetime import UTC, datetime

import pytest

from auditor import __version__
from auditor.fetch.answer import Answer
from auditor.fetch.client import Door
from tests.fetch.peers import (
    NAME,
    NOW,
    Talk,
    ask,
    client_tls,
    door,
    head,
    keeps_alive,
    names,
    network,
    ok,
    peer,
    refused,
    says,
    server_tls,
)


def header(request: str, name: str) -> str | None:
    for line in request.split("\r\n")[1:]:
        key, _, value = line.partition(":")
        if key.lower() == name:
            return value.strip()
    return None


def test_a_request_says_honestly_who_asks_and_offers_what_it_can_decompress() -> None:
    with peer(says(ok())) as server, door(base_url=server.url) as get:
        get("GET", "/x")
    (request,) = server.heads
    assert header(request, "user-agent") == f"auditor-medsos/{__version__} (+activity audit of official accounts)"
    assert header(request, "accept-encoding") == "gzip, deflate"
    assert header(request, "cookie") is None


@pytest.mark.parametrize(
    ("prefix", "path", "params", "line"),
    [
        pytest.param("", "/a", (), "/a", id="a path on a bare base"),
        pytest.param("", "a", (), "/a", id="a path without its slash"),
        pytest.param("/", "/a", (), "/a", id="a base that ends in a slash"),
        pytest.param("/bluesky", "/xrpc/a", (), "/bluesky/xrpc/a", id="the base's own path is a prefix"),
        pytest.param("/bluesky/", "xrpc/a", (), "/bluesky/xrpc/a", id="however the slashes fall"),
        pytest.param("", "/a", (("x", "1"), ("x", "2")), "/a?x=1&x=2", id="parameters may repeat, in order"),
        pytest.param("", "/a?y=0", (("x", "1"),), "/a?y=0&x=1", id="parameters join those of the path"),
        pytest.param("", "/a#f", (("x", "1"),), "/a?x=1", id="a fragment stays here"),
        pytest.param("", "/a", (("x", "a b&c=d/é"),), "/a?x=a%20b%26c%3Dd%2F%C3%A9", id="values are escaped"),
        pytest.param("", "/a/%2F%C3%A9", (), "/a/%2F%C3%A9", id="what is escaped stays as it is"),
        pytest.param("", "/a b/é", (), "/a%20b/%C3%A9", id="what is not gets escaped"),
    ],
)
def test_a_path_is_joined_on_the_base_url(
    prefix: str, path: str, params: tuple[tuple[str, str], ...], line: str
) -> None:
    with peer(says(ok())) as server, door(base_url=server.url + prefix) as get:
        answer = get("GET", path, params)
    assert server.heads[0].split(" ")[:2] == ["GET", line]
    assert answer.url == server.url + line


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("ftp://a.example/", id="another scheme"),
        pytest.param("file:///etc/passwd", id="a file"),
        pytest.param("javascript:alert(1)", id="a script"),
        pytest.param("http://user:word@a.example/", id="user info"),
        pytest.param("http://user@a.example/", id="a user alone"),
        pytest.param("//a.example/x", id="no scheme"),
        pytest.param("\\\\a.example\\x", id="a share"),
        pytest.param("http://", id="no host"),
        pytest.param("http:///x", id="an empty host"),
        pytest.param("http://a b/", id="a space in the host"),
        pytest.param("http://a.example:0/", id="port 0"),
        pytest.param("http://a.example:99999/", id="a port that cannot be"),
        pytest.param("http://a.example:x/", id="a port of letters"),
        pytest.param("http://[fe80::1%25eth0]/", id="a zone"),
        pytest.param("http://a.example/\x1b[31m", id="a terminal escape"),
        pytest.param("http://a.example/\nx", id="a line end"),
        pytest.param("http://a.example/" + "x" * 70_000, id="a URL without end"),
        pytest.param("http://a.example/\ud800", id="a lone surrogate"),
        pytest.param("/path", id="a path where there is no base"),
        pytest.param("", id="nothing"),
    ],
)
def test_an_unusable_url_is_our_fault_and_asks_nobody(url: str) -> None:
    asked: list[str] = []

    def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    with door(resolve=resolve) as get:
        assert refused(lambda: get("GET", url)) == "our_request_invalid url"
    assert asked == []


def test_a_parameter_that_cannot_be_encoded_is_our_fault() -> None:
    with door(base_url="http://127.0.0.1:1") as get:
        assert refused(lambda: get("GET", "/", [("x", "\ud800")])) == "our_request_invalid url"


@pytest.mark.parametrize("value", ["a\r\nb: c", "a\x00b", "\ud800"])
def test_a_header_that_cannot_be_sent_is_our_fault(value: str) -> None:
    with peer(says(ok())) as server, door(base_url=server.url) as get:
        assert refused(lambda: get("GET", "/", headers={"if-none-match": value})) == "our_request_invalid header"
    assert not any("c" in (header(request, "b") or "") for request in server.heads)


@pytest.mark.parametrize(
    "status", ["201 Created", "301 Moved", "304 Not Modified", "404 Not Found", "429 Slow", "500 No", "999 Odd"]
)
def test_every_status_is_an_answer(status: str) -> None:
    answer = ask(says(ok(b"", status=status)))
    assert answer.status == int(status[:3])
    assert answer.at == NOW


@pytest.mark.parametrize("location", ["https://a.example/x", "/y", "http://[broken", "javascript:x", "", "\x1b[2J"])
def test_a_redirect_is_an_answer_that_nobody_follows_wherever_it_leads(location: str) -> None:
    with (
        peer(says(ok(b"moved", f"Location: {location}", status="302 Found"))) as server,
        door(base_url=server.url) as get,
    ):
        answer = get("GET", "/")
    assert (answer.status, answer.body, len(server.heads)) == (302, b"moved", 1)
    assert answer.headers["location"] == location.replace("\x1b", " ")


def test_header_names_are_lower_case_and_repeated_ones_are_joined() -> None:
    answer = ask(says(ok(b"", "Retry-After: 1", "RETRY-AFTER: 2", "Link: <a>; rel=next")))
    assert answer.headers["retry-after"] == "1, 2"
    assert answer.headers["link"] == "<a>; rel=next"


def test_control_characters_leave_header_values_and_text_stays() -> None:
    answer = ask(says(ok(b"", "Server: a\x1b[31mb\x7fc\x9bd", "X-Kota: Kota Contoh – é".encode().decode("latin-1"))))
    assert answer.headers["server"] == "a [31mb c d"
    assert answer.headers["x-kota"] == "Kota Contoh – é"


def requests_after(first: bytes, second: bytes, sent: list[str]) -> Talk:
    """Answers twice on one connection and keeps the second request."""

    def talk(connection: socket.socket) -> None:
        connection.sendall(first)
        sent.append(head(connection))
        connection.sendall(second)

    return talk


@pytest.mark.parametrize("etag", ['"abc"', 'W/"a–é"'])
def test_a_validator_goes_back_as_it_came(etag: str) -> None:
    bytewise = etag.encode().decode("latin-1")
    sent: list[str] = []
    unchanged = ok(b"", status="304 Not Modified")
    with (
        peer(requests_after(ok(b"", f"ETag: {bytewise}"), unchanged, sent)) as server,
        door(base_url=server.url) as get,
    ):
        assert get("GET", "/").headers["etag"] == etag
        get("GET", "/", headers={"if-none-match": etag})
    assert header(sent[0], "if-none-match") == bytewise


def test_cookies_are_never_kept() -> None:
    sent: list[str] = []
    first = ok(b"", "Set-Cookie: sid=1; Path=/", "Set-Cookie: other=2")
    with peer(requests_after(first, ok(), sent)) as server, door(base_url=server.url) as get:
        assert "set-cookie" not in get("GET", "/").headers
        get("GET", "/")
    assert header(sent[0], "cookie") is None


def test_a_connection_is_used_again() -> None:
    with peer(keeps_alive(ok())) as server, door(base_url=server.url) as get:
        for _ in range(5):
            get("GET", "/")
    assert server.connections == 1


def test_a_body_is_sent() -> None:
    got: list[bytes] = []

    def talk(connection: socket.socket) -> None:
        got.append(connection.recv(100))
        connection.sendall(ok())

    with peer(talk) as server, door(base_url=server.url) as get:
        get("POST", "/", headers={"content-type": "application/json"}, body=b'{"a": 1}')
    assert got == [b'{"a": 1}']
    assert header(server.heads[0], "content-type") == "application/json"


def test_the_answer_to_head_has_no_body_whatever_length_it_names() -> None:
    with (
        peer(says(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n")) as server,
        door(base_url=server.url) as get,
    ):
        assert get("HEAD", "/").body == b""


def test_the_clock_is_read_when_the_head_has_come() -> None:
    ticks = iter([datetime(2026, 11, 23, hour, tzinfo=UTC) for hour in (1, 2)])
    with peer(says(ok())) as server, Door(network(), lambda: next(ticks), base_url=server.url) as get:
        assert get("GET", "/").at.hour == 1


def test_proxies_of_the_environment_are_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    with peer(says(ok())) as proxy, peer(says(ok(b"direct"))) as server:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        with door(base_url=server.url) as get:
            assert get("GET", "/").body == b"direct"
    assert proxy.heads == []


def test_nothing_of_an_answer_but_status_and_instant_stands_in_its_repr() -> None:
    shown = repr(Answer(200, {"x": "secret"}, b"secret", "https://a.example/?token=secret", NOW))
    assert "secret" not in shown
    assert "200" in shown


# --- who is asked -----------------------------------------------------------------------------------------------------


def test_a_private_address_is_refused_and_never_dialled() -> None:
    with peer(says(ok())) as server, door(network(allow_private=()), resolve=names(a_example=["127.0.0.1"])) as get:
        for url in (server.url, f"http://a.example:{server.port}/"):
            assert refused(lambda url=url: get("GET", url)) == "our_request_invalid private_address"
    assert server.connections == 0


def test_the_name_is_resolved_once_and_the_checked_address_is_dialled() -> None:
    answers = iter([["127.0.0.1"], ["10.255.255.1"]])
    asked: list[str] = []

    def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return next(answers)

    with peer(says(ok(b"here"))) as server, door(resolve=resolve) as get:
        assert get("GET", f"http://{NAME}:{server.port}/").body == b"here"
    assert asked == [NAME]
    assert header(server.heads[0], "host") == f"{NAME}:{server.port}"


def test_a_name_that_turns_private_is_refused_at_its_next_connection() -> None:
    answers = iter([["127.0.0.1"], ["10.0.0.1"]])
    with peer(says(ok(b"", "Connection: close"))) as server, door(resolve=lambda host, port: next(answers)) as get:
        url = f"http://{NAME}:{server.port}/"
        get("GET", url)
        assert refused(lambda: get("GET", url)) == "our_request_invalid private_address"


def test_the_next_address_is_tried_when_one_does_not_answer() -> None:
    resolve = names(a_example=["127.0.0.9", "127.0.0.1"])
    with peer(says(ok(b"second"))) as server, door(resolve=resolve) as get:
        assert get("GET", f"http://a.example:{server.port}/").body == b"second"


def test_a_base_url_may_be_private_as_written_and_opens_nothing_else() -> None:
    closed = network(allow_private=())
    with (
        peer(says(ok(b"other"))) as other,
        peer(keeps_alive(ok(b"base"))) as server,
        door(closed, base_url=server.url + "/api", resolve=names(localhost=["127.0.0.1"])) as get,
    ):
        assert get("GET", "/x").body == b"base"
        assert get("GET", f"{server.url}/next").body == b"base"
        assert refused(lambda: get("GET", other.url)) == "our_request_invalid private_address"
        assert refused(lambda: get("GET", f"http://localhost:{server.port}")) == "our_request_invalid private_address"
        assert refused(lambda: get("GET", f"http://127.0.0.2:{server.port}")) == "our_request_invalid private_address"
    assert other.connections == 0


def test_further_urls_of_the_configuration_may_be_private_as_written() -> None:
    closed = network(allow_private=())
    with peer(says(ok(b"feed"))) as feed, door(closed, base_url="http://127.0.0.1:1", trusted=[f"{feed.url}/f"]) as get:
        assert get("GET", f"{feed.url}/f/x").body == b"feed"


def test_a_private_host_is_reached_by_its_name_alone() -> None:
    net = network(allow_private=(), private_hosts=("*.kotacontoh.example",))
    with (
        peer(keeps_alive(ok())) as server,
        door(net, resolve=names(situs_kotacontoh_example=["127.0.0.1"], lain_example=["127.0.0.1"])) as get,
    ):
        assert get("GET", f"http://{NAME}:{server.port}/").status == 200
        for host in ("lain.example", "127.0.0.1"):
            url = f"http://{host}:{server.port}/"
            assert refused(lambda url=url: get("GET", url)) == "our_request_invalid private_address"


# --- network.hosts ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "url", "host"),
    [
        pytest.param(
            "sosial.kotacontoh.example", "https://sosial.kotacontoh.example/a", None, id="https, default port"
        ),
        pytest.param("sosial.kotacontoh.example", "http://sosial.kotacontoh.example/a", None, id="http, default port"),
        pytest.param("Sosial.KotaContoh.example", "https://sosial.kotacontoh.example/a", None, id="any case"),
        pytest.param("sosial.kotacontoh.example:443", "https://sosial.kotacontoh.example/a", None, id="its port spelt"),
        pytest.param("sosial.kotacontoh.example", "https://sosial.kotacontoh.example:443/a", None, id="in the URL"),
        pytest.param(
            "sosial.kotacontoh.example:8443",
            "https://sosial.kotacontoh.example:8443/a",
            "sosial.kotacontoh.example:8443",
            id="a port of its own",
        ),
    ],
)
def test_hosts_sends_a_name_elsewhere_and_the_name_stays(key: str, url: str, host: str | None) -> None:
    with (
        peer(says(ok(b"double"))) as server,
        door(network(allow_private=(), hosts={key: server.url}), resolve=names()) as get,
    ):
        answer = get("GET", url)
    assert answer.body == b"double"
    assert answer.url == url.replace(":443", "")
    assert header(server.heads[0], "host") == (host or "sosial.kotacontoh.example")
    assert server.heads[0].startswith("GET /a HTTP/1.1")


def test_hosts_without_a_port_says_nothing_of_other_ports() -> None:
    with peer(says(ok())) as server, door(network(hosts={NAME: server.url}), resolve=names()) as get:
        assert refused(lambda: get("GET", f"https://{NAME}:8443/")) == "unreachable dns"


def test_hosts_with_a_port_wins_over_hosts_without() -> None:
    with (
        peer(says(ok(b"both"))) as general,
        peer(says(ok(b"tls"))) as special,
        door(network(hosts={f"{NAME}:443": special.url, NAME: general.url}), resolve=names()) as get,
    ):
        assert get("GET", f"https://{NAME}/").body == b"tls"
        assert get("GET", f"http://{NAME}/").body == b"both"


def test_a_detour_opens_its_target_to_the_name_alone() -> None:
    with (
        peer(keeps_alive(ok())) as server,
        door(network(allow_private=(), hosts={NAME: server.url}), resolve=names()) as get,
    ):
        assert get("GET", f"https://{NAME}/").status == 200
        assert refused(lambda: get("GET", f"{server.url}/admin")) == "our_request_invalid private_address"


def test_a_detour_to_nowhere_is_our_fault() -> None:
    with door(network(hosts={NAME: "not an origin"})) as get:
        assert refused(lambda: get("GET", f"https://{NAME}/")) == "our_request_invalid hosts"


def test_a_detour_applies_to_a_base_url_too() -> None:
    with (
        peer(says(ok())) as server,
        door(network(hosts={NAME: server.url}), base_url=f"https://{NAME}/api", resolve=names()) as get,
    ):
        get("GET", "/x")
    assert server.heads[0].startswith("GET /api/x ")


# --- TLS --------------------------------------------------------------------------------------------------------------


def test_tls_proves_the_name_though_the_address_is_dialled() -> None:
    shown: list[str | None] = []
    context = server_tls("named.pem")
    context.sni_callback = lambda _socket, name, _context: shown.append(name)
    with (
        peer(says(ok(b"safe")), context) as server,
        door(resolve=names(situs_kotacontoh_example=["127.0.0.1"]), tls=client_tls()) as get,
    ):
        assert get("GET", f"https://{NAME}:{server.port}/").body == b"safe"
    assert shown == [NAME]


def test_a_detour_over_tls_is_proven_by_the_name_of_the_register() -> None:
    with (
        peer(says(ok(b"safe")), server_tls("named.pem")) as server,
        door(network(hosts={NAME: f"https://127.0.0.1:{server.port}"}), resolve=names(), tls=client_tls()) as get,
    ):
        assert get("GET", f"https://{NAME}/").body == b"safe"


# --- the proxy --------------------------------------------------------------------------------------------------------


def test_requests_go_through_the_proxy_which_resolves_the_name() -> None:
    with peer(says(ok(b"proxied"))) as proxy:
        net = network(allow_private=(), proxy=f"http://kantor:rahasia@127.0.0.1:{proxy.port}")
        with door(net, resolve=names()) as get:
            answer = get("GET", f"http://{NAME}/a")
    assert answer.body == b"proxied"
    assert answer.url == f"http://{NAME}/a"
    assert proxy.heads[0].startswith(f"GET http://{NAME}/a HTTP/1.1")
    assert header(proxy.heads[0], "host") == NAME
    assert header(proxy.heads[0], "proxy-authorization") is not None


def test_https_is_tunnelled_through_the_proxy_and_still_proven() -> None:
    def talk(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        with server_tls("named.pem").wrap_socket(connection, server_side=True) as secure:
            head(secure)
            secure.sendall(ok(b"tunnelled"))

    with (
        peer(talk) as proxy,
        door(network(proxy=proxy.url), resolve=names(), tls=client_tls()) as get,
    ):
        assert get("GET", f"https://{NAME}/").body == b"tunnelled"
    assert proxy.heads[0].startswith(f"CONNECT {NAME}:443 ")


@pytest.mark.parametrize(
    ("status", "outcome"),
    [("407 Who", "permission_missing proxy"), ("403 No", "unreachable proxy"), ("502 Bad", "unreachable proxy")],
)
def test_a_proxy_that_opens_no_tunnel_tells_nothing_of_the_account(status: str, outcome: str) -> None:
    with peer(says(ok(b"", status=status))) as proxy, door(network(proxy=proxy.url), resolve=names()) as get:
        assert refused(lambda: get("GET", f"https://{NAME}/")) == outcome


@pytest.mark.parametrize("url", ["http://127.0.0.1/", "http://127.1/", "http://localhost/", "https://[::1]/"])
def test_a_proxy_is_no_way_to_private_places(url: str) -> None:
    with peer(says(ok())) as proxy, door(network(allow_private=(), proxy=proxy.url), resolve=names()) as get:
        assert refused(lambda: get("GET", url)) == "our_request_invalid private_address"
        assert refused(lambda: get("GET", proxy.url)) == "our_request_invalid private_address"
    assert proxy.heads == []


def test_a_detour_to_this_machine_is_kept_from_the_proxy_and_others_are_not() -> None:
    with peer(says(ok(b"proxied"))) as proxy, peer(says(ok(b"double"))) as server:
        net = network(proxy=proxy.url, hosts={"a.example": server.url, "b.example": "http://10.0.0.5:81"})
        with door(net, resolve=names()) as get:
            assert get("GET", "https://a.example/").body == b"double"
            assert get("GET", "https://b.example/x").body == b"proxied"
    assert proxy.heads[0].startswith("GET http://10.0.0.5:81/x ")
    assert header(proxy.heads[0], "host") == "b.example"


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:1", "nonsense", "http://"])
def test_an_unusable_proxy_is_our_fault_and_never_gone_round(proxy: str) -> None:
    with peer(says(ok())) as server, door(network(proxy=proxy), base_url=server.url) as get:
        assert refused(lambda: get("GET", "/")) == "our_request_invalid proxy"
    assert server.connections == 0
