"""A server may say anything, also what it was asked with: nothing of that is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from auditor.core.model import Miss, Missed, Outcome, Seen, Unreadable
from auditor.fetch import redact
from auditor.store.verbs import Look

ECHOED = "secret echoed"  # detail: an id, a handle or a post is named like one of our secrets


def without(look: Look, forms: Sequence[str]) -> Look:
    """The look without any of the spelt secrets; a sight that names one is not recognised."""
    if not _has(repr(look), forms):
        return look
    outcome, exchanges = _outcome(look.observation.outcome, forms), []
    for exchange in look.exchanges:
        shape = exchange.shape
        exchanges.append(exchange if shape is None else replace(exchange, shape=redact.text(shape, forms)))
    validators = tuple(v for v in look.validators if not _has(repr(v), forms))
    observation = replace(look.observation, outcome=outcome)
    return replace(look, observation=observation, exchanges=tuple(exchanges), validators=validators)


def _outcome(outcome: Outcome, forms: Sequence[str]) -> Outcome:
    if isinstance(outcome, Seen):
        return Missed(Miss.UNRECOGNISED, ECHOED) if _has(repr(outcome), forms) else outcome
    if isinstance(outcome, Missed | Unreadable):
        return replace(outcome, detail=redact.text(outcome.detail, forms))
    return outcome


def _has(text: str, forms: Sequence[str]) -> bool:
    return any(form in text or repr(form)[1:-1] in text for form in forms)
