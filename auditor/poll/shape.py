"""What an answer nobody understood was made of: keys and tags, no values. Enough to mend an adapter by."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

LIMIT = 4096  # characters kept
DEPTH, WORD = 6, 40
TAG = re.compile(rb"<([A-Za-z][A-Za-z0-9:._-]{0,39})")


def shape(body: bytes) -> str:
    """The key paths of a JSON document, else the names of the tags, each once, in the order they appear."""
    try:
        names = list(dict.fromkeys(_paths(json.loads(body), "", DEPTH)))
    except (ValueError, RecursionError):
        names = list(dict.fromkeys(f"<{tag.decode('ascii')}>" for tag in TAG.findall(body)))
    return " ".join(names)[:LIMIT]


def _paths(value: Any, path: str, depth: int) -> Iterator[str]:
    """`feed[].post.uri`, deep enough to see what was renamed. A key that is no plain word stands as `?`."""
    if depth and isinstance(value, dict):
        for key, inner in value.items():
            name = key if key.isascii() and key.isidentifier() and len(key) <= WORD else "?"
            here = f"{path}.{name}" if path else name
            yield here
            yield from _paths(inner, here, depth - 1)
    elif depth and isinstance(value, list):
        for inner in value:
            yield from _paths(inner, f"{path}[]", depth - 1)
