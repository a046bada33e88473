"""The officer of the demonstration: looks where a person would look, and fills in what a person would fill in.

Ids of posts are minted from their instants, as the platforms do it, so that the program can read the date back.
"""

from __future__ import annotations

import base64
from datetime import datetime, timedelta
from pathlib import Path

from openpyxl import load_workbook

from tests.lab.model import Account, Scenario, letters, millis, number
from tests.lab.truth import UNDECIDABLE

FIRST_PERSON, SECOND_PERSON = "Pemeriksa 1 (contoh)", "Pemeriksa 2 (contoh)"
ZONE = timedelta(hours=7)
DATED = frozenset({"instagram", "x", "tiktok"})  # links that carry their date


def newest(account: Account, now: datetime) -> datetime | None:
    """When the newest post that counts was made, as far as can be seen at `now`."""
    shown = [item.post for item in account.visible(now)]
    return max((p.at for p in shown if p.kind in {"original", "thread"} and p.at <= now), default=None)


def link(account: Account, at: datetime | None) -> str:
    """The address of a post made at an instant."""
    assert at is not None, account.key
    match account.platform:
        case "instagram":
            raw = ((millis(at) - 1_314_220_021_721) << 23) + number(account.key, at, below=1 << 23)
            code = base64.urlsafe_b64encode(raw.to_bytes(9, "big")[-9:]).decode()
            return f"https://www.instagram.com/p/{code[-11:]}/"
        case "x":
            return f"https://x.com/{account.handle}/status/{(millis(at) - 1_288_834_974_657) << 22}"
        case "tiktok":
            video = (millis(at) // 1000 << 32) + number(account.key, at, below=1 << 32)
            return f"https://www.tiktok.com/@{account.handle}/video/{video}"
        case "threads":
            return f"https://www.threads.com/@{account.handle}/post/{letters(11, account.key, at)}"
        case _:
            return f"https://www.facebook.com/{account.handle}/posts/pfbid{letters(30, account.key, at)}"


def answers(account: Account, now: datetime, shot: Path) -> dict[str, str]:
    """The cells a person fills in at `now`; empty where they cannot tell either.

    An old post gets a screenshot and a second person: what is silent may one day get a letter.
    """
    if account.state(now).kind in UNDECIDABLE:
        return {}
    at = newest(account, now)
    if at is None:
        return {}
    told = {"post_link": link(account, at), "by": FIRST_PERSON, "at": (now + ZONE).strftime("%Y-%m-%d %H:%M")}
    if account.platform not in DATED:
        told["date"] = (at + ZONE).date().isoformat()
    if now - at >= timedelta(days=14):
        shot.write_bytes(f"{account.key} {now.isoformat()}".encode())
        told |= {"second": SECOND_PERSON, "screenshot": shot.name}
    return told


def fill(sheet: Path, columns: dict[str, str], scenario: Scenario, now: datetime) -> int:
    """Fill in a worksheet, `columns` naming the heading of each code; how many rows were answered."""
    book = load_workbook(sheet)
    page = book.worksheets[0]
    head = next(row for row in page.iter_rows() if any(cell.value == columns["key"] for cell in row))
    place = {code: cell.column for code, title in columns.items() for cell in head if cell.value == title}
    filled = 0
    for row in range(head[0].row + 1, page.max_row + 1):
        key = page.cell(row, place["key"]).value
        if not key:
            continue
        told = answers(scenario.account(str(key)), now, sheet.parent / f"layar-{now:%m%d}-{row}.png")
        for code, text in told.items():
            page.cell(row, place[code]).value = text
        filled += bool(told)
    book.save(sheet)
    return filled
