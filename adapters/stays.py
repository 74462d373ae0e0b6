"""Keeps the stays that are to come, and has each told as realised on the day on which it begins."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from uuid import UUID
from zoneinfo import ZoneInfo

from psycopg import Connection, Cursor
from psycopg.rows import TupleRow

from adapters.postgres.guest_log import GuestLog
from application.beginnings import beginnings
from application.ports import NO_IDENTITIES, Ports
from application.races import persistently
from domain.event import Event, Recorded
from domain.guest_events import GuestDeleted, StayRecorded, StayRemoved

AT_ONCE = 500
"""Stays."""

EARLIEST = timedelta(hours=14)
"""How far ahead of UTC calendars are: in Kiribati a day begins so long before it does in Greenwich."""


class StaysToCome:
    """A reaction: see the table `stays.to_come`."""

    name = "stays"
    tables = ""
    indexes = ""
    readable = None
    folds: tuple[type[Event], ...] = (StayRecorded, StayRemoved, GuestDeleted)

    def apply(self, cursor: Cursor[TupleRow], batch: Sequence[Recorded]) -> None:
        told: dict[UUID, StayRecorded | None] = {}
        gone = []
        for each in batch:
            match each.event:
                case StayRecorded(stay_id=stay_id):
                    told[stay_id] = each.event
                case StayRemoved(stay_id=stay_id):
                    told[stay_id] = None
                case GuestDeleted(originator_id=guest_id):
                    gone.append(guest_id)
        to_come = [
            (stay_id, event.originator_id, event.stay.property_id, event.stay.begins)
            for stay_id, event in told.items()
            if event and event.stay.begins and not event.stay.realised and event.originator_id not in gone
        ]
        cursor.execute("DELETE FROM stays.to_come WHERE stay_id = ANY(%b) OR guest_id = ANY(%b)", [list(told), gone])
        cursor.execute(
            "INSERT INTO stays.to_come SELECT * FROM unnest(%b::uuid[], %b::uuid[], %b::uuid[], %b::date[])",
            [[row[column] for row in to_come] for column in range(4)],
        )


class StayBeginnings:
    """Several processes can run it: a stay is told by one of them."""

    def __init__(self, ports: Ports, log: GuestLog) -> None:
        self._ports = ports
        self._log = log

    def tell_some(self, connection: Connection[TupleRow]) -> bool:
        """Whether any stay had begun, and nobody else was at it."""
        with connection.transaction(), connection.cursor() as cursor:
            now = self._ports.now()
            zones = cursor.execute(
                "SELECT DISTINCT property_id, settings->>'time_zone' FROM stays.to_come"
                " JOIN settings.property ON property = property_id WHERE begins_on <= %s",
                [(now + EARLIEST).date()],
            ).fetchall()
            found = cursor.execute(
                "SELECT guest_id FROM stays.to_come JOIN unnest(%b::uuid[], %b::date[]) AS local (property_id, today)"
                " USING (property_id) WHERE begins_on <= today LIMIT %s FOR UPDATE OF to_come SKIP LOCKED",
                [[id_ for id_, _ in zones], [now.astimezone(ZoneInfo(zone)).date() for _, zone in zones], AT_ONCE],
            ).fetchall()
            guests = list({guest_id for (guest_id,) in found})
            return bool(guests) and persistently(partial(self._tell, cursor, guests))

    def _tell(self, cursor: Cursor[TupleRow], guests: Sequence[UUID]) -> bool:
        told = beginnings(self._ports, guests)
        with cursor.connection.transaction():
            for each in told:
                self._log.write(self._log.ready(each.events, each.metadata, NO_IDENTITIES), cursor=cursor)
            # At once, and not when the reaction follows: it would be found again until then.
            begun = [event.stay_id for each in told for event in each.events if isinstance(event, StayRecorded)]
            cursor.execute("DELETE FROM stays.to_come WHERE stay_id = ANY(%b)", [begun])
        return bool(told)
