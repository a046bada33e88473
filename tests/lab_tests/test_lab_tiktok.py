"""The double's TikTok behaves as the vendor documents it, and an OAuth 2 client nobody here wrote takes it for real."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from tests.lab import tiktok as face
from tests.lab.model import Account, Post, Scenario, State, utc
from tests.lab.rhythm import steady
from tests.lab.server import Lab

from .asking import ask

NOW = utc("2026-11-23")
FIRST = utc("2026-01-05")
BUSY, DELETED, PRIVATE, EMPTY = "humas_contoh", "hilang_contoh", "kunci_contoh", "kosong_contoh"


def account(handle: str, posts: tuple[Post, ...] | None = None, *states: State) -> Account:
    made = steady(handle, FIRST, NOW, 3) if posts is None else posts
    return Account(f"tiktok:{handle}", "tiktok", handle, FIRST, made, states, title="Dinas Contoh")


WORLD = Scenario(
    name="tiktok",
    now=NOW,
    accounts=(
        account(BUSY, (*steady(BUSY, FIRST, NOW, 3), Post(utc("2026-01-06"), pinned=True), Post(NOW, "private"))),
        account(DELETED, None, State("deleted", utc("2026-11-16"))),
        account(PRIVATE, None, State("private", utc("2026-11-16"))),
        account(EMPTY, ()),
    ),
)


@pytest.fixture
def lab() -> Iterator[Lab]:
    with Lab(WORLD) as running:
        yield running


def tiktok(lab: Lab) -> face.TikTok:
    found = lab.faces[face.NAME]
    assert isinstance(found, face.TikTok)
    return found


def token(lab: Lab, handle: str = BUSY, scopes: frozenset[str] = frozenset(face.SCOPES)) -> str:
    given = tiktok(lab).consent(WORLD.account(f"tiktok:{handle}"), lab.clock.now(), scopes)
    return str(given["access_token"])


def listed(lab: Lab, bearer: str | None, body: Any = None, fields: str = "id,create_time") -> tuple[int, Any]:
    headers = {"Content_Type": "application/json"} | ({"Authorization": f"Bearer {bearer}"} if bearer else {})
    path = f"{face.PREFIX}/v2/video/list/" + (f"?fields={fields}" if fields else "")
    said = ask(lab, path, method="POST", body=json.dumps(body if body is not None else {}).encode(), **headers)
    return said.status, said.json


def page(lab: Lab, path: str) -> Any:
    said = ask(lab, f"{face.PREFIX}/embed/{path}")
    assert said.status == 200
    text = said.text.partition('type="application/json">')[2].partition("</script>")[0]
    return json.loads(text)["source"]["data"][f"/embed/{path}"]


# --- the Display API ---


def test_an_answer_has_the_documented_shape(lab: Lab) -> None:
    status, body = listed(lab, token(lab), {"max_count": 20}, "id,create_time,share_url,title")
    assert status == 200
    assert set(body) == {"data", "error"}
    assert set(body["data"]) == {"videos", "cursor", "has_more"}
    assert body["error"]["code"] == "ok"
    first = body["data"]["videos"][0]
    assert {name: type(value) for name, value in first.items()} == {
        "id": str,
        "create_time": int,
        "share_url": str,
        "title": str,
    }
    assert body["data"]["cursor"] % 1000 == 0


def test_pages_follow_each_other_by_milliseconds_to_the_end_and_show_public_videos_only(lab: Lab) -> None:
    bearer, found, body = token(lab), [], {"max_count": 20}
    while True:
        _, said = listed(lab, bearer, body)
        found += [video["create_time"] for video in said["data"]["videos"]]
        if not said["data"]["has_more"]:
            break
        body = {"max_count": 20, "cursor": said["data"]["cursor"]}
    ours = [i.post.at for i in WORLD.account(f"tiktok:{BUSY}").visible(NOW) if i.post.kind != "private"]
    assert found == sorted((int(at.timestamp()) for at in ours), reverse=True)


REFUSED = {
    "no token": (None, {}, "id", 401, "access_token_invalid"),
    "21 videos": ("ok", {"max_count": 21}, "id", 400, "invalid_params"),
    "a cursor in words": ("ok", {"cursor": "x"}, "id", 400, "invalid_params"),
    "no fields": ("ok", {}, "", 400, "invalid_params"),
    "a field that is none": ("ok", {}, "id,halo", 400, "invalid_params"),
}


@pytest.mark.parametrize(("bearer", "body", "fields", "status", "code"), REFUSED.values(), ids=REFUSED.keys())
def test_what_the_vendor_refuses_is_refused(
    lab: Lab, bearer: str | None, body: Any, fields: str, status: int, code: str
) -> None:
    said = listed(lab, token(lab) if bearer else None, body, fields)
    assert (said[0], said[1]["error"]["code"]) == (status, code)


def test_an_owner_may_agree_to_a_part_only(lab: Lab) -> None:
    status, body = listed(lab, token(lab, scopes=frozenset({"user.info.basic"})))
    assert (status, body["error"]["code"]) == (401, "scope_not_authorized")


def test_a_token_ends_after_a_day_and_where_it_is_withdrawn(lab: Lab) -> None:
    bearer = token(lab)
    lab.clock.set(NOW + timedelta(hours=24))
    assert listed(lab, bearer)[0] == 401
    bearer = token(lab)
    assert listed(lab, bearer)[0] == 200
    tiktok(lab).revoke(WORLD.account(f"tiktok:{BUSY}"))
    assert listed(lab, bearer)[0] == 401


def test_too_many_in_a_minute_are_too_many_until_it_is_over(lab: Lab) -> None:
    tiktok(lab).limit = 2
    bearer = token(lab)
    assert [listed(lab, bearer)[0] for _ in range(3)] == [200, 200, 429]
    lab.clock.set(NOW + timedelta(seconds=61))
    assert listed(lab, bearer)[0] == 200


# --- the pages ---


def test_a_creators_page_lists_ten_with_the_pin_on_top_and_no_dates(lab: Lab) -> None:
    entry = page(lab, f"@{BUSY}")
    ids = [video["id"] for video in entry["videoList"]]
    assert len(ids) == 10
    assert ids[0] == min(ids)
    assert ids[1:] == sorted(ids[1:], reverse=True)
    assert "createTime" not in json.dumps(entry)


def test_a_videos_own_page_states_its_second_as_text(lab: Lab) -> None:
    id_ = page(lab, f"@{BUSY}")["videoList"][1]["id"]
    at = page(lab, f"v2/{id_}")["videoData"]["itemInfos"]["createTime"]
    assert isinstance(at, str)
    assert 0 <= int(at) - (int(id_) >> 32) <= 37
    assert page(lab, "v2/1")["errorCode"] == 10204


def test_who_is_private_or_not_there_says_so_in_both_variants() -> None:
    for variant, gone in (("a", {"code": 404}), ("b", None)):
        with Lab(replace(WORLD, variants={"tiktok": variant})) as lab:
            assert page(lab, f"@{PRIVATE}")["userInfo"]["privateAccount"] is True
            entry = page(lab, f"@{DELETED}")
            assert entry.get("userInfo") == gone
            assert entry["isError"] is (variant == "b")
            assert page(lab, f"@{EMPTY}")["videoList"] == []


# --- consent, by requests-oauthlib ---


@pytest.fixture
def insecure(monkeypatch: pytest.MonkeyPatch) -> None:
    """The client insists on https, and the double stands on loopback."""
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    monkeypatch.setenv("NO_PROXY", "*")


@pytest.mark.usefixtures("insecure")
class TestStrangersClient:
    """requests-oauthlib, which knows nothing of TikTok but its addresses."""

    def session(self, redirect: str = face.REDIRECT) -> Any:
        from requests_oauthlib import OAuth2Session

        return OAuth2Session(face.KEY, redirect_uri=redirect, scope=["user.info.basic,video.list"])

    def back(self, lab: Lab, url: str, cookie: str) -> str:
        """Where the browser ends that opens the address."""
        query = urlsplit(url).query
        said = ask(lab, f"{face.PREFIX}/v2/auth/authorize/?{query}", Cookie=cookie)
        assert said.status == 302, said.text
        return said.headers["location"]

    def fetched(self, lab: Lab, client: Any, back: str, **more: str) -> Any:
        return client.fetch_token(
            f"{lab.url}{face.PREFIX}/v2/oauth/token/",
            authorization_response=back,
            client_secret=face.SECRET,
            include_client_id=True,
            **{"client_key": face.KEY, **more},
        )

    def test_it_gets_a_token_by_the_code_and_reads_with_it(self, lab: Lab) -> None:
        client = self.session()
        url, _ = client.authorization_url(f"{lab.url}/v2/auth/authorize/", client_key=face.KEY)
        given = self.fetched(lab, client, self.back(lab, url, f"sessionid={BUSY}"))
        assert given["open_id"] == face.open_id(WORLD.account(f"tiktok:{BUSY}"))
        assert (given["expires_in"], given["refresh_expires_in"]) == (86400, 31536000)
        said = client.post(
            f"{lab.url}{face.PREFIX}/v2/video/list/?{urlencode({'fields': 'id,create_time'})}", json={"max_count": 3}
        )
        assert len(said.json()["data"]["videos"]) == 3
        client.close()

    def test_it_renews_and_the_old_refresh_token_is_worth_nothing(self, lab: Lab) -> None:
        from oauthlib.oauth2.rfc6749.errors import InvalidGrantError

        client = self.session()
        url, _ = client.authorization_url(f"{lab.url}/v2/auth/authorize/", client_key=face.KEY)
        first = self.fetched(lab, client, self.back(lab, url, f"sessionid={BUSY}"))
        where = f"{lab.url}{face.PREFIX}/v2/oauth/token/"
        more = {"client_key": face.KEY, "client_secret": face.SECRET}
        second = client.refresh_token(where, refresh_token=first["refresh_token"], **more)
        assert second["refresh_token"] != first["refresh_token"]
        with pytest.raises(InvalidGrantError):
            client.refresh_token(where, refresh_token=first["refresh_token"], **more)
        client.close()

    def test_it_understands_the_errors(self, lab: Lab) -> None:
        from oauthlib.oauth2.rfc6749.errors import AccessDeniedError, InvalidClientError, InvalidGrantError

        client = self.session()
        url, _ = client.authorization_url(f"{lab.url}/v2/auth/authorize/", client_key=face.KEY)
        with pytest.raises(AccessDeniedError):
            self.fetched(lab, client, self.back(lab, url, "sessionid=; agrees="))
        back = self.back(lab, url, f"sessionid={BUSY}")
        with pytest.raises(InvalidClientError):
            self.fetched(lab, client, back, client_key="lain")
        self.fetched(lab, client, back)
        with pytest.raises(InvalidGrantError):
            self.fetched(lab, client, back)
        client.close()

    def test_an_app_of_this_machine_must_prove_itself_in_hex(self, lab: Lab) -> None:
        """As ours does."""
        from auditor.consent import authorize_url, needs_proof
        from auditor.fetch.grant import App
        from auditor.platforms.tiktok import KEYED

        assert KEYED.secret is not None
        assert KEYED.secret.owners is not None
        app = App(face.KEY, face.SECRET, face.DESKTOP)
        assert needs_proof(app)
        url = authorize_url(KEYED.secret.owners, app, "keadaan", "bukti" * 10)
        back = self.back(lab, url, f"sessionid={BUSY}")
        assert parse_qs(urlsplit(back).query)["state"] == ["keadaan"]
        client = self.session(face.DESKTOP)
        client._state = "keadaan"
        assert self.fetched(lab, client, back, code_verifier="bukti" * 10)["open_id"]
        client.close()
