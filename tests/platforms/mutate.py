"""Documents a server might send by mistake or malice: any JSON, and samples with keys dropped, renamed or retyped."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import strategies as st

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=12)
    | st.sampled_from(
        ["0000-00-00T00:00:00Z", "9999-12-31T23:59:59Z", "did:plc:x", "\ud800", "\x1b[31m", "a" * 600, -1]
    )
)
ANY_JSON: st.SearchStrategy[Any] = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def _places(document: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inside = (
        document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    )
    return [p for key, value in inside for p in ((*path, key), *_places(value, (*path, key)))]


def _mutate(document: Any, path: tuple[Any, ...], how: str, value: Any) -> None:
    for key in path[:-1]:
        try:
            document = document[key]
        except (KeyError, IndexError, TypeError):
            return
    key = path[-1]
    if not isinstance(document, dict | list) or (isinstance(document, dict) and key not in document):
        return
    if isinstance(document, list) and (not isinstance(key, int) or key >= len(document)):
        return
    if how == "retype":
        document[key] = value
    elif how == "rename" and isinstance(document, dict):
        document[f"{key}2"] = document.pop(key)
    else:
        del document[key]


@st.composite
def mutations(draw: st.DrawFn, sample: Any) -> Any:
    """The sample, changed at one to three places."""
    document = copy.deepcopy(sample)
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(_places(sample)))
        _mutate(document, path, draw(st.sampled_from(["drop", "rename", "retype"])), draw(ANY_JSON))
    return document
