"""Pasting links at a terminal or through a pipe. At a terminal what is unclear is asked; a pipe is never asked."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from auditor.core.post_link import PostLink
from auditor.core.register import Account, Register

from .answers import Answers, ReadLink, fold, tidy
from .outcome import Rejection
from .page import Page
from .paste import line
from .person import holds_address, is_name
from .when import read_date

PROMPT = "> "
LINE = 20_000  # characters of one pasted line


@dataclass(frozen=True)
class Talk:
    """`hear` shows a prompt and gives the line typed after it; None: there is no more.

    Whoever pastes several lines at once pastes over questions too: a link that comes as an answer waits for its turn.
    """

    page: Page
    say: Callable[[str], None]
    hear: Callable[[str], str | None]
    terminal: bool
    register: Register
    early: list[str] = field(default_factory=list)

    def name(self) -> str | None:
        """Who looks; asked until somebody says so. None: nobody can be asked."""
        while self.terminal:
            heard = self.hear(self.page.plain(self.page.w("attest.ask_name")))
            if heard is None:
                return None
            if is_name(heard):
                return heard.strip()
            if self._is_early(heard):
                self.say(self.page.plain(self.page.w("attest.name_first")))
        return None

    def _is_early(self, heard: str) -> bool:
        if holds_address(heard):
            self.early.append(heard)
            return True
        return False

    def _answer(self, prompt: str) -> str:
        """What is typed after a question; nothing where a link was pasted instead."""
        heard = self.hear(self.page.plain(prompt)) or ""
        return "" if self._is_early(heard) else heard

    def _next(self) -> str | None:
        return self.early.pop(0) if self.early else self.hear(PROMPT if self.terminal else "")

    def day(self) -> str:
        """The day of a post whose address carries none; asked until it is one. "": nobody says."""
        while self.terminal and (heard := tidy(self._answer(self.page.w("attest.ask_day")))):
            found = read_date(heard)
            if not isinstance(found, Rejection):
                return heard
            self.say(self.page.plain(f"  ? {self.page.reason(found)}"))
        return ""

    def lines(self, read_link: ReadLink, template: Answers) -> Iterator[Answers]:
        """What is pasted, line by line; the date, the screenshot and the day of `template` stand for each of them."""
        if self.terminal:
            self.say(self.page.plain(self.page.w("attest.paste")))
        number = 0
        while (heard := self._next()) is not None:
            number += 1
            found = line(heard, number, "stdin", read_link)
            if found is not None:
                yield Answers(
                    place=found.place,
                    account=found.account,
                    post_link=found.post_link,
                    date=found.date or template.date,
                    screenshot=template.screenshot,
                    day=template.day,
                )
        if self.terminal:
            self.say("")

    def choose(self, link: PostLink, accounts: Sequence[Account]) -> Account | None:
        """The numbered question of which account a post is of. None: no answer, or nobody to ask."""
        if not self.terminal:
            return None
        zone = self.register.agency[accounts[0].agency].zone
        day = link.minted_at.astimezone(zone).date() if link.minted_at else None
        self.say(self.page.question(accounts, day))
        heard = fold(self._answer(PROMPT)).strip("[]")
        if heard.isascii() and heard.isdecimal() and len(heard) < 6 and 0 < int(heard) <= len(accounts):
            return accounts[int(heard) - 1]
        return next((a for a in accounts if heard and heard in (fold(a.key), fold(a.ref.handle))), None)

    def sure(self, odd: Rejection) -> bool:
        """Yes or no to what is odd and yet possible; no where nobody can be asked."""
        if not self.terminal:
            return False
        self.say(self.page.plain(f"  ? {self.page.w(f'attest.sure.{odd.code}', **self.page.worded(odd.values))}"))
        return fold(self._answer(self.page.w("attest.yes_no"))) in ("y", "ya", "yes")


def typed(say: Callable[[str, str], None]) -> Callable[[str], str | None]:
    """Standard input line by line. Ctrl-C ends it as Ctrl-D does, so that what was pasted before is kept."""
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")

    def hear(prompt: str) -> str | None:
        if prompt:
            say(prompt, "")
        try:
            return sys.stdin.readline(LINE) or None
        except KeyboardInterrupt:
            return None

    return hear
