"""Reads lists of reservations, property by property along an index, merged; each with what staff see of its guest."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from psycopg import Connection
from psycopg.rows import TupleRow, class_row, scalar_row
from psycopg.sql import SQL, Composable, Composed, Identifier, Placeholder

from projections.guest_list.survivors import is_one_with
from projections.reservations.query import ReservationQuery, cursor_after, place_of

_SHOWN = SQL("""
    SELECT found.reservation AS id, found.version, found.booked_at, found.updated_at, found.property AS property_id,
        found.source, found.external_id, found.state, found.arrival, found.departure, found.rooms, found.total_amount,
        found.total_currency, found.paid_amount, found.paid_currency, found.guest AS guest_id,
        found.company AS company_id, found.occasion AS occasion_id, found.contact_person AS contact_person_id,
        found.language, found.country, found.contact, guest.profile AS guest_profile, guest.note AS guest_note,
        guest.properties AS guest_properties,
        guest.blocked_until,
        guest.stays - EXISTS (
            SELECT FROM guest_list.stay
            WHERE stay.guest = found.guest AND stay.reservation = found.reservation AND stay.realised
        )::integer AS other_stays
    FROM ({}) AS found LEFT JOIN guest_list.guest ON guest.guest = found.guest
    ORDER BY {}
""")
_LIST = SQL("""
    SELECT reservation.*
    FROM unnest(%(properties)s::uuid[]) AS among (property) CROSS JOIN LATERAL (
        SELECT * FROM reservations.reservation WHERE reservation.property = among.property AND {conditions}
        ORDER BY {order} LIMIT %(limit)s
    ) AS reservation
    ORDER BY {order} LIMIT %(limit)s
""")
_COUNT = SQL("SELECT count(*) FROM reservations.reservation WHERE property = ANY(%(properties)s) AND {conditions}")
_BOUNDS = {
    "arrival_from": SQL("arrival >= {}"),
    "arrival_before": SQL("arrival < {}"),
    "departure_from": SQL("departure >= {}"),
    "departure_before": SQL("departure < {}"),
}


class Item(NamedTuple):
    """A reservation as lists show it. `other_stays` are the guest's realised ones besides this; None for no guest."""

    id: UUID
    version: int
    booked_at: datetime
    updated_at: datetime
    property_id: UUID
    source: str
    external_id: str | None
    state: str
    arrival: date
    departure: date
    rooms: list[str]
    total_amount: int | None
    total_currency: str | None
    paid_amount: int | None
    paid_currency: str | None
    guest_id: UUID | None
    company_id: UUID | None
    occasion_id: UUID | None
    contact_person_id: UUID | None
    language: str | None
    country: str | None
    contact: Mapping[str, object] | None
    guest_profile: Mapping[str, object] | None
    guest_note: str | None
    guest_properties: list[UUID] | None
    blocked_until: date | None
    other_stays: int | None


class Page(NamedTuple):
    items: list[Item]
    next: str | None


def page(connection: Connection[TupleRow], query: ReservationQuery, limit: int, cursor: str | None) -> Page:
    """One page, and the cursor of the next where there is one. Raises BadCursor."""
    place = place_of(query, cursor) if cursor else {}
    with connection.cursor(row_factory=class_row(Item)) as rows:
        # Prepared, a statement would soon be planned without regard to its values.
        found = rows.execute(_list(query, place), _values(query, limit + 1) | place, prepare=False).fetchall()
    if len(found) <= limit:
        return Page(found, None)
    last = found[limit - 1]
    return Page(found[:limit], cursor_after(query, getattr(last, query.column), last.id))


def count(connection: Connection[TupleRow], query: ReservationQuery) -> int:
    """How many reservations all pages have together."""
    with connection.cursor(row_factory=scalar_row) as cursor:
        statement = _COUNT.format(conditions=_all(_conditions(query)))
        (total,) = cursor.execute(statement, _values(query, None), prepare=False)
    return int(total)


def stream(connection: Connection[TupleRow], query: ReservationQuery) -> Iterator[Item]:
    """All of the list, read as it is taken, in one transaction."""
    with connection.transaction(), connection.cursor("reservations", row_factory=class_row(Item)) as rows:
        rows.itersize = 1_000
        rows.execute(_list(query, {}), _values(query, None))
        yield from rows


def _list(query: ReservationQuery, place: Mapping[str, object]) -> Composed:
    direction = SQL("DESC" if query.descending else "ASC")
    conditions = _conditions(query)
    if place:
        after = SQL("({}, reservation.reservation) {} (%(value)s, %(reservation)s)")
        conditions.append(after.format(Identifier("reservation", query.column), SQL("<" if query.descending else ">")))

    def order(table: str) -> Composed:
        keys = Identifier(table, query.column), Identifier(table, "reservation")
        return SQL("{} {direction}, {} {direction}").format(*keys, direction=direction)

    inner = _LIST.format(conditions=_all(conditions), order=order("reservation"))
    return _SHOWN.format(inner, order("found"))


def _conditions(query: ReservationQuery) -> list[Composable]:
    bounds = [bound.format(Placeholder(name)) for name, bound in _BOUNDS.items() if getattr(query, name) is not None]
    equal = {name: SQL("{} = {}").format(Identifier(name), Placeholder(name)) for name in query.equal}
    if "guest" in equal:
        equal["guest"] = is_one_with(SQL("guest"), Placeholder("guest"))
    return [SQL("true"), *equal.values(), *bounds]


def _all(conditions: Sequence[Composable]) -> Composed:
    return SQL(" AND ").join(conditions)


def _values(query: ReservationQuery, limit: int | None) -> dict[str, object]:
    """Without a limit, all."""
    bounds = {name: getattr(query, name) for name in _BOUNDS}
    return {"properties": list(query.properties), "limit": limit, **query.equal, **bounds}
