"""The rules of every store, kept by SQLite in a file and in memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from auditor.store.sqlite import SqliteStore, open_store

from .build import NOW
from .conformance import StoreRules


class TestFile(StoreRules):
    @pytest.fixture
    def store(self, tmp_path: Path) -> Iterator[SqliteStore]:
        store = open_store(tmp_path / "auditor.db", NOW)
        yield store
        store.close()


class TestMemory(StoreRules):
    @pytest.fixture
    def store(self) -> Iterator[SqliteStore]:
        store = open_store(":memory:", NOW)
        yield store
        store.close()
