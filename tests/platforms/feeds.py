"""Builders for feed tests: invented documents, and one look at them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from auditor.core.model import AccountRef, Missed, Seen, Unreadable
from auditor.fetch.answer import Ask, Refused
from auditor.platforms.base import Unchanged, Window
from auditor.platforms.feed import PLATFORM

from .script import NOW, Reply, Script, Scripted

SITE = "https://www.kotacontoh.example"
URL = f"{SITE}/feed/"
DAY = timedelta(days=1)
SINCE = NOW - 365 * DAY
SAMPLES = Path(__file__).parent / "samples"
XML = {"content-type": "application/rss+xml; charset=UTF-8"}
JSON = {"content-type": "application/json"}
HTML = {"content-type": "text/html; charset=utf-8"}


def at(text: str) -> datetime:
    """An instant in UTC, seconds optional."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def sample(name: str, headers: Mapping[str, str] = XML) -> Reply:
    """A document of `samples/`."""
    return Reply(200, (SAMPLES / name).read_bytes(), headers)


def rss(*items: str, head: str = "", before: str = "") -> Reply:
    """A channel with these items."""
    return Reply(200, f'{before}<rss version="2.0"><channel>{head}{"".join(items)}</channel></rss>'.encode(), XML)


def entry(name: str, date: str | datetime | None, link: str | None = None) -> str:
    """An item; its link follows from its name."""
    link = f"{SITE}/berita/{name}/" if link is None else link
    stamp = f"<pubDate>{date}</pubDate>" if date is not None else ""
    return f'<item><guid isPermaLink="false">{name}</guid><link>{link}</link>{stamp}</item>'


def dated(*days: str) -> Reply:
    """A channel whose items have these dates, in this order."""
    return rss(*(entry(f"{n}", f"{day}T00:00:00Z") for n, day in enumerate(days)))


def look(
    answers: Mapping[str, Scripted | list[Scripted]] | Ask, url: str = URL, since: datetime = SINCE
) -> Seen | Unreadable | Missed | Unchanged:
    """One look; what is raised is its outcome."""
    ask = answers if callable(answers) else Script(answers)
    assert PLATFORM.timeline is not None
    try:
        return PLATFORM.timeline(AccountRef("feed", url), None, ask, Window(since, NOW))
    except Refused as refused:
        return refused.outcome


def seen(answers: Mapping[str, Scripted | list[Scripted]] | Reply, url: str = URL, since: datetime = SINCE) -> Seen:
    """One look that reads the account."""
    outcome = look({url: answers} if isinstance(answers, Reply) else answers, url, since)
    assert isinstance(outcome, Seen), outcome
    return outcome


def names(sight: Seen) -> Sequence[str]:
    """Ids of the posts, newest first."""
    return [p.native_id for p in sight.posts]
