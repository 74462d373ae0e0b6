"""A lake of one's own, beside a fresh database, and what is in it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.duckdb.lake import Lake
from tests.adapters.duckdb.tables import Told


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def lake(database: str, home: Path) -> Iterator[Lake]:
    lake = Lake(database, home, str(home / "lake"))
    yield lake
    lake.close()


@pytest.fixture
def told(lake: Lake, database: str) -> Told:
    return Told(lake, database)
