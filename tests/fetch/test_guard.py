"""Which addresses may be dialled: only the open Internet, unless the configuration says otherwise."""

from __future__ import annotations

from ipaddress import ip_network

import pytest
from hypothesis import given, settings, strategies as st

from auditor.core.model import Miss, Missed
from auditor.fetch.answer import Refused
from auditor.fetch.guard import Guard, addresses, is_loopback, is_public
from auditor.fetch.network import Network
from auditor.fetch.route import stays_on_loopback
from tests.fetch.peers import names

PUBLIC = "93.184.216.34"


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("10.0.0.1", id="private 10/8"),
        pytest.param("172.16.0.1", id="private 172.16/12, first"),
        pytest.param("172.31.255.255", id="private 172.16/12, last"),
        pytest.param("192.168.1.1", id="private 192.168/16"),
        pytest.param("127.0.0.1", id="loopback"),
        pytest.param("127.255.0.9", id="loopback, far end"),
        pytest.param("169.254.169.254", id="link-local: metadata of most clouds"),
        pytest.param("100.64.0.1", id="shared by a carrier"),
        pytest.param("100.100.100.200", id="metadata on a carrier address"),
        pytest.param("168.63.129.16", id="metadata on a public-looking address"),
        pytest.param("0.0.0.0", id="unspecified is this machine"),
        pytest.param("192.0.0.192", id="protocol assignments: metadata of one more cloud"),
        pytest.param("192.0.2.1", id="documentation"),
        pytest.param("198.18.0.1", id="benchmarks"),
        pytest.param("224.0.0.1", id="multicast"),
        pytest.param("240.0.0.1", id="reserved"),
        pytest.param("255.255.255.255", id="broadcast"),
        pytest.param("::1", id="IPv6 loopback"),
        pytest.param("::", id="IPv6 unspecified"),
        pytest.param("fe80::1", id="IPv6 link-local"),
        pytest.param("fe80::1%1", id="IPv6 link-local with a zone"),
        pytest.param("fc00::1", id="IPv6 unique local"),
        pytest.param("fd00:ec2::254", id="IPv6 metadata"),
        pytest.param("fec0::1", id="IPv6 site-local of old"),
        pytest.param("ff02::1", id="IPv6 multicast"),
        pytest.param("2001:db8::1", id="IPv6 documentation"),
        pytest.param("2001:0:1::1", id="Teredo"),
        pytest.param("::ffff:127.0.0.1", id="mapped loopback"),
        pytest.param("::ffff:a9fe:a9fe", id="mapped metadata"),
        pytest.param("::127.0.0.1", id="IPv4-compatible loopback"),
        pytest.param("64:ff9b::7f00:1", id="NAT64 of loopback"),
        pytest.param("64:ff9b::c0a8:101", id="NAT64 of a private address"),
        pytest.param("64:ff9b:1::7f00:1", id="local NAT64"),
        pytest.param("2002:7f00:1::", id="6to4 of loopback"),
        pytest.param("2002:a00:1::1", id="6to4 of a private address"),
    ],
)
def test_an_address_that_may_be_inside_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        PUBLIC,
        "172.15.255.255",
        "172.32.0.1",
        "100.63.255.255",
        "100.128.0.1",
        "11.0.0.1",
        "2606:2800:220:1::1",
        "::ffff:93.184.216.34",
        "64:ff9b::5db8:d822",
        "2002:5db8:d822::1",
    ],
)
def test_an_address_on_the_open_internet_is_public(address: str) -> None:
    assert is_public(address)


@settings(max_examples=100)
@given(st.sampled_from(["10.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "192.168.0.0/16", "100.64.0.0/10"]), st.data())
def test_no_embedding_makes_an_inner_address_public(net: str, data: st.DataObject) -> None:
    block = ip_network(net)
    inner = block[data.draw(st.integers(0, block.num_addresses - 1))]
    number = int(inner)
    high, low = number >> 16, number & 0xFFFF
    for form in (str(inner), f"::ffff:{inner}", f"64:ff9b::{inner}", f"2002:{high:x}:{low:x}::1"):
        assert not is_public(form)


def admitted(guard: Guard, host: str, found: list[str], port: int = 443) -> list[str]:
    try:
        return guard.admit(host, port, found)
    except Refused:
        return []


def test_of_public_and_private_addresses_only_the_public_ones_are_used() -> None:
    assert admitted(Guard(Network()), "a.example", ["10.0.0.1", PUBLIC, "::1"]) == [PUBLIC]


def test_a_name_with_private_addresses_alone_is_our_fault() -> None:
    with pytest.raises(Refused) as caught:
        Guard(Network()).admit("a.example", 443, ["10.0.0.1", "::1"])
    assert caught.value.outcome == Missed(Miss.OUR_REQUEST_INVALID, "private_address")


PRIVATE_NAMES = Guard(Network(private_hosts=("Intra.kotacontoh.example", "*.situs.example")))


@pytest.mark.parametrize(
    ("host", "address", "allowed"),
    [
        pytest.param("intra.kotacontoh.example", "10.0.0.1", True, id="the name itself, in any case"),
        pytest.param("intra.kotacontoh.example.", "10.0.0.1", True, id="with the dot of the root"),
        pytest.param("x.intra.kotacontoh.example", "10.0.0.1", False, id="an exact name says nothing of sub-domains"),
        pytest.param("a.situs.example", "127.0.0.1", True, id="a sub-domain of a starred name"),
        pytest.param("a.b.situs.example", "fd12::1", True, id="a deeper sub-domain"),
        pytest.param("situs.example", "10.0.0.1", False, id="the star does not stand for nothing"),
        pytest.param("jahatsitus.example", "10.0.0.1", False, id="the star stands before a dot"),
        pytest.param("a.situs.example", "169.254.169.254", False, id="a private name never opens link-local"),
        pytest.param("a.situs.example", "::ffff:169.254.169.254", False, id="nor its mapped form"),
        pytest.param("a.situs.example", "100.100.100.200", False, id="nor metadata"),
        pytest.param("a.situs.example", "0.0.0.0", False, id="nor the unspecified address"),
        pytest.param("a.situs.example", PUBLIC, True, id="a private name may be public"),
    ],
)
def test_private_hosts_opens_the_office_networks_for_its_names(host: str, address: str, allowed: bool) -> None:
    assert bool(admitted(PRIVATE_NAMES, host, [address])) is allowed


def test_allow_private_opens_its_networks_and_no_others() -> None:
    guard = Guard(Network(allow_private=(ip_network("10.1.0.0/16"), ip_network("fd12::/16"))))
    found = ["10.1.2.3", "10.2.0.1", "::ffff:10.1.2.3", "fd12::1", "fd13::1", "127.0.0.1"]
    assert admitted(guard, "a.example", found) == ["10.1.2.3", "::ffff:10.1.2.3", "fd12::1"]


def test_a_trusted_endpoint_opens_neither_another_port_nor_another_host() -> None:
    guard = Guard(Network(), frozenset({("10.0.0.1", 8080)}))
    assert admitted(guard, "10.0.0.1", ["10.0.0.1"], 8080)
    assert not admitted(guard, "10.0.0.1", ["10.0.0.1"], 8081)
    assert not admitted(guard, "10.0.0.2", ["10.0.0.2"], 8080)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "0x7f000001",
        "2130706433",
        "017700000001",
        "::1",
        "10.1",
        "localhost",
        "LOCALHOST.",
        "a.localhost",
        "printer.local",
        "metadata.google.internal",
        "intranet",
        "router.lan",
        "nas.home.arpa",
    ],
)
def test_a_proxy_is_never_asked_for_what_is_private_by_its_spelling(host: str) -> None:
    with pytest.raises(Refused, match="private_address"):
        Guard(Network()).admit_name(host, 80)


@pytest.mark.parametrize("host", ["kotacontoh.example", "93.184.216.34", "locals.example", "2606:2800:220:1::1"])
def test_a_proxy_is_asked_for_public_names(host: str) -> None:
    Guard(Network()).admit_name(host, 80)


def test_a_proxy_is_asked_for_private_names_that_are_allowed() -> None:
    Guard(Network(private_hosts=("intranet",))).admit_name("intranet", 80)
    Guard(Network(), frozenset({("intranet", 80)})).admit_name("intranet", 80)
    Guard(Network(allow_private=(ip_network("10.0.0.0/8"),))).admit_name("10.0.0.1", 80)


def test_the_system_resolver_returns_each_address_once() -> None:
    assert addresses("127.0.0.1", 80) == ["127.0.0.1"]


@pytest.mark.parametrize("host", ["a..b", "x" * 70 + ".example"])
def test_a_name_with_an_impossible_label_does_not_exist(host: str) -> None:
    with pytest.raises(OSError, match="not a host name"):
        addresses(host, 80)


def test_only_what_can_only_be_this_machine_is_loopback() -> None:
    assert all(map(is_loopback, ["127.0.0.1", "127.1", "::1", "localhost", "a.localhost", "::ffff:127.0.0.1"]))
    assert not any(map(is_loopback, ["10.0.0.1", "localhost.example", "situs.example", "::2"]))


RESOLVE = names(situs_example=["127.0.0.1", "::1"], campur_example=["127.0.0.1", PUBLIC], jauh_example=[PUBLIC])


@pytest.mark.parametrize(
    ("url", "net", "stays"),
    [
        pytest.param("http://127.0.0.1:8099/x", Network(), True, id="a literal loopback address"),
        pytest.param("https://situs.example/", Network(), True, id="a name of which every address is loopback"),
        pytest.param("https://campur.example/", Network(), False, id="one address elsewhere is enough to leave"),
        pytest.param("https://jauh.example/", Network(), False, id="a public name"),
        pytest.param("https://tak.ada.example/", Network(), False, id="a name without an address"),
        pytest.param(
            "https://jauh.example/", Network(hosts={"jauh.example": "http://127.0.0.1:1"}), True, id="a detour decides"
        ),
        pytest.param(
            "https://situs.example/", Network(hosts={"situs.example": "http://jauh.example"}), False, id="also outwards"
        ),
        pytest.param("https://situs.example/", Network(hosts={"situs.example": "x"}), False, id="a broken detour"),
        pytest.param("http://127.0.0.1/", Network(proxy="http://127.0.0.1:3128"), False, id="a proxy may forward"),
        pytest.param(
            "https://jauh.example/",
            Network(proxy="http://127.0.0.1:3128", hosts={"jauh.example": "http://127.0.0.1:1"}),
            True,
            id="a detour to this machine is not given to the proxy",
        ),
        pytest.param("ftp://127.0.0.1/", Network(), False, id="not a URL for us"),
    ],
)
def test_a_rehearsal_can_tell_what_stays_on_this_machine(url: str, net: Network, stays: bool) -> None:
    assert stays_on_loopback(url, net, RESOLVE) is stays
