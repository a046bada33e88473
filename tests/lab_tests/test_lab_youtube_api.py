"""The double's Data API behaves as the vendor documents it, and the vendor's own client takes it for the real thing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.lab import youtube_api as api
from tests.lab.fields import parse
from tests.lab.model import Account, Post, Scenario, iso, utc
from tests.lab.scenarios import scenario
from tests.lab.server import Lab
from tests.lab.youtube import video_id

from .asking import ask

BUSY, GONE, EMPTY = (f"UC{n}-kota-contoh-1{i}A" for i, n in enumerate(("ramai0", "hilang", "kosong")))
BASE = api.PREFIX + api.PATH
TAPES = Path(__file__).parent.parent / "tapes" / "youtube"


@pytest.fixture
def lab() -> Iterator[Lab]:
    with Lab(scenario("zoo")) as running:
        yield running


def get(lab: Lab, path: str, key: str | None = api.KEY) -> tuple[int, Any]:
    said = ask(lab, f"{BASE}/{path}", **({"X_Goog_Api_Key": key} if key else {}))
    return said.status, json.loads(said.text)


def reason(lab: Lab, path: str, key: str | None = api.KEY) -> tuple[int, str]:
    status, body = get(lab, path, key)
    return status, body["error"]["errors"][0]["reason"]


def test_a_channel_has_the_recorded_shape(lab: Lab) -> None:
    """Every key of the recorded answer, with the same types of values."""
    recorded = json.loads((TAPES / "channels-two.json").read_text())
    _, ours = get(lab, f"channels?part=snippet,contentDetails,statistics&id={BUSY}")
    assert set(recorded) == set(ours)
    assert shape(ours["items"][0]) == shape(recorded["items"][1])


def shape(value: Any) -> Any:
    return {k: shape(v) for k, v in value.items()} if isinstance(value, dict) else type(value)


def test_who_is_not_there_is_left_out_and_nobody_at_all_leaves_no_items(lab: Lab) -> None:
    _, two = get(lab, f"channels?part=id&id={GONE},{BUSY}&maxResults=50")
    assert [item["id"] for item in two["items"]] == [BUSY]
    _, none = get(lab, f"channels?part=id&id={GONE}")
    assert "items" not in none
    assert none["pageInfo"]["totalResults"] == 0


def test_a_handle_is_resolved_with_and_without_its_sign(lab: Lab) -> None:
    for handle in ("@ramai0-kota-contoh-10a", "RAMAI0-kota-contoh-10A"):
        assert get(lab, f"channels?part=id&forHandle={handle}")[1]["items"][0]["id"] == BUSY


def test_pages_follow_each_other_to_the_end(lab: Lab) -> None:
    path = f"playlistItems?part=snippet,contentDetails&playlistId={BUSY.replace('UC', 'UU', 1)}&maxResults=50"
    found, token = [], ""
    while True:
        _, page = get(lab, path + (f"&pageToken={token}" if token else ""))
        found += [item["contentDetails"]["videoPublishedAt"] for item in page["items"]]
        token = page.get("nextPageToken", "")
        if not token:
            break
    ours = lab.scenario.account(f"youtube:{BUSY}").visible(lab.clock.now())
    assert found == sorted((iso(item.post.at) for item in ours), reverse=True)
    assert len(found) > 50


def test_only_the_selected_fields_are_answered(lab: Lab) -> None:
    fields = "items(id,snippet/customUrl)"
    _, body = get(lab, f"channels?part=snippet&id={BUSY}&fields={fields}")
    assert body == {"items": [{"id": BUSY, "snippet": {"customUrl": "@ramai0-kota-contoh-10a"}}]}
    assert reason(lab, f"channels?part=snippet&id={BUSY}&fields=items(id") == (400, "invalidParameter")


REFUSED = {
    "no part": ("channels?id=x", 400, "missingRequiredParameter"),
    "no filter": ("channels?part=id", 400, "missingRequiredParameter"),
    "two filters": ("channels?part=id&id=x&forHandle=y", 400, "incompatibleParameters"),
    "51 ids": ("channels?part=id&id=" + ",".join("x" * 51), 400, "invalidFilters"),
    "51 results": ("channels?part=id&id=x&maxResults=51", 400, "invalidParameter"),
    "a list that is not there": ("playlistItems?part=snippet&playlistId=UUx", 404, "playlistNotFound"),
    "a garbled token": (
        f"playlistItems?part=snippet&playlistId={BUSY.replace('UC', 'UU', 1)}&pageToken=x",
        400,
        "invalidPageToken",
    ),
    "another method": ("search?part=snippet&q=x", 404, "notFound"),
}


@pytest.mark.parametrize(("path", "status", "why"), REFUSED.values(), ids=REFUSED.keys())
def test_what_the_vendor_refuses_is_refused(lab: Lab, path: str, status: int, why: str) -> None:
    assert reason(lab, path) == (status, why)


KEYS = {
    "none": (None, 403, "forbidden"),
    "wrong": (api.WRONG, 400, "badRequest"),
    "expired": (api.EXPIRED, 400, "badRequest"),
    "without the API": (api.DISABLED, 403, "accessNotConfigured"),
    "used up": (api.SPENT, 403, "quotaExceeded"),
}


@pytest.mark.parametrize(("key", "status", "why"), KEYS.values(), ids=KEYS.keys())
def test_a_key_that_does_not_work_says_why(lab: Lab, key: str | None, status: int, why: str) -> None:
    assert reason(lab, f"channels?part=id&id={BUSY}", key) == (status, why)


def test_the_older_form_of_a_wrong_key_is_the_recorded_one() -> None:
    recorded = json.loads((TAPES / "error-keyInvalid.json").read_text())
    with Lab(replace(scenario("zoo"), variants={"youtube": "b"})) as older:
        assert get(older, "channels?part=id&id=x", api.WRONG) == (400, recorded)


def test_every_request_costs_a_unit_until_midnight_pacific_time(lab: Lab) -> None:
    lab.faces["youtube_api"].limit = 2
    assert [get(lab, "channels?part=id")[0] for _ in range(3)] == [400, 400, 403]
    lab.clock.set(utc("2026-11-23T08:00:00"))
    assert get(lab, f"channels?part=id&id={BUSY}")[0] == 200


def test_an_announced_broadcast_goes_on_air_when_it_is_said_to_and_its_place_in_the_uploads_stays() -> None:
    announced, begins = utc("2026-11-01T00:00:00"), utc("2026-11-20T00:00:00")
    id_ = "UCsiaran-kota-contoh-99AA"[:24]
    account = Account(
        f"youtube:{id_}", "youtube", id_, announced, (Post(announced, "upcoming"),), options={"begins": {0: begins}}
    )
    with Lab(Scenario("siaran", announced, (account,))) as lab:
        video = video_id(account, account.history[0])
        told = []
        for now in (begins - timedelta(seconds=1), begins):
            lab.clock.set(now)
            _, said = get(lab, f"videos?part=snippet,liveStreamingDetails&id={video}")
            _, listed = get(lab, f"playlistItems?part=contentDetails&playlistId={id_.replace('UC', 'UU', 1)}")
            live = said["items"][0]["liveStreamingDetails"]
            told.append((said["items"][0]["snippet"]["liveBroadcastContent"], live.get("actualStartTime")))
            assert listed["items"][0]["contentDetails"]["videoPublishedAt"] == iso(announced)
            assert live["scheduledStartTime"] == iso(begins)
    assert told == [("upcoming", None), ("none", iso(begins))]


# Its dependencies use what newer versions of Python call outdated.
VENDOR = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::UserWarning")


@contextmanager
def vendor(lab: Lab, key: str = api.KEY) -> Iterator[Any]:
    """The client that Google ships, with the discovery document it ships too."""
    from googleapiclient.discovery import build

    options = {"api_endpoint": f"{lab.url}{api.PREFIX}"}
    with build("youtube", "v3", developerKey=key, client_options=options, static_discovery=True) as client:
        yield client


@VENDOR
class TestVendorsClient:
    """google-api-python-client."""

    def test_it_reads_channels_by_id_and_by_handle(self, lab: Lab) -> None:
        with vendor(lab) as client:
            found = client.channels().list(part="snippet,statistics", id=f"{BUSY},{GONE}", maxResults=50).execute()
            named = client.channels().list(part="id", forHandle="@kosong-kota-contoh-12a").execute()
        assert [item["id"] for item in found["items"]] == [BUSY]
        assert found["items"][0]["statistics"]["videoCount"].isdecimal()
        assert [item["id"] for item in named["items"]] == [EMPTY]

    def test_it_pages_through_the_uploads(self, lab: Lab) -> None:
        with vendor(lab) as client:
            calls = client.playlistItems()
            asked = calls.list(part="contentDetails", playlistId=BUSY.replace("UC", "UU", 1), maxResults=50)
            dates: list[str] = []
            while asked is not None:
                page = asked.execute()
                dates += [item["contentDetails"]["videoPublishedAt"] for item in page["items"]]
                asked = calls.list_next(asked, page)
        ours = lab.scenario.account(f"youtube:{BUSY}").visible(lab.clock.now())
        assert sorted(dates) == sorted(iso(item.post.at) for item in ours)

    def test_it_sees_which_broadcast_has_yet_to_begin(self, lab: Lab) -> None:
        with vendor(lab) as client:
            uploads = (
                client.playlistItems().list(part="contentDetails", playlistId=BUSY.replace("UC", "UU", 1)).execute()
            )
            newest = ",".join(item["contentDetails"]["videoId"] for item in uploads["items"])
            videos = client.videos().list(part="snippet,liveStreamingDetails", id=newest).execute()
        live = [v["snippet"]["liveBroadcastContent"] for v in videos["items"]]
        assert sorted(live) == ["none"] * 4 + ["upcoming"]

    def test_it_understands_the_errors(self, lab: Lab) -> None:
        from googleapiclient.errors import HttpError

        with vendor(lab, api.WRONG) as client, pytest.raises(HttpError, match="API key not valid") as caught:
            client.channels().list(part="id", id=BUSY).execute()
        assert caught.value.status_code == 400
        with vendor(lab, api.SPENT) as client, pytest.raises(HttpError) as caught:
            client.channels().list(part="id", id=BUSY).execute()
        assert caught.value.error_details[0]["reason"] == "quotaExceeded"

    def test_our_requests_use_parameters_that_it_knows(self, lab: Lab) -> None:
        """Names of parameters, parts and fields, against the vendor's own description of the service."""
        from googleapiclient.discovery_cache import get_static_doc

        from auditor.platforms import _youtube_api as ours, _youtube_uploads as uploads

        service = json.loads(get_static_doc("youtube", "v3"))
        for resource, fields in (
            ("channels", ours.CHANNEL_FIELDS),
            ("playlistItems", uploads.ITEM_FIELDS),
            ("videos", uploads.VIDEO_FIELDS),
        ):
            method = service["resources"][resource]["methods"]["list"]
            assert {"part", "id", "maxResults"} <= set(method["parameters"]) | {"id"}
            unknown(service, method["response"]["$ref"], parse(fields))
        parameters = service["resources"]["channels"]["methods"]["list"]["parameters"]
        assert {"forHandle", "forUsername"} <= set(parameters)
        assert {"playlistId", "pageToken"} <= set(
            service["resources"]["playlistItems"]["methods"]["list"]["parameters"]
        )
        assert "fields" in service["parameters"]


def unknown(service: Any, name: str, wanted: dict[str, Any]) -> None:
    """Every selected field exists in the schema of that name."""
    properties = service["schemas"][name]["properties"]
    for field, below in wanted.items():
        assert field in properties, f"{name} has no {field}"
        kind = properties[field]
        inner = kind.get("items", kind).get("$ref")
        if below and inner:
            unknown(service, inner, below)
        elif below:
            assert set(below) <= set(kind.get("properties", {})), f"{name}.{field}"
