"""The properties whose feedback is asked for, with what their settings say of time."""

from collections.abc import Collection
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from psycopg import Connection
from psycopg.rows import TupleRow

from domain.policies.overview import local_day, shown_from
from domain.property import FeedbackSettings


class Hotel(NamedTuple):
    id: UUID
    zone: ZoneInfo
    settings: FeedbackSettings

    def shows_resolved_from(self, now: datetime) -> date:
        """The local day from which on a resolution keeps a feedback on the overview page."""
        return shown_from(local_day(now, self.zone), self.settings.keep_resolved_days)


Hotels = dict[UUID, Hotel]


def hotels(
    connection: Connection[TupleRow],
    organisation_id: UUID,
    *,
    among: Collection[UUID] | None = None,
    property_id: UUID | None = None,
    group: str | None = None,
) -> Hotels:
    """Those of an organisation that all of the filters let pass, of which None lets all."""
    reached = None if among is None else list(among)
    rows = connection.execute(
        "SELECT property, settings->>'time_zone', settings->'feedback' FROM settings.property"
        " WHERE organisation = %s AND (%s::uuid[] IS NULL OR property = ANY(%s))"
        " AND (%s::uuid IS NULL OR property = %s) AND (%s::text IS NULL OR settings->'groups' ? %s)",
        [organisation_id, reached, reached, property_id, property_id, group, group],
    )
    return {row[0]: Hotel(row[0], ZoneInfo(row[1]), FeedbackSettings.model_validate(row[2])) for row in rows}
