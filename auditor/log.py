"""One canonical line per round and refusal: `key=value` on standard error. Never a secret, never a post's text."""

from __future__ import annotations

import logging
import sys
from collections.abc import Mapping

LOGGER = logging.getLogger("auditor")
UNSAFE = dict.fromkeys((*range(32), *range(127, 160), 8232, 8233))


def line(event: str, values: Mapping[str, object]) -> str:
    """`event key=value …`; control characters leave, values with blanks are quoted."""
    return " ".join([event, *(f"{key}={_value(value)}" for key, value in values.items())])


def _value(value: object) -> str:
    text = str(value).translate(UNSAFE)
    return f'"{text.replace(chr(34), chr(39))}"' if " " in text or not text else text


def say(event: str, **values: object) -> None:
    """Log one line."""
    LOGGER.info(line(event, values))


def to_stderr() -> None:
    """Lines with their instants, on standard error: what the journal keeps."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    LOGGER.handlers[:] = [handler]
    LOGGER.setLevel(logging.INFO)
