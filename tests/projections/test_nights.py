"""A night is one room on one date, however many slept there, and counts where and when it was."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from uuid import UUID

import duckdb
import pytest
from duckdb import DuckDBPyConnection

from adapters.duckdb.lake import TABLES
from projections.lake.nights import nights
from projections.lake.query import Query

ORGANISATION, PORT, LAGO, LONDON = (UUID(int=number) for number in range(1, 5))
MAY = date(2024, 5, 1)


class Stays:
    def __init__(self, connection: DuckDBPyConnection) -> None:
        self.connection = connection
        self.number = 0

    def stay(self, arrival: date | None, departure: date | None, room: str | None = "101", house: UUID = PORT) -> None:
        self.number += 1
        self.connection.execute(
            "INSERT INTO stay VALUES (?, ?, ?, ?, ?, ?, ?)",
            [ORGANISATION, UUID(int=self.number), UUID(int=self.number), house, room, arrival, departure],
        )

    def nights(self, first: date | None = None, last: date | None = None) -> int:
        return sum(nights(self.connection, Query(ORGANISATION, first=first, last=last), []).values())


@pytest.fixture
def stays() -> Iterator[Stays]:
    with duckdb.connect() as connection:
        connection.execute("ATTACH ':memory:' AS lake; USE lake")
        connection.execute(TABLES)
        for house, currency in ((PORT, "EUR"), (LAGO, "EUR"), (LONDON, "GBP")):
            connection.execute("INSERT INTO property VALUES (?, ?, '', ?)", [ORGANISATION, house, currency])
        yield Stays(connection)


def after(days: int) -> date:
    return MAY + timedelta(days)


def test_two_guests_of_a_room_share_its_nights(stays: Stays) -> None:
    stays.stay(MAY, after(3))
    stays.stay(after(1), after(5))
    stays.stay(MAY, after(3), room="102")
    stays.stay(MAY, after(3), house=LAGO)
    assert stays.nights() == 5 + 3 + 3


def test_without_a_room_each_stay_has_nights_of_its_own(stays: Stays) -> None:
    stays.stay(MAY, after(3), room=None)
    stays.stay(MAY, after(3), room=None)
    assert stays.nights() == 6


def test_a_stay_without_both_dates_or_without_a_night_has_none(stays: Stays) -> None:
    stays.stay(MAY, None)
    stays.stay(None, MAY)
    stays.stay(MAY, MAY)
    stays.stay(after(2), MAY)
    assert stays.nights() == 0


@pytest.mark.parametrize("length", [1, 30, 59, 60, 61, 120, 121, 400, 4000])
def test_long_stays_count_every_night(stays: Stays, length: int) -> None:
    for offset in (0, 7, 59, 60):
        stays.stay(after(offset), after(offset + length), room=str(offset))
    assert stays.nights() == 4 * length
    assert stays.nights(after(60), after(60)) == sum(1 for offset in (0, 7, 59, 60) if offset + length > 60)


def test_a_period_cuts_the_nights_of_a_stay(stays: Stays) -> None:
    stays.stay(MAY, after(10))
    assert stays.nights(after(2), after(4)) == 3
    assert stays.nights(last=MAY) == 1
    assert stays.nights(first=after(9)) == 1
    assert stays.nights(first=after(10)) == 0
    assert stays.nights(last=MAY - timedelta(1)) == 0
    assert stays.nights(date.min, date.max) == 10
    assert stays.nights(after(4), after(2)) == 0


def test_nights_by_month_and_house_are_in_the_currency_of_the_house(stays: Stays) -> None:
    stays.stay(date(2024, 4, 29), date(2024, 6, 2))
    stays.stay(date(2024, 4, 29), date(2024, 5, 2), house=LONDON)
    by_month = nights(stays.connection, Query(ORGANISATION), ["month"])
    assert by_month == {
        ("EUR", "2024-04"): 2,
        ("EUR", "2024-05"): 31,
        ("EUR", "2024-06"): 1,
        ("GBP", "2024-04"): 2,
        ("GBP", "2024-05"): 1,
    }
    assert nights(stays.connection, Query(ORGANISATION), ["property", "room"]) == {
        ("EUR", PORT, "101"): 34,
        ("GBP", LONDON, "101"): 3,
    }


@pytest.mark.parametrize("seed", range(5))
def test_many_stays_are_as_many_nights_as_a_set_has(stays: Stays, seed: int) -> None:
    random, slept = Random(seed), set()
    for _ in range(300):
        arrival, length = after(random.randrange(-200, 200)), random.choice([1, 2, 3, 10, 80, 200])
        room, house = random.choice(["1", "2", "3"]), random.choice([PORT, LAGO])
        stays.stay(arrival, arrival + timedelta(length), room, house)
        slept |= {(house, room, arrival + timedelta(night)) for night in range(length)}
    first, last = after(-50), after(90)
    assert stays.nights(first, last) == sum(1 for *_, night in slept if first <= night <= last)
    assert stays.nights() == len(slept)
