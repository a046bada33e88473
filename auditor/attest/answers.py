"""What a person wrote about one account, cell by cell, and the digest that makes a second import change nothing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from pathlib import Path
from typing import TypeAlias

from auditor.core.address import AddressProblem
from auditor.core.post_link import PostLink
from auditor.reports.clean import clean

from .outcome import Rejection, Unstated, must
from .person import is_name
from .proof import Screenshot, screenshot
from .statement import Told
from .when import Moment, read_date, read_moment

ReadLink: TypeAlias = Callable[[str], "PostLink | AddressProblem"]
Vocabulary: TypeAlias = Mapping[str, Collection[str]]  # code -> how people write it

STATED = ("post_link", "date", "count_30d", "said", "screenshot", "complaints", "answered")  # more than a name
WRITTEN = (*STATED, "by", "second", "at")
NAME = 120  # characters of a person's name that are kept
DIGITS = 6  # of posts or complaints in 30 days: more is a slip of the hand
_NOTHING = frozenset({"-", "–", "—", "--", "n/a", "null"})


@dataclass(frozen=True, slots=True)
class Answers:
    """One row as written, blanks collapsed. `key`, `account` and `link` say whose it is; the rest is the statement."""

    place: str = ""
    key: str = ""
    account: str = ""
    link: str = ""
    post_link: str = ""
    date: str = ""
    count_30d: str = ""
    said: str = ""
    by: str = ""
    second: str = ""
    at: str = ""
    screenshot: str = ""
    complaints: str = ""
    answered: str = ""
    manager: bool = False
    worksheet: str = ""  # the id the sheet was issued with
    issued: datetime | None = None  # and when: nobody looked for it earlier
    day: str = ""  # of pasted links: the local day of the look, which a sheet's id and times stand for
    folder: Path | None = None  # of the sheet

    @property
    def is_answered(self) -> bool:
        """Somebody stated something; a name or a time alone states nothing."""
        return any(getattr(self, name) for name in STATED)

    def with_defaults(self, *, by: str, second: str, at: str) -> Answers:
        """Names and the time where the row leaves them empty."""
        return replace(self, by=self.by or by, second=self.second or second, at=self.at or at)


def tidy(text: str) -> str:
    """One line without control characters; a dash stands for an empty cell."""
    text = clean(text, 4000)
    return "" if text.lower() in _NOTHING else text


def fold(text: str) -> str:
    """Names and phrases as they are compared."""
    return " ".join(text.casefold().replace("_", " ").split())


def digest(answers: Answers, key: str, said: Vocabulary, read_link: ReadLink) -> str:
    """SHA-256 of a row: the sheet it came from, whose it is, what was answered, and when as written.

    The same answer in another spelling is the same answer; no file is read and no rule applied.
    """
    link = read_link(answers.post_link) if answers.post_link else None
    day = read_date(answers.date)
    parts = {name: fold(getattr(answers, name)) for name in WRITTEN}
    if isinstance(link, PostLink):
        parts["post_link"] = link.url
    if not isinstance(day, Rejection):
        parts["date"] = day.isoformat()
    parts["said"] = code_of(answers.said, said) or parts["said"]
    whole = [answers.worksheet, answers.key or key, parts, answers.day]
    return hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()


def code_of(text: str, said: Vocabulary) -> str | None:
    """The code of a phrase in any language, or of the code itself. None: nobody says so."""
    wanted = fold(text).rstrip(".")
    return next((code for code, names in said.items() if wanted in {fold(code), *(fold(n) for n in names)}), None)


def told(answers: Answers, said: Vocabulary, read_link: ReadLink, zone: tzinfo, now: datetime) -> Told:
    """Every cell read. Unstated: one that cannot be."""
    formula = next((v for name in WRITTEN if (v := getattr(answers, name)).startswith("=")), None)
    if formula is not None:
        raise Unstated("formula", text=formula)
    if not is_name(answers.by):
        raise Unstated("no_name")
    code = code_of(answers.said, said) if answers.said else ""
    if code is None:
        raise Unstated("bad_said", text=answers.said)
    link = read_link(answers.post_link) if answers.post_link else None
    if isinstance(link, AddressProblem):
        raise Unstated("address", problem=link)
    complaints, answered = _count(answers.complaints, "complaints"), _count(answers.answered, "answered")
    if answered is not None and complaints is not None and answered > complaints:
        raise Unstated("more_answered", complaints=complaints, answered=answered)
    return Told(
        said=code,
        by=clean(answers.by, NAME),
        at=must(read_moment(answers.at, zone, now)) if answers.at else untimed(answers, now),
        second=clean(answers.second, NAME) if is_name(answers.second) else None,
        link=link,
        typed_on=must(read_date(answers.date)) if answers.date else None,
        posts_30d=_count(answers.count_30d, "count_30d"),
        screenshot=_shot(answers),
        manager=answers.manager,
        complaints=complaints,
        answered=answered,
    )


def untimed(answers: Answers, now: datetime) -> Moment:
    """Of a row without a time: somebody looked after the sheet was made and before it came back, or now."""
    first = now if answers.issued is None else min(answers.issued, now)
    return Moment(first, now)


def _shot(answers: Answers) -> Screenshot | None:
    if not answers.screenshot:
        return None
    folders = [Path()] if answers.folder is None else [answers.folder, Path()]
    return must(screenshot(answers.screenshot, folders))


def _count(text: str, name: str) -> int | None:
    """A whole number, zero included."""
    if not text:
        return None
    if len(text) <= DIGITS and text.isascii() and text.isdecimal():
        return int(text)
    raise Unstated("bad_count", text=text, column=name)
