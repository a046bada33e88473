"""One suite, every platform. A new module is tested by being there."""

from __future__ import annotations

import ast
import importlib
import inspect
import json
from datetime import timedelta
from types import ModuleType

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from auditor.config.names import ENV_KEYS
from auditor.core.address import Address, read_address
from auditor.core.model import Barrier, Miss, Missed, Seen, Unreadable
from auditor.platforms import platforms
from auditor.platforms.base import Auth, Platform

from .conformance import FORMS, HTML, JSON, Always, covers, examples, looked_up, outcomes, refusing
from .mutate import ANY_JSON
from .script import NOW

ALL = list(platforms().values())
READING = [p for p in ALL if p.timeline is not None]
KEYED = [p.keyed for p in ALL if p.keyed is not None]
DECLARED = [p for p in ALL if p.timeline is None]
FORBIDDEN = {"httpx", "requests", "urllib3", "aiohttp", "socket", "ssl", "http", "time", "random", "os", "sqlite3"}
CLOCKS = {"now", "utcnow", "today", "monotonic"}
FAILED = {Miss.UNREACHABLE, Miss.UNRECOGNISED}
UNKNOWN = {
    "nothing": b"",
    "half a JSON document": b'{"id": "1", "acc',
    "a JSON document of other keys": b'{"halo": {"dunia": 1}}',
    "a JSON text": b'"halo"',
    "a JSON number": b"1",
    "JSON null": b"null",
    "a JSON list of other things": b'[{"halo": 1}]',
    "JSON nested without a floor": b"[" * 100_000,
    "an XML document of another kind": b'<?xml version="1.0"?><svg/>',
    "half an XML document": b'<?xml version="1.0"?><rss><channel><item>',
    "an XML bomb": b'<!DOCTYPE l [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><rss><channel>&b;</channel></rss>',
    "bytes of no meaning": bytes(range(256)),
    "a page": b"<!DOCTYPE html><html><body><p>Masuk</p></body></html>",
}


def _module(platform: Platform) -> ModuleType:
    return importlib.import_module(f"auditor.platforms.{platform.name}")


def _tree(platform: Platform) -> ast.Module:
    return ast.parse(inspect.getsource(_module(platform)))


@pytest.mark.parametrize("platform", ALL, ids=lambda p: p.name)
class TestDeclaration:
    """What a platform says of itself."""

    def test_the_module_bears_the_name_and_a_title(self, platform: Platform) -> None:
        assert _module(platform).PLATFORM is platform
        assert platform.title
        assert platform.version >= 1

    def test_calls_are_declared_exactly_where_there_are_functions(self, platform: Platform) -> None:
        capability = platform.capability
        for call, function in ((capability.lookup, platform.lookup), (capability.timeline, platform.timeline)):
            assert function is None or call is not None
            assert call is None or (call.batch >= 1 and call.cost >= 0)
        assert capability.timeline is None or platform.timeline is None or capability.timeline.batch == 1

    def test_limits_are_positive(self, platform: Platform) -> None:
        capability = platform.capability
        assert capability.max_pages >= 1
        assert capability.page is None or capability.page >= 1
        assert capability.quota is None or (capability.quota.units >= 1 and capability.quota.per > timedelta())
        assert capability.route in ({"api", "feed", "page"} if platform.timeline else {"api", "feed", "page", "hand"})

    def test_handles_match_the_pattern_that_made_them(self, platform: Platform) -> None:
        refs = examples(platform)
        assert refs, "conformance.WRITTEN names no account of this platform"
        for ref in refs:
            assert platform.address.handle.fullmatch(ref.handle)

    def test_a_canonical_form_is_its_own_canonical_form(self, platform: Platform) -> None:
        """Reading a handle, or the address people open, again gives the same account."""
        for ref in examples(platform):
            once = read_address(ref.handle, FORMS, platform.name)
            assert isinstance(once, Address)
            assert once.handle == ref.handle
            again = read_address(once.url, FORMS, platform.name)
            assert isinstance(again, Address), once.url
            assert again.handle == ref.handle

    def test_no_http_library_and_no_clock_is_imported(self, platform: Platform) -> None:
        for node in ast.walk(_tree(platform)):
            if isinstance(node, ast.Import):
                assert not {alias.name.partition(".")[0] for alias in node.names} & FORBIDDEN
            if isinstance(node, ast.ImportFrom) and not node.level:
                assert (node.module or "").partition(".")[0] not in FORBIDDEN
                assert not (node.module or "").startswith(("urllib.request", "auditor.clock", "auditor.store"))
            if isinstance(node, ast.Attribute):
                assert not (node.attr in CLOCKS and isinstance(node.value, ast.Name) and node.value.id == "datetime")

    def test_no_platform_imports_another(self, platform: Platform) -> None:
        others = set(platforms()) - {platform.name}
        for node in ast.walk(_tree(platform)):
            if isinstance(node, ast.ImportFrom) and node.level:
                assert (node.module or "").partition(".")[0] not in others

    def test_every_barrier_it_tells_apart_stands_in_a_rule_or_a_function(self, platform: Platform) -> None:
        inside = (n for part in _tree(platform).body if not _declares(part) for n in ast.walk(part))
        named = {n.attr for n in inside if isinstance(n, ast.Attribute) and _is_barrier(n)}
        by_rule = {rule.means for rule in platform.rules}
        for barrier in platform.capability.tells_apart:
            assert barrier in by_rule or barrier.name in named, barrier


def _is_barrier(node: ast.Attribute) -> bool:
    return isinstance(node.value, ast.Name) and node.value.id == "Barrier"


def _declares(node: ast.stmt) -> bool:
    """`PLATFORM = …`, which names the barriers it promises and so proves nothing."""
    return isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == "PLATFORM" for t in node.targets)


@pytest.mark.parametrize("platform", DECLARED, ids=lambda p: p.name)
class TestDeclarationOnly:
    """Nothing here can read it yet."""

    def test_only_people_or_a_credential_could_look(self, platform: Platform) -> None:
        assert platform.capability.auth is not Auth.NONE
        assert platform.lookup is None
        assert not platform.capability.default_on


@pytest.mark.parametrize("platform", KEYED, ids=lambda p: p.name)
class TestKeyed:
    """A route with a credential is the same platform by another door."""

    def test_it_is_the_same_platform(self, platform: Platform) -> None:
        bare = platforms()[platform.name]
        assert (platform.name, platform.title, platform.address) == (bare.name, bare.title, bare.address)
        assert platform.keyed is None

    def test_its_credential_has_a_header_a_key_of_the_settings_and_a_way_to_be_had(self, platform: Platform) -> None:
        bare = platforms()[platform.name]
        assert platform.capability.auth in {Auth.API_KEY, Auth.BEARER}
        assert platform.secret is not None
        assert bare.connect is not None
        assert bare.connect.setting in ENV_KEYS
        assert platform.secret.variable == bare.connect.variable
        assert bare.way is not None
        assert bare.way.command == f"auditor connect {platform.name}"

    def test_calls_are_declared_exactly_where_there_are_functions(self, platform: Platform) -> None:
        assert (platform.lookup is None) == (platform.capability.lookup is None)
        assert (platform.timeline is None) == (platform.capability.timeline is None)

    def test_every_barrier_it_tells_apart_stands_in_a_rule(self, platform: Platform) -> None:
        assert platform.capability.tells_apart <= {rule.means for rule in platform.rules}


@pytest.mark.parametrize(
    "platform", [*READING, *KEYED], ids=lambda p: p.name if p in READING else f"{p.name} with a credential"
)
class TestReading:
    """What every look promises, whatever a server answers."""

    def test_429_is_too_fast_until_the_server_says(self, platform: Platform) -> None:
        for headers in ({"retry-after": "60"}, {"retry-after": "Mon, 23 Nov 2026 16:01:00 GMT"}):
            for body in (b"", b"<html>", b'{"error": "RateLimitExceeded"}'):
                for outcome in outcomes(platform, Always(429, body, headers)):
                    assert isinstance(outcome, Missed)
                    assert outcome.reason is Miss.RATE_LIMITED
                    assert outcome.reset_at == NOW + timedelta(minutes=1)
                    assert outcome.reset_at.utcoffset() == timedelta()

    @pytest.mark.parametrize("status", [500, 502, 503, 504, 520, 530])
    @pytest.mark.parametrize(("body", "headers"), [(b"", {}), (b"<html>", HTML), (b"{}", JSON)])
    def test_an_outage_is_unreachable(
        self, platform: Platform, status: int, body: bytes, headers: dict[str, str]
    ) -> None:
        for outcome in outcomes(platform, Always(status, body, headers)):
            assert isinstance(outcome, Missed)
            assert outcome.reason is Miss.UNREACHABLE

    def test_a_refused_connection_is_what_the_door_says(self, platform: Platform) -> None:
        refused = Missed(Miss.UNREACHABLE, "refused")
        assert set(outcomes(platform, refusing(refused))) == {refused}

    @pytest.mark.parametrize("kind", [HTML, JSON, {}], ids=["as HTML", "as JSON", "as nothing"])
    @pytest.mark.parametrize("body", UNKNOWN.values(), ids=UNKNOWN.keys())
    def test_an_unknown_or_cut_body_is_never_an_empty_account(
        self, platform: Platform, body: bytes, kind: dict[str, str]
    ) -> None:
        found = list(outcomes(platform, Always(200, body, kind)))
        assert found
        for outcome in found:
            assert isinstance(outcome, Missed), outcome
            assert outcome.reason in FAILED

    def test_an_empty_list_covers_nothing(self, platform: Platform) -> None:
        for body in (b"[]", b"{}", b'{"feed": []}', b'{"items": []}', b'{"profiles": []}'):
            for outcome in outcomes(platform, Always(200, body, JSON)):
                assert not covers(outcome)

    def test_a_page_where_a_document_is_due_says_nothing(self, platform: Platform) -> None:
        """Login, consent, proxy: unreachable where one vendor owes JSON; on anybody's host it may be anything."""
        for outcome in outcomes(platform, Always(200, b"<!DOCTYPE html><html><title>Masuk</title></html>", HTML)):
            assert isinstance(outcome, Missed)
            vendor = platform.capability.route == "api" and platform.base_url is not None
            assert outcome.reason in ({Miss.UNREACHABLE} if vendor else FAILED)

    @pytest.mark.parametrize("status", [400, 401, 403, 404, 407, 451])
    def test_a_page_of_an_error_is_no_answer_about_the_account(self, platform: Platform, status: int) -> None:
        for outcome in outcomes(platform, Always(status, b"<html><h1>Error</h1></html>", HTML)):
            assert isinstance(outcome, Missed), outcome

    def test_a_challenge_is_not_let_through(self, platform: Platform) -> None:
        for outcome in outcomes(platform, Always(403, b"<html>", {**HTML, "cf-mitigated": "challenge"})):
            assert isinstance(outcome, Missed)
            assert outcome.reason is Miss.UNREACHABLE

    @settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.differing_executors])
    @given(
        status=st.sampled_from([200, 200, 200, 204, 301, 302, 304, 400, 401, 403, 404, 410, 422, 429, 500, 503]),
        body=st.binary(max_size=80)
        | ANY_JSON.map(lambda d: json.dumps(d).encode())
        | st.sampled_from([*UNKNOWN.values()]),
        headers=st.dictionaries(
            st.sampled_from(
                ["content-type", "location", "retry-after", "link", "x-ratelimit-reset", "ratelimit-reset"]
            ),
            st.text(max_size=20)
            | st.sampled_from(["application/json", "text/html", "/x", "https://x.example/", "1e9"]),
            max_size=3,
        ),
    )
    def test_nothing_but_refused_is_raised_and_no_junk_is_a_sight_that_covers(
        self, platform: Platform, status: int, body: bytes, headers: dict[str, str]
    ) -> None:
        for outcome in outcomes(platform, Always(status, body, headers)):
            assert not covers(outcome)
            if isinstance(outcome, Seen):
                assert all(p.posted_at.tzinfo is not None for p in outcome.posts)
            if isinstance(outcome, Unreadable):
                assert outcome.barrier in platform.capability.tells_apart | {Barrier.TAKEN, Barrier.WRONG_KIND}

    def test_a_lookup_answers_each_account_once_or_none(self, platform: Platform) -> None:
        if platform.lookup is None:
            assert platform.capability.lookup is None
            return
        refs = examples(platform)
        for status, body in ((200, b"{}"), (200, b'{"profiles": []}'), (404, b"{}"), (400, b"{}"), (500, b"")):
            for order in (refs, refs[::-1]):
                answered = looked_up(platform, order, Always(status, body, JSON))
                assert answered is None or sorted(answered, key=repr) == sorted(order, key=repr)
