"""A small office of fictional accounts, a store of its own, and links minted for the instants a test wants."""

from __future__ import annotations

import string
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from auditor.attest.answers import Answers, Vocabulary
from auditor.attest.desk import Desk, Sitting
from auditor.attest.outcome import Kind, Result
from auditor.attest.page import Page
from auditor.attest.record import Recorded, Recorder
from auditor.attest.sheet import said_names
from auditor.attest.whose import Roll
from auditor.config.policy import default_book
from auditor.core.model import AccountRef, Observation, Post, Seen
from auditor.core.post_link import read_post
from auditor.core.reach import Reach
from auditor.core.register import Account, Agency, Register
from auditor.judge import judge, record
from auditor.platforms import platforms
from auditor.platforms._posts import post_forms
from auditor.rules import Bench
from auditor.store.sqlite import SqliteStore, open_store
from auditor.store.verbs import Look
from auditor.words import LANGUAGES, words

WIB = ZoneInfo("Asia/Jakarta")
NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)  # Monday, 10.00 in Jakarta
DAY = timedelta(days=1)
BOOK = default_book()
OFFICES_LINK = "https://x.com/dinas_contoh/status/2108361803166646272"
BASE64URL = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"
FORMS = {p.name: p.address for p in platforms().values()}
POSTS = post_forms(platforms())
SAID: Vocabulary = said_names()
AGENCY = Agency("dinas-contoh", "Dinas Contoh", "Asia/Jakarta", WIB)
IG, IG2, TIKTOK, X, FB, FEED = (
    "instagram:dinas.kota.contoh",
    "instagram:humas.kota.contoh",
    "tiktok:dinas.kota.contoh",
    "x:dinas_contoh",
    "facebook:dinas.kota.contoh",
    "feed:https://dinas.kotacontoh.example/feed/",
)


def read_link(text: str) -> Any:
    return read_post(text, POSTS)


def account(key: str, **more: Any) -> Account:
    platform, _, handle = key.partition(":")
    ref = AccountRef(platform, handle, more.pop("native_id", None))
    url = FORMS[platform].url.format(handle=handle, name=handle, host="")
    return Account(key, ref, url, AGENCY.id, handle, "accounts.yaml:1", **more)


def register(*keys: str | Account) -> Register:
    accounts = tuple(k if isinstance(k, Account) else account(k) for k in (keys or (IG, IG2, TIKTOK, X, FB, FEED)))
    return Register((AGENCY,), accounts, repr(accounts))


def x_link(at: datetime, handle: str = "dinas_contoh") -> str:
    return f"https://x.com/{handle}/status/{(int(at.timestamp() * 1000) - 1288834974657) << 22}"


def tiktok_link(at: datetime, handle: str = "dinas.kota.contoh") -> str:
    return f"https://www.tiktok.com/@{handle}/video/{int(at.timestamp()) << 32}"


def instagram_link(at: datetime) -> str:
    number = (int(at.timestamp() * 1000) - 1314220021721) << 23
    code = "".join(BASE64URL[number >> 6 * place & 63] for place in range(10, -1, -1))
    return f"https://www.instagram.com/p/{code}/"


def facebook_link(number: int = 1) -> str:
    return f"https://www.facebook.com/dinas.kota.contoh/posts/{1_000_000_000_000 + number}"


class Office:
    """One store that many desks write to, as many imports do."""

    def __init__(self, *keys: str | Account, reach: Reach | None = None, at: datetime = NOW - 100 * DAY) -> None:
        self.register = register(*keys)
        self.reach = reach or Reach()
        self.store: SqliteStore = open_store(":memory:", at)
        self.ids = self.store.keep_register(self.register, "list", at)

    def desk(self, now: datetime = NOW, *, by: str = "Sari", **more: Any) -> Desk:
        sitting = Sitting(
            now=now,
            office=more.pop("office", AGENCY.id),
            by=by,
            **{k: more.pop(k) for k in ("second", "at", "manager", "among") if k in more},
        )
        return Desk(
            sitting,
            Roll(self.register, FORMS, self.store.find),
            BOOK,
            self.reach,
            self.store,
            SAID,
            read_link,
            **more,
        )

    def record(self, desk: Desk) -> Recorded:
        now = desk.sitting.now
        bench = Bench(self.register, BOOK, self.reach)
        recorder = Recorder(
            self.store,
            self.ids,
            self.register.sha256,
            BOOK.version,
            rehearsal=False,
            judged=lambda keys: record(self.store, judge(self.store, bench, now, keys), now, BOOK),
        )
        return recorder.record(desk.results, now)

    def take(self, *rows: Answers, now: datetime = NOW, **more: Any) -> list[Result]:
        """A whole import: taken, drawn, recorded."""
        desk = self.desk(now, **more)
        for row in rows:
            desk.take(row)
        desk.again()
        desk.draw()
        self.record(desk)
        for language in LANGUAGES:  # whatever became of a row, there are words for it
            page = Page(words(language))
            for result in desk.results:
                assert page.result(result)
        return desk.results

    def say(self, key: str, now: datetime = NOW, **cells: Any) -> Result:
        """One row about one account."""
        more = {k: cells.pop(k) for k in ("by", "second", "sure", "choose", "manager") if k in cells}
        cells.setdefault("day", now.isoformat())
        return self.take(Answers(place="lembar:7", key=key, **cells), now=now, **more)[0]

    def polled(self, key: str, *posts: Post, at: datetime, horizon: datetime | None = None) -> None:
        """A machine's look."""
        run = self.store.begin_run("poll", at, "list", "policy", rehearsal=False)
        seen = Seen("id:1", key.partition(":")[2], posts, horizon)
        self.store.record(run, [Look(self.ids[key], Observation(at, seen, control_ok=True))])

    def dump(self) -> list[str]:
        """Everything that is stored."""
        with self.store._db.read() as con:
            return list(con.iterdump())


def reason(result: Result) -> str:
    """The code of a rejection."""
    assert result.kind is Kind.REJECTED, result
    assert result.reason is not None
    return result.reason.code


def seen(result: Result) -> Seen:
    assert result.look is not None, result
    outcome = result.look.observation.outcome
    assert isinstance(outcome, Seen)
    return outcome


def local(*numbers: int) -> datetime:
    """An instant in the zone of the office."""
    return datetime(*numbers, tzinfo=WIB)  # type: ignore[arg-type, misc]
