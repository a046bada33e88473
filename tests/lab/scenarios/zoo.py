"""One account in every state that a platform knows, and every kind of server: what tests of single answers need."""

from __future__ import annotations

from urllib.parse import urlsplit

from tests.lab.model import Account, Post, Scenario, State, utc
from tests.lab.rhythm import steady

NOW = utc("2026-11-23")
FIRST = utc("2026-01-05")
LIVE = "sosial.contoh.example"
PLEROMA = "pleroma.contoh.example"
GOTOSOCIAL = "gts.contoh.example"
CLOSED = "tertutup.contoh.example"
HOSTILE = '\x1b[31mDinas\x1b[0m <script>alert(1)</script> =HYPERLINK("x") & Kota Contoh'
KINDS = (
    *(
        Post(utc("2026-11-18T02:00:00")),
        Post(utc("2026-11-19T03:00:00"), "repost"),
        Post(utc("2026-11-20T04:00:00"), "reply"),
    ),
    *(Post(utc("2026-11-20T05:00:00"), "thread"), Post(utc("2026-11-21T02:00:00"), edited=True)),
    *(Post(utc("2026-11-21T06:00:00"), video=True), Post(utc("2026-11-22T02:00:00"), album=3)),
)


def make(platform: str, handle: str, state: str = "ok", *, detail: str = "", **more: object) -> Account:
    """An account with an ordinary week-long rhythm in this state since 2026-11-16."""
    host = str(more.pop("host", LIVE if platform == "mastodon" else ""))
    key = f"mastodon:@{handle}@{host}" if platform == "mastodon" else f"{platform}:{handle}"
    posts = more.pop("posts", None)
    chosen = posts if isinstance(posts, tuple) else steady(key, FIRST, NOW, 3)
    title = str(more.pop("title", f"Dinas {handle} Kota Contoh"))
    states = () if state == "ok" else (State(state, utc("2026-11-16"), detail),)
    if platform == "feed":
        host = urlsplit(handle).netloc
    return Account(key, platform, handle, FIRST, chosen, states, host=host, title=title, options=more)


def accounts() -> list[Account]:
    """Every platform's own list of states."""
    bluesky = ("suspended", "deactivated", "deleted", "hidden", "unverified")
    mastodon = ("suspended", "limited", "memorial", "deleted", "gone")
    return [
        *(make("bluesky", f"{state}.contoh", state) for state in bluesky),
        make("bluesky", "ramai.contoh", posts=steady("ramai", FIRST, NOW, 1) + KINDS),
        make("bluesky", "kosong.contoh", posts=()),
        make("bluesky", "polos.contoh", title=""),
        make("bluesky", "seram.contoh", title=HOSTILE),
        *(make("mastodon", state, state) for state in mastodon),
        make("mastodon", "ramai", posts=steady("ramai", FIRST, NOW, 1) + KINDS),
        make("mastodon", "aneka", posts=KINDS),
        make("mastodon", "kosong", posts=()),
        make("mastodon", "pindah", "moved", detail="baru@lain.contoh.example"),
        make("mastodon", "seram", title=HOSTILE),
        make("mastodon", "lele", host=PLEROMA),
        make("mastodon", "siput", host=GOTOSOCIAL),
        make("mastodon", "kunci", host=CLOSED),
        *(make("telegram", f"{state}_contoh", state) for state in ("contact", "group", "no_preview", "landing")),
        make("telegram", "direbut_contoh", "taken", detail="1999999999"),
        make(
            "telegram",
            "ramai_contoh",
            posts=(*steady("ramai", FIRST, NOW, 1), *KINDS, Post(utc("2026-11-22T03:00:00"), "service")),
        ),
        make("telegram", "kosong_contoh", posts=()),
        make("telegram", "seram_contoh", title=HOSTILE),
        make(
            "youtube",
            "UCramai0-kota-contoh-10A",
            posts=(*steady("yt", FIRST, NOW, 3), Post(utc("2026-11-22T03:00:00"), "upcoming")),
        ),
        make("youtube", "UChilang-kota-contoh-11A", "deleted"),
        make("youtube", "UCkosong-kota-contoh-12A", posts=()),
        *feeds(),
    ]


def feeds() -> list[Account]:
    """Every form of news list, every refusal."""
    forms = ("rss", "atom", "rdf", "json", "sitemap", "news", "index", "wordpress")
    states = ("gone", "missing", "closed", "login", "parked")
    sticky = (Post(utc("2025-02-03T02:00:00"), pinned=True), *steady("sticky", FIRST, NOW, 3))
    ahead = Post(utc("2026-12-01T02:00:00"), shown=utc("2026-11-20"))
    undated = Post(utc("2026-11-21T02:00:00"), undated=True)
    return [
        *(make("feed", f"https://{form}.contoh.example/berita?format={form}", format=form) for form in forms),
        *(make("feed", f"https://{state}.contoh.example/feed/", state) for state in states),
        make(
            "feed",
            "https://pindah.contoh.example/feed/",
            "moved",
            detail="https://rss.contoh.example/berita?format=rss",
        ),
        make(
            "feed",
            "https://sementara.contoh.example/feed/",
            "found",
            detail="https://rss.contoh.example/berita?format=rss",
        ),
        make("feed", "https://lekat.contoh.example/feed/", posts=sticky),
        make("feed", "https://terbalik.contoh.example/feed/", order="oldest"),
        make("feed", "https://aneh.contoh.example/feed/", posts=(*steady("aneh", FIRST, NOW, 3), ahead, undated)),
        make("feed", "https://kosong.contoh.example/feed/", posts=()),
        make("feed", "https://polos.contoh.example/feed/", validators="none"),
        make("feed", "https://wib.contoh.example/feed/", dates="indonesian"),
        make("feed", "https://seram.contoh.example/feed/", title=HOSTILE),
    ]


SCENARIO = Scenario(
    name="zoo",
    now=NOW,
    accounts=tuple(accounts()),
    servers={
        LIVE: {"software": "mastodon", "version": "4.7.3", "token": "rahasia"},
        PLEROMA: {"software": "pleroma", "version": "2.9.1"},
        GOTOSOCIAL: {"software": "gotosocial", "version": "0.20.1"},
        CLOSED: {"software": "mastodon", "version": "4.7.3", "closed": True, "token": "rahasia"},
    },
)
