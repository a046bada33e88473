"""Kota Contoh as people look at it: a hundred accounts nobody reads, told statuses, the first day."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from auditor.core.audit import Advice, AdviceCode, Audit, Audited, Rhythm
from auditor.core.model import ATTESTED, HAND, MANAGER, Post, Reason, Status, Verdict

from .city import AS_OF, CAST, DAY, LOOK, audited, kota_contoh

UNSEEN = Verdict(Status.UNKNOWN, None, Reason.NOT_CONNECTED, confirmed=False)
BY_KEY = {cast.key: cast for cast in CAST}


def unseen(key: str = "threads:dukcapil.kota.contoh", name: str = "", reason: Reason = Reason.NOT_CONNECTED) -> Audited:
    """Listed yesterday, never looked at, and nothing here reads it."""
    row = audited(BY_KEY[key])
    code = AdviceCode.CONNECT if reason is Reason.NOT_CONNECTED else AdviceCode.NONE
    return replace(
        row,
        account=replace(row.account, key=name or key),
        verdict=replace(UNSEEN, reason=reason),
        rhythm=Rhythm(),
        advice=Advice(code),
        route=None,
        observations=0,
        last_miss=None,
        failing_since=None,
        listed_at=AS_OF - DAY,
    )


def told(row: Audited, *, manager: bool = False, status: Status = Status.ACTIVE, days: int = 3) -> Audited:
    """A person looked this morning and told of a post `days` ago, or of a silence since then."""
    flags = frozenset({ATTESTED, MANAGER}) if manager else frozenset({ATTESTED})
    last = LOOK - days * DAY
    silent = status is Status.INACTIVE
    verdict = Verdict(
        status,
        last,
        Reason.SILENT if silent else Reason.RECENT,
        ATTESTED if silent else "few_read",
        confirmed=False,
        proven_until=last + row.policy.slow_max,
        observed_at=LOOK,
        last_post=Post("1", last),
        silent_since=last if silent else None,
        first_look_at=LOOK,
        flags=flags,
    )
    advice = Advice(AdviceCode.REMIND if silent else AdviceCode.NONE, last)
    return replace(row, verdict=verdict, advice=advice, route=HAND, observations=1, last_tried_at=LOOK)


def young(count: int = 168, seen: int = 21) -> Audit:
    """Monday of the first week: some accounts were read this morning, the others by nobody."""
    audit = kota_contoh()
    some = [row for row in audit.rows if row.verdict.status is Status.ACTIVE][:seen]
    read = [
        replace(
            row,
            verdict=replace(row.verdict, first_look_at=LOOK, observed_at=LOOK),
            listed_at=AS_OF - DAY,
            last_tried_at=LOOK,
            failing_since=None,
        )
        for row in some
    ]
    rows = (*read, *(unseen(name=f"threads:akun_{n}") for n in range(count)))
    return replace(audit, rows=rows, changes=(), removed=(), blind_spots=(), controls=())


@dataclass(frozen=True)
class Said:
    """A statement of a person, as a store hands it out."""

    said: str = "post"
    by: str = "Petugas Contoh"
    office: str = "diskominfo-contoh"
    second: str | None = None
    link: str | None = None
    minted_at: datetime | None = None
    typed_on: date | None = None
    posts_30d: int | None = None
    screenshot: str | None = None
    manager: bool = False
    drawn: bool = False
    complaints: int | None = None
    answered: int | None = None


STATEMENTS = (
    (
        LOOK - timedelta(days=14),
        Said(link="https://www.tiktok.com/@dukcapil.kota.contoh/video/7694484849219587349", minted_at=LOOK - 45 * DAY),
    ),
    (
        LOOK,
        Said(
            "nothing_new",
            second="Pemeriksa Contoh",
            screenshot="ab" * 32,
            typed_on=date(2026, 10, 9),
            posts_30d=0,
            manager=True,
            drawn=True,
            complaints=7,
            answered=5,
        ),
    ),
)
