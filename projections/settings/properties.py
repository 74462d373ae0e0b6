"""An organisation's properties that are asked for, with what their settings say of feedback and of time."""

from collections.abc import Collection
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from psycopg import Connection
from psycopg.rows import TupleRow

from domain.policies.overview import shown_from
from domain.property import FeedbackSettings


class PropertyClock(NamedTuple):
    zone: ZoneInfo
    feedback: FeedbackSettings

    def today(self, now: datetime) -> date:
        """The property's local date."""
        return now.astimezone(self.zone).date()

    def shows_resolved_from(self, now: datetime) -> date:
        """The local day from which on a resolution keeps a feedback on the overview page."""
        return shown_from(self.today(now), self.feedback.keep_resolved_days)


def property_clocks(
    connection: Connection[TupleRow],
    organisation_id: UUID,
    *,
    among: Collection[UUID] | None = None,
    property_id: UUID | None = None,
    group: str | None = None,
) -> dict[UUID, PropertyClock]:
    """By id, those that all of the filters let pass, of which None lets all."""
    reached = None if among is None else list(among)
    rows = connection.execute(
        "SELECT property, settings->>'time_zone', settings->'feedback' FROM settings.property"
        " WHERE organisation = %s AND (%s::uuid[] IS NULL OR property = ANY(%s))"
        " AND (%s::uuid IS NULL OR property = %s) AND (%s::text IS NULL OR settings->'groups' ? %s)",
        [organisation_id, reached, reached, property_id, property_id, group, group],
    )
    return {id_: PropertyClock(ZoneInfo(zone), FeedbackSettings.model_validate(told)) for id_, zone, told in rows}
