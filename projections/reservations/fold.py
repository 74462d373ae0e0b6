"""Keeps the reservations up with the log: takes the rows a batch concerns out, changes them here, puts them back."""

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import LiteralString, NamedTuple, get_args
from uuid import UUID

from psycopg import Cursor
from psycopg.rows import TupleRow, class_row

from domain.event import Event, Recorded
from domain.money import Money
from domain.reservation import (
    LED_TO,
    ContactErased,
    ReservationBooked,
    ReservationChanged,
    ReservationEvent,
    ReservationLinked,
    ReservationTied,
    ReservationUnlinked,
    State,
)

_FOLDER = Path(__file__).parent


class Row(NamedTuple):
    """A row of the table `reservation`, its columns in order."""

    organisation: UUID
    reservation: UUID
    version: int
    booked_at: datetime
    updated_at: datetime
    property: UUID
    source: str
    external_id: str | None
    state: str
    arrival: date
    departure: date
    rooms: list[str] = []  # noqa: RUF012  never changed, only replaced
    total_amount: int | None = None
    total_currency: str | None = None
    paid_amount: int | None = None
    paid_currency: str | None = None
    guest: UUID | None = None
    linked: list[UUID] = []  # noqa: RUF012  never changed, only replaced
    company: UUID | None = None
    occasion: UUID | None = None
    contact_person: UUID | None = None
    language: str | None = None
    country: str | None = None
    contact: str | None = None


_TYPES = (
    "uuid uuid int4 timestamptz timestamptz uuid text text text date date text[] int8 text int8 text uuid uuid[] uuid"
    " uuid uuid text text text"
)


class Reservations:
    """The projection `reservations`."""

    name = "reservations"
    tables = (_FOLDER / "schema.sql").read_text()
    indexes = (_FOLDER / "indexes.sql").read_text()
    readable: LiteralString = (
        "SELECT guest_id, count(*) FROM unnest(%(guests)s::uuid[]) AS guest_id"
        " JOIN reservation ON linked @> ARRAY[guest_id] WHERE contact IS NOT NULL GROUP BY guest_id"
    )
    folds: tuple[type[Event], ...] = get_args(ReservationEvent)

    def apply(self, cursor: Cursor[TupleRow], batch: Sequence[Recorded]) -> None:
        first = {one.event.originator_id for one in batch if one.event.originator_version == 1}
        rows = _take(cursor, {one.event.originator_id for one in batch} - first)
        for one in batch:
            rows[one.event.originator_id] = _evolved(rows, one)
        with cursor.copy("COPY reservation FROM STDIN (FORMAT binary)") as copy:
            copy.set_types(_TYPES.split())
            for row in rows.values():
                copy.write_row(row)


def _take(cursor: Cursor[TupleRow], reservations: set[UUID]) -> dict[UUID, Row]:
    if not reservations:
        return {}
    with cursor.connection.cursor(row_factory=class_row(Row)) as rows:
        rows.execute(
            "DELETE FROM reservation WHERE reservation = ANY(%s) RETURNING organisation, reservation, version,"
            " booked_at, updated_at, property, source, external_id, state, arrival, departure, rooms, total_amount,"
            " total_currency, paid_amount, paid_currency, guest, linked, company, occasion, contact_person,"
            " language, country, contact::text",
            [list(reservations)],
        )
        return {row.reservation: row for row in rows}


def _evolved(rows: dict[UUID, Row], recorded: Recorded) -> Row:
    event = recorded.event
    if isinstance(event, ReservationBooked):
        return _begun(recorded, event)
    row = rows[event.originator_id]._replace(version=event.originator_version, updated_at=recorded.recorded_at)
    match event:
        case ReservationChanged():
            return _told(row, event)
        case ReservationLinked(guest_id=guest_id):
            return row._replace(guest=guest_id, linked=[*(each for each in row.linked if each != guest_id), guest_id])
        case ReservationUnlinked():
            return row._replace(guest=None)
        case ReservationTied(ties=ties):
            return row._replace(
                company=ties.company_id, occasion=ties.occasion_id, contact_person=ties.contact_person_id
            )
        case ContactErased():
            return row._replace(contact=None)
        case _:
            return row._replace(state=LED_TO.get(type(event), row.state))


def _begun(recorded: Recorded, event: ReservationBooked) -> Row:
    row = Row(
        organisation=event.organisation_id,
        reservation=event.originator_id,
        version=event.originator_version,
        booked_at=recorded.recorded_at,
        updated_at=recorded.recorded_at,
        property=event.property_id,
        source=event.source,
        external_id=event.external_id,
        state=State.BOOKED,
        guest=event.guest_id,
        linked=[event.guest_id] if event.guest_id else [],
        arrival=event.booking.arrival,
        departure=event.booking.departure,
    )
    return _told(row, event)


def _told(row: Row, event: ReservationBooked | ReservationChanged) -> Row:
    booking = event.booking
    total_amount, total_currency = _money(booking.total)
    paid_amount, paid_currency = _money(booking.paid)
    return row._replace(
        arrival=booking.arrival,
        departure=booking.departure,
        rooms=list(booking.rooms),
        total_amount=total_amount,
        total_currency=total_currency,
        paid_amount=paid_amount,
        paid_currency=paid_currency,
        language=event.language,
        country=event.country,
        contact=event.contact.model_dump_json() if event.contact else None,
    )


def _money(money: Money | None) -> tuple[int | None, str | None]:
    return (money.amount, money.currency) if money else (None, None)
