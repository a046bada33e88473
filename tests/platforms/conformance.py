"""What every platform promises, asked through a door that gives one answer to everything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

from auditor.core.address import Address, read_address
from auditor.core.model import AccountRef, Missed, Outcome, Seen, Unreadable
from auditor.fetch.answer import Answer, Ask, Cost, Params, Refused
from auditor.platforms import platforms
from auditor.platforms.base import Platform, Unchanged, Window

from .script import NOW

SINCE = NOW - timedelta(days=365)
FORMS = {name: platform.address for name, platform in platforms().items()}
WRITTEN = (  # one of them is an account, wherever the platform; the best comes first
    "UCpemkot-kota-contoh-01A",
    "https://www.kotacontoh.example/feed/",
    "@humas_contoh@sosial.kotacontoh.example",
    "humas.kota.contoh",
    "humas_contoh",
    "humas-contoh",
    "0029VaCONTOHcontohCONTOH",
)
HTML = {"content-type": "text/html; charset=utf-8"}
JSON = {"content-type": "application/json; charset=utf-8"}


def examples(platform: Platform) -> list[AccountRef]:
    """Accounts of this platform, canonical."""
    found = [read_address(text, FORMS, platform.name) for text in WRITTEN]
    return [AccountRef(platform.name, a.handle, a.native_id) for a in found if isinstance(a, Address)]


class Always:
    """An `Ask` that gives one answer to everything, and counts."""

    def __init__(self, status: int, body: bytes = b"", headers: Mapping[str, str] | None = None) -> None:
        self.status, self.body, self.headers = status, body, dict(headers or {})
        self.asked = 0
        self.about: dict[str, str] = {}
        self.memory: dict[str, object] = {}

    def proof(self, token: str) -> str | None:
        """Nothing here signs."""
        return None

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
        self.asked += 1
        assert self.asked < 500, "every loop has a limit"
        return Answer(self.status, self.headers, self.body, url, NOW)


class Refusing(Always):
    """An `Ask` that never gets an answer."""

    def __init__(self, outcome: Missed) -> None:
        super().__init__(0)
        self.outcome = outcome

    def __call__(self, *_: object, **__: object) -> Answer:
        raise Refused(self.outcome)


def refusing(outcome: Missed) -> Ask:
    """An `Ask` that never gets an answer."""
    return Refusing(outcome)


def outcomes(platform: Platform, ask: Ask) -> Iterator[Outcome | Unchanged]:
    """What the cheap question and the dear one say of one account; a profile is no outcome."""
    ref = examples(platform)[0]
    if platform.bulk is not None:
        try:
            yield from (said for _, said in platform.bulk([(ref, Window(SINCE, NOW))], ask))
        except Refused as refused:
            yield refused.outcome
    if platform.timeline is not None:
        try:
            yield platform.timeline(ref, None, ask, Window(SINCE, NOW))
        except Refused as refused:
            yield refused.outcome
    if platform.lookup is not None:
        try:
            answered = list(platform.lookup([ref], ask))
        except Refused as refused:
            yield refused.outcome
        else:
            assert [r for r, _ in answered] == [ref], "each account is answered exactly once"
            yield from (said for _, said in answered if isinstance(said, Unreadable | Missed))


def looked_up(platform: Platform, refs: Sequence[AccountRef], ask: Ask) -> list[AccountRef] | None:
    """Whom the cheap question answered for; None when it was refused as a whole."""
    assert platform.lookup is not None
    try:
        return [ref for ref, _ in platform.lookup(refs, ask)]
    except Refused:
        return None


def covers(outcome: Outcome | Unchanged) -> bool:
    """The look claims to have read something."""
    return isinstance(outcome, Seen) and (outcome.horizon is None or outcome.horizon < NOW)
