"""The double's Graph API behaves as the vendor documents it; clients nobody here wrote take it for the real thing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from auditor.core.model import AccountRef, Barrier, Miss, Missed, Outcome, Seen, Unreadable
from auditor.fetch.answer import Exchange, Refused
from auditor.fetch.client import Door
from auditor.fetch.credential import proof
from auditor.fetch.network import Network
from auditor.platforms import _instagram_api as api
from auditor.platforms.base import Window
from auditor.platforms.instagram import PLATFORM
from tests.lab import graph, graph_instagram as ig
from tests.lab.model import Account, Post, Scenario, State, utc
from tests.lab.server import Lab

from .asking import Got, ask

FIRST, NOW = utc("2024-01-01"), utc("2026-11-23")
DAY = timedelta(days=1)
BASE = f"{graph.PREFIX}/v26.0"


def account(name: str, *posts: Post, state: str = "ok", renames: tuple[Any, ...] = ()) -> Account:
    states = (State(state, FIRST),) if state != "ok" else ()
    return Account(f"instagram:{name}", "instagram", name, FIRST, posts, states, renames)


BUSY = account(
    "ramai.kota.contoh",
    Post(FIRST + DAY, pinned=True),
    *(Post(NOW - n * DAY, video=n % 3 == 0, album=1 + n % 2) for n in range(1, 60)),
)
ALL = (
    BUSY,
    account("kosong.kota.contoh"),
    account("pribadi.kota.contoh", Post(NOW - DAY), state="personal"),
    account("diambil.kota.contoh", Post(NOW - DAY), state="taken"),
    account("lama.kota.contoh", Post(NOW - DAY), renames=((NOW - 9 * DAY, "baru.kota.contoh"),)),
)
WORLD = Scenario("graph", NOW, ALL)


@pytest.fixture
def lab() -> Iterator[Lab]:
    with Lab(WORLD) as running:
        yield running


@pytest.fixture
def older() -> Iterator[Lab]:
    """The other form of whatever the documents leave open."""
    with Lab(replace(WORLD, variants={"graph": "b", "instagram": "b"})) as running:
        yield running


def face(lab: Lab) -> graph.Graph:
    found = lab.faces[graph.NAME]
    assert isinstance(found, graph.Graph)
    return found


def get(lab: Lab, path: str, token: str | None = graph.TOKEN, base: str = BASE) -> Got:
    return ask(lab, f"{base}/{path}", **({"Authorization": f"Bearer {token}"} if token else {}))


def code(got: Got) -> tuple[int, int | None, int | None]:
    error = got.json["error"]
    return got.status, error.get("code"), error.get("error_subcode")


def discovery(name: str, inner: str = "id") -> str:
    return f"{ig.OWN_ID}?fields=" + quote(f"business_discovery.username({name}){{{inner}}}", safe="")


def batch(lab: Lab, *relative: str, token: str = graph.TOKEN, **form: str) -> Got:
    items = [{"method": "GET", "relative_url": url} for url in relative]
    body = urlencode({"access_token": token, "batch": json.dumps(items), **form}).encode()
    return ask(lab, BASE + "/", None, "POST", body, Content_Type="application/x-www-form-urlencoded")


class TestTokens:
    """Who may ask."""

    @pytest.mark.parametrize(
        ("token", "wanted"),
        [
            (None, (400, 2500, None)),
            ("EAAsembarang", (400, 190, None)),
            (graph.EXPIRED, (400, 190, 463)),
            (graph.REVOKED, (401, 190, 467)),
            (graph.DEAUTHORISED, (400, 190, 458)),
            (graph.UNREVIEWED, (400, 10, None)),
            (graph.POLICY, (403, 368, None)),
            (graph.SPENT, (400, 4, None)),
        ],
        ids=["none", "wrong", "expired", "revoked", "deauthorised", "unreviewed", "policy", "spent"],
    )
    def test_a_token_that_does_not_work_says_why(self, lab: Lab, token: str | None, wanted: Any) -> None:
        assert code(get(lab, "me", token)) == wanted

    def test_a_token_is_taken_as_header_and_as_parameter(self, lab: Lab) -> None:
        assert get(lab, "me").status == 200
        assert get(lab, f"me?access_token={graph.TOKEN}", None).status == 200

    @pytest.mark.parametrize("base", [graph.PREFIX, f"{graph.PREFIX}/v25.0", f"{graph.PREFIX}/v26.0"])
    def test_every_version_and_none_is_served(self, lab: Lab, base: str) -> None:
        assert get(lab, "me", base=base).json == {"id": "100000000000001"}

    def test_a_proof_must_be_right_and_there_where_the_app_wants_it(self, lab: Lab) -> None:
        right = proof(graph.APP_SECRET, graph.TOKEN)
        assert get(lab, f"me?appsecret_proof={right}").status == 200
        assert code(get(lab, "me?appsecret_proof=" + "0" * 64)) == (400, 100, None)
        face(lab).require_proof = True
        assert code(get(lab, "me")) == (400, 100, None)
        assert get(lab, f"me?appsecret_proof={right}").status == 200

    def test_usage_is_told_once_there_is_some_and_the_allowance_ends(self, lab: Lab) -> None:
        face(lab).limit = 10
        told = [get(lab, "me").headers.get("x-app-usage") for _ in range(10)]
        assert json.loads(told[-1] or "{}")["call_count"] == 100
        assert code(get(lab, "me")) == (400, 4, None)
        lab.clock.set(NOW + timedelta(hours=1))
        assert "x-app-usage" in get(lab, "me").headers
        face(lab).limit = 200
        lab.clock.set(NOW + timedelta(hours=3))
        assert "x-app-usage" not in get(lab, "me").headers


class TestDiscovery:
    """Instagram."""

    def test_the_documented_shape(self, lab: Lab) -> None:
        inner = f"id,username,followers_count,media_count,media.limit(2){{{api.MEDIA}}}"
        body = get(lab, discovery("ramai.kota.contoh", inner)).json
        assert set(body) == {"business_discovery", "id"}
        found = body["business_discovery"]
        assert set(found) == {"id", "username", "followers_count", "media_count", "media"}
        assert (body["id"], found["id"] != body["id"], found["media_count"]) == (ig.OWN_ID, True, 60)
        media = found["media"]
        assert set(media) == {"data", "paging"}
        assert set(media["data"][0]) == {"id", "timestamp", "media_type", "media_product_type", "permalink"}
        assert media["data"][0]["timestamp"] == "2024-01-02T00:00:00+0000"  # pinned
        assert set(media["paging"]) == {"cursors"}

    def test_what_is_pinned_may_stand_first_or_not(self, older: Lab) -> None:
        inner = "media.limit(1){timestamp}"
        found = get(older, discovery("ramai.kota.contoh", inner)).json["business_discovery"]
        assert found["media"]["data"][0]["timestamp"] == "2026-11-22T00:00:00+0000"

    def test_an_account_without_media_has_no_such_key(self, lab: Lab) -> None:
        found = get(lab, discovery("kosong.kota.contoh", "media_count,media{id}")).json["business_discovery"]
        assert found == {"media_count": 0, "id": found["id"]}

    def test_cursors_lead_to_the_end_and_behind_it_there_are_none(self, lab: Lab) -> None:
        seen, after = list[str](), ""
        while True:
            inner = f"media{after}.limit(25){{id}}"
            media = get(lab, discovery("ramai.kota.contoh", inner)).json["business_discovery"].get("media")
            if media is None:
                break
            seen += [row["id"] for row in media["data"]]
            after = f".after({media['paging']['cursors']['after']})"
        assert len(seen) == len(set(seen)) == 60

    @pytest.mark.parametrize("name", ["pribadi.kota.contoh", "tiada.kota.contoh", "lama.kota.contoh"])
    def test_who_cannot_be_found_is_not_told_from_others(self, lab: Lab, older: Lab, name: str) -> None:
        assert code(get(lab, discovery(name))) == (400, 110, 2207013)
        assert code(get(older, discovery(name))) == (404, 100, 2207013)

    @pytest.mark.parametrize(
        ("path", "wanted"),
        {
            "stories of others": (discovery("ramai.kota.contoh", "stories"), (400, 10, None)),
            "live media of others": (discovery("ramai.kota.contoh", "live_media"), (400, 36104, None)),
            "a field that is not public": (discovery("ramai.kota.contoh", "email"), (400, 100, None)),
            "a field of media that is not public": (
                discovery("ramai.kota.contoh", "media{insights}"),
                (400, 100, None),
            ),
            "an expression that is cut": (f"{ig.OWN_ID}?fields=business_discovery.username(a){{id", (400, 2500, None)),
            "an expression that goes on": (f"{ig.OWN_ID}?fields=id}}", (400, 2500, None)),
            "a medium by its id": ("17885103395504675?fields=id", (400, 100, 33)),
            "another account that asks": (discovery("ramai.kota.contoh").replace(ig.OWN_ID, "17"), (400, 100, 33)),
            "a field that a person has not": ("me?fields=instagram_business_account{id}", (400, 100, None)),
        }.values(),
        ids=[
            *("stories of others", "live media of others", "a field that is not public"),
            *("a field of media that is not public", "an expression that is cut", "an expression that goes on"),
            *("a medium by its id", "another account that asks", "a field that a person has not"),
        ],
    )
    def test_what_the_vendor_refuses_is_refused(self, lab: Lab, path: str, wanted: Any) -> None:
        assert code(get(lab, path)) == wanted

    def test_the_account_that_asks_hangs_on_a_page(self, lab: Lab) -> None:
        (page,) = get(lab, "me/accounts?fields=instagram_business_account%7Bid%7D").json["data"]
        assert page["instagram_business_account"] == {"id": ig.OWN_ID}


class TestBatches:
    """Many requests in one."""

    def test_each_item_has_its_own_answer_as_text(self, lab: Lab) -> None:
        got = batch(lab, "me", discovery("pribadi.kota.contoh"), "v25.0/me?fields=id")
        first, second, third = got.json
        assert [first["code"], second["code"], third["code"]] == [200, 400, 200]
        assert json.loads(first["body"]) == {"id": "100000000000001"}
        assert json.loads(second["body"])["error"]["error_subcode"] == 2207013
        assert {"name", "value"} == set(first["headers"][0])

    def test_headers_can_be_left_out(self, lab: Lab) -> None:
        assert "headers" not in batch(lab, "me", include_headers="false").json[0]

    def test_fifty_are_answered_and_fifty_one_are_not(self, lab: Lab) -> None:
        assert len(batch(lab, *["me"] * 50).json) == 50
        refused = batch(lab, *["me"] * 51)
        assert refused.status == 400
        assert refused.json["error"]["type"] == "GraphBatchException"

    def test_every_item_counts(self, lab: Lab) -> None:
        batch(lab, *["me"] * 7)
        assert len(face(lab).calls[graph.TOKEN]) == 7

    def test_an_item_may_time_out(self, lab: Lab) -> None:
        face(lab).nulls = {1}
        assert [item is None for item in batch(lab, "me", "me", "me").json] == [False, True, False]
        assert None not in batch(lab, "me", "me").json

    def test_an_item_may_bring_a_token_of_its_own(self, lab: Lab) -> None:
        other, ours = batch(lab, f"me?access_token={graph.EXPIRED}", "me").json
        assert (other["code"], ours["code"]) == (400, 200)

    def test_accounts_of_every_item_are_named(self, lab: Lab) -> None:
        batch(lab, discovery("ramai.kota.contoh"), discovery("kosong.kota.contoh"))
        assert lab.requests[-1].accounts == ("instagram:ramai.kota.contoh", "instagram:kosong.kota.contoh")


class TestOutOfOrder:
    """What it says to everybody."""

    @pytest.mark.parametrize(("variant", "kind"), [("a", "json"), ("b", "html")])
    def test_an_outage_has_two_forms(self, lab: Lab, variant: str, kind: str) -> None:
        lab.break_with({"kind": "down", "platform": graph.NAME, "variant": variant})
        got = get(lab, "me")
        assert got.status >= 500
        assert kind in got.headers["content-type"]

    @pytest.mark.parametrize(("variant", "number"), [("a", 4), ("b", 17)])
    def test_a_limit_has_two_forms(self, lab: Lab, older: Lab, variant: str, number: int) -> None:
        for one, status in ((lab, 400), (older, 403)):
            one.break_with({"kind": "too_many", "platform": graph.NAME, "variant": variant})
            assert code(get(one, "me")) == (status, number, None)


class TestOurs:
    """The adapter, through the door that a sweep uses."""

    @contextmanager
    def door(self, lab: Lab, token: str = graph.TOKEN, *, user_id: bool = True) -> Iterator[Door]:
        self.exchanges: list[Exchange] = []
        signed = (("appsecret_proof", proof(graph.APP_SECRET, token)),)
        with Door(
            Network(),
            lab.clock.now,
            base_url=lab.url + BASE,
            auth=lambda _: {"Authorization": f"Bearer {token}"},
            signed=signed,
            about={"user_id": ig.OWN_ID} if user_id else {},
            secrets=(token, graph.APP_SECRET),
            on_exchange=self.exchanges.append,
        ) as ours:
            yield ours

    def look(self, ask: Door, handle: str, native_id: str | None = None) -> Outcome:
        window = Window(NOW - 40 * DAY, NOW)
        try:
            outcome = api.timeline(AccountRef("instagram", handle, native_id), None, ask, window)
        except Refused as refused:
            return refused.outcome
        assert isinstance(outcome, Seen | Unreadable | Missed)
        return outcome

    @pytest.mark.parametrize("user_id", [True, False], ids=["who asks is given", "who asks is found"])
    def test_it_reads_what_there_is(self, lab: Lab, older: Lab, user_id: bool) -> None:
        for one in (lab, older):
            with self.door(one, user_id=user_id) as ask:
                sight = self.look(ask, "ramai.kota.contoh")
                assert isinstance(sight, Seen)
                shown = [i.post.at for i in BUSY.visible(NOW) if i.post.at >= NOW - 40 * DAY]
                assert [p.posted_at for p in sight.posts if p.posted_at >= NOW - 40 * DAY] == shown[::-1]
                assert sight.horizon is not None
                assert sight.horizon <= NOW - 40 * DAY
                empty = self.look(ask, "kosong.kota.contoh")
                assert isinstance(empty, Seen)
                assert (empty.posts, empty.horizon) == ((), None)

    def test_it_says_of_nobody_that_he_is_gone(self, lab: Lab, older: Lab) -> None:
        for one in (lab, older):
            with self.door(one) as ask:
                assert self.look(ask, "pribadi.kota.contoh") == Missed(Miss.AMBIGUOUS_ABSENCE, "never_readable")
                taken = self.look(ask, "diambil.kota.contoh", ig.account_id(BUSY, NOW))
                assert taken == Unreadable(Barrier.TAKEN, "handle_taken")

    def test_it_signs_every_request_and_tells_nobody(self, lab: Lab) -> None:
        face(lab).require_proof = True
        with self.door(lab) as ask:
            assert isinstance(self.look(ask, "ramai.kota.contoh"), Seen)
        recorded = " ".join(map(repr, self.exchanges)) + " ".join(e.url for e in self.exchanges)
        assert self.exchanges
        for secret in (graph.TOKEN, graph.APP_SECRET, proof(graph.APP_SECRET, graph.TOKEN)):
            assert secret not in recorded
        assert all(graph.TOKEN not in str(r.query) for r in lab.requests)

    def test_its_credential_is_tested_by_what_it_is_for(self, lab: Lab) -> None:
        assert PLATFORM.connect is not None
        for user_id in (True, False):
            with self.door(lab, user_id=user_id) as ask:
                PLATFORM.connect.test(ask)
        for token, reason in ((graph.EXPIRED, Miss.CREDENTIAL_REJECTED), (graph.UNREVIEWED, Miss.PERMISSION_MISSING)):
            with self.door(lab, token) as ask, pytest.raises(Refused) as refused:
                PLATFORM.connect.test(ask)
            assert isinstance(refused.value.outcome, Missed)
            assert refused.value.outcome.reason is reason


# These libraries use what newer versions of Python or of their own dependencies call outdated.
OUTSIDE = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning", "ignore::FutureWarning")


@OUTSIDE
class TestPyfacebook:
    """python-facebook-api."""

    @contextmanager
    def client(self, lab: Lab, token: str = graph.TOKEN) -> Iterator[Any]:
        from pyfacebook import IGBusinessApi

        ours = IGBusinessApi(
            app_id="100",
            app_secret=graph.APP_SECRET,
            access_token=token,
            instagram_business_id=ig.OWN_ID,
            base_url=f"{lab.url}{graph.PREFIX}/",
            sleep_on_rate_limit=False,
        )
        with ours.session:
            ours.session.trust_env = False
            yield ours

    def test_it_discovers_an_account_and_reads_its_media(self, lab: Lab) -> None:
        with self.client(lab) as client:
            user = client.user.discovery_user("ramai.kota.contoh", fields="id,username,media_count,followers_count")
            found = user.business_discovery
            assert (found.username, found.media_count) == ("ramai.kota.contoh", 60)
            medias = client.user.discovery_user_medias("ramai.kota.contoh", fields=api.MEDIA, limit=25)
            page = medias.business_discovery.media
            assert len(page.data) == 25
            after = page.paging.cursors.after
            more = client.user.discovery_user_medias("ramai.kota.contoh", fields=api.MEDIA, limit=25, after=after)
            ids = {m.id for m in page.data} & {m.id for m in more.business_discovery.media.data}
            assert ids == set()

    def test_it_understands_the_errors(self, lab: Lab) -> None:
        from pyfacebook import FacebookError

        with self.client(lab) as client, pytest.raises(FacebookError) as caught:
            client.user.discovery_user("pribadi.kota.contoh", fields="id")
        assert (caught.value.code, caught.value.message) == (110, "Invalid user id")

    def test_it_reads_the_usage(self, lab: Lab) -> None:
        face(lab).limit = 10
        with self.client(lab) as client:
            client.get_object("me")
            client.get_object("me")
            assert client.rate_limit.get_limit().call_count == 20


@OUTSIDE
class TestVendorsClient:
    """facebook-business, Meta's own."""

    @contextmanager
    def client(self, lab: Lab, token: str = graph.TOKEN) -> Iterator[Any]:
        from facebook_business.api import FacebookAdsApi
        from facebook_business.session import FacebookSession

        session = FacebookSession("100", graph.APP_SECRET, token)
        session.GRAPH = lab.url + graph.PREFIX
        session.requests.trust_env = False
        with session.requests:
            yield FacebookAdsApi(session, api_version="v25.0")

    def test_it_reads_an_object(self, lab: Lab) -> None:
        from facebook_business.adobjects.iguser import IGUser

        with self.client(lab) as client:
            user = IGUser(ig.OWN_ID, api=client).api_get(
                fields=["business_discovery.username(ramai.kota.contoh){id,media_count}"]
            )
        assert user["business_discovery"]["media_count"] == 60

    def test_its_batches_answer_each_call_and_try_again_what_timed_out(self, lab: Lab) -> None:
        good, bad = list[Any](), list[Any]()
        face(lab).nulls = {0}
        with self.client(lab) as client:
            calls = client.new_batch()
            for name in ("ramai.kota.contoh", "pribadi.kota.contoh", "kosong.kota.contoh"):
                path = (ig.OWN_ID,)
                fields = {"fields": f"business_discovery.username({name}){{id,username}}"}
                calls.add("GET", path, fields, success=good.append, failure=bad.append)
            left = calls.execute()
            assert [r.json()["business_discovery"]["username"] for r in good] == ["kosong.kota.contoh"]
            assert [r.error().api_error_subcode() for r in bad] == [2207013]
            assert len(left) == 1
            assert left.execute() is None
        assert good[-1].json()["business_discovery"]["username"] == "ramai.kota.contoh"

    def test_it_understands_the_errors(self, lab: Lab) -> None:
        from facebook_business.exceptions import FacebookRequestError

        with self.client(lab, graph.EXPIRED) as client, pytest.raises(FacebookRequestError) as caught:
            client.call("GET", ("me",))
        assert (caught.value.api_error_code(), caught.value.api_error_subcode()) == (190, 463)

    def test_what_we_ask_for_is_in_its_description_of_an_account(self) -> None:
        from facebook_business.adobjects.igmedia import IGMedia
        from facebook_business.adobjects.iguser import IGUser
        from facebook_business.adobjects.page import Page

        assert set(api.MEDIA.split(",")) <= set(vars(IGMedia.Field).values())
        asked = {"business_discovery", "id", "username", *api.COUNTERS.values()}
        assert asked <= set(vars(IGUser.Field).values())
        assert api.LINKED in vars(Page.Field).values()
