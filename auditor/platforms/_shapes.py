"""Reading hostile documents: every shape is checked where it is read, and a surprise is `unrecognised`, never empty."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from auditor.core.model import Miss
from auditor.fetch.answer import Answer, Refused, missed

from .base import Json, Rule, json_of, refusal

LONGEST = 512  # characters of an id we keep
COUNTABLE = 2**62  # what a counter may say


def unrecognised(detail: str) -> Refused:
    """Answered, but in no shape we know."""
    return missed(Miss.UNRECOGNISED, detail)


def document(answer: Answer, rules: Sequence[Rule]) -> Json:
    """The JSON document of a 200 answer, else the outcome of the rules."""
    try:
        return json_of(answer, rules)
    except RecursionError:
        raise unrecognised("nested too deeply") from None


def refuse(answer: Answer, rules: Sequence[Rule]) -> Refused:
    """The outcome of an answer that is not what was asked for."""
    try:
        return refusal(answer, rules)
    except RecursionError:
        return unrecognised("nested too deeply")


def mapping(value: Json, what: str) -> Mapping[str, Json]:
    """A JSON object."""
    if not isinstance(value, dict):
        raise unrecognised(f"{what} is no object")
    return value


def listing(value: Json, what: str) -> Sequence[Json]:
    """A JSON array."""
    if not isinstance(value, list):
        raise unrecognised(f"{what} is no list")
    return value


def word(value: Json) -> str | None:
    """An id or address as it may be stored: printable, without blanks, not too long. None: it is not."""
    if not isinstance(value, str) or not value or len(value) > LONGEST:
        return None
    return value if value.isprintable() and not any(c.isspace() for c in value) else None


def named(value: Json, what: str) -> str:
    """A `word` that must be there."""
    found = word(value)
    if found is None:
        raise unrecognised(f"{what} is missing")
    return found


def link(value: Json) -> str | None:
    """A web address a person can open, else None."""
    found = word(value) or ""
    try:
        parts = urlsplit(found)
    except ValueError:
        return None
    return found if parts.scheme in ("http", "https") and parts.hostname else None


def counters(document: Mapping[str, Json], names: Mapping[str, str]) -> dict[str, int]:
    """The counters a document states, under our names. What is no count is left out."""
    stated = {ours: document.get(theirs) for ours, theirs in names.items()}
    return {k: v for k, v in stated.items() if isinstance(v, int) and not isinstance(v, bool) and 0 <= v < COUNTABLE}
