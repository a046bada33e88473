"""A fresh lab for every test that asks for one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.lab import Lab
from tests.lab.scenarios import scenario


@pytest.fixture
def zoo() -> Iterator[Lab]:
    with Lab(scenario("zoo")) as lab:
        yield lab


@pytest.fixture
def city() -> Iterator[Lab]:
    with Lab(scenario("kota_contoh")) as lab:
        yield lab
