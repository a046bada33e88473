"""What nothing here reads is a row a platform with the one thing to do, never a row an account."""

from __future__ import annotations

from dataclasses import replace

from auditor.core.audit import Audit, Audited, BlindSpot
from auditor.core.model import Reason
from auditor.reports.status import CredentialStatus, QuotaStatus, Unconnected, spent_text
from auditor.reports.tasks import Task, tasks
from auditor.reports.terminal import render_status
from auditor.words import words
from tests.build import DAY
from tests.reports.city import AS_OF, kota_contoh
from tests.reports.rendering import state

W = words("en")


def never(platform: str, count: int) -> list[Audited]:
    """So many accounts of a platform that nothing reads."""
    found = next(r for r in kota_contoh().rows if r.verdict.reason is Reason.NOT_CONNECTED)
    refs = [replace(found.account.ref, platform=platform, handle=f"akun{n}") for n in range(count)]
    accounts = [replace(found.account, key=f"{ref.platform}:{ref.handle}", ref=ref) for ref in refs]
    return [replace(found, account=account) for account in accounts]


def told(audit: Audit, *rows: Audited) -> list[Task]:
    return [task for task in tasks(audit, rows, W) if task.verb == "CONNECT"]


ROWS = (*never("instagram", 78), *never("facebook", 46), *never("linkedin", 2), *never("threads", 3), *never("x", 12))
WAYS = {name: f"auditor connect {name}" for name in ("facebook", "instagram", "threads", "tiktok", "youtube")}
CITY = replace(kota_contoh(), blind_spots=(), remedies=WAYS)


def test_a_platform_that_a_command_connects_has_a_row_with_that_command() -> None:
    assert [(task.text, task.command) for task in told(CITY, *ROWS)] == [
        ("78 accounts on Instagram are not connected", "auditor connect instagram"),
        ("46 accounts on Facebook are not connected", "auditor connect facebook"),
        ("3 accounts on Threads are not connected", "auditor connect threads"),
        ("14 accounts are not connected: X 12, LinkedIn 2", "auditor check"),
    ]


def test_there_are_never_more_than_three_such_rows() -> None:
    many = [row for name in WAYS for row in never(name, 1)]
    assert len(told(CITY, *many)) == 4


def test_every_blind_spot_names_its_own_command_and_many_share_the_last_row() -> None:
    spot = BlindSpot("threads", "credential_rejected", AS_OF - DAY, ())
    commands = {
        "one platform": told(replace(CITY, blind_spots=(spot,))),
        "another reason": told(replace(CITY, blind_spots=(replace(spot, reason="unreachable"),))),
        "two platforms": told(replace(CITY, blind_spots=(spot, replace(spot, platform="youtube")))),
        "four platforms": told(replace(CITY, blind_spots=(spot, *[replace(spot, platform="youtube")] * 3))),
        "no command": told(replace(CITY, blind_spots=(replace(spot, platform="x"),))),
    }
    assert {name: [task.command for task in found] for name, found in commands.items()} == {
        "one platform": ["auditor connect threads"],
        "another reason": ["auditor status"],
        "two platforms": ["auditor connect threads", "auditor connect youtube"],
        "four platforms": ["auditor connect threads", "auditor connect youtube", "auditor status"],
        "no command": ["auditor status"],
    }


def shown(**changes: object) -> str:
    page = replace(state(), **changes)  # type: ignore[arg-type]
    return " ".join(render_status(page, W, width=100, color=False, ascii_only=False).split())


def test_a_credential_of_two_platforms_is_one_row_in_status_and_its_blind_spots_are_not_repeated() -> None:
    both = CredentialStatus(
        "AUDITOR_META_ACCESS_TOKEN", ("facebook", "instagram"), AS_OF, 2, "auditor connect facebook"
    )
    dark = tuple(BlindSpot(name, "credential_rejected", AS_OF, (f"{name}:a",)) for name in both.platforms)
    text = shown(credentials=(both,), blind_spots=dark, platforms=())
    assert text.count("rejected") == 1
    assert "Facebook, Instagram: the credential AUDITOR_META_ACCESS_TOKEN is rejected since" in text
    assert "2 accounts are withheld → auditor connect facebook" in text


def test_a_platform_that_is_dark_for_another_reason_keeps_its_row() -> None:
    spot = BlindSpot("facebook", "unreachable", AS_OF, ("facebook:a",))
    assert "Facebook cannot be seen since" in shown(blind_spots=(spot,))


def test_a_platform_without_a_command_is_looked_at_by_people() -> None:
    text = shown(unconnected=(Unconnected("linkedin", 1, ""), Unconnected("instagram", 2, "auditor connect instagram")))
    assert "1 account on LinkedIn is not connected → auditor worksheet" in text
    assert "2 accounts on Instagram are not connected → auditor connect instagram" in text


def test_money_is_told_in_dollars_and_what_is_overspent_leaves_nothing() -> None:
    def said(lane: str, spent: int, limit: int | None) -> str:
        return spent_text(QuotaStatus(lane, spent, limit, None), W)

    assert said("x:KUNCI usd", 4_275, 10_000) == "X KUNCI: US$4.28 of US$10.00 used, US$5.72 left"
    assert said("x:KUNCI usd", 12_000, 10_000) == "X KUNCI: US$12.00 of US$10.00 used, US$0.00 left"
    assert said("youtube:KUNCI call", 3, 10) == "YouTube KUNCI: 3 of 10 calls used, 7 calls left"
    assert said("telegram call", 3, None) == "Telegram: 3 calls used, no limit"
