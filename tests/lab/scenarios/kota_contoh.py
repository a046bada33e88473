"""The demonstration city, which does not exist: 42 accounts of eleven offices, each with its story.

The run goes from 2026-11-12 to 2026-11-23T00:00:00Z. Platforms that need a credential have histories too, so that the
truth of a run with every platform connected can be told; they are not played.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from urllib.parse import urlsplit

from tests.lab.model import Account, Post, Scenario, State, utc
from tests.lab.rhythm import ending, steady
from tests.lab.truth import KEYLESS, Row, truth as truth_of

START = utc("2026-11-12")
END = utc("2026-11-23")
HOST = "sosial.kotacontoh.example"
FIRST = utc("2025-01-06")
BEYOND = utc("2026-12-31")  # the ordinary ones go on after the run, for a double that is left running
STEP = {"strict": 2, "standard": 4, "lenient": 10, "video": 9}
OFFICES = {
    "pemkot": "Pemerintah Kota Contoh",
    "diskominfo": "Dinas Komunikasi dan Informatika Kota Contoh",
    "dinkes": "Dinas Kesehatan Kota Contoh",
    "disdik": "Dinas Pendidikan Kota Contoh",
    "dukcapil": "Dinas Kependudukan dan Pencatatan Sipil Kota Contoh",
    "bpbd": "Badan Penanggulangan Bencana Daerah Kota Contoh",
    "bapenda": "Badan Pendapatan Daerah Kota Contoh",
    "utara": "Kecamatan Contoh Utara",
    "selatan": "Kecamatan Contoh Selatan",
    "timur": "Kecamatan Contoh Timur",
    "barat": "Kecamatan Contoh Barat",
}
PROFILES = {"pemkot": "strict", "diskominfo": "strict"} | dict.fromkeys(
    ("utara", "selatan", "timur", "barat"), "lenient"
)


def account(
    office: str,
    platform: str,
    handle: str,
    posts: tuple[Post, ...] | None = None,
    *states: State,
    created: datetime = FIRST,
    renames: tuple[tuple[datetime, str], ...] = (),
    listed: bool = True,
    **options: object,
) -> Account:
    """An account of an office; without posts of its own it has the ordinary rhythm of its profile."""
    host = {"mastodon": HOST, "feed": urlsplit(handle).netloc}.get(platform, "")
    key = f"mastodon:@{handle}@{HOST}" if platform == "mastodon" else f"{platform}:{handle}"
    profile = "video" if platform == "youtube" else PROFILES.get(office, "standard")
    ordinary = posts if posts is not None else steady(key, created, BEYOND, STEP[profile])
    title = OFFICES.get(office, "Akun Kontrol")
    return Account(
        key, platform, handle, created, ordinary, states, renames, host, title, profile, options=options, listed=listed
    )


def mixed(name: str, created: datetime, days: float) -> tuple[Post, ...]:
    """An ordinary rhythm with reposts and replies between."""
    others = steady(name + " repost", created, BEYOND, 9, "repost") + steady(
        name + " reply", created, BEYOND, 11, "reply"
    )
    return steady(name, created, BEYOND, days) + others


def pemkot() -> list[Account]:
    pinned = Post(utc("2025-01-08T02:30:00"), pinned=True)
    channel = (
        *steady("pemkot telegram", FIRST, BEYOND, 2),
        Post(utc("2026-11-11T06:00:00"), "service"),
        Post(utc("2026-11-13T03:00:00"), edited=True),
        Post(utc("2026-11-14T04:10:00"), album=3),
        Post(utc("2026-11-17T05:20:00"), video=True),
        Post(utc("2026-11-19T07:00:00"), "repost"),
    )
    videos = [Post(utc(text)) for text in ("2026-03-02T03:00:00", "2026-06-17T03:00:00", "2026-09-20T04:00:00")]
    return [
        account("pemkot", "instagram", "pemkot.kota.contoh"),
        account("pemkot", "facebook", "pemkot.kota.contoh"),
        account("pemkot", "x", "pemkot_contoh", ending("x pemkot", utc("2026-05-06T03:00:00"), 3, 90)),
        account("pemkot", "youtube", "UCpemkot-kota-contoh-01A", (*videos, Post(utc("2026-11-06T04:00:00")))),
        account("pemkot", "tiktok", "pemkot.kota.contoh"),
        account("pemkot", "threads", "pemkot.kota.contoh", None, State("ineligible", FIRST)),
        account("pemkot", "telegram", "pemkot_kota_contoh", channel),
        account("pemkot", "mastodon", "pemkot_contoh", mixed("pemkot mastodon", FIRST, 2)),
        account("pemkot", "bluesky", "pemkot.kota.contoh", (pinned, *mixed("pemkot bluesky", FIRST, 2))),
        account("pemkot", "feed", "https://www.kotacontoh.example/feed/"),
    ]


def diskominfo() -> list[Account]:
    ahead = Post(utc("2026-12-01T02:00:00"), shown=utc("2026-11-14T02:00:00"))
    feed = "https://diskominfo.kotacontoh.example/rss.xml"
    videos = steady("kominfo youtube", FIRST, utc("2026-11-02"), 9)
    newest = Post(utc("2026-11-11T05:00:00")), Post(utc("2026-11-19T05:00:00"), video=True)
    stream = Post(utc("2026-11-10T03:00:00"), "upcoming")
    midnight = utc("2026-07-26T00:00:00+07:00")  # its register says opened: 2026-07-26
    return [
        account("diskominfo", "instagram", "diskominfo.kota.contoh"),
        account("diskominfo", "facebook", "diskominfo.kota.contoh"),
        account("diskominfo", "x", "kominfo_contoh", None, State("suspended", utc("2026-11-16T05:00:00"))),
        account("diskominfo", "youtube", "UCkominf-kota-contoh-02A", (*videos, stream, *newest)),
        account("diskominfo", "mastodon", "diskominfo_contoh", (), created=utc("2026-07-26"), opened=midnight),
        account("diskominfo", "feed", feed, (*steady(feed, FIRST, BEYOND, 2), ahead)),
    ]


def dinkes_and_disdik() -> list[Account]:
    reposts = steady("facebook dinkes repost", utc("2026-10-01"), BEYOND, 3, "repost")
    posts = ending("facebook dinkes", utc("2026-11-01T03:00:00"), 4, 90)
    seldom = [Post(utc(f"2026-{day}:00")) for day in ("10-20T02:15", "11-04T06:40", "11-17T03:05")]
    return [
        account("dinkes", "instagram", "dinkes.kota.contoh"),
        account("dinkes", "facebook", "dinkes.kota.contoh", posts + reposts),
        account("dinkes", "x", "dinkes_contoh", ending("x dinkes", utc("2026-08-19T05:00:00"), 4, 90)),
        account("dinkes", "tiktok", "dinkes.kota.contoh"),
        account("dinkes", "bluesky", "dinkes.kota.contoh", None, State("suspended", utc("2026-11-16"))),
        account("disdik", "instagram", "disdik.kota.contoh"),
        account("disdik", "facebook", "disdik.kota.contoh", ending("fb disdik", utc("2025-10-08T03:00:00"), 4, 90)),
        account(
            "disdik",
            "telegram",
            "disdik_kota_contoh",
            (*ending("tg disdik", utc("2026-10-05T04:00:00"), 14, 20), *seldom),
        ),
        account("disdik", "instagram", "spmb.kota.contoh", ending("ig spmb", utc("2026-07-20T03:00:00"), 2, 60)),
        account(
            "disdik",
            "bluesky",
            "disdik.kota.contoh",
            steady("disdik bluesky", utc("2026-11-02T01:00:00"), BEYOND, 1.5),
            created=utc("2026-11-02T00:30:00"),
        ),
    ]


def dukcapil_and_bpbd() -> list[Account]:
    last = utc("2025-10-09T02:11:00")
    renamed = ((utc("2026-11-18T02:00:00"), "bpbd-siaga.kota.contoh"),)
    return [
        account("dukcapil", "instagram", "dukcapil.kota.contoh"),
        account("dukcapil", "tiktok", "dukcapil.kota.contoh", ending("tt dukcapil", utc("2026-10-08T03:00:00"), 4, 60)),
        account("dukcapil", "threads", "dukcapil.kota.contoh"),
        account(
            "dukcapil",
            "mastodon",
            "dukcapil_contoh",
            ending("dukcapil", last, 5, 80),
            created=utc("2024-06-03T04:00:00"),
        ),
        account("bpbd", "x", "bpbd_contoh", ending("x bpbd", utc("2026-11-02T03:00:00"), 20, 12)),
        account("bpbd", "instagram", "bpbd.kota.contoh"),
        account("bpbd", "bluesky", "bpbd.kota.contoh", renames=renamed),
    ]


def bapenda_and_districts() -> list[Account]:
    news = "https://bapenda.kotacontoh.example/feed/"
    utara = "https://kec-utara.kotacontoh.example/feed/"
    return [
        account("bapenda", "instagram", "bapenda.kota.contoh"),
        account("bapenda", "feed", news, ending(news, utc("2026-11-02T02:00:00"), 4, 90), dates="indonesian"),
        account("bapenda", "telegram", "bapenda_kota_contoh", (), State("contact", FIRST)),
        account("utara", "facebook", "kec.utara.kota.contoh"),
        account("utara", "feed", utara, ending(utara, utc("2026-09-13T04:00:00"), 9, 60)),
        account("selatan", "facebook", "kec.selatan.kota.contoh", ending("fb sel", utc("2026-10-08T03:00:00"), 9, 60)),
        account("selatan", "telegram", "kec_selatan_contoh", ending("tg sel", utc("2026-05-06T03:00:00"), 9, 40)),
        account("timur", "telegram", "kec_timur_contoh", ending("tg tim", utc("2026-09-13T07:10:00"), 9, 50)),
        account("barat", "facebook", "kec.barat.kota.contoh", None, State("ineligible", FIRST)),
    ]


def controls() -> list[Account]:
    """Known-good accounts, one for each face, that post every day."""
    named = [
        *(
            ("mastodon", "kontrol"),
            ("bluesky", "bsky.app"),
            ("bluesky", "kontrol.kota.contoh"),
            ("telegram", "telegram"),
        ),
        *(("feed", "https://kontrol.kotacontoh.example/feed/"), ("youtube", "UCkontrl-kota-contoh-00A")),
        *(("instagram", "kontrol.kota.contoh"), ("facebook", "kontrol.kota.contoh")),
        *(("x", "kontrol_contoh"), ("threads", "threads")),
    ]
    return [
        account("", platform, handle, steady(f"kontrol {handle}", FIRST, BEYOND, 1), listed=False)
        for platform, handle in named
    ]


SCENARIO = Scenario(
    name="kota_contoh",
    now=END,
    accounts=(
        *pemkot(),
        *diskominfo(),
        *dinkes_and_disdik(),
        *dukcapil_and_bpbd(),
        *bapenda_and_districts(),
        *controls(),
    ),
    servers={HOST: {"software": "mastodon", "version": "4.7.3"}},
    controls=(
        f"mastodon:@kontrol@{HOST}",
        "bluesky:kontrol.kota.contoh",
        "telegram:telegram",
        "feed:https://kontrol.kotacontoh.example/feed/",
        "youtube:UCkontrl-kota-contoh-00A",
        "instagram:kontrol.kota.contoh",
        "facebook:kontrol.kota.contoh",
        "x:kontrol_contoh",
        "threads:threads",
    ),
)


def truth(as_of: datetime = END, connected: Collection[str] = KEYLESS) -> dict[str, Row]:
    """What a correct audit says of the 42 listed accounts at `as_of`, with these platforms connected."""
    return truth_of(SCENARIO, as_of, connected)
