"""Counts what came of bookings twice: in the file, in plain Python, and in what Hôte shows."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import LiteralString, NamedTuple
from uuid import UUID

from psycopg import Connection
from psycopg.rows import TupleRow, class_row

from tests.replay.bookings import CAME, Booking
from tests.replay.pms import price_of, rooms_of

NIGHTS, ROOMS = "nights", "rooms"
Months = Counter[tuple[str, str, str, str]]
"""By hotel, year and month of arrival: bookings by what came of them; nights and rooms of those whose guests came."""

STATES = {"checked_out": CAME, "cancelled": "Canceled", "no_show": "No-Show"}

_RESERVATIONS: LiteralString = (
    "SELECT property, to_char(arrival, 'YYYY'), to_char(arrival, 'FMMonth'), state, count(*), sum(departure - arrival),"
    " sum(cardinality(rooms)) FROM reservations.reservation GROUP BY 1, 2, 3, 4"
)
# A stay for each room: of one booking all have the same dates, or it would be counted more than once.
_STAYS: LiteralString = (
    "SELECT property_id, to_char(arrival, 'YYYY'), to_char(arrival, 'FMMonth'), 'checked_out', count(*),"
    " sum(departure - arrival), sum(rooms) FROM (SELECT property_id, reservation, arrival, departure, count(*) AS rooms"
    " FROM guest_list.stay WHERE realised GROUP BY 1, 2, 3, 4) AS booking GROUP BY 1, 2, 3"
)
_GUESTS: LiteralString = (
    "SELECT array_agg(external_id ORDER BY external_id) AS external_ids, stays, nights, last_stay,"
    " coalesce((paid->>'EUR')::bigint, 0) AS paid, profile IS NULL AND every(contact IS NULL) AS erased"
    " FROM guest_list.guest LEFT JOIN reservations.reservation USING (guest) GROUP BY guest.guest"
)


class Come(NamedTuple):
    """What a guest's bookings come to; those that begin on one day are one stay, as long as the longest."""

    external_ids: list[str]
    """In order."""
    stays: int
    nights: int
    last_stay: date | None
    paid: int
    """In cents."""
    erased: bool
    """Nobody can read who they were."""


class Counted(NamedTuple):
    of_reservations: Months
    of_stays: Months
    """Without bookings whose guests did not come, of which there is no stay."""
    guests: list[Come]


def in_file(bookings: Iterable[Booking], erased: Collection[int]) -> Counted:
    """What Hôte is to show. `erased` are the bookings that were told before their people were erased.

    Who books after that is somebody new.
    """
    months: Months = Counter()
    of_guests: dict[tuple[int, bool], list[Booking]] = defaultdict(list)
    for each in bookings:
        row = each.row
        month = row["hotel"], row["arrival_date_year"], row["arrival_date_month"]
        months[*month, row["reservation_status"]] += 1
        if row["reservation_status"] == CAME:
            months[*month, NIGHTS] += each.nights
            months[*month, ROOMS] += len(rooms_of(each, ""))
        of_guests[each.person, each.number in erased].append(each)
    of_stays = Counter({key: count for key, count in months.items() if key[-1] in (CAME, NIGHTS, ROOMS)})
    return Counted(months, of_stays, sorted(_come(theirs, erased) for (_, erased), theirs in of_guests.items()))


def in_hote(connection: Connection[TupleRow], hotels: Mapping[UUID, str]) -> Counted:
    """What it shows of these properties, by the names that they have in the file."""
    with connection.cursor(row_factory=class_row(Come)) as cursor:
        guests = sorted(cursor.execute(_GUESTS))
    return Counted(_months(connection, _RESERVATIONS, hotels), _months(connection, _STAYS, hotels), guests)


def _months(connection: Connection[TupleRow], statement: LiteralString, hotels: Mapping[UUID, str]) -> Months:
    months: Months = Counter()
    for property_id, year, month, state, bookings, nights, rooms in connection.execute(statement):
        at, what = (hotels[property_id], year, month), STATES.get(state, "not over")
        months[*at, what] += bookings
        if what == CAME:
            months[*at, NIGHTS], months[*at, ROOMS] = nights, rooms
    return months


def _come(bookings: Collection[Booking], erased: bool) -> Come:
    came = [each for each in bookings if each.row["reservation_status"] == CAME]
    stays: dict[tuple[str, date], int] = {}
    for each in came:
        at = each.row["hotel"], each.arrival
        stays[at] = max(stays.get(at, 0), each.nights)
    return Come(
        sorted(str(each.number) for each in bookings),
        len(stays),
        sum(stays.values()),
        max((each.arrival for each in came), default=None),
        sum(price_of(each) or 0 for each in came),
        erased,
    )
