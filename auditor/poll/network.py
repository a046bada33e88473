"""Are we online at all? Two unrelated hosts are asked before anybody is blamed; one question for all lanes."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urljoin, urlsplit

from auditor.clock import Clock
from auditor.core.model import Miss, Missed, Outcome, Unreadable
from auditor.fetch.answer import Answer, Refused

from .door import REDIRECTS
from .office import Doors

GOOD_FOR = timedelta(minutes=30)
TRIES = 3  # of a question that is not answered well, in the same time
SUCCESS, SERVER_ERROR = 200, 500
NOT_THE_HOST = frozenset({407, 511})  # a proxy or a portal in between wants something of us
SHORT = 64  # bytes: two hosts may both say "ok"; a portal says more, or says it in markup
OURS = frozenset({Miss.RATE_LIMITED, Miss.QUOTA_EXHAUSTED})  # we ask too much: no word of the network's


class Offline(BaseException):
    """Our own network fails: the look in hand says nothing, and nothing else is asked."""


def troubled(outcome: Outcome) -> bool:
    """It may be our own network that answered so, or did not."""
    return isinstance(outcome, Unreadable) or (isinstance(outcome, Missed) and outcome.reason not in OURS)


def good_now(at: datetime, now: datetime) -> bool:
    """An answer is good for 30 minutes; one from ahead of us, after the clock was set back, for none."""
    return timedelta() <= now - at <= GOOD_FOR


@dataclass
class Sentinels:
    """The reference hosts of one sweep. Threads may share it."""

    urls: Sequence[str]
    doors: Doors
    clock: Clock
    down: bool = False  # not one of them answered: the sweep is inconclusive
    lock: threading.Lock = field(default_factory=threading.Lock)
    answered: list[tuple[datetime, int]] = field(default_factory=list)  # when, and how many of them in good health

    def __call__(self) -> bool | None:
        """Whether all of them are there: that vouches for a lane that has nothing else. None: none is configured."""
        if not self.urls:
            return None
        with self.lock:
            good = self._recent()
            if not self.down and len(self.urls) not in good and len(good) < TRIES:
                good.append(self._ask())
            return not self.down and len(self.urls) in good

    def offline(self) -> bool:
        """Whether none of them is there. What is found so stands for the sweep."""
        if not self.urls:
            return False
        with self.lock:
            if not self.down and not any(self._recent()):
                self.down = self._ask() == 0
            return self.down

    def _recent(self) -> list[int]:
        now = self.clock()
        return [healthy for at, healthy in self.answered if good_now(at, now)]

    def _ask(self) -> int:
        """How many are there. Whoever answers for all of them alike is none of them: a portal, a proxy, a filter."""
        answers: list[Answer] = []
        with self.doors(None, lambda _: None) as ask:
            for url in self.urls:
                try:
                    answer = ask("GET", url)
                except Refused:
                    continue
                if answer.status < SERVER_ERROR and answer.status not in NOT_THE_HOST:
                    answers.append(answer)
        said = {_said(answer) for answer in answers}
        alike = len(answers) > 1 and len(answers) == len(self.urls) and len(said) == 1 and said != {None}
        healthy = 0 if alike else len(answers)
        self.answered.append((self.clock(), healthy))
        return healthy


def _said(answer: Answer) -> str | bytes | None:
    """What two unrelated hosts cannot say alike: where they send us, or a page, but for our own address in it."""
    place, own = answer.headers.get("location", ""), urlsplit(answer.url)
    if answer.status in REDIRECTS and place:
        to = urlsplit(urljoin(answer.url, place))
        return f"{to.netloc}{to.path}".lower()
    body = answer.body.strip()
    if len(body) <= SHORT and b"<" not in body and SUCCESS <= answer.status < min(REDIRECTS):
        return None
    for echoed in (own.netloc, own.path if len(own.path) > 1 else own.netloc):
        body = body.replace(echoed.encode(), b"")
    return body or None
