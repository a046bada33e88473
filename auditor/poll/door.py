"""Between an adapter and its lane's door: the budget, conditional requests, and the record of what was asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from auditor.core.model import Miss, Stops
from auditor.core.quota import Rest
from auditor.fetch.answer import Answer, Ask, Cost, Exchange, Params, Refused, missed
from auditor.fetch.copies import OLD, age
from auditor.platforms.base import Capability
from auditor.store.verbs import Validator

REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass
class Meter:
    """What a lane may still ask, and how its platform counts. One lane, one thread.

    `take` raises Refused when a budget is used up; `correct` adds what an answer cost more, or gives back what it cost
    less than was reserved for it.
    """

    capability: Capability
    take: Callable[[Cost], None]
    correct: Callable[[Cost], None]
    rest: Rest | None = None  # the latest that an answer asked for

    def before(self, cost: Cost | None) -> Cost:
        """Take what a request may cost."""
        usual = {self.capability.quotas[0].name: 1} if self.capability.quotas else {}
        asked = usual if cost is None else cost
        if asked:
            self.take(asked)
        return asked

    def after(self, reserved: Cost, answer: Answer | None) -> None:
        """Settle what is billed by the answer: without one, nothing."""
        billed = {quota.name for quota in self.capability.quotas if quota.billed}
        bill = self.capability.bill
        actual = bill(answer) if answer is not None and bill is not None else {}
        wrong = {name: actual.get(name, 0) - reserved.get(name, 0) for name in billed}
        if any(wrong.values()):
            self.correct({name: units for name, units in wrong.items() if units})
        rest = self.capability.rest
        asked = rest(answer) if answer is not None and rest is not None else None
        if asked is not None:
            wider = asked.stops if self.rest is None or asked.stops is Stops.CREDENTIAL else self.rest.stops
            until = asked.until if self.rest is None else max(asked.until, self.rest.until)
            self.rest = Rest(until, wider)

    def resting(self, now: datetime) -> Rest | None:
        """What an answer asked for and is not over."""
        return self.rest if self.rest is not None and self.rest.until > now else None


@dataclass
class Asking:
    """`Ask` for one account. Collects exchanges; attaches validators to the URL they belong to."""

    ask: Ask
    meter: Meter
    validators: Mapping[str, Validator]
    adapter: int
    conditional: bool
    answers: list[tuple[str, Answer]] = field(default_factory=list)
    age: timedelta = timedelta()  # of the oldest copy among the answers that were read

    @property
    def about(self) -> Mapping[str, str]:
        """As the door has it."""
        return self.ask.about

    @property
    def memory(self) -> MutableMapping[str, object]:
        """The door's."""
        return self.ask.memory

    def proof(self, token: str) -> str | None:
        """The door's."""
        return self.ask.proof(token)

    def __call__(
        self,
        method: str,
        url: str,
        /,
        params: Params = (),
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        *,
        large: bool = False,
        cost: Cost | None = None,
    ) -> Answer:
        """Ask, within the budget.

        Refused also for a 304 where nothing was sent that could be unchanged, and for a refusal that a cache kept:
        neither is an answer to the question.
        """
        reserved = self.meter.before(cost)
        sent = dict(headers or {})
        known = self.validators.get(url) if self.conditional and method == "GET" and not params else None
        if known is not None:
            sent |= {"If-None-Match": known.etag} if known.etag else {}
            sent |= {"If-Modified-Since": known.last_modified} if known.last_modified else {}
        try:
            answer = self.ask(method, url, params, sent, body, large=large)
        except Refused:
            self.meter.after(reserved, None)
            raise
        self.meter.after(reserved, answer)
        self.answers.append((url, answer))
        if answer.status == 304 and known is None:
            raise missed(Miss.UNRECOGNISED, "304 unasked")
        if answer.status not in REDIRECTS:  # those are kept for years, and rightly
            self.age = max(self.age, self._age(answer))
        return answer

    def _age(self, answer: Answer) -> timedelta:
        old = age(answer.headers)
        if old > OLD and answer.status not in (200, 304):
            raise missed(Miss.UNREACHABLE, "old copy")
        return old

    def learnt(self) -> tuple[Validator, ...]:
        """Validators worth keeping: only when one document was the whole answer, so that its 304 says everything."""
        whole = [(url, a) for url, a in self.answers if a.status not in REDIRECTS]
        if not self.conditional or len(whole) != 1 or whole[0][1].status not in (200, 304):
            return ()
        url, answer = whole[0]
        old = self.validators.get(url)
        etag = answer.headers.get("etag") or (old.etag if old and answer.status == 304 else None)
        modified = answer.headers.get("last-modified") or (old.last_modified if old and answer.status == 304 else None)
        if not etag and not modified:
            return ()
        return (Validator(url, self.adapter, etag, modified),)


@dataclass
class Exchanges:
    """What happened at a lane's door since somebody last asked. One lane, one thread."""

    seen: list[Exchange] = field(default_factory=list)

    def __call__(self, exchange: Exchange) -> None:
        """One more."""
        self.seen.append(exchange)

    def take(self) -> tuple[Exchange, ...]:
        """All since the last time."""
        taken, self.seen = tuple(self.seen), []
        return taken
