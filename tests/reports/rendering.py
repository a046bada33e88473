"""The city rendered: what the golden files hold. `python -m tests.reports.rendering` writes them anew."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

from auditor.core.audit import Audit, Audited
from auditor.core.model import Barrier, Change, Miss, Missed, Observation, Post, Reason, Seen, Status, Unreadable
from auditor.fetch.answer import Exchange
from auditor.reports.roster import roster
from auditor.reports.status import CredentialStatus, PlatformStatus, QuotaStatus, StatusView, Unconnected
from auditor.reports.terminal import render_report, render_show, render_status
from auditor.reports.view import Selection, view
from auditor.words import words

from .city import AS_OF, DAY, LOOK, ZONE, kota_contoh

GOLDEN = Path(__file__).parent / "golden"
SHOWN = "tiktok:dukcapil.kota.contoh"


def report(
    language: str = "id",
    width: int = 100,
    *,
    audit: Audit | None = None,
    only: Selection | None = None,
    ascii_only: bool = False,
    color: bool = False,
    everything: bool = False,
) -> str:
    w = words(language)
    seen = view(audit or kota_contoh(), w, only or Selection())
    return render_report(seen, w, width=width, color=color, ascii_only=ascii_only, everything=everything)


def history() -> tuple[Observation, ...]:
    posts = tuple(Post(str(n), LOOK - 45 * DAY - n * n * DAY / 9, url=f"https://x.example/{n}") for n in range(60))
    return (
        Observation(LOOK - 20 * DAY, Seen("1", "h", posts, LOOK - 280 * DAY), control_ok=True),
        Observation(LOOK - 9 * DAY, Missed(Miss.UNREACHABLE, "timeout")),
        Observation(LOOK - DAY, Unreadable(Barrier.GONE, "gone_or_suspended"), control_ok=False),
        Observation(LOOK, Seen("1", "h", posts[:10], LOOK - 52 * DAY), control_ok=True),
    )


CHANGES = (
    Change(SHOWN, None, Status.ACTIVE, LOOK - 100 * DAY, Reason.RECENT, LOOK - 90 * DAY),
    Change(SHOWN, Status.ACTIVE, Status.INACTIVE, LOOK - 15 * DAY, Reason.SILENT, LOOK - 14 * DAY),
)
EXCHANGES: tuple[tuple[datetime, Exchange], ...] = (
    (LOOK, Exchange("GET", "https://tiktok.example/embed/@dukcapil.kota.contoh", 200, "ab" * 32, 48211, LOOK)),
    (LOOK - 9 * DAY, Exchange("GET", "https://tiktok.example/embed/@dukcapil.kota.contoh", None, None, 0, LOOK)),
)


def row(audit: Audit, key: str = SHOWN) -> Audited:
    return next(r for r in audit.rows if r.account.key == key)


def show(language: str = "id", width: int = 100, *, ascii_only: bool = False) -> str:
    audit = kota_contoh()
    return render_show(
        row(audit),
        history(),
        CHANGES,
        EXCHANGES,
        words(language),
        audit=audit,
        width=width,
        color=False,
        ascii_only=ascii_only,
    )


def state() -> StatusView:
    return StatusView(
        daemon_alive=True,
        heartbeat_at=LOOK,
        next_runs=(("tick", AS_OF), ("report", AS_OF + 7 * DAY)),
        platforms=(
            PlatformStatus("mastodon", 4, LOOK, LOOK),
            PlatformStatus("facebook", 7, LOOK, LOOK - 3 * DAY, LOOK - 2 * DAY, None, "credential_rejected"),
            PlatformStatus("telegram", 5, LOOK, LOOK, None, AS_OF + DAY, "rate_limited"),
            PlatformStatus("x", 5),
        ),
        blind_spots=kota_contoh().blind_spots,
        quota=(
            QuotaStatus("telegram", 7, None, None),
            QuotaStatus("x:AUDITOR_X_BEARER_TOKEN usd", 4_270, 10_000, AS_OF + 8 * DAY),
            QuotaStatus("youtube:AUDITOR_YOUTUBE_API_KEY unit", 120, 10_000, AS_OF + DAY),
        ),
        register_sha="ab" * 32,
        problems=("accounts.yaml:3:1: agencies.0: kunci tidak dikenal",),
        as_of=AS_OF,
        zone=ZONE,
        timezone="Asia/Jakarta",
        demonstration=True,
        credentials=(
            CredentialStatus("AUDITOR_META_TOKEN", ("facebook",), LOOK - 2 * DAY, 1, "auditor connect facebook"),
        ),
        unconnected=(Unconnected("instagram", 78, "auditor connect instagram"), Unconnected("linkedin", 1, "")),
    )


def status(language: str = "id", width: int = 100, *, ascii_only: bool = False) -> str:
    return render_status(state(), words(language), width=width, color=False, ascii_only=ascii_only)


def started() -> Audit:
    """The same city after the policy was set and the ladder began."""
    audit = kota_contoh()
    book = replace(audit.book, set_by="SE Wali Kota Contoh 1/2026", ladder_starts_on=LOOK.date())
    return replace(audit, book=book, register=replace(audit.register, demonstration=False), rehearsal=True)


def pages() -> dict[str, str]:
    """Every golden file by name."""
    return {
        "report-80.txt": report(width=80),
        "report-100.txt": report(),
        "report-120.txt": report(width=120),
        "report-80-ascii.txt": report(width=80, ascii_only=True),
        "report-100-en.txt": report("en"),
        "report-100-started.txt": report(audit=started()),
        "report-100-remind.txt": report(only=Selection(advice=frozenset({"remind"}))),
        "report-100-office.txt": report(only=Selection(agency="disdik-contoh")),
        "report-100-color.txt": report(color=True).replace("\x1b", "<ESC>"),
        "report-48.txt": report(width=48),
        "roster.txt": "\n".join(roster(kota_contoh(), words("id"))) + "\n",
        "show-100.txt": show(),
        "show-80-ascii-en.txt": show("en", 80, ascii_only=True),
        "status-100.txt": status(),
        "status-80-en.txt": status("en", 80),
    }


if __name__ == "__main__":
    for name, text in pages().items():
        (GOLDEN / name).write_text(text, "utf-8")
