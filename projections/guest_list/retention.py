"""Proposes the guests who may have been kept for long enough, by what the list shows of them."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from psycopg import Connection
from psycopg.rows import TupleRow


def idle_since(
    connection: Connection[TupleRow], organisation_id: UUID, day: date, after: UUID, limit: int
) -> list[UUID]:
    """Guests registered by the end of the day (UTC) whose last stay did not begin later, in the order of their ids.

    Those who are anonymous already are left out.
    """
    found = connection.execute(
        "SELECT guest FROM guest_list.guest"
        " WHERE organisation = %s AND guest > %s AND created_at < %s AND (last_stay IS NULL OR last_stay <= %s)"
        " AND profile IS NOT NULL ORDER BY guest LIMIT %s",
        [organisation_id, after, datetime.combine(day + timedelta(days=1), time(), UTC), day, limit],
    )
    return [guest for (guest,) in found]
