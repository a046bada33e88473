"""What the command was given, checked before the first row is taken, and the rows it stands for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo
from pathlib import Path

from auditor.config.sheets import Sheet, read_sheet
from auditor.core.policy import PolicyBook
from auditor.core.post_link import read_post
from auditor.core.reach import Reach
from auditor.core.register import Account, Register
from auditor.errors import Exit, UserError
from auditor.platforms import platforms
from auditor.platforms._posts import post_forms
from auditor.reports.clean import clean
from auditor.store.verbs import Store

from .answers import Answers, code_of, tidy
from .desk import Desk, Sitting
from .outcome import Rejection, Unstated
from .sheet import column_names, rows, said_names, unread
from .talk import Talk
from .when import read_date, read_moment
from .whose import Roll


@dataclass(frozen=True, slots=True)
class Given:
    """Options and arguments as typed. "" means that it was not given."""

    accounts: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    by: str = ""
    office: str = ""
    second: str = ""
    screenshot: str = ""
    said: str = ""
    date: str = ""
    at: str = ""
    manager: bool = False


@dataclass(frozen=True)
class Ground:
    """What an import rests on: the list, the policy, what machines read here, the facts, and the clock."""

    register: Register
    book: PolicyBook
    reach: Reach
    zone: tzinfo  # of the office whose installation this is
    store: Store
    now: datetime


def set_up(ground: Ground, given: Given, talk: Talk) -> Desk:
    """A desk ready for rows. UserError, before anything is asked: options that contradict each other or say nothing."""
    forms = post_forms(platforms())
    roll = Roll(ground.register, {p.name: p.address for p in platforms().values()}, ground.store.find)
    desk = Desk(
        sitting=Sitting(now=ground.now, office=""),
        roll=roll,
        book=ground.book,
        reach=ground.reach,
        store=ground.store,
        said=said_names(),
        read_link=lambda text: read_post(text, forms),
        choose=talk.choose,
        sure=talk.sure,
        day=talk.day,
    )
    _check(given, desk, ground, talk)
    desk.sitting = Sitting(
        now=ground.now,
        office=clean(given.office) or _head(ground.register),
        by=_name(given, talk),
        second=tidy(given.second),
        at=tidy(given.at),
        manager=given.manager,
        among=_accounts(given, roll, talk),
    )
    return desk


def answers(desk: Desk, ground: Ground, given: Given, talk: Talk) -> Iterator[Answers]:
    """Every row: of the files, of one statement about the named accounts, or pasted."""
    today = ground.now.astimezone(ground.zone).date().isoformat()
    common = Answers(said=tidy(given.said), date=tidy(given.date), screenshot=given.screenshot.strip(), day=today)
    if given.files:
        for name in given.files:
            yield from _filled(Path(name), talk)
    elif given.said:
        for account in desk.sitting.among:
            yield Answers(
                place="--said",
                key=account.key,
                said=common.said,
                date=common.date,
                screenshot=common.screenshot,
                day=today,
            )
    else:
        yield from talk.lines(desk.read_link, common)


def _filled(path: Path, talk: Talk) -> Iterator[Answers]:
    sheet: Sheet = read_sheet(path, talk.page.w)
    columns = column_names()
    found = rows(sheet, columns, path.parent)
    if found is None:
        wanted = ", ".join(talk.page.w(f"worksheet.column.{code}") for code in ("account", "post_link", "said", "by"))
        raise UserError(talk.page.w("attest.no_columns", file=clean(str(path), 120), columns=wanted), Exit.USAGE)
    if strange := unread(sheet, columns):
        wanted, named = talk.page.w("worksheet.column.post_link"), clean(", ".join(strange), 200)
        talk.say(talk.page.plain(talk.page.w("attest.no_link_column", file=path.name, names=named, wanted=wanted)))
    return found


def _check(given: Given, desk: Desk, ground: Ground, talk: Talk) -> None:
    """Options that no row can make good."""
    w = talk.page.w
    if given.files and (given.accounts or given.said or given.date or given.screenshot):
        raise UserError(w("attest.files_alone"), Exit.USAGE)
    if given.said and not given.accounts:
        raise UserError(w("attest.said_whose"), Exit.USAGE)
    wrong: Rejection | None = None
    if given.said and code_of(given.said, desk.said) is None:
        wrong = Rejection("bad_said", {"text": given.said})
    for found in (
        read_date(given.date) if given.date else None,
        read_moment(given.at, ground.zone, ground.now) if given.at else None,
    ):
        wrong = found if wrong is None and isinstance(found, Rejection) else wrong
    if wrong is not None:
        raise UserError(talk.page.plain(talk.page.reason(wrong)), Exit.USAGE)


def _accounts(given: Given, roll: Roll, talk: Talk) -> tuple[Account, ...]:
    try:
        return tuple(dict.fromkeys(roll.by_key(written)[0] for written in given.accounts))
    except Unstated as unstated:
        raise UserError(talk.page.plain(talk.page.reason(unstated.why)), Exit.USAGE) from None


def _name(given: Given, talk: Talk) -> str:
    """Who looks. Sheets name the person in each row; whoever pastes says so once."""
    by = tidy(given.by)
    if by or given.files:
        return by
    by = tidy(talk.name() or "")
    if not by:
        raise UserError(talk.page.w("attest.name_wanted"), Exit.USAGE)
    return by


def _head(register: Register) -> str:
    """The office the others answer to."""
    return next((a.id for a in register.agencies if a.parent is None), "")
