"""What tests of a simulated year share: the hotel."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from adapters.postgres.recorder import Pool
from domain.property import InvitationSettings
from tests.adapters.invitations.house import House


@pytest.fixture
def house(pool: Pool, database: str) -> Iterator[House]:
    house = House(pool, database, now=datetime(2026, 1, 1, tzinfo=UTC), invitations=InvitationSettings())
    with house.connection:
        yield house
