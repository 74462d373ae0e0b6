"""The arrivals in the order in which they were announced, and those that nobody has answered yet."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from psycopg import Connection
from psycopg.rows import TupleRow, class_row
from psycopg.sql import SQL, Composable

from domain.arrival import State

_FILTERS: dict[str, Composable] = {
    "among": SQL("property = ANY(%(among)s)"),
    "property_id": SQL("property = %(property_id)s"),
    "told_before": SQL("told_at < %(told_before)s"),
}
_PAGE = SQL("""
    SELECT arrival AS id, property AS property_id, state, announced_at, told_at, language, country,
        arrival_date AS arrival, departure_date AS departure, room, guest AS guest_id, profile
    FROM arrivals.arrival
    WHERE organisation = %(organisation_id)s AND arrival.state = %(state)s AND arrival.arrival > %(after)s {filters}
        -- Who is not to come any more waits for nothing.
        AND NOT (arrival.state = 'pending' AND EXISTS (
            SELECT FROM reservations.reservation
            WHERE reservation.reservation = arrival.reservation AND reservation.state IN ('cancelled', 'no_show')
        ))
    ORDER BY arrival LIMIT %(limit)s
""")


@dataclass(frozen=True)
class ArrivalQuery:
    """Which arrivals. A filter that is None lets all pass; `among` are the properties that the caller reaches."""

    organisation_id: UUID
    state: State = State.PENDING
    among: Collection[UUID] | None = None
    property_id: UUID | None = None
    told_before: datetime | None = None


class ArrivalRow(NamedTuple):
    """`profile` is None once the arrival was answered; `guest_id` is who they are on the list, once accepted."""

    id: UUID
    property_id: UUID
    state: str
    announced_at: datetime
    told_at: datetime
    language: str | None
    country: str | None
    arrival: date | None
    departure: date | None
    room: str | None
    guest_id: UUID | None
    profile: dict[str, object] | None


def arrivals(connection: Connection[TupleRow], query: ArrivalQuery, after: UUID, limit: int) -> list[ArrivalRow]:
    """At most so many after an id, in the order of ids, which are UUIDv7."""
    among = None if query.among is None else list(query.among)
    values = vars(query) | {"among": among, "after": after, "limit": limit}
    filters = [SQL("AND ") + condition for name, condition in _FILTERS.items() if values[name] is not None]
    with connection.cursor(row_factory=class_row(ArrivalRow)) as cursor:
        # Prepared, a statement would soon be planned without regard to its values.
        return cursor.execute(_PAGE.format(filters=SQL(" ").join(filters)), values, prepare=False).fetchall()


def unanswered_since(connection: Connection[TupleRow], moment: datetime) -> dict[UUID, list[UUID]]:
    """By organisation, the pending arrivals of which nothing was told since."""
    found: dict[UUID, list[UUID]] = {}
    for organisation, arrival in connection.execute(
        "SELECT organisation, arrival FROM arrivals.arrival WHERE state = 'pending' AND told_at < %s", [moment]
    ):
        found.setdefault(organisation, []).append(arrival)
    return found
