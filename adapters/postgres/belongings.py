"""Finds what belongs to guests in the log: the streams of feedback, of what was given to them, of reservations."""

from collections.abc import Sequence
from uuid import UUID

from psycopg import Cursor
from psycopg.rows import TupleRow


def belongings(cursor: Cursor[TupleRow], guests: Sequence[UUID]) -> dict[UUID, dict[UUID, int]]:
    """As the port says: the streams of each guest who has any, oldest first, with their versions."""
    cursor.execute(
        "SELECT log.guest_of(payload), stream, (SELECT max(version) FROM log.events e WHERE e.stream = first.stream)"
        " FROM log.events first"
        " WHERE type IN ('FeedbackRecorded', 'QualityCostRecorded', 'ReservationBooked', 'ReservationLinked')"
        " AND log.guest_of(payload) = ANY(%b) ORDER BY position",
        [list(guests)],
    )
    found: dict[UUID, dict[UUID, int]] = {}
    for guest, stream, version in cursor:
        found.setdefault(guest, {})[stream] = version
    return found
