"""What a PMS would have told of the bookings, from day to day."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import orjson

from application.countries import country_code
from tests.replay.bookings import CAME, Booking

ENDS = {CAME: ["checked_in", "checked_out"], "Canceled": ["cancelled"], "No-Show": ["no_show"]}


def messages(bookings: Iterable[Booking], properties: Mapping[str, UUID]) -> Iterator[bytes]:
    """All of them, in the order in which they were told."""
    moments = sorted(
        (day, booking.number, version, what, booking)
        for booking in bookings
        for version, (day, what) in enumerate(_story(booking), start=1)
    )
    return (_message(booking, version, what, properties) for _, _, version, what, booking in moments)


def email_of(person: int) -> str:
    return f"guest{person}@example.com"


def rooms_of(booking: Booking, kind: str) -> list[str]:
    """One for each two adults. The file has but the kinds of rooms."""
    rooms = max(1, -(-int(booking.row["adults"]) // 2))
    return [f"{kind}{100 + (booking.number + each) % 400}" for each in range(rooms)]


def price_of(booking: Booking) -> int | None:
    """In cents. None for the one rate of the file that is negative: no amount of Hôte's is."""
    cents = int(Decimal(booking.row["adr"]) * 100) * booking.nights
    return None if cents < 0 else cents


def _story(booking: Booking) -> Iterator[tuple[float, str]]:
    """The days and what was told then; changes come evenly until the guest does, or it ends."""
    row, begin, arrival = booking.row, booking.booked.toordinal(), booking.arrival.toordinal()
    end = date.fromisoformat(row["reservation_status_date"]).toordinal()
    told = ["created", *["changed"] * int(row["booking_changes"])]
    yield from ((begin + (min(arrival, end) - begin) * n / len(told), what) for n, what in enumerate(told))
    *came, ended = ENDS[row["reservation_status"]]
    yield from ((arrival, what) for what in came)
    yield end, ended


def _message(booking: Booking, version: int, what: str, properties: Mapping[str, UUID]) -> bytes:
    """All of the reservation at this version. Each change brings it a day nearer to when the guest is to come at last.

    Rooms are of the kind that was asked for until the guest gets others. What cannot be refunded is paid at once, the
    rest at the end.
    """
    row = booking.row
    later = timedelta(max(0, int(row["booking_changes"]) + 1 - version))
    arrival, price = booking.arrival + later, price_of(booking)
    money = None if price is None else {"amount": price, "currency": "EUR"}
    paid = what == "checked_out" or row["deposit_type"] == "Non Refund"
    data = {
        "property_id": str(properties[row["hotel"]]),
        "external_id": str(booking.number),
        "version": version,
        "arrival": arrival.isoformat(),
        "departure": (arrival + timedelta(booking.nights)).isoformat(),
        "rooms": rooms_of(booking, row["assigned_room_type" if "checked" in what else "reserved_room_type"]),
        "total": money,
        "paid": money if paid else None,
        "guest": {
            "last_name": f"Guest {booking.person}",
            "emails": [email_of(booking.person)],
            "country": country_code(row["country"]),
        },
    }
    event = {
        "specversion": "1.0",
        "id": f"{booking.number}/{version}",
        "source": "/pms",
        "type": f"pms.reservation.{what}",
        "data": data,
    }
    return orjson.dumps(event)
