"""Between an adapter and its lane's door: the budget, conditional requests, and the record of what was asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from auditor.fetch.answer import Answer, Ask, Exchange, Params
from auditor.store.verbs import Validator

REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass
class Asking:
    """`Ask` for one account. Collects exchanges; attaches validators to the URL they belong to."""

    ask: Ask
    spend: Callable[[int], None]  # raises Refused when the lane's budget is used up
    validators: Mapping[str, Validator]
    adapter: int
    conditional: bool
    answers: list[tuple[str, Answer]] = field(default_factory=list)

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
    ) -> Answer:
        """Ask, within the budget."""
        self.spend(1)
        sent = dict(headers or {})
        known = self.validators.get(url) if self.conditional and method == "GET" and not params else None
        if known is not None:
            sent |= {"If-None-Match": known.etag} if known.etag else {}
            sent |= {"If-Modified-Since": known.last_modified} if known.last_modified else {}
        answer = self.ask(method, url, params, sent, body, large=large)
        self.answers.append((url, answer))
        return answer

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
