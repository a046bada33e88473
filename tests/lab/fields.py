"""Google's `fields=`: an answer of which only some keys are wanted."""

from __future__ import annotations

from typing import Any


def parse(text: str) -> dict[str, Any]:
    """{"a": {}, "b": {"c": {}, "d": {"e": {}}}}; an empty selection is everything below."""
    found, rest = selection(text)
    if rest:
        raise ValueError(rest)
    return found


def selection(text: str) -> tuple[dict[str, Any], str]:
    found: dict[str, Any] = {}
    while True:
        at = next((i for i, c in enumerate(text) if c in ",()/"), len(text))
        name, text = text[:at], text[at:]
        if not name:
            raise ValueError("a name is missing")
        below: dict[str, Any] = found.setdefault(name, {})
        while text.startswith("/"):
            at = next((i for i, c in enumerate(text[1:], 1) if c in ",()/"), len(text))
            below, text = below.setdefault(text[1:at], {}), text[at:]
        if text.startswith("("):
            inner, text = selection(text[1:])
            below.update(inner)
            if not text.startswith(")"):
                raise ValueError("unbalanced")
            text = text[1:]
        if not text.startswith(","):
            return found, text
        text = text[1:]


def only(value: Any, wanted: dict[str, Any]) -> Any:
    if isinstance(value, list):
        return [only(inner, wanted) for inner in value]
    if not wanted or not isinstance(value, dict):
        return value
    return {name: only(inner, wanted[name]) for name, inner in value.items() if name in wanted}
