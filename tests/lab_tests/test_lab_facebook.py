"""The double's Facebook Pages behave as the vendor documents them; other people's clients and ours agree on them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from auditor import clock
from auditor.core.model import AccountRef, Barrier, Miss, Missed, PostKind, Seen, Unreadable
from auditor.fetch.answer import Exchange
from auditor.fetch.client import Door
from auditor.fetch.network import Network
from auditor.platforms.base import Answered, Window
from auditor.platforms.facebook import PLATFORM
from tests.e2e.city import Office, open_office
from tests.lab import graph, graph_facebook as face
from tests.lab.model import Post, Scenario, utc
from tests.lab.rhythm import steady
from tests.lab.scenarios.zoo import FIRST, NOW, make
from tests.lab.server import Lab

from .asking import Got, ask

BASE = f"{graph.PREFIX}/v26.0"
FIELDS = "id,created_time,status_type,is_published,permalink_url"
MIXED = (
    Post(utc("2026-11-18T02:00:00")),
    Post(utc("2026-11-19T03:00:00"), "repost"),
    Post(utc("2026-11-20T03:00:00"), "unpublished"),
    Post(utc("2019-01-01T03:00:00"), shown=utc("2026-11-21T03:00:00")),
)
ACCOUNTS = (
    make("facebook", "ramai.contoh", posts=steady("ramai", utc("2026-06-01"), NOW, 5)),
    make("facebook", "campur.contoh", posts=MIXED),
    make("facebook", "kosong.contoh", posts=()),
    make("facebook", "hilang.contoh", "deleted"),
    make("facebook", "tutup.contoh", "unpublished"),
    make("facebook", "pribadi.contoh", "person"),
    make("facebook", "gabung.contoh", "merged", detail="facebook:ramai.contoh"),
    make("facebook", "peran.contoh", role=True, posts=steady("peran", FIRST, NOW, 9)),
    make("facebook", "lepas.contoh", role="lost"),
)
WORLD = Scenario("facebook", NOW, ACCOUNTS)
SINCE = NOW - timedelta(days=60)
assert PLATFORM.keyed is not None
KEYED = PLATFORM.keyed


@pytest.fixture(params=["a", "b"])
def lab(request: pytest.FixtureRequest) -> Iterator[Lab]:
    with Lab(replace(WORLD, variants={"facebook": request.param})) as running:
        yield running


@pytest.fixture
def plain() -> Iterator[Lab]:
    with Lab(WORLD) as running:
        yield running


def part(lab: Lab) -> face.Part:
    return next(p for p in lab.faces["graph"].parts if isinstance(p, face.Part))


def id_of(name: str) -> str:
    return face.page_id(WORLD.account(f"facebook:{name}"))


def get(lab: Lab, path: str, token: str = graph.TOKEN) -> Got:
    return ask(lab, f"{BASE}/{path}", Authorization=f"Bearer {token}")


def code(got: Got) -> tuple[int, int, int | None]:
    error = got.json["error"]
    return got.status, error["code"], error.get("error_subcode")


REFUSED = {
    "a limit of 101": (f"{id_of('ramai.contoh')}/published_posts?limit=101", (400, 100, None)),
    "an edge that does not exist": (f"{id_of('ramai.contoh')}/reels", (400, 2500, None)),
    "a field that does not exist": (f"{id_of('ramai.contoh')}/posts?fields=halo", (400, 100, None)),
    "a field of a Page that does not exist": ("ramai.contoh?fields=halo", (400, 100, None)),
    "an id that leads nowhere": ("999999999999999/published_posts", (400, 100, 33)),
    "an unpublished Page": (f"{id_of('tutup.contoh')}/published_posts", (400, 100, 33)),
    "a name that nobody has": ("hilang.contoh?fields=id", (400, 803, None)),
    "a name of a person": ("pribadi.contoh?fields=id", (400, 803, None)),
    "a Page that was merged": (f"{id_of('gabung.contoh')}/published_posts", (400, 21, None)),
    "51 ids": ("?ids=" + ",".join(map(str, range(51))), (400, 100, None)),
    "one name of three that nobody has": ("?ids=ramai.contoh,hilang.contoh,campur.contoh", (400, 803, None)),
}


class TestRefusals:
    """Strict as the vendor."""

    @pytest.mark.parametrize(("path", "said"), REFUSED.values(), ids=REFUSED.keys())
    def test_what_the_vendor_refuses_is_refused(self, plain: Lab, path: str, said: tuple[int, int, int | None]) -> None:
        assert code(get(plain, path)) == said

    def test_without_the_feature_a_page_of_others_is_not_read(self, plain: Lab) -> None:
        part(plain).reviewed = False
        assert code(get(plain, f"{id_of('ramai.contoh')}/published_posts")) == (400, 10, None)
        assert code(get(plain, "ramai.contoh?fields=id")) == (400, 100, None)
        own = face.page_token(WORLD.account("facebook:peran.contoh"))
        assert get(plain, f"{id_of('peran.contoh')}/published_posts", own).status == 200

    def test_the_feed_alone_shows_what_is_not_published(self, plain: Lab) -> None:
        listed = {
            edge: [
                row["is_published"]
                for row in get(plain, f"{id_of('campur.contoh')}/{edge}?fields={FIELDS}").json["data"]
            ]
            for edge in face.EDGES
        }
        assert listed == {"feed": [False, True, True, True], "posts": [True] * 3, "published_posts": [True] * 3}

    def test_one_bad_item_of_a_batch_does_not_sink_the_others(self, plain: Lab) -> None:
        names = ["ramai.contoh", "hilang.contoh", "campur.contoh"]
        batch = json.dumps([{"method": "GET", "relative_url": f"{name}?fields=id"} for name in names])
        body = urlencode({"batch": batch, "include_headers": "true"}).encode()
        got = ask(plain, f"{BASE}/", method="POST", body=body, Authorization=f"Bearer {graph.TOKEN}")
        assert [entry["code"] for entry in got.json] == [200, 400, 200]


@contextmanager
def door(lab: Lab, told: list[Exchange] | None = None) -> Iterator[Door]:
    with Door(
        Network(),
        clock.fixed(NOW),
        base_url=f"{lab.url}{BASE}",
        auth=lambda host: {"Authorization": f"Bearer {graph.TOKEN}"},
        on_exchange=(told if told is not None else []).append,
    ) as opened:
        yield opened


def read(lab: Lab, *refs: AccountRef, since: datetime = SINCE, told: list[Exchange] | None = None) -> list[Answered]:
    assert KEYED.bulk is not None
    with door(lab, told) as opened:
        return [said for _, said in KEYED.bulk([(ref, Window(since, NOW)) for ref in refs], opened)]


def known(name: str) -> AccountRef:
    return AccountRef("facebook", name, id_of(name))


def new(name: str) -> AccountRef:
    return AccountRef("facebook", name)


class TestOurs:
    """The adapter on the double, in both variants."""

    def test_every_kind_of_page_gets_its_own_outcome_from_one_batch(self, lab: Lab) -> None:
        refs = [known("ramai.contoh"), new("campur.contoh"), known("kosong.contoh"), new("hilang.contoh")]
        refs += [known("hilang.contoh"), known("tutup.contoh"), new("pribadi.contoh"), known("gabung.contoh")]
        busy, mixed, empty, never, gone, closed, person, merged = read(lab, *refs)
        truth = [i for i in WORLD.account("facebook:ramai.contoh").visible(NOW) if i.post.at >= SINCE]
        assert isinstance(busy, Seen)
        assert {p.posted_at for p in busy.posts} >= {i.post.at for i in truth}
        assert isinstance(mixed, Seen)
        assert (mixed.native_id, mixed.handle) == (id_of("campur.contoh"), "campur.contoh")
        assert [(p.posted_at, p.kind) for p in mixed.posts] == [
            (utc("2026-11-19T03:00:00"), PostKind.REPOST),
            (utc("2026-11-18T02:00:00"), PostKind.ORIGINAL),
            (utc("2019-01-01T03:00:00"), PostKind.ORIGINAL),
        ]
        assert isinstance(empty, Seen)
        assert (empty.posts, empty.horizon) == ((), NOW)
        assert never == Unreadable(Barrier.GONE, "never_resolved")
        assert gone == Missed(Miss.AMBIGUOUS_ABSENCE, "alias_unknown")
        assert closed == Missed(Miss.AMBIGUOUS_ABSENCE, "100/33")
        assert isinstance(person, Unreadable)
        assert person.barrier is Barrier.WRONG_KIND
        assert isinstance(merged, Seen)
        assert merged.flags == {f"moved_to=https://www.facebook.com/{id_of('ramai.contoh')}"}
        assert {p.posted_at for p in merged.posts} == {p.posted_at for p in busy.posts}

    def test_our_count_of_calls_is_the_doubles(self, lab: Lab) -> None:
        assert KEYED.bulk is not None
        counted: list[int] = []

        class Counting:
            """Between the adapter and the door."""

            def __init__(self, inner: Door) -> None:
                self.inner, self.about, self.memory, self.proof = inner, inner.about, inner.memory, inner.proof

            def __call__(self, *args: Any, cost: Any = None, **more: Any) -> Any:
                counted.append(1 if cost is None else cost["call"])
                return self.inner(*args, cost=cost, **more)

        with door(lab) as opened:
            list(
                KEYED.bulk(
                    [(known("ramai.contoh"), Window(SINCE, NOW)), (new("a.b.c"), Window(SINCE, NOW))], Counting(opened)
                )
            )
        assert sum(counted) == sum(map(len, lab.faces["graph"].calls.values()))

    def test_a_page_with_a_role_is_read_without_the_feature_and_the_others_are_not(self, lab: Lab) -> None:
        part(lab).reviewed = False
        told: list[Exchange] = []
        role, lost, other = read(lab, new("peran.contoh"), known("lepas.contoh"), known("ramai.contoh"), told=told)
        assert isinstance(role, Seen)
        assert (role.native_id, bool(role.posts)) == (id_of("peran.contoh"), True)
        assert isinstance(lost, Missed)
        assert (lost.reason, lost.detail) == (Miss.PERMISSION_MISSING, "role_lost")
        assert isinstance(other, Missed)
        assert other.reason is Miss.PERMISSION_MISSING
        assert "EAAContoh" not in repr((told, role, lost, other))

    def test_a_null_entry_is_asked_again(self, lab: Lab) -> None:
        lab.faces["graph"].nulls = {0}
        assert all(isinstance(o, Seen) for o in read(lab, known("ramai.contoh"), known("campur.contoh")))

    def test_fifty_one_pages_are_two_batches(self, lab: Lab) -> None:
        read(lab, *(AccountRef("facebook", f"dinas{n}.contoh", str(10**14 + n)) for n in range(51)))
        assert all(len(r.accounts) <= 50 for r in lab.requests)

    def test_a_token_that_was_signed_is_recorded_nowhere_from_then_on(self, plain: Lab) -> None:
        told: list[Exchange] = []
        with door(plain, told) as opened:
            assert opened.proof("EAABurungKenari") is None
            opened("GET", "me", [("fields", "EAABurungKenari")])
        assert len(told) == 1
        assert "EAABurungKenari" not in repr(told)

    def test_the_tokens_stand_in_no_address(self, lab: Lab) -> None:
        read(lab, new("peran.contoh"), known("ramai.contoh"))
        assert "EAAContoh" not in repr([(r.path, r.query) for r in lab.requests])
        assert {r.headers["authorization"] for r in lab.requests} == {f"Bearer {graph.TOKEN}"}


# Its modules are old: newer versions of Python call some of what they do outdated.
VENDOR = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::SyntaxWarning")


@contextmanager
def vendor(lab: Lab, token: str = graph.TOKEN) -> Iterator[Any]:
    """The client that Meta ships."""
    from facebook_business.api import FacebookAdsApi, FacebookSession

    class Session(FacebookSession):  # type: ignore[misc]
        """At another address."""

        GRAPH = f"{lab.url}{graph.PREFIX}"

    session = Session(access_token=token)
    session.requests.verify = False
    session.requests.trust_env = False
    try:
        yield FacebookAdsApi(session, api_version="v26.0")
    finally:
        session.requests.close()


@VENDOR
class TestVendorsClient:
    """facebook_business."""

    def test_it_reads_and_pages_through_published_posts(self, lab: Lab) -> None:
        from facebook_business.adobjects.page import Page

        with vendor(lab) as api:
            page = Page(id_of("ramai.contoh"), api=api)
            rows = [
                (p["id"], p["created_time"]) for p in page.get_published_posts(["id", "created_time"], {"limit": 7})
            ]
        account = WORLD.account("facebook:ramai.contoh")
        assert sorted(rows) == sorted((face.post_id(account, i), face.stamp(i.post.at)) for i in account.visible(NOW))

    def test_its_batch_gets_an_answer_for_each(self, lab: Lab) -> None:
        good: list[str] = []
        bad: list[tuple[int, int]] = []
        with vendor(lab) as api:
            batch = api.new_batch()
            for name in ("ramai.contoh", "hilang.contoh", "gabung.contoh", "campur.contoh"):
                batch.add(
                    "GET",
                    (id_of(name), "published_posts"),
                    {"fields": FIELDS, "limit": 10},
                    success=lambda response: good.append(
                        response.json()["data"][-1]["id"] if response.json()["data"] else ""
                    ),
                    failure=lambda response: bad.append((response.status(), response.error().api_error_code())),
                )
            assert batch.execute() is None
        assert len(good) == 2
        assert bad == [(400, 100), (400, 21)]

    def test_its_batch_asks_for_what_timed_out_again(self, lab: Lab) -> None:
        lab.faces["graph"].nulls = {1}
        good: list[Any] = []
        with vendor(lab) as api:
            batch = api.new_batch()
            for name in ("ramai.contoh", "campur.contoh"):
                batch.add("GET", (name,), {"fields": "id"}, success=good.append)
            again = batch.execute()
            assert len(again) == 1
            assert again.execute() is None
        assert len(good) == 2

    def test_our_batch_is_what_its_batch_is(self, lab: Lab) -> None:
        """The same questions, as both of us write them."""
        from auditor.platforms._facebook_batch import Question

        params = (("fields", FIELDS), ("limit", "10"))
        with vendor(lab) as api:
            theirs = api.new_batch().add("GET", (id_of("ramai.contoh"), "published_posts"), dict(params))
        with door(lab) as opened:
            ours = Question(f"{id_of('ramai.contoh')}/published_posts", params).sent(opened)
        assert theirs["method"] == ours["method"]
        assert theirs["relative_url"].replace(quote(","), ",") == ours["relative_url"]

    def test_it_knows_the_fields_and_edges_that_we_ask_for(self) -> None:
        from facebook_business.adobjects.page import Page
        from facebook_business.adobjects.pagepost import PagePost

        from auditor.platforms._facebook_api import FIELDS as OURS

        known_fields = {value for name, value in vars(PagePost.Field).items() if not name.startswith("_")}
        assert set(OURS.split(",")) <= known_fields
        assert known_fields >= face.POST_FIELDS
        assert {"id", "username", "access_token"} <= {v for n, v in vars(Page.Field).items() if not n.startswith("_")}
        assert hasattr(Page, "get_published_posts")


class TestOtherClient:
    """python-facebook-api."""

    def client(self, lab: Lab, token: str = graph.TOKEN) -> Any:
        from pyfacebook import FacebookApi

        return FacebookApi(
            access_token=token, version="v24.0", base_url=f"{lab.url}{graph.PREFIX}/", sleep_on_rate_limit=False
        )

    def test_it_reads_a_page_by_name_and_its_posts(self, lab: Lab) -> None:
        client = self.client(lab)
        page = client.page.get_info(username="campur.contoh", fields="id,name,username,link,followers_count")
        assert (page.id, page.username) == (id_of("campur.contoh"), "campur.contoh")
        listed = client.page.get_published_posts(page.id, fields=FIELDS, count=None, limit=2, return_json=True)
        assert len(listed["data"]) == 3
        client.session.close()

    def test_it_reads_several_pages_at_once(self, lab: Lab) -> None:
        client = self.client(lab)
        ids = [id_of("campur.contoh"), id_of("ramai.contoh")]
        assert set(client.page.get_batch(ids=ids, fields="id,username")) == set(ids)
        client.session.close()

    def test_it_understands_the_errors(self, lab: Lab) -> None:
        from pyfacebook import FacebookError

        client = self.client(lab)
        for name, number in (("hilang.contoh", 803), ("pribadi.contoh", 803)):
            with pytest.raises(FacebookError) as caught:
                client.page.get_info(username=name)
            assert caught.value.code == number
        client.session.close()

    def test_it_sees_the_pages_with_a_role(self, lab: Lab) -> None:
        client = self.client(lab)
        found = client.get_object("me/accounts", fields="id,access_token")
        assert [row["id"] for row in found["data"]] == [id_of("peran.contoh"), id_of("lepas.contoh")]
        client.session.close()


class TestCommandLine:
    """A round through the real doors, with an app secret, where Pages gave a role."""

    def office(self, lab: Lab, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
        monkeypatch.setenv("AUDITOR_META_ACCESS_TOKEN", graph.TOKEN)
        monkeypatch.setenv("AUDITOR_META_APP_SECRET", graph.APP_SECRET)
        office = open_office(lab, folder, [{"platform": "facebook", "handle": a.handle} for a in ACCOUNTS])
        written = office.config / "auditor.yaml"
        lines = f'  facebook: {{enabled: true, base_url: "{lab.url}{BASE}"}}\n'
        written.write_text(written.read_text("utf-8") + lines, "utf-8")
        return office

    def test_every_token_is_signed_where_the_app_demands_it_and_no_secret_is_written_anywhere(
        self, plain: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
    ) -> None:
        plain.faces["graph"].require_proof = True
        part(plain).reviewed = False
        office = self.office(plain, tmp_path, monkeypatch)
        office.poll(NOW)
        rows = {name: row["status"] for name, row in office.rows(NOW).items()}
        shown = office("show", "facebook:peran.contoh", now=NOW)[1]
        assert rows["facebook:peran.contoh"] == "slow"
        assert len(plain.faces["graph"].calls[face.page_token(WORLD.account("facebook:peran.contoh"))]) > 0
        assert rows["facebook:ramai.contoh"] == "unknown"
        tokens = {graph.TOKEN, graph.APP_SECRET, graph.proof_of(graph.TOKEN)}
        for account in ACCOUNTS:
            tokens |= {face.page_token(account), graph.proof_of(face.page_token(account))}
        written = b"".join(p.read_bytes() for p in sorted(tmp_path.rglob("*")) if p.is_file())
        out, err = capfd.readouterr()
        for token in tokens:
            assert token not in out + err + shown
            assert token.encode() not in written
