"""Of what was not understood the shape is kept, and never a word of it."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from auditor.core.model import Miss, Missed
from auditor.poll.shape import LIMIT, shape
from auditor.store.sqlite import open_store
from tests.build import DAY, T0
from tests.poll.stage import Stage

SECRET = "rahasia-42"  # no plain word, so no key can look like it


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(b'{"feed": [{"post": {"uri": "at://rahasia"}}]}', "feed feed[].post feed[].post.uri", id="JSON"),
        pytest.param(b'{"nama orang": 1, "a": 2}', "? a", id="a key that is a text stands for itself no more"),
        pytest.param(b"<html><p>rahasia<p class=x>", "<html> <p>", id="markup"),
        pytest.param(b"rahasia", "", id="neither"),
        pytest.param(b"[" * 100_000, "", id="nested too deeply"),
    ],
)
def test_keys_and_tags_each_once(body: bytes, expected: str) -> None:
    assert shape(body) == expected


@given(st.recursive(st.text() | st.integers(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_no_value_is_kept_and_no_more_than_four_kibibytes(document: object) -> None:
    def marked(value: object) -> object:
        if isinstance(value, dict):
            return {key: marked(inner) for key, inner in value.items()}
        return [marked(inner) for inner in value] if isinstance(value, list) else SECRET

    kept = shape(json.dumps(marked(document)).encode())
    assert SECRET not in kept
    assert len(kept) <= LIMIT


def test_the_shape_of_an_unrecognised_answer_lies_with_its_look_for_thirty_days(tmp_path: Path) -> None:
    def odd(ref: object, ask: object, window: object) -> Missed:
        ask("GET", "/odd")  # type: ignore[operator]
        return Missed(Miss.UNRECOGNISED)

    stage = Stage(tmp_path, {"a": odd}, body=b'{"umpan": []}')
    stage.sweep()
    with closing(open_store(tmp_path / "facts.db", T0)) as store:
        state = store.find("toy:a")
        assert state is not None
        assert [e.shape for _, e in store.exchanges(state.id, T0)] == ["umpan"]
        assert store.prune(T0 + 31 * DAY) == 1
        assert [e.shape for _, e in store.exchanges(state.id, T0)] == [None]
