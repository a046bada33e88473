"""Kota Contoh, a city that does not exist: 11 offices, 42 accounts, every status. Built by hand, judged by nobody."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from auditor.core.audit import Advice, AdviceCode, Audit, Audited, BlindKind, BlindSpot, Control, Rhythm
from auditor.core.model import AccountRef, Change, Overlay, Post, PostKind, Reason, Status, Verdict
from auditor.core.policy import PolicyBook, Profile, resolve
from auditor.core.register import Account, Agency, Exemption, Register, Relation

DAY = timedelta(days=1)
AS_OF = datetime(2026, 11, 23, tzinfo=UTC)
LOOK = datetime(2026, 11, 22, 23, 41, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Jakarta")
SENTENCE = "Bahan klarifikasi, bukan dasar sanksi atau pengurangan TPP sebelum masa sanggah selesai."

PROFILES = {
    "strict": Profile("strict", 7, 8, 14, 30, 60, False),
    "standard": Profile("standard", 14, 4, 30, 90, 180, True),
    "lenient": Profile("lenient", 30, 1, 60, 90, 365, True),
    "video": Profile("video", 30, 1, 90, 90, 365, True),
}
BOOK = PolicyBook(
    name="default",
    version="sha256:3f9a1c07" + "0" * 56,
    set_by=None,
    profiles=PROFILES,
    default_profile="standard",
    profile_by_platform={"youtube": "video"},
    closure_forbidden_for=frozenset({"feed"}),
    counted_kinds=frozenset({PostKind.ORIGINAL}),
    note="Ambang batas kebijakan instansi; bukan ketentuan nasional.",
    sentence=SENTENCE,
)


def agency(ident: str, name: str, profile: str | None = None, relation: Relation = Relation.INSIDE) -> Agency:
    parent = None if ident == "pemkot-contoh" else "pemkot-contoh"
    return Agency(ident, name, "Asia/Jakarta", ZONE, parent=parent, profile=profile, relation=relation)


AGENCIES = (
    agency("pemkot-contoh", "Pemerintah Kota Contoh", "strict"),
    agency("diskominfo-contoh", "Dinas Komunikasi dan Informatika Kota Contoh", "strict"),
    agency("dinkes-contoh", "Dinas Kesehatan Kota Contoh"),
    agency("disdik-contoh", "Dinas Pendidikan Kota Contoh"),
    agency("dukcapil-contoh", "Dinas Kependudukan dan Pencatatan Sipil Kota Contoh"),
    agency("bpbd-contoh", "Badan Penanggulangan Bencana Daerah Kota Contoh"),
    agency("bapenda-contoh", "Badan Pendapatan Daerah Kota Contoh"),
    agency("kecamatan-contoh-utara", "Kecamatan Contoh Utara", "lenient"),
    agency("kecamatan-contoh-selatan", "Kecamatan Contoh Selatan", "lenient"),
    agency("kecamatan-contoh-timur", "Kecamatan Contoh Timur", "lenient"),
    agency("kecamatan-contoh-barat", "Kecamatan Contoh Barat", "lenient"),
)
BY_ID = {a.id: a for a in AGENCIES}


@dataclass(frozen=True)
class Cast:
    """One account of the cast: what was found, in whole days before the look."""

    key: str
    office: str
    status: Status = Status.ACTIVE
    days: float | None = 2
    posts: int | None = 12
    weeks: tuple[int | None, ...] = (3, 2, 3, 4, 2, 3, 3, 2, 4, 3, 3, 2)
    advice: AdviceCode = AdviceCode.NONE
    missing: tuple[str, ...] = ()
    reason: Reason = Reason.RECENT
    detail: str | None = None
    confirmed: bool = True
    overlays: frozenset[Overlay] = frozenset()
    failing: bool = False


EMPTY: tuple[int | None, ...] = (0,) * 12
UNREAD: tuple[int | None, ...] = (None,) * 12
EXEMPT = frozenset({Overlay.EXEMPT})
PK, KO, DK, DD, DC, BP, BA = (a.id for a in AGENCIES[:7])
KU, KS, KT, KB = (a.id for a in AGENCIES[7:])
LETTERS = ("notice", "reminder", "cause")
MASTODON = "sosial.kotacontoh.example"


def silent(
    key: str, office: str, days: int, advice: AdviceCode, missing: tuple[str, ...] = (), *, confirmed: bool = True
) -> Cast:
    return Cast(key, office, Status.INACTIVE, days, 0, EMPTY, advice, missing, Reason.SILENT, None, confirmed=confirmed)


def hidden(key: str, office: str, reason: Reason, detail: str | None, advice: AdviceCode) -> Cast:
    return Cast(key, office, Status.UNKNOWN, None, None, UNREAD, advice, (), reason, detail, confirmed=False)


def slow(key: str, office: str, days: float, posts: int, reason: Reason) -> Cast:
    weeks = (2, 1, 1, 2, 1, 1, 0, 1, 0, 1, 0, 1)
    return Cast(key, office, Status.SLOW, days, posts, weeks, AdviceCode.REMIND, (), reason)


CAST = (
    Cast(
        f"instagram:{'pemkot.kota.contoh'}",
        PK,
        posts=48,
        days=0.4,
        weeks=(11, 12, 9, 13, 11, 10, 12, 11, 12, 9, 13, 12),
    ),
    Cast("facebook:pemkot.kota.contoh", PK, posts=31, days=0.6),
    silent("x:pemkot_contoh", PK, 200, AdviceCode.REACTIVATE),
    Cast("youtube:UCpemkot-kota-contoh-01A", PK, days=19, posts=1, weeks=(0, 1, 0, 0, 1, 0, 0, 1, 0, 1, 0, 0)),
    Cast("tiktok:pemkot.kota.contoh", PK, posts=14),
    hidden("threads:pemkot.kota.contoh", PK, Reason.UNDECIDABLE, "ambiguous_absence", AdviceCode.LOOK),
    Cast("telegram:pemkot_kota_contoh", PK, posts=22),
    Cast(f"mastodon:@pemkot_contoh@{MASTODON}", PK, posts=16),
    Cast("bluesky:pemkot.kota.contoh", PK, posts=9),
    Cast("feed:https://www.kotacontoh.example/feed/", PK, days=3, posts=None, weeks=(*UNREAD[:6], 4, 5, 5, 4, 6, 5)),
    Cast("instagram:diskominfo.kota.contoh", KO, posts=26, weeks=(6, 6, 7, 5, 6, 6, 8, 6, 6, 5, 7, 6)),
    Cast("facebook:diskominfo.kota.contoh", KO, posts=15),
    Cast("x:kominfo_contoh", KO, Status.LOST, 31, None, UNREAD, AdviceCode.SECURE, (), Reason.ABSENT, "suspended"),
    Cast("youtube:UCkominf-kota-contoh-02A", KO, days=8, posts=3),
    Cast(
        f"mastodon:@diskominfo_contoh@{MASTODON}",
        KO,
        Status.NEVER_POSTED,
        None,
        0,
        EMPTY,
        AdviceCode.NOTICE,
        (),
        Reason.EMPTY,
    ),
    Cast("feed:https://diskominfo.kotacontoh.example/rss.xml", KO, posts=18, failing=True),
    Cast("instagram:dinkes.kota.contoh", DK, posts=17),
    slow("facebook:dinkes.kota.contoh", DK, 26, 1, Reason.QUIET),
    silent("x:dinkes_contoh", DK, 95, AdviceCode.NOTICE),
    Cast("tiktok:dinkes.kota.contoh", DK, posts=13),
    Cast(
        "bluesky:dinkes.kota.contoh",
        DK,
        Status.LOST,
        12,
        None,
        UNREAD,
        AdviceCode.SECURE,
        (),
        Reason.ABSENT,
        "suspended",
    ),
    Cast("instagram:disdik.kota.contoh", DD, posts=11),
    silent("facebook:disdik.kota.contoh", DD, 410, AdviceCode.PROPOSE_CLOSURE, LETTERS),
    slow("telegram:disdik_kota_contoh", DD, 6, 2, Reason.SELDOM),
    replace(silent("instagram:spmb.kota.contoh", DD, 115, AdviceCode.NONE), overlays=EXEMPT),
    Cast("bluesky:disdik.kota.contoh", DD, posts=9, overlays=frozenset({Overlay.NEW}), weeks=(*EMPTY[:9], 3, 3, 3)),
    Cast("instagram:dukcapil.kota.contoh", DC, posts=10),
    silent("tiktok:dukcapil.kota.contoh", DC, 45, AdviceCode.REMIND),
    hidden("threads:dukcapil.kota.contoh", DC, Reason.NOT_CONNECTED, None, AdviceCode.CONNECT),
    silent(f"mastodon:@dukcapil_contoh@{MASTODON}", DC, 409, AdviceCode.PROPOSE_CLOSURE, LETTERS),
    replace(slow("x:bpbd_contoh", BP, 20, 1, Reason.QUIET), overlays=EXEMPT, advice=AdviceCode.NONE),
    Cast("instagram:bpbd.kota.contoh", BP, posts=12),
    Cast("bluesky:bpbd.kota.contoh", BP, posts=8),
    Cast("instagram:bapenda.kota.contoh", BA, posts=9, weeks=(*EMPTY[:8], 2, 3, 2, 2)),
    slow("feed:https://bapenda.kotacontoh.example/feed/", BA, 20, 3, Reason.QUIET),
    hidden("telegram:bapenda_kota_contoh", BA, Reason.UNDECIDABLE, "ambiguous_absence", AdviceCode.LOOK),
    Cast("facebook:kec.utara.kota.contoh", KU, days=9, posts=4),
    silent("feed:https://kec-utara.kotacontoh.example/feed/", KU, 70, AdviceCode.REMIND, confirmed=False),
    slow("facebook:kec.selatan.kota.contoh", KS, 45, 0, Reason.QUIET),
    silent("telegram:kec_selatan_contoh", KS, 200, AdviceCode.NOTICE),
    silent("telegram:kec_timur_contoh", KT, 70, AdviceCode.REMIND),
    hidden("facebook:kec.barat.kota.contoh", KB, Reason.BLIND, "credential_rejected", AdviceCode.CONNECT),
)
OPENED = {f"mastodon:@diskominfo_contoh@{MASTODON}": date(2026, 7, 26)}
PARDON = {
    "instagram:spmb.kota.contoh": "seasonal",
    "x:bpbd_contoh": "crisis",
}


def account(cast: Cast) -> Account:
    platform, _, handle = cast.key.partition(":")
    kind = PARDON.get(cast.key)
    exempt = kind and Exemption(
        kind, "Meja SPMB", "000.0.0/CONTOH-17/2026", "Sekda", date(2026, 9, 1), date(2027, 2, 28)
    )
    url = handle if platform == "feed" else f"https://{platform}.example/{handle.lstrip('@')}"
    return Account(
        cast.key,
        AccountRef(platform, handle.lstrip("@")),
        url,
        cast.office,
        cast.key,
        "accounts.yaml:1",
        opened=OPENED.get(cast.key),
        exempt=exempt or None,
    )


def verdict(cast: Cast, listed: Account) -> Verdict:
    last = None if cast.days is None else LOOK - cast.days * DAY
    policy = resolve(BOOK, listed, BY_ID[cast.office], AS_OF)
    since = {Status.INACTIVE: policy.slow_max, Status.SLOW: policy.active_max}.get(cast.status, timedelta())
    age = datetime(2026, 7, 26, tzinfo=UTC) if cast.status is Status.NEVER_POSTED else LOOK - 1500 * DAY
    start = last + since if last else age
    if cast.status is Status.LOST:
        start = LOOK - 4 * DAY
    return Verdict(
        cast.status,
        None if cast.status is Status.UNKNOWN else start,
        cast.reason,
        cast.detail,
        confirmed=cast.confirmed,
        proven_until=last + policy.slow_max if last else None,
        observed_at=None if cast.reason is Reason.NOT_CONNECTED else LOOK,
        last_post=last and Post("1", last, url=f"{listed.url}/1"),
        silent_since=last if cast.status is Status.INACTIVE else None,
        age_from=age,
        first_look_at=LOOK - 400 * DAY,
        post_days=40,
        overlays=cast.overlays,
    )


def audited(cast: Cast) -> Audited:
    listed = account(cast)
    known = cast.posts is not None
    return Audited(
        listed,
        BY_ID[cast.office],
        resolve(BOOK, listed, BY_ID[cast.office], AS_OF, connected=cast.reason is not Reason.NOT_CONNECTED),
        verdict(cast, listed),
        Rhythm(
            posts_7d=cast.posts and cast.posts // 4,
            posts_30d=cast.posts,
            posts_90d=cast.posts and cast.posts * 3,
            gap_median_days=2.5 if known and cast.posts else None,
            longest_silence_days=int(cast.days) if known and cast.days else None,
            weeks=cast.weeks,
            at_least_30d=cast.posts if cast.posts is not None else 20 if cast.status is Status.ACTIVE else 0,
        ),
        Advice(cast.advice, LOOK - 3 * DAY, cast.missing),
        native_id="1" if known else None,
        route="api",
        observations=3,
        failing_since=LOOK - DAY if cast.failing or cast.reason is Reason.BLIND else None,
        last_miss="unreachable" if cast.failing else cast.detail if cast.reason is Reason.BLIND else None,
    )


def change(key: str, old: Status | None, new: Status, days_ago: float, reason: Reason) -> Change:
    return Change(key, old, new, AS_OF - days_ago * DAY, reason, AS_OF - (days_ago - 0.2) * DAY)


CHANGES = (
    change("instagram:bapenda.kota.contoh", Status.INACTIVE, Status.ACTIVE, 6, Reason.RECENT),
    change("x:kominfo_contoh", Status.ACTIVE, Status.LOST, 4, Reason.ABSENT),
    change("bluesky:dinkes.kota.contoh", Status.ACTIVE, Status.LOST, 3, Reason.ABSENT),
    change("telegram:kec_timur_contoh", Status.SLOW, Status.INACTIVE, 5, Reason.SILENT),
    change("facebook:kec.barat.kota.contoh", Status.ACTIVE, Status.UNKNOWN, 2, Reason.BLIND),
    change("bluesky:disdik.kota.contoh", None, Status.ACTIVE, 1, Reason.RECENT),
)


def kota_contoh() -> Audit:
    """The whole city as of Monday morning."""
    rows = tuple(map(audited, CAST))
    register = Register(AGENCIES, tuple(row.account for row in rows), "ab" * 32, demonstration=True)
    return Audit(
        AS_OF,
        register,
        BOOK,
        rows,
        changes=CHANGES,
        compared_with=AS_OF - 7 * DAY,
        removed=("x:lama_contoh",),
        blind_spots=(
            BlindSpot(
                "facebook",
                "credential_rejected",
                AS_OF - 2 * DAY,
                ("facebook:kec.barat.kota.contoh",),
                BlindKind.CREDENTIAL,
                "facebook:AUDITOR_META_ACCESS_TOKEN",
                withheld={"facebook:kec.barat.kota.contoh": Status.SLOW},
            ),
        ),
        controls=(Control("mastodon", f"mastodon:@kontrol@{MASTODON}", healthy=True, at=LOOK),),
    )
