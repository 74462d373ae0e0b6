"""Real bookings, as a PMS tells of them, come to what the file says: month by month, and guest by guest."""

from collections.abc import Callable, Sequence
from random import Random

import psycopg
import pytest

from adapters.keys.master import MasterKey
from adapters.keys.sources import KEY_BYTES
from adapters.postgres.guest_log import GuestLog
from adapters.postgres.recorder import Pool
from tests.replay.bookings import FILE, Booking, read
from tests.replay.hotels import Hotels, told_of
from tests.replay.pms import messages
from tests.replay.recount import in_file, in_hote

pytestmark = pytest.mark.skipif(not FILE.exists(), reason="../shared/data/bookings is not on this machine")

COUNTRIES = ("NULL", "AGO")
"""Where few bookings come from and many guests come again: one that is not known, and Angola."""

WINDOW = 1_000
"""Messages by which one may be late; two batches."""

Order = Callable[[Sequence[bytes]], Sequence[bytes]]


@pytest.fixture(scope="module")
def bookings() -> Sequence[Booking]:
    return read(COUNTRIES)


def as_told(story: Sequence[bytes]) -> Sequence[bytes]:
    return story


def late_and_twice(story: Sequence[bytes]) -> Sequence[bytes]:
    dice = Random(6)
    told = [*enumerate(story), *dice.sample(list(enumerate(story)), len(story) // 10)]
    return [each for _, each in sorted((number + dice.random() * WINDOW, each) for number, each in told)]


@pytest.mark.parametrize("order", [as_told, late_and_twice])
def test_what_a_pms_tells_comes_to_what_the_file_says(
    database: str, pool: Pool, bookings: Sequence[Booking], order: Order
) -> None:
    """Some of the guests are erased on the way."""
    hotels = Hotels(GuestLog(pool, MasterKey(bytes(range(KEY_BYTES)))))
    names = {property_id: name for name, property_id in hotels.properties.items()}
    told = order(list(messages(bookings, hotels.properties)))
    half = len(told) // 2
    before = told_of(told[:half])
    people = {each.person for each in bookings if each.person % 9 == 0 and each.number in before}
    erased = {each.number for each in bookings if each.person in people and each.number in before}
    with psycopg.connect(database, autocommit=True) as connection:
        hotels.take_in(told[:half])
        hotels.follow(connection)
        hotels.erase(people)
        hotels.take_in(told[half:])
        hotels.follow(connection)
        assert in_hote(connection, names) == in_file(bookings, erased)
