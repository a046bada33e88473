"""What people said of one account, as the evidence it is: what, who, for which office, with which link or picture."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any, Protocol

from auditor.core.audit import Audited
from auditor.words import Words, dates

from .clean import clean
from .layout import Line, Style, paragraph
from .rows import instant

_SHOWN = 10


class Statement(Protocol):
    """One statement of a person, as the store hands it out."""

    @property
    def said(self) -> str: ...
    @property
    def by(self) -> str: ...
    @property
    def office(self) -> str: ...
    @property
    def second(self) -> str | None: ...
    @property
    def link(self) -> str | None: ...
    @property
    def minted_at(self) -> datetime | None: ...
    @property
    def typed_on(self) -> date | None: ...
    @property
    def posts_30d(self) -> int | None: ...
    @property
    def screenshot(self) -> str | None: ...
    @property
    def manager(self) -> bool: ...
    @property
    def drawn(self) -> bool: ...
    @property
    def complaints(self) -> int | None: ...
    @property
    def answered(self) -> int | None: ...


def attested_lines(
    row: Audited, statements: Sequence[tuple[datetime, Statement]], w: Words, width: int
) -> Iterator[Line]:
    """The newest statements first: a line of what and who, then what it rests on."""
    for at, told in list(reversed(statements))[:_SHOWN]:
        said = f"show.said.{told.said}"
        what = w(said) if w.has(said) else clean(told.said, 40)
        yield from paragraph(f"{_moment(row, at, w)}: {what} · {_who(told, w)}", width)
        for text in _evidence(row, told, w):
            yield from paragraph(text, width, indent=3, style=Style.FAINT)
    if len(statements) > _SHOWN:
        yield from paragraph(w("show.older_told", n=len(statements) - _SHOWN), width, style=Style.FAINT)


def _moment(row: Audited, at: datetime, w: Words) -> str:
    return dates.short_moment(at, row.agency.zone, row.agency.timezone, w)


def _who(told: Statement, w: Words) -> str:
    parts = [f"{clean(told.by, 80) or w('show.erased')} ({clean(told.office, 80)})"]
    if told.second is not None:
        parts.append(w("show.second", name=clean(told.second, 80) or w("show.erased")))
    if told.manager:
        parts.append(w("show.manager"))
    if told.drawn:
        parts.append(w("show.drawn"))
    return " · ".join(parts)


def _evidence(row: Audited, told: Statement, w: Words) -> Iterator[str]:
    """Link and the date inside it, the typed date, the picture's hash, counts. None of it is checked by a machine."""
    if told.link:
        yield clean(told.link, 500)
    facts = []
    if told.minted_at is not None:
        facts.append(w("show.minted", at=_moment(row, told.minted_at, w)))
    if told.typed_on is not None:
        facts.append(w("show.typed", day=dates.day(told.typed_on, w)))
    if told.posts_30d is not None:
        facts.append(w("show.told_posts", n=told.posts_30d))
    if told.screenshot:
        facts.append(w("show.screenshot", code=clean(told.screenshot[:12])))
    if told.complaints is not None:
        facts.append(w("show.complaints", n=told.complaints))
    if told.answered is not None:
        facts.append(w("show.answered_of", n=told.answered))
    if facts:
        yield " · ".join(facts)


def attested_json(statements: Sequence[tuple[datetime, Statement]]) -> list[dict[str, Any]]:
    """Every statement, oldest first."""
    return [
        {
            "observed_at": instant(at),
            "said": told.said,
            "by": told.by,
            "office": told.office,
            "second": told.second,
            "link": told.link,
            "minted_at": instant(told.minted_at),
            "typed_on": None if told.typed_on is None else told.typed_on.isoformat(),
            "posts_30d": told.posts_30d,
            "screenshot": told.screenshot,
            "manager": told.manager,
            "drawn": told.drawn,
            "complaints": told.complaints,
            "answered": told.answered,
        }
        for at, told in statements
    ]
