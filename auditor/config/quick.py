"""Recognises a plainly valid auditor.yaml without pydantic. It accepts less than the model, never more."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from auditor.words import LANGUAGES

from .names import ENV_KEYS, OPTIONS, PLATFORMS

Fits: TypeAlias = Callable[[Any], bool]


def _text(value: Any) -> bool:
    return isinstance(value, str)


def _truth(value: Any) -> bool:
    return isinstance(value, bool)


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _variable(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", value) is not None


def _whole(low: int, high: int) -> Fits:
    return lambda value: isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


PLATFORM: Mapping[str, Any] = {
    "enabled": _truth,
    "base_url": _text,
    "feed_url": _text,
    "controls": _texts,
    "token_envs": lambda value: isinstance(value, list) and all(map(_variable, value)),
    **{key: _variable for key in ENV_KEYS if key != "token_envs"},
    **dict.fromkeys(OPTIONS, _truth),
}

QUICK: Mapping[str, Any] = {
    "database": _text,
    "reports_dir": _text,
    "language": LANGUAGES.__contains__,
    "timezone": _text,
    "demonstration": _truth,
    "schedule": {"tick_seconds": _whole(1, 86_400), "report": _text, "backup": _text},
    "network": {
        "proxy": lambda value: value is None or isinstance(value, str),
        "private_hosts": _texts,
        "allow_private": _texts,
        "hosts": lambda value: isinstance(value, dict) and _texts(list(value.values())),
        "sentinels": _texts,
        "max_body_bytes": _whole(1024, 1_073_741_824),
        "timeout_seconds": _whole(1, 600),
    },
    "platforms": dict.fromkeys(PLATFORMS, PLATFORM),
}


def fits(data: Any, shape: Any) -> bool:
    """Whether plain data is of a shape: nested mappings of known keys and predicates."""
    if not isinstance(shape, Mapping):
        return bool(shape(data))
    return isinstance(data, dict) and all(key in shape and fits(value, shape[key]) for key, value in data.items())
