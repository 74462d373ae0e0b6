"""Reads what asks for attention: blocked guests who are expected, the unsatisfied, messages that did not arrive.

No rows are kept of it. An alert is there because of what other read models tell and of what day it is, and is gone with
that: also when a block is over by itself, at a midnight of which no event tells. There are few at any time, so they are
gathered anew for whoever looks.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from psycopg import Connection
from psycopg.rows import TupleRow, class_row
from psycopg.sql import SQL, Composed

from projections import cursor as cursors

REMEMBERED = timedelta(days=30)
"""For how long a message that did not arrive is an alert: whom nobody corrected by then is not going to be."""


class Kind(StrEnum):
    """The most urgent first."""

    BLOCKED_GUEST_RESERVATION = "blocked_guest_reservation"
    """Of somebody who is blocked today, and to come or there: till the day of departure."""
    UNSATISFIED_FEEDBACK = "unsatisfied_feedback"
    """An alert of the inbox, also one on hold, to which nobody has answered."""
    FAILED_DELIVERY = "failed_delivery"
    """A message about a stay that came back lately; the guest has no other address by now."""


_FOUND = {
    Kind.BLOCKED_GUEST_RESERVATION: SQL("""
        SELECT 0 AS urgency, reservation.arrival::timestamp AT TIME ZONE 'UTC' AS due, reservation AS id,
            property AS property_id, reservation.booked_at AS since, arrival, departure, guest
        FROM guest_list.guest JOIN reservations.reservation USING (guest) JOIN among USING (property)
        WHERE guest.organisation = %(organisation)s AND guest.status = 'blocked' AND guest.blocked_until >= among.today
            AND departure >= among.today AND state IN ('booked', 'checked_in')
    """),
    Kind.UNSATISFIED_FEEDBACK: SQL("""
        SELECT 1 AS urgency, said_at AS due, feedback AS id,
            property AS property_id, said_at AS since, NULL::date AS arrival, NULL::date AS departure,
            coalesce(survivor, guest) AS guest
        FROM inbox.feedback JOIN among USING (property) LEFT JOIN guest_list.survivor USING (guest)
        WHERE folder = 'inbox' AND feedback.urgency > 0 AND alert AND waiting
    """),
    Kind.FAILED_DELIVERY: SQL("""
        SELECT 2 AS urgency, invitation.updated_at AS due, invitation AS id,
            property AS property_id, invitation.updated_at AS since, NULL::date AS arrival, NULL::date AS departure,
            guest.guest
        FROM invitation_status.invitation JOIN among USING (property) LEFT JOIN guest_list.survivor USING (guest)
            JOIN guest_list.guest ON guest.guest = coalesce(survivor, invitation.guest)
        WHERE state = 'bounced' AND invitation.updated_at >= %(remembered)s AND profile IS NOT NULL
            AND NOT EXISTS (
                SELECT FROM json_array_elements_text(profile->'emails') AS email
                WHERE email <> ALL (coalesce(suppressed, '{}'))
            )
    """),
}
_ALL = SQL("""
    WITH among AS (SELECT * FROM unnest(%(properties)s::uuid[], %(todays)s::date[]) AS among (property, today)),
        found AS ({found})
""")
_LIST = SQL("""
    {all}
    SELECT found.*, guest.profile, guest.stays, guest.blocked_until
    FROM found LEFT JOIN guest_list.guest USING (guest)
    WHERE {after} ORDER BY urgency, due, id LIMIT %(limit)s
""")
_AFTER = SQL("(urgency, due, id) > (%(urgency)s, %(due)s, %(id)s)")
_KEYS: Mapping[str, Callable[[str], object]] = {"urgency": int, "due": datetime.fromisoformat, "id": UUID}
"""By which alerts are sorted, and how each is read back from a cursor."""


@dataclass(frozen=True)
class AlertQuery:
    """Which alerts, at the properties that have their date of today given. A kind that is None lets all pass."""

    organisation_id: UUID
    today: Mapping[UUID, date]
    now: datetime
    kind: Kind | None = None


class Item(NamedTuple):
    """An alert, on what has this `id`, with what is known today of its guest; `stays` None where nobody knows them."""

    urgency: int
    due: datetime
    id: UUID
    property_id: UUID
    since: datetime
    arrival: date | None
    departure: date | None
    guest: UUID | None
    profile: Mapping[str, object] | None
    stays: int | None
    blocked_until: date | None

    @property
    def kind(self) -> Kind:
        return list(Kind)[self.urgency]


class Page(NamedTuple):
    items: list[Item]
    next: str | None


def page(connection: Connection[TupleRow], query: AlertQuery, limit: int, cursor: str | None) -> Page:
    """Of each kind what is due or has waited first; with the cursor of the next page, if any. Raises BadCursor."""
    values = _values(query) | {"limit": limit + 1}
    if cursor:
        values |= dict(zip(_KEYS, cursors.read(cursor, list(_KEYS.values())), strict=True))
    with connection.cursor(row_factory=class_row(Item)) as rows:
        # Prepared, a statement would soon be planned without regard to its values.
        found = rows.execute(_list(query, _AFTER if cursor else SQL("true")), values, prepare=False).fetchall()
    if len(found) <= limit:
        return Page(found, None)
    last = found[limit - 1]
    return Page(found[:limit], cursors.written(getattr(last, key) for key in _KEYS))


def counts(connection: Connection[TupleRow], query: AlertQuery) -> dict[Kind, int]:
    """Of the kinds of which there are any."""
    counted = SQL("{} SELECT urgency, count(*) FROM found GROUP BY urgency ORDER BY urgency").format(_all(query))
    rows = connection.execute(counted, _values(query), prepare=False)
    return {list(Kind)[urgency]: number for urgency, number in rows}


def count(connection: Connection[TupleRow], query: AlertQuery) -> int:
    """How many alerts all pages have together."""
    return sum(counts(connection, query).values())


def stream(connection: Connection[TupleRow], query: AlertQuery) -> Iterator[Item]:
    """All of the list, read as it is taken, in one transaction."""
    with connection.transaction(), connection.cursor("alerts", row_factory=class_row(Item)) as rows:
        rows.itersize = 1_000
        rows.execute(_list(query, SQL("true")), _values(query) | {"limit": None})
        yield from rows


def _list(query: AlertQuery, after: SQL) -> Composed:
    return _LIST.format(all=_all(query), after=after)


def _all(query: AlertQuery) -> Composed:
    found = [sql for kind, sql in _FOUND.items() if query.kind in (None, kind)]
    return _ALL.format(found=SQL(" UNION ALL ").join(found))


def _values(query: AlertQuery) -> dict[str, object]:
    return {
        "organisation": query.organisation_id,
        "properties": list(query.today),
        "todays": list(query.today.values()),
        "remembered": query.now - REMEMBERED,
    }
