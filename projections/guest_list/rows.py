"""The rows of the guest list, as they are taken out of its tables, changed, and put back."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from psycopg import Cursor
from psycopg.rows import TupleRow, class_row
from psycopg.sql import SQL, Identifier

from domain.money import Money
from domain.stay import Stay


class GuestRow(NamedTuple):
    """A row of the table `guest`, its columns in order."""

    organisation: UUID
    guest: UUID
    version: int
    created_at: datetime
    updated_at: datetime
    sampled: bool
    last_name: str | None = None
    company: str | None = None
    country: str | None = None
    language: str | None = None
    status: str = "new"
    blocked_until: date | None = None
    stays: int = 0
    nights: int = 0
    last_stay: date | None = None
    last_rooms: list[str] = []  # noqa: RUF012  never changed, only replaced
    latest_stay_id: UUID | None = None
    properties: list[UUID] = []  # noqa: RUF012  never changed, only replaced
    total_paid: int = 0
    paid: str = "{}"
    held: bool = False
    answered: bool = False
    unsubscribed: bool = False
    silenced: list[UUID] = []  # noqa: RUF012  never changed, only replaced
    suppressed: list[str] | None = None
    status_label: str | None = None
    profile: str | None = None
    note: str | None = None
    search: str | None = None


class StayRow(NamedTuple):
    """A row of the table `stay`, its columns in order."""

    organisation: UUID
    guest: UUID
    stay_id: UUID
    property_id: UUID
    arrival: date | None
    departure: date | None
    room: str | None
    reservation: UUID | None
    paid_amount: int | None
    paid_currency: str | None
    realised: bool

    @classmethod
    def of(cls, organisation: UUID, guest: UUID, stay_id: UUID, stay: Stay) -> "StayRow":
        amount, currency = (stay.paid.amount, stay.paid.currency) if stay.paid else (None, None)
        return cls(
            *(organisation, guest, stay_id, stay.property_id, stay.arrival, stay.departure, stay.room),
            *(stay.reservation_id, amount, currency, stay.realised),
        )

    @property
    def stay(self) -> Stay:
        amount, currency = self.paid_amount, self.paid_currency
        return Stay(
            property_id=self.property_id,
            arrival=self.arrival,
            departure=self.departure,
            room=self.room,
            reservation_id=self.reservation,
            paid=Money(amount=amount, currency=currency) if amount is not None and currency else None,
            realised=self.realised,
        )


GUEST_TYPES = (
    "uuid uuid int4 timestamptz timestamptz bool text text text text text date int4 int4 date text[] uuid uuid[] int8"
    " text bool bool bool uuid[] text[] text text text text"
)
STAY_TYPES = "uuid uuid uuid uuid date date text uuid int8 text bool"


_COLUMNS = SQL(", ").join(
    SQL("{}::text").format(Identifier(name)) if name in ("profile", "paid") else Identifier(name)
    for name in GuestRow._fields
)


@dataclass
class Rows:
    """Of the guests that a batch concerns; `merged` are those of them who are one with another, and with whom."""

    guests: dict[UUID, GuestRow]
    stays: dict[UUID, dict[UUID, StayRow]]
    merged: dict[UUID, UUID]


def take(cursor: Cursor[TupleRow], guests: Collection[UUID], moved: Collection[UUID]) -> Rows:
    """`moved` are those whose stays are taken out, too; they need not be known yet."""
    rows = Rows({}, {guest: {} for guest in moved}, {})
    if not guests:
        return rows
    with cursor.connection.cursor(row_factory=class_row(GuestRow)) as found:
        for table in ("guest", "merged"):
            statement = SQL("DELETE FROM {} WHERE guest = ANY(%s) RETURNING {}")
            found.execute(statement.format(Identifier(table), _COLUMNS), [list(guests)])
            rows.guests |= {row.guest: row for row in found}
    survivors = cursor.execute("DELETE FROM survivor WHERE guest = ANY(%s) RETURNING guest, survivor", [list(guests)])
    rows.merged |= dict(survivors)
    with cursor.connection.cursor(row_factory=class_row(StayRow)) as found_stays:
        for stay in found_stays.execute("DELETE FROM stay WHERE guest = ANY(%s) RETURNING *", [list(moved)]):
            rows.stays[stay.guest][stay.stay_id] = stay
    return rows


def put_back(cursor: Cursor[TupleRow], rows: Rows) -> None:
    for table in ("guest", "merged"):
        with cursor.copy(SQL("COPY {} FROM STDIN (FORMAT binary)").format(Identifier(table))) as copy:
            copy.set_types(GUEST_TYPES.split())
            for guest in rows.guests.values():
                if (guest.guest in rows.merged) == (table == "merged"):
                    copy.write_row(guest)
    with cursor.copy("COPY survivor FROM STDIN (FORMAT binary)") as copy:
        copy.set_types(["uuid", "uuid"])
        for pair in rows.merged.items():
            copy.write_row(pair)
    with cursor.copy("COPY stay FROM STDIN (FORMAT binary)") as copy:
        copy.set_types(STAY_TYPES.split())
        for of_guest in rows.stays.values():
            for stay in of_guest.values():
                copy.write_row(stay)
